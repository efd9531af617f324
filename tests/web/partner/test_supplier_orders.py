"""The supplier's portal by its buttons, and what reaches a supplier at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import COMPANIES, TODAY, Trading, load

from data.db import owner_engine

PATH = "/portal/supplier/orders"
FOREIGN = [name.upper() for name, kind in COMPANIES.items() if kind != "internal" and name != "alpha"]
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture(scope="module")
def supplier(ids: Trading) -> Any:
    from visitor import Visitor

    return Visitor.of("supplier")


def choose(visitor: Any, line_id: object) -> Any:
    """Select a row of the list."""
    from callbacks.partner.supplier_orders import Ids

    return visitor.call(f"{Ids.about}.children", {f"{Ids.lines}.selectedRows": [{"id": line_id}]})


def chosen(visitor: Any, line_id: int) -> Any:
    from callbacks.partner.supplier_orders import Ids

    return choose(visitor, line_id).json["response"][Ids.chosen]["data"]


def propose(visitor: Any, line: object, **changed: Any) -> Any:
    from callbacks.partner.supplier_orders import Ids

    values = {
        f"{Ids.chosen}.data": line,
        f"{Ids.quantity}.value": 80,
        f"{Ids.promised}.value": str(TODAY + timedelta(20)),
        f"{Ids.reason}.value": "Late harvest",
    }
    return visitor.press(
        Ids.propose, values | {f"{getattr(Ids, name)}.value": value for name, value in changed.items()}
    )


def confirm(visitor: Any, line: object) -> Any:
    from callbacks.partner.supplier_orders import Ids

    return visitor.press(Ids.confirm, {f"{Ids.chosen}.data": line})


def answers(line_id: int) -> list[Any]:
    with owner_engine().connect() as connection:
        statement = text("select kind, quantity, status from supplier_response where line_id = :id order by id")
        return [tuple(row) for row in connection.execute(statement, {"id": line_id})]


def test_page_shows_own_lines_and_what_to_do(supplier: Any) -> None:
    page = supplier.layout(PATH)
    assert page.status_code == 200
    assert "PO-ALPHA" in page.text
    assert "1 past their date" in page.text


@pytest.mark.parametrize("show", ["to_confirm", "waiting", "overdue", "open", "all", "nonsense", "<script>"])
def test_no_list_holds_foreign_or_internal_text(supplier: Any, show: str) -> None:
    page = supplier.layout(PATH, f"?show={show}&search=").text.upper()
    assert "ALPHA" in page or "EMPTY-STATE" in page
    for word in ("CANARY", "770077", *FOREIGN):
        assert word not in page


def test_what_was_typed_for_one_line_is_gone_at_the_next(ids: Trading, supplier: Any) -> None:
    from callbacks.partner.supplier_orders import TYPED

    shown = choose(supplier, ids["alpha.later"])
    assert {shown.json["response"][typed]["value"] for typed in TYPED} == {""}
    assert "/portal/messages?about=purchase_order" in json.dumps(shown.json)


def test_search_narrows_the_list(supplier: Any) -> None:
    assert "PO-ALPHA" in supplier.layout(PATH, "?search=item of").text
    found = supplier.layout(PATH, "?search=no such thing").text
    assert "PO-ALPHA" not in found
    assert "Nothing left in this list" in found


def test_confirming_by_button_stores_an_answer_and_shows_it(ids: Trading, supplier: Any) -> None:
    from callbacks.partner.supplier_orders import Ids

    line = chosen(supplier, ids["alpha.soon"])
    told = confirm(supplier, line)
    assert "The buyer sees your promise now" in told.text
    assert answers(ids["alpha.soon"]) == [("confirm", 100, "pending")]
    after = choose(supplier, ids["alpha.soon"]).json["response"]
    assert after[Ids.confirm]["disabled"] is True
    lists = supplier.call(f"{Ids.lines}.rowData", {f"{Ids.filter}.data": {"show": "to_confirm", "search": ""}})
    rows = lists.json["response"][Ids.lines]["rowData"]
    assert ids["alpha.soon"] not in [row["id"] for row in rows]


def test_proposing_by_form_stores_an_answer(ids: Trading, supplier: Any) -> None:
    told = propose(supplier, chosen(supplier, ids["alpha.later"]))
    assert "Your proposal is with the buyer now" in told.text
    assert answers(ids["alpha.later"]) == [("counter", 80, "pending")]
    assert "Late harvest" in choose(supplier, ids["alpha.later"]).text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("reason", "", "Reason: write a few words"),
        ("quantity", 0, "more than 0"),
        ("quantity", {"$ne": 1}, "Quantity: enter a number"),
        ("promised", "2020-01-01", "is past"),
        ("promised", ["x"], "Date: enter a date"),
    ],
)
def test_wrong_proposals_are_explained_and_store_nothing(
    ids: Trading, supplier: Any, field: str, value: object, message: str
) -> None:
    told = propose(supplier, chosen(supplier, ids["alpha.week"]), **{field: value})
    assert told.status_code == 200
    assert message in told.text
    assert answers(ids["alpha.week"]) == []


@pytest.mark.parametrize(
    "call",
    [
        choose,
        lambda v, i: confirm(v, {"id": i, "version": 1, "answer": 0}),
        lambda v, i: propose(v, {"id": i, "version": 1, "answer": 0}),
    ],
)
def test_foreign_and_unknown_ids_get_the_same_bytes(ids: Trading, supplier: Any, call: Callable[..., Any]) -> None:
    wanted = (ids["beta.soon"], ids["alpha.unsent"], ids["beta.unsent"], 987654, -1, 2**70, "1", "x", None, [], {})
    given = [call(supplier, line_id) for line_id in wanted]
    assert {(answer.status_code, answer.data) for answer in given} == {(404, given[0].data)}
    assert answers(ids["beta.soon"]) == []


def test_another_supplier_has_a_page_of_its_own(visitor: Visitors) -> None:
    page = visitor("supplier2").layout(PATH).text
    assert "PO-BETA" in page
    assert "ALPHA" not in page.upper()


@pytest.mark.parametrize("name", ["planner", "executive", "customer", "oem"])
def test_nobody_else_gets_in_or_answers(ids: Trading, visitor: Visitors, name: str) -> None:
    other = visitor(name)
    assert other.get(PATH).status_code == 403
    assert other.layout(PATH).status_code == 403
    line = {"id": ids["alpha.past"], "version": 1, "answer": 0}
    assert confirm(other, line).status_code == propose(other, line).status_code == 403
    assert answers(ids["alpha.past"]) == []


def test_page_stays_small(ids: Trading, visitor: Visitors) -> None:
    page = visitor("supplier").layout(PATH, "?show=all").json["response"]["_pages_content"]["children"]
    assert components(page) <= 250


def components(tree: object) -> int:
    if isinstance(tree, list):
        return sum(components(part) for part in tree)
    if not isinstance(tree, dict):
        return 0
    own = 1 if "namespace" in tree else 0
    return own + components(tree.get("props", {}).get("children"))
