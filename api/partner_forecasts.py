"""What customers and OEMs expect to need: their draft, cell by cell, and the versions they sent."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, page, page_schema
from api.partner_forecast_figures import add_figures
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Note, schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import partner_forecast_cells, partner_forecasts
from services.partner_forecast_cells import FILLS, LARGEST_FILE, DryRun
from services.partner_forecasts import ForecastSheet, ForecastVersion, Item

Version = schema_of(ForecastVersion, "PartnerForecastVersion")
ForecastItem = schema_of(Item, "PartnerForecastItem")
Figures = Strict.from_dict(
    {
        "item": fields.Integer(),
        "month": fields.Date(),
        **{name: Figure(allow_none=True) for name in ("quantity", "sent", "last_year")},
    },
    name="PartnerForecastCell",
)
Sheet = Strict.from_dict(
    {
        "items": fields.List(fields.Nested(ForecastItem)),
        "months": fields.List(fields.Date()),
        "draft": fields.Nested(Version, allow_none=True),
        "newest": fields.Nested(Version, allow_none=True),
        "cells": fields.List(fields.Nested(Figures)),
    },
    name="PartnerForecast",
)
Written = Strict.from_dict(
    {
        "item": fields.String(required=True, validate=validate.Length(1, 100), metadata={"description": "Its code."}),
        "month": fields.String(required=True, validate=validate.Length(7, 10), metadata={"description": "YYYY-MM."}),
        "quantity": Figure(required=True, allow_none=True),
    },
    name="WrittenCell",
)
Cells = Strict.from_dict(
    {"cells": fields.List(fields.Nested(Written), required=True, validate=validate.Length(1, 20_000))},
    name="WrittenCells",
)
Filling = Strict.from_dict(
    {
        "rule": fields.String(required=True, validate=validate.OneOf(FILLS)),
        "items": fields.List(fields.Integer(), load_default=[], metadata={"description": "Ids; all if empty."}),
        "percent": Figure(load_default=None, allow_none=True),
    },
    name="ForecastFilling",
)
Table = Strict.from_dict(
    {
        "csv": fields.String(
            required=True,
            validate=validate.Length(1, LARGEST_FILE),
            metadata={"description": "A line an item: its code in the column item, and a column a month (YYYY-MM)."},
        )
    },
    name="ForecastTable",
)
Problem = Strict.from_dict(
    {name: fields.String() for name in ("row", "column", "value", "problem", "remedy")}, name="ForecastTableProblem"
)
Checked = schema_of(DryRun, "CheckedForecastTable", without=("problems",), problems=fields.List(fields.Nested(Problem)))
Changed = Strict.from_dict({"changed": fields.Integer()}, name="ChangedForecastCells")
Sent = Strict.from_dict({"number": fields.Integer()}, name="SentForecast")
PLACES: tuple[tuple[str, Permission], ...] = (
    ("customer", Permission.CUSTOMER_FORECAST),
    ("oem", Permission.OEM_DEMAND),
)


def _group(kind: str, feature: Permission) -> Blueprint:
    made = Blueprint(
        f"{kind} forecast",
        __name__,
        url_prefix=f"/api/v1/{kind}/forecast",
        description="What you expect to need, month by month. A version counts once it is accepted.",
    )
    _add_reading(made, feature, page_schema(Version, f"{kind.capitalize()}ForecastVersions"))
    _add_writing(made, feature)
    add_figures(made, feature)
    return made


def _add_reading(group: Blueprint, feature: Permission, versions: type[Schema]) -> None:
    @group.get("")
    @requires(feature)
    @group.response(200, Sheet)
    def sheet() -> Response:
        """What is written now, beside what was sent last and ordered a year before."""
        return one(Sheet, _plain(partner_forecasts.sheet(viewer())))

    @group.get("/versions")
    @requires(feature)
    @group.arguments(list_arguments("ForecastVersions", "-number"), location="query")
    @group.response(200, versions)
    def sent_versions(asked: dict[str, Any]) -> Response:
        """Your versions, the newest first."""
        return page(Version, partner_forecasts.versions(viewer()), asked)


def _add_writing(group: Blueprint, feature: Permission) -> None:
    @group.patch("/cells")
    @requires(feature)  # and portal.answer, which the service asks for
    @group.arguments(Cells)
    @group.response(200, Changed)
    def write(sent: dict[str, Any]) -> Response:
        """Write figures into the draft; null says nothing. What is not named stays."""
        return one(Changed, {"changed": partner_forecast_cells.save(viewer(), sent["cells"])})

    @group.post("/cells/filling")
    @requires(feature)  # and portal.answer, which the service asks for
    @group.arguments(Filling)
    @group.response(200, Changed)
    @group.doc(parameters=[PARAMETER])
    @repeatable
    def fill(sent: dict[str, Any]) -> Response:
        """Fill items of the draft by a rule: as last year, as sent last, changed by per cent, or cleared."""
        changed = partner_forecast_cells.fill(viewer(), sent["rule"], sent["items"], sent["percent"])
        return one(Changed, {"changed": changed})

    @group.post("/table-checks")
    @requires(feature)
    @group.arguments(Table)
    @group.response(200, Checked)
    def check_table(sent: dict[str, Any]) -> Response:
        """Look at what a CSV file would change in the draft. Nothing is written."""
        return one(Checked, partner_forecast_cells.dry_run(viewer(), _as_file(sent["csv"])))

    @group.post("/tables")
    @requires(feature)  # and portal.answer, which the service asks for
    @group.arguments(Table)
    @group.response(200, Changed)
    @group.doc(parameters=[PARAMETER])
    @repeatable
    def take_table(sent: dict[str, Any]) -> Response:
        """Write a CSV file into the draft, all of it or nothing."""
        return one(Changed, {"changed": partner_forecast_cells.take_over(viewer(), _as_file(sent["csv"]))})

    @group.post("/versions")
    @requires(feature)  # and portal.commit, which the service asks for
    @group.arguments(Note)
    @group.response(201, Sent)
    @group.doc(parameters=[PARAMETER])
    @repeatable
    def send(said: dict[str, Any]) -> Response:
        """Send the draft as a new version."""
        return one(Sent, {"number": partner_forecasts.send(viewer(), note=said["note"])}, status=201)


def _as_file(table: str) -> str:
    """A table as browsers send files."""
    return f"data:text/csv;base64,{base64.b64encode(table.encode()).decode()}"


def _plain(found: ForecastSheet) -> dict[str, Any]:
    places = sorted({*found.figures, *found.sent, *found.last_year})
    cells = [
        {
            "item": item,
            "month": month,
            "quantity": found.figures.get((item, month)),
            "sent": found.sent.get((item, month)),
            "last_year": found.last_year.get((item, month)),
        }
        for item, month in places
    ]
    return {name: getattr(found, name) for name in ("items", "months", "draft", "newest")} | {"cells": cells}


GROUPS = [_group(kind, feature) for kind, feature in PLACES]
