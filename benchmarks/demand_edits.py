"""Edits of the demand plan on drawn data: a cell, a parent of a thousand children, and reading the plan."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Figure, owner_connection, timed
from core.clock import today
from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from services import demand_edits
from services.demand_edits import Change, Scope
from services.demand_plan import DemandPlan, demand_plan

PRODUCTS, PLACES, CHANNELS, PAST, AHEAD = 1_000, 2, 5, 18, 18
PER_FAMILY = 100
TIMES = 5
COMPANY = """
insert into company (id, name, kind) values (1, 'Own', 'internal');
insert into app_user (company_id, role, email, name, password_hash) values (1, 'planner', 'a@example.com', 'Ann', 'x');
insert into unit_of_measure (code, name, decimals) values ('EA', 'Each', 0);
insert into location (code, name, region) select 'L' || n, 'Place ' || n, 'Central' from generate_series(1, {places}) n;
insert into channel (code, name) select 'C' || n, 'Channel ' || n from generate_series(1, {channels}) n;
insert into product (code, name, category, family, uom, unit_price)
select 'P' || to_char(n, 'FM000000'), 'Product ' || n, 'Category ' || n % 5, 'Family ' || n / {per_family}, 'EA', 5
from generate_series(0, {products} - 1) n;
select tandem_ensure_partition('demand_history', y)
from generate_series(extract(year from date '{first}')::int - 2, extract(year from date '{first}')::int) y;
insert into demand_history (day, source_key, product_id, location_id, channel_id, kind, quantity, revenue)
select month, format('%s-%s-%s-%s', p.id, l.id, c.id, n), p.id, l.id, c.id, 'sale',
       10 + (p.id * 7 + l.id * 3 + c.id * 5 + n) % 50, 5 * (10 + (p.id * 7 + l.id * 3 + c.id * 5 + n) % 50)
from product p, location l, channel c, generate_series(1, {past}) n,
     lateral (select (date '{first}' - n * interval '1 month')::date as month) m;
insert into forecast_run (frequency, first_period, horizon, scope, state)
values ('month', '{first}', {ahead}, '{{}}', 'done');
insert into forecast_series (run_id, product_id, location_id, method, demand_class, why, fitted)
select r.id, p.id, l.id, 'theta', 'smooth', '{{}}', '{{}}' from forecast_run r, product p, location l;
insert into forecast_value (run_id, product_id, location_id, period, q10, q50, q90)
select r.id, p.id, l.id, (date '{first}' + n * interval '1 month')::date, v, v, v
from forecast_run r, product p, location l, generate_series(0, {ahead} - 1) n,
     lateral (select 100.5 + (p.id * 3 + n) % 90 as v) q;
analyze
"""


def measured(products: int = PRODUCTS) -> Iterator[Figure]:
    """Times are the best of some edits, each on the plan as the one before left it."""
    series = products * PLACES * CHANNELS
    load(products)
    planner = Viewer(1, 1, CompanyKind.INTERNAL, Role.PLANNER, "Ann", "a@example.com", ROLES[Role.PLANNER])
    first = timed(lambda: _plan(planner))
    plan = _plan(planner)
    cell = Scope(product="P000000", location="L1", channel="C1")
    parent = Scope(family="Family 1")
    bare_cell, bare_parent, bare_year = (_bare(rows) for rows in (1, 1_000, 1_000 * AHEAD))
    yield Figure(f"Demand plan of {series:,} × {PAST + AHEAD}, first time", first * 1000, "ms")
    renewed, edited = _edited(planner, plan, cell, months=1)
    yield Figure("Edit of a cell", edited * 1000, "ms", edited / bare_cell, "writing and deleting as many bare rows")
    yield Figure("The plan read again after it", renewed * 1000, "ms", renewed / first, "the first time")
    for months, bare in ((1, bare_parent), (AHEAD, bare_year)):
        renewed, edited = _edited(planner, plan, parent, months=months)
        name = f"Edit of 1,000 children, {months} months" if months > 1 else "Edit of 1,000 children, 1 month"
        yield Figure(name, edited * 1000, "ms", edited / bare, "writing and deleting as many bare rows")
        yield Figure("The plan read again after it", renewed * 1000, "ms", renewed / first, "the first time")


def load(products: int) -> None:
    """Draw a company."""
    first = today().replace(day=1).isoformat()
    sizes = {"products": products, "places": PLACES, "channels": CHANNELS, "past": PAST, "ahead": AHEAD}
    statements = COMPANY.format(**sizes, per_family=PER_FAMILY, first=first)
    with owner_connection() as connection:
        for statement in statements.split(";"):
            connection.execute(statement.encode())


def _plan(planner: Viewer) -> DemandPlan:
    with session_scope(planner) as session:
        return demand_plan(session, planner)


def _edited(planner: Viewer, plan: DemandPlan, scope: Scope, *, months: int) -> tuple[float, float]:
    """Seconds of reading the plan after an edit, and of the edit."""
    chosen = tuple(plan.base.months[:months])
    edits, reads = [], []
    for step in range(TIMES):
        change = Change("planner", scope, chosen, "set", 70_000 * (1 + 0.1 * step), reason="Measured")
        edits.append(timed(lambda change=change: demand_edits.apply(planner, change)))  # type: ignore[misc]
        reads.append(timed(lambda: _plan(planner)))
    return min(reads), min(edits)


def _bare(rows: int) -> float:
    """Seconds of writing as many figures and as many rows of the ledger in a transaction, and nothing else."""

    def write() -> None:
        with owner_connection() as connection:
            for statement in BARE:
                connection.execute(statement.format(rows=rows).encode())

    return min(timed(write) for _time in range(TIMES))


BARE = (
    "insert into forecast_override (product_id, location_id, frequency, period, stream, quantity) "
    "select 1, 1, 'week', date '1900-01-01' + n, 'finance', 1 from generate_series(1, {rows}) n",
    "insert into demand_edit (stream, scope, mode, cells, before_total, after_total) "
    "values ('finance', '{{}}', 'set', {rows}, 0, 0)",
    "insert into demand_edit_cell (edit_id, product_id, location_id, channel_id, period, consensus) "
    "select (select max(id) from demand_edit), 1, 1, 1, date '1900-01-01' + n, 0 from generate_series(1, {rows}) n",
    "delete from forecast_override where stream = 'finance'",
    "delete from demand_edit where stream = 'finance'",
)
