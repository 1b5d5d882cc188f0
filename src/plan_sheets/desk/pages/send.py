"""Issues a round, and gives out what is sent: workbooks, and drafts of e-mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from http import HTTPStatus
from io import BytesIO
from zipfile import ZipFile

from starlette.responses import Response

from plan_sheets import mail, office
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.plan_rows import find_merged
from plan_sheets.desk.links import list_made
from plan_sheets.desk.pages.files import send_bytes
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.desk.worker import Came
from plan_sheets.screen.asked import print_drafts
from plan_sheets.screen.days import read_day
from plan_sheets.screen.deeds import print_issues
from plan_sheets.screen.lines import say
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.desk import read_year
from plan_sheets.store.register.register import Register, RoundFacts
from plan_sheets.store.register.standings import list_days_chased

SENT_IN = ("issued", "feedback", "mail")
"""The folders of a round from which something is sent."""


def show_send(ask: Visit) -> Response:
    """What can be issued, and what was made of a round: the latest, or that of the address."""
    return _render(ask, [])


def issue(ask: Visit) -> Response:
    """Make the workbooks of a round; or say only what would come of it."""
    errors: list[dict[str, str]] = []
    code, day = "", None
    try:
        code = Round.parse(ask.text("round")).code
    except PlanSheetsError as trouble:
        errors.append({"text": f"{trouble} {trouble.remedy}", "href": "#round"})
    try:
        day = read_day(ask.text("return_by").strip(), ask.desk.path, code)
    except ValueError as doubt:
        errors.append({"text": f"{doubt} Type one day, as 14 October 2016 or 14/10/2016.", "href": "#return_by"})
    if not code or day is None or "look" in ask.form:
        return _render(ask, errors)
    subgroups = [text for text in ask.form.getlist("subgroup") if isinstance(text, str)]
    is_trial, notes = bool(ask.text("dry_run")), bool(ask.text("notes"))

    def make(folder: Folder, tell: Tell) -> Came:
        now = ask.desk.clock()
        with folder.register.batch("round", now.isoformat(), dry_run=True) if is_trial else nullcontext():
            issued = office.issue_round(folder, code, day, now, subgroups, tell)
        print_issues(issued, as_json=False, notes=notes)
        if is_trial:
            say("A dry run: nothing was recorded, and no workbook was made.")
        return Came(onward=[("/send", "Issue and send")])

    what = f"the workbooks of {Round.parse(code).of_year}"
    return ask.begin(f"Trying {what}: nothing is recorded" if is_trial else f"Making {what}", make, {})


def draft(ask: Visit) -> Response:
    """Draft the e-mails of a round."""
    code = ask.text("of")
    kinds = [kind for kind in mail.KINDS if kind in ask.form.getlist("kind")]
    if not kinds:
        return _render(ask, [{"text": "Choose what shall be drafted.", "href": "#kind"}])

    def make(folder: Folder, _tell: Tell) -> Came:
        print_drafts(mail.draft_mails(folder, code, ask.desk.clock(), kinds), folder.path, as_json=False)
        return Came(onward=[("/send", "Issue and send")])

    return ask.begin(f"Drafting e-mails of {code}", make)


def send_all(ask: Visit) -> Response:
    """All files of one kind of a round in one zip."""
    code, parent = ask.request.path_params["round"], ask.request.path_params["parent"]
    with ask.desk.open() as folder:
        files = list_made(folder, f"{parent}/{code.lower()}") if parent in SENT_IN else []
        if not files:
            raise PlanSheetsError("Nothing of this kind was made of that round.", "Open Issue and send again.")
        packed = BytesIO()
        with ZipFile(packed, "w") as all_files:
            for file in files:
                all_files.write(file.path, file.name)
    return send_bytes(packed.getvalue(), f"{code.lower()}-{parent}.zip")


def _render(ask: Visit, errors: Sequence[Mapping[str, str]]) -> Response:
    with ask.desk.open() as folder:
        register, today = folder.register, ask.desk.clock().date()
        rounds = {facts.code: facts for facts in register.rounds()}
        wanted = ask.request.query_params.get("round", "") or ask.text("of")
        chosen = rounds.get(wanted) or next(reversed(rounds.values()), None)
        made = {parent: list_made(folder, f"{parent}/{chosen.code.lower()}") for parent in SENT_IN} if chosen else {}
        chased = list_days_chased(register, chosen.code) if chosen else {}
        values = {
            "plan_is_newer": folder.plan_is_newer(),
            "subgroups": _list_subgroups(register),
            "suggested": _suggest_round(read_year(register), [*rounds], today),
            "rounds": [(code, Round.parse(code).of_year) for code in reversed(rounds)],
            "chosen": chosen,
            "return_by": _say_days(chosen) if chosen else "",
            "made": made,
            "chased": [(subgroup, ", ".join(map(_in_words, days))) for subgroup, days in chased.items()],
        }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(ask, "send", code, typed=ask.form, picked=ask.form.getlist("subgroup"), errors=errors, **values)


def _list_subgroups(register: Register) -> list[tuple[str, str]]:
    """The code and the name of each subgroup that gets a workbook."""
    history = register.history(record="subgroup")
    rows = {"subgroup": {ref: history.record("subgroup", ref) for ref in history.refs("subgroup")}}
    return [(ref, row["title"]) for ref, row in rows["subgroup"].items() if find_merged(rows, ref) == ref]


def _suggest_round(year: str, issued: Sequence[str], today: date) -> str:
    """The code of the round that is probably issued next: the first of the plan's year, or the one after the last."""
    if issued and (after := Round.parse(issued[-1]).next).year_words == year:
        return after.code
    first = Round(int(year[:4]), 1) if year[:4].isdecimal() else Round.of_day(today)
    return first.code if not issued or first.code > issued[-1] else issued[-1]


def _say_days(chosen: RoundFacts) -> str:
    """By when the workbooks of a round shall be back."""
    extended = (f"{_in_words(day)} from {subgroup}" for subgroup, day in chosen.extended.items())
    return ", ".join([_in_words(chosen.return_by), *extended])


def _in_words(day: str) -> str:
    return PartialDate.of_iso(day).words


ROUTES = (
    route("/send", show_send),
    route("/send", issue, ("POST",)),
    route("/send/drafts", draft, ("POST",)),
    route("/send/{round}/{parent}.zip", send_all),
)
