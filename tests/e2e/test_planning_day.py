"""A planning day in the browser: import → forecast → proposal → order → supplier's counter-proposal → acceptance."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from running_site import Site
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from site_browser import Browser
from sqlalchemy import text

from callbacks.partner.supplier_orders import Ids as SupplierOrders
from callbacks.planner.forecast import Ids as Forecast
from callbacks.planner.forecast_runs import Ids as ForecastRuns
from callbacks.planner.imports import Ids as Imports
from callbacks.planner.inventory import Ids as Inventory
from callbacks.planner.proposals import Ids as Proposals
from callbacks.planner.purchase_orders import Ids as PurchaseOrders
from callbacks.planner.review_queue import Ids as ReviewQueue
from core.clock import today
from data.db import owner_engine

LONG = 90  # seconds for work done by the worker
SALES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def test_planning_day(site: Site, signed_in: Callable[[str], Browser], tmp_path: Path) -> None:
    browser = signed_in("analyst")
    bring_in_sales(browser, tmp_path / "sales.csv")
    browser.sign_out()

    email, item = run_short_of_a_portal_suppliers_item()
    signed_in("planner")
    run_forecast(browser)
    recalculate(browser)
    order = accept_and_send(browser, item)
    browser.sign_out()

    signed_in(email.partition("@")[0])
    promised = today() + timedelta(days=40)
    propose_later_date(browser, order, promised)
    browser.sign_out()

    signed_in("planner")
    accept_answer(browser, order)
    assert confirmed_date(order) == promised
    assert browser.errors() == []


def bring_in_sales(browser: Browser, file: Path) -> None:
    day = today() - timedelta(days=400)
    lines = [f"E{n},E2E-1,Journey sauce,{5 + n % 7},{day + timedelta(days=n)},2.50,,MY\n" for n in range(390)]
    file.write_text(SALES + "".join(lines) + f"E999,E2E-1,Journey sauce,many,{day},2.50,,MY\n")
    browser.open("/data/import")
    browser.find("#upload-file").send_keys(str(file))
    browser.click(Imports.check)  # the page of the import opens by itself
    browser.find_text("No column gives the location")
    browser.find(".toast .btn-close").click()
    first_choice(browser, "location")
    first_choice(browser, "channel")
    browser.click(Imports.check)
    browser.wait(lambda: browser.shows("Dry run"), "no dry run", LONG)
    browser.wait_for_rows(Imports.rows, containing="many")
    browser.choose(Imports.mode, "good_rows")
    browser.click(Imports.commit)
    browser.wait(lambda: browser.shows("Undo this import"), "not imported", LONG)


def first_choice(browser: Browser, field: str) -> None:
    """Take the first place there is for rows that name none."""
    own = f"""//select[contains(@id, '"{field}"') and contains(@id, '{Imports.constant}')]"""
    choices = Select(browser.driver.find_element(By.XPATH, own))
    choices.select_by_value(
        next(o.get_attribute("value") or "" for o in choices.options if o.get_attribute("value") not in ("", "-"))
    )


def run_forecast(browser: Browser) -> None:
    browser.open("/demand/forecast-runs")
    browser.click_text("New forecast", "summary")
    browser.type_into(ForecastRuns.products, "E2E-1")
    browser.click(ForecastRuns.start)
    browser.wait(lambda: "run=" in browser.driver.current_url, "the forecast did not start", LONG)
    browser.wait(lambda: browser.shows("Its series"), "the forecast did not end", LONG)
    browser.click_text("Its series", "a")
    browser.select_row(Forecast.rows, containing="E2E-1")
    browser.find_text("Journey sauce")
    browser.wait(
        lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, ".js-plotly-plot .scatterlayer .trace")) >= 3,
        "no chart",
    )


def run_short_of_a_portal_suppliers_item() -> tuple[str, str]:
    """A stock count finds one unit left of an item, and nothing is on its way: its supplier's e-mail and its code."""
    chosen = """
        select u.email, p.code, p.id from inventory_policy y join supplier_item i on i.product_id = y.product_id
        join supplier s on s.id = i.supplier_id join app_user u on u.company_id = s.company_id
        join product p on p.id = i.product_id
        where y.reorder_point > 10 and not exists (
            select 1 from supplier_item x where x.product_id = i.product_id and x.supplier_id <> i.supplier_id
        ) order by y.reorder_point desc limit 1
    """
    with owner_engine().begin() as connection:
        row = connection.execute(text(chosen)).one()
        connection.execute(text("update stock_lot set quantity = 1 where product_id = :id"), {"id": row.id})
        cancelled = (
            "update purchase_order_line set status = 'cancelled' where product_id = :id and status <> 'received'"
        )
        connection.execute(text(cancelled), {"id": row.id})
        connection.execute(text("select tandem_bump('stock')"))
    return str(row.email), str(row.code)


def recalculate(browser: Browser) -> None:
    browser.open("/inventory/positions")
    browser.click(Inventory.recalculate)
    browser.wait(lambda: "proposals" in browser.find(f"[id='{Inventory.outcome}']").text, "not recalculated", LONG)


def accept_and_send(browser: Browser, item: str) -> str:
    """Accept the proposal for the item, send its order, and return the number of the order."""
    browser.open(f"/inventory/proposals?search={item}")
    browser.select_row(Proposals.rows, containing=item)
    browser.click(Proposals.accept_one)
    browser.find_text("PO-", f"*[@id='{Proposals.outcome}']")
    browser.open("/supply/purchase-orders?show=draft")
    browser.select_row(PurchaseOrders.rows, containing="Draft")
    browser.click(PurchaseOrders.send)
    browser.wait(lambda: "Sent" in browser.find(f"[id='{PurchaseOrders.detail}']").text, "not sent")
    with owner_engine().connect() as connection:
        newest = "select number from purchase_order where status = 'sent' order by sent_at desc nulls last limit 1"
        return str(connection.scalar(text(newest)))


def propose_later_date(browser: Browser, order: str, promised: date) -> None:
    browser.open(f"/portal/supplier/orders?search={order}")
    browser.select_row(SupplierOrders.lines, containing=order)
    browser.click_text("Propose another quantity or date", "summary")
    browser.type_into(SupplierOrders.quantity, "100")
    set_date(browser, SupplierOrders.promised, promised)
    browser.type_into(SupplierOrders.reason, "Our line is down until then")
    browser.click(SupplierOrders.propose)
    browser.find_text("Waiting for the buyer")


def set_date(browser: Browser, component_id: str, value: date) -> None:
    """Fill a date input whatever the browser's own date format is."""
    browser.driver.execute_script(
        "const input = document.getElementById(arguments[0]);"
        "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, arguments[1]);"
        "input.dispatchEvent(new Event('input', {bubbles: true}));"
        "input.dispatchEvent(new Event('change', {bubbles: true}));",
        component_id,
        value.isoformat(),
    )


def accept_answer(browser: Browser, order: str) -> None:
    browser.open("/supply/review-queue")
    browser.select_row(ReviewQueue.rows, containing=order)
    browser.find_text("Our line is down until then")
    browser.click(ReviewQueue.accept)
    browser.wait(lambda: not any(order in row for row in browser.rows(ReviewQueue.rows)), "still in the queue")


def confirmed_date(order: str) -> date:
    statement = """
        select l.latest_confirmed_on from purchase_order_line l join purchase_order o on o.id = l.order_id
        where o.number = :order and l.latest_confirmed_on is not null
    """
    with owner_engine().connect() as connection:
        found: date = connection.execute(text(statement), {"order": order}).scalar_one()
    return found


def test_planner_callback_replayed_with_a_suppliers_cookie_is_refused(
    site: Site, signed_in: Callable[[str], Browser]
) -> None:
    """What a supplier can do at most: post the planner's own request with its own session."""
    browser = signed_in("planner")
    browser.open("/inventory/positions")
    browser.find(".ag-header-cell:nth-child(2) .ag-header-cell-label")
    body = browser.driver.execute_async_script(RECORD)
    browser.sign_out()
    signed_in("supplier")
    browser.open("/portal/supplier/orders")
    answer = browser.driver.execute_async_script(REPLAY, json.loads(body))
    assert answer["status"] == 403
    assert "rows" not in answer["text"]


RECORD = """
const done = arguments[0], send = window.fetch;
window.fetch = function (url, options) {
  if (String(url).includes('_dash-update-component') && String(options.body).includes('planner-inventory')) {
    done(options.body);
  }
  return send.apply(this, arguments);
};
document.querySelector('.ag-header-cell:nth-child(2) .ag-header-cell-label').click();
"""
REPLAY = """
const done = arguments[1], token = document.cookie.match(/_csrf_token=([^;]+)/)[1];
fetch('/_dash-update-component', {
  method: 'POST', body: JSON.stringify(arguments[0]),
  headers: {'Content-Type': 'application/json', 'X-CSRFToken': decodeURIComponent(token)},
}).then(async (answer) => done({status: answer.status, text: await answer.text()}));
"""
