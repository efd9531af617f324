"""The history: by kind of rows, with the files as they were sent until housekeeping removes them."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable

import pytest

from core.errors import InvalidInput, NotFound
from core.settings import settings
from core.viewer import Viewer
from services import import_history, imports
from services.import_file import Reading
from services.imports import Batch

Bring = Callable[..., Batch]
PRODUCTS = "Code,Name\nP1,Sauce\n"


def test_history_is_by_kind_of_rows(ann: Viewer, bring_in: Bring) -> None:
    products = bring_in(PRODUCTS, entity="products")
    places = bring_in("Code,Name,Region\nJB,Johor,South\n", entity="locations")
    assert [batch.id for batch in import_history.newest_batches(ann)] == [places.id, products.id]
    assert [batch.id for batch in import_history.newest_batches(ann, entity="products")] == [products.id]
    with pytest.raises(InvalidInput):
        import_history.newest_batches(ann, entity="nothing")


def test_original_is_the_file_as_it_was_sent(ann: Viewer, bring_in: Bring) -> None:
    found = bring_in(PRODUCTS, entity="products", name="list of März.csv")
    path, name = import_history.original(ann, found.id)
    assert (path.read_text(), name) == (PRODUCTS, "list of März.csv")


def test_removed_file_is_told_and_its_rows_stay(ann: Viewer, bring_in: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    found = bring_in(PRODUCTS, entity="products", commit="all_or_nothing")
    young = imports.upload(ann, io.BytesIO(b"Code,Name\nP2,Tea\n"), file_name="q.csv", entity="products")
    old = time.time() - settings().uploads_kept_days * 86_400 - 1
    os.utime(found.path, (old, old))
    assert import_history.remove_expired() == 1
    assert young.path.exists()
    assert imports.batch(ann, found.id).state == "committed"
    for wanting in (
        lambda: import_history.original(ann, found.id),
        lambda: imports.file_preview(ann, found.id, Reading()),
    ):
        with pytest.raises(NotFound, match="kept for 180 days"):
            wanting()
