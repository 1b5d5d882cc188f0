"""Whom the mails of a subgroup are for: addresses that stand in the plan, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plan_sheets.core.answers.addresses import are_emails, as_sent, split_emails, tidy_emails
from plan_sheets.core.book.mail_text import Addressee
from plan_sheets.core.model.text import plain

PROPOSED = "Proposed"


class Found(NamedTuple):
    """Whom a mail is for. `name`: "" where the plan names nobody.

    `left_out`: addresses that cannot stand in the head of a mail. `field`: that of the subgroup in which the
    address stands, or should.
    """

    to: Addressee
    name: str
    field: str
    left_out: tuple[str, ...]


def find_chair(subgroup: Mapping[str, str]) -> Found:
    """Who receives the workbook of a subgroup (its row): its chair; of a proposed one whoever receives it meanwhile."""
    meanwhile = subgroup["receives_meanwhile"]
    if subgroup["status"] != PROPOSED or not meanwhile:
        return _found(subgroup["chair"], split_emails(subgroup["email"]), "email")
    name, addresses = _part(meanwhile)
    if not addresses and plain(name) == plain(subgroup["board_lead"]):
        addresses = split_emails(subgroup["board_lead_email"])
    return _found(name, addresses, "receives_meanwhile")


def find_board_lead(subgroup: Mapping[str, str]) -> Found:
    """The Board lead of a subgroup (its row)."""
    return _found(subgroup["board_lead"], split_emails(subgroup["board_lead_email"]), "board_lead_email")


def _part(text: str) -> tuple[str, list[str]]:
    """The name and the addresses in a text such as `Jo Smith <jo@example.org>`; no address in other words."""
    tidied = tidy_emails(text)
    name = text.partition("<")[0] if "<" in text or "@" not in text else ""
    return name.strip(' "'), split_emails(tidied.value) if are_emails(tidied.value) else []


def _found(name: str, addresses: list[str], field: str) -> Found:
    """A name stands beside an address only where there is one of each: else nobody knows whose it is."""
    sent = {address: as_sent(address) for address in addresses}
    there = tuple(written for written in sent.values() if written)
    left_out = tuple(address for address, written in sent.items() if not written)
    shown = " ".join(name.split())
    return Found(Addressee(there, shown if len(addresses) == 1 else ""), shown, field, left_out)
