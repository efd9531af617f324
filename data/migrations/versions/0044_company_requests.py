"""Companies that ask for a portal; whether a company is in is a row with a version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

# The form is open to everybody: whoever sends it may add a row and read none.
GRANTS = """
grant select, insert, update, delete on company_request to tandem_internal;
grant insert (kind, company, registration_no, name, email, message, address) on company_request to tandem_sign_in;
grant select (id, email, status) on company_request to tandem_sign_in;
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "company_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "company")),
        sa.Column("registration_no", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "email")),
        sa.Column("message", sa.Text()),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("company_id", sa.BigInteger()),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", moment),
        sa.Column("decision_note", sa.Text()),
        sa.CheckConstraint("kind in ('supplier', 'customer', 'oem')", name=op.f("ck_company_request_kind")),
        sa.CheckConstraint("status in ('pending', 'approved', 'rejected')", name=op.f("ck_company_request_status")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_request_company_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name="fk_company_request_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_company_request"),
    )
    op.create_index("ix_company_request_status", "company_request", ["status"])
    op.create_index(
        "uq_company_request_pending_email",
        "company_request",
        ["email"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.add_column("company", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.execute(GRANTS)


def downgrade() -> None:
    op.drop_column("company", "version")
    op.drop_table("company_request")
