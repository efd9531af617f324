"""Partners: levels of their people, features withheld from a company, what they ask for, what happened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ANSWER, COMMIT, PEOPLE = "portal.answer", "portal.commit", "portal.people"
LEVELS = {
    "portal_viewer": [],
    "portal_user": [ANSWER],
    "portal_manager": [ANSWER, COMMIT],
    "portal_admin": [ANSWER, COMMIT, PEOPLE],
}
FEATURES = {
    "supplier": "shipments forecast capacity documents quality scorecard stock invoices",
    "customer": "ordering forecast promotions service returns",
    "oem": "demand risk materials quality changes priority",
}
INSIDE = ["partner.read", "api.use"]
NEW_RIGHTS = {
    **{
        kind: [*(f"portal.{kind}.{name}" for name in names.split()), "portal.messages", "portal.api"]
        for kind, names in FEATURES.items()
    },
    "planner": [*INSIDE, "order.decide"],
    "sales": [*INSIDE, "order.decide"],
    **dict.fromkeys(("executive", "analyst", "marketing", "finance"), INSIDE),
    "admin": [*INSIDE, "partner.manage", "api.manage"],
}
TABLES = ("company_withheld", "partner_submission", "partner_event")

# What partners may read and write of these tables; each policy is of the own company only.
OWN = "company_id = tandem_company_id()"
PARTNER_READS = {
    "partner_submission": "id, company_id, kind, subject_id, payload, note, status, created_by, created_at, decided_at, "
    "decision_note, version",
    "partner_event": "id, company_id, at, actor, by_partner, event, subject, subject_id, title, detail, href",
}
PARTNER_WRITES = f"""
grant insert (company_id, kind, subject_id, payload, note, created_by), update (status, version)
    on partner_submission to tandem_partner;
create policy partner_insert on partner_submission for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id() and status = 'pending');
create policy partner_take_back on partner_submission for update to tandem_partner
    using ({OWN} and status = 'pending') with check ({OWN} and status in ('superseded', 'withdrawn'));
grant insert (company_id, user_id, actor, by_partner, event, subject, subject_id, title, detail, href)
    on partner_event to tandem_partner;
create policy partner_insert on partner_event for insert to tandem_partner
    with check ({OWN} and user_id = tandem_user_id() and by_partner);
grant select (level) on app_user to tandem_partner;
grant select (level) on app_user to tandem_internal;
grant select on company_withheld to tandem_sign_in;
"""


def upgrade() -> None:
    _rights()
    op.add_column("app_user", sa.Column("level", sa.Text(), sa.ForeignKey("role.name", name="fk_app_user_level")))
    # Whoever had a portal before there were levels could do all there was.
    op.execute(
        "update app_user set level = 'portal_admin' from company where company.id = company_id and kind <> 'internal'"
    )
    _tables()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    for table, columns in PARTNER_READS.items():
        op.execute(f"grant select ({columns}) on {table} to tandem_partner")
        op.execute(f"create policy partner_read on {table} for select to tandem_partner using ({OWN})")
    op.execute(PARTNER_WRITES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("app_user", "level")
    for role, rights in (NEW_RIGHTS | LEVELS).items():
        op.execute(
            sa.text("delete from role_permission where role = :role and permission = any(:rights)").bindparams(
                role=role, rights=rights
            )
        )
    op.execute("delete from role where company_kind = 'partner'")


def _rights() -> None:
    role = sa.table("role", sa.column("name"), sa.column("company_kind"))
    right = sa.table("role_permission", sa.column("role"), sa.column("permission"))
    op.bulk_insert(role, [{"name": name, "company_kind": "partner"} for name in LEVELS])
    given = NEW_RIGHTS | LEVELS
    op.bulk_insert(right, [{"role": name, "permission": p} for name, rights in given.items() for p in rights])


def _tables() -> None:
    now = sa.func.now()
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "company_withheld",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_company_withheld_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "permission", name="pk_company_withheld"),
    )
    op.create_table(
        "partner_submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", moment),
        sa.Column("decision_note", sa.Text()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'accepted', 'rejected', 'superseded', 'withdrawn')",
            name=op.f("ck_partner_submission_status"),
        ),
        sa.CheckConstraint(
            "(status in ('accepted', 'rejected')) = (decided_at is not null)",
            name=op.f("ck_partner_submission_decided"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_partner_submission_company_id"),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_partner_submission_created_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name="fk_partner_submission_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_submission"),
    )
    op.create_index("ix_partner_submission_company_id", "partner_submission", ["company_id"])
    op.create_index("ix_partner_submission_status", "partner_submission", ["status"])
    op.create_index(
        "uq_partner_submission_pending",
        "partner_submission",
        ["company_id", "kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "partner_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("at", moment, server_default=now, nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("by_partner", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("event", "subject", "subject_id", "title")),
        sa.Column("detail", sa.Text()),
        sa.Column("href", sa.Text(), nullable=False),
        *(sa.Column(name, moment) for name in ("mailed_at", "hooked_at")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_partner_event_company_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_partner_event_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_event"),
    )
    op.create_index("ix_partner_event_company_id", "partner_event", ["company_id"])
    for name, state in (("unmailed", "mailed_at"), ("unhooked", "hooked_at")):
        op.create_index(
            f"ix_partner_event_{name}", "partner_event", ["id"], postgresql_where=sa.text(f"{state} is null")
        )
