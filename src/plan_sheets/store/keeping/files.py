"""Compares the files of a plan folder with its register: what is gone, what was changed, what it does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.messages import Messages
from plan_sheets.store.container.hashing import sha256_of
from plan_sheets.store.keeping.unknown import UnknownWorkbook, find_unknown
from plan_sheets.store.outbox import ASIDE, list_asides
from plan_sheets.store.plan_folder import PLAN_FILE, RETURNED, list_folders
from plan_sheets.store.register.reads import list_mails_known, read_last_shas, read_redacted
from plan_sheets.store.register.redacting.masks import list_shas_kept
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.safe.backup import BACKUPS, list_daily

_TEXT = ".txt"
"""The ending of what an e-mail says, which is named by the SHA-256 of the e-mail."""


@dataclass(frozen=True)
class FolderCheck:
    """A plan folder beside what its register says of it."""

    path: Path
    register: Register
    messages: Messages

    def list_findings(self) -> Iterator[Finding]:
        """Everything that there is to say, what somebody has to act on first."""
        yield from self._check_unknown()
        yield from self._check_kept()
        yield from self._check_made()
        if asides := list_asides(list_folders(self.path)):
            yield self.messages.finding("made_waiting", count=len(asides))
        if not list_daily(self.path):
            yield self.messages.finding("backup_none", folder=BACKUPS)

    @cached_property
    def returned(self) -> Mapping[str, Path]:
        """The files of `returned/`, by the SHA-256 that is their name."""
        found = sorted((self.path / RETURNED).glob("*"))
        return {path.stem: path for path in found if path.is_file() and not path.name.startswith(ASIDE)}

    @cached_property
    def _unknown(self) -> list[UnknownWorkbook]:
        """The workbooks in the folder that the register does not know."""
        return [*find_unknown(self.path, self.register)]

    @cached_property
    def _numbers(self) -> Mapping[str, str]:
        """The number of the return that each file came as, by its SHA-256."""
        return {file.sha256: file.number for file in self.register.returns()}

    def list_not_received(self) -> list[Path]:
        """The files of `returned/` that the register does not know: they came after it was saved, or came twice."""
        known = {*self._numbers, *_list_mail_shas(self.register), *read_redacted(self.register)}
        return [path for sha, path in self.returned.items() if sha not in known and sha256_of(path) == sha]

    def _check_kept(self) -> Iterator[Finding]:
        """Each file that was received, by its hash."""
        redacted, kept = read_redacted(self.register), list_shas_kept(self.register)
        written = {file.sha256 for file in self.register.returns(kind="plan", verdict="untouched")}
        for sha, path in self.returned.items():
            name, number = self._name(path), self._numbers.get(sha) or "not known whose"
            if sha in redacted:
                day = PartialDate.of_iso(redacted[sha]).words
                yield self.messages.finding("kept_redacted", entered=name, path=name, day=day)
            elif path.suffix != _TEXT and sha256_of(path) != sha:
                yield self.messages.finding("kept_changed", entered=name, path=name, number=number)
        for sha in sorted(kept - self.returned.keys() - redacted.keys() - written):
            name, number = f"{RETURNED}/{sha}", self._numbers[sha]
            yield self.messages.finding("kept_missing", entered=name, path=name, number=number)

    def _check_made(self) -> Iterator[Finding]:
        """Each file that the tool made last: gone, or changed since, which is no harm; not one of a later register."""
        made, unknown = self.register.outputs(), {self._name(each.path) for each in self._unknown}
        for name in sorted(read_last_shas(self.register)):
            path = self.path / name
            if not path.is_file():
                code = "plan_gone" if name == PLAN_FILE else "made_gone"
                yield self.messages.finding(code, entered=name, path=name)
            elif name not in {PLAN_FILE, *unknown} and not {sha256_of(path)} & {*made[name], *self._numbers}:
                yield self.messages.finding("made_changed", entered=name, path=name)

    def _check_unknown(self) -> Iterator[Finding]:
        """Each workbook that went out and that the register does not know: it is an older one."""
        for workbook in self._unknown:
            if workbook.path.relative_to(self.path).parts[0] == "issued":
                yield self._describe_unknown_issue(workbook)
            else:
                name, reference = self._name(workbook.path), workbook.reference
                yield self.messages.finding("made_unknown", entered=reference, path=name, reference=reference)

    def _describe_unknown_issue(self, workbook: UnknownWorkbook) -> Finding:
        code, _, rest = workbook.reference.partition("-Q")
        round_code = f"{code}-Q{rest[:1]}"
        of = f" --as-of {workbook.made_on}" if workbook.made_on and not self._knows(round_code) else ""
        command = f"plan-sheets issue --round {round_code} --return-by {workbook.return_by or 'DATE'}{of}"
        name, reference = self._name(workbook.path), workbook.reference
        return self.messages.finding("issue_unknown", entered=reference, path=name, reference=reference, shown=command)

    def _knows(self, round_code: str) -> bool:
        return any(issued.code == round_code for issued in self.register.rounds())

    def _name(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix()


def _list_mail_shas(register: Register) -> set[str]:
    return {sha for trail in list_mails_known(register) for sha in trail}
