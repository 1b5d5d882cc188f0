"""The desk over a plan whose register is on a PostgreSQL server: every page is the same."""

from __future__ import annotations

from tests.chairs import RECEIVED_ON, Plan
from tests.desk.conftest import open_desk
from tests.desk.test_browser import PAGES
from tests.desk.test_given_plan import told
from tests.servers import Server

from plan_sheets import doctor


def test_every_page_is_the_same_over_a_server(returned: Plan, server: Server) -> None:
    desk = open_desk(returned)
    in_file = {path: desk.get(path).text for path in PAGES}
    doctor.move(returned.path, server.url(server.make_database()), RECEIVED_ON)
    desk = open_desk(returned)
    assert {path: desk.get(path).text for path in PAGES} == in_file
    page = told(desk, desk.post("/keep/withdraw", data={"name": "DA-1", "reason": "Of another quarter"}))
    assert "DA-1 (da.xlsx) is withdrawn" in page
    assert "whole" in told(desk, desk.post("/keep/examine"))
