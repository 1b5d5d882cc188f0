"""Parts beside the sheets, where words and the value that they speak of lie apart: caches, comments, drawings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from plan_sheets.store.container.markup import name_text, strip_tags
from plan_sheets.store.container.tables import head_rows

_BESIDE = re.compile(r"(?:pivot|chart|externallink|comment|drawing|slicer|timeline|customxml)[^.]*\.xml\Z|\.svg\Z")
_CACHE = re.compile("pivot|chart|externallink")
"""Parts that hold rows of figures: two beside each other are not one number."""
_SPOKEN = re.compile(
    r"\b(?:(?:source|display)?[Nn]ame|caption|descr|title|author|[vcn]|(?:min|max)(?:Value|Date))="
    r"""(?:"([^"<]+)"|'([^'<]+)')|>([^<>]+)"""
)
"""What was typed, or is shown: the values of these attributes, and what stands between tags."""
_SIZES = re.compile(r">-?\d[\d.]*</(?:\w+:)?(?:col|colOff|row|rowOff|posOffset)>")
_SERIES = re.compile(r"<(?:\w+:)?(?:ser|cacheField)\b")
"""What begins the values of one name: of a chart, of a pivot table."""
_INNER = re.compile(r"<(?:\w+:)?(\w{3,40})(?:\s[^<>/]*)?>\s{0,99}<(?:\w+:)?\w+(?:\s[^<>/]*)?>([^<>]{6,40})<")
"""The first element in another one, with the name of that."""
_LONGEST = 200
"""Characters: a longer text is looked at by itself alone."""
_LONGEST_VALUE = 40
_ROW = re.compile(r"<row(?=[\s>])[^<>]*>((?:[^<]++|<(?!/row>))*+)")
_CELL = re.compile(r"""<c(?:ell)?\s[^<>]*?\br=["']([A-Z]{1,3})\d+["']([^<>]*)>((?:[^<]++|<(?!/c(?:ell)?>))*+)""")
_FORMULA = re.compile(r"<f(?=[\s>])[^<>]*>[^<]*</f>")
_SHARED = re.compile(r"<si>((?:[^<]++|<(?!/si>))*+)")


def list_texts(name: str, markup: str) -> Iterator[str]:
    """Values of a part of this name with the words over them; and all its short texts as one, in their order."""
    if not _BESIDE.search(name):
        return
    plain = _SIZES.sub("><", markup)
    for series in _SERIES.split(plain):
        yield from head_rows([text] for text in _list_spoken(series) if len(text) <= _LONGEST_VALUE)
    yield from head_sheet(plain, ())
    if not _CACHE.search(name):
        yield "\n".join(text for text in _list_spoken(plain) if len(text) <= _LONGEST)
        yield from (name_text(outer, unescape(text)) for outer, text in _INNER.findall(plain))


def _list_spoken(markup: str) -> Iterator[str]:
    return filter(None, (unescape("".join(found)).strip() for found in _SPOKEN.findall(markup)))


def head_sheet(sheet: str, shared: Sequence[str]) -> Iterator[str]:
    """The values of a sheet of another workbook with the words over them and beside them; `shared`: its texts."""
    rows = [
        {column: _read_cell(about, cell, shared) for column, about, cell in _CELL.findall(row)}
        for row in _ROW.findall(sheet)
    ]
    columns = sorted({column for row in rows for column in row}, key=lambda column: (len(column), column))
    return head_rows([row.get(column, "") for column in columns] for row in rows)


def list_shared(markup: str) -> list[str]:
    """The texts of a workbook to which its cells point."""
    return [unescape(strip_tags(text)) for text in _SHARED.findall(markup)]


def _read_cell(about: str, cell: str, shared: Sequence[str]) -> str:
    value = unescape(strip_tags(_FORMULA.sub("", cell)))
    if re.search("""t=["']s["']""", about):
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    return value
