"""All tables, so that whoever imports ``models`` sees the whole metadata."""

from models import (
    certificates,
    demand,
    events,
    expiry,
    import_staging,
    network,
    operation,
    orders,
    people,
    plan,
    planning,
    prices,
    product,
    scenario,
    stock,
    stock_keeping,
    stock_status,
)
from models.base import Base

__all__ = [
    "Base",
    "certificates",
    "demand",
    "events",
    "expiry",
    "import_staging",
    "network",
    "operation",
    "orders",
    "people",
    "plan",
    "planning",
    "prices",
    "product",
    "scenario",
    "stock",
    "stock_keeping",
    "stock_status",
]
