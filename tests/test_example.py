"""The worked example says what it should: its facts, counted, and every row as the schemas describe it."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from plan_sheets.store.schemas import load_example, load_records

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = list[dict[str, str]]

PRIORITIES = ["J1", "J2", "J3", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "S1", "S2", "S3"]
THEMES = ["J1a", "J1b", "J2a", "J2b", "J2c", "J2d", "J2e", "J2f"]
DATED_ROWS = {"J1a", "J1b", "J2a", "J2b", "J2c", "J2d", "J2e", "J2f", "J3", "L2", "L3"}
UNDATED_ROWS = {"S1", "S2", "S3"}

# Surnames, and first names that stood alone, of the people named in the draft; as hashes, so that no name is kept here.
PEOPLE = {
    "03494a00",
    "219c7cdb",
    "27cf9d14",
    "4bbfa1f1",
    "4c26d907",
    "56ef482a",
    "632e9302",
    "67a42a84",
    "80348a76",
    "8550a063",
    "85c567a4",
    "919e680e",
    "972964b6",
    "99bde068",
    "9e299bb0",
    "9f74bbc2",
    "b31d484a",
    "b4cb6cb3",
    "b8a6cab2",
}


def rows(record: str) -> Rows:
    found: Rows = load_example()[record]
    return found


def every_row() -> Iterator[tuple[str, dict[str, str]]]:
    for record, found in load_example().items():
        for row in [found] if record == "plan" else found:
            yield record, row


def by_ref(record: str) -> dict[str, dict[str, str]]:
    found = {row["ref"]: row for row in rows(record)}
    assert len(found) == len(rows(record)), f"a {record} ref stands twice"
    return found


def filled(record: str, field: str) -> dict[str, str]:
    return {ref: row[field] for ref, row in by_ref(record).items() if field in row}


def split_refs(text: str) -> list[str]:
    return text.split("; ")


def test_every_value_is_as_its_field_describes() -> None:
    for record, row in every_row():
        fields = load_records()[record]
        required = {name for name, field in fields.items() if field.required and field.scope == "standing"}
        assert required <= set(row), row
        for name, text in row.items():
            field = fields[name]
            assert isinstance(text, str), (row, name)
            assert text == text.strip(), (row, name)
            assert text, (row, name)
            assert (field.scope, field.fill == "tool") == ("standing", False), (record, name)
            assert not field.choices or text in field.choices, (row, name)
            assert not field.pattern or re.fullmatch(field.pattern, text), (row, name)
            assert field.max_length is None or len(text) <= field.max_length, (row, name)


def test_what_is_required_because_of_another_answer_is_there() -> None:
    for record, row in every_row():
        for name, field in load_records()[record].items():
            for other, words in field.required_when.items():
                assert name in row or row.get(other) not in words or field.scope != "standing", (row, name)


def test_every_ref_leads_somewhere() -> None:
    for record, row in every_row():
        for name, text in row.items():
            target = load_records()[record][name].refers
            assert not target or set(split_refs(text)) <= set(by_ref(target)), (row, name)
    known = {ref for record in ("priority", "action", "evidence") for ref in by_ref(record)}
    assert set(filled("question", "about").values()) <= known


def test_boards_priorities_themes_and_subgroups() -> None:
    assert list(by_ref("board")) == ["J", "L", "S"]
    assert sorted(by_ref("priority")) == sorted(PRIORITIES + THEMES)
    assert all(row["ref"][0] == row["board"] for row in rows("priority"))
    assert list(by_ref("subgroup")) == ["DA", "MH", "PREVENT", "CSE", "LEARNING", "SOS", "HARM", "THRESHOLDS", "MSP"]
    statuses = filled("subgroup", "status")
    assert statuses["MH"] == "Proposed"
    assert statuses["MSP"] == "Task and finish group"
    assert list(filled("subgroup", "receives_meanwhile")) == ["MH", "MSP"]


def test_what_is_not_settled_is_a_question_or_a_proposal() -> None:
    agreements = filled("priority", "agreement")
    assert {ref for ref, word in agreements.items() if word == "Question"} == {"J3", "L4"}
    assert {ref for ref, word in agreements.items() if word == "Proposed"} == {"L5", "L6", "L7"}
    assert set(by_ref("priority")) - set(filled("priority", "subgroup")) == {"L4", "L5", "L6", "L7"}
    assert set(PRIORITIES) - set(filled("priority", "owner")) == {"L4", "L5", "L6", "L7"}


def test_nobody_has_been_asked_to_own_anything() -> None:
    statuses = filled("priority", "owner_status")
    assert set(statuses) == set(PRIORITIES)
    assert {ref for ref, word in statuses.items() if word == "Unnamed"} == {"L3", "L4", "L5", "L6", "L7"}
    assert {word for ref, word in statuses.items() if ref not in ("L3", "L4", "L5", "L6", "L7")} == {"Suggested"}
    assert set(filled("action", "owner_status").values()) == {"Unnamed"}
    assert not filled("action", "owner")


def test_fourteen_rows_of_the_draft_have_actions_and_the_subgroup_is_proposed_once() -> None:
    themes = filled("action", "theme")
    assert set(themes.values()) == DATED_ROWS | UNDATED_ROWS | {"J2"}
    assert all(ref.rpartition(".")[0] == theme for ref, theme in themes.items())
    assert len(themes) == 31
    assert [ref for ref, theme in themes.items() if theme == "J2"] == ["J2.1"]
    assert [ref for ref, text in filled("action", "what").items() if "mental health subgroup" in text] == ["J2.1"]
    assert max(Counter(filled("action", "what").values()).values()) == 1


def test_dates_impact_progress_and_subgroups_of_actions() -> None:
    due = filled("action", "due")
    themes = filled("action", "theme")
    assert set(due.values()) == {"March 2017"}
    assert {themes[ref] for ref in due} == DATED_ROWS | {"J2"}
    assert (len(due), len(themes) - len(due)) == (16, 15)
    assert list(filled("action", "impact")) == ["S1.3"]
    assert not filled("action", "progress_before")
    assert {ref: split_refs(text) for ref, text in filled("action", "subgroups").items()} == {
        "J2a.1": ["MH", "LEARNING"]
    }


def test_every_action_of_no_plan_row_is_asked_for_by_the_grid() -> None:
    required = filled("grid", "actions_required")
    covered = filled("grid", "covered_by")
    assert list(required) == [*THEMES, "J3", "L1", "L2", "L3", "L4", "S1", "S2", "S3"]
    assert set(required) - set(covered) == {"J2f", "L1", "L4"}
    assert all(ref.startswith(f"{theme}.") for theme, text in covered.items() for ref in split_refs(text))
    named = {ref for text in covered.values() for ref in split_refs(text)}
    undated = set(by_ref("action")) - set(filled("action", "due"))
    assert {ref for ref in undated if not ref.startswith("S")} <= named


@pytest.mark.parametrize(
    ("ref", "field", "text"),
    [
        ("J1a", "sharing", "DV information sharing agreement?"),
        ("J1b", "sharing", "DV information sharing agreement?"),
        ("J2e", "data", "100% of children in tier 4 in the right setting"),
        ("J2f", "actions_required", "??"),
        ("J3", "data", "% of staff trained"),
        ("J3", "data", "Numbers of referrals"),
        ("L1", "actions_required", "To be populated"),
    ],
)
def test_measures_and_questions_stand_inside_cells_of_the_grid(ref: str, field: str, text: str) -> None:
    assert text in by_ref("grid")[ref][field]


def test_considerations_evidence_enquiries_consultees_and_questions() -> None:
    lenses = ["learning", "workforce", "voice", "data", "sharing"]
    assert list(filled("consideration", "prompts")) == lenses
    assert list(filled("consideration", "aliases")) == ["learning", "workforce", "data", "sharing"]
    assert set(by_ref("evidence")["E1"]) == {"ref", "about", "subject", *lenses[:-1]}
    assert list(by_ref("enquiry")) == ["K1", "K2", "K3", "K4"]
    kinds = Counter(filled("consultation", "who").values())
    assert kinds == {"Subgroups": 1, "Executive and Board": 1, "Scrutiny": 4, "Cabinet": 2}
    assert set(filled("consultation", "statutory").values()) == {"No"}
    assert set(filled("question", "since").values()) == {"April 2016"}
    assert len(filled("question", "answers")) == len(rows("question")) == 20
    assert list(filled("question", "answer")) == ["Q20"]


def test_no_person_of_the_draft_is_named() -> None:
    words = {word for _, row in every_row() for text in row.values() for word in re.findall(r"[a-z]+", text.lower())}
    assert PEOPLE.isdisjoint(sha256(word.encode()).hexdigest()[:8] for word in words)


def test_addresses_lead_nowhere() -> None:
    addresses = [*filled("subgroup", "email").values(), load_example()["plan"]["contact_email"]]
    assert len(addresses) == len(set(addresses)) == 10
    assert all(address.endswith("@example.org") for address in addresses)
