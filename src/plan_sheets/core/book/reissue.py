"""What in a subgroup's workbook is a reason to issue it anew: the words of the plan and the officer, and the lock."""

from __future__ import annotations

from plan_sheets.core.book.layout import Book, Formula, Link, as_fact
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key

NOT_OFFICERS = frozenset({"last_progress", "last_step", "last_rag", "reply", "key"})
"""Locked columns that repeat what chairs or the executive said: a change in them is no reason for a new issue."""


def find_officers_cells(book: Book, history: History) -> set[tuple[str, str, str, str]]:
    """The cells whose change is a reason for a new issue: locked cells, and answers that are the plan's; and the lock.

    Each is (sheet, ref, field, text). Left out are last round's answers, keys and the signature; links and formulas,
    whose words are ours; an answer that a return has changed since; and what was confirmed or settled, as the chair
    who proposed it needs no new workbook.
    """
    cells = {("", "", "lock", f"{book.locks_sheets} {book.password}")}
    for sheet in book.sheets:
        cells |= {(sheet.name, "", str(place), line) for place, line in enumerate((sheet.title, *sheet.lines))}
        for row, column, content in sheet.cells():
            name = column.field.name
            source = history.standing(Key(column.field.record, row.ref, name)).source
            from_plan = source.kind == "plan"
            locked = not sheet.is_input(row, column)
            if (
                source.settled
                or name in NOT_OFFICERS
                or sheet.name == "About"
                or isinstance(content, Formula | Link)
                or not (locked or from_plan)
            ):
                continue
            cells.add((sheet.name, row.ref, name, as_fact(content)))
    return cells
