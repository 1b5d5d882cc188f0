"""What a child process may be given to do in tests: it ends, stays away, takes or tells too much, or does well."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plan_sheets.store.container.limits import Limits


def leave(_data: bytes, _limits: Limits) -> bytes:
    os._exit(3)


def stay_away(_data: bytes, _limits: Limits) -> bytes:
    time.sleep(60)
    return b"late"


def take_all(_data: bytes, limits: Limits) -> bytes:
    return bytes(len(bytearray(limits.child_memory)))


def tell_much(_data: bytes, limits: Limits) -> bytes:
    return bytes(limits.child_output + 1)


def tell_enough(data: bytes, limits: Limits) -> bytes:
    return data.ljust(limits.child_output)
