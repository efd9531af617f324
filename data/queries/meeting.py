"""Cycles with the agenda of one of their steps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.cycle import SopCycle, SopStep


def cycles(session: Session, step: str) -> list[Row[Any]]:
    """id, month and agenda, the newest cycle first."""
    joined = (SopStep.cycle_id == SopCycle.id) & (SopStep.step == step)
    statement = select(SopCycle.id, SopCycle.month, SopStep.agenda).outerjoin(SopStep, joined)
    return list(session.execute(statement.order_by(SopCycle.month.desc())))
