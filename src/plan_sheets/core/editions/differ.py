"""What differs between two masters, cell by cell: the sheet What differs of an edition, and the command `differ`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from plan_sheets.core.book.compose import KEY
from plan_sheets.core.book.layout import Book, Column, Row, Sheet, as_fact
from plan_sheets.core.book.notes import NAME as NOTES
from plan_sheets.core.model.text import count_words, cut

SHEET = "What differs"
"""The sheet that tells it; it is not compared, nor is About, which says what a workbook is."""
_NOT_COMPARED = (SHEET, "About", "Contents")
ABOVE, ROW = "Text above the table", "The whole row"
"""What stands instead of a heading, where it is no single cell that differs."""
WHOLE_SHEET, WHOLE_COLUMN = "The whole sheet", "The whole column {}"
"""The same, of what only one of the two masters has; `{}` is the heading."""
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z0-9])")
_NOTE_NUMBER = re.compile(rf"(?<=goes on in {NOTES}), \d+(?=\)$)")
"""Where a long text goes on: another long one before it gives the note another number."""
_NUMBER = re.compile(r"(?:G|Missing )?\d*")
"""A ref that says no more than where a row stands."""
_KNOWN_BY = {
    "asked_of": ("about", "raised_by"),
    "consulted": ("consultee",),
    "open_question": ("about", "question"),
}
"""By which fields a numbered row of these records is known; one of any other record only by all that it says."""
_NAMED_BY = ("what", "title", "theme", "consultee", "enquiry", "question", "subject", "about")
"""The fields whose first words stand beside a ref: the first of these that the sheet has."""
LONGEST_NAME = 40
"""How many characters of these words."""


class Difference(NamedTuple):
    """One thing that differs. `ref`: of the row, "" above the table; `before`, `after`: "" where there is nothing.

    `words`: the first words of the row, so that nobody need look its ref up.
    """

    sheet: str
    ref: str
    words: str
    heading: str
    before: str
    after: str

    @property
    def about(self) -> str:
        """The row as people name it: its ref and its first words."""
        return f"{self.ref} {self.words}".strip()

    @property
    def is_whole(self) -> bool:
        """Whether it is no single cell: a text above a table, or a row, column or sheet that only one has."""
        return self.heading in (ABOVE, ROW, WHOLE_SHEET) or self.heading.startswith(WHOLE_COLUMN.format(""))


def find_differences(before: Book, after: Book) -> Iterator[Difference]:
    """All that differs between two masters, in the order of the sheets of `after`.

    Of a sheet or a column that only one has, that it has it and how much stands there.
    """
    old = {sheet.name: sheet for sheet in before.sheets if sheet.name not in _NOT_COMPARED}
    new = {sheet.name: sheet for sheet in after.sheets if sheet.name not in _NOT_COMPARED}
    for name in dict.fromkeys((*new, *old)):
        if name in old and name in new:
            yield from _find_in_sheet(old[name], new[name])
        else:
            sheet = old.get(name) or new[name]
            yield _only_one(Difference(name, "", "", WHOLE_SHEET, "", ""), _count_rows(sheet), old=name in old)


def _only_one(difference: Difference, said: str, *, old: bool) -> Difference:
    """What only one of the two has: the `old` one, or the other."""
    return difference._replace(before=said) if old else difference._replace(after=said)


def _count_rows(sheet: Sheet) -> str:
    return f"There, with {count_words(len(sheet.rows), 'row')}; not told row by row"


def _find_in_sheet(old: Sheet, new: Sheet) -> Iterator[Difference]:
    yield from _find_above(old, new)
    yield from _find_columns(old, new)
    both = {column.heading for column in old.columns} & {column.heading for column in new.columns}
    rows, earlier = _index(new, both), _index(old, both)
    for key in dict.fromkeys((*rows, *earlier)):
        row = rows.get(key) or earlier[key]
        here = Difference(new.name, row.ref, row.words, ROW, "", "")
        if key in rows and key in earlier:
            yield from _find_in_row(here, earlier[key].texts, row.texts, both)
        else:
            yield _only_one(here, _say_row(row.texts), old=key in earlier)


def _find_above(old: Sheet, new: Sheet) -> Iterator[Difference]:
    """Sentences above a table that only one of the two has; what each says of itself is left out."""
    before, after = _list_sentences(old), _list_sentences(new)
    gone, come = before - after, after - before
    if gone or come:
        yield Difference(new.name, "", "", ABOVE, " ".join(gone.elements()), " ".join(come.elements()))


def _list_sentences(sheet: Sheet) -> Counter[str]:
    text = " ".join(sheet.lines)
    return Counter(
        part for part in _SENTENCE.split(text) if part and not part.startswith(("This edition", "This draft"))
    )


def _find_columns(old: Sheet, new: Sheet) -> Iterator[Difference]:
    """Columns that only one of the two has, each once, and in how many rows something stands there."""
    for sheet, other in ((new, old), (old, new)):
        there = {column.heading for column in other.columns}
        for place, column in enumerate(sheet.columns):
            if column.heading not in there and not _is_key(column):
                filled = sum(as_fact(row.cells[place]) != "" for row in sheet.rows)
                said = f"There, filled in in {count_words(filled, 'row')}; not told row by row"
                here = Difference(new.name, "", "", WHOLE_COLUMN.format(column.heading), "", "")
                yield _only_one(here, said, old=sheet is old)


_Texts = Mapping[str, str]
"""The texts of a row, by heading."""


class _Line(NamedTuple):
    """A row as it is compared. `ref`: what it is about, where its own ref is only a number."""

    ref: str
    words: str
    texts: _Texts


def _index(sheet: Sheet, both: Collection[str]) -> dict[tuple[str, ...], _Line]:
    """Each row by what it is known by, and which one of these it is. `both`: the headings that both masters have."""
    numbered = all(row.ref.isdigit() or not row.ref for row in sheet.rows)
    columns = [(place, column.heading) for place, column in enumerate(sheet.columns) if not _is_key(column)]
    fields = {column.field.name: place for place, column in enumerate(sheet.columns)}
    by = [fields[name] for name in _KNOWN_BY.get(sheet.columns[0].field.record, ()) if name in fields]
    named = next((fields[name] for name in _NAMED_BY if name in fields), None)
    seen = Counter[tuple[str, ...]]()
    found = {}
    for row in sheet.rows:
        texts: _Texts = {heading: _text(row, place) for place, heading in columns}
        words = _name_row(row, named)
        about = _text(row, fields["about"]) if "about" in fields else ""
        if by and _NUMBER.fullmatch(row.ref):
            key = tuple(_text(row, place) for place in by)
            line = _Line(about, words, _without_first(texts))
        elif numbered:
            texts = _without_first(texts)
            key = tuple(text for heading, text in texts.items() if heading in both)
            line = _Line(about, "", texts)
        else:
            key, line = (row.ref,), _Line(row.ref, words, texts)
        seen[key] += 1
        found[(*key, str(seen[key]))] = line
    return found


def _text(row: Row, place: int) -> str:
    text = as_fact(row.cells[place])
    return _NOTE_NUMBER.sub("", text) if text.endswith(")") else text


def _name_row(row: Row, place: int | None) -> str:
    """The first words of a row, without the ref that it may begin with."""
    return cut(as_fact(row.cells[place]).removeprefix(f"{row.ref} "), LONGEST_NAME) if place is not None else ""


def _without_first(texts: _Texts) -> _Texts:
    """The texts of a row without its number."""
    return dict([*texts.items()][1:])


def _is_key(column: Column) -> bool:
    return column.field.name == KEY.name


def _say_row(texts: _Texts) -> str:
    """What a row says, cell by cell."""
    return "; ".join(f"{heading}: {text}" for heading, text in texts.items() if text)


def _find_in_row(here: Difference, old: _Texts, new: _Texts, both: Collection[str]) -> Iterator[Difference]:
    for heading, after in new.items():
        if heading in both and old.get(heading, "") != after:
            yield here._replace(heading=heading, before=old.get(heading, ""), after=after)
