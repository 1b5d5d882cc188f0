"""A person in LibreOffice fills a workbook in, types into locked cells, sorts, and pastes over a drop-down."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import Q1, Plan, area, codes, on, place, told
from tests.programs.observing import Round, Trip, to_type
from tests.programs.saving import HERE, skip_if

from plan_sheets.core.model.keys import Key

PYTHON = "/usr/bin/python3"
"""The system's, for which LibreOffice's `uno` is installed (python3-uno)."""
SUFFIXES = ("xlsx", "ods")
LOCKED = (
    *(
        ("Progress", "B5"),
        ("Progress", place("Key", 5)),
        ("Progress", place("Progress made", 4)),
        ("Progress", place("Last progress", 7)),
        ("Progress", "A1"),
    ),
    *(("Action plan", "B5"), ("Grid", "C5"), ("New actions", "A6"), ("Guidance", "B5"), ("About", "B5")),
)
RAG = 11
"""The column of RAG, counted from 1."""
Step = Sequence[str | int]
pytestmark = pytest.mark.libreoffice


@dataclass(frozen=True, slots=True)
class Session:
    """What a person did, and where the workbooks lie that they saved."""

    steps: Sequence[Step]
    shown: Sequence[str]
    """What stood in the selected cell after each step."""
    folder: Path

    def saved(self, name: str, suffix: str) -> Path:
        """The workbook of this name."""
        return self.folder / f"{name}.{suffix}"

    def after(self, name: str) -> list[tuple[Step, str]]:
        """The steps since the workbook of this name was opened, each with what it showed."""
        told = list(zip(self.steps, self.shown, strict=True))
        end = self.steps.index(("save", str(self.saved(name, SUFFIXES[0]))))
        start = max(place for place, step in enumerate(self.steps[:end]) if step[0] == "open")
        return told[start:end]


def no_uno() -> str:
    """What is missing for a session, and how to get it; "" if there can be one."""
    if not Path(PYTHON).exists():
        return f"There is no {PYTHON}, with which LibreOffice's uno works: apt-get install python3-uno"
    ran = subprocess.run([PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return f"{PYTHON} has no uno: apt-get install python3-uno" if ran.returncode else ""


@pytest.fixture(scope="module")
def round_sent(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Round:
    return Round(issued_example, tmp_path_factory.mktemp("session"))


@pytest.fixture(scope="module")
def session(round_sent: Round) -> Session:
    """All of it in one office, for that takes long to start."""
    skip_if(no_uno())
    sent = str(Plan(round_sent.issued).sent("DA"))
    filled_in: list[Step] = [("open", sent)]
    for sheet, cell, text, _ in to_type(openpyxl.load_workbook(sent), {}):
        filled_in += [("go", sheet, cell), ("type", text)]
    over_locks: list[Step] = []
    for sheet, cell in LOCKED:
        over_locks += [("go", sheet, cell), ("type", "Typed over a lock")]
    across: list[Step] = [
        ("go", "Progress", area("Ref", 5, "Key", 8)),
        ("sort", RAG),
        ("go", "Progress", area("Last next step done", 5, "RAG", 8)),
        ("sort", RAG),
    ]
    # Emptied first, for whether to paste over a full cell LibreOffice asks, and nobody is there to say Yes.
    pasted: list[Step] = [
        ("go", "Progress", place("RAG", 8)),
        ("type", ""),
        ("go", "Progress", place("Evidence", 5)),
        ("copy",),
    ]
    pasted += [("go", "Progress", place("RAG", 8)), ("paste",)]

    def save(name: str) -> list[Step]:
        return [("save", str(round_sent.work / f"{name}.{suffix}")) for suffix in SUFFIXES]

    steps = [
        *(("open", sent), *over_locks, *across, *save("untouched")),
        *(*filled_in, *over_locks, *across, *save("filled in")),
        *(*filled_in, *pasted, ("go", "Progress", place("Last progress", 8)), ("paste",)),
        *save("pasted"),
        *(
            *filled_in,
            ("go", "Progress", area("RAG", 5, "What will bring it back", 8)),
            ("sort", RAG),
            *save("fresh answers sorted"),
        ),
        *(("open", sent), ("go", "Action plan", "D5:H8"), ("sort", 5), *save("issued answers sorted")),
    ]
    command = [PYTHON, str(HERE / "lo_session.py")]
    done = subprocess.run(command, input=json.dumps(steps).encode(), capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return Session(steps, json.loads(done.stdout), round_sent.work)


@pytest.fixture(scope="module")
def as_typed(round_sent: Round) -> Trip:
    """The same answers, typed without any program."""
    return round_sent.trip("as typed", round_sent.filled("typed"))


LOST = ("lost_on_saving", "")


@pytest.mark.parametrize("name", ["untouched", "filled in"])
def test_locked_cells_cannot_be_typed_into(session: Session, name: str) -> None:
    shown = session.after(name)
    typed = [number for number, (step, _) in enumerate(shown) if step == ("type", "Typed over a lock")]
    assert len(typed) == len(LOCKED)
    for number in typed:
        assert shown[number][1] == shown[number - 1][1] != "Typed over a lock", shown[number - 1][0]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_only_the_locks_refused_is_untouched(session: Session, round_one: Plan, suffix: str) -> None:
    """Neither typing nor a sort that reaches a locked cell changes anything."""
    receipt = round_one.receive_one(session.saved("untouched", suffix))
    assert (receipt.verdict, codes(receipt)) == ("untouched", ["lost_on_saving"])
    assert receipt.saved_by.startswith("LibreOffice ")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_typed_in_libreoffice_is_what_is_read(
    session: Session, round_one: Plan, as_typed: Trip, suffix: str
) -> None:
    receipt = round_one.receive_one(session.saved("filled in", suffix))
    assert round_one.all_values() == as_typed.values
    assert (receipt.verdict, told(receipt)) == ("accepted", told(as_typed.receipt) | {LOST})


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_pasted_over_a_drop_down_is_no_choice(
    session: Session, round_one: Plan, as_typed: Trip, suffix: str
) -> None:
    """The list is gone from the cell and does not stop it; the rule does. A locked cell cannot be pasted over."""
    assert session.after("pasted")[-1] == (("paste",), "Nothing reported")
    receipt = round_one.receive_one(session.saved("pasted", suffix))
    assert told(receipt) == told(as_typed.receipt) | {LOST, ("not_a_choice", on("RAG", 8))}
    assert receipt.verdict == "accepted_with_findings"
    (finding,) = [one for one in receipt.findings if one.code == "not_a_choice"]
    assert (finding.entered, finding.severity) == ("007", "error")
    assert as_typed.values.items() - round_one.all_values().items() == {((Key("action", "J1b.1", "rag"), Q1), "Red")}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_issued_answers_sorted_away_from_their_refs_are_held(session: Session, round_one: Plan, suffix: str) -> None:
    before = round_one.all_values()
    receipt = round_one.receive_one(session.saved("issued answers sorted", suffix))
    assert receipt.verdict == "held"
    assert told(receipt) == {LOST, ("answers_permuted", "Action plan!D6"), ("answers_permuted", "Action plan!E6")}
    assert round_one.all_values() == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_fresh_answers_sorted_within_a_block_leave_no_trace(session: Session, round_one: Plan, suffix: str) -> None:
    """The lock does not stop it, and nothing in the file tells it: docs/programs.md says so, and why it is rare."""
    receipt = round_one.receive_one(session.saved("fresh answers sorted", suffix))
    assert receipt.verdict == "accepted"
    ratings = [round_one.said(ref, "rag") for ref in ("J1a.1", "J1a.2", "J1a.3", "J1b.1")]
    assert ratings == ["Amber", "Green", "Green", "Red"]
    assert round_one.said("J1a.1", "next_step") == "+44 is a prefix"
