"""Where stock stands, what was sold, and what was planned."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint
from api.lists import answer, list_arguments, make_cursor, page, page_schema, read_cursor
from api.schemas import schema_with
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import demand_periods, plan_values, plan_versions, positions
from services.positions import PositionFilters

blueprint = Blueprint(
    "planning", __name__, url_prefix="/api/v1", description="Where stock stands, what was sold, what was planned."
)

NARROWED = ("status", "location", "category", "search")
Position = schema_with(
    "StockPosition",
    texts="code name category uom location location_name status supplier",
    figures="on_hand on_order allocated position mean_daily_demand unit_cost safety_stock reorder_point order_up_to "
    "lead_time_days days_of_cover days_to_stock_out shortage_quantity shortage_value excess_quantity excess_value "
    "stock_value money_at_stake",
)
Period = schema_with("DemandPeriod", texts="product location", days="period", figures="quantity")
Plan = schema_with(
    "PublishedPlan", numbers="id number months cycle_id run_id", texts="kind note published_by", days="first_period"
)
PlanValue = schema_with(
    "PlanValue",
    texts="product location channel",
    days="period",
    figures="naive statistical uplift sales marketing customer finance planner consensus "
    "demand receipts end_stock owed",
)
SOLD = list_arguments(
    "DemandPeriods",
    products=fields.String(
        required=True,
        validate=validate.Length(1, 5000),
        metadata={"description": f"Codes with commas, at most {demand_periods.MOST_PRODUCTS}."},
    ),
    frequency=fields.String(load_default="month", validate=validate.OneOf(demand_periods.FREQUENCIES)),
    since=fields.Date(required=True),
    before=fields.Date(required=True),
)


@blueprint.get("/stock-positions")
@requires(Permission.INVENTORY_READ)
@blueprint.arguments(
    list_arguments(
        "StockPositions",
        **{name: fields.String(load_default="", validate=validate.Length(max=200)) for name in NARROWED},
    ),
    location="query",
)
@blueprint.response(200, page_schema(Position, "StockPositions"))
def stock_positions(asked: dict[str, Any]) -> Response:
    """Every item at every place: stock, orders, cover, status and money, by code and place."""
    wanted = PositionFilters(**{name: asked[name] for name in NARROWED})
    found, last = positions.positions_after(viewer(), wanted, last=read_cursor(asked), limit=asked["limit"])
    return answer(Position, found, asked, None if last is None else make_cursor(asked, last))


@blueprint.get("/demand-periods")
@requires(Permission.DEMAND_READ)
@blueprint.arguments(SOLD, location="query")
@blueprint.response(200, page_schema(Period, "DemandPeriods"))
def sold(asked: dict[str, Any]) -> Response:
    """What was sold of products by day, week or month."""
    codes = [code.strip() for code in asked["products"].split(",") if code.strip()]
    found = demand_periods.demand_periods(
        viewer(), products=codes, frequency=asked["frequency"], since=asked["since"], before=asked["before"]
    )
    keyed = [{**row, "key": f"{row['product']}|{row['location']}|{row['period']}"} for row in found]
    return page(Period, keyed, asked, key="key")


@blueprint.get("/plans")
@requires(Permission.PLAN_READ)
@blueprint.arguments(list_arguments("PublishedPlans", "-id", "first_period"), location="query")
@blueprint.response(200, page_schema(Plan, "PublishedPlans"))
def plans(asked: dict[str, Any]) -> Response:
    """The published plans, the newest first."""
    return page(Plan, plan_versions.versions(viewer()), asked)


@blueprint.get("/plans/<int:plan_id>/values")
@requires(Permission.PLAN_READ)
@blueprint.arguments(list_arguments("PlanValues"), location="query")
@blueprint.response(200, page_schema(PlanValue, "PlanValues"))
def values(asked: dict[str, Any], plan_id: int) -> Response:
    """The values of a published plan: forecast, streams and consensus, or supply, month by month."""
    found, last = plan_values.values_after(viewer(), plan_id, last=read_cursor(asked), limit=asked["limit"])
    return answer(PlanValue, found, asked, None if last is None else make_cursor(asked, last))
