"""Inventory › Picks: what the address asks for stands on the page and in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.picks import PATH

Visit = Callable[..., Any]
ASKED = "?item=CHIPS&location=KL&quantity=50"


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def test_picks_of_an_item(visitor: Visit) -> None:
    planner = visitor("planner")
    page = planner.layout(PATH, ASKED).text
    assert "2 picks for 1 line, with at least 1 day left · 1 line can't be picked in full" in page
    assert "10 EA can't be picked" in page
    assert "35 EA lie there with less than 30 days left" in planner.layout(PATH, f"{ASKED}&days=30").text
    lines = planner.get(f"/download/picks.csv{ASKED}").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("line_no,code,name,lot,quantity")
    assert [line.split(",")[3:5] for line in lines[1:]] == [["C1", "35"], ["C2", "5"]]


def test_what_to_ask_for_is_told(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "Enter the number of a sales order" in planner.layout(PATH).text
    assert "There is no sales order" in planner.layout(PATH, "?order=%27%20or%201=1").text
    assert "Quantity: enter" in planner.layout(PATH, "?item=CHIPS&location=KL&quantity=x").text
    assert planner.get("/download/picks.csv?order=none").status_code == 404


def test_supplier_is_refused(visitor: Visit) -> None:
    assert visitor("supplier").get(PATH).status_code == 403
    assert visitor("supplier").get(f"/download/picks.csv{ASKED}").status_code == 403
