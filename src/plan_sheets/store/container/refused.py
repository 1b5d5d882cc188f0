"""Why a file cannot be read: raised while it is looked at, told as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file cannot be read: a message's code and the details that its sentence needs."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


class OddError(Exception):
    """This is for the child process to look at."""


class RefusedError(Exception):
    """Carries the code of a refusal, and the details that its sentence needs, out of the checks."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}
