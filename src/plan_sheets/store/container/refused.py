"""Why a file cannot be read: an exception inside the readers, a value outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file cannot be read: a message's code and the details that its sentence needs."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


class OddError(Exception):
    """This file has to be read by the child process."""


class RefusedError(Exception):
    """A file cannot be read. Has the code and the details of the `Refusal` that is made of it."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}
