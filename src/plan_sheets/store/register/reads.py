"""Reads rows of the register by condition, each as a tuple of what its reader needs; oldest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from plan_sheets.core.answers.withdraw import SaidBeside
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Outcome, PlanSheetsError, Severity
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import QUOTING, Mail
from plan_sheets.core.model.text import MASK
from plan_sheets.store.register import statements, tables, withdrawals
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.settling.subjects import OFFICE, query_subject
from plan_sheets.store.register.troubles import UNCHANGED


class AcceptedFile(NamedTuple):
    """A file that was accepted: SHA-256 of its bytes, the id of its document, and SHA-256 of its answers or ""."""

    sha256: str
    document: int | None
    answers_sha: str
    number: str


class ReturnOfRound(NamedTuple):
    """A file that came back for a document of a round. `form`: what was answered on its forms, as JSON, or "".

    `mail`: the e-mail that it came in, None if it came in none.
    """

    round: str
    subgroup: str
    verdict: str
    received: str
    completed_by: str
    form: str
    number: str
    mail: Mail | None


class CellFinding(NamedTuple):
    """The return (its id) and the cell that a finding is about, and what was entered there; None: nothing."""

    return_id: int
    key: Key
    entered: str | None


class FileFinding(NamedTuple):
    """A finding as the officer reads it, with its file; kind, round and subgroup are "" where they are not known."""

    code: str
    sheet: str
    cell: str
    record: str
    ref: str
    field: str
    severity: str
    entered: str | None
    message: str
    number: str
    file: str
    sha256: str
    kind: str
    round: str
    subgroup: str
    return_id: int
    verdict: str

    @property
    def key(self) -> Key:
        """The fact that it is about; blank where it is about none."""
        return Key(self.record, self.ref, self.field)


class Entry(NamedTuple):
    """What was entered for a fact: in which return (its id), and for which round (its code)."""

    return_id: int
    key: Key
    round: str
    entered: str


class TypedEntry(NamedTuple):
    """What was typed into a cell, as it was entered and as it was tidied; `kind`: of its return (its id)."""

    return_id: int
    kind: str
    key: Key
    texts: tuple[str, str]


class TracedValue(NamedTuple):
    """One time that a fact was given a value. `head`: what stood before; `outcome`: what became of the value.

    What was settled has no head, sheet and cell (""), and is completed by whoever settled it.
    """

    key: Key
    round: str
    value: str
    head: str
    outcome: str
    entered: str
    """What was typed, from which the value was read; "" if nothing was."""
    number: str
    file: str
    sha256: str
    sheet: str
    cell: str
    completed_by: str
    received: str
    saved_by: str
    replaces: str
    """The number of the return in whose place it came; "" if in none's."""
    mail: Mail | None
    """The e-mail that the file came in; None if it came in none."""
    reason: str = ""
    """Of what stands because a return was withdrawn, why it was; else ""."""


class Settlement(NamedTuple):
    """What was chosen, what was typed with it ("" if nothing), and by whom."""

    choice: str
    typed: str
    by: str


MAIL_COLUMNS = len(statements.of_mail(tables.MAIL.c))
"""How many columns, the last of a row, are those of an e-mail."""


def make_mail(register: Register, row: Sequence[Any]) -> Mail | None:
    """The e-mail in the last columns of a row, with those that it was attached to; None where they are blank."""
    sha, sent_by, sent_at, subject, body, number = row[-MAIL_COLUMNS:]
    outer = register.read(statements.mail_by_id(), plan=register.plan, id=number)[0] if number else None
    attached_to = make_mail(register, outer) if outer is not None else None
    return Mail(sha, sent_by, sent_at, subject, body, attached_to=attached_to) if sha else None


def list_verdicts(register: Register) -> dict[tuple[str, str], str]:
    """The number of the last return of each file (its SHA-256) that was given a verdict, by both."""
    return {(sha, verdict): number for sha, verdict, number in register.read(statements.verdicts(), plan=register.plan)}


def list_mails_known(register: Register) -> set[tuple[str, ...]]:
    """The trail of every e-mail in or as which anything ever came: see `Mail.trail`."""
    m = tables.MAIL
    columns = m.c.id, m.c.attached_to, m.c.sha256, m.c.body == MASK
    known: dict[int | None, Mail] = {}
    for number, outer, sha, is_masked in register.read(
        statements.rows_by(m).with_only_columns(*columns), plan=register.plan
    ):
        known[number] = Mail(sha, body=MASK if is_masked else "", attached_to=known.get(outer))
    return {mail.trail for mail in known.values()}


def list_accepted(register: Register, verdicts: Iterable[str]) -> list[AcceptedFile]:
    """Every file with one of these verdicts that is no plan."""
    rows = register.read(statements.accepted_files(), plan=register.plan, verdicts=[*verdicts])
    return [AcceptedFile(*row) for row in rows]


def list_returns_asking(register: Register) -> dict[int, ReturnFacts]:
    """The returns, by their ids, by which the queries came that nobody has settled."""
    rows = register.read(statements.returns_with_open_queries(), plan=register.plan)
    return {row.id: ReturnFacts.of(row) for row in rows}


def list_returns_of_rounds(
    register: Register, first: str, last: str, kinds: Iterable[str], verdicts: Iterable[str]
) -> list[ReturnOfRound]:
    """What came back for the documents of these kinds and of the rounds from `first` to `last` (codes, both with)."""
    bound = {"first": first, "last": last, "kinds": [*kinds], "verdicts": [*verdicts]}
    rows = register.read(statements.returns_by_round(), plan=register.plan, **bound)
    return [ReturnOfRound._make([*row[:-MAIL_COLUMNS], make_mail(register, row)]) for row in rows]


def list_issues(register: Register, last: str, kinds: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Round and subgroup of each document of these kinds, for the rounds up to `last` (a code)."""
    yield from map(tuple, register.read(statements.issues_by_round(), plan=register.plan, last=last, kinds=[*kinds]))


def find_keys_left_by_returns(
    register: Register, code: str, outcomes: Iterable[str], kinds: Iterable[str], verdicts: Iterable[str]
) -> list[Key]:
    """The facts whose last entry has one of these outcomes, in what came back for a round (its code)."""
    bound = {"round": code, "outcomes": [*outcomes], "kinds": [*kinds], "verdicts": [*verdicts]}
    rows = register.read(statements.facts_left_by_returns(), plan=register.plan, **bound)
    return [Key(*row) for row in rows]


def find_keys_left_in_round(register: Register, code: str, outcomes: Iterable[str]) -> list[Key]:
    """The facts whose last entry for a round (its code) has one of these outcomes."""
    bound = {"round": code, "outcomes": [*outcomes]}
    return [Key(*row) for row in register.read(statements.facts_left_in_round(), plan=register.plan, **bound)]


def list_findings_of(register: Register, code: str) -> list[CellFinding]:
    """Every finding of this code, with its cell."""
    rows = register.read(statements.findings_of_code(), plan=register.plan, code=code)
    return [CellFinding(return_id, Key(*place), entered) for return_id, *place, entered in rows]


def list_findings_to_read(
    register: Register, code: str, issued: str, severities: Iterable[str], codes: Iterable[str]
) -> list[FileFinding]:
    """What the officer of a round (its code) reads: findings of these severities, or of these codes.

    They are of the plan last read, of returns for this round or such as came on or after the day (ISO) on which it was
    issued, or of files that belong to no document.
    """
    bound = {"round": code, "issued": issued, "severities": [*severities], "codes": [*codes]}
    rows = register.read(statements.findings_to_read(), plan=register.plan, **bound)
    return [FileFinding(*row) for row in rows]


def count_errors(register: Register, return_id: int) -> int:
    """How many things in a return (its id) were not taken and have to be mended."""
    f = tables.FINDING.c
    mended = f.severity.in_([severity for severity in Severity if severity.has_to_be_mended])
    chosen = statements.rows_by(tables.FINDING, "return_id").with_only_columns(f.id).where(mended)
    return len(register.read(chosen, plan=register.plan, return_id=return_id))


def list_entries_of_placeholders(register: Register, code: str, last: str) -> list[Entry]:
    """Every entry for the rounds up to `last` (a code) of the facts about which there ever was a finding of this code.

    A register has tens of thousands of entries, and nearly all of them are of facts that never had one.
    """
    rows = register.read(statements.entries_of_placeholders(), plan=register.plan, code=code, last=last)
    return [Entry(return_id, Key(*place), round_code, entered) for return_id, *place, round_code, entered in rows]


def list_traced_values(register: Register, about: str) -> list[TracedValue]:
    """What returns said of a ref, or a contribution to it (`J2.1/MH`); then what was settled and withdrawn.

    `about`: the ref; or the number of a return, which is what that one said.
    """
    entered = register.read(statements.entries_of_ref(), plan=register.plan, about=about)
    settled = register.read(statements.settled_values_of_ref(), plan=register.plan, about=about)
    late = {register.returns(id=number)[0].number: name for number, name in register.late_names().items()}
    traced = [
        TracedValue._make([Key(*row[:3]), *row[3:-MAIL_COLUMNS], make_mail(register, row), ""])
        for row in (*entered, *settled)
    ]
    traced = [
        value._replace(completed_by=late[value.number])
        if value.number in late and value.completed_by in ("", OFFICE)
        else value
        for value in traced
    ]
    withdrawn = register.read(statements.withdrawn_values_of_ref(), plan=register.plan, about=about)
    for *place, code, value, number, file, sha, at, reason in withdrawn:
        came = ("", "withdrawn", "", number, file, sha, "", "", "Board officer", at, "", "", None, reason)
        traced.append(TracedValue(Key(*place), code, value, *came))
    return traced


def list_said_beside(register: Register, return_id: int) -> list[SaidBeside]:
    """What later returns, not withdrawn, said of the facts in a return (its id), agreeing or in conflict; in order."""
    rows = register.read(withdrawals.said_beside(), plan=register.plan, return_id=return_id)
    return [
        SaidBeside(
            row.id,
            row.return_id,
            row.number,
            Key(row.record, row.ref, row.field),
            row.round,
            row.tidied,
            row.compared,
            Outcome(row.outcome),
        )
        for row in rows
    ]


def list_withdrawn(register: Register) -> dict[int, str]:
    """When (ISO) each return that was withdrawn was so, by its id."""
    return dict(map(tuple, register.read(withdrawals.returns_withdrawn(), plan=register.plan)))


def list_reasons(register: Register, returns: Collection[int]) -> list[tuple[str, str]]:
    """Why each of these returns (ids) was withdrawn, if it was; and how masters tell it."""
    rows = register.read(withdrawals.reasons(), ids=[*returns])
    return [(row.reason, withdrawals.describe_withdrawal(*row)) for row in rows]


def list_origins(register: Register, values: Collection[int]) -> dict[int, tuple[int | None, int | None]]:
    """The entry and the settlement (ids) by which each of these values (ids) came."""
    return {row.id: (row.entry, row.settlement) for row in register.read(withdrawals.origins(), ids=[*values])}


def list_mails(register: Register, returns: Collection[int]) -> list[Mail]:
    """The e-mails that these returns (ids) came in, or are."""
    rows = register.read(statements.mails_of(), plan=register.plan, ids=[*returns])
    return [mail for row in rows if (mail := make_mail(register, row))]


def list_entries_typed(register: Register, about: str, field: str, returns: Collection[int]) -> list[TypedEntry]:
    """What was typed anew about a ref (in one field, or "" for all), or in these returns (ids)."""
    rows = register.read(statements.entries_typed(), plan=register.plan, about=about, field=field, ids=[*returns])
    return [TypedEntry(return_id, kind, Key(*place[:3]), tuple(place[3:])) for return_id, kind, *place in rows]


def list_settled_typed(register: Register, about: str, field: str, returns: Collection[int]) -> list[TypedEntry]:
    """The same of what the officer typed to settle something."""
    rows = register.read(statements.values_typed(), plan=register.plan, about=about, field=field, ids=[*returns])
    return [TypedEntry(return_id, kind, Key(*place[:3]), tuple(place[3:])) for return_id, kind, *place in rows]


def list_said(register: Register) -> Iterator[tuple[int, Key, str, str]]:
    """All that was typed into a cell: the return (its id), the fact, the round (its code), and the text, tidied."""
    e = tables.ENTRY.c
    chosen = statements.rows_by(tables.ENTRY).where(e.outcome != Outcome.UNTOUCHED)
    columns = e.return_id, e.record, e.ref, e.field, e.round, e.tidied
    for return_id, *place, code, text in register.read(chosen.with_only_columns(*columns), plan=register.plan):
        yield return_id, Key(*place), code, text


def list_texts_found(register: Register, returns: Collection[int]) -> list[str]:
    """What the findings about these returns (ids) quote; an e-mail is not among it."""
    f = tables.FINDING.c
    chosen = statements.rows_by(tables.FINDING).where(f.return_id.in_([*returns]), f.code.not_in(QUOTING))
    return [text for (text,) in register.read(chosen.with_only_columns(f.entered), plan=register.plan) if text]


def read_redacted(register: Register) -> dict[str, str]:
    """The day (ISO) of the redaction of each file, by SHA-256, that shall not be received again."""
    return {sha: at[:10] for sha, at in register.read(statements.redacted_files(), plan=register.plan)}


def find_settlement(register: Register, query: int) -> Settlement | None:
    """The last settlement of a query (its id); None if nobody has settled it."""
    rows = register.read(statements.last_settlement(), plan=register.plan, subject=query_subject(query))
    return next((Settlement(choice, typed, register.name_settler(*by)) for choice, typed, *by in rows), None)


def list_people(register: Register, fields: Mapping[str, Collection[str]]) -> set[str]:
    """Who completed a return, who settled, and what was entered in these fields (by record), taken or not."""
    pairs = [(record, field) for record, names in fields.items() for field in names]
    return {text for (text,) in register.read(statements.people(), plan=register.plan, fields=pairs)}


def list_senders(register: Register) -> set[str]:
    """The senders of the messages by which something came, as the messages have them."""
    return {sender for (sender,) in register.read(statements.senders(), plan=register.plan)}


def read_new_rows(register: Register) -> dict[tuple[str, str, str], str]:
    """The ref of each row that a subgroup added: by the SHA-256 of the return that it first came in, record and row."""
    rows = register.read(statements.new_rows(), plan=register.plan)
    return {(lineage, record, row): ref for lineage, record, row, ref in rows}


def read_last_paths(register: Register) -> dict[str, str]:
    """The path within the plan folder for which each file was last made, by its SHA-256."""
    rows = register.read(statements.last_output_by("sha256"), plan=register.plan)
    return {row.sha256: row.path for row in rows}


def read_last_shas(register: Register) -> dict[str, str]:
    """The SHA-256 of the last file made for each path within the plan folder."""
    rows = register.read(statements.last_output_by("path"), plan=register.plan)
    return {row.path: row.sha256 for row in rows}


def check_clock(register: Register, today: date) -> None:
    """Raise PlanSheetsError if something was recorded on a later day: what is done now would seem older than it."""
    before = register.last_recorded()[:10]
    if today.isoformat() < before:
        raise PlanSheetsError(
            f"The clock says {PartialDate.day(today).words}, and something was recorded on "
            f"{PartialDate.of_iso(before).words}: what is done now would be older than what it rests on.",
            f"Look at the date of this computer, or give --as-of {before} or a later day. {UNCHANGED}",
        )
