"""The rooms and their order: imports run one way; core touches nothing; heavy imports are lazy."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "plan_sheets"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = [path.stem for path in MODULES if path.parent == PACKAGE / "desk" / "pages"]
ORDER = (
    ("core.model",),
    ("core.book", "core.screening"),
    ("core.answers", "core.rating", "core.access"),
    ("core.returned", "core.sheets", "core.mails"),
    ("core.editions", "core.region"),
    ("store.container", "store.schema_keys"),
    ("store.strict_yaml",),
    ("store.schemas",),
    ("store.outbox", "store.formats", "store.known_words", "store.sharing", "store.collector"),
    ("store.inspector",),
    ("store.writing", "store.register"),
    ("store.plan_folder",),
    ("store.receiving", "store.keeping", "store.plans"),
    ("plan_workbook", "subgroup_workbook"),
    ("plan", "issue", "receive", "feedback", "officer", "master", "doctor", "asking", "mail", "allow", "region"),
    ("correcting", "year_end"),
    ("office", "screen"),
    ("demo", "desk"),
    ("cli",),
    ("__main__",),
)
"""Every room, the lowest first: a room imports lower ones only, and none that stands beside it."""
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
MOST_FILES = 16
"""In one folder: more, and `ls` no longer says where a thing lives."""
DESK = {f"desk.{name}" for name in ("app", "guard", "serve", "views", *(f"pages.{page}" for page in PAGES))}
ONLY = {
    "rich": {"screen.terminal", "screen.progress"},
    "xlsxwriter": {"store.writing.workbook"},
    "sqlalchemy": {
        f"store.register.{name}"
        for name in (
            "register",
            "statements",
            "batch",
            "tables",
            *(
                f"engines.{name}"
                for name in (
                    "address",
                    "database",
                    "postgres",
                    "server_links",
                    "server_asides",
                    "server_rights",
                    "server_tables",
                    "sqlite",
                )
            ),
            "editions",
            "settling.declined",
            "settling.findings",
            "settling.held",
            "settling.listed",
            "settling.names",
            "settling.plan_queries",
            "desk",
            "redacting.masks",
            "mending.unmended",
            "redacting.rows",
            "tracing.batches",
            "tracing.said",
            "safe.seal",
            "standings",
            "safe.transaction",
            "safe.versions",
            "tracing.texts",
            "withdrawals",
            "wrapped",
        )
    },
    "psycopg": {"store.register.engines.postgres"},
    "python_calamine": {"store.formats.reader"},
    "olefile": {"store.container.texts", "store.formats.binary.xls", "store.receiving.mail.outlook"},
    "asn1crypto": {"store.receiving.mail.signed"},
    "openpyxl": {"demo", *(f"store.inspector.{name}" for name in ("look", "sheet", "styles"))},
    "docx": {"store.writing.word"},
    "yaml": {"store.strict_yaml"},
    "oxmsg": {"store.receiving.mail.outlook"},
    "msoffcrypto": {"store.formats.decrypt"},
    "click": {
        *(f"cli{room}" for room in ("", ".asking", ".correcting", ".keeping", ".rounds")),
        "screen.lines",
        "screen.command",
        "screen.days",
    },
    **dict.fromkeys(("starlette", "jinja2"), DESK),
    "uvicorn": {"desk.serve"},
    "distributed": {"store.sharing.cluster"},
    "stdnum": {"core.screening.check_digits"},
    "pandas": {"core.answers.check", "core.answers.rules"},
    "pandera": {"core.answers.rules", "validate"},
}
NOT_IN_CORE = {
    *("pathlib", "os", "io", "tempfile", "shutil"),
    *("sqlite3", "sqlalchemy", "time", "random", "secrets", "yaml"),
}
CLOCKS = {"now", "today", "utcnow"}


def name_of(path: Path) -> str:
    """`core.model.keys` for src/plan_sheets/core/model/keys.py; "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room_of(name: str) -> str:
    """The room of a module: `core.model` of `core.model.keys`; a deed is a room of its own."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in ("core", "store") else parts[0]


@cache
def imports(path: Path) -> tuple[tuple[str, bool], ...]:
    """Every module that a module imports, and whether it does so only for types. Each is parsed once."""
    return (*_find_imports(path, ast.parse(path.read_text(encoding="utf-8"))),)


def _find_imports(path: Path, tree: ast.Module) -> Iterator[tuple[str, bool]]:
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
                is_module = there.is_file() or (there.with_suffix("") / "__init__.py").is_file()
                yield whole if is_module else module, id(node) in for_types


@cache
def ours(path: Path) -> tuple[str, ...]:
    """The modules of this package that a module imports at run time, `core.model.keys`."""
    names = (module for module, for_types in imports(path) if module.startswith("plan_sheets") and not for_types)
    return (*(name.removeprefix("plan_sheets").lstrip(".") for name in names),)


ROOMS = [path for path in MODULES if name_of(path) not in ("", "core", "store")]


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_every_module_has_its_room(path: Path) -> None:
    assert room_of(name_of(path)) in RANK, "a new room is named in ORDER, where its place shows"


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    room = room_of(name_of(path))
    for other in ours(path):
        if room_of(other) != room and other:
            assert RANK[room_of(other)] < RANK[room], f"{name_of(path)} imports {other}"


def test_the_package_itself_imports_nothing() -> None:
    assert not set(ours(PACKAGE / "__init__.py"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_imports_a_circle(path: Path) -> None:
    seen, waiting = set[str](), [name_of(path)]
    while waiting:
        for other in ours(PATHS[waiting.pop()]):
            assert other != name_of(path), "a circle"
            if other in PATHS and other not in seen:
                seen.add(other)
                waiting.append(other)


PATHS = {name_of(path): path for path in MODULES}


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


NOW_IS_ASKED_IN = {"screen.command"}


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


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=lambda path: path.name)
def test_a_folder_is_seen_at_a_glance(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= MOST_FILES


def test_a_class_has_one_name_and_a_name_one_class() -> None:
    public = [
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert {name for name in public if public.count(name) > 1} == set()


HEAVY = (
    "psycopg",
    "rich",
    "pandas",
    "pandera",
    "openpyxl",
    "sqlalchemy",
    "xlsxwriter",
    "python_calamine",
    "numpy",
    "docx",
    "starlette",
    "distributed",
)


@pytest.mark.parametrize("module", ["plan_sheets", "plan_sheets.cli"])
def test_help_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
