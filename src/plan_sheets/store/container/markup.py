"""The texts of XML and HTML, wherever they stand: between tags, in attributes, in comments. Well-formed or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

_BETWEEN = re.compile(r">([^<]{8,})")
"""Texts of eight letters or more: in a shorter one there is nothing that is looked for."""
_VALUE = re.compile(r"""=\s?(?:"([^"<]{8,})"|'([^'<]{8,})'|([^\s"'<>]{8,}))""")
_LONGEST_NAME = 40
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
MAY_MATTER = re.compile(r"(?!\d*\.\d*\Z)(?:\D*+\d){3}")
"""Three figures, and not a decimal number by itself: any other text holds nothing that is looked for."""


def list_texts(markup: str, *, is_document: bool) -> Iterator[str]:
    """Every text with three figures or more.

    `is_document`: it is no workbook, so that neighbouring texts may belong together; they come in pairs.
    """
    plain = _DECLARATION.sub("", markup)
    plain = _APART.sub("<x>", plain) if "<!" in plain or "<?" in plain else plain
    plain = _NUMBERED.sub("", plain) if "axId" in plain or "creationId" in plain else plain
    yield from (unescape(text) for text in _list_values(plain))
    if is_document:
        yield from pair_lines(unescape(_strip(_BLOCK_TAG.sub("\n", _SIZES.sub("\n", plain)))).splitlines())
        return
    yield from (unescape(text) for text in {*_BETWEEN.findall(f">{plain}")} if MAY_MATTER.match(text))
    if any(sign in plain for sign in _RUN_SIGNS):
        yield from (unescape(_strip(runs)) for runs in _RUNS.findall(plain) if "<" in runs and MAY_MATTER.match(runs))


def pair_lines(lines: Iterable[str]) -> Iterator[str]:
    """Each line with the one before it, blank ones apart, where they hold three figures or more."""
    filled = filter(None, map(str.strip, lines))
    return ("\n".join(pair) for pair in pairwise(("", *filled)) if MAY_MATTER.match("".join(pair)))


def _strip(markup: str) -> str:
    """What is left without tags: the runs of a text side by side, as a reader sees them."""
    return _TAG.sub("", _SPACE_TAG.sub(" ", markup))


def _list_values(markup: str) -> Iterator[str]:
    """The values of attributes, each once; none that only says how something is drawn or numbered."""
    for value in map("".join, {*_VALUE.findall(markup)}):
        if MAY_MATTER.match(value):
            at = markup.find(value)
            name = re.split("[ :]", markup[max(0, at - _LONGEST_NAME) : at].rstrip("\"'= "))[-1]
            if name not in _DRAWN and not (name in _NAMED and value.isdigit()):
                yield unquote(value)
