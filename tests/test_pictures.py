"""The pictures that the README shows are there, small, and told in words; and they can be made again."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.programs.saving import no_command, skip_if

TOP = Path(__file__).parents[1]
SHOWN = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", (TOP / "README.md").read_text(encoding="utf-8"))
SCRIPT = TOP / "workbooks" / "pictures.py"
MOST_DOTS = 960
"""The width of a page that shows the README, in dots."""
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a PNG shows: its size in dots, and the share of dots that differ from the one beside (a blank page: 0)."""

    width: int
    height: int
    drawn: float


def look_at(picture: bytes) -> Drawn:
    """Look at a PNG; raises AssertionError if it is none, or damaged."""
    assert picture.startswith(PNG)
    parts: dict[bytes, bytes] = {}
    at = len(PNG)
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        data, (check,) = picture[at + 8 : at + 8 + length], struct.unpack_from(">I", picture, at + 8 + length)
        assert zlib.crc32(kind + data) == check
        parts[kind] = parts.get(kind, b"") + data
        at += length + 12
    assert [*parts][-1] == b"IEND"
    dots = zlib.decompress(parts[b"IDAT"])  # as differences from the dots beside and above (PNG 9.2)
    width, height = struct.unpack_from(">II", parts[b"IHDR"])
    return Drawn(width, height, 1 - dots.count(0) / len(dots))


def test_the_readme_shows_four_pictures_and_says_what_is_on_them() -> None:
    assert {Path(path).stem for _, path in SHOWN} == {"progress", "rag-status", "master-plan", "board-paper"}
    for words, path in SHOWN:
        picture = (TOP / path).read_bytes()
        assert len(words) > 40, path
        assert look_at(picture).drawn > 0.01, f"{path} is blank"
        assert len(picture) < 250_000
        assert look_at(picture).width <= MOST_DOTS, f"{path} is made smaller on the page, and is not legible"


def test_without_libreoffice_it_says_so_and_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = subprocess.run([sys.executable, SCRIPT, tmp_path / "out"], check=True, capture_output=True, text=True)
    assert ran.stdout.startswith("No pictures were made: soffice, pdftotext, pdftoppm not found.")
    assert not (tmp_path / "out").exists()


@pytest.mark.libreoffice
@pytest.mark.thorough
def test_they_can_be_made_again(tmp_path: Path) -> None:
    skip_if(no_command("pdftotext", "Poppler", "poppler-utils")())
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True, capture_output=True, timeout=300)
    assert {one.name for one in tmp_path.iterdir()} == {Path(path).name for _, path in SHOWN}
    for _, path in SHOWN:
        made, shown = (look_at(one.read_bytes()) for one in (tmp_path / Path(path).name, TOP / path))
        assert (made.width, made.height) == (shown.width, shown.height)
        assert made.drawn == pytest.approx(shown.drawn, rel=0.25), "other fonts draw a little more or less"
