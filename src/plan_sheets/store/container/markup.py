"""The texts of XML and HTML, wherever they stand: between tags, in attributes, in comments. Well-formed or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import pairwise

_BETWEEN = re.compile(r">([^<]{6,})")
"""Texts of six letters or more: in a shorter one there is nothing that is looked for."""
_VALUE = re.compile(r"""=\s?(?:"([^"<]{6,})"|'([^'<]{6,})'|([^\s"'<>]{6,}))""")
_SHORTEST_NAME, _LONGEST_NAME = 3, 40
_BLOCK = r"/?(?:\w+:)?(?:p|h\d?|si|is|text|td|th|tr|li|div|br|cr|line-break|Cell)(?=[\s/>])"
_BLOCK_TAG = re.compile(rf"<{_BLOCK}[^<>]*>")
_RUNS = re.compile(rf"<(?!/){_BLOCK}[^<>]*>((?:[^<]++|<(?!{_BLOCK}))*+)")
"""A paragraph or a text of a cell, to where it or the next one ends: it may be written in several runs."""
_RUN_SIGNS = ("</r>", ":r>", "text:")
"""What stands in a part with such runs: of Excel, of drawings, of OpenDocument."""
_SPACE_TAG = re.compile(r"<(?:\w+:)?(?:tab|s)(?=[\s/>])[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_DECLARATION = re.compile(r"\A\ufeff?<\?xml version=[\"'\w. =-]{1,60}\?>")
_APART = re.compile(r"<!\[CDATA\[|<!--|--\s*>|<[!?]|\]\]>|\?>")
"""Where what is no tag begins and ends: what stands in it is looked at as if it stood between tags."""
_SIZES = re.compile(r"<(?:\w+:)?(?:posOffset|Anchor|col|colOff|row|rowOff|pctWidth|pctHeight)\b[^<>]*>[\d\s,.-]*(?=<)")
_NUMBERED = re.compile(r"<(?:\w+:)?(?:axId|crossAx|rowId|colId|creationId)\b[^<>]*>")
_DRAWN = frozenset({"d", "path", "points", "viewBox", "enhanced-path", "coordsize", "style", "transform", "panose"})
"""Attributes that hold what is drawn: rows of figures that nobody types."""
_NAMED = frozenset({"id", "uid", "durableId", "spid"})
"""Attributes by which a program numbers things: alone, their figures say nothing."""
_SAY_NOTHING = frozenset({"xmlns", "sqref", "ref", "val", "Type", "rgb", "prompt", "error"})
"""Attributes that stand in every workbook: their names say nothing of their values."""
MAY_MATTER = re.compile(r"(?!\d*\.\d*\Z)(?:\D*+\d){3}")
"""Three figures, and not a decimal number by itself: any other text holds nothing that is looked for."""

HEADED = "\x1d"
"""What parts the words over a text, or its name, from the text: `name_text`."""
_ELEMENT = re.compile(r">([^<>]{6,}+)</(?:\w+:)?(\w{3,40})>")
_PROPERTY = re.compile(
    r"""\bname=["']([^"'<>]{2,40})["'][^<>]{0,300}>\s{0,9}(?:<[^<>/][^<>]{0,199}(?<!/)>)?([^<>]{4,}+)<"""
)
_NAMED_BY = ("<property", "user-defined", "definedName")
"""A property, or a name of a workbook, and its value; and what stands in a part that has any."""
_PROMPT = re.compile(r"dataValidation\s[^<>]{1,4000}>")
_PROMPTED = re.compile(r"""\b(prompt|error)(Title)?=(?:"([^"]*)"|'([^']*)')""")
_MESSAGE = re.compile(
    r"""<table:(?:help|error)-message[^<>]*?\stable:title=["']([^"'<>]+)["'][^<>]*>((?:[^<]++|<(?!/table:))*+)"""
)
"""A prompt of OpenDocument."""
_HEADER = re.compile(r"<(?:odd|even|first)(?:Header|Footer)[^<>]*>([^<]+)<")
_HEADER_SIGN = re.compile(r'&(?:"[^"]*"|[A-Za-z]|\d{1,3}(?!\d))')
"""What parts a header, or says how it looks (ECMA-376, 18.3.1.46)."""
_PARAGRAPH = re.compile(r"<a:p(?=[\s>])(?:[^<]++|<(?!/a:p>))*+")
_ROW = re.compile(r"<(?:\w+:)?(?:tr|table-row|Row)(?=[\s/>])")
_CELL = re.compile(r"<(?:\w+:)?(?:t[dhc]|table-cell|Cell)(?=[\s/>])[^<>]*>")
_ROW_ENDS = re.compile(r"</(?:\w+:)?(?:tr|table-row|Row)>")


def name_text(name: str, text: str) -> str:
    """A text with its name or with the words over it."""
    return f"{name}{HEADED}{text}"


def list_rows(markup: str) -> Iterator[list[str]]:
    """The rows of the tables of a document, cell by cell."""
    for row in _ROW.split(markup)[1:]:
        yield [unescape(strip_tags(_BLOCK_TAG.sub(" ", cell))) for cell in _CELL.split(_ROW_ENDS.split(row, 1)[0])[1:]]


def _list_named(markup: str) -> Iterator[str]:
    """Texts with their names: of elements, properties, prompts; and the parts of headers and of text boxes as lines."""
    named = {(name, text) for text, name in _ELEMENT.findall(markup)}
    if any(sign in markup for sign in _NAMED_BY):
        named |= {*_PROPERTY.findall(markup)}
    yield from (name_text(unescape(name), unescape(text)) for name, text in named if MAY_MATTER.match(text))
    for prompt in _PROMPT.findall(markup):
        told = {(kind, title): single or double for kind, title, double, single in _PROMPTED.findall(prompt)}
        for kind in ("prompt", "error"):
            if title := told.get((kind, "Title")):
                yield name_text(unescape(title), unescape(told.get((kind, ""), "")))
    for title, prompt in _MESSAGE.findall(markup) if "-message" in markup else ():
        yield name_text(unescape(title), unescape(strip_tags(_BLOCK_TAG.sub(" ", prompt))).strip())
    for header in _HEADER.findall(markup):
        yield from pair_lines(_HEADER_SIGN.sub("\n", unescape(header)).splitlines())
    if "<a:p" in markup:
        yield from pair_lines(unescape(strip_tags(paragraph)) for paragraph in _PARAGRAPH.findall(markup))


def list_texts(markup: str, *, is_document: bool) -> Iterator[str]:
    """Every text with three figures or more.

    `is_document`: it is no workbook, so that neighbouring texts may belong together; they come in pairs.
    """
    plain = _DECLARATION.sub("", markup)
    plain = _APART.sub("<x>", plain) if "<!" in plain or "<?" in plain else plain
    plain = _NUMBERED.sub("", plain) if "axId" in plain or "creationId" in plain else plain
    yield from map(unescape, _list_values(plain))
    yield from _list_named(plain)
    if is_document:
        yield from pair_lines(unescape(strip_tags(_BLOCK_TAG.sub("\n", _SIZES.sub("\n", plain)))).splitlines())
        return
    yield from (unescape(text) for text in {*_BETWEEN.findall(f">{plain}")} if MAY_MATTER.match(text))
    if any(sign in plain for sign in _RUN_SIGNS):
        yield from (
            unescape(strip_tags(runs)) for runs in _RUNS.findall(plain) if "<" in runs and MAY_MATTER.match(runs)
        )


def pair_lines(lines: Iterable[str]) -> Iterator[str]:
    """Each line with the one before it, blank ones apart, where they hold three figures or more."""
    filled = filter(None, map(str.strip, lines))
    return ("\n".join(pair) for pair in pairwise(("", *filled)) if MAY_MATTER.match("".join(pair)))


def strip_tags(markup: str) -> str:
    """What is left without tags: the runs of a text side by side, as a reader sees them."""
    return _TAG.sub("", _SPACE_TAG.sub(" ", markup))


def _list_values(markup: str) -> Iterator[str]:
    """The values of attributes, each once; none that only says how something is drawn or numbered."""
    values = [value for value in map("".join, {*_VALUE.findall(markup)}) if MAY_MATTER.match(value)]
    for value, at in _find_places(markup, values):
        name = re.split("[ :]", markup[max(0, at - _LONGEST_NAME) : at].rstrip("\"'= "))[-1]
        if name not in _DRAWN and not (name in _NAMED and value.isdigit()):
            yield value
            if len(name) >= _SHORTEST_NAME and name not in _SAY_NOTHING:
                yield name_text(name, value)


def _find_places(markup: str, values: Sequence[str]) -> Iterable[tuple[str, int]]:
    """Where each of these values stands first; many are found in one pass: a long table has one for each cell."""
    if len(values) <= _FEW:
        return ((value, markup.find(value)) for value in values)
    places: dict[str, int] = {}
    for found in _VALUE.finditer(markup):
        places.setdefault(found[found.lastindex or 0], found.start(found.lastindex or 0))
    return ((value, places[value]) for value in values)


_FEW = 100
"""Values that are sooner found one by one."""
