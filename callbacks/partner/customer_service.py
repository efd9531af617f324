"""How well a customer was served, month by month, down to the lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash.development.base_component import Component

from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day, number, percent
from core.ids import PageIds
from services.customer_service import CustomerService, Month, ServiceLine
from services.form_values import shown_quantity

PATH = "/portal/customer/service"


class Ids(PageIds):
    months: str
    lines: str


def service_cards(found: CustomerService) -> list[Component]:
    """The chosen month and its course, and what is late now."""
    month = next((each for each in found.months if each.month == found.chosen), None)
    rates = [each.rate for each in found.months]
    fills = [each.fill_rate for each in found.months]
    course = _("by month, up to %(month)s", month=found.months[-1].month) if found.months else ""
    late = _("%(units)s units past their day", units=number(found.late_units)) if found.late_lines else _("All on time")
    return todo_cards(
        [
            TodoCard(
                _("On time in full"),
                percent(month.rate if month else None),
                _due(month),
                _href(found.chosen),
                trend=rates,
                course=course,
            ),
            TodoCard(
                _("Fill rate"),
                percent(month.fill_rate if month else None),
                _("delivered of what was ordered"),
                _href(found.chosen),
                trend=fills,
                course=course,
            ),
            TodoCard(
                _("Open and late"),
                counted("%(count)s line", "%(count)s lines", found.late_lines),
                late,
                "/portal/customer/orders?show=late",
                tone="bad" if found.late_lines else "quiet",
            ),
        ]
    )


def month_rows(months: Sequence[Month]) -> list[dict[str, Any]]:
    """Months as grid rows, the newest on top."""
    return [
        {
            "id": each.month,
            "month": f"[{each.month}]({_href(each.month)})",
            "lines": each.lines,
            "otif": percent(each.rate),
            "parts": f"{percent(each.on_time_rate)} {_('on time')}\n{percent(each.in_full_rate)} {_('in full')}",
            "fill": percent(each.fill_rate),
            "lead": _("%(days)s d", days=number(each.lead_days, decimals=1)),
        }
        for each in reversed(months)
    ]


def line_rows(lines: Sequence[ServiceLine]) -> list[dict[str, Any]]:
    """Lines of a month as grid rows of two text lines each."""
    return [
        {
            "id": each.id,
            "order": f"{each.order} / {each.line_no}\n{each.code} {each.item}",
            "state": marked(*_verdict(each)),
            "tone": _verdict(each)[1],
            "quantity": f"{shown_quantity(each.delivered_quantity)} {each.uom}\n"
            + _("of %(ordered)s", ordered=shown_quantity(each.ordered_quantity)),
            "days": f"{day(each.delivered_date) if each.delivered_date else EMPTY}\n"
            + _("confirmed %(day)s", day=day(each.first_confirmed_date)),
        }
        for each in lines
    ]


def _due(month: Month | None) -> str:
    if month is None:
        return _("No line was due yet")
    due = counted("of %(count)s line due", "of %(count)s lines due", month.lines)
    return _("%(lines)s in %(month)s", lines=due, month=month.month)


def _verdict(line: ServiceLine) -> tuple[str, str]:
    if line.on_time and line.in_full:
        return _("On time, in full"), "good"
    if line.on_time:
        return _("Short"), "warn"
    return (_("Late") if line.in_full else _("Late and short")), "bad"


def _href(month: str) -> str:
    return f"{PATH}?{urlencode({'month': month})}"
