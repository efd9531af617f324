"""Inventory › Rules: figures changed in the browser's way, and who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stock_company
from stock_company import TODAY

from callbacks.planner.planning_rules import PATH, Ids
from core.viewer import Viewer
from services import planning_rules
from services.buffer_rules import BufferRules
from services.company_rules import as_entered
from services.delivery_rules import DeliveryRules
from services.demand_rules import DemandRules
from services.invoice_rules import InvoiceRules
from services.order_rules import OrderRules
from services.receiving_rules import ReceivingRules
from services.stock_rules import StockRules
from services.stocking_rules import StockingRules

Visit = Callable[..., Any]
SETS = {
    "stocking": StockingRules(),
    "buffers": BufferRules(),
    "stock": StockRules(),
    "delivery": DeliveryRules(),
    "receiving": ReceivingRules(),
    "invoices": InvoiceRules(),
    "demand": DemandRules(),
    "orders": OrderRules(),
}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()


def pressed(visitor: Any, save: str, *, seen: object = None, **changed: object) -> Any:
    """Press Save of a set, the fields of both filled as the page fills them but for what is changed."""
    fields = {f"{name}.{rule}": value for name, rules in SETS.items() for rule, value in as_entered(rules).items()}
    fields |= {f"{save}.{rule}": value for rule, value in changed.items()}
    state = {name: as_entered(rules) for name, rules in SETS.items()} if seen is None else seen
    body = visitor.envelope(f"{Ids.outcome}.children", {f"{Ids.seen}.data": state})
    body["inputs"] = [
        [{"id": {"type": Ids.save, "index": name}, "property": "n_clicks", "value": int(name == save)} for name in SETS]
    ]
    body["changedPropIds"] = [f'{{"index":"{save}","type":"{Ids.save}"}}.n_clicks']
    ids = [{"type": Ids.rule, "index": index} for index in fields]
    values = [{"id": own, "property": "value", "value": fields[own["index"]]} for own in ids]
    body["state"] = [values, [{"id": own, "property": "id", "value": own} for own in ids], body["state"][-1]]
    return visitor.post("/_dash-update-component", json=body)


def test_the_page_shows_the_figures_in_force(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "Cost of an order, RM" in page
    assert "On time: days late at most" in page


def test_saved_figures_hold_and_the_other_set_stays(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    answer = pressed(visitor("planner"), "stocking", order_cost=80, holding_rate=12.5)
    assert "recalculation" in answer.json["response"][Ids.outcome]["children"]
    assert answer.json["response"][Ids.seen]["data"]["stocking"]["order_cost"] == 80
    found = planning_rules.rules_in_force(viewer_of("planner"))
    assert found == {**SETS, "stocking": StockingRules(order_cost=80, holding_rate=0.125)}


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"service_target": 100}, "Service target"), ({"order_cost": None}, "Cost of an order"),
     ({"holding_rate": "x"}, "Holding stock")],
    ids=["too high", "empty", "text"],
)  # fmt: skip
def test_what_can_not_be_is_named_and_nothing_is_stored(
    visitor: Visit, viewer_of: Callable[[str], Viewer], changed: dict[str, object], told: str
) -> None:
    assert told in pressed(visitor("planner"), "stocking", **changed).text
    assert planning_rules.rules_in_force(viewer_of("planner")) == SETS


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    [("receiving", "over_share", ReceivingRules(over_share=0.02)),
     ("invoices", "price_share", InvoiceRules(price_share=0.02))],
    ids=["receiving", "invoices"],
)  # fmt: skip
def test_tolerances_of_deliveries_and_invoices_are_set_here(
    visitor: Visit, viewer_of: Callable[[str], Viewer], name: str, rule: str, expected: object
) -> None:
    assert "Saved" in pressed(visitor("planner"), name, **{rule: 2}).text
    assert planning_rules.rules_in_force(viewer_of("planner"))[name] == expected


def test_the_second_of_two_is_told(visitor: Visit, viewer_of: Callable[[str], Viewer]) -> None:
    pressed(visitor("planner"), "delivery", late_tolerance_days=2)
    assert "Somebody else has changed" in pressed(visitor("planner"), "delivery", late_tolerance_days=5).text
    assert planning_rules.rules_in_force(viewer_of("planner"))["delivery"] == DeliveryRules(late_tolerance_days=2)


@pytest.mark.parametrize("name", ["executive", "analyst"])
def test_others_read_and_may_not_change(visitor: Visit, viewer_of: Callable[[str], Viewer], name: str) -> None:
    reader = visitor(name)
    assert "Cost of an order" in reader.layout(PATH).text
    assert pressed(reader, "stocking", order_cost=80).status_code == 403
    assert planning_rules.rules_in_force(viewer_of("planner")) == SETS


def test_partners_are_refused(visitor: Visit) -> None:
    assert visitor("supplier").get(PATH).status_code == 403
