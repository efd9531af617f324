"""The schema goes up and down, equals the models, and refuses what would contradict itself."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import disconnect
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.permissions import LEVELS, ROLES
from data import schema
from data.db import owner_engine
from models import Base

AN_OLD_RECEIPT = """
insert into company (id, name, kind) values (1, 'Own', 'internal');
insert into location (id, code, name, region) values (1, 'DC', 'DC', 'Central');
insert into supplier (id, code, name) values (1, 'SUP', 'Supplier');
insert into product (id, code, name, uom) values (1, 'A', 'A', 'KG'), (2, 'B', 'B', 'BOX'), (3, 'C', 'C', 'BOX');
insert into purchase_order (id, number, supplier_id, location_id, ordered_on) values (1, 'PO', 1, 1, '2026-01-01');
insert into purchase_order_line (id, order_id, line_no, product_id, quantity, unit_price, requested_on)
values (1, 1, 1, 1, 10, 1, '2026-01-08');
insert into receipt (line_id, received_on, quantity, lot)
values (1, '2026-01-08', 2, null), (1, '2026-01-08', 3, null), (1, '2026-01-08', 4, 'L'), (1, '2026-01-09', 1, null)
"""
NULLS_ARE_KEYS = {
    "receipt": "line_id, received_on, quantity, lot",
    "list_price": "price_list, product_id, channel_id, customer_id, valid_from, price",
    "forecast_override": "product_id, location_id, channel_id, frequency, period, stream, quantity",
}
CONTRADICTIONS = {
    "certificate of nobody": "update certificate set product_id = null, supplier_id = null, location_id = null",
    "certificate of two": "update certificate set product_id = 1, supplier_id = 1, location_id = null",
    "certificate that ends before it begins": "update certificate set valid_from = valid_until + 1",
    "successor of itself": "update product_succession set successor_id = predecessor_id",
    "more than all the demand": "update product_succession set share = 1.5",
    "empty pack": "update product_pack set base_units = 0",
    "less than no hours": "update resource_day set hours = -1",
    "target of half a month": "update aop_target set period = period + 14",
    "break of terms that are not": "update supplier_price_break set product_id = 1000000",
    "substitute for what is not in the recipe": "update bom_substitute set component_id = substitute_id",
}


def run(*statements: str) -> list[Any]:
    """Rows of the last statement, of the owner of the tables."""
    with owner_engine().begin() as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        return list(connection.execute(text(statements[-1])).all())


def test_migrations_build_exactly_the_models(new_database: Path) -> None:
    with owner_engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_down_to_nothing_and_up_again(new_database: Path) -> None:
    schema.downgrade("base")
    assert schema.current_revision() is None
    schema.prepare()
    with owner_engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    disconnect()


def test_preparing_twice_changes_nothing(new_database: Path) -> None:
    before = schema.current_revision()
    schema.prepare()
    assert schema.current_revision() == before


def test_stored_rights_are_those_of_the_code(new_database: Path) -> None:
    stored = defaultdict(set)
    for role, permission in run("select role, permission from role_permission"):
        stored[role].add(permission)
    given = {name: {str(right) for right in rights} for name, rights in (*ROLES.items(), *LEVELS.items()) if rights}
    assert stored == given


def test_master_data_comes_to_a_database_in_use(new_database: Path) -> None:
    schema.downgrade("0011")
    run(*AN_OLD_RECEIPT.split(";"), "select 1")
    schema.prepare()
    assert run("select code, decimals from unit_of_measure order by code") == [("BOX", 0), ("KG", 3)]
    receipts = run("select received_on::text, lot, quantity::int from receipt order by received_on, quantity")
    assert receipts == [("2026-01-08", "L", 4), ("2026-01-08", None, 5), ("2026-01-09", None, 1)]
    assert run("select active from supplier") == [(True,)]
    disconnect()


@pytest.mark.parametrize("table", NULLS_ARE_KEYS)
def test_rows_that_differ_in_nothing_are_refused_where_a_part_is_empty_too(database: Path, table: str) -> None:
    columns = NULLS_ARE_KEYS[table]
    empty = columns.rpartition(", ")[2] if table == "receipt" else "channel_id"
    again = f"insert into {table} ({columns}) select {columns} from {table} where {empty} is null limit 1 returning 1"
    with pytest.raises(IntegrityError, match=f"uq_{table}"):
        run(
            f"update {table} set {empty} = null where id = (select min(id) from {table})",
            again,
        )


@pytest.mark.parametrize("statement", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_contradictions_are_refused(database: Path, statement: str) -> None:
    with pytest.raises(IntegrityError):
        run(f"{statement} returning 1")


def test_what_belongs_to_a_line_goes_with_it(fresh_database: Path) -> None:
    run("delete from bom_line returning 1")
    run("delete from supplier_item returning 1")
    assert run("select 1 from bom_substitute union all select 1 from supplier_price_break") == []


def test_every_reference_to_a_customer_has_an_index(new_database: Path) -> None:
    """An undo removes thousands of customers; each must not read all demand to see that nothing names it."""
    unindexed = """
    select conrelid::regclass::text from pg_constraint c
    where contype = 'f' and confrelid = 'customer'::regclass and not exists
        (select 1 from pg_index i where i.indrelid = c.conrelid and c.conkey[1] = any (i.indkey::int2[]))
    """
    assert run(unindexed) == []
