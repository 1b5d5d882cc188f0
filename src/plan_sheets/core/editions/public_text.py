"""What the board officer has released for the public: one text for each priority and action, round by round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plan_sheets.core.answers.answers import Answers, Cell
from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.document import sha_of
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.plan_rows import Rows, parent
from plan_sheets.core.rating.ratings import is_further, rate_last, rows_at
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.succession import find_succession

RECORD, RESTS_ON = "public", "rests_on"
NOT_RATED, NO_PROGRESS = "Not rated", "Nothing reported"
"""What stands for a RAG and for progress that are not there."""
_HASH = 12
"""How many characters of a hash are kept."""


def text_key(ref: str) -> Key:
    """The fact that holds what is released of a priority or an action, by its ref."""
    return Key(RECORD, ref, "text")


def describe_rest(rag: str, what: str, progress: str) -> str:
    """What a text rests on when it is released: the RAG; of wording and progress no word is kept, only a hash."""
    return "; ".join([rag, *(sha_of(text)[:_HASH] for text in (what, progress))])


def list_released(
    answers: Answers, history: History, code: str, renamed: Mapping[Key, Key]
) -> dict[str, tuple[Cell, str]]:
    """The cell by which each text (by ref) is released in a round (its code), or again, and what the officer saw then.

    A text that stands already was released before: it goes on resting on what it did. `renamed`: the fact of each cell
    of a blank row, beside which the officer saw nothing (""); a row that names no ref releases nothing.
    """
    released = {}
    for typed, row in answers.typed(RECORD):
        cell = typed._replace(key=renamed.get(typed.key, typed.key))
        is_again = cell.key.field == "again" and cell.value == "Yes"
        is_new = cell.value not in (cell.base, history.in_round(cell.key, code).value)
        if not cell.key.ref.isdecimal() and (is_again or (cell.key == text_key(cell.key.ref) and is_new)):
            seen = describe_rest(*(row.text(name) for name in ("published_rag", "what", "progress")))
            seen = "" if typed.key in renamed else seen
            released[cell.key.ref] = cell, seen
    return released


def list_rests(history: History, rounds: Sequence[str]) -> dict[str, str]:
    """What the text of each priority and action would rest on in the last of these rounds (codes, oldest first)."""
    rows, ratings, succession = rows_at(history, rounds[-1]), rate_last(history, rounds), find_succession(history)
    rests = {ref: describe_rest(NOT_RATED, row["title"], NO_PROGRESS) for ref, row in rows["priority"].items()}
    for ref, row in rows["action"].items():
        rating = ratings.get(ref)
        progress = succession.answer(history, ref, "progress", rounds[-1]) or NO_PROGRESS
        rests[ref] = describe_rest(str(rating.published) if rating else NOT_RATED, row["what"], progress)
    return rests


def make_rest_cells(
    released: Mapping[str, tuple[Cell, str]],
    before: Mapping[str, str],
    after: Mapping[str, str],
    history: History,
    code: str,
    field: Field,
) -> Iterator[Cell]:
    """A cell for each text released in a round (its code) that holds what it rests on. `field`: that of these cells.

    It rests on what the officer saw, with what was settled in the same workbook; where the officer saw nothing, on what
    stands. `before`, `after`: what each would rest on without that workbook and with it.
    """
    for ref, (cell, seen) in released.items():
        key = cell.key._replace(field=RESTS_ON)
        rests_on = after.get(ref, seen) if seen in ("", before.get(ref)) else seen
        yield Cell(key, field, cell.address, "", rests_on, history.in_round(key, code).value)


def find_change(history: History, ref: str, code: str, rests_on: str) -> str:
    """What has changed since the text of a round (its code) was released: `Green then, Red now`; "" if nothing has.

    `rests_on`: what it would rest on now.
    """
    then = history.of_round(RECORD, ref, RESTS_ON, code)
    if not then or then == rests_on:
        return ""
    (rag, *texts), (rag_now, *texts_now) = then.split("; "), rests_on.split("; ")
    changes = [f"{rag} then, {rag_now} now"] if rag != rag_now else []
    named = zip(("other wording since", "other progress since"), texts, texts_now, strict=True)
    return ", ".join([*changes, *(words for words, before, now in named if before != now)])


def release_rows(history: History, code: str, rows: Rows, ratings: Mapping[str, Rating]) -> Iterator[RowFacts]:
    """One row for each priority and confirmed action of a round (its code), to say what may be published of it.

    `rows`: the plan as it stood at the end of it; `ratings`: of the actions in it.
    """
    succession = find_succession(history, code)
    priorities = [(ref, row["title"]) for ref, row in rows["priority"].items() if parent(ref) == ref]
    actions = [(ref, row["what"]) for ref, row in rows["action"].items() if not is_further(row)]
    for ref, what in (*priorities, *actions):
        held = history.in_round(text_key(ref), code)
        rag = str(ratings[ref].published) if ref in ratings else NOT_RATED
        progress = succession.answer(history, ref, "progress", code) or NO_PROGRESS
        change = find_change(history, ref, code, describe_rest(rag, what, progress)) if held.value else ""
        contents = {
            "what": what,
            "published_rag": rag,
            "progress": progress,
            "last": history.in_round(text_key(ref), Round.parse(code).previous.code).value,
            "text": held.value,
            "released_by": _describe_release(held, change) if held.value else "",
        }
        yield RowFacts(ref, contents, frozenset({"text", "again"} if change else {"text"}))


def _describe_release(held: Held, change: str) -> str:
    by = f"{held.source.who or 'No name given'}, {PartialDate.of_iso(held.source.received).words}"
    return f"To be released again: {change}. Last by {by}" if change else by
