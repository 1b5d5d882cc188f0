"""Cells of tables in files that are not ours, each with the words that stand over it or before it."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.core.screening.headings import LONGEST_HEADING, SHORTEST_LABEL
from plan_sheets.store.container.markup import MAY_MATTER, name_text

_MOST_HEADINGS = 8
"""Of more words over a column the first ones and the last are looked at."""
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
    """Each cell with three figures or more, with the words over it and those before it in its row, a line each."""
    over = defaultdict[int, dict[str, None]](dict)
    for row in rows:
        label = ""
        for at, cell in enumerate(map(str.strip, row)):
            if MAY_MATTER.match(cell):
                if headings := "\n".join(filter(None, (*over[at], label))):
                    yield name_text(headings, cell)
            elif cell and len(cell) <= LONGEST_HEADING and not _FIGURE.search(cell):
                words = " ".join(cell.split())
                label = label if len(words) < SHORTEST_LABEL else words
                if len(over[at]) == _MOST_HEADINGS:
                    over[at].popitem()
                over[at][words] = None
