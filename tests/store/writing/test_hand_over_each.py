"""The files of many documents: in their order, made by whoever does it, and no sooner than they are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

import pytest
from tests.chairs import Plan

from plan_sheets.core.book.document import Document, base_text, layout_text
from plan_sheets.store.sharing.share_out import AHEAD
from plan_sheets.store.writing import hand_over_each as each
from plan_sheets.store.writing.hand_over import hand_over


@pytest.mark.parametrize("makes", [lambda: None, lambda: ThreadPoolExecutor(1)], ids=["here", "an executor"])
def test_documents_are_made_in_order_and_as_they_are_asked_for(
    makes: type[Executor], round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(each, "CHUNK", 2)
    document = round_one.register.documents(kind="subgroup")[0]
    composed = list[Document]()

    def compose() -> Iterator[Document]:
        for number in range(60):
            composed.append(replace(document, book=replace(document.book, title=f"Number {number}")))
            yield composed[-1]

    done = each.hand_over_each(compose(), 60, makes())
    first = next(done)
    assert len(composed) <= 2 * (AHEAD + 1)
    assert first == each.HandedOver(
        composed[0],
        each.KeptBook("Number 0", layout_text(document.book), base_text(composed[0].book)),
        hand_over(composed[0].book),
    )
    assert [made.kept.title for made in done] == [f"Number {number}" for number in range(1, 60)]
    assert len(composed) == 60
