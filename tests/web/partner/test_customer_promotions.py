"""The page of a customer's promotions by its buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from data.db import owner_engine

PATH = "/portal/customer/promotions"
Visitors = Callable[..., Any]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def announce(visitor: Any, item: int, **changed: object) -> Any:
    from callbacks.partner.customer_promotions import FIELDS, Ids

    values = {
        "name": "Raya weeks",
        "items": [str(item)],
        "starts_on": "2026-04-01",
        "ends_on": "2026-04-14",
        "mechanic": "bogo",
        "volume": 120,
        "note": "",
    } | changed
    return visitor.press(Ids.announce, {f"{getattr(Ids, name)}.value": values[name] for name in FIELDS})


def stored() -> int:
    with owner_engine().connect() as connection:
        return connection.scalar(text("select count(*) from partner_submission")) or 0


def test_it_is_announced_seen_and_withdrawn(visitor: Visitors, ids: Trading) -> None:
    from callbacks.partner.customer_promotions import Ids

    customer = visitor("customer")
    told = announce(customer, ids["gamma.item"])
    assert "Announced. You see here" in told.text
    assert "Raya weeks" in customer.layout(PATH).text
    assert "Raya weeks" not in visitor("customer2").layout(PATH).text
    with owner_engine().connect() as connection:
        made = connection.scalar(text("select max(id) from partner_submission"))
    output = f"{Ids.listed}.children"
    assert output
    assert announce(customer, ids["gamma.item"], volume=0).text.count("more than 0") == 1
    assert stored() == made


def test_foreign_items_are_answered_like_unknown_ones(visitor: Visitors, ids: Trading) -> None:
    before = stored()
    answers = [announce(visitor("customer"), item) for item in (ids["delta.item"], 987654)]
    assert answers[0].text == answers[1].text
    assert "Items: choose between" in answers[0].text
    assert stored() == before


def test_a_viewer_has_no_form_and_others_no_page(visitor: Visitors, ids: Trading) -> None:
    assert "Announce a promotion" not in visitor("customer-viewer").layout(PATH).text
    assert announce(visitor("customer-viewer"), ids["gamma.item"]).status_code == 403
    for name in ("planner", "oem", "supplier"):
        assert visitor(name).layout(PATH).status_code == 403
