"""Figures that take long to add up, kept until the data behind them change.

Values are JSON on disk, never pickles (CVE-2025-69872). The key holds what the viewer may see and the version of
the data, so a stale or foreign value can't be met.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from diskcache import Cache, JSONDisk
from sqlalchemy.orm import Session

from core.settings import settings
from core.viewer import Viewer
from data.queries.settings import version

DAY_SECONDS = 24 * 3600
SIZE_LIMIT_BYTES = 256 * 1024 * 1024


def read_model(
    session: Session,
    viewer: Viewer,
    name: str,
    *,
    subjects: tuple[str, ...],
    args: dict[str, Any],
    compute: Callable[[], Any],
) -> Any:
    """The value of ``compute()``, which must be JSON, from the cache while ``subjects`` are unchanged."""
    scope = "internal" if viewer.internal else f"company {viewer.company_id}"
    key = json.dumps([name, scope, version(session, *subjects), args], sort_keys=True, default=str)
    cache = _cache(settings().cache)
    found = cache.get(key)
    if found is None:
        found = compute()
        cache.set(key, found, expire=DAY_SECONDS)
    return found


@lru_cache(maxsize=4)
def _cache(folder: Path) -> Cache:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return Cache(str(folder), disk=JSONDisk, size_limit=SIZE_LIMIT_BYTES)
