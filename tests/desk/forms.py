"""What a browser makes of a page of the desk: the fields of its form, its words; and what comes of what it sends."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from httpx2 import Response
from tests.desk.asking import Desk


class FormReader(HTMLParser):
    """The fields of the form that is sent, as a browser would send it when nothing is typed."""

    def __init__(self, page: Response) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.name = ""
        self.feed(page.text.partition('<form method="post"')[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A field, or what can be chosen in one."""
        about = dict(attrs)
        name, value = about.get("name") or "", about.get("value") or ""
        is_box = about.get("type") in ("radio", "checkbox")
        if tag in ("textarea", "select"):
            self.name, self.fields[name] = name, ""
        elif (tag == "option" and "selected" in about) or (tag == "input" and (not is_box or "checked" in about)):
            self.fields[name or self.name] = value

    def handle_data(self, data: str) -> None:
        """What stands in a field of several lines."""
        if self.lasttag == "textarea" and self.name:
            self.fields[self.name] += data

    def handle_endtag(self, tag: str) -> None:
        """The end of such a field; a browser leaves out the first line end in it."""
        if tag == "textarea":
            self.fields[self.name] = self.fields[self.name].removeprefix("\n")
        if tag in ("textarea", "select"):
            self.name = ""


def read_form(page: Response) -> dict[str, str]:
    """The fields of the form on a page."""
    return FormReader(page).fields


def read_text(page: Response) -> str:
    """What a page says, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2])).split())


def finish(desk: Desk, begun: Response) -> Response:
    """The page of a piece of work that was asked for, when it is done."""
    assert begun.status_code == 303, read_text(begun)
    number = int(begun.headers["location"].rpartition("/")[2])
    assert desk.shared.worker.works[number].ended.wait(60)
    return desk.get(f"/progress/{number}")
