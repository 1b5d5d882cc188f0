"""Opens the desk on this machine, and closes it an hour after it was last asked for anything."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic

import uvicorn

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.desk.app import make_app
from plan_sheets.desk.guard import Access
from plan_sheets.desk.views import OpenDesk
from plan_sheets.desk.worker import Worker
from plan_sheets.store.plan_folder import open_folder

CLOSES_AFTER = 3600.0
"""Seconds without a request."""
LOOKS_EVERY = 5.0
"""Seconds."""


def serve(path: Path, clock: Callable[[], datetime], port: int, opened: Callable[[str], None]) -> None:
    """Answer at 127.0.0.1 until nobody has asked for an hour, or the program is stopped.

    `clock`: the time that decides; `port`: 0 for any that is free; `opened` is told the link when it can be opened.
    Raises PlanSheetsError if there is no plan folder at `path`, or the port is taken.
    """
    open_folder(path).register.close()
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as trouble:
            raise PlanSheetsError(
                f"Port {port} cannot be used ({trouble.strerror}).", "Leave --port out: any that is free is taken."
            ) from trouble
        access, desk = Access(listening.getsockname()[1]), OpenDesk(path, clock, Worker())
        config = uvicorn.Config(make_app(desk, access), log_level="error", access_log=False, lifespan="off")
        asyncio.run(_run(uvicorn.Server(config), listening, access, desk, opened))


async def _run(
    server: uvicorn.Server, listening: socket.socket, access: Access, desk: OpenDesk, opened: Callable[[str], None]
) -> None:
    """Run the server, and end it when it has been idle for long."""
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not running.done():  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.01)
    opened(access.link)
    while not running.done():
        await asyncio.wait([running], timeout=LOOKS_EVERY)
        if monotonic() - access.last_asked > CLOSES_AFTER and not desk.worker.is_busy:
            server.should_exit = True
    await running
