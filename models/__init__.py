"""All tables, so that whoever imports ``models`` sees the whole metadata."""

from models import (
    capacity,
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
    production,
    stock,
)
from models.base import Base

__all__ = [
    "Base",
    "capacity",
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
    "production",
    "stock",
]
