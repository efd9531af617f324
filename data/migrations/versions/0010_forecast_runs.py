"""Forecast runs in blocks that many workers share, with less haste than other work; who may approve one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ENQUEUE = """
-- Queue entry and job row commit together; only the id of the job travels.
create function public.tandem_enqueue({arguments}) returns bigint
language sql security definer set search_path = queue, pg_temp
as $$
    select (procrastinate_defer_jobs_v1(array[
        row('jobs', 'run_job', {priority}, null, null, jsonb_build_object('job_id', job), null)
        ::procrastinate_job_to_defer_v1
    ]))[1]
$$;
"""


def upgrade() -> None:
    _create_blocks()
    _replace_enqueue(before="uuid", arguments="job uuid, priority integer", priority="priority")
    op.execute("insert into role_permission (role, permission) values ('planner', 'forecast.approve')")


def downgrade() -> None:
    op.execute("delete from role_permission where permission = 'forecast.approve'")
    _replace_enqueue(before="uuid, integer", arguments="job uuid", priority="0")
    op.drop_table("forecast_block")


def _create_blocks() -> None:
    table = "forecast_block"
    run = sa.ForeignKey("forecast_run.id", name=f"fk_{table}_run_id", ondelete="CASCADE")
    op.create_table(
        table,
        sa.Column("run_id", sa.BigInteger(), run, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("products", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("series_count", sa.Integer(), nullable=False),
        sa.Column("account", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("run_id", "number", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_open", table, ["run_id", "number"], postgresql_where=sa.text("done_at is null"))
    op.execute(f"grant select, insert, update, delete on {table} to tandem_internal")


def _replace_enqueue(*, before: str, arguments: str, priority: str) -> None:
    types = ", ".join(argument.split()[1] for argument in arguments.split(", "))
    op.execute(f"drop function public.tandem_enqueue({before})")
    op.execute(ENQUEUE.format(arguments=arguments, priority=priority))
    op.execute(f"revoke all on function public.tandem_enqueue({types}) from public")
    op.execute(f"grant execute on function public.tandem_enqueue({types}) to tandem_internal")
