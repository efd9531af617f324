"""What a supplier sells in one go: minimum and multiple."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from analytics.order_quantity import bounded_quantity
from core.errors import InvalidInput
from core.i18n import _
from services.form_values import quantity_of, shown_quantity


def orderable_quantity(value: object, terms: Any) -> Decimal:
    """A typed quantity, if it can be ordered.

    Inputs: value: what was typed; terms: uom, moq, multiple, name of the item; None where the supplier has none.
    Returns: the quantity.
    Raises: InvalidInput naming the minimum, the multiple and the next quantity that can be ordered.
    Source: formulas.md 3.5, MOQ / multiple.
    """
    quantity = quantity_of(value, name=_("Quantity"))
    if quantity <= 0:
        raise InvalidInput(_("Quantity: enter more than 0. To order nothing, remove the line."))
    if terms is None:
        return quantity
    possible = bounded_quantity(float(quantity), moq=float(terms.moq), multiple=float(terms.multiple)).quantity[0]
    possible = Decimal(str(round(float(possible), 4)))
    if possible != quantity:
        raise InvalidInput(
            _(
                "%(item)s is sold %(terms)s. The next possible quantity is %(quantity)s %(uom)s.",
                item=terms.name,
                terms=shown_terms(moq=terms.moq, multiple=terms.multiple, uom=terms.uom),
                quantity=shown_quantity(possible),
                uom=terms.uom,
            )
        )
    return quantity


def shown_terms(*, moq: Decimal, multiple: Decimal, uom: str) -> str:
    """Minimum and multiple in words.

    Inputs: minimum and multiple in the unit of measure.
    Returns: such as “from 500 kg on, in multiples of 50 kg”.
    Raises: nothing.
    Source: none; ours.
    """
    parts = []
    if moq:
        parts.append(_("from %(moq)s %(uom)s on", moq=shown_quantity(moq), uom=uom))
    if multiple:
        parts.append(_("in multiples of %(multiple)s %(uom)s", multiple=shown_quantity(multiple), uom=uom))
    return ", ".join(parts)
