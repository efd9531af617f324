"""Customers and an OEM of demand_company, whose orders and parts of the demand can be worked out by hand."""

from __future__ import annotations

from demand_company import person, rows

from core.permissions import LEVELS, ROLES, Level, Role
from core.viewer import CompanyKind, Viewer

# Mart buys a quarter of Tea A in Kuala Lumpur's modern trade, Grocer half of it; Tea B is made for Label alone.
PARTNERS = """
insert into company (id, name, kind) values (2, 'Mart', 'customer'), (3, 'Grocer', 'customer'), (4, 'Label', 'oem');
insert into customer (code, name, channel_id, company_id)
    select 'MART', 'Mart', id, 2 from channel where code = 'MT' union all
    select 'GROCER', 'Grocer', id, 3 from channel where code = 'MT';
insert into oem (code, name, company_id) values ('LABEL', 'Label', 4);
insert into sales_order (number, customer_id, location_id, ordered_on)
    select c.code || to_char(month, 'YYMM'), c.id, l.id, month
    from customer c, location l, generate_series(date '2025-11-01', date '2026-10-01', interval '1 month') month
    where l.code = 'KL';
insert into sales_order_line (order_id, line_no, product_id, quantity, unit_price, requested_on)
    select o.id, 1, p.id, case when o.number like 'MART%' then 15 else 30 end, 4, o.ordered_on + 3
    from sales_order o, product p where p.code = 'A';
insert into production_order (number, product_id, location_id, oem_id, quantity, starts_on, due_on, status)
    select 'B' || to_char(month, 'YYMM'), p.id, l.id, o.id, 30, month, month + interval '9 days', 'done'
    from product p, location l, oem o, generate_series(date '2025-11-01', date '2026-10-01', interval '1 month') month
    where p.code = 'B' and l.code = 'KL';
insert into production_order (number, product_id, location_id, quantity, starts_on, due_on)
    select 'C1', p.id, l.id, 30, '2026-10-01', '2026-10-01' from product p, location l
    where p.code = 'C' and l.code = 'KL'
"""
KINDS = {2: Role.CUSTOMER, 3: Role.CUSTOMER, 4: Role.OEM}


def load_partners() -> dict[str, Viewer]:
    """Write the partners beside the company; people by name."""
    for statement in PARTNERS.split(";"):
        rows(statement)
    return {name: partner(company_id, name) for company_id, name in ((2, "mart"), (3, "grocer"), (4, "label"))} | {
        "planner": person("Planner", Role.PLANNER),
        "marketing": person("Marketing", Role.MARKETING),
    }


def partner(company_id: int, name: str, level: Level = Level.ADMIN) -> Viewer:
    """A person of a partner."""
    role = KINDS[company_id]
    found = rows(
        "insert into app_user (company_id, role, level, email, name, password_hash) "
        "values (:company, :role, :level, :email, :name, 'x') returning id",
        company=company_id,
        role=role.value,
        level=level.value,
        email=f"{name}@example.com",
        name=name.title(),
    )
    rights = ROLES[role] | LEVELS[level]
    return Viewer(
        found[0].id, company_id, CompanyKind(role.value), role.value, name.title(), f"{name}@example.com", rights
    )
