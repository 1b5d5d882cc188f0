"""What was typed in a cell, tidied by what its field may hold: nothing is guessed, nothing is lost.

A tidying is a note; what cannot be read is an error, and what can be read in two ways a query. Where a remark blocks,
the value is what was typed, but for white space: it is recorded and never merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from plan_sheets.core.answers.addresses import tidy_email, tidy_emails
from plan_sheets.core.answers.choices import read_choice, same_choice
from plan_sheets.core.answers.read_dates import read_date
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.found import CellKind, FoundCell, Remark, Tidied
from plan_sheets.core.model.printable import printable
from plan_sheets.core.model.text import shorten


def as_cell_shows(cell: FoundCell, shown: str | None) -> tuple[FoundCell, tuple[Remark, ...]]:
    """A cell that holds a number or a date, with the words that it shows, and what is to be said of that.

    `shown`: as in `FoundSheet.shown`, None where the number stands there as it is.
    """
    if shown is None or cell.kind not in (CellKind.NUMBER, CellKind.DATE):
        return cell, ()
    if not shown:
        return cell, (Remark("number_formatted" if cell.kind is CellKind.NUMBER else "date_formatted"),)
    code = "number_shown" if cell.kind is CellKind.NUMBER else "date_shown"
    return FoundCell(shown), (Remark(code, {"shown": shown}),)


def tidy(
    text: str,
    field: Field,
    choices: tuple[str, ...] = (),
    *,
    year: int,
    kind: CellKind = CellKind.TEXT,
    since_1904: bool = False,
) -> Tidied:
    """Tidy the text of one cell. `choices` are this workbook's drop-down, by default those of the field.

    `year` is the one in whose April the plan begins; `kind` is what the cell held; `since_1904`, whether day numbers
    in its workbook count from 1904.
    """
    clean = clean_text(text)
    if told := _no_answer(clean, field, choices or field.choices, kind):
        return told
    if not clean:
        return Tidied("", (Remark("only_spaces"),) if text else ())
    read = _read(clean, field, choices or field.choices, _Days(year, kind, since_1904))
    if odd := _PRIVATE.search(read.value):
        return Tidied(read.value, (*read.remarks, Remark("private_character", {"character": f"U+{ord(odd[0]):04X}"})))
    if read.remarks or read.value == text:
        return read
    if read.value == clean:
        return Tidied(clean, (Remark("tidied_space", {"what": ", ".join(_unseen(text)) or "signs"}),))
    return Tidied(read.value, (Remark("tidied", {"before": text, "after": shorten(read.value) or "blank"}),))


_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""Characters of private use: no font shows them as anybody meant them."""
_TAGS = "is|si|t|r|rPr|rPh|text:p|text:span|table:table-cell"
_MARKUP = re.compile(rf"xml:space=|</?(?:{_TAGS})(?:\s+[\w:]+=[^<>]*)?/?>")
"""What a program leaves in a text that could not read how another wrote it."""
NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
"""How a number is told that is none."""


def _no_answer(clean: str, field: Field, choices: tuple[str, ...], kind: CellKind) -> Tidied | None:
    """What a cell holds that nobody typed as an answer: an error, a formula, a tick, markup; else None."""
    if kind is CellKind.ERROR:
        return Tidied(clean, (Remark("cell_no_number" if clean in NO_NUMBERS else "cell_error", {"error": clean}),))
    if kind is CellKind.FORMULA:
        stored = f"'{shorten(clean)}'" if clean else "the file does not tell"
        return Tidied(clean, (Remark("cell_formula", {"stored": stored}),))
    if kind is CellKind.BOOLEAN and clean == "FALSE":
        return Tidied("", (Remark("unticked"),))
    if kind is CellKind.BOOLEAN and not choices and field.type == "string":
        return Tidied(clean, (Remark("ticked"),))
    return Tidied(clean, (Remark("cell_markup"),)) if (">" in clean) and _MARKUP.search(clean) else None


@dataclass(frozen=True, slots=True)
class _Days:
    """What it takes to read a date besides its text: the plan's first year, what the cell held, how days count."""

    year: int
    kind: CellKind
    since_1904: bool


def _read(clean: str, field: Field, choices: tuple[str, ...], days: _Days) -> Tidied:
    """Read a text that is not blank as its field wants it. A word of the list comes before a placeholder."""
    several = field.format == "refs"
    same = same_choice(clean, choices) if choices and not several else None
    if same:
        return Tidied(same)
    bare = _refs(clean) if several else clean
    if field.placeholders and (is_placeholder(clean) or is_placeholder(bare)):
        codes = ("placeholder", "undecided") if field.fill == "executive" else ("placeholder",)
        return Tidied("", tuple(Remark(code, {"before": clean}) for code in codes))
    if several:
        return Tidied(bare)
    if choices:
        return read_choice(clean, choices)
    return _date(clean, days) if field.type == "date" else _by_type(clean, field)


def _by_type(clean: str, field: Field) -> Tidied:
    if field.type == "integer":
        return _integer(clean)
    if field.format == "ref":
        return Tidied(_one_ref(clean))
    if field.format == "emails":
        return tidy_emails(clean if "\n" in clean else _seen(clean))
    return tidy_email(_seen(clean)) if field.format == "email" else Tidied(clean)


_INVISIBLE = dict.fromkeys([*range(9), *range(14, 28), 0x7F, 0xAD, 0x200B, 0x2060, 0xFEFF])
"""Control codes that XML forbids, soft hyphen, zero-width space, word joiner, byte order mark.

Zero-width joiners stay: Indic scripts and emoji need them.
"""


def clean_text(text: str) -> str:
    r"""The text with plain spaces, `\n` for every line end, no blanks at the ends of lines and of the text, in NFC.

    Tabs and runs of blanks inside a line stay. A text in which nothing can be seen is "".
    """
    if text.isascii() and text.isprintable() and "_x000" not in text:  # nothing of all this is in most texts
        return text.strip()
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    text = re.sub("_x000[dD]_", "\r", text)  # how Excel writes a carriage return that a line feed follows
    text = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", text)  # \v is Word's line break
    text = re.sub(r"[^\S\n\t]", " ", text)
    text = printable("\n".join(line.rstrip() for line in text.split("\n")).strip())
    return text if any(unicodedata.category(sign) != "Cf" for sign in text) else ""


def _unseen(text: str) -> Iterator[str]:
    """What `clean_text` tidies in a text, in words: before and after nobody could see the difference."""
    if text != text.strip():
        yield "blanks at the beginning or end"
    if re.search("_x000[dD]_|[\r\v\f\x85\u2028\u2029]|[^\\S\n]\n", text.strip()):
        yield "ends of lines"
    if re.search("[^\\S\n\t\r\v\f\x85\u2028\u2029 ]", text.strip()):
        yield "blanks of an unusual kind"
    if text.translate(_INVISIBLE) != text:
        yield "signs that nobody sees"
    if unicodedata.normalize("NFC", text) != text:
        yield "how accents are stored"


def _seen(text: str) -> str:
    """The text on one line, without signs that only direct the writing (copied dates and addresses hold them)."""
    return " ".join("".join(sign for sign in text if unicodedata.category(sign) != "Cf").split())


_LONGEST_PLACEHOLDER = 120
_SIGNS_ONLY = re.compile(r"[?\-\u2010-\u2015.\u2026_/\s]+")
_NOT_YET = re.compile(
    r"tbc|tba|tbd|n/?k|not (?:yet )?known|unknown"
    r"|(?:still )?to be (?:confirmed|determined|decided|agreed|advised|announced|completed|populated|filled in)"
)
_NOT_YET_BY = re.compile(
    r"(?:this (?:column|section|row|cell|box) )?(?:is )?(?:still )?to be (?:populated|determined|filled in)"
    r"(?: by [^.;:?!]{1,80})?[.]?"
)


def is_placeholder(text: str) -> bool:
    """Whether a clean text only says that there is no answer yet: "?", "-", "TBC", "To be populated by the lead"."""
    if len(text) > _LONGEST_PLACEHOLDER:
        return False
    folded = text.casefold()
    words = re.sub(r"[^\w/ ]", "", folded).strip()
    if _SIGNS_ONLY.fullmatch(folded) or _NOT_YET.fullmatch(words):
        return True
    return "\n" not in folded and _NOT_YET_BY.fullmatch(folded) is not None


def _date(clean: str, days: _Days) -> Tidied:
    number = days.kind is CellKind.NUMBER
    reading = read_date(_seen(clean), year=days.year, number=number, since_1904=days.since_1904)
    return Tidied(reading.date.words if reading.date else clean, reading.remarks)


def _integer(clean: str) -> Tidied:
    match = re.fullmatch(r"([+-]?[0-9]{1,15})(?:\.0*)?", _seen(clean))
    return Tidied(str(int(match[1]))) if match else Tidied(clean, (Remark("integer_unreadable"),))


def is_integer(text: str) -> bool:
    """Whether a tidied text is a whole number."""
    return re.fullmatch(r"-?[0-9]{1,15}", text) is not None


_REF = re.compile(r"([A-Za-z])([0-9]{1,2})([A-Za-z]?)((?:\.[0-9]{1,3})?)")


_FURTHER = re.compile(r"[A-Za-z][A-Za-z0-9]{1,11}\.[Ff][0-9]{1,3}")
"""The ref of a further action: `DA.F1`."""


def _one_ref(clean: str) -> str:
    """A ref in its own case and without blanks; what is no ref stays as it is."""
    bare = "".join(clean.split())
    if _REF.fullmatch(bare):
        return _ref(bare)
    return bare.upper() if _FURTHER.fullmatch(bare) else clean


def _refs(clean: str) -> str:
    """Several refs, with semicolons between, each once; spaces part them only where every word is a ref."""
    parts = [part.strip(" .") for part in re.split(r"[;,&/\n\t]|\band\b", clean, flags=re.IGNORECASE)]
    refs: list[str] = []
    for part in parts:
        words = part.split()
        refs += [_ref(word) for word in words] if all(map(_REF.fullmatch, words)) else [part]
    return clean_text("; ".join(dict.fromkeys(refs)))


def _ref(word: str) -> str:
    """A ref in its own case: `j2A.1` is `J2a.1`."""
    return _REF.sub(lambda match: f"{match[1].upper()}{match[2]}{match[3].lower()}{match[4]}", word)
