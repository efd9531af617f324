"""Deliveries in parts as one value of a row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute


class Part(NamedTuple):
    """Quantity and day of one delivery."""

    quantity: Decimal
    on: date


def parts_as_json(
    position: InstrumentedAttribute[int], quantity: InstrumentedAttribute[Decimal], on: InstrumentedAttribute[date]
) -> Any:
    """Parts in their order, each quantity and day as text."""
    return func.json_agg(
        aggregate_order_by(func.json_build_array(cast(quantity, Text), cast(on, Text)), position.asc())
    )


def parts_of(value: list[list[str]] | None) -> tuple[Part, ...]:
    """The parts again, none where there are none."""
    return tuple(Part(Decimal(quantity), date.fromisoformat(on)) for quantity, on in value or ())
