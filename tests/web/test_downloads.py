"""Lists as files: the rows of the page, for those who may export and may see the list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from rows import Rows, colleague
from trading import load

from core.errors import NotAllowed, NotFound
from core.permissions import Permission
from services import downloads, order_lines, sales

Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def rows(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", "2026-03-02")
        made = Rows({"KL": load()["site"]})
        made.channel()
        made.product("=cmd|' /C calc'!A0", category="Snacks")
        made.product("00123", category="Snacks")
        made.sell("2025-01-01", "00123", 1, 1)
        made.sell("2026-03-01", "=cmd|' /C calc'!A0", 2, 10.5)
        made.sell("2026-03-01", "00123", 3, 30)
        yield made


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
    monkeypatch.setattr("services.positions.PAGE_ROWS", 1)
    assert visitor("planner").get("/download/positions.csv").data == whole


def test_a_list_without_rows_is_its_header(visitor: Visitors) -> None:
    assert visitor("planner").get("/download/sales.csv?search=nothing+like+it").data.decode("utf-8-sig").split() == [
        ",".join(sales.DOWNLOADED)
    ]


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
@pytest.mark.parametrize("listed", sorted(downloads.LISTS))
def test_partners_get_no_list(visitor: Visitors, name: str, listed: str) -> None:
    answer = visitor(name).get(f"/download/{listed}.csv")
    assert answer.status_code == 403
    assert b"SO-" not in answer.data


@pytest.mark.parametrize("listed", sorted(downloads.LISTS))
def test_strangers_sign_in_first(visitor: Visitors, listed: str) -> None:
    assert visitor().get(f"/download/{listed}.csv").location.startswith("/login")


@pytest.mark.parametrize("path", ["secret", "..%2F..%2Fetc%2Fpasswd", "sales.csv%00", "SALES"])
def test_unknown_lists_are_not_there(visitor: Visitors, path: str) -> None:
    assert visitor("planner").get(f"/download/{path}.csv").status_code in (400, 404)


def test_a_filter_that_makes_no_sense_is_an_answer_not_half_a_file(visitor: Visitors) -> None:
    answer = visitor("planner").get("/download/sales.csv?start=soon", headers={"Accept": "text/csv"})
    assert answer.status_code == 422
    assert "date" in answer.json["error"]


@pytest.mark.parametrize(("listed", "wanted"), sorted(downloads.LISTS.items()))
def test_export_and_the_right_of_the_list_are_both_needed(listed: str, wanted: downloads.DownloadList) -> None:
    for missing in (Permission.EXPORT, wanted.permission):
        with pytest.raises(NotAllowed):
            downloads.download(colleague(without=missing), listed, {})
    with pytest.raises(NotFound):
        downloads.download(colleague(), "no such list", {})


def test_the_button_is_there_for_those_who_may_export(visitor: Visitors) -> None:
    for path in ("/demand/sales", "/demand/order-lines", "/inventory/positions"):
        assert "/download/" in json.dumps(visitor("planner").layout(path).json)
