"""What a year came to that was closed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from plan_sheets.core.model.text import count_words, shorten
from plan_sheets.screen.lines import count_of, print_json, say

if TYPE_CHECKING:
    from plan_sheets.office import YearEnded
    from plan_sheets.year_end.close import YearClosed


def print_year_closed(result: YearEnded, *, as_json: bool) -> None:
    """Print what is finished, what is not and why, what goes on, and which files were written."""
    closed = result.closed
    if as_json:
        told = asdict(closed)
        print_json({**told.pop("account"), **told, "actions": closed.account.actions, "officer": result.officer.path})
        return
    _print_account(closed)
    _print_carried_over(closed)
    for warning in closed.warnings:
        say(f"    warning  {warning}")
    say(f"{closed.plan} is the plan of {closed.next_year} now; that of {closed.year} is kept as {closed.kept.name}.")


def _print_account(closed: YearClosed) -> None:
    account = closed.account
    counts = {
        "finished": account.finished,
        "not finished": account.unfinished,
        "under another ref": account.succeeded,
        "taken out": account.taken_out,
    }
    parts = " + ".join(
        f"{len(those)} {what}" for what, those in counts.items() if those or what in ("finished", "not finished")
    )
    say(f"{closed.year} is closed. {count_words(account.actions, 'action')} = {parts}.")
    if account.finished:
        say("Finished, and out of the plan:")
    for action in account.finished:
        say(f"    {action.ref:<8} {action.stage}: {shorten(action.why)}")
    if account.unfinished:
        say("Not finished, and in the new plan with all that was said of them:")
    for unfinished in account.unfinished:
        say(f"    {unfinished.ref:<8} {unfinished.published}: {unfinished.words}")
    for ref, successors in account.succeeded.items():
        say(f"    {ref:<8} went on as {successors}, and is out of the plan")
    for ref in account.taken_out:
        say(f"    {ref:<8} was taken out of the plan")


def _print_carried_over(closed: YearClosed) -> None:
    questions = count_of(closed.questions, "open question")
    say(f"Carried over too: {questions}, and {count_of(closed.decisions, 'decision')} not reported as carried out.")
    if closed.emptied:
        say(f"Blank in the new plan, because it was said of {closed.year}: {'; '.join(closed.emptied)}.")
