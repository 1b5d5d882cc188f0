"""Reads plan.xlsx, a workbook without locks whose rows are known by the refs that the officer types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plan_sheets.core.answers.answers import AnswerRow, Cell, blocked_by
from plan_sheets.core.answers.tidy import as_cell_shows, tidy
from plan_sheets.core.book.layout import Column, Field
from plan_sheets.core.book.mail_text import MailText
from plan_sheets.core.book.spec import SheetSpec, WorkbookSpec
from plan_sheets.core.model.findings import Finding, Outcome, PlanSheetsError
from plan_sheets.core.model.found import CellKind, FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import plain, quoted
from plan_sheets.core.rating.rules.thresholds import Thresholds
from plan_sheets.core.returned.mask import Screened, mask, tell_masked
from plan_sheets.core.returned.misplaced import list_merges
from plan_sheets.core.returned.tables import EMPTY, FoundTable, find_table
from plan_sheets.core.screening.screen import Screen


@dataclass(slots=True)
class PlanRead:
    """A plan workbook as it was read: every cell of every row, and the findings."""

    cells: list[Cell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def values(self) -> dict[Key, str]:
        """The values of all cells that no finding blocks, by key."""
        return {cell.key: cell.value for cell in self.cells if cell.blocked is None}

    def rows(self, record: str) -> dict[str, dict[str, str]]:
        """The rows of a record, in the order of the workbook: {ref: {field: value}}."""
        rows: dict[str, dict[str, str]] = {}
        for cell in self.cells:
            if cell.key.record == record:
                rows.setdefault(cell.key.ref, {})[cell.key.field] = cell.value
        return rows


def read_plan(
    workbook: FoundWorkbook,
    spec: WorkbookSpec,
    forms: Mapping[str, Mapping[str, Field]],
    messages: Messages,
    screen: Screen | None = None,
    known: Collection[str] = (),
    *,
    left: Collection[str] = (),
    mails: Mapping[str, MailText] | None = None,
) -> PlanRead:
    """Read every row of a plan workbook. Raises PlanSheetsError if a sheet or its headings are missing.

    `screen`: what must not be kept; it comes first, so that nothing else tells of it; None: the officer allows it.
    `known`: texts that are kept already, and are not looked at. `left`: refs of actions that were finished in earlier
    years: what names one is right. `mails`: those whose texts may be changed, by code.
    """
    screened = mask(workbook, known, screen) if screen else Screened(workbook, {}, frozenset())
    reader = _PlanReader(screened, forms, messages)
    for sheet in spec.sheets:
        if sheet.form or not sheet.items:
            reader.read_sheet(sheet)
    reader.tell_extra_sheets(spec)
    if screen:
        reader.tell_masked(screen)
    reader.check(left, mails or {})
    return reader.plan


def _find_year(workbook: FoundWorkbook) -> int:
    """The first calendar year of the plan, for dates without a year: from `Financial year`; 2000 if not readable."""
    for found in workbook.sheets:
        for (row, column), cell in found.cells.items():
            if plain(cell.text) == "financial year":
                text = found.cells.get((row, column + 2), EMPTY).text.strip()
                if text[:4].isdecimal():
                    return int(text[:4])
    return 2000


class _PlanReader:
    def __init__(self, screened: Screened, forms: Mapping[str, Mapping[str, Field]], messages: Messages) -> None:
        self.workbook = workbook = screened.workbook
        self.masked = screened.masked
        self.forms = forms
        self.messages = messages
        self.year = _find_year(workbook)
        self.merges = {found.name: [*list_merges(found)] for found in workbook.sheets}
        self.plan = PlanRead()
        self.rows: list[AnswerRow] = []
        self.titles: dict[Key, Field] = {}

    def read_sheet(self, spec: SheetSpec) -> None:
        """Read one sheet, a form or a table. Raises PlanSheetsError if the sheet or its headings are missing."""
        columns = [Column(column.field, column.heading, column.input) for column in spec.columns]
        found = next((sheet for sheet in self.workbook.sheets if plain(sheet.name) == plain(spec.name)), None)
        if found is None:
            raise PlanSheetsError(
                f"plan.xlsx has no sheet '{spec.name}'.",
                "Give the sheet its name back, or take it from a fresh template. Nothing was changed.",
            )
        table = find_table(columns, found)
        if table is None:
            raise PlanSheetsError(
                f"plan.xlsx, sheet '{spec.name}': the headings were not found "
                f"({', '.join(column.heading for column in columns)}).",
                "Give the headings their names back. Nothing was changed.",
            )
        if spec.form:
            self._read_form(spec, table)
        else:
            self._read_table(spec, columns, table, found)

    def tell_extra_sheets(self, spec: WorkbookSpec) -> None:
        """Report all texts of each sheet that is not part of the template."""
        ours = {plain(sheet.name) for sheet in spec.sheets}
        for found in self.workbook.sheets:
            texts = [(place, cell.entered) for place, cell in sorted(found.cells.items()) if cell.entered.strip()]
            if plain(found.name) not in ours and texts:
                entered = "\n".join(text for _, text in texts)
                where = Address.at(found.name, *texts[0][0])
                self._tell("sheet_extra", where, entered, sheet=found.name, cells=len(texts))

    def _read_form(self, spec: SheetSpec, table: FoundTable) -> None:
        fields = {plain(item.title): item for item in self.forms[spec.form].values()}
        cells = []
        for row in sorted({row for row, _ in table.found.cells if row > table.heading_row}):
            item = fields.pop(plain(table.cell(row, "ref").text), None)
            texts = [table.cell(row, name).entered for name in table.places]
            if item is not None:
                cells.append(self._read_cell(item, Key(spec.form, "", item.name), table, row, "answer"))
            elif any(text.strip() for text in texts):
                where = Address.at(table.found.name, row, table.places["ref"])
                self._tell("row_unknown", where, " | ".join(filter(None, texts)), sheet=table.found.name)
        for item in fields.values():
            where = Address.at(table.found.name, table.heading_row, table.places["ref"])
            self._tell("item_missing", where, item=item.title, sheet=table.found.name)
        self._tell_text_beside(table, len(spec.lines))
        self.rows.append(AnswerRow(tuple(cells), says_something=True))

    def _tell_text_beside(self, table: FoundTable, lines: int) -> None:
        """Report every text beside or above the table, but for the `lines` lines of the template above it."""
        inside = set(table.places.values())
        for (row, place), cell in sorted(table.found.cells.items()):
            above = row < table.heading_row
            ours = (place == 0 and row <= lines) if above else place in inside
            if not ours and cell.entered.strip():
                where = Address.at(table.found.name, row, place)
                self._tell("text_outside", where, entered=cell.entered, sheet=table.found.name)

    def _read_table(self, spec: SheetSpec, columns: Sequence[Column], table: FoundTable, found: FoundSheet) -> None:
        for column in columns:
            if column.field.name not in table.places:
                self._tell(
                    "column_missing",
                    Address.at(found.name, table.heading_row, 0),
                    heading=column.heading,
                    sheet=spec.name,
                )
        inside = set(table.places.values())
        for row in sorted(
            {
                row
                for (row, place), cell in found.cells.items()
                if row > table.heading_row and place in inside and cell.entered.strip()
            }
        ):
            self._read_row(spec, columns, table, row)
        self._tell_text_beside(table, len(spec.lines))

    def _read_row(self, spec: SheetSpec, columns: Sequence[Column], table: FoundTable, row: int) -> None:
        refs = next(column for column in columns if column.field.name == "ref")
        ref = tidy(table.cell(row, "ref").text, refs.field, year=self.year).value
        if not ref:
            texts = [table.cell(row, column.field.name).text for column in columns]
            where = Address.at(table.found.name, row, table.places.get("ref", 0))
            self._tell("ref_missing", where, entered=" | ".join(filter(None, texts)), sheet=spec.name)
            return
        there = [column for column in columns if column.field.name in table.places and column.field.scope != "derived"]
        cells = [
            self._read_cell(column.field, Key(spec.record, ref, column.field.name), table, row, column.field.name)
            for column in there
        ]
        self.rows.append(AnswerRow(tuple(cells), says_something=True))

    def _read_cell(self, about: Field, key: Key, table: FoundTable, row: int, column: str) -> Cell:
        address = Address.at(table.found.name, row, table.places[column])
        cell = table.cell(row, column)
        hidden = self._find_hidden_by_merge(table, address, cell, key, about)
        # Cells may hold numbers here: of `007` in a formatted cell the text that it shows is taken.
        is_shown = about.type == "string" or cell.kind is CellKind.DATE
        words, remarks = as_cell_shows(cell, table.found.shown.get(address.cell) if is_shown else None)
        kind = CellKind.TEXT if cell.kind is CellKind.NUMBER and about.type == "string" else words.kind
        since_1904 = self.workbook.since_1904
        tidied = tidy(words.text, about, about.choices, year=self.year, kind=kind, since_1904=since_1904)
        findings = [
            self.messages.remark(
                about.findings.get(remark.code, remark.code),
                remark.details,
                address=address,
                key=key,
                entered=cell.entered,
                heading=about.title,
            )
            for remark in (*remarks, *tidied.remarks)
            if not (hidden and self.messages.by_code[remark.code].severity.blocks)
        ]
        findings += hidden
        self.plan.findings += findings
        self.titles[key] = about
        blocked = Outcome.MASKED if address in self.masked else blocked_by(findings).get(key)
        return Cell(key, about, address, cell.entered, tidied.value, blocked=blocked)

    def _find_hidden_by_merge(
        self, table: FoundTable, address: Address, own: FoundCell, key: Key, about: Field
    ) -> list[Finding]:
        """A query if a merge covers a cell and shows a different text; else []."""
        for merge in self.merges[table.found.name]:
            if merge.hides(address.place) and plain(merge.shown.text) != plain(own.text):
                details = {
                    "area": merge.area,
                    "shown": quoted(merge.shown.entered),
                    "heading": about.title,
                    "ref": key.ref,
                    "own": quoted(own.entered),
                }
                return [self.messages.remark("plan_merged", details, address=address, key=key, entered=own.entered)]
        return []

    def _tell(
        self, code: str, address: Address | None, entered: str | None = None, key: Key | None = None, **details: object
    ) -> None:
        self.plan.findings.append(self.messages.finding(code, address=address, key=key, entered=entered, **details))

    def tell_masked(self, screen: Screen) -> None:
        """Report every cell that identified a case; what it said is not there any more."""
        keys = {cell.address: cell.key for row in self.rows for cell in row.cells if cell.address in self.masked}
        self.plan.findings += tell_masked(self.masked, screen, self.messages, keys)

    def check(self, left: Collection[str], mails: Mapping[str, MailText]) -> None:
        """Apply the rules of every cell, then those that need the plan as a whole. For both see `read_plan`."""
        refs = {record: self._list_refs(record) for record in ("board", "subgroup", "priority", "action")}
        refs["action"].update(left)
        from plan_sheets.core.answers.check import check_rows  # noqa: PLC0415 - pandas takes long to load

        self.plan.findings += check_rows([self.rows], self.messages, refs)[0]
        self._tell_themes_without_priority(refs["priority"])
        self._tell_unusable_rules()
        self._tell_unknown_names(mails)
        blocked, doubled = blocked_by(self.plan.findings), self._list_doubled_rows()
        for row in self.rows:
            for cell in row.cells:
                why = Outcome.ERROR if (cell.key.record, cell.key.ref) in doubled else blocked.get(cell.key)
                self.plan.cells.append(cell._replace(blocked=why))

    def _tell_unusable_rules(self) -> None:
        """Report thresholds that are numbers and still not usable: a fifth quarter, a share of 200 per cent."""
        cells = {
            cell.key.ref: cell
            for row in self.rows
            for cell in row.cells
            if cell.key.record == "rag_rule" and cell.key.field == "value"
        }
        blocked_keys = {finding.key for finding in self.plan.findings if finding.key and finding.severity.blocks}
        for ref, text in Thresholds.from_values({ref: cell.value for ref, cell in cells.items()})[1]:
            if cells[ref].key not in blocked_keys:
                self._tell("rag_rule_unusable", cells[ref].address, text, cells[ref].key, rule=ref)

    def _tell_unknown_names(self, mails: Mapping[str, MailText]) -> None:
        """Report names in braces in the text of a mail that nothing can be filled in for."""
        for cell in (cell for row in self.rows for cell in row.cells if cell.key.record == "mail_text"):
            mail = mails.get(cell.key.ref)
            if cell.field.name != "ref" and mail and (unknown := mail.find_unknown(cell.value)):
                known = ", ".join(f"{{{name}}}" for name in mail.names)
                details = {"heading": cell.field.title, "unknown": " and ".join(unknown), "known": known}
                self._tell("mail_name_unknown", cell.address, cell.entered, cell.key, ref=mail.code, **details)

    def _list_refs(self, record: str) -> set[str]:
        return {
            cell.key.ref
            for row in self.rows
            for cell in row.cells
            if cell.key.record == record and cell.key.field == "ref"
        }

    def _list_doubled_rows(self) -> set[tuple[str, str]]:
        """The (record, ref) of rows whose ref stands twice: neither is taken, because nobody can say which is meant."""
        counts = Counter(
            (cell.key.record, cell.key.ref) for row in self.rows for cell in row.cells if cell.field.name == "ref"
        )
        return {row for row, times in counts.items() if times > 1}

    def _tell_themes_without_priority(self, refs: Iterable[str]) -> None:
        known = set(refs)
        for row in self.rows:
            cell = row.cells[0]
            parent = cell.key.ref[:-1]
            if cell.key.record == "priority" and cell.key.ref[-1:].islower() and parent not in known:
                self._tell(
                    "theme_without_priority", cell.address, cell.entered, cell.key, ref=cell.key.ref, parent=parent
                )
