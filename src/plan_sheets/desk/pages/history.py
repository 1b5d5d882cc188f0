"""What was done with the plan, newest first: the batches of the register."""

from __future__ import annotations

from starlette.responses import Response

from plan_sheets.asking.batches import list_batches
from plan_sheets.desk.views import Visit, render, route

MOST = 50
"""Batches on one page."""


def show_history(ask: Visit) -> Response:
    """A page of batches, the last ones or those before the one in the address."""
    given = ask.request.query_params.get("before", "")
    before = int(given) if given.isascii() and given.isdecimal() and len(given) < MOST else 0
    with ask.desk.open() as folder:
        batches = list_batches(folder, before, MOST)
    return render(ask, "history", batches=batches, before=before, older=batches[-1].seq if len(batches) == MOST else 0)


ROUTES = (route("/history", show_history),)
