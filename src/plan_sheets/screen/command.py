"""What every command of the command line has: its options, and how what makes a deed impossible is told."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from plan_sheets.screen.days import Day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from plan_sheets.asking.status import WhatNext
    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.core.model.progress import Tell
    from plan_sheets.store.plan_folder import Folder


COLLECT_AFTER = 100_000
"""How many new objects Python makes before it looks for garbage; its default, 700, suits programs that run longer."""
REFUSED = 1
"""Nothing was changed."""
SOMEBODY_MUST_ACT = 3
"""Done, with something somebody must act on."""


Command = TypeVar("Command", bound="Callable[..., Any]")


class Group(click.Group):
    """Turns what makes a deed impossible into a message and a status: no traceback ever reaches a user."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse what stands before the command."""
        with _show_misuse():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        # Most of a command's time is imports, and a sixth of that was looking for garbage that imports do not make.
        gc.set_threshold(COLLECT_AFTER)
        try:
            with _show_misuse():
                return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise  # click ends quietly, too, where another program (head, more) reads no further
        except Exception as trouble:
            from plan_sheets.core.model.findings import PlanSheetsError
            from plan_sheets.screen.lines import say

            if not isinstance(trouble, PlanSheetsError) and ctx.find_root().params.get("debug"):
                raise
            told = as_told(trouble)
            reasons = (f"{number:>4}. {reason}" for number, reason in enumerate(told.reasons, 1))
            for line in filter(None, (str(told), *reasons, told.remedy)):
                say(line, err=True)
            ctx.exit(SOMEBODY_MUST_ACT if told.recorded else REFUSED)


def as_told(trouble: Exception) -> PlanSheetsError:
    """What makes a deed impossible, as it may be shown: no identifier of a case is quoted, and no fault is a riddle."""
    from plan_sheets.core.model.findings import PlanSheetsError

    if not isinstance(trouble, PlanSheetsError):
        trouble = PlanSheetsError(
            f"Something went wrong that plan-sheets did not expect ({type(trouble).__name__}: {trouble}).",
            "Nothing more was done. Please report it; --debug shows more.",
        )
    reasons = [*map(_without_identifiers, trouble.reasons)]
    what, remedy = _without_identifiers(str(trouble)), _without_identifiers(trouble.remedy)
    return PlanSheetsError(what, remedy, reasons=reasons, recorded=trouble.recorded)


@contextmanager
def _show_misuse() -> Iterator[None]:
    """Take control characters out of click's messages, which quote what was typed: a terminal would obey them."""
    try:
        yield
    except click.ClickException as misused:
        from plan_sheets.core.model.printable import on_screen
        from plan_sheets.screen.lines import fold_error

        before = misused.format_message().removesuffix(misused.message)
        message = on_screen(_without_identifiers(misused.message))
        vars(misused)["message"] = fold_error(f"Error: {before}", message)  # click calls it final
        raise


def _without_identifiers(line: str) -> str:
    """What is quoted of what was typed: no identifier of a case, whatever it was typed as."""
    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.core.screening.around import without_identifiers
    from plan_sheets.store.schemas import load_screen

    try:
        return without_identifiers(load_screen(), line)
    except PlanSheetsError:  # the schemas themselves are wrong: that is what the line tells
        return line


def complete_paths(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """What the shell completes a path with: its own names of files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def _give_register(context: click.Context, _parameter: click.Parameter, url: str | None) -> None:
    """Let another register be meant until the command has ended, in its processes as well."""
    if not url:
        return
    from plan_sheets.store.register.engines.given import GIVEN

    before = os.environ.get(GIVEN)
    os.environ[GIVEN] = url

    def restore() -> None:
        os.environ.pop(GIVEN)
        if before is not None:
            os.environ[GIVEN] = before

    context.call_on_close(restore)


register_option = click.option(
    "--register",
    metavar="URL",
    envvar="PLAN_SHEETS_REGISTER",
    expose_value=False,
    is_eager=True,
    callback=_give_register,
    help="The register on a server, instead of the one that the folder remembers: postgresql://NAME@SERVER/DATABASE#PLAN",
)
_folder_option = click.option(
    "--plan",
    "plan_dir",
    default=".",
    envvar="PLAN_SHEETS_PLAN",
    is_eager=True,  # what else is given may be read by what the plan says
    show_default="this folder",
    shell_complete=complete_paths,
    help="The plan folder.",
)


def plan_option(command: Command) -> Command:
    """Let a command be told where the plan folder is, and its register."""
    return _folder_option(register_option(command))


json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output, and nothing else there."
)
notes_option = click.option(
    "--notes", is_flag=True, help="Tell everything cell by cell, and every note: what was assumed, and what was tidied."
)
allow_option = click.option(
    "--allow", multiple=True, help="The code of what shall not hold the one file, or keep a text out: case_identifier."
)
reason_option = click.option("--reason", default="", help="Why it is allowed; it is recorded.")
as_of_option = click.option("--as-of", type=Day(), help="The date that decides; by default today.")


def complete(*kinds: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What the shell completes a word with: the rounds, subgroups, refs or returns that the register knows."""

    def list_words(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        from plan_sheets.store.known_words import list_known

        register = as_path(context.params.get("plan_dir") or ".") / "register.sqlite"
        return [word for word in list_known(register, kinds) if word.casefold().startswith(begun.casefold())]

    return list_words


def read_clock(as_of: datetime | None) -> datetime:
    """The time that decides: that of the office's own clock, if no other was given."""
    return as_of or datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the office's own clock


def show_progress(what: str, *, quiet: bool) -> AbstractContextManager[Tell]:
    """A bar while something lasts, unless `quiet`; gives what a deed tells how far it is."""
    from plan_sheets.screen.progress import open_bar

    return open_bar(what, quiet=quiet)


def start_processes(paths: Sequence[Path]) -> AbstractContextManager[Executor | None]:
    """Processes to share the work, if there may be much of it: a folder, or a file that may hold many."""
    if all(path.suffix.lower() == ".xlsx" for path in paths):
        return nullcontext()
    from plan_sheets.store.receiving.pool import processes

    return processes()


def say_next(
    folder: Folder,
    as_of: datetime | None = None,
    *,
    as_json: bool = False,
    show: Callable[[WhatNext], None] | None = None,
) -> None:
    """End a command with the one thing to do now. What the command did stands, whether that can be read or not.

    `show`: shows what there is to do; None prints it.
    """
    from plan_sheets.asking.status import what_next
    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.screen.asked import print_next
    from plan_sheets.screen.lines import say_remark

    if trouble := folder.register.not_backed_up:
        say_remark("warning", f"The backup of today could not be made: {trouble}", err=True)
    if not as_json:
        with suppress(PlanSheetsError):
            (show or print_next)(what_next(folder, read_clock(as_of).date()))


def as_path(text: str) -> Path:
    """The path that was typed."""
    from pathlib import Path

    return Path(text)


def open_plan_folder(plan_dir: str) -> Folder:
    """The plan folder that was typed. Raises PlanSheetsError."""
    from plan_sheets.store.plan_folder import open_folder

    return open_folder(plan_dir)
