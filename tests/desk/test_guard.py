"""Who is let in at the desk, who is not, and what every answer carries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.chairs import RECEIVED_ON, Plan
from tests.desk.asking import Desk

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.desk import guard, serve, views
from plan_sheets.desk.app import make_app
from plan_sheets.desk.guard import HEADERS, Access
from plan_sheets.desk.views import OpenDesk
from plan_sheets.desk.worker import Worker

PAGES = ("/", "/returns", "/settle", "/progress/1", "/no-such-page", "/static/desk.css", "/static/no-such-file")


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk over a folder that is gone, and a browser that was not let in."""
    path, access = tmp_path_factory.mktemp("shut") / "gone", Access(8000)
    shared = OpenDesk(path, lambda: RECEIVED_ON, Worker())
    client = TestClient(make_app(shared, access), base_url="http://127.0.0.1:8000", follow_redirects=False)
    return Desk(Plan(path), access, shared, client)


def _no_clock() -> Any:
    raise AssertionError("nobody who is not let in gets as far as this")


@pytest.fixture
def known(shut: Desk) -> Iterator[Desk]:
    """The same for a browser that has its cookie."""
    shut.client.cookies.set(shut.access.cookie_name, shut.access.cookie)
    yield shut
    shut.client.cookies.clear()


# The first link


def test_the_first_link_gives_a_cookie_that_no_script_and_no_other_site_can_use(shut: Desk) -> None:
    opened = shut.client.get(f"/?token={shut.access.token}")
    given = opened.headers["set-cookie"].lower()
    assert opened.status_code == 200
    assert "httponly" in given
    assert "samesite=strict" in given
    assert "path=/" in given
    assert "max-age" not in given
    assert shut.access.token not in opened.text
    assert shut.access.token.lower() not in given
    assert 'http-equiv="refresh" content="0; url=/"' in opened.text
    shut.client.cookies.clear()


def test_the_first_link_opens_as_often_as_it_is_followed(shut: Desk) -> None:
    for _ in range(2):
        shut.client.cookies.clear()
        assert shut.client.get(f"/?token={shut.access.token}").status_code == 200
    shut.client.cookies.clear()


def test_the_link_that_the_browser_was_started_with_works_once(shut: Desk) -> None:
    """Others on the machine may see what programs were started with."""
    once = shut.access.link_once
    assert shut.client.get(once).status_code == 200
    shut.client.cookies.clear()
    assert shut.client.get(once).status_code == 403


@pytest.mark.parametrize(
    "token", ["", "?token=", "?token=wrong", "?token=%00", "?token=%FF&token=", "?token=" + "a" * 9000]
)
@pytest.mark.parametrize("path", [page for page in PAGES if not page.startswith("/static/")])
def test_without_the_token_nothing_is_told(shut: Desk, path: str, token: str) -> None:
    answer = shut.client.get(f"{path}{token}")
    assert answer.status_code == 403
    assert "Open the desk with the link" in answer.text
    assert "set-cookie" not in answer.headers
    assert "gone" not in answer.text, "not even the folder's name"


def test_the_token_opens_by_a_link_alone(shut: Desk) -> None:
    assert shut.client.head(f"/?token={shut.access.token}").status_code == 403
    assert shut.post(f"/returns?token={shut.access.token}").status_code == 403


def test_the_cookie_of_another_desk_opens_nothing(shut: Desk) -> None:
    other = Access(8001)
    for name, value in [
        (other.cookie_name, other.cookie),
        (shut.access.cookie_name, other.cookie),
        (other.cookie_name, shut.access.cookie),
        (shut.access.cookie_name, shut.access.token),
        (shut.access.cookie_name, ""),
    ]:
        assert shut.client.get("/", headers={"Cookie": f"{name}={value}"}).status_code == 403


# From where


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1",
        "127.0.0.1:8001",
        "127.0.0.1:8000.evil.example",
        "",
        "[::1]:8000",
    ],
)
def test_another_name_of_this_machine_is_no_way_in(known: Desk, host: str) -> None:
    """A page elsewhere may let its own name lead here."""
    for path in (*PAGES, f"/?token={known.access.token}"):
        answer = known.get(path, headers={"Host": host})
        assert (answer.status_code, "set-cookie" in answer.headers) == (421, False)


def test_the_desk_may_be_called_localhost_and_at_port_80_by_its_name_alone(known: Desk) -> None:
    assert known.get("/static/desk.css", headers={"Host": "localhost:8000"}).status_code == 200
    assert Access(80).link.startswith("http://127.0.0.1/?token=")
    assert Access(8080).hosts == ("127.0.0.1:8080", "localhost:8080")


@pytest.mark.parametrize(
    "origin",
    [None, "", "null", "http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1", "http://127.0.0.1:8001",
     "http://localhost:8000", "http://127.0.0.1:8000/"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_form_of_another_page_is_not_taken(known: Desk, method: str, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = known.client.request(method, "/returns", headers=headers)
    assert answer.status_code == 403
    assert "sent by another page, so nothing was done" in answer.text


def test_a_page_is_read_and_its_form_sent_and_nothing_else(known: Desk) -> None:
    assert known.client.head("/returns").status_code == 200
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = known.client.request(method, "/returns", headers={"Origin": known.origin})
        assert (answer.status_code, "This page takes no form." in answer.text) == (405, True)
    assert known.post("/").status_code == 405
    assert known.post("/static/desk.css").status_code == 405


# Every answer


def test_every_answer_keeps_the_page_safe(known: Desk) -> None:
    def post(path: str, **form: Any) -> Any:
        return known.client.post(path, headers={"Origin": known.origin, **form.pop("headers", {})}, **form)

    answers = [known.get(path) for path in PAGES]
    answers += [known.get(path, headers={"Cookie": "none=1"}) for path in PAGES]
    answers += [known.get(path, headers={"Host": "evil.example"}) for path in PAGES]
    answers += [known.client.post("/returns"), post("/returns"), post("/"), known.client.head("/returns")]
    assert {answer.status_code for answer in answers} >= {200, 403, 404, 405, 409, 421}
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["content-type"].startswith(("text/", "image/"))
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(("where", "name"), [(views, "_answer"), (guard, "cookie_parser")])
def test_a_fault_that_nobody_thought_of_is_a_page_in_words(
    known: Desk, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("<b>943 476 5919</b>")

    monkeypatch.setattr(where, name, fail)
    answer = known.get("/returns")
    assert answer.status_code == 500
    assert "Something went wrong that plan-sheets did not expect (KeyError" in answer.text
    assert "Traceback" not in answer.text
    assert "<b>" not in answer.text
    assert "943 476 5919" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_a_fault_in_long_work_is_told_on_its_page(known: Desk) -> None:
    def fail(_tell: object) -> None:
        raise ValueError("<b>943 476 5919</b>")

    work = known.shared.worker.begin("A try", fail)
    work.ended.wait(10)
    answer = known.get(f"/progress/{work.number}")
    assert answer.status_code == 409
    assert "did not expect (ValueError" in answer.text
    assert "<b>" not in answer.text
    assert "943 476 5919" not in answer.text


def test_a_folder_that_is_gone_is_told_in_words(known: Desk) -> None:
    for path in ("/settle", "/settle/queries"):
        answer = known.get(path)
        assert answer.status_code == 409
        assert "no plan folder" in answer.text


# Forms


def test_a_form_that_cannot_be_read_is_told_in_words(known: Desk) -> None:
    def send(kind: str, body: bytes) -> Any:
        headers = {"Origin": known.origin, "Content-Type": kind}
        return known.client.post("/returns", headers=headers, content=body)

    for kind, body in (
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nnonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n: \r\n\r\n"),
    ):
        answer = send(kind, body)
        assert answer.status_code == 400, (kind, body)
        assert "The form could not be read" in answer.text
        assert "Nothing was done." in answer.text


def test_too_many_fields_and_too_long_texts_are_told(known: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_FIELDS", 3)
    monkeypatch.setattr(views, "MOST_FILES", 2)
    monkeypatch.setattr(views, "LONGEST_TEXT", 50)
    many = {f"field{number}": "text" for number in range(4)}
    for form in (
        {"data": many},
        {"data": many, "files": [("files", ("a.xlsx", b""))]},
        {"data": {"field": "a" * 51}},
        {"data": {"field": "a" * 51}, "files": [("files", ("a.xlsx", b""))]},
        {"files": [("files", (f"{number}.xlsx", b"")) for number in range(3)]},
    ):
        assert known.post("/returns", **form).status_code == 400


def test_more_than_the_limit_at_once_is_not_read(known: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the request says how long it is or not."""
    monkeypatch.setattr(guard, "MOST_BYTES", 1_000)
    files = [("files", ("a.xlsx", b"a" * 1_000))]
    declared = known.post("/returns", files=files)
    body = known.client.build_request("POST", "/returns", files=files)
    kind = {"Origin": known.origin, "Content-Type": body.headers["content-type"]}

    def chunks() -> Iterator[bytes]:
        data = body.read()
        yield from (data[start : start + 100] for start in range(0, len(data), 100))

    chunked = known.client.post("/returns", headers=kind, content=chunks())
    lying = known.client.post("/returns", headers=kind | {"Content-Length": "9" * 5_000}, content=b"a")
    for answer in (declared, chunked, lying):
        assert answer.status_code == 413
        assert "give fewer files. Nothing was received." in answer.text
    just = known.post("/returns", files=[("other", ("a.xlsx", b"a" * 500))])
    assert "Choose the files first" in just.text


# When it closes


def test_only_who_is_let_in_keeps_the_desk_open(known: Desk) -> None:
    def moved(**how: Any) -> bool:
        known.access.last_asked = before = time.monotonic() - 100
        known.get("/static/desk.css", **how)
        return known.access.last_asked > before

    assert moved()
    assert not moved(headers={"Cookie": "none=1"})
    assert not moved(headers={"Host": "evil.example"})


def test_the_desk_closes_an_hour_after_its_last_request_but_not_during_work(
    round_one: Plan, served: Callable[[Plan], Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = Worker()
    monkeypatch.setattr(serve, "Worker", lambda: worker)
    with served(round_one) as access:
        work = worker.begin("A long one", lambda _tell: time.sleep(0.5))
        access.last_asked -= 10_000
        work.ended.wait(10)
        time.sleep(0.2)
        assert time.monotonic() - access.last_asked < 10, "the hour begins when the work is done"
    assert "The desk is closed." in capsys.readouterr().out


def test_a_port_that_is_taken_is_told(round_one: Plan, served: Callable[[Plan], Any]) -> None:
    with served(round_one) as access, pytest.raises(PlanSheetsError, match=f"Port {access.port} cannot be used"):
        serve.serve(round_one.path, _no_clock, access.port, lambda _: None)


def test_no_folder_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(PlanSheetsError, match="no plan folder"):
        serve.serve(tmp_path, _no_clock, 0, lambda _: pytest.fail("nothing is opened"))
