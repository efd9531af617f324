"""A company that is suspended has no session left, so that letting it in again revives none."""

from __future__ import annotations

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

FUNCTION = """
create function tandem_end_sessions_of_company() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    update user_session set ended_at = now()
    where ended_at is null and user_id in (select id from app_user where company_id = new.id);
    return null;
end
$$;
create trigger company_suspended after update of active on company
    for each row when (old.active and not new.active) execute function tandem_end_sessions_of_company();

revoke all on function tandem_end_sessions_of_company() from public;
"""


def upgrade() -> None:
    op.execute(FUNCTION)


def downgrade() -> None:
    op.execute("drop trigger company_suspended on company; drop function tandem_end_sessions_of_company()")
