"""What a page is made with: the plan folder, the worker, the templates; and how trouble is told in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from plan_sheets.core.book.layout import Blank
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.desk.leads import TASKS, cut_task, cut_trouble, find_leads
from plan_sheets.desk.worker import PATIENCE, Came, Typed, Work, Worker
from plan_sheets.screen.command import as_told, say_next
from plan_sheets.store.plan_folder import Folder, open_folder

if TYPE_CHECKING:
    from plan_sheets.asking.status import ToDo

Read = TypeVar("Read")
View = Callable[["Visit"], Response]
"""Makes the answer to one request; it is called in a thread."""
MOST_FIELDS = 20_000
MOST_FILES = 2_000
LONGEST_TEXT = 1_000_000
"""Bytes of one text of a form: many times what a cell holds."""


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """What all pages share."""

    path: Path
    clock: Callable[[], datetime]
    worker: Worker
    given_plans: dict[str, bytes] = field(default_factory=dict)
    """The last plans that were given and not taken in yet, by SHA-256: in memory alone."""
    seen: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    """What was read last for each page, behind the state in which it was read: see `recall`."""
    remembered: dict[str, str] = field(default_factory=dict)
    """What somebody typed on this desk that is offered again the next time: who settled."""

    def forget(self) -> None:
        """Forget all that was shown or given: what was redacted may stand in it."""
        self.given_plans.clear()
        self.seen.clear()
        self.worker.forget()

    def recall(self, page: str, state: Hashable, read: Callable[[], Read]) -> Read:
        """What was read last for a page, if its state is the same still; else it is read now, and kept in memory.

        `state`: what changes whenever something else would be read: the last batch, a file, the day.
        """
        before, found = self.seen.get(page, (None, None))
        if before != state:
            found = read()
            self.seen[page] = state, found
        return cast("Read", found)

    @contextmanager
    def open(self) -> Iterator[Folder]:
        """The plan folder. Raises PlanSheetsError, as a command does, if it is gone or the register is busy."""
        if not self.path.is_dir():
            raise PlanSheetsError(
                f"There is no plan folder at {self.path} any more.",
                "Put it back, or close the desk and open it where the folder is now. Nothing was changed.",
            )
        folder = open_folder(self.path)
        try:
            yield folder
        finally:
            folder.register.close()


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, with the form that came in it."""

    desk: OpenDesk
    request: Request
    form: FormData

    def text(self, name: str) -> str:
        """What was typed in a field of the form; "" if nothing."""
        given = self.form.get(name, "")
        return given if isinstance(given, str) else ""

    @property
    def texts(self) -> dict[str, str]:
        """What was typed in each field of the form, by its name; each line end is one sign."""
        return dict(self._list_texts())

    def _list_texts(self) -> list[tuple[str, str]]:
        """The same, in order, and several of one name where several were chosen."""
        given = self.form.multi_items()
        return [(name, text.replace("\r\n", "\n")) for name, text in given if isinstance(text, str)]

    def keep(self, shown: Mapping[str, str]) -> Typed:
        """What was typed in the form, so that it is not lost; `shown`: see `Typed`."""
        return Typed(self.request.url.path, self._list_texts(), shown)

    def begin(
        self, title: str, do: Callable[[Folder, Tell], Came | None], shown: Mapping[str, str] | None = None
    ) -> Response:
        """Do something long, in the worker; the page of that work is next. Short work is done when it is shown.

        `shown`: of a form that comes back filled in, what was typed, see `Typed`; None of another.
        """

        def work(tell: Tell) -> Came | None:
            with self.desk.open() as folder:
                came = do(folder, tell) or Came()
                tasks: list[ToDo] = []
                say_next(folder, self.desk.clock(), show=lambda what: tasks.extend(what.to_do[:1]))
                return replace(came, task=next((cut_task(task, self.desk.path) for task in tasks), None))

        begun = self.desk.worker.begin(title, work, None if shown is None else self.keep(shown))
        begun.ended.wait(PATIENCE)
        return show_work(begun)


def show_work(work: Work) -> Response:
    """Lead on to the page of a piece of work."""
    return RedirectResponse(f"/progress/{work.number}", HTTPStatus.SEE_OTHER)


@cache
def load_templates() -> Environment:
    """The templates of the pages. Nothing that was typed is ever markup: all is escaped."""
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    loader = ChoiceLoader([PackageLoader("plan_sheets.desk"), govuk])
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.tests["blank"] = lambda content: isinstance(content, Blank)
    environment.filters["leads"] = find_leads
    environment.globals["leads_of_tasks"] = TASKS
    return environment


def render(ask: Visit, template: str, code: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
    """A page. `template`: its name without the ending."""
    values = {"path": ask.request.url.path, "folder": ask.desk.path.resolve().name, **values}
    if "trouble" in values:
        values["trouble"] = cut_trouble(values["trouble"], ask.desk.path)
    return HTMLResponse(load_templates().get_template(f"{template}.html").render(values), code)


def explain(trouble: PlanSheetsError, code: HTTPStatus) -> Response:
    """A page that says why something was not done, for whoever is not let in, and has no page to go back to."""
    values = {"path": "", "folder": "", "trouble": trouble, "is_asked": code is HTTPStatus.NOT_FOUND}
    return HTMLResponse(load_templates().get_template("trouble.html").render(values), code)


def welcome() -> Response:
    """The page that leads on to the first one."""
    return HTMLResponse(load_templates().get_template("welcome.html").render(path="", folder=""))


def route(path: str, view: View, methods: tuple[str, ...] = ("GET",)) -> Route:
    """The route of a page: the form is read, the view is called in a thread, and trouble is told in words."""

    async def answer(request: Request) -> Response:
        desk: OpenDesk = request.app.state.desk
        limits = {"max_files": MOST_FILES, "max_fields": MOST_FIELDS, "max_part_size": LONGEST_TEXT}
        async with request.form(**limits) as form:
            return await run_in_threadpool(_answer, view, Visit(desk, request, form))

    return Route(path, answer, methods=[*methods])


def _answer(view: View, ask: Visit) -> Response:
    try:
        return view(ask)
    except PlanSheetsError as trouble:
        is_asked = ask.request.method == "GET"
        return render(ask, "trouble", HTTPStatus.CONFLICT, trouble=as_told(trouble), is_asked=is_asked)
