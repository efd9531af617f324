"""Which items a supplier keeps in stock at our places, decided inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import supplier_planning as planning
from data.queries import supplier_stock as rows
from services.audit import record
from services.form_values import chosen_id, quantity_of, row_id


@dataclass(frozen=True, slots=True)
class ManagedItems:
    """What a supplier manages, and what could be chosen: its items and our places as (id, text)."""

    items: list[dict[str, Any]]
    products: list[tuple[str, str]]
    places: list[tuple[str, str]]


def managed_items(viewer: Viewer, supplier_id: object) -> ManagedItems:
    """What a supplier manages.

    Inputs: a viewer with purchase.read, and the supplier.
    Returns: ManagedItems.
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    require(viewer, Permission.PURCHASE_READ)
    wanted = row_id(supplier_id)
    with session_scope(viewer) as session:
        sold, places = rows.choices(session, wanted)
        return ManagedItems(
            [row._asdict() for row in rows.managed(session, wanted)],
            [(str(row.id), f"{row.code} · {row.name}") for row in sold],
            [(str(row.id), f"{row.code} · {row.name}") for row in places],
        )


def manage(
    viewer: Viewer, supplier_id: object, product_id: object, location_id: object, *, minimum: object, maximum: object
) -> bool:
    """Let a supplier manage an item at a place, or change its levels; without a maximum it manages it no more.

    Inputs: a viewer with purchase.edit; supplier, product and location; the least and the most to be kept there.
    Returns: whether it is managed now.
    Raises: NotAllowed; NotFound for an item that the supplier does not sell, or no place; InvalidInput.
    Source: screens.md 19.
    """
    require(viewer, Permission.PURCHASE_EDIT)
    keep = maximum is not None and str(maximum).strip() != ""
    levels = _levels(minimum, maximum) if keep else {}
    with session_scope(viewer) as session:
        keys = _keys(session, row_id(supplier_id), chosen_id(product_id), chosen_id(location_id))
        if keep:
            rows.manage(session, {**keys, **levels})
        else:
            rows.release(session, keys["supplier_id"], product_id=keys["product_id"], location_id=keys["location_id"])
        record(
            session,
            viewer,
            "supplier_managed_item.save" if keep else "supplier_managed_item.release",
            subject="supplier_managed_item",
            subject_id="-".join(str(key) for key in keys.values()),
            after={name: str(value) for name, value in levels.items()},
        )
    return keep


def _levels(minimum: object, maximum: object) -> dict[str, Any]:
    least, most = quantity_of(minimum, name=_("Minimum")), quantity_of(maximum, name=_("Maximum"))
    if not 0 <= least <= most:
        raise InvalidInput(_("Maximum: enter at least the minimum, and a minimum from zero up."))
    return {"min_quantity": least, "max_quantity": most}


def _keys(session: Session, supplier_id: int, product_id: int, location_id: int) -> dict[str, int]:
    supplier = planning.supplier(session, supplier_id)
    sold, places = rows.choices(session, supplier_id)
    if supplier is None or product_id not in {row.id for row in sold}:
        raise NotFound(_("The supplier does not sell such an item. Choose one of the list."))
    if location_id not in {row.id for row in places}:
        raise NotFound(_("There is no such location."))
    return {"supplier_id": supplier_id, "product_id": product_id, "location_id": location_id}
