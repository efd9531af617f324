"""Baskets that a customer keeps to order again, and baskets made of its earlier orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import customer_ordering as rows
from data.queries import customer_portal
from services.audit import record
from services.customer_catalogue import BasketLine, Product, basket, products
from services.form_values import chosen_id, sentence
from services.partners import partner_scope

LONGEST_NAME = 60
AHEAD = timedelta(days=7)
_P = Permission


@dataclass(frozen=True, slots=True)
class Template:
    """A kept basket; ``lines`` says how many lines it has."""

    id: int
    name: str
    lines: int
    made_by: str
    created_at: datetime


def templates(viewer: Viewer) -> list[Template]:
    """The baskets that the viewer's company keeps.

    Inputs: a customer.
    Returns: templates by name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        found = rows.templates(session)
    return [Template(row.id, row.name, len(row.lines), row.made_by, row.created_at) for row in found]


def save(viewer: Viewer, name: object, lines: object) -> int:
    """Keep a basket under a name; one of that name gets these lines.

    Inputs: a customer who may answer; a name; the basket as the page holds it.
    Returns: the id of the template.
    Raises: NotAllowed; InvalidInput.
    Source: none; ours.
    """
    called = sentence(name, name=_("Name of the template"), longest=LONGEST_NAME)
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_ANSWER) as session:
        kept = [_kept(line) for line in basket(products(session), lines)]
        rows.lock_templates(session, viewer.company_id)
        known = rows.template_of_name(session, called)
        if known is None:
            values = {"company_id": viewer.company_id, "created_by": viewer.user_id, "name": called, "lines": kept}
            known = rows.add_template(session, **values)
        else:
            rows.change_template(session, known, lines=kept)
        after = {"name": called, "lines": kept}
        record(session, viewer, "order_template.save", subject="order_template", subject_id=known, after=after)
    return known


def remove(viewer: Viewer, template_id: object) -> None:
    """Keep a basket no longer.

    Inputs: a customer who may answer; the id of a template, as a select has it.
    Returns: nothing.
    Raises: NotAllowed; NotFound.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING, _P.PORTAL_ANSWER) as session:
        wanted = chosen_id(template_id)
        if not rows.change_template(session, wanted, removed=True):
            raise NotFound(_("There is no such template."))
        record(session, viewer, "order_template.remove", subject="order_template", subject_id=wanted)


def basket_of_template(viewer: Viewer, template_id: object) -> list[BasketLine]:
    """The lines of a template, wanted in a week; what is not sold any more is left out.

    Inputs: a customer; the id of a template, as a select has it.
    Returns: lines.
    Raises: NotAllowed; NotFound.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        found = next((row for row in rows.templates(session) if row.id == chosen_id(template_id)), None)
        if found is None:
            raise NotFound(_("There is no such template."))
        return _lines(session, found.lines)


def basket_of_order(viewer: Viewer, number: object) -> list[BasketLine]:
    """The lines of an earlier order, wanted in a week; what is not sold any more is left out.

    Inputs: a customer; the number of one of its orders.
    Returns: lines.
    Raises: NotAllowed; NotFound, also for an order of others.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.CUSTOMER_ORDERING) as session:
        found = customer_portal.lines_of_order(session, number=number if isinstance(number, str) else "")
        if not found:
            raise NotFound(_("There is no such order."))
        return _lines(session, [{"product_id": row.product_id, "count": str(row.quantity)} for row in found])


def _kept(line: BasketLine) -> dict[str, Any]:
    return {"product_id": line.product.id, "count": str(line.count), "unit": line.unit}


def _lines(session: Session, kept: list[dict[str, Any]]) -> list[BasketLine]:
    by_id = {product.id: product for product in products(session)}
    day = today() + AHEAD
    return [found for line in kept if (found := _line(by_id, line, day))]


def _line(by_id: dict[int, Product], line: dict[str, Any], day: date) -> BasketLine | None:
    product = by_id.get(line.get("product_id", 0))
    if product is None:
        return None
    unit = line.get("unit", product.uom)
    return BasketLine(product, Decimal(line["count"]), unit if unit in product.packs else product.uom, day)
