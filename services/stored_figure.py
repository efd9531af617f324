"""Figures that are worked out once and then read from the cache until the data behind them change."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from core.viewer import Viewer
from data.read_cache import read_model

T = TypeVar("T")


def stored_figures(
    session: Session,
    viewer: Viewer,
    name: str,
    kind: type[T],
    *,
    subjects: tuple[str, ...],
    args: dict[str, Any],
    compute: Callable[[], list[T]],
) -> list[T]:
    """``compute()``, or what it gave before for the same data.

    Inputs: the open session, the viewer, a name, the dataclass of the figures, the subjects whose change makes them
        stale, and whatever else they depend on.
    Returns: the figures.
    Raises: what ``compute`` raises.
    Source: data.read_cache.
    """
    as_kind: TypeAdapter[list[T]] = _adapter(kind)  # type: ignore[arg-type]
    plain = read_model(
        session,
        viewer,
        name,
        subjects=subjects,
        args=args,
        compute=lambda: as_kind.dump_python(compute(), mode="json"),
    )
    return as_kind.validate_python(plain)


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(list[kind])
