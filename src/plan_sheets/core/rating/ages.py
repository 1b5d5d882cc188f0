"""Since when something stands as it does, and for how many quarters: the age of what nobody has settled yet."""

from __future__ import annotations

from collections.abc import Callable

from plan_sheets.core.book.layout import Content
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import BEFORE_ANY_ROUND, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.open_questions import OpenQuestion, asks
from plan_sheets.core.rating.snapshot import Snapshot

BEFORE_WORDS = "Before the first round"


def since_of(history: History, key: Key, up_to: str, kind: Callable[[str], object] = str) -> str | None:
    """The code of the round since which a standing value has been of its kind (by default: that very text).

    "" is before the first round; None if the fact never had a value.
    """
    known = history.by_key.get(key, ())
    if len(known) == 1:  # nearly always
        return known[0].round if known[0].value and known[0].round <= up_to else None
    since, before = None, None
    for held in history.rounds_of(key):
        if held.round > up_to:
            break
        if since is None or kind(held.value) != before:
            since, before = held.round, kind(held.value)
    return since


def row_since(snapshot: Snapshot, record: str, ref: str) -> str:
    """The code of the round in which the row of this ref first stood."""
    return since_of(snapshot.history, Key(record, ref, "ref"), snapshot.code) or BEFORE_ANY_ROUND


def count_back(snapshot: Snapshot, ref: str, own: str, age: Callable[[str], str | None]) -> str:
    """Since which round (its code) something has stood of an action and of those whose place it took; the oldest.

    `own`: since when of itself; `age`: the same of each of those, None where something else stood of it. What began
    after it took their place is its own.
    """
    succession = snapshot.succession
    before = [age(old) for old in succession.before.get(ref, ()) if own <= succession.since[old]]
    return min([own, *(since for since in before if since is not None)])


def quarters(snapshot: Snapshot, since: str) -> int:
    """How many quarters something has stood that began in round `since`, that one and this one included.

    What stood before the first round is as old as that round; 0 if no round has been issued.
    """
    if snapshot.round is None:
        return 0
    began = Round.parse(since or snapshot.rounds[0])
    return (snapshot.round.year - began.year) * 4 + snapshot.round.quarter - began.quarter + 1


def age_words(snapshot: Snapshot, since: str) -> str:
    """How long something has stood, as a cell says it: `2 quarters`; "" before the first round."""
    return count_words(quarters(snapshot, since), "quarter") if snapshot.round else ""


def since_words(since: str) -> str:
    """A round as a cell says it: `Quarter 1, April to June 2016`."""
    return Round.parse(since).words if since else BEFORE_WORDS


def aged(snapshot: Snapshot, since: str) -> dict[str, Content]:
    """The cells `since` and `age` of something that began in a round."""
    return {"since": since_words(since), "age": age_words(snapshot, since)}


def question_since(snapshot: Snapshot, question: OpenQuestion) -> str:
    """The code of the round since which a question has been open; by the date that the officer gives, if there is one.

    A date after the round is a slip of the pen: such a question is as old as its row.
    """
    given = PartialDate.from_words(question.since)
    if given and snapshot.round:
        code = Round.of_day(given.first).code
        if code <= snapshot.code:
            return code
    if question.key.record in ("question", "priority"):
        held = since_of(snapshot.history, question.key, snapshot.code)
    else:
        held = _asked_since(snapshot, question.key)
    return held or BEFORE_ANY_ROUND


def _asked_since(snapshot: Snapshot, key: Key) -> str | None:
    """The code of the round since which a cell has been open; None if it is not."""
    is_asked = key in snapshot.asked or asks(snapshot.history.text(*key, snapshot.code))
    own = snapshot.asked[key] if key in snapshot.asked else since_of(snapshot.history, key, snapshot.code, asks)
    if key.record != "action" or own is None or not is_asked:
        return own if is_asked else None
    return count_back(snapshot, key.ref, own, lambda old: _asked_since(snapshot, key._replace(ref=old)))
