"""Zips and e-mails are looked into, workbooks never taken apart, and no more is taken out than is told beforehand."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.compound import outlook_message

from plan_sheets.core.model.mail import Mail
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.receiving.unpack import BESIDE, IncomingFile, UnpackedFiles, find_reason_passed_over, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping

SENDER = "The Chair <chair@example.org>"
NAMED = "not a workbook by its name"
LEFT = "left behind by another program"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zipped(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


BOOK = zipped({"[Content_Types].xml": b"<Types/>", "xl/embeddings/other.xlsx": b"never looked at"})


def mail(attached: Mapping[str, bytes], kind: str = "application/octet-stream") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Date"] = SENDER, "Fri, 1 Jul 2016 09:30:00 +0100"
    made.set_content("Here it is.")
    made.add_alternative("<p>Here it is.</p>", subtype="html")
    for name, data in attached.items():
        made.add_attachment(data, *kind.split("/"), filename=name)
    return made


def taken(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[dict[str, str], dict[str, str]]:
    """Name and code of refusal ("" if none) of each file; what was passed over, and why."""
    out = unpack(IncomingFile(name, data), limits)
    return {one.name: one.refusal.code if one.refusal else "" for one in out.files}, dict(out.passed_over)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("return.xlsx", BOOK),
        ("return.zip", BOOK),  # by content
        ("return.ods", zipped({"mimetype": b"x", "inner.xlsx": b""})),
        ("return.ods", zipped({"content.xml": b"x", "META-INF/manifest.xml": b"", "inner.xlsx": b""})),
        ("plan.numbers", zipped({"Index/Document.iwa": b"", "a.xlsx": b""})),
        ("broken.zip", zipped({"a.xlsx": b"x"})[:40]),
        ("return.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("mail.eml", b"%PDF-1.7"),
        ("letter.txt", b"From: somebody\n\nattached"),
    ],
)
def test_what_is_no_container_is_left_whole_for_the_guard(name: str, data: bytes) -> None:
    assert unpack(IncomingFile(name, data)) == UnpackedFiles([IncomingFile(name, data)])


def test_a_zip_with_folders_and_rubbish() -> None:
    parts = {
        "one/return.xlsx": BOOK,
        "two/return.xlsx": BOOK,
        "three/": b"",
        "__MACOSX/one/._return.xlsx": b"x",
        "one/~$return.xlsx": b"x",
        "two/.~lock.return.xlsx#": b"x",
        "letter.docx": b"x",
    }
    files, passed = taken("in/all.zip", zipped(parts))
    assert files == {"in/all.zip: one/return.xlsx": "", "in/all.zip: two/return.xlsx": ""}
    assert passed == {
        "in/all.zip: __MACOSX/one/._return.xlsx": LEFT,
        "in/all.zip: one/~$return.xlsx": LEFT,
        "in/all.zip: two/.~lock.return.xlsx#": LEFT,
        "in/all.zip: letter.docx": BESIDE,
    }


@pytest.mark.parametrize("name", ["Priority \N{EN DASH} J2.xlsx", "Pobl Tŷ.xlsx"])
def test_names_in_a_zip_from_a_mac(name: str) -> None:
    undeclared = zipped({"x" * len(name.encode()): BOOK}).replace(b"x" * len(name.encode()), name.encode())
    assert taken("z.zip", undeclared)[0] == {f"z.zip: {name}": ""}
    assert taken("z.zip", zipped({name: BOOK}))[0] == {f"z.zip: {name}": ""}


def test_a_name_is_kept_as_it_is() -> None:
    assert taken("z.zip", zipped({"a\x1b[2Jb\n.xlsx": BOOK}))[0] == {"z.zip: a\x1b[2Jb\n.xlsx": ""}


def changed(data: bytes, offset: int, form: str, value: int) -> bytes:
    """The zip with one number in its directory's first entry changed."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(zipped({"a.xlsx": BOOK}), 8, "<H", 1), {"z.zip": "file_zip_encrypted"}),
        (changed(zipped({"a.xlsx": BOOK, "b.xlsx": BOOK}), 16, "<L", 7), {"z.zip: a.xlsx": "file_damaged"}),
        (changed(zipped({"a.xlsx": BOOK, "b.xlsx": BOOK}), 24, "<L", 7), {"z.zip: a.xlsx": "file_damaged"}),
        (changed(zipped({"a.xlsx": BOOK, "b.xlsx": BOOK}), 10, "<H", 9), {"z.zip: a.xlsx": "file_damaged"}),
    ],
)
def test_zips_that_are_refused_whole_or_in_part(data: bytes, code: dict[str, str]) -> None:
    files, _ = taken("z.zip", data)
    assert {name: told for name, told in files.items() if told} == code


def test_containers_within_containers_as_far_as_they_go() -> None:
    data = zipped({"return.xlsx": BOOK})
    for _ in range(LIMITS.depth - 1):
        data = zipped({"in.zip": data})
    within = ": ".join(["z.zip", *["in.zip"] * (LIMITS.depth - 1)])
    assert taken("z.zip", data) == ({f"{within}: return.xlsx": ""}, {})
    assert taken("z.zip", zipped({"in.zip": data})) == ({"z.zip: " + within.replace("z.", "in."): "file_nested"}, {})


def test_all_that_is_in_one_file_together_is_limited() -> None:
    inner = zipped({"return.xlsx": bytes(9_000)})
    held = mail({f"{number}.zip": inner for number in range(5)}).as_bytes()
    files, _ = taken("m.eml", held, Limits(inflated=3 * len(inner) + 2 * 9_000))
    assert files == {
        "m.eml: 0.zip: return.xlsx": "",
        "m.eml: 1.zip: return.xlsx": "",
        "m.eml: 2.zip": "file_inflates",
        "m.eml": "file_inflates",
    }


@pytest.mark.parametrize(("most", "code"), [(3, None), (2, "file_too_many_files")])
def test_so_many_files_in_one(most: int, code: str | None) -> None:
    held = zipped({f"{number}.xlsx": BOOK for number in range(3)})
    assert taken("z.zip", held, Limits(files=most))[0].get("z.zip") == code


def test_an_email_with_its_sender_and_date() -> None:
    made = mail({"return.xlsx": BOOK, "smime.p7s": b"x", "all.zip": zipped({"q1/other.xls": b"x"})})
    made.add_attachment(b"\x89PNG", "image", "png", filename="image001.png", disposition="inline")
    out = unpack(IncomingFile("chair's mail.eml", made.as_bytes()))
    told = Mail(sha256(made.as_bytes()), SENDER, "2016-07-01T09:30:00+01:00", "", "Here it is.\n")
    assert out.files == [
        IncomingFile("chair's mail.eml: return.xlsx", BOOK, told),
        IncomingFile("chair's mail.eml: all.zip: q1/other.xls", b"x", told),
    ]
    assert out.passed_over == [("chair's mail.eml: smime.p7s", NAMED), ("chair's mail.eml: image001.png", NAMED)]


def test_a_forwarded_email_tells_its_own_sender() -> None:
    outer = EmailMessage()
    outer["From"] = "officer@example.org"
    outer.set_content("See below.")
    outer.add_attachment(mail({"return.xlsx": BOOK}))
    (file,) = unpack(IncomingFile("m.eml", outer.as_bytes())).files
    assert (file.name, file.sent_by, file.data) == ("m.eml: attachment.eml: return.xlsx", SENDER, BOOK)


def test_an_attachment_without_a_name_and_an_email_that_is_one() -> None:
    nameless = mail({"x": BOOK}, XLSX).as_bytes().replace(b' filename="x"', b"")
    assert taken("m.eml", nameless)[0] == {"m.eml: attachment.xlsx": ""}
    for content, name in ((BOOK, "m.eml: attachment.xlsx"), (b"\x89PNG", None)):
        unknown = mail({"x": content}, "application/octet-stream").as_bytes().replace(b' filename="x"', b"")
        assert [*taken("m.eml", unknown)[0]] == [name or "m.eml"]
    bare = b"From: x\nContent-Type: " + XLSX.encode() + b"; name=return.xlsx\n\nPK"
    assert taken("m.eml", bare)[0] == {"m.eml: return.xlsx": ""}


@pytest.mark.parametrize(
    ("data", "files", "passed"),
    [
        (mail({}).as_bytes(), {}, {}),
        (mail({"letter.pdf": b"x"}).as_bytes(), {"m.eml: letter.pdf": ""}, {}),
        (mail({"logo.png": b"x"}).as_bytes(), {}, {"m.eml: logo.png": NAMED}),
        (mail({"winmail.dat": b"x"}, "application/ms-tnef").as_bytes(), {"m.eml: winmail.dat": "file_outlook"}, {}),
        (mail({"old.msg": b"x"}).as_bytes(), {"m.eml: old.msg": "file_outlook"}, {}),
        (b"Date: nonsense\n\nx", {}, {}),
    ],
)
def test_an_email_without_a_workbook_is_a_message(data: bytes, files: dict[str, str], passed: dict[str, str]) -> None:
    assert taken("m.eml", data) == ({**files, "m.eml": ""}, passed)
    *_, message = unpack(IncomingFile("m.eml", data)).files
    assert (message.data, message.is_message, message.mail and message.mail.sha256) == (data, True, sha256(data))


@given(st.binary(max_size=200), st.sampled_from(["z.zip", "m.eml"]))
def test_whatever_the_bytes_are_something_is_told(noise: bytes, name: str) -> None:
    for start in (b"", b"From: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n", b"PK\x05\x06"):
        out = unpack(IncomingFile(name, start + noise))
        assert out.files or out.passed_over


def test_a_message_of_outlook() -> None:
    sent = datetime(2016, 7, 1, 8, 30, tzinfo=UTC)
    data = outlook_message("The Chair", sent, {"Pobl Tŷ.xlsx": BOOK, "image001.png": b"x"})
    out = unpack(IncomingFile("chair.msg", data))
    told = Mail(sha256(data), SENDER, "2016-07-01T08:30:00+00:00")
    assert out.files == [IncomingFile("chair.msg: Pobl Tŷ.xlsx", BOOK, told)]
    assert out.passed_over == [("chair.msg: image001.png", NAMED)]
    assert taken("chair.msg", data[: len(data) // 2])[0] == {"chair.msg": "file_outlook"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/b.XLSX", ""),
        ("a.msg", ""),
        ("~$a.xlsx", LEFT),
        (".~lock.a.ods#", LEFT),
        ("a.PDF", ""),
        ("a.png", NAMED),
        ("Thumbs.db", NAMED),
    ],
)
def test_names(name: str, why: str) -> None:
    assert find_reason_passed_over(name) == why
