"""Columns without telling names are found by what they hold; a file of other rows is noticed."""

from __future__ import annotations

import io
from collections.abc import Callable

from core.viewer import Viewer
from services import import_proposals, import_work, imports
from services.import_file import Reading
from services.imports import Batch

Bring = Callable[..., Batch]
STOCK = "A,B,Batch,Qty,When\n" + "".join(f"X{n % 4},KL,L{n},{n + 0.5},2026-03-0{n + 1}\n" for n in range(8))


def test_needed_columns_are_found_by_their_codes_and_days(ann: Viewer, bring_in: Bring) -> None:
    bring_in("Code,Name\n" + "".join(f"X{n},Sauce {n}\n" for n in range(4)), entity="products", commit="all_or_nothing")
    found = imports.upload(ann, io.BytesIO(STOCK.encode()), file_name="stock.csv", entity="stock")
    assert found.mapping == {"product": "A", "location": "B", "lot": "Batch", "quantity": "Qty", "received_on": "When"}
    assert found.by_content == {"product": "A", "location": "B", "received_on": "When"}
    chosen = {**found.mapping, "location": "Batch"}
    imports.settle(ann, found.id, reading=found.reading, mapping=chosen, options=found.options)
    assert imports.batch(ann, found.id).by_content == {"product": "A", "received_on": "When"}


def test_the_error_column_is_nobodys(ann: Viewer) -> None:
    content = b"Import error,Code,Name\nx,P1,Sauce\n"
    found = imports.upload(ann, io.BytesIO(content), file_name="p.csv", entity="products")
    assert found.mapping == {"code": "Code", "name": "Name"}


def test_file_of_other_rows_is_noticed_and_can_be_switched(ann: Viewer, bring_in: Bring) -> None:
    content = "Code,Name,Brand,Unit cost,Storage\nP1,Sauce,Api,1.5,ambient\n"
    found = imports.upload(ann, io.BytesIO(content.encode()), file_name="p.csv", entity="transactions")
    assert "look like Products rather than Sales transactions" in imports.told_of_better_entity(ann, found)
    switched = imports.switch_entity(ann, found.id, "products")
    assert (switched.entity.name, switched.mapping["brand"]) == ("products", "Brand")
    assert imports.told_of_better_entity(ann, switched) == ""
    imports.settle(ann, found.id, reading=Reading(), mapping=switched.mapping, options=switched.options)
    import_work.check_import(ann, {"batch_id": str(found.id)}, lambda *_: None)
    assert imports.batch(ann, found.id).counts["new"] == 1


def test_what_fits_several_kinds_alike_is_not_guessed(ann: Viewer) -> None:
    found = imports.upload(ann, io.BytesIO(b"Code,Name\nP1,Sauce\n"), file_name="p.csv", entity="transactions")
    assert imports.told_of_better_entity(ann, found) == ""


def test_only_what_a_viewer_may_bring_in_is_offered(database: object, viewer_of: Callable[[str], Viewer]) -> None:
    assert "users" not in import_proposals.importable(viewer_of("analyst"))
    assert "users" in import_proposals.importable(viewer_of("admin"))
