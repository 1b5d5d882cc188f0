"""What the deeds came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words, shorten

if TYPE_CHECKING:
    from datetime import date

    from plan_sheets.core.answers.waive import Waiver
    from plan_sheets.core.model.receipts import Receipt
    from plan_sheets.master import Mastered
    from plan_sheets.office import BatchReceived, PlanTakenIn, Redacted, RoundIssued
    from plan_sheets.officer import OfficerMade
    from plan_sheets.plan import Checked, PlanMerged
    from plan_sheets.store.plan_folder import Folder
    from plan_sheets.withdraw import WhatWithdrew
from plan_sheets.screen.lines import count_of, describe_finding, print_findings, print_json, print_notes_left_out, say


def print_new_plan(folder: Folder, *, example: bool) -> None:
    """Print that a plan folder was made, and where to go on."""
    what = "the 2016/17 example" if example else "an empty grid template"
    say(f"{folder.path} is a plan folder now, with {what}: {folder.plan_file}")
    say(f"Do the rest inside that folder, or say --plan {folder.path} each time.")


def print_check(plan: Checked, *, as_json: bool, notes: bool) -> None:
    """Print what stands in plan.xlsx: counts, findings and open questions."""
    if as_json:
        questions = [asdict(question) for question in plan.questions]
        print_json(
            {
                "counts": dict(plan.counts),
                "findings": [describe_finding(finding) for finding in plan.findings],
                "open_questions": questions,
            }
        )
        return
    counts = ((many, what.replace("_", " ")) for what, many in plan.counts.items())
    held = [count_of(many, what.removesuffix("s").replace("itie", "ity"), what) for many, what in counts]
    say(f"plan.xlsx holds: {', '.join(held)}.")
    print_findings(plan.findings, notes=notes)
    for question in plan.questions:
        whom = f" ({question.answers})" if question.answers else ""
        say(f"    open     {question.about}: {question.question}{whom}")
    print_notes_left_out(plan.findings, notes=notes)
    errors = sum(finding.severity.has_to_be_mended for finding in plan.findings)
    say(f"{errors} to be mended in plan.xlsx." if errors else "Nothing has to be mended.")


def print_merged_plan(result: PlanTakenIn, *, as_json: bool, notes: bool) -> None:
    """Print what merging plan.xlsx changed."""
    merged = result.merged
    if as_json:
        counts = {
            "taken": merged.taken,
            "queries": merged.queries,
            "errors": merged.errors,
            "unchanged": merged.unchanged,
            "round": merged.round,
        }
        print_json(
            {
                **counts,
                "findings": [describe_finding(finding) for finding in merged.findings],
                "written": result.written,
            }
        )
        return
    if merged.warning:
        say(f"    warning  {merged.warning}")
    if merged.unchanged:
        say("plan.xlsx has not changed since it was last read.")
        _print_errors(merged)
    else:
        say(
            f"plan.xlsx was merged: {count_of(merged.taken, 'value')} taken, "
            f"{count_of(merged.queries, 'query', 'queries')}, {count_of(merged.errors, 'error')}.{_count_from(merged)}"
        )
        print_findings(merged.findings, notes=notes)
        print_notes_left_out(merged.findings, notes=notes)
    if result.written:
        say(f"Written from the register: {result.written}")
    _print_officer(result.officer)


def _print_errors(merged: PlanMerged) -> None:
    """Print that something in plan.xlsx was not taken, each time; where JSON is printed, that stands by itself."""
    if merged.errors:
        what = f"{count_of(merged.errors, 'error')} in plan.xlsx: what is wrong was not taken"
        say(f"    error    {what}, and is in no workbook. plan-sheets check lists each.", err=True)


def _count_from(merged: PlanMerged) -> str:
    """From which round on it counts what was changed, or will be settled; nothing to say before the first round."""
    said = merged.round and (merged.taken or merged.queries)
    return f" What it changes counts from {Round.parse(merged.round).of_year} on." if said else ""


def _print_officer(made: OfficerMade | None) -> None:
    if made and (made.queries or made.proposals):
        waiting = f"{count_of(made.queries, 'query', 'queries')}, {made.proposals} to confirm"
        say(f"To settle: {waiting}, in {made.path} (earlier ones are done with)")


def print_issues(result: RoundIssued, *, as_json: bool, notes: bool) -> None:
    """Print which workbooks of a round were made."""
    if as_json:
        rows = [
            {
                "file": workbook.file,
                "subgroup": workbook.subgroup,
                "reference": workbook.reference,
                "rows": workbook.rows,
                "supersedes": workbook.supersedes,
            }
            for workbook in result.issues
        ]
        print_json({"issues": rows})
        _print_errors(result.merged)
        _print_not_closed(result)
        return
    if result.merged.warning:
        say(f"    warning  {result.merged.warning}")
    if result.merged.findings:
        say(f"plan.xlsx was merged first:{_count_from(result.merged)}")
        print_findings(result.merged.findings, notes=notes)
        print_notes_left_out(result.merged.findings, notes=notes)
    for workbook in result.issues:
        again = (
            " (as it was issued before)"
            if workbook.again
            else f" (takes the place of {workbook.supersedes}: send it again)"
            if workbook.supersedes
            else ""
        )
        actions = f"{workbook.rows:>3} {'action ' if workbook.rows == 1 else 'actions'}"
        say(f"{workbook.subgroup:<12} {actions}  {workbook.file}{again}")
    _print_errors(result.merged)
    _print_not_closed(result)
    _print_officer(result.officer)


def _print_not_closed(result: RoundIssued) -> None:
    """Print that an earlier round is not closed, and how it is; where JSON is printed, that stands by itself."""
    if result.not_closed:
        say(
            f"    warning  {' and '.join(result.not_closed)}: no master has been handed over, so what plan.xlsx "
            f"changes still counts from {Round.parse(result.not_closed[0]).of_year} on. When nothing more is awaited: "
            f"plan-sheets master --round {result.not_closed[-1]} --hand-over",
            err=True,
        )


def describe_receipt(receipt: Receipt) -> dict[str, Any]:
    """A receipt as it stands in JSON."""
    plain = {
        name: getattr(receipt, name)
        for name in ("number", "file", "sha256", "kind", "verdict", "subgroup", "round", "issue", "saved_by")
    }
    plain["number"], plain["duplicate_of"] = receipt.number or None, receipt.duplicate_of or None
    counts = {"changes": receipt.changes, "conflicts": receipt.conflicts, "feedback": receipt.feedback}
    return {**plain, "findings": [describe_finding(finding) for finding in receipt.findings], **counts}


def _describe_outcome(receipt: Receipt) -> Iterator[str]:
    """What became of a file, the program that saved it and who sent it; of a refused file only the sender."""
    if receipt.number:
        yield receipt.number
    if receipt.verdict is not Verdict.REFUSED:
        yield f"{count_of(receipt.changes, 'change')}, {count_of(receipt.conflicts, 'conflict')}"
        yield f"saved by {receipt.saved_by or 'a program that does not say'}"
    if receipt.sent_by:
        yield ", ".join(filter(None, (f"sent by {receipt.sent_by}", receipt.sent_at[:10])))


def print_receipts(batch: BatchReceived, *, as_json: bool, dry_run: bool, notes: bool) -> None:
    """Print what became of each file of a batch."""
    returns = batch.receipts.returns
    totals = {str(verdict): sum(receipt.verdict is verdict for receipt in returns) for verdict in Verdict}
    if as_json:
        passed = [{"file": file, "reason": why} for file, why in batch.receipts.passed_over]
        print_json(
            {"returns": [describe_receipt(receipt) for receipt in returns], "totals": totals, "passed_over": passed}
        )
        return
    for file, why in batch.receipts.passed_over:
        say(f"passed over  {file} ({why})")
    for receipt in returns:
        whose = f" {receipt.issue}" if receipt.issue else ""
        about = "; ".join(_describe_outcome(receipt))
        verdict = str(receipt.verdict).replace("_", " ") + (f" of {receipt.duplicate_of}" * bool(receipt.duplicate_of))
        say(f"{verdict}{whose}: {receipt.file}{f' ({about})' if about else ''}")
        print_findings(receipt.findings, notes=notes)
    print_notes_left_out([finding for receipt in returns for finding in receipt.findings], notes=notes)
    say(
        "In all: "
        + (
            ", ".join(f"{many} {verdict.replace('_', ' ')}" for verdict, many in totals.items() if many)
            or "nothing to receive"
        )
        + "."
    )
    if dry_run:
        say("A dry run: nothing was recorded.")
    elif any(receipt.kind == "master" and receipt.changes for receipt in returns):
        say("What was decided goes out with the workbooks that are issued next; plan-sheets master shows it.")
    if batch.trouble:
        say(f"Recorded; but the officer's workbook was not made: {batch.trouble} {batch.trouble.remedy}", err=True)
        say("Then receive the same files again: nothing counts twice.", err=True)
    _print_officer(batch.officer)


def print_master(made: Mastered, *, as_json: bool) -> None:
    """Print where the master workbook is, and what to know of it."""
    if as_json:
        print_json(asdict(made))
        return
    for warning in made.warnings:
        say(f"    warning  {warning}")
    which = "public edition of the master" if made.edition == "public" else "master"
    boards = f" ({', '.join(made.boards)} only)" if made.boards else ""
    say(f"{_describe_state(made)} of the {which} of {made.round or 'the plan, for consultation'}{boards}: {made.path}")
    if made.paper:
        say(f"The board paper: {made.paper}")
    counts = ", ".join(f"{many} {status}" for status, many in made.counts.items() if many)
    if counts or not made.again:
        say(f"Actions: {counts or ('none yet' if made.round else 'not rated before the first round')}.")
    if remark := _remark_on(made):
        say(remark)


def _describe_state(made: Mastered) -> str:
    if not made.number:
        return "A draft"
    return f"Edition {made.number}{', as it was handed over,' if made.again else ''}"


def _remark_on(made: Mastered) -> str:
    """What to know before a master is sent; "" of one for which `plan-sheets next` says it."""
    if made.edition == "public":
        return "Read it before it is published: a name may be spelt in a way that the register does not know."
    if made.number:
        return f"{made.round} is closed. The edition stays as it is."
    return "" if made.round else "Read it, then send it. Answers go into plan.xlsx."


def print_withdrawn(done: WhatWithdrew, made: OfficerMade, *, as_json: bool) -> None:
    """Print what withdrawing a return came to: what fell back, and what stands all the same."""
    if as_json:
        print_json({**asdict(done), "officer": made.path})
        return
    say(f"{done.number} ({done.file}) is withdrawn: {done.reason}")
    for fallen in done.fell_back:
        value = f"'{shorten(fallen.value)}'" if fallen.value else "blank"
        before = f"'{shorten(fallen.before)}'" if fallen.before else "blank"
        say(f"    {fallen.ref or 'Plan'} {fallen.field} {fallen.round}: {value} (it said: {before})")
    for line in done.stands:
        say(f"    warning  {line}")
    closed = f"{count_of(done.closed, 'query', 'queries')} closed"
    asked = f", {count_of(done.asked, 'new one')} asked" if done.asked else ""
    say(f"{count_of(len(done.fell_back), 'answer')} fell back, {closed}{asked}.")
    _print_officer(made)


def print_waiver(waiver: Waiver, made: OfficerMade, today: date, *, as_json: bool) -> None:
    """Print what a subgroup is not held to, and until when."""
    if as_json:
        print_json({**asdict(waiver), "officer": made.path})
        return
    say(f"{waiver.describe(today)}")
    _print_officer(made)


def print_redacted(done: Redacted, *, as_json: bool) -> None:
    """Print what was taken out, and which files hold it still; never the text itself."""
    if as_json:
        print_json(asdict(done))
        return
    say(f"What was typed in {done.about} is taken out of the register ({count_words(done.rows, 'row')} changed).")
    for title, paths in (
        ("Removed, for it held it:", [f"{file.numbers or 'Not known whose'}: {file.path}" for file in done.removed]),
        ("Made anew, without it:", done.made_anew),
        ("Not made anew; make it yourself when this is mended:", done.not_made),
        (
            "These hold it still. Delete them, and ask whoever has a copy, or a backup of this folder, to do so:",
            done.holding,
        ),
    ):
        if paths:
            say(title)
        for path in paths:
            say(f"    {path}")
    say("Backups and copies elsewhere are yours to find: make a new backup, and delete the old ones.")
