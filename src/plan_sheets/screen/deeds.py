"""What the deeds came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words, shorten

if TYPE_CHECKING:
    from datetime import date

    from plan_sheets.core.answers.waive import Waiver
    from plan_sheets.core.model.receipts import Receipt
    from plan_sheets.core.rating.open_questions import OpenQuestion
    from plan_sheets.correcting.withdraw import WhatWithdrew
    from plan_sheets.issue import Issued
    from plan_sheets.master import Mastered
    from plan_sheets.office import BatchReceived, PlanTakenIn, Redacted, RoundIssued
    from plan_sheets.officer import OfficerMade
    from plan_sheets.plan import Checked, PlanMerged
    from plan_sheets.store.plan_folder import Folder
from plan_sheets.screen.days import describe_day
from plan_sheets.screen.findings import count_findings, describe_finding, print_findings, print_notes_left_out
from plan_sheets.screen.kept import NOT_WRITTEN
from plan_sheets.screen.lines import count_of, print_json, say, say_remark, say_table


def print_new_plan(folder: Folder, *, example: bool) -> None:
    """Print that a plan folder was made, and where to go on."""
    what = "the 2016/17 example" if example else "an empty grid template"
    paths = [str(folder.plan_file), str(folder.path)]
    say(f"{folder.path} is a plan folder now, with {what}: {folder.plan_file}", keep=paths)
    if (place := folder.register.database.place) is not None:
        say(f"Its register is {place}.", keep=[str(place)])
        if place.has_password:
            say(NOT_WRITTEN)
    say(f"Do the rest inside that folder, or say --plan {folder.path} each time.", keep=[f"--plan {folder.path}"])


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
    _print_questions(plan.questions)
    print_notes_left_out(plan.findings, notes=notes)
    errors = sum(finding.severity.has_to_be_mended for finding in plan.findings)
    say(f"{errors} to be mended in plan.xlsx." if errors else "Nothing has to be mended.")


def _print_questions(questions: Sequence[OpenQuestion]) -> None:
    """Print the open questions, each behind what it is about."""
    widest = max((len(question.about) for question in questions), default=0)
    for question in questions:
        whom = f" ({question.answers})" if question.answers else ""
        say_remark("open", f"{question.about:<{widest}}  {question.question}{whom}")


def print_merged_plan(result: PlanTakenIn, *, as_json: bool, notes: bool) -> None:
    """Print what merging plan.xlsx changed."""
    merged = result.merged
    if as_json:
        counts = {
            "taken": merged.taken,
            "queries": merged.queries,
            "errors": merged.errors,
            "closed": merged.closed,
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
        say_remark("warning", merged.warning)
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
        _print_closed(merged)
    if result.written:
        say(f"Written from the register: {result.written}", keep=[str(result.written)])
    _print_officer(result.officer)


def _print_closed(merged: PlanMerged) -> None:
    """Print how many queries are no questions any more."""
    if merged.closed:
        say(f"{count_of(merged.closed, 'query', 'queries')} closed: mended in plan.xlsx.")


def _print_errors(merged: PlanMerged) -> None:
    """Print that something in plan.xlsx was not taken, each time; where JSON is printed, that stands by itself."""
    if merged.errors:
        what = f"{count_of(merged.errors, 'error')} in plan.xlsx: what is wrong was not taken"
        say_remark("error", f"{what}, and is in no workbook. plan-sheets check lists each.", err=True)


def _count_from(merged: PlanMerged) -> str:
    """From which round on it counts what was changed, or will be settled; nothing to say before the first round."""
    said = merged.round and (merged.taken or merged.queries)
    return f" What it changes counts from {Round.parse(merged.round).of_year} on." if said else ""


def _print_officer(made: OfficerMade | None, new: int = 0) -> None:
    """Print what waits for the officer. `new`: how many of the queries came with what was just taken in."""
    if made and (made.queries or made.proposals):
        of_them = f" ({new} of them new)" if 0 < new < made.queries else ""
        waiting = f"{count_of(made.queries, 'query', 'queries')}{of_them}, {made.proposals} to confirm"
        say(f"To settle: {waiting}, in {made.path} (earlier ones are done with)", keep=[str(made.path)])


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
        print_json({"return_by": result.return_by.isoformat(), "issues": rows})
        _print_errors(result.merged)
        _print_not_closed(result)
        return
    if result.merged.warning:
        say_remark("warning", result.merged.warning)
    if result.merged.findings:
        say(f"plan.xlsx was merged first:{_count_from(result.merged)}")
        print_findings(result.merged.findings, notes=notes)
        print_notes_left_out(result.merged.findings, notes=notes)
    _print_closed(result.merged)
    say(f"Return by {describe_day(result.return_by)}:")
    say_table([*map(_describe_issue, result.issues)], keep=[str(workbook.file) for workbook in result.issues])
    _print_errors(result.merged)
    _print_not_closed(result)
    _print_officer(result.officer)


def _describe_issue(workbook: Issued) -> Sequence[str]:
    """Whose a workbook is, how many actions it asks about, where it lies, and whether it has to be sent."""
    before = f"(takes the place of {workbook.supersedes}: send it again)" if workbook.supersedes else ""
    again = "(as it was issued before)" if workbook.again else before
    actions = f"{workbook.rows:>3} {'action ' if workbook.rows == 1 else 'actions'}"
    return workbook.subgroup, actions, f"{workbook.file} {again}".rstrip()


def _print_not_closed(result: RoundIssued) -> None:
    """Print that an earlier round is not closed, and how it is; where JSON is printed, that stands by itself."""
    if result.not_closed:
        say_remark(
            "warning",
            f"{' and '.join(result.not_closed)}: no master has been handed over, so what plan.xlsx "
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
    counts = {name: getattr(receipt, name) for name in ("changes", "conflicts", "queries", "feedback")}
    return {**plain, "findings": [describe_finding(finding) for finding in receipt.findings], **counts}


def _describe_outcome(receipt: Receipt, *, notes: bool) -> Iterator[str]:
    """What became of a file, the program that saved it and who sent it; of a refused file only the sender."""
    if receipt.number:
        yield receipt.number
    if receipt.verdict is not Verdict.REFUSED:
        taken = f"{count_of(receipt.changes, 'change')} taken" if receipt.changes else "nothing taken"
        is_read = receipt.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS)
        yield ", ".join([taken, *(count_findings(receipt, notes=notes) if is_read else ())])
        yield f"saved by {receipt.saved_by or 'a program that does not say'}"
    if receipt.sent_by:
        day = PartialDate.of_iso(receipt.sent_at[:10]).words if receipt.sent_at else ""
        yield ", ".join(filter(None, (f"sent by {receipt.sent_by}", day)))


def _print_receipt(receipt: Receipt, *, notes: bool) -> None:
    """Print what became of one file, and what was found in it."""
    verdict, about = str(receipt.verdict).replace("_", " "), "; ".join(_describe_outcome(receipt, notes=notes))
    earlier = f"of {receipt.duplicate_of}" if receipt.duplicate_of else ""
    *before, last = filter(None, (verdict, earlier, receipt.issue))
    told = f"{receipt.file}{f' ({about})' if about else ''}"
    text = " ".join([*before[1:], f"{last}: {told}"]) if before else told
    say(text, label=verdict if before else f"{verdict}:", keep=[receipt.file])
    print_findings(receipt.findings, notes=notes)


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
        say(f"{file} ({why})", label="passed over", pad=12, keep=[file])
    for receipt in returns:
        _print_receipt(receipt, notes=notes)
    print_notes_left_out([finding for receipt in returns for finding in receipt.findings], notes=notes)
    say(
        "In all: "
        + (
            ", ".join(f"{many} {verdict.replace('_', ' ')}" for verdict, many in totals.items() if many)
            or "nothing to receive"
        )
        + "."
    )
    for made in batch.feedback:
        to_mend = f"{count_of(made.count, 'thing')} to mend in {made.number}"
        say(f"Send back to the chair: {made.path} ({to_mend})", keep=[str(made.path)])
    if dry_run:
        say("A dry run: nothing was recorded.")
    elif decided := {receipt.round for receipt in returns if receipt.kind == "master" and receipt.changes}:
        say("What was decided goes out with the workbooks that are issued next; plan-sheets master shows it.")
        for code in sorted(filter(None, decided)):
            draft = f"plan-sheets mail --round {code} --decisions"
            say(f"Drafts for whoever leads the actions, to tell them now: {draft}", keep=[draft])
    if batch.trouble:
        say(f"Recorded; but not every workbook could be made: {batch.trouble} {batch.trouble.remedy}", err=True)
        say("Then receive the same files again: nothing counts twice.", err=True)
    _print_officer(batch.officer, sum(receipt.queries for receipt in returns))


def print_master(made: Mastered, *, as_json: bool) -> None:
    """Print where the master workbook is, and what to know of it."""
    if as_json:
        print_json(asdict(made))
        return
    for warning in made.warnings:
        say_remark("warning", warning)
    which = "public edition of the master" if made.edition == "public" else "master"
    boards = f" ({', '.join(made.boards)} only)" if made.boards else ""
    of = f"of the {which} of {made.round or 'the plan, for consultation'}{boards}"
    say(f"{_describe_state(made)} {of}: {made.path}", keep=[str(made.path)])
    if made.paper:
        say(f"The board paper: {made.paper}", keep=[str(made.paper)])
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
        say_remark("warning", line)
    closed = f"{count_of(done.closed, 'query', 'queries')} closed"
    asked = f", {count_of(done.asked, 'new one')} asked" if done.asked else ""
    say(f"{count_of(len(done.fell_back), 'answer')} fell back, {closed}{asked}.")
    _print_officer(made)


def print_waiver(waiver: Waiver, made: OfficerMade, today: date, *, as_json: bool) -> None:
    """Print what a subgroup is not held to, and until when."""
    if as_json:
        print_json({**asdict(waiver), "officer": made.path})
        return
    say(waiver.describe(today))
    _print_officer(made)


def print_redacted(done: Redacted, *, as_json: bool) -> None:
    """Print what was taken out, and which files hold it still; never the text itself."""
    if as_json:
        print_json(asdict(done))
        return
    say(f"What was typed in {done.about} is taken out of the register ({count_words(done.rows, 'row')} changed).")
    for title, paths in (
        ("Removed, for it held it:", [f"{file.numbers or 'Not known whose'}: {file.path}" for file in done.removed]),
        ("Backups of earlier days, which held it, are gone:", done.backups_removed),
        ("Made anew, without it:", done.made_anew),
        ("Not made anew; make it yourself when this is mended:", done.not_made),
        (
            "These hold it still. Delete them, and ask whoever has a copy, or a backup of this folder, to do so:",
            [*done.holding, *done.kept_aside],
        ),
    ):
        if paths:
            say(title)
        for path in paths:
            say(f"    {path}", keep=[str(path)])
    say("Backups and copies elsewhere are yours to find: make a new one (plan-sheets backup), and delete the old.")
