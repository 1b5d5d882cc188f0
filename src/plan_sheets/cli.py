"""The command line: parses, calls the deeds, prints, gives the exit status. It says what happened and what is next."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from plan_sheets.screen.command import (
    REFUSED,
    SOMEBODY_MUST_ACT,
    Group,
    allow_option,
    as_of_option,
    as_path,
    json_option,
    notes_option,
    open_plan_folder,
    plan_option,
    read_clock,
    reason_option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from pathlib import Path

    from plan_sheets.store.plan_folder import Folder


def _start_processes(paths: Sequence[Path]) -> AbstractContextManager[Executor | None]:
    """Processes to share the work, if there may be much of it: a folder, or a file that may hold many."""
    from contextlib import nullcontext

    if all(path.suffix.lower() == ".xlsx" for path in paths):
        return nullcontext()
    from plan_sheets.store.receiving.pool import processes

    return processes()


def _say_next(folder: Folder, as_of: datetime | None = None, *, as_json: bool = False) -> None:
    """End a command with the one thing to do now. What the command did stands, whether that can be read or not."""
    from contextlib import suppress

    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.screen.asked import print_next
    from plan_sheets.status import what_next

    if not as_json:
        with suppress(PlanSheetsError):
            print_next(what_next(folder, read_clock(as_of).date()))


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="plan-sheets", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, hidden=True)
def main(debug: bool) -> None:
    """Carry a safeguarding business plan round by round, in locked workbooks.

    \b
    A round in five commands:
      plan-sheets new my-plan --example             a plan folder with plan.xlsx
      plan-sheets issue --round 2016-17-Q1 --return-by 2016-07-15
      plan-sheets receive inbox                     what came back by e-mail
      plan-sheets receive officer/2016-17-q1.xlsx   what you settled and confirmed
      plan-sheets master                            what the executive reads
    What to do now, at any time: plan-sheets next

    Exit status: 0 done; 1 refused, nothing changed; 2 misused; 3 done, and somebody must act on something.
    """  # noqa: D301 - click wants the backspace itself in front of a paragraph that it must not wrap
    del debug


@main.command()
@click.argument("directory")
@click.option("--example", is_flag=True, help="The worked example, 2016/17, instead of an empty template.")
@as_of_option
def new(directory: str, example: bool, as_of: datetime | None) -> None:
    """Make a plan folder with plan.xlsx, the grid template."""
    from plan_sheets import plan
    from plan_sheets.screen import deeds as screen

    folder = plan.new_plan(directory, read_clock(as_of), example=example)
    screen.print_new_plan(folder, example=example)
    _say_next(folder, as_of)


@main.command()
@plan_option
@notes_option
@json_option
def check(plan_dir: str, notes: bool, as_json: bool) -> None:
    """Read plan.xlsx as it stands: findings, open questions, warnings. Changes nothing."""
    from plan_sheets import plan
    from plan_sheets.screen import deeds as screen

    folder = open_plan_folder(plan_dir)
    checked = plan.check_plan(folder)
    screen.print_check(checked, as_json=as_json, notes=notes)
    _say_next(folder, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if any(finding.severity.has_to_be_mended for finding in checked.findings) else 0)


@main.command(name="plan")
@plan_option
@click.option("--write", is_flag=True, help="Write plan.xlsx anew from the register.")
@allow_option
@reason_option
@notes_option
@json_option
@as_of_option
def merge(
    plan_dir: str,
    write: bool,
    allow: tuple[str, ...],
    reason: str,
    notes: bool,
    as_json: bool,
    as_of: datetime | None,
) -> None:
    """Merge plan.xlsx into the register. Nothing in the register is ever deleted."""
    from plan_sheets import office
    from plan_sheets.core.model.printable import readable
    from plan_sheets.core.model.receipts import Instructions
    from plan_sheets.screen import deeds as screen

    instructions = Instructions(allow=frozenset(allow), reason=readable(reason))
    folder = open_plan_folder(plan_dir)
    read = office.merge_plan(folder, read_clock(as_of), instructions, write=write)
    screen.print_merged_plan(read, as_json=as_json, notes=notes)
    _say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if read.merged.queries or read.merged.errors else 0)


@main.command()
@plan_option
@click.option("--round", "code", required=True, help="The round, as 2016-17-Q1.")
@click.option(
    "--return-by", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When it shall be back, as 2016-07-15."
)
@click.option("--subgroup", "subgroups", multiple=True, help="Only this subgroup's code; may be given several times.")
@notes_option
@json_option
@as_of_option
def issue(
    plan_dir: str,
    code: str,
    return_by: datetime,
    subgroups: tuple[str, ...],
    notes: bool,
    as_json: bool,
    as_of: datetime | None,
) -> None:
    """Make the locked workbooks of a round, one for each subgroup."""
    from plan_sheets import office
    from plan_sheets.screen import deeds as screen

    folder = open_plan_folder(plan_dir)
    issued = office.issue_round(folder, code, return_by.date(), read_clock(as_of), subgroups)
    screen.print_issues(issued, as_json=as_json, notes=notes)
    _say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if issued.merged.queries or issued.merged.errors else 0)


@main.command()
@plan_option
@click.argument("paths", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say everything, record nothing.")
@click.option("--issue", "reference", default="", help="Whose the one file is: the reference on its About sheet.")
@click.option("--replaces", default="", help="The return that the one file replaces, as DA-1.")
@allow_option
@reason_option
@notes_option
@json_option
@as_of_option
def receive(
    plan_dir: str,
    paths: tuple[str, ...],
    dry_run: bool,
    reference: str,
    replaces: str,
    allow: tuple[str, ...],
    reason: str,
    notes: bool,
    as_json: bool,
    as_of: datetime | None,
) -> None:
    """Take returned workbooks in: files, or folders of them. A verdict for each; nothing typed is lost."""
    from plan_sheets import office
    from plan_sheets.core.model.printable import readable
    from plan_sheets.core.model.receipts import Instructions
    from plan_sheets.screen import deeds as screen

    instructions = Instructions(readable(reference), readable(replaces), frozenset(allow), readable(reason))
    files, folder = [as_path(path) for path in paths], open_plan_folder(plan_dir)
    with _start_processes(files) as executor:
        received = office.receive_files(
            folder, files, read_clock(as_of), instructions, dry_run=dry_run, executor=executor
        )
    screen.print_receipts(received, as_json=as_json, dry_run=dry_run, notes=notes)
    _say_next(folder, as_of, as_json=as_json)
    if received.receipts.are_refused and not received.trouble:
        sys.exit(REFUSED)
    sys.exit(SOMEBODY_MUST_ACT if received.trouble or received.receipts.ask_somebody else 0)


@main.command()
@plan_option
@click.option("--round", "code", help="The round; by default the latest.")
@json_option
@as_of_option
def status(plan_dir: str, code: str | None, as_json: bool, as_of: datetime | None) -> None:
    """Who has returned, who has not, what is held, what is late; before the first round, what waits."""
    from plan_sheets import status as deed
    from plan_sheets.screen import asked as screen

    folder = open_plan_folder(plan_dir)
    screen.print_status(deed.status_of(folder, code, read_clock(as_of).date()), as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)


@main.command()
@plan_option
@click.option("--round", "code", help="The round; by default the latest.")
@click.option("--issue", is_flag=True, help="The workbook of each subgroup, with the chair's pages in short.")
@click.option("--feedback", is_flag=True, help="What is to be mended, with the feedback workbook.")
@click.option("--chase", is_flag=True, help="A reminder to who is late; the third goes to the Board lead. Recorded.")
@click.option("--thanks", is_flag=True, help="What was taken of each return, and what was decided.")
@click.option("--decisions", is_flag=True, help="What the Executive decided, to who leads the actions.")
@json_option
@as_of_option
def mail(plan_dir: str, code: str | None, as_json: bool, as_of: datetime | None, **kinds: bool) -> None:
    """Draft the e-mails of a round, workbooks attached, into mail/. Nothing is sent.

    Several kinds may be given. Without any all are drafted but reminders: those are recorded.
    """
    from plan_sheets import mail as deed
    from plan_sheets.screen import asked as screen

    folder = open_plan_folder(plan_dir)
    made = deed.draft_mails(folder, code, read_clock(as_of), [kind for kind, wanted in kinds.items() if wanted])
    screen.print_drafts(made, folder.path, as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if made.findings else 0)


@main.command(name="next")
@plan_option
@json_option
@as_of_option
def what_next(plan_dir: str, as_json: bool, as_of: datetime | None) -> None:
    """Where the plan stands and what to do now, in order; every other command ends with the first of it."""
    from plan_sheets import status as deed
    from plan_sheets.screen import asked as screen

    what = deed.what_next(open_plan_folder(plan_dir), read_clock(as_of).date())
    screen.print_what_next(what, as_json=as_json)


@main.command()
@plan_option
@click.option("--round", "code", help="The round; by default the latest.")
@click.option("--output", help="Where to write it; by default master/ in the plan folder.")
@click.option("--paper", metavar="FILE.docx", help="Write the same in Word too, for an agenda pack.")
@click.option(
    "--edition",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    help="public names nobody, and holds of free text only what was released in the officer's workbook.",
)
@click.option("--board", "boards", default="", help="Only these boards, as J,L; by default all.")
@click.option(
    "--hand-over", is_flag=True, help="Make it a numbered edition, which stays as it is, and close the round."
)
@click.option("--anyway", is_flag=True, help="Hand over although queries are open.")
@click.option("--number", type=click.IntRange(min=1), help="Make this edition again, as it was handed over.")
@as_of_option
@json_option
def master(
    plan_dir: str,
    code: str | None,
    output: str | None,
    paper: str | None,
    edition: str,
    boards: str,
    hand_over: bool,
    anyway: bool,
    number: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Make the master workbook, with the RAG status first: a draft, or with --hand-over an edition that stays."""
    from plan_sheets import master as deed
    from plan_sheets.screen import deeds as screen

    folder = open_plan_folder(plan_dir)
    made = deed.make_master(
        folder,
        code,
        read_clock(as_of),
        output or None,
        paper or None,
        edition=edition,
        boards=boards,
        hand_over=hand_over,
        number=number,
        anyway=anyway,
    )
    screen.print_master(made, as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)


@main.command()
@plan_option
@click.argument("about", metavar="REF|RETURN")
@click.argument("field", required=False)
@click.option("--all", "everything", is_flag=True, help="With what came back untouched.")
@json_option
def trace(plan_dir: str, about: str, field: str | None, everything: bool, as_json: bool) -> None:
    """Where a value came from: every time somebody said something about REF (J2a.1), or one FIELD of it.

    FIELD is its name or its heading. Of a return (DA-1), or of a subgroup by its code: messages, e-mails and texts
    outside the tables as well.
    """
    from plan_sheets import trace as deed
    from plan_sheets.core.model.printable import readable
    from plan_sheets.screen import asked as screen

    folder = open_plan_folder(plan_dir)
    wanted = readable(field) if field else None
    steps = deed.trace_value(folder, readable(about), wanted, everything=everything)
    screen.print_steps(steps, readable(about), as_json=as_json)
    _say_next(folder, as_json=as_json)


@main.command()
@plan_option
@click.argument("name", metavar="RETURN")
@click.option("--reason", required=True, help="Why; it is recorded and shown.")
@json_option
@as_of_option
def withdraw(plan_dir: str, name: str, reason: str, as_json: bool, as_of: datetime | None) -> None:
    """Withdraw a return that was taken in by mistake, as DA-1: what only it said stands no more. Nothing is deleted."""
    from plan_sheets import office
    from plan_sheets.core.model.printable import readable
    from plan_sheets.screen import deeds as screen

    folder = open_plan_folder(plan_dir)
    done, made = office.withdraw_return(folder, readable(name), readable(reason), read_clock(as_of))
    screen.print_withdrawn(done, made, as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if done.stands or done.asked else 0)


@main.command()
@plan_option
@click.argument("code")
@click.option("--subgroup", required=True, help="The subgroup's code.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its last day, as 2016-12-31.")
@click.option("--by", required=True, help="Who allows it; it is recorded and shown.")
@click.option("--reason", required=True, help="Why; it is recorded and shown.")
@json_option
@as_of_option
def allow(
    plan_dir: str,
    code: str,
    subgroup: str,
    until: datetime,
    by: str,
    reason: str,
    as_json: bool,
    as_of: datetime | None,
) -> None:
    """Let a subgroup's returns pass a rule of the plan until a day: CODE, as required or too_long, is a note meanwhile.

    What guards, identifies, merges or screens can never be let pass.
    """
    from plan_sheets import office
    from plan_sheets.core.model.printable import readable
    from plan_sheets.screen import deeds as screen

    folder, now = open_plan_folder(plan_dir), read_clock(as_of)
    words = readable(code), readable(subgroup), until.date(), readable(by), readable(reason)
    waiver, made = office.allow_rule(folder, *words, now)
    screen.print_waiver(waiver, made, now.date(), as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)


@main.command()
@plan_option
@click.argument("about", metavar="RETURN|REF")
@click.argument("field", required=False)
@click.option("--reason", required=True, help="Why; it is recorded.")
@json_option
@as_of_option
def redact(plan_dir: str, about: str, field: str | None, reason: str, as_json: bool, as_of: datetime | None) -> None:
    """Take out for good what should never have been written: of a return, or about REF (J2a.1) and one FIELD of it."""
    from plan_sheets import office
    from plan_sheets.core.model.printable import readable
    from plan_sheets.screen import deeds as screen

    folder = open_plan_folder(plan_dir)
    done = office.redact_texts(folder, readable(about), readable(reason), read_clock(as_of), readable(field or ""))
    screen.print_redacted(done, as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if done.holding or done.not_made else 0)


@main.command()
@plan_option
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--output", metavar="FILE.xlsx", help="Write it as a workbook too.")
@json_option
@as_of_option
def differ(plan_dir: str, before: str, after: str, output: str | None, as_json: bool, as_of: datetime | None) -> None:
    """Say what differs between two masters, cell by cell: before, after, and who has said something in between."""
    from plan_sheets import differ as deed
    from plan_sheets.screen import asked as screen

    folder = open_plan_folder(plan_dir)
    compared = deed.compare_masters(folder, before, after, read_clock(as_of), output or None)
    screen.print_compared(compared, as_json=as_json)
    _say_next(folder, as_of, as_json=as_json)


@main.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@json_option
def inspect(paths: tuple[str, ...], as_json: bool) -> None:
    """Say what makes workbooks, anybody's, inaccessible: by rule, each with its source and what to do.

    Changes nothing. Exit status: 0 nothing found; 1 no file could be inspected; 3 something found, or a file refused.
    """
    from plan_sheets import inspect
    from plan_sheets.screen import inspected as screen

    files = inspect.inspect_files(paths)
    screen.print_inspected(files, as_json=as_json)
    if all(file.refused for file in files):
        sys.exit(REFUSED)
    sys.exit(SOMEBODY_MUST_ACT if any(file.broken or file.refused for file in files) else 0)


@main.command()
@click.argument("directory", default="demo")
def demo(directory: str) -> None:
    """The whole thing on the example: two rounds, chairs with good and bad habits, a master."""
    from plan_sheets import demo as deed
    from plan_sheets.screen.lines import say

    deed.run_demo(as_path(directory), say)
