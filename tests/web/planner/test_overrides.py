"""Demand › Overrides: the list as a browser reads it, one edit opened, the file, and who may not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from planning_past import TODAY, Past, load

from callbacks.planner.overrides import CLOSED, OPEN, PATH, Ids

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(scope="module", autouse=True)
def past(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        past = load()
        past.ids["good"] = past.edit("2025-12-10", {("A", "2026-01-01"): (None, 95, 80)}, reason="Promotion", value=95)
        past.ids["old"] = past.edit(
            "2026-01-05", {("B", "2026-05-01"): (None, 70, 60)}, expires_on="2026-02-01", mode="share", value=0.125
        )
        yield past


def ask(visitor: Any, **filters: Any) -> tuple[list[dict[str, Any]], str]:
    given = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.filters}.data": filters}
    answer = visitor.call(f"{Ids.rows}.getRowsResponse", given)
    assert answer.status_code == 200, answer.text
    found = answer.json["response"]
    return found[Ids.rows]["getRowsResponse"]["rowData"], found[Ids.totals]["children"]


def opened(visitor: Any, selected: Any) -> Any:
    return visitor.call(f"{Ids.cells}.rowData", {f"{Ids.rows}.selectedRows": selected})


def test_the_list_says_who_changed_what_and_how_it_went(visitor: Visit) -> None:
    (old, good), totals = ask(visitor("planner"))
    assert (good["person"], good["change"], good["score"], good["score_tone"]) == (
        *("Planner", "95", "● better 1 of 1", "good"),
    )
    assert (old["change"], old["state"], old["score"]) == ("+12.5 %", "▲ expired", "")
    assert totals == ("2 edits · better in 1 of 1 cells that are over (100 %), worse in 0 · error −15 units, −RM 30")


def test_filters_that_no_edit_meets_and_filters_that_are_none(visitor: Visit) -> None:
    assert ask(visitor("analyst"), search="nothing")[0] == []
    assert len(ask(visitor("analyst"), stream=["odd"], person={"a": 1}, state=7)[0]) == 2


def test_the_page_reminds_of_what_has_expired(visitor: Visit) -> None:
    page = json.dumps(visitor("executive").layout(PATH).json, ensure_ascii=False)
    assert "1 edit has expired while its months are still ahead" in page


def test_an_edit_opens_with_its_cells(visitor: Visit, past: Past) -> None:
    found = opened(visitor("planner"), [{"id": past.ids["good"]}]).json["response"]
    assert (found[Ids.split]["className"], found[Ids.detail]["className"]) == OPEN
    cell = {"before": None, "after": 95, "consensus": 80, "actual": 100}
    cell |= {"item": "A · KL · MT", "name": "Product A", "month": "2026-01", "verdict": "● closer"}
    assert found[Ids.cells]["rowData"] == [cell]
    assert found[Ids.cells_total]["children"] == "1 line"
    assert "Promotion" in json.dumps(found[Ids.facts])


def test_an_edit_that_is_gone_is_told(visitor: Visit) -> None:
    answer = opened(visitor("planner"), [{"id": 999}])
    assert "There is no such edit of the demand plan." in answer.text


def test_the_detail_is_closed(visitor: Visit) -> None:
    found = visitor("planner").press(Ids.close, {}).json["response"]
    assert (found[Ids.split]["className"], found[Ids.detail]["className"]) == CLOSED


def test_the_list_is_taken_along(visitor: Visit) -> None:
    found = visitor("planner").get("/download/overrides.csv?state=scored").text.splitlines()
    assert len(found) == 2
    assert ",Promotion,grid," in found[1]


def test_an_administrator_and_partners_see_nothing(visitor: Visit) -> None:
    for name in ("supplier", "customer", "oem"):
        answer = visitor(name).call(
            f"{Ids.rows}.getRowsResponse", {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.filters}.data": {}}
        )
        assert answer.status_code == 403
