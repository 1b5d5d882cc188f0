"""Lines of the screen and of JSON: every one is printed here, plain where nobody watches, laid out on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import click

from plan_sheets.core.model.printable import in_json, on_screen

NEXT = "Next:"
"""What stands before the one thing to do now."""
WIDEST = 8
"""Characters of the longest word before a remark."""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line that was told and not printed."""

    label: str
    """What stands before the text: a severity, a verdict, `Next:`; "" if nothing."""
    cells: tuple[str, ...]
    """The text; of a line of a table the text of each column, the first of which is no label."""
    is_indented: bool = False
    is_trouble: bool = False
    """Whether it would have gone to standard error."""
    keep: tuple[str, ...] = ()
    """The paths that stand in it, as `say` was given them."""


_LISTENING: ContextVar[list[ToldLine] | None] = ContextVar("listening", default=None)


@contextmanager
def listen() -> Iterator[list[ToldLine]]:
    """What is told meanwhile, in this thread, as lines instead of print: for whoever shows it in another way."""
    told: list[ToldLine] = []
    before = _LISTENING.set(told)
    try:
        yield told
    finally:
        _LISTENING.reset(before)


def say(
    text: str, *, label: str = "", pad: int = 0, indent: int = 0, keep: Collection[str] = (), err: bool = False
) -> None:
    r"""Print one line, on standard output or (`err`) standard error: every line is printed by this function.

    `label`: what stands before the text, filled up to `pad` characters; a terminal shows it in colour if it is one of
    the words that have one. `keep`: parts of the text that are not broken there: paths, which are copied.

    Control characters are taken out: file names and typed texts may hold some, and a terminal would obey them. A letter
    that the encoding does not have (a Welsh name where Windows writes into a file) is written as its code: `\u0175`.
    """
    own = 0 if label else len(text) - len(text.lstrip(" "))
    if (listening := _LISTENING.get()) is not None:
        kept = tuple(map(on_screen, keep))
        listening.append(ToldLine(on_screen(label).strip(), (on_screen(text[own:]),), bool(indent or own), err, kept))
        return
    head = " " * (indent + own) + (f"{label:<{pad}} " if label else "")
    head, text, *whole = (_clean(part, err=err) for part in (head, text[own:], *keep))
    if not is_terminal(err=err):
        click.echo(f"{head}{text}".rstrip(), err=err)
        return
    from plan_sheets.screen.terminal import show_line  # noqa: PLC0415 - takes long to load, and pipes do without

    show_line(head, text, label, whole, hang=len(head) if pad else indent + own + 4, err=err)


def say_remark(severity: str, text: str, *, keep: Collection[str] = (), err: bool = False) -> None:
    """Print one line below another: an error, a query, a warning, something open. `keep`: see `say`."""
    say(text, label=severity, pad=WIDEST, indent=4, keep=keep, err=err)


def say_table(rows: Sequence[Sequence[str]], *, indent: int = 0, keep: Collection[str] = ()) -> None:
    """Print rows whose cells line up, one below the other; a column without any text is left out. `keep`: see `say`."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if (listening := _LISTENING.get()) is not None:
        kept = tuple(map(on_screen, keep))
        listening += [ToldLine("", tuple(map(on_screen, row)), is_indented=bool(indent), keep=kept) for row in rows]
        return
    room = find_columns(otherwise=0) - indent - 1 - max(widths[:1], default=0)
    for first, *cells in rows:
        filled = [f"{cell:<{width}}" for cell, width in zip(cells, widths[1:], strict=True) if width]
        short = [cell for cell in cells if len(cell) <= room]  # a longer one is broken between words
        say("  ".join(filled), label=first, pad=widths[0] + 1, indent=indent, keep=[*short, *keep])


def is_terminal(*, err: bool = False) -> bool:
    """Whether somebody watches standard output, or (`err`) standard error."""
    stream = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()


def find_columns(otherwise: int) -> int:
    """How many columns a line of standard output may have; `otherwise` where that is no terminal."""
    if not is_terminal():
        return otherwise
    from plan_sheets.screen.terminal import count_columns  # noqa: PLC0415 - as above

    return count_columns(sys.stdout)


def fold_error(head: str, text: str) -> str:
    """A text that goes to standard error behind `head`, folded if that is a terminal."""
    if not is_terminal(err=True):
        return text
    from plan_sheets.screen.terminal import count_columns, fold  # noqa: PLC0415 - as above

    lines = "\n".join(fold(head, text, 4, count_columns(sys.stderr), ()))
    return lines.removeprefix(head.rstrip()).lstrip(" ")


def _clean(text: str, *, err: bool) -> str:
    code = _find_encoding(err=err)
    return on_screen(text).encode(code, "backslashreplace").decode(code)


def _find_encoding(*, err: bool = False) -> str:
    return getattr(sys.stderr if err else sys.stdout, "encoding", None) or "utf-8"


def print_json(data: object) -> None:
    """Print one document of JSON; where the encoding has not all letters, in ASCII alone."""
    only_ascii = not _find_encoding().lower().startswith("utf")
    click.echo(in_json(json.dumps(data, ensure_ascii=only_ascii, indent=2, default=str)))


def count_of(count: int, singular: str, several: str = "") -> str:
    """`1 query`, `2 queries`. `several`: the plural; "" if it is the singular with an s."""
    return f"{count} {singular if count == 1 else several or f'{singular}s'}"


def join_counts(counts: Iterable[tuple[int, str, str]]) -> list[str]:
    """`2 errors`, `1 query`: a text for each count that is not 0. Each has its singular, and its plural or ""."""
    return [count_of(count, singular, several) for count, singular, several in counts if count]
