"""Rows of queries, loosely typed: which columns they have is said by the function that gives them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row
from sqlalchemy.orm import Session


def one_or_none(session: Session, statement: Any) -> Row[Any] | None:
    """The only row that ``statement`` gives, if any."""
    found: Row[Any] | None = session.execute(statement).one_or_none()
    return found
