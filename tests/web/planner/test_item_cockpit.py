"""Inventory › Item cockpit: the page, its sliders, its simulation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY, ids

from callbacks.planner.item_cockpit import PATH, Ids
from core.viewer import Viewer
from models.network import Location
from models.product import Product
from services import inventory

Visit = Callable[..., Any]
NOW = [95, 10, 500, 7]


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch, viewer_of: Callable[[str], Viewer]) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    inventory.recalculate(viewer_of("planner"), as_of=TODAY)


def address(code: str) -> str:
    return f"?product={ids(Product)[code]}&location={ids(Location)['KL']}"


def values(code: str = "SUGAR", terms: list[object] | None = None, **more: object) -> dict[str, object]:
    service, lead, moq, review = terms or NOW
    return {
        f"{Ids.seen}.data": {"product_id": ids(Product)[code], "location_id": ids(Location)["KL"], "values": NOW},
        f"{Ids.service}.value": service,
        f"{Ids.lead}.value": lead,
        f"{Ids.moq}.value": moq,
        f"{Ids.review}.value": review,
        **more,
    }


def shown(visitor: Any, output: str, **given: Any) -> Any:
    answer = visitor.call(output, values(**given))
    assert answer.status_code == 200
    return answer.json["response"]


def test_page_of_an_item(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, address("SUGAR")).text
    for text in ("Sugar", "What if", "Service target, %", "Safety stock", "What service costs", "Why this policy"):
        assert text in page
    assert "Proposed: " in page
    assert "Measure Cycle service" in page  # the history in words, not as it is stored
    assert "Tandem" in page


def test_without_an_item_it_offers_a_search(visitor: Visit) -> None:
    planner = visitor("planner")
    page = planner.layout(PATH).text
    assert "Sugar" in page
    assert "Bottle" in page
    found = planner.layout(PATH, "?search=o").text
    assert "Bottle" in found
    assert "Sugar" not in found
    assert "What if" in planner.layout(PATH, "?search=sug").text  # the only one
    assert "No item has this" in planner.layout(PATH, "?search=nowhere").text


def test_an_item_without_policy_says_what_it_lacks(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH, address("NEW")).text
    assert "run a forecast" in page
    assert "What if" not in page


@pytest.mark.parametrize("query", ["?product=x&location=1", "?product=999999&location=1", "?location=1"])
def test_unknown_items(visitor: Visit, query: str) -> None:
    assert "no such item" in visitor("planner").layout(PATH, query).text


def test_moving_a_slider_answers_with_policy_curve_and_words(visitor: Visit) -> None:
    planner = visitor("planner")
    answer = shown(planner, f"{Ids.curve}.figure", terms=[99, 10, 500, 7], **{f"{Ids.budget}.value": 4000})
    assert "Tried" in str(answer[Ids.tried]["children"])
    assert "Tried, not stored" in answer[Ids.tried_note]["children"]
    assert "pays for a target of" in answer[Ids.curve_note]["children"]
    names = [trace["name"] for trace in answer[Ids.curve]["figure"]["data"]]
    assert names == ["With today's terms", "Today", "Tried"]
    assert answer[Ids.curve]["figure"]["layout"]["shapes"]
    other = shown(planner, f"{Ids.curve}.figure", terms=[95, 30, 500, 7])
    assert "With the tried terms" in str(other[Ids.curve])


def test_what_stands_as_it_stood_is_not_tried(visitor: Visit) -> None:
    answer = shown(visitor("planner"), f"{Ids.curve}.figure")
    assert "Move a slider" in answer[Ids.tried_note]["children"]


def test_simulation_shows_both_with_their_intervals(visitor: Visit) -> None:
    answer = visitor("planner").press(Ids.simulate, values(terms=[99, 10, 500, 7])).json["response"]
    told = str(answer[Ids.simulated]["children"])
    assert "Cycles without stock-out" in told
    assert "95 % interval" in told


def test_weeks_and_chart_come_with_the_page(visitor: Visit) -> None:
    planner = visitor("planner")
    weeks = shown(planner, f"{Ids.weeks}.rowData")
    assert weeks[Ids.weeks]["rowData"][0]["line"]
    assert "Today, not promised" in str(weeks[Ids.ahead]["children"])
    chart = shown(planner, f"{Ids.chart}.figure", terms=[99.9, 30, 500, 7])
    assert "Stock with the change" in str(chart[Ids.chart]["figure"]["data"])


def test_drop_goes_back_to_todays_terms(visitor: Visit) -> None:
    answer = visitor("planner").press(Ids.drop, values(terms=[99, 30, 0, 1])).json["response"]
    assert [answer[name]["value"] for name in (Ids.service, Ids.lead, Ids.moq, Ids.review)] == NOW


def test_proposing_sends_the_tried_terms_to_the_approve_list(visitor: Visit) -> None:
    planner = visitor("planner")
    given = values(terms=[99, 14, 500, 7], **{f"{Ids.reason}.value": "Slower now"})
    answer = planner.press(Ids.propose, given).json["response"]
    assert "Proposed" in answer[Ids.proposed]["children"]
    assert "Nothing is tried" in planner.press(Ids.propose, values()).text
    assert visitor("executive").press(Ids.propose, given).status_code == 403


@pytest.mark.parametrize(
    "terms", [["x", 10, 500, 7], [95, -1, 500, 7], [95, 10, [1], 7], [95, 10, 500, 0], [{"a": 1}, 10, 500, 7]]
)
def test_odd_values_are_told_not_broken(visitor: Visit, terms: list[object]) -> None:
    answer = visitor("planner").call(f"{Ids.curve}.figure", values(terms=terms))
    assert answer.status_code < 500
    assert "enter" in answer.text


def test_positions_lead_to_the_cockpit(visitor: Visit) -> None:
    from callbacks.planner.inventory import Ids as Positions

    row = {"product_id": ids(Product)["SUGAR"], "location_id": ids(Location)["KL"]}
    answer = visitor("planner").call(f"{Positions.why}.children", {f"{Positions.rows}.selectedRows": [row]})
    assert f"{PATH}{address('SUGAR')}" in str(answer.json["response"][Positions.place])


def test_partners_have_no_cockpit(visitor: Visit) -> None:
    partner = visitor("supplier")
    assert "Sugar" not in partner.layout(PATH, address("SUGAR")).text
    assert partner.call(f"{Ids.curve}.figure", values()).status_code in {403, 404}
