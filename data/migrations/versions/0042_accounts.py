"""Accounts of people: invitations, resets of passwords, second factors, and partners that keep their own people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLES = ("invitation", "password_reset", "second_factor", "recovery_code")

FUNCTIONS = """
-- Whether the viewer may keep the people of the own company: asked by policies of the very table it reads.
create function tandem_company_admin() returns boolean
language sql stable security definer set search_path = public, pg_temp
as $$
    select exists (
        select from app_user
        where id = tandem_user_id() and company_id = tandem_company_id() and level = 'portal_admin' and active
    )
$$;

-- Whoever is deactivated, by whatever door, has no session left.
create function tandem_end_sessions() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    update user_session set ended_at = now() where user_id = new.id and ended_at is null;
    return null;
end
$$;
create trigger app_user_deactivated after update of active on app_user
    for each row when (old.active and not new.active) execute function tandem_end_sessions();

revoke all on function tandem_company_admin(), tandem_end_sessions() from public;
grant execute on function tandem_company_admin() to tandem_partner;
"""

GRANTS = """
grant select, insert, update on invitation to tandem_internal, tandem_sign_in;
grant select, insert, update, delete on password_reset, second_factor, recovery_code to tandem_sign_in;
grant select (user_id, confirmed_at) on second_factor to tandem_internal;
grant insert (company_id, role, level, email, name, password_hash) on app_user to tandem_sign_in;

grant select (id, company_id, email, name, level, created_at, expires_at, used_at, ended_at),
    insert (company_id, role, level, email, name, token_hash, invited_by, created_at, expires_at), update (ended_at)
    on invitation to tandem_partner;
grant select (version), update (level, active, version) on app_user to tandem_partner;
"""

# A partner's administrator keeps the people of the own company, and gives nobody more than a level of its portal.
OWN = "company_id = tandem_company_id()"
POLICIES = f"""
create policy partner_read on invitation for select to tandem_partner using ({OWN});
create policy partner_insert on invitation for insert to tandem_partner with check (
    {OWN} and tandem_company_admin() and level like 'portal\\_%' and invited_by = tandem_user_id()
    and role = (select kind from company where id = tandem_company_id())
);
create policy partner_end on invitation for update to tandem_partner
    using ({OWN} and tandem_company_admin()) with check ({OWN} and ended_at is not null);
create policy partner_people on app_user for update to tandem_partner
    using ({OWN} and tandem_company_admin()) with check ({OWN} and level like 'portal\\_%');
"""


def upgrade() -> None:
    _tables()
    op.execute(FUNCTIONS)
    for table in TABLES:
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy colleague on {table} to tandem_internal, tandem_sign_in, current_user "
            "using (true) with check (true)"
        )
    op.execute(GRANTS)
    op.execute(POLICIES)


def downgrade() -> None:
    op.execute("drop policy partner_people on app_user")
    op.execute("revoke update (level, active, version), select (version) on app_user from tandem_partner")
    op.execute("revoke insert (company_id, role, level, email, name, password_hash) on app_user from tandem_sign_in")
    op.execute("drop trigger app_user_deactivated on app_user")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop function tandem_end_sessions, tandem_company_admin")
    op.drop_constraint("ck_user_session_pending", "user_session")
    op.drop_column("user_session", "pending")


def _tables() -> None:
    now = sa.func.now()
    moment = sa.DateTime(timezone=True)
    op.add_column("user_session", sa.Column("pending", sa.Text()))
    op.create_check_constraint(op.f("ck_user_session_pending"), "user_session", "pending in ('code', 'set_up')")
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("level", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("email", "name", "token_hash")),
        sa.Column("invited_by", sa.BigInteger()),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        *(sa.Column(name, moment) for name in ("used_at", "ended_at")),
        sa.CheckConstraint("used_at is null or ended_at is null", name=op.f("ck_invitation_one_end")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_invitation_company_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role"], ["role.name"], name="fk_invitation_role"),
        sa.ForeignKeyConstraint(["level"], ["role.name"], name="fk_invitation_level"),
        sa.ForeignKeyConstraint(["invited_by"], ["app_user.id"], name="fk_invitation_invited_by"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_company_id", "invitation", ["company_id"])
    op.create_table(
        "password_reset",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        _of_user("password_reset"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_password_reset"),
    )
    op.create_index("ix_password_reset_user_id", "password_reset", ["user_id"])
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("last_counter", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("confirmed_at", moment),
        _of_user("second_factor"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", moment),
        _of_user("recovery_code"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name="pk_recovery_code"),
    )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=f"fk_{table}_user_id", ondelete="CASCADE")
