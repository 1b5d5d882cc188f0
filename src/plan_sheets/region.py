"""The workbook for a region or a country: how each partnership stands by its own master, and who has not reported.

Nothing is recorded in any register. A partnership of which nothing can be told stands in it all the same, with why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from plan_sheets.core.editions.editions import INTERNAL, PUBLIC, Edition
from plan_sheets.core.editions.internal import internal_contents
from plan_sheets.core.model.dates import PartialDate, check_moment
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell, mute
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.control_totals import sums
from plan_sheets.core.rating.decisions import decisions
from plan_sheets.core.region.partnership import Partnership, count_published, in_order_of_concern
from plan_sheets.core.region.said import MasterSaid, read_master
from plan_sheets.core.region.workbook import region_book
from plan_sheets.core.screening.around import check_kept
from plan_sheets.store import outbox, schemas
from plan_sheets.store.plan_folder import AnyPath, as_path, read_bytes
from plan_sheets.store.plans import PlanAtHand, PlansAtHand, find_plans, read_each
from plan_sheets.store.register.editions import EditionFacts, is_touched, list_editions
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.snapshot import read_snapshot
from plan_sheets.store.register.standings import find_done, read_standings
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over

TITLE = "Region"
"""What the region is called where nobody says it."""
_ADDRESS = re.compile(r" \(postgresql://[^)]*\)")
"""The address of a register on a server, as sentences show it."""
KINDS = {INTERNAL: "region", PUBLIC: "region_public"}
"""The description of the workbook of each edition."""


class PartnershipTold(NamedTuple):
    """How a partnership stands in the workbook. `told_by`: which master says so, or why nothing can be told."""

    name: str
    title: str
    published: str
    told_by: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class RegionMade:
    """A region's workbook that was made: of which round, and how its partnerships stand in it, the worst first."""

    path: Path
    round: str
    edition: str
    """internal or public."""
    partnerships: Sequence[PartnershipTold]
    counts: Mapping[str, int]
    """Partnerships by published RAG."""
    warnings: Sequence[str]
    """What somebody should know before it is sent, in sentences."""
    passed_over: Sequence[str]
    """The folders in which no plan was found."""

    @property
    def not_told(self) -> Sequence[PartnershipTold]:
        """The partnerships of which nothing can be told."""
        return [each for each in self.partnerships if not each.is_told]


class _RoundsOfPlan(NamedTuple):
    """The rounds of a plan (codes, oldest first): those issued, and those of which a master was handed over."""

    rounds: Sequence[str]
    handed_over: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked of each plan: its word on a round, for these readers, on a day."""

    round: Round
    edition: str
    day: date

    @property
    def readers(self) -> Edition:
        """Whom the masters are for that are read: all boards."""
        return Edition(self.edition == PUBLIC)


def make_region(
    where: AnyPath | Iterable[AnyPath],
    code: str | Round | None,
    output: AnyPath,
    now: datetime,
    *,
    edition: str = INTERNAL,
    title: str = TITLE,
    tell: Tell = mute,
) -> RegionMade:
    """The workbook for all plans of the plan folders `where`, and of those that lie in them or one folder deeper.

    `code`: of the round; None: the latest of which any of them has handed over a master, else the latest issued.
    `output`: where to write it. `edition`: internal or public. `title`: what the region is called. `tell` is told how
    many plans have been read. Raises PlanSheetsError if there is no plan, if none has issued a round, or a file stands
    where one shall be written; TypeError for what is of the wrong kind.
    """
    check_moment(now)
    path = as_path(output)
    _check_output(path, title)
    if edition not in KINDS:
        raise PlanSheetsError(f"There is no edition {edition!r}.", f"It is '{INTERNAL}' or '{PUBLIC}'.")
    at_hand = find_plans(where)
    wanted = _Wanted(_choose_round(at_hand, code, edition), edition, now.date())
    partnerships = []
    for place, each in enumerate(_read_partnerships(at_hand.plans, wanted), 1):
        partnerships.append(each)
        tell(place, len(at_hand.plans))
    spec, named = schemas.load_workbook_spec(KINDS[edition]), title.strip() or TITLE
    book = region_book(spec, named, wanted.round, partnerships, wanted.day, at_hand.remarks)
    _write(path, hand_over(book))
    ordered = in_order_of_concern(partnerships)
    return RegionMade(
        path=path,
        round=wanted.round.code,
        edition=edition,
        partnerships=[
            PartnershipTold(each.name, each.title, each.published, each.told_by, each.said is not None)
            for each in ordered
        ],
        counts={str(status): count for status, count in count_published(ordered).items()},
        warnings=[*at_hand.remarks, *_list_warnings(ordered, wanted)],
        passed_over=at_hand.passed_over,
    )


def _check_output(path: Path, title: str) -> None:
    """Raise PlanSheetsError for a name that Excel would not open, or that names a case."""
    if path.suffix.lower() != ".xlsx":
        raise PlanSheetsError(f"{path} is no name for a workbook.", f"Give a name that ends in .xlsx. {UNCHANGED}")
    check_kept(schemas.load_screen(), "The name of the file", path.name)
    check_kept(schemas.load_screen(), "The title", title)


def _write(path: Path, data: bytes) -> None:
    """Write the workbook. Raises PlanSheetsError if another file stands there."""
    if path.exists():
        if read_bytes(path) == data:
            return
        raise PlanSheetsError(f"{path} is there already.", "Give another name; nothing was overwritten.")
    outbox.write_whole(path, data)


def _choose_round(at_hand: PlansAtHand, code: str | Round | None, edition: str) -> Round:
    """The round that is meant. Raises PlanSheetsError if no plan has issued it or, for the public, has published it."""
    stem = Edition(edition == PUBLIC).stem
    told = [rounds for _, rounds in read_each(at_hand.plans, lambda folder: _read_rounds(folder.register, stem))]
    plans = [rounds for rounds in told if isinstance(rounds, _RoundsOfPlan)]
    trouble = next((each for each in told if isinstance(each, PlanSheetsError)), None)
    if trouble and not plans:
        raise PlanSheetsError(f"None of the plans can be read. {trouble}", trouble.remedy)
    issued = {each for plan in plans for each in plan.rounds}
    handed_over = {each for plan in plans for each in plan.handed_over}
    there, done = (handed_over, "published") if edition == PUBLIC else (issued, "issued")
    wanted = Round.parse(code) if code is not None else None
    if not there or (wanted and wanted.code not in there):
        raise PlanSheetsError(
            f"None of the plans has {done} {wanted.code if wanted else 'a round yet'}.",
            f"{done.capitalize()} so far: {', '.join(sorted(there)) or 'none'}. {UNCHANGED}",
        )
    return wanted or Round.parse(max(handed_over or issued))


def _read_rounds(register: Register, stem: str) -> _RoundsOfPlan:
    with register.as_it_stands():
        rounds = [issued.code for issued in register.rounds()]
        return _RoundsOfPlan(rounds, [code for code in rounds if list_editions(register, code, stem)])


def _read_partnerships(plans: Sequence[PlanAtHand], wanted: _Wanted) -> Iterator[Partnership]:
    for plan, told in read_each(plans, lambda folder: _read_partnership(folder.register, wanted)):
        if isinstance(told, PlanSheetsError):
            yield Partnership(plan.name, "", None, f"It cannot be read: {_without_places(str(told), plan)}")
        else:
            yield replace(told, name=plan.name)


def _without_places(why: str, plan: PlanAtHand) -> str:
    """Why a plan cannot be read, without where on this machine or on which server it lies: others read the workbook."""
    for path in (plan.path.resolve(), plan.path):
        why = why.replace(f"{path}", plan.name)
    return _ADDRESS.sub("", why)


def _read_partnership(register: Register, wanted: _Wanted) -> Partnership:
    """What a plan says of the round that is wanted, without the name that it has among the others."""
    code = wanted.round.code
    with register.as_it_stands():
        title = register.history(record="plan", field="title").text("plan", "", "title")
        rounds = [issued.code for issued in register.rounds()]
        editions = list_editions(register, code, wanted.readers.stem)
        if code not in rounds or (wanted.readers.public and not editions):
            return Partnership("", title, None, _why_not(rounds, wanted), _find_last(register, rounds, title, wanted))
        said = _read_edition(register, editions[-1], title, code) if editions else _read_now(register, title, wanted)
        touched = bool(editions) and is_touched(register, code, editions[-1].batch)
        told_by = _describe_edition(editions[-1]) if editions else _describe_now(wanted.day)
        if wanted.readers.public:
            return Partnership("", said.title, said, told_by, touched=touched)
        rows = read_standings(register, code, wanted.day, find_done(register, code))
        aside = {verdict: len(register.set_aside(verdict)) for verdict in ("held", "refused")}
        return Partnership(
            name="",
            title=said.title,
            said=said,
            told_by=f"{told_by}; more has come since" if touched else told_by,
            touched=touched,
            returns=rows,
            subgroups=_read_names(register),
            totals=sums(rows, **aside),
            queries=sum(query.round <= code or code == rounds[-1] for query in register.open_queries()),
            decided=_read_decided(register, code) if editions else {},
        )


def _read_edition(register: Register, edition: EditionFacts, title: str, code: str) -> MasterSaid:
    return read_master(register.documents(id=edition.document)[0].book, title, code)


def _read_now(register: Register, title: str, wanted: _Wanted) -> MasterSaid:
    """What the master of the round would say if it were made now."""
    snapshot = read_snapshot(register, wanted.round)
    contents = internal_contents(schemas.load_workbook_spec("master"), schemas.load_records(), snapshot)
    return read_master(contents.compose(wanted.readers, "", b""), title, wanted.round.code)


def _describe_edition(edition: EditionFacts) -> str:
    """`Edition 2, 5 August 2016`."""
    return f"Edition {edition.number}, {PartialDate.of_iso(edition.handed_over).words}"


def _describe_now(day: date) -> str:
    return f"No master handed over yet: as it stands on {PartialDate.day(day).words}"


def _why_not(rounds: Sequence[str], wanted: _Wanted) -> str:
    """Why nothing can be told of the round by a plan that can be read. `rounds`: codes of those issued."""
    if wanted.readers.public and wanted.round.code in rounds:
        return f"It has published nothing of {wanted.round.of_year}."
    if not rounds:
        return "It has issued no round yet."
    which = Round.parse(rounds[-1]).of_year
    return f"It has not issued {wanted.round.of_year}: its last round is {which}."


def _find_last(register: Register, rounds: Sequence[str], title: str, wanted: _Wanted) -> str:
    """How a plan stood when it was last told, by a master that was handed over; "" if it never was."""
    for code in reversed([code for code in rounds if code < wanted.round.code]):
        if editions := list_editions(register, code, wanted.readers.stem):
            said = _read_edition(register, editions[-1], title, code)
            return f"{said.published} in {Round.parse(code).of_year}"
    return ""


def _read_names(register: Register) -> dict[str, str]:
    """The name of each subgroup, by its code."""
    history = register.history(record="subgroup", field=("ref", "title"))
    return {ref: history.text("subgroup", ref, "title") for ref in history.refs("subgroup")}


def _read_decided(register: Register, code: str) -> dict[str, str]:
    """What was decided for a round (its code), with who did, by what it is about."""
    made = decisions(register.history(record="decision"), [code])
    return {decision.ref: f"{decision.text} ({decision.by or 'no name given'})" for decision in made}


def _list_warnings(partnerships: Sequence[Partnership], wanted: _Wanted) -> Iterator[str]:
    """What to know of the workbook before it is sent."""
    for each in partnerships:
        if each.said is None:
            yield f"{each.name}: nothing can be told. {each.told_by}"
        elif each.touched:
            yield f"{each.name}: more has come since its {each.told_by.lower()}, and is not in this workbook."
    titles = Counter(each.title for each in partnerships if each.said)
    if alike := [f"{title} ({many})" for title, many in titles.items() if many > 1]:
        known = "a number alone tells" if wanted.readers.public else "the names of their folders tell"
        yield f"Plans have the same title, so that {known} them apart: {', '.join(alike)}."
    markings = {each.said.marking or "no marking" for each in partnerships if each.said}
    if len(markings) > 1 and not wanted.readers.public:
        yield f"The plans are not marked alike ({', '.join(sorted(markings))}): the workbook bears all of these."
