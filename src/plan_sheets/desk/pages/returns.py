"""Takes returns in: workbooks, zips and e-mails that are dropped on the page; a verdict for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import UploadFile
from starlette.responses import Response

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.core.model.progress import Tell
from plan_sheets.core.model.receipts import ALLOWS_IDENTIFIERS, Instructions, Receipt
from plan_sheets.desk.aside import Aside, count_files
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.desk.worker import Came
from plan_sheets.screen.deeds import print_receipts
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.schemas import load_messages
from plan_sheets.store.sharing.choose import open_workers

NO_FILE = "Choose the files first: workbooks, zips or e-mails. Nothing was received."
GONE = "The files of that trial are kept no more. Choose them again: nothing was received."
ONE_FILE = "Of several files nothing can be said that is about one. Choose that file alone."
NOT_HELD = "That file is held no more, or was not kept. Choose it here: nothing was received."
REASON = "Say why it may go in: it is recorded."
NO_RULE = "Choose what is let pass, or take the reason out."
INSTRUCTIONS = {"issue": "Whose it is", "replaces": "The return that it replaces", "allow": "Let pass", "reason": "Why"}
"""What can be said of one file, by the names of the fields of the form."""
HEADINGS = ("Where", "What was typed", "How it was read", "What there is to say")


def show_returns(ask: Visit) -> Response:
    """The page on which returns are dropped."""
    return _render_form(ask)


def take_returns(ask: Visit) -> Response:
    """Receive what was dropped, or was tried before; or say only what would come of it."""
    shown = {title: ask.text(name) for name, title in INSTRUCTIONS.items() if ask.text(name)}
    try:
        return _render_form(ask) if "look" in ask.form else _take(ask, shown)
    except PlanSheetsError as trouble:
        return render(ask, "trouble", HTTPStatus.CONFLICT, trouble=trouble, typed=ask.keep(shown))


def _take(ask: Visit, shown: Mapping[str, str]) -> Response:
    tried = ask.text("tried")
    given = [file for file in ask.form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    held = _find_held(ask)
    if errors := [] if tried else [*_find_errors(ask, given, held)]:
        return _render_form(ask, errors)
    aside = _take_tried(ask, tried) if tried else _keep(ask, given, held)
    if aside is None:
        return _render_form(ask, [("files", GONE)])
    is_trial, notes = bool(ask.text("dry_run")), bool(ask.text("notes"))
    many = count_files(aside.paths)

    def receive(folder: Folder, tell: Tell) -> Came:
        return _receive(ask, folder, aside, tell, is_trial=is_trial, notes=notes)

    return ask.begin(f"Trying {many}: nothing is recorded" if is_trial else f"Receiving {many}", receive, shown)


def _receive(ask: Visit, folder: Folder, aside: Aside, tell: Tell, *, is_trial: bool, notes: bool) -> Came:
    """Receive what is aside. It stays there after a trial alone, and not if it holds what must never be kept."""
    stays = False
    try:
        with open_workers() as executor:
            received = office.receive_files(
                folder,
                aside.paths,
                ask.desk.clock(),
                aside.instructions,
                dry_run=is_trial,
                executor=executor,
                tell=tell,
                are_copies=True,
            )
        returns = received.receipts.returns
        print_receipts(received, as_json=False, dry_run=is_trial, notes=notes)
        stays = is_trial and not any(_is_masked(receipt) for receipt in returns)
    finally:
        if not stays:
            aside.remove()
    tables = [(receipt.file, HEADINGS, rows) for receipt in returns if (rows := [*_list_cells(receipt)])]
    onward = [("/returns", "Take more in")]
    if not is_trial and received.officer and (received.officer.queries or received.officer.proposals):
        onward.insert(0, ("/settle", "Settle and confirm"))
    if received.feedback:
        onward.insert(0, ("/send", "Draft the e-mails that go with what is sent back"))
    return Came(tables, onward, aside if stays else None)


def _is_masked(receipt: Receipt) -> bool:
    return any(finding.severity is Severity.MASKED for finding in receipt.findings)


def _list_cells(receipt: Receipt) -> Iterator[Sequence[str]]:
    """What was typed in each cell about which there is something to say, how it was read, and what there is to say."""
    for finding in receipt.findings:
        if finding.address and finding.entered:
            about = finding.key.ref if finding.key else ""
            where = " ".join(filter(None, (about, str(finding.address))))
            yield where, finding.entered, finding.reading, finding.message


class _Held(NamedTuple):
    """A file of which nothing is in, and where its bytes are."""

    number: str
    name: str
    kept: Path


def _find_held(ask: Visit) -> _Held | None:
    """The held file that the form is about; None if it is held no more, or nothing of it was kept."""
    number = ask.request.query_params.get("held", "") or ask.text("held")
    if not number:
        return None
    with ask.desk.open() as folder:
        files = [file for verdict in ("held", "refused") for file in folder.register.set_aside(verdict)]
        found = [(file, path) for file in files if file.number == number for path in folder.find_kept(file.sha256)]
    return next((_Held(number, file.file, path) for file, path in found), None)


def _keep(ask: Visit, given: Sequence[UploadFile], held: _Held | None) -> Aside:
    """What was dropped, or is held, kept aside with what the officer says of it."""
    allow = frozenset(filter(None, [ask.text("allow")]))
    issue, replaces, reason = (ask.text(name).strip() for name in ("issue", "replaces", "reason"))
    aside = Aside(Instructions(issue, replaces, allow, reason))
    try:
        for file in given:
            aside.keep(str(file.filename), file.file)
        if held:
            with held.kept.open("rb") as kept:
                aside.keep(held.name, kept)
    except BaseException:
        aside.remove()
        raise
    return aside


def _take_tried(ask: Visit, number: str) -> Aside | None:
    """What is aside since a trial, which it is taken from: it is received once. None if it is there no more."""
    work = ask.desk.worker.works.get(int(number)) if number.isdecimal() else None
    aside = work.take_trial() if work else None
    return aside if aside and aside.is_there else None


def _find_errors(ask: Visit, given: Sequence[UploadFile], held: _Held | None) -> Iterator[tuple[str, str]]:
    """What is wrong with the form: a field, and why."""
    if ask.text("held") and not held:
        yield "files", NOT_HELD
    elif not given and not held:
        yield "files", NO_FILE
    said = [name for name in INSTRUCTIONS if ask.text(name).strip()]
    if len(given) > 1 and {"issue", "replaces"} & {*said}:
        yield "files", ONE_FILE
    if "allow" in said and "reason" not in said:
        yield "reason", REASON
    if "reason" in said and "allow" not in said:
        yield "allow", NO_RULE


def _render_form(ask: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    """The form, with what was typed in it. Files have to be chosen again: a page cannot choose them."""
    typed = {name: ask.text(name) for name in (*INSTRUCTIONS, "dry_run", "notes")}
    codes = [code for code, message in load_messages().by_code.items() if message.holds]
    held = _find_held(ask)
    return render(
        ask,
        "returns",
        HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        errors=[{"text": why, "href": f"#{name}"} for name, why in errors],
        faults=dict(errors),
        typed=typed,
        held=held,
        not_kept="" if held else ask.request.query_params.get("held", ""),
        codes=[ALLOWS_IDENTIFIERS, *sorted(codes)],
        is_said=bool(held) or any(typed[name] for name in INSTRUCTIONS) or any(name != "files" for name, _ in errors),
    )


ROUTES = (route("/returns", show_returns), route("/returns", take_returns, ("POST",)))
