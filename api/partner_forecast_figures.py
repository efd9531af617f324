"""What versions of a partner's forecast say, how two of them differ, and what they were worth."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from analytics.partner_accuracy import Worth
from api.arguments import Blueprint, Strict
from api.lists import list_arguments, page, page_schema
from api.order_lists import whole_of
from api.schemas import schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import partner_forecast_accuracy, partner_forecast_compare
from services.partner_forecast_accuracy import LAGS, MonthWorth, PartnerAccuracy
from services.partner_forecast_compare import ChangedCell, ComparedMonth, SaidCell
from services.partner_forecasts import Item

Cell = schema_of(SaidCell, "SaidForecastCell")
CellPage = page_schema(Cell, "SaidForecastCells")
Comparison = Strict.from_dict(
    {
        "cells": fields.List(fields.Nested(schema_of(ChangedCell, "ComparedForecastCell"))),
        "months": fields.List(fields.Nested(schema_of(ComparedMonth, "ComparedForecastMonth"))),
    },
    name="ForecastComparison",
)
NUMBER = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))
Compared = Strict.from_dict({"older": NUMBER, "newer": NUMBER}, name="ComparisonArguments")
ForecastWorth = schema_of(Worth, "ForecastWorth")
WORTH = fields.Nested(ForecastWorth)
LagWorth = Strict.from_dict({"lag": fields.Integer(), "worth": WORTH}, name="WorthOfLag")
ItemWorth = Strict.from_dict({"item": fields.Nested(schema_of(Item, "JudgedItem")), "worth": WORTH}, name="WorthOfItem")
Accuracy = Strict.from_dict(
    {
        "lag": fields.Integer(),
        "lags": fields.List(fields.Nested(LagWorth)),
        "items": fields.List(fields.Nested(ItemWorth)),
        "months": fields.List(fields.Nested(schema_of(MonthWorth, "WorthOfMonth"))),
    },
    name="ForecastAccuracy",
)
Lag = Strict.from_dict(
    {"lag": fields.Integer(load_default=1, validate=validate.OneOf(LAGS), metadata={"description": "Months ahead."})},
    name="AccuracyArguments",
)


def add_figures(group: Blueprint, feature: Permission) -> None:
    """Give a group of endpoints what can be read of versions."""

    @group.get("/versions/<int:number>/cells")
    @requires(feature)
    @group.arguments(list_arguments("SaidForecastCells"), location="query")
    @group.response(200, CellPage)
    def said(asked: dict[str, Any], number: int) -> Response:
        """What one of your versions says, by item and month."""
        found = partner_forecast_compare.said(viewer(), number)
        return page(Cell, [whole_of(Cell, each, key=f"{each.item}|{each.month}") for each in found], asked, key="key")

    @group.get("/comparison")
    @requires(feature)
    @group.arguments(Compared, location="query")
    @group.response(200, Comparison)
    def compared(asked: dict[str, Any]) -> Response:
        """What changed from one of your versions to another."""
        return one(Comparison, partner_forecast_compare.compare(viewer(), asked["older"], asked["newer"]))

    @group.get("/accuracy")
    @requires(feature)
    @group.arguments(Lag, location="query")
    @group.response(200, Accuracy)
    def judged(asked: dict[str, Any]) -> Response:
        """What your forecasts of the last year were worth: beside what you ordered, and beside the year before."""
        return one(Accuracy, _plain(partner_forecast_accuracy.accuracy(viewer(), asked["lag"])))


def _plain(found: PartnerAccuracy) -> dict[str, Any]:
    return {
        "lag": found.lag,
        "lags": [{"lag": lag, "worth": each} for lag, each in found.lags.items()],
        "items": [{"item": item, "worth": each} for item, each in found.items],
        "months": found.months,
    }
