"""Where a value came from, and what was done when, on the desk."""

from __future__ import annotations

import re

import pytest
from tests.desk.asking import Desk

from plan_sheets.asking.batches import list_batches


def test_a_value_is_traced_to_who_said_it_when_and_in_which_cell_of_a_file_that_can_be_downloaded(desk: Desk) -> None:
    page = desk.get("/trace?about=j1a.1&field=Progress made").text
    returned = desk.plan.folder.register.returns(kind="subgroup")
    sha = next(each.sha256 for each in returned if each.number == "DA-1")
    assert f'<a class="govuk-link" href="/files/returned/{sha}.xlsx">da.xlsx</a>' in page
    assert "Chair, 8 July 2016" in page
    assert "Progress!" in page
    assert desk.get(f"/files/returned/{sha}.xlsx").status_code == 200


def test_what_was_not_taken_says_so(desk: Desk) -> None:
    page = desk.get("/trace?about=J3.2&field=RAG").text
    assert "Purple" in page
    assert re.search(r'govuk-tag--red">\s*error', page)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("about=", "Say what it is about"),
        ("about=J1a.9", "The register knows nothing of &#39;J1a.9&#39;."),
        ("about=J1a.1&field=Colour", "There is no field &#39;Colour&#39; of J1a.1."),
        ("about=<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_what_is_not_known_is_told_at_the_form_with_what_was_typed(desk: Desk, query: str, says: str) -> None:
    page = desk.get(f"/trace?{query}")
    assert page.status_code == 422
    assert says in page.text
    assert 'href="#about"' in page.text
    assert "<script>alert" not in page.text


def test_the_history_says_what_each_batch_came_to_newest_first(desk: Desk) -> None:
    batches = list_batches(desk.plan.folder)
    assert [batch.seq for batch in batches] == sorted((batch.seq for batch in batches), reverse=True)
    received = next(batch for batch in batches if batch.deed == "receive")
    assert {number for number, *_ in received.returns} == {"DA-1", "PREVENT-1", "SOS-1"}
    assert received.values > 0
    page = desk.get("/history").text
    assert page.index("Files received") < page.index("Round issued") < page.index("Plan folder made")
    assert '<a class="govuk-link" href="/trace?about=DA-1">DA-1</a> da.xlsx: ' in page


def test_the_history_is_read_page_by_page(desk: Desk) -> None:
    batches = list_batches(desk.plan.folder, most=2)
    older = list_batches(desk.plan.folder, before=batches[-1].seq, most=2)
    assert len(batches) == len(older) == 2
    assert older[0].seq < batches[-1].seq
    for odd in ("x", "-1", "0", "9" * 60, "²"):
        assert desk.get(f"/history?before={odd}").status_code == 200
