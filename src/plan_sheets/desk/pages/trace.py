"""Where a value came from: every time that somebody said something, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import NamedTuple

from starlette.responses import Response

from plan_sheets.asking.trace import Step, trace_value
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.mail import describe_mail
from plan_sheets.core.model.text import plain
from plan_sheets.desk.links import link_to
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.screen.command import as_told
from plan_sheets.store.plan_folder import RETURNED, Folder
from plan_sheets.store.schemas import load_records


class _Line(NamedTuple):
    """One step as it stands on the page."""

    step: Step
    title: str
    received: str
    typed: str
    """What was typed, where that is not what it was read as; "" otherwise."""
    is_read: bool
    file: str
    """The address of the file that came; "" if it is not kept."""
    beside: tuple[str, ...]
    """What else there is to say, in sentences."""


def show_trace(ask: Visit) -> Response:
    """The form, and what was said of what it asks about."""
    asked = {name: ask.request.query_params.get(name, "").strip() for name in ("about", "field", "all")}
    lines: list[_Line] = []
    errors, told = [], bool(asked["about"])
    if asked["about"]:
        try:
            with ask.desk.open() as folder:
                steps = trace_value(folder, asked["about"], asked["field"] or None, everything=bool(asked["all"]))
                lines = _describe(folder, steps)
        except PlanSheetsError as trouble:
            why = as_told(trouble)
            errors, told = [{"text": f"{why} {why.remedy}", "href": "#about"}], False
    elif "about" in ask.request.query_params:
        errors = [{"text": "Say what it is about: a ref, as J2a.1, or a return, as DA-1.", "href": "#about"}]
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    is_of_many = any(plain(line.step.ref) != plain(asked["about"]) for line in lines)
    return render(ask, "trace", code, asked=asked, lines=lines, told=told, errors=errors, is_of_many=is_of_many)


def _describe(folder: Folder, steps: Sequence[Step]) -> list[_Line]:
    lines, mail, kept = list[_Line](), None, dict[str, str]()
    for step in steps:
        if step.sha256 not in kept:
            kept[step.sha256] = _find_kept(folder, step)
        beside = [f"{step.number} takes the place of {step.replaces}." if step.replaces else ""]
        beside += [f"{step.number} was withdrawn: {step.reason}" if step.reason else ""]
        beside += [describe_mail(step.mail) if step.mail and step.mail != mail else ""]
        mail = step.mail
        is_read = bool(step.value) or step.outcome not in ("error", "query", "masked")
        typed = step.entered if step.entered.strip() and plain(step.entered) != plain(step.value) else ""
        day = PartialDate.of_iso(step.received).words if step.received else ""
        lines.append(
            _Line(step, _title_of(step.field), day, typed, is_read, kept[step.sha256], tuple(filter(None, beside)))
        )
    return lines


def _title_of(field: str) -> str:
    """The heading of a field; its name in words where records have several under it, or none."""
    titles = {fields[field].title for fields in load_records().values() if field in fields}
    return titles.pop() if len(titles) == 1 else field.replace("_", " ").capitalize()


def _find_kept(folder: Folder, step: Step) -> str:
    """The address of the file that a value came in; "" if its bytes are not kept."""
    found = next((folder.path / RETURNED).glob(f"{step.sha256}.*"), None) if step.sha256 else None
    return link_to(f"{RETURNED}/{PurePosixPath(found.name)}") if found and found.suffix != ".txt" else ""


ROUTES = (route("/trace", show_trace),)
