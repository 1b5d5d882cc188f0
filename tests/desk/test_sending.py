"""Issuing a round on the desk, and what is sent: workbooks and drafts of e-mails."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.desk.asking import Desk
from tests.desk.test_given_plan import change, told


def snapshot(path: Path) -> dict[str, bytes]:
    """Every file of a folder, by its name."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_a_dry_run_says_what_would_be_issued_and_leaves_nothing_behind(desk: Desk) -> None:
    (desk.plan.path / "plan.xlsx").write_bytes(change(desk, "Changed").read_bytes())
    assert "it is taken in first" in desk.get("/send").text
    before, folders = snapshot(desk.plan.path), {path for path in desk.plan.path.rglob("*") if path.is_dir()}
    form = {"round": "2016-17-Q2", "return_by": "14 Oct", "subgroup": "DA", "dry_run": "1"}
    page = told(desk, desk.post("/send", data=form))
    assert "Return by Friday 14 October 2016:" in page
    assert "A dry run: nothing was recorded, and no workbook was made." in page
    assert snapshot(desk.plan.path) == before
    assert {path for path in desk.plan.path.rglob("*") if path.is_dir()} == folders


def test_a_round_is_issued_to_whom_it_was_chosen_for_and_can_be_downloaded(desk: Desk) -> None:
    form = {"round": "2016-17-q2", "return_by": "14/10/2016", "subgroup": ["DA", "SOS"]}
    page = told(desk, desk.post("/send", data=form))
    assert 'href="/files/issued/2016-17-q2/2016-17-q2-domestic-abuse.xlsx"' in page
    assert "Next:" in page
    made = sorted(path.name for path in (desk.plan.path / "issued" / "2016-17-q2").iterdir())
    assert len(made) == 2
    listed = desk.get("/send?round=2016-17-Q2").text
    assert all(name in listed for name in made)
    packed = desk.get("/send/2016-17-Q2/issued.zip")
    assert packed.headers["content-disposition"] == 'attachment; filename="2016-17-q2-issued.zip"'
    with ZipFile(BytesIO(packed.content)) as all_files:
        assert sorted(all_files.namelist()) == made
        assert all_files.read(made[0]) == (desk.plan.path / "issued" / "2016-17-q2" / made[0]).read_bytes()


@pytest.mark.parametrize(
    ("form", "link", "says"),
    [
        ({"round": "Q2", "return_by": "14 October 2016"}, "#round", "is not a round. A round looks like 2016-17-Q1"),
        ({"round": "2016-17-Q2", "return_by": ""}, "#return_by", "cannot be read as a date. Type one day"),
        ({"round": "2016-17-Q2", "return_by": "October 2016"}, "#return_by", "not one day of it."),
        ({"round": "2016-17-Q2", "return_by": "<b>"}, "#return_by", "&#39;&lt;b&gt;&#39;"),
    ],
)
def test_a_slip_in_the_form_is_told_beside_it_and_what_was_typed_stays(
    desk: Desk, form: dict[str, str], link: str, says: str
) -> None:
    page = desk.post("/send", data={**form, "subgroup": "DA"})
    assert page.status_code == 422
    assert f'href="{link}"' in page.text
    assert says in page.text
    assert f'value="{form["round"]}"' in page.text
    assert page.text.count(' value="DA" checked') == 1


def test_what_cannot_be_issued_is_told_in_the_words_of_the_command(desk: Desk) -> None:
    form = {"round": "2016-17-Q2", "return_by": "1 July 2015"}
    assert "lies before the round&#39;s first day" in told(desk, desk.post("/send", data=form))


def test_drafts_are_made_by_kind_and_what_was_drafted_is_listed(desk: Desk) -> None:
    assert "Choose what shall be drafted." in desk.post("/send/drafts", data={"of": "2016-17-Q1"}).text
    page = told(desk, desk.post("/send/drafts", data={"of": "2016-17-Q1", "kind": ["feedback", "thanks"]}))
    assert "Nothing was sent" in page
    names = sorted(path.name for path in (desk.plan.path / "mail" / "2016-17-q1").iterdir())
    assert names
    assert {name.split("-")[3] for name in names} == {"feedback", "thanks"}
    assert all(f'href="/files/mail/2016-17-q1/{name}"' in page for name in names)
    assert all(name in desk.get("/send").text for name in names)
    assert desk.get(f"/files/mail/2016-17-q1/{names[0]}").headers["content-type"].startswith("message/rfc822")


@pytest.mark.parametrize(
    "path", ["/send/2016-17-Q9/issued.zip", "/send/2016-17-Q1/returned.zip", "/send/../issued.zip"]
)
def test_a_zip_of_nothing_that_was_made_is_refused(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code in (404, 409)
