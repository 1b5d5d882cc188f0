"""Every sentence the program has to say about somebody's data, by code; they stand in `schemas/messages.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.text import shorten


@dataclass(frozen=True, slots=True)
class Message:
    """One coded sentence: what is wrong, what to do, an example; `{entered}` and details are filled in."""

    code: str
    severity: Severity
    wrong: str
    do: str
    example: str = ""
    holds: bool = False
    """Whether such a finding holds the whole file until the officer says that it may go in."""
    told: str = ""
    """Where a note is told to who did not ask for notes: screen; officer, in the officer's workbook too; "" nowhere."""
    waivable: bool = False
    """Whether it is a rule of the plan's own, which the officer may not hold a subgroup to for a while."""
    many: str = ""
    """What is said of several such findings in one line of the screen, `{count}` being how many; "" a line each."""
    chair: str = ""
    """What the chair who filled the workbook in can do; "" of an error: what anybody does; of all else: nothing."""

    @property
    def advice(self) -> str:
        """What the chair who filled the workbook in is told to do; "" where it is nothing for a chair."""
        return self.chair or (self.do if self.severity is Severity.ERROR else "")


class _Details(dict[str, object]):
    """Details by name; one that nobody gives stands as it is written: a sentence with a slip loses nobody's answer."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


@dataclass(frozen=True, slots=True)
class Messages:
    """The catalogue; the only maker of findings."""

    by_code: Mapping[str, Message]

    def finding(
        self,
        code: str,
        *,
        address: Address | None = None,
        key: Key | None = None,
        entered: str | None = None,
        **details: object,
    ) -> Finding:
        """A finding whose sentence is filled in with what was entered and the details that its message names."""
        return self.remark(code, details, address=address, key=key, entered=entered)

    def remark(
        self,
        code: str,
        details: Mapping[str, object],
        *,
        address: Address | None = None,
        key: Key | None = None,
        entered: str | None = None,
        heading: str = "",
    ) -> Finding:
        """The finding that a remark of the reader or of tidying makes; `heading` is that of the cell."""
        message = self.by_code[code]
        quoted = shorten(entered or "")
        told = _Details({"entered": quoted, "heading": heading, **details})
        text = _say(message, message.do, told)
        reading = str(details.get("after") or details.get("shown") or "")
        mend = _say(message, message.advice, told) if message.advice else ""
        return Finding(code, message.severity, text, address, key, entered, reading, mend)


def _say(message: Message, do: str, told: Mapping[str, object]) -> str:
    """What is wrong, what to do, and the example, filled in."""
    example = f"For example: {message.example.removesuffix('.')}." if message.example else ""
    text = f"{message.wrong} {do} {example}".strip().format_map(told)
    return " ".join(text.split())
