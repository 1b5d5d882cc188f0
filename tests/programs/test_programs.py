"""Whatever program saved it, an honest return says what it said: real programs save issued workbooks here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.chairs import Q1, codes, on, told
from tests.programs.observing import DAYS, LONG, TEXTS, Observed, Round, Trip
from tests.programs.saving import PROGRAMS, Program, skip_if
from tests.programs.tabulating import DOCS, with_table

from plan_sheets.core.model.findings import Severity
from plan_sheets.core.model.keys import Key

CUTS = ("SheetJS xls",)
"""They cut off a text after 255 characters."""
REAL_DATES = (on("Next step by", 5), on("New date", 6), "New actions!G5")
BARE = {"SheetJS ods": REAL_DATES, "SheetJS xls": (REAL_DATES[0], REAL_DATES[2])}
"""They save these dates as their numbers, without the format by which a date is known."""
WHOLE = ("SheetJS ods", "hucre xlsx")
"""They save a date that shows its month as one that shows its day, or as its number."""
CLOSES_UP = ("openxlsx (R) xlsx",)
"""They leave out lines on which nothing stands."""
MONTH, FIRST_OF_IT = "September 2016", "1 September 2016"
PROGRESS = Key("action", "J1a.1", "progress")
NEW_DATE = Key("action", "J1a.2", "new_date")
Observe = Callable[[Program], Observed]


@pytest.fixture(scope="session")
def round_sent(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Round:
    return Round(issued_example, tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="session")
def observe(round_sent: Round) -> Observe:
    """What becomes of the workbooks in a program; each runs once in a session."""
    return cache(round_sent.observe)


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.label)
def program(request: pytest.FixtureRequest) -> Program:
    one: Program = request.param
    skip_if(one.missing())
    return one


@pytest.fixture(scope="session")
def as_typed(round_sent: Round) -> dict[str, Trip]:
    """The two filled workbooks as they were typed, and saved by nothing else."""
    return {name: round_sent.trip(f"as {name}", round_sent.filled(name)) for name in DAYS}


def test_untouched_is_untouched(program: Program, observe: Observe) -> None:
    seen = observe(program)
    assert len(seen.untouched) == 9
    assert {receipt.verdict for receipt in seen.untouched} == {"untouched"}
    allowed = {"lost_on_saving"} | ({"text_cut"} if program.label in CUTS else set())
    allowed |= {"file_half_seen"} if program.label.endswith(("xls", "xlsb")) else set()
    assert {code for receipt in seen.untouched for code in codes(receipt)} <= allowed
    assert {one.severity for receipt in seen.untouched for one in receipt.findings} <= {Severity.NOTE}
    assert {receipt.saved_by.split(" ")[0] for receipt in seen.untouched} == {program.calls_itself}


def test_docs_say_what_survives_where(observe: Observe) -> None:
    skip_if("; ".join(dict.fromkeys(filter(None, (program.missing() for program in PROGRAMS)))))
    written = DOCS.read_text(encoding="utf-8")
    assert written == with_table(written, [(program, observe(program)) for program in PROGRAMS]), "run: make docs"


@pytest.mark.parametrize("name", DAYS)
def test_what_was_typed_is_what_is_read(
    program: Program, observe: Observe, as_typed: dict[str, Trip], name: str
) -> None:
    went, came = as_typed[name], observe(program).filled[name]
    expected = dict(went.values)
    more = {("date_serial", where) for where in BARE.get(program.label, ()) if name == "dated"}
    if program.label in CLOSES_UP:
        expected[PROGRESS, Q1] = expected[PROGRESS, Q1].replace("\n\n", "\n")
    less = set()
    if name == "dated" and program.label in WHOLE:
        less = {("date_shown", on("New date", 6)), ("date_month_end", on("New date", 6))}
        expected[NEW_DATE, Q1] = FIRST_OF_IT
    if program.label in CUTS:
        more |= {("text_perhaps_cut", on("Evidence", 8))}
        expected[Key("action", "J1b.1", "evidence"), Q1] = LONG[:255].strip()
    if program.label.endswith(("xls", "xlsb")):
        more |= {("file_half_seen", "")}
    assert came.values == expected
    assert told(came.receipt) - {("lost_on_saving", "")} == (told(went.receipt) | more) - less
    assert came.receipt.verdict == ("accepted_with_findings" if program.label in CUTS else "accepted")


def test_as_typed_it_is_accepted_and_says_so(as_typed: dict[str, Trip]) -> None:
    """What the other programs are compared with."""
    assert {trip.receipt.verdict for trip in as_typed.values()} == {"accepted"}
    assert {one.code for one in as_typed["typed"].receipt.findings} == {"tidied", "date_month_end"}
    assert {one.code for one in as_typed["dated"].receipt.findings} == {"tidied", "date_shown", "date_month_end"}
    row = TEXTS["Progress"]["J1a.2"]
    held = [as_typed["typed"].values[Key("action", "J1a.2", name), Q1] for name in ("progress", "ask", "evidence")]
    assert held == [row["Progress made"], row["Asked of the executive"], "1/2"]
    assert as_typed["typed"].values[Key("action", "J1a.2", "next_step_by"), Q1] == "31 July 2016"
    assert as_typed["dated"].values[Key("action", "J1a.1", "next_step_by"), Q1] == "31 July 2016"
    assert as_typed["dated"].values[NEW_DATE, Q1] == MONTH
