"""Data health: every fault is found where it is and nowhere else, and mending it makes the finding go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from databases import TestServer
from rows import colleague
from sqlalchemy import text

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Permission, Role
from core.viewer import Viewer
from data.db import owner_engine
from data.findings import FINDINGS
from services import data_health

TODAY = "2026-03-02"
ANALYST = colleague(Role.ANALYST)

SALES = """
insert into demand_history (day, source_key, product_id, location_id, channel_id, quantity, revenue)
    select day, 'k', p.id, l.id, c.id, 10, 50 from product p, location l, channel c,
    generate_series(date '2025-03-04', date '2026-02-27', interval '7 days') day where p.code = 'F1'
    on conflict do nothing;
"""
SOUND = f"""
truncate unit_of_measure, location, channel, customer, supplier, resource, product, sales_order, purchase_order,
    production_order, certificate, demand_history, stock_movement, import_batch cascade;
insert into unit_of_measure (code, name, decimals) values ('EA', 'Each', 0), ('CTN', 'Carton', 0), ('KG', 'Kilo', 3);
insert into location (code, name, region) values ('KL', 'Kuala Lumpur', 'Central');
insert into channel (code, name) values ('MT', 'Modern trade');
insert into customer (code, name, region, channel_id) select 'C1', 'Buyer', 'Central', id from channel;
insert into supplier (code, name, country) values ('S1', 'Seller', 'Malaysia');
insert into resource (code, name, location_id, hours_per_week) select 'R1', 'Line', id, 40 from location;
insert into product (code, name, kind, category, family, uom, units_per_case, shelf_life_days, unit_cost, unit_price)
    values ('F1', 'Chilli sauce', 'finished', 'Sauces', 'Chilli', 'EA', 12, 300, 2, 5),
    ('M1', 'Chillies', 'material', 'Fresh', 'Chilli', 'KG', 1, null, 1, null);
update product set halal = 'certified', halal_until = '2027-01-01', launched_on = '2020-01-01' where code = 'F1';
insert into routing (product_id, resource_id, hours_per_unit)
    select p.id, r.id, 0.1 from product p, resource r where p.code = 'F1';
insert into supplier_item (supplier_id, product_id, price, lead_time_days)
    select s.id, p.id, 1, 7 from supplier s, product p where p.code = 'M1';
insert into bom (product_id, valid_from) select id, '2020-01-01' from product where code = 'F1';
insert into bom_line (bom_id, component_id, quantity) select b.id, p.id, 0.5 from bom b, product p where p.code = 'M1';
insert into product_pack (product_id, unit_id, base_units, barcode)
    select p.id, u.id, 12, '111' from product p, unit_of_measure u where p.code = 'F1' and u.code = 'CTN';
insert into list_price (product_id, valid_from, price) select id, '2026-01-01', 5 from product where code = 'F1';
insert into certificate (kind, number, body, supplier_id, valid_until)
    select 'halal', 'H1', 'JAKIM', id, '2027-01-01' from supplier;
insert into stock_lot (product_id, location_id, lot, quantity, received_on, expires_on)
    select p.id, l.id, 'L1', 10, '2026-02-20', '2026-09-01' from product p, location l where p.code = 'F1';
select tandem_ensure_partition('stock_movement', 2026), tandem_ensure_partition('demand_history', 2025),
    tandem_ensure_partition('demand_history', 2026);
insert into stock_movement (day, reference, product_id, location_id, kind, quantity)
    select m.day::date, m.day, p.id, l.id, m.kind, m.quantity from product p, location l,
    (values ('2026-02-20', 'production', 30), ('2026-02-25', 'issue', -20)) m (day, kind, quantity) where p.code = 'F1';
{SALES}
insert into sales_order (number, customer_id, location_id, ordered_on)
    select 'SO1', c.id, l.id, '2026-02-20' from customer c, location l;
insert into sales_order_line (order_id, line_no, product_id, quantity, unit_price, requested_on, delivered_on, status)
    select o.id, 1, p.id, 10, 5, '2026-02-24', '2026-02-24', 'delivered' from sales_order o, product p
    where p.code = 'F1';
insert into purchase_order (number, supplier_id, location_id, status, ordered_on)
    select 'PO1', s.id, l.id, 'sent', '2026-02-20' from supplier s, location l;
insert into purchase_order_line (order_id, line_no, product_id, quantity, unit_price, requested_on)
    select o.id, 1, p.id, 10, 1, '2026-03-09' from purchase_order o, product p where p.code = 'M1';
insert into receipt (line_id, received_on, quantity) select id, '2026-02-25', 4 from purchase_order_line;
insert into production_order (number, product_id, location_id, quantity, starts_on, due_on)
    select 'MO1', p.id, l.id, 10, '2026-03-05', '2026-03-06' from product p, location l where p.code = 'F1';
"""
SECOND_PRODUCT = """
insert into product (code, name, kind, category, family, uom, shelf_life_days, unit_cost, unit_price)
    values ('F2', '{name}', 'finished', 'Sauces', 'Chilli', 'EA', 300, 2, 5);
insert into bom (product_id, valid_from) select id, '2020-01-01' from product where code = 'F2';
"""
EACH_PACK = """
insert into product_pack (product_id, unit_id, base_units)
    select p.id, u.id, 6 from product p, unit_of_measure u where p.code = 'F1' and u.code = 'EA'
"""
PALLET = """
insert into unit_of_measure (code, name) values ('PAL', 'Pallet');
insert into product_pack (product_id, unit_id, base_units, barcode)
    select p.id, u.id, 480, '111' from product p, unit_of_measure u where p.code = 'F1' and u.code = 'PAL'
"""
SECOND_SUPPLIER = """
insert into supplier (code, name, country, active) values ('S2', 'Other', 'Malaysia', {active});
insert into supplier_item (supplier_id, product_id, price, lead_time_days, share)
    select s.id, p.id, 1, 7, 0.5 from supplier s, product p where s.code = 'S2' and p.code = 'M1'
"""


THERE_AND_BACK = """
insert into location (code, name, region) values ('PG', 'Penang', 'Northern');
insert into demand_history (day, source_key, product_id, location_id, channel_id, quantity, revenue)
    select '2026-02-27', 'p', p.id, l.id, c.id, 1, 5 from product p, location l, channel c
    where p.code = 'F1' and l.code = 'PG';
insert into lane (product_id, from_location_id, to_location_id, lead_time_days)
    select p.id, a.id, b.id, 1 from product p, location a, location b
    where p.code = 'F1' and a.code = 'KL' and b.code = 'PG';
insert into lane (from_location_id, to_location_id, lead_time_days, active)
    select b.id, a.id, 1, {back} from location a, location b where a.code = 'KL' and b.code = 'PG'
"""


@dataclass(frozen=True)
class Fault:
    """What goes wrong in the sound company, whose row it is, and what mends it: a value for all, or a statement."""

    entity: str
    finding: str
    planted: str
    row: str
    value: str = ""
    mended: str = ""


def of(table: str, change: str, where: str = "true") -> str:
    return f"update {table} set {change} where {where}"


F1, M1 = "code = 'F1'", "code = 'M1'"
FAULTS = (
    Fault("products", "without_cost", of("product", "unit_cost = 0", F1), "F1", mended=of("product", "unit_cost = 2")),
    Fault(
        "products",
        "without_price",
        "delete from list_price; update product set unit_price = null where code = 'F1'",
        "F1",
        mended=of("product", "unit_price = 5", F1),
    ),
    Fault("products", "unknown_unit", of("product", "uom = 'PCS'", F1), "F1", value="EA"),
    Fault("products", "without_shelf_life", of("product", "shelf_life_days = null", F1), "F1", value="300"),
    Fault("products", "unassigned_category", of("product", "category = 'Unassigned'", F1), "F1", value="Sauces"),
    Fault("products", "unassigned_family", of("product", "family = 'Unassigned'", F1), "F1", value="Chilli"),
    Fault(
        "products",
        "without_source",
        "delete from bom",
        "F1",
        mended="insert into bom (product_id, valid_from) select id, '2020-01-01' from product where code = 'F1'",
    ),
    Fault(
        "products",
        "without_supplier",
        "delete from supplier_item",
        "M1",
        mended=of("product", "kind = 'semi_finished'", M1),
    ),
    Fault(
        "products",
        "named_alike",
        SECOND_PRODUCT.format(name="CHILLI-Sauce "),
        "F2",
        mended=of("product", "name = 'Soy'", F1),
    ),
    Fault(
        "products", "price_below_cost", of("product", "unit_cost = 6", F1), "F1", mended=of("product", "unit_cost = 2")
    ),
    Fault("products", "halal_ran_out", of("product", "halal_until = '2026-03-01'", F1), "F1", value="expired"),
    Fault("products", "halal_without_end", of("product", "halal_until = null", F1), "F1", value="2028-01-01"),
    Fault("products", "ended_in_use", of("product", "ends_on = '2026-03-01'", F1), "F1", value="retired"),
    Fault("products", "launched_as_planned", of("product", "life_cycle = 'planned'", F1), "F1", value="launch"),
    Fault(
        "products",
        "silent",
        SECOND_PRODUCT.format(name="Soy sauce")
        + "insert into demand_history (day, source_key, product_id, location_id, channel_id, quantity, revenue) "
        "select '2025-11-03', 's', p.id, l.id, c.id, 1, 5 from product p, location l, channel c where p.code = 'F2'",
        "F2",
        value="retired",
    ),
    Fault(
        "products",
        "interrupted",
        "delete from demand_history where day between '2025-09-01' and '2025-10-15'",
        "F1",
        mended=SALES,
    ),
    Fault("packs", "base_unit_pack", EACH_PACK, "F1|EA", value="1"),
    Fault(
        "packs",
        "other_case_size",
        of("product_pack", "base_units = 24"),
        "F1|CTN",
        mended=of("product_pack", "base_units = 12"),
    ),
    Fault("packs", "shared_barcode", PALLET, "F1|PAL", mended=of("product_pack", "barcode = base_units::text")),
    Fault("customers", "without_channel", of("customer", "channel_id = null"), "C1", value="MT"),
    Fault("customers", "without_region", of("customer", "region = null"), "C1", value="North"),
    Fault("suppliers", "without_country", of("supplier", "country = null"), "S1", value="Malaysia"),
    Fault(
        "suppliers",
        "without_terms",
        "insert into supplier (code, name, country) values ('S2', 'X', 'Y')",
        "S2",
        value="no",
    ),
    Fault(
        "locations",
        "unused_place",
        "insert into location (code, name, region) values ('JB', 'J', 'S')",
        "JB",
        value="no",
    ),
    Fault("resources", "without_hours", of("resource", "hours_per_week = 0"), "R1", value="40"),
    Fault("resources", "without_routing", "delete from routing", "R1", mended=of("resource", "active = false")),
    Fault(
        "supplier_items",
        "without_price",
        of("supplier_item", "price = 0"),
        "S1|M1",
        mended=of("supplier_item", "price = 1"),
    ),
    Fault("supplier_items", "without_lead_time", of("supplier_item", "lead_time_days = 0"), "S1|M1", value="7"),
    Fault(
        "supplier_items",
        "shares_not_whole",
        SECOND_SUPPLIER.format(active="true"),
        "S2|M1",
        mended=of("supplier_item", "share = 0.5"),
    ),
    Fault("supplier_items", "retired_supplier", SECOND_SUPPLIER.format(active="false"), "S2|M1", value="0"),
    Fault("lanes", "leads_back", THERE_AND_BACK.format(back="true"), "F1|KL|PG", value="no"),
    Fault(
        "boms",
        "retired_component",
        of("product", "life_cycle = 'retired'", M1),
        "F1|M1",
        mended=of("product", "life_cycle = 'active'"),
    ),
    Fault("boms", "nothing_of_it", of("bom_line", "quantity = 0"), "F1|M1", mended=of("bom_line", "quantity = 1")),
    Fault("prices", "below_cost", of("list_price", "price = 1"), "F1", mended=of("list_price", "price = 5")),
    Fault(
        "certificates",
        "ran_out",
        of("certificate", "valid_until = '2026-03-01'"),
        "H1",
        mended=of("certificate", "valid_until = '2028-01-01'"),
    ),
    Fault("stock", "expired", of("stock_lot", "expires_on = '2026-03-01'"), "L1", value="0"),
    Fault("stock", "without_expiry", of("stock_lot", "expires_on = null"), "L1", value="2026-12-01"),
    Fault(
        "stock",
        "expires_before_receipt",
        of("stock_lot", "expires_on = '2026-02-02'"),
        "L1",
        mended=of("stock_lot", "expires_on = '2026-12-02'"),
    ),
    Fault(
        "stock",
        "received_later",
        of("stock_lot", "received_on = '2026-03-20'"),
        "L1",
        mended=of("stock_lot", "received_on = '2026-03-01'"),
    ),
    Fault(
        "stock",
        "too_many_decimals",
        of("stock_lot", "quantity = 10.5"),
        "L1",
        mended=of("unit_of_measure", "decimals = 1"),
    ),
    Fault(
        "stock",
        "retired_product",
        of("product", "life_cycle = 'retired'", F1),
        "L1",
        mended=of("stock_lot", "quantity = 0"),
    ),
    Fault(
        "stock_movements",
        "wrong_sign",
        of("stock_movement", "quantity = 20", "kind = 'issue'"),
        "2026-02-25",
        mended=of("stock_movement", "kind = 'adjustment'"),
    ),
    Fault(
        "stock_movements",
        "below_nothing",
        of("stock_movement", "quantity = 70", "kind = 'production'")
        + ";"
        + of("stock_movement", "day = '2026-02-10'", "kind = 'issue'"),
        "2026-02-10",
        mended=of("stock_movement", "day = '2026-02-25'", "kind = 'issue'"),
    ),
    Fault(
        "stock_movements",
        "moved_later",
        of("stock_movement", "day = '2026-03-20'", "kind = 'issue'"),
        "2026-03-20",
        mended=of("stock_movement", "day = '2026-03-02'", "kind = 'issue'"),
    ),
    Fault(
        "stock_movements",
        "stale",
        of("stock_movement", "day = '2026-01-20'"),
        "2026-01-20",
        mended=of("stock_movement", "day = '2026-03-01'"),
    ),
    Fault(
        "demand_history",
        "outside_life",
        of("product", "launched_on = '2025-03-05'", F1),
        "2025-03-04",
        mended=of("product", "launched_on = '2025-03-01'", F1),
    ),
    Fault(
        "demand_history",
        "sold_later",
        of("demand_history", "day = '2026-03-10'", "day = '2026-02-24'"),
        "2026-03-10",
        mended=of("demand_history", "day = '2026-03-01'", "day = '2026-03-10'"),
    ),
    Fault(
        "demand_history",
        "without_revenue",
        of("demand_history", "revenue = 0", "day = '2026-02-17'"),
        "2026-02-17",
        mended=of("demand_history", "revenue = 9"),
    ),
    Fault(
        "demand_history",
        "outlier",
        of("demand_history", "quantity = 900", "day = '2025-09-02'"),
        "2025-09-02",
        mended=of("demand_history", "quantity = 11"),
    ),
    Fault(
        "demand_history",
        "stale",
        "delete from demand_history where day > '2026-02-10'",
        "2025-03-04",
        mended=of("demand_history", "day = '2026-03-01'", "day = '2026-02-10'"),
    ),
    Fault(
        "sales_orders",
        "overdue",
        of("sales_order_line", "status = 'open', requested_on = '2026-02-01'"),
        "SO1",
        mended=of("sales_order_line", "status = 'cancelled'"),
    ),
    Fault(
        "sales_orders",
        "delivered_before_order",
        of("sales_order_line", "delivered_on = '2026-02-02'"),
        "SO1",
        mended=of("sales_order", "ordered_on = '2026-02-01'"),
    ),
    Fault(
        "sales_orders",
        "delivered_without_day",
        of("sales_order_line", "delivered_on = null"),
        "SO1",
        mended=of("sales_order_line", "status = 'open'"),
    ),
    Fault(
        "sales_orders",
        "without_price",
        of("sales_order_line", "unit_price = 0"),
        "SO1",
        mended=of("sales_order_line", "unit_price = 5"),
    ),
    Fault(
        "sales_orders",
        "lapsed_customer",
        of("customer", "active = false") + ";" + of("sales_order_line", "status = 'open'"),
        "SO1",
        value="cancelled",
    ),
    Fault(
        "sales_orders",
        "stale",
        of("sales_order", "ordered_on = '2026-02-01'"),
        "SO1",
        mended=of("sales_order", "ordered_on = '2026-03-01'"),
    ),
    Fault(
        "purchase_orders",
        "overdue",
        of("purchase_order_line", "requested_on = '2026-02-02'"),
        "PO1",
        mended=of("purchase_order_line", "latest_confirmed_on = '2026-03-09'"),
    ),
    Fault(
        "purchase_orders",
        "without_terms",
        "delete from supplier_item",
        "PO1",
        mended=of("purchase_order_line", "status = 'cancelled'"),
    ),
    Fault(
        "purchase_orders",
        "odd_price",
        of("purchase_order_line", "unit_price = 12"),
        "PO1",
        mended=of("supplier_item", "price = 10"),
    ),
    Fault(
        "purchase_orders",
        "received_before_order",
        of("purchase_order_line", "actual_on = '2026-02-02'"),
        "PO1",
        mended=of("purchase_order_line", "actual_on = '2026-02-22'"),
    ),
    Fault(
        "purchase_orders",
        "stale",
        of("purchase_order", "ordered_on = '2026-01-02'"),
        "PO1",
        mended=of("purchase_order", "ordered_on = '2026-02-20'"),
    ),
    Fault(
        "receipts",
        "before_order",
        of("receipt", "received_on = '2026-02-02'"),
        "PO1",
        mended=of("receipt", "received_on = '2026-02-25'"),
    ),
    Fault(
        "receipts",
        "received_later",
        of("receipt", "received_on = '2026-03-20'"),
        "PO1",
        mended=of("receipt", "received_on = '2026-03-01'"),
    ),
    Fault(
        "production_orders",
        "overdue",
        of("production_order", "due_on = '2026-02-02', starts_on = '2026-02-01'"),
        "MO1",
        value="cancelled",
    ),
    Fault(
        "production_orders",
        "done_without_day",
        of("production_order", "status = 'done'"),
        "MO1",
        mended=of("production_order", "finished_on = '2026-03-06'"),
    ),
    Fault(
        "production_orders",
        "finished_before_start",
        of("production_order", "finished_on = '2026-02-01', status = 'done'"),
        "MO1",
        mended=of("production_order", "finished_on = '2026-03-06'"),
    ),
)


def run(statements: str) -> None:
    with owner_engine().begin() as connection:
        connection.execute(text(statements))
        # What writes rows tells so; these tests write below that.
        for subject in ("master", "products", "stock", "orders", "demand"):
            connection.execute(text("select tandem_bump(:subject)"), {"subject": subject})


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield


@pytest.fixture
def sound_company(company: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY)
    run(SOUND)


def found(viewer: Viewer = ANALYST) -> set[tuple[str, str]]:
    health = data_health.health(viewer)
    return {(each.finding.entity, each.finding.name) for entity in health.entities for each in entity.found}


def keys(fault: Fault) -> list[str]:
    """The rows as the grid names them."""
    rows = data_health.finding_rows(ANALYST, fault.entity, fault.finding).rows
    return ["|".join(str(value) for value in row.values()) for row in rows]


def test_nothing_is_found_in_a_sound_company(sound_company: None) -> None:
    assert found() == set()
    assert data_health.score(ANALYST) == 100
    scores = {entity.entity.name: entity.score for entity in data_health.health(ANALYST).entities}
    assert {name: score for name, score in scores.items() if score not in (100, None)} == {}


def test_every_finding_has_its_test() -> None:
    declared = {(entity, name) for entity, findings in FINDINGS.items() for name in findings}
    assert {(fault.entity, fault.finding) for fault in FAULTS} == declared


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.entity}-{fault.finding}")
def test_a_fault_is_found_and_mended(sound_company: None, fault: Fault) -> None:
    run(fault.planted)
    health = data_health.health(ANALYST).entity(fault.entity)
    assert health is not None
    (counted,) = [each for each in health.found if each.finding.name == fault.finding]
    listed = keys(fault)
    assert counted.rows == len(listed)
    assert any(all(part in row.split("|") for part in fault.row.split("|")) for row in listed)
    assert health.score is not None
    assert health.score < 100
    if fault.value:
        data_health.mend(ANALYST, fault.entity, fault.finding, fault.value, expected=len(listed))
    else:
        run(fault.mended)
    assert (fault.entity, fault.finding) not in found()
    assert keys(fault) == []


def test_only_who_may_edit_mends(sound_company: None) -> None:
    run(of("product", "shelf_life_days = null", F1))
    reader = colleague(Role.EXECUTIVE)
    assert data_health.fix_of(reader, FINDINGS["products"]["without_shelf_life"]) is None
    with pytest.raises(NotAllowed):
        data_health.mend(reader, "products", "without_shelf_life", "300", expected=1)


def test_mending_raises_the_score_by_the_points_of_the_finding(sound_company: None) -> None:
    run(of("product", "category = 'Unassigned'", F1))
    before = data_health.health(ANALYST).entity("products")
    assert before is not None
    assert (before.score, before.found[0].points, before.found[0].share) == (75, 25, 0.5)
    saved = data_health.mend(ANALYST, "products", "unassigned_category", "Sauces", expected=1)
    assert saved.changed == 1
    after = data_health.health(ANALYST).entity("products")
    assert after is not None
    assert after.score == 100
    assert after.changed_at is not None


@pytest.mark.parametrize(
    ("finding", "value", "expected", "error"),
    [
        ("without_shelf_life", " ", 1, InvalidInput),
        ("without_shelf_life", "soon", 1, InvalidInput),
        ("without_shelf_life", "300", 2, Conflict),
        ("without_cost", "3", 0, InvalidInput),
        ("nonsense", "3", 0, NotFound),
    ],
    ids=["no value", "no number", "others meanwhile", "no single value", "unknown"],
)
def test_what_can_not_mend_is_explained_and_changes_nothing(
    sound_company: None, finding: str, value: str, expected: int, error: type[Exception]
) -> None:
    run(of("product", "shelf_life_days = null", F1))
    with pytest.raises(error):
        data_health.mend(ANALYST, "products", finding, value, expected=expected)
    assert found() == {("products", "without_shelf_life")}


def test_what_a_viewer_may_not_read_is_neither_listed_nor_counted(sound_company: None) -> None:
    run(of("stock_lot", "expires_on = '2026-03-01'") + ";" + "delete from demand_history where day > '2025-12-01'")
    admin = colleague(Role.ADMIN)
    listed = {entity.entity.name for entity in data_health.health(admin).entities}
    assert "products" in listed
    assert not listed & {"stock", "stock_movements", "demand_history", "sales_orders", "purchase_orders", "receipts"}
    assert found(admin) == set()
    assert data_health.score(admin) == 100
    with pytest.raises(NotAllowed):
        data_health.finding_rows(admin, "stock", "expired")
    with pytest.raises(NotAllowed):
        data_health.finding_rows(admin, "products", "silent")


@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.CUSTOMER, Role.OEM])
def test_partners_have_no_part_in_it(role: Role) -> None:
    with pytest.raises(NotAllowed):
        data_health.health(colleague(role))
    with pytest.raises(NotAllowed):
        data_health.score(colleague(Role.PLANNER, without=Permission.MASTER_READ))


def test_an_empty_company_has_no_score(empty_database: Path) -> None:
    health = data_health.health(ANALYST)
    assert health.score is None
    assert {(entity.rows, entity.score, entity.found) for entity in health.entities} == {(0, None, ())}


def test_the_demo_company_shows_what_was_planted_in_it(database: Path, viewer_of: Callable[[str], Any]) -> None:
    """Late orders and certificates that ran out (docs/demo-company.md)."""
    planner = viewer_of("planner")
    health = data_health.health(planner)
    assert health.score is not None
    assert 90 < health.score < 100
    assert ("certificates", "ran_out") in found(planner)
    products = health.entity("products")
    assert products is not None
    assert products.score == 100
