"""The commands that keep the register: doctor, backup; and the one that opens the desk."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from plan_sheets.screen.command import (
    SOMEBODY_MUST_ACT,
    as_of_option,
    as_path,
    json_option,
    open_plan_folder,
    plan_option,
    read_clock,
    say_next,
)

if TYPE_CHECKING:
    from plan_sheets.desk.guard import Access


@click.command()
@plan_option
@click.option(
    "--restore",
    metavar="[FILE]",
    is_flag=False,
    flag_value="newest",
    help="Put the newest good backup, or FILE, in the place of the register, which is kept beside it.",
)
@json_option
@as_of_option
def doctor(plan_dir: str, restore: str | None, as_json: bool, as_of: datetime | None) -> None:
    """Look whether the register and its folder are whole, and say what to do. Changes nothing without --restore.

    Exit status: 0 all is whole; 3 somebody must act on something.
    """
    from plan_sheets import doctor as deed
    from plan_sheets import office
    from plan_sheets.screen import kept as screen

    if restore:
        done = deed.restore(plan_dir, read_clock(as_of), None if restore == "newest" else restore)
        screen.print_restored(done, as_json=as_json)
    examined = office.examine_folder(plan_dir, read_clock(as_of))
    screen.print_examined(examined, as_json=as_json)
    if not as_json and not screen.print_first_of_all(examined):
        say_next(examined.open(), as_of)
    sys.exit(0 if examined.is_whole else SOMEBODY_MUST_ACT)


@click.command()
@plan_option
@click.argument("file", metavar="FILE")
@json_option
def backup(plan_dir: str, file: str, as_json: bool) -> None:
    """Copy the register to FILE while others may be writing; the copy is looked through before it counts."""
    from plan_sheets import doctor as deed
    from plan_sheets.screen import kept as screen

    screen.print_backup(deed.back_up(plan_dir, file), as_json=as_json)
    say_next(open_plan_folder(plan_dir), as_json=as_json)


@click.group()
def register() -> None:
    """Where the register is kept: a file in the plan folder, or a PostgreSQL server."""


@register.command()
@plan_option
@click.argument("url", metavar="URL|file")
@json_option
@as_of_option
def move(plan_dir: str, url: str, as_json: bool, as_of: datetime | None) -> None:
    """Move the register to a server, or back to a file in the folder; what was there is kept.

    URL is postgresql://NAME@SERVER/DATABASE#PLAN; without #PLAN the plan is called as its folder. A password belongs
    into PGPASSWORD or a password file (PGPASSFILE).
    """
    from plan_sheets import doctor as deed
    from plan_sheets.screen import kept as screen

    screen.print_moved(deed.move(plan_dir, "" if url == "file" else url, read_clock(as_of)), as_json=as_json)


@register.command()
@plan_option
@json_option
@as_of_option
def upgrade(plan_dir: str, as_json: bool, as_of: datetime | None) -> None:
    """Let this version of the program use a register of an older one. A backup is made first."""
    from plan_sheets import doctor as deed
    from plan_sheets.screen import kept as screen

    screen.print_raised(deed.upgrade(plan_dir, read_clock(as_of)), as_json=as_json)


@register.command()
@plan_option
@click.argument("role")
@json_option
def grant(plan_dir: str, role: str, as_json: bool) -> None:
    """Let a role of the server work on this plan; it sees no other plan by that."""
    from plan_sheets import doctor as deed
    from plan_sheets.screen import kept as screen

    screen.print_granted(deed.grant(plan_dir, role), role, as_json=as_json)


@click.command()
@plan_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default any that is free.")
@click.option("--no-browser", is_flag=True, help="Only print the link.")
@as_of_option
def desk(plan_dir: str, port: int, no_browser: bool, as_of: datetime | None) -> None:
    """Open the officer's desk: a page in the browser of this machine, which does what the commands do.

    It closes an hour after it was last used, or with Ctrl+C. Nobody else can open it.
    """
    import logging
    from importlib.util import find_spec

    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.screen.lines import say

    if any(find_spec(name) is None for name in ("starlette", "uvicorn", "govuk_frontend_jinja", "multipart")):
        raise PlanSheetsError(
            "The desk needs a few packages more.",
            'Install them, in the folder of the program, with: pip install ".[desk]"',
        )
    from plan_sheets.desk.serve import serve

    if click.get_current_context().find_root().params.get("debug"):
        logging.basicConfig(level=logging.DEBUG)

    def tell(access: Access) -> None:
        say(f"The desk is open: {access.link}", keep=[access.link])
        say("It closes an hour after it was last used, or with Ctrl+C.")
        if not no_browser:
            import webbrowser

            webbrowser.open(access.link_once)

    serve(as_path(plan_dir), lambda: read_clock(as_of), port, tell)
