"""Two versions of a partner's own forecast side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import NotFound
from core.i18n import _
from core.viewer import Viewer
from data.queries import partner_forecasts as rows
from services.form_values import chosen_id
from services.partner_forecasts import feature_of
from services.partners import partner_scope


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One item and month of which the two say different things; None where a version says nothing."""

    item: str
    uom: str
    month: date
    before: float | None
    after: float | None

    @property
    def size(self) -> float:
        return abs((self.after or 0.0) - (self.before or 0.0))


@dataclass(frozen=True, slots=True)
class ComparedMonth:
    """Totals of a month over all items; units of measure are added as they are."""

    month: date
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class SaidCell:
    """What a version says of an item (its code) in a month."""

    item: str
    uom: str
    month: date
    quantity: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cells that differ, the largest difference first, and totals of the months that both speak of."""

    cells: list[ChangedCell]
    months: list[ComparedMonth]


def said(viewer: Viewer, number: object) -> list[SaidCell]:
    """All that one version says.

    Inputs: a customer or OEM; the number of an own version.
    Returns: cells by item and month.
    Raises: NotAllowed; NotFound for a number that is none of the company's.
    Source: screens.md 19.
    """
    with partner_scope(viewer, feature_of(viewer)) as session:
        found = _values(session, number)
        names = _names(session, viewer)
    cells = [SaidCell(*names[product], month, quantity) for (product, month), quantity in found.items()]
    return sorted(cells, key=lambda cell: (cell.item, cell.month))


def compare(viewer: Viewer, older: object, newer: object) -> Comparison:
    """What changed from one version to another.

    Inputs: a customer or OEM; numbers of two own versions, as a select has them.
    Returns: Comparison of the months from the later first one of the two to the earlier last one, so that months that
        came or went with time don't look like changes.
    Raises: NotAllowed; NotFound for a number that is none of the company's.
    Source: screens.md 19.
    """
    with partner_scope(viewer, feature_of(viewer)) as session:
        before, after = (_values(session, number) for number in (older, newer))
        names = _names(session, viewer)
    months = _common({cell[1] for cell in before}, {cell[1] for cell in after})
    cells = [
        ChangedCell(*names[product], month, before.get((product, month)), after.get((product, month)))
        for product, month in before.keys() | after.keys()
        if month in months and before.get((product, month)) != after.get((product, month))
    ]
    return Comparison(
        sorted(cells, key=lambda cell: (-cell.size, cell.item, cell.month)),
        [ComparedMonth(month, _total(before, month), _total(after, month)) for month in sorted(months)],
    )


def _names(session: Any, viewer: Viewer) -> dict[int, tuple[str, str]]:
    return {item.id: (item.code, item.uom) for item in rows.items(session, party=viewer.company_kind.value)}


def _values(session: Any, number: object) -> dict[tuple[int, date], float]:
    found = rows.numbered(session, min(chosen_id(number), 2**31 - 1))
    if found is None:
        raise NotFound(_("There is no such version."))
    values = rows.values(session, found.id)
    cells = zip(values["product_id"], values["period"], values["quantity"], strict=True)
    return {(int(product), period): float(quantity) for product, period, quantity in cells}


def _common(before: set[date], after: set[date]) -> set[date]:
    if not before or not after:
        return before | after
    first, last = max(min(before), min(after)), min(max(before), max(after))
    return {month for month in before | after if first <= month <= last}


def _total(values: dict[tuple[int, date], float], month: date) -> float:
    return sum(quantity for (_product, period), quantity in values.items() if period == month)
