"""The text of an e-mail: decoded, of HTML as text, without the files that stand in it as letters."""

from __future__ import annotations

import re
from binascii import Error, a2b_uu
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, lookup
from collections.abc import Iterable, Mapping
from html import unescape

_LINES = frozenset({"br", "p", "div", "tr", "li", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"})
"""Elements that begin a line; those of `_CELLS` go on in one."""
_CELLS, _PARAGRAPHS = frozenset({"td", "th"}), frozenset({"p", "div"})
_MARK_OF_EARLIER, _DEEPEST = "> ", 9
"""What stands before a line of earlier mail, and how often at most."""
_UNSEEN = frozenset({"style", "script", "title"})
_FIRST_ENCODINGS = ("utf-8", "cp1252")


_NO_ENCODINGS_OF_MAIL = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Encodings that Python knows and no mail program writes; some take very long."""
_HALVES = re.compile("[\ud800-\udfff]")


def decode(data: bytes, charset: str) -> str:
    """The text of these bytes, in the encoding that the mail names or, where that cannot be, in a usual one."""
    for encoding in ("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else charset, *_FIRST_ENCODINGS):
        try:
            if lookup(encoding).name not in _NO_ENCODINGS_OF_MAIL:
                return without_halves(data.decode(encoding))
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def without_halves(text: str) -> str:
    """The text with U+FFFD for each half of a pair of surrogates, which no file holds."""
    return _HALVES.sub("\ufffd", text)


def read_html(html: str) -> str:
    """What HTML says as text: a line a paragraph, links with their addresses, earlier mail marked by ">".

    Python's own parser (3.11) may take minutes for what is no HTML; this one looks at each sign once.
    """
    html, reader, at, comments = _INLINE.sub("", html), _Reader(), 0, True
    while found := _MARK.search(html, at):
        reader.add(html[at : found.start()])
        at = found.end()
        if found[2]:
            (reader.end if found[1] else reader.begin)(found[2].lower(), found[3])
        elif found[0] == "<!--":
            end = html.find("-->", at) if comments else -1
            at, comments = (end + len("-->"), True) if end >= 0 else (at, False)
    reader.add(html[at:])
    reader.unseen = 0
    reader.add("".join(reader.hidden))  # of an element that never ends nobody knows what belongs to it
    reader.end_line()
    return "\n".join(reader.lines).strip("\n")


_INLINE = re.compile(r"</?(?:b|i|u|s|em|strong|small|big|font|span|sub|sup|o:p)(?:\s[^<>]*+)?>", re.IGNORECASE)
"""Tags that part no words; most are of these."""
_MARK = re.compile(r"<!--|<(/?)([A-Za-z][\w:.-]*+)([^<>]*+)>|<[!?][^<>]*+>")
"""A tag (slash, name, attributes), the beginning of a comment, or a declaration."""
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")


class _Reader:
    """Collects the lines of a text in HTML."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.hidden: list[str] = []
        """What stands in an element that nobody sees and that has not ended."""
        self.unseen = self.typed_lines = 0
        """How many elements are open that nobody sees, and in which a line's end is one."""
        self.cells = 0
        """How many cells of a row have begun; 0 between rows."""
        self.is_filled = self.is_parted = False
        """Whether anything stands in the cell; and whether a paragraph has ended in it and no other has begun."""
        self.quotes: list[bool] = []
        """For each open blockquote whether it is of earlier mail; `depth`: how many are."""
        self.depth = 0
        self.link: tuple[str, int] | None = None
        """The address of the open link, and how many pieces stood in the line before it."""

    def begin(self, tag: str, attributes: str) -> None:
        """Begin an element."""
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _LINES:
            if not (self.cells and tag in _PARAGRAPHS) or self.is_filled:
                self.end_line(is_break=tag == "br")
            self.typed_lines += tag == "pre"
            self.cells = 0 if tag in {"tr", "table"} else self.cells
        elif tag in _CELLS:
            self.line += ["\t"] if self.cells else []
            self.cells, self.is_filled, self.is_parted = self.cells + 1, False, False
        elif tag in {"blockquote", "a", "img"}:
            self._begin_with(tag, _read_attributes(attributes))

    def _begin_with(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "blockquote":
            self.end_line()
            self.quotes.append(given.get("type") == "cite" or "gmail_quote" in given.get("class", ""))
            self.depth += self.quotes[-1]
        elif tag == "a":
            self.link = (given.get("href", ""), len(self.line))
        elif given.get("alt"):
            self.line.append(f"[{given['alt']}]")

    def end(self, tag: str, _attributes: str) -> None:
        """End an element."""
        if tag in _UNSEEN and self.unseen:
            self.unseen -= 1
            self.hidden.clear()
        elif tag in _PARAGRAPHS and self.cells:
            self.is_parted = self.is_filled
        elif tag in _LINES and tag != "br":
            self.end_line()
            self.typed_lines = max(self.typed_lines - (tag == "pre"), 0)
            self.cells = 0 if tag in {"tr", "table"} else self.cells
        elif tag == "blockquote":
            self.end_line()
            self.depth -= sum(self.quotes[-1:])
            self.quotes[-1:] = []
        elif tag == "a" and self.link:
            address, before = self.link
            if address and not address.startswith("#") and address != "".join(self.line[before:]).strip():
                self.line.append(f" <{address}>")
            self.link = None

    def add(self, text: str) -> None:
        """Add a text between two tags."""
        if self.unseen:
            self.hidden.append(text)
        elif text:
            if self.is_parted and text.strip():
                self.end_line()
            self.is_filled = self.is_filled or bool(text.strip())
            first, *more = _unescape(text).split("\n") if self.typed_lines else [_unescape(text)]
            self.line.append(first.replace("\t", " "))
            for line in more:
                self.end_line(is_break=True)
                self.line.append(line)

    def end_line(self, *, is_break: bool = False) -> None:
        """End a line if anything stands in it; one that was typed (`is_break`) in any case."""
        text = "\t".join(" ".join(cell.split()) for cell in "".join(self.line).split("\t")).rstrip()
        if text or is_break:
            self.lines.append(_MARK_OF_EARLIER * min(self.depth, _DEEPEST) + text)
        self.line.clear()
        self.is_filled = self.is_parted = False
        if self.link:
            self.link = (self.link[0], 0)


def _read_attributes(text: str) -> dict[str, str]:
    """The attributes of a tag, their names in small letters."""
    return {
        name.lower(): _unescape(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(text)
    }


def _unescape(text: str) -> str:
    """The text with each character that HTML writes out; as it stands where one has a number that none has."""
    try:
        return unescape(text) if "&" in text else text
    except ValueError:
        return text


def join_alternatives(texts: Iterable[str]) -> str:
    """One text of those that a mail offers for the same: the fullest, and beside it what says any other word."""
    whole, known = "", set[str]()
    for text in texts:
        words = _words(text)
        if known <= words:
            whole, known = (text, words) if words - known or not whole.strip() else (whole, known)
        elif words - known:
            whole, known = f"{whole}\n\n{text}", known | words
    return whole


def _words(text: str) -> set[str]:
    """All words of a text; names of pictures that a program put in their place are none."""
    return set(re.findall(r"\w+", _PICTURE.sub("", text)))


_PICTURE = re.compile(r"\[cid:[^\]\s]{1,500}\]")


def take_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Take the files out of a text that stand in it uuencoded (POSIX): the other text, and names and bytes of each."""
    if "\nend" not in text:
        return text, []
    kept, files = list[str](), list[tuple[str, bytes]]()
    lines = text.splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines) if line.strip() == "end"]
    number = 0
    while number < len(lines):
        begun = _BEGIN.fullmatch(lines[number].rstrip("\r\n"))
        while begun and ends and ends[0] <= number:
            ends.pop(0)
        data = _decode_lines(lines[number + 1 : ends[0]]) if begun and ends else b""
        if begun and data:
            files.append((begun[1], data))
            kept.append(f"[{begun[1]}]\n")
            number = ends[0]
        else:
            kept.append(lines[number])
        number += 1
    return "".join(kept), files


_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.*)")


def _decode_lines(lines: Iterable[str]) -> bytes:
    """The bytes of uuencoded lines; b"" if one of them is none."""
    try:
        return b"".join(a2b_uu(line) for line in lines)
    except (Error, ValueError):
        return b""
