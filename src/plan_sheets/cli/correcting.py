"""The commands that correct what was taken in, or let it pass: withdraw, redact, allow."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from plan_sheets.screen.command import (
    SOMEBODY_MUST_ACT,
    as_of_option,
    complete,
    json_option,
    open_plan_folder,
    plan_option,
    read_clock,
    say_next,
)
from plan_sheets.screen.days import Day


@click.command()
@plan_option
@click.argument("name", metavar="RETURN", shell_complete=complete("return"))
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
    say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if done.stands or done.asked else 0)


@click.command()
@plan_option
@click.argument("about", metavar="RETURN|REF", shell_complete=complete("return", "ref"))
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
    say_next(folder, as_of, as_json=as_json)
    sys.exit(SOMEBODY_MUST_ACT if done.holding or done.not_made else 0)


@click.command()
@plan_option
@click.argument("code")
@click.option("--subgroup", required=True, help="The subgroup's code.", shell_complete=complete("subgroup"))
@click.option("--until", type=Day(), required=True, help='Its last day: 31/12/2016, or "31 December 2016".')
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
    say_next(folder, as_of, as_json=as_json)
