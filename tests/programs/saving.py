"""The programs that a workbook may go through, and how each of them opens and saves it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent

Typed = tuple[str, str, str, bool]
"""A sheet, a cell, what is typed into it, and whether it is a date (ISO) to be typed as a real one."""


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook that a program opens, types into and saves."""

    source: Path
    target: Path
    typed: tuple[Typed, ...] = ()
    """Only for the programs that type: see `Program.types`."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program as it saves one kind of file."""

    name: str
    suffix: str
    save: Callable[[Sequence[Job]], None]
    missing: Callable[[], str]
    """What is missing on this machine; "" if it can run."""
    calls_itself: str = ""
    """The first word of the name that the file then gives; an xls does not say it, and ExcelJS says Microsoft."""
    types: bool = False

    @property
    def label(self) -> str:
        """What it is called in the docs and in the names of tests."""
        return f"{self.name} {self.suffix}"


def must_run() -> bool:
    """Whether a missing program makes a test fail instead of skip: on the machine that checks everything."""
    return os.environ.get("PLAN_SHEETS_REQUIRE_PROGRAMS") == "1"


# LibreOffice and Gnumeric: programs with a window, that convert from a command line as well


def _no_command(name: str, what: str) -> Callable[[], str]:
    return lambda: "" if shutil.which(name) else f"{what} ({name}) is not installed"


no_libreoffice, no_gnumeric = _no_command("soffice", "LibreOffice"), _no_command("ssconvert", "Gnumeric")


def libreoffice(jobs: Sequence[Job]) -> None:
    """All jobs in one start of the program, for the start takes longest: it saves under the name it opened."""
    folder = jobs[0].target.parent
    out = folder / "libreoffice"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    suffix = jobs[0].target.suffix[1:]
    command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(out)]
    subprocess.run([*command, *(str(job.source) for job in jobs)], check=True, capture_output=True, timeout=300)
    for job in jobs:
        (out / job.source.name).with_suffix(f".{suffix}").rename(job.target)


_EXPORTERS = {"xlsx": "Gnumeric_Excel:xlsx", "xls": "Gnumeric_Excel:excel_biff8", "ods": "Gnumeric_OpenCalc:odf"}


def gnumeric(jobs: Sequence[Job]) -> None:
    """One start a workbook; it says nothing of what it saves."""
    for job in jobs:
        exporter = f"--export-type={_EXPORTERS[job.target.suffix[1:]]}"
        command = ["ssconvert", exporter, str(job.source), str(job.target)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


# Libraries, with which other people's tools save


def _no_node_module(name: str) -> Callable[[], str]:
    def missing() -> str:
        if not shutil.which("node"):
            return "Node.js (node) is not installed"
        done = subprocess.run(["node", "-e", f"require('{name}')"], cwd=HERE, capture_output=True, check=False)
        return f"{name} is not installed: npm install --prefix tests/programs" if done.returncode else ""

    return missing


def _node(script: str) -> Callable[[Sequence[Job]], None]:
    def save(jobs: Sequence[Job]) -> None:
        told = [{"source": str(job.source), "target": str(job.target), "typed": job.typed} for job in jobs]
        command = ["node", str(HERE / script)]
        subprocess.run(command, input=json.dumps(told).encode(), check=True, capture_output=True, timeout=120)

    return save


def by_openpyxl(jobs: Sequence[Job]) -> None:
    """It is always there: plan-sheets itself uses it."""
    for job in jobs:
        openpyxl.load_workbook(job.source).save(job.target)


def _all() -> list[Program]:
    no_exceljs, no_sheetjs = _no_node_module("exceljs"), _no_node_module("xlsx")
    sheetjs = _node("sheetjs.cjs")
    return [
        Program("LibreOffice", "xlsx", libreoffice, no_libreoffice, "LibreOffice"),
        Program("LibreOffice", "ods", libreoffice, no_libreoffice, "LibreOffice"),
        Program("LibreOffice", "xls", libreoffice, no_libreoffice),
        Program("Gnumeric", "xlsx", gnumeric, no_gnumeric, "gnumeric"),
        Program("Gnumeric", "ods", gnumeric, no_gnumeric, "gnumeric"),
        Program("Gnumeric", "xls", gnumeric, no_gnumeric),
        Program("ExcelJS", "xlsx", _node("exceljs.cjs"), no_exceljs, "Microsoft", types=True),
        Program("SheetJS", "xlsx", sheetjs, no_sheetjs, "SheetJS", types=True),
        Program("SheetJS", "ods", sheetjs, no_sheetjs, "SheetJS", types=True),
        Program("SheetJS", "xls", sheetjs, no_sheetjs, types=True),
        Program("openpyxl", "xlsx", by_openpyxl, lambda: "", "Microsoft"),
    ]


PROGRAMS = _all()
"""Every program and kind of file that a workbook is tried in."""
