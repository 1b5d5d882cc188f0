"""The last round rated alone is rated as among all rounds, and so it is from the few answers that this takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.proposals import proposals
from plan_sheets.core.rating.ratings import find_done_groups, rate_last, rate_rounds, rows_at
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.store.register.desk import list_offered, read_recent
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.standings import find_done

ROUNDS = ("2015-16-Q3", "2015-16-Q4", "2016-17-Q1", "2016-17-Q2", "2016-17-Q4", "2017-18-Q1", "2017-18-Q2")
"""One quarter in between was not issued."""
PLANNED = {
    "theme": ["J1a"],
    "what": ["Do it"],
    "how": ["So", ""],
    "owner": ["A lead", ""],
    "owner_status": ["Suggested", "Approached", "Accepted", "Unnamed"],
    "due": ["March 2016", "March 2017", "June 2018", ""],
    "agreement": ["Agreed", "Agreed", "Agreed", "Proposed", "Declined"],
}
CHANGED = {
    "due": (0.15, ["May 2017", "June 2018", "March 2019"]),
    "confirmed_stage": (0.06, ["Complete", "Closed", "Withdrawn", "In progress"]),
    "removed": (0.04, ["Yes", "No"]),
    "finished_in": (0.04, ["2016/17"]),
    "agreement": (0.05, ["Proposed", "Declined", "Agreed"]),
    "impact": (0.05, ["Fewer come back"]),
    "succeeds": (0.15, [""]),
}
ANSWERED = {
    "rag": (0.7, ["Red", "Amber", "Green", "Green", "Green", ""]),
    "next_step": (0.7, ["Go on", "Go on", ""]),
    "step_done": (0.6, ["No", "Partly", "Yes", "Yes"]),
    "stage": (0.2, ["Complete", "In progress"]),
    "new_date": (0.1, ["May 2017", "March 2019"]),
    "evidence": (0.1, ["The audit"]),
    "override_rag": (0.1, ["Red", "Blue"]),
    "override_by": (0.3, ["A. Officer"]),
    "override_reason": (0.3, ["Seen there"]),
}
"""How likely each field is typed in for an action and a round, and what."""


def make_years(seed: int) -> Iterator[Held]:
    """What is planned and reported by chance, in rounds of three years: in a fifth of them the plan moves."""
    by_chance, there, seq, number = Random(seed), list[str](), 0, 0  # noqa: S311 - no secret
    for code in ROUNDS:
        typed: list[tuple[str, str, str]] = []
        new = [""] * 6 if code == ROUNDS[0] else [""] * (by_chance.random() < 0.1)
        if there and by_chance.random() < 0.2:
            olds = by_chance.sample(there, min(len(there), by_chance.choice([1, 1, 2])))
            new += ["; ".join(olds)] * by_chance.choice([1, 1, 2])
            there = [ref for ref in there if ref not in olds or by_chance.random() < 0.2]
        for succeeds in new:
            number += 1
            there.append(ref := f"J1a.{number}")
            planned = {name: by_chance.choice(texts) for name, texts in PLANNED.items()}
            typed += [(ref, name, text) for name, text in {"ref": ref, "succeeds": succeeds, **planned}.items() if text]
        for ref in (*there, f"J1a.{by_chance.randint(1, number)}"):
            for name, (chance, texts) in (CHANGED | ANSWERED).items():
                if by_chance.random() < chance:
                    typed.append((ref, name, by_chance.choice(texts)))
        for ref, name, text in typed:
            seq += 1
            yield Held(Key("action", ref, name), text, "round" if name in ANSWERED else "standing", code, seq)


def words(rating: Rating) -> tuple[object, ...]:
    """What is said of an action."""
    last = rating.published, rating.driven_by, rating.rule, rating.reasons
    return (*last, rating.before, rating.last, rating.age, rating.finished, rating.facts.dates, rating.facts.evidence)


def rated(history: History, rounds: tuple[str, ...]) -> dict[str, tuple[object, ...]]:
    """What is said of each action in the last round, rated alone."""
    return {ref: words(rating) for ref, rating in rate_last(history, rounds).items()}


def rated_among_all(history: History, rounds: tuple[str, ...]) -> dict[str, tuple[object, ...]]:
    """The same, rated among all the rounds before it."""
    return {ref: words(rating) for ref, rating in rate_rounds(history, rounds)[rounds[-1]].items()}


@pytest.mark.parametrize("seed", range(40))
def test_the_last_round_alone_is_as_it_is_among_all(seed: int) -> None:
    history = History.of(make_years(seed))
    for many in range(1, len(ROUNDS) + 1):
        assert rated(history, ROUNDS[:many]) == rated_among_all(history, ROUNDS[:many])


@pytest.mark.parametrize("seed", range(8))
def test_few_answers_say_as_much_as_all(seed: int, tmp_path: Path) -> None:
    """A round is rated, and what is proposed is found, from what is read for the last round alone."""
    register = Register.create(tmp_path / "register.sqlite", "plan", b"0123456789abcdef" * 2)
    with register.batch("test", "2017-10-02T09:00:00") as batch:
        for number, code in enumerate(ROUNDS):
            for held in make_years(seed):
                if held.round == code:
                    batch.add_value(held.key, held.value, held.scope, code)
            whole, rounds = batch.history(), ROUNDS[: number + 1]
            assert rated(read_recent(register, rounds), rounds) == rated_among_all(whole, rounds)
            assert list_offered(register, rounds) == [*proposals(whole, rounds)]
    register.close()


GROUPS = [Held(Key("subgroup", group, "ref"), group, "standing", "", 0) for group in "ab"] + [
    Held(Key("priority", f"J1{group}", name), text, "standing", "", 0)
    for group in "ab"
    for name, text in (("ref", f"J1{group}"), ("subgroup", group))
]
FIRST, NEXT, THIRD = (f"J1a.{number}" for number in (1, 2, 3))
ENDED = [(FIRST, "confirmed_stage", "Complete")]


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ([], ""),
        (ENDED, ""),
        ([*ENDED, (NEXT, "confirmed_stage", "Withdrawn")], "a"),
        ([*ENDED, (NEXT, "removed", "Yes")], "a"),
        ([*ENDED, (NEXT, "removed", "No")], ""),
        ([*ENDED, (NEXT, "finished_in", "2015/16")], "a"),
        ([*ENDED, (NEXT, "agreement", "Declined")], "a"),
        ([*ENDED, (NEXT, "agreement", "Proposed")], ""),
        ([*ENDED, (NEXT, "theme", "J1b")], "a"),
        ([*ENDED, (NEXT, "subgroups", "b")], "a"),
        ([*ENDED, (NEXT, "subgroups", "b; a")], ""),
        ([*ENDED, (NEXT, "subgroups", "b"), (NEXT, "subgroups", "a")], ""),
        ([*ENDED, (NEXT, "override_rag", "Blue"), (NEXT, "override_by", "O"), (NEXT, "override_reason", "Seen")], "a"),
        ([*ENDED, (THIRD, "ref", THIRD), (THIRD, "theme", "J1b"), (THIRD, "succeeds", NEXT)], "a"),
        ([*ENDED, (THIRD, "ref", THIRD), (THIRD, "theme", "J1a"), (THIRD, "succeeds", NEXT)], ""),
    ],
)
def test_which_subgroups_have_finished_is_known_though_open_actions_are_not_read(
    said: Sequence[tuple[str, str, str]], done: str, tmp_path: Path
) -> None:
    register = Register.create(tmp_path / "register.sqlite", "plan", b"0123456789abcdef" * 2)
    planned = [
        (ref, name, text) for ref in (FIRST, NEXT) for name, text in (("ref", ref), ("theme", "J1a"), ("what", "It"))
    ]
    with register.batch("test", "2017-10-02T09:00:00") as batch:
        for held in GROUPS:
            batch.add_value(held.key, held.value, held.scope, held.round)
        for ref, name, text in [*planned, *said, ("J1a.9", "ref", "J1a.9"), ("J1a.9", "theme", "J1a")]:
            code = ROUNDS[1] if ref == "J1a.9" else ROUNDS[0]
            batch.add_value(Key("action", ref, name), text, "round" if name in ANSWERED else "standing", code)
        rows = rows_at(history := batch.history(), ROUNDS[0])
        assert find_done_groups(rows, rate_last(history, ROUNDS[:1], rows)) == frozenset(done)
        assert find_done(register, ROUNDS[0]) == frozenset(done)
        assert not find_done(register, ROUNDS[1])  # there is one more action in the round after it
    register.close()


def test_the_answers_of_a_round_that_is_asked_about_are_there(tmp_path: Path) -> None:
    register = Register.create(tmp_path / "register.sqlite", "plan", b"0123456789abcdef" * 2)
    judged = Key("action", "J1a.1", "rag")
    with register.batch("test", "2017-10-02T09:00:00") as batch:
        for code in ROUNDS:
            batch.add_value(judged, "Green", "round", code)
        recent = read_recent(register, ROUNDS, {ROUNDS[0]})
    assert [recent.in_round(judged, code).value for code in ROUNDS] == ["Green", "", "", "", "", "Green", "Green"]
    register.close()


def test_what_was_said_last_of_an_action_that_others_took_the_place_of_hides_nothing(tmp_path: Path) -> None:
    """J1a.1 went on as J1a.2 in the round before the last, for which a workbook of J1a.1 was out already."""
    register = Register.create(tmp_path / "register.sqlite", "plan", b"0123456789abcdef" * 2)
    reported = {"next_step": "Go on", "step_done": "No", "rag": "Green"}
    with register.batch("test", "2017-10-02T09:00:00") as batch:
        for ref, first in (("J1a.1", 0), ("J1a.2", -2)):
            planned = {"ref": ref, "theme": "J1a", "what": "Do it", "succeeds": "" if ref == "J1a.1" else "J1a.1"}
            for name, text in planned.items():
                batch.add_value(Key("action", ref, name), text, "standing", ROUNDS[first])
            for code in ROUNDS[first:] if first else ROUNDS[:-2]:
                for name, text in reported.items():
                    batch.add_value(Key("action", ref, name), text, "round", code)
        batch.add_value(Key("action", "J1a.1", "rag"), "Green", "round", ROUNDS[-1])
        (rating,) = rate_last(read_recent(register, ROUNDS), ROUNDS).values()
    assert f"next step not done {len(ROUNDS) - 1} rounds running" in rating.reasons
    register.close()
