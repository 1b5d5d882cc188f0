"""The rules of every record for a frame of somebody's own, and the plan as it stood, which some of them need."""

from __future__ import annotations

from pandera.pandas import DataFrameSchema

from plan_sheets.core.answers.rules import build_schema, read_texts
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.snapshot import read_snapshot
from plan_sheets.store.schemas import load_records


def schemas(snapshot: Snapshot | None = None, round: Round | str | None = None) -> dict[str, DataFrameSchema]:  # noqa: A002 - what it is
    """The pandera schema of every record in `schemas/records/`: a frame with a column a field, by the field's name.

    Texts are as the program tidies them; a date is text with its precision ("March 2017"). A blank is None, NaN or "".
    Other values are taken as their texts. The name of a check is the code of a message; of a check that looks at
    several columns, the code and the column that it is about: `required: recovery`.

    `snapshot`: the plan whose refs are known; None: rules about refs of another record are left out. `round`: dates of
    the round may not lie before it; None: that rule is left out. Raises PlanSheetsError where `round` is no round.
    """
    refs = {record: frozenset(rows) for record, rows in snapshot.rows.items()} if snapshot else {}
    asked = Round.parse(round) if isinstance(round, str) else round
    made = {}
    for record, fields in load_records().items():
        asked_for = {name: field for name, field in fields.items() if field.scope != "derived"}
        schema = build_schema(asked_for, refs, asked.first_day if asked else None)
        made[record] = read_texts(schema)
    return made


def snapshot_of(folder: Folder, round: Round | str | None = None) -> Snapshot:  # noqa: A002 - what it is
    """The plan as it stood at the end of a round; None: of the latest, or of the draft before any was issued."""
    check_folder(folder)
