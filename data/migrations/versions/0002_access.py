"""Who may touch which table, column and row: grants, row-level security and the few privileged functions.

A role sees nothing that is not opened here. Partners have column grants, never whole tables, and a policy on
every table they have a grant on.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INTERNAL_WRITES = (
    "bom, bom_line, channel, customer, demand_history, forecast_run, forecast_series, forecast_value, import_batch, "
    "import_mapping, inventory_policy, job, location, oem, product, production_order, purchase_order, "
    "purchase_order_line, receipt, reorder_proposal, resource, routing, sales_order, sales_order_line, setting, "
    "stock_lot, stock_movement, supplier, supplier_item, supplier_response"
)

# The partner's own rows. The subqueries are evaluated once a statement, not once a row.
OWN_SUPPLIER = "(select id from supplier where company_id = tandem_company_id())"
OWN_CUSTOMER = "(select id from customer where company_id = tandem_company_id())"
OWN_OEM = "(select id from oem where company_id = tandem_company_id())"

PARTNER_READS: dict[str, tuple[str, str]] = {
    "company": ("id, name, kind, active", "id = tandem_company_id()"),
    "app_user": ("id, company_id, name, email, role, active", "company_id = tandem_company_id()"),
    "supplier": ("id, code, name, company_id", "company_id = tandem_company_id()"),
    "customer": ("id, code, name, company_id", "company_id = tandem_company_id()"),
    "oem": ("id, code, name, company_id", "company_id = tandem_company_id()"),
    "purchase_order": (
        "id, number, supplier_id, location_id, status, ordered_on, sent_at",
        f"status <> 'draft' and supplier_id = {OWN_SUPPLIER}",
    ),
    "purchase_order_line": (
        "id, order_id, line_no, product_id, quantity, unit_price, requested_on, first_confirmed_on, "
        "latest_confirmed_on, confirmed_quantity, actual_on, received_quantity, status, version",
        "order_id in (select id from purchase_order)",
    ),
    "receipt": ("id, line_id, received_on, quantity, lot", "line_id in (select id from purchase_order_line)"),
    "supplier_response": (
        "id, company_id, line_id, line_version, kind, quantity, promised_on, reason, status, created_by, created_at, "
        "decided_at, decision_note",
        "company_id = tandem_company_id()",
    ),
    "sales_order": ("id, number, customer_id, location_id, ordered_on", f"customer_id = {OWN_CUSTOMER}"),
    "sales_order_line": (
        "id, order_id, line_no, product_id, quantity, unit_price, requested_on, first_confirmed_on, delivered_on, "
        "delivered_quantity, status",
        "order_id in (select id from sales_order)",
    ),
    "production_order": (
        "id, number, product_id, location_id, oem_id, quantity, made_quantity, starts_on, due_on, finished_on, status",
        f"oem_id = {OWN_OEM}",
    ),
    "product": (
        "id, code, name, uom, units_per_case",
        "id in (select product_id from purchase_order_line union all select product_id from sales_order_line "
        "union all select product_id from production_order)",
    ),
    "location": (
        "id, code, name, region",
        "id in (select location_id from purchase_order union all select location_id from sales_order "
        "union all select location_id from production_order)",
    ),
}

FUNCTIONS = """
create function tandem_company_id() returns bigint language sql stable
as $$ select nullif(current_setting('tandem.company_id', true), '')::bigint $$;

create function tandem_user_id() returns bigint language sql stable
as $$ select nullif(current_setting('tandem.user_id', true), '')::bigint $$;

-- Tells readers of cached figures that a subject has changed.
create function tandem_bump(changed text) returns bigint
language sql security definer set search_path = public, pg_temp
as $$
    insert into data_version (subject, version) values (changed, 1)
    on conflict (subject) do update set version = data_version.version + 1
    returning version
$$;

-- The application owns no table, so it asks for the partition of a year.
create function tandem_ensure_partition(table_name text, year int) returns void
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    partition text := format('%s_y%s', table_name, year);
begin
    if table_name not in ('demand_history', 'stock_movement') or year not between 1990 and 2100 then
        raise exception 'no partition of % for %', table_name, year using errcode = '22023';
    end if;
    perform pg_advisory_xact_lock(hashtext(partition));
    if to_regclass('public.' || partition) is null then
        execute format(
            'create table %I partition of %I for values from (%L) to (%L)',
            partition, table_name, make_date(year, 1, 1), make_date(year + 1, 1, 1)
        );
    end if;
end
$$;

create function tandem_refuse_change() returns trigger language plpgsql
as $$ begin raise exception 'the audit trail is never changed' using errcode = '42501'; end $$;

create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
    for each statement execute function tandem_refuse_change();

revoke all on function tandem_bump(text), tandem_ensure_partition(text, int) from public;
grant execute on function tandem_bump(text) to tandem_internal, tandem_partner;
grant execute on function tandem_ensure_partition(text, int) to tandem_internal;
"""

GRANTS = f"""
revoke create on schema public from public;

grant select, insert, update, delete on {INTERNAL_WRITES} to tandem_internal;
grant select on company, role, role_permission, data_version to tandem_internal;
grant insert, update on company to tandem_internal;
grant select (id, company_id, role, email, name, active, created_at, version), insert, update on app_user
    to tandem_internal;
grant select, insert on audit_entry to tandem_internal;

grant select on data_version to tandem_partner;
grant insert (company_id, line_id, line_version, kind, quantity, promised_on, reason, created_by),
    update (status) on supplier_response to tandem_partner;
grant insert on audit_entry to tandem_partner;

grant select on company, app_user, role_permission, setting to tandem_sign_in;
grant update (password_hash) on app_user to tandem_sign_in;
grant select, insert, update, delete on user_session, sign_in_throttle to tandem_sign_in;
grant insert on audit_entry to tandem_sign_in;
"""

PARTNER_WRITES = """
create policy partner_insert on supplier_response for insert to tandem_partner with check (
    company_id = tandem_company_id() and created_by = tandem_user_id()
    and line_id in (select id from purchase_order_line)
);
create policy partner_supersede on supplier_response for update to tandem_partner
    using (company_id = tandem_company_id() and status = 'pending') with check (status = 'superseded');
create policy partner_insert on audit_entry for insert to tandem_partner with check (
    company_id = tandem_company_id() and user_id = tandem_user_id()
);
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.execute(GRANTS)
    for table, (columns, own_rows) in PARTNER_READS.items():
        _protect(table)
        op.execute(f"grant select ({columns}) on {table} to tandem_partner")
        op.execute(f"create policy partner_read on {table} for select to tandem_partner using ({own_rows})")
    for table in ("audit_entry", "user_session"):
        _protect(table)
    op.execute(PARTNER_WRITES)


def downgrade() -> None:
    for table in (*PARTNER_READS, "audit_entry", "user_session"):
        op.execute(
            f"""
            do $$ declare p record; begin
                for p in select policyname from pg_policies where schemaname = 'public' and tablename = '{table}' loop
                    execute format('drop policy %I on {table}', p.policyname);
                end loop;
            end $$;
            alter table {table} no force row level security, disable row level security
            """
        )
    op.execute("drop trigger audit_entry_is_append_only on audit_entry")
    op.execute(
        "revoke all on all tables in schema public from tandem_internal, tandem_partner, tandem_sign_in;"
        "drop function tandem_refuse_change, tandem_ensure_partition, tandem_bump, tandem_user_id, tandem_company_id"
    )


def _protect(table: str) -> None:
    """Row-level security, for the owner too; colleagues, the sign-in and the owner see all rows they have grants on."""
    op.execute(f"alter table {table} enable row level security, force row level security")
    op.execute(
        f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
        "using (true) with check (true)"
    )
