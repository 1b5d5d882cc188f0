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
import pytest

HERE = Path(__file__).parent

Typed = tuple[str, str, str, str]
"""A sheet, a cell, what is typed into it, and of a date (ISO) to be typed as a real one its format; else ""."""


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook that a program opens, types into and saves."""

    source: Path
    target: Path
    typed: tuple[Typed, ...] = ()
    """Only for the programs that type: see `Program.types`."""
    is_filled: bool = False
    """Whether the source was filled in by openpyxl."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program as it saves one kind of file."""

    name: str
    suffix: str
    save: Callable[[Sequence[Job]], None]
    missing: Callable[[], str]
    """What is missing on this machine, and how to get it; "" if it can run."""
    calls_itself: str = ""
    """The first word of the name that the file then gives; an xls does not say it, and ExcelJS says Microsoft."""
    types: bool = False

    @property
    def label(self) -> str:
        """What it is called in the docs and in the names of tests."""
        return f"{self.name} {self.suffix}"


def skip_if(missing: str) -> None:
    """Skip the test for want of a program, with what `missing` says; "" is nothing missing.

    On the machine that checks everything (PLAN_SHEETS_REQUIRE_PROGRAMS=1, as in `.ci/run`) the test fails instead.
    """
    if missing:
        (pytest.fail if os.environ.get("PLAN_SHEETS_REQUIRE_PROGRAMS") == "1" else pytest.skip)(missing)


# Programs with a window, that convert from a command line as well


def no_command(name: str, what: str, package: str) -> Callable[[], str]:
    """What says that a command is missing, and which package of Debian or Ubuntu has it."""
    return lambda: "" if shutil.which(name) else f"{what} ({name}) is not installed: apt-get install {package}"


no_libreoffice = no_command("soffice", "LibreOffice Calc", "libreoffice-calc")
no_gnumeric = no_command("ssconvert", "Gnumeric", "gnumeric")


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


def no_calligra() -> str:
    """It cannot open what openpyxl makes, so that LibreOffice passes it such a file."""
    return no_command("calligraconverter", "Calligra Sheets", "calligrasheets")() or no_libreoffice()


def calligra(jobs: Sequence[Job]) -> None:
    """One start a workbook; one that was filled in by openpyxl goes through LibreOffice first."""
    folder = jobs[0].target.parent
    filled = [Job(job.source, folder / f"{job.target.stem} again.xlsx") for job in jobs if job.is_filled]
    if filled:
        libreoffice(filled)
    again = {job.source: job.target for job in filled}
    windowless = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for job in jobs:
        command = ["calligraconverter", "--batch", str(again.get(job.source, job.source)), str(job.target)]
        subprocess.run(command, check=True, capture_output=True, timeout=60, env=windowless)


# Libraries, with which other people's tools save


def _no_node_module(name: str) -> Callable[[], str]:
    def missing() -> str:
        is_there = (HERE / "node_modules" / name / "package.json").exists()
        install = f"{name} for Node.js is not installed: npm install --prefix tests/programs"
        return no_command("node", "Node.js", "nodejs npm")() or ("" if is_there else install)

    return missing


def _node(script: str, *arguments: str) -> Callable[[Sequence[Job]], None]:
    def save(jobs: Sequence[Job]) -> None:
        told = [{"source": str(job.source), "target": str(job.target), "typed": job.typed} for job in jobs]
        command = ["node", str(HERE / script), *arguments]
        subprocess.run(command, input=json.dumps(told).encode(), check=True, capture_output=True, timeout=120)

    return save


def no_openxlsx() -> str:
    """A package of R."""
    if missing := no_command("Rscript", "R", "r-base-core r-cran-openxlsx")():
        return missing
    command = ["Rscript", "-e", "quit(status = !requireNamespace('openxlsx', quietly = TRUE))"]
    done = subprocess.run(command, capture_output=True, check=False)
    return "openxlsx for R is not installed: apt-get install r-cran-openxlsx" if done.returncode else ""


def openxlsx(jobs: Sequence[Job]) -> None:
    """All jobs in one start."""
    paths = [str(path) for job in jobs for path in (job.source, job.target)]
    subprocess.run(["Rscript", str(HERE / "openxlsx.R"), *paths], check=True, capture_output=True, timeout=120)


def by_openpyxl(jobs: Sequence[Job]) -> None:
    """It is always there: plan-sheets itself uses it."""
    for job in jobs:
        openpyxl.load_workbook(job.source).save(job.target)


def _all() -> list[Program]:
    no_exceljs, no_sheetjs, no_fork = map(_no_node_module, ("exceljs", "xlsx", "@e965/xlsx"))
    no_populate, no_hucre = map(_no_node_module, ("xlsx-populate", "hucre"))
    sheetjs = _node("sheetjs.cjs", "xlsx")
    return [
        Program("LibreOffice", "xlsx", libreoffice, no_libreoffice, "LibreOffice"),
        Program("LibreOffice", "ods", libreoffice, no_libreoffice, "LibreOffice"),
        Program("LibreOffice", "xls", libreoffice, no_libreoffice),
        Program("Gnumeric", "xlsx", gnumeric, no_gnumeric, "gnumeric"),
        Program("Gnumeric", "ods", gnumeric, no_gnumeric, "gnumeric"),
        Program("Gnumeric", "xls", gnumeric, no_gnumeric),
        Program("Calligra Sheets", "ods", calligra, no_calligra),
        Program("ExcelJS", "xlsx", _node("exceljs.cjs"), no_exceljs, "Microsoft", types=True),
        Program("SheetJS", "xlsx", sheetjs, no_sheetjs, "SheetJS", types=True),
        Program("SheetJS", "ods", sheetjs, no_sheetjs, "SheetJS", types=True),
        Program("SheetJS", "xls", sheetjs, no_sheetjs, types=True),
        Program("SheetJS 0.20", "xlsx", _node("sheetjs.cjs", "@e965/xlsx"), no_fork, "SheetJS", types=True),
        Program("xlsx-populate", "xlsx", _node("xlsx-populate.cjs"), no_populate, "plan-sheets", types=True),
        Program("hucre", "xlsx", _node("hucre.mjs"), no_hucre, "hucre"),
        Program("openxlsx (R)", "xlsx", openxlsx, no_openxlsx, "Microsoft"),
        Program("openpyxl", "xlsx", by_openpyxl, lambda: "", "Microsoft"),
    ]


PROGRAMS = _all()
"""Every program and kind of file that a workbook is tried in."""
