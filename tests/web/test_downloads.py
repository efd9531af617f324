"""Lists as files: the rows of the page, for those who may export and may see the list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from databases import TestServer
from openpyxl import load_workbook
from rows import Rows, colleague
from trading import Trading, load

from core.errors import NotAllowed, NotFound
from core.permissions import ROLES, Permission, Role
from core.viewer import Viewer
from data.db import app_engine, session_scope
from services import (
    admin_downloads,
    downloads,
    order_lines,
    partner_downloads,
    portal_downloads,
    sales,
    supplier_orders,
    supply_downloads,
)
from services.audit import record
from services.download_list import DownloadList
from services.outgoing import Format

Visitors = Callable[..., Any]


PARTNERS = ("supplier", "supplier2", "customer", "customer2", "oem", "oem2")


@pytest.fixture(scope="module")
def trading(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", "2026-03-02")
        yield load()


@pytest.fixture(scope="module", autouse=True)
def rows(trading: Trading) -> Rows:
    made = Rows({"KL": trading["site"]})
    made.channel()
    made.product("=cmd|' /C calc'!A0", category="Snacks")
    made.product("00123", category="Snacks")
    made.sell("2025-01-01", "00123", 1, 1)
    made.sell("2026-03-01", "=cmd|' /C calc'!A0", 2, 10.5)
    made.sell("2026-03-01", "00123", 3, 30)
    return made


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_sales_as_a_file(visitor: Visitors) -> None:
    answer = visitor("planner").get("/download/sales.csv")
    found = table(answer)
    assert tuple(found[0]) == sales.DOWNLOADED
    assert [(row["code"], row["quantity"], row["revenue"]) for row in found] == [
        ("00123", "3", "30"),
        ("'=cmd|' /C calc'!A0", "2", "10.5"),
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sales-2026-03-02.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_the_filters_of_the_page_hold_for_the_file(visitor: Visitors) -> None:
    found = table(visitor("planner").get("/download/sales.csv?by=category&start=2025-01-01&end=2025-01-31"))
    assert [(row["code"], row["revenue"], row["revenue_last_year"]) for row in found] == [("Snacks", "1", "")]


def test_order_lines_as_a_file(visitor: Visitors) -> None:
    found = table(visitor("executive").get("/download/order-lines.csv?show=late&search=gamma"))
    assert tuple(found[0]) == order_lines.DOWNLOADED
    assert [(row["number"], row["line_no"], row["on_time"], row["in_full"], row["days_late"]) for row in found] == [
        ("SO-GAMMA", "2", "no", "yes", "2")
    ]
    assert found[0]["delivered_date"] == "2026-02-22"


def test_positions_as_a_file(visitor: Visitors) -> None:
    """Alpha's item: 250 in stock at 770,077; Beta's has no policy."""
    planner = visitor("planner")
    found = {row["code"]: row for row in table(planner.get("/download/positions.csv?status=-&location=KL"))}
    assert tuple(found["ALPHA-ITEM"]) == downloads.POSITION_COLUMNS
    assert (found["ALPHA-ITEM"]["on_hand"], found["ALPHA-ITEM"]["stock_value"]) == ("250", "192519250")
    assert found["BETA-ITEM"]["reorder_point"] == ""
    assert table(planner.get("/download/positions.csv?search=no+such+item")) == []


def test_a_long_list_comes_whole(visitor: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = visitor("planner").get("/download/positions.csv").data
    monkeypatch.setattr("services.downloads.PAGE_ROWS", 1)
    monkeypatch.setattr("services.listed_rows.PAGE_ROWS", 1)
    assert visitor("planner").get("/download/positions.csv").data == whole


def test_a_list_without_rows_is_its_header(visitor: Visitors) -> None:
    assert visitor("planner").get("/download/sales.csv?search=nothing+like+it").data.decode("utf-8-sig").split() == [
        ",".join(sales.DOWNLOADED)
    ]


def may(name: str, listed: str) -> bool:
    """Colleagues need the right to export besides that of the list; partners take their own lists along."""
    rights, wanted = ROLES[Role(name.rstrip("2"))], downloads.LISTS[listed].permission
    return wanted in rights and (Permission.EXPORT in rights or listed in portal_downloads.LISTS)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["planner", "executive", "analyst", *PARTNERS])
def test_each_role_gets_its_own_lists_and_no_other(visitor: Visitors, name: str, kind: str) -> None:
    person = visitor(name)
    for listed in downloads.LISTS:
        answer = person.get(f"/download/{listed}.{kind}")
        if may(name, listed):
            assert answer.status_code in (200, 404, 422), (listed, answer.text)  # no forecast was made here
        else:
            assert answer.status_code == 403, listed
            assert b"SO-" not in answer.data


@pytest.mark.parametrize(
    ("name", "listed", "column", "own"),
    [
        ("supplier", "supplier-orders", "order", "PO-ALPHA"),
        ("supplier2", "supplier-orders", "order", "PO-BETA"),
        ("customer", "customer-orders", "order", "SO-GAMMA"),
        ("customer2", "customer-orders", "order", "SO-DELTA"),
        ("oem", "oem-orders", "number", "MO-OMEGA"),
        ("oem2", "oem-orders", "number", "MO-SIGMA"),
        ("oem", "oem-quality", "number", "MO-OMEGA"),
    ],
)
@pytest.mark.parametrize("query", ["?show=all", "?show=all&search=O-", "?show=nonsense", "?company_id=1&show=all"])
def test_partners_take_along_their_own_orders_only(
    visitor: Visitors, name: str, listed: str, column: str, own: str, query: str
) -> None:
    answer = visitor(name).get(f"/download/{listed}.csv{query}")
    assert b"CANARY" not in answer.data
    found = table(answer)
    assert found
    assert {row[column][: len(own)] for row in found} == {own}


def test_what_a_partner_looks_for_at_a_neighbour_is_not_there(visitor: Visitors) -> None:
    for name, listed, foreign in (
        ("supplier", "supplier-orders", "BETA"),
        ("customer", "customer-orders", "DELTA"),
        ("oem", "oem-orders", "SIGMA"),
    ):
        assert table(visitor(name).get(f"/download/{listed}.csv?show=all&search={foreign}")) == [], name


def test_the_file_has_the_rows_of_the_partners_page(visitor: Visitors) -> None:
    supplier = visitor("supplier")
    for show in ("open", "to_confirm", "overdue", "all"):
        rows = rows_of(supplier.layout("/portal/supplier/orders", f"?show={show}").json)
        found = table(supplier.get(f"/download/supplier-orders.csv?show={show}"))
        assert [f"{row['order']} / {row['line_no']}" for row in found] == [
            row["order"].partition("\n")[0] for row in rows
        ], show


def rows_of(component: Any) -> list[dict[str, Any]]:
    """The rows of the first grid in a layout."""
    if isinstance(component, dict):
        if component.get("rowData"):
            return list(component["rowData"])
        component = list(component.values())
    inner = component if isinstance(component, list) else []
    return next((rows for part in inner if (rows := rows_of(part))), [])


def test_a_workbook_has_typed_cells_and_a_header_that_stays(visitor: Visitors) -> None:
    answer = visitor("planner").get("/download/order-lines.xlsx?show=late&search=gamma")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="order-lines-2026-03-02.xlsx"'
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book["Order lines"]
    assert sheet.freeze_panes == "A2"
    header, row = sheet.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert tuple(header) == order_lines.DOWNLOADED
    assert (found["number"], str(found["delivered_date"])) == ("SO-GAMMA", "2026-02-22 00:00:00")
    assert isinstance(found["ordered_quantity"], int)


def test_a_workbook_runs_no_formulas(visitor: Visitors) -> None:
    sheet = load_workbook(io.BytesIO(visitor("planner").get("/download/sales.xlsx").data))["Sales"]
    codes = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in codes] == [("00123", "s"), ("'=cmd|' /C calc'!A0", "s")]


@pytest.mark.parametrize(
    ("address", "column", "expected"),
    [
        ("sales.csv?sort=revenue:asc", "code", ["'=cmd|' /C calc'!A0", "00123"]),
        ("sales.csv?sort=code:desc", "code", ["'=cmd|' /C calc'!A0", "00123"]),
        ("positions.csv?sort=code:desc&search=TA-ITEM", "code", ["DELTA-ITEM", "BETA-ITEM"]),
        ("order-lines.csv?show=late&sort=order:asc", "number", ["SO-DELTA", "SO-GAMMA"]),
        ("order-lines.csv?show=late&sort=order:desc", "number", ["SO-GAMMA", "SO-DELTA"]),
        ("purchase-orders.csv?show=sent&sort=number:desc", "number", ["PO-BETA", "PO-ALPHA"]),
        ("sales.csv?sort=nonsense:up,,:", "code", ["00123", "'=cmd|' /C calc'!A0"]),
    ],
)
def test_the_file_is_sorted_as_the_grid_is(visitor: Visitors, address: str, column: str, expected: list[str]) -> None:
    assert [row[column] for row in table(visitor("planner").get(f"/download/{address}"))] == expected


def test_purchase_orders_as_a_file(visitor: Visitors) -> None:
    found = table(visitor("planner").get("/download/purchase-orders.csv?show=-&supplier=ALPHA&search=PO-"))
    assert tuple(found[0]) == supply_downloads.ORDER_COLUMNS
    assert [(row["number"], row["status"], row["late"]) for row in found] == [("PO-ALPHA", "sent", "2")]


def test_the_review_queue_as_a_file(visitor: Visitors, viewer_of: Callable[[str], Viewer], trading: Trading) -> None:
    planner = visitor("planner")
    assert table(planner.get("/download/review-queue.csv")) == []
    promised_on = (date(2026, 3, 2) + timedelta(days=40)).isoformat()
    supplier_orders.counter(
        viewer_of("supplier"), trading["alpha.later"], 1, quantity=80, promised_on=promised_on, reason="=2+5"
    )
    (found,) = table(planner.get("/download/review-queue.csv?show=counter"))
    assert tuple(found) == supply_downloads.ANSWER_COLUMNS
    assert (found["order"], found["line_no"], found["kind"], found["days_later"]) == ("PO-ALPHA", "1", "counter", "10")
    assert found["reason"] == "'=2+5"
    assert table(planner.get("/download/review-queue.csv?show=confirm")) == []


def test_what_is_about_partners_as_files(visitor: Visitors) -> None:
    planner = visitor("planner")
    found = {listed: table(planner.get(f"/download/{listed}.csv")) for listed in partner_downloads.LISTS}
    expected = {row["order"] for row in found["expected-deliveries"]}
    assert "PO-ALPHA" in expected
    where = json.dumps({"order": {"filterType": "text", "type": "contains", "filter": "alpha"}})
    narrowed = table(planner.get("/download/expected-deliveries.csv", query_string={"where": where}))
    assert {row["order"] for row in narrowed} == {"PO-ALPHA"} != expected


@pytest.mark.parametrize("listed", ["people", "audit", "jobs", "mail"])
def test_administrators_take_along_what_they_look_after(listed: str, rows: Rows) -> None:
    with downloads.download(colleague(Role.ADMIN), listed, Format.CSV, {}) as found:
        content = b"".join(found.chunks).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(content, newline=""))
    assert tuple(header) == downloads.LISTS[listed].columns
    if listed == "people":
        people = [dict(zip(header, line, strict=True)) for line in lines]
        assert {"planner@demo.tandem.example", "oem2@demo.tandem.example"} <= {found["email"] for found in people}
        assert {found["state"] for found in people} == {"Active"}


def test_a_long_trail_comes_whole_and_filtered(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = colleague(Role.ADMIN)
    with session_scope(admin) as session:
        for number in range(7):
            record(session, admin, "test.write", subject="test", subject_id=number, after={"note": "=1+1"})
    monkeypatch.setattr(admin_downloads, "LARGEST_PAGE", 3)
    with downloads.download(admin, "audit", Format.CSV, {"about": "test"}) as found:
        content = b"".join(found.chunks).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [line["subject_id"] for line in lines] == [str(number) for number in reversed(range(7))]
    assert json.loads(lines[0]["after"]) == {"note": "=1+1"}


def test_columns_filtered_in_the_grid_are_so_in_the_file(rows: Rows) -> None:
    where = json.dumps({"email": {"filterType": "text", "type": "startsWith", "filter": "SUPPLIER"}})
    query = {"where": where, "sort": "email:desc"}
    with downloads.download(colleague(Role.ADMIN), "people", Format.CSV, query) as found:
        lines = list(csv.DictReader(io.StringIO(b"".join(found.chunks).decode("utf-8-sig"), newline="")))
    people = ["supplier", "supplier2", "supplier-viewer", "supplier-colleague"]
    assert [line["email"].partition("@")[0] for line in lines] == people


@pytest.mark.parametrize("listed", sorted(downloads.LISTS))
def test_strangers_sign_in_first(visitor: Visitors, listed: str) -> None:
    assert visitor().get(f"/download/{listed}.csv").location.startswith("/login")


@pytest.mark.parametrize("kind", ["zip", "exe", "CSV", "json"])
def test_other_kinds_of_file_are_not_there(visitor: Visitors, kind: str) -> None:
    assert visitor("planner").get(f"/download/sales.{kind}").status_code == 404


@pytest.mark.parametrize("path", ["secret", "..%2F..%2Fetc%2Fpasswd", "sales.csv%00", "SALES"])
def test_unknown_lists_are_not_there(visitor: Visitors, path: str) -> None:
    assert visitor("planner").get(f"/download/{path}.csv").status_code in (400, 404)


def test_a_filter_that_makes_no_sense_is_an_answer_not_half_a_file(visitor: Visitors) -> None:
    answer = visitor("planner").get("/download/sales.csv?start=soon", headers={"Accept": "text/csv"})
    assert answer.status_code == 422
    assert "date" in answer.json["error"]


@pytest.mark.parametrize(("listed", "wanted"), sorted(downloads.LISTS.items()), ids=sorted(downloads.LISTS))
def test_the_right_of_the_list_is_needed_and_colleagues_need_export_too(listed: str, wanted: DownloadList) -> None:
    for missing in (Permission.EXPORT, wanted.permission):
        if missing is Permission.EXPORT and listed in portal_downloads.LISTS:
            continue
        with pytest.raises(NotAllowed):
            downloads.download(colleague(without=missing), listed, Format.CSV, {})


def test_no_two_lists_share_a_name() -> None:
    parts = [part.LISTS for part in vars(downloads).values() if isinstance(getattr(part, "LISTS", None), dict)]
    names = [name for part in parts for name in part]
    assert len(names) == len(set(names))


def test_a_list_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        downloads.download(colleague(), "no such list", Format.CSV, {})


@pytest.mark.parametrize(
    ("name", "path", "listed"),
    [
        ("planner", "/demand/sales", "sales"),
        ("planner", "/demand/order-lines", "order-lines"),
        ("planner", "/inventory/positions", "positions"),
        ("planner", "/inventory/proposals", "proposals"),
        ("executive", "/supply/purchase-orders", "purchase-orders"),
        ("analyst", "/supply/review-queue", "review-queue"),
        ("analyst", "/supply/goods-receipt", "expected-deliveries"),
        ("supplier", "/portal/supplier/orders", "supplier-orders"),
        ("customer", "/portal/customer/orders", "customer-orders"),
        ("oem", "/portal/oem/production-orders", "oem-orders"),
        ("oem", "/portal/oem/risks", "oem-risks"),
        ("oem", "/portal/oem/materials", "oem-materials"),
        ("oem", "/portal/oem/quality", "oem-quality"),
    ],
)
def test_the_page_has_a_button_for_each_kind_of_file(visitor: Visitors, name: str, path: str, listed: str) -> None:
    page = json.dumps(visitor(name).layout(path).json)
    for kind in ("csv", "xlsx"):
        assert f'"/download/{listed}.{kind}' in page
    assert '"data-grid"' in page


def test_who_may_not_export_sees_no_button(visitor: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.download.viewer", lambda: colleague(without=Permission.EXPORT))
    assert "/download/" not in json.dumps(visitor("planner").layout("/inventory/proposals").json)


def test_a_file_that_nobody_reads_keeps_no_connection(visitor: Visitors) -> None:
    person = visitor("planner")
    pool = app_engine().pool
    busy = pool.checkedout()  # type: ignore[attr-defined]
    answer = person.http.get("/download/order-lines.csv")
    answer.close()
    assert pool.checkedout() == busy  # type: ignore[attr-defined]
