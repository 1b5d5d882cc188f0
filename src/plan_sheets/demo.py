"""The demo: two rounds of the worked example, with chairs who fill in their workbooks as people do, and a master.

What happens, and what everybody types, stands in `workbooks/demo-2016-17.yaml`; here it is done and told. Nobody in it
is given anything that a real chair or officer would not have: they find a cell by sheet, row and heading.
"""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from plan_sheets import master, office, officer, plan
from plan_sheets.asking import status
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Severity, Verdict
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.core.model.rounds import Round
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.engines.places import check_not_given

SECRET = b"the demo signs with this one key"
"""The 32 bytes that sign: fixed, so that each run makes the same parts. Nothing but the demo may use them."""
WIDTH = 120
"""Characters a line."""
ANSWERS = {
    "Start here": "Your answer",
    "Queries": "Your choice",
    "To confirm": "Confirm",
    "Public text": "Public text",
}
"""The heading under which a row's only text is typed."""
MANY = {"error": "errors", "query": "queries", "warning": "warnings", "note": "notes"}
"""Severities of the findings that a return's line counts, and the words for several of each."""
QUIET = {"date_month_end", "completed_by_unknown", "email_several"}
"""Codes of notes that are no part of the story."""

Typed = Mapping[str, Mapping[str, Any]]
"""What is typed: by sheet and row, a text, or texts by heading; None empties a cell, a date makes a date cell."""


def run_demo(directory: Path, say: Callable[[str], object], width: int = WIDTH) -> None:
    """Run the demo in a new plan folder, and tell each thing that happens by `say`. The same text and parts every time.

    `width`: characters of a line. Raises PlanSheetsError if `directory` holds a plan already.
    """
    script = schemas.load_demo()
    begins = script["begins"]
    check_not_given()
    folder = plan.new_plan(directory, _choose_time(begins), example=True, secret=SECRET)
    try:
        demo = _Demo(folder, say, width)
        demo.tell(f"{_describe_day(begins)}: {directory} is a plan folder with the example for 2016/17.")
        demo.check()
        for part in script["rounds"]:
            demo.play(part)
    finally:
        folder.register.close()


@dataclass(slots=True)
class _Demo:
    """The plan folder, and how to tell of it."""

    folder: Folder
    say: Callable[[str], object]
    width: int
    """Characters of a line."""
    told: set[str] = field(default_factory=set)
    """Codes of the findings told already: each kind is told in full once."""
    sent_back: dict[str, Path] = field(default_factory=dict)
    """The feedback workbook of each subgroup that has one, by its code."""

    def tell(self, text: str, indent: str = "") -> None:
        """Print a text, in several lines if it is longer than one."""
        # A path is copied from the screen, so it is never broken.
        whole = textwrap.TextWrapper(
            self.width, indent, f"{indent}    ", break_long_words=False, break_on_hyphens=False
        )
        for line in whole.wrap(text):
            self.say(line)

    def check(self) -> None:
        """The plan as it was drafted."""
        checked = plan.check_plan(self.folder)
        what = ("priorities", "themes", "actions", "open_questions")
        counted = ", ".join(f"{checked.counts[name]} {name.replace('_', ' ')}" for name in what)
        warned = [finding for finding in checked.findings if finding.severity is Severity.WARNING]
        self.tell(f"It has {counted}. Checked: {len(warned)} warnings, such as:", "  ")
        self._tell_new(warned[:1])

    def play(self, part: Mapping[str, Any]) -> None:
        """One round, from the plan to the master."""
        words = Round.parse(part["code"]).words
        self.say("")
        self.say(words.upper())
        if "plan" in part:
            self._edit_plan(part["plan"])
        sent = self._issue(part)
        inbox = self.folder.path / part["inbox"]
        for post in part["post"]:
            self._receive(post, sent, inbox)
        self._settle(part["settled"])
        self._tell_status(part["settled"]["date"])
        made = self._master(part["master"])
        if "decided" in part:
            self._decide(part["decided"], made, inbox)

    def _edit_plan(self, edit: Mapping[str, Any]) -> None:
        """The officer types in plan.xlsx and has it merged."""
        _fill(self.folder.plan_file, self.folder.plan_file, edit["sheets"])
        merged = office.merge_plan(self.folder, _choose_time(edit["date"])).merged
        self.tell(
            f"{_describe_day(edit['date'])}: the board officer enters {edit['told']} in plan.xlsx: "
            f"{', '.join([f'{merged.taken} taken', *_describe_counts({'query': merged.queries})])}."
        )
        self._tell_new(merged.findings)

    def _issue(self, part: Mapping[str, Any]) -> dict[str, Path]:
        """Every subgroup's workbook, by its code."""
        issued = office.issue_round(self.folder, part["code"], part["return_by"], _choose_time(part["issued"])).issues
        rows = sum(workbook.rows for workbook in issued)
        self.tell(
            f"{_describe_day(part['issued'])}: {len(issued)} workbooks issued, with {rows} rows to report on, "
            f"to be back by {_describe_day(part['return_by'])}."
        )
        return {workbook.subgroup: workbook.file for workbook in issued}

    def _receive(self, post: Mapping[str, Any], sent: Mapping[str, Path], inbox: Path) -> None:
        """The chairs fill in and send back, and the officer takes the whole inbox in."""
        inbox.mkdir(exist_ok=True)
        for answer in post["returns"]:
            source = inbox / answer["again"] if "again" in answer else sent[answer["of"]]
            source = self.sent_back[answer["of"]] if "mends" in answer else source
            _fill(source, inbox / answer["file"], answer.get("sheets", {}), answer.get("renamed", {}))
        received = office.receive_files(self.folder, [inbox], _choose_time(post["date"]))
        receipts = {Path(receipt.file).name: receipt for receipt in received.receipts.returns}
        new = [receipts.pop(answer["file"]) for answer in post["returns"]]
        counts = Counter(receipt.verdict for receipt in new)
        verdicts = [f"{many} {_describe_verdict(verdict)}" for verdict, many in counts.items()]
        if receipts:
            verdicts.append(f"{len(receipts)} known already")
        self.tell(f"{_describe_day(post['date'])}: the board officer receives {inbox.name}: {', '.join(verdicts)}.")
        for answer, receipt in zip(post["returns"], new, strict=True):
            self._tell_receipt(receipt, answer["habit"])
        self.sent_back |= {str(receipt.subgroup): Path(receipt.feedback) for receipt in new if receipt.feedback}

    def _tell_receipt(self, receipt: Receipt, habit: str) -> None:
        """What became of one return, and each kind of finding that has not been told of before."""
        found = Counter(str(finding.severity) for finding in receipt.findings)
        counted = _describe_counts({**found, "query": receipt.queries})
        outcome = ", ".join([_describe_verdict(receipt.verdict), f"{receipt.changes} taken", *counted])
        self.tell(f"{Path(receipt.file).name} ({habit}): {outcome}.", "  ")
        self._tell_new(receipt.findings)

    def _tell_new(self, findings: Iterable[Finding | OpenQuery]) -> None:
        """What is wrong, of each kind that has not been told of before."""
        for finding in findings:
            if finding.code not in self.told and finding.code not in QUIET:
                self.told.add(finding.code)
                address = finding.address if isinstance(finding, Finding) else None
                self.tell(
                    f"{address}: {_take_first_sentence(finding.message)}"
                    if address
                    else _take_first_sentence(finding.message),
                    "      ",
                )

    def _settle(self, settled: Mapping[str, Any]) -> None:
        """The officer fills in the officer's workbook and gives it back."""
        sheets = settled["sheets"]
        desk = officer.make_officer(self.folder, _choose_time(settled["date"])).path
        waiting = self.folder.register.open_queries()
        _fill(desk, desk, sheets)
        receipt = office.receive_files(self.folder, [desk], _choose_time(settled["date"])).receipts.returns[0]
        said = f"{len(sheets['Said to me'])} said, " if "Said to me" in sheets else ""
        self.tell(
            f"{_describe_day(settled['date'])}: the board officer settles {desk.parent.name}/{desk.name}: "
            f"{_describe_verdict(receipt.verdict)}, {receipt.changes} taken, {said}"
            f"{len(sheets['Public text'])} for the public."
        )
        self._tell_new(waiting)
        for sheet in ("Queries", "To confirm"):
            self.tell(
                f"{sheet}: " + "; ".join(f"{row}: {_describe_choice(text)}" for row, text in sheets[sheet].items()),
                "  ",
            )
        self._tell_new(receipt.findings)

    def _tell_status(self, on: date) -> None:
        """The control totals."""
        standing = status.status_of(self.folder, None, on)
        totals = standing.totals
        out = ", ".join(row.subgroup for row in standing.rows if row.is_outstanding)
        self.tell(
            f"Status: {totals['issued']} issued = {totals['returned']} returned + {totals['outstanding']} outstanding "
            f"({out}). {standing.open_queries} queries open."
        )

    def _master(self, on: date) -> Path:
        made = master.make_master(self.folder, None, _choose_time(on), hand_over=True, anyway=True)
        counts = ", ".join(f"{many} {what}" for what, many in made.counts.items())
        for warning in made.warnings:
            self.tell(warning, "  ")
        self.tell(f"{_describe_day(on)}: the master, with {counts}, is handed over, and its round closed: {made.path}")
        return made.path

    def _decide(self, decided: Mapping[str, Any], made: Path, inbox: Path) -> None:
        """The executive writes into the master, and the officer takes it in."""
        file = inbox / decided["file"]
        _fill(made, file, decided["sheets"])
        receipt = office.receive_files(self.folder, [file], _choose_time(decided["date"])).receipts.returns[0]
        rows = decided["sheets"]["Decisions"]
        self.tell(
            f"{_describe_day(decided['date'])}: the Executive decides on {' and '.join(rows)} in {file.name}: "
            f"{_describe_verdict(receipt.verdict)}, {receipt.changes} taken; it goes out with the next workbooks."
        )
        self._tell_new(receipt.findings)


def _choose_time(day: date) -> datetime:
    """Nine in the morning."""
    return datetime.combine(day, time(9))


def _describe_day(day: date) -> str:
    return PartialDate.day(day).words


def _describe_counts(found: Mapping[str, int]) -> list[str]:
    """How many findings of each severity, where there are any."""
    return [
        f"{found[severity]} {severity if found[severity] == 1 else several}"
        for severity, several in MANY.items()
        if found.get(severity)
    ]


def _take_first_sentence(message: str) -> str:
    """The first sentence of a message: what is wrong. What to do about it stands in the rest."""
    return re.split(r"(?<=[.?!]) (?=[A-Z'])", message, maxsplit=1)[0]


def _describe_verdict(verdict: Verdict) -> str:
    return verdict.replace("_", " ")


def _describe_choice(text: str | Mapping[str, str]) -> str:
    """What was chosen; a text that shall stand is told as well."""
    return text if isinstance(text, str) else " ".join(text.values())


def _fill(source: Path, target: Path, typed: Typed, renamed: Mapping[str, str] | None = None) -> None:
    """Open a workbook, type in it, perhaps rename a sheet, and save it (as another file)."""
    book = openpyxl.load_workbook(source)
    for name, rows in typed.items():
        for row, texts in rows.items():
            _type(book[name], row, texts if isinstance(texts, Mapping) else {ANSWERS[name]: texts})
    for before, after in (renamed or {}).items():
        book[before].title = after
    target.write_bytes(_save(book))


def _type(sheet: Worksheet, name: str, texts: Mapping[str, Any]) -> None:
    """Type under these headings, in the row of this name: its first or second cell is the name, or begins with it."""
    rows = sheet.iter_rows()
    filled = ([cell.value for cell in row] for row in rows)
    headings = next(found for found in filled if set(texts) <= set(found) and found[1])  # a title stands alone
    below = list(rows)
    fitting = (
        row
        for fits in (str.__eq__, str.startswith)
        for row in below
        if any(fits(str(cell.value), name) for cell in row[:2])
    )
    row = next(fitting)
    for heading, text in texts.items():
        row[headings.index(heading)].value = text


def _save(book: Workbook) -> bytes:
    """The bytes of a workbook as openpyxl saves it, but for the time: the order of a merge must not depend on that.

    Parts are stored, not compressed, so that another build of zlib makes the same bytes.
    """
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(fixed, "w") as target:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2016-04-01T09:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name), content)
    return fixed.getvalue()
