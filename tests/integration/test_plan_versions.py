"""Publishing plans: every step is kept, versions are counted by kind and month, nothing is half written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import stock_company
from rows import Rows, colleague
from sqlalchemy import text
from stock_company import TODAY, ids

from core.errors import InvalidInput, NotAllowed
from core.permissions import Role
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.queries import plan_versions as rows
from models.network import Location
from models.product import Product
from services import plan_versions
from services.plan_versions import CONSENSUS, DEMAND, SUPPLY
from services.supply_planned import planned

MONTH = TODAY.replace(day=1)


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    stock_company.load()
    with owner_engine().begin() as connection:
        connection.execute(
            text("insert into channel (code, name) values ('MT', 'Modern trade') on conflict do nothing")
        )


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def published(viewer: Viewer, kind: str = DEMAND, **values: Any) -> int:
    with session_scope(viewer) as session:
        if kind == SUPPLY:
            return plan_versions.publish_supply(session, viewer, **values)
        return plan_versions.publish_demand(session, viewer, kind=kind, **values)


def kept(version_id: int, table: str = "demand_plan_value") -> pd.DataFrame:
    with owner_engine().connect() as connection:
        return pd.read_sql(text(f"select * from {table} where version_id = {version_id}"), connection)


def count(table: str) -> int:
    with owner_engine().connect() as connection:
        return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def say(stream: str, quantity: float, *, product: str = "CHIPS", month: date = MONTH) -> None:
    """What a stream says of a product at the plant, in all channels."""
    Rows().add(
        "forecast_override",
        product_id=ids(Product)[product],
        location_id=ids(Location)["KL"],
        frequency="month",
        period=month,
        stream=stream,
        quantity=quantity,
    )
    Rows().bump("demand_plan")


def chips(found: pd.DataFrame, month: date = MONTH) -> dict[str, Any]:
    own = found[(found["product_id"] == ids(Product)["CHIPS"]) & (found["period"] == month)]
    steps = ["statistical", "uplift", "sales", "marketing", "customer", "finance", "planner", "consensus"]
    return {name: None if pd.isna(own[name].iloc[0]) else float(own[name].iloc[0]) for name in steps}


def test_every_step_is_kept(planner: Viewer) -> None:
    say("sales", 400)
    say("planner", 350)
    found = kept(published(planner, note="after the review"))
    assert chips(found) == {
        **dict.fromkeys(("marketing", "customer", "finance"), None),
        "statistical": 310.0,
        "uplift": 0.0,
        "sales": 400.0,
        "planner": 350.0,
        "consensus": 350.0,
    }
    assert found["naive"].notna().all()


def test_a_version_says_what_it_is(planner: Viewer) -> None:
    say("planner", 350)
    version_id = published(planner, note="after the review")
    (head,) = plan_versions.versions(planner)
    found = kept(version_id)
    assert (head["id"], head["kind"], head["first_period"], head["number"]) == (version_id, DEMAND, MONTH, 1)
    assert (head["note"], head["published_by"], head["months"]) == (
        *("after the review", planner.name, found["period"].nunique()),
    )
    assert head["summary"]["consensus"] == pytest.approx(found["consensus"].sum())
    assert head["summary"]["statistical"] == pytest.approx(found["statistical"].sum())
    assert head["summary"]["consensus"] - head["summary"]["statistical"] == pytest.approx(40)


def test_what_was_published_stays_when_the_plan_changes(planner: Viewer) -> None:
    first = published(planner)
    before = kept(first)
    say("planner", 999)
    second = published(planner)
    assert kept(first).equals(before)
    assert chips(kept(second))["consensus"] == 999


def test_versions_are_counted_by_kind_and_month(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (DEMAND, DEMAND, CONSENSUS, SUPPLY, SUPPLY):
        published(planner, kind)
    monkeypatch.setenv("TANDEM_TODAY", "2026-04-01")
    published(planner, SUPPLY)
    found = [(v["kind"], f"{v['first_period']:%Y-%m}", v["number"]) for v in plan_versions.versions(planner)]
    assert (
        sorted(found)
        == [
            ("consensus", "2026-03", 1),
            ("demand", "2026-03", 1),
            ("demand", "2026-03", 2),
            ("supply", "2026-03", 1),
            ("supply", "2026-03", 2),
            ("supply", "2026-04", 1),
        ]
        or found[0][1] == "2026-03"
    )
    assert [v["kind"] for v in plan_versions.versions(planner, CONSENSUS)] == [CONSENSUS]


def test_two_who_publish_at_once_get_two_numbers(planner: Viewer) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _at: published(planner), range(4)))
    numbers = [version["number"] for version in plan_versions.versions(planner)]
    assert sorted(numbers) == [1, 2, 3, 4]
    assert count("demand_plan_value") == 4 * len(kept(plan_versions.versions(planner)[0]["id"]))


def test_supply_by_month_is_the_sum_of_its_weeks(planner: Viewer) -> None:
    version_id = published(planner, SUPPLY)
    found = kept(version_id, "supply_plan_value")
    with session_scope(planner) as session:
        plan = planned(session, planner)
    assert found["demand"].sum() == pytest.approx(plan.plan.demand.sum())
    assert found["receipts"].sum() == pytest.approx((plan.plan.planned + plan.plan.inputs.receipts).sum())
    node = int(np.flatnonzero(plan.model.nodes["product_id"] == ids(Product)["SUGAR"])[0])
    weeks = [at for at, week in enumerate(plan.model.weeks) if week.replace(day=1) == MONTH]
    sugar = found[(found["product_id"] == ids(Product)["SUGAR"]) & (found["period"] == MONTH)]
    assert sugar["demand"].sum() == pytest.approx(plan.plan.demand[weeks, node].sum())
    end = plan.plan.stock[weeks[-1], node]
    assert (sugar["end_stock"].sum(), sugar["owed"].sum()) == pytest.approx((max(end, 0.0), max(-end, 0.0)))


def test_load_and_hours_of_resources_are_kept(planner: Viewer) -> None:
    stock_company.make_tea()
    stock_company.order_tea_in_johor(due_on=date(2026, 3, 20), quantity=20_000)
    Rows().bump("master")
    version_id = published(planner, SUPPLY)
    found = kept(version_id, "capacity_plan_value")
    with session_scope(planner) as session:
        model = planned(session, planner).model
    assert found["available_hours"].sum() == pytest.approx(model.hours.sum())
    assert found["load_hours"].sum() > 0


def test_nothing_is_half_written(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(rows, "write_demand", fail)
    monkeypatch.setattr(rows, "write_capacity", fail)
    for kind in (DEMAND, SUPPLY):
        with pytest.raises(RuntimeError):
            published(planner, kind)
    assert [count(table) for table in ("plan_version", "demand_plan_value", "supply_plan_value")] == [0, 0, 0]
    with owner_engine().connect() as connection:
        audited = connection.execute(
            text("select count(*) from audit_entry where action = 'plan.publish'")
        ).scalar_one()
    assert audited == 0


def test_without_a_forecast_there_is_no_demand_plan_to_publish(planner: Viewer) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text("delete from forecast_run"))
    Rows().bump("forecast")
    with pytest.raises(InvalidInput, match="no monthly forecast"):
        published(planner)
    assert count("plan_version") == 0


def test_only_who_reads_plans_sees_versions(planner: Viewer) -> None:
    assert plan_versions.versions(colleague(Role.EXECUTIVE)) == []
    with pytest.raises(NotAllowed):
        plan_versions.versions(colleague(Role.ADMIN))
