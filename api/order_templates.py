"""Baskets that a customer need not put together anew: kept ones, those of earlier orders, and those of a file."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.customer_ordering import LINES, Line, lines_of, sent_lines
from api.lists import list_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import required_text, schema_of
from api.single import named, one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_catalogue, order_templates
from services.order_templates import LONGEST_NAME

blueprint = Blueprint(
    "customer baskets",
    __name__,
    url_prefix="/api/v1/customer",
    description="For customers: baskets to order again, of a template, an earlier order or a CSV file. Their lines are "
    "those that order-checks takes; nothing is asked for or held yet.",
)

Template = schema_of(order_templates.Template, "OrderTemplate")
Lines = Strict.from_dict({"lines": fields.List(fields.Nested(Line))}, name="BasketLines")
NewTemplate = Strict.from_dict({"name": required_text(LONGEST_NAME), "lines": LINES}, name="NewOrderTemplate")
Made = Strict.from_dict({"id": fields.Integer()}, name="MadeOrderTemplate")
Table = Strict.from_dict(
    {
        "csv": fields.String(
            required=True,
            validate=validate.Length(1, customer_catalogue.MOST_PASTED),
            metadata={"description": f"Columns {', '.join(customer_catalogue.PASTED)}; as many lines as you order."},
        )
    },
    name="BasketTable",
)


@blueprint.get("/order-templates")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.arguments(list_arguments("OrderTemplates", "name", "-created_at"), location="query")
@blueprint.response(200, page_schema(Template, "OrderTemplates"))
def templates(asked: dict[str, Any]) -> Response:
    """The baskets that your company keeps."""
    return page(Template, order_templates.templates(viewer()), asked)


@blueprint.get("/order-templates/<int:template_id>")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.response(200, Template)
def template(template_id: int) -> Response:
    """One of them."""
    return one(Template, named(order_templates.templates(viewer()), template_id))


@blueprint.get("/order-templates/<int:template_id>/basket")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.response(200, Lines)
def template_basket(template_id: int) -> Response:
    """Its lines, wanted in a week; what is not sold any more is left out."""
    return _basket(order_templates.basket_of_template(viewer(), template_id))


@blueprint.post("/order-templates")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(NewTemplate)
@blueprint.response(201, Made)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def keep(sent: dict[str, Any]) -> Response:
    """Keep a basket under a name; one of that name gets these lines."""
    return one(Made, {"id": order_templates.save(viewer(), sent["name"], lines_of(sent))}, status=201)


@blueprint.delete("/order-templates/<int:template_id>")
@requires(Permission.PORTAL_ANSWER)
@blueprint.response(204)
def remove(template_id: int) -> Response:
    """Keep a basket no longer."""
    order_templates.remove(viewer(), template_id)
    return Response(status=204)


@blueprint.get("/past-orders/<number>/basket")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.response(200, Lines)
def order_basket(number: str) -> Response:
    """The lines of one of your orders, wanted in a week; what is not sold any more is left out."""
    return _basket(order_templates.basket_of_order(viewer(), number))


@blueprint.post("/order-tables")
@requires(Permission.CUSTOMER_ORDERING)
@blueprint.arguments(Table)
@blueprint.response(200, Lines)
def table_basket(sent: dict[str, Any]) -> Response:
    """The lines of a CSV file: all of them, or every bad cell is told."""
    return _basket(customer_catalogue.pasted(viewer(), sent["csv"]))


def _basket(found: list[customer_catalogue.BasketLine]) -> Response:
    return one(Lines, {"lines": sent_lines(found)})
