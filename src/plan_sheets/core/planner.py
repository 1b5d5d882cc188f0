"""What a planner wants to know of a plan before it is issued: counts, open questions, unconfirmed owners, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plan_sheets.core.answers import Cell
from plan_sheets.core.messages import LONGEST_QUOTE, Messages
from plan_sheets.core.model import Address, Finding, Key

Rows = Mapping[str, Mapping[str, Mapping[str, str]]]
"""A plan as rows: record, ref, field, text."""

UNCONFIRMED = ("", "Unnamed", "Suggested", "Approached")
STATUTORY = ("Healthwatch", "Community")
"""Whom an adults' board must consult on its plan: Care Act 2014, Schedule 2, paragraph 3."""
MOST_ON_ONE_DAY = 0.5
"""The share of dated actions above which one due date is told of."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What nobody has settled yet: what it is about, who must answer, since when, and where it stands.

    `key` is the fact that asks. `since` is what the officer says; "" where only the register knows.
    """

    key: Key
    about: str
    question: str
    answers: str = ""
    since: str = ""
    source: str = ""


def parent(ref: str) -> str:
    """The priority that a theme belongs to; of a priority, itself."""
    return ref[:-1] if ref[-1:].islower() else ref


def open_questions(rows: Rows, placeholders: Mapping[Key, str], titles: Mapping[Key, str]) -> Iterator[OpenQuestion]:
    """Every open question: those that the officer keeps, what is in question, placeholders, and cells that ask."""
    for ref, row in rows.get("question", {}).items():
        if not row.get("answer"):
            yield OpenQuestion(
                Key("question", ref, "ref"),
                row.get("about", ""),
                row.get("question", ""),
                row.get("answers", ""),
                row.get("since", ""),
                "Open questions",
            )
    for ref, row in rows.get("priority", {}).items():
        if row.get("agreement") == "Question":
            asked = row.get("question") or "Is this a priority?"
            yield OpenQuestion(Key("priority", ref, "agreement"), ref, asked, "The boards", "", "Priorities")
    yield from _placeholder_questions(rows, placeholders, titles)
    yield from _cells_that_ask(rows, titles)


def _placeholder_questions(
    rows: Rows, placeholders: Mapping[Key, str], titles: Mapping[Key, str]
) -> Iterator[OpenQuestion]:
    for key, entered in sorted(placeholders.items()):
        if not rows.get(key.record, {}).get(key.ref, {}).get(key.field):
            title = titles.get(key, key.field)
            yield OpenQuestion(key, key.ref, f"{title}: {entered}", who_answers(rows, key.ref), "", title)


def asks(text: str) -> bool:
    """Whether a text is, or ends with, a question."""
    return text.endswith("?")


def question_in(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The question that a text ends with: its last line, of a long one (`longest` characters) the end."""
    line = text.rpartition("\n")[2]
    return line if len(line) <= longest else "…" + line[1 - longest :].lstrip()


def _cells_that_ask(rows: Rows, titles: Mapping[Key, str]) -> Iterator[OpenQuestion]:
    for record in ("action", "grid", "evidence", "enquiry"):
        for ref, row in rows.get(record, {}).items():
            for name, text in row.items():
                if asks(text) and name != "enquiry":
                    key = Key(record, ref, name)
                    title = titles.get(key, name)
                    question = f"{title}: {question_in(text)}"
                    yield OpenQuestion(key, ref, question, who_answers(rows, ref), "", title)


def who_answers(rows: Rows, ref: str) -> str:
    """Who would have to answer for what bears on a theme or action: its subgroup, as far as the plan says; else ""."""
    code = lead_of(rows, ref) if ref in rows.get("action", {}) else _subgroup_of(rows, ref)
    return rows.get("subgroup", {}).get(code, {}).get("title", "") if code else ""


def counts(rows: Rows, questions: int) -> dict[str, int]:
    """How many of each record; themes apart from priorities."""
    refs = list(rows.get("priority", {}))
    themes = [ref for ref in refs if parent(ref) != ref]
    owners = [
        row.get("owner_status", "")
        for record in ("priority", "action")
        for ref, row in rows.get(record, {}).items()
        if not (record == "priority" and parent(ref) != ref)
    ]
    return {
        "boards": len(rows.get("board", {})),
        "subgroups": len(rows.get("subgroup", {})),
        "priorities": len(refs) - len(themes),
        "themes": len(themes),
        "actions": len(rows.get("action", {})),
        "considerations": len(rows.get("consideration", {})),
        "consultees": len(rows.get("consultation", {})),
        "open_questions": questions,
        "unconfirmed_owners": sum(status in UNCONFIRMED for status in owners),
    }


def warnings(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    """What a planner should look at before anything is issued. `cells` gives each its address."""
    yield from _same_day(rows, messages)
    yield from _same_action(rows, cells, messages)
    yield from _without_actions(rows, cells, messages)
    yield from _uncovered(rows, cells, messages)
    yield from _without_subgroup(rows, cells, messages)
    for who in missing_statutory(rows):
        yield messages.finding("statutory_consultee_missing", address=Address("Consultation", "A1"), who=who)


def missing_statutory(rows: Rows) -> list[str]:
    """Those whom the law says must be consulted, and who are not among the consultees."""
    consulted = {row.get("who", "") for row in rows.get("consultation", {}).values()}
    return [who for who in STATUTORY if who not in consulted] if rows.get("board") else []


def _at(cells: Mapping[Key, Cell], key: Key) -> Address | None:
    return cells[key].address if key in cells else None


def _same_day(rows: Rows, messages: Messages) -> Iterator[Finding]:
    dates = Counter(row["due"] for row in rows.get("action", {}).values() if row.get("due"))
    for due, many in dates.most_common(1):
        if many > sum(dates.values()) * MOST_ON_ONE_DAY and many > 1:
            yield messages.finding(
                "due_on_one_day", address=Address("Actions", "A1"), many=many, dated=sum(dates.values()), due=due
            )


def _same_action(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    known: dict[str, str] = {}
    for ref, row in rows.get("action", {}).items():
        words = " ".join(row.get("what", "").casefold().split())
        if words in known:
            key = Key("action", ref, "what")
            yield messages.finding(
                "same_action", address=_at(cells, key), key=key, entered=row["what"], ref=ref, other=known[words]
            )
        elif words:
            known[words] = ref


def _without_actions(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    themes = [row.get("theme", "") for row in rows.get("action", {}).values()]
    busy = {*themes, *(parent(theme) for theme in themes if theme)}
    for ref, row in rows.get("priority", {}).items():
        if ref not in busy:
            key = Key("priority", ref, "title")
            yield messages.finding(
                "priority_without_actions", address=_at(cells, key), key=key, ref=ref, title=row.get("title", "")
            )


def _uncovered(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    for ref, row in rows.get("grid", {}).items():
        if row.get("actions_required") and not row.get("covered_by"):
            key = Key("grid", ref, "actions_required")
            yield messages.finding(
                "grid_not_covered", address=_at(cells, key), key=key, entered=row["actions_required"], ref=ref
            )


def _without_subgroup(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    for ref, row in rows.get("action", {}).items():
        if not lead_of(rows, ref):
            key = Key("action", ref, "subgroups")
            yield messages.finding(
                "action_without_subgroup", address=_at(cells, key), key=key, ref=ref, theme=row.get("theme", "")
            )


def subgroups_of(rows: Rows, ref: str) -> list[str]:
    """The subgroups of an action, the one that leads first: its own, else its theme's, else its priority's."""
    action = rows.get("action", {}).get(ref, {})
    own = [code.strip() for code in action.get("subgroups", "").split(";") if code.strip()]
    if own:
        return own
    code = _subgroup_of(rows, action.get("theme", ""))
    return [code] if code else []


def _subgroup_of(rows: Rows, theme: str) -> str:
    """The code of the subgroup of a theme or, if it has none, of its priority; "" if there is neither."""
    priorities = rows.get("priority", {})
    return priorities.get(theme, {}).get("subgroup") or priorities.get(parent(theme), {}).get("subgroup", "")


def lead_of(rows: Rows, ref: str) -> str:
    """The subgroup that answers for an action; "" if nobody does."""
    return next(iter(subgroups_of(rows, ref)), "")
