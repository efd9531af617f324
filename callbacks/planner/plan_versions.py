"""S&OP › Plan versions: published plans, two of them compared, accuracy by lag, what plans changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, ctx, no_update

from callbacks.grid_renewal import renew_rows
from components.accuracy_triangle import chosen_lag
from components.forms import chosen
from components.grid import requested_page, selected_row
from core.guard import requires
from core.i18n import _, counted, moment, money, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import plan_rules, published_plans
from services.company_rules import as_entered
from services.form_values import row_id
from services.plan_comparison import LEVELS, NOW, head_name
from services.plan_rules import FrozenRules

PATH = "/sop/versions"
ASKED = ("kind", "one", "other", "by", "measure", "shown", "category", "family")


class Ids(PageIds):
    asked: str
    go: str
    kind: str
    one: str
    other: str
    by: str
    measure: str
    shown: str
    versions: str
    months: str
    changes: str
    triangle: str
    cell: str
    missed: str
    missed_total: str
    missed_renewed: str
    stability: str
    plan: str
    changed: str
    changed_total: str
    changed_renewed: str
    seen: str
    frozen: str
    save: str
    outcome: str


renew_rows(Ids.missed, after=Ids.cell, renewed=Ids.missed_renewed)
renew_rows(Ids.changed, after=Ids.plan, renewed=Ids.changed_renewed)


@callback(
    Output(Ids.go, "href"),
    Input(Ids.versions, "selectedRows"),
    Input(Ids.changes, "selectedRows"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def open_row(versions: object, changes: object, asked: object) -> Any:
    """A published plan is compared with now; a group opens the level below it."""
    given = wanted_address(asked)
    if ctx.triggered_id == Ids.changes:
        row = selected_row(changes)
        return no_update if row is None else below_href(given, str(row.get("key") or "")) or no_update
    row = selected_row(versions)
    return no_update if row is None else address({**given, "one": str(row_id(row.get("id"))), "other": NOW})


@callback(
    Output(Ids.cell, "data"),
    Input(Ids.triangle, "cellClicked"),
    prevent_initial_call=True,
)
def choose_cell(clicked: object) -> Any:
    given = clicked if isinstance(clicked, dict) else {}
    lag, month = chosen_lag(given.get("colId")), given.get("rowId")
    known = 0 < lag <= published_plans.DEEPEST_LAG and published_plans.month_of(month)
    return {"lag": lag, "month": month} if known else no_update


@callback(
    Output(Ids.missed, "getRowsResponse"),
    Output(Ids.missed_total, "children"),
    Input(Ids.missed, "getRowsRequest"),
    State(Ids.cell, "data"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def show_missed(request: object, cell: object, asked: object) -> tuple[dict[str, Any], str]:
    of, kind = cell if isinstance(cell, dict) else {}, wanted_address(asked)["kind"]
    answer, found = requested_page(
        request,
        lambda start, end, sort: published_plans.missed_items(
            viewer(), of.get("month"), of.get("lag"), kind=kind, start=start, end=end, sort=sort
        ),
    )
    if not found.total:
        return answer, _("Choose a figure of the triangle to list its items.")
    told = {"month": of.get("month"), "lag": of.get("lag")}
    return answer, counted(
        "1 item of %(month)s at lag %(lag)s", "%(count)s items of %(month)s at lag %(lag)s", found.total, **told
    )


@callback(
    Output(Ids.plan, "data"),
    Input(Ids.stability, "selectedRows"),
    prevent_initial_call=True,
)
def choose_plan(selected: object) -> Any:
    row = selected_row(selected)
    return no_update if row is None else row_id(row.get("id"))


@callback(
    Output(Ids.changed, "getRowsResponse"),
    Output(Ids.changed_total, "children"),
    Input(Ids.changed, "getRowsRequest"),
    State(Ids.plan, "data"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
def show_changed(request: object, plan: object, asked: object) -> tuple[dict[str, Any], str]:
    kind = wanted_address(asked)["kind"]
    answer, found = requested_page(
        request,
        lambda start, end, sort: published_plans.changed_items(
            viewer(), plan, kind=kind, start=start, end=end, sort=sort
        ),
    )
    if not found.total:
        return answer, _("Choose a plan to list the items that it changed.")
    return answer, counted("1 item changed", "%(count)s items changed", found.total)


@callback(
    Output(Ids.stability, "rowData"),
    Output(Ids.seen, "data"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    State(Ids.frozen, "value"),
    State(Ids.seen, "data"),
    State(Ids.asked, "data"),
    prevent_initial_call=True,
)
@requires(Permission.DEMAND_EDIT)
def save_frozen(_clicks: object, months: object, seen: object, asked: object) -> tuple[Any, ...]:
    rules = plan_rules.save_rules(viewer(), FrozenRules, {"months": months}, seen=seen)
    found = published_plans.stability(viewer(), kind=wanted_address(asked)["kind"])
    return found, as_entered(rules), _("Stored; the list follows.")


def wanted_address(asked: object) -> dict[str, str]:
    """What the page shows, from its own store or its address."""
    given = asked if isinstance(asked, dict) else {}
    return {name: chosen(given.get(name)) for name in ASKED}


def address(asked: Mapping[str, str]) -> str:
    """The address of what is shown."""
    return f"{PATH}?{urlencode({name: value for name, value in asked.items() if value})}"


def below_href(asked: Mapping[str, str], key: str) -> str:
    """Where a group leads: the level below it; an item opens its forecast and edits."""
    by = asked["by"] or LEVELS[0]
    if not key or by not in LEVELS:
        return ""
    if by == "product":
        return f"/demand/overrides?{urlencode({'search': key})}"
    return address({**asked, by: key, "by": LEVELS[LEVELS.index(by) + 1]})


def version_row(found: Any) -> dict[str, Any]:
    """A published plan as the list shows it."""
    return {
        "id": found.id,
        "plan": head_name(found),
        "months": found.months,
        "published_at": moment(found.published_at),
        "published_by": found.published_by or _("nobody known"),
        "note": found.note or "",
        "totals": totals_text(found.summary),
    }


def totals_text(summary: object) -> str:
    """What a plan came to when it was published."""
    given = summary if isinstance(summary, dict) else {}
    figures = {name: value for name, value in given.items() if isinstance(value, int | float)}
    told = []
    if "revenue" in figures:
        told.append(money(figures["revenue"]))
    if "consensus" in figures:
        told.append(_("%(units)s units", units=number(figures["consensus"])))
    if "receipts" in figures:
        told.append(_("%(units)s units received", units=number(figures["receipts"])))
    return " · ".join(told)
