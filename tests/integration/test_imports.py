"""Bringing a file in: check, commit, undo, and everything that can be wrong with it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import Workbook
from sqlalchemy import text

from core.errors import Conflict, ImportRejected, InvalidInput, JobCancelled, NotAllowed, NotFound, TooLarge, UserError
from core.settings import settings
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import import_findings, import_history, import_work, imports
from services.imports import Batch, Options

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = (
    "1001,00123,Chilli sauce,10,2026-03-01 08:00:00,2.50,C1,Malaysia\n"
    "1001,NA,Soy sauce,4,2026-03-01 08:00:00,3.00,C1,Malaysia\n"
    "1002,00123,Chilli sauce,5,2026-03-02 09:00:00,2.50,,Malaysia\n"
    "C1003,00123,Chilli sauce,-2,2026-03-03 09:00:00,2.50,C2,Singapore\n"
    "1004,POST,Postage,1,2026-03-03 09:00:00,18.00,C2,Singapore\n"
    "1005,00123,Chilli sauce,-7,2026-03-04 09:00:00,0,,Malaysia\n"
)
PLACES = {"location": "KL", "channel": "MT"}


def silent(_fraction: float, _message: str) -> None:
    """Nobody looks at the progress."""


def plan(ann: Viewer, statement: str) -> list[tuple[Any, ...]]:
    with session_scope(ann) as session:
        return [tuple(row) for row in session.execute(text(statement))]


def history(ann: Viewer) -> list[tuple[Any, ...]]:
    return plan(
        ann,
        "select h.day::text, p.code, h.kind, h.quantity::float, h.revenue::float, k.code from demand_history h "
        "join product p on p.id = h.product_id left join customer k on k.id = h.customer_id "
        "order by h.day, h.source_key",
    )


def test_check_accounts_for_every_row_and_changes_nothing(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    counts = bring_in(HEADER + ROWS).counts
    assert {key: counts[key] for key in ("rows", "new", "changed", "same", "set_aside", "rejected")} == {
        "rows": 6,
        "new": 4,
        "changed": 0,
        "same": 0,
        "set_aside": 2,
        "rejected": 0,
    }
    assert (counts["sales"], counts["returns"], counts["new_products"], counts["new_customers"]) == (3, 1, 2, 2)
    assert counts["without_customer"] == 2
    assert history(ann) == []


def test_commit_brings_products_customers_and_netted_daily_demand(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    assert bring_in(HEADER + ROWS, commit="all_or_nothing").state == "committed"
    assert history(ann) == [
        ("2026-03-01", "00123", "sale", 10.0, 25.0, "C1"),
        ("2026-03-01", "NA", "sale", 4.0, 12.0, "C1"),
        ("2026-03-02", "00123", "sale", 5.0, 12.5, None),
        ("2026-03-03", "00123", "return", -2.0, -5.0, "C2"),
    ]
    assert plan(ann, "select code, name from product order by code") == [("00123", "Chilli sauce"), ("NA", "Soy sauce")]


def test_same_file_twice_is_recognised_and_changes_nothing(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    bring_in(HEADER + ROWS, commit="all_or_nothing")
    before = history(ann)
    again = bring_in(HEADER + ROWS)
    assert "was imported on" in import_history.twin(ann, again.id)
    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (0, 0, 4)
    import_work.commit_import(ann, {"batch_id": str(again.id)}, silent)
    assert history(ann) == before


def test_corrected_file_changes_its_row_and_undo_brings_the_old_one_back(
    ann: Viewer, bring_in: Callable[..., Batch]
) -> None:
    bring_in(HEADER + ROWS, commit="all_or_nothing")
    before = history(ann)
    changed = bring_in(HEADER + ROWS.replace("Chilli sauce,5,", "Chilli sauce,6,"), commit="all_or_nothing")
    assert (changed.counts["changed"], changed.counts["same"]) == (1, 3)
    assert history(ann) != before
    import_work.undo_import(ann, {"batch_id": str(changed.id)}, silent)
    assert history(ann) == before


def test_undo_takes_everything_out_again(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    done = bring_in(HEADER + ROWS, commit="all_or_nothing")
    outcome = import_work.undo_import(ann, {"batch_id": str(done.id)}, silent)
    assert outcome == {
        "removed": 4,
        "restored": 0,
        "made": {"products": {"removed": 2, "kept": 0}, "customers": {"removed": 2, "kept": 0}},
        "left": 0,
    }
    assert history(ann) == []
    assert imports.batch(ann, done.id).state == "undone"


def test_undo_is_refused_while_a_later_import_builds_on_it(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    first = bring_in(HEADER + ROWS, commit="all_or_nothing")
    later = bring_in(HEADER + ROWS.replace("Chilli sauce,5,", "Chilli sauce,6,"), commit="all_or_nothing")
    with pytest.raises(Conflict, match="1 of these rows were changed since"):
        import_work.undo_import(ann, {"batch_id": str(first.id)}, silent)
    import_work.undo_import(ann, {"batch_id": str(later.id)}, silent)
    import_work.undo_import(ann, {"batch_id": str(first.id)}, silent)
    assert history(ann) == []


def test_product_in_use_elsewhere_survives_the_undo(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    done = bring_in(HEADER + ROWS, commit="all_or_nothing")
    with owner_engine().begin() as connection:
        connection.execute(
            text(
                "insert into stock_lot (product_id, location_id, lot, quantity, received_on) "
                "select p.id, l.id, 'L1', 5, '2026-01-01' from product p, location l where p.code = 'NA'"
            )
        )
    outcome = import_work.undo_import(ann, {"batch_id": str(done.id)}, silent)
    assert outcome["made"]["products"] == {"removed": 1, "kept": 1}


def test_commit_happens_once(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    done = bring_in(HEADER + ROWS, commit="all_or_nothing")
    with pytest.raises(Conflict):
        import_work.commit_import(ann, {"batch_id": str(done.id)}, silent)


def test_rejected_row_stops_the_whole_file_unless_good_rows_are_asked_for(
    ann: Viewer, bring_in: Callable[..., Batch]
) -> None:
    bad = HEADER + ROWS + "1006,00123,Chilli sauce,ten,2026-03-05 08:00:00,2.50,C1,Malaysia\n"
    found = bring_in(bad)
    assert found.counts["rejected"] == 1
    with pytest.raises(ImportRejected, match="1 row is rejected"):
        import_work.commit_import(ann, {"batch_id": str(found.id)}, silent)
    assert history(ann) == []
    import_work.commit_import(ann, {"batch_id": str(found.id), "good_rows": True}, silent)
    assert len(history(ann)) == 4


def test_rejection_names_row_column_value_and_remedy(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    found = bring_in(HEADER + "1,A,x,ten,2026-03-05,2.50,C1,MY\n")
    (row,) = import_findings.rows_not_taken(ann, found.id)
    assert (row["line"], row["column_name"], row["value"], row["outcome"]) == (2, "Quantity", "ten", "rejected")
    assert row["message"]
    assert row["remedy"]


def test_lines_without_text_are_counted_apart(bring_in: Callable[..., Batch]) -> None:
    counts = bring_in(HEADER + ",,,,,,,\n" + ROWS + "\n\n").counts
    assert (counts["rows"], counts["blank"]) == (6, 3)


def test_row_set_aside_is_explained_by_its_rule(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    found = bring_in(HEADER + ROWS)
    explained = {row["rule"]: row for row in import_findings.rows_not_taken(ann, found.id)}
    assert explained.keys() == {"service_code", "stock_adjustment"}
    assert "not for a product" in explained["service_code"]["message"]


def test_unknown_location_code_is_rejected_with_its_row(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    found = bring_in("date,sku,qty,location\n2026-03-01,A,1,KL\n2026-03-01,A2,1,NOWHERE\n")
    assert found.counts["rejected"] == 1
    (row,) = import_findings.rows_not_taken(ann, found.id)
    assert (row["line"], row["value"]) == (3, "NOWHERE")


def test_one_percent_bad_rows_are_all_reported(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    lines = [f"D{n},P{n % 7},n,{'x' if n % 100 == 0 else 3},2026-01-{n % 28 + 1:02},1.0,C,MY\n" for n in range(1000)]
    found = bring_in(HEADER + "".join(lines), commit="good_rows")
    assert (found.counts["rejected"], found.counts["new"]) == (10, 990)
    assert len(history(ann)) == 990
    assert [row["line"] for row in import_findings.rows_not_taken(ann, found.id)] == [2 + 100 * n for n in range(10)]


def test_mapping_is_remembered_for_files_of_the_same_shape(ann: Viewer) -> None:
    odd = "when,what,how many\n2026-03-01,A,1\n"
    first = imports.upload(ann, io.BytesIO(odd.encode()), file_name="odd.csv")
    assert "product" not in first.mapping
    chosen = {"booked_at": "when", "product": "what", "quantity": "how many"}
    imports.settle(ann, first.id, reading=first.reading, mapping=chosen, options=Options.of(PLACES))
    second = imports.upload(ann, io.BytesIO((odd + "2026-03-02,A,2\n").encode()), file_name="odd2.csv")
    assert second.mapping == chosen
    assert second.options.constants["location"] == "KL"


def test_gzip_is_read_like_the_file_in_it(ann: Viewer, bring_in: Callable[..., Batch]) -> None:
    assert bring_in(gzip.compress((HEADER + ROWS).encode()), name="sales.csv.gz").counts["rows"] == 6


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (gzip.compress(b"", mtime=0), "no rows|empty|nothing"),
        (b"\x1f\x8b", "damaged or cut off"),
        (b"PK\x03\x04" + b"x" * 40 + b"[Content_Types].xml", "damaged or cut off"),
        (b"%PDF-1.7 ....", "PDF"),
        (b"\x7fELF" + bytes(range(256)), "program"),
        (bytes(range(256)) * 8, "binary"),
        (b"<html><body>no</body></html>", "web page"),
    ],
)
def test_what_is_not_a_table_is_refused_and_leaves_nothing(ann: Viewer, content: bytes, message: str) -> None:
    with pytest.raises(UserError, match=message):
        imports.upload(ann, io.BytesIO(content), file_name="x.csv")
    assert import_history.newest_batches(ann) == []
    assert list(settings().uploads.iterdir()) == []


def test_file_over_the_limit_is_refused_and_leaves_nothing(ann: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_UPLOAD_LIMIT_MB", "1")
    settings.cache_clear()
    with pytest.raises(TooLarge):
        imports.upload(ann, io.BytesIO(b"a,b\n" * 600_000), file_name="big.csv")
    assert list(settings().uploads.iterdir()) == []


def settle(ann: Viewer, content: str, **given: Any) -> None:
    found = imports.upload(ann, io.BytesIO(content.encode()), file_name="x.csv")
    chosen = {"mapping": found.mapping, "options": Options.of(PLACES), "reading": found.reading, **given}
    imports.settle(ann, found.id, **chosen)


def test_two_headers_alike_are_named(ann: Viewer) -> None:
    with pytest.raises(InvalidInput, match="qty"):
        settle(ann, "date,sku,qty,qty\n2026-03-01,A,1,2\n")


def test_missing_column_is_named(ann: Viewer) -> None:
    with pytest.raises(InvalidInput, match="Quantity"):
        settle(ann, "date,sku\n2026-03-01,A\n")


def test_ambiguous_dates_are_asked_not_guessed(ann: Viewer) -> None:
    with pytest.raises(InvalidInput, match="DD/MM/YYYY"):
        settle(ann, "date,sku,qty\n03/04/2026,A,1\n05/06/2026,A2,2\n")


def test_location_must_come_from_somewhere(ann: Viewer) -> None:
    with pytest.raises(InvalidInput, match="location"):
        settle(ann, HEADER + ROWS, options=Options.of({"channel": "MT"}))


def test_cancelled_check_leaves_nothing(ann: Viewer) -> None:
    found = imports.upload(ann, io.BytesIO((HEADER + ROWS * 600).encode()), file_name="x.csv")
    imports.settle(ann, found.id, reading=found.reading, mapping=found.mapping, options=Options.of(PLACES))

    def cancel(_fraction: float, _message: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        import_work.check_import(ann, {"batch_id": str(found.id)}, cancel)
    assert plan(ann, "select count(*) from import_row") == [(0,)]
    assert imports.batch(ann, found.id).state == "uploaded"


def test_sheet_is_the_first_that_has_the_columns(ann: Viewer) -> None:
    book = Workbook()
    for number, (title, rows) in enumerate({"Notes": [["Read me"]], "Sites": [["Code", "Name", "Region"]]}.items()):
        sheet = book.create_sheet(title, number)
        for row in [*rows, ["x"] * len(rows[0])]:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    found = imports.upload(ann, stream, file_name="sites.xlsx", entity="locations")
    assert found.source["sheet"] == "Sites"
    assert found.mapping == {"code": "Code", "name": "Name", "region": "Region"}


def test_unknown_import_is_not_found(ann: Viewer) -> None:
    with pytest.raises(NotFound):
        imports.batch(ann, uuid4())


def test_who_may_not_import_cannot_upload(ann: Viewer) -> None:
    reader = Viewer(None, ann.company_id, ann.company_kind, "planner", "P", "p@example.com", frozenset())
    with pytest.raises(NotAllowed):
        imports.upload(reader, io.BytesIO(b"a,b\n1,2\n"), file_name="x.csv")
