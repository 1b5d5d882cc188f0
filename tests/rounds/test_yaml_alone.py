"""What is added by YAML alone works a whole round: a consideration, a sheet of rows that subgroups add, a field.

Each test changes a copy of `schemas/` and nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import FIRST_HEADINGS, ISSUED_ON, Q1, Q2, SECRET, Answers, Plan, at, codes, form, said, values_of

from plan_sheets import check_plan, make_master, plan
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store import schemas

MADE_ON = datetime(2016, 7, 18)  # noqa: DTZ001 - the office's own clock
CACHED = [loader for loader in vars(schemas).values() if hasattr(loader, "cache_clear")]


@pytest.fixture
def described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of `schemas/` that the program reads instead."""
    found = {name: schemas.find_data_folder(name) for name in ("schemas", "workbooks")}
    shutil.copytree(found["schemas"], tmp_path / "schemas")
    for loader in CACHED:
        loader.cache_clear()
    monkeypatch.setattr(schemas, "find_data_folder", (found | {"schemas": tmp_path / "schemas"}).__getitem__)
    yield tmp_path / "schemas"
    monkeypatch.undo()
    for loader in CACHED:
        loader.cache_clear()


def edit(path: Path, old: str, new: str) -> None:
    """Put one text for another in a file of YAML; it has to stand there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def issued(tmp_path: Path) -> Plan:
    """The example with its first round issued, by the copy of `schemas/`."""
    made = Plan(tmp_path / "plan")
    plan.new_plan(made.path, ISSUED_ON, example=True, secret=SECRET).register.close()
    made.issue()
    return made


def master(made: Plan, edition: str = "internal") -> dict[str, list[list[object]]]:
    """The texts of the sheets of the master of round 1."""
    made.folder.register.close()
    path = make_master(made.folder, Q1, MADE_ON, edition=edition).path
    return {sheet.title: values_of(sheet) for sheet in openpyxl.load_workbook(path)}


def column(rows: list[list[object]], heading: str) -> list[object]:
    """What stands under a heading."""
    top = next(number for number, row in enumerate(rows) if row[0] in FIRST_HEADINGS and row[1])
    return [row[rows[top].index(heading)] for row in rows[top + 1 :]]


def test_a_sixth_consideration(described: Path, tmp_path: Path) -> None:
    edit(
        described / "records/grid.yaml",
        "    prompt: What stands in the way of sharing information, and how it is resolved.\n",
        "    prompt: What stands in the way of sharing information, and how it is resolved.\n"
        "  - <<: *lens\n    name: equality\n    title: Equality\n    prompt: Whom the work does not reach.\n",
    )
    made = issued(tmp_path)
    sent = openpyxl.load_workbook(made.sent("DA"))
    assert not at(sent["Grid"], "J1a", "Equality").protection.locked
    answers: Answers = {**said(), "Grid": {"J1a": {"Equality": "Women who have no recourse to public funds."}}}
    assert set(codes(made.receive_one(made.filled("da", answers)))) == {"row_silent"}
    shown = master(made)
    assert "Women who have no recourse to public funds." in column(shown["Grid"], "Equality")
    assert any(str(text).startswith("Answered") for text in column(shown["Considerations"], "Equality"))
    assert "1 of 6" in column(shown["Considerations"], "Answered")
    counted = [str(text) for row in shown["Considerations"] for text in row if "by 6 considerations" in str(text)]
    assert counted
    assert any("Equality: answered 1" in str(text) for row in shown["Considerations"] for text in row)
    public = " ".join(str(text) for row in master(made, "public")["Priorities and actions"] for text in row if text)
    assert " ".join(counted[0].split()[:6]) in public
    assert "recourse" not in public
    assert "equality" in schemas.load_records()["consideration"]["ref"].choices, "the officer may say what to think of"


RISK = """record: risk
title: Risk
keyed_by: subgroup
new_rows: true
fields:
  - {name: ref, title: Row, scope: derived, fill: tool, width: 9}
  - {name: subgroup, title: Subgroup, scope: derived, fill: tool, width: 24}
  - name: what
    title: Risk
    fill: chair
    prompt: What may go wrong.
    constraints: {required: true, maxLength: 500}
  - name: likelihood
    title: Likelihood
    fill: chair
    prompt: How likely it is.
    constraints: {enum: [Low, Medium, High]}
  - name: news
    title: This quarter
    scope: round
    fill: chair
    prompt: What has changed.
"""
ASKED = """  - name: Risks
    title: Risks
    lines: ["What may go wrong."]
    record: risk
    key: true
    spare: 5
    columns: [{field: ref}, {field: what, input: true}, {field: likelihood, input: true}, {field: news, input: true}]
"""
TOLD = """  - name: Risks
    title: Risks
    lines: ["What may go wrong, by subgroup."]
    record: risk
    columns: [{field: ref}, {field: subgroup}, {field: what}, {field: likelihood}, {field: news}]
"""


@pytest.fixture
def risks(described: Path, tmp_path: Path) -> Plan:
    """A plan whose subgroups are asked about risks as well; two have answered."""
    (described / "records/risk.yaml").write_text(RISK, encoding="utf-8")
    edit(described / "workbooks/subgroup.yaml", "  - name: Guidance\n", f"{ASKED}  - name: Guidance\n")
    edit(described / "workbooks/master.yaml", "  - name: About\n", f"{TOLD}  - name: About\n")
    made = issued(tmp_path)
    of_da: Answers = {
        **said(),
        "Risks": {
            "1": {"Risk": "No worker from May", "Likelihood": "high", "This quarter": "She has given notice."},
            "3": {"Risk": "The refuge closes"},
            "4": {"Risk": "n/a"},
        },
    }
    of_mh: Answers = {"Start here": form(completed_by="Chair"), "Risks": {"1": {"Risk": "No beds", "Likelihood": "?"}}}
    receipts = made.receive(made.filled("da", of_da), made.filled("mh", of_mh, "MH"))
    assert [set(codes(one)) - {"row_silent"} for one in receipts] == [
        {"tidied", "phrase_ask"},
        {"placeholder", "completed_by_unknown"},
    ]
    return made


def rows_of_risks(made: Plan) -> dict[object, list[object]]:
    """The rows of the master's sheet Risks, by ref; blank cells say None."""
    rows = master(made)["Risks"]
    top = next(number for number, row in enumerate(rows) if row[0] == "Row")
    return {row[0]: [*row[1:]] for row in rows[top + 1 :]}


def test_rows_that_subgroups_add_are_kept_apart_and_shown(risks: Plan) -> None:
    shown = rows_of_risks(risks)
    assert {ref: row[1:] for ref, row in shown.items()} == {
        "DA.R1": ["No worker from May", "High", "She has given notice."],
        "DA.R2": ["The refuge closes", "None", "None"],
        "MH.R1": ["No beds", "None", "None"],
    }
    assert shown["DA.R1"][0] != shown["MH.R1"][0]


def test_a_correction_speaks_of_the_same_row(risks: Plan) -> None:
    fixed: Answers = {**said(corrects="Yes"), "Risks": {"1": {"Risk": "No worker until July", "Likelihood": "Low"}}}
    (receipt,) = risks.receive(risks.filled("again", fixed))
    assert receipt.changes
    assert rows_of_risks(risks)["DA.R1"][1:3] == ["No worker until July", "Low"]
    assert set(rows_of_risks(risks)) == {"DA.R1", "DA.R2", "MH.R1"}


def test_they_stand_in_the_next_workbook_of_their_subgroup(risks: Plan) -> None:
    risks.issue(Q2, MADE_ON.date().replace(month=10), MADE_ON)
    sheet = openpyxl.load_workbook(risks.sent("DA", Q2))["Risks"]
    assert at(sheet, "DA.R1", "Risk").value == "No worker from May"
    assert at(sheet, "DA.R1", "This quarter").value in (None, "")
    assert not at(sheet, "DA.R1", "Risk").protection.locked
    assert at(sheet, "1", "Risk").value in (None, "")
    assert "MH.R1" not in [row[0] for row in values_of(sheet)]
    answers: Answers = {**said(), "Risks": {"DA.R1": {"Likelihood": "Low"}, "1": {"Risk": "A new one"}}}
    receipt = risks.receive_one(risks.filled("da2", answers, code=Q2))
    assert not [finding for finding in receipt.findings if finding.address.sheet == "Risks"]
    assert risks.stands("DA.R1", "likelihood", "risk") == "Low"
    assert risks.stands("DA.R4", "what", "risk") == "A new one"


def test_only_their_boards_read_them(risks: Plan) -> None:
    made = make_master(risks.folder, Q1, MADE_ON, boards="L")
    refs = [row[0] for row in values_of(openpyxl.load_workbook(made.path)["Risks"])]
    assert "DA.R1" not in refs


def test_a_field_that_chairs_fill_in_is_shown_where_a_column_asks_for_it(described: Path, tmp_path: Path) -> None:
    edit(
        described / "records/action.yaml",
        "  - name: override_rag\n",
        "  - {name: cost, title: Cost, fill: chair, width: 10, prompt: What it costs.}\n  - name: override_rag\n",
    )
    old = "{field: responsible, input: true, width: 18}, {field: owner, input: true, width: 18}, {field: owner_status"
    edit(described / "workbooks/subgroup.yaml", old, "{field: cost, input: true}, " + old)
    edit(
        described / "workbooks/master.yaml",
        "      - {field: ask, width: 12}\n",
        "      - {field: ask, width: 12}\n      - {field: cost, width: 8}\n",
    )
    made = issued(tmp_path)
    answers: Answers = {**said(), "Action plan": {"J1a.1": {"Cost": "Forty thousand pounds"}}}
    assert set(codes(made.receive_one(made.filled("da", answers)))) == {"row_silent"}
    assert "Forty thousand pounds" in column(master(made)["Master plan"], "Cost")


def test_a_rule_with_a_finding_of_its_own(described: Path, tmp_path: Path) -> None:
    """A warning: the cell is taken all the same."""
    prompt = "    prompt: What has been done in this quarter, in two or three sentences.\n"
    edit(described / "records/action.yaml", prompt, f"{prompt}    findings: {{pattern: no_figure}}\n")
    old = "    constraints: {required: true, maxLength: 32767}\n  - name: step_done\n"
    new = old.replace("required: true,", "required: true, pattern: '.*[0-9].*',")
    edit(described / "records/action.yaml", old, new)
    with (described / "messages.yaml").open("a", encoding="utf-8") as messages:
        messages.write('no_figure: {severity: warning, wrong: "\'{entered}\' has no figure.", do: "Say how many."}\n')
    made = issued(tmp_path)
    receipt = made.receive_one(made.filled("da", said(progress="Some are trained")))
    (finding,) = (finding for finding in receipt.findings if finding.code == "no_figure")
    assert finding.message == "'Some are trained' has no figure. Say how many."
    assert made.said("J1a.1", "progress") == "Some are trained"
    assert "no_figure" not in codes(made.receive_one(made.filled("2", said(progress="3 are", corrects="Yes"))))


def test_a_rule_may_name_another_finding_for_what_is_no_choice(described: Path, tmp_path: Path) -> None:
    prompt = "    prompt: Was last quarter's next step done? Yes, Partly or No.\n"
    edit(described / "records/action.yaml", prompt, f"{prompt}    findings: {{enum: not_yes}}\n")
    with (described / "messages.yaml").open("a", encoding="utf-8") as messages:
        messages.write('not_yes: {severity: error, wrong: "\'{entered}\' is no {answer}.", do: "Say yes."}\n')
    made = issued(tmp_path)
    answers = said()
    answers = {**answers, "Progress": {"J1a.1": {**answers["Progress"]["J1a.1"], "Last next step done": "Perhaps"}}}
    (finding,) = (one for one in made.receive_one(made.filled("da", answers)).findings if one.code == "not_yes")
    assert finding.message == "'Perhaps' is no {answer}. Say yes.", "a slip in a sentence costs nobody's answers"


def test_two_records_whose_rows_become_actions_share_their_refs(described: Path, tmp_path: Path) -> None:
    text = (described / "records/further.yaml").read_text(encoding="utf-8")
    (described / "records/follow.yaml").write_text(text.replace("record: further", "record: follow"), encoding="utf-8")
    sheet = ASKED.replace("name: Risks", "name: Follow up").replace("record: risk", "record: follow")
    columns = "columns: [{field: ref}, {field: theme, input: true}, {field: what, input: true}]\n"
    sheet = sheet[: sheet.index("columns:")] + columns
    edit(described / "workbooks/subgroup.yaml", "  - name: Guidance\n", f"{sheet}  - name: Guidance\n")
    made = issued(tmp_path)
    rows = {"1": {"Theme": "J1b", "What we will do": "Train"}}, {"1": {"Theme": "J1b", "What we will do": "Follow"}}
    receipt = made.receive_one(made.filled("da", {**said(), "New actions": rows[0], "Follow up": rows[1]}))
    assert not receipt.conflicts
    assert {made.stands(ref, "what") for ref in ("DA.F1", "DA.F2")} == {"Train", "Follow"}


def test_rows_for_a_sheet_that_is_not_described_are_refused(described: Path, tmp_path: Path) -> None:
    made = issued(tmp_path)
    text = (described / "workbooks/master.yaml").read_text(encoding="utf-8")
    start, end = text.index("  - name: Evidence\n"), text.index("  - name: About\n")
    (described / "workbooks/master.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    schemas.load_workbook_spec.cache_clear()
    with pytest.raises(ValueError, match=r"master\.yaml describes no sheet Evidence"):
        master(made)


def test_what_is_wrong_is_told_before_anything_is_done(described: Path, tmp_path: Path) -> None:
    made = issued(tmp_path)
    for loader in CACHED:
        loader.cache_clear()
    edit(described / "workbooks/officer.yaml", "    record: query\n", "    record: qeury\n")
    with pytest.raises(PlanSheetsError, match=r"officer.yaml, line \d+: the sheet 'Queries' .*Was 'query' meant"):
        check_plan(made.folder)


def words(made: Plan, subgroup: str) -> dict[str, dict[str, dict[str, str | None]]]:
    """A word of its own for each field that may be filled in with any text, in the first row that asks for it."""
    found: dict[str, dict[str, dict[str, str | None]]] = {}
    seen = set()
    for sheet, row, shown, key, _ in made.register.documents(subgroup=subgroup)[0].inputs():
        free = shown.field.type == "string" and not (shown.choices or shown.field.format or row.answer)
        if free and (key.record, key.field) not in seen:
            seen.add((key.record, key.field))
            found.setdefault(sheet.name, {}).setdefault(row.ref, {})[shown.heading] = f"word-{key.record}-{key.field}"
    return found


def test_every_field_that_a_chair_fills_in_stands_somewhere_in_the_master(risks: Plan) -> None:
    """Also those that were added by YAML."""
    answers = [words(risks, subgroup) for subgroup in ("DA", "LEARNING")]
    asked = {text for rows in answers for texts in rows.values() for row in texts.values() for text in row.values()}
    described = {
        f"word-{shown.field.record}-{shown.field.name}"
        for sheet in schemas.load_workbook_spec("subgroup").sheets
        for shown in sheet.columns
        if shown.input and shown.field.type == "string" and not shown.field.choices and sheet.record != "item"
    }
    assert asked | {"word-further-theme"} == described
    risks.receive(risks.filled("da3", answers[0]), risks.filled("le3", answers[1], "LEARNING"))
    shown = " ".join(str(text) for rows in master(risks).values() for row in rows for text in row if text)
    assert [word for word in sorted(asked, key=str) if str(word) not in shown] == []
