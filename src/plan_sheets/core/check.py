"""The rules of every field, checked for a whole batch of documents in one pandera call.

Types come first, in `tidy`: a cell that is no date or no choice has its finding by then, and is left out here. A rule
over several cells stands on a derived boolean column that names the cell it reports on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from plan_sheets.core.layout import Field
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Address, Finding, Key, PartialDate

ANY_WORD = "*"


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """A cell with its value as tidied; `taken` is False where tidying has already found an error in it."""

    field: Field
    key: Key
    address: Address
    entered: str
    value: str
    taken: bool = True


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of a document. `owner`: the document's place in the batch. `beside`: its locked texts by field name."""

    owner: int
    cells: tuple[CheckedCell, ...]
    says_something: bool
    beside: Mapping[str, str] = field(default_factory=dict)
    begins: date | None = None
    """The first day of its round: a date of the round before it is told of; None where there is no round."""

    def text(self, name: str) -> str:
        """The value of a field of this row, typed or locked; "" if it has none."""
        return next((cell.value for cell in self.cells if cell.field.name == name), self.beside.get(name, ""))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A check of one field: its name is a message's code."""

    code: str
    holds: Callable[[pd.Series[str]], pd.Series[bool]]
    details: Mapping[str, object] = field(default_factory=dict)


def check_rows(
    rows: Sequence[CheckedRow], messages: Messages, refs: Mapping[int, Mapping[str, set[str]]] | None = None
) -> list[list[Finding]]:
    """Findings of each document of the batch, by its place. `refs`: the refs each document knows, by record."""
    owners = max((row.owner for row in rows), default=-1) + 1
    found: list[list[Finding]] = [[] for _ in range(owners)]
    fields = {_column(cell): cell.field for row in rows for cell in row.cells}
    frame, derived = _frame(rows, fields, refs or {})
    for code, column, place in _failures(frame, derived, fields):
        cell = next(cell for cell in rows[place].cells if _column(cell) == column)
        rule = next((rule for rule in _rules(cell.field) if rule.code == code), None)
        details = rule.details if rule else {}
        found[rows[place].owner].append(
            messages.finding(
                code,
                address=cell.address,
                key=cell.key,
                entered=cell.entered,
                heading=cell.field.title,
                prompt=cell.field.prompt,
                **details,
                because=_because(rows[place], cell.field),
                refers=cell.field.refers,
                length=len(cell.value),
            )
        )
    return found


def _column(cell: CheckedCell) -> str:
    return f"{cell.field.record}.{cell.field.name}"


def _frame(
    rows: Sequence[CheckedRow], fields: Mapping[str, Field], refs: Mapping[int, Mapping[str, set[str]]]
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """One frame of all rows: a text column a field (None where a row has no such cell), and the derived rules.

    The second value names each derived column's code and the column it reports on.
    """
    texts: dict[str, list[str | None]] = {column: [None] * len(rows) for column in fields}
    derived: dict[str, tuple[str, str]] = {}
    rules: dict[str, list[bool]] = {}
    twice = _twice(rows)
    for place, row in enumerate(rows):
        known = refs.get(row.owner, {})
        for cell in row.cells:
            column = _column(cell)
            if cell.taken and cell.value:
                texts[column][place] = cell.value
            broken = {
                "required": cell.taken and row.says_something and _needed(row, cell.field) and not cell.entered.strip(),
                "ref_twice": cell.field.unique and (row.owner, cell.key) in twice,
                "unknown_ref": bool(known) and cell.taken and not _refers(cell, known),
                "owner_still_unnamed": cell.field.name == "owner_status"
                and cell.value == "Unnamed"
                and bool(row.text("owner")),
                "date_before_round": cell.taken and _lies_before(cell, row.begins),
            }
            for code in (code for code, is_broken in broken.items() if is_broken):
                derived[f"{column} {code}"] = (code, column)
                rules.setdefault(f"{column} {code}", [True] * len(rows))[place] = False
    columns = {name: pd.Series(values, dtype="object") for name, values in texts.items()}
    return pd.DataFrame(
        {**columns, **{name: pd.Series(values, dtype="bool") for name, values in rules.items()}}
    ), derived


def _twice(rows: Iterable[CheckedRow]) -> set[tuple[int, Key]]:
    """Keys that stand in two rows of one document, with the document's place."""
    unique = ((row.owner, cell.key) for row in rows for cell in row.cells if cell.field.unique and cell.value)
    return {key for key, times in Counter(unique).items() if times > 1}


def _needed(row: CheckedRow, one: Field) -> bool:
    return one.required or any(_matches(row.text(other), words) for other, words in one.required_when.items())


def _matches(text: str, words: tuple[str, ...]) -> bool:
    return bool(text) and (ANY_WORD in words or text in words)


def _because(row: CheckedRow, one: Field) -> str:
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


def _lies_before(cell: CheckedCell, begins: date | None) -> bool:
    """Whether a date of the round, which may have been typed without its year, lies before the round."""
    if begins is None or cell.field.type != "date" or cell.field.scope == "standing":
        return False
    day = PartialDate.from_words(cell.value)
    return day is not None and day.last < begins


def _refers(cell: CheckedCell, known: Mapping[str, set[str]]) -> bool:
    if not cell.field.refers or cell.field.refers not in known or not cell.value:
        return True
    return {part.strip() for part in cell.value.split(";")} <= known[cell.field.refers]


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
