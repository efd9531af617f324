"""A forecast value refers to its series instead of run, product and location: a third of the time to store a run."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("forecast_value", "forecast_channel_value")
KEYS = ["run_id", "product_id", "location_id"]
REFERRED = {"run_id": "forecast_run", "product_id": "product", "location_id": "location"}


def upgrade() -> None:
    for table in TABLES:
        for key in KEYS:
            op.drop_constraint(f"fk_{table}_{key}", table, type_="foreignkey")
        op.create_foreign_key(f"fk_{table}_series", table, "forecast_series", KEYS, KEYS, ondelete="CASCADE")


def downgrade() -> None:
    for table in TABLES:
        op.drop_constraint(f"fk_{table}_series", table, type_="foreignkey")
        for key, referred in REFERRED.items():
            deleted = "CASCADE" if key == "run_id" else None
            op.create_foreign_key(f"fk_{table}_{key}", table, referred, [key], ["id"], ondelete=deleted)
