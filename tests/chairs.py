"""What chairs, deputies and officers do to a workbook: fill it in, and everything else that people do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from plan_sheets import issue, office
from plan_sheets.core.book.layout import Column, Content, Row, Sheet
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Address, Key, column_letters
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.receipts import Instructions, Receipt
from plan_sheets.core.model.text import make_slug
from plan_sheets.receive import receive as take_in
from plan_sheets.store.plan_folder import Folder, open_folder
from plan_sheets.store.register.register import Register
from plan_sheets.store.schemas import load_workbook_spec

Table = Mapping[str, Mapping[str, str | None]]
"""Texts by ref and heading; None empties a cell."""
Answers = Mapping[str, Table]
"""Tables by sheet."""

FIRST_HEADINGS = (
    *("Ref", "Row", "Item", "Query", "Proposal", "Code", "Rule", "Consideration", "Subgroup", "No.", "File", "Mail"),
)
SECRET = b"0123456789abcdef" * 2
Q1, Q2 = "2016-17-Q1", "2016-17-Q2"
ISSUED_ON = datetime(2016, 6, 20)  # noqa: DTZ001 - the office's own clock
RECEIVED_ON = datetime(2016, 7, 8)  # noqa: DTZ001 - the office's own clock
RETURN_BY = date(2016, 7, 15)


def table(text: str) -> Table:
    """A Markdown table as texts by ref (the first column) and heading; blank cells are left alone."""
    lines = [line.strip() for line in text.strip().splitlines()]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not set(line) <= set("|- ")]
    heading, *body = rows
    return {row[0]: {name: cell for name, cell in zip(heading[1:], row[1:], strict=True) if cell} for row in body}


@cache
def _headings(sheet: str) -> list[str]:
    """The headings of a sheet for chairs who lead all their actions, in order."""
    spec = next(spec for spec in load_workbook_spec("subgroup").sheets if spec.name == sheet)
    own = [column.heading for column in spec.columns if column.field.record != "contribution"]
    return [*own, "Key"] if spec.key else own


def place(heading: str, row: int, sheet: str = "Progress") -> str:
    """The cell in a row under a heading, where it was sent out: `place("Ref", 5)` is A5."""
    return f"{column_letters(_headings(sheet).index(heading))}{row}"


def on(heading: str, row: int, sheet: str = "Progress") -> str:
    """The address of the cell in a row under a heading, where it was sent out: `on("Ref", 5)` is Progress!A5."""
    return f"{sheet}!{place(heading, row, sheet)}"


def area(first: str, top: int, last: str, bottom: int, sheet: str = "Progress") -> str:
    """The range from a cell to another, by their headings and rows."""
    return f"{place(first, top, sheet)}:{place(last, bottom, sheet)}"


def heading_row(sheet: Worksheet) -> int:
    """The row of the headings: the first that begins with one of ours and has a second."""
    return next(
        row
        for row in range(1, sheet.max_row + 1)
        if sheet.cell(row, 1).value in FIRST_HEADINGS and sheet.cell(row, 2).value
    )


def column_of(sheet: Worksheet, heading: str) -> int:
    """The column with this heading, counted from 1."""
    row = heading_row(sheet)
    return next(column for column in range(1, sheet.max_column + 1) if sheet.cell(row, column).value == heading)


def row_of(sheet: Worksheet, ref: str) -> int:
    """The row that begins with this ref, counted from 1."""
    rows = range(heading_row(sheet) + 1, sheet.max_row + 1)
    return next(row for row in rows if str(sheet.cell(row, 1).value) == ref)


def at(sheet: Worksheet, ref: str, heading: str) -> Cell:
    """The cell of a row under a heading."""
    return cast("Cell", sheet.cell(row_of(sheet, ref), column_of(sheet, heading)))


def type_in(cell: Cell, text: str | None) -> None:
    """Type into a cell that is formatted as text: what begins with an equals sign stays a text."""
    cell.value = text
    if text is not None:
        cell.data_type = "s"


def write_in(book: Workbook, answers: Answers) -> None:
    """Type all of these texts into an open workbook."""
    for name, rows in answers.items():
        for ref, texts in rows.items():
            for heading, text in texts.items():
                type_in(at(book[name], ref, heading), text)


def fill(path: Path, out: Path, answers: Answers) -> Path:
    """A copy of a workbook with these texts typed in, cells being found by heading and ref."""
    return edit(path, out, lambda book: write_in(book, answers))


def edit(path: Path, out: Path, *changes: Callable[[Workbook], None]) -> Path:
    """A copy of a workbook to which all this was done, one after the other."""
    book = openpyxl.load_workbook(path)
    for change in changes:
        change(book)
    out.parent.mkdir(parents=True, exist_ok=True)
    book.save(out)
    return out


def values_of(sheet: Worksheet) -> list[list[Any]]:
    """Every cell of a sheet, row by row."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def form(**answers: str) -> Table:
    """Answers on the form of `Start here`: `completed_by="A chair"`."""
    titles = {
        "completed_by": "Completed by",
        "corrects": "This corrects an earlier return of ours",
        "nothing": "Nothing to report because",
        "message": "Message to the board officer",
    }
    return {titles[name]: {"Your answer": text} for name, text in answers.items()}


SAID = """
| Ref   | Progress made         | Stage       | RAG   | Next step        |
| J1a.1 | The pathway is mapped | In progress | Green | Pilot it in July |
"""


def said(**texts: str) -> Answers:
    """A good return of Domestic Abuse about J1a.1; `texts` change the progress made, the RAG and who completed it."""
    row = dict(table(SAID)["J1a.1"])
    row["Progress made"] = texts.get("progress", row["Progress made"])
    row["RAG"] = texts.get("rag", row["RAG"])
    if row["RAG"] != "Green":
        row["What will bring it back"] = "A second worker from August"
    on_the_form = {name: text for name, text in texts.items() if name in ("corrects", "message")}
    return {"Start here": form(completed_by="Chair", **on_the_form), "Progress": {"J1a.1": row}}


SOS: Answers = {
    "Start here": form(completed_by="Chair"),
    "Progress": table(
        """
        | Ref  | Progress made          | Stage       | RAG   | Next step      |
        | L3.1 | The briefing is agreed | In progress | Green | Give it in May |
        """
    ),
}
"""A return of Signs of Safety, whose one action is L3.1, with nothing to say about it."""


SETTLED_BY: Table = {"Settled by": {"Your answer": "Board officer"}}
"""The form of the officer's workbook, filled in."""

FURTHER: Answers = {
    **said(),
    "New actions": table(
        """
        | Row | Theme | What we will do | Due        |
        | 1   | J1b   | Train the staff | March 2017 |
        | 4   | J1a   | Tell the public |            |
        """
    ),
}
"""The same of Domestic Abuse, with two further actions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan folder in a test, and what its office does."""

    path: Path
    """The plan folder; `inbox` and `sent` lie beside it."""

    @property
    def folder(self) -> Folder:
        """The folder, opened anew."""
        return open_folder(self.path)

    @property
    def register(self) -> Register:
        """Its register."""
        return self.folder.register

    @property
    def history(self) -> History:
        """Every value that it holds."""
        return self.register.history()

    @property
    def queries(self) -> list[OpenQuery]:
        """Every query that is open."""
        return self.register.open_queries()

    @property
    def inbox(self) -> Path:
        """Where the returns lie."""
        return self.path.parent / "inbox"

    def sent(self, subgroup: str, code: str = Q1) -> Path:
        """The workbook of a subgroup, as it was issued last."""
        book = self.register.documents(kind="subgroup", round=code, subgroup=subgroup)[-1]
        title = self.history.text("subgroup", subgroup, "title")
        return self.path / "issued" / code.lower() / f"{book.round.lower()}-{make_slug(title)}.xlsx"

    def filled(self, name: str, answers: Answers, subgroup: str = "DA", code: str = Q1) -> Path:
        """The workbook of a subgroup, filled in, in the inbox."""
        return fill(self.sent(subgroup, code), self.inbox / f"{name}.xlsx", answers)

    def receive(
        self,
        *paths: Path,
        when: datetime = RECEIVED_ON,
        told: Instructions | None = None,
        dry_run: bool = False,
    ) -> Sequence[Receipt]:
        """What became of these files; no officer's workbook is made."""
        receipts = take_in(self.folder, paths, when, told, dry_run=dry_run).returns
        assert not [one for receipt in receipts for one in receipt.findings if one.code == "file_unforeseen"]
        return receipts

    def receive_one(self, path: Path, told: Instructions | None = None, when: datetime = RECEIVED_ON) -> Any:
        """What became of one file."""
        (receipt,) = self.receive(path, told=told, when=when)
        return receipt

    def issue(
        self, code: str = Q1, by: date = RETURN_BY, when: datetime = ISSUED_ON, only: Sequence[str] = ()
    ) -> list[issue.Issued]:
        """The workbooks of a round; plan.xlsx is merged first."""
        return list(office.issue_round(self.folder, code, by, when, only).issues)

    def said(self, ref: str, field: str, code: str = Q1, record: str = "action") -> str:
        """The value of a field for one round."""
        return self.history.of_round(record, ref, field, code)

    def stands(self, ref: str, field: str, record: str = "action") -> str:
        """The standing value of a field."""
        return self.history.text(record, ref, field)

    def standing_values(self) -> dict[Key, str]:
        """Everything that stands now; not what was given for one round alone."""
        history = self.history
        return {key: history.standing(key).value for key, held in history.by_key.items() if held[0].scope == "standing"}

    def all_values(self) -> dict[tuple[Key, str], str]:
        """The last value of every key and round."""
        return {(key, one.round): one.value for key, held in self.history.by_key.items() for one in held}


def codes(receipt: Receipt) -> list[str]:
    """The codes of its findings, sorted."""
    return sorted(one.code for one in receipt.findings)


def told(receipt: Receipt) -> set[tuple[str, str]]:
    """Code and address of each of its findings."""
    return {(one.code, str(one.address or "")) for one in receipt.findings}


def shown(queries: Sequence[OpenQuery]) -> str:
    """Queries as one text, for looking into."""
    return json.dumps([[one.code, one.message, *[cell.returned for cell in one.cells]] for one in queries])


def held_file(plan: Plan, why: str) -> Path:
    """A filled workbook of Domestic Abuse of which it cannot be told whose it is."""

    def spoil(book: Any) -> None:
        carried, about = book.custom_doc_props, book["About"]
        if why == "no identity":
            for name in carried.names:
                del carried[name]
            del book["About"]
            for sheet in book:
                if any(cell.value == "Key" for row in sheet.iter_rows() for cell in row):
                    sheet.delete_cols(column_of(sheet, "Key"))
        elif why == "carriers disagree":
            at(about, "Reference", "What it is").value = "2016-17-Q1-MH-1"
        elif why == "unknown reference":
            at(about, "Reference", "What it is").value = "2016-17-Q1-DA-7"
            carried["plan_sheets_reference"].value = "2016-17-Q1-DA-7"
            for sheet in book:
                if any(cell.value == "Key" for row in sheet.iter_rows() for cell in row):
                    sheet.delete_cols(column_of(sheet, "Key"))
        else:
            at(about, "Signature", "What it is").value = "A" * 32

    return edit(plan.filled("good", said()), plan.inbox / "odd.xlsx", spoil)


def with_addresses(sheet: Sheet) -> Iterator[tuple[Row, Column, Content, Address]]:
    """Every cell of a sheet that is to be written, with its row, column and address."""
    for number, (row, column, content) in enumerate(sheet.cells()):
        down, across = divmod(number, len(sheet.columns))
        yield row, column, content, Address.at(sheet.name, sheet.heading_row + 1 + down, across)
