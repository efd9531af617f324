"""From the validated rows of a file to the rows that are stored: as they are, or by the rules of their kind.

Every row of the file gets exactly one outcome: taken, set aside by a rule, or rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from data.exchange.fields import Entity, ValidRow
from data.exchange.problems import RowProblem, shown
from data.exchange.transaction_account import Account, SortedRow, Tally, line_key
from data.exchange.transaction_rules import Choices, Outcome

TAKEN = "taken"
CENT_OF_A_CENT = Decimal("0.0001")
# Codes and names beside the ids of what transactions refer to, for products and customers that are not known yet.
TRANSACTION_EXTRAS = ("product_code", "product_name", "customer_code", "customer_region")


class ReadRow(NamedTuple):
    """One row of the file: what becomes of it, by which rule, what it is known by, and what would be stored."""

    line: int
    outcome: str
    rule: str
    label: str
    values: tuple[Any, ...]
    problems: tuple[RowProblem, ...]


@dataclass(slots=True)
class References:
    """The ids of known codes, by entity, and those set aside for codes that are to be made."""

    known: Mapping[str, Mapping[str, int]]
    next_id: Callable[[str], int]
    made: dict[str, dict[str, int]] = field(default_factory=dict)
    _codes: dict[str, dict[int, str]] = field(default_factory=dict)

    def find(self, entity: str, code: str) -> int | None:
        """The id of a known code."""
        return self.known[entity].get(code)

    def make(self, entity: str, code: str) -> int:
        """The id that a code not known yet will have."""
        made = self.made.setdefault(entity, {})
        if code not in made:
            made[code] = self.next_id(entity)
        return made[code]

    def code(self, entity: str, row_id: int) -> str:
        """The code of a known id."""
        if entity not in self._codes:
            self._codes[entity] = {found: code for code, found in self.known[entity].items()}
        return self._codes[entity][row_id]


class PlainReading:
    """Rows stored as they are."""

    extras: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    tally: Tally | None = None

    def __init__(self, entity: Entity, references: References, _choices: Choices) -> None:
        self.references = references
        self._keys = [
            (place, None if field.name in entity.looked_up else field.reference)
            for place, field in enumerate(entity.fields)
            if field.key
        ]

    def read(self, rows: Iterable[ValidRow]) -> Iterator[ReadRow]:
        for line, values, problems in rows:
            fault = next((problem for problem in problems if not problem.notice), None)
            if fault is not None:
                yield ReadRow(line, Outcome.REJECTED, fault.rule, self._label(values), (), problems)
            else:
                yield ReadRow(line, TAKEN, "", "", values, problems)

    def _label(self, values: tuple[Any, ...]) -> str:
        """The readable part of the key; ids mean nothing to a person, codes do."""
        given = ((values[place], entity) for place, entity in self._keys if values[place] is not None)
        codes = (
            self.references.code(entity, value) if entity and isinstance(value, int) else value
            for value, entity in given
        )
        return " | ".join(map(str, codes))


class DemandReading(PlainReading):
    """Buckets of demand: what names a line and whether it is a return is worked out where the file does not say it."""

    fills = ("reference", "kind")

    def __init__(self, entity: Entity, references: References, choices: Choices) -> None:
        super().__init__(entity, references, choices)
        self._places = {field.name: place for place, field in enumerate(entity.fields)}

    def read(self, rows: Iterable[ValidRow]) -> Iterator[ReadRow]:
        reference, kind, quantity = (self._places[name] for name in ("reference", "kind", "quantity"))
        for row in super().read(rows):
            if row.outcome != TAKEN or (row.values[reference] is not None and row.values[kind] is not None):
                yield row
                continue
            values = list(row.values)
            if values[reference] is None:
                values[reference] = self._key(row.values)
            if values[kind] is None:
                values[kind] = "return" if values[quantity] is not None and values[quantity] < 0 else "sale"
            yield row._replace(values=tuple(values))

    def _key(self, values: tuple[Any, ...]) -> str:
        """As transactions without a document are named: day, product, location, channel and customer."""
        parts = [values[self._places["day"]].isoformat()]
        for name, entity in (
            ("product", "products"),
            ("location", "locations"),
            ("channel", "channels"),
            ("customer", "customers"),
        ):
            row_id = values[self._places[name]]
            parts.append("" if row_id is None else self.references.code(entity, row_id))
        return line_key(parts, 1)


class TransactionReading:
    """Lines of invoices, receipts and credit notes, sorted by the rules of transaction_rules into demand."""

    extras = TRANSACTION_EXTRAS
    fills: tuple[str, ...] = ()

    def __init__(self, entity: Entity, references: References, choices: Choices) -> None:
        self._in_order = itemgetter(*(field.name for field in entity.fields))
        self.references = references
        self._account = Account(choices)
        self.tally: Tally | None = self._account.tally

    def read(self, rows: Iterable[ValidRow]) -> Iterator[ReadRow]:
        for row in self._account.sort(rows):
            if row.rule.outcome not in _DEMAND:
                yield ReadRow(row.line, row.rule.outcome, row.rule.key, _label(row), (), row.problems)
                continue
            location = self.references.find("locations", row.transaction.location or "")
            channel = self.references.find("channels", row.transaction.channel or "")
            if location is None or channel is None:
                misplaced = tuple(self._misplaced(row))
                problems = (*row.problems, *misplaced)
                yield ReadRow(row.line, Outcome.REJECTED, misplaced[0].rule, _label(row), (), problems)
            else:
                yield ReadRow(row.line, TAKEN, row.rule.key, "", self._values(row, location, channel), row.problems)

    def _misplaced(self, row: SortedRow) -> Iterator[RowProblem]:
        for name, entity, code in (
            ("location", "locations", row.transaction.location),
            ("channel", "channels", row.transaction.channel),
        ):
            if code is None:
                message, remedy = "is not given.", f"Fill the cell, or choose a {name} for rows without one."
                yield RowProblem(row.line, name, "", "no_place", message, remedy)
            elif self.references.find(entity, code) is None:
                message = f"There is no {name} with this code."
                remedy = f"Correct the code, or add the {name} first."
                yield RowProblem(row.line, name, shown(code), f"unknown_{name}", message, remedy)

    def _values(self, row: SortedRow, location: int, channel: int) -> tuple[Any, ...]:
        given = row.transaction
        quantity = given.quantity or Decimal(0)
        product, product_code = self._id("products", given.product)
        customer, customer_code = self._id("customers", given.customer)
        values = {
            "day": None if given.booked_at is None else given.booked_at.date(),
            "product": product,
            "location": location,
            "channel": channel,
            "customer": customer,
            "quantity": quantity,
            "revenue": (quantity * (given.unit_price or 0)).quantize(CENT_OF_A_CENT),
            "kind": row.rule.outcome.value,
            "reference": row.key,
        }
        named = None if product_code is None else given.description
        region = None if customer_code is None else given.region
        return (*self._in_order(values), product_code, named, customer_code, region)

    def _id(self, entity: str, code: str | None) -> tuple[int | None, str | None]:
        """The id of a code, and the code itself when it is not known yet."""
        if code is None:
            return None, None
        found = self.references.find(entity, code)
        return (found, None) if found is not None else (self.references.make(entity, code), code)


_DEMAND = frozenset((Outcome.SALE, Outcome.RETURN))


def _label(row: SortedRow) -> str:
    return " | ".join(part for part in (row.transaction.document, row.transaction.product) if part)


Reading = PlainReading | TransactionReading
READINGS: dict[str, type[Reading]] = {"transactions": TransactionReading, "demand_history": DemandReading}


def filled_by_reading(file_entity: Entity) -> tuple[str, ...]:
    """Fields that the reading fills where the file gives nothing."""
    return READINGS.get(file_entity.name, PlainReading).fills


def reading_of(file_entity: Entity, stored_entity: Entity, references: References, choices: Choices) -> Reading:
    """How the rows of a file become rows of the entity as which they are stored."""
    return READINGS.get(file_entity.name, PlainReading)(stored_entity, references, choices)
