"""The rules of every record, for a frame of somebody's own; and the plan as it stood, which some of them need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.snapshot import find_round, read_snapshot
from plan_sheets.store.schemas import load_records

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


def schemas(snapshot: Snapshot | None = None, round: Round | str | None = None) -> dict[str, DataFrameSchema]:  # noqa: A002 - a round is what it is
    """The pandera schema of each record in `schemas/records/`, for a frame with a column a field, named as the field.

    A value is taken as its text, NaN and "" as blank; a date is a text with its precision ("March 2017"). The name of a
    check is the code of a message in `schemas/messages.yaml`; of a check that looks at several columns, the code and
    the column that it is about: `required: recovery`.

    `snapshot`: the plan whose refs are known; None: what refers to another record is not checked. `round`: dates of a
    round may not lie before it; None: that is not checked. Raises PlanSheetsError where `round` is no round, TypeError
    where `snapshot` is none.
    """
    from plan_sheets.core.answers.rules import build_schema  # noqa: PLC0415 - pandera takes long to load

    if snapshot is not None and not isinstance(snapshot, Snapshot):
        raise TypeError(f"snapshot is {snapshot!r}: give what plan_sheets.snapshot_of(folder) returns.")
    refs = {record: frozenset(rows) for record, rows in snapshot.rows.items()} if snapshot else {}
    begins = Round.parse(round).first_day if round is not None else None
    return {
        record: build_schema(
            {name: field for name, field in fields.items() if field.scope != "derived"}, refs, begins, of_texts=False
        )
        for record, fields in load_records().items()
    }


def snapshot_of(folder: Folder, round: Round | str | None = None) -> Snapshot:  # noqa: A002 - a round is what it is
    """The plan as it stood at the end of a round. None: of the latest; of the draft, where none has been issued.

    Raises PlanSheetsError if the round was not issued.
    """
    check_folder(folder)
    return read_snapshot(folder.register, find_round(folder.register, round))
