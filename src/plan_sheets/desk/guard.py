"""Who may ask the desk anything: this machine alone, by its own name, with the token of the first link."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.screen.command import as_told

SAFE_METHODS = ("GET", "HEAD")
MOST_BYTES = 1_000_000_000
"""Of one request: each file that is dropped has a limit of its own, which `receive` tells."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send `Origin: null`, and every form would be refused
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LOG = logging.getLogger(__name__)
"""Tells what went wrong, line by line, to whoever says --debug."""


@dataclass(slots=True)
class Access:
    """What opens the desk, and when it was last used."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """In the first link, as long as the desk is open."""
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """In a first link that works once: whoever lists the programs of this machine sees what a browser was given."""
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """What the browser is given for it: another secret, so that a link in a history is not what opens each page."""
    last_asked: float = field(default_factory=monotonic)
    """Seconds on the clock that only goes forward, of the last request that was let in."""

    @property
    def cookie_name(self) -> str:
        """Of this desk alone: cookies of one host are the same on all its ports."""
        return f"plan-sheets-{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which the desk may be called; browsers leave out the port 80."""
        return tuple(f"{name}:{self.port}".removesuffix(":80") for name in ("127.0.0.1", "localhost"))

    @property
    def link(self) -> str:
        """The first link, which opens the desk."""
        return f"http://{self.hosts[0]}/?token={self.token}"

    @property
    def link_once(self) -> str:
        """The same for one time."""
        return f"http://{self.hosts[0]}/?token={self.ticket}"

    def has_cookie(self, headers: Headers) -> bool:
        """Whether a request comes from a browser that was let in."""
        return _is_same(cookie_parser(headers.get("cookie", "")).get(self.cookie_name, ""), self.cookie)

    def admits(self, token: str) -> bool:
        """Whether a token opens the desk; the ticket does so no more."""
        if _is_same(token, self.ticket):
            self.ticket = secrets.token_urlsafe(32)
            return True
        return _is_same(token, self.token)


@dataclass(slots=True)
class Guard:
    """Lets a request through to the desk, or answers why not. Every answer gets the headers that keep the page safe."""

    app: ASGIApp
    access: Access
    explain: Callable[[PlanSheetsError, HTTPStatus], Response]
    """Makes the page that says why not."""
    welcome: Callable[[], Response]
    """Makes the page that the first link opens."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing but HTTP is spoken here."""
        if scope["type"] != "http":
            return
        answer = _Answer(send)
        try:
            await (self._refuse(scope) or self.app)(scope, _limit(scope, receive), answer)
        except Exception as fault:
            _LOG.debug("%s", scope["path"], exc_info=fault)
            if answer.is_begun:
                raise
            page = self.explain(as_told(fault), HTTPStatus.INTERNAL_SERVER_ERROR)
            await page(scope, receive, answer)

    def _refuse(self, scope: Scope) -> Response | None:
        """Why a request is not let in; None for one that is."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self.access.hosts:
            return self._say("This page answers under its own address alone.", HTTPStatus.MISDIRECTED_REQUEST)
        if scope["method"] not in SAFE_METHODS and origin != f"http://{host}":
            return self._say("This form was sent by another page, so nothing was done.")
        if self.access.has_cookie(headers):
            self.access.last_asked = monotonic()
            return None
        if scope["path"].startswith("/static/"):  # the page that says why not looks like all others
            return None
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] == "GET" and self.access.admits(token):
            return self._let_in()
        return self._say("Open the desk with the link that 'plan-sheets desk' printed, as it stands there.")

    def _let_in(self) -> Response:
        """Give the browser its cookie, and lead it on.

        By a page, for a browser that came from another place (a link in a mail) would not send the cookie after a
        redirection.
        """
        self.access.last_asked = monotonic()
        opened = self.welcome()
        opened.set_cookie(self.access.cookie_name, self.access.cookie, httponly=True, samesite="strict")
        return opened

    def _say(self, sentence: str, code: HTTPStatus = HTTPStatus.FORBIDDEN) -> Response:
        return self.explain(PlanSheetsError(sentence), code)


def _is_same(given: str, secret: str) -> bool:
    """Compared in a time that tells nothing."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _limit(scope: Scope, receive: Receive) -> Receive:
    """What reads a request up to its limit, whatever length that declares.

    What is beyond is read and thrown away: a browser that is still sending would not look at the answer.
    """
    declared = Headers(scope=scope).get("content-length", "0")
    is_too_much = not declared.isdecimal() or int(declared[:20]) > MOST_BYTES
    read = MOST_BYTES + 1 if is_too_much else 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            while message.get("more_body"):
                message = await receive()
            sentence = f"More than {MOST_BYTES // 1_000_000:,} MB at once: give fewer files. Nothing was received."
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)
        return message

    return receiving


class _Answer:
    """Sends an answer with the headers that keep the page safe, and knows whether it was begun."""

    def __init__(self, send: Send) -> None:
        self.is_begun = False
        self._send = send

    async def __call__(self, message: Message) -> None:
        """Send one part of it."""
        if message["type"] == "http.response.start":
            self.is_begun = True
            MutableHeaders(scope=message).update(HEADERS)
        await self._send(message)
