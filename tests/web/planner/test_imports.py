"""The import page: upload, check, import and undo by its buttons, for those who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services import import_proposals, imports, worker

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SLASH = r"\u002f"  # as Dash writes it
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
    choices = import_proposals.reference_choices(viewer_behind(visitor), found.entity)
    places = {name: listed[0][0] for name, listed in choices.items()}
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


def ids() -> Any:
    from callbacks.planner.imports import Ids

    return Ids


def on_screen(visitor: Any, batch: str) -> dict[str, dict[str, Any]]:
    """The parts of the page whose ids are patterns, as they are shown."""
    found = imports.batch(viewer_behind(visitor), UUID(batch))
    return {ids().reading: {"delimiter": ","}, ids().column: found.mapping, ids().constant: {"location": "-"}}


@pytest.fixture
def rejected(analyst: Any) -> str:
    batch = str(upload(analyst, HEADER + ROWS, "täglich <b>.csv").json["id"])
    worker.run_job(job_of(check(analyst, batch)))
    return batch


def test_rejected_rows_and_the_original_can_be_taken_along(analyst: Any, rejected: str) -> None:
    page = analyst.layout("/data/import", f"?batch={rejected}").text
    assert f"{rejected}/errors/rejected.csv" in page.replace(SLASH, "/")
    bad = analyst.get(f"/data/import/{rejected}/errors/rejected.csv")
    assert bad.headers["Content-Disposition"] == 'attachment; filename="t_glich_b-rejected.csv"'
    assert [line.split(",")[1] for line in bad.text.splitlines()[1:]] == ["9002"]
    assert len(analyst.get(f"/data/import/{rejected}/errors/all.csv").text.splitlines()) == 3
    original = analyst.get(f"/data/import/{rejected}/original")
    assert original.text == HEADER + ROWS
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert original.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", ["executive", "supplier", ""])
@pytest.mark.parametrize("path", ["errors/rejected.csv", "errors/all.csv", "original"])
def test_files_of_imports_are_for_those_who_may_see_imports(
    visitor: Visitors, rejected: str, name: str, path: str
) -> None:
    answer = visitor(name).get(f"/data/import/{rejected}/{path}")
    assert answer.status_code == (403 if name else 302)


def test_files_of_unknown_imports_are_not_found(analyst: Any) -> None:
    nobody = "11111111-1111-1111-1111-111111111111"
    for path in ("errors/rejected.csv", "original"):
        answer = analyst.get(f"/data/import/{nobody}/{path}", headers={"Accept": "text/csv"})
        assert (answer.status_code, answer.json["error"]) == (404, "There is no such import.")
    assert analyst.get(f"/data/import/{nobody}/errors/other.csv").status_code == 404


def test_file_of_other_rows_is_switched_by_its_button(analyst: Any) -> None:
    answer = upload(analyst, "Code,Name,Brand,Unit cost,Storage\nP1,Sauce,Api,1.5,ambient\n", "products.csv").json
    assert "look like Products" in answer["told"]
    page = analyst.layout("/data/import", f"?batch={answer['id']}").text
    assert "Bring it in as Products" in page
    pressed = press(analyst, "switch", answer["id"], **{f"{ids().other_entity}.data": "products"})
    href = pressed.json["response"][ids().address]["href"]
    page = analyst.layout("/data/import", href.removeprefix("/data/import")).text
    assert ("Shelf life in days" in page, "Bring it in as Products" in page) == (True, False)


def test_template_is_saved_used_and_deleted_by_its_buttons(analyst: Any) -> None:
    batch = upload(analyst, HEADER + ROWS, "t.csv").json["id"]
    named = {
        f"{ids().batch}.data": batch,
        f"{ids().template_name}.value": "Shops",
        f"{ids().import_mode}.value": "upsert",
    }
    saved = analyst.press(ids().save_template, named, many=on_screen(analyst, batch))
    assert saved.json["response"][ids().template]["value"] == "Shops"
    chosen = {f"{ids().template}.value": "Shops"}
    assert "batch=" in press(analyst, "use_template", batch, **chosen).json["response"][ids().address]["href"]
    gone = press(analyst, "remove_template", batch, **chosen).json["response"][ids().template]
    assert [option["value"] for option in gone["options"]] == ["-"]
    refused = press(analyst, "use_template", batch, **{f"{ids().template}.value": "-"})
    assert "Choose a template first" in refused.text


def test_changes_are_listed_field_by_field(analyst: Any) -> None:
    batch = upload(analyst, HEADER + ROWS.splitlines()[0] + "\n", "first.csv").json["id"]
    worker.run_job(job_of(check(analyst, batch)))
    worker.run_job(job_of(press(analyst, "commit", batch, **{f"{ids().mode}.value": "good_rows"})))
    batch = upload(analyst, HEADER + ROWS.splitlines()[0].replace(",10,", ",12,") + "\n", "second.csv").json["id"]
    worker.run_job(job_of(check(analyst, batch)))
    assert "Quantity: 1 row" in analyst.layout("/data/import", f"?batch={batch}").text
    values = {f"{ids().changed_field}.value": "quantity", f"{ids().batch}.data": batch}
    answer = analyst.call(f"{ids().differences}.rowData", values).json["response"][ids().differences]["rowData"]
    assert [(row["field"], row["before"], row["after"]) for row in answer] == [("Quantity", "10", "12")]


def test_dry_run_that_brings_nothing_in_says_so_and_names_columns_left_out(analyst: Any) -> None:
    content = "Location code,Kind,Regoin\nDC-KLG,dc,North\n"
    address = "/data/import/upload?name=same.csv&entity=locations"
    batch = analyst.post(address, data=content.encode(), content_type="application/octet-stream").json["id"]
    worker.run_job(job_of(check(analyst, batch)))
    shown = analyst.layout("/data/import", f"?batch={batch}").text
    assert "There is nothing to bring in" in shown
    assert "Columns of the file that are not brought in: “Regoin”." in shown
    assert ids().commit not in shown


def test_history_follows_its_filter(analyst: Any, rejected: str) -> None:
    def listed(entity: str) -> list[str]:
        answer = analyst.call(f"{ids().history}.rowData", {f"{ids().history_entity}.value": entity}).json
        return [row["entity"] for row in answer["response"][ids().history]["rowData"]]

    assert "Sales transactions" in listed("-")
    assert set(listed("transactions")) == {"Sales transactions"}
    assert listed("channels") == []


def test_removed_file_is_told_on_its_page(analyst: Any) -> None:
    batch = upload(analyst, HEADER + ROWS, "gone.csv").json["id"]
    imports.batch(viewer_behind(analyst), UUID(batch)).path.unlink()
    page = analyst.layout("/data/import", f"?batch={batch}")
    assert (page.status_code, "is no longer there" in page.text) == (200, True)


def test_landing_page_has_templates_and_explains_the_columns(analyst: Any) -> None:
    page = analyst.layout("/data/import", "?entity=stock").text.replace(SLASH, "/")
    for text in (
        "/data/template/stock.csv",
        "/data/template/stock.xlsx",
        "/data/template/all.zip",
        "Base units on hand.",
    ):
        assert text in page


def test_too_many_files_are_answered_with_the_time_to_wait(analyst: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.settings import settings

    upload(analyst, HEADER + ROWS)
    monkeypatch.setenv("TANDEM_UPLOADS_PER_HOUR", "1")
    settings.cache_clear()
    try:
        answer = upload(analyst, HEADER + ROWS)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_cancelled_check_is_told(analyst: Any) -> None:
    batch = upload(analyst, HEADER + ROWS, "cancelled.csv").json["id"]
    values = {f"{ids().batch}.data": batch}
    body = analyst.envelope(f"{ids().outcome}.children", values, index="import")
    body["inputs"][0]["value"] = {"id": batch, "state": "cancelled", "error": None, "result": None}
    assert "Cancelled. Nothing was changed." in analyst.post("/_dash-update-component", json=body).text


def test_other_choices_than_those_checked_cannot_be_imported(analyst: Any) -> None:
    batch = upload(analyst, HEADER + ROWS, "choices.csv").json["id"]
    worker.run_job(job_of(check(analyst, batch)))
    assert "Dry run" in outcome_after_change(analyst, batch, mode="upsert")
    changed = outcome_after_change(analyst, batch, mode="insert")
    assert "Check the file again" in changed
    assert ids().commit not in changed


def outcome_after_change(visitor: Any, batch: str, *, mode: str) -> str:
    """What is shown of the dry run when the screen holds the choices of the last check but for the mode."""
    found = imports.batch(viewer_behind(visitor), UUID(batch))
    many = {ids().reading: {"delimiter": ","}, ids().column: found.mapping, ids().constant: found.options.constants}
    single = {ids().import_mode: mode, ids().cancellation_prefix: "C", ids().period_start: "", ids().period_end: ""}
    (callback_id,) = (
        found
        for found, spec in visitor.app.callback_map.items()
        if found.startswith(f"{ids().outcome}.children@") and len(spec["inputs"]) > 1
    )
    body = visitor.envelope_of(callback_id, {f"{ids().batch}.data": batch})
    for item in body["inputs"]:
        if isinstance(item, list):
            kind = item[0]["id"]["type"]
            wanted = [({"type": kind, "index": name}, value) for name, value in many[kind].items()]
            place = 0 if item[0]["property"] == "id" else 1
            item[:] = [{"id": each[0], "property": item[0]["property"], "value": each[place]} for each in wanted]
        else:
            item["value"] = single.get(item["id"], "")
    return str(visitor.post("/_dash-update-component", json=body).text)
