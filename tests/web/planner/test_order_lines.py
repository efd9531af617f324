"""Order lines: what was late or short, by the same verdict as the OTIF card."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from trading import TODAY, load

Visitors = Callable[..., Any]
PATH = "/demand/order-lines"


@pytest.fixture(scope="module", autouse=True)
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two customers with the same six lines: good, late, short, early, open until next week, overdue by a day."""
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        load()
        yield


def ask(visitor: Any, request: Any = None, **filters: str) -> Any:
    answer = visitor.call(
        "planner-order-lines--rows.getRowsResponse",
        {
            "planner-order-lines--rows.getRowsRequest": request or {"startRow": 0, "endRow": 100, "sortModel": []},
            "planner-order-lines--filters.data": filters,
        },
    )
    assert answer.status_code == 200, answer.text
    return answer.json["response"]


def listed(found: Any) -> list[tuple[str, str]]:
    return [(row["order"], row["service"]) for row in found["planner-order-lines--rows"]["getRowsResponse"]["rowData"]]


def test_the_30_days_to_the_last_delivery_are_what_opens(visitor: Visitors) -> None:
    found = ask(visitor("planner"))
    assert sorted(listed(found)) == [
        ("SO-DELTA / 1", "● on time, in full"),
        ("SO-DELTA / 2", "▲ late"),
        ("SO-DELTA / 3", "▲ short"),
        ("SO-GAMMA / 1", "● on time, in full"),
        ("SO-GAMMA / 2", "▲ late"),
        ("SO-GAMMA / 3", "▲ short"),
    ]
    assert found["planner-order-lines--totals"]["children"] == (
        "6 lines listed · OTIF 33.3 % of 6 lines due · on time 66.7 % · in full 66.7 % · deliveries to 2026-02-25"
    )


@pytest.mark.parametrize(
    ("show", "lines"),
    [("late", ["/ 2"] * 2), ("short", ["/ 3"] * 2), ("missed", ["/ 2", "/ 3"] * 2)],
)
def test_only_what_went_wrong(visitor: Visitors, show: str, lines: list[str]) -> None:
    found = ask(visitor("planner"), show=show)
    assert sorted(order[-3:] for order, _service in listed(found)) == sorted(lines)
    assert "of 6 lines due" in found["planner-order-lines--totals"]["children"]


def test_search_period_and_sort(visitor: Visitors) -> None:
    planner = visitor("planner")
    assert {order[:8] for order, _service in listed(ask(planner, search="gamma"))} == {"SO-GAMMA"}
    ahead = ask(planner, start="2026-03-01", end="2026-03-31")
    assert {service for _order, service in listed(ahead)} == {"○ not due yet"}
    request = {"startRow": 0, "endRow": 2, "sortModel": [{"colId": "delivered_date", "sort": "desc"}]}
    found = ask(planner, request)["planner-order-lines--rows"]["getRowsResponse"]
    assert [row["delivered_date"] for row in found["rowData"]] == ["2026-02-22", "2026-02-22"]
    assert found["rowCount"] == 6


def test_days_late_are_told(visitor: Visitors) -> None:
    found = ask(visitor("planner"), show="late")["planner-order-lines--rows"]["getRowsResponse"]["rowData"]
    assert [row["days_late"] for row in found] == [2, 2]


def test_the_card_of_home_and_the_list_agree(visitor: Visitors) -> None:
    planner = visitor("planner")
    cards = json.dumps(planner.call("planner-home--cards.children").json)
    assert "33.3 %" in cards
    assert "/demand/order-lines?start=2026-01-27&end=2026-02-25" in cards
    found = ask(planner, start="2026-01-27", end="2026-02-25")
    assert "OTIF 33.3 % of 6" in found["planner-order-lines--totals"]["children"]


@pytest.mark.parametrize("query", ["?start=soon", "?show=secret", "?end=0001-01-05", "?start=2020-01-01"])
def test_a_filter_that_makes_no_sense_is_explained(visitor: Visitors, query: str) -> None:
    answer = visitor("planner").layout(PATH, query)
    assert answer.status_code == 200
    assert "Something went wrong" not in answer.text
    assert "This page can't be shown" in json.dumps(answer.json)


@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_partners_do_not_get_in(visitor: Visitors, name: str) -> None:
    partner = visitor(name)
    assert partner.get(PATH).status_code == 403
    assert partner.call("planner-order-lines--rows.getRowsResponse").status_code == 403
