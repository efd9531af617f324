"""What endangers the orders of an OEM, to look at."""

from __future__ import annotations

from typing import Any

from components.order_texts import days
from components.two_line_grid import marked
from core.i18n import _, day
from core.ids import PageIds
from services.oem_risks import MATERIAL, Risk

PATH = "/portal/oem/risks"


class Ids(PageIds):
    risks: str


def risk_rows(found: list[Risk]) -> list[dict[str, Any]]:
    """Endangered orders as grid rows of two lines."""
    return [_row(each) for each in found]


def _row(each: Risk) -> dict[str, Any]:
    late = _("later than planned, end open")
    if each.days_late is not None:
        late = _("about %(days)s late", days=days(each.days_late))
    reason = _("Material") if each.reason == MATERIAL else _("Capacity")
    return {
        "id": f"{each.order_id}-{each.reason}",
        "order": f"{each.number}\n{each.code} · {each.item}",
        "reason": f"{marked(reason, 'bad')}\n{late}",
        "tone": "bad",
        "week": f"{day(each.week)}\n{_('due %(day)s', day=day(each.due_on))}",
    }
