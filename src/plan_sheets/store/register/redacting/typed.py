"""What somebody typed that has to go: found by where it came from first, and then by what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import PurePath
from typing import NamedTuple

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail, split_body
from plan_sheets.core.model.text import REDACTED, plain
from plan_sheets.core.screening.around import find_kind
from plan_sheets.store.register.reads import (
    list_entries_typed,
    list_mails,
    list_reasons,
    list_said,
    list_settled_typed,
    list_texts_found,
)
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.schemas import load_records, load_screen

STEM = 60
"""Characters of a text by which a sentence that quotes it, perhaps in short, is known."""
LONG = 24
"""From how many characters on a text tells somebody, and is looked for wherever it is quoted: see `is_telling`."""
_NOTHING = {"", plain(REDACTED)}
_REF = re.compile(r"[A-Z]{1,4}\d{0,3}[a-z]?([./][A-Z]?\d{1,3})*")
_MOST_DIGITS = 8
"""Digits of a day, "31/03/2017"."""


class Sender(NamedTuple):
    """One return that is meant, as it is named elsewhere; another may be named in the same words."""

    number: str
    file: str
    is_ours: bool
    """Whether the file has the name under which it went out, so that nobody typed it."""
    completed_by: str
    subgroup: str
    title: str
    messages: tuple[str, ...]
    """What was written on its form, in its e-mail and beside its cells, as it came."""
    day: str
    """The day on which it came, in words."""

    def is_quoted(self, said: str) -> bool:
        """Whether a row that names this return by its number holds anything that was typed beside its cells."""
        if not re.search(rf"(?<![\w.-]){re.escape(self.number)}(?!\w)", said):
            return False
        names = (self.completed_by, "" if self.is_ours else self.file)
        return any(has_words(said, text) for text in (*names, *self.messages) if plain(text) not in _NOTHING)


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """What somebody typed, as it is looked for: see `plain`."""

    stems: frozenset[str]
    """The beginnings of texts that tell somebody: whatever holds one is redacted, wherever it stands."""
    by_key: Mapping[Key, frozenset[str]]
    """The texts, however short, by the fact that they were typed for: redacted where they stand for that fact."""
    returns: frozenset[int]
    """The ids of the returns in which any of it was typed."""
    is_of_returns: bool
    """Whether these returns are meant, with all beside their cells; else a ref is."""
    senders: tuple[Sender, ...] = ()
    """The returns in which any of it was typed."""
    known: frozenset[str] = frozenset()
    """What went out in the documents of these returns: names of sheets, headings, words of lists."""
    shared: Mapping[tuple[Key, str], frozenset[str]] = field(default_factory=dict)
    """What other returns, or the plan, said in the same words: the rounds (codes), "" where it stands in all."""

    def holds(self, value: str) -> bool:
        """Whether a text holds one that tells somebody."""
        compared = plain(value)
        return any(stem in compared for stem in self.stems)

    def is_of(self, key: Key, value: str) -> bool:
        """Whether this text was typed for this fact."""
        return plain(value) in self.by_key.get(key, ())

    def quotes(self, keys: Iterable[Key], value: str) -> bool:
        """Whether a sentence about these facts holds what was typed for one of them, as whole words."""
        return any(has_words(value, text) for key in keys for text in self.by_key.get(key, ()))

    def without_shared(self, code: str) -> TypedTexts:
        """The same without the short texts that somebody else said as well, as a document of this round shows them."""
        others = {(key, text) for (key, text), rounds in self.shared.items() if not rounds.isdisjoint(("", code))}
        if not others:
            return self
        left = {key: {text for text in texts if (key, text) not in others} for key, texts in self.by_key.items()}
        return replace(self, by_key={key: frozenset(texts) for key, texts in left.items() if texts})

    @property
    def all_texts(self) -> frozenset[str]:
        """Every text that was typed for a fact."""
        return frozenset().union(*self.by_key.values())

    @property
    def refs(self) -> dict[str, list[Key]]:
        """The facts that texts were typed for, by ref without the subgroup of a contribution."""
        found: dict[str, list[Key]] = {}
        for key in self.by_key:
            found.setdefault(key.ref.partition("/")[0], []).append(key)
        return found


def has_words(value: str, text: str) -> bool:
    """Whether a text that holds a letter stands in another one as whole words; both as `plain` makes them, or not."""
    if text.upper() == text.lower():  # a number alone is in many sentences
        return False
    return bool(_words(text).search(plain(value)))


@cache
def _words(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(plain(text))}(?!\w)")


@cache
def mention(ref: str) -> re.Pattern[str]:
    """Finds a ref in a text: J2.1 is not in J2.10 or J2.1.3."""
    return re.compile(rf"(?<![\w.]){re.escape(ref)}(?!\w|\.\w)")


def is_free(field: Field | None) -> bool:
    """Whether a field takes any text: no word of a list, no date and no number."""
    return field is None or (field.type == "string" and not field.choices and not field.format)


def is_word(field: Field | None, text: str) -> bool:
    """Whether a text of a field that takes no free text is a word of its list, a date, a number or refs."""
    if field is None or is_free(field) or field.format.startswith("email"):
        return False
    listed = {*map(plain, field.choices)} if field.choices else set()
    return plain(text) in listed or PartialDate.from_words(text) is not None or is_of_signs(text)


def is_of_signs(text: str) -> bool:
    """Whether a text holds nothing but refs, the names of cells, and numbers of few digits."""
    words = re.split(r"[;,:\s]+", text)
    few = sum(map(str.isdigit, text)) <= _MOST_DIGITS
    return few and all(_REF.fullmatch(word) or not any(map(str.isalpha, word)) for word in words)


def is_telling(typed: str) -> bool:
    """Whether a text is looked for wherever it is quoted: it is long, or holds an identifier of a case."""
    return len(typed) >= LONG or find_kind(load_screen(), typed) is not None


def find_typed(register: Register, about: str, field: str, returns: Collection[ReturnFacts]) -> TypedTexts:
    """The free texts that these returns brought, and what came beside their cells; or that any said of a ref (`about`).

    `field`: of a ref, only this field, what the plan says in it included; "" for all that returns said. Words of a
    drop-down, dates, numbers and what was sent out are not among them.
    """
    ids, records = [file.id for file in returns], load_records()
    typed: dict[Key, set[str]] = {}
    owners = set(ids)
    entries = [
        *(entry for entry in list_entries_typed(register, about, field, ids) if field or entry.kind != "plan"),
        *list_settled_typed(register, about, field, ids),
    ]
    for entry in entries:
        about_it = records.get(entry.key.record, {}).get(entry.key.field)
        if entry.key.record != "form" and (is_free(about_it) or ids):
            texts = {*map(plain, (text for text in entry.texts if not is_word(about_it, text)))} - _NOTHING
            typed.setdefault(entry.key, set()).update(texts)
            owners.add(entry.return_id)
    by_key = {key: frozenset(texts) for key, texts in typed.items() if texts}
    files = [file for file in register.returns() if file.id in owners]
    senders = tuple(_list_senders(register, files))
    found = TypedTexts(frozenset(), by_key, frozenset(owners), bool(ids), senders)
    if not ids:
        return replace(found, stems=_stems(filter(is_telling, found.all_texts)))
    return _add_beside(found, register, returns)


def _add_beside(typed: TypedTexts, register: Register, returns: Collection[ReturnFacts]) -> TypedTexts:
    """The same with what was typed beside the cells of these returns, and with what others said in the same words."""
    documents = [book for file in returns if file.document for book in register.documents(id=file.document)]
    issued = "\n".join(plain(text) for document in documents for text in document.texts())
    names = [mail.sent_by for mail in _list_mails(register, typed.returns)]
    names += [text for sender in typed.senders for text in (sender.file, sender.completed_by)]
    written = [*_list_written(register, returns), *list_texts_found(register, typed.returns)]
    others = _list_lines_of_others(register, typed)
    lines = {plain(line) for text in written for line in _split(text)} - others
    telling = {text for text in (*typed.all_texts, *lines, *map(plain, written)) if is_telling(text)}
    telling |= {plain(name) for name in names if find_kind(load_screen(), name)}
    telling |= {*_list_said_by(register, returns)} - {
        *_list_said_by(register, (file for file in register.returns() if file.id not in typed.returns))
    }
    telling |= {plain(told) for why, told in list_reasons(register, typed.returns) if why != REDACTED}
    return replace(
        typed,
        stems=_stems(text for text in telling - _NOTHING if text not in issued),
        known=frozenset(_list_known(documents)),
        shared=_find_shared(register, typed),
    )


def _list_said_by(register: Register, returns: Iterable[ReturnFacts]) -> Iterator[str]:
    """Who answered in these returns, for which subgroup, and when: as it is told of their answers."""
    documents = register.document_facts()
    for file in returns:
        subgroup = documents[file.document].subgroup if file.document else ""
        if file.completed_by and subgroup:
            yield plain(f"{file.completed_by}, {subgroup}, {PartialDate.of_iso(file.received).words}")


def _split(text: str) -> list[str]:
    """The lines of a text; of a row of a table its cells."""
    return re.split(r"\n| \| ", text)


def _list_known(documents: Iterable[Document]) -> Iterator[str]:
    """The words of documents that sentences about a return repeat."""
    for document in documents:
        yield plain(document.reference)
        for sheet in document.sheets:
            yield plain(sheet.name)
            for column in sheet.columns:
                yield from map(plain, (column.heading, column.field.prompt, *column.choices, *column.field.choices))
            for answer in (row.answer for row in sheet.rows if row.answer):
                yield from map(plain, (answer.title, answer.prompt, *answer.choices))


def _find_shared(register: Register, typed: TypedTexts) -> dict[tuple[Key, str], frozenset[str]]:
    """What others said of the same facts in the same words: see `TypedTexts.shared`."""
    records = load_records()
    found: dict[tuple[Key, str], set[str]] = {}
    for return_id, key, code, text in list_said(register):
        if return_id not in typed.returns and typed.is_of(key, text):
            about = records.get(key.record, {}).get(key.field)
            found.setdefault((key, plain(text)), set()).add(code if about and about.scope == "round" else "")
    return {place: frozenset(rounds) for place, rounds in found.items()}


def _list_senders(register: Register, files: Iterable[ReturnFacts]) -> Iterator[Sender]:
    """The returns that are meant, as they are named elsewhere."""
    documents, history = register.document_facts(), register.history()
    ours = {PurePath(path).name for path in register.outputs()}
    for file in files:
        subgroup = documents[file.document].subgroup if file.document else ""
        title = history.text("subgroup", subgroup, "title") if subgroup else ""
        day = PartialDate.of_iso(file.received).words
        mails = [*_list_mails(register, [file.id])]
        said = [text for mail in mails for text in (mail.sent_by, *split_body(mail.body))]
        written = (*_list_written(register, [file]), *said, *list_texts_found(register, [file.id]))
        yield Sender(file.number, file.file, file.file in ours, file.completed_by, subgroup, title, written, day)


def _list_mails(register: Register, returns: Collection[int]) -> Iterator[Mail]:
    """The e-mails that these returns (ids) came in, and those that they were attached to."""
    for came_in in list_mails(register, returns):
        mail: Mail | None = came_in
        while mail:
            yield mail
            mail = mail.attached_to


def _list_written(register: Register, returns: Collection[ReturnFacts]) -> Iterator[str]:
    """What was written with these returns: in their e-mails and on their forms."""
    for mail in _list_mails(register, [file.id for file in returns]):
        yield split_body(mail.body).written
        yield mail.subject
    fields = load_records()["form"]
    for file in returns:
        answers = json.loads(file.form or "{}")
        told = {name: text for name, text in answers.items() if text and name not in _NAMES}
        yield from (text for name, text in told.items() if not is_word(fields.get(name), text))


_NAMES = ("completed_by", "role")
"""Answers of a form that name a person or a post, which others have as well."""


def _list_lines_of_others(register: Register, typed: TypedTexts) -> set[str]:
    """The lines that other e-mails say by themselves, such as what an office puts under each of its own."""
    others = [file.id for file in register.returns() if file.id not in typed.returns]
    mine = {mail.sha256 for mail in _list_mails(register, typed.returns)}
    mails = [mail for mail in _list_mails(register, others) if mail.sha256 not in mine]
    return {plain(line) for mail in mails for line in split_body(mail.body).written.splitlines()}


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text[:STEM] for text in texts)
