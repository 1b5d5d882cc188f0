"""Imports run one way: cli, office and show, deeds, core and store; core touches nothing; heavy imports are lazy."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "plan_sheets"
MODULES = sorted(PACKAGE.rglob("*.py"))
DEEDS = {"plan", "issue", "receive", "officer", "master", "status", "trace", "feedback", "inspection"}
OFFICE = {"office", "demo", "show"}
"""What puts deeds together, or shows them."""
COMMANDS = {"cli", "__main__"}
ONLY = {
    "xlsxwriter": {"store.workbook_writer"},
    "sqlalchemy": {"store.register", "store.batch", "store.tables"},
    "python_calamine": {"store.workbook_reader"},
    "openpyxl": {"demo"},
    "docx": {"store.document_writer"},
    "yaml": {"store.schemas"},
    "oxmsg": {"store.outlook"},
    "msoffcrypto": {"store.decrypting"},
    "click": {"cli", "show"},
    "pandas": {"core.check"},
    "pandera": {"core.check"},
}
NOT_IN_CORE = {
    "pathlib",
    "os",
    "io",
    "tempfile",
    "shutil",
    "sqlite3",
    "sqlalchemy",
    "time",
    "random",
    "secrets",
    "yaml",
}
CLOCKS = {"now", "today", "utcnow"}


def name_of(path: Path) -> str:
    """`core.model` for src/plan_sheets/core/model.py; "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a module imports, and whether it does so only for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, id(node) in for_types) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            for one in node.names:
                whole = f"{module}.{one.name}"
                there = (PACKAGE.parent / Path(*whole.split("."))).with_suffix(".py")
                yield (
                    whole if there.is_file() or (there.with_suffix("") / "__init__.py").is_file() else module,
                    id(node) in for_types,
                )


def ours(path: Path) -> Iterator[str]:
    """The modules of this package that a module imports at run time, `core.model`."""
    for module, for_types in imports(path):
        if module.startswith("plan_sheets") and not for_types:
            yield module.removeprefix("plan_sheets").lstrip(".")


def house(name: str) -> str:
    """What kind of module: core, store, deed, office, cli; "" for the package itself."""
    top = name.split(".", maxsplit=1)[0]
    if top in ("core", "store", ""):
        return top
    if top in COMMANDS:
        return "cli"
    return "deed" if top in DEEDS else "office"


MAY = {
    "core": {"core"},
    "store": {"core", "store"},
    "deed": {"core", "store"},
    "office": {"deed", "office", "core", "store"},
    "cli": {"cli", "office", "deed", "core", "store", ""},
    "": {"core"},
}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    name = name_of(path)
    for other in ours(path):
        assert house(other) in MAY[house(name)], f"{name or 'plan_sheets'} imports {other}"


def test_every_module_has_its_house() -> None:
    tops = {name_of(path).split(".")[0] for path in MODULES if path.parent == PACKAGE} - {""}
    assert tops <= DEEDS | OFFICE | COMMANDS, "a new module is a deed, or is named here"


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path) in DEEDS], ids=name_of)
def test_deeds_do_not_import_each_other(path: Path) -> None:
    assert not DEEDS & set(ours(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_library_has_its_one_place(path: Path) -> None:
    for module, for_types in imports(path):
        places = ONLY.get(module.split(".")[0])
        assert places is None or for_types or name_of(path) in places, f"{name_of(path)} imports {module}"


CORE = [path for path in MODULES if name_of(path).startswith("core")]


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_touches_no_file_database_or_clock(path: Path) -> None:
    assert not {module.split(".")[0] for module, _ in imports(path)} & NOT_IN_CORE
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in {"open", "print", "input", "eval", "exec"})
            assert not (isinstance(called, ast.Attribute) and called.attr in CLOCKS), f"line {node.lineno}: a clock"


PRINTS = {"echo", "secho", "print"}
DOORS = {"show": ("say", "_json")}
"""The functions that print, and clean what they print."""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_all_that_is_printed_goes_through_one_door(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    doors = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name in DOORS.get(name_of(path), ())]
    for node in set(ast.walk(tree)).difference(*map(ast.walk, doors)):
        called = getattr(node, "func", None)
        name = getattr(called, "attr", getattr(called, "id", ""))
        assert name not in PRINTS, f"line {getattr(node, 'lineno', 0)}: a terminal obeys what is in typed texts"


NOW_IS_ASKED_IN = {"cli"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_asks_what_time_it_is(path: Path) -> None:
    asked = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert not asked or name_of(path) in NOW_IS_ASKED_IN, asked


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


HEAVY = ("pandas", "pandera", "openpyxl", "sqlalchemy", "xlsxwriter", "python_calamine", "numpy", "docx")


@pytest.mark.parametrize("module", ["plan_sheets", "plan_sheets.cli"])
def test_help_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
