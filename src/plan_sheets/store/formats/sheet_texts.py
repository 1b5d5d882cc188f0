"""Reads sheets that hold only texts, written as ordinary programs do, at half the cost of the parser.

Nearly every return is like that, because its cells are formatted as text. Any other sheet (numbers, rich text,
character references, white space that a parser might drop) is left to the parser. Both read the same texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from html import unescape
from itertools import repeat

from plan_sheets.core.model.found import CellKind, FoundCell
from plan_sheets.core.model.keys import place_of
from plan_sheets.store.container.refused import RefusedError

Cells = dict[tuple[int, int], FoundCell]
Shared = Mapping[bytes, FoundCell | None]
"""The shared texts of a workbook by their number as cells write it; None for an empty one."""

_SHARED = re.compile(
    r"(?:<\?xml [^<>]*+>\s*+)?+<sst [^<>]*+>"
    r"(?:<si><t(?:>(?!\s)[^<]*+(?<!\s)| xml:space=\"preserve\">[^<]*+)</t></si>)*+</sst>\s*+\Z"
)
"""Plain texts only; white space around a text must be marked to be kept."""
_TEXT = re.compile(r"<t[^<>]*+>([^<]*+)<")
_TRIMMED = re.compile(r"<t>(?:\s|[^<]*+(?<=\s)<)")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#10|#9);)")


def read_shared_texts(part: bytes) -> Shared | None:
    """Read the part of the shared texts; None if a parser would read any of them differently.

    {} if there is no such part (b""): programs may write texts into the cells.
    """
    if not part:
        return {}
    try:
        content = part.decode()
    except UnicodeDecodeError:
        return None
    if not _SHARED.match(content) or _is_odd(content):
        return None
    texts = _TEXT.findall(content)
    if "&" in content:
        texts = [unescape(text) if "&" in text else text for text in texts]
    if len(texts) > len(_NUMBERS):
        return None
    shared: dict[bytes, FoundCell | None] = dict(zip(_NUMBERS, _make_cells(texts)))  # noqa: B905 - there are more
    return (
        shared if "" not in texts else {number: cell if cell and cell.text else None for number, cell in shared.items()}
    )


_make: Callable[[tuple[str, CellKind, str]], FoundCell] = partial(tuple.__new__, FoundCell)


def _make_cells(texts: Iterable[str]) -> Iterator[FoundCell]:
    """Make cells with these texts directly from tuples, which takes half the time; a workbook has hundreds of them."""
    return map(_make, zip(texts, repeat(CellKind.TEXT), repeat("")))


_NUMBERS = tuple(b"%d" % number for number in range(4_000))


def _is_odd(text: str) -> bool:
    """Whether a parser would read this text differently than a search does."""
    return "\r" in text or "_x" in text or _ENTITY.search(text) is not None


_SPELLING = rb"""<sheetData>(?:<row\ [^<>]*+>(?:
        <c\ r="A?[A-Z][1-9][0-9]{0,2}+"(?:\ s="[0-9]++")?+(?:
            \ t="s"><v>[0-9]++</v></c>
        |
            />
        %b)
    )*+</row>)*+</sheetData>"""
_OTHERS = rb"""
        |
            \ t="inlineStr"><is><t(?:\ xml:space="preserve")?+>[^<]*+</t></is></c>
        |
            (?:\ t="(?:n|inlineStr)")?+(?:\ ?/>|></c>)
        |
            \ t="str"><f(?:\ [^<>]*+)?+>[^<]*+</f><v>[^<]*+</v></c>
        |
            ><f(?:\ [^<>]*+)?+>[^<]*+</f><v(?:></v|\ ?/)></c>"""
_SHARED_ONLY = re.compile(_SPELLING % b"", re.VERBOSE)
"""Most sheets: shared texts and blank cells. No group in here: the re module confuses them in possessive repeats."""
_ANY = re.compile(_SPELLING % _OTHERS, re.VERBOSE)
_FILLED = re.compile(rb'<c r="([A-Z0-9]++)"(?: s="[0-9]++")?+ t="s"><v>([0-9]++)')
_FORMULA = re.compile(r'<c r="([A-Z0-9]++)"[^<>]*+><f(?: [^<>]*+)?+>([^<]*+)</f>(?:<v>([^<]*+))?')
_INLINE = re.compile(r'<c r="([A-Z0-9]++)"(?: s="[0-9]++")?+ t="inlineStr"><is><t[^<>]*+>([^<]++)')

_OPENED = re.compile(rb"!(?<=<!)")


def read_text_cells(part: bytes, shared: Shared) -> Cells | None:
    """Read the cells that are not empty; None if the sheet is not plain.

    Raises RefusedError if a cell is filled twice: a parser would keep only the last one.
    """
    start = max(part.find(b"sheetData") - 1, 0)
    others = None if (data := _SHARED_ONLY.match(part, start)) else _ANY.match(part, start)
    data = data or others
    if not data or _is_more_than(part, data.end()) or (others and may_spread(part)):
        return None
    found = _FILLED.findall(part, *data.span()) if b' t="s"' in part else []
    try:
        cells = {_AT[place]: cell for place, number in found if (cell := shared[number])}
    except KeyError:
        return None
    if len(cells) < len(found):
        refuse_repeated([place.decode() for place, _ in found])
    return cells if not others or _add_others(cells, others[0].decode()) else None


def _is_more_than(part: bytes, end: int) -> bool:
    """Whether there is more data after the first table, which ends at `end`, or a comment that may hide some."""
    return part.find(b"sheetData", end) >= 0 or (b"!" in part and _OPENED.search(part) is not None)


def may_spread(part: bytes) -> bool:
    """Whether a formula of the sheet may fill other cells that do not say so."""
    return b"array" in part or b"dataTable" in part


def _add_others(cells: Cells, data: str) -> bool:
    """Add texts that stand in cells, and values of formulas; False if a parser would read them differently."""
    if _is_odd(data) or _TRIMMED.search(data):
        return False
    texts, formulas = _INLINE.findall(data), _FORMULA.findall(data) if "<f" in data else []
    found = {place: FoundCell(unescape(text) if "&" in text else text) for place, text in texts}
    for place, formula, value in formulas:
        if value != value.strip():
            return False
        found[place] = FoundCell(unescape(value), CellKind.FORMULA, f"={unescape(formula)}")
    before = len(cells)
    cells |= {_AT[place]: cell for place, cell in found.items()}
    if len(cells) < before + len(texts) + len(formulas):
        filled = [place.decode() for place, _ in _FILLED.findall(data.encode())]
        refuse_repeated([*filled, *(place for place, *_ in (*texts, *formulas))])
    return True


def refuse_repeated(places: Iterable[str]) -> None:
    """Raise RefusedError if one of these references stands twice."""
    place, times = Counter(places).most_common(1)[0]
    if times > 1:
        raise RefusedError("file_cell_twice", cell=place)


class _Places(dict[str | bytes, tuple[int, int]]):
    """Row and column, counted from 0, of each reference that was ever needed: there are 52,000 plain ones."""

    def __missing__(self, reference: str | bytes) -> tuple[int, int]:
        text = reference if isinstance(reference, str) else reference.decode()
        self[reference] = place = place_of(text)
        return place


_AT = _Places()
