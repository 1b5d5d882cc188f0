"""Settles and confirms: the officer's workbook as pages, sheet by sheet, and given back as that workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from starlette.responses import Response

from plan_sheets import office, officer
from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Sheet, texts_of
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import SAID
from plan_sheets.core.model.progress import Tell
from plan_sheets.core.model.text import make_slug
from plan_sheets.desk.fill import (
    Fault,
    fill_in,
    find_faults,
    find_form_faults,
    find_typed,
    fingerprint,
    is_spare,
    list_inputs,
    list_spare,
    move_spare,
    name_cell,
    name_row,
)
from plan_sheets.desk.rows import choose_spare, describe_row, make_id
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.desk.worker import Came
from plan_sheets.screen.deeds import print_receipts
from plan_sheets.screen.lines import count_of
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.reads import read_new_rows
from plan_sheets.store.register.tracing.said import list_said_rows
from plan_sheets.store.writing.workbook import write_workbook

START = "Start here"
CHANGED = (
    "Something has changed on this sheet since the page was opened, and nothing was taken.",
    "What you typed stands in the form: look whether it still holds, and record it.",
)
NOTHING = "Nothing is filled in on this page yet."
PAGE = 50
"""How many rows stand on one page."""


def show_settle(ask: Visit) -> Response:
    """The sheets of the workbook, with how much there is on each."""
    document = _look(ask)
    sheets = [sheet for sheet in document.book.sheets if sheet.name not in (START, "About") and sheet.rows]
    filled = [sheet for sheet in sheets if sheet.has_inputs]
    parts = {
        "wait": [sheet for sheet in filled if _asks(sheet)],
        "correct": [sheet for sheet in filled if not _asks(sheet)],
        "read": [sheet for sheet in sheets if not sheet.has_inputs],
    }
    described = {part: [*map(_describe_sheet, found)] for part, found in parts.items()}
    return render(ask, "settle", book=document.book, parts=described)


def show_sheet(ask: Visit) -> Response:
    """One sheet, with what can be filled in on it."""
    document = _look(ask)
    return _render_sheet(ask, document, _find_sheet(document, ask), {})


def settle(ask: Visit) -> Response:
    """Fill in the workbook that the page was made of, and receive it."""
    typed, (_, seen) = ask.texts, ask.desk.seen.get("settle", (None, None))
    try:
        document = _find_shown(ask)
    except PlanSheetsError as trouble:
        return render(ask, "trouble", HTTPStatus.CONFLICT, trouble=trouble, typed=ask.keep(_show_typed(typed, seen)))
    if document is None:
        document = _look(ask)
        return _render_sheet(ask, document, _find_sheet(document, ask), typed, [Fault("", " ".join(CHANGED))])
    sheet = _find_sheet(document, ask)
    if "look" in typed or "more" in typed:
        return _render_sheet(ask, document, sheet, typed)
    changed = any(find_typed(sheet, row, typed) for row in sheet.rows)
    first = next((name for name in typed if name.startswith(f"{sheet.name}/")), "")
    nothing = [] if changed else [Fault(first, NOTHING)]
    faults = [*nothing, *find_faults(sheet, typed), *find_form_faults(document.book.sheet(START), typed)]
    if faults:
        return _render_sheet(ask, document, sheet, typed, faults)

    ask.desk.remembered.update((name, text) for name, text in typed.items() if name.startswith(f"{START}/"))

    def receive(folder: Folder, tell: Tell) -> Came:
        return _give_back(ask, folder, typed, tell)

    return ask.begin(f"{sheet.title}: what you settled", receive, _show_typed(typed, document))


def _give_back(ask: Visit, folder: Folder, typed: Mapping[str, str], tell: Tell) -> Came:
    """Fill in the workbook and receive it; it is recorded first where it was not. Raises PlanSheetsError."""
    now = ask.desk.clock()
    document = _find_as_shown(folder, ask, officer.look_ahead(folder, now))
    if document and not document.id:
        made = officer.make_officer(folder, now)
        document = _find_as_shown(folder, ask, folder.register.documents(reference=made.reference)[0])
    if document is None:
        raise PlanSheetsError(*CHANGED)
    sheet = _find_sheet(document, ask)
    filled = fill_in(document.book, move_spare(sheet, typed, _list_taken(folder, document)))
    with TemporaryDirectory(prefix="plan-sheets-") as aside:
        path = Path(aside) / f"{document.reference}.xlsx"
        path.write_bytes(write_workbook(filled))
        received = office.receive_files(folder, [path], now, tell=tell, are_copies=True)
    print_receipts(received, as_json=False, dry_run=False, notes=False)
    return Came(
        onward=[(f"/settle/{make_slug(sheet.name)}", f"Back to {sheet.name}"), ("/settle", "All there is to settle")]
    )


def _list_taken(folder: Folder, document: Document) -> dict[str, Mapping[str, str]]:
    """What stands in each blank row of this workbook that was filled in already, by its number."""
    said = list_said_rows(folder.register)
    rows = read_new_rows(folder.register)
    of_this = {
        row: ref for (lineage, record, row), ref in rows.items() if (lineage, record) == (document.reference, SAID)
    }
    return {row: said[ref].texts for row, ref in of_this.items() if ref in said}


# The workbook that a page is made of


def _look(ask: Visit) -> Document:
    """The officer's workbook as it stands now, which is the same until something is recorded. Nothing is recorded."""
    now = ask.desk.clock()
    with ask.desk.open() as folder:
        state = folder.register.last_batch(), now.date()
        return ask.desk.recall("settle", state, lambda: officer.look_ahead(folder, now))


def _find_shown(ask: Visit) -> Document | None:
    """The workbook that the form was made of; None if there is none any more in which the sheet says the same."""
    newest = _look(ask)
    with ask.desk.open() as folder:
        return _find_as_shown(folder, ask, newest)


def _find_as_shown(folder: Folder, ask: Visit, newest: Document) -> Document | None:
    """The one whose reference the form has; else the newest: if the sheet says what it said on the page."""
    given = folder.register.documents(reference=ask.text("reference"), kind="officer")
    for document in [*given, newest]:
        if fingerprint(_find_sheet(document, ask)) == ask.text("fingerprint"):
            return document
    return None


def _find_sheet(document: Document, ask: Visit) -> Sheet:
    """The sheet that a page is of. Raises PlanSheetsError."""
    for sheet in document.book.sheets:
        if make_slug(sheet.name) == ask.request.path_params["sheet"] and sheet.name != START:
            return sheet
    raise PlanSheetsError("The officer's workbook has no such sheet.", "Open Settle again.")


def _asks(sheet: Sheet) -> bool:
    """Whether each of its rows waits for an answer; else it holds what stands, to be corrected where it is wrong."""
    return all(column.field.scope == "form" for row in sheet.rows for _, column, _ in list_inputs(sheet, row))


# What stands on a page


def _render_sheet(
    ask: Visit, document: Document, sheet: Sheet, typed: Mapping[str, str], faults: Sequence[Fault] = ()
) -> Response:
    """The page of a sheet, with what was typed in it, and what is wrong with that."""
    find, asked = (ask.request.query_params.get(name, "") or typed.get(name, "") for name in ("find", "page"))
    why = {fault.name: fault.text for fault in reversed(faults)}
    standing = [row for row in sheet.rows if not (sheet.has_inputs and is_spare(sheet, row))]
    found = [row for row in standing if find.casefold() in " ".join(texts_of(row)).casefold()]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, int(asked) if asked.isdecimal() else 1), pages)
    chosen = found[(page - 1) * PAGE : page * PAGE]
    chosen += [row for row in standing if row not in chosen and find_typed(sheet, row, typed)]
    spare = choose_spare(sheet, typed)
    asks = _asks(sheet)
    rows = [describe_row(sheet, row, typed, why, is_open=asks) for row in chosen]
    rows += [describe_row(sheet, row, typed, why, is_open=row is spare[0]) for row in spare]
    return render(
        ask,
        "settle_sheet",
        HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        document=document,
        sheet=sheet,
        fingerprint=fingerprint(sheet),
        rows=rows,
        shown=chosen,
        form=[*_list_form(document, ask, typed, why)],
        errors=[
            {"text": fault.text, **({"href": f"#{make_id(fault.name)}"} if fault.name else {})} for fault in faults
        ],
        texts_of=texts_of,
        find=find,
        page=page,
        turn=_list_pages(sheet, find, page, pages),
        count=f"{count_of(len(found), 'row')} of {len(standing)}" if find else count_of(len(found), "row"),
        many=len(standing) > PAGE or not asks,
        more=len(list_spare(sheet)) > len(spare),
        row_count=len(spare),
    )


def _list_pages(sheet: Sheet, find: str, page: int, pages: int) -> dict[str, object]:
    """Where the other pages of a sheet are: the first, the last, and those beside this one; nothing of a single one."""
    links = {number: _make_link(sheet, find, number) for number in range(1, pages + 1)}
    items: list[dict[str, object]] = []
    for number in sorted({1, page - 1, page, page + 1, pages} & {*links}) if pages > 1 else ():
        if items and items[-1]["number"] != number - 1:
            items.append({"ellipsis": True, "number": 0})
        items.append({"number": number, "href": links[number], "current": number == page})
    return {"items": items, "pages": pages, "before": links.get(page - 1), "after": links.get(page + 1)}


def _make_link(sheet: Sheet, find: str, number: int) -> str:
    """The address of a page of a sheet."""
    asked = {name: str(value) for name, value in (("find", find), ("page", number)) if value}
    return f"/settle/{make_slug(sheet.name)}?{urlencode(asked)}"


def _describe_sheet(sheet: Sheet) -> dict[str, object]:
    """A line of the list of sheets: what it is for, and how much stands there."""
    number = len(sheet.rows) - len(list_spare(sheet))
    return {
        "title": sheet.title,
        "page": make_slug(sheet.name),
        "line": sheet.lines[0] if sheet.lines else "",
        "count": number,
    }


def _list_form(
    document: Document, ask: Visit, typed: Mapping[str, str], why: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Each question of the form on the first sheet; who settled before, on this desk, is offered again."""
    sheet = document.book.sheet(START)
    for row in sheet.rows:
        if row.answer is not None:
            name = name_cell(sheet, row, sheet.columns[-1])
            yield {
                "name": name,
                "id": make_id(name),
                "title": row.answer.title,
                "prompt": row.answer.prompt,
                "text": typed.get(name, ask.desk.remembered.get(name, "")),
                "fault": why.get(name, ""),
            }


def _show_typed(typed: Mapping[str, str], document: Document | None) -> dict[str, str]:
    """What was typed, by where: what stood there already is left out, as far as the workbook is known."""
    if document is None:
        return {name.replace("/", " "): text for name, text in typed.items() if "/" in name and text}
    cells = ((sheet, row, column) for sheet in document.book.sheets for row, column, _ in sheet.cells())
    places = {name_cell(*cell): f"{name_row(*cell[:2])}: {cell[2].heading}" for cell in cells if cell[2].input}
    new = [find_typed(sheet, row, typed) for sheet in document.book.sheets for row in sheet.rows]
    return {places[name]: text for changed in new for name, text in changed.items()}


ROUTES = (
    route("/settle", show_settle),
    route("/settle/{sheet}", show_sheet),
    route("/settle/{sheet}", settle, ("POST",)),
)
