"""The third wall, read from PostgreSQL's own catalogue: who may touch what, and that nothing is left open.

What partners get to see is written down here once more, table by table and column by column. Whoever opens another
column has to say so in this file as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import disconnect
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from trading import load

from core.errors import NotAllowed
from data.db import (
    APP_ROLE,
    INTERNAL_ROLE,
    PARTNER_ROLE,
    QUEUE_ROLE,
    SIGN_IN_ROLE,
    app_engine,
    owner_engine,
    session_scope,
)
from services.audit import record

ROLES = (APP_ROLE, INTERNAL_ROLE, PARTNER_ROLE, SIGN_IN_ROLE, QUEUE_ROLE)
ViewerOf = Callable[[str], Any]

PARTNER_GRANTS = {
    ("app_user", "SELECT"): "id company_id role email name active version level",
    ("app_user", "UPDATE"): "active version level",
    ("attachment", "INSERT"): "company_id subject subject_id file_name stored_name media_type size_bytes sha256 "
    "created_by by_partner",
    ("attachment", "SELECT"): "id company_id subject subject_id file_name stored_name media_type size_bytes sha256 "
    "created_by by_partner internal created_at",
    ("audit_entry", "INSERT"): "user_id company_id actor action subject subject_id before after reason",
    ("certificate", "SELECT"): "id kind number body supplier_id valid_from valid_until",
    ("company", "SELECT"): "id name kind active",
    ("customer", "SELECT"): "id code name company_id",
    ("customer_promotion", "SELECT"): "submission_id company_id event_id",
    ("customer_return", "SELECT"): "id number company_id line_id quantity lot reason note status credit_expected "
    "reported_on received_on closed_on",
    ("data_version", "SELECT"): "subject version",
    ("invitation", "INSERT"): "company_id role level email name token_hash invited_by created_at expires_at",
    ("invitation", "SELECT"): "id company_id level email name created_at expires_at used_at ended_at",
    ("invitation", "UPDATE"): "ended_at",
    ("lead_time_change", "SELECT"): "id supplier_id product_id lead_time_days valid_from reason accepted_at",
    ("document_request", "SELECT"): "id company_id kind product_id due_on note state created_at",
    ("location", "SELECT"): "id code name region",
    ("oem", "SELECT"): "id code name company_id",
    ("oem_material", "SELECT"): "oem_id product_id",
    ("order_acknowledgement", "INSERT"): "line_id company_id acknowledged_by",
    ("order_acknowledgement", "SELECT"): "line_id company_id acknowledged_by acknowledged_at",
    ("order_schedule", "SELECT"): "line_id position quantity due_on",
    ("order_template", "INSERT"): "company_id name lines created_by",
    ("order_template", "SELECT"): "id company_id name lines removed created_by created_at",
    ("order_template", "UPDATE"): "lines removed",
    ("partner_event", "INSERT"): "company_id user_id actor by_partner event subject subject_id title detail href "
    "reader",
    ("partner_event", "SELECT"): "id company_id at actor by_partner event subject subject_id title detail href",
    ("partner_forecast", "INSERT"): "company_id party number created_by",
    ("partner_forecast", "SELECT"): "id company_id party number state note created_by created_at sent_at decided_at "
    "version changed_by",
    ("partner_forecast", "UPDATE"): "state note sent_at version changed_by",
    ("partner_forecast_value", "INSERT"): "forecast_id product_id period quantity",
    ("partner_forecast_value", "SELECT"): "forecast_id product_id period quantity",
    ("partner_forecast_value", "UPDATE"): "quantity",
    ("partner_message", "INSERT"): "company_id subject subject_id body user_id author by_partner",
    ("partner_message", "SELECT"): "id company_id subject subject_id body user_id author by_partner internal "
    "created_at",
    ("partner_message_read", "INSERT"): "user_id company_id subject subject_id last_id",
    ("partner_message_read", "SELECT"): "user_id company_id subject subject_id last_id",
    ("partner_message_read", "UPDATE"): "last_id",
    ("partner_submission", "INSERT"): "company_id kind subject_id payload note created_by",
    ("partner_submission", "SELECT"): "id company_id kind subject_id payload note status created_by created_at "
    "decided_at decision_note version",
    ("partner_submission", "UPDATE"): "status version",
    ("planning_event", "SELECT"): "id status",
    ("product", "SELECT"): "id code name category uom units_per_case",
    ("production_order", "SELECT"): "id number product_id location_id oem_id quantity made_quantity starts_on due_on "
    "finished_on status scrap_quantity",
    ("purchase_order", "SELECT"): "id number supplier_id location_id status ordered_on sent_at",
    ("purchase_order_line", "SELECT"): "id order_id line_no product_id quantity unit_price requested_on "
    "first_confirmed_on latest_confirmed_on confirmed_quantity actual_on received_quantity status version",
    ("quality_issue", "SELECT"): "id company_id supplier_id product_id lot quantity title description severity state "
    "found_on due_on containment cause action action_on created_at closed_at version",
    ("quality_issue", "UPDATE"): "state containment cause action action_on version",
    ("quality_step", "INSERT"): "issue_id company_id user_id actor by_partner event note",
    ("quality_step", "SELECT"): "id issue_id company_id at actor by_partner event note",
    ("receipt", "SELECT"): "id line_id received_on quantity lot",
    ("recipe_acknowledgement", "INSERT"): "bom_id company_id answer note user_id actor",
    ("recipe_acknowledgement", "SELECT"): "id bom_id company_id answer note actor created_at",
    ("sales_order", "SELECT"): "id number customer_id location_id ordered_on",
    ("sales_order_line", "SELECT"): "id order_id line_no product_id quantity requested_on first_confirmed_on "
    "delivered_on delivered_quantity status",
    ("scorecard_exclusion", "SELECT"): "line_id company_id reason created_at",
    ("setting", "SELECT"): "key value",
    ("shipment", "INSERT"): "company_id number ships_on arrives_on carrier tracking packages created_by",
    ("shipment", "SELECT"): "id company_id number status ships_on arrives_on carrier tracking packages created_by "
    "created_at version",
    ("shipment", "UPDATE"): "status version",
    ("shipment_line", "INSERT"): "shipment_id company_id line_id quantity lot expires_on",
    ("shipment_line", "SELECT"): "id shipment_id company_id line_id quantity lot expires_on",
    ("stock_reservation", "SELECT"): "id product_id location_id customer_id quantity wanted_on promised_on status "
    "expires_at order_key",
    ("supplier", "SELECT"): "id code name company_id",
    ("supplier_agreement", "SELECT"): "supplier_id horizon bucket level firm_fence near_warn near_bad far_warn far_bad "
    "shared_from shared_to",
    ("supplier_capacity", "SELECT"): "id supplier_id product_id category starts_on ends_on quantity accepted_at",
    ("supplier_closure", "SELECT"): "id supplier_id first_on last_on reason accepted_at",
    ("supplier_commit", "SELECT"): "id supplier_id product_id location_id starts_on ends_on quantity comment "
    "accepted_at",
    ("supplier_forecast", "SELECT"): "id supplier_id number plan_day bucket level fence_ends_on shared_at",
    ("supplier_forecast_line", "SELECT"): "id forecast_id product_id location_id starts_on ends_on forecast firm",
    ("supplier_invoice", "INSERT"): "company_id number issued_on created_by",
    ("supplier_invoice", "SELECT"): "id company_id number status issued_on created_by created_at decided_at "
    "decision_note version",
    ("supplier_invoice_line", "INSERT"): "invoice_id company_id line_id quantity unit_price",
    ("supplier_invoice_line", "SELECT"): "id invoice_id company_id line_id quantity unit_price",
    ("supplier_item", "SELECT"): "supplier_id product_id lead_time_days",
    ("supplier_managed_item", "SELECT"): "supplier_id product_id location_id min_quantity max_quantity version",
    ("supplier_managed_week", "SELECT"): "forecast_id product_id location_id starts_on demand incoming",
    ("supplier_response", "INSERT"): "company_id line_id line_version kind quantity promised_on reason created_by",
    ("supplier_response", "SELECT"): "id company_id line_id line_version kind quantity promised_on reason status "
    "created_by created_at decided_at decision_note counter_quantity counter_on",
    ("supplier_response", "UPDATE"): "status",
    ("supplier_response_part", "INSERT"): "response_id position company_id quantity promised_on",
    ("supplier_response_part", "SELECT"): "response_id position company_id quantity promised_on",
    ("webhook", "INSERT"): "company_id url events sealed_secret created_by",
    ("webhook", "SELECT"): "id company_id url events active failures disabled_reason created_at version",
    ("webhook", "UPDATE"): "active failures disabled_reason version",
    ("webhook_delivery", "INSERT"): "webhook_id event body",
    ("webhook_delivery", "SELECT"): "id webhook_id event body state tries due_at created_at ended_at response_code "
    "last_error",
    ("webhook_delivery", "UPDATE"): "state tries due_at ended_at",
}
# Counters of changes: no rows of anybody.
WITHOUT_POLICIES = {"data_version"}
PARTNER_FUNCTIONS = {
    "tandem_company_admin",
    *("tandem_bump", "tandem_company_id", "tandem_customer_catalogue", "tandem_delete_webhook"),
    *("tandem_managed_stock", "tandem_oem_recipes", "tandem_refuse_change", "tandem_user_id"),
}

GRANTED = """
select c.relname as table, p.privilege, string_agg(a.attname, ' ' order by a.attnum) as columns
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) p (privilege)
where c.relnamespace in ('public'::regnamespace, 'queue'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and has_column_privilege(:role, c.oid, a.attnum, p.privilege)
group by 1, 2
"""
TABLES = """
select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'queue') and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""


@pytest.fixture
def catalogue(new_database: Path) -> Iterator[Connection]:
    with owner_engine().connect() as connection:
        yield connection


def granted(connection: Connection, role: str) -> dict[tuple[str, str], str]:
    return {(row.table, row.privilege): row.columns for row in connection.execute(text(GRANTED), {"role": role})}


def test_partners_may_touch_exactly_the_listed_columns(catalogue: Connection) -> None:
    assert granted(catalogue, PARTNER_ROLE) == PARTNER_GRANTS


def test_partners_may_never_delete(catalogue: Connection) -> None:
    whole_table = (
        "select c.relname from pg_class c, (values ('DELETE'), ('TRUNCATE'), ('TRIGGER')) p (privilege) "
        "where c.relnamespace in ('public'::regnamespace, 'queue'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm') "
        "and has_table_privilege(:role, c.oid, p.privilege)"
    )
    assert not catalogue.scalars(text(whole_table), {"role": PARTNER_ROLE}).all()


def test_b17_every_table_that_partners_touch_has_forced_row_level_security(catalogue: Connection) -> None:
    tables = {table for table, _privilege in granted(catalogue, PARTNER_ROLE)}
    protected = catalogue.scalars(
        text("select relname from pg_class where relrowsecurity and relforcerowsecurity and relkind in ('r', 'p')")
    )
    assert tables - set(protected) == WITHOUT_POLICIES


def test_every_partner_policy_names_the_company_or_follows_one_that_does(catalogue: Connection) -> None:
    rules = catalogue.execute(
        text(
            "select tablename, coalesce(qual, '') || coalesce(with_check, '') as rule from pg_policies "
            "where :role = any(roles) or 'public' = any(roles)"
        ),
        {"role": PARTNER_ROLE},
    ).all()
    assert {row.tablename for row in rules} == {table for table, _ in PARTNER_GRANTS} - WITHOUT_POLICIES
    open_rules = [row.tablename for row in rules if "tandem_company_id()" not in row.rule and "SELECT" not in row.rule]
    assert open_rules == ["setting"], "two figures of delivery rules, the same for everybody"


def test_b17_roles_of_the_application_are_ordinary_and_own_nothing(catalogue: Connection) -> None:
    mighty = catalogue.scalars(
        text(
            "select rolname from pg_roles where rolname = any(:roles) and (rolsuper or rolbypassrls or rolcreaterole "
            "or rolcreatedb or rolreplication or rolinherit)"
        ),
        {"roles": list(ROLES)},
    )
    assert not mighty.all()
    owned = catalogue.scalars(
        text(
            "with ours as (select oid from pg_roles where rolname = any(:roles)) "
            "select relname::text from pg_class where relowner in (table ours) union all "
            "select proname::text from pg_proc where proowner in (table ours) union all "
            "select nspname::text from pg_namespace where nspowner in (table ours) union all "
            "select datname::text from pg_database where datdba in (table ours)"
        ),
        {"roles": list(ROLES)},
    )
    assert not owned.all()


def test_only_the_application_may_take_the_roles_and_they_take_no_other(catalogue: Connection) -> None:
    members = catalogue.execute(
        text(
            "select m.member::regrole::text as member, m.roleid::regrole::text as role from pg_auth_members m "
            "where m.member = any(cast(:roles as regrole[]))"
        ),
        {"roles": list(ROLES)},
    )
    assert {(row.member, row.role) for row in members} == {(APP_ROLE, role) for role in ROLES if role != APP_ROLE}


def test_privileged_functions_fix_their_search_path_and_are_closed_to_the_public(catalogue: Connection) -> None:
    functions = catalogue.execute(
        text(
            "select proname, coalesce(proconfig, '{}') as config, has_function_privilege('public', p.oid, 'EXECUTE') "
            "as open from pg_proc p where prosecdef and pronamespace in ('public'::regnamespace, 'queue'::regnamespace)"
        )
    ).all()
    assert {row.proname for row in functions} >= {"tandem_bump", "tandem_enqueue", "tandem_ensure_partition"}
    for row in functions:
        assert not row.open, row.proname
        assert [entry for entry in row.config if entry.startswith("search_path=") and entry.endswith("pg_temp")]


def test_partners_may_call_few_functions(catalogue: Connection) -> None:
    functions = catalogue.scalars(
        text(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace "
            "and has_function_privilege(:role, oid, 'EXECUTE')"
        ),
        {"role": PARTNER_ROLE},
    )
    assert set(functions) == PARTNER_FUNCTIONS


def test_b17_views_look_with_the_eyes_of_their_reader(catalogue: Connection) -> None:
    views = catalogue.scalars(
        text(
            "select relname from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace "
            "and not coalesce(reloptions @> '{security_invoker=true}', false)"
        )
    )
    assert not views.all()


def test_nobody_may_create_anything(catalogue: Connection) -> None:
    for role in ROLES:
        for schema in ("public", "queue"):
            allowed = text("select has_schema_privilege(:role, :schema, 'CREATE')")
            assert not catalogue.scalar(allowed, {"role": role, "schema": schema})


def test_without_a_viewer_no_table_can_be_read(catalogue: Connection) -> None:
    for table in catalogue.scalars(text(TABLES)).all():
        with app_engine().connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(f"select 1 from {table} limit 1"))


def test_a_partner_without_a_company_sees_no_row(new_database: Path) -> None:
    load()
    with app_engine().connect() as connection:
        connection.execute(text(f"set local role {PARTNER_ROLE}"))
        for (table, privilege), columns in PARTNER_GRANTS.items():
            if privilege == "SELECT" and table not in {"data_version", "setting"}:
                assert connection.execute(text(f"select {columns.replace(' ', ', ')} from {table}")).all() == [], table


# B16: what one person's transaction leaves behind on a connection that the next one gets


def _state(connection: Connection) -> tuple[Any, ...]:
    """Who the connection is, and whom it speaks for."""
    return tuple(
        connection.execute(
            text(
                "select current_user, nullif(current_setting('tandem.company_id', true), ''), "
                "nullif(current_setting('tandem.user_id', true), ''), current_setting('statement_timeout')"
            )
        ).one()
    )


def _ends_well(viewer: Any) -> None:
    with session_scope(viewer, statement_timeout_ms=1234) as session:
        session.execute(text("select 1"))


def _ends_in_an_exception(viewer: Any) -> None:
    with pytest.raises(KeyError, match="a fault of ours"), session_scope(viewer):
        raise KeyError("a fault of ours")


def _ends_in_an_error_of_the_database(viewer: Any) -> None:
    with pytest.raises(DBAPIError), session_scope(viewer) as session:
        session.execute(text("select 1 / 0"))


def _ends_in_a_refusal(viewer: Any) -> None:
    with pytest.raises(NotAllowed), session_scope(viewer) as session:
        session.execute(text("select password_hash from app_user"))


@pytest.mark.parametrize(
    "use", [_ends_well, _ends_in_an_exception, _ends_in_an_error_of_the_database, _ends_in_a_refusal]
)
def test_b16_a_connection_forgets_its_viewer(new_database: Path, viewer_of: ViewerOf, use: Any) -> None:
    load()
    supplier, other = viewer_of("supplier"), viewer_of("supplier2")
    disconnect()
    with app_engine().connect() as connection:
        fresh = _state(connection)
        process = connection.scalar(text("select pg_backend_pid()"))
    assert fresh == (APP_ROLE, None, None, "30s")
    use(supplier)
    with app_engine().connect() as connection:
        assert _state(connection) == fresh
    with session_scope(other) as session:
        assert session.scalar(text("select pg_backend_pid()")) == process, "or the test proves nothing"
        assert session.scalars(text("select company_id from supplier")).all() == [other.company_id]


# The audit trail


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set actor = 'somebody else'",
        "delete from audit_entry",
        "truncate audit_entry",
    ],
)
@pytest.mark.parametrize("role", [*ROLES, "owner"])
def test_the_audit_trail_is_never_changed(new_database: Path, viewer_of: ViewerOf, role: str, statement: str) -> None:
    load()
    supplier = viewer_of("supplier")
    with session_scope(supplier) as session:
        record(session, supplier, "test", subject="app_user", subject_id=supplier.user_id)
    engine = owner_engine() if role == "owner" else app_engine()
    with engine.connect() as connection:
        if role != "owner":
            connection.execute(text(f"set local role {role}"))
        with pytest.raises(ProgrammingError, match=r"permission denied|the audit trail is never changed"):
            connection.execute(text(statement))
    with owner_engine().connect() as connection:
        assert connection.scalar(text("select count(*) from audit_entry where action = 'test'")) == 1


def test_a_partner_signs_the_audit_trail_with_the_own_name_only(new_database: Path, viewer_of: ViewerOf) -> None:
    load()
    supplier, other = viewer_of("supplier"), viewer_of("supplier2")
    for forged in ({"user_id": other.user_id}, {"company_id": other.company_id}, {"user_id": None}):
        entry = {"user_id": supplier.user_id, "company_id": supplier.company_id, **forged}
        with pytest.raises(NotAllowed), session_scope(supplier) as session:
            session.execute(
                text(
                    "insert into audit_entry (user_id, company_id, actor, action, subject, subject_id) "
                    "values (:user_id, :company_id, 'x', 'x', 'x', 'x')"
                ),
                entry,
            )
