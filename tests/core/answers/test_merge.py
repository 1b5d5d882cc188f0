"""The merge, three ways: every rule in a table, and the laws that no sequence of returns may break."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.merge import Merged, merge_cell, merge_return, said_by
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import Held, History, Source
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.store.schemas import load_messages

Q1, Q2 = "2016-17-Q1", "2016-17-Q2"
MESSAGES: Messages = load_messages()

RULES = [
    ("", "", "", Outcome.UNTOUCHED),
    ("a", "a", "a", Outcome.UNTOUCHED),
    ("a", "b", "a", Outcome.UNTOUCHED),  # an untouched cell never takes back what was said meanwhile
    ("a", "", "a", Outcome.UNTOUCHED),
    ("", "b", "b", Outcome.AGREED),
    ("a", "b", "b", Outcome.AGREED),
    ("a", "", "", Outcome.AGREED),
    ("a", "a", "", Outcome.QUERY),  # an answer was emptied
    ("a", "b", "", Outcome.QUERY),
    ("", "", "c", Outcome.TAKEN),
    ("a", "a", "c", Outcome.TAKEN),
    ("", "b", "c", Outcome.CONFLICT),
    ("a", "b", "c", Outcome.CONFLICT),
    ("a", "", "c", Outcome.CONFLICT),
]


@pytest.mark.parametrize(("base", "head", "returned", "outcome"), RULES)
def test_the_first_rule_that_fits_decides(base: str, head: str, returned: str, outcome: Outcome) -> None:
    assert merge_cell(base, head, returned) is outcome


KEYS = [Key("action", ref, name) for ref in ("J1.1", "J1.2") for name in ("progress", "how")]


def scope_of(key: Key) -> str:
    return "round" if key.field == "progress" else "standing"


def cell(key: Key, value: str, base: str = "", blocked: Outcome | None = None) -> Cell:
    about = Field(key.record, key.field, key.field.title(), scope=scope_of(key))
    return Cell(key, about, Address("Progress", "D5"), value, value, base, blocked)


def history(values: dict[Key, str], code: str = Q1) -> History:
    return History.of(
        Held(key, value, scope_of(key), code, seq + 1, Source("plan"))
        for seq, (key, value) in enumerate(values.items())
    )


def source(document: int = 1, who: str = "Chair") -> Source:
    return Source("subgroup", who, "da.xlsx", "2016-07-04", "DA", 0, document)


def merge(cells: list[Cell], into: History, who: str = "Chair", findings: tuple[Finding, ...] = ()) -> Merged:
    return merge_return(cells, findings, into, Q1, source(who=who), MESSAGES)


def heads(one: History) -> dict[Key, str]:
    return {key: one.head(key, scope_of(key), Q1).value for key in KEYS}


def ever(one: History, key: Key) -> set[str]:
    return {held.value for held in one.by_key.get(key, ())}


def test_a_blocked_cell_is_recorded_and_not_merged() -> None:
    into = history({})
    for blocked in (Outcome.ERROR, Outcome.QUERY, Outcome.MASKED):
        (one,) = merge([cell(KEYS[0], "red?", blocked=blocked)], into).cells
        assert one.outcome is blocked
        assert one.next_base == "", "a correction is compared with what stood before"
    assert heads(into)[KEYS[0]] == ""


def test_a_conflict_tells_both_texts_and_who_said_what_stands() -> None:
    into = history({KEYS[1]: "Old"})
    merge([cell(KEYS[1], "By hand", "Old")], into, who="A. Deputy")
    merged = merge_return([cell(KEYS[1], "By machine", "Old")], [], into, Q1, source(document=2), MESSAGES)
    (query,) = merged.queries
    for text in ("By hand", "By machine", "A. Deputy"):
        assert text in query.finding.message
    assert heads(into)[KEYS[1]] == "By hand"


def test_two_returns_of_one_workbook_make_one_query() -> None:
    into = history({})
    merge([cell(key, "one") for key in KEYS], into)
    merged = merge([cell(key, "two") for key in KEYS], into, who="Deputy")
    assert [query.finding.code for query in merged.queries] == ["two_returns"]
    assert {one.cell.key for one in merged.queries[0].cells} == set(KEYS)
    assert merged.count(Outcome.CONFLICT) == len(KEYS)
    assert [one.code for one in merged.findings].count("conflict") == len(KEYS)


DECIDED = [Key("decision", "J1.1", name) for name in ("decision", "decided_by", "decided_on")]
SAID = [*product(("", "Yes"), ("", "Ann"), ("", "May")), ("No", "Bob", "June"), ("No", "", ""), ("No", "Ann", "")]


@pytest.mark.parametrize("base", [("", "", ""), ("Yes", "Ann", "May")])
@pytest.mark.parametrize("first", SAID)
@pytest.mark.parametrize("second", SAID)
def test_what_two_people_decided_is_never_mixed(
    base: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """What stands is what one of them said, whole; what the other said beside it is there, or among the queries."""
    into = History.of(
        Held(key, text, "round", Q1, seq) for seq, (key, text) in enumerate(zip(DECIDED, base, strict=True), 1)
    )
    asked: set[tuple[str, ...]] = set()
    for said in (first, second):
        texts = zip(DECIDED, said, base, strict=True)
        about = [Field(key.record, key.field, key.field, scope="round", one_statement=True) for key in DECIDED]
        cells = [
            Cell(key, one, Address("Decisions", "H5"), text, text, was)
            for one, (key, text, was) in zip(about, texts, strict=True)
        ]
        merged = merge_return(cells, [], into, Q1, Source("master", document=1), MESSAGES)
        asked |= {tuple(one.cell.value for one in query.cells) for query in merged.queries}
    stands = tuple(into.in_round(key, Q1).value for key in DECIDED)
    assert stands in (base, first, second)
    for said in (first, second):
        new = [place for place, text in enumerate(said) if text != base[place]]
        assert said in asked or all(stands[place] == said[place] for place in new)


def test_returns_of_two_workbooks_make_a_query_each_cell() -> None:
    into = history({})
    merge([cell(key, "one") for key in KEYS], into)
    merged = merge_return([cell(key, "two") for key in KEYS], [], into, Q1, source(document=2), MESSAGES)
    assert [query.finding.code for query in merged.queries] == ["conflict"] * len(KEYS)


def test_a_query_that_was_found_before_the_merge_is_asked_with_its_cell() -> None:
    unsure = MESSAGES.finding("date_two_readings", key=KEYS[0], entered="3/4/16", readings="x, or y")
    whole = MESSAGES.finding("sheet_missing", sheet="Grid")
    merged = merge([cell(KEYS[0], "3/4/16", blocked=Outcome.QUERY)], history({}), findings=(unsure, whole))
    assert [(query.finding.code, len(query.cells)) for query in merged.queries] == [
        ("date_two_readings", 1),
        ("sheet_missing", 0),
    ]


def test_a_late_return_of_an_old_round_is_never_slipped_in_behind_a_newer_answer() -> None:
    into = History.of([Held(KEYS[1], "Newer", "standing", Q2, 1, Source("plan"))])
    (one,) = merge([cell(KEYS[1], "Late", "Newer")], into).cells
    assert (one.outcome, one.round) == (Outcome.TAKEN, Q2)
    assert into.standing(KEYS[1]).value == "Late"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (Source(), "the plan"),
        (Source("plan", received="2016-04-01T09:00:00"), "the plan, 1 April 2016"),
        (Source("subgroup", "A. Chair", "x", "2016-07-04T10:00:00", "DA"), "A. Chair, DA, 4 July 2016"),
        (Source("officer", "Board officer", "x", "2016-07-04"), "Board officer, the board officer, 4 July 2016"),
    ],
)
def test_who_said_it_and_when(who: Source, said: str) -> None:
    assert said_by(who) == said


# The laws. A return is a value for some of the keys; `None` leaves the cell as it was issued.

TEXT = st.sampled_from(["", "a", "b", "c"])
HELD = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["a", "b"]))
RETURN = st.dictionaries(st.sampled_from(KEYS), TEXT)


def issued(values: dict[Key, str]) -> dict[Key, str]:
    """What a workbook goes out with: standing answers prefilled, those of the round blank."""
    return {key: values.get(key, "") if scope_of(key) == "standing" else "" for key in KEYS}


def as_cells(typed: dict[Key, str], base: dict[Key, str]) -> list[Cell]:
    return [cell(key, typed.get(key, base[key]), base[key]) for key in KEYS]


@given(HELD, RETURN)
def test_merging_nothing_changes_nothing(held: dict[Key, str], meanwhile: dict[Key, str]) -> None:
    into, base = history(held), issued(held)
    merge(as_cells(meanwhile, base), into, who="Somebody before")
    before, count = heads(into), into.last_seq
    merged = merge(as_cells({}, base), into)
    assert heads(into) == before
    assert into.last_seq == count
    assert not merged.queries
    assert not merged.findings
    assert {one.outcome for one in merged.cells} == {Outcome.UNTOUCHED}


@given(HELD, RETURN, RETURN)
def test_a_return_merged_twice_changes_nothing_more(
    held: dict[Key, str], first: dict[Key, str], typed: dict[Key, str]
) -> None:
    into, base = history(held), issued(held)
    merge(as_cells(first, base), into, who="Somebody before")
    merge(as_cells(typed, base), into)
    before, count = heads(into), into.last_seq
    again = merge(as_cells(typed, base), into)
    assert again.count(Outcome.TAKEN) == 0
    assert (heads(into), into.last_seq) == (before, count)


@given(HELD, RETURN, RETURN)
def test_returns_that_touch_different_cells_commute(
    held: dict[Key, str], one: dict[Key, str], other: dict[Key, str]
) -> None:
    base = issued(held)
    other = {key: text for key, text in other.items() if key not in one}
    ends = []
    for order in permutations([one, other]):
        into = history(held)
        asked = [query for typed in order for query in merge(as_cells(typed, base), into).queries]
        ends.append((heads(into), sorted((str(q.cells[0].cell.key), q.finding.code) for q in asked)))
    assert ends[0] == ends[1]


@given(HELD, st.lists(RETURN, max_size=4))
def test_whatever_was_typed_is_in_the_register_or_among_the_queries(
    held: dict[Key, str], returns: list[dict[Key, str]]
) -> None:
    into, base = history(held), issued(held)
    for typed in returns:
        merged = merge(as_cells(typed, base), into)
        asked = {(one.cell.key, one.cell.value) for query in merged.queries for one in query.cells}
        for key, text in typed.items():
            if text != base[key]:
                assert text in ever(into, key) or (key, text) in asked


@given(HELD, st.lists(RETURN, max_size=4), st.data())
def test_nothing_is_silently_replaced(held: dict[Key, str], returns: list[dict[Key, str]], data: st.DataObject) -> None:
    """A head moves only where a return was made from it: its base was that head. Corrections included."""
    into, base = history(held), issued(held)
    said: list[dict[Key, str]] = []
    for typed in returns:
        corrects = data.draw(st.sampled_from([None, *range(len(said))]))
        cells = as_cells({**base, **typed}, base if corrects is None else said[corrects])
        before = heads(into)
        merged = merge(cells, into)
        for one in merged.cells:
            moved = heads(into)[one.cell.key] != before[one.cell.key]
            assert not moved or before[one.cell.key] == one.cell.base
        said.append({one.cell.key: one.next_base for one in merged.cells})


@given(HELD, RETURN, RETURN)
def test_a_correction_replaces_what_it_corrects_and_nothing_else(
    held: dict[Key, str], first: dict[Key, str], second: dict[Key, str]
) -> None:
    """Where nobody else has spoken and nothing was emptied (an emptied answer waits for the officer first)."""
    held = {key: text for key, text in held.items() if scope_of(key) == "standing"}
    first, fixed = ({key: text for key, text in typed.items() if text} for typed in (first, second))
    into, base = history(held), issued(held)
    said = {one.cell.key: one.next_base for one in merge(as_cells(first, base), into).cells}
    merged = merge(as_cells({**base, **first, **fixed}, said), into, who="Chair again")
    assert not merged.queries
    assert heads(into) == {**base, **first, **fixed}
