"""What an e-mail says before it is a file: its text with names in braces, and the draft with everything filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class MailText:
    """One mail as `schemas/mails.yaml` has it, or as the plan does. `names`: what each name that it may hold means."""

    code: str
    title: str
    subject: str
    text: str
    names: Mapping[str, str]

    @property
    def means(self) -> str:
        """What it is for, and the names that it may hold, in words."""
        listed = "\n".join(f"{{{name}}}: {what}" for name, what in self.names.items())
        return f"{self.title}. Filled in are:\n{listed}"

    @property
    def own(self) -> str:
        """Subject and text, as a sheet shows them."""
        return f"Subject: {self.subject}\n\n{self.text}"

    def find_unknown(self, text: str) -> list[str]:
        """The names in a text, with their braces, for which this mail has nothing."""
        return list(dict.fromkeys(found[0] for found in _NAME.finditer(text) if found[1] not in self.names))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail is for: addresses as they are sent to; the name, "" where there is none or it is not of one."""

    addresses: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail with everything filled in, before it is a file."""

    to: Addressee
    subject: str
    text: str
    attached: Attached | None = None


def write_draft(
    mail: MailText, details: Mapping[str, str], marking: str, to: Addressee, attached: Attached | None
) -> Draft:
    """The draft of a mail. `details`: what is filled in, by name; `marking`: the protective one, first in the subject.

    What is filled in is never looked at for names again. A subject is one line, whatever was typed.
    """
    subject = fill_in(mail.subject, details)
    text = re.sub(r"\n{3,}", "\n\n", fill_in(mail.text, details)).strip()
    return Draft(to, " ".join(f"{marking}: {subject}".removeprefix(": ").split()), text, attached)


def fill_in(text: str, details: Mapping[str, str]) -> str:
    """A text with what stands for its names; a name for which there is nothing stays as it is written."""
    return _NAME.sub(lambda found: details.get(found[1], found[0]), text)
