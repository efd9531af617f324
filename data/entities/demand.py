"""What was sold: line by line as it was booked, and as demand history keeps it."""

from __future__ import annotations

from dataclasses import replace

from core.permissions import Permission
from data.entities.shared import CHANNEL, CUSTOMER, LARGEST, LOCATION, PRODUCT, code, day, figure
from data.exchange.fields import Entity
from data.exchange.transaction_rules import LARGEST_REVENUE
from data.exchange.transactions import TRANSACTIONS

DEMAND_HISTORY = Entity(
    name="demand_history",
    label="Demand history",
    help="One row for each sale or return, or for the sum of a product's sales in a day, week or month.",
    table="demand_history",
    right=Permission.DEMAND_READ,
    subject="demand",
    period="day",
    fields=(
        day(
            *("day", "Day", "The day of the sale, or the first day of the week or month that was added up."),
            *("2026-03-31", "date, period, bucket, week, month, start date, sales date, ds, tarikh, tempoh"),
            required=True,
            key=True,
        ),
        replace(PRODUCT, synonyms=(*PRODUCT.synonyms, "unique id"), required=True),
        replace(LOCATION, help="The warehouse or shop that delivered.", required=True),
        replace(CHANNEL, help="The sales channel it went through.", required=True),
        replace(CUSTOMER, help="Who bought; empty for an unknown customer or a sum of several."),
        figure(
            *("quantity", "Quantity", "Base units sold; negative for a return.", "12"),
            "qty, units, units sold, quantity sold, sales quantity, demand, sales, y, kuantiti, jumlah unit",
            required=True,
            minimum=-LARGEST,
        ),
        figure(
            *("revenue", "Revenue", "What was paid for all of it, in the company's currency, without tax.", "58.80"),
            "amount, sales amount, net amount, net sales, turnover, value, sales value, netwr, hasil jualan, jumlah",
            required=True,
            minimum=-LARGEST_REVENUE,
            maximum=LARGEST_REVENUE,
        ),
        code(
            *("kind", "Kind", "Whether it is a sale or a return; told by the sign of the quantity when empty.", "sale"),
            "type, transaction type, jenis",
            choices=("sale", "return"),
        ),
        code(
            *("reference", "Reference", "Names the row within its day; made of its codes when empty.", "INV-536365-1"),
            "source key, document, document no, document number, invoice, invoice no, line id, rujukan",
            key=True,
            column="source_key",
            max_length=400,
        ),
    ),
)

ENTITIES: tuple[Entity, ...] = (TRANSACTIONS, DEMAND_HISTORY)
