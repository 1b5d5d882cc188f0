"""Dates as people type them, to partial dates: the day comes first, and nothing is guessed.

A text is put into plain form (case, ordinals, "by the end of"), then the first rule that fits reads it. Where two
readings remain both are named and the officer settles it; a year that was left out is the plan's financial year.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from plan_sheets.core.model.dates import WEEKDAYS, PartialDate, Precision
from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import one_slip

FAR = 5
"""Years from the plan's first year beyond which a date is doubted."""

_LONGEST = 80
"""Characters; no date is longer, and the rules need not look at an essay."""

_TO_1904 = timedelta(days=1462)
"""How much later a day number is in a workbook that counts from 1904 (ECMA-376 Part 1, 18.17.4.1)."""

_BLOCKING = frozenset({"date_month_first", "date_weekday", "date_in_doubt"})

_MONTHS = tuple("january february march april may june july august september october november december".split())  # noqa: SIM905 - a list of words reads best as words
_WEEKDAYS = tuple(day.casefold() for day in WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was read as; `date` is None where a remark blocks."""

    date: PartialDate | None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Readings:
    """The dates that a text may stand for, and codes of what has to be said; no date at all is an impossible one."""

    dates: tuple[PartialDate, ...] = ()
    codes: tuple[str, ...] = ()


def read_date(text: str, *, year: int, number: bool = False, since_1904: bool = False) -> Reading:
    """Read one date, for the plan whose financial year begins in April of `year`.

    `number` says that the cell held a number: then only a spreadsheet's day number is a date, for 3.1 may have been
    typed as 3.10. `since_1904`: the workbook counts its days from 1904, but a day number may have come from one that
    does not, so it has two readings. A date in our own words has no remark, unless it is far from the plan.
    """
    own = PartialDate.from_words(text)
    if own:
        return _told(_Readings((own,)), "", year)
    if len(text) > _LONGEST:
        return _unread(text, year)
    plain, doubted = _without_doubt(_plain(text))
    plain, weekday = _without_weekday(plain)
    readings = _serial(plain) if number else _read(plain, year)
    if since_1904 and readings and "date_serial" in readings.codes:
        readings = _Readings((*readings.dates, *(PartialDate.day(day.first + _TO_1904) for day in readings.dates)))
    if doubted and readings and readings.dates:
        readings = _Readings(readings.dates, (*readings.codes, "date_in_doubt"))
    if readings and readings.dates:
        return _told(readings, weekday, year)
    return Reading(None, (Remark("date_unreadable", {"plan": _plan(year)}),)) if readings else _unread(plain, year)


def _told(readings: _Readings, weekday: str, year: int) -> Reading:
    """The reading with its remarks: one date that nothing blocks, or why not."""
    plan = _plan(year)
    if len(readings.dates) > 1:
        both = ", or ".join(found.words for found in readings.dates)
        return Reading(None, (Remark("date_two_readings", {"readings": both, "plan": plan}),))
    found = readings.dates[0]
    details = {"after": found.words, "plan": plan}
    if weekday and (found.precision is not Precision.DAY or _WEEKDAYS[found.first.weekday()] != weekday):
        named = _WEEKDAYS[found.first.weekday()].capitalize()
        return Reading(None, (Remark("date_weekday", {**details, "weekday": named}),))
    blocking = [code for code in readings.codes if code in _BLOCKING]
    if blocking:
        return Reading(None, tuple(Remark(code, details) for code in blocking))
    far = () if _near(found, year) else ("date_far",)
    return Reading(found, tuple(Remark(code, details) for code in (*readings.codes, *far)))


def _unread(text: str, year: int) -> Reading:
    """Why a text that no rule reads is no date: it names a time without saying when, or cannot be understood."""
    code = "date_vague" if _VAGUE.search(text.casefold()) else "date_unreadable"
    return Reading(None, (Remark(code, {"plan": _plan(year)}),))


def _plan(year: int) -> str:
    """The financial year as people write it: `2016/17`."""
    return f"{year}/{(year + 1) % 100:02d}"


_TIME = re.compile(
    r"(?<=[0-9])(?:[t ]+(?:at )?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]m)?"
    r"(?: ?z| ?[+-][0-9]{2}:?[0-9]{2})?| (?:at )?[0-9]{1,2}(?:\.[0-9]{2})? ?[ap]m)$"
)
_PREFIX = re.compile(r"^(?:(?:due|by|on|in|during|no later than|not later than):? +)+")
_SUFFIX = re.compile(r"(?: at the)? latest$")
_DOUBT = re.compile(r"(?:[ (\[,-]*(?:\?+|\btb[cda]\b|\bto be confirmed\b)[)\]]*)+$")
_WEEKDAY = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nes|nesday|r|rs|rsday|ur|urday)?\b[., ]*(?=[0-9a-z])"
)
_QUARTER_WORDS = re.compile(r"\b(?:(?:quarter|qtr|q) ?([1-4])|([1-4])(?:st|nd|rd|th) (?:quarter|qtr))\b")
_NUMBERED = {"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "final": "4th"}
_VAGUE = re.compile(
    r"spring|summer|autumn|winter|\beaster|christmas|new year|\bterm\b|on-?going|continu|\basap\b|a\.s\.a\.p|as soon as"
    r"|\bnext\b|\bthis\b|\bearly\b|\bmid\b|\blate\b|\bstart\b|\bbeginning\b|annual|quarterly|monthly|weekly|regular"
    r"|immediate|\bnow\b|today|tomorrow|\bwhen\b|\bafter\b|\bbefore\b|\buntil\b|rolling|throughout|\bweek\b|\bw/?[ce]\b"
    r"|^month$|^year$|^(?:19|20|21)[0-9]{2}$|^(?:19|20|21)[0-9]{2} ?[-/] ?(?:[0-9]{2}|[0-9]{4})$"
)


def _plain(text: str) -> str:
    """The text in small letters, on one line, with plain hyphens and apostrophes and without what changes nothing."""
    text = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    text = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("[\u2018\u2019\u00b4`]", "'", text.casefold()))
    text = " ".join(text.replace(",", " ").replace("\\", "/").split()).rstrip(" .;:")
    text = _PREFIX.sub("", _SUFFIX.sub("", text))
    text = " ".join(re.sub(r"\b(?:of|the|this(?= (?:financial|fy)))\b", " ", text).split())
    for word, ordinal in _NUMBERED.items():
        text = re.sub(rf"\b{word}(?= (?:quarter|qtr)\b)", ordinal, text)
    text = _QUARTER_WORDS.sub(lambda match: f"q{match[1] or match[2]}", text)
    return _TIME.sub("", text)


def _without_doubt(text: str) -> tuple[str, bool]:
    """The text without a question mark or "TBC" at its end, and whether there was one."""
    sure = _DOUBT.sub("", text)
    return sure, sure != text


def _without_weekday(text: str) -> tuple[str, str]:
    """The text without a day of the week before it, and that day in full."""
    match = _WEEKDAY.match(text)
    if not match:
        return text, ""
    return text[match.end() :], next(day for day in _WEEKDAYS if day.startswith(match[1]))


def _day(year: int, month: int, day: int) -> tuple[PartialDate, ...]:
    try:
        return (PartialDate.day(date(year, month, day)),)
    except ValueError:
        return ()


def _month(year: int, month: int) -> tuple[PartialDate, ...]:
    return (PartialDate.month(year, month),) if 1 <= month <= len(_MONTHS) else ()


def _month_number(word: str) -> int | None:
    """The month that a word, an abbreviation of it or a misspelling by one letter stands for."""
    for number, name in enumerate(_MONTHS, start=1):
        if word in (name, name[:3], name[:4]):
            return number
    near = [
        number
        for number, name in enumerate(_MONTHS, start=1)
        if len(word) > 4 and word[0] == name[0] and one_slip(word, name)  # noqa: PLR2004 - shorter words are near too many
    ]
    return near[0] if len(near) == 1 else None


def _full_year(digits: str, year: int) -> int:
    """A year of four digits, or one of two digits in the century that brings it nearest to the plan."""
    short = digits.lstrip("'")
    return int(short) if len(short) > 2 else int(short) + 100 * round((year - int(short)) / 100)  # noqa: PLR2004 - two digits


def _year_of(month: int, year: int) -> int:
    """The calendar year in which this month of the financial year lies."""
    return year if month >= 4 else year + 1  # noqa: PLR2004 - a financial year begins in April


def _near(found: PartialDate, year: int) -> bool:
    return abs(found.first.year - year) <= FAR


def _serial(text: str) -> _Readings | None:
    """A spreadsheet's day number: days since 30 December 1899, with the time behind the point."""
    match = re.fullmatch(r"([0-9]{5})(?:\.[0-9]+)?", text)
    if not match:
        return None
    return _Readings((PartialDate.day(date(1899, 12, 30) + timedelta(days=int(match[1]))),), ("date_serial",))


def _three_numbers(match: re.Match[str], year: int) -> _Readings:
    first, second, full = int(match[1]), int(match[2]), _full_year(match[3], year)
    day_first, month_first = _day(full, second, first), _day(full, first, second)
    if day_first:
        return _Readings(day_first, ("date_day_first",) if month_first and first != second else ())
    return _Readings(month_first, ("date_month_first",))


def _two_numbers(match: re.Match[str], year: int) -> _Readings:
    """31/3, which has no year; but 3/17 may be March 2017 or the American 17 March."""
    first, second = int(match[1]), int(match[2])
    day_first = _day(_year_of(second, year), second, first)
    month_first = _day(_year_of(first, year), first, second)
    if day_first:
        ambiguous = ("date_day_first",) if month_first and first != second else ()
        return _Readings(day_first, ("date_year_assumed", *ambiguous))
    of_year = tuple(found for found in _month(_full_year(match[2], year), first) if _near(found, year))
    return _Readings(of_year + month_first, () if of_year else ("date_month_first",))


def _year_first(match: re.Match[str], _year: int) -> _Readings:
    return _Readings(_day(int(match[1]), int(match[2]), int(match[3])))


def _year_month(match: re.Match[str], year: int) -> _Readings | None:
    return None if _financial(match[1], match[2], year) else _Readings(_month(int(match[1]), int(match[2])))


def _month_year(match: re.Match[str], _year: int) -> _Readings:
    return _Readings(_month(int(match[2]), int(match[1])))


def _named(match: re.Match[str], year: int) -> _Readings | None:
    """A month in words, with a day or a year or both; each has its group, and None where it is not there."""
    month = _month_number(match["month"])
    if month is None:
        return None
    parts = match.groupdict()
    full = _full_year(parts["year"], year) if parts["year"] else _year_of(month, year)
    dates = _day(full, month, int(parts["day"])) if parts.get("day") else _month(full, month)
    return _Readings(dates, () if parts["year"] else ("date_year_assumed",))


def _month_and_number(match: re.Match[str], year: int) -> _Readings | None:
    """March 17: a month of 2017, or its 17th day. A year far from the plan is not a reading if the day is one."""
    month = _month_number(match["month"])
    if month is None:
        return None
    day = _day(_year_of(month, year), month, int(match["number"]))
    of_year = _month(_full_year(match["number"], year), month) if len(match["number"]) > 1 else ()
    if day and not (of_year and _near(of_year[0], year)):
        return _Readings(day, ("date_year_assumed",))
    return _Readings(of_year + day)


def _months(match: re.Match[str], year: int) -> _Readings | None:
    """January to March 2017: three months of one year are a quarter, anything else is more than a date can hold."""
    first, last = _month_number(match["first"]), _month_number(match["month"])
    years = {_full_year(digits, year) for digits in (match["from"], match["year"]) if digits}
    if first is None or last is None or last != first + 2 or len(years) > 1:
        return None
    full = years.pop() if years else _year_of(first, year)
    codes = () if match["from"] or match["year"] else ("date_year_assumed",)
    return _Readings((PartialDate.quarter(full, first),), codes)


def _quarter(match: re.Match[str], year: int) -> _Readings | None:
    """Q3 is a quarter of the plan's financial year; with one calendar year it may be either kind of quarter."""
    quarter, of = int(match["quarter"]), f"{match['before']}{match['after']}".strip(" -/")
    if not of:
        return _Readings((Round(year, quarter).period,), ("date_year_assumed",))
    years = re.fullmatch(_FINANCIAL, of)
    if years:
        begins = _financial(years[1], years[2], year)
        return _Readings((Round(begins, quarter).period,)) if begins else _Readings()
    if re.fullmatch(_YEAR, of):
        full = _full_year(of, year)
        return _Readings((PartialDate.quarter(full, quarter * 3 - 2), Round(full, quarter).period))
    return None


def _financial(first: str, second: str, year: int) -> int | None:
    """The year in which a financial year such as 2016/17 begins; None if the two do not follow each other."""
    begins, ends = _full_year(first, year), _full_year(second, year)
    return begins if ends == begins + 1 else None


def _end_of_financial_year(match: re.Match[str], year: int) -> _Readings | None:
    if not match[1]:
        return _Readings(_month(year + 1, 3), ("date_year_assumed",))
    begins = _financial(match[1], match[2], year)
    return _Readings(_month(begins + 1, 3)) if begins else _Readings()


def _end_of_calendar_year(match: re.Match[str], _year: int) -> _Readings:
    return _Readings(_month(int(match[1]), 12))


def _end_of_a_year(_match: re.Match[str], year: int) -> _Readings:
    return _Readings(_month(year, 12) + _month(year + 1, 3))


def _end_of(match: re.Match[str], year: int) -> _Readings | None:
    """The end of a month or a quarter is the day on which it falls due anyway; a day has no end."""
    readings = _read(match[1], year)
    if readings is None:
        return None
    dates = tuple(found for found in readings.dates if found.precision is not Precision.DAY)
    return _Readings(dates, readings.codes)


_FULL_YEAR = "(?:19|20|21)[0-9]{2}"
_YEAR = f"(?:{_FULL_YEAR}|'?[0-9]{{2}})"
_SURE_YEAR = f"(?:{_FULL_YEAR}|'[0-9]{{2}})"
_FINANCIAL = f"(?:(?:fy|(?:financial )?year) ?)?({_FULL_YEAR}|[0-9]{{2}}) ?[-/] ?({_FULL_YEAR}|[0-9]{{2}})"
_DAY = "[0-9]{1,2}"
_ORDINAL = "(?:st|nd|rd|th)"
_WORD = "[a-z]{3,10}"
_GAP = "[-/. ]*"

_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], _Readings | None]], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (f"({_DAY}) ?[-/. ] ?({_DAY}) ?[-/. ] ?({_YEAR})", _three_numbers),
        (f"({_FULL_YEAR})[-/.]({_DAY})[-/.]({_DAY})", _year_first),
        (f"({_FULL_YEAR})[-/.]({_DAY})", _year_month),
        (f"({_DAY}) ?[-/. ] ?({_FULL_YEAR})", _month_year),
        (f"({_DAY}) ?[-/.] ?({_DAY})", _two_numbers),
        (f"(?P<day>{_DAY}){_ORDINAL}?{_GAP}(?P<month>{_WORD})(?:{_GAP}(?P<year>{_YEAR}))?", _named),
        (f"(?P<month>{_WORD}){_GAP}(?P<day>{_DAY}){_ORDINAL}?[-/. ]+(?P<year>{_SURE_YEAR})", _named),
        (f"(?P<month>{_WORD}){_GAP}(?P<day>{_DAY}){_ORDINAL}(?P<year>)", _named),
        (f"(?P<month>{_WORD})(?:{_GAP}(?P<year>{_SURE_YEAR}))?", _named),
        (f"(?P<month>{_WORD}){_GAP}(?P<number>{_DAY})", _month_and_number),
        (
            f"(?P<first>{_WORD}) ?(?P<from>{_SURE_YEAR})? ?(?:-|/|to|until) ?(?P<month>{_WORD}) ?(?P<year>{_YEAR})?",
            _months,
        ),
        (r"(?P<before>.*?)\bq(?P<quarter>[1-4])\b(?P<after>.*)", _quarter),
        (f"end {_FINANCIAL}|end (?:financial year|fy)|(?:financial year|fy)[- ]end", _end_of_financial_year),
        (f"(?:financial )?year[- ]end {_FINANCIAL}", _end_of_financial_year),
        (f"end ({_FULL_YEAR})", _end_of_calendar_year),
        ("end year|year[- ]end", _end_of_a_year),
        ("end[- ](.+)", _end_of),
    )
)


def _read(text: str, year: int) -> _Readings | None:
    """What the first rule that fits makes of the plain text; None if none does."""
    for pattern, rule in _RULES:
        match = pattern.fullmatch(text)
        readings = rule(match, year) if match else None
        if readings:
            return readings
    return _serial(text)
