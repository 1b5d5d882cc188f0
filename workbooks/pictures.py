"""Make the pictures of the docs anew: pages of the demo's workbooks, as LibreOffice prints them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from plan_sheets.demo import run_demo

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
RESOLUTION = 72
"""Dots an inch: legible on a screen, and under 200 KB a page."""
WHOLE = "9999"
"""A width that no page has: Poppler cuts it to the page's own."""
NEEDED = ("soffice", "pdftotext", "pdftoppm")


@dataclass(frozen=True, slots=True)
class Picture:
    """The first page of one sheet of a workbook in the demo's folder."""

    name: str
    file: str
    sheet: str
    height: int | None = None
    """How much of the page is shown, in dots from the top; None is all."""


SHOWN = (
    Picture("rag-status", "master/2016-17-q2-edition-1.xlsx", "RAG status"),
    Picture("master-plan", "master/2016-17-q2-edition-1.xlsx", "Master plan"),
    Picture("progress", "issued/2016-17-q2/2016-17-q2-domestic-abuse.xlsx", "Progress", 350),
)


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
    files = sorted({place / "demo" / one.file for one in SHOWN})
    convert = ["soffice", f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*convert, "--outdir", place, *files], check=True, capture_output=True)
    for one in SHOWN:
        printed = place / f"{Path(one.file).stem}.pdf"
        page = str(_page(printed, one.sheet))
        size = ["-r", str(RESOLUTION), *(["-W", WHOLE, "-H", str(one.height)] if one.height else [])]
        subprocess.run(
            ["pdftoppm", "-png", "-singlefile", *size, "-f", page, "-l", page, printed, folder / one.name], check=True
        )
        yield folder / f"{one.name}.png"


def _page(printed: Path, sheet: str) -> int:
    """The first page of a sheet, counted from 1: its last line, the footer, begins with the sheet's name."""
    command = ["pdftotext", "-layout", printed, "-"]
    told = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    footers = (page.rstrip().rpartition("\n")[2].strip() for page in told.split("\f"))
    return next(number for number, footer in enumerate(footers, start=1) if footer.startswith(f"{sheet} "))


if __name__ == "__main__":
    print(main(Path(sys.argv[1]) if sys.argv[1:] else PICTURES))
