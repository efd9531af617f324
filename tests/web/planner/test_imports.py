"""The import page: upload, check, import and undo by its buttons, for those who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services import import_proposals, imports, worker

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = "9001,W-1,Web sauce,10,2026-03-01,2.50,,MY\n9002,W-1,Web sauce,x,2026-03-02,2.50,,MY\n"

Visitors = Callable[..., Any]


@pytest.fixture
def analyst(database: Path, visitor: Visitors) -> Any:
    return visitor("analyst")


def upload(visitor: Any, content: str, name: str = "web.csv") -> Any:
    return visitor.post(
        f"/data/import/upload?name={name}", data=content.encode(), content_type="application/octet-stream"
    )


def press(visitor: Any, button: str, batch: str, **values: Any) -> Any:
    """Press a button on the page of one import."""
    from callbacks.planner.imports import Ids

    return visitor.press(getattr(Ids, button), {f"{Ids.batch}.data": batch, **values})


def check(visitor: Any, batch: str) -> Any:
    """Press "Check the file" with everything as the page shows it."""
    from callbacks.planner.imports import Ids

    found = imports.batch(viewer_behind(visitor), UUID(batch))
    places = import_proposals.reference_choices(viewer_behind(visitor), found.entity)
    places = {name: listed[0][0] for name, listed in places.items()}
    return visitor.press(
        Ids.check,
        {
            f"{Ids.batch}.data": batch,
            f"{Ids.import_mode}.value": "upsert",
            f"{Ids.cancellation_prefix}.value": "C",
        },
        many={Ids.reading: {"delimiter": ","}, Ids.column: found.mapping, Ids.constant: places},
    )


def viewer_behind(visitor: Any) -> Any:
    from services import accounts

    with visitor.http.session_transaction() as session:
        return accounts.viewer_of_session(session["_user_id"])


def job_of(answer: Any) -> UUID:
    assert answer.status_code == 200, answer.text
    (written,) = answer.json["response"].values()
    return UUID(written["data"])


def test_upload_check_import_and_undo_by_the_buttons(analyst: Any) -> None:
    batch = upload(analyst, HEADER + ROWS).json["id"]
    assert "What the columns mean" in analyst.layout("/data/import", f"?batch={batch}").text
    worker.run_job(job_of(check(analyst, batch)))
    assert "Dry run" in analyst.layout("/data/import", f"?batch={batch}").text
    from callbacks.planner.imports import Ids

    rows = analyst.call(f"{Ids.rows}.rowData", {f"{Ids.rule}.value": "-", f"{Ids.batch}.data": batch}).json
    assert [row["value"] for row in rows["response"][Ids.rows]["rowData"]] == ["x"]
    worker.run_job(job_of(press(analyst, "commit", batch, **{f"{Ids.mode}.value": "good_rows"})))
    assert imports.batch(viewer_behind(analyst), UUID(batch)).state == "committed"
    worker.run_job(job_of(press(analyst, "undo", batch, **{f"{Ids.leave_edited}.value": False})))
    assert imports.batch(viewer_behind(analyst), UUID(batch)).state == "undone"


def test_refused_file_says_why(analyst: Any) -> None:
    answer = upload(analyst, "%PDF-1.7 not a table")
    assert (answer.status_code, "PDF" in answer.json["error"]) == (422, True)


def test_unknown_import_is_not_found(analyst: Any) -> None:
    for batch in ("11111111-1111-1111-1111-111111111111", "x", "' or 1=1"):
        assert press(analyst, "commit", batch).status_code == 404


@pytest.mark.parametrize("name", ["planner", "executive", "supplier", "customer", "oem", ""])
def test_only_those_who_may_import_can_upload(name: str, database: Path, visitor: Visitors) -> None:
    answer = upload(visitor(name), HEADER + ROWS)
    assert answer.status_code == (403 if name else 401)


def test_planner_sees_the_history_but_no_drop_zone(database: Path, visitor: Visitors) -> None:
    page = visitor("planner").layout("/data/import").text
    assert "History" in page
    assert "data-upload" not in page
