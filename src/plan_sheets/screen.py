"""What the officer reads on the screen, and what another program reads as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Severity, Verdict
from plan_sheets.core.model.printable import in_json, on_screen
from plan_sheets.core.model.text import shorten
from plan_sheets.store.schemas import load_messages

if TYPE_CHECKING:
    from plan_sheets.core.access.rules import Problem
    from plan_sheets.core.model.receipts import Receipt
    from plan_sheets.inspect import Inspected, RuleBroken
    from plan_sheets.master import Mastered
    from plan_sheets.office import BatchReceived, PlanTakenIn, RoundIssued
    from plan_sheets.officer import OfficerMade
    from plan_sheets.plan import Checked
    from plan_sheets.status import RoundStatus
    from plan_sheets.store.plan_folder import Folder
    from plan_sheets.trace import Step


def say(line: str, *, err: bool = False) -> None:
    r"""Print one line, on standard output or (`err`) standard error: the one door to the screen.

    File names and typed texts stand in what is said, and a terminal would obey what is in them. A letter that it does
    not know (a Welsh name where Windows writes into a file) is written out, as `\u0175`.
    """
    code = _encoding(err=err)
    click.echo(on_screen(line).encode(code, "backslashreplace").decode(code), err=err)


def _encoding(*, err: bool = False) -> str:
    return getattr(sys.stderr if err else sys.stdout, "encoding", None) or "utf-8"


def _json(told: object) -> None:
    only_ascii = not _encoding().lower().startswith("utf")
    click.echo(in_json(json.dumps(told, ensure_ascii=only_ascii, indent=2, default=str)))


def finding_json(one: Finding) -> dict[str, str | None]:
    """A finding as it stands in JSON; a finding about the whole file has no sheet and cell."""
    return {
        "code": one.code,
        "severity": str(one.severity),
        "sheet": one.address.sheet if one.address else None,
        "cell": one.address.cell if one.address else None,
        "ref": one.key.ref if one.key else None,
        "field": one.key.field if one.key else None,
        "entered": one.entered,
        "message": one.message,
    }


def _many(count: int, one: str, several: str = "") -> str:
    """`1 query`, `2 queries`; where `several` says nothing an s makes the plural."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


CELLS_TOLD = 3
"""Cells that are named with what was typed where many findings say the same; `--notes` has all of them."""
REFS_TOLD = 20
"""Refs that are named where it is about rows of which nothing was typed."""


def _findings(findings: Iterable[Finding], *, notes: bool) -> None:
    """A line each, the gravest first; one for several that say the same, and of notes those that say what was assumed.

    With `notes` each has its own line, and no note is left out.
    """
    order, known = list(Severity), load_messages().by_code
    kinds: dict[object, list[Finding]] = {}
    for number, one in enumerate(sorted(findings, key=lambda one: order.index(one.severity))):
        if notes or one.severity is not Severity.NOTE or known[one.code].told:
            kinds.setdefault(one.code if known[one.code].many and not notes else number, []).append(one)
    for several in kinds.values():
        one, told = several[0], several[0].message
        if len(several) > 1:
            told = f"{known[one.code].many.format(count=len(several))}: {_places(several)}."
        elif one.address:
            told = f"{one.address}: {told}"
        say(f"    {one.severity:<8} {told}")


def _places(findings: Sequence[Finding]) -> str:
    """The first few places, each with what was typed there and what that was read as; or the rows that say nothing."""
    refs = [one.key.ref for one in findings if one.key and not one.entered]
    most = REFS_TOLD if refs else CELLS_TOLD
    places = refs or [
        f"{one.address} '{shorten(one.entered or '', 40)}'" + (f" as {one.reading}" if one.reading else "")
        for one in findings[:most]
    ]
    more = f", and {len(findings) - most} more" if len(findings) > most else ""
    return ", ".join(places[:most]) + more


def _untold(findings: Iterable[Finding], *, notes: bool) -> None:
    """How many notes have not been told, and how to read them."""
    known = load_messages().by_code
    many = sum(one.severity is Severity.NOTE and not known[one.code].told for one in findings)
    if many and not notes:
        say(f"{_many(many, 'more note')} of what was tidied: --notes tells each.")


def new(folder: Folder, *, example: bool) -> None:
    """A plan folder was made."""
    what = "the 2016/17 example" if example else "an empty grid template"
    say(f"{folder.path} is a plan folder now, with {what}: {folder.plan_file}")
    say(f"Next: fill in plan.xlsx, then look it over with: plan-sheets check --plan {folder.path}")


def checked(told: Checked, *, as_json: bool, notes: bool) -> None:
    """What stands in plan.xlsx."""
    if as_json:
        questions = [asdict(one) for one in told.questions]
        _json(
            {
                "counts": dict(told.counts),
                "findings": [finding_json(one) for one in told.findings],
                "open_questions": questions,
            }
        )
        return
    counts = ((many, what.replace("_", " ")) for what, many in told.counts.items())
    held = [_many(many, what.removesuffix("s").replace("itie", "ity"), what) for many, what in counts]
    say(f"plan.xlsx holds: {', '.join(held)}.")
    _findings(told.findings, notes=notes)
    for one in told.questions:
        say(f"    open     {one.about}: {one.question}" + (f" ({one.answers})" if one.answers else ""))
    _untold(told.findings, notes=notes)
    errors = sum(one.severity is Severity.ERROR for one in told.findings)
    say(
        f"{errors} to be mended in plan.xlsx."
        if errors
        else "Nothing has to be mended. Next: plan-sheets issue --round ... --return-by ..."
    )


def plan_read(told: PlanTakenIn, *, as_json: bool, notes: bool) -> None:
    """plan.xlsx was merged."""
    merged = told.merged
    if as_json:
        counts = {
            "taken": merged.taken,
            "queries": merged.queries,
            "errors": merged.errors,
            "unchanged": merged.unchanged,
        }
        _json({**counts, "findings": [finding_json(one) for one in merged.findings], "written": told.written})
        return
    if merged.warning:
        say(f"    warning  {merged.warning}")
    if merged.unchanged:
        say("plan.xlsx has not changed since it was last read.")
    else:
        say(
            f"plan.xlsx was merged: {_many(merged.taken, 'value')} taken, {_many(merged.queries, 'query', 'queries')}, "
            f"{_many(merged.errors, 'error')}."
        )
        _findings(merged.findings, notes=notes)
        _untold(merged.findings, notes=notes)
    if told.written:
        say(f"Written from the register: {told.written}")
    _officer(told.officer)


def _officer(made: OfficerMade | None) -> None:
    if made and (made.queries or made.proposals):
        say(f"To settle: {_many(made.queries, 'query', 'queries')}, {made.proposals} to confirm, in {made.path}")
        say("Next: fill it in, save it, and give it to: plan-sheets receive FILE (earlier ones are done with)")


def issued(told: RoundIssued, *, as_json: bool, notes: bool) -> None:
    """The workbooks of a round were made."""
    if as_json:
        rows = [
            {
                "file": one.file,
                "subgroup": one.subgroup,
                "reference": one.reference,
                "rows": one.rows,
                "supersedes": one.supersedes,
            }
            for one in told.issues
        ]
        _json({"issues": rows})
        return
    if told.merged.warning:
        say(f"    warning  {told.merged.warning}")
    if told.merged.findings:
        say("plan.xlsx was merged first:")
        _findings(told.merged.findings, notes=notes)
        _untold(told.merged.findings, notes=notes)
    for one in told.issues:
        again = (
            " (as it was issued before)"
            if one.again
            else f" (takes the place of {one.supersedes}: send it again)"
            if one.supersedes
            else ""
        )
        say(f"{one.subgroup:<12} {one.rows:>3} {'action ' if one.rows == 1 else 'actions'}  {one.file}{again}")
    _officer(told.officer)
    say("Next: send each workbook to its chair. When they come back: plan-sheets receive FILE_OR_FOLDER")


def receipt_json(one: Receipt) -> dict[str, Any]:
    """A receipt as it stands in JSON."""
    plain = {
        name: getattr(one, name)
        for name in ("file", "sha256", "kind", "verdict", "subgroup", "round", "issue", "saved_by")
    }
    counts = {"changes": one.changes, "conflicts": one.conflicts, "feedback": one.feedback}
    return {**plain, "findings": [finding_json(finding) for finding in one.findings], **counts}


def _about(one: Receipt) -> Iterator[str]:
    """What became of a file and where it comes from; of one that could not be read, no more than is known."""
    if one.verdict is not Verdict.REFUSED:
        yield f"{_many(one.changes, 'change')}, {_many(one.conflicts, 'conflict')}"
        yield f"saved by {one.saved_by or 'a program that does not say'}"
    if one.sent_by:
        yield ", ".join(filter(None, (f"sent by {one.sent_by}", one.sent_at[:10])))


def received(told: BatchReceived, *, as_json: bool, dry_run: bool, notes: bool) -> None:
    """A batch was received."""
    returns = told.receipts.returns
    totals = {str(verdict): sum(one.verdict is verdict for one in returns) for verdict in Verdict}
    if as_json:
        passed = [{"file": file, "reason": why} for file, why in told.receipts.passed_over]
        _json({"returns": [receipt_json(one) for one in returns], "totals": totals, "passed_over": passed})
        return
    for file, why in told.receipts.passed_over:
        say(f"passed over  {file} ({why})")
    for one in returns:
        whose = f" {one.issue}" if one.issue else ""
        about = "; ".join(_about(one))
        say(f"{str(one.verdict).replace('_', ' ')}{whose}: {one.file}{f' ({about})' if about else ''}")
        _findings(one.findings, notes=notes)
    _untold([finding for one in returns for finding in one.findings], notes=notes)
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
    elif any(one.kind == "master" and one.changes for one in returns):
        say("What was decided goes out with the workbooks that are issued next; plan-sheets master shows it.")
    if told.trouble:
        say(f"Recorded; but the officer's workbook was not made: {told.trouble} {told.trouble.remedy}", err=True)
        say("Then receive the same files again: nothing counts twice.", err=True)
    _officer(told.officer)


def status(told: RoundStatus, *, as_json: bool) -> None:
    """The control totals of a round."""
    if as_json:
        _json(
            {
                "round": told.round,
                "return_by": told.return_by,
                "rows": [asdict(one) for one in told.rows],
                "totals": dict(told.totals),
                "open_queries": told.open_queries,
                "decisions": told.decisions,
                "decisions_without_a_name": told.unnamed,
            }
        )
        return
    totals = told.totals
    say(
        f"{told.round}: {totals['issued']} issued = {totals['returned']} returned + "
        f"{totals['outstanding']} outstanding ({totals['late']} late)."
    )
    for one in told.rows:
        when = f"{PartialDate.of_iso(one.returned).words}  " if one.returned else ""
        late = f", {_many(one.days_late, 'day')} late" if one.days_late else ""
        say(
            f"    {one.subgroup:<12} {when}{one.verdict.replace('_', ' ')}{late}"
            + (f"  {one.completed_by}" if one.completed_by else "")
        )
    for verdict, file, sha in told.set_aside:
        say(f"    {verdict}: {file} ({sha})")
    say(f"{_many(told.open_queries, 'query', 'queries')} open.")
    if told.decisions:
        nobody = f" Nobody's name stands with {', '.join(told.unnamed)}: ask who decided it." if told.unnamed else ""
        say(f"Decisions of the Executive recorded: {told.decisions}.{nobody}")
    if told.plan:
        say(told.plan)


def mastered(told: Mastered, *, as_json: bool) -> None:
    """The master workbook was made."""
    if as_json:
        _json(asdict(told))
        return
    for warning in told.warnings:
        say(f"    warning  {warning}")
    counts = ", ".join(f"{many} {status}" for status, many in told.counts.items() if many)
    which = "public edition of the master" if told.edition == "public" else "master"
    boards = f" ({', '.join(told.boards)} only)" if told.boards else ""
    say(f"The {which} workbook of {told.round or 'the plan as a consultation draft'}{boards}: {told.path}")
    if told.paper:
        say(f"The board paper: {told.paper}")
    say(f"Actions: {counts or ('none yet' if told.round else 'not rated before the first round')}.")
    if told.edition == "public":
        say("Next: read it before it is published: a name may be spelt in a way that the register does not know.")
        return
    say("Next: read RAG status, then send it. What is decided in it comes back by: plan-sheets receive FILE")


def traced(steps: Sequence[Step], *, as_json: bool) -> None:
    """Where a value came from."""
    if as_json:
        _json([asdict(one) for one in steps])
        return
    for one in steps:
        where = f"{one.file}" + (f", {one.sheet}!{one.cell}" if one.sheet else "")
        said = f"'{one.value}'" if one.value else "blank"
        who = ", ".join(filter(None, [one.completed_by, PartialDate.of_iso(one.received).words]))
        say(
            f"{one.round or 'the plan':<12} {one.field:<14} {one.outcome:<9} {said} "
            f"(before: {one.before or 'blank'}) {who}; {where}"
        )


PLACES_TOLD = 5
"""Cells that are named where many break a rule; JSON has all of them."""
SENTENCES_TOLD = 3


def inspected(told: Sequence[Inspected], *, as_json: bool) -> None:
    """Workbooks were looked at for accessibility."""
    if as_json:
        _json({"files": [_inspected_json(one) for one in told]})
        return
    for one in told:
        if one.refused:
            say(f"{one.file} was not inspected: {one.refused}")
            continue
        many = sum(len(rule.problems) for rule in one.broken)
        say(f"{one.file}: {f'{many} findings, by {len(one.broken)} rules' if many else 'nothing found'}.")
        for broken in one.broken:
            _broken(broken)


def _inspected_json(one: Inspected) -> dict[str, Any]:
    findings = [{**asdict(problem), **asdict(broken.wording)} for broken in one.broken for problem in broken.problems]
    return {"file": one.file, "refused": one.refused or None, "findings": findings}


def _broken(broken: RuleBroken) -> None:
    """The rule, and a line for each sheet."""
    say(f"  {broken.rule}: {broken.wording.asks}")
    say(f"    Source: {broken.wording.source}.")
    say(f"    To do: {broken.wording.do}")
    for sheet, problems in groupby(broken.problems, key=lambda one: one.sheet):
        say(f"    {_where(sheet, list(problems))}")


def _where(sheet: str | None, problems: Sequence[Problem]) -> str:
    """A sheet, the cells of it, and what is wrong there, if that can be said in a few sentences."""
    cells = list(dict.fromkeys(one.cell for one in problems if one.cell))
    more = f" and {len(cells) - PLACES_TOLD} more" if len(cells) > PLACES_TOLD else ""
    where = ", ".join(filter(None, [sheet or "The file", *cells[:PLACES_TOLD]])) + more
    sentences = list(dict.fromkeys(one.sentence for one in problems))
    return f"{where}: {' '.join(sentences[:SENTENCES_TOLD])}{' And so on.' if len(sentences) > SENTENCES_TOLD else ''}"
