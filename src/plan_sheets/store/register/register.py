"""The register: the only database connection. It keeps everything in order and decides nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Table, case, func, insert, select

from plan_sheets.core.book.document import Document, DocumentFacts, book_from
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import SAID, Held, History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery, QueryCell
from plan_sheets.core.model.rounds import first_open
from plan_sheets.store.register import statements, tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.engines import sqlite
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.safe.transaction import Transaction, check_not_replaced, hold
from plan_sheets.store.register.safe.versions import check_version
from plan_sheets.store.register.settling.subjects import NAME_SUBJECT, OFFICE, choose_name
from plan_sheets.store.register.withdrawals import describe_withdrawal, withdrawals

FILE = sqlite.FILE
"""The name of a register's file in a plan folder."""
_NO_BACKUP = ("redact",)
"""The deeds before which no backup is made: it would hold what is taken out."""


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round that was issued: its code, and return-by and issue dates (ISO)."""

    code: str
    return_by: str
    issued: str
    extended: Mapping[str, str] = field(default_factory=dict)
    """The return-by date of each subgroup for which it is another one, by its code."""

    def due_from(self, subgroup: str) -> str:
        """By when the workbook of a subgroup shall be back (ISO)."""
        return self.extended.get(subgroup, self.return_by)


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """A file that was received, as the register recorded it."""

    id: int
    number: str
    """Short, and its own in the plan: `DA-1`."""
    sha256: str
    file: str
    kind: str
    verdict: str
    document: int | None
    replaces: int | None
    answers_sha: str
    saved_by: str
    completed_by: str
    form: str
    received: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """The facts of a row of the table of returns."""
        return cls(*(getattr(row, name) for name in cls.__slots__))


class Register:
    """The part of a register that belongs to one plan. It can be read at any time, and is written to in a `batch`."""

    def __init__(self, database: Database, plan: int, secret: bytes, known: object = None) -> None:
        self.database = database
        self.plan = plan
        self.secret = secret
        self.not_backed_up: PlanSheetsError | None = None
        """Why the backup of the day could not be made when something was recorded; None if nothing was wrong."""
        self._known = known
        self._writing: Transaction | None = None
        self._reading: Connection | None = None
        self._layouts: dict[str, str] = {}
        self._next_ids: dict[str, int] = {}

    @classmethod
    def create(cls, place: Path | Database, plan_key: str, secret: bytes) -> Self:
        """Make a plan in a register, which is made as well if need be. `secret`: 32 bytes, which sign."""
        with cls.founding(place, plan_key, secret):
            pass
        return cls.open(place, plan_key)

    @classmethod
    @contextmanager
    def founding(cls, place: Path | Database, plan_key: str, secret: bytes) -> Iterator[Self]:
        """Make a plan, and record in the same transaction all that is recorded meanwhile: all of it, or nothing.

        `place`: the path of a file, or any other database. Raises PlanSheetsError if the register there holds a plan of
        this key already.
        """
        database = _as_database(place)
        database.prepare()
        register = cls(database, 0, secret, database.identify(None))
        with register._transaction() as opened:
            connection = opened.connection
            if not database.has_tables(connection):
                database.make_tables(connection)
            register._known = database.identify(connection)
            p = tables.PLAN.c
            if connection.scalar(select(p.id).where(p.key == plan_key)):
                raise database.say_held_already()
            register.plan = 1 + (connection.scalar(select(func.max(p.id))) or 0)
            connection.execute(insert(tables.PLAN).values(id=register.plan, key=plan_key, secret=secret))
            opened.seals.note(tables.PLAN.name, [(register.plan, plan_key, secret)])
            yield register

    @classmethod
    def open(cls, place: Path | Database, plan_key: str | None = None) -> Self:
        """Open the plan of this key; None: the only plan. Raises PlanSheetsError if this version cannot read it.

        `place`: the path of a file, or any other database.
        """
        database = _as_database(place)
        database.check_there()
        with database.explain(), database.connect() as connection:
            if not database.has_tables(connection):
                raise database.say_no_register()
            check_version(database, connection)
            plans = connection.execute(select(tables.PLAN)).all()
            known = database.identify(connection)
        chosen = [plan for plan in plans if plan_key in (None, plan.key)]
        if len(chosen) != 1:
            raise PlanSheetsError(f"{database.name} holds {len(plans)} plans.", "Say which with its key.")
        database.check_plan(chosen[0].secret)
        return cls(database, chosen[0].id, chosen[0].secret, known)

    @classmethod
    def over(cls, copy: sqlite3.Connection) -> Self:
        """The first plan of a register in memory, to be read. Raises sqlite3.Error, LookupError if there is none."""
        plans = copy.execute("SELECT id, secret FROM plan ORDER BY id").fetchall()
        return cls(sqlite.MemoryCopy(copy), *plans[0])

    def check_same(self, connection: Connection) -> None:
        """Raise PlanSheetsError if another register is there than when it was opened. `connection`: to its database."""
        check_not_replaced(self.database, self._known, connection)

    def close(self) -> None:
        """Give back what is held open."""
        self.database.close()

    @contextmanager
    def batch(self, deed: str, at: str, *, dry_run: bool = False) -> Iterator[Batch]:
        """Record all that is added meanwhile in one transaction, or nothing of it. `at`: the time, ISO.

        `dry_run`: nothing is recorded in any case. Nobody else can write meanwhile, so what is read within it is what
        stands. The files that it makes are in their places when it ends. A batch within a batch is part of the same
        transaction. Raises PlanSheetsError.
        """
        with (
            nullcontext(self._writing)
            if self._writing
            else self._transaction("" if deed in _NO_BACKUP else at[:10], dry_run=dry_run) as opened
        ):
            yield Batch(self, opened, deed, at, self._next_ids)

    @contextmanager
    def _transaction(self, day: str = "", *, dry_run: bool = False) -> Iterator[Transaction]:
        """Hold the write lock of the register: see `hold`."""
        try:
            with hold(self.database, self._known, day, dry_run=dry_run) as opened:
                self._writing, self._next_ids = opened, {}
                yield opened
            self.not_backed_up = opened.not_backed_up or self.not_backed_up
        finally:
            self._writing = None

    @contextmanager
    def held_open(self) -> Iterator[None]:
        """Read over one connection meanwhile: to make a connection costs more than most reads."""
        with self.database.explain(), self.database.connect() as connection:
            before, self._reading = self._reading, connection
            try:
                yield
            finally:
                self._reading = before

    @contextmanager
    def as_it_stands(self) -> Iterator[None]:
        """Read the register as it stood at one moment meanwhile. Whoever writes may wait for the end: be quick."""
        with self.held_open(), self.database.explain():
            if self._reading is not None:
                self.database.read_one_moment(self._reading)
            yield

    def read(self, statement: Any, **bound: object) -> Sequence[Any]:
        """The rows of a select, with the values `bound` to its names; within a batch, with what it has recorded so far.

        Raises PlanSheetsError if the register cannot be read.
        """
        connection = self._writing.connection if self._writing else self._reading
        with self.database.explain():
            if connection is not None:
                return connection.execute(statement, bound).all()
            with self.database.connect() as fresh:
                return fresh.execute(statement, bound).all()

    def history(self, *conditions: ColumnElement[bool], **where: object) -> History:
        """Every value that meets all conditions, with its source. `where`: as `tables.hold` takes it."""
        v, e, r, s, d = tables.VALUE, tables.ENTRY, tables.RETURN, tables.SETTLEMENT, tables.DOCUMENT
        w = withdrawals()
        joined = v.outerjoin(e, v.c.entry == e.c.id).outerjoin(s, v.c.settlement == s.c.id)
        joined = joined.outerjoin(r, r.c.id == func.coalesce(e.c.return_id, s.c.return_id)).outerjoin(
            d, r.c.document == d.c.id
        )
        joined = joined.outerjoin(w, v.c.withdrawal == w.c.id)
        columns = (v.c.record, v.c.ref, v.c.field, v.c.value, v.c.scope, v.c.round, v.c.id)
        who = func.coalesce(func.nullif(e.c.by, ""), r.c.completed_by)
        kind = case((e.c.by != "", SAID), else_=r.c.kind)
        origin = (kind, who, r.c.file, r.c.received, d.c.subgroup, r.c.id, r.c.document, s.c.by)
        chosen = (
            select(*columns, *origin, w.c.number, w.c.at, w.c.reason).select_from(joined).where(v.c.plan == self.plan)
        )
        chosen = chosen.where(*conditions, *tables.hold(v, where))
        late, source = self.late_names(), cache(_read_source)
        return History.of(
            Held(Key(record, ref, field), value, scope, round_code, seq, source(tuple(rest), late.get(rest[5], "")))
            for record, ref, field, value, scope, round_code, seq, *rest in self.read(chosen)
        )

    def rounds(self) -> list[RoundFacts]:
        """The rounds issued, oldest first; the return-by date is the one last given: to all, or to a subgroup."""
        t = tables.ROUND
        last: dict[str, RoundFacts] = {}
        for row in self.read(select(t).where(t.c.plan == self.plan).order_by(t.c.id)):
            known = last.get(row.code) or RoundFacts(row.code, row.return_by, row.issued)
            if row.subgroup:
                extended = {**known.extended, row.subgroup: row.return_by}
                last[row.code] = replace(known, extended=extended)
            else:
                last[row.code] = replace(known, return_by=row.return_by, extended={})
        return sorted(last.values(), key=lambda row: row.code)

    def documents(self, **where: object) -> list[Document]:
        """Documents whose columns hold these values, oldest first."""
        return [
            Document(
                *(row.reference, row.kind, row.round, row.subgroup, row.signature),
                book_from(self._layout(row.layout), row.base),
                *(row.created, row.id, row.supersedes, row.answers_return),
            )
            for row in self._rows(tables.DOCUMENT, **where)
        ]

    def _layout(self, sha: str) -> str:
        """The text of the layout with this SHA-256; it is read once, because documents of one shape share it."""
        if sha not in self._layouts:
            t = tables.LAYOUT
            self._layouts[sha] = self.read(select(t.c.text).where(t.c.sha == sha))[0].text
        return self._layouts[sha]

    def last_batch(self) -> int:
        """The id of the last batch, 0 if there is none: another id than before means that the register has changed."""
        b = tables.BATCH
        return int(self.read(select(func.coalesce(func.max(b.c.id), 0)))[0][0])

    def last_recorded(self) -> str:
        """When anything was said last, by the clock of whoever recorded it, the latest of all (ISO); "" if nothing."""
        b = tables.BATCH.c
        said = select(func.coalesce(func.max(b.at), "")).where(b.plan == self.plan, b.deed.not_in(tables.MAKES_A_FILE))
        return str(self.read(said)[0][0])

    def closed_through(self) -> str:
        """The code of the last round that is closed, for a master of it was handed over; "" if none is."""
        e, d = tables.EDITION, tables.DOCUMENT
        chosen = select(func.coalesce(func.max(d.c.round), "")).select_from(e.join(d, e.c.document == d.c.id))
        return str(self.read(chosen.where(e.c.plan == self.plan))[0][0])

    def first_open(self) -> str:
        """The code of the round to which what the plan changes belongs: see `rounds.first_open`."""
        return first_open((issued.code for issued in self.rounds()), self.closed_through())

    def last_document(self) -> int:
        """The id of the document that went out last; 0 if none did."""
        d = tables.DOCUMENT.c
        return int(self.read(select(func.coalesce(func.max(d.id), 0)).where(d.plan == self.plan))[0][0])

    def document_facts(self, kind: str = "", round_code: str = "", *, after: int = 0) -> dict[int, DocumentFacts]:
        """Every document that went out, by its id, oldest first; or those of a kind and a round ("": before any).

        `after`: only those that went out after the document of this id.
        """
        d = tables.DOCUMENT
        names = "id", "reference", "kind", "round", "subgroup", "created", "signature", "supersedes", "answers_return"
        chosen = select(*(d.c[name] for name in names))
        chosen = chosen.where(d.c.plan == self.plan, d.c.id > after)
        chosen = chosen.where(d.c.kind == kind, d.c.round == round_code) if kind else chosen
        return {row.id: DocumentFacts(*row) for row in self.read(chosen.order_by(d.c.id))}

    def returns(self, **where: object) -> list[ReturnFacts]:
        """Everything received whose columns hold these values, oldest first."""
        return [ReturnFacts.of(row) for row in self._rows(tables.RETURN, **where)]

    def returns_standing(self, document: int) -> list[ReturnFacts]:
        """The returns of a document (its id) that were merged and that no later one replaces, oldest first."""
        found = self.read(statements.returns_standing(), plan=self.plan, document=document)
        return [ReturnFacts.of(row) for row in found]

    def next_bases(self, return_id: int) -> dict[Key, str]:
        """The text that each cell of a return (its id) counts as having had: a correction is compared with it."""
        entries = self.read(statements.next_bases(), plan=self.plan, return_id=return_id)
        return {Key(*place): base for *place, base in entries}

    def settled_subjects(self) -> frozenset[str]:
        """The subject of everything that was ever settled: queries and proposals."""
        return frozenset(subject for (subject,) in self.read(statements.settled_subjects(), plan=self.plan))

    def late_names(self) -> dict[int, str]:
        """Who settled what was settled in a return (its id) without a name, where that was said afterwards."""
        named = self.read(statements.late_names(), plan=self.plan)
        return {int(subject.removeprefix(NAME_SUBJECT)): by for subject, by in named}

    def name_settler(self, by: str, return_id: int) -> str:
        """Who settled something in a return: `by`, or the name that was given late where that is nobody's."""
        return choose_name(by, return_id, self.late_names())

    def open_queries(self, **where: object) -> list[OpenQuery]:
        """Every query that nobody has settled, oldest first; `where`: columns of the return that it came by."""
        queries, of_queries = statements.open_queries_by(*where)
        if not (found := self.read(queries, plan=self.plan, **where)):
            return []
        cells: dict[int, list[QueryCell]] = {}
        for cell in self.read(of_queries, plan=self.plan, **where):
            key = Key(cell.record, cell.ref, cell.field)
            cells.setdefault(cell.query, []).append(
                QueryCell(key, cell.scope, cell.round, cell.head, cell.returned, cell.address)
            )
        return [
            OpenQuery(q.id, q.code, q.round, q.subgroup, q.message, tuple(cells.get(q.id, ())), q.return_id)
            for q in found
        ]

    def find_return(self, name: str) -> ReturnFacts:
        """The return whose number is `name`, or whose SHA-256 begins so. Raises PlanSheetsError if it is not one.

        Capital letters make no difference. Of a file that was received several times it is the last.
        """
        found = self.read(statements.returns_named(name.lower()), plan=self.plan) if name else ()
        chosen = [ReturnFacts.of(row) for row in found]
        if len({row.sha256 for row in chosen}) != 1:
            raise PlanSheetsError(
                f"There is no return '{name}'.",
                "Give its number (DA-1) as `receive`, `status` and `trace` print it, or the beginning of its SHA-256. "
                "Nothing was changed.",
            )
        return chosen[-1]

    def set_aside(self, verdict: str) -> list[ReturnFacts]:
        """Files whose last verdict was this one (held, refused): none that was accepted since."""
        return [ReturnFacts.of(row) for row in self.read(statements.set_aside(), plan=self.plan, verdict=verdict)]

    def _rows(self, table: Table, **where: object) -> Sequence[Any]:
        """Every row of a table of this plan whose columns hold these values, oldest first."""
        return self.read(statements.rows_by(table, *where), plan=self.plan, **where)

    def outputs(self) -> Mapping[str, frozenset[str]]:
        """SHA-256 of every version of every file that the tool made, by path within the plan folder."""
        found: dict[str, frozenset[str]] = {}
        for file in self._rows(tables.OUTPUT):
            found[file.path] = found.get(file.path, frozenset()) | {file.sha256}
        return found


def _as_database(place: Path | Database) -> Database:
    return sqlite.SqliteFile(place) if isinstance(place, Path) else place


def _read_source(origin: tuple[Any, ...], late: str) -> Source:
    """Where a value came from: a return, or a settlement in one. `origin`: columns as `history` selects them.

    `late`: the name that was given later for what the officer settled without one; "" if none was. What somebody said
    to the officer stays with whoever said it.
    """
    kind, completed_by, file, received, subgroup, return_id, document, by, number, at, reason = origin
    if number and not return_id:
        kind, received = "officer", at
    is_late = late and (by == OFFICE or (by is None and kind != SAID))
    who = late if is_late else by or completed_by
    named = (kind or "", who or "", file or "", received or "", subgroup or "")
    withdrawn = describe_withdrawal(number, at, reason) if number else ""
    return Source(*named, return_id or 0, document or 0, by is not None, withdrawn)
