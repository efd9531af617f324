"""Messages between the company and its partners, who has read them, and files that go along with things."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLES = ("partner_message", "partner_message_read", "attachment")
OWN = "company_id = tandem_company_id()"
MINE = f"{OWN} and user_id = tandem_user_id()"
ATTACHED = "company_id, subject, subject_id, file_name, stored_name, media_type, size_bytes, sha256"

# What is internal is kept back by the database itself, whatever asks for it.
PARTNERS = f"""
grant select (id, company_id, subject, subject_id, body, user_id, author, by_partner, internal, created_at),
    insert (company_id, subject, subject_id, body, user_id, author, by_partner) on partner_message to tandem_partner;
create policy partner_read on partner_message for select to tandem_partner using ({OWN} and not internal);
create policy partner_insert on partner_message for insert to tandem_partner
    with check ({MINE} and by_partner and not internal);
grant select (user_id, company_id, subject, subject_id, last_id),
    insert (user_id, company_id, subject, subject_id, last_id), update (last_id)
    on partner_message_read to tandem_partner;
create policy partner_own on partner_message_read to tandem_partner using ({MINE}) with check ({MINE});
grant select (id, {ATTACHED}, created_by, by_partner, internal, created_at),
    insert ({ATTACHED}, created_by, by_partner) on attachment to tandem_partner;
create policy partner_read on attachment for select to tandem_partner using ({OWN} and not internal);
create policy partner_insert on attachment for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id() and by_partner and not internal);
"""


def upgrade() -> None:
    _messages()
    _attachments()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(PARTNERS)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _company(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{table}_company_id", ondelete="CASCADE")


def _messages() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "partner_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("by_partner", sa.Boolean(), nullable=False),
        sa.Column("internal", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("told_at", moment),
        sa.CheckConstraint("not (internal and by_partner)", name=op.f("ck_partner_message_internal")),
        _company("partner_message"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_partner_message_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_message"),
    )
    op.create_index("ix_partner_message_thread", "partner_message", ["company_id", "subject", "subject_id"])
    op.create_index(
        "ix_partner_message_untold",
        "partner_message",
        ["id"],
        postgresql_where=sa.text("by_partner and told_at is null"),
    )
    op.create_table(
        "partner_message_read",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name="fk_partner_message_read_user_id", ondelete="CASCADE"
        ),
        _company("partner_message_read"),
        sa.PrimaryKeyConstraint("user_id", "company_id", "subject", "subject_id", name="pk_partner_message_read"),
    )
    op.create_index("ix_partner_message_read_company_id", "partner_message_read", ["company_id"])


def _attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "subject_id", "file_name", "stored_name")),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("by_partner", sa.Boolean(), nullable=False),
        sa.Column("internal", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size_bytes")),
        sa.CheckConstraint("not (internal and by_partner)", name=op.f("ck_attachment_internal")),
        _company("attachment"),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_attachment_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("stored_name", name="uq_attachment_stored_name"),
    )
    op.create_index("ix_attachment_subject", "attachment", ["company_id", "subject", "subject_id"])
