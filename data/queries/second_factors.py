"""Second factors of people and their recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.accounts import RecoveryCode, SecondFactor


def factor(session: Session, user_id: int) -> Row[Any] | None:
    """The encrypted seed, and since when it counts (None: it is being set up)."""
    return one_or_none(session, select(SecondFactor.seed, SecondFactor.confirmed_at).where(_of(user_id)))


def begin(session: Session, *, user_id: int, seed: str) -> None:
    """Keep a seed that is not confirmed yet; one that counts is left alone."""
    statement = upsert(SecondFactor).values(user_id=user_id, seed=seed)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[SecondFactor.user_id],
            set_={"seed": seed, "last_counter": 0},
            where=SecondFactor.confirmed_at.is_(None),
        )
    )


def take_counter(session: Session, *, user_id: int, counter: int) -> bool:
    """Compare-and-set: a code is taken once, whoever comes at the same moment."""
    statement = update(SecondFactor).where(_of(user_id), SecondFactor.last_counter < counter)
    return session.scalar(statement.values(last_counter=counter).returning(SecondFactor.user_id)) is not None


def confirm(session: Session, *, user_id: int, at: datetime) -> bool:
    statement = update(SecondFactor).where(_of(user_id), SecondFactor.confirmed_at.is_(None)).values(confirmed_at=at)
    return session.scalar(statement.returning(SecondFactor.user_id)) is not None


def remove(session: Session, user_id: int) -> bool:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return session.scalar(delete(SecondFactor).where(_of(user_id)).returning(SecondFactor.user_id)) is not None


def replace_recovery_codes(session: Session, *, user_id: int, hashes: Iterable[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(insert(RecoveryCode), [{"user_id": user_id, "code_hash": found} for found in hashes])


def take_recovery_code(session: Session, *, user_id: int, code_hash: str, at: datetime) -> bool:
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None))
        .values(used_at=at)
    )
    return session.scalar(statement.returning(RecoveryCode.user_id)) is not None


def recovery_codes_left(session: Session, user_id: int) -> int:
    statement = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(statement) or 0


def _of(user_id: int) -> Any:
    return SecondFactor.user_id == user_id
