"""Query results as frames, and the frames that many requests share."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import TextClause
from sqlalchemy.orm import Session

from core.settings import settings
from core.viewer import Viewer
from data.queries.settings import version

KEPT_FRAMES = 12


def frame(session: Session, statement: TextClause, **parameters: Any) -> pd.DataFrame:
    """All rows of a statement, one column a name."""
    result = session.execute(statement, parameters)
    # Plain tuples: pandas looks at each of SQLAlchemy's rows for far too long.
    return pd.DataFrame.from_records([tuple(row) for row in result], columns=list(result.keys()))


Shared = TypeVar("Shared")
_kept: dict[tuple[Any, ...], tuple[str, Any]] = {}
_lock = Lock()


def shared_frame(
    session: Session,
    viewer: Viewer,
    name: str,
    *,
    subjects: tuple[str, ...],
    args: tuple[Any, ...],
    compute: Callable[[], Shared],
) -> Shared:
    """``compute()``, kept in this process while ``subjects`` are unchanged. Readers must not change it.

    For frames of many thousand rows, and what is made of them, which would take longer to read from the disk cache than
    to sort.
    """
    scope = "internal" if viewer.internal else viewer.company_id
    key = (settings().database_url, name, scope, args)
    wanted = version(session, *subjects)
    with _lock:
        known, found = _kept.pop(key, ("", None))
        if found is None or known != wanted:
            found = compute()
        _kept[key] = (wanted, found)
        while len(_kept) > KEPT_FRAMES:
            _kept.pop(next(iter(_kept)))
    shared: Shared = found
    return shared
