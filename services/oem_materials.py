"""Materials that belong to an OEM but lie at our places (consigned): declared inside, shown to their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import oem_supply as rows
from services.audit import record
from services.form_values import chosen_id, row_id, sentence
from services.oem_desk import oem_desk
from services.partners import partner_scope
from services.supply_planned import Planned, planned

MONTHS = 3
CODE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class OwnMaterial:
    """A material with its stock by place, what came in and was used by month, and the weeks that the stock lasts by
    the plan: None when it outlasts the plan, or nothing of it is planned."""

    code: str
    name: str
    uom: str
    stock: float
    places: list[tuple[str, float]]
    months: list[tuple[date, float, float]]
    planned_use: float
    weeks: int | None


def materials(viewer: Viewer) -> list[OwnMaterial]:
    """The materials of the viewer's company. Stock and use are read at the company's desk, of those materials only
    that row-level security shows the OEM as its own.

    Inputs: an OEM with portal.oem.materials.
    Returns: materials by code.
    Raises: NotAllowed.
    Source: none; ours: cover = whole weeks until planned use has taken all stock.
    """
    with partner_scope(viewer, Permission.OEM_MATERIALS) as session:
        own = rows.materials(session)
    if not own:
        return []
    products = [row.id for row in own]
    with oem_desk(viewer, Permission.OEM_MATERIALS) as desk:
        stock = rows.inside_stock(desk.session, products)
        flows = rows.inside_flows(desk.session, products, since=_months_ago(MONTHS - 1))
        plan = planned(desk.session, desk.viewer)
    return [_material(row, stock, flows, plan) for row in own]


def declared(viewer: Viewer) -> tuple[list[Any], list[Any]]:
    """All materials that belong to OEMs, and the OEMs.

    Inputs: a colleague with partner.read.
    Returns: rows of oem_id, product_id, oem, code, name; rows of id and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PARTNER_READ)
    with session_scope(viewer) as session:
        return rows.declared(session), rows.oems(session)


def declare(viewer: Viewer, oem: object, code: object) -> None:
    """Have a material belong to an OEM, who sees its stock from then on.

    Inputs: a colleague with partner.read and inventory.edit; the OEM's id; the code of the material.
    Returns: nothing.
    Raises: NotAllowed; NotFound for an OEM or code that is none; InvalidInput for what is no material; Conflict when
        it is declared already.
    Source: none; ours.
    """
    named = sentence(code, name=_("Material"), longest=CODE_LENGTH)
    _require_edit(viewer)
    with session_scope(viewer) as session:
        oem_id = chosen_id(oem)
        if oem_id not in {row.id for row in rows.oems(session)}:
            raise NotFound(_("There is no such OEM. Choose one of the list."))
        product = rows.product_by_code(session, named)
        if product is None:
            raise NotFound(_("Material: there is no item %(code)s. Check the code.", code=named))
        if product.kind == "finished":
            raise InvalidInput(_("Material: %(code)s is a finished good. Enter a material.", code=product.code))
        if not rows.declare(session, oem_id=oem_id, product_id=product.id):
            raise Conflict(_("%(code)s belongs to this OEM already.", code=product.code))
        after = {"oem_id": oem_id, "product": product.code}
        record(session, viewer, "oem_material.declare", subject="oem_material", subject_id=product.id, after=after)


def take_back(viewer: Viewer, oem_id: object, product_id: object) -> None:
    """Have a material not belong to an OEM any more.

    Inputs: as declare; the ids of both.
    Returns: nothing.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    _require_edit(viewer)
    keys = {"oem_id": row_id(oem_id), "product_id": row_id(product_id)}
    with session_scope(viewer) as session:
        if not rows.take_back(session, **keys):
            raise NotFound(_("This material does not belong to the OEM any more. Reload the page."))
        subject_id = keys["product_id"]
        record(session, viewer, "oem_material.take_back", subject="oem_material", subject_id=subject_id, before=keys)


def _require_edit(viewer: Viewer) -> None:
    require(viewer, Permission.PARTNER_READ)
    require(viewer, Permission.INVENTORY_EDIT)


def _months_ago(count: int) -> date:
    months = today().year * 12 + today().month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _material(row: Any, stock: list[Any], flows: list[Any], plan: Planned) -> OwnMaterial:
    places = [(each.location, each.quantity) for each in stock if each.product_id == row.id]
    there = sum(quantity for _place, quantity in places)
    nodes = np.flatnonzero(plan.model.nodes["product_id"].to_numpy() == row.id)
    use = plan.plan.demand[:, nodes].sum(axis=1)
    beyond = np.cumsum(use) > there
    return OwnMaterial(
        code=row.code,
        name=row.name,
        uom=row.uom,
        stock=there,
        places=places,
        months=[(each.month, each.received, each.used) for each in flows if each.product_id == row.id],
        planned_use=float(use.sum()),
        weeks=int(beyond.argmax()) if beyond.any() else None,
    )
