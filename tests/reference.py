"""The reference in `docs/reference/`, made from the commands and the schemas; run as a program it writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from plan_sheets.cli import main
from plan_sheets.core.book.layout import Field
from plan_sheets.core.book.spec import ColumnSpec, SheetSpec
from plan_sheets.core.model.messages import Message
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.store import schemas

DOCS = Path(__file__).parents[1] / "docs" / "reference"
MADE = "Made from the program by `make docs`; a test compares.\n"
WORKBOOKS = ("plan", "subgroup", "feedback", "officer", "master", "public", "region", "region_public")
SEVERITIES = {
    "error": "not taken: the chair mends it",
    "query": "not taken: the board officer settles it",
    "masked": "a personal identifier: not taken, never shown",
    "warning": "taken: somebody should look",
    "note": "taken: nothing need be done",
}


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    return {
        "commands.md": page("Commands", commands()),
        "fields.md": page("Fields", fields()),
        "findings.md": page("Findings", findings()),
        "rag.md": page("RAG rules", rag_rules()),
    }


def page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", MADE, *lines]).rstrip() + "\n"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    headings = list(headings)
    for cells in (headings, ["---"] * len(headings), *rows):
        yield "| " + " | ".join(" ".join(one.replace("|", "\\|").split()) for one in cells) + " |"
    yield ""


# ---------------------------------------------------------------- commands


def commands() -> Iterator[str]:
    """The help of every command, as `--help` prints it."""
    yield "What `--help` prints.\n"
    yield from help_of(main, "plan-sheets")
    for name, command in sorted(main.commands.items()):
        yield from help_of(command, f"plan-sheets {name}")
        for part, inner in sorted(getattr(command, "commands", {}).items()):
            yield from help_of(inner, f"plan-sheets {name} {part}")


def help_of(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    yield f"## {name}\n"
    yield from ("```", command.get_help(context), "```\n")


# ---------------------------------------------------------------- fields


def fields() -> Iterator[str]:
    """Every field on every sheet of every workbook, with who fills it in."""
    records = schemas.load_records()
    for kind in WORKBOOKS:
        yield f"## The {kind} workbook\n"
        for sheet in schemas.load_workbook_spec(kind).sheets:
            yield f"### {sheet.name}\n"
            yield from table(("Heading", "Fill in", "What", "Rules"), rows_of(sheet, records))


def rows_of(sheet: SheetSpec, records: Mapping[str, Mapping[str, Field]]) -> Iterator[tuple[str, ...]]:
    for column in sheet.columns:
        yield column.heading, filled(column), column.field.prompt, "; ".join(rules(column.field))
    for one in records[sheet.form].values() if sheet.form else ():
        yield f"{one.title} (a row of the form)", "yes", one.prompt, "; ".join(rules(one))
    if sheet.key:
        yield "Key", "locked", "The ref and a short code that proves the row is ours.", ""


def filled(column: ColumnSpec) -> str:
    return "yes" if column.input else "locked"


def rules(one: Field) -> Iterator[str]:
    """The rules of a field, in words."""
    if one.type != "string":
        yield one.type
    if one.scope == "round":
        yield "for one round"
    if one.required:
        yield "required"
    for other, words in one.required_when.items():
        yield f"required if {other} is " + ("given" if "*" in words else " or ".join(words))
    if one.choices:
        yield "one of: " + ", ".join(one.choices)
    if one.max_length:
        yield f"at most {one.max_length:,} characters"
    if one.refers:
        yield f"names a {one.refers}"


# ---------------------------------------------------------------- findings


def findings() -> Iterator[str]:
    """Every sentence that may be said of somebody's data, by severity."""
    messages = schemas.load_messages().by_code.values()
    for severity, means in SEVERITIES.items():
        told = [one for one in messages if one.severity == severity]
        if told:
            yield f"## {severity.capitalize()}: {means}\n"
            yield from table(("Code", "What is said", "What to do"), (row(one) for one in sorted(told, key=by_code)))


def by_code(one: Message) -> str:
    return one.code


def row(one: Message) -> tuple[str, ...]:
    held = " The whole file is held." if one.holds else ""
    chair = f" To the chair: {one.chair}" if one.chair else ""
    return f"`{one.code}`", one.wrong + held, (one.do + chair).strip()


# ---------------------------------------------------------------- RAG


def rag_rules() -> Iterator[str]:
    """The statuses that may be published, and the thresholds that a plan may set."""
    yield (Rating.__doc__ or "").splitlines()[0] + "\n"
    yield "Published: " + ", ".join(Status) + ".\n"
    yield "A plan sets its own thresholds on its sheet `RAG rules`; where it says nothing, these hold.\n"
    rows = ((one.title, str(one.default), one.unit, one.means) for one in schemas.load_rag_rules())
    yield from table(("Rule", "Default", "Unit", "What it means"), rows)


if __name__ == "__main__":
    DOCS.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
