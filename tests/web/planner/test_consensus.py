"""S&OP › Consensus: the grid, the chart of a row, and signatures pressed by the roles that give them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import consensus_company as company
import pytest
from rows import Rows

from callbacks.planner.consensus import PATH, Ids
from services import consensus

Visit = Callable[..., Any]
REQUEST = {"startRow": 0, "endRow": 100, "sortModel": []}


@pytest.fixture(autouse=True)
def rows(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setenv("TANDEM_TODAY", company.TODAY.isoformat())
    found = company.load()
    company.cycle(found)
    return found


def pressed(visitor: Any, button: str, *, seen: Any, note: object = "") -> Any:
    return visitor.press(button, {f"{Ids.seen}.data": seen, f"{Ids.note}.value": note})


def test_the_page_shows_streams_and_what_is_to_sign(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    for text in ("Apart, RM", "Finance", "2026-03 · draft", "Ask for signatures", "consensus-streams.csv"):
        assert text in page
    assert '"Lock"' not in page
    executive = visitor("executive").layout(PATH).text
    assert "Lock" in executive
    assert "Ask for signatures" not in executive
    assert "Sign this plan" not in visitor("analyst").layout(PATH).text


def test_rows_chart_and_file(visitor: Visit) -> None:
    planner = visitor("planner")
    values = {f"{Ids.rows}.getRowsRequest": REQUEST, f"{Ids.view}.data": {"by": "product"}}
    answer = planner.call(f"{Ids.rows}.getRowsResponse", values).json["response"]
    row = answer[Ids.rows]["getRowsResponse"]["rowData"][0]
    assert (row["name"], row["covered"]) == ("SAUCE Product SAUCE", "Sales 33 % · Finance 33 %")
    assert "2 groups · streams disagree on 2 of them, by RM 540 in all" in answer[Ids.totals]["children"]
    chosen = {f"{Ids.rows}.selectedRows": [row], f"{Ids.view}.data": {"by": "product"}}
    shown = planner.call(f"{Ids.chart}.figure", chosen).json["response"]
    assert shown[Ids.chart_title]["children"] == "SAUCE Product SAUCE"
    assert "Finance" in [trace["name"] for trace in shown[Ids.chart]["figure"]["data"]]
    assert "SAUCE" in planner.get("/download/consensus-streams.csv?by=product").text


def test_from_draft_to_locked(visitor: Visit, rows: Rows) -> None:
    answer = pressed(visitor("planner"), Ids.ask, seen=seen_first(rows)).json["response"]
    assert "to sign: Planner, Sales, Marketing, Finance, Executive" in str(answer[Ids.signing])
    for role in company.SIGNERS:
        answer = pressed(visitor(role), Ids.sign, seen=answer[Ids.seen]["data"], note="Agreed").json["response"]
    assert "approved by every role" in str(answer[Ids.signing])
    executive = visitor("executive")
    answer = pressed(executive, Ids.lock, seen=answer[Ids.seen]["data"]).json["response"]
    assert answer[Ids.outcome]["children"] == "Locked."
    assert "write a few words" in pressed(executive, Ids.unlock, seen=answer[Ids.seen]["data"]).text
    answer = pressed(executive, Ids.unlock, seen=answer[Ids.seen]["data"], note="Delisted").json["response"]
    assert "Open for review again." in str(answer)


def seen_first(rows: Rows) -> dict[str, Any]:
    found = consensus.state(company.person(rows, "planner"))
    return {"version": found.version, "fingerprint": found.plan.fingerprint}


@pytest.mark.parametrize("seen", [None, "x", [], {"version": "0"}, {"version": {}}], ids=repr)
def test_odd_values_are_answered_in_words(visitor: Visit, seen: object) -> None:
    answer = pressed(visitor("planner"), Ids.ask, seen=seen)
    assert answer.status_code < 500
    assert "moved the consensus on" in answer.text


def test_roles_press_their_own_buttons_only(visitor: Visit) -> None:
    assert "permission" in pressed(visitor("sales"), Ids.ask, seen={}).text
    assert "permission" in pressed(visitor("analyst"), Ids.sign, seen={}).text
    assert "permission" in pressed(visitor("planner"), Ids.unlock, seen={}, note="x").text
