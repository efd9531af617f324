"""EDIFACT D.96A messages that go out: a purchase order (ORDERS) and a forecast (DELFOR)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from data.exchange.edifact_interchange import Element, write_interchange

LONGEST_NAME = 35
UNIT_LENGTH = 3
# Codes of UN/ECE recommendation 20 for the units that are called otherwise.
UNIT_CODES = {"KG": "KGM", "G": "GRM", "T": "TNE", "L": "LTR", "ML": "MLT", "M": "MTR", "PC": "PCE", "PCS": "PCE"}
BUYERS_ITEM = "IN"
FIRM, PLANNED = "1", "4"  # status of a delivery plan (SCC)

Body = list[tuple[str, *tuple[Element, ...]]]


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of an order; quantity in ``uom``, price for one of them."""

    line_no: int
    code: str
    name: str
    uom: str
    quantity: Decimal
    unit_price: Decimal
    requested_on: date


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order that was sent."""

    number: str
    ordered_on: date
    supplier: str
    place: str
    lines: Sequence[OrderedLine]


@dataclass(frozen=True, slots=True)
class ForecastCell:
    """What is needed of an item from one day to another (inclusive), and what is ordered already."""

    starts_on: date
    ends_on: date
    forecast: Decimal
    firm: Decimal


@dataclass(frozen=True, slots=True)
class ForecastItem:
    """An item, at a place where the agreement is by place."""

    code: str
    name: str
    uom: str
    place: str | None
    cells: Sequence[ForecastCell]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast as it was shared."""

    number: int
    shared_on: date
    supplier: str
    items: Sequence[ForecastItem]


def write_order(order: Order, *, at: datetime) -> bytes:
    """ORDERS: the order as it stands, with its lines."""
    body: Body = [
        ("BGM", "220", order.number, "9"),
        _day("137", order.ordered_on),
        _party("SU", order.supplier),
        _party("DP", order.place),
    ]
    for line in order.lines:
        body += [
            *_item(line.line_no, line.code, line.name),
            _quantity("21", line.quantity, line.uom),
            _day("2", line.requested_on),
            ("PRI", ("AAA", plain(line.unit_price))),
        ]
    body += [("UNS", "S"), ("CNT", ("2", str(len(order.lines))))]
    return write_interchange("ORDERS", receiver=order.supplier, reference=f"{at:%y%m%d%H%M%S}", at=at, body=body)


def write_forecast(forecast: Forecast, *, at: datetime) -> bytes:
    """DELFOR: each bucket of each item, its firm orders and what is planned beyond them."""
    body: Body = [
        ("BGM", "241", str(forecast.number), "9"),
        _day("137", forecast.shared_on),
        _party("SU", forecast.supplier),
    ]
    for line_no, item in enumerate(forecast.items, start=1):
        body += _item(line_no, item.code, item.name)
        if item.place:
            body.append(("LOC", "7", ("", "", "", item.place)))
        for cell in item.cells:
            body += _schedule(cell, item.uom)
    body += [("UNS", "S"), ("CNT", ("2", str(len(forecast.items))))]
    return write_interchange("DELFOR", receiver=forecast.supplier, reference=f"{at:%y%m%d%H%M%S}", at=at, body=body)


def unit_code(uom: str) -> str:
    """The code of a unit; empty for one that has none of at most three characters."""
    code = UNIT_CODES.get(uom.upper(), uom.upper())
    return code if len(code) <= UNIT_LENGTH else ""


def plain(value: Decimal) -> str:
    """A number without grouping, exponent or zeros that tell nothing."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _schedule(cell: ForecastCell, uom: str) -> Iterator[tuple[str, *tuple[Element, ...]]]:
    # Receivers add up the two; the forecast holds the firm orders.
    planned = max(cell.forecast - cell.firm, Decimal(0))
    for status, quantity in ((FIRM, cell.firm), (PLANNED, planned)):
        if status == PLANNED or quantity > 0:
            yield ("SCC", status)
            yield _quantity("113", quantity, uom)
            yield _day("64", cell.starts_on)
            yield _day("63", cell.ends_on)


def _item(line_no: int, code: str, name: str) -> Body:
    found: Body = [("LIN", str(line_no), "", (code, BUYERS_ITEM))]
    described = (name[:LONGEST_NAME], name[LONGEST_NAME : 2 * LONGEST_NAME])
    return [*found, ("IMD", "F", "", ("", "", "", *described))]


def _party(qualifier: str, name: str) -> tuple[str, *tuple[Element, ...]]:
    return ("NAD", qualifier, "", "", name[:LONGEST_NAME])


def _day(qualifier: str, on: date) -> tuple[str, *tuple[Element, ...]]:
    return ("DTM", (qualifier, f"{on:%Y%m%d}", "102"))


def _quantity(qualifier: str, quantity: Decimal, uom: str) -> tuple[str, *tuple[Element, ...]]:
    return ("QTY", (qualifier, plain(quantity), unit_code(uom)))
