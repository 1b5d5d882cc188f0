"""A text read as a choice of a drop-down list: the same word, a short one, or one slip away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from plan_sheets.core.model.found import Remark, Tidied
from plan_sheets.core.model.text import one_slip

_SHORT = {"y": "yes", "true": "yes", "n": "no", "false": "no", "r": "red", "a": "amber", "g": "green", "b": "blue"}
_TICKS = frozenset("✓✔☑✅")
_BREAK = re.compile(r" [-/]|- |[\u2013\u2014:;,.(\n]")
"""What parts a word of the list from a remark behind it; "Red flags" has no such part, and "Green-ish" is one word."""
_LISTED = 12


def fold_words(text: str) -> str:
    """The words of a text: small letters without accents and punctuation, `&` as "and", one space between."""
    parts = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    kept = (sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Cf"})
    return " ".join("".join(sign if sign.isalnum() else " " for sign in kept).split())


def same_choice(clean: str, choices: tuple[str, ...]) -> str | None:
    """The choice that is this text but for case, spacing and punctuation; but a question mark is a doubt."""
    if clean in choices:
        return clean
    words = fold_words(clean)
    same = [choice for choice in choices if words and fold_words(choice) == words]
    return same[0] if len(same) == 1 and "?" not in clean else None


def read_choice(clean: str, choices: tuple[str, ...]) -> Tidied:
    """A text that is not simply a word of the list: short for one, near one, or holding one or several."""
    chosen = None if "?" in clean else _short_choice(clean, choices) or _near_choice(clean, choices)
    if chosen:
        return Tidied(chosen)
    named = list(_named_choices(fold_words(clean), choices))
    if len(named) > 1:
        return Tidied(clean, (Remark("choice_two_readings", {"readings": ", or ".join(named)}),))
    listed = _list_of(choices)
    if not named:
        return Tidied(clean, (Remark("not_a_choice", {"choices": listed}),))
    if "?" not in clean and _stands_first(clean, named[0]):
        return Tidied(named[0], (Remark("choice_with_more", {"after": named[0], "whole": clean}),))
    return Tidied(clean, (Remark("choice_unsure", {"named": named[0], "choices": listed}),))


def _short_choice(clean: str, choices: tuple[str, ...]) -> str | None:
    """Y, N, a tick, R, A, G, B; or the first words of one choice only: the ref of a theme."""
    words = fold_words(clean)
    meant = "yes" if clean.rstrip("\ufe0f") in _TICKS else _SHORT.get(words, "")
    if meant:
        found = [choice for choice in choices if fold_words(choice) == meant]
    else:
        found = [choice for choice in choices if words and fold_words(choice).startswith(f"{words} ")]
    return found[0] if len(found) == 1 else None


def _near_choice(clean: str, choices: tuple[str, ...]) -> str | None:
    """The one choice that differs by one slip. Refs and numbers must be right, and so must the first letter."""
    words = fold_words(clean)
    near = [choice for choice in choices if _is_near(words, fold_words(choice))]
    return near[0] if len(near) == 1 else None


def _is_near(words: str, choice: str) -> bool:
    digits = r"\S*\d\S*"
    return (
        len(words) > 3  # noqa: PLR2004 - shorter words are near too many others
        and words[0] == choice[:1]
        and one_slip(words, choice)
        and re.findall(digits, words) == re.findall(digits, choice)
    )


def _named_choices(words: str, choices: tuple[str, ...]) -> Iterator[str]:
    """The choices whose words stand in the text, the longest first, each part of the text counted once."""
    rest = f" {words} "
    for choice in sorted(choices, key=lambda choice: len(fold_words(choice)), reverse=True):
        wanted = f" {fold_words(choice)} "
        if wanted.strip() and wanted in rest:
            rest = rest.replace(wanted, " | ")
            yield choice


def _stands_first(clean: str, choice: str) -> bool:
    """Whether the text is this choice and then, after a dash, comma, bracket or the like, something else."""
    head = clean[: 2 * len(choice) + 2]  # no need to look on where it can no longer end
    return any(fold_words(head[: found.start()]) == fold_words(choice) for found in _BREAK.finditer(head))


def _list_of(choices: tuple[str, ...]) -> str:
    more = len(choices) - _LISTED
    return ", ".join(choices[:_LISTED]) + (f" and {more} more" if more > 0 else "")
