"""The library as somebody else's program calls it: its example, its names, and what it says of a wrong argument."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from inspect import signature
from pathlib import Path
from textwrap import dedent
from types import FunctionType
from typing import Any, cast

import pytest
from tests.chairs import Q1, Q2, RETURN_BY, Plan, said

import plan_sheets as library

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


def test_the_example_of_the_package_runs(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    round_one.filled("da", said())
    shutil.move(round_one.path, round_one.path.with_name("plan-2016-17"))
    monkeypatch.chdir(round_one.path.parent)
    lines = (library.__doc__ or "").splitlines()
    exec(dedent("\n".join(line for line in lines if line.startswith("    "))), {})  # noqa: S102 - our own docstring
    received, master = capsys.readouterr().out.splitlines()
    assert received.startswith("inbox/da.xlsx accepted")
    assert Path(master).is_file()


def test_every_name_is_there_and_told() -> None:
    assert all(getattr(library, name) is not None for name in library.__all__)
    assert set(library.__all__) < set(dir(library))
    tree = ast.parse(Path(library.__file__ or "").read_text(encoding="utf-8"))
    for_types = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names} - {
        "annotations",
        "TYPE_CHECKING",
        "Any",
        "import_module",
    }
    assert for_types == set(library.__all__), "what mypy knows of the package is what it offers"
    with pytest.raises(AttributeError, match="receive_file"):
        library.receive_file  # noqa: B018 - asked for by a slip


def test_what_the_deeds_return_is_offered(round_one: Plan) -> None:
    folder = round_one.folder
    round_one.filled("da", said())
    made = [
        library.check_plan(folder),
        received := library.receive_files(folder, round_one.inbox, LATER),
        received.receipts,
        received.receipts.returns[0],
        received.receipts.returns[0].verdict,
        received.officer,
        taken := library.merge_plan(folder, LATER),
        taken.merged,
        issued := library.issue_round(folder, Q2, date(2016, 10, 14), LATER, "DA, SOS"),
        issued.issues[0],
        status := library.status_of(folder, None, LATER.date()),
        status.rows[0],
        what := library.what_next(folder, LATER.date()),
        what.to_do[0],
        library.make_master(folder, Q1, LATER),
        library.trace_value(folder, "J1a.1")[0],
        *library.inspect_files(round_one.path / "plan.xlsx"),
        plans := library.list_plans(round_one.path, LATER.date()),
        plans.plans[0],
        plans.read[0],
        library.status_of_all([round_one.path], Q1, LATER.date()).read[0],
        library.what_next_of_all(str(round_one.path), LATER.date()).read[0],
        region := library.make_region(round_one.path, Q1, round_one.path.parent / "region.xlsx", LATER),
        region.partnerships[0],
    ]
    assert {type(one).__name__ for one in made} - set(library.__all__) == set()
    assert [one.subgroup for one in issued.issues] == ["DA", "SOS"]


def test_a_path_is_a_text_or_a_path_alone_or_among_others(round_one: Plan, tmp_path: Path) -> None:
    made = library.new_plan(str(tmp_path / "new"), LATER)
    made.register.close()
    assert library.open_folder(str(tmp_path / "new")).path == tmp_path / "new"
    folder, file = round_one.folder, round_one.filled("da", said())
    for paths in (str(file), file, [str(file)], (file,)):
        (receipt,) = library.receive_files(folder, paths, LATER, dry_run=True).receipts.returns
        assert receipt.file == str(file)
        (inspected,) = library.inspect_files(paths)
        assert inspected.file == str(file)
    output, paper = tmp_path / "master.xlsx", tmp_path / "paper.docx"
    mastered = library.make_master(folder, None, LATER, output=str(output), paper=str(paper))
    assert (mastered.path, mastered.paper) == (output, paper)
    assert output.is_file()
    assert paper.is_file()


@pytest.mark.parametrize("code", [Q1, " 2016-17-q1", library.Round(2016, 1)])
def test_a_round_is_its_code_or_itself(round_one: Plan, code: str | library.Round) -> None:
    assert library.status_of(round_one.folder, code, LATER.date()).round == Q1
    assert library.make_master(round_one.folder, code, LATER).round == Q1
    assert library.issue_round(round_one.folder, code, RETURN_BY, LATER, "DA").issues[0].subgroup == "DA"


def test_boards_are_one_text_or_several(round_one: Plan) -> None:
    for boards in ("j, L", ["J", "L"], ("L", "J")):
        assert library.make_master(round_one.folder, None, LATER, boards=boards).boards == ("J", "L")


Deed = Callable[[Any], object]
WRONG: dict[str, tuple[Deed, type[Exception], str]] = {
    "another edition": (
        lambda folder: library.make_master(folder, None, LATER, edition="Public"),
        library.PlanSheetsError,
        "no edition 'Public'",
    ),
    "an edition that is none": (
        lambda folder: library.make_master(folder, None, LATER, edition=cast("Any", None)),
        library.PlanSheetsError,
        "no edition None",
    ),
    "a board that is not there": (
        lambda folder: library.make_master(folder, None, LATER, boards=["Z"]),
        library.PlanSheetsError,
        "no board Z",
    ),
    "boards that are no refs": (
        lambda folder: library.make_master(folder, None, LATER, boards=cast("Any", 1)),
        TypeError,
        "boards is 1: give refs as 'J,L'",
    ),
    "a round that is a number": (
        lambda folder: library.make_master(folder, cast("Any", 2016), LATER),
        library.PlanSheetsError,
        "'2016' is not a round",
    ),
    "a path for a folder": (
        lambda folder: library.receive_files(cast("Any", folder.path), "inbox", LATER),
        TypeError,
        "give what open_folder or new_plan returned",
    ),
    "a folder that is a number": (lambda _: library.open_folder(cast("Any", 7)), TypeError, "7 is no path"),
    "files that are numbers": (lambda _: library.inspect_files(cast("Any", [7])), TypeError, "7 is no path"),
    "an output that is a number": (
        lambda folder: library.make_master(folder, None, LATER, output=cast("Any", 7)),
        TypeError,
        "7 is no path",
    ),
    "a day for a moment": (
        lambda folder: library.merge_plan(folder, cast("Any", RETURN_BY)),
        TypeError,
        "give a date with its time",
    ),
    "a moment of a time zone": (
        lambda folder: library.make_officer(folder, LATER.replace(tzinfo=UTC)),
        ValueError,
        "without a time zone",
    ),
    "a text for a day": (
        lambda folder: library.issue_round(folder, Q2, cast("Any", "2016-10-14"), LATER),
        TypeError,
        "return_by is '2016-10-14', which is no day",
    ),
    "a moment for a day": (lambda folder: library.status_of(folder, None, LATER), TypeError, "as_of is datetime"),
}


@pytest.mark.parametrize(("deed", "kind", "match"), WRONG.values(), ids=WRONG.keys())
def test_what_is_of_the_wrong_kind_is_told_and_changes_nothing(
    round_one: Plan, deed: Deed, kind: type[Exception], match: str
) -> None:
    folder = round_one.folder
    before = {path: path.read_bytes() for path in round_one.path.rglob("*") if path.is_file()}
    with pytest.raises(kind, match=match):
        deed(folder)
    assert {path: path.read_bytes() for path in round_one.path.rglob("*") if path.is_file()} == before


BY_PATH = (
    *("inspect_files", "new_plan", "open_folder", "examine_folder", "back_up", "restore"),
    *("list_plans", "status_of_all", "what_next_of_all", "make_region"),
)
"""Deeds that take a path: there may be no register yet, or none that can be opened, or several."""


def test_every_deed_asks_for_a_folder_first() -> None:
    offered = {name: getattr(library, name) for name in library.__all__}
    for deed in (one for one in offered.values() if isinstance(one, FunctionType)):
        if deed.__name__ not in (*BY_PATH, "schemas"):
            asked = signature(deed).parameters.values()
            with pytest.raises(TypeError, match="no plan folder"):
                deed(*["plan-2016-17" for one in asked if one.default is one.empty])


def test_a_traceback_says_what_to_do_as_well(tmp_path: Path) -> None:
    with pytest.raises(library.PlanSheetsError) as trouble:
        library.open_folder(tmp_path)
    assert trouble.value.__notes__ == [trouble.value.remedy]
