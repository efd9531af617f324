"""The annual operating plan, the gap to it and the register of risks, as files."""

from __future__ import annotations

from dataclasses import asdict

from core.permissions import Permission
from core.viewer import Viewer
from services import aop, plan_gap, risks
from services.aop_versions import asked_year
from services.download_list import DownloadList, Query, Rows, chosen, chosen_filters, sorting
from services.plan_gap import LEVELS, Landing
from services.plan_layers import MEASURES
from services.risks import RiskFilters

TARGET_COLUMNS = ("level", "member", "period", "measure", "value")
GAP_COLUMNS = tuple(Landing.__dataclass_fields__)
RISK_COLUMNS = (
    *("id", "kind", "status", "title", "category", "product", "probability", "impact", "expected", "month", "owner"),
    *("due_on", "mitigation", "cycle", "source", "created_by", "created_at", "changed_by", "changed_at"),
)


def _targets(viewer: Viewer, query: Query) -> Rows:
    return chosen(aop.targets(viewer, asked_year(query.get("year"))), TARGET_COLUMNS)


def _gap(viewer: Viewer, query: Query) -> Rows:
    measure, level = query.get("measure", ""), query.get("level", "")
    found = plan_gap.landing(
        viewer,
        measure=measure if measure in MEASURES else MEASURES[0],
        level=level if level in LEVELS else "category",
        year=asked_year(query.get("year")),
    )
    return chosen((asdict(row) for row in found.rows), GAP_COLUMNS)


def _risks(viewer: Viewer, query: Query) -> Rows:
    wanted = RiskFilters(**chosen_filters(query, RiskFilters))
    return chosen(risks.risks(viewer, wanted, sort=sorting(query)), RISK_COLUMNS)


LISTS = {
    "aop": DownloadList(Permission.PLAN_READ, TARGET_COLUMNS, _targets),
    "plan-gap": DownloadList(Permission.PLAN_READ, GAP_COLUMNS, _gap),
    "risks": DownloadList(Permission.PLAN_READ, RISK_COLUMNS, _risks),
}
