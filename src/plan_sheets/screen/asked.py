"""What was asked and changes nothing: how a round stands, what to do now, where a value came from, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.mail import describe_mail
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import plain, shorten
from plan_sheets.core.rating.control_totals import describe_totals
from plan_sheets.screen.findings import describe_finding, print_findings
from plan_sheets.screen.lines import NEXT, count_of, print_json, say, say_remark, say_table

if TYPE_CHECKING:
    from plan_sheets.asking.differ import MastersCompared
    from plan_sheets.asking.status import RoundStatus, WhatNext
    from plan_sheets.asking.trace import Step
    from plan_sheets.core.rating.control_totals import SubgroupReturn
    from plan_sheets.mail import Drafted, MailsDrafted
    from plan_sheets.store.register.reads import FileFinding


def print_status(round_status: RoundStatus, *, as_json: bool) -> None:
    """Print the control totals of a round."""
    if as_json:
        print_json(describe_status(round_status))
        return
    _print_returns(round_status)
    if round_status.decisions:
        refs = ", ".join(round_status.unnamed)
        nobody = f" Nobody's name stands with {refs}: ask who decided it." if refs else ""
        say(f"Decisions of the Executive recorded: {round_status.decisions}.{nobody}")
    for edition in round_status.editions:
        say(f"{edition.path} was handed over on {PartialDate.of_iso(edition.handed_over).words}.", keep=[edition.path])
    if round_status.touched:
        say(
            "What came since then belongs to this round or an earlier one. Make the next edition with: "
            f"plan-sheets master --round {round_status.round} --hand-over"
        )
    for waived in round_status.waived:
        say(waived, indent=4)
    if round_status.first_open:
        say(f"What plan.xlsx changes now counts from {Round.parse(round_status.first_open).of_year} on.")
    if round_status.plan:
        say(round_status.plan)
    for finding, is_done in round_status.findings:
        state = "done" if is_done else "open"
        say_remark(str(finding.severity), f"{state}  {_describe_place_of(finding)}: {finding.message}")


def describe_status(round_status: RoundStatus) -> dict[str, object]:
    """The control totals of a round, in JSON."""
    return {
        "round": round_status.round or None,
        "return_by": round_status.return_by or None,
        "rows": [_describe_row(row, round_status) for row in round_status.rows],
        "totals": dict(round_status.totals),
        "open_queries": round_status.open_queries,
        "decisions": round_status.decisions,
        "decisions_without_a_name": round_status.unnamed,
        "set_aside": [
            dict(zip(("verdict", "number", "file", "sha256"), file, strict=True)) for file in round_status.set_aside
        ],
        "put_aside": [file._asdict() for file in round_status.put_aside],
        "overrides_without_effect": [*round_status.overrides],
        "warning": round_status.plan,
        "editions": [edition._asdict() for edition in round_status.editions],
        "touched_since": round_status.touched,
        "waivers": [asdict(waiver) for waiver in round_status.waivers],
        "first_open_round": round_status.first_open or None,
        "findings": [_describe_told(finding, is_done=done) for finding, done in round_status.findings],
    }


def _print_returns(round_status: RoundStatus) -> None:
    """Print how each subgroup's workbook stands, what is held, and what is open."""
    totals = f"{round_status.round}: {describe_totals(round_status.totals)}"
    say(f"{totals if round_status.round else 'No round has been issued yet'}.")
    say_table([describe_return(row, round_status) for row in round_status.rows], indent=4)
    for verdict, number, file, _ in round_status.set_aside:
        say(f"{number} {file}", label=f"{verdict}:", indent=4, keep=[file])
    if round_status.put_aside:
        numbers = ", ".join(file.number for file in round_status.put_aside)
        say(f"    {len(round_status.put_aside)} put aside: {numbers} (plan-sheets trace tells why)")
    say(f"{count_of(round_status.open_queries, 'query', 'queries')} open.")
    for sentence in round_status.overrides:
        say(sentence)


def _describe_told(finding: FileFinding, *, is_done: bool) -> dict[str, object]:
    """A finding of a file that came, as it stands in JSON."""
    told = {name: value for name, value in finding._asdict().items() if name not in ("return_id", "verdict")}
    return {**told, "done": is_done}


def _describe_place_of(finding: FileFinding) -> str:
    """The number of a file, and the cell that a finding of it is about."""
    return " ".join(filter(None, [finding.number, f"{finding.sheet}!{finding.cell}" if finding.sheet else ""]))


def _describe_row(row: SubgroupReturn, round_status: RoundStatus) -> dict[str, object]:
    """How one subgroup's workbook stands, in JSON: with whom to ask, and when they were reminded."""
    chased = [*round_status.chased.get(row.subgroup, ())]
    return {**asdict(row), "chase": round_status.whom(row) or None, "chased": chased}


def _describe_chased(days: Sequence[str]) -> str:
    """When a subgroup was reminded; "" if it was not."""
    return f"(reminded on {', '.join(PartialDate.of_iso(day).words for day in days)})" if days else ""


def describe_return(row: SubgroupReturn, round_status: RoundStatus) -> Sequence[str]:
    """How one subgroup's workbook stands: whose, since when, how, by what files, and who answered or is to be asked."""
    when = PartialDate.of_iso(row.returned).words if row.returned else ""
    if row.received:
        when = f"sent {when}, received {PartialDate.of_iso(row.received).words}"
    how = row.verdict.replace("_", " ") + (f", {count_of(row.days_late, 'day')} late" if row.days_late else "")
    if row.return_by != round_status.return_by:
        how += f" (its own return-by: {PartialDate.of_iso(row.return_by).words})"
    if row.said:
        how += f", {row.said} said to you"
    whom = round_status.whom(row)
    who = f"ask {whom}" if whom else row.completed_by
    chased = _describe_chased(round_status.chased.get(row.subgroup, ()))
    return row.subgroup, when, how, row.numbers, f"{who} {chased}".strip()


def print_drafts(made: MailsDrafted, folder: Path, *, as_json: bool) -> None:
    """Print the drafts of e-mails that were made, whom each is for, and who has no address."""
    if as_json:
        findings = [describe_finding(finding) for finding in made.findings]
        print_json({"round": made.round, "drafts": [asdict(draft) for draft in made.drafts], "findings": findings})
        return
    names = [draft.file.relative_to(folder).as_posix() for draft in made.drafts]
    say_table([*map(_describe_draft, made.drafts, names)], indent=4, keep=names)
    print_findings(made.findings, notes=True)
    if not made.drafts:
        say(f"{made.round}: there is nothing to draft.")
        return
    say(f"{count_of(len(made.drafts), 'draft')} of {made.round}. Nothing was sent: open each, look it over, send it.")


def _describe_draft(draft: Drafted, name: str) -> Sequence[str]:
    """Whom a draft is for, where it lies (its `name`), and whether it lay there already."""
    return ", ".join(draft.to) or "to nobody", f"{name}{' (unchanged)' if draft.again else ''}"


def print_what_next(what: WhatNext, *, as_json: bool) -> None:
    """Print where the plan stands, and what there is to do, in order."""
    if as_json:
        print_json(describe_what_next(what))
        return
    say(describe_place(what))
    for number, task in enumerate(what.to_do, 1):
        say(f"{task.sentence[:1].upper()}{task.sentence[1:]}", label=f"{number:>4}.", pad=5)


def describe_what_next(what: WhatNext) -> dict[str, object]:
    """Where the plan stands, and what there is to do, in JSON."""
    to_do = [{"code": task.code, "sentence": task.sentence} for task in what.to_do]
    return {"round": what.round or None, "closed_through": what.closed_through or None, "to_do": to_do}


def describe_place(what: WhatNext) -> str:
    """Which round goes on."""
    if not what.round:
        return "No round has been issued yet."
    of_year = Round.parse(what.round).of_year
    return f"{of_year} ({what.round}) is {'closed' if what.round == what.closed_through else 'going on'}."


def print_next(what: WhatNext) -> None:
    """Print the one thing to do now: the last line of every command."""
    say(what.to_do[0].sentence, label=NEXT)


def print_steps(steps: Sequence[Step], about: str, *, as_json: bool) -> None:
    """Print every time that a value was given, oldest first. `about`: the ref, or the return, that was asked about."""
    if as_json:
        print_json([asdict(step) for step in steps])
        return
    if not steps:
        say(f"Nobody has said anything there. --all shows what of {about} came back untouched.")
    mail = None
    for step in steps:
        of = f"{step.ref} " if step.ref and step.ref.casefold() != about.casefold() else ""
        what = f"{of}{step.field:<14} {step.outcome:<9} {_describe_value(step)}"
        say(f"{what} {_describe_source(step)}", label=step.round or "the plan", pad=12, keep=[step.file])
        if step.replaces:
            say(f"{step.number} takes the place of {step.replaces}", indent=13)
        if step.reason:
            say(f"{step.number} was withdrawn: {step.reason}", indent=13)
        if step.mail and step.mail != mail and (told := describe_mail(step.mail)):
            say(shorten(told), indent=13)
        mail = step.mail


def _describe_source(step: Step) -> str:
    """Who gave a value, when, and in which file and cell."""
    who = ", ".join(filter(None, [step.completed_by, PartialDate.of_iso(step.received).words]))
    cell = f"{step.sheet}!{step.cell}" if step.sheet else ""
    return f"{who}; {', '.join(filter(None, [step.number, step.file, cell]))}"


def _describe_value(step: Step) -> str:
    """What was typed and how it was read, and what stood before; of what does not stand, what does."""
    value = f"'{step.value}'" if step.value else "blank"
    if step.entered.strip() and plain(step.entered) != plain(step.value):
        not_read = not step.value and step.outcome in ("error", "query", "masked")
        value = f"'{step.entered}' not read" if not_read else f"'{step.entered}' read as {value}"
    before = f"'{step.before}'" if step.before else "blank"
    if step.outcome in ("declined", "kept"):
        return f"{value} (stands: {before})"
    return f"{value} (before: {step.before or 'blank'})"


def print_compared(compared: MastersCompared, *, as_json: bool) -> None:
    """Print what differs between two masters."""
    if as_json:
        told = zip(compared.differences, compared.reasons, strict=True)
        differences = [{**difference._asdict(), "why": why} for difference, why in told]
        print_json({**asdict(compared), "differences": differences})
        return
    for warning in compared.warnings:
        say_remark("warning", warning)
    for difference, why in zip(compared.differences, compared.reasons, strict=True):
        where = ", ".join(filter(None, (difference.sheet, difference.about, difference.heading)))
        say(f"{where}: '{shorten(difference.before)}' -> '{shorten(difference.after)}'{f' ({why})' if why else ''}")
    count = count_of(len(compared.differences), "difference")
    say(f"{count} between {compared.before} and {compared.after}." if compared.differences else "Nothing differs.")
    if compared.output:
        say(f"Written: {compared.output}", keep=[str(compared.output)])
