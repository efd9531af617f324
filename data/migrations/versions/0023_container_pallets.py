"""Pallets that a container of a supplier takes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supplier", sa.Column("container_pallets", sa.Numeric(18, 4)))
    op.create_check_constraint("container_pallets", "supplier", "container_pallets > 0")


def downgrade() -> None:
    op.drop_column("supplier", "container_pallets")
