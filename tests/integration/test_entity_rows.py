"""What was exported comes back with nothing to change, for every entity there is."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generated_rows import CODES, rows_of
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.viewer import Viewer
from data.db import session_scope
from data.entities import ENTITIES
from data.exchange.export import csv_chunks
from data.exchange.workbook_output import write_workbook
from data.queries.entity_rows import in_key_order, read
from services import accounts, import_findings, import_work, imports
from services.imports import Batch, Options

EXPORTED = [name for name, entity in ENTITIES.items() if entity.table]


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
def operator(database: Path) -> Viewer:
    return accounts.operator()


@pytest.mark.parametrize("entity", EXPORTED)
def test_export_comes_back_with_nothing_to_change(operator: Viewer, entity: str) -> None:
    rows = stored_rows(operator, entity)
    found = imports.upload(operator, io.BytesIO(as_csv(entity, rows)), file_name=f"{entity}.csv", entity=entity)
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


REFERRED = {"locations": ["KL"], "channels": ["MT"], "products": list(CODES), "customers": list(CODES)}


def as_csv(entity: str, rows: list[tuple[Any, ...]]) -> bytes:
    return b"".join(csv_chunks([field.label for field in ENTITIES[entity].fields], rows))


def as_workbook(entity: str, rows: list[tuple[Any, ...]], folder: Path) -> bytes:
    path = folder / "rows.xlsx"
    write_workbook(path, [(ENTITIES[entity].label, [field.label for field in ENTITIES[entity].fields], rows)])
    return path.read_bytes()


def stored_rows(operator: Viewer, entity: str) -> list[tuple[Any, ...]]:
    with session_scope(operator) as session:
        return [tuple(row) for row in session.execute(in_key_order(entity, read(entity)))]


@pytest.fixture
def place(ann: Viewer, bring_in: Callable[..., Batch]) -> Viewer:
    """A company with products and customers of awkward codes."""
    for entity in ("products", "customers"):
        rows = as_csv(
            entity, [tuple(code if field.required else None for field in ENTITIES[entity].fields) for code in CODES]
        )
        bring_in(rows, entity=entity, commit="all_or_nothing")
    return ann


@pytest.mark.slow
@pytest.mark.parametrize("entity", ["products", "customers", "prices", "demand_history"])
@hypothesis_settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_row_goes_in_out_and_in_again_unchanged(
    place: Viewer, tmp_path: Path, entity: str, data: st.DataObject
) -> None:
    given_rows = data.draw(rows_of(ENTITIES[entity], REFERRED))
    bring(place, entity, as_csv(entity, given_rows), "rows.csv", commit=True)
    rows = stored_rows(place, entity)
    assert kept(entity, given_rows) <= kept(entity, rows)
    for name, content in (("rows.csv", as_csv(entity, rows)), ("rows.xlsx", as_workbook(entity, rows, tmp_path))):
        counts = bring(place, entity, content, name)
        assert {key: counts[key] for key in ("rows", "new", "changed", "same", "rejected")} == {
            "rows": len(rows),
            "new": 0,
            "changed": 0,
            "same": len(rows),
            "rejected": 0,
        }, name


def bring(viewer: Viewer, entity: str, content: bytes, name: str, *, commit: bool = False) -> dict[str, Any]:
    """Check a file as our own exports are read; with ``commit`` take its good rows."""
    found = imports.upload(viewer, io.BytesIO(content), file_name=name, entity=entity)
    imports.settle(viewer, found.id, reading=found.reading, mapping=found.mapping, options=Options())
    counts = import_work.check_import(viewer, {"batch_id": str(found.id)}, silent)
    if commit:
        import_work.commit_import(viewer, {"batch_id": str(found.id), "good_rows": True}, silent)
    return counts


def kept(entity: str, rows: list[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Rows that no rule rejects, by the fields that are always given: the others may have defaults."""
    fields = ENTITIES[entity].fields
    places = [place for place, field in enumerate(fields) if field.required]
    return {tuple(row[place] for place in places) for row in rows if not broken(entity, row)}


def broken(entity: str, row: tuple[Any, ...]) -> bool:
    """A product that ends before its launch."""
    values = dict(zip((field.name for field in ENTITIES[entity].fields), row, strict=True))
    first, last = values.get("launched_on"), values.get("ends_on")
    return first is not None and last is not None and last < first
