"""All plans at hand, one after another: which there are, how each stands, what there is to do in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from plan_sheets.asking.status import RoundStatus, WhatNext, status_of, what_next
from plan_sheets.core.model.dates import check_day
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.control_totals import sums
from plan_sheets.store.plan_folder import AnyPath, Folder
from plan_sheets.store.plans import PlanAtHand, find_plans, read_each
from plan_sheets.store.register.desk import FOR_ALL
from plan_sheets.store.register.editions import EditionFacts, list_editions
from plan_sheets.store.register.standings import find_done, read_standings

Read = TypeVar("Read")
_Reader = Callable[[Folder], Read]


@dataclass(frozen=True, slots=True)
class PlanState:
    """What a list of plans says of one."""

    title: str
    year: str
    """`2016/17`; "" where the plan does not say it."""
    round: str
    """The code of the last round that was issued; "" before the first."""
    totals: Mapping[str, int]
    """The control totals of that round: see `control_totals.sums`; none before the first."""
    master: EditionFacts | None
    """The master of the whole plan that was handed over last; None before the first."""
    master_round: str
    """The code of the round that it is of."""


@dataclass(frozen=True, slots=True)
class OfPlan(Generic[Read]):
    """What was read of one plan; or why it could not be read."""

    plan: str
    """Its name: see `PlanAtHand`."""
    folder: Path | None
    """None where it is not known, because several plans share a register."""
    read: Read | None
    trouble: PlanSheetsError | None = None


@dataclass(frozen=True, slots=True)
class OfAllPlans(Generic[Read]):
    """What was read of all plans at hand, by name."""

    plans: Sequence[OfPlan[Read]]
    passed_over: Sequence[str]
    """The folders in which no plan was found."""
    remarks: Sequence[str]
    """What is doubled, in sentences."""

    @property
    def read(self) -> Sequence[Read]:
        """What was read, without the plans that could not be."""
        return [plan.read for plan in self.plans if plan.read is not None]

    @property
    def failed(self) -> Sequence[OfPlan[Read]]:
        """The plans that could not be read."""
        return [plan for plan in self.plans if plan.trouble]


def list_plans(where: AnyPath | Iterable[AnyPath], as_of: date) -> OfAllPlans[PlanState]:
    """The plans of the plan folders `where`, and of those that lie in them or one folder deeper; each as on a day.

    Raises PlanSheetsError if there is none; TypeError for what is of the wrong kind.
    """
    check_day(as_of, "as_of")
    return _of_all(where, lambda folder: _read_state(folder, as_of))


def status_of_all(
    where: AnyPath | Iterable[AnyPath], code: str | Round | None, as_of: date, *, findings: bool = False
) -> OfAllPlans[RoundStatus]:
    """The control totals of all plans at hand: see `list_plans` and `status_of`.

    A plan that has not issued the round stands among those that could not be read, and says so.
    """
    wanted = Round.parse(code) if code else None
    check_day(as_of, "as_of")
    return _of_all(where, lambda folder: status_of(folder, wanted, as_of, findings=findings))


def add_totals(statuses: Iterable[RoundStatus]) -> dict[str, int]:
    """The control totals of several plans together."""
    added = Counter(sums((), 0, 0))
    for status in statuses:
        added.update(status.totals)
    return dict(added)


def what_next_of_all(where: AnyPath | Iterable[AnyPath], as_of: date) -> OfAllPlans[WhatNext]:
    """What there is to do now in each plan at hand: see `list_plans` and `what_next`."""
    check_day(as_of, "as_of")
    return _of_all(where, lambda folder: what_next(folder, as_of))


def _of_all(where: AnyPath | Iterable[AnyPath], read: _Reader[Read]) -> OfAllPlans[Read]:
    at_hand = find_plans(where)
    found = [_describe(plan, told) for plan, told in read_each(at_hand.plans, read)]
    return OfAllPlans(found, at_hand.passed_over, at_hand.remarks)


def _describe(plan: PlanAtHand, told: Read | PlanSheetsError) -> OfPlan[Read]:
    if isinstance(told, PlanSheetsError):
        return OfPlan(plan.name, plan.place, None, told)
    return OfPlan(plan.name, plan.place, told)


def _read_state(folder: Folder, as_of: date) -> PlanState:
    register = folder.register
    with register.as_it_stands():
        about = register.history(record="plan", field=("title", "year"))
        rounds = [issued.code for issued in register.rounds()]
        code, closed = rounds[-1] if rounds else "", register.closed_through()
        rows = read_standings(register, code, as_of, find_done(register, code)) if code else []
        aside = {verdict: len(register.set_aside(verdict)) for verdict in ("held", "refused")}
        handed_over = {past: list_editions(register, past, FOR_ALL) for past in rounds if past <= closed}
    of_round = max((past for past, editions in handed_over.items() if editions), default="")
    return PlanState(
        title=about.text("plan", "", "title"),
        year=about.text("plan", "", "year"),
        round=code,
        totals=sums(rows, **aside) if code else {},
        master=handed_over[of_round][-1] if of_round else None,
        master_round=of_round,
    )
