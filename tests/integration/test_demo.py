"""The demo company in a real database: loaded whole or not at all, and its people can sign in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from commands.demo import demo as command
from core.clock import today
from core.errors import Conflict, InvalidInput, NotSignedIn
from data.db import owner_engine, session_scope
from data.demo import loading
from data.demo.people import PEOPLE
from services import accounts, demo, exceptions, kpi, positions, proposals
from services.demo import DEMO_EMAILS, demo_loaded, demo_password, load_demo, refresh_password

HERE = {"address": "127.0.0.1", "agent": "tests"}


def rows(statement: str, **values: Any) -> list[Any]:
    with owner_engine().connect() as connection:
        return list(connection.execute(text(statement), values))


def count(table: str) -> int:
    return int(rows(f"select count(*) from {table}")[0][0])


def constraints() -> set[str]:
    return {row[0] for row in rows("select conrelid::regclass || ' ' || conname from pg_constraint")}


def test_it_tells_that_it_is_here_and_from_which_day(database: Path) -> None:
    assert demo_loaded()
    facts = demo.demo_facts()
    assert facts is not None
    assert (facts["scale"], facts["today"]) == ("small", today().isoformat())


@pytest.mark.parametrize("email", DEMO_EMAILS)
def test_everybody_signs_in_with_the_one_password(database: Path, email: str) -> None:
    viewer = accounts.sign_in(email, demo_password(), **HERE).viewer
    role = next(role for name, role, *_rest in PEOPLE if email.startswith(f"{name}@"))
    assert viewer.role == role


def test_the_planner_finds_a_day_of_work(database: Path, viewer_of: Callable[[str], Any]) -> None:
    planner = viewer_of("planner")
    stock = positions.summary(planner)
    assert stock.items > 30
    assert stock.stock_value > 0
    by_status = {total.status: total.items for total in stock.statuses}
    assert by_status["stocked_out"] >= 1
    assert by_status["excess"] >= 1
    assert by_status["no_policy"] == 0
    assert proposals.open_proposals(planner, proposals.ProposalFilters()).total >= 1
    found = exceptions.exceptions(planner)
    assert len(found.worst) == 5
    assert len({total.kind for total in found.totals}) >= 4


def test_key_figures_come_from_stored_rows(database: Path, viewer_of: Callable[[str], Any]) -> None:
    planner = viewer_of("planner")
    revenue = kpi.revenue_to_date(planner)
    assert revenue is not None
    assert revenue.revenue > 0
    trend = kpi.accuracy_by_month(planner)
    assert trend is not None
    assert len(trend.months) >= 10
    assert all(0.05 < month.wmape < 0.5 for month in trend.months)
    service = kpi.customer_otif(planner)
    assert service is not None
    assert 0.8 < service.rate < 1


def test_every_table_of_master_data_and_plan_has_rows(database: Path) -> None:
    tables = (
        *("unit_of_measure", "product_pack", "product_succession", "supplier_price_break", "bom_substitute"),
        *("resource_day", "lane", "list_price", "certificate", "forecast_override", "aop_target"),
    )
    assert [table for table in tables if count(table) == 0] == []
    retirable = ("location", "channel", "customer", "supplier", "oem", "resource")
    assert all(rows(f"select bool_and(active) from {table}")[0][0] for table in retirable)


def test_partners_have_work_of_their_own_and_see_no_canary(database: Path, viewer_of: Callable[[str], Any]) -> None:
    tables = {
        "supplier": "purchase_order",
        "supplier2": "purchase_order",
        "customer": "sales_order",
        "customer2": "sales_order",
        "oem": "production_order",
        "oem2": "production_order",
    }
    for name, table in tables.items():
        with session_scope(viewer_of(name)) as session:
            own = session.execute(text(f"select number from {table}")).scalars().all()
        assert 0 < len(own) < count(table), name
    noted = rows("select internal_note from purchase_order union all select internal_note from sales_order")
    assert all(row[0].startswith("CANARY-") for row in noted)


def test_new_rows_get_new_ids(fresh_database: Path) -> None:
    last = rows("select max(id) from product")[0][0]
    with owner_engine().begin() as connection:
        statement = text("insert into product (code, name) values ('NEW', 'New') returning id")
        assert connection.execute(statement).scalar_one() == last + 1


def test_no_table_gives_out_an_id_again(database: Path) -> None:
    """A table that the demo fills and whose next id is taken already would refuse the first row of a user."""
    sequence = "pg_get_serial_sequence(quote_ident(table_name), column_name)"
    columns = "information_schema.columns where table_schema = 'public' and column_name = 'id'"
    named = rows(f"select table_name, {sequence} from {columns} and {sequence} is not null")
    taken = "select coalesce(max(id), 0) >= (select last_value + is_called::int from {}) from {}"
    behind = [table for table, ids in named if rows(taken.format(ids, table))[0][0]]
    assert named
    assert behind == []


def test_every_reference_is_guarded_again_after_loading(fresh_database: Path) -> None:
    guarded = {row[0] for row in rows("select conrelid::regclass::text from pg_constraint where contype = 'f'")}
    assert {"demand_history", "stock_movement", "sales_order_line", "list_price", "forecast_value"} <= guarded
    loose = rows("select conname from pg_constraint where contype = 'f' and not convalidated")
    assert loose == []


def test_constraints_are_the_same_before_and_after(empty_database: Path) -> None:
    before = constraints()
    load_demo("small")
    after = {name for name in constraints() if "_y20" not in name}
    assert after == {name for name in before if "_y20" not in name}


def test_a_database_in_use_is_refused(database: Path) -> None:
    products = count("product")
    with pytest.raises(Conflict, match="empty database"):
        load_demo("small")
    assert count("product") == products


def test_a_load_that_breaks_leaves_nothing(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object) -> None:
        raise RuntimeError("the last step fails")

    before = constraints()
    monkeypatch.setattr(loading, "_remember", refuse)
    with pytest.raises(RuntimeError):
        load_demo("small")
    assert count("company") == 0
    assert count("demand_history") == 0
    assert constraints() == before
    assert not demo_loaded()


def test_an_unknown_scale_is_refused(empty_database: Path) -> None:
    with pytest.raises(InvalidInput, match="huge"):
        load_demo("huge")


def test_the_password_that_is_shown_is_the_one_that_works(
    fresh_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not refresh_password()
    monkeypatch.setenv("TANDEM_DEMO_PASSWORD", "another password")
    assert refresh_password()
    assert accounts.sign_in(DEMO_EMAILS[0], "another password", **HERE).viewer.user_id
    with pytest.raises(NotSignedIn):
        accounts.sign_in(DEMO_EMAILS[4], "demo password of the tests", **HERE)
    assert not refresh_password()


def test_a_password_is_made_once_where_none_is_given(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TANDEM_DEMO_PASSWORD")
    made = demo_password()
    assert len(made) >= 12
    assert demo_password() == made
    assert (empty_database / "demo_password").stat().st_mode & 0o077 == 0


def test_without_demo_no_password_is_changed(empty_database: Path) -> None:
    assert not demo_loaded()
    assert not refresh_password()


def test_the_command_line_loads_and_tells(empty_database: Path) -> None:
    run = CliRunner()
    assert run.invoke(command, ["status"]).output == "not loaded\n"
    loaded = run.invoke(command, ["load", "--scale", "small"])
    assert loaded.exit_code == 0, loaded.output
    assert "demand_history" in loaded.output
    assert demo_password() in loaded.output
    assert run.invoke(command, ["status"]).output.startswith("loaded: scale small")
    assert run.invoke(command, ["load", "--scale", "huge"]).exit_code == 2
