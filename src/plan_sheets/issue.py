"""One locked, signed, prefilled workbook for each subgroup and round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from plan_sheets.core.book.compose import Facts, RowFacts, compose, list_asked
from plan_sheets.core.book.document import Document, base_text, layout_text, sha_of
from plan_sheets.core.book.layout import Book, as_text
from plan_sheets.core.book.reissue import find_officers_cells
from plan_sheets.core.book.signature import SIGNATURE
from plan_sheets.core.book.spec import ColumnSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Stage, Status
from plan_sheets.core.model.text import count_words, make_slug
from plan_sheets.core.rating.decisions import Decision, decisions, replies
from plan_sheets.core.rating.plan_rows import Rows, parent, subgroups_of
from plan_sheets.core.rating.rag import Rating
from plan_sheets.core.rating.ratings import is_further, last_given, rate_rounds, rows_at
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over

ENDED = (Stage.CLOSED, Stage.WITHDRAWN)
EVIDENCE_AWAITED = "Green: evidence awaited"
"""What stands under Last RAG of an action that is complete and still lacks its impact or its evidence."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One workbook handed over. `supersedes`: the reference of the issue that it takes the place of, None if none."""

    file: Path
    subgroup: str
    reference: str
    rows: int
    supersedes: str | None
    again: bool
    """Whether the workbook has not changed since it was issued before."""


@dataclass(frozen=True, slots=True)
class _Round:
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
    decided: tuple[Decision, ...]
    """What the executive decided in those rounds and nobody has reported as carried out."""
    secret: bytes


def issue_round(
    folder: Folder, code: str | Round, return_by: date, now: datetime, subgroups: Sequence[str] = ()
) -> list[Issued]:
    """The locked workbooks of a round, for all subgroups or these. Nothing is recorded unless all can be handed over.

    Raises PlanSheetsError for a round that is not the plan's, a return-by date before it, or an unknown subgroup.
    """
    with folder.register.batch("issue", now.isoformat(timespec="seconds")) as batch:
        shared = _gather_shared(folder, Round.parse(code), return_by, now, subgroups)
        return _issue_documents(folder, shared, subgroups, batch)


def _issue_documents(folder: Folder, shared: _Round, subgroups: Sequence[str], batch: Batch) -> list[Issued]:
    """The workbooks of these subgroups, or of all, recorded in the batch."""
    known = list(shared.rows["subgroup"])
    unknown = [code for code in subgroups if code not in known]
    if unknown or not known:
        raise PlanSheetsError(
            f"The plan has no subgroup {', '.join(unknown) or 'at all'}.", f"It has: {', '.join(known) or 'none'}."
        )
    issues = folder.register.documents(kind="subgroup", round=shared.round.code)
    earlier = {document.subgroup: document for document in issues}
    made = [_make_document(shared, code, earlier.get(code)) for code in known if not subgroups or code in subgroups]
    files = [hand_over(document.book) for document in made]
    slugs = _make_slugs(shared.rows)
    folder.check_free(_name_file(shared.round, slugs[document.subgroup]) for document in made)
    _record_round(shared, subgroups, batch)
    issued = []
    for document, data in zip(made, files, strict=True):
        if not document.id:
            batch.add_document(document, layout_text(document.book), base_text(document.book))
        path = folder.write(_name_file(shared.round, slugs[document.subgroup]), data, batch)
        issued.append(_describe_issue(document, path, earlier.get(document.subgroup)))
    return issued


def _record_round(shared: _Round, subgroups: Sequence[str], batch: Batch) -> None:
    """The round with its return-by date; of these subgroups alone, where it is another one than that of the others."""
    code, return_by, issued = shared.round.code, shared.return_by.isoformat(), shared.issued.date().isoformat()
    known = {facts.code: facts for facts in batch.register.rounds()}.get(code)
    if known is None or not subgroups:
        if known is None or known.return_by != return_by:
            batch.add(tables.ROUND, code=code, return_by=return_by, issued=issued)
        return
    for subgroup in subgroups:
        if known.due_from(subgroup) != return_by:
            batch.add(tables.ROUND, code=code, subgroup=subgroup, return_by=return_by, issued=issued)


def _name_file(for_round: Round, slugged: str) -> str:
    """Where an issue lies in the plan folder."""
    code = for_round.code.lower()
    return f"issued/{code}/{code}-{slugged}.xlsx"


def _describe_issue(document: Document, path: Path, earlier: Document | None) -> Issued:
    again = bool(document.id)
    superseded = earlier.reference if earlier and not again else None
    return Issued(
        path, document.subgroup, document.reference, len(document.book.sheet("Progress").rows), superseded, again
    )


def _gather_shared(
    folder: Folder, for_round: Round, return_by: date, now: datetime, subgroups: Sequence[str]
) -> _Round:
    """What the round's workbooks share. Raises PlanSheetsError if it cannot be issued now."""
    history = folder.register.history()
    year = history.text("plan", "", "year")
    if not year.startswith(str(for_round.year)):
        raise PlanSheetsError(
            f"{for_round.code} is not a round of this plan, which is for {year or 'no year yet'}.",
            "A round of 2016/17 looks like 2016-17-Q1.",
        )
    known = {issued_round.code: issued_round for issued_round in folder.register.rounds()}
    round_facts = known.get(for_round.code)
    days = {"the round's first day": for_round.first_day}
    if round_facts and return_by.isoformat() not in (round_facts.return_by, *round_facts.extended.values()):
        days["today"] = now.date()
    for what, day in days.items():
        if return_by < day:
            raise PlanSheetsError(
                f"The return-by date ({PartialDate.day(return_by).words}) lies before {what} "
                f"({PartialDate.day(day).words}).",
                f"Give a later --return-by. {UNCHANGED}",
            )
    later = [code for code in known if code > for_round.code]
    if later and for_round.code not in known:
        raise PlanSheetsError(
            f"{later[-1]} has been issued already, and rounds go forward.", "Issue the next one instead."
        )
    issued = datetime.fromisoformat(known[for_round.code].issued) if for_round.code in known else now
    rounds = tuple(code for code in known if code < for_round.code)
    is_as_before = round_facts is not None and not subgroups and round_facts.return_by == return_by.isoformat()
    extended = round_facts.extended if round_facts and is_as_before else {}
    ratings = rate_rounds(history, rounds)[rounds[-1]] if rounds else {}
    day = datetime.combine(issued.date(), time())
    decided = tuple(decision for decision in decisions(history, rounds) if decision.is_open())
    return _Round(
        for_round, return_by, extended, day, history, rows_at(history), rounds, ratings, decided, folder.register.secret
    )


def _make_document(shared: _Round, subgroup: str, earlier: Document | None) -> Document:
    """The document of one subgroup: the earlier one of this round, unless the officer's cells have changed since."""
    if earlier is not None:
        candidate = _make_book(shared, subgroup, earlier.reference)
        if find_officers_cells(candidate, shared.history) == find_officers_cells(earlier.book, shared.history):
            return earlier
    number = int(earlier.reference.rpartition("-")[2]) + 1 if earlier else 1
    reference = f"{shared.round.code}-{subgroup}-{number}"
    book = _make_book(shared, subgroup, reference)
    made = shared.issued.date().isoformat()
    signature = book.properties[SIGNATURE]
    return Document(
        reference,
        "subgroup",
        shared.round.code,
        subgroup,
        signature,
        book,
        made,
        supersedes=earlier.id if earlier else None,
    )


def _make_book(shared: _Round, subgroup: str, reference: str) -> Book:
    """The workbook of one subgroup, composed: its actions, its part of the grid, and the rows that it has added."""
    plan, title = shared.history.record("plan", ""), shared.rows["subgroup"][subgroup]["title"]
    actions = list(_list_actions(shared, subgroup))
    mine = [ref for ref in actions if subgroups_of(shared.rows, ref)[0] == subgroup]
    spec = _choose_spec(contributes=len(mine) < len(actions))
    rows = _make_rows(shared, subgroup, spec, actions, mine)
    facts = Facts(
        texts={**_list_texts(shared, subgroup, plan, title), **_count_actions(spec, rows["Progress"])},
        created=shared.issued,
        rows=rows,
        choices=_list_choices(spec, rows["Grid"]),
        forms=list_asked(schemas.load_records(), plan),
        reference=reference,
        secret=shared.secret,
        identity={
            "Plan": plan["title"],
            "Subgroup": f"{subgroup}: {title}",
            "Round": shared.round.code,
            "Layout version": sha_of(plan["year"] + str(schemas.load_workbook_spec("subgroup")))[:8],
        },
        marking=plan["marking"],
        password=plan["lock_password"],
        locks_sheets=plan["lock_workbooks"] != "No",
    )
    return compose(spec, facts)


def _list_texts(shared: _Round, subgroup: str, plan: Mapping[str, str], title: str) -> dict[str, str]:
    """What the lines of the sheets say in words. `title`: that of the subgroup (its code)."""
    named = (plan["contact_name"], f"({plan['contact_email']})" if plan["contact_email"] else "")
    return {
        "plan": plan["title"],
        "subgroup": title,
        "round_words": shared.round.words,
        "contact": " ".join(filter(None, named)) or "the board officer",
        "email": plan["contact_email"],
        "return_by": PartialDate.of_iso(shared.extended.get(subgroup, shared.return_by.isoformat())).words,
    }


def _count_actions(spec: WorkbookSpec, rows: Sequence[RowFacts]) -> dict[str, str]:
    """How many actions a subgroup is asked about, and on which of them the executive has replied, in words."""
    refs = [row.ref for row in rows if row.contents["reply"]]
    said = spec.words["replies" if refs else "no_replies"].format(count=len(refs), refs=", ".join(refs))
    return {"actions": count_words(len(rows), "action"), "replies": said}


def _make_rows(
    shared: _Round, subgroup: str, spec: WorkbookSpec, actions: Sequence[str], mine: Collection[str]
) -> dict[str, list[RowFacts]]:
    """The rows of each sheet, by its name. `actions`: refs that the subgroup is asked about; `mine`: those it leads."""
    rows = shared.rows
    in_order = sorted(actions, key=lambda ref: ref not in mine)
    reply_of = replies(shared.decided, in_order, rows, subgroup)
    progress = next(sheet for sheet in spec.sheets if sheet.name == "Progress")
    asked = {lead: _list_asked(progress, lead=lead) for lead in (True, False)}
    return {
        "Progress": [
            _make_progress_row(shared, ref, reply_of.get(ref, ""), asked[ref in mine], lead=ref in mine)
            for ref in in_order
        ],
        "Action plan": [_make_plan_row(rows, ref) for ref in mine],
        "Grid": [_make_grid_row(rows, ref) for ref in _list_themes(rows, subgroup)],
        "Guidance": [RowFacts(ref, row) for ref, row in rows["consideration"].items()],
        **{
            sheet.name: [*_list_added_rows(shared, subgroup, sheet.record)]
            for sheet in spec.sheets
            if _adds_rows(sheet)
        },
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


def _list_added_rows(shared: _Round, subgroup: str, record: str) -> Iterator[RowFacts]:
    """The rows that a subgroup has added in earlier rounds, as they stand."""
    refs = shared.history.refs(record, shared.rounds[-1]) if shared.rounds else ()
    for ref in refs:
        row = shared.history.record(record, ref)
        if ref.partition(".")[0] == subgroup and any(text for name, text in row.items() if name != "ref"):
            yield RowFacts(ref, row)


def _is_beside(column: ColumnSpec, sheet: SheetSpec) -> bool:
    """Whether each subgroup answers a column for itself, beside what the lead says of the row: a contribution."""
    return column.field.keyed_by == "subgroup" and column.field.record != sheet.record


def _list_actions(shared: _Round, subgroup: str) -> Iterator[str]:
    """The refs of the actions that a subgroup is asked about: not ended, and confirmed before this round."""
    for ref, row in shared.rows["action"].items():
        if subgroup not in subgroups_of(shared.rows, ref) or is_further(row):
            continue
        ended = shared.history.standing(Key("action", ref, "confirmed_stage"))
        agreed = shared.history.standing(Key("action", ref, "agreement"))
        if (ended.value in ENDED and ended.round < shared.round.code) or (
            agreed.value and agreed.round >= shared.round.code
        ):
            continue
        yield ref


def _list_themes(rows: Rows, subgroup: str) -> list[str]:
    """The themes (or priorities without themes) that a subgroup works on."""
    return [
        ref
        for ref, row in rows["priority"].items()
        if (row["subgroup"] or rows["priority"].get(parent(ref), {}).get("subgroup")) == subgroup
        and not any(parent(other) == ref and other != ref for other in rows["priority"])
    ]


def _add_title(rows: Rows, ref: str) -> str:
    return f"{ref} {rows['priority'].get(ref, {}).get('title', '')}".strip()


def _make_progress_row(shared: _Round, ref: str, reply: str, inputs: frozenset[str], *, lead: bool) -> RowFacts:
    """The row of an action: last round's answers, locked, beside this round's.

    `reply`: what the executive decided on it, "" if nothing. `inputs`: the fields that are asked. `lead`: whether the
    subgroup leads the action; if another one does, only the contribution is asked.
    """
    row, last = shared.rows["action"][ref], shared.rounds[-1] if shared.rounds else ""
    rating = shared.ratings.get(ref)
    contents = {
        "what": row["what"],
        "last_progress": shared.history.of_round("action", ref, "progress", last) if last else row["progress_before"],
        "last_step": shared.history.of_round("action", ref, "next_step", last) if last else "",
        "last_rag": _describe_last(rating) if rating else "",
        "reply": reply,
        "due": row["due"],
    }
    if lead:
        return RowFacts(ref, contents, inputs)
    led_by = shared.rows["subgroup"].get(subgroups_of(shared.rows, ref)[0], {}).get("title", "")
    contents["last_progress"] = f"Led by {led_by}. " + last_given(shared.history, ref, "progress", shared.rounds)
    return RowFacts(ref, contents, inputs)


def _describe_last(rating: Rating) -> str:
    """How an action stood last round; of one that is finished, what is still wanted: `required_unless` speaks of it."""
    is_awaited = rating.finished and rating.published == Status.GREEN
    return EVIDENCE_AWAITED if is_awaited else str(rating.published)


def _make_plan_row(rows: Rows, ref: str) -> RowFacts:
    row = rows["action"][ref]
    return RowFacts(ref, {**row, "priority": _add_title(rows, row["theme"])})


def _make_grid_row(rows: Rows, ref: str) -> RowFacts:
    return RowFacts(ref, {**rows["grid"].get(ref, {}), "theme": _add_title(rows, ref)})


def _make_slugs(rows: Rows) -> dict[str, str]:
    """A file name for each subgroup, from its title; where two are the same or none is left, with its code."""
    names = {code: make_slug(row["title"]) for code, row in rows["subgroup"].items()}
    while len({name for name in names.values() if name}) < len(names):
        times = Counter(names.values())
        names = {
            code: name if name and times[name] == 1 else f"{name}-{code.lower()}".strip("-")
            for code, name in names.items()
        }
    return names
