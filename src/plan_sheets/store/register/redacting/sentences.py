"""Takes what was typed out of a sentence about it: what its message says by itself stays."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.text import REDACTED, plain
from plan_sheets.store.register.redacting.typed import is_of_signs
from plan_sheets.store.schemas import load_messages

_LONGEST = 4_000
"""Characters of a sentence that is looked at part by part; a longer one goes as a whole."""


def redact_sentence(code: str, sentence: str, known: Collection[str]) -> str:
    """The sentence of a message with `REDACTED` for each detail but refs, numbers, days and `known` words.

    One that the message of today does not say goes as a whole.
    """
    pattern = _pattern(code)
    match = pattern.fullmatch(sentence) if pattern and len(sentence) <= _LONGEST else None
    if match is None:
        return REDACTED
    told, at = "", 0
    for group in range(1, len(match.groups()) + 1):
        start, end = match.span(group)
        told += sentence[at:start] + (match[group] if _is_ours(match[group], known) else REDACTED)
        at = end
    return told + sentence[at:]


def _is_ours(detail: str, known: Collection[str]) -> bool:
    """Whether a detail of a sentence is none that somebody typed."""
    parts = [part for part in detail.split(", ") if not is_of_signs(part)]
    return plain(detail) in known or all(
        plain(part) in known or PartialDate.from_words(part) is not None for part in parts
    )


@cache
def _pattern(code: str) -> re.Pattern[str] | None:
    """What the sentence of a message looks like; None if there is no such message any more."""
    message = load_messages().by_code.get(code)
    if message is None:
        return None
    example = f"For example: {message.example.removesuffix('.')}." if message.example else ""
    template = " ".join(f"{message.wrong} {message.do} {example}".split())
    parts = re.split(r"\{\w+\}", template)
    return re.compile("(.*?)".join(map(re.escape, parts)), re.DOTALL)
