"""Shipping notices of the suppliers with a portal, and the bookings of what came in against them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pandas as pd

from data.demo.flows import NEVER_OLD
from data.demo.frames import rows
from data.demo.people import PLANNER_ID
from data.demo.portal_log import Log, Row, at, letters_of, person_of

SHIPMENTS = 8  # received ones of each supplier, the newest
UNDER_WAY_DAYS = 2
CARRIERS = ("Lembah Klang Haulage", "Semenanjung Logistics", "Own lorry")
DAMAGED_SHARE = 0.02
WRONG_LOT, DAMAGED = 3, (2, 4, 6)  # places among the received ones, the newest is 1
REASONS = {
    "damaged": "Bags torn under the top layer; replaced with the next delivery.",
    "short": "One pallet less than on the delivery note.",
    "wrong_lot": "The labels on the pallets show another lot than the notice.",
}
RECEIVING, ORDERS = "/supply/goods-receipt", "/portal/supplier/orders"


def partner_lines(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Order lines sent to the suppliers with a portal, with order, company, place and item."""
    orders = frames["purchase_order"].query("status != 'draft'").rename(columns={"id": "order_id"})
    orders = orders.merge(
        frames["supplier"].dropna(subset=["company_id"])[["id", "company_id"]], left_on="supplier_id", right_on="id"
    )
    kept = ["order_id", "number", "supplier_id", "location_id", "sent_at", "company_id"]
    lines = frames["purchase_order_line"].merge(orders[kept], on="order_id")
    items = frames["product"][["id", "code", "uom", "shelf_life_days"]].rename(columns={"id": "product_id"})
    return lines.merge(items, on="product_id").astype({"company_id": int}).sort_values("id", ignore_index=True)


def deliveries(frames: dict[str, pd.DataFrame], log: Log) -> dict[str, pd.DataFrame]:
    """Tables shipment, shipment_line, goods_receipt and goods_receipt_line."""
    lines = partner_lines(frames)
    made = _Made(log)
    for company in sorted(set(lines["company_id"])):
        own = lines[lines["company_id"] == company]
        for place, came in _received(own, frames["receipt"]):
            made.received(company, came, place)
        made.on_their_way(company, own[own["status"] == "confirmed"])
    return made.frames()


def _received(own: pd.DataFrame, receipts: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """What came of a supplier to a place on a day, the oldest of the newest SHIPMENTS first."""
    came = receipts.drop(columns="id").rename(columns={"quantity": "came"})
    came = came.merge(own, left_on="line_id", right_on="id")
    came = came.sort_values(["received_on", "location_id", "line_id"], ignore_index=True)
    came["later"] = came.groupby("line_id")["came"].transform("sum") - came.groupby("line_id")["came"].cumsum()
    groups = list(came.groupby(["received_on", "location_id"], sort=True))[-SHIPMENTS:]
    for number, (_key, group) in enumerate(groups):
        yield len(groups) - number, group


class _Made:
    """The rows of the tables as they grow; numbers are the supplier's own."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.shipments: list[Row] = []
        self.lots: list[Row] = []
        self.bookings: list[Row] = []
        self.booked: list[Row] = []

    def received(self, company: int, came: pd.DataFrame, place: int) -> None:
        """A shipment that was announced, came and was booked; ``place``: 1 for the newest."""
        on = pd.Timestamp(came["received_on"].iloc[0]).date()
        shipment = self._announce(company, on - timedelta(UNDER_WAY_DAYS), on, "received")
        booking = len(self.bookings) + 1
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"demo/goods-receipt/{booking}")
        booked_at = at(on, 11)
        self.bookings.append(
            {
                "id": booking,
                "key": str(name),
                "content": sha256(name.bytes).hexdigest(),
                "shipment_id": shipment,
                "location_id": came["location_id"].iloc[0],
                "received_on": on,
                "booked_by": PLANNER_ID,
                "booked_at": booked_at,
            }
        )
        for number, lot in enumerate(rows(came)):
            self._booked(shipment, booking, lot, _difference(lot, place, first=number == 0))
        told = ", ".join(sorted({f"{lot.number} / {lot.line_no}" for lot in rows(came)}))
        about = ("goods_receipt", booking)
        self.log.ours(booked_at, company, "goods_receipt.booked", about, title=f"Received: {told}", href=ORDERS)

    def on_their_way(self, company: int, waiting: pd.DataFrame) -> None:
        """The confirmed order that is due first; it was announced for another lorry before. The others wait, and of a
        single line a half."""
        left = waiting.assign(left=waiting["confirmed_quantity"] - waiting["received_quantity"])
        left = left[left["left"] > 0].sort_values(["latest_confirmed_on", "id"])
        if left.empty:
            return
        first = left[left["order_id"] == left["order_id"].iloc[0]]
        share = 1.0
        if len(first) == len(left):
            first, share = first.head(max(len(first) - 1, 1)), 0.5 if len(first) == 1 else 1.0
        today = self.log.today
        due = pd.Timestamp(first["latest_confirmed_on"].iloc[0]).date()
        arrives = max(due, today + timedelta(1))
        for state, ago in (("cancelled", 2), ("sent", 1)):
            shipment = self._announce(company, today - timedelta(ago), arrives, state)
            for line in rows(first):
                quantity = max(round(line.left * share), 1)
                self._lot(shipment, line, quantity, lot=f"{line.code}-{today - timedelta(ago):%y%m%d}", on=arrives)

    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables; ids in order of time where they were made supplier by supplier."""
        booked = pd.DataFrame(self.booked)
        return {
            "shipment": pd.DataFrame(self.shipments),
            "shipment_line": pd.DataFrame(self.lots),
            "goods_receipt": pd.DataFrame(self.bookings),
            "goods_receipt_line": booked,
        }

    def _announce(self, company: int, ships_on: date, arrives_on: date, status: str) -> int:
        own = sum(shipment["company_id"] == company for shipment in self.shipments) + 1
        number, made = f"{letters_of(company)}-DO{ships_on:%y%m}-{own:03d}", len(self.shipments) + 1
        sent_at, tracking = at(ships_on, 8, 30), f"LK{ships_on:%y%m%d}{made:03d}"
        self.shipments.append(
            {
                "id": made,
                "company_id": company,
                "number": number,
                "status": status,
                "ships_on": ships_on,
                "arrives_on": arrives_on,
                "carrier": CARRIERS[own % len(CARRIERS)],
                "tracking": tracking,
                "packages": 4 + own % 9,
                "created_by": person_of(company),
                "created_at": sent_at,
                "version": 1 if status == "sent" else 2,
            }
        )
        about, where = ("shipment", made), {"href": RECEIVING}
        title = f"Shipment {number} arrives on {arrives_on}"
        self.log.theirs(sent_at, company, "shipment.sent", about, title=title, detail=tracking, **where)
        if status == "cancelled":
            title = f"Shipment {number} is cancelled"
            self.log.theirs(at(ships_on, 16), company, "shipment.cancelled", about, title=title, **where)
        return made

    def _booked(self, shipment: int, booking: int, lot: Any, found: tuple[str | None, float, float]) -> None:
        difference, announced, damaged = found
        told = f"{lot.lot}-A" if difference == "wrong_lot" else lot.lot
        expires_on = self._lot(shipment, lot, announced, lot=told, on=lot.received_on)
        self.booked.append(
            {
                "id": len(self.booked) + 1,
                "goods_receipt_id": booking,
                "line_id": lot.line_id,
                "lot": lot.lot,
                "expires_on": expires_on,
                "expected": announced,
                "quantity": lot.came,
                "damaged": damaged,
                "difference": difference,
                "reason": REASONS[difference] if difference else None,
            }
        )

    def _lot(self, shipment: int, line: Any, quantity: float, *, lot: str, on: Any) -> date | None:
        life = line.shelf_life_days
        lasts = pd.notna(life) and 0 < life < min(NEVER_OLD, 9999)
        expires_on = (pd.Timestamp(on) + timedelta(int(life))).date() if lasts else None
        self.lots.append(
            {
                "id": len(self.lots) + 1,
                "shipment_id": shipment,
                "company_id": line.company_id,
                "line_id": getattr(line, "line_id", line.id),
                "quantity": quantity,
                "lot": lot,
                "expires_on": expires_on,
            }
        )
        return expires_on


def _difference(lot: Any, place: int, *, first: bool) -> tuple[str | None, float, float]:
    """What a lot differs in, what was announced of it, and what of that was damaged. Short is the last of a line that
    came short; of the first of two parts some is damaged, which the second one makes good."""
    ordered, came, later = float(lot.confirmed_quantity), float(lot.came), float(lot.later)
    missing = round(ordered - float(lot.received_quantity), 3)
    if lot.status == "received" and later <= 0 and missing > 0:
        return "short", round(came + missing, 3), 0.0
    damaged = float(max(round(came * DAMAGED_SHARE), 1))
    if place in DAMAGED and damaged <= later:
        return "damaged", came + damaged, damaged
    return ("wrong_lot" if first and place == WRONG_LOT else None), came, 0.0
