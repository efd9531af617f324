"""What a supplier commits to: the shared forecast, capacity, closures and lead times."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.own_requests import OwnRequest, SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, schema_of, schema_with
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import supplier_capacity, supplier_commits
from services.supplier_commit_grid import CommitCell, SharedVersion

blueprint = Blueprint(
    "supplier planning",
    __name__,
    url_prefix="/api/v1/supplier",
    description="For suppliers: the forecast that is shared, commits to it, capacity and lead times. What is asked for "
    "counts once the buyer accepts it.",
)

NOTE = fields.String(load_default=None, validate=validate.Length(1, 500))
REASON = fields.String(required=True, validate=validate.Length(1, 200))
DAY = fields.Date(required=True)
Cell = schema_of(CommitCell, "CommitCell", difference=Figure())
Item = Strict.from_dict(
    {
        **{name: fields.String(allow_none=True) for name in ("id", "code", "name", "uom", "location")},
        "cells": fields.List(fields.Nested(Cell)),
    },
    name="CommitItem",
)
Version = schema_of(SharedVersion, "SharedForecast")
Forecast = Strict.from_dict(
    {
        "agreed": fields.Boolean(),
        "version": fields.Nested(Version, allow_none=True),
        "versions": fields.List(fields.Nested(Version)),
        "items": fields.List(fields.Nested(Item)),
    },
    name="SupplierForecast",
)
ForecastNumber = Strict.from_dict(
    {"number": fields.Integer(load_default=None, metadata={"description": "Of an earlier version."})},
    name="ForecastArguments",
)
Commit = Strict.from_dict(
    {
        "item": fields.String(required=True, validate=validate.Length(1, 100)),
        "starts_on": DAY,
        "quantity": Figure(required=True, allow_none=True),
        "comment": fields.String(load_default="", validate=validate.Length(max=200)),
    },
    name="ForecastCommit",
)
Commits = Strict.from_dict(
    {
        "forecast_id": fields.Integer(required=True),
        "cells": fields.List(fields.Nested(Commit), required=True, validate=validate.Length(1, 20_000)),
        "note": NOTE,
    },
    name="Commits",
)
Changed = Strict.from_dict({"changed": fields.Integer()}, name="ChangedCells")
Calendar = Strict.from_dict(
    {
        "bucket": fields.String(),
        "products": fields.List(
            fields.Nested(
                schema_with(
                    "SuppliedProduct", numbers="product_id", texts="code name category uom", figures="lead_time_days"
                )
            ),
            attribute="items",
        ),
        "capacities": fields.List(
            fields.Nested(schema_with("Capacity", texts="code category", days="starts_on ends_on", figures="quantity"))
        ),
        "closures": fields.List(fields.Nested(schema_with("Closure", texts="reason", days="first_on last_on"))),
        "lead_times": fields.List(
            fields.Nested(
                schema_with("LeadTimeChange", texts="code reason", figures="lead_time_days", days="valid_from")
            )
        ),
        "asked": fields.List(fields.Nested(OwnRequest)),
    },
    name="CapacityCalendar",
)
Capacity = Strict.from_dict(
    {
        "product_id": fields.Integer(load_default=None, allow_none=True),
        "category": fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200)),
        "first": DAY,
        "last": DAY,
        "quantity": Figure(required=True),
        "note": NOTE,
    },
    name="NewCapacity",
)
Closure = Strict.from_dict({"first": DAY, "last": DAY, "reason": REASON}, name="NewClosure")
LeadTime = Strict.from_dict(
    {
        "product_id": fields.Integer(required=True),
        "days": fields.Integer(required=True),
        "valid_from": DAY,
        "reason": REASON,
    },
    name="NewLeadTime",
)
REPEATABLE = {"parameters": [PARAMETER]}


@blueprint.get("/forecast")
@requires(Permission.SUPPLIER_FORECAST)
@blueprint.arguments(ForecastNumber, location="query")
@blueprint.response(200, Forecast)
def forecast(asked: dict[str, Any]) -> Response:
    """The newest forecast that is shared with you, with what you committed to; or an earlier one."""
    return one(Forecast, supplier_commits.commit_grid(viewer(), asked["number"]))


@blueprint.post("/forecast/commits")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Commits)
@blueprint.response(201, Changed)
@blueprint.doc(**REPEATABLE)
@repeatable
def commit(sent: dict[str, Any]) -> Response:
    """Commit to quantities of the newest forecast. What is not named stays as it was sent."""
    cells = [{**cell, "starts_on": cell["starts_on"].isoformat()} for cell in sent["cells"]]
    changed = supplier_commits.send(viewer(), sent["forecast_id"], cells, note=sent["note"])
    return one(Changed, {"changed": changed}, status=201)


@blueprint.get("/capacity")
@requires(Permission.SUPPLIER_CAPACITY)
@blueprint.response(200, Calendar)
def capacity() -> Response:
    """What you sell, what you said you can deliver, when you are closed, and what you asked for."""
    return one(Calendar, supplier_capacity.calendar(viewer()))


@blueprint.post("/capacity")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Capacity)
@blueprint.response(201, SentRequest)
@blueprint.doc(**REPEATABLE)
@repeatable
def ask_capacity(sent: dict[str, Any]) -> Response:
    """Tell what you can deliver at most of a product or a category in each week or month of a time."""
    scope = sent["product_id"] if sent["category"] is None else f"{supplier_capacity.CATEGORY}{sent['category']}"
    days = {name: sent[name].isoformat() for name in ("first", "last")}
    made = supplier_capacity.ask_capacity(viewer(), scope, **days, quantity=sent["quantity"], note=sent["note"])
    return one(SentRequest, {"request_id": made}, status=201)


@blueprint.post("/closures")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Closure)
@blueprint.response(201, SentRequest)
@blueprint.doc(**REPEATABLE)
@repeatable
def ask_closure(sent: dict[str, Any]) -> Response:
    """Tell that you deliver nothing from one day to another."""
    first, last = (sent[name].isoformat() for name in ("first", "last"))
    made = supplier_capacity.ask_closure(viewer(), first, last, sent["reason"])
    return one(SentRequest, {"request_id": made}, status=201)


@blueprint.post("/lead-times")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(LeadTime)
@blueprint.response(201, SentRequest)
@blueprint.doc(**REPEATABLE)
@repeatable
def ask_lead_time(sent: dict[str, Any]) -> Response:
    """Tell another lead time of a product."""
    day = sent["valid_from"].isoformat()
    made = supplier_capacity.ask_lead_time(viewer(), sent["product_id"], sent["days"], day, sent["reason"])
    return one(SentRequest, {"request_id": made}, status=201)
