"""What the board officer has released for the public: one text for each priority and action, round by round."""

from __future__ import annotations

from collections.abc import Iterator

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.plan_rows import Rows, parent
from plan_sheets.core.rating.ratings import is_further

RECORD = "public"


def text_key(ref: str) -> Key:
    """The fact that holds what is released of a priority or an action, by its ref."""
    return Key(RECORD, ref, "text")


def release_rows(history: History, code: str, rows: Rows) -> Iterator[RowFacts]:
    """One row for each priority and confirmed action of a round (its code), to say what may be published of it.

    `rows`: the plan as it stood at the end of it.
    """
    priorities = [(ref, row["title"]) for ref, row in rows["priority"].items() if parent(ref) == ref]
    actions = [(ref, row["what"]) for ref, row in rows["action"].items() if not is_further(row)]
    for ref, what in (*priorities, *actions):
        held = history.in_round(text_key(ref), code)
        contents = {
            "what": what,
            "progress": history.of_round("action", ref, "progress", code),
            "last": history.in_round(text_key(ref), Round.parse(code).previous.code).value,
            "text": held.value,
            "released_by": _released_by(held) if held.value else "",
        }
        yield RowFacts(ref, contents)


def _released_by(held: Held) -> str:
    return f"{held.source.who or 'No name given'}, {PartialDate.of_iso(held.source.received).words}"
