"""The rules of every field, checked for a whole batch of documents in one pandera call.

Types come first, in `tidy`: a cell that is no date or no choice has its finding by then, and is left out here. A rule
over several cells stands on a derived boolean column that names the cell it reports on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from plan_sheets.core.answers.answers import AnswerRow, Cell
from plan_sheets.core.answers.tidy import clean_text, is_placeholder
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages

ANY_WORD = "*"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A check of one field: its name is a message's code."""

    code: str
    holds: Callable[[pd.Series[str]], pd.Series[bool]]
    details: Mapping[str, object] = field(default_factory=dict)


def check_rows(
    documents: Sequence[Sequence[AnswerRow]], messages: Messages, refs: Mapping[str, set[str]] | None = None
) -> list[list[Finding]]:
    """Findings of each document of the batch, whose rows are given. `refs`: the refs that are known, by record."""
    found: list[list[Finding]] = [[] for _ in documents]
    rows = [(owner, row) for owner, its_rows in enumerate(documents) for row in its_rows]
    fields = {_column(cell): cell.field for _, row in rows for cell in row.cells}
    frame, derived = _frame(rows, fields, refs or {})
    for code, column, place in _failures(frame, derived, fields):
        owner, row = rows[place]
        cell = next(cell for cell in row.cells if _column(cell) == column)
        rule = next((rule for rule in _rules(cell.field) if rule.code == code), None)
        details = rule.details if rule else {}
        found[owner].append(
            messages.finding(
                code,
                address=cell.address,
                key=cell.key,
                entered=cell.entered,
                heading=cell.field.title,
                prompt=cell.field.prompt,
                **details,
                because=_because(row, cell.field),
                refers=cell.field.refers,
                length=len(cell.value),
            )
        )
    return found


def _column(cell: Cell) -> str:
    return f"{cell.field.record}.{cell.field.name}"


def _frame(
    rows: Sequence[tuple[int, AnswerRow]], fields: Mapping[str, Field], refs: Mapping[str, set[str]]
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """One frame of all rows: a text column a field (None where a row has no such cell), and the derived rules.

    The second value names each derived column's code and the column it reports on.
    """
    texts: dict[str, list[str | None]] = {column: [None] * len(rows) for column in fields}
    derived: dict[str, tuple[str, str]] = {}
    rules: dict[str, list[bool]] = {}
    twice = _twice(rows)
    for place, (owner, row) in enumerate(rows):
        for cell in row.cells:
            column = _column(cell)
            if cell.value and cell.blocked is None:
                texts[column][place] = cell.value
            broken = [*_broken(row, cell, refs)] if cell.blocked is None else []
            if cell.field.unique and (owner, cell.key) in twice:
                broken.append("ref_twice")
            for code in broken:
                derived[f"{column} {code}"] = (code, column)
                rules.setdefault(f"{column} {code}", [True] * len(rows))[place] = False
    columns = {name: pd.Series(values, dtype="object") for name, values in texts.items()}
    return pd.DataFrame(
        {**columns, **{name: pd.Series(values, dtype="bool") for name, values in rules.items()}}
    ), derived


def _broken(row: AnswerRow, cell: Cell, refs: Mapping[str, set[str]]) -> Iterator[str]:
    """The codes of the rules over several cells, or over the plan, that a cell breaks."""
    about = cell.field
    if row.says_something and _is_blank(cell) and _needed(row, about):
        yield "required"
    if about.refers in refs and not _refers(cell, refs[about.refers]):
        yield "unknown_ref"
    if about.name == "owner_status" and cell.value == "Unnamed" and row.text("owner"):
        yield "owner_still_unnamed"
    if about.type == "date" and _lies_before(cell, row.begins):
        yield "date_before_round"


def _twice(rows: Iterable[tuple[int, AnswerRow]]) -> set[tuple[int, Key]]:
    """Keys that stand in two rows of one document, with the document's place."""
    unique = ((owner, cell.key) for owner, row in rows for cell in row.cells if cell.field.unique and cell.value)
    return {key for key, times in Counter(unique).items() if times > 1}


def _is_blank(cell: Cell) -> bool:
    """Whether nothing is left of what was typed; a placeholder is an open question already."""
    return not cell.value and not (cell.entered and is_placeholder(clean_text(cell.entered)))


def _needed(row: AnswerRow, one: Field) -> bool:
    return one.required or any(_matches(row.text(other), words) for other, words in one.required_when.items())


def _matches(text: str, words: tuple[str, ...]) -> bool:
    return bool(text) and (ANY_WORD in words or text in words)


def _because(row: AnswerRow, one: Field) -> str:
    """Why a blank is not allowed here: ` because RAG is Amber`; "" where it never is."""
    for other, words in one.required_when.items():
        if _matches(row.text(other), words):
            title = next((cell.field.title for cell in row.cells if cell.field.name == other), "the last next step")
            return (
                f" because {title} is {row.text(other)}"
                if ANY_WORD not in words
                else f" because there is something under {title}"
            )
    return ""


def _lies_before(cell: Cell, begins: date | None) -> bool:
    """Whether a date of the round, which may have been typed without its year, lies before the round."""
    if begins is None or cell.scope == "standing":
        return False
    day = PartialDate.from_words(cell.value)
    return day is not None and day.last < begins


def _refers(cell: Cell, known: set[str]) -> bool:
    return not cell.value or {part.strip() for part in cell.value.split(";")} <= known


def _rules(one: Field) -> list[_Rule]:
    """The rules of one field for a column of its texts."""
    rules = []
    if one.type == "date":
        rules.append(_Rule("date_unreadable", lambda s: s.map(lambda text: PartialDate.from_words(text) is not None)))
    if one.choices:
        rules.append(_Rule("not_a_choice", lambda s: s.isin(one.choices), {"choices": ", ".join(one.choices)}))
    if one.max_length is not None:
        longest = one.max_length
        rules.append(_Rule("too_long", lambda s: s.str.len() <= longest, {"longest": longest}))
    if one.pattern:
        rules.append(_Rule("not_of_the_form", lambda s: s.str.fullmatch(one.pattern)))
    if one.minimum is not None:
        least = one.minimum
        rules.append(_Rule("too_small", lambda s: pd.to_numeric(s, errors="coerce") >= least, {"least": least}))
    return rules


def _failures(
    frame: pd.DataFrame, derived: Mapping[str, tuple[str, str]], fields: Mapping[str, Field]
) -> list[tuple[str, str, int]]:
    """(code, column, row) of everything that breaks a rule, in the order of the rows."""
    columns = {
        name: pa.Column(object, [pa.Check(rule.holds, name=rule.code) for rule in _rules(one)], nullable=True)
        for name, one in fields.items()
        if _rules(one) and frame[name].notna().any()
    }
    columns |= {name: pa.Column(bool, pa.Check(lambda s: s, name=code)) for name, (code, _) in derived.items()}
    if not columns:
        return []
    try:
        pa.DataFrameSchema(columns).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        named = [(str(case.check), str(case.column), case.index) for case in cases.itertuples()]
        if any(index is None or index != index for _, _, index in named):  # noqa: PLR0124 - NaN: pandera could not say which row
            raise
        failures = [(check, derived.get(column, (check, column))[1], int(index)) for check, column, index in named]
        return sorted(failures, key=lambda one: (one[2], one[1], one[0]))
    return []
