"""What `receive` is given: each file once, rubbish passed over with a reason, and nothing that came left unsaid."""

from __future__ import annotations

import shutil
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.chairs import Plan, codes, fill, said
from tests.store.receiving.test_unpack import BOOK, mail, zipped

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.receiving.inbox import open_inbox
from plan_sheets.store.receiving.unpack import BESIDE

LOCKED = zipped({"a.xlsx": b"x"}).replace(b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1")
"""A zip with a password."""


@pytest.fixture
def inbox(example: Plan) -> Path:
    """A folder with three returns: loose, in a folder under the same name, and in a zip. Beside them, rubbish."""
    path = example.inbox
    (path / "more").mkdir(parents=True)
    (path / "return.xlsx").write_bytes(BOOK)
    (path / "more" / "return.xlsx").write_bytes(BOOK)
    (path / "more" / "all.zip").write_bytes(zipped({"return.xlsx": BOOK}))
    (path / "~$return.xlsx").write_bytes(b"x")
    (path / ".~lock.return.xlsx#").write_bytes(b"x")
    (path / "letter.txt").write_text("Dear all")
    return path


def test_a_folder_is_looked_through(example: Plan, inbox: Path) -> None:
    found = open_inbox(example.folder, [inbox])
    assert [one.name for one in found.files] == [
        f"{inbox}/more/all.zip: return.xlsx",
        f"{inbox}/more/return.xlsx",
        f"{inbox}/return.xlsx",
    ]
    assert {Path(name).name: why for name, why in found.passed_over} == {
        "~$return.xlsx": "left behind by another program",
        ".~lock.return.xlsx#": "left behind by another program",
        "letter.txt": "not a workbook by its name",
    }


def test_a_file_given_twice_is_taken_once(example: Plan, inbox: Path) -> None:
    found = open_inbox(example.folder, [inbox / "return.xlsx", inbox, inbox / "more" / "return.xlsx"])
    assert len(found.files) == len({one.name for one in found.files}) == 3


def test_a_folder_with_containers_only(example: Plan, inbox: Path) -> None:
    (inbox / "return.xlsx").unlink()
    (inbox / "more" / "return.xlsx").unlink()
    assert [Path(one.name).name for one in open_inbox(example.folder, [inbox]).files] == ["all.zip: return.xlsx"]


@pytest.mark.parametrize("name", ["empty.zip", "empty"])
def test_what_holds_no_workbook_is_refused_alone_and_passed_over_among_others(
    name: str, example: Plan, inbox: Path
) -> None:
    path = inbox / name
    if path.suffix:
        path.write_bytes(zipped({"letter.txt": b"x"}))
    else:
        path.mkdir()
    with pytest.raises(PlanSheetsError, match=f"no workbook in .*{name}"):
        open_inbox(example.folder, [path])
    found = open_inbox(example.folder, [inbox / "return.xlsx", path])
    assert len(found.files) == 1
    assert found.passed_over[-1] == (str(path), "no workbook in it")


def test_a_zip_that_cannot_be_opened_is_a_file_that_is_refused(example: Plan, inbox: Path) -> None:
    path = inbox / "locked.zip"
    path.write_bytes(LOCKED)
    (file,) = open_inbox(example.folder, [path]).files
    refusal = file.open().refusal
    assert refusal is not None
    assert (file.name, refusal.code) == (str(path), "file_zip_encrypted")


def test_what_cannot_be_read_in_an_email_costs_the_others_nothing(round_one: Plan) -> None:
    inbox, mail = round_one.inbox, EmailMessage()
    round_one.filled("da", said())
    mail["Date"] = "Fri, 1 Jul 2016 09:30:00 +0100"
    mail.set_content("Here it is.")
    mail.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    (inbox / "mail.eml").write_bytes(mail.as_bytes())
    (inbox / "locked.zip").write_bytes(LOCKED)
    told = {Path(one.file).name: (one.verdict, codes(one)) for one in round_one.receive(inbox)}
    assert told.pop("da.xlsx")[0] != "refused"
    assert told == {
        "mail.eml: winmail.dat": ("refused", ["file_not_kept", "file_outlook"]),
        "mail.eml": ("held", ["mail_kept_as_text", "mail_without_workbook"]),
        "locked.zip": ("refused", ["file_not_kept", "file_zip_encrypted"]),
    }


def test_a_file_that_is_open_elsewhere_costs_the_others_nothing(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut, good = round_one.filled("shut", said()), round_one.filled("da", said())

    def read(path: Path) -> bytes:
        if path == shut:
            raise PlanSheetsError(f"{path} cannot be read (Permission denied).")
        return path.read_bytes()

    monkeypatch.setattr("plan_sheets.store.receiving.inbox.read_bytes", read)
    refused, taken = round_one.receive(shut, good)
    assert (refused.verdict, codes(refused)) == ("refused", ["file_unreadable"])
    assert "Permission denied" in refused.findings[0].message
    assert taken.verdict == "accepted_with_findings"


DOCUMENTS = {
    "file_pdf": "scan.pdf",
    "file_word": "answers.docx",
    "file_text": "progress.csv",
    "file_html": "sheet.html",
}
"""What was sent instead of a workbook, by the code that says so."""
CONTENTS = {
    "file_pdf": b"%PDF-1.7",
    "file_word": zipped({"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<a/>", "word/document.xml": b"<a/>"}),
    "file_text": b"J1a.1,Red,Nobody has come",
    "file_html": b"<html><table>",
}


@pytest.mark.parametrize("way", ["folder", "mail", "zip"])
def test_what_was_sent_instead_of_a_workbook_is_refused_with_its_own_sentence(way: str, round_one: Plan) -> None:
    inbox, parts = round_one.inbox, {DOCUMENTS[code]: data for code, data in CONTENTS.items()}
    inbox.mkdir()
    if way == "folder":
        for name, data in parts.items():
            (inbox / name).write_bytes(data)
    else:
        packed = {"mail": ("all.eml", mail(parts).as_bytes()), "zip": ("all.zip", zipped(parts))}
        name, data = packed[way]
        (inbox / name).write_bytes(data)
    told = {one.file.rpartition("/")[2].rpartition(" ")[2]: codes(one) for one in round_one.receive(inbox)}
    message = {"all.eml": ["mail_kept_as_text", "mail_without_workbook"]} if way == "mail" else {}
    hidden = {"scan.pdf": ["file_not_kept", "file_pdf"]}
    assert told == {name: [code] for code, name in DOCUMENTS.items()} | hidden | message


@pytest.mark.parametrize("name", ["return", "return.xlsx.txt", "return.xlsx (1)", "return.download"])
def test_a_workbook_that_lost_its_ending_is_received(name: str, round_one: Plan) -> None:
    filled = round_one.filled("da", said())
    for file, data in {
        name: filled.read_bytes(),
        "all.zip": zipped({f"in zip {name}": filled.read_bytes()}),
        "mail.eml": mail({f"in mail {name}": filled.read_bytes()}).as_bytes(),
    }.items():
        (round_one.inbox / file).write_bytes(data)
    filled.unlink()
    (round_one.inbox / "slides.pptx").write_bytes(zipped({"[Content_Types].xml": b"<a/>", "ppt/slide.xml": b"<a/>"}))
    verdicts = sorted(one.verdict for one in round_one.receive(round_one.inbox))
    assert verdicts == ["accepted_with_findings", "duplicate", "duplicate"]


def test_what_came_with_a_workbook_is_passed_over_and_said(example: Plan) -> None:
    example.inbox.mkdir()
    (example.inbox / "mail.eml").write_bytes(mail({"minutes.pdf": b"%PDF-1.7", "return.xlsx": BOOK}).as_bytes())
    found = open_inbox(example.folder, [example.inbox])
    assert [Path(one.name).name for one in found.files] == ["mail.eml: return.xlsx"]
    assert [(Path(name).name, why) for name, why in found.passed_over] == [("mail.eml: minutes.pdf", BESIDE)]


def test_what_was_issued_and_not_touched_is_passed_over_in_a_folder_and_taken_by_name(round_one: Plan) -> None:
    issued = round_one.sent("DA")
    assert not open_inbox(round_one.folder, [issued.parent]).files
    assert len(open_inbox(round_one.folder, [issued]).files) == 1


def test_a_return_in_a_zip_is_received(round_one: Plan) -> None:
    filled = fill(round_one.sent("DA"), round_one.inbox / "da.xlsx", said())
    archive = shutil.make_archive(str(round_one.inbox / "returns"), "zip", filled.parent, filled.name)
    filled.unlink()
    (receipt,) = round_one.receive(Path(archive))
    assert (Path(receipt.file).name, receipt.subgroup) == ("returns.zip: da.xlsx", "DA")
