"""Opens the desk on this machine, and closes it an hour after it was last asked for anything."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from time import monotonic

import uvicorn

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.desk.app import make_app
from plan_sheets.desk.guard import Access
from plan_sheets.desk.views import OpenDesk
from plan_sheets.desk.worker import Worker
from plan_sheets.screen.lines import say
from plan_sheets.store.plan_folder import open_folder

CLOSES_AFTER = 3600.0
"""Seconds without a request."""
LOOKS_EVERY = 5.0
"""Seconds."""
GIVES_UP_AFTER = 5
"""Seconds for which an answer that is under way may last when the desk closes."""


def serve(path: Path, clock: Callable[[], datetime], port: int, opened: Callable[[Access], None]) -> None:
    """Answer at 127.0.0.1 until nobody has asked for an hour, or the program is stopped; work that is begun is done.

    `clock`: the time that decides; `port`: 0 for any that is free; `opened` is told when the link can be opened.
    Raises PlanSheetsError if there is no plan folder at `path`, or the port is taken.
    """
    open_folder(path).register.close()
    with socket.socket() as listening:
        # Elsewhere a port that was used a moment ago is free again; on Windows the same word lets others listen there.
        listening.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR), 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as trouble:
            raise PlanSheetsError(
                f"Port {port} cannot be used ({trouble.strerror}).", "Leave --port out: any that is free is taken."
            ) from trouble
        access, desk = Access(listening.getsockname()[1]), OpenDesk(path, clock, Worker())
        level = logging.DEBUG if logging.root.isEnabledFor(logging.DEBUG) else logging.CRITICAL
        config = uvicorn.Config(
            make_app(desk, access), log_config=None, log_level=level, access_log=False, lifespan="off", ws="none",
            server_header=False, timeout_graceful_shutdown=GIVES_UP_AFTER,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):
            asyncio.run(_run(uvicorn.Server(config), listening, access, desk.worker, opened))
    say("The desk is closed; what was begun is done first." if desk.worker.is_busy else "The desk is closed.")


async def _run(
    server: uvicorn.Server, listening: socket.socket, access: Access, worker: Worker, opened: Callable[[Access], None]
) -> None:
    """Run the server, and end it when it has been idle for long."""
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not running.done():  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.01)
    Thread(target=opened, args=[access], daemon=True).start()  # some browsers open in the terminal itself
    while not running.done():
        await asyncio.wait([running], timeout=LOOKS_EVERY)
        if worker.is_busy:
            access.last_asked = monotonic()
        server.should_exit |= monotonic() - access.last_asked > CLOSES_AFTER
    await running
