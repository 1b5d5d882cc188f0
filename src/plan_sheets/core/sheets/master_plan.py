"""The rows of the sheets Master plan (every action with everything reported), Grid and Open questions; added rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import NOT_ASKED, Blank, Content, Field, as_fact
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.ages import aged, question_since
from plan_sheets.core.rating.decisions import quarter
from plan_sheets.core.rating.declined import KEEP, find
from plan_sheets.core.rating.plan_rows import owner_words, subgroups_of
from plan_sheets.core.rating.rules.rag import CONFIRMABLE, Rating
from plan_sheets.core.rating.rules.rollup import trend
from plan_sheets.core.rating.snapshot import Snapshot

SEE_CHANGES = " (see Changes)"
Records = Mapping[str, Mapping[str, Field]]
"""The fields of every record, by record and name."""
_ANSWERS = ("progress", "stage", "next_step", "recovery", "ask")
"""What chairs answer for a round, where it stands in a cell of its own."""
_NOT_TOLD_OF_GONE = ("judged_rag", "rule_rag", "trend", *_ANSWERS[1:], "evidence", "baseline")
_NO_ROUND, _TAKEN_OUT = Blank("No round yet"), Blank(NOT_ASKED)


def as_date(text: str) -> Content:
    """The date that a text names; the text itself if it names none."""
    return PartialDate.from_words(text) or text


def action_rows(snapshot: Snapshot, fields: Iterable[Field] = ()) -> Iterator[RowFacts]:
    """One row for each action, closed and proposed ones among them, with every word that was said about it.

    `fields`: those of the sheet; one that is told in no special way here is told as it stands.
    """
    added = _contributions(snapshot)
    for ref, row in sorted(snapshot.rows["action"].items(), key=plan_order):
        rating = snapshot.now.get(ref)
        if rating is None and snapshot.round:
            continue  # a proposed action that was declined: what was said of it stands in Changes
        contents: dict[str, Content] = {
            **tell_fields(snapshot, "action", ref, fields),
            "priority": snapshot.titled(row["theme"]),
            "due": as_date(row["due"]),
            "progress": "\n".join([*_progress(snapshot, ref), *added.get(ref, ())]),
            "stage": _stage(snapshot, ref, row["confirmed_stage"]),
            "next_step": _next_step(snapshot, ref),
            "recovery": snapshot.answer(ref, "recovery") or _why_no_recovery(rating),
            "ask": snapshot.answer(ref, "ask"),
            "evidence": _evidence(snapshot, ref),
            "owner": _owner(snapshot, ref),
            **{name: row[name] for name in ("what", "how", "responsible", "impact")},
        }
        reason = _why_silent(snapshot, rating)
        blank = {name: reason for name in _ANSWERS if not as_fact(contents[name])} if reason else {}
        yield RowFacts(ref, contents | blank | _rated(snapshot, rating, reason))


def gone_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """One row for each action that is out of the plan since the round before, with the last words about it."""
    for ref, item in snapshot.gone.items():
        if item.record == "action":
            contents: dict[str, Content] = {
                **{name: item.row[name] for name in ("what", "how", "responsible", "impact")},
                "priority": snapshot.titled(item.row["theme"]),
                "due": as_date(item.row["due"]),
                "progress": item.said or item.row["progress_before"],
                "published_rag": item.status,
                "why": "; ".join(filter(None, [item.reason, item.was and f"it was {item.was}"])),
                "owner": owner_words(item.row),
                **dict.fromkeys(_NOT_TOLD_OF_GONE, _TAKEN_OUT),
            }
            yield RowFacts(ref, contents)


def in_plan_order(snapshot: Snapshot, rows: Iterable[RowFacts]) -> list[RowFacts]:
    """The rows of actions, those that were taken out of the plan at the places where they stood."""

    def place(row: RowFacts) -> tuple[object, ...]:
        gone = snapshot.gone.get(row.ref)
        return plan_order((row.ref, gone.row if gone else snapshot.rows["action"][row.ref]))

    return sorted(rows, key=place)


def tell_fields(snapshot: Snapshot, record: str, ref: str, fields: Iterable[Field]) -> dict[str, Content]:
    """What a row says in these fields at the end of the round: what stands, and what was said for this very round."""
    history, code = snapshot.history, snapshot.code
    standing = history.record(record, ref, code)
    return {
        field.name: history.of_round(record, ref, field.name, code) if field.scope == "round" else standing[field.name]
        for field in fields
        if field.scope != "derived"
    }


def added_rows(snapshot: Snapshot, fields: Iterable[Field]) -> Iterator[RowFacts]:
    """One row for each that subgroups have added to a record of their own, as it stands; by subgroup."""
    fields = [*fields]
    record = fields[0].record
    for ref in snapshot.history.refs(record, snapshot.code):
        texts = tell_fields(snapshot, record, ref, fields)
        if any(texts.values()):  # else all that was typed in it waits for the officer
            yield RowFacts(ref, {**texts, "subgroup": snapshot.subgroup(ref.partition(".")[0])})


def plan_order(action: tuple[str, Mapping[str, str]]) -> tuple[object, ...]:
    """The place of an action (ref and row): by theme, and there the theme's own before those that came from elsewhere.

    From elsewhere are further ones, and any that moved.
    """
    ref, row = action
    return ref_order(row["theme"]), not ref.startswith(f"{row['theme']}."), ref_order(ref)


def _why_no_recovery(rating: Rating | None) -> Content:
    """Why nothing is said of what will bring an action back, where it is known."""
    return Blank("Nothing holds it back") if rating and rating.published == Status.GREEN else ""


def _why_silent(snapshot: Snapshot, rating: Rating | None) -> Blank | None:
    """Why an action has no answers for this round; None if it has: what is blank then needs no more than its field."""
    if rating is None:
        return _NO_ROUND
    if rating.facts.judged or snapshot.answer(rating.facts.ref, "progress"):
        return None
    if rating.finished or rating.facts.proposed:
        return Blank(NOT_ASKED)
    silence = _silence(snapshot, rating)
    return Blank(silence[0] if silence else "Left blank")


def _rated(snapshot: Snapshot, rating: Rating | None, reason: Blank | None) -> dict[str, Content]:
    """What the rules say of an action. `reason`: why it has no answers, None if it has."""
    if rating is None:
        return dict.fromkeys(("judged_rag", "rule_rag", "published_rag", "why", "trend", "baseline"), _NO_ROUND)
    ref = rating.facts.ref
    return {
        "judged_rag": rating.facts.judged or reason or "",
        "rule_rag": _rule(rating),
        "published_rag": rating.published,
        "why": "; ".join(
            [rating.driven_by, *_silence_words(snapshot, rating), *snapshot.doubts.get(ref, ()), *_kept(snapshot, ref)]
        ),
        "trend": trend(rating.before, rating.published).words,
        "baseline": _dates(snapshot, rating),
    }


def _rule(rating: Rating) -> str:
    """What the rules allow at best; not Green beside a gap: that no rule bites where nothing is known says nothing."""
    gap = rating.published in (Status.NOT_REPORTED, Status.NOT_ASSESSABLE)
    return "" if rating.rule is None or (gap and rating.rule == Status.GREEN) else rating.rule


def _silence_words(snapshot: Snapshot, rating: Rating) -> Iterator[str]:
    """Why an action was not reported, where it is known."""
    silence = _silence(snapshot, rating) if rating.published == Status.NOT_REPORTED else None
    if silence:
        yield silence[1]


def _silence(snapshot: Snapshot, rating: Rating) -> tuple[str, str] | None:
    """Why nothing was said of an action, in short and whole: no return, or the reason that a return gives; or None."""
    agreed = snapshot.history.standing(Key("action", rating.facts.ref, "agreement"), snapshot.code)
    if agreed.value == "Agreed" and agreed.round == snapshot.code:
        return NOT_ASKED, "proposed in this round, so nobody was asked yet"
    code = next(iter(subgroups_of(snapshot.rows, rating.facts.ref)), "")
    facts = next((group for group in snapshot.subgroups if group.code == code), None)
    if facts is None:
        return NOT_ASKED, "nobody was asked"
    if facts.missed:
        return "No return", f"no return from {facts.name}"
    if code in snapshot.silent:
        return "Nothing to report", f"nothing to report, because {snapshot.silent[code]}"
    return None


def _progress(snapshot: Snapshot, ref: str) -> list[str]:
    """What was reported for this round; the plan's own words until anybody reports."""
    progress = snapshot.answer(ref, "progress")
    if not any(snapshot.answer(ref, "progress", code) for code in snapshot.rounds):
        progress = snapshot.rows["action"][ref]["progress_before"]
    return [progress] if progress else []


def _contributions(snapshot: Snapshot) -> Mapping[str, Sequence[str]]:
    """What other subgroups add for this round, by the ref of the action; in the order of the subgroups."""
    added: dict[str, dict[str, str]] = {}
    for record, key in snapshot.history.by_row if snapshot.round else ():
        more = snapshot.history.of_round(record, key, "contribution", snapshot.code) if record == "contribution" else ""
        if more:
            ref, _, code = key.partition("/")
            for heir in snapshot.succession.list_heirs(ref):
                of = "" if heir == ref else f" about {ref}"
                added.setdefault(heir, {})[code] = f"{snapshot.subgroup(code)} adds{of}: {more}"
    return {ref: [adds[code] for code in snapshot.rows["subgroup"] if code in adds] for ref, adds in added.items()}


def _kept(snapshot: Snapshot, ref: str) -> Iterator[str]:
    """What came back about an action for this round and the officer did not take, by whom and when that was decided."""
    for each in snapshot.declined:
        about = each.key.ref.partition("/")[0]
        if each.choice == KEEP and ref in snapshot.succession.list_heirs(about) and each.round == snapshot.code:
            yield f"what stood was kept by {each.who_and_when}{SEE_CHANGES}"
            return


def _stage(snapshot: Snapshot, ref: str, confirmed: str) -> str:
    """How far it has got: what the chair says, and whether what needs the officer's word has it."""
    said = snapshot.list_said(ref, "stage") or [(ref, "")]
    return "\n".join(_of(ref, of, _describe_stage(snapshot, ref, stage, confirmed)) for of, stage in said)


def _of(ref: str, of: str, words: str) -> str:
    """What was said of an action, after its ref where another one has taken its place."""
    return words if of == ref else f"{of}: {words}"


def _describe_stage(snapshot: Snapshot, ref: str, stage: str, confirmed: str) -> str:
    """One stage, and what became of it; `confirmed`: the stage that stands."""
    declined = find(snapshot.declined, Key("action", ref, "stage"), snapshot.code, stage)
    if declined and stage != confirmed:
        return f"{stage}, declined by {declined.who_and_when}" + (f"; {confirmed}, confirmed" if confirmed else "")
    if stage in CONFIRMABLE and stage != confirmed:
        return f"{stage}, proposed"
    if confirmed and stage not in ("", confirmed):
        return f"{stage}; {confirmed}, confirmed"
    return f"{confirmed}, confirmed" if confirmed else stage


def _next_step(snapshot: Snapshot, ref: str) -> str:
    by, done = snapshot.answer(ref, "next_step_by"), snapshot.answer(ref, "step_done")
    parts = [snapshot.answer(ref, "next_step"), f"By {by}." if by else "", f"Last step done: {done}." if done else ""]
    return "\n".join(filter(None, parts))


def _evidence(snapshot: Snapshot, ref: str) -> str:
    """The evidence given for this round; else the last that was given, with its round."""
    for code in reversed(snapshot.rounds):
        text = snapshot.answer(ref, "evidence", code)
        if text:
            return text if code == snapshot.code else f"From {quarter(code, snapshot.code)}: {text}"
    return ""


def _owner(snapshot: Snapshot, ref: str) -> str:
    row = snapshot.rows["action"][ref]
    groups = " and ".join(snapshot.subgroup(code) for code in subgroups_of(snapshot.rows, ref))
    return f"{owner_words(row)}\n{groups or 'No subgroup'}"


def _dates(snapshot: Snapshot, rating: Rating) -> str:
    """The first date that was given, how often it moved and by how much, and the date that a chair proposes."""
    facts = rating.facts
    parts = [facts.dates[0][1].words if facts.dates else ""]
    if facts.moves:
        slip = facts.slip_days or 0
        later = "later" if slip >= 0 else "earlier"
        parts.append(f"Moved {count_words(len(facts.moves), 'time')}, {count_words(abs(slip), 'day')} {later}.")
    for of, new in snapshot.list_said(facts.ref, "new_date"):
        parts.append(_of(facts.ref, of, f"New date {new}, {_became(snapshot, rating, new)}."))
    return "\n".join(filter(None, parts))


def _became(snapshot: Snapshot, rating: Rating, new: str) -> str:
    """What became of the date that a chair proposes."""
    if rating.facts.due and rating.facts.due.words == new:
        return "confirmed"
    declined = find(snapshot.declined, Key("action", rating.facts.ref, "new_date"), snapshot.code, new)
    return f"declined by {declined.who_and_when}" if declined else "proposed"


def grid_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """Each theme against the considerations, as it stood."""
    for ref, row in snapshot.rows["grid"].items():
        yield RowFacts(ref, {**row, "theme": snapshot.rows["priority"].get(ref, {}).get("title", "")})


def question_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """What nobody has answered yet."""
    for number, question in enumerate(snapshot.questions, start=1):
        contents: dict[str, Content] = {
            "about": question.about,
            "question": question.question,
            "answers": question.answers,
            **aged(snapshot, question_since(snapshot, question)),
            **({"since": as_date(question.since)} if question.since else {}),
            "source": question.source,
        }
        yield RowFacts(str(number), contents)
    for number, (question, why) in enumerate(snapshot.closed.items(), start=len(snapshot.questions) + 1):
        contents = {"about": question.about, "question": question.question, "source": question.source}
        yield RowFacts(str(number), {**contents, "answers": f"Nobody: it is closed. {why}."})
