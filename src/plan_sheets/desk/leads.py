"""Where on the desk each thing is done that a sentence speaks of: pages lead there, as commands are for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.screen.lines import ToldLine

if TYPE_CHECKING:
    from plan_sheets.asking.status import ToDo

Leads = Sequence[tuple[str, str]]
"""Addresses, each with its words."""

TASKS: dict[str, Leads] = {
    "plan_saved": [("/plan/changes", "See what it would change, and take it in")],
    "plan_empty": [("/plan", "Download it, and give it back")],
    "plan_errors": [("/plan#found", "See what is wrong")],
    "held": [("/settle/held-files", "Held files")],
    "settle": [("/settle", "Settle")],
    "send_back": [("/send#sent", "Draft the e-mails")],
    "edition_touched": [("/masters", "Make the edition")],
    "first_round": [("/masters", "Make the draft"), ("/send", "Issue the round")],
    "send": [("/send#sent", "Workbooks and drafts"), ("/returns", "Take returns in")],
    "wait": [("/returns", "Take returns in")],
    "chase": [("/send#sent", "Draft reminders"), ("/returns", "Take returns in")],
    "mend": [("/returns", "Take returns in"), ("/send#sent", "Draft the e-mails once more")],
    "draft": [("/masters", "Make the draft")],
    "hand_over": [("/masters", "Read it, and hand it over")],
    "decisions": [("/masters", "Download it"), ("/returns", "Take it in when it comes back")],
    "year_end": [("/plan/year", "End the year")],
    "new_year": [("/plan", "Plan")],
    "next_round": [("/send", "Issue the round")],
}
"""For each thing to do, by the code of its sentence in `schemas/next.yaml`."""
COMMANDS = {
    "plan": ("/plan", "Plan"),
    "check": ("/plan#found", "Plan"),
    "issue": ("/send", "Issue and send"),
    "mail": ("/send#sent", "Issue and send"),
    "receive": ("/returns", "Returns"),
    "officer": ("/settle", "Settle"),
    "master": ("/masters", "Masters"),
    "differ": ("/masters", "Masters"),
    "trace": ("/trace", "Trace"),
    "status": ("/", "The round"),
    "next": ("/", "The round"),
    "close-year": ("/plan/year", "End the year"),
    "withdraw": ("/keep#withdraw", "Correct and keep"),
    "redact": ("/keep#redact", "Correct and keep"),
    "allow": ("/keep#allow", "Correct and keep"),
    "doctor": ("/keep#examine", "Correct and keep"),
    "backup": ("/keep#backup", "Correct and keep"),
}
"""For each command that can be done on the desk."""
_WORDS = {"--notes tells each": "Tell every cell shows each"}
"""What an option of a command is on the desk."""
_COMMAND = re.compile(r"plan-sheets ([a-z-]+)( \S*officer[/\\])?")


def find_leads(text: str) -> Leads:
    """Where that is done of which a sentence names the commands; the officer's workbook is filled in under Settle."""
    named = (COMMANDS.get("officer" if officer else name) for name, officer in _COMMAND.findall(text))
    return [*dict.fromkeys(lead for lead in named if lead)]


def cut_paths(text: str, folder: Path) -> str:
    """A sentence as it stands on the desk: files of the plan folder by their names within it, and no option."""
    for option, words in _WORDS.items():
        text = text.replace(option, words)
    homes = "|".join(re.escape(str(path)) for path in dict.fromkeys([folder.resolve(), folder]))
    return re.sub(rf"(?<![\w/\\.-])(?:{homes})[/\\]", "", text)


def cut_lines(told: Sequence[ToldLine], folder: Path) -> list[ToldLine]:
    """The same of lines that were told; which files they tell of stays known."""
    return [replace(line, cells=tuple(cut_paths(cell, folder) for cell in line.cells)) for line in told]


def cut_trouble(trouble: PlanSheetsError, folder: Path) -> PlanSheetsError:
    """The same of what makes a deed impossible."""
    reasons = [cut_paths(reason, folder) for reason in trouble.reasons]
    words = cut_paths(str(trouble), folder), cut_paths(trouble.remedy, folder)
    return PlanSheetsError(*words, reasons=reasons, recorded=trouble.recorded)


def cut_task(task: ToDo, folder: Path) -> ToDo:
    """The same of something to do."""
    return task._replace(words=cut_paths(task.words, folder))
