"""What must hold of every mutant that was received, by what the mutant knows of itself and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.chairs import RECEIVED_ON, Plan
from tests.plain_book import PlainBook
from tests.rounds.mutants import CHOICES, MARK, RAGS, STAGES, STRAY, Mutant
from tests.table_rows import rows_of_table

from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.receive import receive
from plan_sheets.store.register import tables
from plan_sheets.store.schemas import load_records


@dataclass(frozen=True, slots=True)
class Returned:
    """What the register holds of one return: entries as the merge saw them, values, and whose further actions are."""

    receipt: Receipt
    entries: Sequence[Any]
    values: Sequence[Any]
    further: dict[str, str]


def receive_all(plan: Plan, paths: Sequence[Path]) -> list[Returned]:
    """Receive these files in one batch, and leave the register as it was.

    Two mutants that say the same are duplicates of each other: the second is received again, alone.
    """
    folder = plan.folder
    with folder.register.batch("mutants", "2016-07-08", dry_run=True):
        receipts = receive(folder, paths, RECEIVED_ON).returns
        assert not [one for receipt in receipts for one in receipt.findings if one.code == "file_unforeseen"]
        ids = {one.sha256: one.id for one in folder.register.returns()}
        entries: dict[int, list[Any]] = {}
        for one in rows_of_table(folder.register, tables.ENTRY):
            entries.setdefault(one.return_id, []).append(one)
        values = {one.entry: one for one in folder.register.read(select(tables.VALUE).where(tables.VALUE.c.entry > 0))}
        further = {(one.lineage, one.ref): f"row {one.row}" for one in rows_of_table(folder.register, tables.NEW_ROW)}
    folder.register.close()
    assert all((plan.path / "returned" / f"{one.sha256}.xlsx").exists() for one in receipts)
    returned = [
        Returned(
            receipt,
            mine := entries.get(ids.get(receipt.sha256, 0), []),
            [values[one.id] for one in mine if one.id in values],
            {ref: row for (lineage, ref), row in further.items() if lineage == receipt.sha256},
        )
        for receipt in receipts
    ]
    if len(paths) == 1:
        return returned
    again = (
        receive_all(plan, [path])[0] if one.receipt.verdict == "duplicate" else one
        for path, one in zip(paths, returned, strict=True)
    )
    return list(again)


def plain(text: str) -> str:
    """A text without what tidying may change: blanks, line ends, what cannot be seen, Unicode form."""
    kept = (sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) not in ("Cc", "Cf"))
    return "".join("".join(kept).split())


def texts_in(book: PlainBook) -> Iterator[str]:
    """Every text that somebody typed."""
    for sheet in book:
        for value in sheet.values.values():
            if isinstance(value, str) and (MARK.fullmatch(value) or STRAY in value):
                yield value


CONSTANT = {"agreement": "Proposed", "proposed_by": "DA", "subgroups": "DA"}
"""What the office itself says of a further action."""


def check(mutant: Mutant, returned: Returned) -> None:
    """Whatever was done: nothing stands where it was not typed, nothing is lost, and nothing is merged that is held."""
    receipt = returned.receipt
    assert receipt.verdict in ("accepted", "accepted_with_findings", "held"), receipt.verdict
    if receipt.verdict == "held":
        assert not returned.values
        return
    for one in returned.entries:
        if one.outcome in ("taken", "agreed", "conflict"):
            check_value(mutant, Key(one.record, one.ref, one.field), one.tidied, returned.further)
    taken = {(one.record, one.ref, one.field): one.tidied for one in returned.entries if one.outcome == "taken"}
    assert {(one.record, one.ref, one.field): one.value for one in returned.values} == {
        key: text for key, text in taken.items() if key[0] != "form"
    }
    known = plain(
        "".join([*(one.entered for one in returned.entries), *(one.entered or "" for one in receipt.findings)])
    )
    for text in texts_in(mutant.book):
        assert plain(text) in known, f"{text!r} is lost"
    if receipt.verdict == "accepted":
        entered = {one.entered for one in returned.entries}
        assert entered.issuperset(text for text in texts_in(mutant.book) if MARK.fullmatch(text)), "not taken, not told"


def check_value(mutant: Mutant, key: Key, value: str, further: dict[str, str]) -> None:
    """A value that the return is taken to have given must have been typed in that key's own cell."""
    if key.record == "form":
        assert re.fullmatch("completed_by Chair.*", f"{key.field} {value}"), (key, value)
        return
    title = load_records()[key.record][key.field].title
    if key.ref in further and key.field in CONSTANT:
        assert value == CONSTANT[key.field]
    elif key.ref in further and key.field in ("ref", "theme"):
        assert value == (key.ref if key.field == "ref" else "J1b")
    elif title in CHOICES:
        own = {"RAG": RAGS, "Stage": STAGES, "New date": {}}[title]
        assert value == mutant.chosen.get((key.ref, title), own.get(key.ref, "")) != "", (key, value)
    else:
        mark = MARK.fullmatch(value)
        assert mark, (key, value)
        assert (mark["title"], mark["ref"]) == (title, further.get(key.ref, key.ref)), (key, value)
