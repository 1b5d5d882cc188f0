"""Reading a return by the document that it went out as: shape, locked cells, tidying; and what is there to check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from plan_sheets.core.check import CheckedCell, CheckedRow
from plan_sheets.core.document import Document, sha_of
from plan_sheets.core.found import FoundWorkbook
from plan_sheets.core.layout import Field, Row, Sheet, as_text
from plan_sheets.core.located import Typed, Unchanged
from plan_sheets.core.merge import Cell
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Address, Finding, Key, Outcome, Round, ref_order
from plan_sheets.core.shape import Locator
from plan_sheets.core.slips import fell_apart, merged, parted, permuted, strayed
from plan_sheets.core.tidy import number_as_shown, tidy

NOTHING_BECAUSE = "nothing_because"


@dataclass(slots=True)
class Reading:
    """A return as it was read: every input cell with its tidied value, and what there is to say so far."""

    document: Document
    findings: list[Finding] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    """Every input cell of a form, and of each row in which anything is not as it was issued."""
    unchanged: list[Unchanged] = field(default_factory=list)
    """All other rows."""
    values: dict[Key, str] = field(default_factory=dict)
    """What the cells of `typed` say, tidied."""
    painted: dict[Key, str] = field(default_factory=dict)
    """The RAG cells that hold no word and are painted, and in which colour."""
    answers_sha: str = ""
    """What it says, as one hash: the same answers in another file make the same."""

    def entered(self, one: Typed) -> str:
        """What somebody put into a cell: what was typed, or in what colour it was painted instead."""
        colour = self.painted.get(one.key)
        return f"(painted {colour})" if colour else one.cell.entered

    def _is_changed(self, one: Typed) -> bool:
        value = self.values[one.key]
        return value != one.base or bool(not value and self.entered(one).strip())

    @property
    def changed(self) -> list[Typed]:
        """The cells that do not say what they went out with."""
        return list(filter(self._is_changed, self.typed))

    @property
    def form(self) -> dict[str, str]:
        """The answers on the form, by field name."""
        return {one.key.field: self.values[one.key] for one in self.typed if one.row.answer and self.values[one.key]}

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was typed into it: the form is blank, and every cell, locked or not, says what it did."""
        return not any(map(self._is_changed, self.typed)) and not any(
            one.severity.blocks or one.code == "locked_changed" for one in self.findings
        )

    def cells(self, *, blank: bool) -> list[Cell]:
        """The input cells as the merge takes them; one with a finding that blocks is not merged.

        Without `blank`, blank cells of unchanged rows are left out: they say nothing, but to one who filled them in
        before.
        """
        blocked = {
            one.key: Outcome(one.severity.value) for one in reversed(self.findings) if one.key and one.severity.blocks
        }
        unchanged = (one for row in self.unchanged for one in row.inputs(blank=blank))
        return [
            Cell(
                one.key,
                field_of(one).title,
                field_of(one).scope,
                one.address,
                self.entered(one),
                self.values.get(one.key, one.base),
                one.base,
                blocked.get(one.key),
            )
            for one in chain(self.typed, unchanged)
        ]


def field_of(one: Typed) -> Field:
    """The field that a cell holds: on a form, the one of its row."""
    return one.row.answer or one.column.field


def read_return(
    document: Document, workbook: FoundWorkbook, messages: Messages, whose: Callable[[str], str]
) -> Reading:
    """Steps 4 to 6 of receiving one return. `whose`: the reference that a foreign row key belongs to, "" if none."""
    year = Round.parse(document.round).year if document.round else int(document.created[:4])
    shape = Locator(document, workbook, messages, whose).locate()
    typed, findings = merged(shape.typed, workbook, messages)
    told = [*shape.findings, *findings, *_fell_apart(typed, messages), *_beside(workbook, messages)]
    reading = Reading(document, told, typed, shape.unchanged)
    shown = {Address(sheet.name, cell): text for sheet in workbook.sheets for cell, text in sheet.shown.items()}
    for one in typed:
        about = field_of(one)
        choices = one.column.choices or about.choices
        cell, said = number_as_shown(one.cell, shown.get(one.address)) if _is_words(about, choices) else (one.cell, ())
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
    answers = sorted((str(one.key), reading.values[one.key], reading.entered(one)) for one in typed)
    outside = sorted((one.code, one.entered or "") for one in reading.findings)
    reading.answers_sha = sha_of(json.dumps([document.reference, answers, outside]))
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
    return reading


def _beside(workbook: FoundWorkbook, messages: Messages) -> list[Finding]:
    """What stands beside the cells of a sheet: comments, text boxes, pictures."""
    return [
        messages.remark(one.code, one.details, address=Address(one.sheet, one.cell), entered=one.entered)
        for one in workbook.remarks
        if one.sheet
    ]


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


def _tell_struck(reading: Reading, workbook: FoundWorkbook, messages: Messages) -> None:
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


def _tell_paint(reading: Reading, workbook: FoundWorkbook, messages: Messages) -> None:
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


def rows_to_check(reading: Reading, owner: int) -> list[CheckedRow]:
    """Every row in which anything was changed, as the check takes it; the form is one row."""
    blocked = {one.key for one in reading.findings if one.key and one.severity.blocks}
    changed = {(one.sheet.name, one.row.ref) for one in reading.changed if not one.row.answer}
    rows: dict[tuple[str, str], list[CheckedCell]] = {}
    beside: dict[tuple[str, str], Mapping[str, str]] = {}
    for one in reading.typed:
        place = (one.sheet.name, "" if one.row.answer else one.row.ref)
        value = reading.values[one.key]
        rows.setdefault(place, []).append(
            CheckedCell(field_of(one), one.key, one.address, reading.entered(one), value, one.key not in blocked)
        )
        if place not in beside:
            beside[place] = _locked(one.sheet, one.row)
    anything = not reading.is_untouched
    code = reading.document.round
    begins = Round.parse(code).first_day if code else None
    return [
        CheckedRow(owner, tuple(cells), place in changed or (anything and not place[1]), beside[place], begins)
        for place, cells in rows.items()
    ]


def _locked(sheet: Sheet, row: Row) -> dict[str, str]:
    return {
        column.field.name: as_text(content)
        for column, content in zip(sheet.columns, row.cells, strict=True)
        if not sheet.is_input(row, column)
    }


def silent_rows(reading: Reading, messages: Messages) -> list[Finding]:
    """One warning for each action about which a return that says something else says nothing.

    Where the form says that there is nothing to report, nothing is missing.
    """
    if reading.is_untouched or reading.form.get(NOTHING_BECAUSE):
        return []
    told: dict[str, list[Typed]] = {}
    for one in chain(reading.typed, *(row.inputs() for row in reading.unchanged if _is_reported(row.sheet))):
        if (
            one.column.field.scope == "round"
            and one.column.field.record == "action"
            and reading.document.kind == "subgroup"
        ):
            told.setdefault(one.row.ref, []).append(one)
    return [
        messages.finding(
            "row_silent",
            address=Address(cells[0].address.sheet, cells[0].address.cell),
            key=Key("action", ref, "ref"),
            ref=ref,
        )
        for ref, cells in sorted(told.items(), key=lambda one: ref_order(one[0]))
        if not any(reading.entered(one).strip() for one in cells)
    ]


def _is_reported(sheet: Sheet) -> bool:
    """Whether a sheet asks how actions stand in the round."""
    return any(column.input and column.field.scope == "round" for column in sheet.columns)
