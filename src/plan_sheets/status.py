"""How a round stands: issued = returned + outstanding, nothing to report apart; held and refused; what is late."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plan_sheets.core.model.dates import check_day
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import History
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.control_totals import SubgroupReturn, sums
from plan_sheets.core.rating.decisions import decisions
from plan_sheets.core.rating.ratings import find_done_groups, rate_rounds, rows_at
from plan_sheets.store.plan_folder import NOT_TAKEN_IN, Folder, check_folder
from plan_sheets.store.register.declined import list_declined
from plan_sheets.store.register.editions import EditionFacts, is_touched, list_editions
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.standings import read_standings


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """The control totals of one round."""

    round: str
    return_by: str
    """ISO."""
    rows: Sequence[SubgroupReturn]
    totals: Mapping[str, int]
    open_queries: int
    set_aside: Sequence[tuple[str, str, str, str]]
    """Files held or refused: verdict, number, file, the beginning of its SHA-256."""
    decisions: int
    """What the executive has decided for the round so far."""
    unnamed: Sequence[str]
    """The refs of the decisions beside which nobody's name stands."""
    plan: str
    """A warning if plan.xlsx has been saved since it was last taken in; else ""."""
    editions: Sequence[EditionFacts]
    """The masters of the round that were handed over, oldest first; with the first the round is closed."""
    first_open: str
    """The code of the first round that is not closed, issued or not: to it belongs what the plan changes."""
    touched: bool
    """Whether something came since the last of them that belongs to the round or an earlier one."""


def status_of(folder: Folder, code: str | Round | None, as_of: date) -> RoundStatus:
    """The control totals of a round, None for the latest, on a day. Raises PlanSheetsError if it was not issued."""
    check_folder(folder)
    check_day(as_of, "as_of")
    with folder.register.as_it_stands():
        return _read_status(folder, code, as_of)


def _read_status(folder: Folder, code: str | Round | None, as_of: date) -> RoundStatus:
    rounds = {issued_round.code: issued_round for issued_round in folder.register.rounds()}
    if not rounds:
        raise PlanSheetsError(
            "No round has been issued yet.", "Issue one with: plan-sheets issue --round 2016-17-Q1 --return-by DATE"
        )
    wanted = Round.parse(code).code if code else list(rounds)[-1]
    if wanted not in rounds:
        raise PlanSheetsError(f"{wanted} has not been issued.", f"Issued so far: {', '.join(rounds)}.")
    history = folder.register.history()
    rows = read_standings(folder.register, wanted, as_of, _find_done(folder.register, history, wanted, [*rounds]))
    aside = [
        (file.verdict, file.number, file.file, file.sha256[:12])
        for verdict in ("held", "refused")
        for file in folder.register.set_aside(verdict)
    ]
    held = sum(verdict == "held" for verdict, *_ in aside)
    totals = sums(rows, held, len(aside) - held)
    is_latest = wanted == list(rounds)[-1]  # what is asked of the plan may belong to the quarter after it
    queries = [query for query in folder.register.open_queries() if is_latest or query.round <= wanted]
    decided = decisions(history, [wanted])
    unnamed = [decision.ref for decision in decided if not decision.by]
    plan = NOT_TAKEN_IN if folder.plan_is_newer() else ""
    handed_over = list_editions(folder.register, wanted)
    touched = bool(handed_over) and is_touched(folder.register, wanted, handed_over[-1].batch)
    told = rows, totals, len(queries), aside, len(decided), unnamed, plan, handed_over
    return RoundStatus(wanted, rounds[wanted].return_by, *told, folder.register.first_open(), touched)


def _find_done(register: Register, history: History, code: str, rounds: Sequence[str]) -> Collection[str]:
    """The subgroups all of whose actions are finished at the end of a round (its code)."""
    rows = rows_at(history, code)
    up_to = [issued for issued in rounds if issued <= code]
    return find_done_groups(rows, rate_rounds(history, up_to, rows, list_declined(register, history))[code])
