"""The accessibility checker: pure rules over what was seen in a workbook; their sources stand in `access_words.py`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from plan_sheets.core.access.contrast import contrast, is_strong
from plan_sheets.core.access.seen import Area, Look, SeenSheet, SeenWorkbook
from plan_sheets.core.access.wording import WORDING
from plan_sheets.core.book.measure import (
    FONT_POINTS,
    LINE_POINTS,
    SMALLEST_PRINT,
    TALLEST_ROW,
    Paper,
    choose_paper,
    lines_needed,
    print_scale,
    text_points,
)
from plan_sheets.core.model.keys import Address

HEADING_STYLE = "Heading 1"
LANGUAGE = "en-GB"
LEAST_CONTRAST = 4.5
SMALLEST_FONT = 10
LONGEST_PROMPT = 255
FIRST_TABLE_ROW = 3
"""Tables start in row 4, or lower: counted from 0."""

_SANS_SERIF = frozenset(
    {"aptos", "aptos narrow", "arial", "calibri", "carlito", "helvetica", "liberation sans", "open sans", "verdana"}
)
_POINTS_A_CHARACTER = 5.25
_MOST_LINES = TALLEST_ROW / LINE_POINTS
"""The most lines of a row whose height the file does not state: such a row grows with its text."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a workbook. `sheet` and `cell` are None where it is about the whole file or sheet."""

    rule: str
    sheet: str | None
    cell: str | None
    sentence: str


Said = Iterator[tuple[str | None, str]]
"""What a rule says of a sheet: cell (None is the whole sheet) and sentence."""
SaidOfFile = Iterator[tuple[str | None, str | None, str]]
"""What a rule says of a file: sheet and cell (None is the whole of it) and sentence."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """One rule about a sheet: its name, and what finds the problems."""

    name: str
    check: Callable[[SeenSheet], Said]

    @property
    def source(self) -> str:
        """The guidance or criterion that it comes from."""
        return WORDING[self.name].source


@dataclass(frozen=True, slots=True)
class WorkbookRule:
    """One rule about the whole file."""

    name: str
    check: Callable[[SeenWorkbook], SaidOfFile]

    @property
    def source(self) -> str:
        """The guidance or criterion that it comes from."""
        return WORDING[self.name].source


def check_accessibility(workbook: SeenWorkbook) -> list[Problem]:
    """Everything in the workbook that breaks a rule; an empty list means that it may be handed over."""
    whole = [Problem(rule.name, *fault) for rule in WORKBOOK_RULES for fault in rule.check(workbook)]
    return whole + [
        Problem(rule.name, sheet.name, cell, fault)
        for sheet in workbook.sheets
        for rule in SHEET_RULES
        for cell, fault in rule.check(sheet)
    ]


def _cell(row: int, column: int) -> str:
    return Address.at("", row, column).cell


def _titled(workbook: SeenWorkbook) -> SaidOfFile:
    if not workbook.title.strip():
        yield None, None, "The file has no title among its properties."


def _language(workbook: SeenWorkbook) -> SaidOfFile:
    if workbook.language != LANGUAGE:
        yield None, None, f"The file's language is '{workbook.language}', not {LANGUAGE}."


def _opening(workbook: SeenWorkbook) -> SaidOfFile:
    if workbook.sheets and workbook.opens_at != (workbook.sheets[0].name, "A1"):
        yield *workbook.opens_at, f"The file opens at {'!'.join(workbook.opens_at)}, not on its first sheet at A1."


def _sheet_names(workbook: SeenWorkbook) -> SaidOfFile:
    names = [sheet.name for sheet in workbook.sheets]
    for name in names:
        if re.fullmatch(r"(sheet|table|tab|chart)\s*\d*(\s*\(\d+\))?", name, re.IGNORECASE):
            yield name, None, f"The sheet name '{name}' does not tell what the sheet holds."
    for name, other in pairwise(sorted(names, key=str.casefold)):
        if name.casefold() == other.casefold():
            yield name, None, f"Two sheets have the name '{name}'."


def _frozen(workbook: SeenWorkbook) -> SaidOfFile:
    """How to undo it may be said on each sheet, or once for all on the first or the second."""
    for sheet in workbook.sheets:
        said = " ".join(place.text(1, 0) for place in (sheet, *workbook.sheets[:2])).casefold()
        if sheet.frozen and "freeze panes" not in said:
            yield sheet.name, "A2", "Panes are frozen, and A2 does not say how to undo it (View, Freeze Panes)."


def _pictures(workbook: SeenWorkbook) -> SaidOfFile:
    for picture in workbook.pictures_without_words:
        yield picture.sheet, picture.cell, f"'{picture.name}' has no alternative text."


def _nothing_hidden(sheet: SeenSheet) -> Said:
    if sheet.hidden:
        yield None, "The sheet is hidden."
    for part in sheet.hidden_parts:
        yield None, f"The sheet's {part} is hidden."


def _title(sheet: SeenSheet) -> Said:
    if not sheet.text(0, 0).strip():
        yield "A1", "A1 holds no title."
    elif (style := sheet.cells[0, 0].look.style) != HEADING_STYLE:
        yield "A1", f"The title's cell style is '{style}', not {HEADING_STYLE}."


def _says_what(sheet: SeenSheet) -> Said:
    instructions = sheet.text(1, 0).casefold()
    if not instructions.strip():
        yield "A2", "A2 does not say what the sheet holds."
    if (sheet.filter or any(table.filter for table in sheet.tables)) and "filter" not in instructions:
        yield "A2", "There is a filter, and A2 does not say how to undo it."


def _one_table(sheet: SeenSheet) -> Said:
    if len(sheet.tables) > 1:
        yield None, f"The sheet holds {len(sheet.tables)} tables, not one."
    for table in sheet.tables:
        if table.area.left or table.area.top < FIRST_TABLE_ROW:
            yield _cell(table.area.top, table.area.left), "The table does not start in column A, in row 4 or lower."
        if re.fullmatch(r"table_?\d*", table.name, re.IGNORECASE):
            yield None, f"The table's name '{table.name}' does not tell what it holds."


def _all_in_table(sheet: SeenSheet) -> Said:
    top = min((table.area.top for table in sheet.tables), default=None)
    area = sheet.tables[0].area if sheet.tables else Area(0, 0, -1, -1)
    outside = [  # of the first table, which is nearly always the only one
        (row, column)
        for row, column in sheet.cells
        if not (area.left <= column <= area.right and area.top <= row <= area.bottom)
    ]
    for row, column in outside:
        is_line = column == 0 and (top is None or row < top)
        if sheet.cells[row, column].text and not is_line and not sheet.in_table(row, column):
            yield _cell(row, column), "The cell is neither a line under the title nor in the sheet's named table."


def _headings(sheet: SeenSheet) -> Said:
    for table in sheet.tables:
        if not table.headings:
            yield _cell(table.area.top, table.area.left), "The table has no heading row."
        seen: set[str] = set()
        for across, heading in enumerate(table.headings):
            cell = _cell(table.area.top, table.area.left + across)
            if not heading.strip():
                yield cell, "A heading is blank."
            elif heading.casefold() in seen:
                yield cell, f"Two columns have the heading '{heading}'."
            seen.add(heading.casefold())


def _no_merged(sheet: SeenSheet) -> Said:
    for area in sheet.merged:
        yield area, "The cells are merged."


def _no_blank_rows(sheet: SeenSheet) -> Said:
    """A column that only has a heading is not blank: last round's answers are, in the first round."""
    for table in sheet.tables:
        across = range(table.area.left, table.area.right + 1)
        for row in range(table.area.top + 1, table.area.bottom + 1):
            cells = (sheet.cells.get((row, column)) for column in across)
            if not any(cell and (cell.text.strip() or not cell.look.locked) for cell in cells):
                yield _cell(row, table.area.left), "The row is blank."


def _blanks_say_why(sheet: SeenSheet) -> Said:
    """A line above the table that speaks of blank cells is the one reason of all of them.

    On a sheet without protection anybody may fill them in. A blank row or heading is told by the rule about it.
    """
    for table in sheet.tables if sheet.protected else ():
        area = table.area
        if any("blank" in sheet.text(row, 0).casefold() for row in range(area.top)):
            continue
        headed = [area.left + across for across, heading in enumerate(table.headings) if heading.strip()]
        for row in range(area.top + 1, area.bottom + 1):
            cells = {column: sheet.cells.get((row, column)) for column in headed}
            if any(cell and cell.text for cell in cells.values()):
                for column, cell in cells.items():
                    if cell is None or (not cell.text and cell.look.locked):
                        yield _cell(row, column), "The cell is blank, and nothing says why."


def _fonts(sheet: SeenSheet) -> Said:
    faults = {look: found for look in sheet.looks if (found := list(_font_faults(look)))}
    for (row, column), cell in sheet.cells.items() if faults else ():
        if cell.text or not cell.look.locked:
            yield from ((_cell(row, column), fault) for fault in faults.get(cell.look, ()))


def _font_faults(look: Look) -> Iterator[str]:
    if look.font.casefold() not in _SANS_SERIF:
        yield f"The font, {look.font}, is not known to be without serifs."
    if look.points < SMALLEST_FONT:
        yield f"The font has {look.points:g} points: {SMALLEST_FONT} is the least."
    if look.italic:
        yield "The text is in italics."


def _wrapped(sheet: SeenSheet) -> Said:
    unwrapped = {look for look in sheet.looks if not look.wraps}
    lines = [item for item in sheet.cells.items() if item[1].number or item[1].look in unwrapped]
    for (row, column), cell in lines:
        wide = text_points(cell.text) > sheet.widths.get(column, 0) * _POINTS_A_CHARACTER
        if wide and sheet.in_table(row, column):
            yield _cell(row, column), "A number does not fit." if cell.number else "The text does not wrap."


def _not_clipped(sheet: SeenSheet) -> Said:
    most = {row: points / LINE_POINTS for row, points in sheet.heights.items()}
    for (row, column), (text, look, _) in sheet.cells.items():
        lines = lines_needed(text, sheet.widths[column])
        if lines <= most.get(row, _MOST_LINES) or not (look.locked and look.wraps and sheet.in_table(row, column)):
            continue
        needed, limit = lines * LINE_POINTS, sheet.heights.get(row, TALLEST_ROW)
        yield _cell(row, column), f"The text needs {needed:.0f} points, and the row has {limit:.0f}."


def _words_with_colour(sheet: SeenSheet) -> Said:
    strong = {look for look in sheet.looks if is_strong(look.fill)}
    blanks = [place for place, cell in sheet.cells.items() if cell.look in strong and not cell.text.strip()]
    for row, column in blanks:
        if not sheet.tables or sheet.in_table(row, column):
            yield _cell(row, column), "The cell is coloured, and no word says why."
    for colouring in sheet.colourings:
        if colouring.kind in {"colorScale", "dataBar", "iconSet"}:
            yield colouring.area, "A colour scale, bar or icon says something that no word says."


def _contrasts(sheet: SeenSheet) -> Said:
    low = {look for look in sheet.looks if _is_low(look.ink, look.fill)}
    for (row, column), cell in sheet.cells.items() if low else ():
        look = cell.look
        if look in low and (cell.text or not look.locked):
            yield (
                _cell(row, column),
                f"{look.ink} on {look.fill} stands out too little: {LEAST_CONTRAST} to 1 is the least.",
            )
    for colouring in sheet.colourings:
        if _is_low(colouring.ink, colouring.fill):
            yield colouring.area, f"{colouring.ink} on {colouring.fill} stands out too little."


def _is_low(ink: str | None, fill: str | None) -> bool:
    return ink is not None and fill is not None and contrast(ink, fill) < LEAST_CONTRAST


def _links(sheet: SeenSheet) -> Said:
    for row, column in sheet.links:
        if not is_in_words(sheet.text(row, column)):
            yield _cell(row, column), "The link does not say in words where it leads."


def is_in_words(link: str) -> bool:
    """Whether the text of a link says where it leads."""
    text = link.strip().casefold()
    return text not in {"", "here", "click here", "link"} and not re.match(r"https?:|www\.|mailto:|#|file:", text)


def _prompts(sheet: SeenSheet) -> Said:
    done = set[int]()
    prompted = _prompted(sheet)
    unlocked = {look for look in sheet.looks if not look.locked}
    for (row, column), cell in sheet.cells.items() if unlocked else ():
        if cell.look not in unlocked or column in done or bisect_right(prompted.get(column, ()), row) % 2:
            continue
        done.add(column)
        yield _cell(row, column), f"A cell to fill in has no prompt (1 to {LONGEST_PROMPT} characters)."


def _prompted(sheet: SeenSheet) -> dict[int, list[int]]:
    """By column, the rows where a run of cells with a prompt begins and ends, in turn, in ascending order."""
    runs: dict[int, list[tuple[int, int]]] = {}
    for entry in sheet.entries:
        for area in entry.areas if 0 < len(entry.prompt) <= LONGEST_PROMPT else ():
            for column in range(area.left, min(area.right, len(sheet.widths) - 1) + 1):
                runs.setdefault(column, []).append((area.top, area.bottom + 1))
    turns: dict[int, list[int]] = {column: [] for column in runs}
    for column, found in runs.items():
        ends = turns[column]
        for start, end in sorted(found):
            if ends and start <= ends[-1]:
                ends[-1] = max(end, ends[-1])
            else:
                ends += (start, end)
    return turns


def _lists_enforce(sheet: SeenSheet) -> Said:
    for entry in sheet.entries:
        if entry.kind == "list" and not entry.stops:
            yield _cell(entry.areas[0].top, entry.areas[0].left), "The list takes what is not in it."


def _selectable(sheet: SeenSheet) -> Said:
    if not sheet.selectable:
        yield None, "Locked cells cannot be selected, so a screen reader cannot reach them."


def _printed(sheet: SeenSheet) -> Said:
    setup = sheet.print
    widths = [sheet.widths[column] for column in sorted(sheet.widths)]
    paper = choose_paper(widths)
    if not setup.landscape:
        yield None, "The sheet is not printed landscape."
    if setup.paper != paper:
        yield None, f"The sheet should be printed on {Paper(paper).name}."
    if print_scale(widths, paper) * FONT_POINTS < SMALLEST_PRINT:
        yield None, f"The table is too wide: even on {Paper(paper).name} it is printed under {SMALLEST_PRINT} points."
    if not setup.one_page_wide:
        yield None, "The sheet is not printed one page wide."
    for table in sheet.tables:
        first, last = setup.repeats or (-1, -1)
        if not first <= table.area.top <= last:
            yield _cell(table.area.top, 0), "The headings are not repeated on each printed page."


def _header_repeats(sheet: SeenSheet) -> Said:
    if sheet.print.header and sheet.print.header not in sheet.text(1, 0):
        yield "A2", "The print header says what A2 does not: a screen reader does not read it."


WORKBOOK_RULES = (
    WorkbookRule("title of the file", _titled),
    WorkbookRule("language", _language),
    WorkbookRule("opens at the beginning", _opening),
    WorkbookRule("sheet names", _sheet_names),
    WorkbookRule("words for pictures", _pictures),
    WorkbookRule("frozen panes", _frozen),
)
SHEET_RULES = (
    AccessRule("nothing hidden", _nothing_hidden),
    AccessRule("title in A1", _title),
    AccessRule("A2 says what", _says_what),
    AccessRule("one table", _one_table),
    AccessRule("all in the table", _all_in_table),
    AccessRule("headings", _headings),
    AccessRule("no merged cells", _no_merged),
    AccessRule("no blank rows", _no_blank_rows),
    AccessRule("blanks say why", _blanks_say_why),
    AccessRule("fonts", _fonts),
    AccessRule("text wraps", _wrapped),
    AccessRule("nothing clipped", _not_clipped),
    AccessRule("words with colour", _words_with_colour),
    AccessRule("contrast", _contrasts),
    AccessRule("links in words", _links),
    AccessRule("prompts", _prompts),
    AccessRule("lists enforce", _lists_enforce),
    AccessRule("locked cells can be selected", _selectable),
    AccessRule("print", _printed),
    AccessRule("header repeats A2", _header_repeats),
)
