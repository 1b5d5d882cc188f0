"""What a cell shows of a number or a date in its number format."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

GENERAL = "General"
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd/mm/yyyy h:mm",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "dd/mm/yyyy"),
    **dict.fromkeys((37, 38), "#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00"),
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
"""Formats that a file names by number only (ECMA-376 part 1, 18.8.30); East Asian dates as British ones."""

_UNSHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ON_CONDITION = re.compile(r"\[[<>=]")
"""The beginning of a format for some numbers only."""
_DATE_PART = re.compile(r"d+|m+|y+|h+|s+", re.IGNORECASE)
_LONGEST = {"dddd": "Wednesday", "ddd": "Wed", "mmmm": "September", "mmm": "Sep", "yyyy": "2000", "yyy": "2000"}


def is_date(code: str) -> bool:
    """Whether a number in this format is a date or a time."""
    return code != GENERAL and bool(_DATE_PART.search(_UNSHOWN.sub("", code.partition(";")[0])))


def hides_day(code: str) -> bool:
    """Whether a date in this format is shown by its month and year, or by its year alone."""
    return _list_date_parts(code) in ({"m", "y"}, {"y"}) and not _ON_CONDITION.search(code)


def shows_whole_date(code: str) -> bool:
    """Whether a date in this format is shown with its day, its month and its year."""
    shown = {part.lower() for part in _DATE_PART.findall(_UNSHOWN.sub("", code.partition(";")[0]))}
    whole = shown & {"d", "dd"} and {"m", "y"} <= {part[0] for part in shown}
    return bool(whole) and not _ON_CONDITION.search(code)


def format_date(words: str, code: str) -> str:
    """A date (`1 March 2017`) in a format that hides its day: "March 2017", or "2017"."""
    _, month, year = words.split()[:3]
    return f"{month} {year}" if "m" in _list_date_parts(code) else year


def _list_date_parts(code: str) -> set[str]:
    return {part[0].lower() for part in _DATE_PART.findall(_UNSHOWN.sub("", code.partition(";")[0]))}


def format_longest(number: str, code: str) -> str:
    """The longest text that a number may show in this format: of a date, one with the longest words.

    General shows as many decimals as fit, so they are left out. Raises ValueError if `number` is no number.
    """
    value = float(number)
    if is_date(code):
        return _DATE_PART.sub(_replace_date_part, _UNSHOWN.sub("", code.partition(";")[0]))
    if code == GENERAL:
        return f"{value:.15g}".partition(".")[0] if abs(value) < 1e15 else f"{value:.15g}"  # noqa: PLR2004 - more digits than Excel keeps
    whole, _, decimals = _UNSHOWN.sub("", code.partition(";")[0]).partition(".")
    percent = "%" in code
    places = len(re.match(r"[0#?]*", decimals)[0])  # type: ignore[index]  # it matches anything
    return f"{value * 100 if percent else value:{',' if ',' in whole else ''}.{places}f}" + "%" * percent


MOST_DIGITS = 15
"""How many digits of a number Excel keeps."""
_SIMPLE = re.compile(
    r'(?:"([^"]*)"|\[\$([^]-]*)(?:-[^]]*)?\]|\\?([£$€]))?(0+|#,##0)(?:\.(0+))?(%)?(?:"([^"]*)")?(?:_.|\s)?'
)
"""A currency sign, digits (`000` fills up with zeros), decimals, a percent sign, words after them; nothing else."""


def format_number(number: str, code: str) -> str | None:
    """What a cell shows of a number: "75%", "007", "£1,200.00"; None if the format is not so simple.

    Raises DecimalException if `number` is no number.
    """
    value, sections = Decimal(number), code.split(";")
    simple = _SIMPLE.fullmatch(sections[0])
    if not simple or (len(sections) > 1 and value <= 0) or value.adjusted() > MOST_DIGITS:
        return None
    before, currency, sign, digits, decimals, percent, behind = (part or "" for part in simple.groups())
    places = Decimal(1).scaleb(-len(decimals))
    rounded = abs(value * 100 if percent else value).quantize(places, ROUND_HALF_UP)
    width = len(digits) + bool(decimals) + len(decimals)
    figures = f"{rounded:,f}" if "," in digits else f"{rounded:f}".zfill(width)
    minus = "-" if value < 0 and rounded else ""
    return f"{minus}{before}{currency}{sign}{figures}{percent}{behind}"


def _replace_date_part(match: re.Match[str]) -> str:
    return _LONGEST.get(match[0].lower(), "00")
