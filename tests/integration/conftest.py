"""A company with one location and one channel, into which files can be brought."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.viewer import Viewer
from data.db import owner_engine
from services import accounts, import_work, imports, people
from services.imports import Batch, Options

PLACES = {"location": "KL", "channel": "MT"}


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
def ann(empty_database: Path) -> Viewer:
    """The operator of a company that has a place to book sales to."""
    people.create_administrator(email="ann@example.com", name="Ann", company="Acme", password="correct horse battery")
    with owner_engine().begin() as connection:
        connection.execute(text("insert into location (code, name, region) values ('KL', 'Kuala Lumpur', 'Central')"))
        connection.execute(text("insert into channel (code, name) values ('MT', 'Modern trade')"))
    return accounts.operator()


@pytest.fixture
def bring_in(ann: Viewer) -> Callable[..., Batch]:
    """Upload, settle and check a file; with ``commit`` (all_or_nothing, good_rows) also commit it."""

    def run(
        content: str | bytes,
        *,
        commit: str | None = None,
        name: str = "sales.csv",
        entity: str = "transactions",
        **options: Any,
    ) -> Batch:
        raw = content.encode() if isinstance(content, str) else content
        found = imports.upload(ann, io.BytesIO(raw), file_name=name, entity=entity)
        chosen = Options.of({**(PLACES if entity == "transactions" else {}), **options})
        imports.settle(ann, found.id, reading=found.reading, mapping=found.mapping, options=chosen)
        import_work.check_import(ann, {"batch_id": str(found.id)}, silent)
        if commit:
            import_work.commit_import(ann, {"batch_id": str(found.id), "good_rows": commit == "good_rows"}, silent)
        return imports.batch(ann, found.id)

    return run
