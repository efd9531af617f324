"""The third wall: what PostgreSQL itself gives a partner, whatever the code above asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from databases import TestServer
from planted_rows import plant_rows
from sqlalchemy import text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from trading import COMPANIES, TODAY, Trading, load

from core.errors import NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from data.read_cache import read_model
from models.webhooks import Webhook
from services import customer_orders, oem_orders, supplier_orders

ViewerOf = Callable[[str], Viewer]
PARTNERS = {name: kind for name, kind in COMPANIES.items() if kind != "internal"}
SIGN_INS = {
    "alpha": "supplier",
    "beta": "supplier2",
    "gamma": "customer",
    "delta": "customer2",
    "omega": "oem",
    "sigma": "oem2",
}
# table and how its rows are told apart: the company that may read them
OWNERS = {
    "purchase_order": "select s.company_id from supplier s where s.id = supplier_id",
    "sales_order": "select c.company_id from customer c where c.id = customer_id",
    "production_order": "select o.company_id from oem o where o.id = oem_id",
}


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with (
        pytest.MonkeyPatch.context() as patch,
        server.copy(tmp_path_factory.mktemp("home"), template=empty_template),
    ):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture(scope="module")
def answered(ids: Trading) -> Trading:
    """Both suppliers have a proposal in the buyer's queue."""
    for company in ("alpha", "beta"):
        with owner_engine().begin() as connection:
            connection.execute(
                text(
                    "insert into supplier_response (company_id, line_id, line_version, kind, quantity, promised_on, "
                    "reason, created_by) values (:company, :line, 1, 'counter', 80, :day, :reason, :person)"
                ),
                {
                    "company": ids[company],
                    "line": ids[f"{company}.later"],
                    "day": TODAY,
                    "reason": f"CANARY-{company.upper()}-reason",
                    "person": ids[f"person.{SIGN_INS[company]}"],
                },
            )
    return ids


def rows(viewer: Viewer, statement: str, **values: Any) -> list[Any]:
    with session_scope(viewer) as session:
        return list(session.execute(text(statement), values))


def refusal(viewer: Viewer, statement: str, **values: Any) -> str:
    """What PostgreSQL says to a statement it must refuse."""
    with pytest.raises(NotAllowed) as error:
        rows(viewer, statement, **values)
    return str(error.value.__cause__)


@pytest.mark.parametrize("company", PARTNERS)
def test_every_table_gives_own_rows_only(answered: Trading, viewer_of: ViewerOf, company: str) -> None:
    partner = viewer_of(SIGN_INS[company])
    readable = rows(
        partner,
        "select table_name, string_agg(column_name, ',') from information_schema.column_privileges "
        "where grantee = 'tandem_partner' and privilege_type = 'SELECT' and table_schema = 'public' group by 1",
    )
    assert len(readable) > 10
    everything = ""
    for table, columns in readable:
        found = rows(partner, f"select {columns} from {table}")
        everything += json.dumps([[str(value) for value in row] for row in found])
    others = [name for name in PARTNERS if name != company]
    assert company.upper() in everything.upper()
    for other in others:
        assert other.upper() not in everything.upper()
    for other in PARTNERS:
        assert f"CANARY-{other.upper()}-note" not in everything
        assert f"CANARY-{other.upper()}-draft" not in everything


# The same for everybody, or named with what one buys, sells or makes.
SHARED = {"data_version", "setting", "location"}


def test_b06_b10_neighbours_see_and_count_rows_of_their_own_in_every_table(
    empty_database: Path, viewer_of: ViewerOf
) -> None:
    """Generated from the catalogue: a table that partners may read and that is missing here turns it red."""
    companies = load()
    with owner_engine().begin() as connection:
        plant_rows(connection)
        readable = connection.execute(text(READABLE)).all()
    assert {table for table, _columns in readable} >= SHARED
    seen = {}
    for name in PARTNERS:
        with session_scope(viewer_of(SIGN_INS[name])) as session:
            seen[name] = {table: _rows_of(session, table, columns) for table, columns in readable}
    for table, _columns in readable:
        if table in SHARED:
            continue
        readers = [name for name in PARTNERS if seen[name][table]]
        assert len(readers) >= 2, f"no rows to tell apart in {table}: see tests/planted_rows.py"
        for one, other in combinations(readers, 2):
            assert not seen[one][table] & seen[other][table], (table, one, other)
    for name in PARTNERS:
        everything = str(seen[name])
        assert set(re.findall(r"CANARY-\w+-(\d+)-", everything)) == {str(companies[name])}
        assert "CANARY-note" not in everything


READABLE = """
select table_name, string_agg(quote_ident(column_name), ', ') from information_schema.column_privileges
where grantee = 'tandem_partner' and privilege_type = 'SELECT' and table_schema = 'public' group by 1
"""


def _rows_of(session: Session, table: str, columns: str) -> set[str]:
    """What the partner gets of a table; counting tells no more than reading does."""
    found = session.execute(text(f"select {columns} from {table}")).all()
    assert session.scalar(text(f"select count(*) from {table}")) == len(found), table
    return {str(row) for row in found}


@pytest.mark.parametrize("company", PARTNERS)
@pytest.mark.parametrize("table", OWNERS)
def test_a_foreign_company_named_in_sql_gives_no_row(
    ids: Trading, viewer_of: ViewerOf, company: str, table: str
) -> None:
    partner = viewer_of(SIGN_INS[company])
    seen = {row.company for row in rows(partner, f"select ({OWNERS[table]}) as company from {table}")}
    assert seen <= {ids[company]}


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("purchase_order", "beta.order"),
        ("purchase_order", "alpha.draft"),
        ("purchase_order_line", "beta.soon"),
        ("purchase_order_line", "alpha.unsent"),
        ("sales_order", "gamma.order"),
        ("sales_order_line", "gamma.open"),
        ("production_order", "omega.running"),
        ("product", "beta.item"),
        ("product", "gamma.item"),
        ("company", "beta"),
        ("company", "own"),
        ("supplier", "beta.party"),
        ("app_user", "person.supplier2"),
        ("app_user", "person.planner"),
    ],
)
def test_a_foreign_id_gives_no_row(ids: Trading, viewer_of: ViewerOf, table: str, name: str) -> None:
    partner = viewer_of("supplier")
    assert rows(partner, f"select id from {table} where id = :id", id=ids[name]) == []


@pytest.mark.parametrize(
    "column",
    [
        "purchase_order.internal_note",
        "purchase_order.created_by",
        "sales_order.internal_note",
        "sales_order_line.unit_price",
        "production_order.internal_note",
        "production_order.resource_id",
        "product.unit_cost",
        "product.unit_price",
        "supplier_response.decided_by",
        "app_user.password_hash",
        "supplier.country",
        "audit_entry.before",
        "stock_lot.quantity",
        "inventory_policy.safety_stock",
        "supplier_item.price",
        "forecast_value.q50",
        "demand_history.quantity",
        "reorder_proposal.quantity",
        "user_session.token_hash",
        "job.args",
        "bom_line.quantity",
    ],
)
@pytest.mark.parametrize("name", ["supplier", "customer", "oem"])
def test_costs_notes_and_plans_are_denied(ids: Trading, viewer_of: ViewerOf, name: str, column: str) -> None:
    table, _dot, field = column.partition(".")
    assert "permission denied" in refusal(viewer_of(name), f"select {field} from {table}")


def test_only_the_rules_of_delivery_are_readable_settings(ids: Trading, viewer_of: ViewerOf) -> None:
    with owner_engine().begin() as connection:
        connection.execute(
            text("insert into setting values ('otif.late_tolerance_days', '{\"value\": 0}'), ('secret.rule', '{}')")
        )
    assert [row.key for row in rows(viewer_of("customer"), "select key from setting")] == ["otif.late_tolerance_days"]


@pytest.mark.parametrize(
    "changed",
    [
        {"company_id": "beta"},
        {"line_id": "beta.soon"},
        {"line_id": "alpha.unsent"},
        {"company_id": "beta", "line_id": "beta.soon", "created_by": "person.supplier2"},
        {"created_by": "person.planner"},
    ],
)
def test_the_database_refuses_an_answer_in_anothers_name(
    ids: Trading, viewer_of: ViewerOf, changed: dict[str, str]
) -> None:
    values = {"company_id": "alpha", "line_id": "alpha.soon", "created_by": "person.supplier"} | changed
    why = refusal(
        viewer_of("supplier"),
        "insert into supplier_response (company_id, line_id, line_version, kind, quantity, promised_on, "
        "created_by) values (:company_id, :line_id, 1, 'confirm', 1, '2026-03-04', :created_by)",
        **{name: ids[value] for name, value in values.items()},
    )
    assert "row-level security" in why


@pytest.mark.parametrize(
    "statement",
    [
        "update supplier_response set status = 'accepted'",
        "update supplier_response set quantity = 1",
        "update purchase_order_line set status = 'confirmed'",
        "update purchase_order set status = 'closed'",
        "delete from supplier_response",
        "insert into supplier_response (status) values ('accepted')",
        "insert into purchase_order (number) values ('x')",
        "update app_user set role = 'admin'",
    ],
)
def test_partners_can_decide_and_change_nothing(answered: Trading, viewer_of: ViewerOf, statement: str) -> None:
    why = refusal(viewer_of("supplier"), statement)
    assert "permission denied" in why or "row-level security" in why


def test_superseding_reaches_own_waiting_answers_only(answered: Trading, viewer_of: ViewerOf) -> None:
    partner = viewer_of("supplier2")
    with session_scope(partner) as session:
        changed = session.execute(text("update supplier_response set status = 'superseded' returning company_id")).all()
        assert {row.company_id for row in changed} == {answered["beta"]}
        session.rollback()


@pytest.mark.parametrize("company", ["alpha", "gamma", "omega"])
def test_services_carry_no_foreign_or_internal_text(answered: Trading, viewer_of: ViewerOf, company: str) -> None:
    viewer = viewer_of(SIGN_INS[company])
    calls: dict[str, Callable[[], object]] = {
        "supplier": lambda: [
            supplier_orders.lines(viewer, show="all"),
            *(supplier_orders.line(viewer, line.id) for line in supplier_orders.lines(viewer, show="all").lines),
        ],
        "customer": lambda: customer_orders.lines(viewer, show="all"),
        "oem": lambda: oem_orders.orders(viewer, show="all"),
    }
    given = repr(calls[PARTNERS[company]]()).upper()
    assert company.upper() in given
    for word in ("-NOTE", "-DRAFT", "770077", "880088", *(other.upper() for other in PARTNERS if other != company)):
        assert word not in given


def test_reading_own_lines_reads_nobody_elses(ids: Trading, viewer_of: ViewerOf) -> None:
    """The cost of a partner's page follows its own orders: no order table is read from end to end."""
    with owner_engine().begin() as connection:
        for name, party in (("purchase", "beta"), ("sales", "gamma")):
            column = "supplier_id" if name == "purchase" else "customer_id"
            status = ", status" if name == "purchase" else ""
            sent = ", 'sent'" if name == "purchase" else ""
            connection.execute(
                text(
                    f"insert into {name}_order (number, {column}, location_id, ordered_on{status}) "
                    f"select 'bulk' || n, :party, :site, current_date{sent} from generate_series(1, 2000) n"
                ),
                {"party": ids[f"{party}.party"], "site": ids["site"]},
            )
            connection.execute(
                text(
                    f"insert into {name}_order_line (order_id, line_no, product_id, quantity, unit_price, "
                    f"requested_on) select id, 1, :item, 1, 1, current_date from {name}_order where number like 'bulk%'"
                ),
                {"item": ids[f"{party}.item"]},
            )
    with owner_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))
    statement = (
        "explain (analyze, format json) select l.id, p.name from purchase_order_line l "
        "join purchase_order o on o.id = l.order_id join product p on p.id = l.product_id"
    )
    plan = rows(viewer_of("supplier"), statement)[0][0][0]["Plan"]
    read = {node["Relation Name"]: node["Node Type"] for node in _nodes(plan) if node.get("Relation Name")}
    assert {read[table] for table in ("purchase_order_line", "sales_order_line")} <= {
        "Index Scan",
        "Index Only Scan",
        "Bitmap Heap Scan",
    }


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


# Cases of the catalogue that no single feature keeps


def test_b07_rows_of_others_are_not_changed_by_their_ids(ids: Trading, viewer_of: ViewerOf) -> None:
    with owner_engine().begin() as connection:
        made = connection.execute(
            text("insert into webhook (company_id, url, sealed_secret) values (:beta, 'https://b', 'x') returning id"),
            {"beta": ids["beta"]},
        ).scalar_one()
    with pytest.raises(StaleDataError), session_scope(viewer_of("supplier")) as session:
        session.execute(update(Webhook), [{"id": made, "active": False}])
    with owner_engine().connect() as connection:
        assert connection.scalar(text("select active from webhook where id = :id"), {"id": made})


# What the server makes by chance; other keys hold the company, or the id of a row that only it can name.
UNGUESSABLE = {"attachment": "stored_name", "invitation": "token_hash"}


def test_b09_what_partners_write_is_unique_within_their_company_only(ids: Trading) -> None:
    with owner_engine().connect() as connection:
        keys = connection.execute(text(UNIQUE)).all()
    assert {row.table for row in keys} >= {"webhook", "order_template", "partner_submission"}
    for row in keys:
        own = any(name == "id" or name.endswith("_id") for name in row.columns)
        assert own or UNGUESSABLE.get(row.table) in row.columns, row


UNIQUE = """
select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
where i.indisunique and c.relnamespace = 'public'::regnamespace
  and has_any_column_privilege('tandem_partner', c.oid, 'INSERT')
group by i.indexrelid, c.relname
"""


def test_b11_what_is_kept_for_one_company_is_not_given_to_another(ids: Trading, viewer_of: ViewerOf) -> None:
    given = {}
    for name in ("supplier", "supplier2", "planner", "supplier"):
        viewer = viewer_of(name)
        with session_scope(viewer) as session:
            given[name] = read_model(
                session, viewer, "same", subjects=("orders",), args={}, compute=lambda named=name: named
            )
    assert all(name == value for name, value in given.items())


def test_b18_whoever_changes_the_company_sees_the_new_one_only(ids: Trading, viewer_of: ViewerOf) -> None:
    move = text("update app_user set company_id = :company where id = :person")
    before = supplier_orders.lines(viewer_of("supplier-colleague"), show="all").lines
    with owner_engine().begin() as connection:
        connection.execute(move, {"company": ids["beta"], "person": ids["person.supplier-colleague"]})
    try:
        moved = viewer_of("supplier-colleague")
        with pytest.raises(NotFound):
            supplier_orders.line(moved, before[0].id)
        assert "ALPHA" not in repr(supplier_orders.lines(moved, show="all")).upper()
    finally:
        with owner_engine().begin() as connection:
            connection.execute(move, {"company": ids["alpha"], "person": ids["person.supplier-colleague"]})
