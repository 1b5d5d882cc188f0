"""What the parser does not tell of an ods: which cells hold formulas and errors, and which are painted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from plan_sheets.core.found import CellKind, Remark
from plan_sheets.core.model import column_letters
from plan_sheets.store.beside import link_of, remark_of
from plan_sheets.store.fills import colour_name
from plan_sheets.store.limits import LIMITS, Limits
from plan_sheets.store.looks import Looks
from plan_sheets.store.sheet_scan import Mark

_NUMBERS = ("float", "percentage", "currency")


@dataclass(slots=True)
class OdsScan:
    """What was seen, table by table; `since_1904` as in `FoundWorkbook`."""

    marks: list[dict[tuple[int, int], Mark]] = field(default_factory=list)
    painted: list[dict[str, str]] = field(default_factory=list)
    struck: list[set[str]] = field(default_factory=list)
    shown: list[dict[str, str]] = field(default_factory=list)
    since_1904: bool = False
    beside: list[Remark] = field(default_factory=list)
    """Comments, text boxes, pictures and links."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Where in the bytes they stand: the parser takes the text of a box for that of the cell it is anchored to."""

    def looks(self) -> Iterator[Looks]:
        """What the formats of the cells say, table by table."""
        for painted, struck, shown in zip(self.painted, self.struck, self.shown, strict=True):
            yield Looks(painted, frozenset(struck), {}, shown)


def without(content: bytes, spans: list[tuple[int, int]]) -> bytes:
    """The content but for these spans of bytes."""
    kept, at = [], 0
    for start, end in spans:
        kept.append(content[at:start])
        at = end
    return b"".join((*kept, content[at:]))


def scan_ods(content: bytes, limits: Limits = LIMITS) -> OdsScan:
    """Walk the content of an ods once. Raises ExpatError if it is no XML, ValueError on a count that is no number."""
    parser = expat.ParserCreate()
    walker = _Walker(content, parser, limits)
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
    return walker.scan


class _Walker:
    """Follows rows and cells, each of which may stand for many. The names are spelled as the parser expects them."""

    def __init__(self, content: bytes, parser: expat.XMLParserType, limits: Limits) -> None:
        self.content, self.parser, self.limits = content, parser, limits
        self.scan = OdsScan()
        self.sheet = ""
        self.at = (0, 0)
        self.aside: list[str] = []
        self.within: list[str] = []
        self.starts, self.is_chart = 0, False
        self.looks: dict[str, str] = {}
        self.struck: set[str] = set()
        self.look = ""
        self.number: str | None = None
        self.words: list[str] = []
        self.row = self.rows = self.column = 0
        self.matrices: list[tuple[int, int, int, int]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag begins."""
        if self.within or (self.sheet and (tag.startswith("draw:") or tag == "office:annotation")):
            self._begin_aside(tag)
        elif self.sheet and tag in ("text:a", "text:span"):
            self._words(tag, attributes)
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell(attributes)
        elif tag == "table:table-row":
            self.rows, self.column = int(attributes.get("table:number-rows-repeated", "1")), 0
        elif tag == "table:table":
            self.scan.marks.append({})
            self.scan.painted.append({})
            self.scan.struck.append(set())
            self.scan.shown.append({})
            self.row, self.at, self.matrices = 0, (0, 0), []
            self.sheet = attributes.get("table:name", "")
        elif tag == "table:null-date":
            self.scan.since_1904 = attributes.get("table:date-value", "").startswith("1904")
        else:
            self._style(tag, attributes)

    def _style(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self.look = attributes.get("style:name", "")
        elif tag == "style:table-cell-properties":
            self.looks[self.look] = colour_name(attributes.get("fo:background-color", ""))
        elif tag == "style:text-properties" and attributes.get("style:text-line-through-style", "none") != "none":
            self.struck.add(self.look)

    def _words(self, tag: str, attributes: dict[str, str]) -> None:
        """A part of a cell's text that is a link, or in a style of its own."""
        target = attributes.get("xlink:href", "#")
        if tag == "text:a" and not target.startswith("#"):
            self._tell(link_of(self.sheet, self._cell_at(), target))
        elif attributes.get("text:style-name") in self.struck:
            self._strike(self._cell_at())

    def end(self, tag: str) -> None:
        """A tag ends: after a row comes the next."""
        if self.within:
            self._end_aside()
        elif tag == "table:table-row":
            self.row += self.rows
        elif self.number is not None and tag == "table:table-cell":
            self._end_number()

    def text(self, told: str) -> None:
        """What stands between two tags."""
        if "text:p" in self.within:
            self.aside.append(told)
        elif self.number is not None:
            self.words.append(told)

    def _begin_aside(self, tag: str) -> None:
        if not self.within:
            self.aside, self.starts, self.is_chart = [], self.parser.CurrentByteIndex, False
        self.within.append(tag)
        self.is_chart |= tag == "draw:object"
        if tag in ("text:p", "text:s", "text:tab", "text:line-break"):
            self.aside.append("\n" if tag == "text:p" else " ")

    def _end_aside(self) -> None:
        tag = self.within.pop()
        if self.within:
            return
        self.scan.spans.append((self.starts, self.content.index(b">", self.parser.CurrentByteIndex) + 1))
        if not self.is_chart:
            text, comment = "".join(self.aside), tag == "office:annotation"
            self._tell(remark_of(self.sheet, self._cell_at(), text, comment=comment))

    def _cell_at(self) -> str:
        return f"{column_letters(self.at[1])}{self.at[0] + 1}"

    def _tell(self, remark: Remark) -> None:
        if len(self.scan.beside) < self.limits.beside:
            self.scan.beside.append(remark)

    def _cell(self, attributes: dict[str, str]) -> None:
        columns = int(attributes.get("table:number-columns-repeated", "1"))
        self.at = self.row, self.column
        colour = self.looks.get(attributes.get("table:style-name", ""))
        formula = attributes.get("table:formula", "").partition("=")[2]
        if "table:number-matrix-rows-spanned" in attributes:
            self._begin_matrix(attributes)
        of_matrix = "office:value-type" in attributes and self._is_in_matrix()
        is_error = attributes.get("calcext:value-type") == "error"
        struck = attributes.get("table:style-name", "") in self.struck
        is_formula = bool(formula) or of_matrix
        if not is_formula and attributes.get("office:value-type") in _NUMBERS:
            self.number, self.words = attributes.get("office:value", ""), []
        for row, column in self._places(columns) if colour or is_formula or is_error or struck else ():
            if struck:
                self._strike(f"{column_letters(column)}{row + 1}")
            if is_formula or is_error:
                self.scan.marks[-1][row, column] = (CellKind.ERROR if is_error else CellKind.FORMULA, formula)
            if colour and len(self.scan.painted[-1]) < self.limits.painted:
                self.scan.painted[-1][f"{column_letters(column)}{row + 1}"] = colour
        self.column += columns

    def _begin_matrix(self, attributes: dict[str, str]) -> None:
        """A formula that fills several cells: the others hold no more than their values."""
        down, right = (int(attributes.get(f"table:number-matrix-{way}-spanned", "1")) for way in ("rows", "columns"))
        going_on = [one for one in self.matrices if one[2] > self.row][-self.limits.matrices :]
        self.matrices = [*going_on, (self.row, self.column, self.row + down, self.column + right)]

    def _is_in_matrix(self) -> bool:
        return any(
            top <= self.row < bottom and left <= self.column < right for top, left, bottom, right in self.matrices
        )

    def _strike(self, cell: str) -> None:
        if len(self.scan.struck[-1]) < self.limits.painted:
            self.scan.struck[-1].add(cell)

    def _end_number(self) -> None:
        """A cell with a number ends: what it shows, where that is not the number as it is."""
        shown, number = "".join(self.words).strip(), self.number or ""
        if shown not in ("", number) and len(self.scan.shown[-1]) < self.limits.painted:
            self.scan.shown[-1][self._cell_at()] = shown
        self.number = None

    def _places(self, columns: int) -> Iterator[tuple[int, int]]:
        """Every place that the cell at hand stands for, as far as anybody could have meant it."""
        for row in range(self.row, self.row + min(self.rows, self.limits.repeats)):
            for column in range(self.column, self.column + min(columns, self.limits.repeats)):
                yield row, column
