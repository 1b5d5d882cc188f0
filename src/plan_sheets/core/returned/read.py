"""Reading a return by the document that it went out as: shape, locked cells, tidying; and what is there to check."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from plan_sheets.core.answers.answers import AnswerRow, Answers, Cell, blocked_by, is_untouched, month_ends
from plan_sheets.core.answers.phrases import Meaning, Phrases
from plan_sheets.core.answers.tidy import as_cell_shows, clean_text, tidy
from plan_sheets.core.book.document import FEEDBACK, OF_SUBGROUPS, Document, sha_of
from plan_sheets.core.book.layout import Column, Content, Field, Sheet, as_fact
from plan_sheets.core.book.needed import NOTHING_BECAUSE
from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.found import CellKind, FoundWorkbook, Remark
from plan_sheets.core.model.history import SAID
from plan_sheets.core.model.keys import Address, Key, ref_order
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words
from plan_sheets.core.returned.locate import Locator
from plan_sheets.core.returned.mask import Screened, list_issued, mask, tell_masked
from plan_sheets.core.returned.misplaced import (
    find_merged_cells,
    find_moved_answers,
    find_reordered_answers,
    find_sorted_columns,
    find_spilled_paragraphs,
)
from plan_sheets.core.returned.own_notes import leave_out_notes
from plan_sheets.core.returned.tables import EMPTY, LocatedCell, LocatedWorkbook, is_filtered
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.core.screening.screen import Screen

_MEANS = {"red": "Red", "amber": "Amber", "yellow": "Amber", "green": "Green", "blue": "Blue"}
"""The word of RAG that goes with a colour."""


def read_return(
    document: Document,
    workbook: FoundWorkbook,
    messages: Messages,
    whose: Callable[[str], str],
    phrases: Phrases,
    screen: Screen | None = None,
    *,
    places: Collection[str] = (),
    again: bool = False,
) -> tuple[Answers, list[Finding]]:
    """Steps 4 to 7 of receiving one return: what it says, and what was found in it.

    `whose` gives the reference of the document that a foreign row key belongs to, "" if there is none. `phrases`: what
    is no answer by itself. `screen`: what must not be kept; it comes first, so that nothing else tells of it; None: the
    officer allows it. `places`: postcodes that may stand anywhere. `again`: whether it takes the place of an earlier
    return, though it does not say so itself.
    """
    workbook = replace(workbook, remarks=(*leave_out_notes(workbook.remarks, document.book),))
    screened = mask(workbook, list_issued(document), screen, places) if screen else Screened(workbook, {}, frozenset())
    workbook = screened.workbook
    shape = Locator(document, workbook, messages, whose).locate()
    findings = find_merged_cells(shape, workbook, messages)
    reading = _Reading(document, workbook, messages, phrases, shape, shape.typed, [*shape.findings, *findings])
    if screen:
        reading.tell_masked(screened.masked, screen)
    reading.tell_postcodes(screened.asked)
    reading.tell_fell_apart()
    reading.tell_beside()
    reading.tell_links()
    reading.tidy()
    reading.tell_hidden()
    reading.tell_struck()
    reading.tell_paint()
    sha = reading.sha()
    reading.tell_moved()
    reading.tell_asked()
    return reading.answers(sha, again=again), reading.findings


@dataclass(slots=True)
class _Reading:
    """A return as it is being read: each step tells what it finds."""

    document: Document
    workbook: FoundWorkbook
    messages: Messages
    phrases: Phrases
    shape: LocatedWorkbook
    typed: list[LocatedCell]
    """Every input cell of a form, and of each row in which anything is not as it was issued."""
    findings: list[Finding]
    values: dict[Key, str] = field(default_factory=dict)
    """What the cells of `typed` say, tidied."""
    painted: dict[Key, str] = field(default_factory=dict)
    """The RAG cells that hold no word and are painted, and in which colour."""
    meant: dict[Key, Meaning] = field(default_factory=dict)
    """What the cells mean that hold a phrase and no answer."""
    asked: set[Key] = field(default_factory=set)
    """The cells with a query."""

    def __post_init__(self) -> None:
        """See which cells hold a phrase, and which were asked about where they were found."""
        self.meant |= {
            typed.key: meaning for typed in self.typed if (meaning := self._meaning(typed)) is not Meaning.ANSWER
        }
        self.asked |= {finding.key for finding in self.findings if finding.key and finding.severity is Severity.QUERY}

    def entered(self, typed: LocatedCell) -> str:
        """What somebody put into a cell: what was typed, or in what colour it was painted instead."""
        colour = self.painted.get(typed.key)
        if typed.cell.kind is CellKind.BOOLEAN and typed.cell.text == "FALSE" and not typed.base:
            return ""  # a checkbox that nobody ticked
        return f"(painted {colour})" if colour else typed.cell.entered

    def _tell(self, code: str, typed: LocatedCell, **details: object) -> None:
        """Tell of a cell; one that is asked about already is not asked about again."""
        if self.messages.by_code[code].severity is Severity.QUERY:
            if typed.key in self.asked:
                return
            self.asked.add(typed.key)
        details = {"heading": typed.about.title, "ref": typed.row.ref, "cell": typed.address.cell, **details}
        self.findings.append(
            self.messages.remark(code, details, address=typed.address, key=typed.key, entered=typed.cell.entered)
        )

    def tell_masked(self, masked: Mapping[Address, IdentifierKind], screen: Screen) -> None:
        """Tell where something identified a case, and of which kind it was; what it said is not there any more."""
        keys = {typed.address: typed.key for typed in self.typed if typed.address in masked}
        self.findings += tell_masked(masked, screen, self.messages, keys)
        self.asked |= {*keys.values()}

    def tell_postcodes(self, asked: Collection[Address]) -> None:
        """Ask about each answer with a full postcode; what the officer types to settle something is not asked about."""
        for typed in self.typed if asked else ():
            if typed.address in asked and (self.document.kind != "officer" or typed.key.record == SAID):
                self._tell("postcode", typed)

    def tell_fell_apart(self) -> None:
        """Ask about each text that may be a further paragraph of one above it."""
        for typed, start in find_spilled_paragraphs(typed for typed in self.typed if typed.key not in self.meant):
            self._tell("paste_fell_apart", typed, first=start.row.ref)

    def tell_beside(self) -> None:
        """Tell what stands beside the cells of a sheet: comments, text boxes, pictures."""
        answers = {cell.address: cell for cell in self.typed} if self.workbook.remarks else {}
        for remark in self.workbook.remarks:
            where = Address(remark.sheet, remark.cell)
            if remark.code == "picture_in_cell" and where in answers:
                self._tell(remark.code, answers[where], **remark.details)
            elif remark.sheet and remark.code != "cell_link":
                self.findings.append(
                    self.messages.remark(remark.code, remark.details, address=where, entered=remark.entered)
                )

    def tell_links(self) -> None:
        """Tell where answers lead that do not say so: a link that was pasted shows the title of what it leads to."""
        links = [remark for remark in self.workbook.remarks if remark.code == "cell_link"]
        rows = self.shape.unchanged if links else ()
        answers = {
            typed.address: typed for typed in chain(self.shape.typed, *(row.inputs(blank=False) for row in rows))
        }
        for link in links:
            typed = answers.get(Address(link.sheet, link.cell))
            if typed and _bare(link.entered) not in typed.cell.text.lower():
                self.findings.append(
                    self.messages.remark(
                        link.code, link.details, address=typed.address, key=typed.key, entered=link.entered
                    )
                )

    def tidy(self) -> None:
        """Tidy every cell by what its field may hold."""
        code = self.document.round
        year = Round.parse(code).year if code else int(self.document.created[:4])
        since_1904, sheets = self.workbook.since_1904, self.workbook.sheets
        shown = {Address(sheet.name, cell): text for sheet in sheets for cell, text in sheet.shown.items()}
        for typed in self.typed:
            if typed.cell is EMPTY and typed.key not in self.meant:
                self.values[typed.key] = ""
                continue
            about = typed.about
            choices = typed.column.choices or about.choices
            is_shown = typed.cell.kind is CellKind.DATE or _is_words(about, choices)
            if typed.key in self.meant:
                self._tell_phrase(typed, self.meant[typed.key])
                continue
            cell, shown_otherwise = as_cell_shows(typed.cell, shown.get(typed.address) if is_shown else None)
            tidied = tidy(cell.text, about, choices, year=year, kind=cell.kind, since_1904=since_1904)
            self.values[typed.key] = tidied.value
            remarks = (*shown_otherwise, *tidied.remarks)
            if any(remark.code == "date_shown" for remark in shown_otherwise) and self._blocks(tidied.remarks):
                remarks = (Remark("date_shows_little", shown_otherwise[0].details),)
            for remark in remarks:
                self._tell(about.findings.get(remark.code, remark.code), typed, **remark.details)

    def _blocks(self, remarks: Iterable[Remark]) -> bool:
        """Whether any of these keeps its cell from being taken."""
        return any(self.messages.by_code[remark.code].severity.blocks for remark in remarks)

    def _meaning(self, typed: LocatedCell) -> Meaning:
        """What a cell means that may say no more than "as above"."""
        if typed.cell.kind is not CellKind.TEXT or typed.cell.text == typed.base:
            return Meaning.ANSWER
        return self.phrases.meaning(typed.cell.text, typed.about, typed.base)

    def _tell_phrase(self, typed: LocatedCell, meaning: Meaning) -> None:
        """A phrase where an answer should be: what stood there stands, it counts as blank, or somebody is asked."""
        if meaning is Meaning.STANDS:
            self.values[typed.key] = typed.base
            self._tell("phrase_stands", typed)
        elif meaning is Meaning.BLANK:
            self.values[typed.key] = ""
            self._tell("phrase_blank", typed)
        else:
            self.values[typed.key] = clean_text(typed.cell.text)
            self._tell("phrase_ask", typed)

    def tell_hidden(self) -> None:
        """Tell of every new answer in a hidden row or column, and of a hidden sheet that holds any; not of filters."""
        sheets = {sheet.name: sheet for sheet in self.workbook.sheets if sheet.hidden or not sheet.visible}
        new = [typed for typed in self.typed if typed.cell.entered.strip() and self.values[typed.key] != typed.base]
        for name, sheet in sheets.items():
            cells = [typed for typed in new if typed.address.sheet == name]
            if cells and not sheet.visible:
                where, many = cells[0].address, len(cells)
                self.findings.append(self.messages.finding("sheet_hidden", address=where, sheet=name, cells=many))
            for typed in cells if sheet.visible else ():
                if typed.address.cell in sheet.hidden and not is_filtered(typed, sheet):
                    self._tell("cell_hidden", typed)

    def tell_struck(self) -> None:
        """Warn of every answer that is struck through: perhaps it was meant to be gone."""
        struck = {Address(sheet.name, cell) for sheet in self.workbook.sheets for cell in sheet.struck}
        for typed in self.typed if struck else ():
            if typed.address in struck:
                self._tell("text_struck", typed)

    def tell_paint(self) -> None:
        """Ask about every RAG cell that is painted and holds no word; warn where word and colour differ."""
        sheets = self.workbook.sheets
        painted = {Address(sheet.name, cell): colour for sheet in sheets for cell, colour in sheet.painted.items()}
        for typed in self.typed if painted else ():
            colour, choices = painted.get(typed.address), typed.column.choices or typed.about.choices
            if colour is None or not {"Red", "Amber", "Green"}.issubset(choices):
                continue
            details, value = {"colour": colour, "choices": ", ".join(choices)}, self.values[typed.key]
            if not typed.cell.entered.strip():
                self.painted[typed.key] = colour
                self._tell("rag_painted", typed, **details)
            elif value in choices and value != _MEANS[colour]:
                self._tell("rag_painted_otherwise", typed, **details)

    def tell_asked(self) -> None:
        """Of each cell that the officer has been asked about and that says what it did: tell that, and no more."""
        asked = {typed.key: typed for typed in self.typed if typed.is_blocked_by(Severity.QUERY)}
        self.findings = [
            finding
            for finding in self.findings
            if finding.key not in asked or finding.severity in (Severity.MASKED, Severity.ERROR)
        ]
        self.findings += [self._tell_as_sent("still_asked", typed) for typed in asked.values()]

    def _list_unmended(self) -> Iterator[Finding]:
        """An error for each cell that says what it did when it was sent back as one that cannot be taken."""
        for typed in self.typed:
            if typed.is_blocked_by(Severity.ERROR) and typed.sent:
                yield self._tell_as_sent("still_to_mend", typed)

    def _tell_as_sent(self, code: str, typed: LocatedCell) -> Finding:
        """A finding about a cell that says what it did when it was sent back, with what was said of it then."""
        before = typed.row.marks.get(typed.column_name, "").removeprefix(f"{self.messages.by_code[code].wrong} ")
        where, entered = typed.address, typed.cell.entered
        finding = self.messages.finding(code, address=where, key=typed.key, entered=entered, before=before)
        return finding if before else replace(finding, mend="")

    def sha(self) -> str:
        """What it says so far, as one hash: the same answers in another file make the same."""
        answered = sorted((str(typed.key), self.values[typed.key], self.entered(typed)) for typed in self.typed)
        outside = sorted((finding.code, finding.entered or "") for finding in self.findings)
        return sha_of(json.dumps([self.document.reference, answered, outside]))

    def tell_moved(self) -> None:
        """Tell of answers that stand in another row than they went out in: whole columns, then one by one."""
        orders = {
            "answers_permuted": [*find_reordered_answers(self.typed, self.values)],
            "rows_parted": [*find_sorted_columns(self.shape.changed)],
        }
        self.findings += [
            self.messages.finding(code, address=where, sheet=sheet, heading=heading)
            for code, found in orders.items()
            for sheet, heading, where in found
        ]
        whole = {(sheet, heading) for sheet, heading, _ in orders["answers_permuted"]}
        for typed, other in find_moved_answers(self.typed, self.values, self.shape.unchanged):
            if (typed.sheet.name, typed.column.heading) not in whole:
                self._tell("answer_strayed", typed, other=other)

    def answers(self, sha: str, *, again: bool) -> Answers:
        """What is left when the workbook is put away; `again` as in `read_return`."""
        cells = [*self._cells()]
        self.findings += month_ends(cells, self.messages)
        pairs = [*zip(self.typed, cells, strict=True)]
        form = {
            cell.key.field: cell.value for typed, cell in pairs if typed.row.answer and cell.value and not cell.blocked
        }
        self._tell_of_form(form, pairs)
        filled = (typed for row in self.shape.unchanged for typed in row.inputs(blank=False))
        stayed = (Cell(typed.key, typed.about, typed.address, typed.base, typed.base, typed.base) for typed in filled)
        blank = self.shape.list_blank() if again or form.get("corrects") == "Yes" else ()
        silent = () if form.get(NOTHING_BECAUSE) else tuple(self._silent())
        is_feedback, facts = self.document.kind == FEEDBACK, self.document.facts
        changes = any(not typed.is_as_sent if is_feedback else cell.is_changed for typed, cell in pairs)
        anything = is_feedback or not is_untouched(facts, self.findings, changes=changes)
        rows = _rows(pairs, self.document.round, anything=anything)
        return Answers(facts, rows, tuple(stayed), tuple(blank), form, changes, silent, (*self._list_unmended(),), sha)

    def _tell_of_form(self, form: Mapping[str, str], pairs: Iterable[tuple[LocatedCell, Cell]]) -> None:
        """Tell where the form says what the rows do not: that there is nothing to report, or that nobody agreed."""
        told = {cell.key.ref for typed, cell in pairs if typed.column.field.scope == "round" and cell.is_changed}
        for typed in self.typed:
            if typed.row.answer and typed.key.field == NOTHING_BECAUSE and form.get(NOTHING_BECAUSE) and told:
                self._tell("nothing_with_answers", typed, rows=count_words(len(told), "row"))
            if typed.row.answer and typed.key.field == "agreed" and form.get("agreed") == "No":
                self._tell("not_agreed", typed)

    def _cells(self) -> Iterator[Cell]:
        blocked = blocked_by(self.findings)
        for typed in self.typed:
            entered, value = self.entered(typed), self.values[typed.key]
            yield Cell(typed.key, typed.about, typed.address, entered, value, typed.base, blocked.get(typed.key))

    def _silent(self) -> Iterator[Finding]:
        """One warning for each action about which a return says nothing."""
        if self.document.kind not in OF_SUBGROUPS:
            return
        reports: dict[str, list[LocatedCell]] = {}
        reported = {sheet.name for sheet in self.document.sheets if _is_reported(sheet)}
        unchanged = (row for row in self.shape.unchanged if row.sheet.name in reported)
        masked = {finding.key for finding in self.findings if finding.severity is Severity.MASKED}
        for typed in chain(self.typed, *(row.inputs() for row in unchanged)):
            if typed.column.field.scope == "round" and typed.column.field.record == "action":
                reports.setdefault(typed.row.ref, []).append(typed)
        for ref, cells in sorted(reports.items(), key=lambda report: ref_order(report[0])):
            locked = {column.field.name: as_fact(content) for column, content in _locked(cells[0])}
            if any(typed.column.field.is_excused(locked.get) for typed in cells):
                continue  # it is finished, so nothing has to be said
            if not any(self.entered(typed).strip() or typed.key in masked for typed in cells):
                key = Key("action", ref, "ref")
                yield self.messages.finding("row_silent", address=cells[0].address, key=key, ref=ref)


def _bare(link: str) -> str:
    """A link as people type it."""
    return link.lower().removeprefix("mailto:").partition("://")[2].rstrip("/") or link.lower().removeprefix("mailto:")


def _is_words(about: Field, choices: tuple[str, ...]) -> bool:
    """Whether a field takes words, and a number only as words."""
    return about.type == "string" and not about.format and not choices


def _is_reported(sheet: Sheet) -> bool:
    """Whether a sheet asks how actions stand in the round."""
    return any(column.input and column.field.scope == "round" for column in sheet.columns)


def _rows(pairs: Iterable[tuple[LocatedCell, Cell]], code: str, *, anything: bool) -> tuple[AnswerRow, ...]:
    """The rows in which anything was changed; the form is one. `anything`: whether anything was typed at all."""
    begins = Round.parse(code).first_day if code else None
    rows: dict[tuple[str, str], list[tuple[LocatedCell, Cell]]] = {}
    for typed, cell in pairs:
        rows.setdefault((typed.sheet.name, "" if typed.row.answer else typed.row.ref), []).append((typed, cell))
    known: dict[object, Mapping[str, str]] = {}
    return tuple(
        AnswerRow(
            tuple([cell for _, cell in row]),
            anything if row[0][0].row.answer else any(cell.is_changed for _, cell in row),
            {column.field.name: as_fact(content) for column, content in _locked(row[0][0])},
            _list_titles(row[0][0], known),
            begins,
        )
        for row in rows.values()
    )


def _list_titles(typed: LocatedCell, known: dict[object, Mapping[str, str]]) -> Mapping[str, str]:
    """The headings over the locked cells of a row; one object for all rows that have the same."""
    shape = typed.sheet.name, typed.row.inputs
    if shape not in known:
        known[shape] = {column.field.name: column.heading for column, _ in _locked(typed)}
    return known[shape]


def _locked(typed: LocatedCell) -> Iterator[tuple[Column, Content]]:
    """The locked cells of the row of a cell, with their columns."""
    pairs = zip(typed.sheet.columns, typed.row.cells, strict=True)
    return (pair for pair in pairs if not typed.sheet.is_input(typed.row, pair[0]))
