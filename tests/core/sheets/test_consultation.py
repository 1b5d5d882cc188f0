"""Who was consulted, what it changed, and whom the law says must be; the evidence with its age."""

from __future__ import annotations

import pytest
from tests.registered import snapshot

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.sheets.consultation import MISSING, NOT_SENT, consultation_lines, consultation_rows, evidence_rows

BOARD = "| board | S | title = SAB\n"
BOTH = (
    "| consultation | C8 | consultee = HW | who = Healthwatch\n| consultation | C9 | consultee = All | who = Community"
)


@pytest.mark.parametrize(
    ("cells", "quarters", "stands"),
    [
        ("", (1,), NOT_SENT),
        ("| sent = 2 May 2016", (1,), "Sent, no answer for 1 quarter"),
        ("| sent = May 2016", (1, 2), "Sent, no answer for 2 quarters"),
        ("| sent = 2 May 2016", (), "Sent, no answer yet"),
        ("| sent = soon", (1,), "Sent, no answer yet"),
        ("| sent = May 2017", (1,), "Sent, no answer yet"),
        ("| sent = 2 May 2016 | answered = June 2016", (1,), "Answered; what was changed is not said"),
        ("| sent = 2 May 2016 | answered = June 2016 | changed = J1 was added", (1,), "Answered"),
    ],
)
def test_how_a_consultation_stands(cells: str, quarters: tuple[int, ...], stands: str) -> None:
    (row,) = consultation_rows(snapshot(f"| consultation | C1 | consultee = Cabinet {cells}", *quarters))
    assert row.contents["stands"] == stands


@pytest.mark.parametrize(
    ("plan", "missing"),
    [
        (BOARD, ["Healthwatch", "Community"]),
        (BOARD + BOTH.splitlines()[0], ["Community"]),
        (BOARD + BOTH, []),
        (BOARD + BOTH + "\n1 | consultation | C8 | removed = Yes", ["Healthwatch"]),
        ("", []),
    ],
)
def test_statutory_consultees_that_are_missing_are_named(plan: str, missing: list[str]) -> None:
    how = snapshot(plan, 1)
    rows = [row.contents for row in consultation_rows(how)]
    assert [row["consultee"] for row in rows if row["stands"] == MISSING] == missing
    lines = " ".join(consultation_lines(how))
    assert ("they are missing: " + ", ".join(missing) in lines) == bool(missing)


def test_counts_and_what_is_not_sent() -> None:
    table = """
    | consultation | C1 | consultee = Cabinet | sent = May 2016 | answered = June 2016 | changed = J1
    | consultation | C2 | consultee = Scrutiny | sent = May 2016
    | consultation | C3 | consultee = Local Healthwatch | statutory = Yes
    """
    assert [*consultation_lines(snapshot(table, 1))] == [
        "3 consultees: sent to 2, answered by 1, plan changed by 1.",
        "Statutory, and not sent yet: Local Healthwatch.",
    ]


def test_dates_of_a_consultation_are_dates() -> None:
    (row,) = consultation_rows(snapshot("| consultation | C1 | sent = 2 May 2016 | answered = about June", 1))
    assert (row.contents["sent"], row.contents["answered"]) == (PartialDate.from_words("2 May 2016"), "about June")


def test_evidence_is_as_old_as_its_last_change() -> None:
    table = "| evidence | E1 | about = J1 | subject = Homes | data = Numbers\n2 | evidence | E1 | voice = Heard"
    (row,) = evidence_rows(snapshot(table, 1, 2, 3))
    assert row.contents == {
        "about": "J1",
        "subject": "Homes",
        "learning": "Nothing yet",
        "workforce": "Nothing yet",
        "voice": "Heard",
        "data": "Numbers",
        "since": "Quarter 2, July to September 2016",
        "age": "2 quarters",
    }
