"""How far a piece of work is, and what it came to."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.desk.leads import cut_lines
from plan_sheets.desk.links import list_links
from plan_sheets.desk.views import Visit, render, route


def show_work(ask: Visit) -> Response:
    """The page of one piece of work."""
    work = ask.desk.worker.works.get(ask.request.path_params["number"])
    if work is None:
        raise PlanSheetsError("This piece of work is not known any more.", "What came of it stands on the other pages.")
    if work.trouble:
        return render(ask, "trouble", HTTPStatus.CONFLICT, trouble=work.trouble, typed=work.typed)
    named = (path for line in work.told for path in line.keep)
    files = list_links(ask.desk.path, named) if work.ended.is_set() else ()
    told = cut_lines(work.told, ask.desk.path)
    return render(ask, "work", work=work, told=told, is_done=work.ended.is_set(), files=files)


ROUTES = (route("/progress/{number:int}", show_work),)
