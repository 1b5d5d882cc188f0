"""What can be downloaded from the desk, and what never."""

from __future__ import annotations

import shutil
from urllib.parse import quote

import pytest
from tests.desk.asking import Desk

from plan_sheets.desk.links import list_links

ISSUED = "issued/2016-17-q1/2016-17-q1-domestic-abuse.xlsx"


def test_what_the_tool_made_is_saved_and_never_shown(desk: Desk) -> None:
    for name in (ISSUED, "plan.xlsx"):
        sent = desk.get(f"/files/{name}")
        assert (sent.status_code, sent.content) == (200, (desk.plan.path / name).read_bytes())
        assert sent.headers["content-disposition"] == f'attachment; filename="{name.rpartition("/")[2]}"'
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert "html" not in sent.headers["content-type"]


def test_a_file_that_came_in_is_saved_under_the_number_of_its_return(desk: Desk) -> None:
    returned = desk.plan.folder.register.returns(kind="subgroup")[0]
    sent = desk.get(f"/files/returned/{returned.sha256}.xlsx")
    assert sent.headers["content-disposition"] == f'attachment; filename="{returned.number}.xlsx"'
    assert sent.content == desk.plan.folder.kept(returned.sha256).read_bytes()


NEVER = (
    "register.sqlite",
    "backups/register.sqlite",
    "../plan/plan.xlsx",
    "issued/../register.sqlite",
    "issued/%2e%2e/register.sqlite",
    "%2e%2e/%2e%2e/etc/passwd",
    "..\\plan\\register.sqlite",
    "issued\\..\\register.sqlite",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\plan\\register.sqlite",
    "plan.xlsx\0",
    "register.sqlite\0.xlsx",
    f"{ISSUED}/",
    f"./{ISSUED}",
    f"issued//{ISSUED.removeprefix('issued/')}",
    "issued",
    "issued/2016-17-q1",
    "",
    "returned",
    f"returned/{'0' * 64}.xlsx",
    "returned/notes.txt",
    "master/mine.xlsx",
    "PLAN.XLSX",
    "a" * 5000,
)


@pytest.mark.parametrize("wanted", NEVER)
def test_nothing_else_of_the_folder_is_given_out(desk: Desk, wanted: str) -> None:
    backup = desk.plan.path / "backups" / "register.sqlite"
    backup.parent.mkdir(exist_ok=True)
    shutil.copy(desk.plan.path / "register.sqlite", backup)
    (desk.plan.path / "master").mkdir(exist_ok=True)
    (desk.plan.path / "master" / "mine.xlsx").write_bytes(b"mine")
    (desk.plan.path / "returned" / "notes.txt").write_bytes(b"mine")
    refused = desk.get("/files/" + "".join(f"%{byte:02x}" for byte in wanted.encode()))  # no browser tidies that
    assert refused.status_code == 404
    assert b"SQLite" not in refused.content
    assert b"mine" not in refused.content
    assert "content-disposition" not in refused.headers


def test_a_link_to_another_file_is_not_followed(desk: Desk) -> None:
    made = desk.plan.path / ISSUED
    made.unlink()
    made.symlink_to(desk.plan.path / "register.sqlite")
    assert desk.get(f"/files/{ISSUED}").status_code == 404
    folder = desk.plan.path / "issued"
    shutil.move(folder, desk.plan.path.parent / "elsewhere")
    folder.symlink_to(desk.plan.path.parent / "elsewhere", target_is_directory=True)
    assert desk.get(f"/files/{ISSUED.replace('domestic-abuse', 'prevent')}").status_code == 404


def test_a_returned_file_that_is_a_link_is_not_followed(desk: Desk) -> None:
    kept = desk.plan.folder.kept(desk.plan.folder.register.returns(kind="subgroup")[0].sha256)
    kept.unlink()
    kept.symlink_to(desk.plan.path / "register.sqlite")
    assert desk.get(f"/files/returned/{kept.name}").status_code == 404


def test_what_is_told_by_its_path_or_its_name_has_a_link_if_it_can_be_downloaded(desk: Desk) -> None:
    path = desk.plan.path
    there, gone = str(path / ISSUED), str(path / "issued" / "gone.xlsx")
    links = list_links(path, [there, ISSUED, gone, str(path / "register.sqlite"), "../plan.xlsx", "/etc/passwd"])
    assert links == [(ISSUED, f"/files/{quote(ISSUED)}")]
