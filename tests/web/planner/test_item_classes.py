"""Inventory › Classes: boxes as links, the list of one, limits that who may changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.item_classes import PATH, Ids, flags_text, seasonal_text, wanted_classes
from core.viewer import Viewer
from services import class_rules
from services.class_rules import NAMES, ClassRules
from services.company_rules import as_entered
from services.item_classes import ClassFilters

Visit = Callable[..., Any]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def rows(visitor: Any, filters: dict[str, str] | None = None, **request: Any) -> dict[str, Any]:
    values = {
        f"{Ids.rows}.getRowsRequest": {"startRow": 0, "endRow": 100, "sortModel": [], **request},
        f"{Ids.filters}.data": filters or {},
    }
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", values)
    assert answer.status_code == 200
    response: dict[str, Any] = answer.json["response"]
    return response


def entered(**changed: Any) -> dict[str, Any]:
    before = as_entered(ClassRules())
    values = {f"{getattr(Ids, name)}.value": {**before, **changed}[name] for name in NAMES}
    return {**values, f"{Ids.seen}.data": before, f"{Ids.filters}.data": {"goods": "used"}}


def test_page_shows_nine_boxes_as_links(visitor: Visit) -> None:
    page = str(visitor("planner").layout(PATH, "?goods=used&category=Materials").json)
    for box in ("AX", "BY", "CZ", "none"):
        assert f"{PATH}?goods=used&category=Materials&box={box}" in page
    assert "Goods used in production, ranked by cost from 2025-03-01 to 2026-02-28" in page
    assert "Limits: A 80 %, B 95 % of value" in page
    assert "Save limits" in page


def test_the_box_that_is_shown_leads_back_to_all(visitor: Visit) -> None:
    page = str(visitor("planner").layout(PATH, "?box=AX&basis=volume").json)
    assert f"'{PATH}?basis=volume'" in page
    assert f"'{PATH}?basis=volume&box=AY'" in page
    assert "shown below" in page


def test_rows_of_a_box_are_paged_and_sorted_on_the_server(visitor: Visit) -> None:
    """A year of 120 days of issues: sugar 2,400 at 3, bottles 12,000 at 0.4; two tenths of both are March's."""
    planner = visitor("planner")
    found = rows(planner, {"goods": "used"})
    codes = [row["code"] for row in found[Ids.rows]["getRowsResponse"]["rowData"]]
    assert codes == ["SUGAR", "BOTTLE"]
    assert "2 items" in found[Ids.totals]["children"]
    second = rows(planner, {"goods": "used"}, startRow=1, endRow=2, sortModel=[{"colId": "code", "sort": "asc"}])
    assert [row["code"] for row in second[Ids.rows]["getRowsResponse"]["rowData"]] == ["SUGAR"]
    unsold = rows(planner, {"box": "none"})[Ids.rows]["getRowsResponse"]["rowData"]
    assert {row["code"] for row in unsold} == {"CHIPS", "TEA", "OLD", "NEW"}
    assert {row["movement"] for row in unsold} == {"▲ Obsolete"}


@pytest.mark.parametrize("filters", [None, "x", {"box": ["AX"], "search": {"a": 1}}, {"goods": "' or 1=1"}], ids=repr)
def test_senseless_filters_do_not_break_the_list(visitor: Visit, filters: Any) -> None:
    answer = visitor("planner").call(
        f"{Ids.rows}.getRowsResponse",
        {f"{Ids.rows}.getRowsRequest": {"startRow": -5, "endRow": "x"}, f"{Ids.filters}.data": filters},
    )
    assert answer.status_code == 200


def test_unknown_choices_are_passed_over() -> None:
    assert wanted_classes({"goods": "x", "basis": "-", "box": "DX", "flag": "slow"}) == ClassFilters(flag="slow")


def test_saving_limits_shows_what_follows(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    planner = visitor("planner")
    shown = planner.press(Ids.save, entered(a_share=50, x_limit=0.4)).json["response"]
    assert class_rules.rules_in_force(viewer_of("planner")) == ClassRules(a_share=0.5, x_limit=0.4)
    assert "A 50 %" in shown[Ids.limits]["children"]
    assert "CV below 0.4" in str(shown[Ids.boxes]["children"])
    assert shown[Ids.seen]["data"]["a_share"] == 50
    assert "Saved" in shown[Ids.outcome]["children"]
    assert "Somebody else has changed these figures" in planner.press(Ids.save, entered(a_share=60)).text


@pytest.mark.parametrize("typed", [None, 101, "x", {"a": 1}], ids=repr)
def test_senseless_limit_is_refused_in_words(visitor: Visit, viewer_of: Callable[[str], Viewer], typed: Any) -> None:
    assert (
        "A up to, % of value: enter a number from 1 to 100"
        in visitor("planner").press(Ids.save, entered(a_share=typed)).text
    )
    assert class_rules.rules_in_force(viewer_of("planner")) == ClassRules()


def test_executive_reads_and_may_not_change(visitor: Visit) -> None:
    executive = visitor("executive")
    assert "Items by what they are worth" in executive.layout(PATH).text
    assert rows(executive)[Ids.rows]["getRowsResponse"]["rowCount"] == 4
    assert executive.press(Ids.save, entered()).status_code == 403


def test_supplier_is_refused(visitor: Visit) -> None:
    supplier = visitor("supplier")
    assert supplier.get(PATH).status_code == 403
    for output in (f"{Ids.rows}.getRowsResponse", f"{Ids.outcome}.children"):
        assert supplier.call(output).status_code == 403


def test_list_is_taken_along_as_a_file(visitor: Visit) -> None:
    answer = visitor("planner").get("/download/item-classes.csv?goods=used&sort=code:asc")
    assert [line.partition(",")[0] for line in answer.data.decode("utf-8-sig").splitlines()] == [
        "code", "BOTTLE", "SUGAR",
    ]  # fmt: skip


def test_words() -> None:
    assert [seasonal_text(found) for found in (True, False, None)] == ["yes", "no", "–"]
    assert flags_text({"excess": True, "movement": "slow"}) == "▲ Excess ▲ Slow"
    assert flags_text({"excess": False, "movement": "active"}) == ""
