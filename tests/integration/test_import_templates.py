"""Templates: saved by name, used for files with other names of columns, replaced, deleted."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from services import import_templates, imports
from services.import_file import Reading
from services.imports import Batch, Options

CONTENT = b"Kod;Nama barang besar;Harga\nP1;Sauce;1,50\nP2;Tea;2,25\n"
MAPPING = {"code": "Kod", "name": "Nama barang besar", "unit_cost": "Harga"}
READING = Reading(delimiter=";", numbers="1.234,5", sheet="Of another file")


@pytest.fixture
def batch(ann: Viewer) -> Batch:
    return imports.upload(ann, io.BytesIO(CONTENT), file_name="p.csv", entity="products")


def save(ann: Viewer, batch: Batch, name: str, **more: Any) -> str:
    return import_templates.save(ann, batch.id, name, more.get("reading", READING), MAPPING, Options(mode="insert"))


def test_a_template_brings_columns_and_reading_but_not_the_mode(ann: Viewer, batch: Batch) -> None:
    assert save(ann, batch, "  ERP   list ") == "ERP list"
    assert import_templates.names(ann, "products") == ["ERP list"]
    used = import_templates.use(ann, batch.id, "ERP list")
    assert used.mapping == MAPPING
    assert (used.reading.delimiter, used.reading.numbers, used.reading.sheet) == (";", "1.234,5", None)
    assert used.options.mode == "upsert"
    assert used.state == "uploaded"


def test_columns_that_a_file_lacks_are_left_open(ann: Viewer, batch: Batch) -> None:
    save(ann, batch, "ERP", reading=Reading())
    other = imports.upload(ann, io.BytesIO(b"Kod,Name\nP1,Sauce\n"), file_name="q.csv", entity="products")
    assert import_templates.use(ann, other.id, "ERP").mapping == {"code": "Kod", "name": "Name"}


def test_saving_again_replaces_and_removing_removes(ann: Viewer, batch: Batch) -> None:
    save(ann, batch, "ERP")
    save(ann, batch, "ERP", reading=Reading(delimiter=";"))
    assert import_templates.use(ann, batch.id, "ERP").reading.numbers is None
    import_templates.remove(ann, "products", "ERP")
    assert import_templates.names(ann, "products") == []
    for gone in (
        lambda: import_templates.use(ann, batch.id, "ERP"),
        lambda: import_templates.remove(ann, "products", "ERP"),
    ):
        with pytest.raises(NotFound, match="no template"):
            gone()


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\u202eb"], ids=["empty", "blank", "long", "hidden"])
def test_names_are_short_visible_texts(ann: Viewer, batch: Batch, name: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 80"):
        save(ann, batch, name)


def test_finished_import_takes_no_template(ann: Viewer, bring_in: Callable[..., Batch], batch: Batch) -> None:
    save(ann, batch, "ERP")
    done = bring_in("Code,Name\nP1,Sauce\n", entity="products", commit="all_or_nothing")
    with pytest.raises(Conflict, match="finished"):
        import_templates.use(ann, done.id, "ERP")


def test_who_may_not_import_saves_and_removes_nothing(database: object, viewer_of: Callable[[str], Viewer]) -> None:
    planner = viewer_of("planner")
    assert import_templates.names(planner, "products") == []
    with pytest.raises(NotAllowed):
        import_templates.remove(planner, "products", "ERP")
