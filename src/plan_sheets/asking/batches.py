"""What was done with a plan, and when: the batches of its register."""

from __future__ import annotations

from collections.abc import Sequence

from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.tracing import batches
from plan_sheets.store.register.tracing.batches import BatchFacts


def list_batches(folder: Folder, before: int = 0, most: int = 50) -> Sequence[BatchFacts]:
    """The last batches, newest first, `most` of them; `before`: only those before this one (its `seq`), 0: all."""
    check_folder(folder)
    with folder.register.as_it_stands():
        return batches.list_batches(folder.register, before, most)
