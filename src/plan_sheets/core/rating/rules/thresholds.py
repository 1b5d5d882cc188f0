"""The thresholds of the RAG rules, from the plan's sheet `RAG rules`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LIMITS = {
    "overdue_amber_days": (1, 366),
    "overdue_red_days": (1, 366),
    "moves_red": (1, 9),
    "steps_red": (1, 9),
    "owner_from_quarter": (1, 4),
    "assessed_percent": (0, 100),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the rules bite; a plan may set its own on its `RAG rules` sheet, by these names."""

    overdue_amber_days: int = 1
    """Days after the due date, on the round's last day, from which Green is no longer possible."""
    overdue_red_days: int = 31
    """Days from which only Red is."""
    moves_red: int = 2
    """With the date moved this often or more: Red. Fewer: Amber in the round of the move."""
    steps_red: int = 2
    """With the next step not done this many rounds running: Red. Fewer: Amber."""
    owner_from_quarter: int = 2
    """From this quarter of the year on, an owner who has not accepted means Amber."""
    assessed_percent: int = 50
    """With a smaller share of actions assessed, a roll-up has too little to say."""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> tuple[Thresholds, list[tuple[str, str]]]:
        """The thresholds that these texts (by name) give, and each (name, text) that could not be used.

        A blank, or a text that cannot be used (not a whole number, out of range, of no known name), leaves the default.
        """
        given = {name: text.strip() for name, text in values.items() if text.strip()}
        usable = {name: int(text) for name, text in given.items() if _is_usable(name, text)}
        return cls(**usable), [(name, text) for name, text in given.items() if name not in usable]


def _is_usable(name: str, text: str) -> bool:
    if name not in _LIMITS or not re.fullmatch("[0-9]{1,3}", text):
        return False
    least, most = _LIMITS[name]
    return least <= int(text) <= most
