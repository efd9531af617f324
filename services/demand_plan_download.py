"""The demand plan as a file in the layout of an import of forecasts, so that it can be changed and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from services.demand_plan import DECIDED
from services.demand_review import Review, review, review_view
from services.download_list import DownloadList, Query, Rows

COLUMNS = ("product", "location", "channel", "frequency", "period", "stream", "quantity")


def _plan(viewer: Viewer, query: Query) -> Rows:
    found = review(viewer, review_view({**query, "by": "leaf"}))
    if not found.plan_months:
        raise InvalidInput(_("There is no monthly forecast of all products yet: run one under Demand › Forecast runs."))
    return _rows(found)


def _rows(found: Review) -> Iterator[list[Any]]:
    names = found.plan.base.leaves.iloc[found.own][["product", "location", "channel"]].to_numpy().tolist()
    for key, figures in zip(names, found.plan.consensus[found.own].round(4).tolist(), strict=True):
        for month, quantity in zip(found.plan_months, figures, strict=True):
            yield [*key, "month", month, DECIDED, quantity]


LISTS = {"demand-plan": DownloadList(Permission.PLAN_READ, COLUMNS, _plan)}
