"""The commands that ask: plans, status, next, trace, differ, inspect."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from plan_sheets.screen.command import (
    REFUSED,
    SOMEBODY_MUST_ACT,
    as_of_option,
    complete,
    complete_paths,
    json_option,
    open_plan_folder,
    plan_option,
    read_clock,
    say_next,
    show_progress,
)

if TYPE_CHECKING:
    from plan_sheets.asking.plans import OfAllPlans


all_option = click.option(
    "--all", "everywhere", is_flag=True, help="Of all plans: of the register, or in the folders below --plan."
)


@click.command()
@plan_option
@click.argument("folders", metavar="[FOLDER]...", nargs=-1, shell_complete=complete_paths)
@json_option
@as_of_option
def plans(plan_dir: str, folders: tuple[str, ...], as_json: bool, as_of: datetime | None) -> None:
    """The plans at hand: title, year, last round, who reported, last master. Changes nothing.

    FOLDER is a plan folder, or one in which plan folders lie; by default what --plan says. Exit status: 0 done; 1 no
    plan, or none that can be read; 3 one of them cannot be read.
    """
    from plan_sheets.asking import plans as deed
    from plan_sheets.screen import plans as screen

    found = deed.list_plans(folders or plan_dir, read_clock(as_of).date())
    screen.print_plans(found, as_json=as_json)
    end_with_all(found)


def end_with_all(found: OfAllPlans[Any]) -> None:
    """End a command that looked at several plans with its exit status."""
    if found.failed:
        sys.exit(SOMEBODY_MUST_ACT if found.read else REFUSED)


@click.command()
@plan_option
@click.option("--round", "code", help="The round; by default the latest.", shell_complete=complete("round"))
@click.option("--findings", is_flag=True, help="With all that was found in what came, dealt with or not.")
@all_option
@json_option
@as_of_option
def status(
    plan_dir: str, code: str | None, findings: bool, everywhere: bool, as_json: bool, as_of: datetime | None
) -> None:
    """Who has returned, who has not, what is held, what is late; before the first round, what waits."""
    from plan_sheets.asking import status as deed
    from plan_sheets.screen import asked as screen

    if everywhere:
        from plan_sheets.asking import plans as of_plans
        from plan_sheets.screen import plans as plans_screen

        if findings and not as_json:
            raise click.UsageError("--findings of all plans are told with --json alone.")
        found = of_plans.status_of_all(plan_dir, code, read_clock(as_of).date(), findings=findings)
        plans_screen.print_status_of_all(found, of_plans.add_totals(found.read), as_json=as_json)
        end_with_all(found)
        return
    folder = open_plan_folder(plan_dir)
    screen.print_status(deed.status_of(folder, code, read_clock(as_of).date(), findings=findings), as_json=as_json)
    say_next(folder, as_of, as_json=as_json)


@click.command(name="next")
@plan_option
@all_option
@json_option
@as_of_option
def what_next(plan_dir: str, everywhere: bool, as_json: bool, as_of: datetime | None) -> None:
    """Where the plan stands and what to do now, in order; every other command ends with the first of it."""
    from plan_sheets.asking import status as deed
    from plan_sheets.screen import asked as screen

    if everywhere:
        from plan_sheets.asking import plans as of_plans
        from plan_sheets.screen import plans as plans_screen

        found = of_plans.what_next_of_all(plan_dir, read_clock(as_of).date())
        plans_screen.print_next_of_all(found, as_json=as_json)
        end_with_all(found)
        return
    what = deed.what_next(open_plan_folder(plan_dir), read_clock(as_of).date())
    screen.print_what_next(what, as_json=as_json)


@click.command()
@plan_option
@click.argument("about", metavar="REF|RETURN", shell_complete=complete("ref", "return", "subgroup"))
@click.argument("field", required=False)
@click.option("--all", "everything", is_flag=True, help="With what came back untouched.")
@json_option
def trace(plan_dir: str, about: str, field: str | None, everything: bool, as_json: bool) -> None:
    """Where a value came from: every time somebody said something about REF (J2a.1), or one FIELD of it.

    FIELD is its name or its heading. Of a return (DA-1), or of a subgroup by its code: messages, e-mails and texts
    outside the tables as well.
    """
    from plan_sheets.asking import trace as deed
    from plan_sheets.core.model.printable import readable
    from plan_sheets.screen import asked as screen

    folder = open_plan_folder(plan_dir)
    wanted = readable(field) if field else None
    steps = deed.trace_value(folder, readable(about), wanted, everything=everything)
    screen.print_steps(steps, readable(about), as_json=as_json)
    say_next(folder, as_json=as_json)


@click.command()
@plan_option
@click.argument("before", metavar="A", shell_complete=complete_paths)
@click.argument("after", metavar="B", shell_complete=complete_paths)
@click.option("--output", metavar="FILE.xlsx", help="Write it as a workbook too.")
@json_option
@as_of_option
def differ(plan_dir: str, before: str, after: str, output: str | None, as_json: bool, as_of: datetime | None) -> None:
    """Say what differs between two masters, cell by cell: before, after, and who has said something in between."""
    from plan_sheets.asking import differ as deed
    from plan_sheets.screen import asked as screen

    folder = open_plan_folder(plan_dir)
    compared = deed.compare_masters(folder, before, after, read_clock(as_of), output or None)
    screen.print_compared(compared, as_json=as_json)
    say_next(folder, as_of, as_json=as_json)


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, shell_complete=complete_paths)
@json_option
def inspect(paths: tuple[str, ...], as_json: bool) -> None:
    """Say what makes workbooks, anybody's, inaccessible: by rule, each with its source and what to do.

    Changes nothing. Exit status: 0 nothing found; 1 no file could be inspected; 3 something found, or a file refused.
    """
    from plan_sheets.asking import inspect
    from plan_sheets.screen import inspected as screen

    with show_progress("Inspecting", quiet=as_json) as tell:
        files = inspect.inspect_files(paths, tell)
    screen.print_inspected(files, as_json=as_json)
    if all(file.refused for file in files):
        sys.exit(REFUSED)
    sys.exit(SOMEBODY_MUST_ACT if any(file.broken or file.refused for file in files) else 0)
