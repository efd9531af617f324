"""S&OP › Risks: each button pressed, and what is stored afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.risks import FORM, PATH, Ids
from data.db import owner_engine

Visit = Callable[..., Any]
TYPED: dict[str, Any] = {
    Ids.title: "Second shift starts late",
    Ids.kind: "risk",
    Ids.category: "-",
    Ids.product: "",
    Ids.probability: 40,
    Ids.impact: 250_000,
    Ids.month: "2026-12",
    Ids.owner: "-",
    Ids.due_on: "2026-11-30",
    Ids.mitigation: "",
}


@pytest.fixture(autouse=True)
def register(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", "2026-11-21")
    with owner_engine().begin() as connection:
        connection.execute(text("delete from plan_risk"))


def press(visitor: Any, button: str, seen: Any = None, **typed: Any) -> Any:
    given = {f"{name}.value": value for name, value in TYPED.items()} | {f"{Ids.seen}.data": seen, **typed}
    return visitor.press(button, given)


def shown(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def told(answer: Any) -> str:
    """What somebody is told instead of an answer."""
    assert Ids.rows not in answer.json["response"], answer.text
    return str(answer.text)


def stored() -> list[tuple[Any, ...]]:
    with owner_engine().connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(text("select title, status, probability::float8, version from plan_risk"))
        ]


def test_added_changed_and_closed(visitor: Visit) -> None:
    planner = visitor("planner")
    found = shown(press(planner, Ids.save))
    assert [(row["title"], row["expected"]) for row in found[Ids.rows]["rowData"]] == [
        ("Second shift starts late", -100_000)
    ]
    assert found[Ids.totals]["children"].startswith("1 open risk: −RM 250,000, expected −RM 100,000")
    seen = found[Ids.seen]["data"]
    found = shown(press(planner, Ids.save, seen, **{f"{Ids.probability}.value": 60}))
    seen = found[Ids.seen]["data"]
    decided = {f"{Ids.status}.value": "mitigated", f"{Ids.note}.value": "Operators hired"}
    found = shown(press(planner, Ids.set_status, seen, **decided))
    assert found[Ids.rows]["rowData"] == []
    assert "Operators hired" in str(found[Ids.remarks]["children"])
    assert stored() == [("Second shift starts late", "mitigated", 0.6, 3)]
    assert "changed it at" in told(press(planner, Ids.set_status, seen, **decided))


def test_what_is_found_is_added_once_with_its_evidence(visitor: Visit) -> None:
    planner = visitor("planner")
    page = planner.layout(PATH).text
    assert "Found in the data" in page
    proposed = shown(press(planner, Ids.save))[Ids.found]["rowData"]
    assert proposed
    first = {f"{Ids.found}.selectedRows": [proposed[0]]}
    found = shown(press(planner, Ids.add, **first))
    assert proposed[0]["id"] not in [row["id"] for row in found[Ids.found]["rowData"]]
    assert proposed[0]["evidence"] in str(found[Ids.about]["children"])
    assert press(planner, Ids.add, **first).status_code == 404
    opened = planner.layout(PATH, f"?risk={found[Ids.seen]['data']['id']}").text
    assert "Found on 2026-11-21" in opened


def test_bad_values_and_missing_choices_are_told(visitor: Visit) -> None:
    planner = visitor("planner")
    assert "0 to 100" in told(press(planner, Ids.save, **{f"{Ids.probability}.value": 400}))
    assert "first" in told(press(planner, Ids.set_status))
    assert "first" in told(press(planner, Ids.add))
    assert stored() == []
    assert "New risk or opportunity" in planner.layout(PATH, "?risk=999999&status=gone&kind=x").text


def test_who_only_reads_has_no_buttons_and_no_way_around(visitor: Visit) -> None:
    analyst = visitor("analyst")
    assert "Found in the data" in analyst.layout(PATH).text
    assert press(analyst, Ids.save).status_code == 403
    assert visitor("admin").get("/download/risks.csv").status_code == 403
    assert "title" in visitor("sales").get("/download/risks.csv").text.splitlines()[0]
    assert len(FORM) == len(TYPED)
