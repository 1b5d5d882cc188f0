"""plan.xlsx: what is found in it as it stands, what a changed one would change, and the end of its year."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.core.model.receipts import ALLOWS_IDENTIFIERS, Instructions
from plan_sheets.desk.leads import cut_lines, cut_paths
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.desk.worker import Came
from plan_sheets.plan import check_plan, try_plan
from plan_sheets.screen.command import as_told
from plan_sheets.screen.deeds import print_check, print_merged_plan
from plan_sheets.screen.lines import ToldLine, listen
from plan_sheets.screen.year_end import print_year_closed
from plan_sheets.store.container.hashing import sha256, sha256_of
from plan_sheets.store.container.kinds import find_ending
from plan_sheets.store.plan_folder import NOT_TAKEN_IN, PLAN_FILE, Folder
from plan_sheets.store.schemas import title_of
from plan_sheets.year_end.close import look_ahead

MOST_ASIDE = 3
"""How many plans that were given are remembered until it is decided about them."""
NO_FILE = "Choose a changed plan.xlsx first. Nothing was changed."


class _Change(NamedTuple):
    """One cell that would be taken."""

    ref: str
    title: str
    before: str
    after: str


def show_plan(ask: Visit) -> Response:
    """What stands in plan.xlsx, merged or not."""
    return _render(ask, [])


def _render(ask: Visit, errors: list[dict[str, str]]) -> Response:
    notes = bool(ask.request.query_params.get("notes"))
    with ask.desk.open() as folder:
        is_newer, is_issued = folder.plan_is_newer(), bool(folder.register.rounds())
        sha = sha256_of(folder.plan_file) if folder.plan_file.exists() else ""
        state = sha, folder.register.last_batch(), notes
        told, trouble = ask.desk.recall("plan", state, lambda: _check(folder, notes=notes))
    told = cut_lines(told, ask.desk.path)
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(ask, "plan", code, told=told, is_newer=is_newer, errors=errors, wrong=trouble, is_issued=is_issued)


def _check(folder: Folder, *, notes: bool) -> tuple[Sequence[ToldLine], PlanSheetsError | None]:
    """What `check` tells, or why it cannot."""
    with listen() as told:
        try:
            print_check(check_plan(folder), as_json=False, notes=notes)
        except PlanSheetsError as why:
            return told, as_told(why)
    return told, None


def keep_given(ask: Visit) -> Response:
    """Remember a changed plan.xlsx that was given, and lead on to what it would change."""
    file = ask.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _render(ask, [{"text": NO_FILE, "href": "#file"}])
    data = file.file.read()
    if find_ending(data, file.filename) != ".xlsx":
        text = "This is no Excel workbook (.xlsx): save it as one. Nothing was changed."
        return _render(ask, [{"text": text, "href": "#file"}])
    aside, sha = ask.desk.given_plans, sha256(data)
    aside[sha] = data
    for old in [*aside][:-MOST_ASIDE]:
        del aside[old]
    return RedirectResponse(f"/plan/changes?of={sha}", HTTPStatus.SEE_OTHER)


def show_changes(ask: Visit) -> Response:
    """What a plan that was given would change, or plan.xlsx as it lies there; nothing is changed yet."""
    return _show_changes(ask, ask.request.query_params.get("of", ""), [])


def _show_changes(ask: Visit, of: str, errors: list[dict[str, str]]) -> Response:
    with ask.desk.open() as folder, listen() as told:
        data = _find_given(ask, of) if of else folder.read_plan()
        merged = try_plan(folder, data, ask.desk.clock())
        print_merged_plan(office.PlanTakenIn(merged, None, None), as_json=False, notes=True)
        over = sha256(folder.read_plan()) if folder.plan_file.exists() else ""
        is_newer = folder.plan_is_newer()
    changes = [
        _Change(met.cell.key.ref, title_of(met.cell.key.record, met.cell.key.field), met.head.value, met.cell.value)
        for met in merged.changes
    ]
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    is_masked = any(finding.severity == "masked" for finding in merged.findings)
    told = cut_lines(told, ask.desk.path)
    values = {"of": of, "over": over, "told": told, "merged": merged, "is_newer": is_newer, "is_masked": is_masked}
    return render(ask, "plan_changes", code, changes=changes, errors=errors, typed=ask.form, **values)


def take_in(ask: Visit) -> Response:
    """Merge plan.xlsx; one that was given is put in its place first."""
    of, over = ask.text("of"), ask.text("over")
    allow, reason = bool(ask.text("allow")), ask.text("reason").strip()
    if allow and not reason:
        return _show_changes(ask, of, [{"text": "Say why it may go in: it is recorded.", "href": "#reason"}])
    instructions = Instructions(allow=frozenset([ALLOWS_IDENTIFIERS] if allow else []), reason=reason * allow)
    data = _find_given(ask, of) if of else None

    def merge(folder: Folder, _tell: Tell) -> Came:
        now = ask.desk.clock()
        if data is not None:
            read = office.replace_plan(folder, data, over, now, instructions)
        else:
            _check_same(folder, over)
            read = office.merge_plan(folder, now, instructions)
        print_merged_plan(read, as_json=False, notes=False)
        ask.desk.given_plans.pop(of, None)
        return Came(onward=[("/plan", "The plan")])

    return ask.begin("Taking plan.xlsx in", merge)


def write(ask: Visit) -> Response:
    """Write plan.xlsx anew from the register, if nothing in it is new."""

    def write_anew(folder: Folder, _tell: Tell) -> Came:
        if folder.plan_is_newer():
            raise PlanSheetsError(NOT_TAKEN_IN, "Look at Plan what it would change. Nothing was changed.")
        read = office.merge_plan(folder, ask.desk.clock(), write=True)
        print_merged_plan(read, as_json=False, notes=False)
        return Came(onward=[("/plan", "The plan")])

    return ask.begin("Writing plan.xlsx anew", write_anew)


def show_year(ask: Visit) -> Response:
    """What ending the year means, what is in the way, and what somebody should know first."""
    with ask.desk.open() as folder:
        year, reasons, warnings = look_ahead(folder, ask.desk.clock().date())
    reasons, warnings = ([cut_paths(text, ask.desk.path) for text in texts] for texts in (reasons, warnings))
    return render(ask, "plan_year", year=year, reasons=reasons, warnings=warnings)


def end_year(ask: Visit) -> Response:
    """Close the year."""

    def close(folder: Folder, _tell: Tell) -> Came:
        print_year_closed(office.close_year(folder, ask.desk.clock()), as_json=False)
        return Came(onward=[("/plan", "The plan")])

    return ask.begin("Ending the year", close)


def _find_given(ask: Visit, sha: str) -> bytes:
    """The plan that was given. Raises PlanSheetsError if it is not remembered any more."""
    data: bytes | None = ask.desk.given_plans.get(sha)
    if data is None:
        raise PlanSheetsError(
            "The plan.xlsx that was given is not remembered any more.", "Give it again. Nothing was changed."
        )
    return data


def _check_same(folder: Folder, over: str) -> None:
    """Raise PlanSheetsError if plan.xlsx was saved since it was shown what it would change."""
    if sha256(folder.read_plan()) != over:
        raise PlanSheetsError(
            f"{PLAN_FILE} has been saved since you were shown what would change.",
            "Look again at what would change now. Nothing was changed.",
        )


ROUTES = (
    route("/plan", show_plan),
    route("/plan", keep_given, ("POST",)),
    route("/plan/changes", show_changes),
    route("/plan/changes", take_in, ("POST",)),
    route("/plan/write", write, ("POST",)),
    route("/plan/year", show_year),
    route("/plan/year", end_year, ("POST",)),
)
