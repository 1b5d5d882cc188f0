"""The workbook of a region: its lines, its tables, and the links from the first sheet into the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from plan_sheets.core.book.compose import Facts, compose
from plan_sheets.core.book.layout import Book, Line
from plan_sheets.core.book.spec import SheetSpec, WorkbookSpec
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.rules.escalate import EXECUTIVE
from plan_sheets.core.region import tables
from plan_sheets.core.region.partnership import Partnership, count_published, in_order_of_concern
from plan_sheets.core.sheets.lines import fitted, line

WHOM = EXECUTIVE[:1].upper() + EXECUTIVE[1:]
"""The Executive, as a cell that begins with it says."""
_TOP = 2
"""How many rows stand below the heading row, counted from 0, and the first row of a table, counted as Excel does."""


def region_book(
    spec: WorkbookSpec,
    title: str,
    of_round: Round,
    partnerships: Sequence[Partnership],
    day: date,
    doubled: Sequence[str] = (),
) -> Book:
    """The workbook in which a region's partnerships stand, the worst first. `title`: what the region is called.

    `doubled`: which plans are there more than once, in sentences; the public form says nothing of it.
    """
    ordered = in_order_of_concern(partnerships)
    is_public = spec.kind != "region"
    rows = {
        tables.DRIVERS: [*tables.driver_rows(ordered)],
        tables.RETURNS: [*tables.return_rows(ordered)],
        "Asked": [*tables.ask_rows(ordered)],
        "Control totals": [*tables.total_rows(ordered)],
    }
    starts = (tables.find_starts(rows[name], _find_first(spec, name)) for name in (tables.DRIVERS, tables.RETURNS))
    first = [*tables.public_rows(ordered)] if is_public else [*tables.partnership_rows(ordered, *starts)]
    return compose(
        spec,
        Facts(
            texts={
                "region": title,
                "round_words": of_round.words,
                "code": of_round.code,
                "day": PartialDate.day(day).words,
            },
            created=datetime.combine(day, time()),
            rows={
                "Partnerships": first,
                **({"Priorities": [*tables.public_driver_rows(ordered)]} if is_public else rows),
            },
            lines={"Partnerships": [*_list_lines(ordered, doubled, is_public=is_public)]},
            marking="" if is_public else _join_markings(ordered),
        ),
    )


def _find_first(spec: WorkbookSpec, name: str) -> int:
    """The row of a sheet's first row of data, as Excel counts; 0 if there is no such sheet."""
    found: SheetSpec | None = next((sheet for sheet in spec.sheets if sheet.name == name), None)
    return max(3, len(found.lines) + 2) + _TOP if found else 0


def _join_markings(partnerships: Sequence[Partnership]) -> str:
    """The protective marking of the plans; several, where they differ: which is the strictest, nobody has said."""
    return "; ".join(sorted({each.said.marking for each in partnerships if each.said and each.said.marking}))


def _list_lines(
    partnerships: Sequence[Partnership], doubled: Sequence[str], *, is_public: bool
) -> Iterator[str | Line]:
    yield headline(partnerships)
    for sentence in () if is_public else doubled:
        yield line("Doubled:", sentence)
    untold = [each for each in partnerships if each.said is None]
    if untold and not is_public:
        lead = "Not reported:"
        yield line(lead, fitted(untold, tables.RETURNS, lead, _say_why, _say_names))
    if is_public:
        return
    yield line("Returns:", _describe_returns(partnerships))
    if asked := _describe_asked(partnerships):
        yield line("What is asked:", asked)


def headline(partnerships: Sequence[Partnership]) -> Line:
    """How many partnerships stand how, in a sentence."""
    counts = count_published(partnerships)
    red = counts.pop(Status.RED, 0)
    first = f"{red or 'None'} of {count_words(len(partnerships), 'partnership')} {'are' if red > 1 else 'is'} Red"
    others = ", ".join(f"{count} {status}" for status, count in counts.items())
    return Line((f"{'; '.join(filter(None, (first, others)))}.",), "headline")


def _say_why(some: Sequence[Partnership]) -> str:
    return "; ".join(f"{each.name} ({each.told_by.removesuffix('.')})" for each in some)


def _say_names(some: Sequence[Partnership]) -> str:
    return ", ".join(each.name for each in some)


def _describe_returns(partnerships: Sequence[Partnership]) -> str:
    """How many workbooks have come back of those that went out, of the plans in which that can be told."""
    told = [each for each in partnerships if each.totals]
    returned, issued, late = (sum(each.totals[name] for each in told) for name in ("returned", "issued", "late"))
    of = sum(any(row.days_late for row in each.out) for each in told)
    behind = f"; {late} late, in {count_words(of, 'partnership')}: see {tables.RETURNS}" if late else ""
    return f"{returned} of {count_words(issued, 'workbook')} came back{behind}."


def _describe_asked(partnerships: Sequence[Partnership]) -> str:
    """How much is asked, how much of that of the Executive, and from when on it is wanted; "" if nothing is."""
    asked = [each.said.asked for each in partnerships if each.said and each.said.asked]
    things = [thing for those in asked for thing in those]
    if not things:
        return ""
    of_executive = sum(thing.of_whom == WHOM for thing in things)
    days = [thing.by_when for thing in things if isinstance(thing.by_when, PartialDate)]
    first = f", the first by {min(days, key=lambda day: day.last).words}" if days else ""
    many = f"{count_words(len(things), 'thing')} in {count_words(len(asked), 'partnership')}"
    return f"{many}, {of_executive or 'none'} of the Executive{first}: see Asked."
