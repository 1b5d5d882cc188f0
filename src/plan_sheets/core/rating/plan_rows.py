"""Questions that the rows of a plan answer: who leads, who owns, whom the law says to consult."""

from __future__ import annotations

from collections.abc import Mapping

Rows = Mapping[str, Mapping[str, Mapping[str, str]]]
"""A plan as rows: record, ref, field, text."""

UNNAMED = "Unnamed"
NOT_SAID = "Not said"
"""Owner statuses where nobody is named, and where nobody has said whether the person who is named was asked."""
ASKED_OF_OWNER = ("Suggested", "Approached")
"""Owner statuses where somebody is named who has not said yes yet."""
UNCONFIRMED = ("", UNNAMED, *ASKED_OF_OWNER)
STATUTORY = ("Healthwatch", "Community")
"""Whom an adults' board must consult on its plan: Care Act 2014, Schedule 2, paragraph 3."""


def parent(ref: str) -> str:
    """The priority that a theme belongs to; of a priority, itself."""
    return ref[:-1] if ref[-1:].islower() else ref


def who_answers(rows: Rows, ref: str) -> str:
    """Who would have to answer for what bears on a theme or action: its subgroup, as far as the plan says; else ""."""
    code = lead_of(rows, ref) if ref in rows.get("action", {}) else subgroup_of_theme(rows, ref)
    return rows.get("subgroup", {}).get(code, {}).get("title", "") if code else ""


def owner_status(row: Mapping[str, str]) -> str:
    """How far the owner of a priority or an action (its row) has agreed: a choice of the plan, or "Not said"."""
    return row["owner_status"] or NOT_SAID if row["owner"] else UNNAMED


def owner_words(row: Mapping[str, str]) -> str:
    """The owner of a priority or an action (its row) and the status in brackets; "Unnamed" where there is none."""
    return f"{row['owner']} ({row['owner_status'].lower() or 'status not said'})" if row["owner"] else UNNAMED


def missing_statutory(rows: Rows) -> list[str]:
    """Those whom the law says must be consulted, and who are not among the consultees."""
    consulted = {row.get("who", "") for row in rows.get("consultation", {}).values()}
    return [who for who in STATUTORY if who not in consulted] if rows.get("board") else []


def subgroups_of(rows: Rows, ref: str) -> list[str]:
    """The subgroups of an action, the one that leads first: its own, else its theme's, else its priority's.

    In place of one that was merged into another stands that one.
    """
    action = rows.get("action", {}).get(ref, {})
    own = [code.strip() for code in action.get("subgroups", "").split(";") if code.strip()]
    if own:
        return [*dict.fromkeys(find_merged(rows, code) for code in own)]
    code = subgroup_of_theme(rows, action.get("theme", ""))
    return [code] if code else []


def subgroup_of_theme(rows: Rows, theme: str) -> str:
    """The code of the subgroup of a theme or, if it has none, of its priority; "" if there is neither."""
    priorities = rows.get("priority", {})
    code = priorities.get(theme, {}).get("subgroup") or priorities.get(parent(theme), {}).get("subgroup", "")
    return find_merged(rows, code)


def list_themes(rows: Rows) -> dict[str, list[str]]:
    """The themes (and priorities without themes) that each subgroup works on, by its code ("": nobody does)."""
    with_themes = {parent(ref) for ref in rows["priority"] if parent(ref) != ref}
    themes: dict[str, list[str]] = {}
    for ref in rows["priority"]:
        if ref not in with_themes:
            themes.setdefault(subgroup_of_theme(rows, ref), []).append(ref)
    return themes


def find_merged(rows: Rows, code: str) -> str:
    """The code of the subgroup that one (its code) is part of today; its own if it was merged into none."""
    subgroups, seen = rows.get("subgroup", {}), {code}
    while (into := subgroups.get(code, {}).get("merged_into", "")) and into not in seen:
        seen.add(code := into)
    return code


def describe_contact(plan: Mapping[str, str]) -> str:
    """Whom a chair asks, by the form of the plan: `Board officer (office@example.org)`."""
    named = (plan["contact_name"], f"({plan['contact_email']})" if plan["contact_email"] else "")
    return " ".join(filter(None, named)) or "the board officer"


def lead_of(rows: Rows, ref: str) -> str:
    """The subgroup that answers for an action; "" if nobody does."""
    return next(iter(subgroups_of(rows, ref)), "")
