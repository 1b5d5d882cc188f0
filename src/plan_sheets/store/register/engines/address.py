"""The address of a register on a server: of the database, and which plan of those in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.troubles import UNCHANGED

_MARK_SIZE = 16
FORM = "postgresql://NAME@SERVER/DATABASE#PLAN"
"""How the address of a register is written."""
MEMORY = "register.txt"
"""The file in a plan folder that says where its register is, where it is not in the folder."""
_SCHEMES = ("postgresql", "postgres")
_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_SECRETS = ("password", "sslpassword", "passfile")


@dataclass(frozen=True, slots=True)
class Place:
    """A register on a server: the address of the database, and which plan of those in it."""

    url: URL
    key: str
    """"" where none was said."""
    mark: str = ""
    """What tells its plan from others, if the plan folder knows it: see `mark_plan`."""

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that an address says. Raises PlanSheetsError, which does not show it: it may hold a password."""
        address, _, key = text.strip().partition("#")
        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.drivername not in _SCHEMES or not url.database:
            raise PlanSheetsError(
                "What was given as the register is no address of a PostgreSQL database.",
                f"Write it so: {FORM}. {UNCHANGED}",
            )
        if key and not _KEY.fullmatch(key):
            raise PlanSheetsError(
                f"{key!r} is no name of a plan in a register.",
                f"Use small letters, figures and _, at most 40, as in {FORM}. {UNCHANGED}",
            )
        return cls(url, key)

    def __str__(self) -> str:
        """The address, without a password."""
        query = {name: value for name, value in self.url.query.items() if name not in _SECRETS}
        shown = self.url.set(drivername="postgresql", query=query)._replace(password=None)
        return shown.render_as_string(hide_password=True) + (f"#{self.key}" if self.key else "")

    @property
    def has_password(self) -> bool:
        """Whether the address holds a password."""
        return self.url.password is not None or any(name in self.url.query for name in _SECRETS[:2])

    def called(self, folder: Path) -> Place:
        """The same, with a name for the plan of a folder where none was said: that of the folder."""
        name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")[:40]
        return self if self.key else replace(self, key=name or "plan")


def mark_plan(secret: bytes) -> str:
    """What tells a plan from others and betrays nothing of the bytes that sign."""
    return sha256(b"plan-sheets " + secret).hexdigest()[:_MARK_SIZE]
