"""Home: cards, exceptions and charts for those who may see them; what a click leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from rows import Rows
from trading import TODAY, Trading, load

from core.pages import page_at
from services.glossary import GLOSSARY

Visitors = Callable[..., Any]
BUDGET_COMPONENTS = 250


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    """The trading company of the tests, with sales and an administrator."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        made = load()
        _add_sales(made)
        yield made


def _add_sales(made: Trading) -> None:
    rows = Rows({"KL": made["site"], "A": made["gamma.item"]})
    rows.channel()
    for days in range(0, 400, 7):
        rows.sell((TODAY - timedelta(days=days)).isoformat(), "A", 10, 100)
    rows.forecast("2026-02-01", {("A", "2026-02-01"): 50})
    planner = made["person.planner"]
    rows.copy_person(planner, role="admin", email="admin@demo.tandem.example")
    rows.answer(made["alpha.late"], company=made["alpha"], person=made["person.supplier"])


def written(answer: Any, name: str) -> Any:
    """What a callback wrote to one component."""
    assert answer.status_code == 200, answer.text
    return answer.json["response"][f"planner-home--{name}"]


def texts(shown: Any) -> list[str]:
    """All texts of a tree of components."""
    if isinstance(shown, str):
        return [shown]
    if isinstance(shown, dict):
        return texts(shown["props"].get("children"))
    return [text for part in shown or [] for text in texts(part)]


def links(shown: Any) -> list[str]:
    """All addresses in a tree of components."""
    if isinstance(shown, dict):
        own = [shown["props"]["href"]] if "href" in shown["props"] else []
        return own + links(shown["props"].get("children"))
    return [href for part in shown or [] if not isinstance(part, str) for href in links(part)] if shown else []


def components(shown: Any) -> int:
    if isinstance(shown, dict):
        return 1 + components(shown["props"].get("children"))
    return sum(components(part) for part in shown) if isinstance(shown, list) else 0


def cards(visitor: Any) -> list[Any]:
    shown: list[Any] = written(visitor.call("planner-home--cards.children"), "cards")["children"]
    return shown


def exceptions(visitor: Any) -> Any:
    return visitor.call("planner-home--worst.children")


def test_a_card_for_every_key_figure(visitor: Visitors) -> None:
    names = [texts(card)[0] for card in cards(visitor("planner"))]
    assert names == [
        "Revenue to date",
        "Forecast accuracy",
        "Inventory value",
        "Days of supply",
        "Items at risk",
        "OTIF",
    ]


def test_cards_tell_value_comparison_and_data_date(visitor: Visitors) -> None:
    by_name = {texts(card)[0]: texts(card) for card in cards(visitor("planner"))}
    revenue = by_name["Revenue to date"]  # sold today; a year ago in these two days nothing
    assert revenue[2] == "RM 100"
    assert revenue[4].replace("\N{NON-BREAKING HYPHEN}", "-").startswith("to 2026-03-02")
    accuracy = by_name["Forecast accuracy"]  # February: 4 Mondays of 10 sold, 50 forecast
    assert accuracy[2:4] == ["75.0 %", "bias +25.0 %, over-forecast"]
    assert by_name["Inventory value"][2] == "RM 385.04 M"


def test_every_card_leads_to_its_list_and_its_definition(visitor: Visitors) -> None:
    for card in cards(visitor("planner")):
        definition, listed = links(card)
        path, _mark, anchor = definition.partition("#")
        assert path == "/help"
        assert anchor in GLOSSARY
        assert page_at(listed.partition("?")[0]) is not None or listed.startswith(("/demand/", "/inventory/"))


def test_the_revenue_card_opens_the_list_with_the_same_sum(visitor: Visitors) -> None:
    planner = visitor("planner")
    listed = links(cards(planner)[0])[1]
    assert listed == "/demand/sales?start=2026-03-01&end=2026-03-02"
    assert planner.layout(*listed.replace("?", " ?").split(" ")).status_code == 200


def test_exceptions_are_ranked_by_money_with_their_reason(visitor: Visitors) -> None:
    shown = written(exceptions(visitor("planner")), "worst")["children"]
    money = [float(texts(line)[-1].removeprefix("RM ").replace(",", "")) for line in shown]
    assert money == sorted(money, reverse=True)
    assert all(texts(line)[-2].endswith((".", "”")) for line in shown)
    late = next(line for line in shown if "Supplier late" in texts(line))
    assert links(late) == ["/supply/purchase-orders?show=late&search=PO-ALPHA"] or links(late) == [
        "/supply/purchase-orders?show=late&search=PO-BETA"
    ]


def test_late_lines_say_by_how_much_they_are_late(visitor: Visitors) -> None:
    shown = texts(written(exceptions(visitor("planner")), "worst")["children"])
    assert "PO-ALPHA/6: 100 of 100 KG missing, 2 days after the confirmed 2026-02-28." in shown


def test_chips_count_all_exceptions_of_a_kind(visitor: Visitors) -> None:
    shown = written(exceptions(visitor("planner")), "chips")["children"]
    assert "4 Supplier late" in texts(shown)  # two suppliers, a line never confirmed and one past its promise each
    assert "1 Supplier answer" in texts(shown)


def test_charts_are_plain_figures(visitor: Visitors) -> None:
    planner = visitor("planner")
    by_week = written(planner.call("planner-home--revenue.figure", {"planner-home--by.value": "week"}), "revenue")
    by_day = written(planner.call("planner-home--revenue.figure", {"planner-home--by.value": "day"}), "revenue")
    assert len(by_week["figure"]["data"][0]["x"]) == 26
    assert len(by_day["figure"]["data"][0]["x"]) == 42
    accuracy = written(planner.call("planner-home--accuracy.figure"), "accuracy")["figure"]
    assert accuracy["data"][1]["y"] == pytest.approx([0.75])


def test_the_page_tells_how_new_the_data_are(visitor: Visitors) -> None:
    shown = texts(visitor("planner").layout("/").json["response"]["_pages_content"]["children"])
    line = next(text for text in shown if text.startswith("Sales to"))
    assert "Sales to 2026-03-02" in line
    assert "deliveries to 2026-02-25" in line


def test_the_page_keeps_to_the_budget_of_components(visitor: Visitors) -> None:
    planner = visitor("planner")
    page = planner.layout("/").json["response"]["_pages_content"]["children"]
    answer = exceptions(planner)
    parts = [page, cards(planner), written(answer, "worst")["children"], written(answer, "chips")["children"]]
    assert sum(components(part) for part in parts) <= BUDGET_COMPONENTS


def test_an_administrator_sees_only_its_own_cards_and_no_business_figures(visitor: Visitors) -> None:
    admin = visitor("admin")
    assert [texts(card)[0] for card in cards(admin)] == ["Active accounts", "Failed jobs"]
    page = texts(admin.layout("/").json["response"]["_pages_content"]["children"])
    assert not {"Revenue", "Exceptions, the most money first"} & set(page)
    assert texts(written(exceptions(admin), "chips")["children"]) == []
    assert admin.call("planner-home--revenue.figure").status_code == 403
    assert admin.call("planner-home--accuracy.figure").status_code == 403


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_a_partner_who_opens_the_root_lands_in_its_portal(visitor: Visitors, name: str) -> None:
    home = "/portal"
    partner = visitor(name)
    answer = partner.get("/")
    assert (answer.status_code, answer.location) == (302, home)
    assert partner.get(home).status_code == 200
    assert partner.layout("/").status_code == 403
    assert partner.call("planner-home--cards.children").status_code == 403
