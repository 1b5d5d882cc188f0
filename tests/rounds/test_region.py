"""Many plans at once: which there are, how each stands, and the workbook of a region, each plan by its own master."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from tests.chairs import ISSUED_ON, Q1, RETURN_BY, SOS, Plan, fill, said, values_of
from tests.commands import run
from tests.rounds.test_hand_over import DECIDED, LATER, hand_over, late

from plan_sheets import make_region, office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.core.region.tables import TOTALS
from plan_sheets.master import make_master
from plan_sheets.plan import _merge_in
from plan_sheets.receive import receive as take_in
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.register import FILE, Register

DAY = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
ON = ("--as-of", "2016-07-20")
TITLE = "LSCB and SAB business plan 2016/17"


@pytest.fixture(scope="module")
def made_region(issued_example: Path, new_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four plans: Red by an edition; as it stands now; of no round yet; and one whose register is damaged."""
    path = tmp_path_factory.mktemp("region")
    for name in ("barrow", "corby", "elmstead"):
        shutil.copytree(issued_example, path / name)
    shutil.copytree(new_example, path / "derwent")
    barrow, corby = Plan(path / "barrow"), Plan(path / "corby")
    barrow.receive_one(fill(barrow.sent("DA"), path / "inbox" / "red.xlsx", said(rag="Red")))
    hand_over(barrow)
    corby.receive_one(fill(corby.sent("SOS"), path / "inbox" / "sos.xlsx", SOS))
    register = path / "elmstead" / FILE
    register.write_bytes(register.read_bytes()[:4096] + b"\0" * 4096)
    return path


@pytest.fixture
def region(made_region: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    shutil.copytree(made_region, tmp_path / "region")
    return tmp_path / "region"


def at(region: Path, *words: str | Path) -> Result:
    """A command about all plans of the region."""
    command, *others = words
    return run(command, "--plan", region, *ON, *others)


def read(path: Path, name: str) -> dict[str, dict[str, Any]]:
    """The rows of a sheet, by what stands in the first column, or in the first two where that stands several times."""
    rows = values_of(openpyxl.load_workbook(path)[name])
    place = next(place for place, row in enumerate(rows) if row[0] in ("Partnership", "No.") and row[1])
    found: dict[str, dict[str, Any]] = {}
    for row in rows[place + 1 :]:
        told = dict(zip(rows[place], row, strict=True))
        found[str(row[0]) if str(row[0]) not in found else f"{row[0]} {row[1]}"] = told
    return found


def texts(path: Path) -> str:
    return "\n".join(
        str(cell) for sheet in openpyxl.load_workbook(path) for row in values_of(sheet) for cell in row if cell
    )


def headings(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts of a master as the region heads them: what has ended stands together."""
    ended = counts.get("Closed", 0) + counts.get("Withdrawn", 0)
    return {**{name: many for name, many in counts.items() if name not in ("Closed", "Withdrawn")}, "Ended": ended}


# plans, status and next of all


def test_all_plans_are_listed_and_one_that_is_damaged_stops_none(made_region: Path) -> None:
    result = at(made_region, "plans")
    assert result.exit_code == 3
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert "1 of 9 returned  edition 1 of Quarter 1 of 2016/17, 20 July 2016" in lines["barrow"]
    assert "1 of 9 returned  no master handed over yet" in lines["corby"]
    assert "no round issued yet" in lines["derwent"]
    assert "elmstead: " in lines["error"]
    assert "doctor --restore" in lines["error"]
    assert "passed over: inbox" in lines["note"]
    assert result.stdout.splitlines()[-1] == "3 of 4 plans could be read."
    given = json.loads(at(made_region, "plans", "--json").stdout)
    assert [plan["plan"] for plan in given["plans"]] == ["barrow", "corby", "derwent", "elmstead"]
    assert given["plans"][0]["master"]["round"] == Q1
    assert given["plans"][0]["title"] == TITLE
    assert given["plans"][3]["trouble"]
    assert given["passed_over"] == ["inbox"]


def test_status_of_all_is_that_of_each_and_their_sum(made_region: Path) -> None:
    result = at(made_region, "status", "--all", "--json")
    assert result.exit_code == 3
    given = json.loads(result.stdout)
    for plan in given["plans"][:3]:
        alone = json.loads(at(made_region / plan["plan"], "status", "--json").stdout)
        assert {name: plan[name] for name in alone} == alone
    assert given["totals"] == {
        name: sum(plan["totals"][name] for plan in given["plans"][:3]) for name in given["totals"]
    }
    assert given["totals"]["issued"] == 18
    told = at(made_region, "status", "--all").stdout.splitlines()
    assert told[-1].startswith("3 of 4 plans could be read: 18 issued = 2 returned + 16 outstanding (16 late)")
    asked = json.loads(at(made_region, "status", "--all", "--json", "--round", Q1).stdout)
    assert [bool(plan["trouble"]) for plan in asked["plans"]] == [False, False, True, True], "not issued is told"


def test_next_of_all_is_the_first_thing_in_each(made_region: Path) -> None:
    given = json.loads(at(made_region, "next", "--all", "--json").stdout)
    for plan in given["plans"][:3]:
        assert plan["to_do"] == json.loads(at(made_region / plan["plan"], "next", "--json").stdout)["to_do"]
    told = at(made_region, "next", "--all").stdout
    assert "ask for 8 returns of 2016-17-Q1" in told
    assert "issue the first round" in told


@pytest.mark.parametrize(
    "words", [("plans",), ("status", "--all"), ("next", "--all"), ("master", "--region", "x.xlsx")]
)
def test_where_no_plan_is_or_none_can_be_read_nothing_is_told(made_region: Path, words: tuple[str, ...]) -> None:
    for where, says in ((made_region / "inbox", "There is no plan in"), (made_region / "elmstead", "elmstead")):
        result = at(where, *words)
        assert result.exit_code == 1
        assert says in result.output


# The workbook of the region


def test_each_partnership_stands_as_its_own_master_says(region: Path) -> None:
    before = {path: path.read_bytes() for path in region.rglob("*") if path.is_file()}
    path = region.parent / "region.xlsx"
    result = at(region, "master", "--region", path, "--title", "East Midlands")
    assert result.exit_code == 3
    assert {path: path.read_bytes() for path in region.rglob("*") if path.is_file()} == before, "nothing is recorded"
    sheet = openpyxl.load_workbook(path)["Partnerships"]
    assert sheet["A1"].value == "East Midlands: Quarter 1, April to June 2016"
    assert sheet["A3"].value == "1 of 4 partnerships is Red; 2 Not reported, 1 Too little to say."
    assert str(sheet["A4"].value).startswith("Doubled: 3 registers are of the same plan")
    assert sheet["A6"].value == "Returns: 2 of 18 workbooks came back; 16 late, in 2 partnerships: see Not returned."
    rows = read(path, "Partnerships")
    assert [*rows] == ["barrow", "derwent", "elmstead", "corby"], "the worst first"
    assert rows["barrow"]["Published RAG"] == "Red"
    assert "J1 Domestic abuse: J1a.1" in rows["barrow"]["What drives it"]
    assert rows["barrow"]["Told by"] == "Edition 1, 20 July 2016"
    assert rows["corby"]["Told by"] == "No master handed over yet: as it stands on 20 July 2016"
    assert rows["derwent"]["What drives it"] == "It has issued no round yet."
    assert "It cannot be read: elmstead/register.sqlite is damaged" in rows["elmstead"]["What drives it"]
    assert str(region) not in texts(path), "nobody is told where on this machine it lies"
    for name in ("barrow", "corby"):
        counts = headings(make_master(Plan(region / name).folder, None, DAY).counts)
        assert {heading: rows[name][heading] for heading in counts} == counts
        assert rows[name]["All"] == sum(counts.values())
    assert {rows["elmstead"][name] for name in ("Red", "Green", "All", "Returned")} == {"Not told"}


def test_what_drives_it_who_is_silent_and_what_is_asked_stand_on_their_sheets(region: Path) -> None:
    path = make_region(region, None, region.parent / "region.xlsx", DAY).path
    drivers = read(path, "What drives it")
    assert [*drivers][:3] == ["barrow", "barrow J1a.1", "derwent"]
    red = drivers["barrow J1a.1"]
    assert (red["Published RAG"], red["Why"]) == ("Red", "judged Red")
    assert red["Action owner and subgroup"].endswith("Domestic Abuse")
    out = read(path, "Not returned")
    assert sum(row["Partnership"] == "barrow" for row in out.values()) == 8
    assert out["barrow HARM Hidden Harm in the Community"]["Days late"] == 5
    assert out["elmstead"]["Subgroup"] == "The whole partnership"
    asked = [row for row in read(path, "Asked").values() if row["Partnership"] == "barrow"]
    decisions = values_of(
        openpyxl.load_workbook(region / "barrow" / "master" / "2016-17-q1-edition-1.xlsx")["Decisions"]
    )
    assert [row["Ref"] for row in asked] == [row[0] for row in decisions[4:] if row[0]]
    assert asked[0]["Of whom"] == "The Executive"
    book = openpyxl.load_workbook(path)
    links = {cell.value: cell.hyperlink.location for row in book["Partnerships"] for cell in row if cell.hyperlink}
    for name, sheet in (("barrow", "What drives it"), ("corby", "What drives it"), ("1 of 9; 8 late", "Not returned")):
        _, _, cell = str(links[name]).rpartition("!")
        assert book[sheet][cell].value in (name, "barrow", "corby")
        assert book[sheet][cell].offset(-1).value != book[sheet][cell].value, "the first row of the partnership"


def test_the_control_totals_are_those_of_each_plan_and_add_up(region: Path) -> None:
    path = make_region(region, None, region.parent / "region.xlsx", DAY).path
    rows = read(path, "Control totals")
    whole, *others = rows.values()
    assert whole["Partnership"] == "All partnerships that are told (2 of 4)"
    statuses = json.loads(at(region, "status", "--all", "--json").stdout)
    for plan in statuses["plans"][:2]:
        row = [*rows[plan["plan"]].values()]
        assert row[1 : 1 + len(TOTALS)] == [plan["totals"][name] for name in TOTALS]
        assert rows[plan["plan"]]["Queries open"] == plan["open_queries"]
    for name in [*whole][1:]:
        assert whole[name] == sum(row[name] for row in others if row[name] != "Not told")
    assert whole["Issued"] == whole["Returned"] + whole["Outstanding"] + whole["Nothing to report"]
    assert whole["Actions"] == sum(
        row["All"] for row in read(path, "Partnerships").values() if row["All"] != "Not told"
    )


def test_an_edition_is_told_as_it_went_out_and_that_more_has_come(region: Path) -> None:
    barrow = Plan(region / "barrow")
    edition = barrow.path / "master" / "2016-17-q1-edition-1.xlsx"
    barrow.receive_one(fill(edition, barrow.inbox / "decided.xlsx", DECIDED), when=LATER)
    answers = said(rag="Red", progress="It got worse", corrects="Yes")
    assert barrow.receive_one(fill(barrow.sent("DA"), barrow.inbox / "late.xlsx", answers), when=LATER).changes
    made = make_region(region, None, region.parent / "region.xlsx", LATER)
    row = read(made.path, "Partnerships")["barrow"]
    assert (row["Published RAG"], row["Told by"]) == ("Red", "Edition 1, 20 July 2016; more has come since")
    assert any(warning.startswith("barrow: more has come since its edition 1") for warning in made.warnings)
    asked = next(row for row in read(made.path, "Asked").values() if row["Ref"] == "J1a.1")
    assert asked["Decided since"] == "Wait (Chair)"
    hand_over(barrow, LATER)
    again = make_region(region, Q1, region.parent / "again.xlsx", LATER)
    assert read(again.path, "Partnerships")["barrow"]["Told by"] == "Edition 2, 5 August 2016"


def test_a_partnership_behind_the_others_says_so_and_how_it_stood(region: Path) -> None:
    corby = Plan(region / "corby")
    corby.issue("2016-17-Q2", by=datetime(2016, 10, 14).date(), when=datetime(2016, 9, 20))  # noqa: DTZ001 - the office's own clock
    made = make_region(region, "2016-17-Q2", region.parent / "region.xlsx", datetime(2016, 10, 20))  # noqa: DTZ001 - the same
    row = read(made.path, "Partnerships")["barrow"]
    assert row["Published RAG"] == "Not reported"
    assert row["What drives it"] == (
        "It has not issued Quarter 2 of 2016/17: its last round is Quarter 1 of 2016/17. "
        "Last: Red in Quarter 1 of 2016/17."
    )
    assert make_region(region, None, region.parent / "default.xlsx", DAY).round == Q1, "the last handed over"
    with pytest.raises(PlanSheetsError, match="None of the plans has issued 2015-16-Q1"):
        make_region(region, "2015-16-Q1", region.parent / "older.xlsx", DAY)


def test_the_public_form_holds_what_each_has_published_and_no_more(region: Path) -> None:
    path = region.parent / "public.xlsx"
    with pytest.raises(PlanSheetsError, match="None of the plans has published"):
        make_region(region, None, path, DAY, edition="public")
    published = make_master(Plan(region / "barrow").folder, None, DAY, edition="public", hand_over=True)
    late(Plan(region / "barrow"), "after it was published")
    result = at(region, "master", "--region", path, "--edition", "public")
    assert result.exit_code == 3
    rows = read(path, "Partnerships")
    assert [(row["Its plan"], row["Published RAG"]) for row in rows.values()] == [
        (TITLE, "Red"),
        *[("Not published", "Not reported")] * 3,
    ]
    assert rows["1"]["Told by"] == "Edition 1, 20 July 2016"
    found, internal = texts(path), texts(Plan(region / "barrow").path / "master" / "2016-17-q1-edition-1.xlsx")
    assert "barrow" not in found
    assert "J1a.1 Follow" in internal
    assert "Follow how far" not in found
    named = {cell for row in read(path, "Priorities").values() for cell in row.values()}
    known = {str(cell) for sheet in openpyxl.load_workbook(published.path) for row in values_of(sheet) for cell in row}
    unknown = {str(cell) for cell in named} - known - {"1", "Nothing released", "Not told"}
    assert not [text for text in unknown if "cannot be told" not in text], "every text of it was published"


def test_a_register_of_several_plans_says_the_same_as_folders_of_their_own(example: Plan, tmp_path: Path) -> None:
    data, made = (example.path / "plan.xlsx").read_bytes(), {}
    for way in ("shared", "apart"):
        for key, rag in (("barrow", "Red"), ("corby", "Green")):
            path = tmp_path / way / key
            path.mkdir(parents=True)
            begin(path, path.parent if way == "shared" else path, key, data, rag)
        made[way] = make_region(tmp_path / way, None, tmp_path / f"{way}.xlsx", DAY)
        assert next((each.name, each.published) for each in made[way].partnerships) == ("barrow", "Red")
    assert made["shared"].path.read_bytes() == made["apart"].path.read_bytes()
    for command in (("plans",), ("status", "--all"), ("next", "--all")):
        given = [json.loads(at(tmp_path / way, *command, "--json").stdout) for way in ("shared", "apart")]
        as_text = [json.dumps(told).replace(way, "") for told, way in zip(given, ("shared", "apart"), strict=True)]
        assert without_ids(as_text[0]) == without_ids(as_text[1])


def begin(path: Path, at_register: Path, key: str, data: bytes, rag: str) -> None:
    """A plan with this key in a register: its first round issued to one subgroup, and that has answered."""
    with Register.founding(at_register / FILE, key, key.encode().ljust(32)) as founded:
        folder = Folder(path, founded)
        with founded.batch("new", ISSUED_ON.isoformat()) as batch:
            folder.write("plan.xlsx", data, batch)
            _merge_in(folder, data, ISSUED_ON, Instructions(), "new")
    folder = Folder(path, Register.open(at_register / FILE, key))
    (issued,) = office.issue_round(folder, Q1, RETURN_BY, ISSUED_ON, "DA").issues
    file = fill(issued.file, path.parents[1] / f"{key}.xlsx", said(rag=rag))
    (receipt,) = take_in(folder, [file], DAY, None).returns
    assert receipt.changes
    if rag == "Red":
        make_master(folder, None, DAY, hand_over=True)


def without_ids(told: str) -> str:
    """What is told, without the ids of batches and documents: plans in one register share the numbers."""
    return re.sub(r'"(batch|document|sha256)": [^,}]+', "", told)


@pytest.mark.thorough
def test_one_damaged_register_among_forty_stops_none_of_the_others(made_region: Path, tmp_path: Path) -> None:
    for number in range(39):
        shutil.copytree(made_region / ("barrow", "corby", "derwent")[number % 3], tmp_path / f"plan-{number:02}")
    shutil.copytree(made_region / "elmstead", tmp_path / "plan-39")
    result = at(tmp_path, "status", "--all", "--json")
    assert result.exit_code == 3
    given = json.loads(result.stdout)
    assert [plan["plan"] for plan in given["plans"] if plan["trouble"]] == ["plan-39"]
    assert given["totals"]["issued"] == 26 * 9
    made = make_region(tmp_path, None, tmp_path / "region.xlsx", DAY)
    assert made.counts == {"Red": 13, "Not reported": 14, "Too little to say": 13}
    rows = read(made.path, "Partnerships")
    alone = read(make_region(made_region, None, tmp_path / "alone.xlsx", DAY).path, "Partnerships")
    for number, name in ((0, "barrow"), (1, "corby"), (2, "derwent")):
        own = {**alone[name], "Partnership": f"plan-{number:02}"}
        assert rows[f"plan-{number:02}"] == own
    whole, *_ = read(made.path, "Control totals").values()
    assert whole["Issued"] == given["totals"]["issued"]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--region", "old.xls"), 1, "no name for a workbook"),
        (("--region", "there.xlsx"), 1, "there.xlsx is there already"),
        (("--region", "x.xlsx", "--round", "2017-18-Q1"), 1, "None of the plans has issued 2017-18-Q1"),
        (("--region", "x.xlsx", "--hand-over"), 2, "--region and --hand-over do not go together"),
        (("--region", "x.xlsx", "--board", "J"), 2, "--region and --board do not go together"),
        (("--title", "East"), 2, "--title speaks of --region"),
    ],
)
def test_what_a_region_cannot_be_is_told(
    made_region: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], status: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.xlsx").write_bytes(b"somebody's own")
    result = at(made_region, "master", *words)
    assert result.exit_code == status
    assert says in result.output
    assert Path("there.xlsx").read_bytes() == b"somebody's own"
    assert not Path("x.xlsx").exists()
