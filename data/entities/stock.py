"""What lies where, and how it came and went."""

from __future__ import annotations

from dataclasses import replace

from core.permissions import Permission
from data.entities.shared import LARGEST, LOCATION, PRODUCT, code, day, figure
from data.exchange.fields import Entity

STOCK = Entity(
    name="stock",
    label="Stock",
    help="One row for each lot on hand at a location.",
    table="stock_lot",
    right=Permission.INVENTORY_READ,
    subject="stock",
    fields=(
        replace(PRODUCT, required=True, key=True),
        replace(LOCATION, help="Where it lies.", required=True, key=True),
        code(
            *("lot", "Lot", "The lot or batch number.", "L260301A"),
            "lot no, lot number, lot serial number, batch, batch no, batch number, serial no, charg, "
            "nombor lot, nombor kelompok",
            required=True,
            key=True,
        ),
        figure(
            *("quantity", "Quantity", "Base units on hand.", "240"),
            "qty, on hand, on hand quantity, quantity on hand, stock, available quantity, actual qty, labst, clabs, "
            "unrestricted, kuantiti, baki, baki stok",
            required=True,
        ),
        day(
            *("received_on", "Received on", "The day the lot came in or was made.", "2026-03-01"),
            "receipt date, received, in date, date received, production date, manufacturing date, hsdat, tarikh terima",
            required=True,
        ),
        day(
            *("expires_on", "Expires on", "The last day it may be used; empty when it does not expire.", "2027-03-01"),
            "expiry, expiry date, expiration date, best before, use by, sled, vfdat, tarikh luput",
        ),
    ),
)

STOCK_MOVEMENTS = Entity(
    name="stock_movements",
    label="Stock movements",
    help="One row for each change of stock of a product at a location.",
    table="stock_movement",
    right=Permission.INVENTORY_READ,
    subject="stock",
    period="day",
    fields=(
        day(
            *("day", "Day", "The day it happened.", "2026-03-31"),
            "date, posting date, movement date, transaction date, budat, tarikh",
            required=True,
            key=True,
        ),
        code(
            *("reference", "Reference", "The document it was booked with; it tells the row again.", "GR-2026-00871"),
            "document, document no, document number, voucher no, voucher, material document, mblnr, transaction id, "
            "rujukan, no dokumen",
            required=True,
            key=True,
            max_length=200,
        ),
        replace(PRODUCT, required=True, key=True),
        replace(LOCATION, help="Where the stock changed.", required=True, key=True),
        code(
            *("kind", "Kind", "What happened to it.", "receipt"),
            "type, movement type, transaction type, bwart, voucher type, jenis, jenis pergerakan",
            required=True,
            choices=("receipt", "issue", "transfer", "production", "adjustment"),
        ),
        figure(
            *("quantity", "Quantity", "Base units that came in; negative for what went out.", "120"),
            "qty, quantity change, change, actual qty, menge, kuantiti",
            required=True,
            minimum=-LARGEST,
        ),
    ),
)

ENTITIES = (STOCK, STOCK_MOVEMENTS)
