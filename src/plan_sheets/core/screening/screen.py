"""The screen: which identifiers of a case stand in a text, or in two neighbouring ones."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from plan_sheets.core.screening.check_digits import is_nhs_number, is_upn
from plan_sheets.core.screening.encoded import list_encoded
from plan_sheets.core.screening.fold import fold
from plan_sheets.core.screening.headings import COUNTS_OR_PAYS, Headings, list_headed
from plan_sheets.core.screening.identifiers import CaseIdentifier, IdentifierKind, IdentifierWords
from plan_sheets.core.screening.patterns import (
    BY_A_DATE,
    COUNTED,
    COUNTS,
    DAY_JOINED,
    HOURS,
    IN_A_LIST,
    IS_NUMBERED,
    LEADS_TO_A_DATE,
    MANY_BORN,
    MAY_BE_SEEN,
    MAY_HOLD,
    NO_PERSON,
    SAYS_DATE,
    WRITTEN_DATE,
    YEAR,
    Pattern,
    any_of,
    as_figures,
    compile_pattern,
    compile_words,
    goes_on,
    list_plurals,
    list_said,
    list_seen,
    no_nhs_number,
)

_NEAR = 60
"""Characters: no identifier, with the words that tell of it, is longer where it crosses from one text to the next."""
_AT_BORDER = 24
"""How many characters beside such a border are looked at for figures."""
_FEWEST_FIGURES = 3
"""No identifier but a postcode has fewer."""
_BEFORE = 120
"""How many characters before a number are looked at for what else it may be."""
_UNITS = frozenset(
    {"st", "nd", "rd", "th", "hr", "wk", "yr", "dy", "ft", "lb", "pt", "pp", "pa", "pw", "ed", "gb", "tb"}
)
"""What is written in small letters behind a number and is not the end of a postcode: `L1 1st draft`."""
_OTHER_WORDS = ("case", "b.", "b:", "birth", "turned", "turns", "turning")
"""Words that say what a number is in some places only."""
_FIGURES_SAID, _FIGURES_BARE, _FIGURES_BESIDE, _FIGURES_APART = 4, 5, 6, 7
"""How many figures the number of a case has at least: behind "ID" or a colon; behind the bare name of a system; behind
a cell that ends with that name; and behind it and a comma, a sign that joins or ends, or something in brackets."""
_LONGEST_MIDDLE = 12
"""Characters: of three texts under each other that hold one number, the second is a part of it and no more."""

_LONGEST_UPPER = 30
"""Characters: of two texts under each other that make a date or a number of a case, the first is no longer."""
_KNOWN_UNSAID = frozenset(IdentifierKind) - {IdentifierKind.DATE_OF_BIRTH, IdentifierKind.CASE_REFERENCE}
_FIGURES = {
    IdentifierKind.NHS_NUMBER: 7,
    IdentifierKind.UPN: 9,
    IdentifierKind.NATIONAL_INSURANCE: 4,
    IdentifierKind.DATE_OF_BIRTH: 3,
}
"""How many figures are typed as figures at least, where others are typed as the letters O, I and l."""
_WORDS_OF_TWO = frozenset({"am", "an", "as", "at", "be", "by", "he", "me", "my", "we", "nr", "pa", "pp", "st"})
"""What may stand before a number and is not the beginning of a National Insurance number."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What is looked for, made once for all texts. What it finds is told by kind and place, never by value."""

    kinds: Mapping[IdentifierKind, IdentifierWords]
    words: str
    """Any of the words of any kind, in small letters; where there is none, `said` is not looked for."""
    said: Sequence[Pattern]
    seen: Sequence[Pattern]
    headings: Headings
    """What words say of the numbers under them and beside them."""
    other: tuple[str, str, str]
    """What stands before one that is no NHS number: written in groups, or as ten figures; and what behind it."""

    @classmethod
    def of_words(cls, kinds: Mapping[IdentifierKind, IdentifierWords]) -> Screen:
        """The screen for what `schemas/identifiers.yaml` says of every kind."""
        words = any_of(
            word.lower()
            for about in kinds.values()
            for word in (*_OTHER_WORDS, *about.words, *list_plurals(about.words), *about.systems)
        )
        nhs = kinds[IdentifierKind.NHS_NUMBER]
        other = (
            no_nhs_number(nhs.unless, nhs.figures),
            no_nhs_number((*nhs.unless, *nhs.unless_whole), nhs.figures),
            goes_on(nhs.unless),
        )
        return cls(kinds, words, list_said(kinds), list_seen(), Headings.of_words(kinds, words), other)

    def find(self, text: str, heading: str = "", places: Collection[str] = ()) -> tuple[CaseIdentifier, ...]:
        """Every identifier in a text, in order, then those in what it says as letters.

        `heading`: words over it; of several headings, a line each.

        `places`: postcodes that may stand there, compared without blanks and in any letters.
        """
        if compile_pattern(r"\d").search(text) is None or (
            text.isascii() and compile_pattern(MAY_HOLD).search(text) is None
        ):
            return ()
        folded = fold(text)
        found = self._find(folded.text, heading, places)
        return (
            *(CaseIdentifier(one.kind, *folded.span(one.start, one.end)) for one in found),
            *(
                CaseIdentifier(one.kind, encoded.start, encoded.end)
                for encoded in list_encoded(text)
                for one in self.find(encoded.text or "", places=places)
            ),
        )

    def find_in_row(
        self, texts: Sequence[str], places: Collection[str] = ()
    ) -> tuple[tuple[CaseIdentifier, range], ...]:
        """Every identifier that begins in one text of a row and ends in a later one, with the places of these texts.

        Blank texts between them do not part it. Its own place is that in all texts joined, and of no use.
        """
        if compile_pattern(r"\d").search("".join(texts)) is None:
            return ()
        filled = [(at, _ends(folded)) for at, text in enumerate(texts) if (folded := fold(text).text.strip())]
        if not any(_may_cross(left, right) for (_, left), (_, right) in pairwise(filled)):
            return ()
        found: dict[tuple[IdentifierKind, range], CaseIdentifier] = {}
        for between in (" ", ""):
            starts = [*accumulate((len(text) + len(between) for _, text in filled), initial=0)]
            for one in self._find(between.join(text for _, text in filled), "", places):
                touched = range(bisect_right(starts, one.start) - 1, bisect_left(starts, one.end))
                crossed = [filled[at] for at in touched]
                before = filled[touched[0] - 1][1] if touched and touched[0] else ""
                texts_crossed = [text for _, text in crossed]
                if len(crossed) > 1 and not self._is_by_chance(one.kind, between, texts_crossed, before):
                    found.setdefault((one.kind, range(crossed[0][0], crossed[-1][0] + 1)), one)
        return tuple((one, crossed) for (_, crossed), one in found.items())

    def find_in_column(
        self, texts: Sequence[str], places: Collection[str] = ()
    ) -> tuple[tuple[CaseIdentifier, range], ...]:
        """Every identifier that is split over two rows or three: cut, or below the words that say what it is.

        Told as `find_in_row` tells it. A blank text parts those over it from those under it; three figures or more
        under each other are a column of figures.
        """
        is_figure = [text.strip().replace(" ", "").isdigit() for text in texts]
        found = []
        for at, pair in enumerate(pairwise(texts)):
            if not all(text.strip() for text in pair) or _is_figures(is_figure, at):
                continue
            for one, _ in self.find_in_row(pair, places):
                if one.kind in _KNOWN_UNSAID or len(pair[0]) <= _LONGEST_UPPER:
                    found.append((one, range(at, at + 2)))
        for at, middle in enumerate(texts[1:-1]):
            if middle.strip() and len(middle) <= _LONGEST_MIDDLE and not is_figure[at]:
                crossed = self.find_in_row(texts[at : at + 3], places)
                found += [(one, range(at, at + 3)) for one, touched in crossed if len(touched) == 3]  # noqa: PLR2004
        return tuple(found)

    def _find(self, folded: str, heading: str, places: Collection[str]) -> Iterator[CaseIdentifier]:
        """Every identifier, one where several patterns see the same."""
        patterns = [*self.seen] if compile_pattern(MAY_BE_SEEN).search(folded) else []
        says_any = compile_words(self.words).search(folded.lower()) is not None
        if says_any:
            patterns += self.said
        patterns += self.headings.list_said(heading)
        found = [*self._match(patterns, folded, places)]
        if says_any and "\n" in folded:
            found += [
                replace(one, start=begins + one.start, end=begins + one.end)
                for begins, part, words in list_headed(folded, self.headings)
                for one in self._match(self.headings.list_said(words), part, places)
            ]
        ends = 0
        for one in sorted(found, key=lambda one: (one.start, -one.end)):
            if one.start >= ends:
                yield one
                ends = one.end

    def _match(self, patterns: Iterable[Pattern], folded: str, places: Collection[str]) -> Iterator[CaseIdentifier]:
        """Every identifier that is written as one of these patterns; several may see the same."""
        for pattern in patterns:
            for match in pattern.find(folded):
                if self._is_one(pattern, match, places):
                    yield CaseIdentifier(pattern.kind, *match.span())

    def _is_one(self, pattern: Pattern, match: re.Match[str], places: Collection[str]) -> bool:
        """Whether what looks like an identifier is one."""
        written = match["number"] if pattern.is_said else match[0]
        compact = re.sub(r"[\W_]", "", written).upper()
        enough = sum(map(str.isdigit, compact)) >= _FIGURES.get(pattern.kind, 0)
        match pattern.kind:
            case IdentifierKind.NHS_NUMBER:
                is_said = pattern.is_said and _says_number(match)
                return enough and is_nhs_number(as_figures(compact)) and (is_said or not self._is_other_number(match))
            case IdentifierKind.UPN:
                code = compact[0] + as_figures(compact[1:-1]) + compact[-1]
                return enough and is_upn(code) and (pattern.is_said or not written.startswith("a "))
            case IdentifierKind.NATIONAL_INSURANCE:
                return enough and (pattern.is_said or not (_is_prose(match) or self._is_form(match)))
            case IdentifierKind.DATE_OF_BIRTH:
                return enough and self._is_born(match)
            case IdentifierKind.CASE_REFERENCE:
                return _is_case(match, written)
        return pattern.kind is not IdentifierKind.POSTCODE or self._is_postcode(match, compact, places)

    def _is_other_number(self, match: re.Match[str]) -> bool:
        """Whether what stands beside a number says that it is a sum, a telephone number or a reference, or of a row."""
        in_groups, whole, behind = self.other
        start, end = match.span("number") if "number" in match.re.groupindex else match.span()
        before = whole if match.string[start:end].isdigit() else in_groups
        said = compile_pattern(before).search(match.string[max(0, start - _BEFORE) : start])
        return (said or compile_pattern(behind).match(match.string, end)) is not None

    def _is_by_chance(self, kind: IdentifierKind, between: str, crossed: Sequence[str], before: str) -> bool:
        """Whether texts side by side make no identifier: two numbers none of a case, a ref and a word no postcode.

        `before`: the text before them.
        """
        is_cut = any(left[-1].isdigit() and right[0].isdigit() for left, right in pairwise(crossed))
        match kind:
            case IdentifierKind.NHS_NUMBER:
                return all(map(str.isdigit, crossed)) and compile_pattern(COUNTS).search(before) is not None
            case IdentifierKind.CASE_REFERENCE:
                return is_cut or self._is_led_by_chance(crossed)
            case IdentifierKind.POSTCODE:
                return not between
            case IdentifierKind.DATE_OF_BIRTH:
                left = crossed[-2].lower()
                leads = compile_words(LEADS_TO_A_DATE).search(left) or compile_words(rf"{self.words}\W*$").search(left)
                return left.strip() == "b." or not (leads and (between or is_cut))
        return False

    def _is_led_by_chance(self, crossed: Sequence[str]) -> bool:
        """Whether the words in the cells before a number end with the name of a system and say something else."""
        *words, number = crossed
        figures = compile_pattern(r"\d(?:\W?\d)*").search(number)
        if figures is None or self.headings.list_said("\n".join(words)):
            return False
        is_short = sum(map(str.isdigit, figures[0])) < _FIGURES_BESIDE
        return is_short or any(COUNTS_OR_PAYS.search(text.lower()) for text in words)

    def _is_form(self, match: re.Match[str]) -> bool:
        """Whether words before what looks like a National Insurance number say that it is the number of a form."""
        unless = any_of(self.kinds[IdentifierKind.NATIONAL_INSURANCE].unless)
        return compile_pattern(rf"{unless}\W{{0,3}}$").search(match.string[: match.start()]) is not None

    def _is_born(self, match: re.Match[str]) -> bool:
        """Whether a date is the day somebody was born, not that of a rule, of what was done or of a list."""
        before = match.string[max(0, match.start() - _BEFORE) : match.start()]
        done = any_of(self.kinds[IdentifierKind.DATE_OF_BIRTH].unless)
        is_letter = match[0].lower().startswith(("b.", "b:", "(b"))
        is_listed = is_letter and compile_pattern(IN_A_LIST).search(before)
        is_due = is_letter and compile_pattern(rf"\s{done}").match(match.string, match.end())
        if is_listed or is_due or compile_pattern(NO_PERSON).search(before):
            return False
        between = re.sub(r"\([^()]*\)", "", match.groupdict().get("between") or "")
        if not between.strip() or compile_pattern(SAYS_DATE).search(between):
            return True
        if compile_pattern(done).search(between) or compile_pattern(BY_A_DATE).search(between):
            return False
        return compile_pattern(MANY_BORN).search(before) is None

    def _is_postcode(self, match: re.Match[str], compact: str, places: Collection[str]) -> bool:
        """Whether it begins as one does, is no number with its unit, and is not that of a place of the plan."""
        is_unit = match[4] in _UNITS
        if is_unit or match[1].upper() not in self.kinds[IdentifierKind.POSTCODE].areas:
            return False
        return compact not in {re.sub(r"\W", "", place).upper() for place in places}


def _is_figures(is_figure: Sequence[bool], at: int) -> bool:
    """Whether two texts under each other are of a column of figures: a third one stands over or under them."""
    return all(is_figure[at : at + 2]) and any((*is_figure[max(0, at - 1) : at], *is_figure[at + 2 : at + 3]))


def _says_number(match: re.Match[str]) -> bool:
    """Whether the words say of the number itself what it is: behind it, "(NHS)" may tell whose it is."""
    return match.groupdict().get("behind") is None or compile_pattern(IS_NUMBERED).search(match["behind"]) is not None


def _is_prose(match: re.Match[str]) -> bool:
    """Whether figures stand between a word and the article "a": `at 12 34 56 a day`."""
    first, last = match[0][:2], match[0][-1]
    is_word = first.lower() in _WORDS_OF_TWO or first.isupper()
    return last == "a" and is_word and compile_pattern(r"\s[a-z]").match(match.string, match.end()) is not None


def _is_case(match: re.Match[str], written: str) -> bool:
    """Whether a number behind the words of a case is long enough for one, and is no year, date, time or count."""
    number = re.sub(r"^[A-Za-z\s/-]+", "", written)
    figures = as_figures(number.upper())
    if any(compile_pattern(pattern).fullmatch(figures) for pattern in (YEAR, HOURS, WRITTEN_DATE)):
        return False
    if compile_pattern(COUNTED).match(match.string, match.end("number")):
        return False
    if re.search(r"\bof\s$", match.string[match.start() : match.start("number")]):
        return False
    link = match.groupdict().get("link")
    is_bare = link is not None and not compile_pattern(IS_NUMBERED).search(link)
    if is_bare and re.match(rf"[A-Za-z]{{4,}}\s|(?:19|20)\d\d\s|{DAY_JOINED}$", written):
        return False
    count = sum(map(str.isdigit, figures)) + (number != written and not is_bare)
    is_apart = link is not None and is_bare and compile_pattern(r"[,?&+]|\([a-z]").search(link) is not None
    return count >= (_FIGURES_APART if is_apart else _FIGURES_BARE if is_bare else _FIGURES_SAID)


def _ends(folded: str) -> str:
    """The beginning and the end of a long text, parted by what no identifier has: more never crosses a border."""
    return folded if len(folded) <= 2 * _NEAR else f"{folded[:_NEAR]}\0{folded[-_NEAR:]}"


def _may_cross(left: str, right: str) -> bool:
    """Whether so many figures stand near the border of two texts that a number or its words may cross it."""
    figure = compile_pattern(r"\d")
    ends, begins = len(figure.findall(left[-_AT_BORDER:])), len(figure.findall(right[:_AT_BORDER]))
    return ends + begins >= _FEWEST_FIGURES or (ends > 0 and begins > 0)  # a postcode has one on each side
