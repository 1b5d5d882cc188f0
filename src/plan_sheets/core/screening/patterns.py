"""How identifiers are written: patterns for a folded text. Every repetition has an end: none is slow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

from plan_sheets.core.screening.identifiers import IdentifierKind, IdentifierWords

_S = r"[\s._-]{0,3}"
"""What may stand between two characters of an identifier."""
_ONE = r"[\s._-]"
_FIGURE = r"[\dOIL]"
"""A figure, or the letter that is typed for a nought or a one; `as_figures` reads it so."""
_PARTED = rf"(?:\)?{_ONE}{{1,3}}|\s?[/|:]\s?|[,)])"
"""What may stand between the groups of an NHS number. A comma and a blank part a list."""
ALONE, _ENDS = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"

_LINK = (
    r"(?:['\u2019]s)?(?:[\s._(\[-]{0,3}(?:no|num|number|ref|reference|id|identifier|code)s?\b){0,2}"
    r"(?:\s{1,3}(?:for|of)\s[^\d.;:=\n]{1,25}?(?=[:=]|\s(?:is|was)\b)|\s?\([A-Z.\s]{1,12}\))?"
    r"[\s.:;#=<>()\[{\"'_/\\|~?&+*,-]{0,6}(?:\b(?:is|was|are|of|as|on|the|under)\b[\s:]{0,3})?"
)
"""What may stand between a word and the number that it tells of."""
_JOINED = "(?:no|num|number|ref|id)"
"""What is written without a blank behind such a word: `nhsNumber`, `MosaicID`."""
OF_WHOM = r"(?:\s(?:record|file|case|person|client|child|patient|pupil|service\suser)\b)?"
"""What may stand between the name of a system and "number"."""
_NUMBER = r"(?:no|num|number|id|identifier)\b\.?"
_BEHIND, _CLOSES = r"(?:\s?[(\[]\s?|\s?-\s?|,?\s)", r"(?:[)\].;,]|$)"
"""What stands between a number and the words that tell of it, behind it; and what ends these."""
_UNIT = r"GBP|EUR|USD|pounds?|pence|euros?|bytes|[KMG]B|kg|km|miles|metres|per\s?cent|percent"
_NO_UNIT = rf"(?!\s?(?:{_UNIT})\b|p\b|\s?%)"
_GROUPED = rf"(?![0-258]\d\d\s?[,/])\d{_FIGURE}{{2}}{_PARTED}{_FIGURE}{{3}}{_PARTED}{_FIGURE}{{4}}"
_IN_TWO = (
    r"[34679]\d{5}\s{1,3}(?!19|20)\d{4}|[34679]\d{3}\s{1,3}\d{6}|[34679]\d\d\s{1,3}\d{7}"
    r"|[34679]\d\d\s\d{3}\s\d\d\s\d\d(?!\s?\d)"
)
"""With one blank left out, or one more."""
NHS_GROUPED = (
    r"(?<![A-Za-z0-9])(?<!\d[.,/-])"
    rf"(?:{_GROUPED}|{_IN_TWO}|\d(?:{_ONE}{{1,3}}\d){{9}}(?!{_ONE}{{0,3}}\d))"
    rf"(?![A-Za-z0-9]|[.,/-]\d){_NO_UNIT}"
)
NHS_PLAIN = (
    r"(?<![\d+])(?<!\d\.)(?<!\d[A-Za-z])(?<!\d[A-Za-z]{2})(?<!\d[A-Za-z]{3})[34679]\d{9}"
    rf"(?!\d|\.(?!0(?!\d))\d|[a-f]{{0,3}}\d){_NO_UNIT}"
)
"""Numbers of England, Wales, the Isle of Man and Northern Ireland begin so, and those of examples (9): `_GROUPED` by
commas or slashes too. Beside ten figures anything may stand but figures, also behind letters: those are of a code."""
_APART = r"(?:[\s._/|:()*-]|[,;](?!\s)){0,6}"
NHS_ANY = rf"(?:{_FIGURE}(?:{_APART}{_FIGURE}){{9}}|\d{{3}},\s\d{{3}},\s\d{{4}})(?![A-Za-z0-9])"

_PARTS = r"[\s._/:|-]{0,3}"
"""What may stand between two characters of a UPN or of a National Insurance number."""
UPN = rf"[A-HJ-NP-RT-Z](?:{_PARTS}\d){{11}}{_PARTS}[0-9A-HJ-NP-RT-Z]{_ENDS}"
UPN_SAID = UPN.replace(r"\d", _FIGURE)

_NI = (
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)(?:Q{s}Q|[A-CEGHJ-PR-TW-Z]{s}[A-CEGHJ-NPR-TW-Z])(?:{s}\d){{6}}".replace("{s}", _PARTS)
).replace("{{6}}", "{6}")
"""GOV.UK: prefixes that are not used are left out; QQ is that of examples."""
NI_WHOLE = rf"{_NI}{_PARTS}[A-D]{_ENDS}"
NI_ANY = rf"{_NI}(?:{_PARTS}[A-D])?{_ENDS}".replace(r"\d", _FIGURE)

_MONTH_DAY = rf"(?:[05]{_S}[1-9]|[16]{_S}[0-2]){_S}(?:0{_S}[1-9]|[12]{_S}\d|3{_S}[01])"
DRIVING_LICENCE = (
    rf"{ALONE}[A-Z](?:{_S}[A-Z9]){{4}}{_S}\d{_S}{_MONTH_DAY}{_S}\d"
    rf"{_S}[A-Z]{_S}[A-Z9]{_S}\d(?:{_S}[A-Z]){{2}}(?:\s?\d\d)?{_ENDS}"
)
"""Five letters of the surname, filled up with 9; decade, month (a woman's plus 50), day, year; initials; checks."""

MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_DAY = r"\d{1,2}\s?(?:st|nd|rd|th)?"
DATE = (
    rf"(?:[a-z]{{3,6}}day,?\s{{1,2}})?(?:the\s)?(?:"
    rf"{_DAY}[\s.,/-]{{0,3}}(?:of\s{{1,2}})?{MONTHS}[\s.,'\u2019/-]{{0,3}}(?:\d{{4}}|\d{{2}})"
    rf"|{MONTHS}[\s.-]{{0,2}}{_DAY}[\s.,]{{1,3}}\d{{4}}"
    r"|\d{4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}"
    r"|\d{1,2}\s?[\s./_-]\s?\d{1,2}\s?[\s./_-]\s?(?:\d{4}|['\u2019]?\d{2})"
    r"|\d{8}|\d{6})(?!\d)"
)
WRITTEN_DATE = DATE.replace(r"|\d{8}|\d{6}", "")
DATE_SAID = DATE.replace(r"\d", _FIGURE)
_TO_NUMBER = r"[\s,:()-]{1,3}"
_WORD_BETWEEN = rf"(?:{_TO_NUMBER}[a-z'\u2019]{{1,15}})"
_WORDS_AFTER = r"(?:(?:is|was|were|as|when|his|her|their|the|child|child's|he|she|they)\s){0,5}"
"""What may stand between a date and the words that say, behind it, what it is."""

_NO_PREFIX = r"(?!(?:for|in|of|from|to|by|with|at|and|or|since|about|over|under|nearly|some|all|after|before)\s)"
_CASE_FIGURES = r"\d(?:[ \t./-]?\d|[OIL]){2,13}[A-Z]?" + _ENDS
CASE = rf"(?:{_NO_PREFIX}(?:[A-Z]{{1,3}}|(?-i:[A-Z]{{4,6}}))[\s/-]?)?{_CASE_FIGURES}"
CASE_LONG = _CASE_FIGURES.replace("{2,13}", "{5,13}")
_CASEALONE = (
    rf"{ALONE}case(?P<many>\s?(?:nos|numbers)\b\.?)?[\s:#/_-]{{0,3}}"
    rf"(?P<number>[A-Z]{{0,3}}\d{{6,14}}){_ENDS}(?(many)(?!\sin\s\d{{4}}\b))"
)
"""Without "number" it takes more figures; "case numbers" may be how many there were."""
_WHOSE = (
    rf"{ALONE}(?:child|client|patient|pupil|adult|person|customer|resident|student|service\suser)"
    rf"[\s:#(-]{{1,3}}(?P<number>\d{{7,9}}){_ENDS}"
)
"""Seven figures or more directly behind whose they are: nobody counts so many of one."""
_TURNED = r"turn(?:ed|s|ing)\s\d{1,2}\s(?:years?\sold\s)?on\s"
POSTCODE = rf"{ALONE}([A-Z]{{1,2}})(\d[A-Z\d]?)[\s.-]{{0,2}}(\d)([ABD-HJLNP-UW-Z]{{2}}){_ENDS}"

_ENDS_POSTCODE = rf"\d{_S}[ABD-HJLNP-UW-Z]{{2}}(?![A-Za-z])"
MAY_HOLD = rf"\d\D{{0,14}}\d\D{{0,14}}\d|{_ENDS_POSTCODE}"
"""Three digits near each other, or the end of a postcode: a text without either holds no identifier."""
MAY_BE_SEEN = rf"\d(?:[\s._,/|:()-]{{0,3}}{_FIGURE}){{5}}|{_ENDS_POSTCODE}"
"""Six digits near each other, or the end of a postcode: without either, none is known without words."""


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern that does not look at capital letters; made when it is first asked for, because that takes long."""
    return re.compile(pattern, re.IGNORECASE)


@cache
def compile_words(words: str) -> re.Pattern[str]:
    """A pattern for a text in small letters: some five times as fast as one that does not look at capital letters."""
    return re.compile(words)


def any_of(words: Iterable[str]) -> str:
    """One of these words or phrases, also with "number" joined to it; blanks in one may be any, or none.

    The longest is tried first, of those that begin alike: that is some three times as fast as to try all.
    """
    begun = groupby(sorted(words, key=lambda word: (word[0], -len(word), word)), key=itemgetter(0))
    alike = ((re.escape(first), [re.escape(word[1:]) for word in group]) for first, group in begun)
    written = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in alike).replace(r"\ ", r"[\s_-]{0,3}")
    return f"(?<![A-Za-z0-9])(?:{written})(?!(?!{_JOINED}(?![A-Za-z]))[A-Za-z])"


def list_plurals(words: Iterable[str]) -> list[str]:
    """Of words for a number those for several: "case IDs"; "case numbers" may be how many there were."""
    return [f"{word}s" for word in words if word.endswith(("ID", "ref", "reference"))]


def said_to_be(words: Iterable[str], number: str) -> str:
    """A number behind one of these words, as the group `number`."""
    return rf"{any_of(words)}{_LINK}(?P<number>{number})"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write a kind; `is_said`: words say what it is, so that less need be seen in it."""

    kind: IdentifierKind
    written: str
    is_said: bool = False

    def find(self, folded: str) -> Iterator[re.Match[str]]:
        """Every place in a folded text that looks so."""
        return compile_pattern(self.written).finditer(folded)


def list_said(kinds: Mapping[IdentifierKind, IdentifierWords]) -> tuple[Pattern, ...]:
    """Every way to write a number together with the words that say what it is."""
    kind = IdentifierKind
    case, born = kinds[kind.CASE_REFERENCE], kinds[kind.DATE_OF_BIRTH].words
    several = any_of(list_plurals(case.words))
    behind_it = [word for word in born if word != "(b"]
    nhs = any_of(kinds[kind.NHS_NUMBER].words)
    behind = rf"(?P<behind>{nhs}\s{_NUMBER}|{nhs}(?=\s?{_CLOSES}))"
    written = (
        (kind.NHS_NUMBER, said_to_be(kinds[kind.NHS_NUMBER].words, NHS_ANY)),
        (kind.NHS_NUMBER, rf"{nhs}\s{{0,3}}{_NUMBER}{_WORD_BETWEEN}{{1,6}}{_TO_NUMBER}(?P<number>{NHS_ANY})"),
        (kind.NHS_NUMBER, rf"{ALONE}(?P<number>{NHS_ANY}){_BEHIND}{_WORDS_AFTER}{behind}"),
        (kind.UPN, said_to_be(kinds[kind.UPN].words, UPN_SAID)),
        (kind.NATIONAL_INSURANCE, said_to_be(kinds[kind.NATIONAL_INSURANCE].words, NI_ANY)),
        (kind.DATE_OF_BIRTH, said_to_be(born, DATE_SAID)),
        (
            kind.DATE_OF_BIRTH,
            rf"{any_of(born)}\.?(?P<between>{_WORD_BETWEEN}{{0,8}}{_TO_NUMBER})(?<!\d)(?P<number>{WRITTEN_DATE})",
        ),
        (kind.DATE_OF_BIRTH, rf"(?<!\d)(?P<number>{DATE}){_BEHIND}{_WORDS_AFTER}{any_of(behind_it)}\.?\s?{_CLOSES}"),
        (kind.DATE_OF_BIRTH, rf"(?<![\w.])(?:(?-i:b)[.:]\s?|birth\s|{_TURNED})(?P<number>{WRITTEN_DATE})"),
        (kind.CASE_REFERENCE, rf"(?:{any_of(case.words)}|{several}(?=\s?[:=#(])){_LINK}(?P<number>{CASE})"),
        (kind.CASE_REFERENCE, _CASEALONE),
        (kind.CASE_REFERENCE, rf"{any_of(case.systems)}{OF_WHOM}(?P<link>{_LINK})(?P<number>{CASE})"),
        (kind.CASE_REFERENCE, rf"[/.\\]{any_of(case.systems)}[^\s]{{1,100}}[/=](?P<number>\d{{5,14}}){_ENDS}"),
        (kind.CASE_REFERENCE, rf"(?<![\d.,/-])(?P<number>{CASE_LONG})\s?(?:[(\[]\s?|on\s|in\s){any_of(case.systems)}"),
        (kind.CASE_REFERENCE, rf"(?<![\d.,/-])(?P<number>\d{{7,14}}),?\s{any_of(case.systems)}(?=\s?{_CLOSES})"),
    )
    return tuple(Pattern(which, pattern, is_said=True) for which, pattern in written)


def list_seen() -> tuple[Pattern, ...]:
    """Every way to write an identifier that is known without words."""
    kind = IdentifierKind
    written = (
        (kind.NHS_NUMBER, f"{NHS_GROUPED}|{NHS_PLAIN}"),
        (kind.UPN, f"{ALONE}{UPN}"),
        (kind.NATIONAL_INSURANCE, f"{ALONE}{NI_WHOLE}"),
        (kind.DRIVING_LICENCE, DRIVING_LICENCE),
        (kind.POSTCODE, POSTCODE),
    )
    whose = Pattern(kind.CASE_REFERENCE, _WHOSE, is_said=True)
    return (*(Pattern(which, pattern) for which, pattern in written), whose)


def no_nhs_number(words: Iterable[str], figures: Iterable[str]) -> str:
    """What a text ends with before a number that is another one.

    One of these `words`, but not of a person; an area's code or a currency; words of `figures` earlier in the sentence;
    a row of figures; or an address that does not tell of patients.
    """
    said = (
        rf"(?<!\bhis\s)(?<!\bher\s)(?<!\btheir\s)(?<!'s\s){any_of(words)}"
        r"(?:\s{1,3}(?:no|number|id|code|meeting|room|link|is|on|at|of)\b){0,3}[\s.:#=()-]{0,6}"
    )
    row = r"(?:^|[:,\d]\s?)(?<!\d{3}\s\d{3}\s)(?<!\d)(?!19|20)\d{3,4},?\s"
    code = r"(?:\+\s?\d{1,3}|\(0\)|[£$€]|(?<!\d)0)[\s.-]?"
    address = r"(?:://|\bwww\.|\b10\.\d{4,9}/)(?:(?!nhs|patient)\S){0,100}"
    return rf"(?:{said}|{any_of(figures)}[^.;\n]{{0,30}}|{row}|{code}|{address})$"


def goes_on(words: Iterable[str]) -> str:
    """What follows a number that is none of the NHS: one of these words alone in brackets, or a row of figures."""
    said = rf"\s?\(\s?{any_of(words)}(?:\s(?:no|number|id|code|meeting))?\s?\)"
    counted = r"\s(?:records|rows|hits|views)\b"
    row = r",?\s(?!(?:19|20)\d\d\b)[1-9]\d{2,3}(?!\d|\s\d{3}\s\d{4}(?!\d))(?=\s?(?:[\d,.;)]|$))"
    return rf"(?:{said}|{counted}|{row})"


_AS_FIGURES = str.maketrans("OIL", "011")


def as_figures(compact: str) -> str:
    """Capital letters that stand for a nought or a one as these figures."""
    return compact.translate(_AS_FIGURES)


YEAR = r"(?:19|20)\d\d(?:[\s/-]{1,3}(?:(?:19|20)\d\d|\d\d))?"
DAY_JOINED = r"20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
"""A date as names of files have it; a longer or shorter number may be that of a case."""
HOURS = r"\d{1,2}\.\d\d(?:\s?-\s?\d{1,2}\.\d\d)?"
_COUNTED = (
    r"(?:records|cases|children|adults|people|users|licen[cs]es|forms|episodes|referrals|contacts|pounds|hours"
    r"|incidents|crimes|offences|families|pupils|patients|clients|visits|reports|calls|days|weeks|staff"
    r"|members|occurrences|rows|entries|documents|letters|pages|sessions|logins|posts|hits|checks)"
)
COUNTED = (
    rf"\s{_COUNTED}\b"
    r"|\s(?:out\s)?of\s\d|\s(?:is|was)\sthe\s(?:count|number|total)\b"
)
"""What a number is followed by that counts something."""
COUNTS = rf"\b(?:Q[1-4]|plans|{_COUNTED})\W*$"
"""What a text ends with before figures in a row that count something."""
IS_NUMBERED = r"\b(?:no|num|number|ref|reference|id|identifier|code)\b|[:#]"
"""What says between the name of a system and a number that it is that of a case."""
MANY_BORN = (
    r"\b(?:children|babies|infants|newborns|twins|those|people|pupils|adults|mothers|women|girls|boys|births|all|any|every)\b"
    r"[^.;\d]{0,20}$"
)
"""What stands before "born" where it is told of many, by a rule or a count."""
SAYS_DATE = r"\b(?:as|is|was|(?:updated|corrected|changed|amended)\sto)\W*$"
"""What says that a date is the one that was told of before."""
NO_PERSON = (
    r"\b(?:service|team|project|partnership|group|programme|plan|idea|initiative|policy|board|hub|unit|scheme|network"
    r"|pathway|protocol|website|organisation|charity)\s(?:(?:is|was)\s)?$"
)
"""What stands before "born" where it is told of no person."""
IN_A_LIST = r"(?:^|\W)a[.):]\s[\s\S]*$"
"""What stands before "b." in a list."""
LEADS_TO_A_DATE = rf"(?:\d|\b(?:{MONTHS}|on|is|was|as|of|the))\W*$"
"""What a text ends with whose next cell goes on with a date: an action and its due date stand beside each other too."""
BY_A_DATE = r"\b(?:by|from)\W*$"
