"""Late is what was sent late: by the e-mail's own day, else the day received; and by the subgroup's own return-by."""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.chairs import Q1, SOS, Plan
from tests.commands import run

from plan_sheets.asking.status import status_of
from plan_sheets.core.rating.control_totals import SubgroupReturn
from plan_sheets.officer import make_officer

CAME = datetime(2016, 7, 18, 9)  # noqa: DTZ001 - the office's own clock
EXTENDED = date(2016, 7, 29)


def row_of(plan: Plan, subgroup: str = "SOS", as_of: date = date(2016, 7, 20)) -> SubgroupReturn:
    """How the workbook of a subgroup stands."""
    return next(row for row in status_of(plan.folder, Q1, as_of).rows if row.subgroup == subgroup)


def mailed(plan: Plan, when: str) -> Path:
    """The return of Signs of Safety in an e-mail with this date."""
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = "Chair <chair@example.org>", "Return", when
    mail.set_content("Here it is.")
    data = plan.filled("sos", SOS, "SOS").read_bytes()
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename="sos.xlsx")
    path = plan.inbox / "mail.eml"
    path.write_bytes(mail.as_bytes())
    return path


@pytest.mark.parametrize(
    ("sent", "day", "late"),
    [
        ("Thu, 14 Jul 2016 17:00:00 +0100", "2016-07-14", 0),
        ("Fri, 15 Jul 2016 23:30:00 -0500", "2016-07-15", 0),  # the next day in London: the sender's own clock decides
        ("Sat, 16 Jul 2016 00:10:00 +0100", "2016-07-16", 1),
        ("Sat, 16 Jul 2017 10:00:00 +0100", "2016-07-18", 3),  # yet to come
        ("Mon, 29 Feb 2016 10:00:00 +0000", "2016-07-18", 3),  # before the round
    ],
)
def test_the_day_on_which_the_mail_was_sent_decides(round_one: Plan, sent: str, day: str, late: int) -> None:
    round_one.receive(mailed(round_one, sent), when=CAME)
    row = row_of(round_one)
    assert (row.returned, row.days_late) == (day, late)
    assert row.received == (None if day == "2016-07-18" else "2016-07-18"), "both days where they differ"


def test_without_a_mail_the_day_received_decides_whatever_the_form_says(round_one: Plan) -> None:
    on_the_form = {**SOS, "Start here": {**SOS["Start here"], "Date completed": {"Your answer": "1 July 2016"}}}
    round_one.receive(round_one.filled("sos", on_the_form, "SOS"), when=CAME)
    row = row_of(round_one)
    assert (row.returned, row.days_late, row.completed_by) == ("2016-07-18", 3, "Chair (1 July 2016)")


def test_both_days_are_told(round_one: Plan) -> None:
    round_one.receive(mailed(round_one, "Thu, 14 Jul 2016 17:00:00 +0100"), when=CAME)
    assert "sent 14 July 2016, received 18 July 2016" in run("status", plan=round_one).stdout
    make_officer(round_one.folder, CAME)
    assert "14 July 2016 (received 18 July 2016)" in returns_of(round_one, "returned")


def returns_of(plan: Plan, field: str) -> list[str]:
    """What the sheet Returns says in a column."""
    sheet = plan.register.documents(kind="officer")[-1].book.sheet("Returns")
    return [str(content) for _, column, content in sheet.cells() if column.field.name == field]


def test_an_extension_for_one_subgroup_holds_for_it_alone(round_one: Plan) -> None:
    (issued,) = round_one.issue(by=EXTENDED, only=["DA"])
    assert issued.supersedes == "2016-17-Q1-DA-1", "its workbook says another day"
    assert (row_of(round_one, "DA").days_late, row_of(round_one, "SOS").days_late) == (0, 5)
    assert row_of(round_one, "DA", date(2016, 7, 30)).days_late == 1
    told = run("status", "--as-of", "2016-07-20", plan=round_one).stdout
    assert "DA outstanding (its own return-by: 29 July 2016)" in " ".join(told.split())
    make_officer(round_one.folder, CAME)
    assert returns_of(round_one, "return_by").count("29 July 2016") == 1
    assert all(issue.again for issue in round_one.issue()), "issued again for all: nothing has changed"
    assert row_of(round_one, "DA").return_by == "2016-07-29"


def test_an_earlier_day_for_one_and_then_another_day_for_all(round_one: Plan) -> None:
    round_one.issue(by=date(2016, 7, 8), only=["DA"])
    assert (row_of(round_one, "DA").days_late, row_of(round_one, "SOS").days_late) == (12, 5)
    round_one.issue(by=EXTENDED)
    assert {row_of(round_one, code).days_late for code in ("DA", "SOS")} == {0}, "a new day for all is one for all"
