"""What was said and the officer did not let stand: No to what a chair proposed, Keep to what a query was about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History, Source
from plan_sheets.core.model.keys import Key

NO, KEEP = "No", "Keep"
_OF_ACTION = re.compile(r"proposal (\S+) (stage|new date) (\S+) = (.*)", re.DOTALL)
"""The subject of a settlement about a stage or a date that a chair proposed: see `proposals.subject`."""
_FIELDS = {"stage": ("stage", "confirmed_stage"), "new date": ("new_date", "due")}
"""Of each: the field in which it was proposed, and the field that it would have changed."""


@dataclass(frozen=True, slots=True)
class Declined:
    """A text that the officer did not let stand. `round`: for which it was said; `source`: of the officer's word."""

    key: Key
    """The fact of which it was said."""
    round: str
    text: str
    stands: str
    """What stood instead; "" if nothing did."""
    choice: str
    source: Source
    said_by: str = ""
    """Who said what does not stand, "" where that is not known."""

    @property
    def who_and_when(self) -> str:
        """`Board officer, 24 October 2016`."""
        return f"{self.source.who}, {PartialDate.of_iso(self.source.received).words}"

    @property
    def sentence(self) -> str:
        """What became of it, in one line: `Complete proposed by Chair: declined by Board officer, 24 October 2016`."""
        said_by = f" by {self.said_by}" if self.said_by else ""
        if self.choice == NO:
            return f"{self.text} proposed{said_by}: declined by {self.who_and_when}"
        return f"{self.text or 'A blank'} returned{said_by}: not taken (Keep) by {self.who_and_when}"


def of_proposal(history: History, subject: str, source: Source) -> Iterator[Declined]:
    """What a No (from this source) to a stage or a date declined; nothing of any other subject.

    A further action that was declined says so by its agreement, which is a value.
    """
    found = _OF_ACTION.fullmatch(subject)
    if found is None:
        return
    ref, kind, code, text = found.groups()
    field, changes = _FIELDS[kind]
    key = Key("action", ref, field)
    given = [held for held in history.by_key.get(key, ()) if (held.round, held.value) == (code, text)]
    said_by = given[-1].source.who or given[-1].source.subgroup if given else ""
    yield Declined(key, code, text, history.text("action", ref, changes, code), NO, source, said_by)


def stage_declined(declined: Collection[Declined], ref: str, code: str, stage: str) -> bool:
    """Whether the officer said No to this stage of an action in a round (its code)."""
    return bool(find(declined, Key("action", ref, "stage"), code, stage))


def find(declined: Collection[Declined], key: Key, code: str, text: str) -> Declined | None:
    """The No to what was proposed in a field for a round (its code); None if this very text was not declined."""
    wanted = key, code, text, NO
    return next((each for each in declined if (each.key, each.round, each.text, each.choice) == wanted), None)
