"""Supply › Supplier scorecards: one supplier at a time, the first one unless the address names another."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callbacks.planner.supplier_scorecards import PATH


def test_page_shows_the_chosen_supplier(database: Path, visitor: Callable[..., Any]) -> None:
    planner = visitor("planner")
    for search in ("", "?supplier=999999", "?supplier=x"):
        page = planner.layout(PATH, search)
        assert page.status_code == 200
        assert "On time and in full" in page.text
        assert re.search(r'"children": ?"20\d\d-\d\d"', page.text)  # months with their year
