"""Corrects what was taken in, lets a rule pass, and looks after the register: forms for what is seldom done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus

from starlette.responses import Response

from plan_sheets import doctor, office
from plan_sheets.core.model.progress import Tell
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.desk.worker import Came
from plan_sheets.screen.days import read_day
from plan_sheets.screen.deeds import print_redacted, print_waiver, print_withdrawn
from plan_sheets.screen.kept import print_backup, print_examined
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.schemas import load_messages

ASKED = {
    "withdraw": {"name": "Say which return, as DA-1.", "reason": "Say why: it is recorded and shown."},
    "redact": {
        "about": "Say which return, or which ref.",
        "reason": "Say why: it is recorded.",
        "sure": "Say that it shall be taken out for good.",
    },
    "allow": {
        "code": "Say which rule, by its code.",
        "subgroup": "Say which subgroup, by its code.",
        "until": "Say until when.",
        "by": "Say who allows it.",
        "reason": "Say why: it is recorded and shown.",
    },
    "backup": {"file": "Say where to, with the name of the file."},
}
"""What each form cannot do without, and what is said where it is missing."""
ONWARD = Came(onward=[("/keep", "Correct and keep")])


def show_keep(ask: Visit) -> Response:
    """The forms."""
    return _render(ask, [])


def _render(ask: Visit, errors: Sequence[Mapping[str, str]]) -> Response:
    deed = ask.request.url.path.removeprefix("/keep").strip("/")
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    about = {"name": ask.request.query_params.get("about", "")}
    rules = sorted(code for code, message in load_messages().by_code.items() if message.waivable)
    typed = {deed: ask.form} if ask.form else {"withdraw": about}
    return render(ask, "keep", code, errors=errors, typed=typed, rules=rules)


def _list_missing(ask: Visit, deed: str) -> list[Mapping[str, str]]:
    """What is missing in the form of a deed, each with where it stands."""
    asked = ASKED[deed].items()
    return [{"text": text, "href": f"#{deed}-{name}"} for name, text in asked if not ask.text(name).strip()]


def withdraw(ask: Visit) -> Response:
    """Withdraw a return that was taken in by mistake."""
    errors = _list_missing(ask, "withdraw")
    if errors or "look" in ask.form:
        return _render(ask, errors)
    name, reason = ask.text("name").strip(), ask.text("reason").strip()

    def do(folder: Folder, _tell: Tell) -> Came:
        done, made = office.withdraw_return(folder, name, reason, ask.desk.clock())
        print_withdrawn(done, made, as_json=False)
        return ONWARD

    return ask.begin(f"Withdrawing {name}", do, {})


def redact(ask: Visit) -> Response:
    """Take out for good what should never have been written; this desk forgets what it told of it, too."""
    errors = _list_missing(ask, "redact")
    if errors or "look" in ask.form:
        return _render(ask, errors)
    about, field, reason = (ask.text(name).strip() for name in ("about", "field", "reason"))

    def do(folder: Folder, _tell: Tell) -> Came:
        done = office.redact_texts(folder, about, reason, ask.desk.clock(), field)
        ask.desk.forget()
        print_redacted(done, as_json=False)
        return ONWARD

    return ask.begin(f"Redacting {about}", do, {})


def allow(ask: Visit) -> Response:
    """Let a subgroup's returns pass a rule of the plan until a day."""
    errors, until = _list_missing(ask, "allow"), date.min
    if ask.text("until").strip():
        try:
            until = read_day(ask.text("until").strip(), ask.desk.path, None)
        except ValueError as doubt:
            text = f"{doubt} Type one day, as 31 December 2016 or 31/12/2016."
            errors.append({"text": text, "href": "#allow-until"})
    if errors or "look" in ask.form:
        return _render(ask, errors)
    code, subgroup, by, reason = (ask.text(name).strip() for name in ("code", "subgroup", "by", "reason"))

    def do(folder: Folder, _tell: Tell) -> Came:
        now = ask.desk.clock()
        waiver, made = office.allow_rule(folder, code, subgroup, until, by, reason, now)
        print_waiver(waiver, made, now.date(), as_json=False)
        return ONWARD

    return ask.begin(f"Letting {code} pass for {subgroup}", do, {})


def examine(ask: Visit) -> Response:
    """Look whether the register and its folder are whole; changes nothing."""

    def do(_folder: Folder, _tell: Tell) -> Came:
        print_examined(office.examine_folder(ask.desk.path, ask.desk.clock()), as_json=False)
        return ONWARD

    return ask.begin("Looking whether all is whole", do)


def back_up(ask: Visit) -> Response:
    """Copy the register to a file."""
    errors = _list_missing(ask, "backup")
    if errors or "look" in ask.form:
        return _render(ask, errors)
    file = ask.text("file").strip()

    def do(_folder: Folder, _tell: Tell) -> Came:
        print_backup(doctor.back_up(ask.desk.path, file), as_json=False)
        return ONWARD

    return ask.begin("Backing the register up", do, {})


ROUTES = (
    route("/keep", show_keep),
    route("/keep/withdraw", withdraw, ("POST",)),
    route("/keep/redact", redact, ("POST",)),
    route("/keep/allow", allow, ("POST",)),
    route("/keep/examine", examine, ("POST",)),
    route("/keep/backup", back_up, ("POST",)),
)
