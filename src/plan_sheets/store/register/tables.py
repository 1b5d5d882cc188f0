"""The tables of the register, whatever keeps them. Triggers refuse UPDATE and DELETE: what was ever recorded stays."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    text,
)

SCHEMA_VERSION = 2
"""The version of these tables; a register with another version is refused."""

WAIT = 30
"""Seconds that a command waits for another that is writing to the register."""

METADATA = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


def _to(name: str, table: str, *, optional: bool = False, index: bool = True) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=optional, index=index)


def _index_where(where: str, name: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows that meet a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


VERSION = Table("version", METADATA, Column("number", Integer, primary_key=True))
PLAN = Table(
    "plan",
    METADATA,
    _id(),
    Column("key", Text, unique=True, nullable=False),
    Column("secret", LargeBinary, nullable=False),
)
LAYOUT = Table("layout", METADATA, Column("sha", Text, primary_key=True), _text("text"))
MAKES_A_FILE = ("new", "draft", "officer", "feedback", "differ", "write", "mail")
"""The deeds of batches on whose day nothing rests: what they made can be made again, an old plan be played again."""
BATCH = Table("batch", METADATA, _id(), _to("plan", "plan"), _text("deed"), _text("at"))
ROUND = Table(
    "round",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("code"),
    _text("subgroup"),
    _text("return_by"),
    _text("issued"),
)
DOCUMENT = Table(
    "document",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    Column("reference", Text, nullable=False),
    _text("kind"),
    _text("round"),
    _text("subgroup"),
    Column("layout", Text, ForeignKey("layout.sha"), nullable=False),
    _text("base"),
    _text("signature"),
    _text("created"),
    _to("supersedes", "document", optional=True),
    Column("answers_return", Integer),
    Index("document_reference", "plan", "reference", unique=True),
    Index("document_answers_return", "answers_return"),
)
EDITION = Table(
    "edition",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _to("document", "document"),
    Column("number", Integer, nullable=False),
    _text("path"),
    _text("sha256"),
)
MAIL = Table(
    "mail",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("sha256"),
    _text("sent_by"),
    _text("sent_at"),
    _text("subject"),
    _text("body"),
    _to("attached_to", "mail", optional=True),
    Index("mail_sha256", "plan", "sha256"),
)
RETURN = Table(
    "return",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("number"),
    _text("sha256"),
    _text("file"),
    _text("kind"),
    _text("verdict"),
    _to("document", "document", optional=True),
    _to("replaces", "return", optional=True),
    _text("answers_sha"),
    _text("saved_by"),
    _text("completed_by"),
    _text("form"),
    _to("mail", "mail", optional=True),
    _text("received"),
    Index("return_sha256", "plan", "sha256"),
    _index_where("number != ''", "return_number", "plan", "number", unique=True),
)
ENTRY = Table(
    "entry",
    METADATA,
    _id(),
    _to("return_id", "return"),
    _text("record"),
    _text("ref"),
    _text("field"),
    _text("round"),
    _text("sheet"),
    _text("cell"),
    _text("entered"),
    _text("tidied"),
    _text("compared"),
    _text("next_base"),
    _text("head"),
    _text("outcome"),
    _text("said_in"),
    _text("by"),
    _index_where("said_in != ''", "entry_said_in", "said_in"),
    Index("entry_ref", "ref"),
)
VALUE = Table(
    "value",
    METADATA,
    _id(),
    _to("plan", "plan", index=False),
    _to("batch", "batch"),
    _text("record"),
    _text("ref"),
    _text("field"),
    _text("scope"),
    _text("round"),
    _text("value"),
    _to("entry", "entry", optional=True),
    _to("settlement", "settlement", optional=True),
    _to("withdrawal", "withdrawal", optional=True),
    Index("value_ref", "ref"),
    Index("value_field", "record", "field"),
)
FINDING = Table(
    "finding",
    METADATA,
    _id(),
    _to("return_id", "return"),
    _text("code"),
    _text("severity"),
    _text("sheet"),
    _text("cell"),
    _text("record"),
    _text("ref"),
    _text("field"),
    Column("entered", Text),
    _text("message"),
    _text("mend"),
)
QUERY = Table(
    "query",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("return_id", "return"),
    _text("code"),
    _text("round"),
    _text("subgroup"),
    _text("message"),
)
QUERY_CELL = Table(
    "query_cell",
    METADATA,
    _id(),
    _to("query", "query"),
    _text("record"),
    _text("ref"),
    _text("field"),
    _text("scope"),
    _text("round"),
    _text("head"),
    _text("returned"),
    _text("address"),
)
SETTLEMENT = Table(
    "settlement",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("subject"),
    _text("choice"),
    _text("typed"),
    _text("by"),
    _to("return_id", "return", optional=True),
    Index("settlement_subject", "plan", "subject"),
)
WITHDRAWAL = Table(
    "withdrawal",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    Column("return_id", Integer, ForeignKey("return.id"), nullable=False, unique=True),
    _text("reason"),
)
NEW_ROW = Table(
    "new_row",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _text("lineage"),
    _text("record"),
    _text("row"),
    _text("ref"),
    Index("new_row_row", "plan", "lineage", "record", "row", unique=True),
    Index("new_row_ref", "plan", "record", "ref", unique=True),
)
CHASER = Table(
    "chaser",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("round"),
    _text("subgroup"),
    _text("kind"),
    _text("day"),
)
WAIVER = Table(
    "waiver",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("code"),
    _text("subgroup"),
    _text("until"),
    _text("by"),
    _text("reason"),
)
REDACTION = Table(
    "redaction",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("batch", "batch"),
    _text("subject"),
    _text("reason"),
    Column("rows", Integer, nullable=False),
)
REDACTED_FILE = Table(
    "redacted_file",
    METADATA,
    _id(),
    _to("plan", "plan"),
    _to("redaction", "redaction"),
    _text("sha256"),
)
OUTPUT = Table("output", METADATA, _id(), _to("plan", "plan"), _text("path"), _text("sha256"))
SEAL = Table(
    "seal",
    METADATA,
    _id(),
    _text("of"),
    Column("first", Integer, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    Column("salts", LargeBinary, nullable=False),
    _text("digest"),
)
"""What was recorded of all other tables with an id: see `safe.seal`."""


def hold(table: Table, where: Mapping[str, object]) -> list[ColumnElement[bool]]:
    """That columns (by name) hold these values; of a select or a tuple, one of its values."""
    return [
        table.c[name].in_(value) if isinstance(value, tuple | Select) else table.c[name] == value
        for name, value in where.items()
    ]
