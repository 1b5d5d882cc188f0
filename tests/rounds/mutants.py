"""Mutants: filled workbooks to which people have done one thing or several, at places and with texts of all kinds.

What is typed names its cell ("Next step of J1a.2"), or is in `chosen` (a choice or a date, of which the mutant knows
what it means), or belongs nowhere ("Stray 7"). So the oracle needs nothing of the program: whatever a return is taken
to say for a key must have been typed for that key, and every text in it must be found again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.chairs import Answers, at, column_of, form, heading_row, row_of, type_in
from tests.plain_book import Error, Formula, PlainBook
from tests.rounds.mutations import (
    Mutation,
    copy_sheet,
    delete_column,
    delete_row,
    delete_sheet,
    duplicate_row,
    forget_properties,
    insert_column,
    insert_row,
    move_column,
    only_sheet,
    rename_heading,
    rename_sheet,
    sort_rows,
    swap_keys,
)

REFS = ("J1a.1", "J1a.2", "J1a.3", "J1b.1")
THEMES = ("J1a", "J1b")
ROWS = ("1", "2", "3", "7")
THEME = "J1b Pathway for perpetrators"
RAGS = dict(zip(REFS, ("Green", "Amber", "Red", "Green"), strict=True))
STAGES = dict(zip(REFS, ("In progress", "Not started", "In progress", "Not started"), strict=True))
TEXTS = {
    "Progress": ("Progress made", "Next step", "What will bring it back", "Asked of the executive", "Evidence"),
    "Action plan": ("How we will do it", "Who is responsible", "Impact", "Action owner"),
    "Grid": ("Data", "Information sharing", "Voice of the service user", "Learning and improvement"),
    "New actions": ("What we will do", "How we will do it", "Impact", "Who is responsible"),
}
LOCKED = {
    "Progress": ("What we will do", "Last RAG", "Last next step", "Due"),
    "Action plan": ("Priority", "What we will do"),
    "Grid": ("Theme", "Actions required"),
    "New actions": (),
}
FIRST = {"Progress": REFS, "Action plan": REFS, "Grid": THEMES, "New actions": ROWS}
SHEETS = tuple(TEXTS)
MARK = re.compile(r"(?P<title>[A-Z][A-Za-z ]+?) of (?P<ref>J1[ab](?:\.\d)?|row \d+)(?::.*)?", re.DOTALL)
STRAY = "Stray"


def marked(ref: str, *headings: str) -> dict[str, str | None]:
    return {heading: f"{heading} of {ref}" for heading in headings}


FILLED: Answers = {
    "Start here": form(completed_by="Chair"),
    "Progress": {
        ref: {
            "RAG": RAGS[ref],
            "Stage": STAGES[ref],
            **marked(ref, "Progress made", "Next step", "What will bring it back"),
        }
        for ref in REFS
    },
    "Action plan": {ref: marked(ref, "Who is responsible", "Impact") for ref in REFS},
    "Grid": {ref: marked(ref, "Data", "Information sharing") for ref in THEMES},
    "New actions": {row: {"Theme": THEME, **marked(f"row {row}", "What we will do", "Impact")} for row in ("1", "2")},
}

# What is typed where there is a list or a date, and what it must be read as; "" is what must not be taken
CHOICES = {
    "RAG": {
        "amber": "Amber",
        " RED. ": "Red",
        "G": "Green",
        "Ambr": "Amber",
        "Amber - watch": "Amber",
        "Red/Amber": "",
        "Amber?": "",
        "Purple": "",
        "TBC": "",
    },
    "Stage": {"in progess": "In progress", "COMPLETE": "Complete", "Complete or Withdrawn": "", "Nearly": "", "?": ""},
    "New date": {
        "31.3.17": "31 March 2017",
        "03/04/2017": "3 April 2017",
        "March 2017": "March 2017",
        "end of Q3": "October to December 2016",
        "42825": "31 March 2017",
        "Spring": "",
        "3/17": "",
        "04/13/2016": "",
        "ongoing": "",
    },
}
TAILS = (
    "",
    ":  ",
    ": two\nlines",
    ": a\u00a0b\u2003c",
    ": cafe\u0301",
    ": =1+1",
    ": 'quoted' & <b>",
    ": _x0041_",
    ":\u200b x",
)


@dataclass(slots=True)
class Mutant:
    """A filled workbook and what is done to it. `chosen`: as what each list or date typed anew must be read."""

    book: PlainBook
    random: Random
    done: list[str] = field(default_factory=list)
    chosen: dict[tuple[str, str], str] = field(default_factory=dict)
    tails: Sequence[str] = TAILS
    """What may stand behind a text that names its cell."""
    strays: int = 0

    def stray(self) -> str:
        """A text that belongs nowhere."""
        self.strays += 1
        return f"{STRAY} {self.strays} {self.random.choice(('note', 'J1a.2', 'Green', 'Next step'))}"

    def do(self, kind: str) -> None:
        """Do this, if the workbook still has what it takes: nobody can sort a sheet that has been deleted."""
        with suppress(KeyError, StopIteration, IndexError):
            mutation = KINDS[kind](self)
            self.done.append(kind)
            self.book.apply(mutation)
            self.book.name_apart()


Kind = Callable[[Mutant], Mutation]


def _place(mutant: Mutant) -> tuple[str, str]:
    """A sheet and one of its rows."""
    sheet = mutant.random.choice(SHEETS)
    return sheet, mutant.random.choice(FIRST[sheet])


def _type(mutant: Mutant) -> Mutation:
    """An answer into its own cell, in a spelling that is to be tidied."""
    sheet, ref = _place(mutant)
    heading, end = mutant.random.choice(TEXTS[sheet]), mutant.random.choice(mutant.tails)
    named = f"row {ref}" if sheet == "New actions" else ref
    return lambda book: type_in(at(book[sheet], ref, heading), f"{heading} of {named}{end}")


def _choose(mutant: Mutant) -> Mutation:
    ref, heading = mutant.random.choice(REFS), mutant.random.choice(tuple(CHOICES))
    text, meant = mutant.random.choice(tuple(CHOICES[heading].items()))

    def mutate(book: Workbook) -> None:
        type_in(at(book["Progress"], ref, heading), text)
        mutant.chosen[ref, heading] = meant

    return mutate


def _empty(mutant: Mutant) -> Mutation:
    sheet, ref = _place(mutant)
    heading = mutant.random.choice(TEXTS[sheet])
    return lambda book: type_in(at(book[sheet], ref, heading), None)


def _error(mutant: Mutant) -> Mutation:
    sheet, ref = _place(mutant)
    heading = mutant.random.choice(TEXTS[sheet])

    def mutate(book: Workbook) -> None:
        cell: Any = at(book[sheet], ref, heading)
        cell.value = mutant.random.choice((Formula(f'="{mutant.stray()}"'), Error("#REF!")))

    return mutate


def _any_row(mutant: Mutant, sheet: str) -> int:
    return mutant.random.randint(1, mutant.book[sheet].max_row + 1)


def _insert_row(mutant: Mutant) -> Mutation:
    sheet, _ = _place(mutant)
    return insert_row(sheet, _any_row(mutant, sheet), mutant.random.choice(("", mutant.stray())))


def _delete_row(mutant: Mutant) -> Mutation:
    return delete_row(*_place(mutant))


def _copy_row(mutant: Mutant) -> Mutation:
    sheet, ref = _place(mutant)
    if mutant.random.random() < 0.5:
        return duplicate_row(sheet, ref)
    return duplicate_row(sheet, ref, mutant.random.choice(TEXTS[sheet]), mutant.stray())


def _move_row(mutant: Mutant) -> Mutation:
    """Cut a row and put it in elsewhere."""
    sheet, ref = _place(mutant)
    to = mutant.random.randint(0, 5)

    def mutate(book: Workbook) -> None:
        page = book[sheet]
        row = row_of(page, ref)
        values = [page.cell(row, column).value for column in range(1, page.max_column + 1)]
        page.delete_rows(row)
        target = heading_row(page) + 1 + to
        page.insert_rows(target)
        for column, value in enumerate(values, 1):
            page.cell(target, column).value = value

    return mutate


def _overwrite_row(mutant: Mutant) -> Mutation:
    """Copy a row over another one, key and all."""
    sheet, ref = _place(mutant)
    other = mutant.random.choice(FIRST[sheet])

    def mutate(book: Workbook) -> None:
        page = book[sheet]
        source, target = row_of(page, ref), row_of(page, other)
        for column in range(1, page.max_column + 1):
            page.cell(target, column).value = page.cell(source, column).value

    return mutate


def _sort(mutant: Mutant) -> Mutation:
    return sort_rows(mutant.random.choice(SHEETS), down=mutant.random.random() < 0.7)


def _sort_block(mutant: Mutant) -> Mutation:
    """Sort the cells to fill in without their refs, by answers that went out with the workbook."""
    if mutant.random.random() < 0.5:
        return sort_rows("Action plan", "How we will do it", "Impact", down=True)
    return sort_rows("Grid", "Competent, confident workforce", "Information sharing", down=True)


def _column(mutant: Mutant) -> tuple[str, str]:
    """A sheet and one of its headings, the key among them."""
    sheet = mutant.random.choice(SHEETS)
    return sheet, mutant.random.choice((*TEXTS[sheet], *LOCKED[sheet], "Key"))


def _move_column(mutant: Mutant) -> Mutation:
    return move_column(*_column(mutant), to=mutant.random.randint(1, 12))


def _insert_column(mutant: Mutant) -> Mutation:
    titled = mutant.random.random() < 0.5
    return insert_column(*_column(mutant), *((mutant.stray(), mutant.stray()) if titled else ()))


def _rename_column(mutant: Mutant) -> Mutation:
    sheet, heading = _column(mutant)
    new = (mutant.stray(), heading.upper() + " ", mutant.random.choice(TEXTS[sheet]))
    return rename_heading(sheet, heading, mutant.random.choice(new))


def _swap_headings(mutant: Mutant) -> Mutation:
    """Two headings change places, but not what stands under them: exempt are none, for a heading says what is meant."""
    (sheet, one), other = _column(mutant), _column(mutant)

    def mutate(book: Workbook) -> None:
        page = book[sheet]
        top, left, right = heading_row(page), column_of(page, one), column_of(page, other[1])
        page.cell(top, left).value, page.cell(top, right).value = (
            page.cell(top, right).value,
            page.cell(top, left).value,
        )

    return mutate


def _rename_sheet(mutant: Mutant) -> Mutation:
    new = (mutant.stray(), mutant.random.choice(SHEETS) + " ", mutant.random.choice(SHEETS).upper())
    old, title = mutant.random.choice((*SHEETS, "About", "Guidance")), mutant.random.choice(new)
    taken = any(sheet.title.casefold() == title.casefold() != old.casefold() for sheet in mutant.book)
    return rename_sheet(old, "Sheet1" if taken else title)  # no program has two sheets of one name


def _delete_sheet(mutant: Mutant) -> Mutation:
    return delete_sheet(mutant.random.choice((*SHEETS, "Start here", "About", "Guidance")))


def _copy_sheet(mutant: Mutant) -> Mutation:
    return copy_sheet("Progress", change=mutant.random.choice(("", "Progress made of J1a.1: in the copy")))


def _add_sheet(mutant: Mutant) -> Mutation:
    def mutate(book: Workbook) -> None:
        cast("Worksheet", book.create_sheet("My notes")).append([mutant.stray(), None, mutant.stray()])

    return mutate


def _only_sheet(mutant: Mutant) -> Mutation:
    return only_sheet(mutant.random.choice(SHEETS), mutant.random.choice(("Sheet1", "Progress", "Grid")))


def _stray(mutant: Mutant) -> Mutation:
    """A text outside the cells to fill in: above, beside or below the table, or over a locked cell."""
    sheet, ref = _place(mutant)
    random = mutant.random
    away = random.randint(1, 5)

    def mutate(book: Workbook) -> None:
        page = book[sheet]
        top, row, column = heading_row(page), row_of(page, ref), random.randint(1, page.max_column)
        places = [
            (top - 1, column + away),
            (row, page.max_column + away),
            (top, page.max_column + away),
            (page.max_row + away, column),
        ]
        if LOCKED[sheet]:
            places.append((row, column_of(page, random.choice(LOCKED[sheet]))))
        type_in(page.cell(*random.choice(places)), mutant.stray())  # type: ignore[arg-type]  # no cell is merged

    return mutate


def _ref(mutant: Mutant) -> Mutation:
    """Something else over a ref or a key."""
    sheet, ref = _place(mutant)
    column, text = mutant.random.choice(("Ref", "Key")), mutant.random.choice((mutant.stray(), ""))
    heading = "Row" if (sheet, column) == ("New actions", "Ref") else column
    return lambda book: type_in(at(book[sheet], ref, heading), text or None)


def _swap_keys(mutant: Mutant) -> Mutation:
    sheet, ref = _place(mutant)
    return swap_keys(sheet, ref, mutant.random.choice(FIRST[sheet]))


def _about(mutant: Mutant) -> Mutation:
    item, text = mutant.random.choice(("Reference", "Signature")), mutant.stray()
    return lambda book: type_in(at(book["About"], item, "What it is"), text)


KINDS: dict[str, Kind] = {
    "type": _type,
    "choose": _choose,
    "empty": _empty,
    "formula or error": _error,
    "insert row": _insert_row,
    "delete row": _delete_row,
    "copy row": _copy_row,
    "move row": _move_row,
    "overwrite row": _overwrite_row,
    "sort": _sort,
    "sort block": _sort_block,
    "move column": _move_column,
    "insert column": _insert_column,
    "delete column": lambda mutant: delete_column(*_column(mutant)),
    "rename column": _rename_column,
    "rename sheet": _rename_sheet,
    "delete sheet": _delete_sheet,
    "copy sheet": _copy_sheet,
    "add sheet": _add_sheet,
    "only sheet": _only_sheet,
    "stray": _stray,
    "ref or key": _ref,
    "swap keys": _swap_keys,
    "forget properties": lambda _mutant: forget_properties,
    "about": _about,
}


ALONE = {"sort block"}
"""What is done to a workbook alone: typed in as well, a column that was sorted so may leave no sure trace."""


def make_mutant(
    filled: PlainBook, number: int, random: Random, recipe: Iterable[str], tails: Sequence[str] = TAILS
) -> Mutant:
    """A filled workbook to which these things were done. Its `number` tells it from the others of a batch."""
    mutant = Mutant(filled.copy(), random, tails=tails)
    type_in(at(cast("Worksheet", mutant.book["Start here"]), "Completed by", "Your answer"), f"Chair {number}")
    for kind in recipe:
        mutant.do(kind)
    return mutant
