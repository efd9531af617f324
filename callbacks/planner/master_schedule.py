"""Supply › Master schedule: items promised too often first, the weeks of one, the orders behind a figure."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, callback, no_update
from dash.development.base_component import Component

from components.forms import chosen
from components.grid import requested_page, selected_row
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day, number
from core.identity import viewer
from core.ids import PageIds
from services import master_schedule
from services.master_schedule import CELLS, LINES, ItemSchedule, ScheduleFilters, SchedulePage

PATH = "/supply/mps"
FILTERS = ("only", "location", "search")
CLOSED, OPEN = "panel schedule-item schedule-closed", "panel schedule-item"
ALWAYS = ("forecast", "orders", "available", "atp", "cumulative_atp")


class Ids(PageIds):
    filters: str
    only: str
    location: str
    search: str
    rows: str
    totals: str
    item: str
    seen: str
    title: str
    place: str
    state: str
    weeks: str
    cell_title: str
    cell: str
    promise: str


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_list(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_list(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: master_schedule.schedule_page(viewer(), wanted, start=start, end=end, sort=sort),
        schedule_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.cell_title, "children"),
    Output(Ids.cell, "rowData"),
    Input(Ids.weeks, "cellClicked"),
    State(Ids.seen, "data"),
    prevent_initial_call=True,
)
def show_cell(clicked: object, seen: object) -> tuple[Any, ...]:
    cell, item = clicked if isinstance(clicked, dict) else {}, seen if isinstance(seen, dict) else {}
    line, week = cell.get("rowId"), str(cell.get("colId", "")).removeprefix("w")
    if line not in CELLS or not week.isdecimal():
        return cell_hint(), []
    found = master_schedule.cell(viewer(), item.get("product_id"), item.get("location_id"), line, int(week[:4]))
    title = _("%(line)s: %(count)s", line=line_names()[line], count=number(len(found)))
    return title, [cell_row(row, place) for place, row in enumerate(found)]


@callback(
    Output(Ids.item, "className"),
    Output(Ids.seen, "data"),
    Output(Ids.title, "children"),
    Output(Ids.place, "children"),
    Output(Ids.state, "children"),
    Output(Ids.promise, "href"),
    Output(Ids.weeks, "columnDefs"),
    Output(Ids.weeks, "rowData"),
    Output(Ids.cell_title, "children", allow_duplicate=True),
    Output(Ids.cell, "rowData", allow_duplicate=True),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_item(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * 10
    found = master_schedule.item_schedule(viewer(), row.get("product_id"), row.get("location_id"))
    item = found.item
    seen = {name: item[name] for name in ("product_id", "location_id")}
    place = f"{item['code']} · {item['location_name']} · {item['uom']}"
    promise = f"/supply/promise?item={item['code']}&location={item['location']}"
    return (
        *(OPEN, seen, item["name"], place, state_text(found), promise),
        *(week_columns(found), week_rows(found), cell_hint(), []),
    )


def wanted_list(filters: object) -> ScheduleFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return ScheduleFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def schedule_cards(every: SchedulePage, over: SchedulePage) -> list[Component]:
    """All sold items, and those of which more is promised than there will be."""
    return todo_cards(
        [
            TodoCard(_("Items scheduled"), number(every.total), _("%(weeks)s weeks", weeks=every.weeks), PATH),
            TodoCard(
                _("Promised too often"),
                number(over.total),
                _("orders that can't be met in their week"),
                f"{PATH}?only=over",
                "bad" if over.total else "good",
            ),
        ]
    )


def schedule_row(row: dict[str, Any]) -> dict[str, Any]:
    """One item as the list shows it."""
    names = (
        "id", "product_id", "location_id", "code", "name", "location", "location_name", "over", "over_value", "stock",
        "ordered", "reserved", "receipts", "atp_now", "atp_soon", "atp",
    )  # fmt: skip
    over = row["over"] > 0
    tone = "bad" if over else "good"
    return {
        **{name: row[name] for name in names},
        "state": marked(day(row["over_week"]) if over else _("no"), tone),
        "tone": tone,
    }


def totals_text(found: SchedulePage) -> str:
    """What the list holds."""
    return counted(
        "%(count)s item · %(over)s promised too often · %(weeks)s weeks from %(first)s",
        "%(count)s items · %(over)s promised too often · %(weeks)s weeks from %(first)s",
        found.total,
        over=number(found.over),
        weeks=found.weeks,
        first=day(found.first_week),
    )


def line_names() -> dict[str, str]:
    """What the lines of the schedule are called."""
    return {
        "forecast": _("Forecast"),
        "orders": _("Customer orders"),
        "reserved": _("Reservations"),
        "net_forecast": _("Forecast not yet ordered"),
        "dependent": _("Production and transfers"),
        "firm": _("Receipts, firm"),
        "planned": _("Receipts, planned"),
        "available": _("Projected available"),
        "atp": _("ATP"),
        "cumulative_atp": _("ATP, cumulative"),
    }


def week_columns(found: ItemSchedule) -> list[dict[str, Any]]:
    """The line in front, then a week a column: the current one outlined, frozen ones hatched."""
    shown = "params.value == null ? '–' : (params.value < 0 ? '◆ ' : '') + d3.format(',.0f')(params.value)"
    kinds = ["now" if not place else "frozen" if place < found.frozen else "" for place in range(len(found.weeks))]
    weeks = [
        {
            "field": f"w{place}",
            "headerName": f"{week:%d %b}",
            "headerTooltip": day(week),
            "type": "rightAligned",
            "cellClass": f"figure schedule-week {f'schedule-{kind}' if kind else ''}",
            "headerClass": f"schedule-{kind}" if kind else "",
            "minWidth": 98,
            "sortable": False,
            "valueFormatter": {"function": shown},
            "cellClassRules": {
                "tone-bad": "params.value < 0",
                "schedule-open": "params.data.opens && params.value > 0",
            },
        }
        for place, (week, kind) in enumerate(zip(found.weeks, kinds, strict=True))
    ]
    first = {"field": "line", "headerName": _("Week of"), "pinned": "left", "minWidth": 190, "sortable": False}
    return [first, *weeks]


def week_rows(found: ItemSchedule) -> list[dict[str, Any]]:
    """The lines; those that are empty in every week and nobody would miss are left out."""
    names = line_names()
    rows = [
        {"id": name, "line": names[name], "opens": name in CELLS, **_cells(found.lines[name])}
        for name in LINES
        if name in ALWAYS or any(found.lines[name])
    ]
    if any(found.owed):
        rows.append({"id": "owed", "line": _("Over-promised"), "opens": False, **_cells([-v for v in found.owed])})
    return rows


def _cells(values: list[float]) -> dict[str, float]:
    return {f"w{place}": round(value, 2) + 0.0 for place, value in enumerate(values)}


def state_text(found: ItemSchedule) -> str:
    """What can be promised now, or since when too much is."""
    unit = found.item["uom"]
    late = [place for place, value in enumerate(found.owed) if value > 0]
    if late:
        return _(
            "◆ Promised too often: %(quantity)s %(unit)s can't be met in the week of %(week)s.",
            quantity=number(found.owed[late[0]]),
            unit=unit,
            week=day(found.weeks[late[0]]),
        )
    total = found.lines["cumulative_atp"]
    return _(
        "%(now)s %(unit)s can be promised this week, %(all)s %(unit)s by %(end)s.",
        now=number(total[0]),
        all=number(total[-1]),
        unit=unit,
        end=day(found.weeks[-1]),
    )


def cell_hint() -> str:
    """What to do to see orders."""
    return _("Choose a figure of orders, reservations or firm receipts to see what it is made of.")


def cell_row(row: dict[str, Any], place: int) -> dict[str, Any]:
    """One order behind a figure."""
    return {
        "id": place,
        "number": row["number"],
        "customer": row["customer"] or EMPTY,
        "due_on": day(row["due_on"]),
        "quantity": row["quantity"],
    }
