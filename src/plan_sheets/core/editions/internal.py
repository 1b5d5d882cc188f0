"""The internal master: how the plan stood at the end of a round, and all that was reported about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from plan_sheets.core.book.compose import Facts
from plan_sheets.core.book.measure import fold_line
from plan_sheets.core.book.spec import WorkbookSpec
from plan_sheets.core.editions.contents import MasterContents
from plan_sheets.core.editions.first_sheet import make_first_page, of_snapshot
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.asks_and_answers import ask_rows
from plan_sheets.core.sheets.changes import change_rows
from plan_sheets.core.sheets.considerations import coverage_lines, coverage_rows
from plan_sheets.core.sheets.consultation import consultation_lines, consultation_rows, evidence_rows
from plan_sheets.core.sheets.decisions import decision_rows
from plan_sheets.core.sheets.enquiries import Raised, enquiry_lines, enquiry_rows, raised
from plan_sheets.core.sheets.master_plan import (
    Records,
    action_rows,
    added_rows,
    gone_rows,
    grid_rows,
    in_plan_order,
    question_rows,
)
from plan_sheets.core.sheets.owners import Owned, owned, owner_lines, owner_rows, return_lines, return_rows
from plan_sheets.core.sheets.rag_over_time import board_rows, chart_titles, quarter_headings, round_rows, timeline_rows
from plan_sheets.core.sheets.rag_status import DRAFT, texts_of_round
from plan_sheets.core.sheets.unknown import untold


def internal_contents(spec: WorkbookSpec, records: Records, snapshot: Snapshot) -> MasterContents:
    """What the internal master of a snapshot says; the same facts make the same. `records`: the fields of each."""
    spec = of_snapshot(spec, snapshot)
    plan = snapshot.history.record("plan", "", snapshot.code)
    owners, gaps = [*owned(snapshot)], raised(snapshot)
    fields = {sheet.name: [column.field for column in sheet.columns] for sheet in spec.sheets}

    facts = Facts(
        texts=_list_texts(snapshot),
        created=datetime.combine(snapshot.made_on, time()),
        rows={
            "Decisions": [*decision_rows(snapshot)],
            "Asks and answers": [*ask_rows(snapshot)],
            "Master plan": in_plan_order(
                snapshot, [*action_rows(snapshot, fields["Master plan"]), *gone_rows(snapshot)]
            ),
            "RAG over time": in_plan_order(snapshot, timeline_rows(snapshot)),
            "RAG by round": [*round_rows(snapshot)],
            "RAG by board": [*board_rows(snapshot)],
            "Grid": [*grid_rows(snapshot)],
            "Changes": [*change_rows(snapshot, records)],
            "Open questions": [*question_rows(snapshot)],
            "Considerations": [*coverage_rows(snapshot)],
            "Owners": [*owner_rows(snapshot, owners)],
            "Returns": [*return_rows(snapshot)],
            "Key lines of enquiry": [*enquiry_rows(snapshot, gaps)],
            "Consultation": [*consultation_rows(snapshot)],
            "Evidence": [*evidence_rows(snapshot)],
            **{name: [*added_rows(snapshot, those)] for name, those in fields.items() if those[0].new_rows},
        },
        lines=_list_lines(snapshot, spec, owners, gaps),
        notes=[*untold(snapshot)],
        identity={
            "Plan": plan["title"],
            "Edition": "",
            "Status of the plan": plan["status"] or "Not said",
            "Round": snapshot.code or DRAFT,
        },
        marking=plan["marking"],
        password=plan["lock_password"],
        locks_sheets=plan["lock_workbooks"] != "No",
    )
    return MasterContents(spec, facts, lambda edition: make_first_page(spec, snapshot, edition))


def _list_texts(snapshot: Snapshot) -> dict[str, str]:
    return {**texts_of_round(snapshot), **quarter_headings(snapshot), **chart_titles(snapshot)}


def _list_lines(
    snapshot: Snapshot, spec: WorkbookSpec, owners: Sequence[Owned], gaps: Sequence[Raised]
) -> dict[str, tuple[str, ...]]:
    """The counts at the top of a sheet, in lines no wider than its table."""
    texts = {
        "Considerations": coverage_lines(snapshot),
        "Owners": owner_lines(owners),
        "Returns": return_lines(snapshot),
        "Key lines of enquiry": enquiry_lines(snapshot, gaps),
        "Consultation": consultation_lines(snapshot),
    }
    widths = {sheet.name: sum(column.width for column in sheet.columns) for sheet in spec.sheets}
    return {
        name: tuple(part for line in lines for part in fold_line(line, widths[name])) for name, lines in texts.items()
    }
