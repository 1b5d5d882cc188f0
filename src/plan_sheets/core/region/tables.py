"""The rows of each sheet of the region's workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Blank, Content, Link
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words, cut
from plan_sheets.core.region.partnership import Partnership
from plan_sheets.core.region.said import MasterSaid, RatedRow, RedAction
from plan_sheets.core.sheets.rag_status import few

DRIVERS, RETURNS = "What drives it", "Not returned"
"""The sheets to which the first one leads."""
ALL = "All partnerships"
WHOLE = "The whole partnership"
MOST_DRIVERS = 3
"""The most priorities that the first sheet names of a partnership: the sheet What drives it has them all."""
LONGEST_DRIVER = 110
"""How much it says of each (characters)."""
TOTALS = ("issued", "returned", "outstanding", "late", "nothing_to_report", "held", "refused")

Starts = Mapping[str, int]
"""The row in which what is told of a partnership begins (as Excel counts), by its name; none where nothing is told."""


def find_starts(rows: Sequence[RowFacts], first: int) -> dict[str, int]:
    """Where each partnership begins in the rows of a sheet, of which the first is in row `first`."""
    starts: dict[str, int] = {}
    for place, row in enumerate(rows, first):
        starts.setdefault(str(row.contents["partnership"]), place)
    return starts


def partnership_rows(partnerships: Sequence[Partnership], drivers: Starts, returns: Starts) -> Iterator[RowFacts]:
    """A row for each partnership. `drivers`, `returns`: where the sheets of these names tell more of it."""
    for each in partnerships:
        contents: dict[str, Content] = {
            "ref": _lead(each.name, DRIVERS, drivers.get(each.name)),
            "title": each.title,
            "published_rag": each.published,
            "driven_by": describe_drivers(each),
            **(each.said.counts if each.said else {}),
            "returned": _lead(_describe_returned(each), RETURNS, returns.get(each.name)),
            "says": each.told_by if each.said else "",
        }
        yield RowFacts(each.name, contents)


def public_rows(partnerships: Sequence[Partnership]) -> Iterator[RowFacts]:
    """The same for the public: a number instead of the name of a folder, and of one that published nothing no title."""
    for number, each in enumerate(partnerships, 1):
        contents: dict[str, Content] = {
            "title": each.title if each.said else Blank("Not published"),
            "published_rag": each.published,
            "driven_by": describe_drivers(each) if each.said else "Nothing has been published for this round.",
            **(each.said.counts if each.said else {}),
            "says": each.told_by if each.said else "",
        }
        yield RowFacts(str(number), contents)


def _lead(text: str, sheet: str, row: int | None) -> Content:
    """A text, as a link to the row that says more, if there is one."""
    return Link(text, f"{sheet}!A{row}") if row and text else text


def describe_drivers(each: Partnership) -> str:
    """What drives a partnership, in few words; of one of which nothing can be told, why, and how it stood before."""
    if each.said is None:
        return " ".join(filter(None, [each.told_by, f"Last: {each.last}." if each.last else ""]))
    drivers = each.said.drivers
    if drivers:
        return few([_describe_driver(row) for row in drivers], MOST_DRIVERS, "; ")
    if each.published == Status.RED:
        return f"Red below no priority: {few([action.ref for action in each.said.actions])}"
    return {Status.GREEN: "No action is worse than Green", Status.BLUE: "Every action is complete"}.get(
        each.published, ""
    )


def _describe_driver(row: RatedRow) -> str:
    why = _count_untold(row) if row.published == Status.TOO_LITTLE else row.driven_by
    return cut(": ".join(filter(None, [f"{row.ref} {row.title}", why])), LONGEST_DRIVER)


def describe_why(row: RatedRow) -> str:
    """What drives a board or priority, as its master says; of one that too little is said of, of how many first."""
    if row.published != Status.TOO_LITTLE:
        return row.driven_by
    return f"{_count_untold(row)}: {row.driven_by}"


def _count_untold(row: RatedRow) -> str:
    untold = row.counts["not_reported"] + row.counts["not_assessable"]
    return f"{untold} of {count_words(row.counts['all'], 'action')} cannot be told"


def _describe_returned(each: Partnership) -> str:
    """`5 of 9; 3 late`; with what has nothing to report."""
    if not each.totals:
        return ""
    words = f"{each.totals['returned']} of {each.totals['issued']}"
    late, done = each.totals["late"], each.totals["nothing_to_report"]
    more = [f"{late} late" if late else "", f"{done} with nothing to report" if done else ""]
    return "; ".join(filter(None, [words, *more]))


def driver_rows(partnerships: Sequence[Partnership]) -> Iterator[RowFacts]:
    """Of each partnership the priorities that stand as it does, and below each its Red actions; then those of none."""
    for each in partnerships:
        if each.said is None:
            yield RowFacts(
                each.name,
                {
                    **_of(each, Blank("Whole plan"), WHOLE, each.published),
                    "why": describe_drivers(each),
                    **dict.fromkeys(("due", "owner"), Blank("Not told")),
                },
                total=True,
            )
            continue
        told = set[str]()
        for row in each.said.drivers:
            contents = {**_of(each, row.ref, row.title, row.published), "why": describe_why(row)}
            yield RowFacts(f"{each.name}: {row.ref}", contents, total=True)
            for action in _list_below(each.said, row):
                told.add(action.ref)
                yield _action_row(each, action)
        for action in each.said.actions:
            if action.ref not in told:
                yield _action_row(each, action)


def _list_below(said: MasterSaid, row: RatedRow) -> list[RedAction]:
    """The Red actions of a priority: their themes begin with its ref (J2 has J2a)."""
    return [action for action in said.actions if _priority_of(action) == row.ref]


def _priority_of(action: RedAction) -> str:
    return action.priority.partition(" ")[0].rstrip("abcdefghijklmnopqrstuvwxyz")


def _of(each: Partnership, ref: Content, what: str, published: str) -> dict[str, Content]:
    return {"partnership": each.name, "ref": ref, "what": what, "published_rag": published}


def _action_row(each: Partnership, action: RedAction) -> RowFacts:
    contents = {**_of(each, action.ref, action.what, action.published), "why": action.why}
    due: Content = action.due or Blank("No date")
    return RowFacts(
        f"{each.name}: {action.ref}", {**contents, "due": due, "owner": action.owner or Blank("Nobody named")}
    )


def public_driver_rows(partnerships: Sequence[Partnership]) -> Iterator[RowFacts]:
    """Every board and priority that a public edition tells of, with what was released of it."""
    for number, each in enumerate(partnerships, 1):
        for row in each.said.rows if each.said else ():
            contents: dict[str, Content] = {
                **_of(each, row.ref, row.title, row.published),
                "partnership": str(number),
                "why": describe_why(row),
                "text": row.text,
            }
            yield RowFacts(f"{number}: {row.ref}", contents, total=row.is_board)


def return_rows(partnerships: Sequence[Partnership]) -> Iterator[RowFacts]:
    """The partnerships of which nothing can be told, and the subgroups whose workbook is still out; by partnership."""
    for each in partnerships:
        if each.said is None:
            yield RowFacts(each.name, {"partnership": each.name, "ref": WHOLE, "stands": describe_drivers(each)})
        for row in each.out:
            name = each.subgroups.get(row.subgroup, row.subgroup)
            contents: dict[str, Content] = {
                "partnership": each.name,
                "ref": name if name == row.subgroup else f"{row.subgroup} {name}",
                "return_by": PartialDate.of_iso(row.return_by),
                "days_late": row.days_late,
                "stands": _describe_state(row.verdict, row.numbers),
            }
            yield RowFacts(f"{each.name}: {row.subgroup}", contents)


def _describe_state(verdict: str, numbers: str) -> str:
    """What came of a workbook that is still out; nothing, as a rule."""
    return "Nothing came back" if verdict == "outstanding" else f"{verdict.replace('_', ' ').capitalize()}: {numbers}"


def ask_rows(partnerships: Sequence[Partnership]) -> Iterator[RowFacts]:
    """All that the masters ask, by partnership; with what was decided since."""
    for each in partnerships:
        for thing in each.said.asked if each.said else ():
            contents: dict[str, Content] = {
                "partnership": each.name,
                "ref": thing.ref,
                "about": thing.about,
                "stands": thing.stands,
                "asked": thing.asked,
                "of_whom": thing.of_whom,
                "by_when": thing.by_when,
                "decided": each.decided.get(thing.ref, ""),
            }
            yield RowFacts(f"{each.name}: {thing.ref}", contents)


def total_rows(partnerships: Sequence[Partnership]) -> Iterator[RowFacts]:
    """The control totals: of all that can be told together, then of each."""
    counted = {each.name: _count(each) for each in partnerships}
    names = (*TOTALS, "queries", "asked", "all")
    told = sum(bool(counts) for counts in counted.values())
    label = ALL if told == len(counted) else f"{ALL} that are told ({told} of {len(counted)})"
    yield RowFacts(label, {name: sum(counts.get(name, 0) for counts in counted.values()) for name in names}, total=True)
    yield from (RowFacts(name, counts) for name, counts in counted.items())


def _count(each: Partnership) -> dict[str, int]:
    if not each.said or not each.totals:
        return {}
    actions = {"asked": len(each.said.asked), "all": each.said.counts["all"]}
    return {**{name: each.totals[name] for name in TOTALS}, "queries": each.queries, **actions}
