"""Reading a return by the document that it went out as: shape, locked cells, tidying; and what is there to check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from plan_sheets.core.answers import AnswerRow, Answers, Cell, blocked_by
from plan_sheets.core.document import Document, sha_of
from plan_sheets.core.found import CellKind, FoundWorkbook
from plan_sheets.core.layout import Field, Sheet, as_text
from plan_sheets.core.located import Shape, Typed, Unchanged
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Address, Finding, Key, Round, ref_order
from plan_sheets.core.shape import Locator
from plan_sheets.core.slips import fell_apart, merged, parted, permuted, strayed
from plan_sheets.core.tidy import as_cell_shows, tidy

NOTHING_BECAUSE = "nothing_because"


@dataclass(slots=True)
class _Reading:
    """A return as it is being read."""

    document: Document
    findings: list[Finding]
    typed: list[Typed]
    """Every input cell of a form, and of each row in which anything is not as it was issued."""
    values: dict[Key, str] = field(default_factory=dict)
    """What the cells of `typed` say, tidied."""
    painted: dict[Key, str] = field(default_factory=dict)
    """The RAG cells that hold no word and are painted, and in which colour."""

    def entered(self, one: Typed) -> str:
        """What somebody put into a cell: what was typed, or in what colour it was painted instead."""
        colour = self.painted.get(one.key)
        return f"(painted {colour})" if colour else one.cell.entered


def field_of(one: Typed) -> Field:
    """The field that a cell holds: on a form, the one of its row."""
    return one.row.answer or one.column.field


def read_return(
    document: Document, workbook: FoundWorkbook, messages: Messages, whose: Callable[[str], str], *, again: bool = False
) -> Answers:
    """Steps 4 to 6 of receiving one return. `whose`: the reference that a foreign row key belongs to, "" if none.

    `again`: whether it takes the place of an earlier one, though it does not say so itself.
    """
    year = Round.parse(document.round).year if document.round else int(document.created[:4])
    shape = Locator(document, workbook, messages, whose).locate()
    typed, findings = merged(shape.typed, workbook, messages)
    told = [
        *shape.findings,
        *findings,
        *_fell_apart(typed, messages),
        *_beside(workbook, messages),
        *_links(shape, workbook, messages),
    ]
    reading = _Reading(document, told, typed)
    shown = {Address(sheet.name, cell): text for sheet in workbook.sheets for cell, text in sheet.shown.items()}
    for one in typed:
        about = field_of(one)
        choices = one.column.choices or about.choices
        is_shown = one.cell.kind is CellKind.DATE or _is_words(about, choices)
        cell, said = as_cell_shows(one.cell, shown.get(one.address) if is_shown else None)
        tidied = tidy(cell.text, about, choices, year=year, kind=cell.kind, since_1904=workbook.since_1904)
        reading.values[one.key] = tidied.value
        reading.findings += [
            messages.remark(
                told.code, told.details, address=one.address, key=one.key, entered=one.cell.entered, heading=about.title
            )
            for told in (*said, *tidied.remarks)
        ]
    _tell_struck(reading, workbook, messages)
    _tell_paint(reading, workbook, messages)
    answered = sorted((str(one.key), reading.values[one.key], reading.entered(one)) for one in typed)
    outside = sorted((one.code, one.entered or "") for one in reading.findings)
    sha = sha_of(json.dumps([document.reference, answered, outside]))
    orders = {"answers_permuted": [*permuted(typed, reading.values)], "rows_parted": [*parted(shape.changed)]}
    sorted_columns = {(sheet, heading) for sheet, heading, _ in orders["answers_permuted"]}
    reading.findings += [
        messages.finding(code, address=where, sheet=sheet, heading=heading)
        for code, found in orders.items()
        for sheet, heading, where in found
    ]
    reading.findings += [
        messages.finding(
            "answer_strayed",
            address=one.address,
            key=one.key,
            entered=one.cell.entered,
            ref=one.row.ref,
            other=other,
            heading=field_of(one).title,
        )
        for one, other in strayed(typed, reading.values, shape.unchanged)
        if (one.sheet.name, one.column.heading) not in sorted_columns
    ]
    return _answers(reading, shape.unchanged, sha, messages, again=again)


def _beside(workbook: FoundWorkbook, messages: Messages) -> list[Finding]:
    """What stands beside the cells of a sheet: comments, text boxes, pictures."""
    return [
        messages.remark(one.code, one.details, address=Address(one.sheet, one.cell), entered=one.entered)
        for one in workbook.remarks
        if one.sheet and one.code != "cell_link"
    ]


def _links(shape: Shape, workbook: FoundWorkbook, messages: Messages) -> list[Finding]:
    """Where answers lead that do not say so themselves: a link that was pasted shows the title of what it leads to."""
    links = [one for one in workbook.remarks if one.code == "cell_link"]
    inputs = chain(shape.typed, *(row.inputs(blank=False) for row in shape.unchanged)) if links else ()
    answers = {one.address: one for one in inputs}
    return [
        messages.remark(one.code, one.details, address=answer.address, key=answer.key, entered=one.entered)
        for one in links
        if (answer := answers.get(Address(one.sheet, one.cell))) and _bare(one.entered) not in answer.cell.text.lower()
    ]


def _bare(link: str) -> str:
    """A link as people type it."""
    return link.lower().removeprefix("mailto:").partition("://")[2].rstrip("/") or link.lower().removeprefix("mailto:")


def _fell_apart(typed: list[Typed], messages: Messages) -> list[Finding]:
    """A query for each text that may be a further paragraph of one above it."""
    return [
        messages.finding(
            "paste_fell_apart",
            address=one.address,
            key=one.key,
            entered=one.cell.entered,
            ref=one.row.ref,
            first=start.row.ref,
            heading=field_of(one).title,
        )
        for one, start in fell_apart(typed)
    ]


def _is_words(about: Field, choices: tuple[str, ...]) -> bool:
    """Whether a field takes words, and a number only as words."""
    return about.type == "string" and not about.format and not choices


def _tell_struck(reading: _Reading, workbook: FoundWorkbook, messages: Messages) -> None:
    """Warn of every answer that is struck through: perhaps it was meant to be gone."""
    struck = {Address(sheet.name, cell) for sheet in workbook.sheets for cell in sheet.struck}
    reading.findings += [
        messages.finding(
            "text_struck", address=one.address, key=one.key, entered=one.cell.entered, cell=one.address.cell
        )
        for one in (reading.typed if struck else ())
        if one.address in struck
    ]


_MEANS = {"red": "Red", "amber": "Amber", "yellow": "Amber", "green": "Green", "blue": "Blue"}
"""The word of RAG that goes with a colour."""


def _tell_paint(reading: _Reading, workbook: FoundWorkbook, messages: Messages) -> None:
    """Ask about every RAG cell that is painted and holds no word; warn where word and colour differ."""
    painted = {Address(sheet.name, cell): colour for sheet in workbook.sheets for cell, colour in sheet.painted.items()}
    for one in reading.typed if painted else ():
        colour, choices = painted.get(one.address), one.column.choices or field_of(one).choices
        if colour is None or not {"Red", "Amber", "Green"}.issubset(choices):
            continue
        code = ""
        if not one.cell.entered.strip():
            reading.painted[one.key] = colour
            code = "rag_painted"
        elif reading.values[one.key] in choices and reading.values[one.key] != _MEANS[colour]:
            code = "rag_painted_otherwise"
        if code:
            told = {"cell": one.address.cell, "colour": colour, "choices": ", ".join(choices)}
            reading.findings.append(
                messages.finding(code, address=one.address, key=one.key, entered=one.cell.entered, **told)
            )


def _answers(
    reading: _Reading, unchanged: Sequence[Unchanged], sha: str, messages: Messages, *, again: bool
) -> Answers:
    """What is left of a reading when the workbook is put away."""
    blocked = blocked_by(reading.findings)
    cells = [
        Cell(
            one.key,
            field_of(one),
            one.address,
            reading.entered(one),
            reading.values[one.key],
            one.base,
            blocked.get(one.key),
        )
        for one in reading.typed
    ]
    told = [(one, cell) for one, cell in zip(reading.typed, cells, strict=True)]
    form = {cell.key.field: cell.value for one, cell in told if one.row.answer and cell.value}
    blank = again or form.get("corrects") == "Yes"
    stayed = (
        Cell(one.key, field_of(one), one.address, one.base, one.base, one.base)
        for row in unchanged
        for one in row.inputs(blank=blank)
    )
    silent = () if form.get(NOTHING_BECAUSE) else tuple(_silent(reading, unchanged, messages))
    changes = any(one.is_changed for one in cells)
    answers = Answers(reading.document.facts, reading.findings, (), tuple(stayed), form, changes, silent, sha)
    answers.rows = _rows(told, reading.document.round, anything=not answers.is_untouched)
    return answers


def _rows(told: Iterable[tuple[Typed, Cell]], code: str, *, anything: bool) -> tuple[AnswerRow, ...]:
    """The rows in which anything was changed; the form is one. `anything`: whether anything was typed at all."""
    begins = Round.parse(code).first_day if code else None
    rows: dict[tuple[str, str], list[tuple[Typed, Cell]]] = {}
    for one, cell in told:
        rows.setdefault((one.sheet.name, "" if one.row.answer else one.row.ref), []).append((one, cell))
    return tuple(
        AnswerRow(
            tuple(cell for _, cell in row),
            anything if row[0][0].row.answer else any(cell.is_changed for _, cell in row),
            _locked(row[0][0]),
            begins,
        )
        for row in rows.values()
    )


def _locked(one: Typed) -> dict[str, str]:
    """The locked texts of the row of a cell."""
    return {
        column.field.name: as_text(content)
        for column, content in zip(one.sheet.columns, one.row.cells, strict=True)
        if not one.sheet.is_input(one.row, column)
    }


def _silent(reading: _Reading, unchanged: Iterable[Unchanged], messages: Messages) -> Iterator[Finding]:
    """One warning for each action about which a return says nothing."""
    if reading.document.kind != "subgroup":
        return
    told: dict[str, list[Typed]] = {}
    reported = {sheet.name for sheet in reading.document.sheets if _is_reported(sheet)}
    for one in chain(reading.typed, *(row.inputs() for row in unchanged if row.sheet.name in reported)):
        if one.column.field.scope == "round" and one.column.field.record == "action":
            told.setdefault(one.row.ref, []).append(one)
    for ref, cells in sorted(told.items(), key=lambda one: ref_order(one[0])):
        if not any(reading.entered(one).strip() for one in cells):
            yield messages.finding("row_silent", address=cells[0].address, key=Key("action", ref, "ref"), ref=ref)


def _is_reported(sheet: Sheet) -> bool:
    """Whether a sheet asks how actions stand in the round."""
    return any(column.input and column.field.scope == "round" for column in sheet.columns)
