"""Settles and confirms: the officer's workbook as pages, sheet by sheet, and given back as that workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from starlette.responses import Response

from plan_sheets import office, officer
from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Book, Column, Row, Sheet, texts_of
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.desk.fill import fill_in, name_cell
from plan_sheets.desk.views import Ask, render, route
from plan_sheets.screen.deeds import print_receipts
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.writing.workbook import write_workbook

NO_NAME = "Say who settles this: your name, or your post."
START = "Start here"


def show_settle(ask: Ask) -> Response:
    """The sheets on which something can be filled in, with how much there is on each."""
    document = _find_document(ask)
    sheets = [sheet for sheet in document.sheets if sheet.name != START and sheet.rows]
    return render(ask, "settle", book=document.book, sheets=[(sheet, _name_page(sheet)) for sheet in sheets])


def show_sheet(ask: Ask) -> Response:
    """One sheet, with what can be filled in on it."""
    document = _find_document(ask)
    return _render_sheet(ask, document, _find_sheet(document, ask), {}, [])


def settle(ask: Ask) -> Response:
    """Fill in the workbook that the page was made of, and receive it."""
    reference = ask.text("reference")
    with ask.desk.open() as folder:
        found = [each for each in folder.register.documents(reference=reference) if each.kind == "officer"]
    if not found:
        raise PlanSheetsError(f"There is no officer's workbook {reference}.", "Open Settle again. Nothing was taken.")
    document = found[0]
    sheet = _find_sheet(document, ask)
    typed = {name: value for name, value in ask.form.items() if isinstance(value, str)}
    if errors := [*_find_errors(document.book, typed)]:
        return _render_sheet(ask, document, sheet, typed, errors)
    data = write_workbook(fill_in(document.book, typed))

    def receive(folder: Folder, tell: Tell) -> None:
        with TemporaryDirectory(prefix="plan-sheets-") as aside:
            path = Path(aside) / f"{reference}.xlsx"
            path.write_bytes(data)
            received = office.receive_files(folder, [path], ask.desk.clock(), tell=tell, are_copies=True)
            print_receipts(received, as_json=False, dry_run=False, notes=False)

    return ask.begin(f"{sheet.title}: what you settled", receive)


def _find_errors(book: Book, typed: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What is wrong with what was typed, each with where it stands on the page."""
    for name, _ in _list_form(book):
        if not typed.get(name, "").strip() and name.endswith("/by"):
            yield {"text": NO_NAME, "href": f"#{name}"}


def _list_form(book: Book) -> Iterator[tuple[str, str]]:
    """The name and the words of each question of the form on the first sheet."""
    sheet = book.sheet(START)
    for row in sheet.rows:
        if row.answer is not None:
            yield name_cell(sheet, row, sheet.columns[-1]), row.answer.title


def _render_sheet(
    ask: Ask, document: Document, sheet: Sheet, typed: Mapping[str, str], errors: list[dict[str, str]]
) -> Response:
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    values = {"document": document, "sheet": sheet, "typed": typed, "errors": errors, "texts_of": texts_of}
    rows = [_describe_row(sheet, row) for row in sheet.rows]
    return render(ask, "settle_sheet", code, rows=rows, form=[*_list_form(document.book)], **values)


class _Row(NamedTuple):
    """One row as it stands on the page."""

    title: str
    facts: Sequence[tuple[str, str]]
    """The heading and the text of each cell that is locked."""
    questions: Sequence[tuple[str, Column, str]]
    """The name, the column and the text of each cell that can be filled in."""


def _describe_row(sheet: Sheet, row: Row) -> _Row:
    cells = [*zip(sheet.columns, texts_of(row), strict=True)]
    locked = [(column.heading, text) for column, text in cells[1:] if not sheet.is_input(row, column)]
    asked = [(name_cell(sheet, row, column), column, text) for column, text in cells if sheet.is_input(row, column)]
    return _Row(cells[0][1], [fact for fact in locked if fact[0] != "Key"], asked)


def _find_document(ask: Ask) -> Document:
    """The officer's workbook as it is now: made anew if something changed since, as every command does."""
    with ask.desk.open() as folder:
        made = officer.make_officer(folder, ask.desk.clock())
        return folder.register.documents(reference=made.reference)[0]


def _find_sheet(document: Document, ask: Ask) -> Sheet:
    """The sheet that a page is of. Raises PlanSheetsError."""
    for sheet in document.sheets:
        if _name_page(sheet) == ask.request.path_params["sheet"]:
            return sheet
    raise PlanSheetsError("The officer's workbook has no such sheet.", "Open Settle again.")


def _name_page(sheet: Sheet) -> str:
    """The name of a sheet in an address: `held-files`."""
    return re.sub(r"[^a-z0-9]+", "-", sheet.name.lower()).strip("-")


ROUTES = (
    route("/settle", show_settle),
    route("/settle/{sheet}", show_sheet),
    route("/settle/{sheet}", settle, ("POST",)),
)
