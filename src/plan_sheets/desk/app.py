"""The desk as an application: its pages, its files, its guard."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from importlib import import_module
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.desk.guard import Access, Guard
from plan_sheets.desk.pages import PAGES
from plan_sheets.desk.views import OpenDesk, explain, welcome

STATIC = Path(__file__).parent / "static"


def make_app(desk: OpenDesk, access: Access) -> Starlette:
    """The application that answers at the desk's address."""
    app = Starlette(
        routes=[Mount("/static", StaticFiles(directory=STATIC)), Mount("/", _answer)],
        middleware=[Middleware(Guard, access=access, explain=explain, welcome=welcome)],
        exception_handlers={HTTPException: _say_trouble},
    )
    app.state.desk = desk
    return app


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer by the page that is asked for: what only others need is not loaded."""
    name = scope["path"].split("/")[1]
    if name not in PAGES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    router = await run_in_threadpool(_load_page, PAGES[name])
    await router(scope, receive, send)


@cache
def _load_page(name: str) -> Router:
    """What answers all addresses of a page."""
    return Router(import_module(f"plan_sheets.desk.pages.{name}").ROUTES)


def _say_trouble(_request: Request, trouble: Exception) -> Response:
    """A page that is not there, or a form that could not be read."""
    assert isinstance(trouble, HTTPException)  # noqa: S101 - it is registered for nothing else
    sentences = {
        HTTPStatus.BAD_REQUEST: f"The form could not be read: {trouble.detail} Nothing was done.",
        HTTPStatus.NOT_FOUND: "There is no such page.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This page takes no form.",
    }
    code = HTTPStatus(trouble.status_code)
    return explain(PlanSheetsError(sentences.get(code, trouble.detail)), code)
