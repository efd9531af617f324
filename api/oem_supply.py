"""What an OEM is told of its production: what is endangered, its materials, the quality, and new recipes."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.order_lists import whole_of
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Parts, optional_text, schema_of, schema_with
from api.single import IF_MATCH, named, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import oem_changes, oem_materials, oem_quality, oem_risks
from services.oem_changes import RecipeChange
from services.oem_materials import OwnMaterial
from services.submissions import NOTE_LENGTH

blueprint = Blueprint(
    "oem supply",
    __name__,
    url_prefix="/api/v1/oem",
    description="For OEMs: which orders are endangered, materials of yours that lie with us, how much of what is made "
    "is good, and new versions of recipes.",
)

Risk = schema_of(oem_risks.Risk, "OemRisk")
Place = Strict.from_dict({"location": fields.String(), "quantity": Figure()}, name="OemMaterialPlace")
Flow = Strict.from_dict({"month": fields.Date(), "received": Figure(), "used": Figure()}, name="OemMaterialMonth")
Material = schema_of(
    OwnMaterial,
    "OemMaterial",
    without=("places", "months"),
    places=fields.List(Parts(Place)),
    months=fields.List(Parts(Flow)),
)
ITEM = {"texts": "code name uom", "figures": "made scrap share"}
Quality = Strict.from_dict(
    {
        "products": fields.List(
            fields.Nested(schema_with("QualityOfProduct", **{**ITEM, "figures": "made scrap share before"}))
        ),
        "months": fields.List(fields.Nested(schema_with("QualityOfMonth", **ITEM, days="month"))),
        "orders": fields.List(
            fields.Nested(schema_with("QualityOfOrder", **{**ITEM, "texts": "number code name uom"}, days="day"))
        ),
    },
    name="OemQuality",
)
Changed = Strict.from_dict({"what": fields.String(), "component": fields.String()}, name="ChangedComponent")
Recipe = schema_of(RecipeChange, "RecipeChange", without=("changes",), changes=fields.List(Parts(Changed)))
Said = Strict.from_dict(
    {
        "answer": fields.String(required=True, validate=validate.OneOf(oem_changes.ANSWERS)),
        "note": optional_text(NOTE_LENGTH),
    },
    name="RecipeAnswer",
)


@blueprint.get("/risks")
@requires(Permission.OEM_RISK)
@blueprint.arguments(list_arguments("OemRisks", "due_on", "number"), location="query")
@blueprint.response(200, page_schema(Risk, "OemRisks"))
def risks(asked: dict[str, Any]) -> Response:
    """Your open orders that are endangered by material or by capacity."""
    keyed = [whole_of(Risk, each, key=f"{each.order_id}|{each.reason}") for each in oem_risks.risks(viewer())]
    return page(Risk, keyed, asked, key="key")


@blueprint.get("/materials")
@requires(Permission.OEM_MATERIALS)
@blueprint.arguments(list_arguments("OemMaterials"), location="query")
@blueprint.response(200, page_schema(Material, "OemMaterials"))
def materials(asked: dict[str, Any]) -> Response:
    """Materials of yours that lie with us: stock by place, what came and went by month, how long it lasts."""
    return page(Material, oem_materials.materials(viewer()), asked, key="code")


@blueprint.get("/quality")
@requires(Permission.OEM_QUALITY)
@blueprint.response(200, Quality)
def quality() -> Response:
    """Made, scrap and yield of the last year, by product, month and order."""
    return one(Quality, oem_quality.quality(viewer()))


@blueprint.get("/recipe-changes")
@requires(Permission.OEM_CHANGES)
@blueprint.arguments(list_arguments("RecipeChanges", "-valid_from", "id"), location="query")
@blueprint.response(200, page_schema(Recipe, "RecipeChanges"))
def recipe_changes(asked: dict[str, Any]) -> Response:
    """Versions of recipes of your products that hold today or later, and what you said to them."""
    return page(Recipe, oem_changes.changes(viewer()), asked)


@blueprint.get("/recipe-changes/<int:recipe_id>")
@requires(Permission.OEM_CHANGES)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Recipe)
def recipe_change(asked: dict[str, Any], recipe_id: int) -> Response:
    """One of them."""
    return one(Recipe, named(oem_changes.changes(viewer()), recipe_id), asked)


@blueprint.post("/recipe-changes/<int:recipe_id>/answer")
@requires(Permission.PORTAL_COMMIT)
@blueprint.arguments(Said)
@blueprint.response(200, Recipe)
@blueprint.doc(parameters=[IF_MATCH, PARAMETER])
@repeatable
def answer(said: dict[str, Any], recipe_id: int) -> Response:
    """Acknowledge a version of a recipe, or object to it and say why."""
    require_match(Recipe, named(oem_changes.changes(viewer()), recipe_id))
    oem_changes.answer(viewer(), recipe_id, said["answer"], said["note"])
    return one(Recipe, named(oem_changes.changes(viewer()), recipe_id))
