"""What was exported comes back with nothing to change, for every entity there is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from core.viewer import Viewer
from data.db import session_scope
from data.entities import ENTITIES
from data.exchange.export import csv_chunks
from data.queries.entity_rows import in_key_order, read
from services import accounts, import_findings, import_work, imports

EXPORTED = [name for name, entity in ENTITIES.items() if entity.table]


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
def operator(database: Path) -> Viewer:
    return accounts.operator()


@pytest.mark.parametrize("entity", EXPORTED)
def test_export_comes_back_with_nothing_to_change(operator: Viewer, entity: str) -> None:
    with session_scope(operator) as session:
        rows = [tuple(row) for row in session.execute(in_key_order(entity, read(entity)))]
    header = [field.label for field in ENTITIES[entity].fields]
    content = b"".join(csv_chunks(header, rows))
    found = imports.upload(operator, io.BytesIO(content), file_name=f"{entity}.csv", entity=entity)
    imports.settle(operator, found.id, reading=found.reading, mapping=found.mapping, options=found.options)
    counts = import_work.check_import(operator, {"batch_id": str(found.id)}, silent)
    told = import_findings.rows_not_taken(operator, found.id, limit=3)
    assert {name: counts[name] for name in ("rows", "new", "changed", "same", "rejected")} == {
        "rows": len(rows),
        "new": 0,
        "changed": 0,
        "same": len(rows),
        "rejected": 0,
    }, told
