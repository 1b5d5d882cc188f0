"""Whole texts that are no answer by themselves ("as above", "no change", "n/a"), and what one means in a cell.

Which they are stands in `schemas/phrases.yaml`; a field may say that one means something else there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.text import plain


class Meaning(StrEnum):
    """What a phrase means where it is all that a cell says."""

    ANSWER = "answer"
    """What it says: it is no phrase there."""
    ASK = "ask"
    """Nothing by itself: somebody has to be asked."""
    BLANK = "blank"
    """That there is nothing to say."""
    STANDS = "stands"
    """That what the cell went out with is right."""


@dataclass(frozen=True, slots=True)
class PhraseKind:
    """One kind of phrase: what it means unless a field says otherwise."""

    means: Meaning
    prefilled: bool = False
    """Whether in a cell that went out with a text it leaves that text as it is."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every phrase, as `bare` writes it, with the name of its kind; and every kind by its name."""

    by_text: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, PhraseKind] = field(default_factory=dict)

    def meaning(self, text: str, about: Field, base: str = "") -> Meaning:
        """What a text means in a cell of this field that went out with `base`; an answer if it is no phrase.

        The board officer says nothing in phrases, and of a form each answer stands by itself unless its field says
        otherwise.
        """
        name = self.by_text.get(bare(text)) if len(text) <= LONGEST else None
        if name is None or about.fill not in ("chair", "executive"):
            return Meaning.ANSWER
        kind = self.kinds[name]
        if about.scope == "form":
            return Meaning(about.phrases.get(name, Meaning.ANSWER))
        if base and kind.prefilled:
            return Meaning.STANDS
        return Meaning(about.phrases.get(name, kind.means))


LONGEST = 60
"""Characters: no phrase is longer."""
_APOSTROPHES = str.maketrans("\u2018\u2019", "''")


def bare(text: str) -> str:
    """A text as phrases are compared: in small letters, without brackets and quotation marks round it or dots behind.

    What holds no letter or figure (ditto marks, dashes) stays as it is.
    """
    words = plain(text).translate(_APOSTROPHES)
    return re.sub(r"^[\s(\[\"'\u201c]+|[\s)\]\"'\u201d.!;:,]+$", "", words) if re.search(r"\w", words) else words
