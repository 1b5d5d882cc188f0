"""How far an action has got (stage), and how it stands (status)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What is published of an action or, rolled up, of a priority or a board; always in words."""

    BLUE = "Blue"
    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"
    NOT_REPORTED = "Not reported"
    NOT_ASSESSABLE = "Not assessable"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    PROPOSED = "Proposed"
    """A further action not yet confirmed: outside counts and roll-up."""
    NO_ACTIONS = "No actions yet"
    """Of a roll-up only."""
    TOO_LITTLE = "Too little to say"
    """Of a roll-up only."""


TAKEN_OUT, WENT_ON = "Taken out", "Went on"
"""What stands in place of a status where an action is told that is in the plan no more, or under other refs: it counts
nowhere."""
ASSESSED = (Status.BLUE, Status.GREEN, Status.AMBER, Status.RED)
"""The statuses that say how an action stands, best first."""


class Stage(StrEnum):
    """How far an action has got; the last three are the chair's to propose and the officer's to confirm."""

    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    COMPLETE = "Complete"
    CLOSED = "Closed to business as usual"
    WITHDRAWN = "Withdrawn"
