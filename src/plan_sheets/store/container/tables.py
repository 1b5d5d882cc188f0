"""Cells of tables in files that are not ours, each with the words that stand over it or before it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.store.container.markup import MAY_MATTER, name_text

_LONGEST_HEADING = 40
"""Characters: what stands over a column, or before a value, is no longer."""
_DELIMITERS = ",;\t|"
_LINES_TO_TELL = 20
"""By so many lines it is told what parts the cells of all."""
_FIGURE = re.compile(r"\d")


def head_lines(lines: Sequence[str]) -> Iterator[str]:
    """The cells of a table that is written as lines (CSV), each with its headings; nothing where no sign parts them."""
    signs = Counter(sign for line in lines[:_LINES_TO_TELL] for sign in line if sign in _DELIMITERS)
    if not signs:
        return iter(())
    ((sign, _),) = signs.most_common(1)
    return head_rows(csv.reader(lines, delimiter=sign))


def head_rows(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Each cell with three figures or more, with the first and the last words over it, and with those before it."""
    first, last = dict[int, str](), dict[int, str]()
    for row in rows:
        cells = [cell.strip() for cell in row]
        for at, cell in enumerate(cells):
            if MAY_MATTER.match(cell):
                before = cells[at - 1] if at and not _FIGURE.search(cells[at - 1]) else ""
                for heading in {first.get(at, ""), last.get(at, ""), before[:_LONGEST_HEADING]} - {""}:
                    yield name_text(heading, cell)
            elif cell and len(cell) <= _LONGEST_HEADING and not _FIGURE.search(cell):
                first.setdefault(at, cell)
                last[at] = cell
