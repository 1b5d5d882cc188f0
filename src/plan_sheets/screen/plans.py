"""What is printed of all plans at hand: which there are, how each stands, what there is to do in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.control_totals import describe_totals
from plan_sheets.screen.asked import describe_place, describe_status, describe_what_next
from plan_sheets.screen.lines import count_of, print_json, say, say_remark, say_table

if TYPE_CHECKING:
    from plan_sheets.asking.plans import OfAllPlans, OfPlan, PlanState
    from plan_sheets.asking.status import RoundStatus, WhatNext
    from plan_sheets.region import RegionMade

Read = TypeVar("Read")


def print_plans(plans: OfAllPlans[PlanState], *, as_json: bool) -> None:
    """Print a line for each plan: its name and title, its year, its last round, who reported, its last master."""
    if as_json:
        print_json(_describe(plans, _describe_state))
        return
    _print_table(plans, _tell_state)
    _print_how_found(plans)
    say(f"{_count(plans)}.")


def print_status_of_all(plans: OfAllPlans[RoundStatus], totals: dict[str, int], *, as_json: bool) -> None:
    """Print the control totals of each plan, and (`totals`) of all that could be read."""
    if as_json:
        print_json({**_describe(plans, describe_status), "totals": totals})
        return
    _print_table(plans, _tell_status)
    _print_how_found(plans)
    say(f"{_count(plans)}: {describe_totals(totals)}.")


def print_next_of_all(plans: OfAllPlans[WhatNext], *, as_json: bool) -> None:
    """Print where each plan stands, and the first thing that there is to do in it."""
    if as_json:
        print_json(_describe(plans, describe_what_next))
        return
    _print_table(plans, lambda what: (describe_place(what), what.to_do[0].sentence))
    _print_how_found(plans)
    say(
        f"{_count(plans)}. Do each in its folder, or say --plan FOLDER; plan-sheets next lists all that is to do there."
    )


def print_region(made: RegionMade, *, as_json: bool) -> None:
    """Print where the workbook of a region is, how its partnerships stand, and what to know of it."""
    if as_json:
        print_json({**asdict(made), "partnerships": [each._asdict() for each in made.partnerships]})
        return
    for warning in made.warnings:
        say_remark("warning", warning)
    if made.passed_over:
        say_remark("note", f"No plan folder, and passed over: {', '.join(made.passed_over)}")
    which = "public workbook" if made.edition == "public" else "workbook"
    say(
        f"The {which} of {count_of(len(made.partnerships), 'partnership')} for {made.round}: {made.path}",
        keep=[str(made.path)],
    )
    say(f"Partnerships: {', '.join(f'{many} {status}' for status, many in made.counts.items())}.")
    if made.edition == "public":
        say("Read it before it is published. It holds what each partnership has published itself, and no more.")


def _describe(plans: OfAllPlans[Read], describe: Callable[[Read], dict[str, Any]]) -> dict[str, Any]:
    """What was read of all plans, in JSON."""
    return {
        "plans": [
            {
                "plan": plan.plan,
                "folder": plan.folder,
                **(describe(plan.read) if plan.read is not None else {}),
                "trouble": _explain(plan) or None,
            }
            for plan in plans.plans
        ],
        "passed_over": [*plans.passed_over],
        "remarks": [*plans.remarks],
    }


def _explain(plan: OfPlan[Read]) -> str:
    """Why a plan could not be read, and what to do; "" of one that was."""
    return f"{plan.trouble} {plan.trouble.remedy}" if plan.trouble else ""


def _print_table(plans: OfAllPlans[Read], tell: Callable[[Read], Sequence[str]]) -> None:
    """Print what was read, a line for each plan; then the plans that could not be read, and why."""
    if rows := [(plan.plan, *tell(plan.read)) for plan in plans.plans if plan.read is not None]:
        say_table(rows)
    for plan in plans.failed:
        say_remark("error", f"{plan.plan}: {_explain(plan)}")


def _print_how_found(plans: OfAllPlans[Read]) -> None:
    for remark in plans.remarks:
        say_remark("warning", remark)
    if plans.passed_over:
        say_remark("note", f"No plan folder, and passed over: {', '.join(plans.passed_over)}")


def _count(plans: OfAllPlans[Read]) -> str:
    """`39 of 40 plans`; `40 plans` where all could be read."""
    many = count_of(len(plans.plans), "plan")
    return f"{len(plans.read)} of {many} could be read" if plans.failed else many


def _describe_state(state: PlanState) -> dict[str, Any]:
    master = {"round": state.master_round, **state.master._asdict()} if state.master else None
    return {
        "title": state.title,
        "year": state.year or None,
        "round": state.round or None,
        "totals": dict(state.totals),
        "master": master,
    }


def _tell_state(state: PlanState) -> Sequence[str]:
    if not state.round:
        return state.title, state.year, "no round issued yet", "", ""
    returned = f"{state.totals['returned']} of {state.totals['issued']} returned"
    if not state.master:
        return state.title, state.year, state.round, returned, "no master handed over yet"
    day = PartialDate.of_iso(state.master.handed_over).words
    of = f" of {Round.parse(state.master_round).of_year}"
    return state.title, state.year, state.round, returned, f"edition {state.master.number}{of}, {day}"


def _tell_status(status: RoundStatus) -> Sequence[str]:
    if not status.round:
        return "", "no round issued yet", "", ""
    totals = status.totals
    waits = [
        count_of(many, *words)
        for many, *words in ((status.open_queries, "query", "queries"), (totals["held"], "file held", "files held"))
        if many
    ]
    saved = "plan.xlsx was saved since" if status.plan else ""
    return status.round, describe_totals(totals), ", ".join(waits), saved
