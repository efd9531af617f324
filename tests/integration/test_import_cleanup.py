"""Rows of files that were checked and never committed go when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.clock import now
from core.errors import Conflict
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries import imports as rows
from services import import_cleanup, import_work, imports
from services.import_cleanup import STAGED_DAYS
from services.imports import Batch

PRODUCTS = "code,name\n00123,Chilli sauce\n"


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


def staged_tables() -> int:
    with owner_engine().connect() as connection:
        return int(connection.scalar(text("select count(*) from pg_tables where schemaname = 'staging'")) or 0)


def let_pass(batch: Batch, days: float) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("update import_batch set created_at = :then where id = :id"),
            {"then": now() - timedelta(days=days), "id": batch.id},
        )


def test_rows_checked_long_ago_are_dropped_and_can_be_checked_again(
    ann: Viewer, bring_in: Callable[..., Batch]
) -> None:
    old, new = (bring_in(PRODUCTS, entity="products") for _ in range(2))
    let_pass(old, STAGED_DAYS + 1)
    assert staged_tables() == 2
    assert import_cleanup.drop_abandoned() == 1
    assert staged_tables() == 1
    assert [imports.batch(ann, batch.id).state for batch in (old, new)] == ["uploaded", "checked"]
    with pytest.raises(Conflict):
        import_work.commit_import(ann, {"batch_id": str(old.id)}, silent)
    import_work.check_import(ann, {"batch_id": str(old.id)}, silent)
    import_work.commit_import(ann, {"batch_id": str(old.id)}, silent)


def test_rows_of_an_import_at_work_stay(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    batch = bring_in(PRODUCTS, entity="products")
    let_pass(batch, STAGED_DAYS + 1)
    with session_scope(ann) as session:
        rows.batch(session, batch.id, lock=True)
        assert import_cleanup.drop_abandoned() == 0
    assert import_cleanup.drop_abandoned() == 1


def test_rows_whose_import_is_gone_are_dropped(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    batch = bring_in(PRODUCTS, entity="products")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from import_batch where id = :id"), {"id": batch.id})
    assert import_cleanup.drop_abandoned() == 1
    assert staged_tables() == 0
