"""Make the pictures of the docs anew: parts of pages of the demo's workbooks and paper, as LibreOffice prints them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from plan_sheets import make_master, open_folder
from plan_sheets.demo import run_demo

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
RESOLUTION = 84
"""Dots an inch: the smallest text is legible on a screen, and a picture is no wider than a page that shows it."""
AROUND, BORDER = 5, 2
"""Points of the page that are shown around a text, and between a text and the border of its cell."""
NEEDED = ("soffice", "pdftotext", "pdftoppm")
PAPER = "board-paper.docx"
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<')


@dataclass(frozen=True, slots=True)
class Picture:
    """A part of the first page of one sheet of a workbook in the demo's folder, or of the board paper ("")."""

    name: str
    file: str
    sheet: str
    until: str = ""
    """The first word of the heading of the first column that is not shown any more, in a part from the headings on."""
    below: str = ""
    """The first word below what is shown; "" is the bottom of the page."""


SHOWN = (
    Picture("progress", "issued/2016-17-q2/2016-17-q2-domestic-abuse.xlsx", "Progress", until="Next", below="J1b.1"),
    Picture("rag-status", "master/2016-17-q2-edition-1.xlsx", "RAG status"),
    Picture("master-plan", "master/2016-17-q2-edition-1.xlsx", "Master plan", until="Stage", below="DA.F1"),
    Picture("board-paper", PAPER, "", below="L"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page and where it stands, in points from the left and the top."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def main(folder: Path) -> str:
    """Write the pictures to a folder, and say so; or say what is missing, and leave those that are there."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        return (
            f"No pictures were made: {', '.join(missing)} not found. They need LibreOffice and Poppler (poppler-utils)."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        made = [path.name for path in _draw(Path(place), folder)]
    return f"Made in {folder}: {', '.join(made)}"


def _draw(place: Path, folder: Path) -> Iterator[Path]:
    run_demo(place / "demo", lambda _: None)
    opened = open_folder(place / "demo")
    make_master(opened, None, datetime(2016, 10, 25), place / "again.xlsx", place / "demo" / PAPER)  # noqa: DTZ001 - the office's own clock
    opened.register.close()
    files = sorted({place / "demo" / one.file for one in SHOWN})
    convert = ["soffice", f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*convert, "--outdir", place, *files], check=True, capture_output=True)
    for one in SHOWN:
        printed = place / f"{Path(one.file).stem}.pdf"
        page = str(_page(printed, one.sheet) if one.sheet else 1)
        box = (round(points * RESOLUTION / 72) for points in _box(one, _words(printed, page)))
        size = [str(word) for pair in zip(("-x", "-y", "-W", "-H"), box, strict=True) for word in pair]
        command = ["pdftoppm", "-png", "-singlefile", "-r", str(RESOLUTION), *size, "-f", page, "-l", page]
        subprocess.run([*command, printed, folder / one.name], check=True)
        yield folder / f"{one.name}.png"


def _read(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def _words(printed: Path, page: str) -> list[Word]:
    """The words of a page, without those of its first line and its last, which are its header and its footer."""
    found = _WORD.findall(_read("pdftotext", "-bbox", "-f", page, "-l", page, printed, "-"))
    words = [Word(*map(float, places), text) for *places, text in found]
    first, last = min(word.bottom for word in words), max(word.bottom for word in words)
    return [word for word in words if first < word.top and word.bottom < last - 1]


def _box(shown: Picture, words: list[Word]) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is shown, in points."""
    left, right = min(word.left for word in words) - AROUND, max(word.right for word in words) + AROUND
    top, bottom = min(word.top for word in words) - AROUND, max(word.bottom for word in words) + AROUND
    if shown.until:
        top = next(word.top for word in words if word.text == "Ref") - BORDER
        headings = [word for word in words if abs(word.top - BORDER - top) < 1]
        right = min(word.left for word in headings if word.text == shown.until) - BORDER
    if shown.below:
        bottom = next(word.top for word in words if word.text == shown.below) - BORDER
    return left, top, right - left, bottom - top


def _page(printed: Path, sheet: str) -> int:
    """The first page of a sheet, counted from 1: its last line, the footer, begins with the sheet's name."""
    pages = _read("pdftotext", "-layout", printed, "-").split("\f")
    footers = (page.rstrip().rpartition("\n")[2].strip() for page in pages)
    return next(number for number, footer in enumerate(footers, start=1) if footer.startswith(f"{sheet} "))


if __name__ == "__main__":
    print(main(Path(sys.argv[1]) if sys.argv[1:] else PICTURES))
