"""Reads comments, text boxes, pictures and links of an xlsx or xlsb, which the parser does not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from itertools import islice
from xml.etree import ElementTree as ET

from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.keys import column_letters, ranges
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.parts import find_target, name_relations_part, read_relations
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.binary.xlsb import read_comments, read_links

_PARTS = ("/comments", "/drawings/drawing", "/threadedcomments/")
"""The names of parts with comments and drawings contain one of these; issued workbooks have none."""


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


def find_remarks_beside_cells(
    part: Callable[[str], bytes],
    names: Collection[str],
    sheets: Sequence[tuple[str, str]],
    limits: Limits = LIMITS,
) -> tuple[Remark, ...]:
    """A remark for each comment, text box and picture of the sheets.

    `part` reads a checked part by its name, one of `names`; `sheets` are (title, name of the part). If the parts cannot
    be read, a single remark says that there are comments.
    """
    listed = "\n".join(names)
    if not any(sign in listed for sign in _PARTS):
        return ()
    try:
        return cap_remarks(_find_remarks(part, names, sheets), limits)
    except (ET.ParseError, RefusedError, KeyError, ValueError):
        return (Remark("file_has_comments"),)


_LINK = re.compile(rb"<(?:[^\s<>:]+:)?hyperlink\s[^<>]*>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*[\"']([^\"']*)")


def describe_link(sheet: str, cell: str, target: str) -> Remark:
    """A remark on a cell that links to `target`; the text of the cell may be different."""
    return Remark("cell_link", {"cell": cell, "sheet": sheet}, sheet, cell, target)


def find_links(
    part: Callable[[str], bytes],
    names: Container[str],
    sheets: Iterable[tuple[str, str, bytes]],
    limits: Limits = LIMITS,
) -> tuple[Remark, ...]:
    """A remark for each cell that links to something outside the workbook.

    `part` reads a checked part by its name, one of `names`; `sheets` are (title, name of the part, the part). If the
    parts cannot be read, a single remark says that there are links.
    """
    try:
        return cap_remarks(_list_links(part, names, sheets), limits)
    except (ET.ParseError, RefusedError, KeyError, ValueError):
        return (Remark("file_has_links"),)


def _list_links(
    part: Callable[[str], bytes], names: Container[str], sheets: Iterable[tuple[str, str, bytes]]
) -> Iterator[Remark]:
    for sheet, name, content in sheets:
        if (rels := name_relations_part(name)) in names and (places := _find_linking_cells(name, content)):
            for relation in read_relations(part(rels)):
                if relation.id in places and not relation.target.startswith("#"):
                    yield describe_link(sheet, places[relation.id].partition(":")[0], relation.target)


def _find_linking_cells(name: str, content: bytes) -> dict[str, str]:
    """The cells of a sheet with links, by the ids of their relations; links within the workbook have none."""
    if name.endswith(".bin"):
        return {number: cell for cell, number in read_links(content) if number}
    start = content.find(b"hyperlinks", content.rfind(b"sheetData"))
    listed = content[start : content.rfind(b"hyperlinks")] if start > 0 else b""
    if b":id" not in listed:
        return {}
    links = [dict(_ATTRIBUTE.findall(tag.decode())) for tag in _LINK.findall(listed)]
    return {
        value: link.get("ref", "") for link in links for key, value in link.items() if key.rpartition(":")[2] == "id"
    }


def _find_remarks(
    part: Callable[[str], bytes], names: Collection[str], sheets: Sequence[tuple[str, str]]
) -> Iterator[Remark]:
    for sheet, name in sheets:
        rels = name_relations_part(name)
        parts: dict[str, list[bytes]] = {}
        for relation in read_relations(part(rels)) if rels in names else ():
            if relation.kind in ("comments", "threadedComment", "drawing"):
                parts.setdefault(relation.kind, []).append(part(find_target(name, relation.target)))
        comments = [remark for content in parts.get("comments", ()) for remark in _read_comments(sheet, content)]
        threads = [remark for content in parts.get("threadedComment", ()) for remark in _read_threads(sheet, content)]
        yield from comments
        yield from (remark for remark in threads if remark.cell not in {comment.cell for comment in comments})
        for content in parts.get("drawing", ()):
            yield from _read_drawing(sheet, ET.fromstring(content))  # noqa: S314 - checked by the guard


def _read_comments(sheet: str, part: bytes) -> Iterator[Remark]:
    if part.startswith(_BINARY):
        yield from (describe_comment(sheet, cell, text, comment=True) for cell, text in read_comments(part))
        return
    for comment in _list_elements(ET.fromstring(part), "comment"):  # noqa: S314 - checked by the guard
        yield describe_comment(sheet, comment.get("ref", ""), _join_text(comment), comment=True)


_BINARY = b"\xf4\x04"
"""The first bytes of the comments of an xlsb."""


def _read_threads(sheet: str, part: bytes) -> Iterator[Remark]:
    """Read threaded comments, each with its replies. Excel stores them beside plain comments with the same text."""
    texts: dict[str, list[str]] = {}
    for comment in _list_elements(ET.fromstring(part), "threadedComment"):  # noqa: S314 - checked by the guard
        texts.setdefault(comment.get("ref", ""), []).extend(item.text or "" for item in _list_elements(comment, "text"))
    for cell, lines in texts.items():
        yield describe_comment(sheet, cell, "\n".join(lines), comment=True)


def _read_drawing(sheet: str, tree: ET.Element) -> Iterator[Remark]:
    """A remark for each drawing that is anchored to a cell and holds a text or a picture; charts hold neither."""
    for anchor in tree:
        place = {
            item.tag.rpartition("}")[2]: int(item.text or "0") for item in next(_list_elements(anchor, "from"), ())
        }
        text = _join_text(anchor)
        if text.strip() or next(_list_elements(anchor, "pic"), None) is not None:
            cell = f"{column_letters(place.get('col', 0))}{place.get('row', 0) + 1}"
            yield describe_comment(sheet, cell, text, comment=False)


def _list_elements(tree: ET.Element, name: str) -> Iterator[ET.Element]:
    return (item for item in tree.iter() if item.tag.rpartition("}")[2] == name)


def _join_text(tree: ET.Element) -> str:
    """The texts in an element, one line for each paragraph."""
    texts = (
        (item.text or "") if item.tag.endswith("}t") else "\n" for item in tree.iter() if item.tag[-2:] in ("}t", "}p")
    )
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(texts))


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""A character that XML cannot hold, as files write it (ECMA-376 part 1, 22.9.2.19)."""
