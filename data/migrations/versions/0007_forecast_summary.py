"""Forecast runs keep their account, series the volumes they are weighted with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("forecast_run", sa.Column("attempt", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "forecast_run",
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    for name in ("volume", "judged_volume"):
        op.add_column("forecast_series", sa.Column(name, sa.Double(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("forecast_series", "judged_volume")
    op.drop_column("forecast_series", "volume")
    op.drop_column("forecast_run", "summary")
    op.drop_column("forecast_run", "attempt")
