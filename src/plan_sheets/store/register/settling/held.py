"""Files that are held or refused: the officer may put one aside, or answer the message that it is."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, literal, select

from plan_sheets.core.model.findings import Severity
from plan_sheets.core.model.mail import Mail
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.reads import list_mails
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.subjects import FILE_SUBJECT
from plan_sheets.store.register.statements import rows_by

PUT_ASIDE, ANSWERED = "Put aside", "Answered"
"""What becomes of a held file that is not taken in: it is left alone, or what its message says was entered."""


class FilePutAside(NamedTuple):
    """A file that was put aside or answered and that nobody has taken in since."""

    number: str
    """Of the file, `FILE-1`."""
    file: str
    sha256: str
    choice: str
    """`PUT_ASIDE` or `ANSWERED`."""
    reason: str
    by: str
    at: str
    """When (ISO)."""
    settled_in: str
    """The number of the officer's workbook in which that was said."""
    settled_file: str
    """Its name."""
    settled_sha: str
    """The SHA-256 of its bytes."""


def settle_held(batch: Batch, sha256: str, choice: str, reason: str, by: str, return_id: int) -> int:
    """Record that a held or refused file is done with, and why; the id of the settlement.

    `choice`: `PUT_ASIDE` or `ANSWERED`. `return_id`: the return in which the officer said so. The file is no longer
    among `Register.set_aside`, until it is received again and held anew by the officer's own word.
    """
    said = {"subject": f"{FILE_SUBJECT}{sha256}", "choice": choice, "typed": reason, "by": by}
    return batch.add(tables.SETTLEMENT, **said, return_id=return_id)


def list_put_aside(register: Register) -> dict[str, FilePutAside]:
    """The files that are put aside or answered, by SHA-256, in the order in which they were."""
    found = (FilePutAside(*row) for row in register.read(_put_aside(), plan=register.plan))
    return {file.sha256: file for file in found}


def list_troubles(register: Register, return_id: int) -> list[str]:
    """What there was to say of a file (its id) that kept it from being taken in, each sentence once."""
    f = tables.FINDING.c
    blocking = f.severity.in_([severity for severity in Severity if severity.blocks])
    chosen = rows_by(tables.FINDING, "return_id").with_only_columns(f.message).where(blocking)
    return list(dict.fromkeys(row.message for row in register.read(chosen, plan=register.plan, return_id=return_id)))


def find_mail(register: Register, return_id: int) -> Mail | None:
    """The e-mail that a file (its id) came in, or is; None if it came in none."""
    return next(iter(list_mails(register, [return_id])), None)


@cache
def _put_aside() -> Select[Any]:
    """Each settlement of a file that did not come again after it, with the last row of the file; oldest first."""
    s, r = tables.SETTLEMENT, tables.RETURN
    by = r.alias()
    files = select(func.max(r.c.id).label("last")).where(r.c.plan == bindparam("plan")).group_by(r.c.sha256).subquery()
    of = s.join(r, s.c.subject == literal(FILE_SUBJECT) + r.c.sha256).join(files, files.c.last == r.c.id)
    of = of.join(by, s.c.return_id == by.c.id)
    told = (
        r.c.number,
        r.c.file,
        r.c.sha256,
        s.c.choice,
        s.c.typed,
        s.c.by,
        by.c.received,
        by.c.number,
        by.c.file,
        by.c.sha256,
    )
    chosen = select(*told).select_from(of).where(s.c.plan == bindparam("plan"), s.c.return_id > r.c.id)
    return chosen.order_by(s.c.id)
