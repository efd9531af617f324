"""The job queue: procrastinate's own schema, and the one function by which a transaction hands a job over."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ENQUEUE = """
-- Queue entry and job row commit together; only the id of the job travels.
create function public.tandem_enqueue(job uuid) returns bigint
language sql security definer set search_path = queue, pg_temp
as $$
    select (procrastinate_defer_jobs_v1(array[
        row('jobs', 'run_job', 0, null, null, jsonb_build_object('job_id', job), null)
        ::procrastinate_job_to_defer_v1
    ]))[1]
$$;

-- The last sign of life of any worker, for the readiness check.
create function public.tandem_worker_seen() returns timestamptz
language sql stable security definer set search_path = queue, pg_temp
as $$ select max(last_heartbeat) from procrastinate_workers $$;

revoke all on function public.tandem_enqueue(uuid), public.tandem_worker_seen() from public;
grant execute on function public.tandem_enqueue(uuid) to tandem_internal;
grant execute on function public.tandem_worker_seen() to tandem_internal, tandem_sign_in;
"""

GRANTS = """
grant usage on schema queue to tandem_queue;
grant select, insert, update, delete on all tables in schema queue to tandem_queue;
grant usage on all sequences in schema queue to tandem_queue;
grant execute on all functions in schema queue to tandem_queue;
"""


def upgrade() -> None:
    op.execute("create schema queue")
    op.execute("set local search_path to queue")
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute("set local search_path to public")
    op.execute(ENQUEUE)
    op.execute(GRANTS)


def downgrade() -> None:
    op.execute("drop function public.tandem_enqueue, public.tandem_worker_seen")
    op.execute("drop schema queue cascade")
