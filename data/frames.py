"""Query results as frames, and the frames that many requests share."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import pandas as pd
from sqlalchemy import TextClause
from sqlalchemy.orm import Session

from core.settings import settings
from core.viewer import Viewer
from data.queries.settings import version

# There are some 25 names. The largest frame, a plan of 50,000 items and places, is of about 100 MB.
KEPT_FRAMES = 40
KEPT_OF_A_NAME = 6


def frame(session: Session, statement: TextClause, **parameters: Any) -> pd.DataFrame:
    """All rows of a statement, one column a name."""
    result = session.execute(statement, parameters)
    # Plain tuples: pandas looks at each of SQLAlchemy's rows for far too long.
    return pd.DataFrame.from_records([tuple(row) for row in result], columns=list(result.keys()))


Shared = TypeVar("Shared")
Key = tuple[Any, ...]
_kept: dict[Key, tuple[str, Any]] = {}
_locks: WeakValueDictionary[Key, Lock] = WeakValueDictionary()  # of the frames somebody makes or waits for
_guard = Lock()


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
    to sort. Requests for the same frame wait for the first one to make it; other frames don't wait.
    """
    scope = "internal" if viewer.internal else viewer.company_id
    key = (settings().database_url, name, scope, args)
    wanted = version(session, *subjects)
    with _guard:
        lock = _locks.setdefault(key, Lock())
    with lock:
        found = _recalled(key, wanted)
        if found is None:
            found = compute()
            _keep(key, wanted, found)
    shared: Shared = found
    return shared


def _recalled(key: Key, wanted: str) -> Any:
    """What is kept, now the last to be dropped; what is out of date is dropped at once."""
    with _guard:
        known, found = _kept.pop(key, ("", None))
        if found is None or known != wanted:
            return None
        _kept[key] = (known, found)
        return found


def _keep(key: Key, made_of: str, found: Any) -> None:
    with _guard:
        _kept[key] = (made_of, found)
        same_name = [kept for kept in _kept if kept[1] == key[1]]
        for dropped in (*same_name[:-KEPT_OF_A_NAME], *list(_kept)[:-KEPT_FRAMES]):
            _kept.pop(dropped, None)
