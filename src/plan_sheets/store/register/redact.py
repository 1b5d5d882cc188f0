"""Takes texts out of a register for good: the one exception to its rule that nothing is ever changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select, text, update

from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.text import plain
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.reads import list_entries_typed, list_mails
from plan_sheets.store.register.register import Register
from plan_sheets.store.schemas import load_records

REDACTED = "Redacted"
"""What stands instead of a text that was taken out."""
STEM = 60
"""Characters of a text by which a sentence that quotes it, perhaps in short, is known."""
LONG, LONG_WITH_NUMBER = 12, 6
"""From how many characters on a text tells somebody, and is looked for everywhere; with a digit in it, and without."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mail": ("subject", "body"),
    "return": ("form",),
    "entry": ("entered", "tidied", "compared", "next_base", "head"),
    "value": ("value",),
    "finding": ("entered", "message"),
    "query": ("message",),
    "query_cell": ("head", "returned"),
    "settlement": ("typed",),
    "document": ("base",),
    "withdrawal": ("reason",),
}
"""The columns that may hold what somebody typed, by table."""


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """What somebody typed, as it is looked for: see `plain`."""

    stems: frozenset[str]
    """The beginnings of texts that tell somebody: whatever holds one is redacted, wherever it stands."""
    short: frozenset[str]
    """Texts that are ordinary words: redacted only where a whole text is one of them, in the returns that are meant."""
    returns: frozenset[int]
    """The ids of the returns that are meant."""

    def holds(self, value: str) -> bool:
        """Whether a text holds one that has to go."""
        compared = plain(value)
        return any(stem in compared for stem in self.stems)

    def is_short(self, value: str) -> bool:
        """Whether a text is one of the ordinary words that have to go from these returns."""
        return plain(value) in self.short


def find_typed(register: Register, about: str, field: str, returns: Collection[int]) -> TypedTexts:
    """The free texts that these returns (ids) brought with their e-mails, or any return about a ref (`about`, or "").

    `field`: only those of this field, what the plan says in it included; "" for all that returns said. Words of a
    drop-down, dates, numbers and what was sent out are not among them.
    """
    records = load_records()
    entries = [
        entry
        for entry in list_entries_typed(register, about, field, returns)
        if (field or entry.kind != "plan") and _is_free(records.get(entry.key.record, {}).get(entry.key.field))
    ]
    mails = list_mails(register, returns)
    texts = {plain(typed) for entry in entries for typed in entry.texts}
    texts |= {plain(line) for mail in mails for line in (mail.subject, mail.body, *mail.body.splitlines())}
    texts -= {""}
    telling = {typed for typed in texts if _is_telling(typed)}
    owners = frozenset(returns) | {entry.return_id for entry in entries}
    return TypedTexts(frozenset(typed[:STEM] for typed in telling), frozenset(texts - telling), owners)


def _is_free(field: Field | None) -> bool:
    return field is None or (field.type == "string" and not field.choices and not field.format)


def _is_telling(typed: str) -> bool:
    return len(typed) >= LONG or (len(typed) >= LONG_WITH_NUMBER and any(letter.isdigit() for letter in typed))


def redact_rows(batch: Batch, typed: TypedTexts, subject: str, reason: str) -> int:
    """Take these texts out of every table, and record that it was done; how many rows were changed."""
    changed = 0
    with _without_triggers(batch.connection):
        for name, columns in COLUMNS.items():
            table = tables.METADATA.tables[name]
            for row_id, news in _list_changes(batch.connection, table, columns, typed):
                batch.connection.execute(update(table).where(table.c.id == row_id).values(**news))
                changed += 1
    batch.add(tables.REDACTION, subject=subject, reason=reason, rows=changed)
    return changed


def _list_changes(
    connection: Connection, table: Table, columns: tuple[str, ...], typed: TypedTexts
) -> Iterator[tuple[int, dict[str, str]]]:
    """Id and new texts of each row of a table that has to be changed."""
    owner = "return_id" if "return_id" in table.c else "id" if table.name == "return" else None
    chosen = [table.c.id, *(table.c[name] for name in columns), *([table.c[owner]] if owner else ())]
    for row in connection.execute(select(*chosen)).all():
        is_meant = bool(owner) and row[-1] in typed.returns
        texts = dict(zip(columns, row[1:], strict=False))
        news = {name: _redact(name, value, typed, whole=is_meant) for name, value in texts.items() if value}
        changes = {name: value for name, value in news.items() if value != texts[name]}
        if changes:
            yield row.id, changes


def _redact(column: str, value: str, typed: TypedTexts, *, whole: bool) -> str:
    """The text of a column, redacted if it has to be; `whole`: also if it is one of the ordinary words."""
    if column in ("form", "base"):
        return json.dumps(
            _redact_json(json.loads(value), typed, whole=whole),
            ensure_ascii=False,
            sort_keys=column == "base",
            separators=(",", ":") if column == "base" else None,
        )
    return REDACTED if typed.holds(value) or (whole and typed.is_short(value)) else value


def _redact_json(value: Any, typed: TypedTexts, *, whole: bool) -> Any:
    """The same for each text in a value of JSON; lines of one paragraph are read together, and go together."""
    if isinstance(value, str):
        return REDACTED if typed.holds(value) or (whole and typed.is_short(value)) else value
    if isinstance(value, list):
        lines = [line for line in value if isinstance(line, str)]
        folded = len(lines) == len(value) > 1 and typed.holds(" ".join(lines)) and not any(map(typed.holds, lines))
        return [REDACTED] * len(value) if folded else [_redact_json(part, typed, whole=whole) for part in value]
    if isinstance(value, dict):
        return {name: _redact_json(part, typed, whole=whole) for name, part in value.items()}
    return value


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Allow updates meanwhile, within the transaction: nobody else can write, and an error brings the triggers back."""
    triggers = {f'"{name}_never_update"' for name in COLUMNS}
    connection.execute(text("PRAGMA secure_delete = ON"))
    for trigger in triggers:
        connection.execute(text(f"DROP TRIGGER {trigger}"))
    yield
    for statement in tables.list_triggers():
        if triggers & {*statement.split()}:
            connection.execute(text(statement))


def forget(register: Register) -> None:
    """Rewrite the file, so that nothing of what was taken out is left in it. Raises PlanSheetsError."""
    with tables.explain_errors(register.path), register.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        connection.exec_driver_sql("VACUUM")
