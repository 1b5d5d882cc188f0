"""Reads the master of a round as a page; makes, hands over and compares masters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from plan_sheets import office
from plan_sheets.asking.differ import compare_masters
from plan_sheets.asking.shown import show_master
from plan_sheets.core.book.layout import CONTENTS, Book, texts_of
from plan_sheets.core.editions.editions import INTERNAL, PUBLIC
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import make_slug
from plan_sheets.desk.links import MadeFile, link_to, list_made
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.desk.worker import Came
from plan_sheets.master import Mastered, make_master
from plan_sheets.screen.deeds import print_master
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.editions import EditionFacts, is_touched, list_editions
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.tracing.texts import list_known

FOLDER = "master"
CONSULTATION = "consultation"
"""What stands instead of a round in an address, before the first is issued."""
MOST_ROWS = 200
"""Of a sheet on one page."""


class _Round(NamedTuple):
    """A round as it stands on the page."""

    code: str
    words: str
    editions: Sequence[tuple[EditionFacts, str, str]]
    """Each edition, its day in words, and the address of its file; "" if that is gone."""
    is_touched: bool


def show_masters(ask: Visit) -> Response:
    """The rounds of which there is a master, what was handed over, and the form to make one."""
    return _render(ask, [])


def _render(ask: Visit, errors: Sequence[Mapping[str, str]]) -> Response:
    with ask.desk.open() as folder:
        register = folder.register
        files = list_made(folder, FOLDER)
        rounds = [_describe_round(folder, facts.code) for facts in reversed(register.rounds())]
        handed_over = {edition.path for each in rounds for edition, *_ in each.editions}
        others = [file for file in files if f"{FOLDER}/{file.name}" not in handed_over]
        boards = _list_boards(register)
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    values = {
        "rounds": rounds,
        "files": files,
        "others": others,
        "boards": boards,
        "errors": errors,
    }
    return render(ask, "masters", code, asked=_Asked.of(ask), typed=ask.request.query_params, **values)


def _describe_round(folder: Folder, code: str) -> _Round:
    editions = list_editions(folder.register, code)
    touched = bool(editions) and is_touched(folder.register, code, editions[-1].batch)
    told = [
        (edition, PartialDate.of_iso(edition.handed_over).words, _link_if_there(folder, edition.path))
        for edition in editions
    ]
    return _Round(code, Round.parse(code).words, told, touched)


def _link_if_there(folder: Folder, path: str) -> str:
    return link_to(path) if (folder.path / path).is_file() else ""


def _list_boards(register: Register) -> list[tuple[str, str]]:
    """The ref and the title of each board of the plan."""
    history = register.history(record="board")
    return [(ref, history.text("board", ref, "title")) for ref in history.refs("board")]


class _Asked(NamedTuple):
    """What a form asks for: a round ("" for the plan before the first), an edition, boards and a paper."""

    round: str
    edition: str
    boards: tuple[str, ...]
    paper: bool

    @classmethod
    def of(cls, ask: Visit) -> _Asked:
        """What was asked for, in the form or in the address."""
        given = ask.form or ask.request.query_params
        boards = tuple(text for text in given.getlist("board") if isinstance(text, str))
        edition = PUBLIC if given.get("edition") == PUBLIC else INTERNAL
        return cls(str(given.get("round", "")), edition, boards, bool(given.get("paper")))

    @property
    def query(self) -> str:
        """The same in an address."""
        named = [("round", self.round), ("edition", self.edition), *(("board", board) for board in self.boards)]
        return urlencode([*named, *([("paper", "1")] if self.paper else [])])


def make(ask: Visit) -> Response:
    """Make a draft, or an edition again; or lead on to handing over."""
    asked = _Asked.of(ask)
    if asked.paper and asked.edition == PUBLIC:
        text = "The board paper names people, so there is none for the public: leave it out."
        return _render(ask, [{"text": text, "href": "#paper"}])
    if ask.text("do") == "hand_over":
        return RedirectResponse(f"/masters/hand-over?{asked.query}", HTTPStatus.SEE_OTHER)
    number = int(ask.text("number")) if ask.text("number").isdecimal() else None
    return _begin(ask, asked, number=number)


def show_hand_over(ask: Visit) -> Response:
    """What somebody should know before a master is handed over."""
    return _ask_hand_over(ask, _Asked.of(ask), [])


def _ask_hand_over(ask: Visit, asked: _Asked, errors: Sequence[Mapping[str, str]]) -> Response:
    with ask.desk.open() as folder:
        warnings, queries = office.warn_of_master(folder, asked.round or None, asked.edition, asked.boards)
        boards = [title for ref, title in _list_boards(folder.register) if ref in asked.boards]
    code = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    values = {"asked": asked, "warnings": warnings, "queries": queries, "boards": boards, "errors": errors}
    return render(ask, "masters_hand_over", code, **values)


def hand_over(ask: Visit) -> Response:
    """Make a numbered edition, and close the round."""
    asked, anyway = _Asked.of(ask), bool(ask.text("anyway"))
    with ask.desk.open() as folder:
        _, queries = office.warn_of_master(folder, asked.round or None, asked.edition, asked.boards)
    if queries and not anyway:
        text = "Queries are open: settle them first, or say that you hand over all the same."
        return _ask_hand_over(ask, asked, [{"text": text, "href": "#anyway"}])
    return _begin(ask, asked, hand_over=True, anyway=anyway)


def _begin(
    ask: Visit, asked: _Asked, *, hand_over: bool = False, anyway: bool = False, number: int | None = None
) -> Response:
    """Make a master in the worker."""

    def work(folder: Folder, tell: Tell) -> Came:
        now, code = ask.desk.clock(), asked.round or None
        with TemporaryDirectory(prefix="plan-sheets-") as aside:
            paper = Path(aside) / "paper.docx" if asked.paper else None
            made = make_master(
                folder, code, now, paper=paper, edition=asked.edition, boards=asked.boards,
                hand_over=hand_over, anyway=anyway, number=number, tell=tell,
            )  # fmt: skip
            print_master(_keep_paper(folder, made, now.isoformat(timespec="seconds")), as_json=False)
        return Came(onward=[("/masters", "Masters")])

    which = f"the master of {asked.round}" if asked.round else "the consultation draft"
    return ask.begin(f"Handing over {which}" if hand_over else f"Making {which}", work)


def _keep_paper(folder: Folder, made: Mastered, at: str) -> Mastered:
    """Write the board paper beside its master, which is where the officer looks; a changed one stays."""
    if made.paper is None:
        return made
    with folder.register.batch("draft", at) as batch:
        kept = folder.write(f"{FOLDER}/{made.path.stem}-board-paper.docx", made.paper.read_bytes(), batch)
    return replace(made, paper=kept)


def show_round(ask: Visit) -> Response:
    """The sheets of the master of a round, as it stands now."""
    book, _ = _find_book(ask)
    sheets = [(sheet, make_slug(sheet.name)) for sheet in book.sheets if sheet.name != CONTENTS]
    return render(ask, "master", book=book, sheets=sheets, round=ask.request.path_params["round"])


def show_sheet(ask: Visit) -> Response:
    """One sheet of it, each cell of which leads to where it came from."""
    (book, known), wanted = _find_book(ask), ask.request.path_params["sheet"]
    sheets = [(sheet, make_slug(sheet.name)) for sheet in book.sheets if sheet.name != CONTENTS]
    sheet = next((sheet for sheet, name in sheets if name == wanted), None)
    if sheet is None:
        raise PlanSheetsError("The master has no such sheet.", "Open the master again.")
    pages = max(1, ceil(len(sheet.rows) / MOST_ROWS))
    given = ask.request.query_params.get("page", "")
    page = min(int(given), pages) if given.isdecimal() and len(given) < MOST_ROWS and int(given) else 1
    rows = sheet.rows[(page - 1) * MOST_ROWS : page * MOST_ROWS]
    values = {
        "round": ask.request.path_params["round"],
        "book": book,
        "sheets": sheets,
        "texts_of": texts_of,
        "known": known,
    }
    values |= {"sheet": replace(sheet, rows=rows), "count": len(sheet.rows), "page": page, "page_count": pages}
    return render(ask, "master_sheet", **values)


def _find_book(ask: Visit) -> tuple[Book, frozenset[str]]:
    """The master of the round in the address, as it stands now, and the refs that can be traced in it.

    The one that was read last is kept in memory, until something is recorded.
    """
    code = ask.request.path_params["round"]
    with ask.desk.open() as folder:
        return ask.desk.recall("masters", (folder.register.last_batch(), code), lambda: _read_book(folder, code))


def _read_book(folder: Folder, code: str) -> tuple[Book, frozenset[str]]:
    book = show_master(folder, None if code == CONSULTATION else code)
    return book, frozenset(list_known(folder.register))


def show_differences(ask: Visit) -> Response:
    """What differs between two masters that lie in the plan folder."""
    given = ask.request.query_params
    with ask.desk.open() as folder:
        files = {file.name: file for file in list_made(folder, FOLDER)}
        chosen = [files.get(given.get(name, "")) for name in ("before", "after")]
        if errors := [*_find_not_two(chosen)]:
            return _render(ask, errors)
        before, after = (file.path for file in chosen if file)
        compared = compare_masters(folder, before, after, ask.desk.clock())
    told = [*zip(compared.differences, compared.reasons, strict=True)]
    return render(ask, "masters_differ", compared=compared, told=told)


def _find_not_two(chosen: Sequence[MadeFile | None]) -> Iterator[Mapping[str, str]]:
    """What is wrong with the choice of two files."""
    for file, name in zip(chosen, ("before", "after"), strict=True):
        if file is None:
            yield {"text": f"Choose the master that stands {name}.", "href": f"#{name}"}
    if chosen[0] is not None and chosen[0] == chosen[1]:
        yield {"text": "Choose two masters: nothing differs from itself.", "href": "#after"}


ROUTES = (
    route("/masters", show_masters),
    route("/masters", make, ("POST",)),
    route("/masters/hand-over", show_hand_over),
    route("/masters/hand-over", hand_over, ("POST",)),
    route("/masters/differ", show_differences),
    route("/masters/{round}", show_round),
    route("/masters/{round}/{sheet}", show_sheet),
)
