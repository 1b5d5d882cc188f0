"""What is seldom done, on the desk: withdraw, redact, let a rule pass, look whether all is whole, back up."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from tests.desk.asking import Desk
from tests.desk.test_given_plan import change, give, told


@pytest.mark.parametrize("deed", ["withdraw", "redact", "allow", "backup"])
def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(desk: Desk, deed: str) -> None:
    before = desk.plan.folder.register.last_batch()
    page = desk.post(f"/keep/{deed}", data={"reason": 'A "reason" <b>', "until": "sometime"})
    assert page.status_code == 422
    links = re.findall(rf'href="#({deed}-\w+)"', page.text)
    assert links
    assert all(f'id="{link}"' in page.text for link in links)
    assert deed == "backup" or "A &#34;reason&#34; &lt;b&gt;" in page.text
    assert desk.plan.folder.register.last_batch() == before


def test_a_return_is_withdrawn(desk: Desk) -> None:
    assert 'value="DA-1"' in desk.get("/keep?about=DA-1").text
    page = told(desk, desk.post("/keep/withdraw", data={"name": "da-1", "reason": "Of another quarter"}))
    assert "DA-1 (da.xlsx) is withdrawn: Of another quarter" in page
    assert desk.plan.said("J1a.1", "progress") == ""


def test_what_was_redacted_is_forgotten_by_the_desk_too(desk: Desk) -> None:
    text = desk.plan.said("J3.2", "progress")
    earlier = desk.post("/keep/examine")
    told(desk, earlier)
    give(desk, change(desk, "x"))
    desk.get("/masters/2016-17-Q1")
    assert desk.shared.seen
    form = {"about": "PREVENT-1", "reason": "Never to be written"}
    assert desk.post("/keep/redact", data=form).status_code == 422
    page = told(desk, desk.post("/keep/redact", data={**form, "sure": "1"}))
    assert "is taken out of the register" in page
    assert not desk.shared.seen
    assert not desk.shared.given_plans
    assert "is not known any more" in desk.get(earlier.headers["location"]).text
    assert not text or text not in desk.get("/masters/2016-17-Q1/master-plan").text


def test_a_rule_is_let_pass_until_a_day(desk: Desk) -> None:
    form = {"code": "required", "subgroup": "DA", "by": "Board officer", "reason": "New chair"}
    page = told(desk, desk.post("/keep/allow", data={**form, "until": "31/12/2016"}))
    assert "31 December 2016" in page
    refused = told(desk, desk.post("/keep/allow", data={**form, "code": "case_identifier", "until": "31/12/2016"}))
    assert "This was not done" in refused


def test_the_register_is_looked_at_and_backed_up(desk: Desk) -> None:
    assert "The register and its folder are whole" in told(desk, desk.post("/keep/examine"))
    file = desk.plan.path.parent / "copy.sqlite"
    assert "Backed up, and found whole" in told(desk, desk.post("/keep/backup", data={"file": str(file)}))
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT count(*) FROM batch").fetchone()[0]
    plan = desk.plan.path / "plan.xlsx"
    before = plan.read_bytes()
    assert "This was not done" in told(desk, desk.post("/keep/backup", data={"file": str(plan)}))
    assert plan.read_bytes() == before
