"""How well a customer was served."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.schemas import Figure, schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import customer_service
from services.customer_service import Month, ServiceLine
from services.delivery_rules import DeliveryRules

blueprint = Blueprint(
    "customer service",
    __name__,
    url_prefix="/api/v1/customer/service",
    description="For customers: deliveries on time and in full, by the month they were due in.",
)

Service = Strict.from_dict(
    {
        "months": fields.List(fields.Nested(schema_of(Month, "ServiceMonth"))),
        "chosen": fields.String(metadata={"description": "The month of the lines."}),
        "lines": fields.List(fields.Nested(schema_of(ServiceLine, "ServiceLine"))),
        "late_lines": fields.Integer(),
        "late_units": Figure(),
        "rules": fields.Nested(schema_of(DeliveryRules, "DeliveryRules")),
        "until": fields.Date(allow_none=True),
    },
    name="CustomerService",
)
MonthArguments = Strict.from_dict(
    {
        "month": fields.String(
            load_default="",
            validate=validate.Regexp(r"\d{4}-(0[1-9]|1[0-2])|"),
            metadata={"description": "YYYY-MM; the last one with lines unless it is given."},
        )
    },
    name="ServiceArguments",
)


@blueprint.get("")
@requires(Permission.CUSTOMER_SERVICE)
@blueprint.arguments(MonthArguments, location="query")
@blueprint.response(200, Service)
def service(asked: dict[str, Any]) -> Response:
    """On time in full, fill rate and lead time by month; the lines of one month; what is late now."""
    return one(Service, customer_service.service(viewer(), month=asked["month"]))
