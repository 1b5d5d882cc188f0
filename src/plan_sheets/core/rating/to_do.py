"""What the board officer has to do now, in order, from what lies on the desk: the register's facts, no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.control_totals import SubgroupReturn


class Task(StrEnum):
    """What there may be to do, in its order; the sentence of each stands in `schemas/next.yaml`."""

    PLAN_SAVED = "plan_saved"
    PLAN_EMPTY = "plan_empty"
    PLAN_ERRORS = "plan_errors"
    HELD = "held"
    SETTLE = "settle"
    SEND_BACK = "send_back"
    EDITION_TOUCHED = "edition_touched"
    FIRST_ROUND = "first_round"
    SEND = "send"
    WAIT = "wait"
    CHASE = "chase"
    MEND = "mend"
    DRAFT = "draft"
    HAND_OVER = "hand_over"
    DECISIONS = "decisions"
    YEAR_END = "year_end"
    NEW_YEAR = "new_year"
    NEXT_ROUND = "next_round"


@dataclass(frozen=True, slots=True)
class ToBeMended:
    """The returns of a round in which there is something to mend, whose feedback workbooks nothing has answered."""

    numbers: Sequence[str] = ()
    drafted: bool = False
    """Whether mail with the last of these workbooks was drafted since it was made."""


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that was issued and is not closed."""

    code: str
    returns: Sequence[SubgroupReturn]
    drafted: bool
    """Whether a draft of its master was made, and nothing that belongs to it came since."""
    to_be_mended: ToBeMended = ToBeMended()


@dataclass(frozen=True, slots=True)
class ClosedRound:
    """A round of which a master was handed over."""

    code: str
    edition: str
    """The path of the last one."""
    touched: bool
    """Whether something came since that belongs to the round or an earlier one."""
    answered: bool
    """Whether a master of the round came back with decisions."""
    to_be_mended: ToBeMended = ToBeMended()


@dataclass(frozen=True, slots=True)
class Desk:
    """All that decides what there is to do."""

    year: str
    """The plan's, `2016/17`; "" if it names none."""
    year_is_new: bool
    """Whether the year before was closed, and plan.xlsx has not been taken in since."""
    missing: Sequence[str]
    """What a plan needs before a round can be issued, and this one lacks."""
    plan_saved: bool
    """Whether plan.xlsx is another than was last taken in."""
    plan_errors: int
    """How much of what was last taken in has to be mended."""
    held: Sequence[str]
    """Number and name of each file that is held."""
    queries: int
    proposals: int
    officer_file: str
    """The path of the newest officer's workbook; of the folder of them if none could be made."""
    closed: Sequence[ClosedRound]
    """Oldest first."""
    open: Sequence[OpenRound]
    """The same, later than any that is closed."""


Details = Mapping[str, object]
"""What the sentence of a task is filled in with."""
_COMMANDS = re.compile(r"\[([^]]*)\]")


def fill_sentence(sentence: str, details: Details, *, with_commands: bool = True) -> str:
    """The sentence of a task, filled in. `with_commands`: with what stands there in brackets, for the command line."""
    return _COMMANDS.sub(r"\1" if with_commands else "", sentence).format_map(details)


def list_tasks(desk: Desk) -> Iterator[tuple[Task, Details]]:
    """What there is to do, in order: the first is what to do now."""
    if desk.plan_saved:
        yield Task.PLAN_SAVED, {}
    elif desk.missing:
        yield Task.PLAN_EMPTY, {"missing": ", no ".join(desk.missing)}
    elif desk.plan_errors:
        yield Task.PLAN_ERRORS, {"errors": count_words(desk.plan_errors, "error")}
    if desk.held:
        yield Task.HELD, {"files": ", ".join(desk.held), "officer": desk.officer_file}
    if desk.queries or desk.proposals:
        yield Task.SETTLE, {"waiting": _describe_waiting(desk), "officer": desk.officer_file}
    for closed in desk.closed:
        if closed.touched:
            yield from _list_to_send_back(closed.code, closed.to_be_mended)
            yield Task.EDITION_TOUCHED, {"round": closed.code}
    for issued in desk.open:
        yield from _list_tasks_of_round(issued, desk.open[-1].code)
    if not desk.open:
        yield from _list_tasks_between(desk)


def _describe_waiting(desk: Desk) -> str:
    """`settle 5 queries and answer 1 proposal`."""
    queries = f"settle {desk.queries} {'query' if desk.queries == 1 else 'queries'}"
    proposals = f"answer {count_words(desk.proposals, 'proposal')}"
    return " and ".join([queries] * bool(desk.queries) + [proposals] * bool(desk.proposals))


def _list_tasks_of_round(issued: OpenRound, latest: str) -> Iterator[tuple[Task, Details]]:
    """What there is to do for a round that goes on. `latest`: the code of the last one that was issued."""
    yield from _list_to_send_back(issued.code, issued.to_be_mended)
    awaited = [row for row in issued.returns if row.is_outstanding]
    if awaited:
        late = any(row.days_late for row in awaited)
        nothing_came = not any(row.numbers for row in issued.returns)
        task = Task.CHASE if late else Task.SEND if nothing_came else Task.WAIT
        details = {"count": count_words(len(awaited), "return"), "whose": _describe_awaited(awaited)}
        yield task, {"round": issued.code, "folder": f"issued/{issued.code.lower()}", **details}
    if issued.to_be_mended.numbers and issued.to_be_mended.drafted:
        yield Task.MEND, _describe_to_be_mended(issued.code, issued.to_be_mended)
    of_round = "" if issued.code == latest else f" --round {issued.code}"
    yield Task.HAND_OVER if issued.drafted else Task.DRAFT, {"round": issued.code, "of_round": of_round}


def _list_to_send_back(code: str, to_be_mended: ToBeMended) -> Iterator[tuple[Task, Details]]:
    """That feedback workbooks wait to be sent to their chairs: of a round that is closed, while something is new."""
    if to_be_mended.numbers and not to_be_mended.drafted:
        yield Task.SEND_BACK, _describe_to_be_mended(code, to_be_mended)


def _describe_to_be_mended(code: str, to_be_mended: ToBeMended) -> Details:
    return {
        "count": count_words(len(to_be_mended.numbers), "return"),
        "numbers": ", ".join(to_be_mended.numbers),
        "round": code,
    }


def _describe_awaited(awaited: Sequence[SubgroupReturn]) -> str:
    """`CSE, MSP (due on 15 July 2016, 6 days late); DA (due on 29 July 2016)`: by day, the first due first."""

    def due(row: SubgroupReturn) -> tuple[str, int]:
        return row.return_by, row.days_late

    groups = groupby(sorted(awaited, key=due), key=due)
    return "; ".join(
        f"{', '.join(row.subgroup for row in rows)} (due on {PartialDate.of_iso(day).words}"
        + (f", {count_words(late, 'day')} late)" if late else ")")
        for (day, late), rows in groups
    )


def _list_tasks_between(desk: Desk) -> Iterator[tuple[Task, Details]]:
    """What there is to do while no round goes on: before the first, between two, and after the last."""
    if not desk.closed:
        if not desk.missing:
            yield Task.FIRST_ROUND, {"round": f"{desk.year.replace('/', '-')}-Q1"}
        return
    last = desk.closed[-1]
    if not last.answered:
        yield Task.DECISIONS, {"edition": last.edition, "round": last.code}
    after = Round.parse(last.code).next
    if after.year_words > desk.year:
        yield Task.YEAR_END, {"year": desk.year}
        return
    if desk.year_is_new:
        yield Task.NEW_YEAR, {"year": desk.year}
    yield Task.NEXT_ROUND, {"round": after.code, "ends": PartialDate.day(after.last_day).words}
