"""The returns in which something was masked, and the files of which a copy was kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select

from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.statements import rows_by
from plan_sheets.store.register.withdrawals import is_withdrawn

LET_IN = ("case_identifier", "case_identifier_beside")
"""The codes of what is masked that the officer can let in."""
NOT_KEPT = ("file_not_kept", "mail_kept_as_text")
"""The codes that say that no copy of a file is kept."""


def list_masked(register: Register) -> dict[tuple[str, int | None], ReturnFacts]:
    """The last return of each file (its SHA-256) for a document (its id; None: held, or an e-mail) that was masked.

    None that was withdrawn, or let in since.
    """
    found = map(ReturnFacts.of, register.read(_masked_returns(), plan=register.plan))
    return {(file.sha256, file.document): file for file in found}


def list_shas_kept(register: Register) -> frozenset[str]:
    """The SHA-256 of every file of which a copy was kept when it came."""
    return frozenset(sha for (sha,) in register.read(_shas_kept(), plan=register.plan))


@cache
def _masked_returns() -> Select[Any]:
    r, later, f = tables.RETURN, tables.RETURN.alias(), tables.FINDING.c
    masked = exists().where(f.return_id == r.c.id, f.code.in_(LET_IN))
    let_in = exists().where(later.c.replaces == r.c.id, later.c.sha256 == r.c.sha256, ~is_withdrawn(later.c.id))
    return rows_by(r).where(r.c.kind != "plan", r.c.verdict != "duplicate", masked, ~let_in, ~is_withdrawn(r.c.id))


@cache
def _shas_kept() -> Select[Any]:
    r, f = tables.RETURN.c, tables.FINDING.c
    lost = exists().where(f.return_id == r.id, or_(f.severity == "masked", f.code.in_(NOT_KEPT)))
    return select(r.sha256).where(r.plan == bindparam("plan"), ~lost).distinct()
