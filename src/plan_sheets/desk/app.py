"""The desk as an application: its pages, its files, its guard."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from plan_sheets.desk.guard import Access, Guard
from plan_sheets.desk.pages import PAGES
from plan_sheets.desk.views import OpenDesk, explain

STATIC = Path(__file__).parent / "static"


def make_app(desk: OpenDesk, access: Access) -> Starlette:
    """The application that answers at the desk's address."""
    app = Starlette(
        routes=[*PAGES, Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[Middleware(Guard, access=access, explain=explain)],
        exception_handlers={HTTPException: _say_trouble},
    )
    app.state.desk = desk
    return app


def _say_trouble(_request: Request, trouble: Exception) -> Response:
    """A page that is not there, or a form that could not be read."""
    assert isinstance(trouble, HTTPException)  # noqa: S101 - it is registered for nothing else
    sentences = {404: "There is no such page.", 405: "This page takes no form."}
    return explain(sentences.get(trouble.status_code, trouble.detail), HTTPStatus(trouble.status_code))
