"""What somebody typed that has to go: found by where it came from first, and then by what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePath

from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail, split_body
from plan_sheets.core.model.text import REDACTED, plain
from plan_sheets.store.register.reads import list_entries_typed, list_mails, list_settled_typed
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.schemas import load_records

STEM = 60
"""Characters of a text by which a sentence that quotes it, perhaps in short, is known."""
LONG, LONG_WITH_NUMBER = 12, 6
"""From how many characters on a text tells somebody, and is looked for everywhere; with a digit in it, and without."""
_NOTHING = {"", plain(REDACTED)}
LINE = 24
"""The same for one line of a message: "Kind regards," is in those of others too."""


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """What somebody typed, as it is looked for: see `plain`."""

    stems: frozenset[str]
    """The beginnings of texts that tell somebody: whatever holds one is redacted, wherever it stands."""
    by_key: Mapping[Key, frozenset[str]]
    """The texts, however short, by the fact that they were typed for: redacted where they stand for that fact."""
    beside: frozenset[str]
    """What was typed beside the cells of the returns that are meant: on the form, in the e-mail, as the file's name."""
    subgroups: frozenset[str]
    """The subgroups in whose returns any of it was typed."""
    returns: frozenset[int]
    """The ids of the returns in which any of it was typed."""
    is_of_returns: bool
    """Whether these returns are meant, with all beside their cells; else a ref is."""

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

    @property
    def all_texts(self) -> frozenset[str]:
        """Every text."""
        return self.beside.union(*self.by_key.values())

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


def is_telling(typed: str) -> bool:
    """Whether a text is long enough that nobody else has typed it by chance."""
    return len(typed) >= LONG or (len(typed) >= LONG_WITH_NUMBER and any(letter.isdigit() for letter in typed))


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
        if is_free(records.get(entry.key.record, {}).get(entry.key.field)):
            typed.setdefault(entry.key, set()).update({*map(plain, entry.texts)} - _NOTHING)
            owners.add(entry.return_id)
    by_key = {key: frozenset(texts) for key, texts in typed.items() if texts}
    telling = {text for texts in by_key.values() for text in texts if is_telling(text)}
    groups = _find_subgroups(register, owners)
    found = TypedTexts(_stems(telling), by_key, frozenset(), groups, frozenset(owners), bool(ids))
    return _add_beside(found, register, returns) if ids else found


def _add_beside(typed: TypedTexts, register: Register, returns: Collection[ReturnFacts]) -> TypedTexts:
    """The same with what was typed beside the cells of these returns."""
    written = [*_list_written(register, returns)]
    named = {file.completed_by for file in returns} | {file.file for file in returns if not _is_ours(register, file)}
    lines = {plain(line) for text in written for line in text.splitlines()}
    telling = {line for line in lines if len(line) >= LINE} | {*filter(is_telling, map(plain, written))}
    return replace(
        typed,
        stems=typed.stems | _stems(telling),
        beside=frozenset({plain(name) for name in named} | lines | {plain(text) for text in written}) - _NOTHING,
    )


def _find_subgroups(register: Register, returns: Collection[int]) -> frozenset[str]:
    """The subgroups that these returns (ids) are of."""
    documents = register.document_facts()
    came = [file for file in register.returns() if file.id in returns and file.document]
    return frozenset(documents[file.document].subgroup for file in came if file.document) - {""}


def _list_written(register: Register, returns: Collection[ReturnFacts]) -> Iterator[str]:
    """What was written with these returns: in their e-mails and on their forms."""
    for came_in in list_mails(register, [file.id for file in returns]):
        mail: Mail | None = came_in
        while mail:
            yield split_body(mail.body).written
            yield mail.subject
            mail = mail.attached_to
    fields = load_records()["form"]
    for file in returns:
        answers = json.loads(file.form or "{}")
        yield from (text for name, text in answers.items() if name != "completed_by" and is_free(fields.get(name)))


def _is_ours(register: Register, file: ReturnFacts) -> bool:
    """Whether a file has the name under which it went out."""
    return file.file in {PurePath(path).name for path in register.outputs()}


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text[:STEM] for text in texts)
