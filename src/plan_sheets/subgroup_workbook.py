"""What stands in a subgroup's workbook for a round: its actions, its part of the grid, the rows it has added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache

from plan_sheets.core.book.compose import Facts, RowFacts, compose, list_asked
from plan_sheets.core.book.document import sha_of
from plan_sheets.core.book.layout import Book, as_text
from plan_sheets.core.book.spec import ColumnSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Stage, Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.decisions import Placed, replies
from plan_sheets.core.rating.plan_rows import Rows, describe_contact, find_merged, list_themes, subgroups_of
from plan_sheets.core.rating.ratings import is_further, last_given
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.succession import Succession
from plan_sheets.store import schemas
from plan_sheets.store.keeping.unknown import UnknownReferences

ENDED = (Stage.CLOSED, Stage.WITHDRAWN)
EVIDENCE_AWAITED = "Green: evidence awaited"
"""What stands under Last RAG of an action that is complete and still lacks its impact or its evidence."""


@dataclass(slots=True)
class OfSubgroup:
    """What one subgroup is asked about."""

    actions: list[str] = field(default_factory=list)
    """Refs: of those that it leads, and of those of others."""
    themes: Sequence[str] = ()
    """Refs of its part of the grid."""
    added: dict[str, list[RowFacts]] = field(default_factory=dict)
    """The rows that it has added in earlier rounds and that stay its own, by their record, as they stand."""


@dataclass(frozen=True, slots=True)
class RoundToIssue:
    """What all the workbooks of one round share."""

    round: Round
    return_by: date
    extended: Mapping[str, str]
    """The return-by date (ISO) of each subgroup for which it is another one, by its code."""
    issued: datetime
    history: History
    rows: Rows
    rounds: tuple[str, ...]
    """Codes of the rounds issued before this one."""
    ratings: Mapping[str, Rating]
    """By ref, of the last of them."""
    succession: Succession
    decided: Placed
    """What the executive decided in those rounds and nobody has reported as carried out."""
    of_subgroup: Mapping[str, OfSubgroup]
    """What each subgroup is asked about, by its code."""
    secret: bytes
    unknown: UnknownReferences
    """The issues of this round that went out and that the register does not know."""


def make_subgroup_book(shared: RoundToIssue, subgroup: str, reference: str) -> Book:
    """The workbook of one subgroup, composed: its actions, its part of the grid, and the rows that it has added."""
    plan, title = shared.history.record("plan", ""), shared.rows["subgroup"][subgroup]["title"]
    asked = shared.of_subgroup.get(subgroup, OfSubgroup())
    actions = asked.actions
    mine = [ref for ref in actions if subgroups_of(shared.rows, ref)[0] == subgroup]
    spec, records = _choose_spec(contributes=len(mine) < len(actions)), schemas.load_records()
    rows = _make_rows(shared, subgroup, spec, asked, mine)
    facts = Facts(
        texts={**_list_texts(shared, subgroup, plan, title), **_count_actions(spec, rows["Progress"])},
        created=shared.issued,
        rows=rows,
        choices=_list_choices(spec, rows["Grid"]),
        forms=list_asked({sheet.form: records[sheet.form] for sheet in spec.sheets if sheet.form}, plan),
        reference=reference,
        secret=shared.secret,
        identity={
            "Plan": plan["title"],
            "Subgroup": f"{subgroup}: {title}",
            "Round": shared.round.code,
            "Layout version": _name_layout(plan["year"]),
        },
        marking=plan["marking"],
        password=plan["lock_password"],
        locks_sheets=plan["lock_workbooks"] != "No",
    )
    return compose(spec, facts)


@cache
def _name_layout(year: str) -> str:
    """What tells the layout of a year's workbooks from others."""
    return sha_of(year + str(schemas.load_workbook_spec("subgroup")))[:8]


def _list_texts(shared: RoundToIssue, subgroup: str, plan: Mapping[str, str], title: str) -> dict[str, str]:
    """What the lines of the sheets say in words. `title`: that of the subgroup (its code)."""
    return {
        "plan": plan["title"],
        "subgroup": title,
        "round_words": shared.round.words,
        "contact": describe_contact(plan),
        "email": plan["contact_email"],
        "return_by": PartialDate.of_iso(shared.extended.get(subgroup, shared.return_by.isoformat())).words,
    }


def _count_actions(spec: WorkbookSpec, rows: Sequence[RowFacts]) -> dict[str, str]:
    """How many actions a subgroup is asked about, and on which of them the executive has replied, in words."""
    refs = [row.ref for row in rows if row.contents["reply"]]
    said = spec.words["replies" if refs else "no_replies"].format(count=len(refs), refs=", ".join(refs))
    return {"actions": count_words(len(rows), "action"), "replies": said}


def _make_rows(
    shared: RoundToIssue, subgroup: str, spec: WorkbookSpec, of_it: OfSubgroup, mine: Collection[str]
) -> dict[str, list[RowFacts]]:
    """The rows of each sheet, by its name. `mine`: refs of the actions that the subgroup leads."""
    rows = shared.rows
    in_order = sorted(of_it.actions, key=lambda ref: ref not in mine)
    reply_of = replies(shared.decided, in_order, rows, subgroup, shared.succession)
    progress = next(sheet for sheet in spec.sheets if sheet.name == "Progress")
    asked = {lead: _list_asked(progress, lead=lead) for lead in (True, False)}
    return {
        "Progress": [
            _make_progress_row(shared, ref, reply_of.get(ref, ""), asked[ref in mine], lead=ref in mine)
            for ref in in_order
        ],
        "Action plan": [_make_plan_row(rows, ref) for ref in mine],
        "Grid": [_make_grid_row(rows, ref) for ref in of_it.themes],
        "Guidance": [RowFacts(ref, row) for ref, row in rows["consideration"].items()],
        **{sheet.name: of_it.added.get(sheet.record, []) for sheet in spec.sheets if _adds_rows(sheet)},
    }


def _list_asked(sheet: SheetSpec, *, lead: bool) -> frozenset[str]:
    """The fields of a sheet that whoever leads the action of a row is asked about, or that others are."""
    asked = [column for column in sheet.columns if column.input and _is_beside(column, sheet) is not lead]
    return frozenset(column.field.name for column in asked)


def _list_choices(spec: WorkbookSpec, grid: Sequence[RowFacts]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The drop-downs of rows that subgroups add: the themes of their grid."""
    themes = tuple(as_text(row.contents["theme"]) for row in grid)
    return {
        (column.field.record, column.field.name): themes
        for sheet in spec.sheets
        for column in sheet.columns
        if column.field.new_rows and column.field.refers == "priority"
    }


def _choose_spec(*, contributes: bool) -> WorkbookSpec:
    """The subgroup workbook; what is asked beside an action of another subgroup stands only where there is one."""
    spec = schemas.load_workbook_spec("subgroup")
    if contributes:
        return spec
    sheets = [
        replace(sheet, columns=tuple(column for column in sheet.columns if not _is_beside(column, sheet)))
        for sheet in spec.sheets
    ]
    return replace(spec, sheets=tuple(sheets))


def _adds_rows(sheet: SheetSpec) -> bool:
    """Whether subgroups add rows to a sheet that stay its own; a further action becomes an action."""
    return any(column.field.new_rows and not column.field.become for column in sheet.columns)


def _is_beside(column: ColumnSpec, sheet: SheetSpec) -> bool:
    """Whether each subgroup answers a column for itself, beside what the lead says of the row: a contribution."""
    return column.field.keyed_by == "subgroup" and column.field.record != sheet.record


def list_of_subgroups(history: History, rows: Rows, this: Round, last: str) -> Mapping[str, OfSubgroup]:
    """What each subgroup is asked about in a round, by its code. `last`: the code of the round before, "" if none."""
    found: dict[str, OfSubgroup] = {}
    for ref, row in rows["action"].items():
        if not is_further(row) and _is_asked_about(history, ref, this):
            for code in subgroups_of(rows, ref):
                found.setdefault(code, OfSubgroup()).actions.append(ref)
    for code, themes in list_themes(rows).items():
        found.setdefault(code, OfSubgroup()).themes = themes
    for sheet in schemas.load_workbook_spec("subgroup").sheets if last else ():
        for ref in history.refs(sheet.record, last) if _adds_rows(sheet) else ():
            row = history.record(sheet.record, ref)
            if any(text for name, text in row.items() if name != "ref"):
                code = find_merged(rows, ref.partition(".")[0])
                found.setdefault(code, OfSubgroup()).added.setdefault(sheet.record, []).append(RowFacts(ref, row))
    return found


def _is_asked_about(history: History, ref: str, this: Round) -> bool:
    """Whether an action has not ended, and was confirmed before this round."""
    ended = history.standing(Key("action", ref, "confirmed_stage"))
    agreed = history.standing(Key("action", ref, "agreement"))
    # What a chair proposed is asked about once more in its round; what the plan ended is not.
    is_at_once = ended.source.kind == "plan" and ended.round == this.code
    is_over = ended.value in ENDED and (ended.round < this.code or is_at_once)
    return not is_over and not (agreed.value and agreed.round >= this.code)


def _add_title(rows: Rows, ref: str) -> str:
    return f"{ref} {rows['priority'].get(ref, {}).get('title', '')}".strip()


def _make_progress_row(shared: RoundToIssue, ref: str, reply: str, inputs: frozenset[str], *, lead: bool) -> RowFacts:
    """The row of an action: last round's answers, locked, beside this round's.

    `reply`: what the executive decided on it, "" if nothing. `inputs`: the fields that are asked. `lead`: whether the
    subgroup leads the action; if another one does, only the contribution is asked.
    """
    row, last = shared.rows["action"][ref], shared.rounds[-1] if shared.rounds else ""
    rating = shared.succession.find_rating(shared.ratings, ref)
    said = {
        name: shared.succession.answer(shared.history, ref, name, last) if last else ""
        for name in ("progress", "next_step")
    }
    contents = {
        "what": row["what"],
        "last_progress": said["progress"] if last else row["progress_before"],
        "last_step": said["next_step"],
        "last_rag": _describe_last(rating, ref) if rating else "",
        "reply": reply,
        "due": row["due"],
    }
    if lead:
        return RowFacts(ref, contents, inputs)
    led_by = shared.rows["subgroup"].get(subgroups_of(shared.rows, ref)[0], {}).get("title", "")
    contents["last_progress"] = f"Led by {led_by}. " + last_given(
        shared.history, shared.succession, ref, "progress", shared.rounds
    )
    return RowFacts(ref, contents, inputs)


def _describe_last(rating: Rating, ref: str) -> str:
    """How an action stood last round; of one that is finished, what is still wanted: `required_unless` speaks of it.

    Of one that took the place of another (the `ref` of the rating), how that stood.
    """
    if rating.facts.ref != ref:
        return f"{rating.published} ({rating.facts.ref})"
    is_awaited = rating.finished and rating.published == Status.GREEN
    return EVIDENCE_AWAITED if is_awaited else str(rating.published)


def _make_plan_row(rows: Rows, ref: str) -> RowFacts:
    row = rows["action"][ref]
    return RowFacts(ref, {**row, "priority": _add_title(rows, row["theme"])})


def _make_grid_row(rows: Rows, ref: str) -> RowFacts:
    return RowFacts(ref, {**rows["grid"].get(ref, {}), "theme": _add_title(rows, ref)})
