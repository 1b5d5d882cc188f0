"""Reads comments, text boxes, pictures and links of an xlsx or xlsb, which the parser does not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from xml.etree import ElementTree as ET

from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.keys import ranges
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import find_relations, list_relations, list_targets, parse_part
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.binary.xlsb import read_comments
from plan_sheets.store.formats.lines import make_reference

_PARTS = ("/comments", "/drawings/drawing", "/threadedcomments/")
"""The names of parts with comments and drawings contain one of these; issued workbooks have none."""
_UNREADABLE = (ET.ParseError, RefusedError, KeyError, ValueError)


_MORE = {"cell_link": "links_more"}
_BOILERPLATE = re.compile(r"\A\s*\[[^]\n]*\]\s*\n.*?linkid=870924[^\n]*\s*\n[^\n:]*:\s*\n", re.DOTALL)
"""The notice that Excel writes before a threaded comment for other programs, in any language."""


def describe_comment(sheet: str, cell: str, text: str, *, comment: bool) -> Remark:
    """A remark on a comment, or on a text box or shape that begins in a cell; without text it is a picture."""
    code = "cell_comment" if comment else "text_box" if text.strip() else "picture"
    own, is_thread = _BOILERPLATE.subn("", text)
    words = "\n".join(line.strip() for line in own.splitlines()) if is_thread else own
    return Remark(code, {"cell": cell, "sheet": sheet}, sheet, cell, words.strip())


def describe_picture(sheet: str, cell: str, description: str) -> Remark:
    """A remark on a picture in a cell, with the description that its author gave it."""
    return Remark("picture_in_cell", {"cell": cell, "sheet": sheet}, sheet, cell, description)


def describe_link(sheet: str, cell: str, target: str) -> Remark:
    """A remark on a cell that links to `target`; the text of the cell may be different."""
    return Remark("cell_link", {"cell": cell, "sheet": sheet}, sheet, cell, target)


def cap_remarks(remarks: Iterable[Remark], limits: Limits = LIMITS) -> tuple[Remark, ...]:
    """The first remarks unchanged; the rest joined to one remark for each kind and sheet, with all their texts."""
    each, more = iter(remarks), dict[tuple[str, str], list[Remark]]()
    first = tuple(islice(each, limits.beside))
    for remark in each:
        more.setdefault((_MORE.get(remark.code, "comments_more"), remark.sheet), []).append(remark)
    return first + tuple(_join_remarks(code, rest) for (code, _), rest in more.items())


def _join_remarks(code: str, rest: Sequence[Remark]) -> Remark:
    first, cells = rest[0], ranges(remark.cell for remark in rest)
    details = {"count": str(len(rest)), "cells": cells, "cell": first.cell, "sheet": first.sheet}
    return Remark(
        code, details, first.sheet, first.cell, "\n".join(f"{remark.cell}: {remark.entered}" for remark in rest)
    )


def find_remarks_beside_cells(package: Package, sheets: Iterable[tuple[str, str]]) -> tuple[Remark, ...]:
    """A remark for each comment, text box and picture of the sheets: (title, name of the part) of each.

    If the parts cannot be read, a single remark says that there are comments.
    """
    listed = "\n".join(package.entries)
    if not any(sign in listed for sign in _PARTS):
        return ()
    try:
        each = (remark for title, name in sheets for remark in _find_remarks(package, title, name))
        return cap_remarks(each, package.limits)
    except _UNREADABLE:
        return (Remark("file_has_comments"),)


def find_links(package: Package, sheets: Iterable[tuple[str, str, Mapping[str, str]]]) -> tuple[Remark, ...]:
    """A remark for each cell that links to something outside the workbook.

    `sheets`: (title, name of the part, cells with links by the ids of their relations) of each. If the parts cannot be
    read, a single remark says that there are links.
    """
    try:
        return cap_remarks(_list_links(package, sheets), package.limits)
    except _UNREADABLE:
        return (Remark("file_has_links"),)


def _list_links(package: Package, sheets: Iterable[tuple[str, str, Mapping[str, str]]]) -> Iterator[Remark]:
    for title, name, cells in sheets:
        for relation in list_relations(package, name) if cells else ():
            if relation.id in cells and not relation.target.startswith("#"):
                yield describe_link(title, cells[relation.id], relation.target)


def _find_remarks(package: Package, sheet: str, name: str) -> Iterator[Remark]:
    relations = find_relations(package, name)
    comments = [
        describe_comment(sheet, cell, text, comment=True)
        for part in list_targets(relations, "comments")
        for cell, text in _read_comments(package, part)
    ]
    yield from comments
    told = {comment.cell for comment in comments}
    for part in list_targets(relations, "threadedComment"):
        for cell, text in _read_threads(parse_part(package.read_small(part))).items():
            if cell not in told:
                yield describe_comment(sheet, cell, text, comment=True)
    for part in list_targets(relations, "drawing"):
        yield from _read_drawing(sheet, parse_part(package.read_small(part)))


def _read_comments(package: Package, part: str) -> Iterator[tuple[str, str]]:
    """(Cell, text) of each comment."""
    if part.endswith(".bin"):
        return read_comments(package.read(part))
    comments = parse_part(package.read_small(part)).iter("comment")
    return ((comment.get("ref", ""), _join_text(comment)) for comment in comments)


def _read_threads(tree: ET.Element) -> dict[str, str]:
    """Threaded comments, each with its replies, by cell. Excel stores them beside plain ones with the same text."""
    texts: dict[str, str] = {}
    for comment in tree.iter("threadedComment"):
        cell, text = comment.get("ref", ""), "\n".join(item.text or "" for item in comment.iter("text"))
        texts[cell] = f"{texts[cell]}\n{text}" if cell in texts else text
    return texts


def _read_drawing(sheet: str, tree: ET.Element) -> Iterator[Remark]:
    """A remark for each drawing that is anchored to a cell and holds a text or a picture; charts hold neither."""
    for anchor in tree:
        text = _join_text(anchor)
        if text.strip() or anchor.find(".//pic") is not None:
            row, column = (int(anchor.findtext(f".//from/{way}", "0")) for way in ("row", "col"))
            yield describe_comment(sheet, make_reference(row, column), text, comment=False)


def _join_text(tree: ET.Element) -> str:
    """The texts in an element, one line for each paragraph."""
    texts = ((item.text or "") if item.tag == "t" else "\n" for item in tree.iter() if item.tag in ("t", "p"))
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(texts))


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""A character that XML cannot hold, as files write it (ECMA-376 part 1, 22.9.2.19)."""
