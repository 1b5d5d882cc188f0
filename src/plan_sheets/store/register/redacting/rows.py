"""Takes texts out of a register for good: the one exception to its rule that nothing is ever changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, update

from plan_sheets.core.book.layout import as_text
from plan_sheets.core.model.findings import Outcome
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import QUOTING
from plan_sheets.core.model.text import REDACTED, plain
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.redacting.base import Told, redact_base
from plan_sheets.store.register.redacting.sentences import redact_sentence
from plan_sheets.store.register.redacting.typed import TypedTexts, has_words, is_word
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.safe.seal import seal_anew
from plan_sheets.store.register.settling.subjects import FILE_SUBJECT, QUERY_SUBJECT
from plan_sheets.store.register.withdrawals import OF_WITHDRAWN
from plan_sheets.store.schemas import load_records

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mail": ("sent_by", "subject", "body"),
    "return": ("file", "completed_by", "form"),
    "entry": ("entered", "tidied", "compared", "next_base", "head", "sheet", "by"),
    "value": ("value",),
    "finding": ("entered", "message", "mend", "sheet"),
    "query": ("message",),
    "query_cell": ("head", "returned", "address"),
    "settlement": ("typed", "by"),
    "document": ("base",),
    "withdrawal": ("reason",),
    "redaction": ("reason",),
}
"""The columns that may hold what somebody typed, by table."""
_CHANGED = (*COLUMNS, tables.SEAL.name)
"""The tables of which rows are changed."""


_OF_MAIL = "mail_"
"""How the codes of the findings begin that are about an e-mail: one file of those that came in it has them."""


@dataclass(frozen=True, slots=True)
class RedactedRows:
    """What became of the rows of a register."""

    count: int
    """How many were changed."""
    holding: Collection[int]
    """The ids of the returns in whose cells or name anything was taken out."""


@dataclass(slots=True)
class _Rows:
    """The rows of the register, and what is known of where they came from."""

    batch: Batch
    typed: TypedTexts
    mails: frozenset[int]
    """The ids of the e-mails that the returns came in in which any of it was typed."""
    came_in_them: frozenset[int]
    """The ids of all returns that came in these e-mails: any of them may have a finding that quotes one."""
    by_query: Mapping[int, Collection[Key]]
    by_settlement: Mapping[int, Collection[Key]]
    """The facts that a query, or a settlement, is about."""
    came_by: Mapping[str, Mapping[int, int | None]]
    """The return (its id) by which each query (its id), each entry, and what each settlement makes stand came."""
    settled: frozenset[int]
    """The ids of the settlements in which the officer typed something."""
    about_files: frozenset[int]
    """The ids of the settlements that say why a file that is meant was put aside."""
    told: Told
    corrections: Mapping[int, int]
    """The document (its id) of each return that takes the place of an earlier one, by its id."""
    issued: dict[int, set[tuple[Key, str]]] = field(default_factory=dict)
    """The texts that such a document went out with, by its id."""
    holding: set[int] = field(default_factory=set)
    """The ids of the returns whose cells held it."""

    @classmethod
    def of(cls, batch: Batch, typed: TypedTexts) -> _Rows:
        """The rows as they stand."""
        read, r, m, c, v, s = (
            batch.connection.execute,
            tables.RETURN.c,
            tables.MAIL.c,
            tables.QUERY_CELL.c,
            tables.VALUE.c,
            tables.SETTLEMENT.c,
        )
        in_mail = dict(map(tuple, read(select(r.id, r.mail).where(r.mail.is_not(None)))))
        came_in = {mail for number, mail in in_mail.items() if number in typed.returns}
        came_in_them = frozenset(number for number, mail in in_mail.items() if mail in came_in)
        mails = frozenset(_add_outer(came_in, dict(map(tuple, read(select(m.id, m.attached_to))))))
        by_query = _gather(read(select(c.query, c.record, c.ref, c.field)))
        by_settlement = _gather(read(select(v.settlement, v.record, v.ref, v.field).where(v.settlement.is_not(None))))
        of = {"query": tables.QUERY, "entry": tables.ENTRY, "settlement": tables.SETTLEMENT}
        came_by = {name: dict(map(tuple, read(select(table.c.id, table.c.return_id)))) for name, table in of.items()}
        settled = frozenset(number for (number,) in read(select(s.id).where(s.typed != "")))
        for row in read(select(s.id, s.subject)):
            subject = row.subject.removeprefix(QUERY_SUBJECT)
            query = int(subject) if subject.isdigit() else 0
            by_settlement.setdefault(row.id, set()).update(by_query.get(query, ()))
            if row.id not in settled:  # what was taken came by the query, and not by the officer
                came_by["settlement"][row.id] = came_by["query"].get(query)
        own = typed.is_of_returns
        shas = read(select(r.sha256).where(r.id.in_(typed.returns if own else ())))
        files = {f"{FILE_SUBJECT}{sha}" for (sha,) in shas}
        about_files = frozenset(row.id for row in read(select(s.id, s.subject)) if row.subject in files)
        queries = frozenset(query for query, number in came_by["query"].items() if own and number in typed.returns)
        companions = select(r.number).where(r.id.in_(came_in_them - typed.returns))
        told = Told(queries, {}, set(), frozenset(number for (number,) in read(companions)))
        corrected = select(r.id, r.document).where(r.replaces.is_not(None), r.document.is_not(None))
        corrections = dict(map(tuple, read(corrected)))
        of_facts = by_query, by_settlement, came_by
        return cls(batch, typed, mails, came_in_them, *of_facts, settled, about_files, told, corrections)

    def redact(self, table: str, row: Any, column: str, value: str) -> str:
        """A text of a row without what has to go."""
        if table == "mail":
            return REDACTED if self._is_mail_to_go(row, column) else value
        if table == "return":
            return self._redact_return(row, column, value)
        if self._is_about_file(table, row) or self._is_own(table, row):
            return self._redact_own(table, row, column, value)
        if self.typed.holds(value):
            return REDACTED
        keys = self._keys_of(table, row)
        if self.typed.is_of_returns:
            here = self.typed.without_shared(getattr(row, "round", ""))
            goes = self._is_carried(table, row, column) and any(here.is_of(key, value) for key in keys)
            goes = goes or (column in ("message", "mend") and here.quotes(keys, value))
            return REDACTED if goes else value
        goes = any(self.typed.is_of(key, value) for key in keys)
        if column in ("message", "mend", "typed", "reason"):
            goes = goes or self.typed.quotes(keys, value)
        elif getattr(row, "code", "") in QUOTING and row.return_id in self.came_in_them:
            goes = goes or self._is_said_to_go(value)
        return REDACTED if goes else value

    def note_holding(self, table: str, row: Any, news: Mapping[str, str]) -> None:
        """Note the return of a row that changes, if its file held what goes: not where only others' words stood."""
        if table == "return" or (table == "entry" and not news.keys().isdisjoint(("entered", "tidied"))):
            self.holding.add(row.id if table == "return" else row.return_id)

    def _is_about_file(self, table: str, row: Any) -> bool:
        """Whether a row says why a file that is meant was put aside: a settlement, or what was typed to settle it."""
        if table == "settlement":
            return row.id in self.about_files
        of_held = self.typed.is_of_returns and getattr(row, "record", "") == "held"
        return of_held and row.ref in {sender.number for sender in self.typed.senders}

    def _is_own(self, table: str, row: Any) -> bool:
        """Whether a row tells what came in a return that is meant, or in the same e-mail beside its workbook."""
        if not self.typed.is_of_returns:
            return False
        if table == "value":
            of = "entry" if row.entry else "settlement"
            number = self.came_by[of].get(getattr(row, of))
        else:
            number = self.came_by["query"].get(row.query) if table == "query_cell" else getattr(row, "return_id", None)
        if table == "finding" and row.code.startswith(_OF_MAIL) and number in self.came_in_them:
            return True
        return number in self.typed.returns

    def _redact_own(self, table: str, row: Any, column: str, value: str) -> str:
        """A text of a row that tells what came in a return that is meant, or why it was put aside."""
        if self._is_about_file(table, row):
            return value if column in ("sheet", "by") else REDACTED
        if column == "message":
            if row.code.startswith(_OF_MAIL):
                self.told.of_mails.add(value)
            return self.told.sentences.setdefault(value, redact_sentence(row.code, value, self.typed.known))
        if column in ("sheet", "address"):
            sheet, mark, cell = value.rpartition("!") if column == "address" else (value, "", "")
            return value if plain(sheet.strip("'")) in self.typed.known else f"{REDACTED}{mark}{cell}"
        if table in ("finding", "settlement", "withdrawal"):
            return REDACTED
        key = Key(row.record, row.ref, row.field)
        if column in ("compared", "head") or (table == "entry" and row.outcome == Outcome.UNTOUCHED):
            return REDACTED if self.typed.is_of(key, value) or self.typed.holds(value) else value
        return value if is_word(load_records().get(key.record, {}).get(key.field), value) else REDACTED

    def _is_carried(self, table: str, row: Any, column: str) -> bool:
        """Whether a text of a row of somebody else is one that stood before, or that came back as it went out."""
        if table == "entry":
            return column in ("compared", "head") or (row.outcome == Outcome.UNTOUCHED and self._went_out(row))
        if table == "value":
            return row.entry is None and row.settlement not in self.settled
        return column == "head"

    def _went_out(self, row: Any) -> bool:
        """Whether an entry that says the same as before is as it went out; in a correction it may be typed again."""
        if (number := self.corrections.get(row.return_id)) is None:
            return True
        if number not in self.issued:
            document = self.batch.register.documents(id=number)[0]
            self.issued[number] = {
                (document.key_of(of, column), plain(as_text(content)))
                for sheet in document.sheets
                for of, column, content in sheet.cells()
            }
        return (Key(row.record, row.ref, row.field), plain(row.tidied)) in self.issued[number]

    def _keys_of(self, table: str, row: Any) -> Collection[Key]:
        """The facts that a row is about."""
        if table == "query":
            return self.by_query.get(row.id, ())
        if table == "settlement":
            return self.by_settlement.get(row.id, ())
        if table in ("withdrawal", "redaction") or getattr(row, "code", "") in OF_WITHDRAWN:
            # Why a return went may quote any answer in it.
            return [*self.typed.by_key] if getattr(row, "return_id", None) in self.typed.returns else ()
        return (Key(row.record, row.ref, row.field),)

    def _is_mail_to_go(self, row: Any, column: str) -> bool:
        """Whether a column of an e-mail goes: of a return all of it, of a ref what holds a text.

        A short text about a ref is looked for only in the e-mails that it came with.
        """
        came, said = row.id in self.mails, row.sent_by if column == "sent_by" else f"{row.subject}\n{row.body}"
        return self.typed.holds(said) or (came and self._is_said_to_go(said))

    def _is_said_to_go(self, said: str) -> bool:
        """Whether what an e-mail says goes, in which something came that has to go: see `_is_mail_to_go`."""
        return self.typed.is_of_returns or any(has_words(said, words) for words in self.typed.all_texts)

    def _redact_return(self, row: Any, column: str, value: str) -> str:
        """A text beside the cells of a return; of a file's name the ending stays, of a form what a list offers."""
        is_meant = self.typed.is_of_returns and row.id in self.typed.returns
        if column == "form":
            return _redact_form(value, self.typed, whole=is_meant)
        goes = is_meant or self.typed.holds(value)
        return REDACTED + (PurePath(value).suffix if column == "file" else "") if goes else value


def _add_outer(mails: set[int], outer: Mapping[int, int | None]) -> set[int]:
    """The ids of these e-mails and of those that they were attached to; `outer`: to which each was, None if to none."""
    above = {number for mail in mails if (number := outer[mail])}
    return mails | _add_outer(above, outer) if above else mails


def _gather(rows: Iterable[Any]) -> dict[int, set[Key]]:
    """The facts in rows of an id, record, ref and field, by id."""
    found: dict[int, set[Key]] = {}
    for number, *place in rows:
        found.setdefault(number, set()).add(Key(*place))
    return found


def _redact_form(value: str, typed: TypedTexts, *, whole: bool) -> str:
    """The answers of a form, as JSON; `whole`: all that were typed go."""
    answers, fields = json.loads(value), load_records()["form"]
    news = {
        name: REDACTED
        if answer and ((whole and not is_word(fields.get(name), answer)) or typed.holds(answer))
        else answer
        for name, answer in answers.items()
    }
    return value if news == answers else json.dumps(news, ensure_ascii=False)


def redact_rows(batch: Batch, typed: TypedTexts) -> RedactedRows:
    """Take these texts out of every table."""
    rows, changed = _Rows.of(batch, typed), dict[str, list[int]]()
    with batch.register.database.without_guards(batch.connection, _CHANGED):
        for name in COLUMNS:
            table = tables.METADATA.tables[name]
            for row, news in [*_list_changes(rows, name)]:
                batch.connection.execute(update(table).where(table.c.id == row.id).values(**news))
                rows.note_holding(name, row, news)
                changed.setdefault(name, []).append(row.id)
        seal_anew(batch.connection, batch.seals, changed)
    return RedactedRows(sum(map(len, changed.values())), rows.holding)


def _list_changes(rows: _Rows, name: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """Each row of a table that has to be changed, with its new texts."""
    if name == "document":
        yield from _list_documents(rows)
        return
    for row in rows.batch.connection.execute(select(tables.METADATA.tables[name])).all():
        texts = {column: getattr(row, column) for column in COLUMNS[name] if getattr(row, column)}
        news = {column: rows.redact(name, row, column, value) for column, value in texts.items()}
        if changes := {column: value for column, value in news.items() if value != texts[column]}:
            yield row, changes


def _list_documents(rows: _Rows) -> Iterator[tuple[Any, dict[str, str]]]:
    """Each document that has to be changed, with its new base."""
    d = tables.DOCUMENT.c
    bases = {row.id: row for row in rows.batch.connection.execute(select(d.id, d.base)).all()}
    for number in rows.batch.register.document_facts():
        document = rows.batch.register.documents(id=number)[0]
        news = redact_base(document, bases[number].base, rows.typed, rows.told)
        if news != bases[number].base:
            yield bases[number], {"base": news}


def record_redaction(batch: Batch, subject: str, reason: str, rows: int, shas: Iterable[str]) -> None:
    """Record that it was done, and which files (SHA-256) shall not be received again."""
    redaction = batch.add(tables.REDACTION, subject=subject, reason=reason, rows=rows)
    batch.add_all(tables.REDACTED_FILE, [{"redaction": redaction, "sha256": sha} for sha in shas])


def forget(register: Register) -> None:
    """Leave nothing of what was taken out on the disk of the register. Raises PlanSheetsError."""
    register.database.forget(_CHANGED)
