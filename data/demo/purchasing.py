"""Purchase orders with their confirmations and receipts, and what the portal suppliers answered."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.basis import Basis
from data.demo.calendar import MALAYSIA, Calendar
from data.demo.flows import ORDER_DAYS, Flow
from data.demo.frames import days_or_none, lots_of, numbered, order_numbers, rows
from data.demo.notes import internal_notes
from data.demo.people import PLANNER_ID, SUPPLIER_USER_IDS
from data.demo.rules import SupplierRule
from data.demo.scale import stream

Ints = NDArray[np.int64]

ANSWER_DAYS = 3  # suppliers without portal have answered after so many days
PORTAL_ANSWER_DAYS = 10
HONEST_SHARE = 0.3  # of lines whose first confirmation knows the true mean lead time
TOLD_SHARE = 0.6  # of late lines of which the supplier tells a later date
CANCELLED_SHARE = 0.01
PRICE_RISE_PER_YEAR = 0.02
DRAFTS = 3


def order_lines(basis: Basis, flows: list[Flow], terms: pd.DataFrame) -> pd.DataFrame:
    """One row a line bought, days as calendar index: what was ordered, what came when, and what was confirmed."""
    calendar = basis.calendar
    lines = pd.concat([_bought_rows(flow) for flow in flows], ignore_index=True)
    lines = lines[lines["day"] >= calendar.history - ORDER_DAYS]
    lines = lines.merge(terms[["supplier_id", "product_id", "price"]], on=["supplier_id", "product_id"])
    lines = lines.sort_values(["day", "supplier_id", "location_id", "product_id"], ignore_index=True)
    _confirm(lines, basis.network.supplier_rules, calendar)
    return _with_orders(lines, calendar)


def purchase_frames(basis: Basis, lines: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables purchase_order, purchase_order_line, receipt and supplier_response."""
    calendar, suppliers = basis.calendar, basis.network.suppliers
    lines = _with_cancelled(lines, calendar)
    answers = _answers(lines, suppliers, calendar)
    lines["version"] = np.where(lines["id"].isin(answers.loc[answers["status"] == "accepted", "line_id"]), 2, 1)
    return {
        "purchase_order": _orders(basis, lines),
        "purchase_order_line": _line_table(lines, calendar),
        "receipt": receipts(lines, basis.catalogue.products, calendar),
        "supplier_response": answers,
    }


def receipts(lines: pd.DataFrame, products: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """What came in until yesterday."""
    parts = pd.concat(
        [
            lines.rename(columns={f"{part}_day": "on", f"{part}_quantity": "came"})[["id", "product_id", "on", "came"]]
            for part in ("first", "last")
        ]
    )
    parts = parts[(parts["came"] > 0) & (parts["on"] < calendar.history)].sort_values(["on", "id"], kind="stable")
    return numbered(
        pd.DataFrame(
            {
                "line_id": parts["id"].to_numpy(),
                "received_on": calendar.days[parts["on"]],
                "quantity": parts["came"].to_numpy(),
                "lot": lots_of(parts["product_id"], parts["on"], products, calendar),
            }
        )
    )


def _bought_rows(flow: Flow) -> pd.DataFrame:
    orders = flow.orders
    supplier = flow.supplier[orders.day, orders.item]
    chosen = supplier > 0
    item, unit = orders.item[chosen], flow.unit[orders.item[chosen]]
    return pd.DataFrame(
        {
            "supplier_id": supplier[chosen],
            "product_id": flow.product_id[item],
            "location_id": flow.location_id[item],
            "day": flow.first_day + orders.day[chosen],
            "quantity": np.round(orders.quantity[chosen] * unit, 3),
            "first_day": flow.first_day + orders.first_day[chosen],
            "first_quantity": np.round(orders.first_quantity[chosen] * unit, 3),
            "last_day": flow.first_day + orders.last_day[chosen],
            "last_quantity": np.round(orders.last_quantity[chosen] * unit, 3),
        }
    )


def _confirm(lines: pd.DataFrame, rules: tuple[SupplierRule, ...], calendar: Calendar) -> None:
    rng = stream("confirmations")
    today, count = calendar.history, len(lines)
    contract = np.array([0, *(rule.contract_days for rule in rules)])[lines["supplier_id"]]
    longer = [max(round(rule.mean_days) - rule.contract_days, 0) for rule in rules]
    slower = np.array([0, *longer])[lines["supplier_id"]]
    lines["requested"] = lines["day"] + contract
    lines["first_confirmed"] = lines["requested"] + np.where(rng.random(count) < HONEST_SHARE, slower, 0)
    told = (rng.random(count) < TOLD_SHARE) & (lines["last_day"] > lines["first_confirmed"])
    later = np.maximum(lines["last_day"] - rng.integers(0, 2, count), lines["first_confirmed"])
    lines["latest_confirmed"] = np.where(told, later, lines["first_confirmed"])
    complete = lines["last_day"] < today
    patience = np.where(lines["supplier_id"] <= len(SUPPLIER_USER_IDS), PORTAL_ANSWER_DAYS, ANSWER_DAYS)
    began = (lines["first_day"] < today) & (lines["first_quantity"] > 0)
    waiting = ~complete & ~began & (lines["day"] >= today - patience)
    lines["status"] = np.select([complete, waiting], ["received", "open"], "confirmed")
    lines["received"] = np.where(lines["first_day"] < today, lines["first_quantity"], 0.0) + np.where(
        complete, lines["last_quantity"], 0.0
    )


def _with_orders(lines: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Lines of one day to one place with one supplier share an order; ids in order of time."""
    lines["order_id"] = lines.groupby(["day", "supplier_id", "location_id"]).ngroup() + 1
    lines["line_no"] = lines.groupby("order_id").cumcount() + 1
    years = (calendar.history - lines["day"]) / 365.25
    lines["unit_price"] = np.round(lines["price"] * (1 - PRICE_RISE_PER_YEAR * years), 4)
    lines["number"] = order_numbers("PO", lines["order_id"], lines["day"], calendar)
    return numbered(lines)


def _with_cancelled(lines: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Some lines were taken back: the same item again, on an order of long ago."""
    rng = stream("cancelled lines")
    old = lines[lines["day"] < calendar.history - 30]
    again = old[rng.random(len(old)) < CANCELLED_SHARE].drop_duplicates("order_id").copy()
    again["line_no"] = again["order_id"].map(lines.groupby("order_id")["line_no"].max()) + 1
    again["id"] = np.arange(len(lines) + 1, len(lines) + len(again) + 1)
    again["status"], again["received"] = "cancelled", 0.0
    again[["first_quantity", "last_quantity"]] = 0.0
    return pd.concat([lines, again], ignore_index=True)


def _drafts(orders: pd.DataFrame, calendar: Calendar) -> Ints:
    """The newest orders to suppliers without portal are not sent yet."""
    fresh = orders[(orders["day"] >= calendar.history - 3) & (orders["supplier_id"] > len(SUPPLIER_USER_IDS))]
    return np.asarray(fresh.nlargest(DRAFTS, "day", keep="first")["order_id"])


def _orders(basis: Basis, lines: pd.DataFrame) -> pd.DataFrame:
    calendar = basis.calendar
    states = lines.assign(is_open=lines["status"].isin(["open", "confirmed"]), only_open=lines["status"] == "open")
    orders = states.groupby("order_id", as_index=False).agg(
        number=("number", "first"),
        supplier_id=("supplier_id", "first"),
        location_id=("location_id", "first"),
        day=("day", "first"),
        is_open=("is_open", "any"),
        only_open=("only_open", "all"),
    )
    drafts = _drafts(orders[orders["only_open"]], calendar)
    status = np.select([orders["order_id"].isin(drafts), orders["is_open"]], ["draft", "sent"], "closed")
    days = [calendar.day(int(day)) for day in orders["day"]]
    codes = orders["supplier_id"].map(basis.network.suppliers.set_index("id")["code"])
    return pd.DataFrame(
        {
            "id": orders["order_id"],
            "number": orders["number"],
            "supplier_id": orders["supplier_id"],
            "location_id": orders["location_id"],
            "status": status,
            "ordered_on": days,
            "sent_at": [
                None if state == "draft" else _at(day, 10) for day, state in zip(days, status, strict=True)
            ],
            "created_by": PLANNER_ID,
            "internal_note": internal_notes("purchase", codes, orders["number"], basis.scale),
        }
    )  # fmt: skip


def _line_table(lines: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    answered = lines["status"].isin(["confirmed", "received"])
    return pd.DataFrame(
        {
            "id": lines["id"],
            "order_id": lines["order_id"],
            "line_no": lines["line_no"],
            "product_id": lines["product_id"],
            "quantity": lines["quantity"],
            "unit_price": lines["unit_price"],
            "requested_on": calendar.days[lines["requested"]],
            "first_confirmed_on": days_or_none(lines["first_confirmed"], answered, calendar),
            "latest_confirmed_on": days_or_none(lines["latest_confirmed"], answered, calendar),
            "confirmed_quantity": lines["quantity"].where(answered),
            "actual_on": days_or_none(lines["last_day"], lines["status"] == "received", calendar),
            "received_quantity": lines["received"],
            "status": lines["status"],
            "version": lines["version"],
        }
    )


def _answers(lines: pd.DataFrame, suppliers: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Portal suppliers answered their lines of the last two months; the second one waits for a decision."""
    recent = (lines["supplier_id"] <= len(SUPPLIER_USER_IDS)) & (lines["day"] >= calendar.history - 60)
    accepted = lines[recent & lines["status"].isin(["confirmed", "received"])]
    waiting = lines[recent & (lines["status"] == "open") & (lines["supplier_id"] == len(SUPPLIER_USER_IDS))].tail(1)
    company = suppliers.set_index("id")["company_id"]
    answers = [_answer(line, company, calendar, decided=True) for line in rows(accepted)]
    answers += [_answer(line, company, calendar, decided=False) for line in rows(waiting)]
    return numbered(pd.DataFrame(answers).astype({"decided_by": "Int64"}))


def _answer(line: Any, company: pd.Series[int], calendar: Calendar, *, decided: bool) -> dict[str, object]:
    promised = line.first_confirmed if decided else line.requested + 5
    counter = promised != line.requested
    answered = calendar.day(min(int(line.day) + 1, calendar.history - 1))
    return {
        "company_id": int(company[line.supplier_id]),
        "line_id": line.id,
        "line_version": 1,
        "kind": "counter" if counter else "confirm",
        "quantity": line.quantity,
        "promised_on": calendar.day(int(promised)),
        "reason": "Our line is full until then." if counter else None,
        "status": "accepted" if decided else "pending",
        "created_by": SUPPLIER_USER_IDS[line.supplier_id - 1],
        "created_at": _at(answered, 9),
        "decided_by": PLANNER_ID if decided else None,
        "decided_at": _at(answered, 15) if decided else None,
    }


def _at(day: Any, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=MALAYSIA)
