"""The pictures that the README shows are there, small, and told in words; and they can be made again."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
SHOWN = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", (TOP / "README.md").read_text(encoding="utf-8"))
SCRIPT = TOP / "workbooks" / "pictures.py"
PNG = b"\x89PNG"


def test_the_readme_shows_three_pictures_and_says_what_is_on_them() -> None:
    assert {Path(path).stem for _, path in SHOWN} == {"progress", "rag-status", "master-plan"}
    for words, path in SHOWN:
        picture = (TOP / path).read_bytes()
        assert len(words) > 40, path
        assert picture.startswith(PNG)
        assert len(picture) < 200_000


def test_without_libreoffice_it_says_so_and_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = subprocess.run([sys.executable, SCRIPT, tmp_path / "out"], check=True, capture_output=True, text=True)
    assert ran.stdout.startswith("No pictures were made: soffice, pdftotext, pdftoppm not found.")
    assert not (tmp_path / "out").exists()


@pytest.mark.libreoffice
@pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "pdftotext", "pdftoppm"))), reason="LibreOffice or Poppler is not installed"
)
def test_they_can_be_made_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True, capture_output=True, timeout=300)
    assert {one.name for one in tmp_path.iterdir()} == {Path(path).name for _, path in SHOWN}
    assert all(one.read_bytes().startswith(PNG) for one in tmp_path.iterdir())
