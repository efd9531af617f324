"""The OEM's pages of risks, materials, yield and recipes open, for OEMs only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, Trading, load

from callbacks.partner.oem_changes import change_rows
from callbacks.partner.oem_materials import Ids as Materials
from callbacks.partner.oem_materials import material_rows
from callbacks.partner.oem_risks import Ids as Risks
from callbacks.planner.oem_materials import Ids as Declared
from services.oem_changes import RecipeChange
from services.oem_materials import OwnMaterial

PAGES = ("risks", "materials", "quality", "changes")
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def test_pages_open_for_their_oem_and_tell_nothing_of_others(visitor: Visitors) -> None:
    person = visitor("oem")
    for name in PAGES:
        answer = person.layout(f"/portal/oem/{name}")
        assert answer.status_code == 200
        for word in ("CANARY", "770077", "SIGMA"):
            assert word not in answer.text.upper()
    assert "MO-OMEGA-done" in person.layout("/portal/oem/quality").text


def test_the_plan_is_worked_out_after_the_page_stands(visitor: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_yet(*_: object) -> None:
        raise AssertionError("the page waits for the plan")

    with monkeypatch.context() as patch:
        patch.setattr("services.oem_risks.planned", not_yet)
        patch.setattr("services.oem_materials.planned", not_yet)
        for name in ("risks", "materials"):
            assert "This is being worked out" in visitor("oem").layout(f"/portal/oem/{name}").text
    assert "No order of yours is endangered" in visitor("oem").call(f"{Risks.found}.children").text
    assert "We keep no material of yours" in visitor("oem").call(f"{Materials.found}.children").text
    assert "No order of yours" not in visitor("supplier").call(f"{Risks.found}.children").text


def test_the_first_recipe_of_a_product_is_told_as_that(visitor: Visitors) -> None:
    first = RecipeChange(1, "C", "Item", TODAY, [], True, "", None, None)
    assert change_rows([first])[0]["change"] == "The first recipe"
    assert change_rows([replace(first, first=False)])[0]["change"] == "No component changes"


def test_planned_use_has_no_decimals_of_a_division() -> None:
    sugar = OwnMaterial("M", "Sugar", "KG", 40.5, [], [], 2_254_430.2755, 2)
    (row,) = material_rows([sugar])
    assert (row["stock"], row["cover"]) == ("40.5 KG", "2 weeks\nplanned use 2,254,430")


@pytest.mark.parametrize("name", ["planner", "supplier"])
def test_nobody_else_gets_in(visitor: Visitors, name: str) -> None:
    person = visitor(name)
    assert {person.layout(f"/portal/oem/{page}").status_code for page in PAGES} == {403}


def test_colleagues_declare_materials(visitor: Visitors) -> None:
    assert "Declare a material" in visitor("planner").layout("/supply/oem-materials").text
    assert "Declare a material" not in visitor("executive").layout("/supply/oem-materials").text
    for rows, disabled in (([], True), ([{"id": "1-1"}], False)):
        offered = visitor("planner").call(f"{Declared.take_back}.disabled", {f"{Declared.declared}.selectedRows": rows})
        assert offered.json["response"][Declared.take_back]["disabled"] is disabled
    assert visitor("oem").layout("/supply/oem-materials").status_code == 403
