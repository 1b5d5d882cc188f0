"""A rule of the plan that a subgroup is not held to for a while: recorded with who allowed it, until when, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from plan_sheets.core.answers.waive import Waiver
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.screening.around import check_kept, check_reason
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.troubles import UNCHANGED


def allow_rule(folder: Folder, waiver: Waiver, now: datetime) -> Waiver:
    """Record a waiver: see `office.allow_rule`."""
    screen = schemas.load_screen()
    if not waiver.by.strip():
        raise PlanSheetsError("Nobody's name stands with it.", f"Say with --by who allows it. {UNCHANGED}")
    check_kept(screen, "--by", waiver.by)
    reason = check_reason(screen, waiver.reason)
    _check_rule(waiver.code)
    _check_subgroup(folder, waiver.subgroup)
    _check_until(waiver.until, now.date())
    with folder.register.batch("allow", now.isoformat(timespec="seconds")) as batch:
        about = {"code": waiver.code, "subgroup": waiver.subgroup, "until": waiver.until}
        batch.add(tables.WAIVER, **about, by=waiver.by.strip(), reason=reason)
    return replace(waiver, by=waiver.by.strip(), reason=reason, given=now.date().isoformat())


def _check_rule(code: str) -> None:
    """Raise PlanSheetsError for a code that is none, or that may not be waived."""
    messages = schemas.load_messages().by_code
    if code in messages and messages[code].waivable:
        return
    listed = ", ".join(sorted(name for name, message in messages.items() if message.waivable))
    what = (
        f"'{code}' cannot be waived: it is no rule of the plan's own."
        if code in messages
        else f"There is no finding '{code}'."
    )
    raise PlanSheetsError(what, f"What may be waived: {listed}. {UNCHANGED}")


def _check_subgroup(folder: Folder, code: str) -> None:
    known = folder.register.history(record="subgroup").refs("subgroup")
    if code not in known:
        raise PlanSheetsError(f"The plan has no subgroup {code}.", f"It has: {', '.join(known) or 'none'}. {UNCHANGED}")


def _check_until(until: str, today: date) -> None:
    day = date.fromisoformat(until)
    if day < today:
        words = PartialDate.day(day).words, PartialDate.day(today).words
        raise PlanSheetsError(
            f"Its last day ({words[0]}) lies before today ({words[1]}).", f"Give a later --until. {UNCHANGED}"
        )
