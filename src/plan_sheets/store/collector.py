"""Python's garbage collector, which costs a deed a sixth of its time where all that it makes is kept until its end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Turn Python's garbage collector off meanwhile; what nothing refers to is freed at once all the same.

    A large master is made of a million objects that are kept until the end and do not refer to each other in circles:
    the collector would look through them again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
