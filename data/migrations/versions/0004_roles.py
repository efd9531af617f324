"""The roles of the first release and their rights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INTERNAL_READ = ["home.read", "demand.read", "forecast.read", "inventory.read", "purchase.read"]
ROLES = {
    "planner": (
        "internal",
        [
            *INTERNAL_READ,
            "forecast.run",
            "inventory.edit",
            "proposal.decide",
            "purchase.edit",
            "review.decide",
            "import.read",
            "export",
        ],
    ),
    "executive": ("internal", [*INTERNAL_READ, "export"]),
    "analyst": ("internal", [*INTERNAL_READ, "forecast.run", "import.read", "import.run", "export"]),
    "admin": ("internal", ["home.read", "import.read", "people.manage", "jobs.manage", "audit.read", "export"]),
    "supplier": ("supplier", ["portal.supplier"]),
    "customer": ("customer", ["portal.customer"]),
    "oem": ("oem", ["portal.oem"]),
}


def upgrade() -> None:
    role = sa.table("role", sa.column("name"), sa.column("company_kind"))
    right = sa.table("role_permission", sa.column("role"), sa.column("permission"))
    op.bulk_insert(role, [{"name": name, "company_kind": kind} for name, (kind, _) in ROLES.items()])
    op.bulk_insert(
        right, [{"role": name, "permission": p} for name, (_, permissions) in ROLES.items() for p in permissions]
    )


def downgrade() -> None:
    op.execute("delete from role_permission")
    op.execute("delete from role")
