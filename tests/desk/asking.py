"""A desk in a test, and how a browser asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient
from tests.chairs import Plan

from plan_sheets.desk.guard import Access
from plan_sheets.desk.views import OpenDesk


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that is open, and a browser that was let in."""

    plan: Plan
    access: Access
    shared: OpenDesk
    client: TestClient

    @property
    def origin(self) -> str:
        """What a browser says that its page came from."""
        return f"http://127.0.0.1:{self.access.port}"

    def get(self, path: str, **how: Any) -> Response:
        """A page."""
        return self.client.get(path, **how)

    def post(self, path: str, **form: Any) -> Response:
        """The page after a form was sent, as a browser sends it."""
        return self.client.post(path, headers={"Origin": self.origin}, **form)
