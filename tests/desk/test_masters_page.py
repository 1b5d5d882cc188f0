"""Masters on the desk: read, made, handed over, compared; and where each cell of one came from."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.desk.asking import Desk
from tests.desk.test_given_plan import told

from plan_sheets.asking.trace import trace_value

Q1 = "2016-17-Q1"


def links(page: str, begin: str) -> list[str]:
    """The addresses on a page that begin so."""
    return [html.unescape(link) for link in dict.fromkeys(re.findall(rf'href="({re.escape(begin)}[^"]*)"', page))]


def test_every_sheet_of_the_master_is_a_page_and_every_cell_of_it_can_be_traced(desk: Desk) -> None:
    sheets = links(desk.get(f"/masters/{Q1}").text, f"/masters/{Q1}/")
    assert f"/masters/{Q1}/rag-status" in sheets
    pages = [desk.get(sheet) for sheet in sheets]
    assert {page.status_code for page in pages} == {200}
    traces = {link for page in pages for link in links(page.text, "/trace?about=")}
    assert "/trace?about=J1a.1&field=progress" in traces
    folder = desk.plan.folder
    with folder.register.held_open():
        for link in traces:
            asked = parse_qs(urlsplit(link).query)
            trace_value(folder, asked["about"][0], *asked.get("field", []))  # what cannot be traced is an error
    assert desk.get("/trace?about=J1a.1&field=progress").status_code == 200


def test_a_long_sheet_is_read_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plan_sheets.desk.pages.masters.MOST_ROWS", 10)
    first, second = (desk.get(f"/masters/{Q1}/master-plan?page={number}").text for number in (1, 2))
    refs = [re.findall(r'about=([^"&]+)">\1</a>', page) for page in (first, second)]
    assert "Page 1 of " in first
    assert refs[0]
    assert not set(refs[0]) & set(refs[1])
    for odd in ("0", "999", "-1", "x", "²"):
        assert desk.get(f"/masters/{Q1}/master-plan?page={odd}").status_code == 200


@pytest.mark.parametrize("path", ["/masters/2016-17-Q2", "/masters/x", f"/masters/{Q1}/no-such-sheet"])
def test_a_master_or_a_sheet_that_is_not_there_is_told(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 409


def test_a_draft_is_made_with_its_paper_and_can_be_downloaded(desk: Desk) -> None:
    page = told(desk, desk.post("/masters", data={"round": Q1, "edition": "internal", "paper": "1", "do": "draft"}))
    assert "A draft of the master of 2016-17-Q1" in page
    assert links(page, "/files/") == [
        "/files/master/2016-17-q1-draft.xlsx",
        "/files/master/2016-17-q1-draft-board-paper.docx",
    ]
    for link in links(page, "/files/"):
        assert desk.get(link).content == (desk.plan.path / link.removeprefix("/files/")).read_bytes()
    assert "2016-17-q1-draft-board-paper.docx" in desk.get("/masters").text
    public = desk.post("/masters", data={"round": Q1, "edition": "public", "paper": "1", "do": "draft"})
    assert public.status_code == 422
    assert "there is none for the public" in public.text
    page = told(desk, desk.post("/masters", data={"round": Q1, "edition": "public", "board": "J", "do": "draft"}))
    assert "A draft of the public edition of the master of 2016-17-Q1 (J only)" in page


def test_it_is_handed_over_with_open_queries_only_if_that_is_said(desk: Desk) -> None:
    where = desk.post("/masters", data={"round": Q1, "edition": "internal", "do": "hand_over"}).headers["location"]
    page = desk.get(where).text
    assert "Queries are open" in page
    assert 'name="anyway"' in page
    refused = desk.post("/masters/hand-over", data={"round": Q1, "edition": "internal"})
    assert (refused.status_code, 'href="#anyway"' in refused.text) == (422, True)
    assert not desk.plan.folder.register.closed_through()
    done = told(desk, desk.post("/masters/hand-over", data={"round": Q1, "edition": "internal", "anyway": "1"}))
    assert "Edition 1 of the master of 2016-17-Q1" in done
    assert desk.plan.folder.register.closed_through() == Q1
    assert "handed over on 8 July 2016" in desk.get("/masters").text
    again = told(desk, desk.post("/masters", data={"round": Q1, "number": "1"}))
    assert "Edition 1, as it was handed over" in again


def test_what_differs_between_two_masters_is_a_table(desk: Desk) -> None:
    for form in ({"edition": "internal"}, {"edition": "internal", "board": "J"}):
        told(desk, desk.post("/masters", data={"round": Q1, "do": "draft", **form}))
    names = sorted(path.name for path in (desk.plan.path / "master").glob("*.xlsx"))
    assert len(names) == 2
    page = desk.get(f"/masters/differ?before={names[1]}&after={names[0]}").text
    assert "The two are not of the same boards" in page
    assert " differences</caption>" in page
    same = desk.get(f"/masters/differ?before={names[0]}&after={names[0]}")
    assert (same.status_code, "nothing differs from itself" in same.text) == (422, True)
    odd = desk.get("/masters/differ?before=../plan.xlsx&after=")
    assert (odd.status_code, "Choose the master that stands before." in odd.text) == (422, True)
