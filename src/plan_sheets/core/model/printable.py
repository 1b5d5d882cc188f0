"""What goes out, cleaned by one table: signs that no file can hold, or that a terminal would obey, are shown instead.

What was typed stays in the register as it was typed. Where it goes out (workbooks, Word, JSON, the screen) a control
character becomes its own picture (U+2400 and on: a vertical tab is ␋, an escape ␛): a reader sees that something is
there, and what. What has no picture becomes U+FFFD in a file, and is named on a screen: <U+202E>.
"""

from __future__ import annotations

import re

_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "\u2421"}
_NO_TEXT = "\ud800-\udfff\ufffe\uffff"
"""Halves of a pair of surrogates, and two codes that are no characters: no encoding and no XML holds them."""
_NOT_IN_FILES = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_NO_TEXT}]")
"""What XML 1.0 (2.2) forbids."""
_OBEYED = f"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069{_NO_TEXT}"
"""Controls, line ends, and what overrides the direction of writing (UAX 9). Joiners and marks stay."""
_NOT_ON_SCREENS = re.compile(f"[{_OBEYED}]")
_NOT_IN_JSON = re.compile(f"(?!\n)[{_OBEYED}]")
_ODD_BYTE = re.compile("[\udc80-\udcff]")


def printable(text: str) -> str:
    r"""The text as every file can hold it; each line end is `\n`, as XML makes it. Done twice, it is the same."""
    if text.isprintable():  # most are
        return text
    return _NOT_IN_FILES.sub(_stand_in, text.replace("\r\n", "\n").replace("\r", "\n"))


def is_printable(text: str) -> bool:
    """Whether a file holds the text as it is."""
    return "\r" not in text and not _NOT_IN_FILES.search(text)


def on_screen(line: str) -> str:
    """A line as a terminal shows it and obeys nothing in it: line ends within it are shown, too."""
    return line if line.isprintable() else _NOT_ON_SCREENS.sub(_named, line)


def in_json(told: str) -> str:
    """JSON, of which a terminal obeys nothing: such signs in its texts are escaped, and it parses to the same texts."""
    return _NOT_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", told)


def readable(name: str) -> str:
    r"""The name of a file, or an argument, with each byte that is no UTF-8 written out: `caf\xe9.xlsx`.

    Python keeps such a byte as half a pair of surrogates (PEP 383), which no database, file or screen takes.
    """
    return _ODD_BYTE.sub(_stand_in, name)


def _stand_in(match: re.Match[str]) -> str:
    sign = match[0]
    return f"\\x{ord(sign) - 0xDC00:02x}" if _ODD_BYTE.match(sign) else _PICTURES.get(sign, "\ufffd")


def _named(match: re.Match[str]) -> str:
    sign = match[0]
    return f"<U+{ord(sign):04X}>" if sign not in _PICTURES and not _NOT_IN_FILES.match(sign) else _stand_in(match)
