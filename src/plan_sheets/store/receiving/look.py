"""Looks at every text in the bytes of a file, so that none is kept in which an identifier of a case stands."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from plan_sheets.core.model.text import plain
from plan_sheets.core.screening.around import find_kind
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.store import schemas
from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.markup import HEADED
from plan_sheets.store.container.refused import OddError
from plan_sheets.store.container.texts import Part, TextReader


class Seen(NamedTuple):
    """An identifier that was seen in a file: in what, of which kind, and the whole text that holds it."""

    where: str
    kind: IdentifierKind
    text: str


class Looked(NamedTuple):
    """What was seen in a file."""

    seen: tuple[Seen, ...]
    is_hidden: bool
    """Whether there was anything that cannot be looked into."""


_CLEAN: dict[str, None] = {}
"""SHA-256 of parts, as they are packed, in which nothing was seen: workbooks of a batch share most of theirs."""
_MOST_CLEAN = 2_000


def look(data: bytes, screened: Collection[str] = (), limits: Limits = LIMITS, *, is_ordinary: bool = False) -> Looked:
    """Look at every text in these bytes; of a large file in a child process, whose time has an end.

    `screened`: texts that need not be looked at. `is_ordinary`: raise OddError in that case.
    """
    try:
        room = limits.shared if is_ordinary else limits.here
        return _look(data, TextReader(room, limits, is_apart=False), screened)
    except OddError:
        if is_ordinary:
            raise
    packed = run_apart(look_as_json, data, limits)
    if packed is None:
        return Looked((), is_hidden=True)
    seen, is_hidden = json.loads(packed)
    return Looked(tuple(Seen(where, IdentifierKind(kind), text) for where, kind, text in seen), is_hidden)


def list_identified(seen: Iterable[Seen], issued: Iterable[str]) -> list[tuple[str, IdentifierKind]]:
    """In what an identifier was seen, and of which kind, each once; texts that were `issued` may come back."""
    known = "\n".join(map(plain, issued))
    return [*dict.fromkeys((one.where, one.kind) for one in seen if plain(one.text) not in known)]


def look_as_json(data: bytes, limits: Limits = LIMITS) -> bytes:
    """What the child process does."""
    return json.dumps(_look(data, TextReader(limits.inflated, limits))).encode()


def _look(data: bytes, reader: TextReader, screened: Collection[str] = ()) -> Looked:
    seen = dict[Seen, None]()
    try:
        for part in reader.list_parts(data):
            seen |= dict.fromkeys(_look_at(part, screened))
    except OddError:
        raise
    except Exception:  # noqa: BLE001 - a damaged file makes the libraries raise nearly anything; nobody can look into it
        return Looked((*seen,), is_hidden=True)
    return Looked((*seen,), is_hidden=False)


def _look_at(part: Part, screened: Collection[str]) -> list[Seen]:
    known = sha256(part.packed)
    if known in _CLEAN:
        return []
    texts = (text for text in part.list_texts() if text not in screened)
    seen = [Seen(_name(part.name), kind, text.rpartition(HEADED)[2]) for text in texts if (kind := _find_kind(text))]
    if not seen:
        while len(_CLEAN) >= _MOST_CLEAN:
            _CLEAN.pop(next(iter(_CLEAN)), None)
        _CLEAN[known] = None
    return seen


@lru_cache(maxsize=2_000)
def _find_kind(text: str) -> IdentifierKind | None:
    heading, _, entry = text.rpartition(HEADED)
    return find_kind(schemas.load_screen(), entry, heading=heading)


_NAMES = (
    ("comment|person", "A comment"),
    ("drawing|diagram|activex|ctrlprop", "A text box, a drawing or a form control"),
    ("chart", "A chart"),
    ("docprops|meta.xml|customxml", "A property of the file"),
    ("embedding|^object", "An embedded object"),
    (r"sheets/|^content\.xml|styles\.xml", "A sheet (its header or footer, a prompt, a link or a cell)"),
    ("sharedstrings", "A text of the workbook"),
    (r"workbook\.|tables/|pivot|externallink|connection|query", "A name, a table or a link of the workbook"),
    ("^word/|^ppt/", "The document"),
)
"""What a part is called by what stands in its name."""


def _name(part: str) -> str:
    return next((title for pattern, title in _NAMES if re.search(pattern, part)), "The file")
