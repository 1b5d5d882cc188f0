"""The officer's workbook: control totals, queries, proposals, findings, owners, overrides, public texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from pathlib import Path

from plan_sheets.core.answers.merge import said_by
from plan_sheets.core.answers.settle import together
from plan_sheets.core.book.compose import Facts, RowFacts, compose
from plan_sheets.core.book.document import Document, base_text, layout_text
from plan_sheets.core.book.layout import Book, Field
from plan_sheets.core.book.signature import SIGNATURE
from plan_sheets.core.book.spec import WorkbookSpec
from plan_sheets.core.editions.by_ref import BY_REF, choose_blank_rows, choose_rows
from plan_sheets.core.editions.public_text import release_rows
from plan_sheets.core.model.dates import PartialDate, check_moment
from plan_sheets.core.model.history import SAID, History
from plan_sheets.core.model.mail import QUOTING, describe_mail
from plan_sheets.core.model.queries import OpenQuery, QueryCell
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import show_beginning
from plan_sheets.core.rating.control_totals import SubgroupReturn, describe_totals, sums
from plan_sheets.core.rating.plan_rows import Rows, parent
from plan_sheets.core.rating.proposals import Proposal
from plan_sheets.core.rating.ratings import find_done_groups, is_further, rate_last, rows_at
from plan_sheets.core.rating.rules.overrides import OVERRIDE, explain_no_effect
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.returned.said import list_sayable
from plan_sheets.store import schemas
from plan_sheets.store.keeping.unknown import UnknownReferences, count_on
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.desk import find_last_made, list_offered, list_waivers, read_recent
from plan_sheets.store.register.editions import read_base
from plan_sheets.store.register.reads import FileFinding, list_returns_asking
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.settling.declined import list_declined
from plan_sheets.store.register.settling.findings import list_findings
from plan_sheets.store.register.settling.held import find_mail, list_troubles
from plan_sheets.store.register.settling.listed import are_listed, choose_listed
from plan_sheets.store.register.standings import read_returns, read_standings
from plan_sheets.store.register.tracing.said import SaidRow, list_said_rows
from plan_sheets.store.writing.hand_over import hand_over

KEPT = "the file as it came ({sha256} in returned/, if it was kept)"
"""Where the rest is of a text of which a sheet shows the beginning."""


@dataclass(frozen=True, slots=True)
class OfficerMade:
    """The officer's workbook as it was made: what waits in it."""

    path: Path
    reference: str
    queries: int
    proposals: int
    findings: int
    again: bool
    """Whether nothing has changed since it was last made."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the officer's workbook is made of."""

    register: Register
    history: History
    code: str
    rounds: tuple[str, ...]
    rows: Rows
    """The plan as it stands now."""
    then: Rows
    """The plan as it stood at the end of the round."""
    ratings: Mapping[str, Rating]
    queries: Sequence[OpenQuery]
    proposals: Sequence[Proposal]
    standings: Sequence[SubgroupReturn]
    returns: Mapping[int, ReturnFacts]
    """Those by which the queries came, by their ids."""
    said: Mapping[str, SaidRow]
    """The rows of `Said to me`, by their refs."""
    as_of: datetime
    lists_all: bool
    """Whether it lists every row of the plan; if not, those that hold something or wait, and blank ones."""


def make_officer(folder: Folder, now: datetime) -> OfficerMade:
    """A new officer's workbook for the latest round, unless nothing has changed since the last one."""
    check_folder(folder)
    check_moment(now)
    with folder.register.batch("officer", now.isoformat(timespec="seconds")) as batch:
        return _make_workbook(folder, _gather_facts(folder.register, now), batch)


def look_ahead(folder: Folder, now: datetime) -> Document:
    """The officer's workbook as `make_officer` would make it now: the last one, if nothing has changed since.

    Nothing is recorded: another one than the last has the reference that it would get, and the id 0.
    """
    check_folder(folder)
    check_moment(now)
    with folder.register.as_it_stands():
        facts = _gather_facts(folder.register, now)
    return _find_document(folder, facts)[0]


def _make_workbook(folder: Folder, facts: _Facts, batch: Batch) -> OfficerMade:
    """The officer's workbook of these facts, recorded in the batch."""
    document, again = _find_document(folder, facts)
    name = f"officer/{(facts.code or 'plan').lower()}.xlsx"
    path = folder.find_made(name) if again and find_last_made(facts.register, "officer") == name else None
    if path is None:
        data = hand_over(document.book)
        if not again:
            batch.add_document(document, layout_text(document.book), base_text(document.book))
        path = folder.write(name, data, batch)
    findings = len(document.book.sheet("Findings").rows)
    return OfficerMade(path, document.reference, len(facts.queries), len(facts.proposals), findings, again)


def _find_document(folder: Folder, facts: _Facts) -> tuple[Document, bool]:
    """The officer's workbook of these facts, and whether it is the last one: nothing has changed since."""
    earlier = [*facts.register.document_facts("officer", facts.code).values()]
    last = earlier[-1] if earlier else None
    if last and base_text(_make_book(facts, last.reference)) == read_base(facts.register, last.id):
        return facts.register.documents(id=last.id)[0], True
    stem, number = f"{facts.code or 'PLAN'}-OFFICER-", count_on(last.reference if last else None)
    unknown = UnknownReferences.of(folder.path, facts.register, "officer")
    reference, book = unknown.choose(stem, number, partial(_make_book, facts))
    made, supersedes = facts.as_of.date().isoformat(), last.id if last else None
    signature = book.properties[SIGNATURE]
    return Document(reference, "officer", facts.code, "", signature, book, made, supersedes=supersedes), False


def _gather_facts(register: Register, now: datetime) -> _Facts:
    rounds = tuple(issued_round.code for issued_round in register.rounds())
    code = rounds[-1] if rounds else ""
    queries, offered = register.open_queries(), list_offered(register, rounds)
    listed = choose_listed(register, rounds, queries, offered)
    asked = {cell.round for query in queries for cell in query.cells}
    history = read_recent(register, rounds, asked, [] if listed is None else [are_listed(register, listed, offered)])
    then = rows_at(history, code) if code else {}
    ratings = rate_last(history, rounds, then, list_declined(register, history)) if code else {}
    plan = history, code, rounds, rows_at(history), then, ratings
    standings = _read_standings(register, code, now, find_done_groups(then, ratings) if listed is None else None)
    asking, said = list_returns_asking(register), list_said_rows(register)
    return _Facts(register, *plan, queries, offered, standings, asking, said, now, listed is None)


def _read_standings(
    register: Register, code: str, now: datetime, done: Collection[str] | None
) -> Sequence[SubgroupReturn]:
    """How the workbooks of the round stand. `done`: the subgroups that have finished; None: they are looked for."""
    if not code:
        return []
    if done is None:
        return read_returns(register, code, now.date())
    return read_standings(register, code, now.date(), done)


def _make_book(facts: _Facts, reference: str) -> Book:
    plan = facts.history.record("plan", "")
    words = Round.parse(facts.code).words if facts.code else "the plan, before any round"
    day = datetime.combine(facts.as_of.date(), time())
    themes = {ref: f"{ref} {row['title']}".strip() for ref, row in facts.rows["priority"].items()}
    sayable = list_sayable(schemas.load_workbook_spec("subgroup"))
    rows = {
        "Returns": [_make_return_row(standing, facts.history) for standing in facts.standings],
        "Queries": [_make_query_row(query, facts) for query in facts.queries],
        "Said to me": [RowFacts(ref, row.texts) for ref, row in facts.said.items() if row.is_wrong],
        "To confirm": [_make_proposal_row(proposal, facts.history) for proposal in facts.proposals],
        "Held files": list(_make_held_rows(facts.register)),
        "Findings": list(_make_finding_rows(facts)),
        "Waivers": list(_make_waiver_rows(facts)),
        "Themes": [RowFacts(ref, {"theme": theme}) for ref, theme in themes.items()],
        **_list_by_ref(facts),
        "Fields": [RowFacts(each.heading, {"what": _describe_field(each.field)}) for each in sayable],
    }
    made = Facts(
        texts={"round_words": words, "totals": _describe_totals(facts), **_describe_blank_rows(facts)},
        created=day,
        rows=rows,
        choices={
            ("proposal", "theme"): tuple(themes.values()),
            (SAID, "field"): tuple(each.heading for each in sayable),
            (SAID, "round"): facts.rounds,
        },
        forms=schemas.load_records(),
        reference=reference,
        secret=facts.register.secret,
        identity={
            "Plan": plan["title"],
            "Round": facts.code or "None yet",
            "Made on": PartialDate.day(day.date()).words,
        },
        marking=plan["marking"],
        password=plan["lock_password"],
        locks_sheets=plan["lock_workbooks"] != "No",
    )
    return compose(_describe_sheets(facts), made)


def _describe_blank_rows(facts: _Facts) -> dict[str, str]:
    """What the sheets about rows of the plan say of their blank rows: nothing where they have none."""
    said = "" if facts.lists_all else schemas.load_workbook_spec("officer").words["by_ref"]
    return {"by_ref": said, "by_ref_now": said if facts.code else ""}


def _describe_sheets(facts: _Facts) -> WorkbookSpec:
    """The sheets of the workbook; blank rows for other refs are only where not every row is listed."""
    names = () if facts.lists_all else BY_REF if facts.code else ("Owners",)
    return choose_blank_rows(schemas.load_workbook_spec("officer"), names)


def _list_by_ref(facts: _Facts) -> dict[str, list[RowFacts]]:
    """The rows of the sheets about rows of the plan, by the names of these sheets."""
    released = release_rows(facts.history, facts.code, facts.then, facts.ratings) if facts.code else iter(())
    rows = {"Owners": _make_owner_rows(facts.rows), "Overrides": _make_override_rows(facts), "Public text": released}
    return {name: [*choose_rows(name, made, lists_all=facts.lists_all)] for name, made in rows.items()}


def _describe_field(field: Field) -> str:
    """What belongs into a field: its prompt, and the words of its list."""
    return f"{field.prompt} One of: {', '.join(field.choices)}." if field.choices else field.prompt


def _describe_totals(facts: _Facts) -> str:
    held, refused = (len(facts.register.set_aside(verdict)) for verdict in ("held", "refused"))
    return (
        f"{describe_totals(sums(facts.standings, held, refused))}. Files held: {held}. Refused: {refused}. "
        f"Queries open: {len(facts.queries)}. To confirm: {len(facts.proposals)}."
    )


def _describe_day(day: str | None) -> str:
    return PartialDate.of_iso(day).words if day else "Not yet"


def _describe_received(standing: SubgroupReturn) -> str:
    return f" (received {_describe_day(standing.received)})" if standing.received else ""


def _describe_verdict(standing: SubgroupReturn) -> str:
    """What became of the workbook; and how much was said to the officer otherwise."""
    said = f", {standing.said} said to you" if standing.said else ""
    return standing.verdict.replace("_", " ").capitalize() + said


def _make_return_row(standing: SubgroupReturn, history: History) -> RowFacts:
    contents = {
        "ref": f"{standing.subgroup} {history.text('subgroup', standing.subgroup, 'title')}",
        "issued": _describe_day(standing.issued),
        "return_by": _describe_day(standing.return_by),
        "returned": _describe_day(standing.returned) + _describe_received(standing),
        "number": standing.numbers,
        "verdict": _describe_verdict(standing),
        "days_late": str(standing.days_late),
        "completed_by": standing.completed_by,
        "message": standing.message,
    }
    return RowFacts(standing.subgroup, contents)


def _make_query_row(query: OpenQuery, facts: _Facts) -> RowFacts:
    returned = facts.returns.get(query.return_id)
    heads = [facts.history.head(cell.key, cell.scope, cell.round) for cell in query.cells]
    contents = {
        "about": "\n".join(_describe_cell(cell) for cell in query.cells) or query.subgroup or "The file",
        "why": query.message,
        "head": together(query.cells, [head.value for head in heads], schemas.title_of),
        "head_from": "\n".join(dict.fromkeys(said_by(head.source) for head in heads if head.seq)),
        "returned": together(query.cells, [cell.returned for cell in query.cells], schemas.title_of),
        "returned_from": _describe_return(returned, query.subgroup, _find_said_by(query, facts)) if returned else "",
    }
    return RowFacts(str(query.id), contents)


def _find_said_by(query: OpenQuery, facts: _Facts) -> str:
    """Who said what a query asks about, where it came by `Said to me`; else ""."""
    said = {(row.return_id, row.key): row.by for row in facts.said.values()}
    return next((by for cell in query.cells if (by := said.get((query.return_id, cell.key)))), "")


def _describe_return(returned: ReturnFacts, subgroup: str, said_by: str) -> str:
    """Who completed a return, for which subgroup, when it came, and its file; what is not known is left out.

    `said_by`: who said it, where that is not who completed the return; else "".
    """
    day, who = PartialDate.of_iso(returned.received).words, said_by or returned.completed_by
    return ", ".join(filter(None, [returned.number, who, subgroup, day, returned.file]))


def _describe_cell(cell: QueryCell) -> str:
    return f"{cell.key.ref or 'Plan'}: {schemas.title_of(cell.key.record, cell.key.field)}"


def _make_proposal_row(proposal: Proposal, history: History) -> RowFacts:
    contents = {
        "action": proposal.action,
        "what": history.text("action", proposal.action, "what"),
        "proposed": proposal.shown,
        "standing": proposal.standing,
        "evidence": history.of_round("action", proposal.action, "evidence", proposal.round),
        "proposed_by": proposal.who,
    }
    asked = {"confirm", "theme"} if proposal.is_further else {"confirm"}
    return RowFacts(proposal.ref, contents, inputs=frozenset(asked))


def _make_held_rows(register: Register) -> Iterator[RowFacts]:
    """A row for each file that is held, then for each that was refused: why, and what its e-mail says."""
    files = [file for verdict in ("held", "refused") for file in register.set_aside(verdict)]
    for file in files:
        found, mail = list_troubles(register, file.id), find_mail(register, file.id)
        contents = {
            "name": file.file,
            "verdict": file.verdict.capitalize(),
            "sent_by": mail.sent_by if mail else "",
            "came": PartialDate.of_iso(file.received).words,
            "why": "\n".join(found),
            "says": show_beginning(describe_mail(mail), KEPT.format(sha256=file.sha256)) if mail else "",
        }
        yield RowFacts(file.number, contents)


def _make_finding_rows(facts: _Facts) -> Iterator[RowFacts]:
    """A row for each finding that is still open: of the plan last read, and of what came for this round."""
    still_open = [finding for finding, is_done in list_findings(facts.register, facts.code) if not is_done]
    for number, finding in enumerate(still_open):
        whose = finding.subgroup or finding.kind.capitalize() or "Not known"
        title = schemas.title_of(finding.record, finding.field) if finding.field else ""
        contents = {
            "ref": " ".join(filter(None, [whose, finding.round])),
            "file": f"{finding.number}: {finding.file}",
            "sheet": finding.sheet,
            "cell": finding.cell,
            "about": " ".join(filter(None, [finding.ref, title])),
            "severity": finding.severity.capitalize(),
            "entered": _describe_entered(finding),
            "message": finding.message,
        }
        yield RowFacts(f"finding {number + 1}", contents)


def _describe_entered(finding: FileFinding) -> str:
    """What was entered; of a long text the beginning, and in which file the rest is."""
    text = finding.entered or ""
    if finding.code in QUOTING:
        return text
    return show_beginning(text, KEPT.format(sha256=finding.sha256))


def _make_owner_rows(rows: Rows) -> Iterator[RowFacts]:
    """A row for each priority, then for each action: who owns it. Themes and further actions have none."""
    for record, name in (("priority", "title"), ("action", "what")):
        for ref, row in rows[record].items():
            if parent(ref) != ref if record == "priority" else is_further(row):
                continue
            contents = {"what": row[name], "owner": row["owner"], "owner_status": row["owner_status"]}
            yield RowFacts(ref, contents, record=record)


def _make_waiver_rows(facts: _Facts) -> Iterator[RowFacts]:
    """A row for each rule that a subgroup is not held to, or was not."""
    for number, waiver in enumerate(list_waivers(facts.register), 1):
        contents = {
            "subgroup": f"{waiver.subgroup} {facts.history.text('subgroup', waiver.subgroup, 'title')}",
            "rule": waiver.code,
            "until": PartialDate.of_iso(waiver.until).words,
            "state": "In force" if waiver.is_in_force(facts.as_of.date()) else "Expired",
            "by": waiver.by,
            "reason": waiver.reason,
        }
        yield RowFacts(str(number), contents)


def _make_override_rows(facts: _Facts) -> Iterator[RowFacts]:
    """A row for each action that is rated: how it is published and why, and what was given instead, if it holds."""
    actions = facts.then["action"] if facts.code else {}
    for ref, rating in facts.ratings.items():
        if not rating.facts.proposed:
            given = {name: facts.history.of_round("action", ref, name, facts.code) for name in OVERRIDE}
            why = " ".join(filter(None, [explain_no_effect(facts.history, ref, facts.code), rating.driven_by]))
            what = actions.get(ref, {}).get("what", "")
            yield RowFacts(ref, {"what": what, "published_rag": str(rating.published), "why": why, **given})
