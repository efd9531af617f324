"""What partners ask for beside their forecasts: some of it waits, some was decided; and what the log says of all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from data.demo.frames import numbered, rows
from data.demo.people import PLANNER_ID, PORTAL_COMPANIES, SALES_ID
from data.demo.portal_deliveries import partner_lines
from data.demo.portal_log import Log, Row, at, person_of

QUEUE = "/supply/partner-requests"
# By kind: its title and the partner's page, as the services declare them (services.submission_kinds).
KINDS = {
    "customer_forecast": ("Forecast of a customer", "/portal/customer/forecast"),
    "customer_promotion": ("Promotion of a customer", "/portal/customer/promotions"),
    "customer_return": ("Return", "/portal/customer/returns"),
    "lead_time_change": ("Change of a lead time", "/portal/supplier/capacity"),
    "oem_demand": ("Demand of an OEM", "/portal/oem/demand"),
    "oem_priority": ("Priority of an OEM", "/portal/oem/production-orders"),
    "order_change": ("Order change", "/portal/customer/orders"),
    "recipe_objection": ("Objection to a recipe", "/portal/oem/changes"),
    "scorecard_dispute": ("Scorecard dispute", "/portal/supplier/scorecard"),
    "supplier_capacity": ("Capacity of a supplier", "/portal/supplier/capacity"),
    "vmi_levels": ("Levels of managed stock", "/portal/supplier/stock"),
    "vmi_replenishment": ("Replenishment of managed stock", "/portal/supplier/stock"),
}
CLOSED_AFTER, CLOSED_DAYS = 80, 5
LONGER_DAYS, LATER_DAYS, CHANGE_DAYS = 4, 30, 2
TRUCE = "Your gate was closed for the holiday; we were there in time."


@dataclass(frozen=True, slots=True)
class Wish:
    """Asked so many days ago; ``status`` pending, accepted or rejected, with the answer."""

    company: int
    kind: str
    subject_id: object
    payload: dict[str, Any]
    title: str
    ago: int
    status: str = "pending"
    note: str | None = None
    answer: str | None = None


def partner_submissions(
    frames: dict[str, pd.DataFrame], objections: dict[int, dict[str, Any]], log: Log
) -> dict[str, pd.DataFrame]:
    """Tables partner_submission, with the forecasts that are in it already, and scorecard_exclusion."""
    disputes, excluded = _disputes(frames, log.today)
    wishes = [*disputes, *supplier_wishes(frames, log.today), *_of_customers(frames, log.today)]
    wishes += [*_of_oems(frames, log.today), *_objected(objections)]
    sent = frames["partner_submission"]
    sent = sent.assign(version=sent["decided_at"].notna() + 1)
    found = submitted(wishes, log, sent=sent, titles=_titles(frames))
    return {"partner_submission": found, "scorecard_exclusion": excluded}


def submitted(wishes: Sequence[Wish], log: Log, *, sent: pd.DataFrame, titles: Sequence[str]) -> pd.DataFrame:
    """Table partner_submission: what was sent already, by its titles, and the wishes."""
    made = pd.DataFrame([_row(wish, log.today) for wish in wishes])
    found = numbered(pd.concat([sent, made], ignore_index=True))
    every = [*titles, *(wish.title for wish in wishes)]
    for title, row in zip(every, rows(found.astype({"decided_at": object})), strict=True):
        _tell(row, title, log)
    return found.astype({"decided_by": "Int64"})


def supplier_wishes(frames: dict[str, pd.DataFrame], today: date) -> list[Wish]:
    """Days on which the first supplier is closed, stock that it manages, and a longer lead time of the second."""
    first, second = PORTAL_COMPANIES["supplier"]
    closed, opens = today + timedelta(CLOSED_AFTER), today + timedelta(CLOSED_AFTER + CLOSED_DAYS)
    closure = {"what": "closure", "first_on": f"{closed}", "last_on": f"{opens}", "reason": "Overhaul of the mill."}
    title = f"Closed from {closed} to {opens}"
    return [
        Wish(first, "supplier_capacity", f"closure|{closed}", closure, title, ago=4),
        *_longer(frames, second, today),
        *_managed(frames, first, today),
    ]


def _longer(frames: dict[str, pd.DataFrame], company: int, today: date) -> list[Wish]:
    terms = frames["supplier_item"]
    own = terms[terms["supplier_id"] == _party(frames["supplier"], company)].sort_values("product_id")
    if own.empty:
        return []
    item = own.iloc[0]
    days, code = int(item["lead_time_days"]) + LONGER_DAYS, _code(frames, item["product_id"])
    payload = {
        "product_id": int(item["product_id"]),
        "lead_time_days": days,
        "valid_from": f"{today + timedelta(LATER_DAYS)}",
        "reason": "The resin comes from a port further away.",
    }
    title = f"Lead time of {code}: {days} days"
    return [Wish(company, "lead_time_change", item["product_id"], payload, title, ago=2)]


def _managed(frames: dict[str, pd.DataFrame], company: int, today: date) -> list[Wish]:
    own = frames.get("supplier_managed_item", pd.DataFrame())
    wishes: list[Wish] = []
    for place, item in enumerate(rows(own.head(2))):
        code = _code(frames, item.product_id)
        keys = {"product_id": int(item.product_id), "location_id": int(item.location_id), "item": code}
        subject = f"{item.product_id}-{item.location_id}"
        if place == 0:
            arrival = {"quantity": f"{item.min_quantity:.0f}", "arrives_on": f"{today + timedelta(14)}"}
            title = f"Replenishment of {code}"
            wishes.append(Wish(company, "vmi_replenishment", subject, keys | arrival, title, ago=1))
        else:
            most = {"minimum": f"{item.min_quantity:.0f}", "maximum": f"{item.max_quantity * 2:.0f}", "version": 1}
            told = "Our silo does not hold that much. Please keep to four weeks."
            wishes.append(
                Wish(company, "vmi_levels", subject, keys | most, f"Levels of {code}", 9, "rejected", answer=told)
            )
    return wishes


def _disputes(frames: dict[str, pd.DataFrame], today: date) -> tuple[list[Wish], pd.DataFrame]:
    """Late lines: of the first supplier the newest waits and the one before was left out, of the second one the newest
    was refused."""
    lines = partner_lines(frames)
    done = lines[lines["status"] == "received"].dropna(subset=["actual_on", "first_confirmed_on"])
    late = done[pd.to_datetime(done["actual_on"]) > pd.to_datetime(done["first_confirmed_on"])]
    late = late.sort_values(["actual_on", "id"])
    first, second = PORTAL_COMPANIES["supplier"]
    decided = (
        (first, -1, "pending", None),
        (first, -2, "accepted", "The gate was closed that day, as you say."),
        (second, -1, "rejected", "The gate log shows your lorry two days later."),
    )
    wishes: list[Wish] = []
    excluded: list[Row] = []
    for company, place, status, answer in decided:
        own = late[late["company_id"] == company]
        if len(own) < -place:
            continue
        line = own.iloc[place]
        title = f"Scorecard: line {line['number']} / {line['line_no']} disputed"
        payload = {"line_id": int(line["id"]), "reason": TRUCE}
        wish = Wish(company, "scorecard_dispute", line["id"], payload, title, 5 - place, status, TRUCE, answer)
        wishes.append(wish)
        if status == "accepted":
            decided_at = _decided_at(wish, today)
            kept = {"line_id": int(line["id"]), "company_id": company, "reason": TRUCE}
            excluded.append({**kept, "created_by": PLANNER_ID, "created_at": decided_at})
    columns = ["line_id", "company_id", "reason", "created_by", "created_at"]
    return wishes, pd.DataFrame(excluded, columns=columns)


def _of_customers(frames: dict[str, pd.DataFrame], today: date) -> list[Wish]:
    """Of each: the returns that were agreed to; the open line that is due last, a week later."""
    lines = frames["sales_order_line"].merge(
        frames["sales_order"][["id", "number", "customer_id"]].rename(columns={"id": "order_id"}), on="order_id"
    )
    by_id = lines.set_index("id")
    wishes = []
    for back in rows(frames["customer_return"]):
        line = by_id.loc[back.line_id]
        payload = {"quantity": f"{back.quantity:.0f}", "lot": None, "reason": back.reason}
        title = f"Return of {line['number']} / {line['line_no']} reported"
        wishes.append(Wish(back.company_id, "customer_return", back.line_id, payload, title, 1, "accepted"))
    for company, customer in zip(PORTAL_COMPANIES["customer"], (1, 2), strict=True):
        own = lines[(lines["customer_id"] == customer) & (lines["status"] == "open")]
        due = pd.to_datetime(own["first_confirmed_on"].fillna(own["requested_on"]))
        own = own.assign(due=due)[due >= pd.Timestamp(today + timedelta(CHANGE_DAYS))]
        wishes += _change(company, own.sort_values(["due", "id"]).tail(1))
        done = lines[(lines["customer_id"] == customer) & (lines["status"] == "delivered")]
        done = done[~done["id"].isin(frames["customer_return"]["line_id"])]
        wishes += _reported(company, done.sort_values(["delivered_on", "id"]).tail(1))
    return wishes


def _change(company: int, chosen: pd.DataFrame) -> list[Wish]:
    return [
        Wish(
            company,
            "order_change",
            line.id,
            {
                "cancel": False,
                "quantity": f"{line.quantity:.0f}",
                "wanted_on": f"{line.due + pd.Timedelta(days=7):%Y-%m-%d}",
                "seen_quantity": f"{line.quantity:.0f}",
                "seen_on": f"{line.due:%Y-%m-%d}",
            },
            f"Change of {line.number} / {line.line_no} asked for",
            ago=1,
            note="Our store takes stock that week.",
        )
        for line in rows(chosen)
    ]


def _reported(company: int, chosen: pd.DataFrame) -> list[Wish]:
    return [
        Wish(
            company,
            "customer_return",
            line.id,
            {"quantity": f"{max(float(line.delivered_quantity) // 20, 1):.0f}", "lot": None, "reason": "damaged"},
            f"Return of {line.number} / {line.line_no} reported",
            ago=1,
            note="Cartons were wet when the lorry was opened.",
        )
        for line in rows(chosen)
    ]


def _of_oems(frames: dict[str, pd.DataFrame], today: date) -> list[Wish]:
    """The last planned order of each is wanted a week earlier: the first one's waits, the other's was refused."""
    wishes = []
    for number, company in enumerate(PORTAL_COMPANIES["oem"], start=1):
        made = frames["production_order"]
        own = made[(made["oem_id"] == number) & (made["status"] == "planned")].sort_values(["due_on", "id"])
        for order in rows(own.tail(1)):
            wanted = max(order.due_on - pd.Timedelta(days=7), pd.Timestamp(today) + pd.Timedelta(days=2))
            if wanted >= order.due_on:
                continue
            payload = {
                "order_id": int(order.id),
                "due_on": f"{wanted:%Y-%m-%d}",
                "quantity": f"{order.quantity:.4f}",
                "was_due_on": f"{order.due_on:%Y-%m-%d}",
                "was_quantity": f"{order.quantity:.4f}",
            }
            title = f"{order.number} wanted on {wanted:%Y-%m-%d}"
            why, told = "A new outlet opens earlier.", "The line is full that week; we keep the day that is planned."
            state = ("pending", None) if number == 1 else ("rejected", told)
            wishes.append(Wish(company, "oem_priority", order.id, payload, title, 3, state[0], why, state[1]))
    return wishes


def _objected(objections: dict[int, dict[str, Any]]) -> list[Wish]:
    return [
        Wish(
            company,
            "recipe_objection",
            said["bom_id"],
            {name: said[name] for name in ("bom_id", "code", "valid_from")},
            f"Recipe of {said['code']} from {said['valid_from']}",
            ago=said["ago"],
            note=said["note"],
        )
        for company, said in objections.items()
    ]


def _row(wish: Wish, today: date) -> Row:
    decided = wish.status != "pending"
    return {
        "company_id": wish.company,
        "kind": wish.kind,
        "subject_id": str(wish.subject_id),
        "payload": json.dumps(wish.payload),
        "note": wish.note,
        "status": wish.status,
        "created_by": person_of(wish.company),
        "created_at": _asked_at(wish, today),
        "decided_by": _decider(wish.kind) if decided else None,
        "decided_at": _decided_at(wish, today) if decided else None,
        "decision_note": wish.answer,
        "version": 2 if decided else 1,
    }


def _asked_at(wish: Wish, today: date) -> datetime:
    return at(today - timedelta(wish.ago), 10)


def _decided_at(wish: Wish, today: date) -> datetime:
    return at(today - timedelta(max(wish.ago - 2, 1)), 16)


def _decider(kind: str) -> int:
    return SALES_ID if kind.startswith(("customer", "order", "oem_demand")) else PLANNER_ID


def _titles(frames: dict[str, pd.DataFrame]) -> list[str]:
    """What the log calls the forecasts and promotions that were sent."""
    said = frames["partner_forecast_value"].groupby("forecast_id")
    items, first, last = said["product_id"].nunique(), said["period"].min(), said["period"].max()
    titles = []
    for payload in map(json.loads, frames["partner_submission"]["payload"]):
        number = payload.get("forecast_id")
        if number is None:
            titles.append(f"Promotion “{payload['name']}”, {payload['starts_on']} to {payload['ends_on']}")
            continue
        count = "1 item" if items[number] == 1 else f"{items[number]} items"
        titles.append(f"Forecast {payload['number']}: {count}, {first[number]:%Y-%m} to {last[number]:%Y-%m}")
    return titles


def _tell(row: Any, title: str, log: Log) -> None:
    about, (name, page) = ("partner_submission", row.id), KINDS[row.kind]
    note = None if pd.isna(row.note) else row.note
    log.theirs(row.created_at, row.company_id, f"{row.kind}.submitted", about, title=title, href=QUEUE, detail=note)
    if row.status in ("accepted", "rejected"):
        words = {"accepted": "Accepted", "rejected": "Not accepted"}[row.status]
        answer = None if pd.isna(row.decision_note) else row.decision_note
        told = {"title": f"{words}: {name}", "href": page, "detail": answer, "who": int(row.decided_by)}
        log.ours(row.decided_at, row.company_id, f"{row.kind}.{row.status}", about, **told)


def _party(parties: pd.DataFrame, company: int) -> int:
    return int(parties.loc[parties["company_id"] == company, "id"].iloc[0])


def _code(frames: dict[str, pd.DataFrame], product: int) -> str:
    return str(frames["product"].set_index("id").loc[product, "code"])
