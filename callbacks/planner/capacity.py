"""Supply › Capacity: hours wanted of each resource week by week, and what they are wanted for."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import Input, Output, callback, no_update

from core.i18n import _, day, number, percent
from core.identity import viewer
from core.ids import PageIds
from services import supply_plan
from services.supply_plan import ResourceLoad

PATH = "/supply/capacity"
TIGHT, FULL = 0.85, 1.0


class Ids(PageIds):
    load: str
    title: str
    note: str
    products: str


@callback(
    Output(Ids.title, "children"),
    Output(Ids.note, "children"),
    Output(Ids.products, "rowData"),
    Input(Ids.load, "cellClicked"),
    prevent_initial_call=True,
)
def show_products(clicked: object) -> tuple[Any, ...]:
    cell = clicked if isinstance(clicked, dict) else {}
    code, place = cell.get("rowId"), str(cell.get("colId", "")).removeprefix("w")
    if not place.isdecimal():
        return (no_update,) * 3
    found = supply_plan.load_by_product(viewer(), code, int(place))
    weeks, loads = supply_plan.capacity(viewer())
    name = next(load.name for load in loads if load.code == code)
    title = _("%(resource)s, week of %(week)s", resource=name, week=day(weeks[int(place)]))
    hours = sum(product["hours"] for product in found)
    note = _("%(hours)s hours wanted for %(count)s products.", hours=number(hours, decimals=1), count=len(found))
    return title, note, found


def load_columns(weeks: list[date]) -> list[dict[str, Any]]:
    """The resource in front, then a week a column: its load as a share of the hours there are."""
    shown = "params.value == null ? '–' : d3.format(',.0f')(params.value * 100) + ' %'"
    rules = {
        "load-free": f"params.value != null && params.value <= {TIGHT}",
        "load-tight": f"params.value > {TIGHT} && params.value <= {FULL}",
        "load-over": f"params.value > {FULL}",
    }
    first = [
        {"field": "code", "headerName": _("Resource"), "pinned": "left", "minWidth": 95, "maxWidth": 110},
        {"field": "name", "headerName": _("Name"), "minWidth": 150, "tooltipField": "name"},
        {
            "field": "over",
            "headerName": _("Weeks over"),
            "type": "rightAligned",
            "cellClass": "figure",
            "minWidth": 115,
        },
    ]
    return first + [
        {
            "field": f"w{place}",
            "headerName": f"{week:%d %b}",
            "type": "rightAligned",
            "cellClass": "figure load",
            "minWidth": 74,
            "sortable": False,
            "valueFormatter": {"function": shown},
            "cellClassRules": rules,
        }
        for place, week in enumerate(weeks)
    ]


def load_rows(found: list[ResourceLoad]) -> list[dict[str, Any]]:
    """A resource a row; a week without hours shows as overloaded when work is wanted, else as nothing."""
    return [
        {
            "code": resource.code,
            "name": resource.name,
            "over": sum(wanted > hours for wanted, hours in zip(resource.hours, resource.available, strict=True)),
            **{
                f"w{place}": _share(wanted, hours)
                for place, (wanted, hours) in enumerate(zip(resource.hours, resource.available, strict=True))
            },
        }
        for resource in found
    ]


def summary(found: list[ResourceLoad], weeks: list[date]) -> str:
    """The tightest week of all."""
    over = sum(row["over"] for row in load_rows(found))
    hours = sum(sum(resource.hours) for resource in found)
    available = sum(sum(resource.available) for resource in found)
    return _(
        "%(resources)s resources over %(weeks)s weeks are loaded to %(share)s; in %(over)s weeks of a resource more is "
        "wanted than there is.",
        resources=number(len(found)),
        weeks=number(len(weeks)),
        share=percent(hours / available if available else 0.0),
        over=number(over),
    )


def _share(wanted: float, hours: float) -> float | None:
    if hours > 0:
        return wanted / hours
    return 9.99 if wanted > 0 else None
