"""A real PostgreSQL server for tests: a cluster of its own in a temporary folder, reached by its socket alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
NOBODY = "postgres"
"""Who runs the server where the tests run as root: PostgreSQL refuses to."""
_NUMBERS = count(1)
_SETTINGS = {"fsync": "off", "listen_addresses": "", "max_connections": "150", "shared_buffers": "32MB"}
_HBA = "local all guest scram-sha-256\nlocal all all trust\n"


def no_postgres() -> str:
    """Why no server can be started here; "" if one can."""
    if not (PROGRAMS or shutil.which("initdb")):
        return "PostgreSQL is not installed"
    try:
        import psycopg  # noqa: F401, PLC0415 - whether it is there
    except ImportError:
        return "psycopg is not installed"
    return ""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    folder: Path
    """Its cluster and its socket."""
    bin: Path
    settings: Mapping[str, str]

    def url(self, name: str = "plans", *, user: str = "keeper", password: str = "") -> str:
        """The address of a database."""
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@/{name}?host={self.folder}"

    def make_database(self, **options: str) -> str:
        """The name of a new database."""
        name = f"plans{next(_NUMBERS)}"
        written = "".join(f" {option.upper()} {value}" for option, value in options.items())
        self.ask("postgres", f'CREATE DATABASE "{name}"{written}')
        return name

    def ask(self, name: str, statement: str, *values: object, user: str = "keeper") -> list[tuple[Any, ...]]:
        """The rows of a statement in a database; by default as the owner of everything."""
        import psycopg  # noqa: PLC0415 - tests that need no server run without it

        with psycopg.connect(self.url(name, user=user), autocommit=True) as connection:
            done = connection.execute(statement, values or None)
            return done.fetchall() if done.description else []

    def stop(self) -> None:
        """End it at once: as if the machine went down."""
        self.run("pg_ctl", "stop", "-m", "immediate", "-D", self.folder / "data")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        log = self.folder / "log"
        self.run("pg_ctl", "start", "-w", "-D", self.folder / "data", "-l", log, "-o", f"-k {self.folder} {options}")

    def run(self, program: str, *words: str | Path) -> None:
        """Run one of its programs, as whoever may."""
        command = [str(self.bin / program), *map(str, words)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", NOBODY, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """A server of one's own, which is stopped and gone in the end; by default it trusts that the machine goes on."""
    folder = Path(tempfile.mkdtemp(prefix="plan-sheets-"))
    path = PROGRAMS[-1].parent if PROGRAMS else Path(str(shutil.which("initdb"))).parent
    server = Server(folder, path, {**_SETTINGS, **settings})
    if os.geteuid() == 0:
        shutil.chown(folder, NOBODY)
    try:
        server.run("initdb", "-D", folder / "data", "-U", "keeper", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        (folder / "data" / "pg_hba.conf").write_text(_HBA)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
