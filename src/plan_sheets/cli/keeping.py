"""The commands that keep the register: doctor, backup."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from plan_sheets.screen.command import (
    SOMEBODY_MUST_ACT,
    as_of_option,
    json_option,
    open_plan_folder,
    plan_option,
    read_clock,
    say_next,
)


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
