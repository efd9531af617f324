"""What a row of a transaction file means for demand. Every row gets exactly one outcome; nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

LARGEST_REVENUE = Decimal(10) ** 13
SERVICE_CODES = frozenset(("POST", "DOT", "M", "D", "S", "B", "PADS", "BANK CHARGES", "AMAZONFEE", "CRUK", "C2"))


class Transaction(NamedTuple):
    """The values of one row, in the order of the entity's fields. A rejected row may lack any of them."""

    booked_at: datetime | None
    product: str | None
    quantity: Decimal | None
    document: str | None
    description: str | None
    unit_price: Decimal | None
    customer: str | None
    region: str | None
    location: str | None
    channel: str | None


class Outcome(StrEnum):
    """What becomes of a row."""

    SALE = "sale"
    RETURN = "return"
    SET_ASIDE = "set_aside"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the analyst may decide: codes that are no products, in any case, and how cancelling documents begin."""

    service_codes: frozenset[str] = SERVICE_CODES
    cancellation_prefixes: tuple[str, ...] = ("C",)


class Facts(NamedTuple):
    """What the rules look at; no price means that the file does not tell it."""

    quantity: Decimal
    price: Decimal | None
    is_service: bool
    is_cancellation: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Gives an outcome to the rows it applies to."""

    key: str
    outcome: Outcome
    sentence: str
    remedy: str
    applies: Callable[[Facts], bool]


# The first rule that applies decides.
RULES = (
    Rule(
        "revenue_out_of_range",
        Outcome.REJECTED,
        f"Quantity times price is {LARGEST_REVENUE:,f} or more.",
        "Correct the quantity or the price.",
        lambda row: row.price is not None and abs(row.quantity * row.price) >= LARGEST_REVENUE,
    ),
    Rule(
        "service_code",
        Outcome.SET_ASIDE,
        "The code stands for a service, fee or posting, not for a product.",
        "Take the code off the list of service codes if it is a product.",
        lambda row: row.is_service,
    ),
    Rule(
        "price_adjustment",
        Outcome.SET_ASIDE,
        "A negative price corrects money, not demand.",
        "Give a negative quantity and a positive price if it is a return.",
        lambda row: row.price is not None and row.price < 0,
    ),
    Rule(
        "nothing_moved",
        Outcome.SET_ASIDE,
        "The quantity is zero.",
        "Give the quantity if something was sold.",
        lambda row: not row.quantity,
    ),
    Rule(
        "stock_adjustment",
        Outcome.SET_ASIDE,
        "A negative quantity at price zero is damage, loss or a count, not a return.",
        "Give the price that was refunded if it is a return.",
        lambda row: row.price is not None and not row.price and row.quantity < 0,
    ),
    Rule(
        "free_goods",
        Outcome.SET_ASIDE,
        "Goods at price zero are samples, gifts or found stock, not demand.",
        "Give the price if it is a sale.",
        lambda row: row.price is not None and not row.price,
    ),
    Rule(
        "positive_cancellation",
        Outcome.REJECTED,
        "The document cancels a sale, but the quantity is positive.",
        "Make the quantity negative, or change the mark by which cancellations are known.",
        lambda row: row.is_cancellation and row.quantity > 0,
    ),
    Rule(
        "cancelled",
        Outcome.RETURN,
        "The document cancels a sale; it is netted on the day it was booked.",
        "Change the mark by which cancellations are known if it is a sale.",
        lambda row: row.is_cancellation,
    ),
    Rule(
        "returned",
        Outcome.RETURN,
        "A negative quantity is a return; it is netted on the day it was booked.",
        "Give price zero if it is no return but a correction of stock.",
        lambda row: row.quantity < 0,
    ),
    Rule("sold", Outcome.SALE, "Goods sold.", "", lambda _: True),
)
BAD_CELLS = Rule(
    "bad_cells",
    Outcome.REJECTED,
    "The row, or a cell in it, cannot be read.",
    "Correct what is named with the row.",
    lambda _: False,
)


def rule_for(facts: Facts) -> Rule:
    """The rule that decides."""
    for rule in RULES:
        if rule.applies(facts):
            return rule
    raise AssertionError("the last rule applies to every row")
