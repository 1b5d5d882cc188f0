"""The commands of a round: new, check, plan, issue, receive, master, mail, close-year, demo."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from plan_sheets.screen.command import (
    REFUSED,
    SOMEBODY_MUST_ACT,
    allow_option,
    as_of_option,
    as_path,
    complete,
    complete_paths,
    json_option,
    notes_option,
    open_plan_folder,
    plan_option,
    read_clock,
    reason_option,
    register_option,
    say_next,
    show_progress,
    start_processes,
)
from plan_sheets.screen.days import Day


@click.command()
@click.argument("directory", shell_complete=complete_paths)
@click.option("--example", is_flag=True, help="The worked example, 2016/17, instead of an empty template.")
@register_option
@as_of_option
def new(directory: str, example: bool, as_of: datetime | None) -> None:
    """Make a plan folder with plan.xlsx, the grid template."""
    from plan_sheets import plan
    from plan_sheets.screen import deeds as screen

    folder = plan.new_plan(directory, read_clock(as_of), example=example)
    screen.print_new_plan(folder, example=example)
    say_next(folder, as_of)


@click.command()
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
    say_next(folder, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if any(finding.severity.has_to_be_mended for finding in checked.findings) else 0)


@click.command(name="plan")
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
    say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if read.merged.queries or read.merged.errors else 0)


@click.command()
@plan_option
@click.option(
    "--round", "code", required=True, is_eager=True, help="The round, as 2016-17-Q1.", shell_complete=complete("round")
)
@click.option("--return-by", type=Day(), required=True, help='When it shall be back: 15/7/2016, or "15 July 2016".')
@click.option(
    "--subgroup",
    "subgroups",
    multiple=True,
    help="Only this subgroup's code; may be given several times.",
    shell_complete=complete("subgroup"),
)
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
    with show_progress("Making workbooks", quiet=as_json) as tell:
        issued = office.issue_round(folder, code, return_by.date(), read_clock(as_of), subgroups, tell)
    screen.print_issues(issued, as_json=as_json, notes=notes)
    say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if issued.merged.queries or issued.merged.errors else 0)


@click.command()
@plan_option
@click.argument("paths", nargs=-1, required=True, shell_complete=complete_paths)
@click.option("--dry-run", is_flag=True, help="Say everything, record nothing.")
@click.option("--issue", "reference", default="", help="Whose the one file is: the reference on its About sheet.")
@click.option(
    "--replaces", default="", help="The return that the one file replaces, as DA-1.", shell_complete=complete("return")
)
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
    with start_processes(files) as executor, show_progress("Receiving", quiet=as_json) as tell:
        received = office.receive_files(
            folder, files, read_clock(as_of), instructions, dry_run=dry_run, executor=executor, tell=tell
        )
    screen.print_receipts(received, as_json=as_json, dry_run=dry_run, notes=notes)
    say_next(folder, as_of, as_json=as_json)
    if received.receipts.are_refused and not received.trouble:
        sys.exit(REFUSED)
    sys.exit(SOMEBODY_MUST_ACT if received.trouble or received.receipts.ask_somebody else 0)


@click.command()
@plan_option
@click.option("--round", "code", help="The round; by default the latest.", shell_complete=complete("round"))
@click.option(
    "--output", help="Where to write it; by default master/ in the plan folder.", shell_complete=complete_paths
)
@click.option(
    "--paper",
    metavar="FILE.docx",
    help="Write the same in Word too, for an agenda pack.",
    shell_complete=complete_paths,
)
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
@click.option(
    "--region",
    metavar="FILE.xlsx",
    help="Write how all plans stand, each by its own master: those of the register, or in the folders below --plan.",
    shell_complete=complete_paths,
)
@click.option("--title", default="", help="What the region is called in that workbook.")
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
    region: str | None,
    title: str,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Make the master workbook, with the RAG status first: a draft, or with --hand-over an edition that stays.

    With --region: exit status 3 if nothing can be told of one of the plans.
    """
    from plan_sheets import master as deed
    from plan_sheets.screen import deeds as screen

    if region:
        _check_alone(output=output, paper=paper, board=boards, hand_over=hand_over, anyway=anyway, number=number)
        _make_region(plan_dir, region, title, code, edition, read_clock(as_of), as_json=as_json)
        return
    if title:
        raise click.UsageError("--title speaks of --region.")
    folder = open_plan_folder(plan_dir)
    with show_progress("Making the master", quiet=as_json) as tell:
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
            tell=tell,
        )
    screen.print_master(made, as_json=as_json)
    say_next(folder, as_of, as_json=as_json)


def _check_alone(**others: object) -> None:
    """Raise UsageError for an option of `master` that says nothing of a region's workbook."""
    if given := [name.replace("_", "-") for name, value in others.items() if value]:
        raise click.UsageError(f"--region and --{given[0]} do not go together.")


def _make_region(
    plan_dir: str, output: str, title: str, code: str | None, edition: str, now: datetime, *, as_json: bool
) -> None:
    """Make the workbook of a region, and end the command."""
    from plan_sheets import region as deed
    from plan_sheets.core.model.printable import readable
    from plan_sheets.screen import plans as screen

    with show_progress("Reading plans", quiet=as_json) as tell:
        made = deed.make_region(
            plan_dir, code, output, now, edition=edition, title=readable(title) or deed.TITLE, tell=tell
        )
    screen.print_region(made, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if made.not_told else 0)


@click.command()
@plan_option
@click.option("--round", "code", help="The round; by default the latest.", shell_complete=complete("round"))
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
    say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if any(finding.severity != "note" for finding in made.findings) else 0)


@click.command(name="close-year")
@plan_option
@json_option
@as_of_option
def close_year(plan_dir: str, as_json: bool, as_of: datetime | None) -> None:
    """End the plan's year: say what is finished and what is not, and write next year's plan.xlsx."""
    from plan_sheets import office
    from plan_sheets.screen import year_end as screen

    folder = open_plan_folder(plan_dir)
    screen.print_year_closed(office.close_year(folder, read_clock(as_of)), as_json=as_json)
    say_next(folder, as_of, as_json=as_json)


@click.command()
@click.argument("directory", default="demo")
def demo(directory: str) -> None:
    """The whole thing on the example: two rounds, chairs with good and bad habits, a master."""
    from plan_sheets import demo as deed
    from plan_sheets.screen.lines import find_columns, say

    deed.run_demo(as_path(directory), say, find_columns(otherwise=deed.WIDTH))
    say_next(open_plan_folder(directory))
