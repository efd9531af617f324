"""Quality between the company and a supplier: issues, documents asked for, lines left out of the scorecard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLES = ("quality_issue", "quality_step", "document_request", "scorecard_exclusion")
OWN = "company_id = tandem_company_id()"
OWN_SUPPLIER = "any(array(select id from supplier where company_id = tandem_company_id()))"
READS = {
    "quality_issue": "id, company_id, supplier_id, product_id, lot, quantity, title, description, severity, state, "
    "found_on, due_on, containment, cause, action, action_on, created_at, closed_at, version",
    "quality_step": "id, issue_id, company_id, at, actor, by_partner, event, note",
    "document_request": "id, company_id, kind, product_id, due_on, note, state, created_at",
    "scorecard_exclusion": "line_id, company_id, reason, created_at",
}
WRITES = f"""
grant update (containment, cause, action, action_on, state, version) on quality_issue to tandem_partner;
create policy partner_answer on quality_issue for update to tandem_partner
    using ({OWN} and state <> 'closed') with check ({OWN} and state in ('contained', 'cause_found', 'action'));
grant insert (issue_id, company_id, user_id, actor, by_partner, event, note) on quality_step to tandem_partner;
create policy partner_insert on quality_step for insert to tandem_partner
    with check ({OWN} and user_id = tandem_user_id() and by_partner
                and issue_id = any(array(select id from quality_issue)));
grant select (id, kind, number, body, supplier_id, valid_from, valid_until) on certificate to tandem_partner;
alter table certificate enable row level security, force row level security;
create policy colleague on certificate to tandem_internal, tandem_sign_in, current_user using (true) with check (true);
create policy partner_read on certificate for select to tandem_partner using (supplier_id = {OWN_SUPPLIER});
create policy partner_quality_items on product for select to tandem_partner
    using (id in (select product_id from quality_issue union all select product_id from document_request));
"""
KINDS = "'halal', 'haccp', 'gmp', 'iso_22000', 'organic', 'other'"


def upgrade() -> None:
    _issues()
    _others()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
        op.execute(f"grant select ({READS[table]}) on {table} to tandem_partner")
        op.execute(f"create policy partner_read on {table} for select to tandem_partner using ({OWN})")
    op.execute(WRITES)
    _certificate_kinds(f"{KINDS}, 'coa', 'inspection'")


def downgrade() -> None:
    op.execute("drop policy partner_quality_items on product")
    op.execute("drop policy partner_read on certificate")
    op.execute("drop policy colleague on certificate")
    op.execute("alter table certificate no force row level security, disable row level security")
    op.execute(
        "revoke select (id, kind, number, body, supplier_id, valid_from, valid_until) on certificate "
        "from tandem_partner"
    )
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("update certificate set kind = 'other' where kind in ('coa', 'inspection')")
    _certificate_kinds(KINDS)


def _certificate_kinds(kinds: str) -> None:
    op.execute("alter table certificate drop constraint ck_certificate_kind")
    op.execute(f"alter table certificate add constraint ck_certificate_kind check (kind in ({kinds}))")


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null, server_default=default)


def _moment(name: str, *, null: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, server_default=None if null else sa.func.now())


def _to(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=f"pk_{table}")


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _issues() -> None:
    table = "quality_issue"
    op.create_table(
        table,
        _identity(),
        *(_number("company_id"), _number("supplier_id"), _number("product_id", null=True), _text("lot", null=True)),
        sa.Column("quantity", sa.Numeric(18, 4)),
        *(_text("title"), _text("description"), _text("severity"), _text("state", default="open")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("found_on", "due_on")),
        *(_text(name, null=True) for name in ("containment", "cause", "action")),
        sa.Column("action_on", sa.Date()),
        *(_number("raised_by", null=True), _moment("created_at", null=False), _moment("closed_at")),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("severity in ('minor', 'major', 'critical')", name=op.f("ck_quality_issue_severity")),
        sa.CheckConstraint(
            "state in ('open', 'contained', 'cause_found', 'action', 'closed')", name=op.f("ck_quality_issue_state")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quality_issue_quantity")),
        *(_to(table, "company_id", "company", "CASCADE"), _to(table, "supplier_id", "supplier")),
        *(_to(table, "product_id", "product"), _to(table, "raised_by", "app_user"), _key(table)),
    )
    for column in ("company_id", "supplier_id", "product_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    table = "quality_step"
    op.create_table(
        table,
        *(_identity(), _number("issue_id"), _number("company_id"), _moment("at", null=False)),
        *(_number("user_id", null=True), _text("actor"), sa.Column("by_partner", sa.Boolean(), nullable=False)),
        *(_text("event"), _text("note", null=True), _to(table, "issue_id", "quality_issue", "CASCADE")),
        *(_to(table, "company_id", "company", "CASCADE"), _to(table, "user_id", "app_user"), _key(table)),
    )
    for column in ("issue_id", "company_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _others() -> None:
    table = "document_request"
    op.create_table(
        table,
        *(_identity(), _number("company_id"), _text("kind"), _number("product_id", null=True)),
        *(sa.Column("due_on", sa.Date(), nullable=False), _text("note", null=True), _text("state", default="open")),
        *(_number("created_by", null=True), _moment("created_at", null=False), _moment("reminded_at")),
        sa.CheckConstraint("state in ('open', 'done', 'cancelled')", name=op.f("ck_document_request_state")),
        *(_to(table, "company_id", "company", "CASCADE"), _to(table, "product_id", "product")),
        *(_to(table, "created_by", "app_user"), _key(table)),
    )
    for column in ("company_id", "product_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    table = "scorecard_exclusion"
    op.create_table(
        table,
        *(_number("line_id"), _number("company_id"), _text("reason"), _number("created_by", null=True)),
        *(_moment("created_at", null=False), _to(table, "line_id", "purchase_order_line", "CASCADE")),
        *(_to(table, "company_id", "company", "CASCADE"), _to(table, "created_by", "app_user"), _key(table, "line_id")),
    )
    op.create_index(f"ix_{table}_company_id", table, ["company_id"])
