"""Mail on its way out with each person's wishes; webhooks and what was sent to them.

Partners have no grant here: mails are made inside or by the sign-in, preferences belong to the account as sessions do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

MAIL = ("mail_outbox", "mail_preference", "mail_quiet_hours")
WEBHOOKS = ("webhook", "webhook_delivery")
OWN = "company_id = tandem_company_id()"
OWN_WEBHOOK = "webhook_id = any(array(select id from webhook))"
PARTNERS = f"""
grant select (id, company_id, url, events, active, failures, disabled_reason, created_at, version),
    insert (company_id, url, events, sealed_secret, created_by),
    update (active, failures, disabled_reason, version) on webhook to tandem_partner;
create policy partner_read on webhook for select to tandem_partner using ({OWN});
create policy partner_insert on webhook for insert to tandem_partner
    with check ({OWN} and created_by = tandem_user_id());
create policy partner_update on webhook for update to tandem_partner using ({OWN}) with check ({OWN});
grant select (id, webhook_id, event, body, state, tries, due_at, created_at, ended_at, response_code, last_error),
    insert (webhook_id, event, body), update (state, tries, due_at, ended_at) on webhook_delivery to tandem_partner;
create policy partner_read on webhook_delivery for select to tandem_partner using ({OWN_WEBHOOK});
create policy partner_insert on webhook_delivery for insert to tandem_partner with check ({OWN_WEBHOOK});
create policy partner_update on webhook_delivery for update to tandem_partner
    using ({OWN_WEBHOOK}) with check ({OWN_WEBHOOK});
-- Nobody of a partner deletes rows; this deletes one webhook of the own company with what was sent to it.
create function tandem_delete_webhook(wanted bigint) returns boolean
language sql security definer set search_path = public, pg_temp
as $$
    with gone as (delete from webhook where id = wanted and company_id = tandem_company_id() returning id)
    select exists (select 1 from gone)
$$;
revoke all on function tandem_delete_webhook(bigint) from public;
grant execute on function tandem_delete_webhook(bigint) to tandem_internal, tandem_partner;
"""


def upgrade() -> None:
    op.add_column("partner_event", sa.Column("reader", sa.Text()))
    op.execute("grant insert (reader) on partner_event to tandem_partner")
    _mail_tables()
    _webhook_tables()
    for table in (*MAIL, *WEBHOOKS):
        op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(
        "grant select (id, dedupe_key, created_at), "
        "insert (user_id, address, template, topic, reader, subject, values, dedupe_key, urgent, due_at) "
        "on mail_outbox to tandem_sign_in"
    )
    op.execute("grant select, insert, update, delete on mail_preference, mail_quiet_hours to tandem_sign_in")
    op.execute(PARTNERS)


def downgrade() -> None:
    op.execute("drop function tandem_delete_webhook(bigint)")
    for table in (*reversed(WEBHOOKS), *MAIL):
        op.drop_table(table)
    op.drop_column("partner_event", "reader")


def _mail_tables() -> None:
    now = sa.func.now()
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("address", sa.Text()),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text()),
        sa.Column("reader", sa.Text()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("values", JSONB(), nullable=False),
        sa.Column("dedupe_key", sa.Text()),
        sa.Column("urgent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", moment, server_default=now, nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("sent_at", moment),
        sa.Column("last_error", sa.Text()),
        sa.CheckConstraint(
            "state in ('waiting', 'sent', 'failed', 'cancelled', 'held', 'bundled')",
            name=op.f("ck_mail_outbox_state"),
        ),
        sa.CheckConstraint("(user_id is null) <> (address is null)", name=op.f("ck_mail_outbox_recipient")),
        sa.CheckConstraint("(state = 'sent') = (sent_at is not null)", name=op.f("ck_mail_outbox_sent")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_mail_outbox_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_mail_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_mail_outbox_dedupe_key"),
    )
    op.create_index("ix_mail_outbox_user_id", "mail_outbox", ["user_id"])
    for name, column, state in (("due", "due_at", "waiting"), ("held", "user_id", "held")):
        op.create_index(
            f"ix_mail_outbox_{name}", "mail_outbox", [column], postgresql_where=sa.text(f"state = '{state}'")
        )
    op.create_table(
        "mail_preference",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.CheckConstraint("delivery in ('at_once', 'daily', 'never')", name=op.f("ck_mail_preference_delivery")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_mail_preference_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "topic", name="pk_mail_preference"),
    )
    op.create_table(
        "mail_quiet_hours",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_mail_quiet_hours_hours")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_mail_quiet_hours_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_mail_quiet_hours"),
    )


def _webhook_tables() -> None:
    now = sa.func.now()
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("disabled_reason", sa.Text()),
        sa.Column("created_by", sa.BigInteger()),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_webhook_company_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name="fk_webhook_created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.UniqueConstraint("company_id", "url", name="uq_webhook_company_id_url"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", moment, server_default=now, nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("response_code", sa.Integer()),
        sa.Column("last_error", sa.Text()),
        sa.CheckConstraint("state in ('waiting', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_state")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["due_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_webhook_delivery_webhook_id", "webhook_delivery", ["webhook_id", "id"])
