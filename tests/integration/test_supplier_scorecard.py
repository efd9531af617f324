"""A supplier's scorecard and its disputes, from both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import partner_requests, supplier_scorecard

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        made = load()
        with owner_engine().begin() as connection:
            connection.execute(
                text("update purchase_order_line set actual_on = first_confirmed_on where status = 'received'")
            )
        yield made


def by_name(found: Any, ids: Trading, company: str = "alpha") -> dict[str, Any]:
    names = {value: key.partition(".")[2] for key, value in ids.items() if key.startswith(f"{company}.")}
    return {names[line["id"]]: line for line in found.lines}


def test_both_sides_see_the_same_figures(ids: Trading, viewer_of: ViewerOf) -> None:
    """Due: received on its day, and one that is two days late; order to delivery took 20 days."""
    own = supplier_scorecard.scorecard(viewer_of("supplier"), ids["beta.party"])
    assert own == supplier_scorecard.scorecard(viewer_of("planner"), str(ids["alpha.party"]))
    assert (own.supplier, own.lines_due, own.otif, own.on_time, own.in_full) == ("Alpha", 2, 0.5, 0.5, 0.5)
    assert (own.lead_mean, own.lead_sd, own.response_days) == (20.0, None, None)
    assert (own.issues, own.receipts, own.ppm, own.kinds) == (0, 1, 0.0, 0)
    assert [each.lines for each in own.months][-2:] == [2, 0]
    assert by_name(own, ids)["late"]["days_late"] == 2


def test_b01_lines_of_others_are_not_there(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier = viewer_of("supplier")
    told = set()
    for wanted in (ids["beta.late"], ids["alpha.unsent"], 10**9, None, "x", 10**30):
        with pytest.raises(NotFound) as refused:
            supplier_scorecard.dispute(supplier, wanted, "Not ours")
        told.add(str(refused.value))
    assert len(told) == 1
    for unknown in (10**9, None, "x"):
        with pytest.raises(NotFound):
            supplier_scorecard.scorecard(viewer_of("planner"), unknown)
    for name in ("customer", "oem"):
        with pytest.raises(NotAllowed):
            supplier_scorecard.scorecard(viewer_of(name))
    with pytest.raises(NotAllowed):
        supplier_scorecard.dispute(viewer_of("supplier-viewer"), ids["alpha.late"], "x")
    with pytest.raises(InvalidInput):
        supplier_scorecard.dispute(supplier, ids["alpha.late"], " ")


def test_a_dispute_counts_once_it_is_accepted(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier, planner, neighbour = viewer_of("supplier2"), viewer_of("planner"), viewer_of("supplier")
    made = supplier_scorecard.dispute(supplier, ids["beta.late"], "The lorry waited at your gate")
    assert supplier_scorecard.scorecard(supplier).lines_due == 2, "nothing changes before somebody accepts it"
    shown = partner_requests.request(planner, made)
    assert shown.described.summary == "Leave PO-BETA / 6 out of the scorecard"
    partner_requests.accept(planner, made)
    found = supplier_scorecard.scorecard(supplier)
    assert (found.lines_due, found.otif) == (1, 1.0)
    assert by_name(found, ids, "beta")["late"]["excluded"] == "The lorry waited at your gate"
    with pytest.raises(Conflict):
        supplier_scorecard.dispute(supplier, ids["beta.late"], "Again")
    with session_scope(neighbour) as session:
        assert session.scalar(text("select count(line_id) from scorecard_exclusion")) == 0
