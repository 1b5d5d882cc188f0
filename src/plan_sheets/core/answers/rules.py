"""The rules of a record as a pandera schema: what its fields in `schemas/records/` say, and nothing else.

Values are texts, tidied; a date is text with its precision ("March 2017"); a blank is None. A rule over several columns
is a check of the whole frame, whose name tells the column that it is about: pandera blames every column of the row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrors

from plan_sheets.core.answers.addresses import are_emails, is_email
from plan_sheets.core.answers.tidy import is_integer
from plan_sheets.core.book.layout import ANY_WORD, Field
from plan_sheets.core.model.dates import PartialDate

DOCUMENT, BEGINS = "(document)", "(round begins)"
"""Columns beside the fields where several documents are checked together: the place of the document, and the first day
of its round (a date; None where it has none)."""
_ABOUT = ": "
"""Stands between the code and the column in the name of a check of the whole frame."""
_OF_PANDERA = {"not_nullable": "required", "field_uniqueness": "ref_twice"}
"""The codes of what a column of pandera checks without being given a check."""


class Failure(NamedTuple):
    """A value that breaks a rule: the code of its message, its column, and its row's label in the frame's index."""

    code: str
    column: str
    row: int


def build_schema(
    fields: Mapping[str, Field],
    refs: Mapping[str, Collection[str]],
    begins: date | None = None,
    *,
    documents: bool = False,
    of_texts: bool = True,
) -> pa.DataFrameSchema:
    """The schema of a frame that has these fields as columns; the name of each check is the code of a message.

    `refs`: the refs that are known, by record; where a record is not in it, no rule about its refs is made. `begins`:
    the first day of the round; None where it is not known, or stands in the frame. `documents`: whether the frame
    holds the rows of several, so that a ref may stand once in each. `of_texts`: whether it holds texts and None alone,
    as this program makes it; else every value is taken as its text first.
    """
    columns = {
        name: pa.Column(
            None,
            [*_column_checks(field, refs)],
            nullable=not field.required,
            unique=field.unique and not documents,
            required=field.required,
        )
        for name, field in fields.items()
    }
    wide = [check for field in fields.values() for check in _frame_checks(field, begins, documents=documents)]
    return pa.DataFrameSchema(
        columns, wide, None if of_texts else pa.Parser(lambda frame: _as_texts(frame, [*columns]))
    )


def _as_texts(frame: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """The frame with the values of these columns as texts; None for what is blank (NaN, "")."""
    texts = {name: frame[name].astype(object).map(_as_text) for name in columns if name in frame}
    return frame.assign(**texts)


def _as_text(value: Any) -> str | None:
    if pd.isna(value):
        return None
    # A column of whole numbers with a blank in it holds them as 12.0.
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text if text.strip() else None


def columns_beside(fields: Mapping[str, Field]) -> list[str]:
    """The columns that the rules about these fields look at beside them."""
    owner = ["owner"] if "owner_status" in fields else []
    return [*dict.fromkeys([*owner, *(other for field in fields.values() for other in field.required_when)])]


def has_rules(field: Field) -> bool:
    """Whether there is any rule about the text that stands in a field."""
    checked = field.choices or field.pattern or field.refers or field.unique or field.name == "owner_status"
    typed = field.type != "string" or field.format in ("email", "emails")
    return bool(checked or typed) or field.max_length is not None or field.minimum is not None


def find_failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[Failure]:
    """Every value that breaks a rule, once for each rule. Raises SchemaErrors where the frame itself does not fit."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        if any(_code(error) is None for error in errors.schema_errors):
            raise
        return list(dict.fromkeys(failure for error in errors.schema_errors for failure in _failures(error)))
    return []


def _code(error: SchemaError) -> str | None:
    """The code of the message about a failure; with the column that it is about, where the whole frame was checked."""
    named = getattr(error.check, "name", None) or _OF_PANDERA.get(str(error.check))
    return named if isinstance(error.failure_cases, pd.DataFrame) else None


def _failures(error: SchemaError) -> Iterator[Failure]:
    code, _, column = (_code(error) or "").partition(_ABOUT)
    for row in error.failure_cases["index"]:
        yield Failure(code, column or str(error.schema.name), int(row))


def _column_checks(field: Field, refs: Mapping[str, Collection[str]]) -> Iterator[pa.Check]:
    """The rules that look at one text. Its type comes first: a rule about its value lets a text of no type pass."""
    if field.type == "date":
        yield _each(lambda text: PartialDate.from_words(text) is not None, "date_unreadable")
    if field.type == "integer":
        yield _each(is_integer, "integer_unreadable")
    if field.format == "email":
        yield _each(is_email, "email_unreadable")
    if field.format == "emails":
        yield _each(are_emails, "email_unreadable")
    if field.choices:
        yield pa.Check.isin(field.choices, name="not_a_choice", error="not_a_choice")
    if field.max_length is not None:
        yield pa.Check.str_length(max_value=field.max_length, name="too_long", error="too_long")
    if field.pattern:
        yield pa.Check.str_matches(rf"(?:{field.pattern})\Z", name="not_of_the_form", error="not_of_the_form")
    if (least := field.minimum) is not None:
        yield _each(lambda text: not is_integer(text) or int(text) >= least, "too_small")
    if field.refers in refs:
        known = frozenset(refs[field.refers])
        yield _each(lambda text: known.issuperset(part.strip() for part in text.split(";")), "unknown_ref")


def _each(holds: Callable[[str], bool], code: str) -> pa.Check:
    """A check of each text by itself."""
    return pa.Check(lambda texts: texts.map(holds).astype(bool), name=code)


def _frame_checks(field: Field, begins: date | None, *, documents: bool) -> Iterator[pa.Check]:
    """The rules about one field that look at other columns of the row, or at other rows."""
    name = field.name
    if field.required_when:
        yield _wide("required", name, lambda frame: _is_filled(frame, name) | ~_is_needed(frame, field))
    if field.unique and documents:
        yield _wide(
            "ref_twice", name, lambda frame: frame[name].isna() | ~frame.duplicated([DOCUMENT, name], keep=False)
        )
    if name == "owner_status":
        yield _wide("owner_still_unnamed", name, _is_rightly_unnamed)
    if field.type == "date" and field.scope != "standing" and (documents or begins):
        yield _wide("date_before_round", name, lambda frame: ~_lies_before(frame, name, begins))


def _wide(code: str, column: str, holds: Callable[[pd.DataFrame], pd.Series[bool]]) -> pa.Check:
    """A check of the whole frame about one column; of a frame without that column only that it is needed is told."""
    return pa.Check(
        lambda frame: (
            holds(frame) if column in frame or code == "required" else pd.Series(data=True, index=frame.index)
        ),
        name=f"{code}{_ABOUT}{column}",
        ignore_na=False,  # else pandera takes a frame for valid in which the rule is broken by blank rows alone
    )


def _is_filled(frame: pd.DataFrame, column: str) -> pd.Series[bool]:
    """In which rows something stands in a column; in none where there is no such column."""
    return frame[column].notna() if column in frame else pd.Series(data=False, index=frame.index)


def _is_needed(frame: pd.DataFrame, field: Field) -> pd.Series[bool]:
    """In which rows another column says what makes this field required."""
    needed = pd.Series(data=False, index=frame.index)
    for other, words in field.required_when.items():
        if other in frame:
            needed |= frame[other].notna() if ANY_WORD in words else frame[other].isin(words)
    return needed


def _is_rightly_unnamed(frame: pd.DataFrame) -> pd.Series[bool]:
    """In which rows the owner's status does not say Unnamed beside an owner."""
    return (frame["owner_status"] != "Unnamed") | (frame["owner"].isna() if "owner" in frame else True)


def _lies_before(frame: pd.DataFrame, name: str, begins: date | None) -> pd.Series[bool]:
    """In which rows a date lies before the round: one without its year was perhaps given the wrong one."""
    days = frame[BEGINS] if BEGINS in frame else [begins] * len(frame)
    before = [_is_before(text, day) for text, day in zip(frame[name], days, strict=True)]
    return pd.Series(before, index=frame.index, dtype=bool)


def _is_before(text: Any, begins: date | None) -> bool:
    read = PartialDate.from_words(text) if begins and isinstance(text, str) else None
    return read is not None and begins is not None and read.last < begins
