"""How far a deed is: it tells whoever called it, who may show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Tell = Callable[[int, int], object]
"""Is told how much is done, and how much that is in all."""
_Thing = TypeVar("_Thing")


def mute(_done: int, _total: int) -> None:
    """Nobody asked how far it is."""


def told_of(things: Iterable[_Thing], tell: Tell, total: int, done: int = 0) -> Iterator[_Thing]:
    """The things, `tell` being told of each when the next is asked for. `done`: how many were before the first."""
    for thing in things:
        yield thing
        done += 1
        tell(done, total)
