"""All tables, so that whoever imports ``models`` sees the whole metadata."""

from models import demand, events, import_staging, network, operation, orders, people, planning, product, stock
from models.base import Base

__all__ = [
    "Base",
    "demand",
    "events",
    "import_staging",
    "network",
    "operation",
    "orders",
    "people",
    "planning",
    "product",
    "stock",
]
