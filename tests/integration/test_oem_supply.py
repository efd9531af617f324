"""What an OEM is told of its yield, materials, risks and recipes: its own, and nothing that others or we keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import oem_changes, oem_materials, oem_quality, oem_risks, partner_requests

ViewerOf = Callable[[str], Viewer]
ROWS = """
insert into product (id, code, name, uom, kind, unit_cost)
values (900, 'MAT', 'Own sugar', 'KG', 'material', 770077), (901, 'SALT', 'CANARY-salt', 'KG', 'material', 1);
insert into bom (id, product_id, valid_from) values (910, :item, :first), (911, :item, :next), (912, :other, :first);
insert into bom_line (bom_id, component_id, quantity) values (910, 900, 1), (911, 900, 2), (912, 901, 1);
insert into stock_lot (product_id, location_id, lot, quantity, received_on)
values (900, :site, 'M', 40, :first), (901, :site, 'S', 99, :first);
update production_order set scrap_quantity = 50 where id = :done
"""


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        made = load()
        values = {
            "item": made["omega.item"],
            "other": made["sigma.item"],
            "site": made["site"],
            "done": made["omega.done"],
            "first": TODAY - timedelta(100),
            "next": TODAY + timedelta(8),
        }
        with owner_engine().begin() as connection:
            for statement in ROWS.split(";"):
                named = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(text(statement), named)
        yield made


def test_yield_is_good_units_of_all_produced(ids: Trading, viewer_of: ViewerOf) -> None:
    found = oem_quality.quality(viewer_of("oem-viewer"))
    shares = {row["number"]: row["share"] for row in found.orders}
    assert shares == {"MO-OMEGA-done": 0.8, "MO-OMEGA-late": 1.0, "MO-OMEGA-running": 1.0}
    (product,) = found.products
    assert (product["made"], product["scrap"], product["before"]) == (400, 50, None)


def test_orders_that_lack_material_are_told_without_the_material(ids: Trading, viewer_of: ViewerOf) -> None:
    (risk,) = oem_risks.risks(viewer_of("oem"))
    assert (risk.order_id, risk.reason, risk.days_late) == (ids["omega.planned"], "material", None)
    assert {each.name for each in fields(risk)} == {
        *("order_id", "number", "code", "item", "due_on", "week", "reason", "days_late")
    }
    assert {each.number for each in oem_risks.risks(viewer_of("oem2"))} <= {"MO-SIGMA-planned"}


def test_materials_are_shown_to_their_owner_only(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, oem, other = viewer_of("planner"), viewer_of("oem"), viewer_of("oem2")
    assert oem_materials.materials(oem) == []
    oem_materials.declare(planner, str(ids["omega.party"]), "mat")
    with pytest.raises(Conflict):
        oem_materials.declare(planner, str(ids["omega.party"]), "MAT")
    (material,) = oem_materials.materials(oem)
    assert (material.code, material.stock, material.places) == ("MAT", 40, [("Kuala Lumpur", 40)])
    assert oem_materials.materials(other) == []
    with session_scope(other) as session:
        assert session.execute(text("select count(*) from oem_material")).scalar() == 0
        assert session.execute(text("select count(*) from product where code = 'MAT'")).scalar() == 0
    with pytest.raises(NotAllowed):
        oem_materials.declare(oem, str(ids["omega.party"]), "SALT")
    for oem_id, code in ((str(ids["omega.party"]), "NONE"), ("999", "MAT"), (None, "MAT")):
        with pytest.raises(NotFound):
            oem_materials.declare(planner, oem_id, code)
    oem_materials.take_back(planner, ids["omega.party"], 900)
    assert oem_materials.materials(oem) == []


def test_recipe_changes_name_components_without_quantities(ids: Trading, viewer_of: ViewerOf) -> None:
    found = oem_changes.changes(viewer_of("oem"))
    assert [(each.id, each.changes) for each in found] == [(911, [("more", "Own sugar")]), (910, [])]
    assert [each.id for each in oem_changes.changes(viewer_of("oem2"))] == [912]


def test_an_objection_comes_before_colleagues(ids: Trading, viewer_of: ViewerOf) -> None:
    oem, planner = viewer_of("oem"), viewer_of("planner")
    with pytest.raises(InvalidInput, match="Note"):
        oem_changes.answer(oem, 911, "objected")
    oem_changes.answer(oem, 911, "objected", "Too sweet")
    (request,) = partner_requests.requests(planner, kind="recipe_objection")
    partner_requests.accept(planner, request.submission.id, note="We keep the old one")
    oem_changes.answer(oem, 910, "acknowledged")
    assert {each.id: each.answer for each in oem_changes.changes(oem)} == {911: "objected", 910: "acknowledged"}


@pytest.mark.parametrize("bom", [912, 10**30, None, "911"])
def test_b01_recipes_of_others_answer_like_unknown_ones(ids: Trading, viewer_of: ViewerOf, bom: object) -> None:
    with pytest.raises(NotFound, match="no such version"):
        oem_changes.answer(viewer_of("oem"), bom, "acknowledged")
    with pytest.raises(NotAllowed):
        oem_changes.answer(viewer_of("oem-viewer"), bom, "acknowledged")


def test_b08_the_wall_refuses_a_word_on_another_recipe(ids: Trading, viewer_of: ViewerOf) -> None:
    oem = viewer_of("oem")
    values = {"company": oem.company_id, "person": oem.user_id}
    statement = text(
        "insert into recipe_acknowledgement (bom_id, company_id, answer, user_id, actor) "
        "values (912, :company, 'acknowledged', :person, 'x')"
    )
    with pytest.raises(NotAllowed), session_scope(oem) as session:
        session.execute(statement, values)


@pytest.mark.parametrize("name", ["planner", "supplier", "customer"])
def test_only_oems_get_in(ids: Trading, viewer_of: ViewerOf, name: str) -> None:
    for ask in (oem_quality.quality, oem_risks.risks, oem_materials.materials, oem_changes.changes):
        with pytest.raises(NotAllowed):
            ask(viewer_of(name))
