"""plan.xlsx, the grid template: composed from the rows of a plan, empty, or as the worked example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from plan_sheets.core.book.compose import Facts, RowFacts, compose
from plan_sheets.core.book.layout import Book
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.ratings import RECORDS, is_declined
from plan_sheets.store import schemas

TITLE_OF_TEMPLATE = "Business plan"
DEFAULTS = {"lock_workbooks": "Yes", "confirm_at_once": "No", "second_name": "No"}
"""The settings of a plan as the empty template has them."""

PlanRows = Mapping[str, Sequence[Mapping[str, str]]]


def rows_of(history: History, placeholders: Mapping[Key, str]) -> PlanRows:
    """The plan as rows of texts, by record: what stands, and where nothing stands the placeholder that was typed.

    A further action is among them from the day it is proposed, unless the officer said No to it.
    """
    rows: dict[str, list[Mapping[str, str]]] = {"plan": [_filled("plan", "", history, placeholders)]}
    for record in (*RECORDS, "rag_rule", "mail_text"):
        refs = [ref for ref in history.refs(record) if not is_declined(history, record, ref)]
        rows[record] = [_filled(record, ref, history, placeholders) for ref in refs]
    return rows


def _filled(record: str, ref: str, history: History, placeholders: Mapping[Key, str]) -> Mapping[str, str]:
    row = dict(history.record(record, ref))
    for key, entered in placeholders.items():
        if (key.record, key.ref) == (record, ref) and not row.get(key.field):
            row[key.field] = entered
    return row


def plan_book(rows: PlanRows, created: datetime) -> Book:
    """The grid template holding these rows; `plan` is the one row of the form, RAG rules are always there."""
    spec = schemas.load_workbook_spec("plan")
    form = dict(rows["plan"][0]) if rows.get("plan") else {}
    given = {row["ref"]: row.get("value", "") for row in rows.get("rag_rule", ())}
    by_sheet = {
        sheet.name: [RowFacts(row.get("ref", ""), row) for row in rows.get(sheet.record, ())]
        for sheet in spec.sheets
        if sheet.record in RECORDS
    }
    by_sheet["RAG rules"] = [
        RowFacts(
            rule.ref,
            {
                "means": f"{rule.title}. {rule.means}",
                "unit": rule.unit,
                "value": given.get(rule.ref) or str(rule.default),
            },
        )
        for rule in schemas.load_rag_rules()
    ]
    by_sheet["Mail texts"] = list(_make_mail_rows(rows.get("mail_text", ())))
    facts = Facts(
        texts={"title": form.get("title") or TITLE_OF_TEMPLATE},
        created=created,
        rows=by_sheet,
        answers=form,
        forms=schemas.load_records(),
        marking=form.get("marking", ""),
    )
    return compose(spec, facts)


def _make_mail_rows(given: Sequence[Mapping[str, str]]) -> Iterator[RowFacts]:
    """A row for each mail: what it is for, the program's own text, and what the plan says instead."""
    by_ref = {row["ref"]: row for row in given}
    for mail in schemas.load_mails().values():
        own = {name: by_ref.get(mail.code, {}).get(name, "") for name in ("subject", "text")}
        yield RowFacts(mail.code, {"means": mail.means, "own": mail.own, **own})


MADE = datetime(2016, 4, 1)  # noqa: DTZ001 - a spreadsheet's dates know no time zone
"""The date that the workbooks in `workbooks/` say they were made on, so that making them again gives the same parts."""


def example_book() -> Book:
    """The worked example, 2016/17."""
    found = schemas.load_example()
    return plan_book({**found, "plan": [found["plan"]]}, MADE)


def template_book() -> Book:
    """The empty grid template: the considerations and the RAG rules are there."""
    found = schemas.load_example()
    return plan_book({"consideration": found["consideration"], "plan": [DEFAULTS]}, MADE)
