"""The rows of the master's other sheets: every action with all that was said, the grid, changes, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from plan_sheets.core.ages import aged, question_since
from plan_sheets.core.compose import RowFacts
from plan_sheets.core.history import Held, Source
from plan_sheets.core.layout import Content, Field
from plan_sheets.core.model import Key, PartialDate, Round, ref_order
from plan_sheets.core.planner import subgroups_of
from plan_sheets.core.rag import Rating, Status, count_words
from plan_sheets.core.rollup import trend
from plan_sheets.core.settle import PROPOSED_STAGES
from plan_sheets.core.stood import Stood

Records = Mapping[str, Mapping[str, Field]]
"""The fields of every record, by record and name."""

_UNTOLD = frozenset({"ref", "proposed_by", "lock_password"})
"""Fields whose changes say nothing to a reader of the plan, or must not be printed."""
_REMOVED = "Taken out of the plan"


def as_date(text: str) -> Content:
    """A real date where the text is one; else the text."""
    return PartialDate.from_words(text) or text


def action_rows(stood: Stood) -> Iterator[RowFacts]:
    """One row for each action, closed and proposed ones among them, with every word that was said about it."""
    added = _contributions(stood)
    for ref, row in sorted(stood.rows["action"].items(), key=plan_order):
        rating = stood.now.get(ref)
        if rating is None and stood.round:
            continue  # a proposed action that was declined: what was said of it stands in Changes
        contents: dict[str, Content] = {
            "priority": stood.titled(row["theme"]),
            "due": as_date(row["due"]),
            "progress": "\n".join([*_progress(stood, ref), *added.get(ref, ())]),
            "stage": _stage(stood.said(ref, "stage"), row["confirmed_stage"]),
            "next_step": _next_step(stood, ref),
            "recovery": stood.said(ref, "recovery"),
            "ask": stood.said(ref, "ask"),
            "evidence": _evidence(stood, ref),
            "owner": _owner(stood, ref),
            **{name: row[name] for name in ("what", "how", "responsible", "impact")},
        }
        yield RowFacts(ref, contents | (_rated(stood, rating) if rating else {}))


def plan_order(action: tuple[str, Mapping[str, str]]) -> tuple[object, ...]:
    """The place of an action (ref and row): by theme, and there the theme's own before those that came from elsewhere.

    From elsewhere are further ones, and any that moved.
    """
    ref, row = action
    return ref_order(row["theme"]), not ref.startswith(f"{row['theme']}."), ref_order(ref)


def _rated(stood: Stood, rating: Rating) -> dict[str, Content]:
    ref = rating.facts.ref
    return {
        "judged_rag": rating.facts.judged,
        "rule_rag": _rule(rating),
        "published_rag": rating.published,
        "why": "; ".join([rating.driven_by, *_silence(stood, rating), *stood.doubts.get(ref, ())]),
        "trend": trend(rating.before, rating.published).words,
        "baseline": _dates(stood, rating),
    }


def _rule(rating: Rating) -> str:
    """What the rules allow at best; not Green beside a gap: that no rule bites where nothing is known says nothing."""
    gap = rating.published in (Status.NOT_REPORTED, Status.NOT_ASSESSABLE)
    return "" if rating.rule is None or (gap and rating.rule == Status.GREEN) else rating.rule


def _silence(stood: Stood, rating: Rating) -> Iterator[str]:
    """Why an action was not reported, as far as its subgroup's return tells."""
    if rating.published != Status.NOT_REPORTED:
        return
    code = next(iter(subgroups_of(stood.rows, rating.facts.ref)), "")
    facts = next((one for one in stood.subgroups if one.code == code), None)
    if facts is None:
        yield "nobody was asked"
    elif facts.missed:
        yield f"no return from {facts.name}"
    elif code in stood.silent:
        yield f"nothing to report, because {stood.silent[code]}"


def _progress(stood: Stood, ref: str) -> list[str]:
    """What was reported for this round; the plan's own words until anybody reports."""
    told = stood.said(ref, "progress")
    if not any(stood.history.of_round("action", ref, "progress", code) for code in stood.rounds):
        told = stood.rows["action"][ref]["progress_before"]
    return [told] if told else []


def _contributions(stood: Stood) -> Mapping[str, Sequence[str]]:
    """What other subgroups add for this round, by the ref of the action; in the order of the subgroups."""
    added: dict[str, dict[str, str]] = {}
    for record, key in stood.history.by_row if stood.round else ():
        more = stood.history.of_round(record, key, "contribution", stood.code) if record == "contribution" else ""
        if more:
            ref, _, code = key.partition("/")
            added.setdefault(ref, {})[code] = f"{stood.subgroup(code)} adds: {more}"
    return {ref: [told[code] for code in stood.rows["subgroup"] if code in told] for ref, told in added.items()}


def _stage(said: str, confirmed: str) -> str:
    """How far it has got: what the chair says, and whether what needs the officer's word has it."""
    if said in PROPOSED_STAGES and said != confirmed:
        return f"{said}, proposed"
    if confirmed and said not in ("", confirmed):
        return f"{said}; {confirmed}, confirmed"
    return f"{confirmed}, confirmed" if confirmed else said


def _next_step(stood: Stood, ref: str) -> str:
    by, done = stood.said(ref, "next_step_by"), stood.said(ref, "step_done")
    told = [stood.said(ref, "next_step"), f"By {by}." if by else "", f"Last step done: {done}." if done else ""]
    return "\n".join(filter(None, told))


def _evidence(stood: Stood, ref: str) -> str:
    """The evidence given for this round; else the last that was given, with its round."""
    for code in reversed(stood.rounds):
        text = stood.history.of_round("action", ref, "evidence", code)
        if text:
            return text if code == stood.code else f"From Quarter {Round.parse(code).quarter}: {text}"
    return ""


def _owner(stood: Stood, ref: str) -> str:
    row = stood.rows["action"][ref]
    status = row["owner_status"].lower()
    owner = f"{row['owner']} ({status})" if row["owner"] and status else row["owner"] or "Unnamed"
    groups = " and ".join(stood.subgroup(code) for code in subgroups_of(stood.rows, ref))
    return f"{owner}\n{groups or 'No subgroup'}"


def _dates(stood: Stood, rating: Rating) -> str:
    """The first date that was given, how often it moved and by how much, and the date that a chair proposes."""
    facts = rating.facts
    new = stood.said(facts.ref, "new_date")
    told = [facts.dates[0][1].words if facts.dates else ""]
    if facts.moves:
        slip = facts.slip_days or 0
        later = "later" if slip >= 0 else "earlier"
        told.append(f"Moved {count_words(len(facts.moves), 'time')}, {count_words(abs(slip), 'day')} {later}.")
    if new:
        told.append(f"New date {new}, {'confirmed' if facts.due and facts.due.words == new else 'proposed'}.")
    return "\n".join(filter(None, told))


def grid_rows(stood: Stood) -> Iterator[RowFacts]:
    """Each theme against the considerations, as it stood."""
    for ref, row in stood.rows["grid"].items():
        yield RowFacts(ref, {**row, "theme": stood.rows["priority"].get(ref, {}).get("title", "")})


def change_rows(stood: Stood, records: Records) -> Iterator[RowFacts]:
    """Every value that changed in the round, with what stood before: for a round's answer, that of the round before."""
    found = [
        (held, before)
        for key, all_held in stood.history.by_key.items()
        for held, before in _changes(stood, all_held)
        if key.field not in _UNTOLD and not _made_with_it(held)
    ]
    found.sort(key=lambda pair: (ref_order(pair[0].key.ref), pair[0].seq))
    for number, (held, before) in enumerate(found, start=1):
        ref = held.key.ref.partition("/")[0]
        contents: dict[str, Content] = {
            "about": ref or "Plan",
            "what": _title(held.key, records) + _of_which(stood, held.key),
            "before": before,
            "after": held.value,
            "who": _who(stood, held.source),
            "source": _where(held.source),
        }
        yield RowFacts(str(number), contents)


def _changes(stood: Stood, all_held: list[Held]) -> Iterator[tuple[Held, str]]:
    """The values of one fact that were given in the round and differ from what stood before."""
    before = stood.history.standing(all_held[0].key, stood.rounds[-2] if len(stood.rounds) > 1 else "").value
    for held in all_held:
        if stood.round and held.round == stood.code:
            if held.value != before:
                yield held, before
            before = held.value


def _made_with_it(held: Held) -> bool:
    """Whether the tool wrote the value beside a further action that a chair proposed."""
    return (held.key.field == "agreement" and held.value == "Proposed") or (
        held.key.field == "subgroups" and held.source.kind == "subgroup"
    )


def _title(key: Key, records: Records) -> str:
    about = records.get(key.record, {}).get(key.field)
    return about.title if about else _REMOVED


def _of_which(stood: Stood, key: Key) -> str:
    """Whose contribution, or which quarter's decision, a key speaks of; "" where its ref says it all."""
    part = key.ref.partition("/")[2]
    if key.record == "decision" and part:
        return f" (decision of Quarter {Round.parse(part).quarter})"
    return f" of {stood.subgroup(part)}" if part else ""


def _who(stood: Stood, source: Source) -> str:
    """Who said it, and in brackets for whom: `Chair, Thresholds (Safeguarding Thresholds)`."""
    whose = {"plan": "the plan", "officer": "the board officer", "master": "the Executive"}.get(source.kind) or (
        stood.subgroup(source.subgroup) if source.subgroup else ""
    )
    if not source.who:
        return whose[:1].upper() + whose[1:]
    return source.who if source.who.casefold() in whose.casefold() else f"{source.who} ({whose})"


def _where(source: Source) -> str:
    if not source.file:
        return ""
    day = PartialDate.day(date.fromisoformat(source.received[:10])).words if source.received else ""
    told = f"{source.file}, received {day}" if day else source.file
    return f"Settled in {told}" if source.settled else told


def question_rows(stood: Stood) -> Iterator[RowFacts]:
    """What nobody has answered yet."""
    for number, one in enumerate(stood.questions, start=1):
        contents: dict[str, Content] = {
            "about": one.about,
            "question": one.question,
            "answers": one.answers,
            **aged(stood, question_since(stood, one)),
            **({"since": as_date(one.since)} if one.since else {}),
            "source": one.source,
        }
        yield RowFacts(str(number), contents)
