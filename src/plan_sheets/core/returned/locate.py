"""Finds sheets and columns of a returned workbook by their headings and rows by their keys, never by position.

Every difference from what was issued is harmless or becomes a finding: a note, a query, or one that holds the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import NOTHING_YET, Row, Sheet, as_text
from plan_sheets.core.model.found import FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import plain, quoted
from plan_sheets.core.returned.compare import is_as_issued
from plan_sheets.core.returned.tables import (
    FoundTable,
    LocatedCell,
    LocatedWorkbook,
    UnchangedRow,
    find_near_headings,
    find_table,
    find_table_in_place,
    is_same_ref,
    squeeze,
)
from plan_sheets.core.returned.untouched import find_exact_rows, is_untouched

CUT_AT = 255
"""How many UTF-16 units of a text SheetJS writes into an xls; it cuts off the rest."""


class Locator:
    """Finds the tables of a document in a workbook that came back.

    `find_owner` gives the reference of the document that a row key of another workbook belongs to, "" if none.
    """

    def __init__(
        self, document: Document, workbook: FoundWorkbook, messages: Messages, find_owner: Callable[[str], str]
    ) -> None:
        self.document = document
        self.workbook = workbook
        self.messages = messages
        self.find_owner = find_owner
        self.located = LocatedWorkbook()
        self.keys = {squeeze(key): row for key, row in document.row_keys().items()}
        self.claimed: set[str] = set()
        self.texts: dict[str, dict[int, list[str]]] = {}
        self.firsts: dict[str, Mapping[str, Row]] = {}
        self.wholes: dict[str, Mapping[tuple[str, ...], Row]] = {}

    def _find_rows_by_first_text(self, sheet: Sheet) -> Mapping[str, Row]:
        """The rows of a sheet by their first text, without those whose first text stands twice."""
        if sheet.name not in self.firsts:
            firsts = [plain(as_text(row.cells[0])) for row in sheet.rows]
            times = Counter(firsts)
            self.firsts[sheet.name] = {
                text: row for text, row in zip(firsts, sheet.rows, strict=True) if times[text] == 1
            }
        return self.firsts[sheet.name]

    def _find_rows_by_all_texts(self, sheet: Sheet) -> Mapping[tuple[str, ...], Row]:
        """The rows of a sheet by all their texts."""
        if sheet.name not in self.wholes:
            self.wholes[sheet.name] = {
                tuple(plain(as_text(content)) for content in row.cells): row for row in sheet.rows
            }
        return self.wholes[sheet.name]

    def locate(self) -> LocatedWorkbook:
        """Find every sheet of the document, then report the sheets that are not part of it."""
        by_name = {plain(found.name): found for found in self.workbook.sheets}
        tables = {sheet.name: self._find_table(sheet, by_name.get(plain(sheet.name))) for sheet in self.document.sheets}
        missing = [sheet for sheet in self.document.sheets if tables[sheet.name] is None]
        tables |= self._find_renamed(missing)
        for sheet in self.document.sheets:
            table = tables[sheet.name]
            if table is not None:
                self._read_table(sheet, table)
            elif (found := by_name.get(plain(sheet.name))) and found.name not in self.claimed:
                self.claimed.add(found.name)
                self._tell_unread_sheet("headings_missing", found, sheet.name)
            else:
                code = "sheet_missing" if sheet.has_inputs else "sheet_gone"
                self._tell(code, Address(sheet.name, "A1"), sheet=sheet.name)
        for found in self.workbook.sheets:
            if found.name not in self.claimed and any(cell.entered.strip() for cell in found.cells.values()):
                self._tell_extra_sheet(found)
        return self.located

    def _tell(
        self, code: str, address: Address | None, key: Key | None = None, entered: str | None = None, **details: object
    ) -> None:
        self.located.findings.append(self.messages.finding(code, address=address, key=key, entered=entered, **details))

    def _find_table(self, sheet: Sheet, found: FoundSheet | None) -> FoundTable | None:
        table = (find_table_in_place(sheet, found) or find_table(sheet.columns, found)) if found else None
        if table:
            self.claimed.add(table.found.name)
        return table

    def _find_renamed(self, missing: list[Sheet]) -> dict[str, FoundTable]:
        """Find missing sheets under other names, by row keys, then by headings; of two that fit equally well, none."""
        fits = [
            (self._measure_fit(sheet, table), -place, sheet.name, table)
            for place, sheet in enumerate(missing)
            for found in self.workbook.sheets
            if found.name not in self.claimed and (table := find_table(sheet.columns, found))
        ]
        tables: dict[str, FoundTable] = {}
        for fit, _, name, table in sorted(fits, key=lambda candidate: candidate[:2], reverse=True):
            rivals = [
                rival
                for rival in fits
                if rival[0] == fit and rival[2] == name and rival[3].found.name not in self.claimed
            ]
            if name not in tables and table.found.name not in self.claimed and len(rivals) == 1:
                tables[name] = table
                self.claimed.add(table.found.name)
                self._tell("sheet_renamed", Address(table.found.name, "A1"), sheet=name, found=table.found.name)
        return tables

    def _measure_fit(self, sheet: Sheet, table: FoundTable) -> tuple[int, float]:
        """How well a table fits a sheet: (how many of its row keys are there, the share of its headings)."""
        keys = {key for key, (owner, _) in self.keys.items() if owner is sheet}
        found = sum(squeeze(cell.text) in keys for cell in table.found.cells.values())
        return found, len(table.places) / len(sheet.columns)

    def _tell_extra_sheet(self, found: FoundSheet) -> None:
        """Report a sheet that is not part of the document, and the workbooks that its row keys come from."""
        theirs = {self.find_owner(key) for key in found.row_keys()} - {"", self.document.reference}
        code = "sheet_foreign" if theirs else "sheet_extra"
        self._tell_unread_sheet(code, found, found.name, reference=" and ".join(sorted(theirs)))

    def _tell_unread_sheet(self, code: str, found: FoundSheet, name: str, reference: str = "") -> None:
        """Report all texts of a sheet that cannot be read, in one finding at the first of them."""
        texts = {place: cell.entered for place, cell in sorted(found.cells.items()) if cell.entered.strip()}
        where = Address.at(found.name, *next(iter(texts), (0, 0)))
        self._tell(code, where, entered="\n".join(texts.values()), sheet=name, cells=len(texts), reference=reference)

    def _mend_headings(self, sheet: Sheet, table: FoundTable) -> FoundTable:
        """The table, with headings that differ from a missing one by one slip of the keyboard taken for it."""
        mended = dict(table.places)
        for column, place in find_near_headings(sheet, table):
            mended[column.field.name] = place
            where = Address.at(table.found.name, table.heading_row, place)
            self._tell("heading_mended", where, entered=table.at(*where.place).entered, heading=column.heading)
        return replace(table, places=mended)

    def _read_table(self, sheet: Sheet, table: FoundTable) -> None:
        if len(table.places) < len(sheet.columns):
            table = self._mend_headings(sheet, table)
        self.located.merged += [table] if table.found.merged else []
        name = table.found.name
        for column in sheet.columns:
            if column.field.name not in table.places and column.field.name != "key":
                self._tell(
                    "column_missing", Address.at(name, table.heading_row, 0), heading=column.heading, sheet=sheet.name
                )
        exact = find_exact_rows(sheet, table)
        if is_untouched(self.document, sheet, table, exact):
            start = table.heading_row + 1
            self.located.unchanged += [
                UnchangedRow(self.document, sheet, row, table, start + at) for at, row in enumerate(sheet.rows)
            ]
            return
        self._tell_swapped_headings(sheet, table)
        rows = self._find_rows(sheet, table, exact)
        by_ref = {row.ref: row for row in reversed(sheet.rows)}
        for ref, places in rows.items():
            if len(places) == 1 and places[0] in exact:
                self.located.unchanged.append(UnchangedRow(self.document, sheet, by_ref[ref], table, places[0]))
            else:
                self._read_row(sheet, by_ref[ref], table, places)
        for row in sheet.rows:
            if row.ref not in rows and any(sheet.is_input(row, column) for column in sheet.columns):
                self._tell_missing_row(sheet, row, name)
        self._tell_text_outside(sheet, table, {place for places in rows.values() for place in places})

    def _tell_swapped_headings(self, sheet: Sheet, table: FoundTable) -> None:
        """Warn of two headings that have changed places: if they were retyped, the answers did not move with them."""
        names = [column.field.name for column in sheet.columns if column.field.name in table.places]
        found = sorted(names, key=table.places.__getitem__)
        parted = [(issued, name) for issued, name in zip(names, found, strict=True) if issued != name]
        if len(parted) == 2:  # noqa: PLR2004 - two have changed places; a column that was dragged moves others too
            headings = [column.heading for column in sheet.columns if column.field.name in parted[0]]
            where = table.address(table.heading_row, parted[0][1])
            self._tell("headings_swapped", where, sheet=sheet.name, one=headings[0], other=headings[1])

    def _tell_missing_row(self, sheet: Sheet, row: Row, name: str) -> None:
        held = any(
            as_text(content)
            for column, content in zip(sheet.columns, row.cells, strict=True)
            if sheet.is_input(row, column)
        )
        code = "row_missing" if held or sheet.columns[0].field.record == "action" else "row_gone"
        self._tell(
            code,
            Address(name, "A1"),
            Key(row.record or sheet.columns[0].field.record, row.ref, "ref"),
            sheet=sheet.name,
            ref=row.ref,
        )

    def _find_rows(self, sheet: Sheet, table: FoundTable, exact: Mapping[int, Row]) -> dict[str, list[int]]:
        """The rows (counted from 0) at which each issued row was found, by its ref: by key, then by ref and text."""
        found: dict[str, list[int]] = {}
        for place in sorted(row for row in table.rows if row > table.heading_row):
            ref = exact[place].ref if place in exact else self._find_ref(sheet, table, place)
            if ref is not None:
                found.setdefault(ref, []).append(place)
        return found

    def _find_ref(self, sheet: Sheet, table: FoundTable, place: int) -> str | None:
        key = " ".join(table.cell(place, "key").text.split())
        owner, row = self.keys.get(squeeze(key), (None, None))
        if row and owner is sheet:
            return self._find_ref_by_key(sheet, row, table, place)
        if key and sheet.columns[-1].field.name == "key" and not (key == NOTHING_YET and not sheet.rows):
            self._tell_foreign_row(table, place, key)
            return None
        if sheet.columns[-1].field.name != "key":
            if row := self._find_rows_by_first_text(sheet).get(
                plain(table.cell(place, sheet.columns[0].field.name).text)
            ):
                return row.ref
            whole = tuple(plain(table.cell(place, column.field.name).text) for column in sheet.columns)
            if row := self._find_rows_by_all_texts(sheet).get(whole):
                return row.ref
        return self._find_ref_by_text(sheet, table, place)

    def _find_ref_by_text(self, sheet: Sheet, table: FoundTable, place: int) -> str | None:
        """The ref of the row that begins with this text, or None; if rows have keys, the second text must agree."""
        keyed = sheet.columns[-1].field.name == "key"
        first, second = (table.cell(place, column.field.name).text for column in sheet.columns[:2])
        for row in sheet.rows:
            if is_same_ref(as_text(row.cells[0]), first) and (
                not keyed or sheet.columns[1].input or is_same_ref(as_text(row.cells[1]), second)
            ):
                if keyed:
                    self._tell("row_by_ref", Address.at(table.found.name, place, 0), ref=row.ref)
                return row.ref
        return None

    def _find_ref_by_key(self, sheet: Sheet, row: Row, table: FoundTable, place: int) -> str | None:
        """The ref of the row with this key; None, with a finding, if none of its other locked texts agrees."""
        places = [
            at for at, column in enumerate(sheet.columns[:2]) if not column.input and column.field.name in table.places
        ]
        texts = [(as_text(row.cells[at]), table.cell(place, sheet.columns[at].field.name).text) for at in places]
        if texts and not any(is_same_ref(issued, found) for issued, found in texts):
            where = Address.at(table.found.name, place, table.places["key"])
            self._tell("row_key_differs", where, entered=self._join_texts(table, place), ref=row.ref)
            return None
        return row.ref

    def _tell_foreign_row(self, table: FoundTable, place: int, key: str) -> None:
        where = Address.at(table.found.name, place, table.places.get("key", 0))
        if owner := self.keys.get(squeeze(key)):
            self._tell("row_of_other_sheet", where, entered=self._join_texts(table, place), sheet=owner[0].name)
        elif reference := self.find_owner(key):
            self._tell("row_foreign", where, entered=self._join_texts(table, place), reference=reference)
        else:
            self._tell("row_key_unknown", where, entered=self._join_texts(table, place), found=key)

    def _join_texts(self, table: FoundTable, place: int) -> str:
        if table.found.name not in self.texts:  # once a sheet: thousands of rows may have been pasted into it
            rows = self.texts.setdefault(table.found.name, {})
            for (row, _), cell in sorted(table.found.cells.items()):
                rows.setdefault(row, []).append(cell.entered)
        return " | ".join(self.texts[table.found.name].get(place, ()))

    def _read_row(self, sheet: Sheet, row: Row, table: FoundTable, places: list[int]) -> None:
        """Read a row. If it was found several times with different answers, ask which of them is right."""
        if len(places) > 1 and len({self._list_contents(sheet, table, place) for place in places}) > 1:
            for place in places:
                where = Address.at(table.found.name, place, 0)
                self._tell("row_doubled", where, entered=self._join_texts(table, place), ref=row.ref)
            return
        for column, content in zip(sheet.columns, row.cells, strict=True):
            name = column.field.name
            for place in table.columns(name)[name == "key" :]:
                cell, is_input = table.at(places[0], place), sheet.is_input(row, column)
                if (is_input and place != table.places[name]) or (not is_input and is_as_issued(content, cell)):
                    continue
                address = Address.at(table.found.name, places[0], place)
                if not is_input and address.cell in table.found.masked:
                    continue  # that is told already
                key = self.document.key_of(row, column)
                cell = self._restore_cut_text(cell, as_text(content), address, key)
                entry = LocatedCell(key, sheet, row, column, address, cell, row.base(name, content))
                if not is_input:
                    self._tell_locked_changed(entry)
                elif name in table.doubles:
                    self._read_doubled_cell(entry, table, [table.at(places[0], at) for at in table.doubles[name]])
                else:
                    self.located.typed.append(entry)

    @staticmethod
    def _list_contents(sheet: Sheet, table: FoundTable, place: int) -> tuple[str, ...]:
        return tuple(table.cell(place, column.field.name).entered for column in sheet.columns)

    def _read_doubled_cell(self, entry: LocatedCell, table: FoundTable, others: Iterable[FoundCell]) -> None:
        """Read an input cell whose heading stands several times: if its cells differ, none is taken.

        A blank cell does not count, unless a heading is missing: the other column may then be that one, renamed.
        """
        distinct = {plain(cell.text): cell for cell in (entry.cell, *others)}
        if not entry.base and len(table.places) == len(entry.sheet.columns):
            distinct.pop("", None)
        if len(distinct) > 1:
            readings = " | ".join(cell.entered for cell in distinct.values())
            self._tell(
                "column_doubled", entry.address, entry.key, readings, heading=entry.column.heading, ref=entry.row.ref
            )
        self.located.typed.append(entry._replace(cell=next(iter(distinct.values()), entry.cell)))

    def _tell_locked_changed(self, entry: LocatedCell) -> None:
        """Report a locked cell that was changed, with both texts: what was issued stays valid."""
        if entry.column.field.name in ("ref", "key") and squeeze(entry.cell.text) == squeeze(entry.base):
            self._tell("ref_retyped", entry.address, entry.key, entry.cell.entered, issued=entry.base)
            return
        if entry.sheet.has_inputs:
            self.located.changed.append(entry)
        self._tell(
            "locked_changed",
            entry.address,
            entry.key,
            entry.cell.entered,
            heading=entry.column.heading,
            found=quoted(entry.cell.entered),
            issued=quoted(entry.base),
        )

    def _restore_cut_text(self, cell: FoundCell, issued: str, address: Address, key: Key) -> FoundCell:
        """The cell, with the issued text if a program cut it off; a new text that may be cut off is only reported."""
        if self.workbook.container != "xls" or len(cell.text.encode("utf-16-le")) != 2 * CUT_AT or cell.text == issued:
            return cell
        if issued.startswith(cell.text.rstrip("\ufffd")):  # what is left of an emoji that was cut in half
            self._tell("text_cut", address, key, cell.text)
            return FoundCell(issued)
        self._tell("text_perhaps_cut", address, key, cell.text)
        return cell

    def _list_lines_above(self, sheet: Sheet) -> set[str]:
        """The lines that were issued above the table."""
        return {*sheet.lines, *self.document.book.texts_above(sheet).values()}

    def _tell_text_outside(self, sheet: Sheet, table: FoundTable, rows: set[int]) -> None:
        """Report every text outside the table that is not one of the issued lines above it."""
        columns = {place for name in table.places for place in table.columns(name)}
        others = [
            ((row, place), cell)
            for row, cells in table.rows.items()
            for place, cell in cells.items()
            if not (place in columns and (row in rows or row == table.heading_row)) and cell.entered.strip()
        ]
        known = self._list_lines_above(sheet)
        unknown_rows: set[int] = set()
        known_addresses = {finding.address for finding in self.located.findings if finding.code.startswith("row_")}
        for (row, place), cell in sorted(others, key=lambda item: item[0]):
            where = Address.at(table.found.name, row, place)
            if row < table.heading_row:
                if cell.text not in known and plain(cell.text) not in set(map(plain, known)):
                    self._tell("text_outside", where, entered=cell.entered, sheet=sheet.name)
            elif row in rows or row == table.heading_row:
                self._tell("text_outside", where, entered=cell.entered, sheet=sheet.name)
            elif (
                row not in unknown_rows
                and Address.at(table.found.name, row, table.places.get("key", 0)) not in known_addresses
                and not (cell.text == NOTHING_YET and not sheet.rows)
            ):
                unknown_rows.add(row)
                self._tell("row_unknown", where, entered=self._join_texts(table, row), sheet=sheet.name)
