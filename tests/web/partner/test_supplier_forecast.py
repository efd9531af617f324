"""The commit grid by its buttons and as a file, and what reaches a supplier of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from data.db import owner_engine

PATH = "/portal/supplier/forecast"
FOUND = """
insert into supplier_agreement (supplier_id, horizon, bucket, level, firm_fence, near_warn, near_bad, far_warn, far_bad,
    shared_from) values (:party, 2, 'month', 'item', 1, 0.05, 0.1, 0.2, 0.4, '2026-01-01');
"""
LINE = """
with made as (
    insert into supplier_forecast (supplier_id, number, plan_day, bucket, level, fence_ends_on)
    values (:party, 1, '2026-03-02', 'month', 'item', '2026-04-01') returning id
)
insert into supplier_forecast_line (forecast_id, product_id, starts_on, ends_on, forecast, firm)
select id, :item, starts_on, starts_on + 30, :forecast, 100
from made, (values (date '2026-03-01'), (date '2026-04-01')) t (starts_on)
"""


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        found = load()
        with owner_engine().begin() as connection:
            for company, forecast in (("alpha", 1000), ("beta", 8642)):
                named = {"party": found[f"{company}.party"], "item": found[f"{company}.item"], "forecast": forecast}
                connection.execute(text(FOUND), named)
                connection.execute(
                    text(
                        "insert into supplier_item (supplier_id, product_id, price, lead_time_days) "
                        "values (:party, :item, 660066, 14)"
                    ),
                    named,
                )
                connection.execute(text(LINE), named)
        yield found


def visitor(name: str) -> Any:
    from visitor import Visitor

    return Visitor.of(name)


def sheet_of(who: Any) -> str:
    return str(who.get("/download/supplier-forecast.csv").text)


def test_grid_shows_the_own_forecast_and_nothing_of_prices_or_others(ids: Trading) -> None:
    shown = visitor("supplier").layout(PATH).text
    assert "ALPHA-ITEM" in shown
    for secret in ("BETA", "8642", "660066", "770077", "CANARY"):
        assert secret not in shown


def test_commits_are_sent_and_wait(ids: Trading) -> None:
    from callbacks.partner.supplier_forecast import Ids

    who = visitor("supplier")
    item = f"{ids['alpha.item']}-0"
    with owner_engine().connect() as connection:
        version = connection.scalar(
            text("select id from supplier_forecast where supplier_id = :party"), {"party": ids["alpha.party"]}
        )
    rows = [
        {"id": f"{item}|commit", "item": item, "measure": "commit", "2026-03-01": "900", "2026-04-01": None},
        {"id": f"{item}|comment", "item": item, "measure": "comment", "2026-03-01": "Holiday"},
    ]
    answer = who.press(Ids.send, {f"{Ids.rows}.rowData": rows, f"{Ids.shown}.data": {"version": version}})
    assert answer.status_code == 200
    shown = answer.json["response"][Ids.rows]["rowData"]
    difference = next(row for row in shown if row["measure"] == "difference")
    assert difference["2026-03-01"] == "▲ −100"
    assert "With the buyer" in answer.text
    sheet = sheet_of(who)
    assert "Holiday" in sheet
    assert "900" in sheet


def test_sheet_sent_back_as_it_was_changes_nothing(ids: Trading) -> None:
    who = visitor("supplier-colleague")
    sheet = sheet_of(who)
    assert who.post(f"{PATH}/sheet", data=sheet.encode()).json["id"] == "0"
    filled = sheet.replace(",100.0000,,", ",100.0000,1234,")
    assert filled != sheet
    assert who.post(f"{PATH}/sheet", data=filled.encode()).json["id"] == "1"
    assert "1234" in sheet_of(who)


@pytest.mark.parametrize(
    "body", ["", "a,b\n1,2\n", "item,location,starts_on,commit,comment\nBETA-ITEM,,2026-03-01,1,\n"]
)
def test_bad_sheets_are_refused_with_a_reason(ids: Trading, body: str) -> None:
    assert visitor("supplier").post(f"{PATH}/sheet", data=body.encode()).status_code == 422
    assert visitor("supplier-viewer").post(f"{PATH}/sheet", data=body.encode()).status_code == 403


def test_typed_figures_are_compared_at_once(ids: Trading) -> None:
    from callbacks.partner.supplier_forecast import Ids

    rows = [
        {"id": "7-0|forecast", "item": "7-0", "measure": "forecast", "2026-03-01": 1000},
        {"id": "7-0|commit", "item": "7-0", "measure": "commit", "2026-03-01": "500"},
        {"id": "7-0|difference", "item": "7-0", "measure": "difference", "2026-03-01": "–"},
    ]
    values = {
        f"{Ids.rows}.cellValueChanged": [{"data": rows[1]}],
        f"{Ids.rows}.rowData": rows,
        f"{Ids.shown}.data": {"near": ["2026-03-01"], "terms": {"near_warn": 0.05, "near_bad": 0.1}},
    }
    answer = visitor("supplier").call(f"{Ids.rows}.rowTransaction", values)
    (row,) = answer.json["response"][Ids.rows]["rowTransaction"]["update"]
    assert (row["2026-03-01"], row["tones"]) == ("◆ −500", {"2026-03-01": "bad"})


def test_viewer_reads_the_grid_and_cannot_send(ids: Trading) -> None:
    from callbacks.partner.supplier_forecast import Ids

    who = visitor("supplier-viewer")
    assert "ALPHA-ITEM" in who.layout(PATH).text
    assert who.press(Ids.send, {f"{Ids.rows}.rowData": [], f"{Ids.shown}.data": {"version": 1}}).status_code == 403


def test_withheld_feature_closes_page_and_file(ids: Trading) -> None:
    withheld = {"company": ids["beta"]}
    with owner_engine().begin() as connection:
        connection.execute(text("insert into company_withheld values (:company, 'portal.supplier.forecast')"), withheld)
    who = visitor("supplier2")
    assert who.get("/download/supplier-forecast.csv").status_code == 403
