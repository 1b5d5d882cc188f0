"""What is printed of how a register is kept: looked at, backed up, and put back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.doctor import Examined
from plan_sheets.screen.findings import describe_finding
from plan_sheets.screen.lines import NEXT, print_json, say
from plan_sheets.store.keeping.move import MovedRegister
from plan_sheets.store.keeping.restore import PutBack
from plan_sheets.store.plan_folder import RETURNED
from plan_sheets.store.register.safe.versions import RaisedRegister
from plan_sheets.store.schemas import load_messages

UNKNOWN = ("issue_unknown", "kept_unknown")
"""What doctor says of what an older register can take in again."""
NOT_WRITTEN = "The password was written down nowhere: give it by PGPASSWORD or a password file (PGPASSFILE)."
TOLD = 10
"""How many findings of one kind are told; --json tells all."""


def print_examined(examined: Examined, *, as_json: bool) -> None:
    """Print what a register and its folder are like, what somebody has to act on first."""
    if as_json:
        findings = [describe_finding(finding) for finding in examined.findings]
        print_json({"whole": examined.is_whole, "findings": findings, "backups": examined.backups})
        return
    order = [*Severity]
    kinds: dict[str, list[Finding]] = {}
    for finding in sorted(examined.findings, key=lambda finding: order.index(finding.severity)):
        kinds.setdefault(finding.code, []).append(finding)
    for code, several in kinds.items():
        _print_kind(code, several, examined.not_received)
    if examined.is_whole:
        backup = f"; the newest backup is {examined.backups[0].name}" if examined.backups else ""
        say(f"The register and its folder are whole{backup}.")


def _print_kind(code: str, several: Sequence[Finding], not_received: Sequence[Path]) -> None:
    """Print the findings of one code: one as it is; of several what is wrong, with what, and what to do, once."""
    message = load_messages().by_code[code]
    if len(several) == 1 or not message.many:
        for finding in several:
            say(f"    {finding.severity:<8} {finding.message}")
        return
    say(f"    {several[0].severity:<8} {message.many.format(count=len(several))}:")
    if code == "kept_unknown":  # the command names them
        names = " ".join(f"{RETURNED}/{path.name}" for path in not_received)
        say(f"             {message.do.format(shown=f'plan-sheets receive {names}')}")
        return
    for finding in several[:TOLD]:
        say(f"        {finding.entered}")
    if len(several) > TOLD:
        say(f"        and {len(several) - TOLD} more: --json tells all")
    for command in dict.fromkeys(finding.reading for finding in several):
        say(f"             {message.do.format(shown=command)}")


def print_first_of_all(examined: Examined) -> bool:
    """Print what there is to do before anything else, as the last line; False, and nothing, if there is nothing."""
    if not examined.is_as_recorded:
        say("put the newest good backup in the place of the register: plan-sheets doctor --restore", label=NEXT)
    elif any(finding.code in UNKNOWN for finding in examined.findings):
        say("bring back what the register does not know, as is said above, the issues first", label=NEXT)
    else:
        return False
    return True


def print_backup(path: Path, *, as_json: bool) -> None:
    """Print where a backup lies, and how it has to be kept."""
    if as_json:
        print_json({"backup": path})
        return
    say(f"Backed up, and found whole: {path}")
    say("It holds names, what chairs wrote, and the key that signs: keep it where such things are kept.")


def print_moved(moved: MovedRegister, *, as_json: bool) -> None:
    """Print where a register is now, and where what was there is kept."""
    if as_json:
        print_json({"before": moved.before, "register": moved.now, "kept": moved.kept})
        return
    say(f"The register is at {moved.now} now, with every row and every seal as it was at {moved.before}.")
    say(f"What was there is kept as {moved.kept}; nothing writes to it any more.")
    if moved.has_password:
        say(NOT_WRITTEN)


def print_raised(raised: RaisedRegister, *, as_json: bool) -> None:
    """Print which version a register is of now, and where its backup lies."""
    if as_json:
        print_json({"register": raised.register, "before": raised.before, "now": raised.now, "backup": raised.backup})
        return
    say(f"{raised.register} is of version {raised.now} now; older programs refuse it.")
    say(f"As it was, of version {raised.before}, it is kept in {raised.backup}.")


def print_granted(register: str, role: str, *, as_json: bool) -> None:
    """Print that a role may work on a plan now."""
    if as_json:
        print_json({"register": register, "role": role})
        return
    say(f"{role} may read this plan and add to it ({register}); no other plan by that.")


def print_restored(done: PutBack, *, as_json: bool) -> None:
    """Print which backup was put in place, and where what was there lies now; where JSON is printed, on the side."""
    lines = [f"    warning  Not good, and passed over: {line}" for line in done.not_good]
    lines.append(f"Put in place: {done.backup}")
    lines += [f"The register that was there is kept as {done.kept}"] if done.kept else []
    lines += [
        f"    warning  {subject} was redacted since, and stands in the register again: redact it again."
        for subject in done.redacted
    ]
    for line in lines:
        say(line, err=as_json)
