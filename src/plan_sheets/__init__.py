"""plan-sheets: a safeguarding partnership's business plan, round by round, in locked sheets that come back safely.

The library offers the same deeds as the commands, loaded when they are first asked for:

    from datetime import datetime
    import plan_sheets

    now = datetime(2016, 7, 8, 9, 30)
    folder = plan_sheets.open_folder("plan-2016-17")
    received = plan_sheets.receive_files(folder, "inbox", now)
    for receipt in received.receipts.returns:
        print(receipt.file, receipt.verdict, [finding.message for finding in receipt.findings])
    print(plan_sheets.make_master(folder, "2016-17-Q1", now).path)

Arguments come in one order: the folder, then what (a round, a ref, files), then when, then what need not be said. A
path is a text or a `Path`; one stands for a list of one. A day is a `date`, `now` a `datetime` of the office's clock.
What makes a deed impossible raises `PlanSheetsError`, whose `remedy` says what to do; an argument of the wrong kind
raises TypeError or ValueError. Both say what would be right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_sheets.asking.differ import MastersCompared, compare_masters
    from plan_sheets.asking.inspect import Inspected, RuleBroken, inspect_files
    from plan_sheets.asking.plans import OfAllPlans, OfPlan, PlanState, list_plans, status_of_all, what_next_of_all
    from plan_sheets.asking.status import RoundStatus, ToDo, WhatNext, status_of, what_next
    from plan_sheets.asking.trace import Step, trace_value
    from plan_sheets.asking.validate import schemas, snapshot_of
    from plan_sheets.core.answers.waive import Waiver
    from plan_sheets.core.model.findings import Finding, Outcome, PlanSheetsError, Severity, Verdict
    from plan_sheets.core.model.keys import Address, Key
    from plan_sheets.core.model.receipts import Instructions, Receipt, Receipts
    from plan_sheets.core.model.rounds import Round
    from plan_sheets.core.rating.control_totals import SubgroupReturn
    from plan_sheets.core.rating.open_questions import OpenQuestion
    from plan_sheets.core.rating.snapshot import Snapshot
    from plan_sheets.correcting.withdraw import WhatWithdrew
    from plan_sheets.doctor import Examined, back_up, restore
    from plan_sheets.feedback import FeedbackMade
    from plan_sheets.issue import Issued
    from plan_sheets.mail import Drafted, MailsDrafted, draft_mails
    from plan_sheets.master import Mastered, make_master
    from plan_sheets.office import (
        BatchReceived,
        PlanTakenIn,
        Redacted,
        RoundIssued,
        YearEnded,
        allow_rule,
        close_year,
        examine_folder,
        issue_round,
        merge_plan,
        receive_files,
        redact_texts,
        withdraw_return,
    )
    from plan_sheets.officer import OfficerMade, make_officer
    from plan_sheets.plan import Checked, PlanMerged, check_plan, new_plan
    from plan_sheets.region import PartnershipTold, RegionMade, make_region
    from plan_sheets.store.keeping.restore import PutBack
    from plan_sheets.store.plan_folder import Folder, open_folder
    from plan_sheets.year_end.close import YearClosed

__version__ = "0.1.0"

_ROOMS = {
    "Address": "core.model.keys",
    "BatchReceived": "office",
    "Checked": "plan",
    "Drafted": "mail",
    "Examined": "doctor",
    "FeedbackMade": "feedback",
    "Finding": "core.model.findings",
    "Folder": "store.plan_folder",
    "Inspected": "asking.inspect",
    "Instructions": "core.model.receipts",
    "Issued": "issue",
    "Key": "core.model.keys",
    "MailsDrafted": "mail",
    "Mastered": "master",
    "MastersCompared": "asking.differ",
    "OfAllPlans": "asking.plans",
    "OfPlan": "asking.plans",
    "OfficerMade": "officer",
    "OpenQuestion": "core.rating.open_questions",
    "Outcome": "core.model.findings",
    "PartnershipTold": "region",
    "PlanMerged": "plan",
    "PlanSheetsError": "core.model.findings",
    "PlanState": "asking.plans",
    "PlanTakenIn": "office",
    "PutBack": "store.keeping.restore",
    "Receipt": "core.model.receipts",
    "Receipts": "core.model.receipts",
    "Redacted": "office",
    "RegionMade": "region",
    "Round": "core.model.rounds",
    "RoundIssued": "office",
    "RoundStatus": "asking.status",
    "RuleBroken": "asking.inspect",
    "Severity": "core.model.findings",
    "Snapshot": "core.rating.snapshot",
    "Step": "asking.trace",
    "SubgroupReturn": "core.rating.control_totals",
    "ToDo": "asking.status",
    "Verdict": "core.model.findings",
    "Waiver": "core.answers.waive",
    "WhatNext": "asking.status",
    "WhatWithdrew": "correcting.withdraw",
    "YearClosed": "year_end.close",
    "YearEnded": "office",
    "back_up": "doctor",
    "allow_rule": "office",
    "check_plan": "plan",
    "close_year": "office",
    "compare_masters": "asking.differ",
    "draft_mails": "mail",
    "examine_folder": "office",
    "inspect_files": "asking.inspect",
    "issue_round": "office",
    "list_plans": "asking.plans",
    "make_master": "master",
    "make_officer": "officer",
    "make_region": "region",
    "merge_plan": "office",
    "new_plan": "plan",
    "open_folder": "store.plan_folder",
    "receive_files": "office",
    "redact_texts": "office",
    "restore": "doctor",
    "schemas": "asking.validate",
    "snapshot_of": "asking.validate",
    "status_of": "asking.status",
    "status_of_all": "asking.plans",
    "trace_value": "asking.trace",
    "what_next": "asking.status",
    "what_next_of_all": "asking.plans",
    "withdraw_return": "office",
}
"""The module of every name."""

__all__ = [
    "Address",
    "BatchReceived",
    "Checked",
    "Drafted",
    "Examined",
    "FeedbackMade",
    "Finding",
    "Folder",
    "Inspected",
    "Instructions",
    "Issued",
    "Key",
    "MailsDrafted",
    "Mastered",
    "MastersCompared",
    "OfAllPlans",
    "OfPlan",
    "OfficerMade",
    "OpenQuestion",
    "Outcome",
    "PartnershipTold",
    "PlanMerged",
    "PlanSheetsError",
    "PlanState",
    "PlanTakenIn",
    "PutBack",
    "Receipt",
    "Receipts",
    "Redacted",
    "RegionMade",
    "Round",
    "RoundIssued",
    "RoundStatus",
    "RuleBroken",
    "Severity",
    "Snapshot",
    "Step",
    "SubgroupReturn",
    "ToDo",
    "Verdict",
    "Waiver",
    "WhatNext",
    "WhatWithdrew",
    "YearClosed",
    "YearEnded",
    "allow_rule",
    "back_up",
    "check_plan",
    "close_year",
    "compare_masters",
    "draft_mails",
    "examine_folder",
    "inspect_files",
    "issue_round",
    "list_plans",
    "make_master",
    "make_officer",
    "make_region",
    "merge_plan",
    "new_plan",
    "open_folder",
    "receive_files",
    "redact_texts",
    "restore",
    "schemas",
    "snapshot_of",
    "status_of",
    "status_of_all",
    "trace_value",
    "what_next",
    "what_next_of_all",
    "withdraw_return",
]


def __dir__() -> list[str]:
    """Every name that is offered, loaded or not."""
    return [*__all__, *(name for name in globals() if name.startswith("__"))]


def __getattr__(name: str) -> Any:
    """A deed, imported when it is first asked for: `import plan_sheets` alone loads neither pandas nor SQLAlchemy.

    Raises AttributeError for a name that is not offered.
    """
    if name not in _ROOMS:
        raise AttributeError(f"module 'plan_sheets' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - the whole point is to load late

    return getattr(import_module(f"plan_sheets.{_ROOMS[name]}"), name)
