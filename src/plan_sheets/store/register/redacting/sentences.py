"""Takes what was typed out of a sentence about it: what its message says by itself stays."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.text import REDACTED, plain
from plan_sheets.store.register.redacting.typed import is_of_signs
from plan_sheets.store.schemas import load_messages


def redact_sentence(code: str, sentence: str, known: Collection[str]) -> str:
    """The sentence of a message with `REDACTED` for each detail but refs, numbers, days and `known` words.

    One that the message of today does not say goes as a whole.
    """
    first, *others = _list_parts(code)
    if not others:
        return sentence if sentence == first else REDACTED
    told, at = first, len(first)
    for number, part in enumerate(others, 1):
        is_last = number == len(others)
        end = len(sentence) - len(part) if is_last else sentence.find(part, at)
        if end < at or not sentence.startswith(part, end):
            return REDACTED
        detail = sentence[at:end]
        told += (detail if _is_ours(detail, known) else REDACTED) + part
        at = end + len(part)
    return told if sentence.startswith(first) else REDACTED


def _is_ours(detail: str, known: Collection[str]) -> bool:
    """Whether a detail of a sentence is none that somebody typed."""
    parts = [part for part in detail.split(", ") if not is_of_signs(part)]
    return plain(detail) in known or all(
        plain(part) in known or PartialDate.from_words(part) is not None for part in parts
    )


@cache
def _list_parts(code: str) -> list[str]:
    """What the sentence of a message says between its details; "" alone if there is no such message any more."""
    message = load_messages().by_code.get(code)
    if message is None:
        return [""]
    example = f"For example: {message.example.removesuffix('.')}." if message.example else ""
    return re.split(r"\{\w+\}", " ".join(f"{message.wrong} {message.do} {example}".split()))
