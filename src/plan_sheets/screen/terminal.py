"""Lines as a terminal shows them: words in colour, folded between words to its width. Nothing is cut."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_GRAVE, _ASKED, _ODD, _GOOD = "bold white on red", "bold white on magenta", "black on yellow", "black on green"
STYLES = {
    "error": _GRAVE,
    "masked": _GRAVE,
    "refused": _GRAVE,
    "query": _ASKED,
    "conflict": _ASKED,
    "held": _ASKED,
    "warning": _ODD,
    "accepted with findings": _ODD,
    "accepted": _GOOD,
    "open": "bold",
    "Next:": "bold",
    "note": "dim",
    "untouched": "dim",
    "duplicate": "dim",
    "passed over": "dim",
}
"""The words that have a colour. Each brings its own background: it can be read on a dark screen and on a light one."""
_COMMAND = r"plan-sheets [a-z-]+(?:(?<![.,;:)]) (?:--?[a-z-]+|\"[^\"]*\"|'[^']*'|[^ ]*(?:[A-Z0-9/_]|\.\w)[^ ]*))*"
"""A command within a sentence, to its last option, path or name: it is copied."""
_NARROWEST = 20
"""Columns: a terminal that says that it has fewer does not know."""
_ELSE = 80
"""Columns where nobody knows how many there are."""


def show_line(head: str, text: str, label: str, keep: Iterable[str], *, hang: int, err: bool) -> None:
    """Print a line, folded. `head`: what stands before the text, the label in it; the rest as `fold` says."""
    stream = sys.stderr if err else sys.stdout
    console = _open_console(stream)
    word = label.strip(":") if label.strip(":") in STYLES else label
    for number, line in enumerate(fold(head, text, hang, count_columns(stream) - console.legacy_windows, keep)):
        shown = Text(line)
        if not number and word in STYLES and not console.no_color:
            start = head.index(word)
            shown.stylize(STYLES[word], start, start + len(word))
        console.print(shown, soft_wrap=True)


def fold(head: str, text: str, hang: int, width: int, keep: Iterable[str]) -> Iterator[str]:
    """A line in parts of at most `width` columns, broken between words; what is longer than that stays in one piece.

    The parts below the first are indented by `hang` columns; on a narrow terminal, or before a long word, by fewer.
    """
    line, hang, is_begun = head, min(hang, width // 6), bool(head.strip())
    for blanks, word in _split(text, keep):
        if is_begun and cell_len(line) + len(blanks) + cell_len(word) > width:
            yield line.rstrip()
            line = " " * max(0, min(hang, width - cell_len(word))) + word
        else:
            line, is_begun = f"{line}{blanks}{word}", True
    yield line.rstrip()


def _split(text: str, keep: Iterable[str]) -> Sequence[tuple[str, str]]:
    """The words of a text, each with the blanks before it; a command, and what is kept, is one word."""
    whole = [re.escape(part) for part in sorted(keep, key=len, reverse=True) if " " in part]
    return re.findall(rf"( *)([^ ]*(?:{'|'.join([*whole, _COMMAND])})[^ ]*|[^ ]+)", text)


def count_columns(stream: TextIO) -> int:
    """How many columns a terminal has."""
    try:
        columns = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size(stream.fileno()).columns
    except (ValueError, OSError):
        columns = 0
    return max(columns, _NARROWEST) if columns > 0 else _ELSE


@cache
def _open_console(stream: TextIO) -> Console:
    """The terminal. Nothing that was typed is taken for a colour, an emoji or a number to be shown in one."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)
