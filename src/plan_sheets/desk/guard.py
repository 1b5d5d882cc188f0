"""Who may ask the desk anything: this machine alone, by its own name, with the token of the first link."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


@dataclass(slots=True)
class Access:
    """What opens the desk, and when it was last used."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """In the first link."""
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
        """The names by which the desk may be called."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def link(self) -> str:
        """The first link, which opens the desk."""
        return f"http://{self.hosts[0]}/?token={self.token}"


@dataclass(slots=True)
class Guard:
    """Lets a request through to the desk, or answers why not. Every answer gets the headers that keep the page safe."""

    app: ASGIApp
    access: Access
    explain: Callable[[str, HTTPStatus], Response]
    """Makes the page that says why not: of a sentence and a status."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is None:
            self.access.last_asked = monotonic()
        await (refusal or self.app)(scope, receive, _add_headers(send))

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.access.hosts:
            return HTMLResponse("This page answers under its own address alone.", HTTPStatus.MISDIRECTED_REQUEST)
        if scope["method"] not in SAFE_METHODS and headers.get("origin") not in self._origins():
            return self.explain("This form was sent by another page, so nothing was done.", HTTPStatus.FORBIDDEN)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return self.explain(
                f"More than {MOST_BYTES // 1_000_000:,} MB at once: give fewer files. Nothing was received.",
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        if scope["path"].startswith("/static/"):
            return None
        return self._refuse_stranger(scope, headers)

    def _refuse_stranger(self, scope: Scope, headers: Headers) -> Response | None:
        """None for whoever has the cookie; the first link gives it."""
        given = cookie_parser(headers.get("cookie", "")).get(self.access.cookie_name, "")
        if secrets.compare_digest(given.encode(), self.access.cookie.encode()):
            return None
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] == "GET" and secrets.compare_digest(token.encode(), self.access.token.encode()):
            opened = RedirectResponse("/", HTTPStatus.SEE_OTHER)
            opened.set_cookie(self.access.cookie_name, self.access.cookie, httponly=True, samesite="strict")
            return opened
        return self.explain(
            "Open the desk with the link that 'plan-sheets desk' printed, as it stands there.", HTTPStatus.FORBIDDEN
        )

    def _origins(self) -> list[str]:
        return [f"http://{host}" for host in self.access.hosts]


def _add_headers(send: Send) -> Send:
    """What sends an answer with the headers that keep the page safe."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sending
