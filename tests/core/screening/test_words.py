"""`schemas/identifiers.yaml`, read strictly: what is unknown, missing, doubled or no text is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.core.screening.screen import Screen
from plan_sheets.store import schemas

GOOD = (schemas.find_data_folder("schemas") / "identifiers.yaml").read_text(encoding="utf-8")


def load(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Screen:
    (folder / "identifiers.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(schemas, "find_data_folder", lambda _: folder)
    return schemas.load_screen.__wrapped__()


def test_every_kind_is_called_by_a_title_with_its_article() -> None:
    titles = {kind: about.title for kind, about in schemas.load_screen().kinds.items()}
    assert set(titles) == set(IdentifierKind)
    assert all(title.split()[0] in ("a", "an", "the") for title in titles.values())


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("upn:", "upm:"), "'upm'. Was 'upn' meant"),
        (("  title: a full postcode\n", ""), "no title"),
        (("areas:", "area:"), "'area'. Was 'areas' meant"),
        (("systems:", "system:"), "'system'. Was 'systems' meant"),
        (("    - Mosaic\n", "    - Mosaic\n    - Mosaic\n"), "systems: 'Mosaic' stands twice"),
        (("    - tel\n", "    - no\n"), "unless: 'False' stands twice, or is no text"),
        (("  words: [UPN, unique pupil, pupil]", "  words: UPN"), "words is no list"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    change: tuple[str, str], match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert change[0] in GOOD
    with pytest.raises(PlanSheetsError, match=match) as told:
        load(GOOD.replace(*change, 1), tmp_path, monkeypatch)
    assert "identifiers.yaml, line" in str(told.value)


def test_a_kind_that_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PlanSheetsError, match="this list of identifiers has no postcode"):
        load(GOOD[: GOOD.index("# A query")], tmp_path, monkeypatch)


def test_a_word_that_is_added_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert schemas.load_screen().find("Zephyr 1234567") == ()
    assert load(GOOD.replace("    - Mosaic\n", "    - Zephyr\n"), tmp_path, monkeypatch).find("Zephyr 1234567")
