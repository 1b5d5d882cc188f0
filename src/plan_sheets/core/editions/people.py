"""Names of people in a text that is to be published: whole, or a part alone, such as a surname.

A register holds names and posts in the same fields, and nothing says which is which. So a part of what is surely a name
keeps a text back; one that may as well be a word, or part of a post, is shown and told: the officer decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from plan_sheets.core.model.history import History
from plan_sheets.core.model.text import plain

SHORTEST = 3
"""Letters of a part that is looked for alone."""
NAMES = {
    "plan": ("contact_name", "contact_email"),
    "subgroup": ("chair", "email", "board_lead", "board_lead_email", "receives_meanwhile"),
    "priority": ("owner",),
    "action": ("owner", "override_by"),
    "decision": ("decided_by",),
    "said": ("who",),
}
"""The fields that name somebody, posts included."""
AGENCIES = {"action": ("responsible",)}
"""Fields that should name agencies or posts; somebody may have typed a person all the same."""
_BODIES = ("board", "subgroup")
"""Records whose refs and titles are words of the organisation."""
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:'[^\W\d_]+)*(?!\w)")
_BETWEEN = re.compile(r"[;/&()\[\]\n]|\band\b|\s[-\u2010-\u2015]\s")
"""What separates several people in one cell, or a name and its post; a comma may separate them too."""
_ACCENT = re.compile("[\u0300-\u036f]")
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.\w+|(?<!\w)(?:\+\d|0\d|\(0\d)(?:[ ()-]{0,2}\d){7,}")
"""An e-mail address; a telephone number, as they are written in Britain."""
_WORTH_A_LOOK = re.compile(r"\w\w")
"""A dash, or one letter, names nobody."""


@dataclass(frozen=True, slots=True)
class NameWords:
    """What tells a name from a post: words in small letters, from `schemas/names.yaml`."""

    titles: frozenset[str]
    """What stands before a name."""
    posts: frozenset[str]
    """Words, in the singular, that make a post or a body of what they stand in."""
    words: frozenset[str]
    """Parts of names that are words as well."""
    ordinary: frozenset[str] = frozenset()
    """The words that this plan itself uses as words."""

    def of_a_post(self, word: str) -> bool:
        """Whether a word says that a post or a body is named."""
        return word in self.posts or word.removesuffix("s") in self.posts

    def is_post(self, words: Collection[str]) -> bool:
        """Whether these words name a post or a body: one of them says so, or the plan has them all as words."""
        return any(map(self.of_a_post, words)) or all(word in self.ordinary - self.words for word in words)


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found in a text, and the name in the register that they are or belong to."""

    word: str
    name: str
    """"" where it is a contact: an e-mail address or a telephone number, whosever it is."""

    @property
    def is_contact(self) -> bool:
        """Whether it is an e-mail address or a telephone number of nobody whom the register names."""
        return not self.name

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the name."""
        return self.word == self.name


@dataclass(frozen=True, slots=True)
class Names:
    """Whom the register names, as given, by what is looked for: the whole, and parts of it, as they are compared."""

    whole: Mapping[str, str]
    sure: Mapping[str, str]
    """Parts that keep a text back."""
    doubtful: Mapping[str, str]
    """Parts of names that may be ordinary words: a text with one is shown, and the officer is told."""

    @classmethod
    def of(cls, names: Iterable[str], known: NameWords, agencies: Iterable[str] = ()) -> Names:
        """What to look for, so that nobody of these is named; `known` tells names from posts.

        Nothing is sure of what should be `agencies`: a text with such a word is shown, and somebody told.
        """
        whole, sure, doubtful = dict[str, str](), dict[str, str](), dict[str, str]()
        for name in sorted(agencies):
            doubtful |= {word: name for word, _ in _parts(name, known)}
        for name in sorted(names):
            if _WORTH_A_LOOK.search(name):
                whole.setdefault(plain(_bare(name)), name)
                for word, is_sure in _parts(name, known):
                    (sure if is_sure else doubtful).setdefault(word, name)
        return cls(whole, sure, {word: name for word, name in doubtful.items() if word not in sure})

    def named(self, text: str) -> Hit | None:
        """The first name that a text holds: whole and without regard to case, or a sure part with its capital."""
        spelt = plain(_bare(text))
        found = (name for name in self.whole if name in spelt and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", spelt))
        whole = next((Hit(self.whole[name], self.whole[name]) for name in found), None)
        return whole or next(_hits(text, self.sure), None)

    def doubts(self, text: str) -> list[Hit]:
        """Each doubtful part that stands in a text with its capital, and each contact, once."""
        contacts = (Hit(found.group(), "") for found in _CONTACT.finditer(text))
        return list(dict.fromkeys([*_hits(text, self.doubtful), *contacts]))


def names_in(history: History) -> Iterator[str]:
    """Everybody whom the register's values name, now or ever, and who gave them."""
    yield from (held.source.who for those in history.by_key.values() for held in those)
    yield from values_in(history, NAMES)


def values_in(history: History, fields: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Every value that these fields, by record, ever had."""
    for key, those in history.by_key.items():
        if key.field in fields.get(key.record, ()):
            yield from (held.value for held in those)


def ordinary_words(history: History) -> frozenset[str]:
    """The words that the plan as the office typed it has in small letters, and those of its boards and subgroups."""
    words: set[str] = set()
    for key, those in history.by_key.items():
        if key.record in _BODIES and key.field in ("ref", "title"):
            words.update(word.casefold() for held in those for word in _words(held.value))
        elif key.field not in NAMES.get(key.record, ()):
            typed = (word for held in those if held.source.kind == "plan" for word in _words(held.value))
            words.update(word for word in typed if word.islower())
    return frozenset(words)


def _parts(name: str, known: NameWords) -> Iterator[tuple[str, bool]]:
    """Each part of what a cell names that is looked for alone, in small letters, and whether it is sure.

    Typed all in small letters a name is read as if it had its capitals. Of an address nothing is sure.
    """
    if "@" in name:
        words = _WORD.findall(name.partition("@")[0].replace("_", " ").casefold())
        yield from _of_post(words, known)
        return
    for person in _BETWEEN.split(name.title() if name.islower() else name):
        segments = [[word.casefold() for word in _words(part) if word[0].isupper()] for part in person.split(",")]
        free = [word for segment in segments if not known.is_post(segment) for word in segment]
        persons = [word for word in free if word not in known.titles]
        if len(persons) > 1 or len(persons) < len(free):
            long = (word for word in persons if len(word) >= SHORTEST)
            yield from ((word, word not in known.words | known.ordinary) for word in long)
        for segment in segments:
            if known.is_post(segment):
                yield from _of_post(segment, known)


def _of_post(words: Iterable[str], known: NameWords) -> Iterator[tuple[str, bool]]:
    """The words of a post or a body that are none the plan knows: they may be a name."""
    other = known.titles | known.ordinary
    return ((word, False) for word in words if len(word) >= SHORTEST and not (word in other or known.of_a_post(word)))


def _hits(text: str, parts: Mapping[str, str]) -> Iterator[Hit]:
    for word in _words(text):
        if word[0].isupper() and word.casefold() in parts:
            yield Hit(word, parts[word.casefold()])


def _words(text: str) -> list[str]:
    """The words of a text as they are written, without the 's of an owner."""
    return [word.removesuffix("'s") for word in _WORD.findall(_bare(text))]


def _bare(text: str) -> str:
    """A text with letters and apostrophes in one form, and without accents: many a name is typed without its own."""
    return _ACCENT.sub("", unicodedata.normalize("NFKD", text)).replace("\u2019", "'")
