"""Figures of the demand plan that come by files: in the ledger like any edit, and no edit overwrites them unseen."""

from __future__ import annotations

from pathlib import Path

import demand_company
import pytest
from demand_company import DEC, JAN, person, rows, said
from sqlalchemy import text

from core.errors import Conflict
from core.permissions import Permission, Role
from core.viewer import Viewer
from data.db import session_scope
from data.entities import ENTITIES
from services import demand_edits, demand_imports
from services.demand_edits import Change, Scope

LEAF = Scope(product="A", location="KL", channel="MT")
FIGURE = """
insert into forecast_override (product_id, location_id, channel_id, frequency, period, stream, quantity)
select p.id, l.id, c.id, 'month', :month, :stream, :quantity
from product p cross join location l left join channel c on c.code = :channel
where p.code = 'A' and l.code = 'KL'
"""


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demand_company.load(monkeypatch)


def bring_in(viewer: Viewer, *statements: str, entity: str = "forecasts", **values: object) -> None:
    with session_scope(viewer) as session, demand_imports.noted(session, viewer, ENTITIES[entity]):
        for statement in statements:
            session.execute(text(statement), values)


def test_what_a_file_changes_is_told_to_who_had_not_seen_it() -> None:
    ann, bob = person("Ann", Role.PLANNER), person("Bob", Role.PLANNER)
    assert Permission.DEMAND_EDIT in bob.permissions
    bring_in(ann, FIGURE, month=DEC, stream="planner", quantity=90, channel="MT")
    (edit,) = rows("select * from demand_edit")
    assert (edit.source, edit.stream, edit.cells, edit.before_total, edit.after_total) == (
        "import",
        "planner",
        1,
        60,
        90,
    )
    with pytest.raises(Conflict, match=r"Ann has changed A.* from – to 90"):
        demand_edits.apply(bob, Change("planner", LEAF, (DEC,), "set", 75))
    demand_edits.apply(bob, Change("planner", LEAF, (DEC,), "set", 75, seen=edit.id))
    assert said() == {("A", "KL", "MT", DEC): 75}
    with pytest.raises(Conflict, match="came with a file"):
        demand_edits.undo(ann, edit.id)


def test_an_edit_that_a_file_overwrote_is_not_taken_back() -> None:
    ann = person("Ann", Role.PLANNER)
    mine = demand_edits.apply(ann, Change("planner", LEAF, (DEC,), "set", 75))
    bring_in(ann, "update forecast_override set quantity = 80")
    with pytest.raises(Conflict, match="Ann has changed some of these figures"):
        demand_edits.undo(ann, mine.edit_id)
    bring_in(ann, "delete from forecast_override")
    cells = rows("select before, after, consensus from demand_edit_cell order by edit_id")
    assert [tuple(cell) for cell in cells] == [(None, 75, 60), (75, 80, 75), (80, None, 80)]


def test_a_figure_for_all_channels_is_a_cell_of_each() -> None:
    ann = person("Ann", Role.PLANNER)
    bring_in(ann, FIGURE, month=JAN, stream="sales", quantity=150, channel=None)
    cells = rows("select before, after from demand_edit_cell order by after")
    assert [tuple(cell) for cell in cells] == [(None, 60), (None, pytest.approx(90))]


def test_other_rows_are_no_edits() -> None:
    ann = person("Ann", Role.PLANNER)
    bring_in(ann, "update product set name = name || '!'", entity="products")
    assert rows("select 1 from demand_edit") == []
