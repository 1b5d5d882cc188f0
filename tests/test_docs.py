"""The reference says what the program does today, and the guides tell of nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.reference import DOCS, WORKBOOKS, pages

from plan_sheets.cli import main
from plan_sheets.core.access.wording import WORDING
from plan_sheets.core.model.stages import Status
from plan_sheets.store import schemas

ROOT = Path(__file__).parents[1]
GUIDES = ("docs/officer.md", "docs/chair.md", "docs/executive.md", "docs/region.md")
TOLD = ("README.md", *GUIDES)
AT_MOST = {"docs/chair.md": 1100, "docs/executive.md": 450}
"""Words that two printed pages, and one, hold."""


@pytest.mark.parametrize("name", pages())
def test_made_again_the_page_is_the_same(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run: make docs"


def test_no_page_is_left_over() -> None:
    assert {one.name for one in DOCS.iterdir()} == set(pages())


@pytest.mark.parametrize("name", main.commands)
def test_every_command_is_told_of(name: str) -> None:
    assert f"## plan-sheets {name}\n" in pages()["commands.md"]


def test_each_rule_of_the_checker_is_told_where_the_official_rules_stand() -> None:
    told = re.findall(r"(?<!\*)\*([a-zA-Z0-9 ]+)\*(?!\*)", read("docs/accessible-workbooks.md"))
    assert {*told} == {*WORDING}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def typed(text: str) -> list[str]:
    """The commands that a reader is told to type: a line of a code block, or between backticks."""
    lines = re.findall(r"^    plan-sheets (.+?)(?:  +#.*)?$", text, re.MULTILINE)
    return [*lines, *re.findall(r"`plan-sheets ([^`]+)`", text)]


def options(name: str) -> set[str]:
    """What a command can be told, such as `--round`."""
    return {one for option in main.commands[name].params for one in option.opts if one.startswith("--")}


def words_of_the_workbooks() -> set[str]:
    """What stands in workbooks word for word: sheets, headings, items of forms, choices and what is published."""
    fields = [field for record in schemas.load_records().values() for field in record.values()]
    specs = [*map(schemas.load_workbook_spec, WORKBOOKS)]
    sheets = [sheet for spec in specs for sheet in spec.sheets]
    return {
        *(sheet.name for sheet in sheets),
        *(field.title for field in fields),
        *(choice for field in fields for choice in field.choices),
        *(str(status) for status in Status),
        *(said for spec in specs for said in spec.words.values()),
        *(item.ref for sheet in sheets for item in sheet.items),
    }


@pytest.mark.parametrize("name", TOLD)
def test_every_command_told_of_is_there_with_its_options(name: str) -> None:
    commands = [line.split() for line in typed(read(name))]
    assert {words[0] for words in commands} <= set(main.commands)
    for command, *words in commands:
        assert {one for one in words if one.startswith("--")} <= options(command), command


@pytest.mark.parametrize("name", TOLD)
def test_every_option_told_of_by_itself_is_one_of_ours(name: str) -> None:
    told = set(re.findall(r"`(--[a-z-]+)", read(name)))
    assert told <= {"--help", *(one for command in main.commands for one in options(command))}


@pytest.mark.parametrize("name", [*TOLD, "CONTRIBUTING.md", "docs/programs.md"])
def test_every_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", read(name))
    missing = [one for one in links if "://" not in one and not (ROOT / name).parent.joinpath(one).is_file()]
    assert not missing


@pytest.mark.parametrize("name", GUIDES)
def test_what_is_bold_stands_in_a_workbook_word_for_word(name: str) -> None:
    bold = {" ".join(one.split()) for one in re.findall(r"\*\*(.+?)\*\*", read(name), re.DOTALL)}
    assert bold
    assert bold <= words_of_the_workbooks()


@pytest.mark.parametrize("name", AT_MOST)
def test_it_fits_its_pages(name: str) -> None:
    assert len(read(name).split()) <= AT_MOST[name]
