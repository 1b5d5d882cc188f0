"""Adds rows to the register in one transaction; rows are never changed or removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, or_, select

from plan_sheets.core.book.document import Document, sha_of
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.text import MASK
from plan_sheets.store.register import tables

if TYPE_CHECKING:
    from plan_sheets.store.register.register import Register
    from plan_sheets.store.register.safe.transaction import Transaction


_NUMBERED = "numbers"
"""That the numbers of returns are known by now: how many there are of each stem."""
_HAS_LAYOUT = select(tables.LAYOUT.c.sha).where(tables.LAYOUT.c.sha == bindparam("sha"))


class Batch:
    """Adds rows within the register's one open transaction. Ids are given here, so that many rows go in at once."""

    def __init__(
        self,
        register: Register,
        opened: Transaction,
        deed: str,
        at: str,
        next_ids: dict[str, int],
    ) -> None:
        self.register = register
        self.connection = opened.connection
        self.deed = deed
        self.at = at
        self.outbox = opened.outbox
        """The files that the whole transaction makes."""
        self.seals = opened.seals
        """Those of all that the whole transaction records."""
        self._next = next_ids
        self._layouts = set[str]()
        """The SHA-256 of layouts that are there."""

    @cached_property
    def seq(self) -> int:
        """The id of the batch. Its row is added when the id is first asked for: a batch without changes has none."""
        seq = self.next_id(tables.BATCH)
        return self.add(tables.BATCH, id=seq, deed=self.deed, at=self.at)

    def next_id(self, table: Table) -> int:
        """The id of the next row of a table; nobody else can add one while the transaction is open."""
        if table.name not in self._next:
            self._next[table.name] = (self.connection.scalar(select(func.max(table.c.id))) or 0) + 1
        self._next[table.name] += 1
        return self._next[table.name] - 1

    def add(self, table: Table, **values: object) -> int:
        """Add a row; its id."""
        return self.add_all(table, [values])[0]

    def add_all(self, table: Table, rows: Sequence[Mapping[str, object]]) -> list[int]:
        """Add rows with the same columns; their ids. Plan and batch are filled in, and the id where none is given."""
        filled: dict[str, int] = {"plan": self.register.plan} if "plan" in table.c else {}
        if rows and "batch" in table.c:
            filled["batch"] = self.seq
        made = [{"id": self.next_id(table), **filled, **row} if "id" not in row else {**filled, **row} for row in rows]
        if made:
            columns = _list_columns(table)
            texts = [show_zeros(tuple([row.get(name, default) for name, default in columns])) for row in made]
            self.register.database.add_rows(self.connection, table, texts)
            self.seals.note(table.name, texts)
        return [int(str(row["id"])) for row in made]

    def next_number(self, stem: str) -> str:
        """The number of the next return of this stem: `DA-2` where one of DA came before."""
        if _NUMBERED not in self._next:
            r = tables.RETURN.c
            numbers = self.connection.scalars(select(r.number).where(r.plan == self.register.plan))
            stems = Counter(f"number {known.rpartition('-')[0].casefold()}" for known in numbers)
            self._next |= {_NUMBERED: 1, **stems}
        name = f"number {stem.casefold()}"
        self._next[name] = self._next.get(name, 0) + 1
        return f"{stem}-{self._next[name]}"

    def add_value(self, key: Key, value: str, scope: str, round_code: str, **source: int | None) -> None:
        """Add a value that stands from now on; `source`: the id of its entry or settlement."""
        self.add_all(tables.VALUE, [make_value_row(key, value, scope, round_code, **source)])

    def add_document(self, document: Document, layout: str, base: str) -> int:
        """Add a document, and its layout if no other document had it; the id of the document."""
        sha = sha_of(layout)
        if sha not in self._layouts and not self.register.read(_HAS_LAYOUT, sha=sha):
            self.connection.execute(insert(tables.LAYOUT), {"sha": sha, "text": layout})
        self._layouts.add(sha)
        return self.add(
            tables.DOCUMENT,
            reference=document.reference,
            kind=document.kind,
            round=document.round,
            subgroup=document.subgroup,
            layout=sha,
            base=base,
            signature=document.signature,
            created=document.created,
            supersedes=document.supersedes,
            answers_return=document.answers_return,
        )

    def add_mail(self, mail: Mail) -> int:
        """The id of an e-mail, which is added if it is not there, with the one that it was attached to."""
        m = tables.MAIL.c
        outer = self.add_mail(mail.attached_to) if mail.attached_to else None
        known = select(m.id).where(m.plan == self.register.plan, m.sha256 == mail.sha256, m.attached_to.is_(outer))
        known = known.where(m.body == MASK if mail.is_masked else m.body != MASK)
        for (found,) in self.connection.execute(known):
            return int(found)
        told = {"sent_by": mail.sent_by, "sent_at": mail.sent_at, "subject": mail.subject, "body": mail.body}
        return self.add(tables.MAIL, sha256=mail.sha256, **told, attached_to=outer)

    def history(self, rounds: Collection[str] | None = None) -> History:
        """The history, with what this batch has recorded so far.

        `rounds`: the codes of those whose answers are wanted beside all that stands until it is changed; None: of all.
        """
        return self.register.history(*([] if rounds is None else [is_standing_or_of(rounds)]))


def is_standing_or_of(rounds: Collection[str]) -> ColumnElement[bool]:
    """That a value stands until it is changed, or is an answer for one of these rounds (codes)."""
    v = tables.VALUE.c
    return or_(v.scope != "round", v.round.in_(rounds))


def show_zeros(row: tuple[object, ...]) -> tuple[object, ...]:
    """A row in which a NUL in a text is its picture (\u2400), as it is wherever it goes out: no server holds a NUL."""
    if any("\0" in value for value in row if value.__class__ is str):
        return tuple(value.replace("\0", "\u2400") if isinstance(value, str) else value for value in row)
    return row


@cache
def _list_columns(table: Table) -> Sequence[tuple[str, object]]:
    """The name of each column of a table, and its default (None: it has none)."""
    return [(column.name, getattr(column.default, "arg", None)) for column in table.columns]


def make_value_row(key: Key, value: str, scope: str, round_code: str, **source: int | None) -> dict[str, object]:
    """A row of the value table; `source`: entry, settlement, withdrawal; None where none."""
    place: dict[str, object] = {"record": key.record, "ref": key.ref, "field": key.field}
    return {
        **place,
        "value": value,
        "scope": scope,
        "round": round_code,
        "entry": None,
        "settlement": None,
        "withdrawal": None,
        **source,
    }
