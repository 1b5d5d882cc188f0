"""Connections to a PostgreSQL server: made once, and kept for the next who needs one."""

from __future__ import annotations

import atexit
import logging
import os
from functools import cache

from sqlalchemy import URL, Engine, create_engine

_LINK = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "plan-sheets",
    "client_encoding": "utf8",
}
"""How soon a connection that is lost is told (seconds; the last in milliseconds), unless the address says otherwise."""


for _name in ("psycopg", "sqlalchemy"):  # what they tell of a connection that is lost, we tell in our own words
    logging.getLogger(_name).addHandler(logging.NullHandler())


@cache
def make_engine(url: URL) -> Engine:
    """One engine for all plans of a database in this process: its connections wait for work."""
    query = {**{name: value for name, value in _LINK.items() if name not in url.query}, **url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", query=query),
        isolation_level="AUTOCOMMIT",  # a transaction is begun where one is wanted, by its own statement
        pool_size=2,
        pool_pre_ping=True,
        use_native_hstore=False,
    )
    atexit.register(engine.dispose)
    if hasattr(os, "register_at_fork"):  # a process that was forked must not use its parent's connections
        os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine
