"""Opens the files of a batch: here, or by workers that get the bytes of files and see neither folder nor register.

What a file needs of the register goes with it: the documents that its bytes name. Where that is not enough, or it takes
a child process, the file is opened here.
"""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import PurePath
from typing import NamedTuple, Self

from plan_sheets.core.answers.returns import Return
from plan_sheets.core.book.document import Document
from plan_sheets.core.model.mail import describe_whole
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.store.container.zip import list_entries, read_entry
from plan_sheets.store.plan_folder import RETURNED, Folder
from plan_sheets.store.receiving.inbox import WaitingFile
from plan_sheets.store.receiving.known import Known, KnownElsewhere, KnownHere
from plan_sheets.store.receiving.open import Opener
from plan_sheets.store.receiving.unpack import IncomingFile
from plan_sheets.store.register.wrapped import WrappedDocument, wrap_documents
from plan_sheets.store.sharing.share_out import CHUNK, share_out

LARGEST = 1_000_000
"""Bytes of a file that is sent to a worker; a larger one takes a child process, and is opened here."""
MOST_IN_CHUNK = 2_500_000
"""Bytes after which a chunk has no further file: several chunks are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Opens the files of a batch, by the register as it was before the batch; and keeps what came (step 7)."""

    folder: Folder
    instructions: Instructions
    opener: Opener
    keeps: bool
    """Whether the bytes of a file are kept."""

    @classmethod
    def of(cls, folder: Folder, instructions: Instructions, *, keeps: bool) -> Self:
        """The intake of one batch."""
        opener = Opener.of(KnownHere(folder.register), folder.path / RETURNED, instructions)
        return cls(folder, instructions, opener, keeps)

    @property
    def messages(self) -> Messages:
        """The sentences of findings."""
        return self.opener.messages

    def open(self, waiting: WaitingFile) -> Return:
        """One file after these steps."""
        incoming = waiting.open()
        return self._keep(self.opener.open(incoming), incoming)

    def open_each(self, files: Sequence[WaitingFile], executor: Executor | None = None) -> Iterator[Return]:
        """Every file, in this order: by the executor, which is given work at once, where there is enough of it."""
        if executor is None or len(files) <= CHUNK:
            return map(self.open, files)
        known, kept_in = KnownElsewhere.of(self.opener.identifier.known), PurePath(self.opener.kept_in)
        task = partial(open_chunk, batch=pickle.dumps((known, kept_in, self.instructions), pickle.HIGHEST_PROTOCOL))
        chunks = map(self._give, _list_chunks(files))
        opened = share_out(executor, task, chunks, self._describe_died)
        pairs = chain.from_iterable(zip(given, results, strict=True) for given, results in opened)
        return (
            self._keep(returned, given.file) if given.file and returned else self.open(waiting)
            for waiting, (given, returned) in zip(files, pairs, strict=True)
        )

    def _give(self, files: Sequence[IncomingFile | None]) -> list[GivenFile]:
        """These files, as workers get them."""
        issued = self.opener.identifier.known.issued
        named = [find_references(file.data, issued) if file else () for file in files]
        wanted = {reference: issued[reference] for references in named for reference in references}
        wrapped = wrap_documents(self.folder.register, wanted.values())
        return [
            GivenFile(file, tuple(wrapped[reference] for reference in references))
            for file, references in zip(files, named, strict=True)
        ]

    def _keep(self, returned: Return, incoming: IncomingFile) -> Return:
        """The file, with its bytes and its mail under `returned/`, if they are kept."""
        if not self.keeps:
            returned.kept_as = ""
            return returned
        if returned.kept_as:
            returned.was_written = self.folder.keep(incoming.data, returned.sha256, returned.kept_as)
        if returned.mail:
            self.folder.keep_text(describe_whole(returned.mail), returned.mail.sha256)
        return returned

    def _describe_died(self, given: GivenFile) -> Return | None:
        return self.opener.describe_died(given.file) if given.file else None


class GivenFile(NamedTuple):
    """What a worker gets of a file: all of it, with the documents that it may be of; None for one that it gets not."""

    file: IncomingFile | None
    documents: tuple[WrappedDocument, ...]


def _list_chunks(files: Iterable[WaitingFile]) -> Iterator[Sequence[IncomingFile | None]]:
    """These files in chunks, none of them with many bytes; None for each that is not sent."""
    chunk, size = list[IncomingFile | None](), 0
    for waiting in files:
        file = waiting.open()
        is_sent = file.refusal is None and len(file.data) <= LARGEST
        chunk.append(file if is_sent else None)
        size += len(file.data) * is_sent
        if len(chunk) == CHUNK or size > MOST_IN_CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


_NAMING = ("docprops/custom.xml", "meta.xml", "xl/sharedstrings.xml", "content.xml")
"""The parts of a workbook in which its reference stands: each program keeps some of them."""
_WORD = re.compile(r"[\w-]{6,}")


def find_references(data: bytes, issued: Collection[str]) -> tuple[str, ...]:
    """The references, of those that were `issued`, that stand where a workbook names its own; () where none is found.

    It is a guess, which spares whoever opens the file a question: what the file is, its opener decides.
    """
    try:
        entries = {entry.filename.lower(): entry for entry in list_entries(data)}
        for name in _NAMING:
            if name in entries and entries[name].file_size <= LARGEST:
                text = read_entry(data, entries[name]).decode(errors="replace")
                if found := [word for word in dict.fromkeys(_WORD.findall(text)) if word in issued]:
                    return tuple(found[:_MOST])
    except Exception:  # noqa: BLE001 - a damaged file makes the library raise nearly anything; its opener says so
        return ()
    return ()


_MOST = 4
"""References in one file: more say nothing of it."""


def open_chunk(files: Sequence[GivenFile], *, batch: bytes) -> list[Return | None]:
    """What a worker does with a chunk: None for each file that has to be opened where it came from.

    `batch`: what is known, where files are kept, and what the officer says of them, pickled.
    """
    if _OWN.batch != batch:
        known: tuple[Known, PurePath, Instructions] = pickle.loads(batch)  # noqa: S301 - from who gave the work
        _OWN.batch, _OWN.opener = batch, Opener.of(*known)
    return [_OWN.opener.open_ordinary(given.file, _unwrap(given)) if given.file else None for given in files]


def _unwrap(given: GivenFile) -> Mapping[str, Document]:
    return {wrapped.facts.reference: wrapped.unwrap() for wrapped in given.documents}


class _Own(threading.local):
    """What a process opens files by, or each of its threads: the same for all chunks of a batch."""

    batch: bytes = b""
    opener: Opener


_OWN = _Own()
