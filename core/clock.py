"""The only source of "now": tests and replays fix it with TANDEM_TODAY."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The planning date."""
    fixed = os.environ.get("TANDEM_TODAY")
    return date.fromisoformat(fixed) if fixed else now().date()
