"""The round at a glance: what to do now, who returned, and the RAG status as the master tells it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path

from starlette.responses import Response

from plan_sheets.asking.ratings import show_ratings
from plan_sheets.asking.status import RoundStatus, status_of, what_next
from plan_sheets.core.book.layout import texts_of
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.rating.control_totals import describe_totals
from plan_sheets.desk.leads import cut_task
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.screen.asked import describe_place, describe_return
from plan_sheets.store.plan_folder import PLAN_FILE
from plan_sheets.store.register.register import FILE


def show_glance(ask: Visit) -> Response:
    """The first page."""
    today = ask.desk.clock().date()
    with ask.desk.open() as folder:
        what = what_next(folder, today)
        files = tuple(_stamp(folder.path / name) for name in (PLAN_FILE, FILE))
        state = folder.register.last_batch(), files, today
        status, rag = ask.desk.recall("", state, lambda: (status_of(folder, None, today), show_ratings(folder)))
    return render(
        ask,
        "glance",
        place=describe_place(what),
        to_do=[cut_task(task, ask.desk.path) for task in what.to_do],
        status=status,
        totals=f"{describe_totals(status.totals)}. {_describe_return_by(status)}",
        returns=[describe_return(row, status) for row in status.rows],
        remarks=[*_list_remarks(status)],
        rag=rag,
        texts_of=texts_of,
    )


def _stamp(path: Path) -> Hashable:
    """What changes with a file; None if it is not there."""
    if not path.exists():
        return None
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _describe_return_by(status: RoundStatus) -> str:
    """By when the workbooks are wanted; "" before the first round."""
    return f"Return by {PartialDate.of_iso(status.return_by).words}." if status.return_by else ""


def _list_remarks(status: RoundStatus) -> Iterator[str]:
    """What somebody should know besides."""
    if status.plan:
        yield status.plan
    yield from status.overrides
    yield from status.waived


ROUTES = (route("/", show_glance),)
