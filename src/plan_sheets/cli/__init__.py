"""The command line: parses, calls the deeds, prints, gives the exit status. It says what happened and what is next."""

from __future__ import annotations

import click

from plan_sheets.cli import asking, correcting, keeping, rounds
from plan_sheets.screen.command import Group


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


for command in (
    rounds.new,
    rounds.check,
    rounds.merge,
    rounds.issue,
    rounds.receive,
    asking.plans,
    asking.status,
    asking.what_next,
    rounds.master,
    rounds.mail,
    rounds.close_year,
    asking.trace,
    correcting.withdraw,
    correcting.redact,
    correcting.allow,
    asking.differ,
    asking.inspect,
    keeping.doctor,
    keeping.backup,
    keeping.register,
    keeping.desk,
    rounds.demo,
):
    main.add_command(command)
