"""Work shared out: all of it, in its order, whoever does it and whoever dies over it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import parent_process
from typing import Any

import pytest

from plan_sheets.store.sharing.processes import Processes
from plan_sheets.store.sharing.share_out import AHEAD, share_out

KILLS = (7, 16)
EVERYTHING = [[1, 2, 3], [4, 5], [6, 7, 8], [9], [10, 11, 12], [13, 14], [15, 16, 17], [18], [19, 20], [21]]
WITHOUT = [number if number in KILLS else number * number for chunk in EVERYTHING for number in chunk]


def square(numbers: Sequence[int]) -> list[int]:
    return [number * number for number in numbers]


def square_or_die(numbers: Sequence[int]) -> list[int]:
    """What ends the process that does it, as a file may that a parser does not survive."""
    if set(numbers) & set(KILLS) and parent_process():
        os._exit(1)
    return square(numbers)


class Crowded(Executor):
    """Gives nothing out, as a system does that has no more processes."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise BlockingIOError(fn, args, kwargs)


class Precise(Executor):
    """Does each piece of work when it is given; over some of it a worker dies, and nobody else loses anything."""

    ahead = 2

    def __init__(self) -> None:
        self.given: list[list[int]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given.append(args[0])
        future: Future[Any] = Future()
        if set(args[0]) & set(KILLS):
            future.set_exception(BrokenExecutor("a worker has died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def flat(done: Iterator[tuple[Sequence[int], Sequence[int]]]) -> list[int]:
    return [result for chunk, results in done for _, result in zip(chunk, results, strict=True)]


@pytest.mark.parametrize("make", [lambda: Processes(2), lambda: ProcessPoolExecutor(2)], ids=["ours", "any pool"])
def test_who_ends_two_processes_is_told_and_nobody_else_loses_anything(make: Callable[[], Executor]) -> None:
    with make() as executor:
        assert flat(share_out(executor, square_or_die, EVERYTHING, lambda number: number)) == WITHOUT


def test_what_cannot_be_given_out_is_done_here() -> None:
    for executor in (Crowded(), None):
        done = share_out(executor, square, EVERYTHING, lambda number: number)
        assert flat(done) == [number * number for chunk in EVERYTHING for number in chunk]


def test_what_was_not_lost_is_not_done_again() -> None:
    executor = Precise()
    assert flat(share_out(executor, square, EVERYTHING, lambda number: number)) == WITHOUT
    assert [chunk for chunk in executor.given if chunk not in EVERYTHING] == [[6], [7], [8], [15], [16], [17]]


def test_only_so_much_is_given_out_as_is_asked_for() -> None:
    read = list[int]()

    def chunks() -> Iterator[list[int]]:
        for number in range(100):
            read.append(number)
            yield [number]

    with ThreadPoolExecutor(1) as executor:
        done = share_out(executor, square, chunks(), lambda number: number)
        assert len(read) == AHEAD
        assert [next(done)[1], next(done)[1]] == [[0], [1]]
        assert len(read) == AHEAD + 2


def test_what_the_task_raises_is_raised() -> None:
    with Processes(1) as executor, pytest.raises(TypeError):
        flat(share_out(executor, square, [[1], [None]], lambda number: number))  # type: ignore[list-item]  # that is the fault
