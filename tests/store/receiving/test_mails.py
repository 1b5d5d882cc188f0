"""Mail as people send it: signed, encrypted, forwarded, saved by other programs; its text kept, its files taken out."""

from __future__ import annotations

import base64
import quopri
import struct
from binascii import b2a_uu
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from tests.store.compound import Node, _properties, compound
from tests.store.receiving.test_unpack import BOOK, SENDER, mail, zipped

from plan_sheets.core.model.mail import Mail
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.receiving.mail.email import pack_mail, pack_without_text
from plan_sheets.store.receiving.mail.text import read_html
from plan_sheets.store.receiving.unpack import IncomingFile, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

RED = "PS S2.1 went Red this morning"
ADDRESS = "https://example.sharepoint.com/:x:/s/board/return.xlsx"


def written(body: str = RED, books: dict[str, bytes] | None = None, html: str = "") -> EmailMessage:
    """A mail with this text and these workbooks."""
    made = EmailMessage()
    made["From"], made["Subject"], made["To"] = SENDER, "Return Q1", "officer@example.org"
    made["Date"] = "Fri, 1 Jul 2016 09:30:00 +0100"
    made.set_content(body)
    if html:
        made.add_alternative(html, subtype="html")
    for name, data in (books or {}).items():
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


WITH_BOOK = written(books={"return.xlsx": BOOK})


def opened(name: str, data: bytes, limits: Limits = LIMITS) -> dict[str, IncomingFile]:
    """Every file taken out, by its name without that of the first container."""
    return {one.name.removeprefix(f"{name}: "): one for one in unpack(IncomingFile(name, data), limits).files}


def alone(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[IncomingFile, Mail]:
    """The one file in it, and the mail in which it came."""
    (file,) = opened(name, data, limits).values()
    assert file.mail
    return file, file.mail


@pytest.mark.parametrize("limits", [LIMITS, Limits(mail_here=0)], ids=["here", "by the child process"])
def test_a_workbook_carries_the_mail_that_it_came_in(limits: Limits) -> None:
    data = WITH_BOOK.as_bytes()
    file, told = alone("m.eml", data, limits)
    assert (file.data, file.is_message, file.sent_by) == (BOOK, False, SENDER)
    assert told == Mail(sha256(data), SENDER, "2016-07-01T09:30:00+01:00", "Return Q1", f"{RED}\n")


@cache
def key_and_certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "The Chair")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2016, 1, 1, tzinfo=UTC))
    return key, made.not_valid_after(datetime(2016, 1, 1, tzinfo=UTC) + timedelta(365)).sign(key, hashes.SHA256())


def signed(entity: bytes, encoding: str, *, detached: bool = False) -> bytes:
    """The entity signed: as DER, or as the mail that a mail program sends."""

    key, certificate = key_and_certificate()
    options = [pkcs7.PKCS7Options.DetachedSignature if detached else pkcs7.PKCS7Options.Binary]
    signer = pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(certificate, key, hashes.SHA256())
    return signer.sign(getattr(Encoding, encoding), options)


def encrypted(entity: bytes) -> bytes:

    _, certificate = key_and_certificate()
    sealer = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).add_recipient(certificate)
    return sealer.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def opaque(content: bytes, name: str = "smime.p7m", kind: str = "signed-data") -> bytes:
    """An S/MIME mail that is one attachment."""
    lines = [f"From: {SENDER}", "Subject: Return Q1", f"Content-Type: application/pkcs7-mime; smime-type={kind}"]
    lines[-1] += f'; name="{name}"'
    lines += [f'Content-Disposition: attachment; filename="{name}"', "Content-Transfer-Encoding: base64", "", ""]
    return "\r\n".join(lines).encode() + base64.encodebytes(content)


def attachment(name: str, data: bytes, kind: str = "") -> dict[str, Node]:
    return {**_properties(bytes(8), {0x3707: name, **({0x370E: kind} if kind else {})}, b"", {0x3701: data})}


def outlook(attached: dict[str, Node] | None, texts: dict[int, str], *, inner: bool = False, html: bytes = b"") -> Node:
    """A message of Outlook as a tree of storages; one that is attached to another has a shorter header."""
    header = struct.pack("<8x4L", 0, 1, 0, 1) + bytes(0 if inner else 8)
    said = {0x001A: "IPM.Note", 0x0C1A: "The Chair", 0x0C1F: "chair@example.org", **texts}
    made: dict[str, Node] = {**_properties(header, said, b"", {0x1013: html} if html else None)}
    return {**made, "__attach_version1.0_#00000000": attached} if attached else made


def message_file(tree: Node) -> bytes:
    assert isinstance(tree, dict)
    return compound(tree)


def in_outlook(inner: Node, name: str) -> dict[str, Node]:
    fixed = struct.pack("<LLLL", 0x37050003, 6, 5, 0)
    return {**_properties(bytes(8), {0x3707: name}, fixed), "__substg1.0_3701000D": inner}


def link_in_outlook(address: str) -> dict[str, Node]:
    texts = {0x3707: "return.xlsx", **({0x370D: address} if address else {})}
    return {**_properties(bytes(8), texts, struct.pack("<LLLL", 0x37050003, 6, 7, 0))}


ENTITY = WITH_BOOK.as_bytes()
SIGNED = {
    "opaque": ("m.eml", lambda: opaque(signed(ENTITY, "DER"))),
    "opaque, of an unknown name": ("m.eml", lambda: opaque(signed(ENTITY, "DER"), "message")),
    "beside its signature": ("m.eml", lambda: signed(ENTITY, "SMIME", detached=True)),
    "Outlook, opaque": ("m.msg", lambda: message_file(outlook(attachment("smime.p7m", signed(ENTITY, "DER")), {}))),
    "Outlook, in parts": (
        "m.msg",
        lambda: message_file(
            outlook(attachment("smime.p7m", signed(ENTITY, "SMIME", detached=True), "multipart/signed"), {})
        ),
    ),
}


@pytest.mark.parametrize(("name", "make"), SIGNED.values(), ids=SIGNED)
def test_signed_mail_is_opened_and_its_signature_not_checked(name: str, make: Callable[[], bytes]) -> None:
    file, told = alone(name, make())
    assert (file.data, file.name) == (BOOK, f"{name}: return.xlsx")
    assert [note.code for note in told.notes] == ["mail_signed"]
    assert told.body.strip() == RED


def test_a_workbook_signed_by_itself() -> None:
    file, _ = alone("m.eml", opaque(signed(BOOK, "DER"), "return.xlsx.p7m"))
    assert (file.name, file.data) == ("m.eml: return.xlsx", BOOK)


def test_a_signed_mail_of_which_half_is_missing() -> None:
    half = opaque(signed(ENTITY, "DER")[:900])
    told = {name: one.refusal and one.refusal.code for name, one in opened("m.eml", half).items()}
    assert told == {"smime.p7m": "file_mail_unread", "m.eml": None}


PGP = (
    "From: a@example.org\nContent-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted"
    "\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--b--\n"
)
ENCRYPTED = {
    "S/MIME": ("m.eml", lambda: opaque(encrypted(ENTITY), kind="enveloped-data")),
    "S/MIME in Outlook": ("m.msg", lambda: message_file(outlook(attachment("smime.p7m", encrypted(ENTITY)), {}))),
    "rights management": ("m.eml", lambda: mail({"message_v2.rpmsg": b"x"}).as_bytes()),
    "PGP": ("m.eml", PGP.encode),
}


@pytest.mark.parametrize(("name", "make"), ENCRYPTED.values(), ids=ENCRYPTED)
def test_encrypted_mail_has_its_own_sentence_and_no_other(name: str, make: Callable[[], bytes]) -> None:
    file, _ = alone(name, make())
    assert (file.refusal and file.refusal.code, file.is_message) == ("file_mail_encrypted", False)


def forwarded(encoding: str, name: str = "") -> bytes:
    """A mail to which another is attached, encoded."""
    encodings: dict[str, Callable[[bytes], bytes]] = {
        "base64": base64.encodebytes,
        "quoted-printable": quopri.encodestring,
        "8bit": bytes,
    }
    disposition = f'Content-Disposition: attachment; filename="{name}"\n' if name else ""
    head = (
        f"From: Deputy <deputy@example.org>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nFrom the chair:\n--b\n"
        f"Content-Type: message/rfc822\n{disposition}Content-Transfer-Encoding: {encoding}\n\n"
    )
    return head.encode() + encodings[encoding](ENTITY) + b"\n--b--\n"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("name", ["", "Return of Q1.xlsx", "x" * 300 + " v1.2 of the return"])
def test_a_forwarded_mail_is_opened_however_it_is_encoded_and_named(encoding: str, name: str) -> None:
    file, told = alone("m.eml", forwarded(encoding, name))
    assert (file.data, told.sent_by, told.body) == (BOOK, SENDER, f"{RED}\n")
    assert told.attached_to
    assert (told.attached_to.sent_by, told.attached_to.body) == ("Deputy <deputy@example.org>", "From the chair:")


@pytest.mark.parametrize("inner", [True, False], ids=["as Outlook does", "with the longer header"])
def test_a_message_attached_to_a_message_of_outlook(inner: bool) -> None:  # noqa: FBT001 - a table of cases
    within = outlook(attachment("DA Q1.xlsx", BOOK), {0x1000: RED, 0x0037: "Return"}, inner=inner)
    whole = outlook(in_outlook(within, "FW return of the chair for Q1"), {0x1000: "See below"})
    file, told = alone("m.msg", message_file(whole))
    assert file.name == "m.msg: FW return of the chair for Q1.eml: DA Q1.xlsx"
    assert (file.data, told.body.strip(), told.subject, told.sent_by) == (BOOK, RED, "Return", SENDER)
    assert told.attached_to
    assert (told.attached_to.body.strip(), told.attached_to.sha256) == ("See below", sha256(message_file(whole)))


def cloud(heading: str) -> bytes:
    """A mail whose attachment lies elsewhere, which a heading says."""
    return (
        f"From: {SENDER}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n{RED}\n--b\n{heading}\n"
        'Content-Disposition: attachment; filename="return.xlsx"\n\n\n--b--\n'
    ).encode()


LINKED = {
    "Thunderbird": ("m.eml", cloud(f"X-Mozilla-Cloud-Part: cloudFile; url={ADDRESS}; provider=x"), ADDRESS),
    "external body": (
        "m.eml",
        cloud(f'Content-Type: message/external-body; access-type=URL; URL="{ADDRESS}"'),
        ADDRESS,
    ),
    "Outlook": ("m.msg", message_file(outlook(link_in_outlook(ADDRESS), {0x1000: RED})), ADDRESS),
    "Outlook, no address": ("m.msg", message_file(outlook(link_in_outlook(""), {})), "an address that it does not say"),
}


@pytest.mark.parametrize(("name", "data", "address"), LINKED.values(), ids=LINKED)
def test_an_attachment_that_is_only_a_link_is_said_with_its_address(name: str, data: bytes, address: str) -> None:
    file, told = alone(name, data)
    assert file.is_message
    assert [(note.code, dict(note.details)) for note in told.notes] == [
        ("mail_link", {"name": "return.xlsx", "link": address})
    ]


@pytest.mark.parametrize("name", ["return.xlsx", "._return.xlsx"])
def test_what_a_mac_keeps_beside_a_file_costs_no_refusal(name: str) -> None:
    double = base64.encodebytes(b"\0\5\x16\7" + bytes(22)).decode()
    book = base64.encodebytes(BOOK).decode()
    head = "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="
    data = (
        f"From: {SENDER}\nContent-Type: multipart/appledouble; boundary=b\n\n--b\nContent-Type: application/applefile\n"
        f'{head}"{name}"\n\n{double}--b\nContent-Type: application/octet-stream\n{head}"return.xlsx"\n\n{book}--b--\n'
    )
    file, _ = alone("m.eml", data.encode())
    assert (file.name, file.data, file.refusal) == ("m.eml: return.xlsx", BOOK, None)


def uuencoded(name: str, data: bytes) -> str:
    lines = (b2a_uu(data[start : start + 45]).decode() for start in range(0, len(data), 45))
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def test_a_workbook_that_stands_in_the_text_as_letters() -> None:
    body = f"{RED}\n\n{uuencoded('return.xlsx', BOOK)}Yours, the chair\n"
    file, told = alone("m.eml", f"From: {SENDER}\n\n{body}".encode())
    assert (file.name, file.data) == ("m.eml: return.xlsx", BOOK)
    assert told.body == f"{RED}\n\n[return.xlsx]\nYours, the chair\n"


@pytest.mark.parametrize(
    "text", ["begin 644 a.xlsx\nno such letters: ~~~\nend\n", "begin 644 a.xlsx\n", "\nend\nbegin 7 a"]
)
def test_what_only_looks_like_letters_of_a_file_is_text(text: str) -> None:
    _, told = alone("m.eml", f"From: {SENDER}\n\n{text}".encode())
    assert told.body == text


def mailbox(*mails: bytes) -> bytes:
    return b"\n".join(b"From chair@example.org Tue Jul 12 09:30:00 2016\n" + one for one in mails)


@pytest.mark.parametrize("name", ["Inbox.mbox", "mbox", "two.eml"])
def test_a_file_of_many_mails(name: str) -> None:
    found = opened(name, mailbox(ENTITY, written("From what we know by 2016, 12:00 is late\n\nFrom us").as_bytes()))
    assert [*found] == ["message 1.eml: return.xlsx", "message 2.eml"]
    last = found["message 2.eml"]
    assert last.is_message
    assert last.mail
    assert "From us" in last.mail.body


def test_mail_as_other_programs_save_it() -> None:
    plist = b'<?xml version="1.0"?>\n<plist version="1.0"><dict/></plist>\n'
    for name, data in {
        "1.emlx": b"%-10d\n" % len(ENTITY) + ENTITY + plist,
        "saved.mht": ENTITY,
        "saved.txt": ENTITY,
        "marked.eml": b"\xef\xbb\xbf\r\n" + ENTITY,
    }.items():
        file, told = alone(name, data)
        assert (file.data, told.body) == (BOOK, f"{RED}\n"), name


@pytest.mark.parametrize("more", ["Snapshot-Content-Location: https://example.org/\n", ""])
def test_a_web_page_saved_as_one_file_is_no_mail(more: str) -> None:
    data = f"From: <Saved by Blink>\n{more}Subject: x\nMIME-Version: 1.0\n\n<html>".encode()
    (file,) = opened("page.mhtml", data).values()
    assert (file.data, file.mail, file.is_message) == (data, None, False)


def test_html_is_told_as_text_and_the_fullest_of_the_alternatives_is_kept() -> None:
    html = f'<p>{RED}</p><p>and <a href="{ADDRESS}">the&nbsp;file</a></p><style>p {{}}</style><img src="cid:x">'
    assert alone("m.eml", written(RED, html=html).as_bytes())[1].body == f"{RED}\nand the file <{ADDRESS}>"
    assert alone("m.eml", written("Your program shows no HTML.", html=f"<b>{RED}</b>").as_bytes())[1].body == (
        f"Your program shows no HTML.\n\n\n{RED}"
    )


HTML = [
    ("<p>one</p>\n<p>two<br>three</p>", "one\ntwo\nthree"),
    ("<div>a<b>b</b> c</div><table><tr><td>x</td><td>y</td></tr></table>", "ab c\nx\ty"),
    ("<tr><td><p>x</p></td>\n<td><p>y</p></td></tr><tr><td></td><td>z</td></tr>", "x\ty\n\tz"),
    ("<tr><td><p>one</p><p>two</p></td><td>x</td></tr></table><p>a</p><p>b</p>", "one\ntwo\tx\na\nb"),
    ("<pre>a\n  b</pre>", "a\nb"),
    ("<!-- unseen --><style>p {}</style><!--[if mso]><p>unseen</p><![endif]--><p>seen</p>", "seen"),
    ("<style>never ended <p>seen", "never ended seen"),
    ("<!-- never ended <p>seen", "never ended\nseen"),
    ("2 < 3 &amp; 5 &#x3e; 4<p title='a>b'", "2 < 3 & 5 > 4\nb'"),
    ("<p>Red</p><blockquote type=cite><p>How is it?</p></blockquote>", "Red\n> How is it?"),
    ('<a href="mailto:a@b.org">a</a> <a href="https://b.org">https://b.org</a>', "a <mailto:a@b.org> https://b.org"),
    ('<a href="#x">c</a>', "c"),
    ('<img src="x" alt="Red">', "[Red]"),
    (f"&#{'9' * 5_000};", f"&#{'9' * 5_000};"),
    ("a < b < c <", "a < b < c <"),
]


@pytest.mark.parametrize(("html", "text"), HTML, ids=[html[:20] for html, _ in HTML])
def test_html_as_text(html: str, text: str) -> None:
    assert read_html(html) == text


def test_a_text_that_takes_too_long_costs_the_workbook_nothing() -> None:
    data = WITH_BOOK.as_bytes()
    for limits in (Limits(mail_text=5), Limits(mail_here=0, mail_text=5)):
        file, told = alone("m.eml", data, limits)
        assert (file.data, told.body, [note.code for note in told.notes]) == (BOOK, "", ["mail_text_unread"])
    assert pack_without_text(data) == pack_mail(data, Limits(mail_text=0))


def test_nothing_but_pictures_is_a_message_without_text() -> None:
    made = EmailMessage()
    made["From"] = SENDER
    made.set_content('<html><body><img src="cid:one"></body></html>', subtype="html")
    made.add_related(b"\x89PNG", "image", "png", cid="<one>")
    file, told = alone("m.eml", made.as_bytes())
    assert (file.is_message, told.body) == (True, "")


def test_texts_in_odd_encodings_and_below_an_attachment() -> None:
    data = (
        f"From: {SENDER}\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=x-no\n\n"
        "caf\xe9\n--b\nContent-Type: text/plain; name=ATT00001.txt\n\nand below\n--b--\n"
    ).encode("cp1252")
    assert alone("m.eml", data)[1].body == "caf\xe9\nand below"


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-7", b"+2AA- x", "\ufffd x"),
        ("punycode", b"x-", "x-"),
        ("hex", b"6161", "6161"),
        ("iso-8859-15", b"\xa4", "\u20ac"),
        ("utf-8", b"\x81\x8d", "\x81\x8d"),
    ],
)
def test_encodings(charset: str, data: bytes, text: str) -> None:
    head = f"From: {SENDER}\nContent-Type: text/plain; charset={charset}\n\n"
    assert alone("m.eml", head.encode() + data)[1].body == text


def test_a_text_that_cannot_be_read_costs_the_workbook_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plan_sheets.store.receiving.mail.email.take_uuencoded", None)
    file, told = alone("m.eml", ENTITY)
    assert (file.data, told.body, [note.code for note in told.notes]) == (BOOK, "", ["mail_text_unread"])


def test_a_mail_that_is_refused_keeps_its_text() -> None:
    file, told = alone("m.eml", ENTITY, Limits(inflated=len(ENTITY), files=0))
    assert (file.refusal and file.refusal.code, told.body) == ("file_too_many_files", f"{RED}\n")


def test_the_text_of_a_message_of_outlook() -> None:
    tree = outlook(None, {0x0037: "Return"}, html=b"<p>caf\xe9</p>")
    assert alone("m.msg", message_file(tree))[1].body == "caf\xe9"
    assert isinstance(tree, dict)
    rich = {**{part: node for part, node in tree.items() if "1013" not in part}, "__substg1.0_10090102": b"x"}
    properties = rich["__properties_version1.0"]
    assert isinstance(properties, bytes)
    rich["__properties_version1.0"] = properties[:-16]
    _, told = alone("m.msg", message_file(rich))
    assert [note.code for note in told.notes] == ["mail_text_unread"]


def test_a_subject_that_is_far_too_long_costs_nothing() -> None:
    data = b"Subject: " + b"x " * 4_000 + b"\n" + ENTITY.replace(b"Subject: Return Q1\n", b"")
    assert len(alone("m.eml", data)[1].subject) == 7_999


def test_a_text_of_ten_megabytes_and_a_thousand_parts() -> None:
    long = f"{RED}\n" * 340_000
    assert len(long) > 10_000_000
    assert alone("m.eml", f"From: {SENDER}\n\n{long}".encode())[1].body == long
    parts = "".join(f'--b\nContent-Type: image/png; name="{number}.png"\n\nx\n' for number in range(1_000))
    head = f"From: {SENDER}\nContent-Type: multipart/mixed; boundary=b\n\n"
    assert [*opened("m.eml", f"{head}{parts}--b--\n".encode())] == ["m.eml"]


def test_mails_in_a_zip_keep_what_each_says() -> None:
    found = opened("z.zip", zipped({"a.eml": ENTITY, "b.eml": written("No return this time").as_bytes()}))
    assert {name: one.mail and one.mail.body.strip() for name, one in found.items()} == {
        "a.eml: return.xlsx": RED,
        "b.eml": "No return this time",
    }


@pytest.mark.parametrize(
    ("name", "subtype", "data"),
    [
        ("late news.txt", "plain", RED.encode()),
        ("late news", "plain", RED.encode()),
        ("news.log", "plain", RED.encode()),
        ("news.md", "markdown", RED.encode()),
        ("reply", "html", f"<p>{RED}</p>".encode()),
        ("unicode.txt", "plain", RED.encode("utf-16")),
    ],
)
def test_a_text_that_is_attached_is_read_whatever_it_is_called(name: str, subtype: str, data: bytes) -> None:
    made = written("See the note.", {"return.xlsx": BOOK})
    made.add_attachment(data, "text", subtype, filename=name)
    assert alone("m.eml", made.as_bytes())[1].body == f"See the note.\n\n[{name}]\n{RED}"


@pytest.mark.parametrize(
    ("name", "subtype", "data"),
    [
        ("return.xlsx", "plain", b"no workbook"),
        ("table.csv", "csv", b"J1a.1,Red"),
        ("chair.vcf", "vcard", b"BEGIN:VCARD"),
        ("book", "plain", BOOK),
        ("odd", "plain", b"a\0b"),
    ],
)
def test_an_attachment_that_is_no_text_of_the_mail(name: str, subtype: str, data: bytes) -> None:
    made = written()
    made.add_attachment(data, "text", subtype, filename=name)
    found = unpack(IncomingFile("m.eml", made.as_bytes()))
    assert {one.mail and one.mail.body for one in found.files} == {f"{RED}\n"}
    assert name in str([*found.passed_over, *(one.name for one in found.files)])
