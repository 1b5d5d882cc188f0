"""Takes texts out of what a document went out with: of a cell by its fact, of the rest by what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Column, Row, Sheet
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.text import REDACTED, plain
from plan_sheets.store.register.redacting.typed import Sender, TypedTexts, has_words, is_free, is_word, mention
from plan_sheets.store.schemas import load_records


@dataclass(frozen=True, slots=True)
class Told:
    """What the register told of the returns that are meant."""

    queries: Collection[int]
    """The ids of the queries that came by them."""
    sentences: dict[str, str]
    """The sentences of their findings and queries, and what became of them."""
    of_mails: set[str]
    """Those of the findings about their e-mails: they may stand with another file that came in the same one."""
    companions: frozenset[str]
    """The numbers of the other returns that came in the same e-mails."""


def redact_base(document: Document, base: str, typed: TypedTexts, told: Told) -> str:
    """The base of a document without these texts; the same text if it holds none of them."""
    kept = json.loads(base)
    news = redact_text(kept, typed)
    here = typed.without_shared(document.round)
    for sheet, was, rows in zip(document.sheets, kept["sheets"], news["sheets"], strict=True):
        rows["lines"] = _redact_lines(rows["lines"], here)
        if looks := was.get("looks"):  # how a line looks says what it said
            rows["looks"] = {at: look for at, look in looks.items() if rows["lines"][int(at)] == was["lines"][int(at)]}
        for row, texts in zip(sheet.rows, rows["rows"], strict=True):
            texts["cells"] = _redact_row(document, sheet, row, texts["cells"], here, told)
            if document.answers_return is not None:
                _redact_carried_over(document, sheet, row, texts, here)
    return base if news == kept else json.dumps(news, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _redact_carried_over(document: Document, sheet: Sheet, row: Row, texts: dict[str, Any], typed: TypedTexts) -> None:
    """Take out of a row of a feedback workbook what was typed in the return that it answers, and what quotes it."""
    is_own = typed.is_of_returns and document.answers_return in typed.returns
    for at, column in enumerate(sheet.columns):
        name, cell, about = column.field.name, texts["cells"][at], row.answer or column.field
        if name in row.issued and isinstance(cell, str) and cell and not is_word(about, cell):
            typed_here = is_own or (about.new_rows and plain(cell) in typed.all_texts)
            texts["cells"][at] = REDACTED if typed_here else cell
        if name in row.issued and typed.is_of(document.key_of(row, column), row.issued[name]):
            texts["issued"][name] = REDACTED
        tells = column.field.record == "mend" or (row.marks and column.field.scope == "derived")
        if tells and isinstance(cell, str) and (is_own or any(has_words(cell, text) for text in typed.all_texts)):
            texts["cells"][at] = REDACTED
    for name, words in row.marks.items():
        if is_own or any(has_words(words, text) for text in typed.all_texts):
            texts["marks"][name] = REDACTED


def redact_text(value: Any, typed: TypedTexts) -> Any:
    """A value of JSON, redacted where a text that tells somebody stands; lines of a paragraph are read together."""
    if isinstance(value, str):
        return REDACTED if typed.holds(value) else value
    if isinstance(value, list):
        lines = [line for line in value if isinstance(line, str)]
        folded = len(lines) == len(value) > 1 and typed.holds(" ".join(lines)) and not any(map(typed.holds, lines))
        return [REDACTED] * len(value) if folded else [redact_text(part, typed) for part in value]
    if isinstance(value, dict):
        return {name: redact_text(part, typed) for name, part in value.items()}
    return value


def _redact_lines(lines: Sequence[str], typed: TypedTexts) -> list[str]:
    """The lines above a table; one that quotes what was typed about a ref that it names goes."""
    return [REDACTED if typed.quotes(find_mentioned(typed, line), line) else line for line in lines]


def find_mentioned(typed: TypedTexts, text: str) -> list[Key]:
    """The facts that were typed about the refs that a text names."""
    return [key for ref, keys in typed.refs.items() if ref and mention(ref).search(text) for key in keys]


def _redact_row(
    document: Document, sheet: Sheet, row: Row, cells: Sequence[Any], typed: TypedTexts, told: Told
) -> list[Any]:
    """The cells of a row, as JSON has them. One that only says why it is blank is no text, and stays."""
    if document.kind == "officer" and typed.is_of_returns and sheet.name in _OF_RETURNS:
        names = [column.field.name for column in sheet.columns]
        texts = {name: cell if isinstance(cell, str) else "" for name, cell in zip(names, cells, strict=True)}
        news = texts | _redact_row_of_returns(sheet.name, texts, typed, told)
        return [cell if news[name] == texts[name] else news[name] for name, cell in zip(names, cells, strict=True)]
    if typed.is_of_returns and any(column.field.record == "signed" for column in sheet.columns):
        names = [column.field.name for column in sheet.columns]
        return [*map(_redact_signed(dict(zip(names, cells, strict=True)), typed).get, names)]
    said = "\n".join([row.ref, *(cell for cell in cells if isinstance(cell, str))])
    mentioned = find_mentioned(typed, said)
    quoted = {words for key in mentioned for words in typed.by_key[key]}
    if document.kind == "officer" and any(mention(sender.number).search(said) for sender in typed.senders):
        quoted |= typed.all_texts
    proposes = document.kind == "officer" and any(column.field.name == "proposed_by" for column in sheet.columns)
    meant = typed.senders if mentioned and typed.is_of_returns else ()
    senders = [sender for sender in meant if proposes or _is_by(sender, said)]
    return [
        REDACTED
        if isinstance(cell, str)
        and (_goes(document.key_of(row, column), column, cell, quoted, typed) or _names(senders, column, cell))
        else cell
        for column, cell in zip(sheet.columns, cells, strict=True)
    ]


def _is_by(sender: Sender, said: str) -> bool:
    """Whether a row says that something came in this return: it names its file, and its subgroup."""
    whose = not sender.title or has_words(said, sender.title) or has_words(said, sender.subgroup)
    return whose and has_words(said, sender.file)


def _names(senders: Iterable[Sender], column: Column, cell: str) -> bool:
    """Whether a cell that the tool made names one of these returns by what was typed."""
    return column.field.scope == "derived" and any(_without_names(sender, cell) != cell for sender in senders)


def _without_names(sender: Sender, cell: str) -> str:
    """A text about this return without the name of its file, and of whoever completed it."""
    names = [sender.completed_by, "" if sender.is_ours else sender.file]
    for name in filter(None, names):
        cell = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", REDACTED, cell)
    return cell


def _redact_signed(cells: Mapping[str, Any], typed: TypedTexts) -> dict[str, Any]:
    """The cells of a row of the master that tells who completed and signed a return, by field: of one that is meant."""
    if all(sender.number != cells["number"] for sender in typed.senders):
        return {**cells}
    waived = str(cells["waived"])
    quotes = typed.holds(waived) or any(has_words(waived, text) for text in typed.all_texts)
    goes = ("completed_by", "second_name", *(["waived"] * quotes))
    return {name: REDACTED if name in goes and isinstance(cell, str) and cell else cell for name, cell in cells.items()}


_OF_RETURNS = ("Returns", "Queries", "Held files", "Findings")
"""The sheets of the officer's workbook whose rows tell of returns, by their numbers."""


def _redact_row_of_returns(name: str, texts: Mapping[str, str], typed: TypedTexts, told: Told) -> dict[str, str]:
    """The cells that change in a row of one of these sheets (its `name`), by field."""
    if name == "Returns":
        return _redact_return(texts, typed, told)
    if name == "Held files":
        return _redact_held(texts, typed)
    return _redact_query(texts, typed, told) if name == "Queries" else _redact_finding(texts, typed, told)


def _redact_held(texts: Mapping[str, str], typed: TypedTexts) -> dict[str, str]:
    """A row of the sheet Held files: all of it that tells of a file that is meant."""
    sender = next((sender for sender in typed.senders if sender.number == texts["ref"]), None)
    names = ("sent_by", "why", "says", "aside", "aside_by") if sender else ()
    file = {"name": f"{REDACTED}{PurePath(sender.file).suffix}"} if sender else {}
    return {**file, **{name: REDACTED for name in names if texts[name]}}


def _redact_return(texts: Mapping[str, str], typed: TypedTexts, told: Told) -> dict[str, str]:
    """A row of the sheet Returns: of several returns of one subgroup only what the ones meant, and their mail, said."""
    numbers = texts["number"].split(", ")
    mine = [sender for sender in typed.senders if sender.number in numbers]
    completed_by, message = texts["completed_by"], texts["message"]
    for sender in mine:
        completed_by = _without_names(sender, completed_by)
    for sender in typed.senders if mine or not told.companions.isdisjoint(numbers) else ():
        for written in sorted(filter(None, map(str.strip, sender.messages)), key=len, reverse=True):
            message = message.replace(written, REDACTED)
    return {"completed_by": completed_by, "message": REDACTED if message and len(mine) == len(numbers) else message}


def _redact_query(texts: Mapping[str, str], typed: TypedTexts, told: Told) -> dict[str, str]:
    """A row of the sheet Queries: what was returned, or what stands, if that came in a return that is meant."""
    if texts["ref"] not in map(str, told.queries):
        about = find_mentioned(typed, texts["about"])
        quoting = {name: texts[name] for name in ("head", "why") if typed.quotes(about, texts[name])}
        return dict.fromkeys(quoting, REDACTED)
    sender = next((sender for sender in typed.senders if texts["returned_from"].startswith(f"{sender.number}, ")), None)
    return {
        "why": told.sentences.get(texts["why"], REDACTED),
        "returned": REDACTED if texts["returned"] else "",
        "returned_from": _without_names(sender, texts["returned_from"]) if sender else REDACTED,
    }


def _redact_finding(texts: Mapping[str, str], typed: TypedTexts, told: Told) -> dict[str, str]:
    """A row of the sheet Findings: all of it that tells what came in a return that is meant."""
    sender = next((sender for sender in typed.senders if texts["file"].startswith(f"{sender.number}: ")), None)
    beside = texts["file"].partition(": ")[0] in told.companions
    if sender is None and not (beside and texts["message"] in told.of_mails):
        quotes = typed.quotes(find_mentioned(typed, texts["about"]), texts["message"])
        return {"message": REDACTED} if quotes else {}
    known = plain(texts["sheet"]) in typed.known or not texts["sheet"]
    file = f"{sender.number}: {REDACTED}{PurePath(sender.file).suffix}" if sender else texts["file"]
    return {
        "file": texts["file"] if sender and sender.is_ours else file,
        "sheet": texts["sheet"] if known else REDACTED,
        "entered": REDACTED if texts["entered"] else "",
        "message": told.sentences.get(texts["message"], REDACTED),
    }


def _goes(key: Key, column: Column, cell: str, quoted: Collection[str], typed: TypedTexts) -> bool:
    """Whether a cell goes. Of another fact that somebody typed it stays; what the tool tells goes if it quotes.

    Under a heading of its own a column tells more than its fact: `Action owner and subgroup`.
    """
    if typed.is_of(key, cell) or (column.heading != column.field.title and typed.quotes([key], cell)):
        return True
    field = load_records().get(key.record, {}).get(key.field)
    if (field is not None and field.scope != "derived") or not is_free(column.field):
        return False
    return any(has_words(cell, words) for words in quoted)
