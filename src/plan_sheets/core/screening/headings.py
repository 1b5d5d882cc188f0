"""What headings say of the numbers under them and labels of those beside them, in a sheet or in a text with columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from plan_sheets.core.screening.fold import fold
from plan_sheets.core.screening.identifiers import IdentifierKind, IdentifierWords
from plan_sheets.core.screening.patterns import (
    ALONE,
    CASE,
    DATE_SAID,
    MONTHS,
    NHS_ANY,
    NI_ANY,
    OF_WHOM,
    UPN_SAID,
    Pattern,
    any_of,
    compile_pattern,
    compile_words,
    list_plurals,
)

LONGEST_HEADING = 120
"""Characters: what stands over a column, or before numbers, is no longer."""
SHORTEST_LABEL = 3
"""Characters: a shorter text in a row (initials, "f", "-") does not end what a label before it says."""
_WHICH = "|".join(
    rf"(?<={whose}\s)" for whose in ("child", "client", "person", "sibling", "pupil", "twin", "dob", "id")
)
_NO_FIGURE = re.compile(
    rf"\W*(?:\d{{1,2}}[.)]\s)?(?:\D|\(\d{{1,2}}\s[^()\d]*\)|(?:{_WHICH})\d{{1,2}}(?!\d))*", re.IGNORECASE
)
"""A heading: it may be numbered, and may say whose it is of several, or in brackets how many figures stand under it."""
COUNTS_OR_PAYS = re.compile(
    r"[%£]|\b(?:licen[cs]es?|costs?|prices?|fees?|invoices?|budgets?|spend|spent|audit(?:s|ed)?|trends?|totals?|counts?"
    r"|rates?|percentages?|users|training|trained|staff|hours|how\smany|(?:nos?|numbers?)\s(?:of|in))\b"
)
"""What says, in small letters, that a heading is of what is counted or paid."""
_PLACE = re.compile(r"\b(?:on|in|from)\s(?:the|our|their|his|her)\s\w+|\([^()]*\)")
_FILLERS = (
    r"\b(?:[a-z]{1,2}|the|our|his|her|their|its|and|for|from|any|known|under|each|all|child(?:ren)?(?:'?s)?|client'?s?"
    r"|person'?s?|young|adult'?s?|patient'?s?|pupil'?s?|mother'?s?|father'?s?|parent'?s?|sibling'?s?|twin'?s?|baby'?s?|family|case"
    r"|service\suser'?s?|record|file|(?:no|num|number|id|ref|reference|identifier|code)s?|unique|dates?|day|when|given"
    r"|held|stated|full|new|old|current|list|first|second|where|these|are|this|fwd)\b"
)
"""Words, in small letters, that may stand in a heading beside those of a kind and that say nothing else."""
_IDENTIFIER = r"(?:(?:num|number|id|ref|reference|identifier|code)s?\b|nos?\b(?=\W*$|\.|\s?\())"
_BARE = re.compile(rf"[^a-z]*(?:(?:[a-z]{{1,2}}|{MONTHS})(?![a-z])[^a-z]*){{0,4}}")
"""A number, or a date, in small letters, with initials at most beside it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a heading says when it tells of numbers of one kind."""

    pattern: Pattern
    """How these numbers are written."""
    named: str
    """Words that say it in a longer heading, too."""
    whole: str
    """Words that say it where nothing but fillers stands beside them."""
    unless: str
    """What says in a longer heading that it tells of something else; "" if nothing does."""


@dataclass(frozen=True, slots=True, eq=False)
class Headings:
    """What is looked for over and before numbers, made once for all texts."""

    words: str
    """Any of the words of any kind, in small letters."""
    said: Sequence[_Said]

    @classmethod
    def of_words(cls, kinds: Mapping[IdentifierKind, IdentifierWords], words: str) -> Headings:
        """What `schemas/identifiers.yaml` says of every kind."""
        kind = IdentifierKind
        case, born = kinds[kind.CASE_REFERENCE], kinds[kind.DATE_OF_BIRTH]
        short = [word.lower() for word in born.words if word != "(b"]
        named = [word for word in short if word not in ("born", "birthday", "birth:")]
        refs = [word.lower() for word in (*case.words, *list_plurals(case.words))]
        systems = any_of(word.lower() for word in case.systems)
        of_case = rf"(?:{any_of(refs)}|{systems}{OF_WHOM}[\s._:'(-]{{0,3}}{_IDENTIFIER})"
        said = [
            _Said(_under(which, number), words, words, "")
            for which, number in ((kind.NHS_NUMBER, NHS_ANY), (kind.UPN, UPN_SAID), (kind.NATIONAL_INSURANCE, NI_ANY))
            for words in (any_of(word.lower() for word in kinds[which].words),)
        ]
        said += [
            _Said(_under(kind.DATE_OF_BIRTH, DATE_SAID), any_of(named), any_of([*short, "birth"]), any_of(born.unless)),
            _Said(_under(kind.CASE_REFERENCE, CASE), of_case, rf"(?:{of_case}|{systems})", ""),
        ]
        return cls(words, tuple(said))

    def list_said(self, heading: str) -> tuple[Pattern, ...]:
        """How the numbers under a heading are written; of several headings, a line each, those of any."""
        return _list_said(self, heading) if heading else ()

    def is_label(self, text: str) -> bool:
        """Whether a text says a kind and no more."""
        return len(text) <= LONGEST_HEADING and _is_label(self, text)


def _under(kind: IdentifierKind, number: str) -> Pattern:
    return Pattern(kind, f"{ALONE}(?P<number>{number})", is_said=True)


@lru_cache(maxsize=4_000)
def _list_said(headings: Headings, heading: str) -> tuple[Pattern, ...]:
    found = dict[Pattern, None]()
    for line in heading.lower().split("\n"):
        words = fold(" ".join(line.split())).text
        if _is_text(words) and compile_words(headings.words).search(words):
            found |= dict.fromkeys(said.pattern for said in headings.said if _says(said, words))
    return tuple(found)


def _is_text(text: str) -> bool:
    return len(text) <= LONGEST_HEADING and _NO_FIGURE.fullmatch(text) is not None


def _says(said: _Said, words: str) -> bool:
    if said.pattern.kind not in (IdentifierKind.DATE_OF_BIRTH, IdentifierKind.CASE_REFERENCE):
        return compile_words(said.named).search(words) is not None
    if COUNTS_OR_PAYS.search(words):
        return False
    if _is_whole(said, words):
        return True
    if not compile_words(said.named).search(words):
        return False
    return not said.unless or compile_pattern(said.unless).search(_PLACE.sub("", words)) is None


def _is_whole(said: _Said, words: str) -> bool:
    """Whether nothing but fillers, or something in brackets, stands beside the words of a kind."""
    for written in (words, re.sub(r"\([^()]*\)", "", words)):
        rest, count = compile_words(said.whole).subn(" ", written)
        if count and not re.search("[a-z]", compile_words(_FILLERS).sub(" ", rest)):
            return True
    return False


@lru_cache(maxsize=4_000)
def _is_label(headings: Headings, text: str) -> bool:
    words = fold(" ".join(text.lower().split())).text
    if compile_words(headings.words).search(words) is None or COUNTS_OR_PAYS.search(words):
        return False
    return any(_is_whole(said, words) for said in headings.said)


def is_bare(text: str) -> bool:
    """Whether a text is a number or a date, with initials at most beside it."""
    return _BARE.fullmatch(text.lower()) is not None


def head_cells(
    cells: Iterable[tuple[tuple[int, int], str]],
    headings: Headings,
    name: str = "",
    widths: Mapping[tuple[int, int], range] | None = None,
) -> Iterator[tuple[tuple[int, int], str]]:
    """Each place, row by row, with the words over it and before it that may say what stands there, a line each.

    Words of a kind hold for all under them, until others do or, behind a blank row, any others stand there; where they
    say more than the kind, for bare numbers only. A label holds for the bare numbers behind it in its row. `name`: that
    of the sheet, with the words over a column. `widths`: the columns that a merged text stands over.
    """
    above, titles = dict[int, str](), dict[int, str]()
    named, last, label, is_new = headings.is_label(name), -1, "", False
    for (row, column), text in cells:
        if row != last:
            last, label, is_new = row, "", row > last + 1
        heading = above.get(column, "")
        is_text = _is_text(text)
        if is_text:
            heading = ""
        elif (heading or label or named) and is_bare(text):
            beside = f"{name} {titles.get(column, '')}" if named else ""
            heading = "\n".join(filter(None, (heading, label, beside)))
        elif heading and not headings.is_label(heading):
            heading = ""
        yield (row, column), heading
        if is_text:
            words = " ".join(text.split())
            label = words if headings.is_label(words) else label if len(words) < SHORTEST_LABEL else ""
            is_heading = bool(headings.list_said(words))
            for under in (widths or {}).get((row, column), (column,)):
                titles[under] = words
                if is_heading or is_new:
                    above[under] = words if is_heading else ""


_SIGNS = tuple(map(re.compile, (r"\t", r"\|", " {2,}", ";", ",")))
"""What parts the columns of a text."""
_LONGEST_LINE = 40
"""Characters: where a mail program writes each cell of a table as a line of its own, none is longer."""


def list_headed(text: str, headings: Headings) -> Iterator[tuple[int, str, str]]:
    """The bare numbers in a text of several lines with words over or before them: where each begins, it and the words.

    Its lines are looked at as cells, and for each sign that parts them as rows.
    """
    lines, at = list[tuple[int, str]](), 0
    for line in text.split("\n"):
        lines.append((at, line))
        at += len(line) + 1
    yield from _list_under_labels(lines, headings)
    for sign in _SIGNS:
        if sign.search(text):
            parts = dict(_part(lines, sign))
            for place, heading in head_cells(((place, part) for place, (_, part) in parts.items()), headings):
                begins, part = parts[place]
                if heading and is_bare(part):
                    yield begins, part, heading


def _list_under_labels(lines: Iterable[tuple[int, str]], headings: Headings) -> Iterator[tuple[int, str, str]]:
    """Lines that are bare numbers, with all labels, or words that lead to them, among the short lines above."""
    labels = dict[str, None]()
    for at, line in lines:
        words = line.strip()
        if len(words) > _LONGEST_LINE:
            labels.clear()
        elif headings.is_label(words) or (words.endswith(":") and headings.list_said(words)):
            labels[words] = None
        elif labels and is_bare(words):
            yield at, line, "\n".join(labels)


def _part(lines: Iterable[tuple[int, str]], sign: re.Pattern[str]) -> Iterator[tuple[tuple[int, int], tuple[int, str]]]:
    """The parts of lines by row and column, with where each begins.

    Lines of as many parts are of one table: else a row is left blank. A line of one part is none of it.
    """
    row, before = 0, 1
    for at, line in lines:
        begins = [0, *(match.end() for match in sign.finditer(line))]
        row += 1 if len(begins) == before else 2
        before = len(begins)
        if before > 1:
            for column, part in enumerate(sign.split(line)):
                if part.strip():
                    yield (row, column), (at + begins[column], part)
