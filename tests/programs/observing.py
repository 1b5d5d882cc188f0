"""What becomes of issued workbooks in another program, untouched and filled in."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from tests.chairs import Answers, Plan, at, edit, form, table, write_in
from tests.programs.saving import Job, Program, Typed, libreoffice

from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.core.returned.lost_on_saving import PROPERTIES
from plan_sheets.store.formats.reader import read_workbook

LONG = "A text of more than 255 characters. " * 10
TEXTS: Answers = {
    "Start here": form(completed_by="Chair", message="Line one\nLine two\twith a tab 😀"),
    "Progress": {
        "J1a.1": {
            "Progress made": "First line\nSecond line\n\nFourth line",
            "Stage": "In progress",
            "RAG": "Green",
            "Next step": "=SUM(1,2) is what we wrote",
            "Next step by": "31 July 2016",
            "Evidence": "007",
        },
        "J1a.2": {
            "Progress made": "Before\ta tab, and after",
            "Stage": "In progress",
            "RAG": "Amber",
            "Next step": "+44 is a prefix",
            "Next step by": "31.7.16",
            "What will bring it back": "-5% is too much",
            "Asked of the executive": "@home <b>&amp; \"one\" 'two'</b>",
            "New date": "September 2016",
            "Evidence": "1/2",
        },
        "J1a.3": {
            "Progress made": "😀 Ŵŷ “quoted” £5",
            "Stage": "Not started",
            "RAG": "Green",
            "Next step": "1E5",
            "Evidence": "TRUE",
        },
        "J1b.1": {
            "Progress made": "#1 on the list",
            "Stage": "In progress",
            "RAG": "Red",
            "Next step": "3-4",
            "What will bring it back": "'0012",
            "Evidence": LONG.strip(),
        },
    },
    "Action plan": {"J1a.1": {"How we will do it": "One\nTwo"}},
    "New actions": table(
        """
        | Row | Theme | What we will do | Due        |
        | 1   | J1b   | =Train          | March 2017 |
        """
    ),
}
"""What a chair of Domestic Abuse typed; every cell of it is formatted as text."""
DAY, MONTH = "d mmmm yyyy", "mmm-yy"
Dates = Mapping[tuple[str, str, str], tuple[date, str]]
"""What is typed as a real date, by sheet, ref and heading, and the format that shows it."""
DATES: Dates = {
    ("Progress", "J1a.1", "Next step by"): (date(2016, 7, 31), DAY),
    ("Progress", "J1a.2", "New date"): (date(2016, 9, 1), MONTH),
    ("New actions", "1", "Due"): (date(2017, 3, 31), DAY),
}
"""Those of the workbook `dated`: one shows its month and no day."""
DAYS: Mapping[str, Dates] = {"typed": {}, "dated": DATES}
"""The two filled workbooks."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What became of a filled workbook: its receipt, and every value that the register then held."""

    receipt: Receipt
    values: Mapping[tuple[Key, str], str]


@dataclass(frozen=True, slots=True)
class Observed:
    """What became of all the workbooks in one program."""

    untouched: Sequence[Receipt]
    filled: Mapping[str, Trip]
    """What became of each of the two filled workbooks."""
    kept: frozenset[str]
    """What an untouched workbook still has (`core/returned/lost_on_saving.py`)."""
    aids: Mapping[str, tuple[int, int]]
    """Of links, drop-downs and prompts: how many cells still have theirs, and how many had."""


def type_all(book: Workbook, dates: Dates) -> None:
    """Type in openpyxl what a chair typed."""
    write_in(book, TEXTS)
    for (sheet, ref, heading), (day, code) in dates.items():
        cell = at(book[sheet], ref, heading)
        cell.value, cell.number_format = datetime.combine(day, time()), code


def to_type(book: Workbook, dates: Dates) -> Iterator[Typed]:
    """The same for a program that types itself."""
    for sheet, rows in TEXTS.items():
        for ref, texts in rows.items():
            for heading, text in texts.items():
                day, code = dates.get((sheet, ref, heading), (None, ""))
                yield sheet, at(book[sheet], ref, heading).coordinate, day.isoformat() if day else text or "", code


@dataclass(frozen=True, slots=True)
class Round:
    """A round that was issued, and a place to work in; every file is received by a copy of the plan."""

    issued: Path
    """The plan folder. It is copied, never changed."""
    work: Path

    @property
    def sent(self) -> list[Path]:
        """Every workbook of the round."""
        return sorted((self.issued / "issued").rglob("*.xlsx"))

    def plan(self, name: str) -> Plan:
        """A copy of the plan."""
        return Plan(shutil.copytree(self.issued, self.work / name / "plan"))

    def filled(self, name: str) -> Path:
        """The workbook of Domestic Abuse as a chair filled it in; `dated` with real dates."""
        out = self.work / "filled" / f"{name}.xlsx"
        return out if out.exists() else edit(Plan(self.issued).sent("DA"), out, lambda book: type_all(book, DAYS[name]))

    def trip(self, name: str, path: Path) -> Trip:
        """What becomes of a filled workbook."""
        plan = self.plan(name)
        return Trip(plan.receive_one(path), plan.all_values())

    def observe(self, program: Program) -> Observed:
        """Take the workbooks through a program and receive them. Raises CalledProcessError if it fails."""
        folder = self.work / program.label
        folder.mkdir()
        jobs = [*self._untouched_jobs(program, folder), *self._filled_jobs(program, folder)]
        program.save(jobs)
        targets = [job.target for job in jobs]
        same, filled = targets[: -len(DAYS)], targets[-len(DAYS) :]
        sent = Plan(self.issued).sent("DA")
        first = folder / next(job.target.name for job in jobs if job.source == sent)
        seen = as_xlsx(first, folder)
        return Observed(
            self.plan(f"{program.label} untouched").receive(*same),
            {name: self.trip(f"{program.label} {name}", path) for name, path in zip(DAYS, filled, strict=True)},
            still_there(seen if first.suffix == ".xls" else first),
            {name: (len(had & aids_of(seen)[name]), len(had)) for name, had in aids_of(sent).items()},
        )

    def _untouched_jobs(self, program: Program, folder: Path) -> list[Job]:
        return [Job(path, folder / f"{path.stem}.{program.suffix}") for path in self.sent]

    def _filled_jobs(self, program: Program, folder: Path) -> list[Job]:
        if not program.types:
            return [Job(self.filled(name), folder / f"{name}.{program.suffix}", is_filled=True) for name in DAYS]
        sent = Plan(self.issued).sent("DA")
        book = openpyxl.load_workbook(sent)
        return [Job(sent, folder / f"{name}.{program.suffix}", (*to_type(book, DAYS[name]),)) for name in DAYS]


def as_xlsx(path: Path, folder: Path) -> Path:
    """The workbook as an xlsx; where it is none, LibreOffice says in one what it sees."""
    if path.suffix != ".xlsx":
        libreoffice([Job(path, folder / "seen.xlsx")])
        return folder / "seen.xlsx"
    return path


def still_there(path: Path) -> frozenset[str]:
    """What a workbook still has."""
    found = read_workbook(path.read_bytes())
    assert isinstance(found, FoundWorkbook), found
    return frozenset(found.kept or ()) | ({PROPERTIES} if found.properties else set())


@cache
def aids_of(path: Path) -> Mapping[str, frozenset[tuple[int, str]]]:
    """The cells, by the number of their sheet and reference, that have a link, a drop-down or a prompt."""
    links, lists, prompts = (set[tuple[int, str]]() for _ in range(3))
    for number, part in enumerate(sheets_of(path)):
        links |= {(number, told["ref"]) for told in tags(part, "hyperlink")}
        for told in tags(part, "dataValidation"):
            areas = (CellRange(area).cells for area in told["sqref"].split())
            cells = {(number, f"{get_column_letter(column)}{row}") for area in areas for row, column in area}
            lists |= cells if told.get("type") == "list" else set()
            prompts |= cells if told.get("prompt") else set()
    return {"links": frozenset(links), "lists": frozenset(lists), "prompts": frozenset(prompts)}


def sheets_of(path: Path) -> list[str]:
    """The parts of an xlsx that are sheets, in the order in which every program numbers them."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        return [archive.read(name).decode() for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name)))]


def tags(part: str, name: str) -> list[dict[str, str]]:
    """The attributes of every tag of this name."""
    return [dict(re.findall(r'([\w:]+)="([^"]*)"', told)) for told in re.findall(rf"<{name}\s([^>]*)>", part)]
