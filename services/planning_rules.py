"""Planning rules: all sets of figures that the company plans by, to read and to change in one place."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import settings as stored
from services import company_rules
from services.buffer_rules import BufferRules
from services.company_rules import CompanyRules
from services.delivery_rules import DeliveryRules
from services.demand_rules import DemandRules
from services.invoice_rules import InvoiceRules
from services.order_rules import OrderRules
from services.receiving_rules import ReceivingRules
from services.stock_rules import StockRules
from services.stocking_rules import StockingRules

SETS: dict[str, type[CompanyRules]] = {
    "stocking": StockingRules,
    "buffers": BufferRules,
    "stock": StockRules,
    "delivery": DeliveryRules,
    "receiving": ReceivingRules,
    "invoices": InvoiceRules,
    "demand": DemandRules,
    "orders": OrderRules,
}
# What is worked out from the figures of a set and cached: its readers have to look again.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "stocking": ("policy",),
    "buffers": ("buffers",),
    "stock": ("stock",),
    "delivery": ("orders",),
    "receiving": (),
    "invoices": (),
    "demand": (),
    "orders": (),
}


def rules_in_force(viewer: Viewer) -> dict[str, CompanyRules]:
    """All sets as they are stored.

    Inputs: a viewer with inventory.read.
    Returns: by name.
    Raises: NotAllowed.
    Source: product.md, promise 1: every number is stored.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return {name: company_rules.in_force(session, kind) for name, kind in SETS.items()}


def save_rules(viewer: Viewer, name: object, entered: Mapping[str, object], *, seen: object) -> CompanyRules:
    """Store other figures of one set.

    Inputs: a viewer with inventory.edit; the name of a set; contract of company_rules.save.
    Returns: the set now in force.
    Raises: NotAllowed; NotFound for another name; InvalidInput; Conflict.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    if not isinstance(name, str) or name not in SETS:
        raise NotFound(_("There are no such rules."))
    with session_scope(viewer) as session:
        saved = company_rules.save(session, viewer, SETS[name], entered, seen=seen, action=f"{name}_rules.change")
        for subject in SUBJECTS[name]:
            stored.bump(session, subject)
    return saved
