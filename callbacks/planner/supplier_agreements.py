"""Agreements with suppliers: choose one, change it, share the forecast of today's plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, set_props

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.clock import today
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, moment
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import managed_items, supplier_agreements
from services.form_values import row_id, shown_quantity
from services.supplier_agreements import SHARES, USUAL, SharedSupplier

PATH = "/supply/supplier-agreements"
CLOSED, OPENED = "panel detail", "panel detail detail-open"


class Ids(PageIds):
    suppliers: str
    detail: str
    title: str
    close: str
    chosen: str
    horizon: str
    bucket: str
    level: str
    smoothing: str
    firm_fence: str
    near_warn: str
    near_bad: str
    far_warn: str
    far_bad: str
    shared_from: str
    shared_to: str
    save: str
    saved: str
    share: str
    share_all: str
    versions: str
    managed: str
    product: str
    place: str
    least: str
    most: str
    manage: str


DAYS = ("shared_from", "shared_to")
FIELDS = ("horizon", "bucket", "level", "smoothing", "firm_fence", *SHARES, *DAYS)


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.versions, "rowData"),
    Output(Ids.share, "disabled"),
    Output(Ids.managed, "rowData"),
    Output(Ids.product, "options"),
    Output(Ids.place, "options"),
    *(Output(getattr(Ids, name), "value") for name in FIELDS),
    Input(Ids.suppliers, "selectedRows"),
    Input(Ids.saved, "data"),
    prevent_initial_call=True,
)
def show_agreement(selected: object, _saved: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    wanted = row_id(None if row is None else row.get("id"))
    found = next((each for each in supplier_agreements.suppliers(viewer()) if each.id == wanted), None)
    if found is None:
        return CLOSED, _("Agreement"), None, [], True, [], [], [], *form_values(None)
    managed = managed_items.managed_items(viewer(), found.id)
    return (
        OPENED,
        found.name,
        {"id": found.id, "version": found.version},
        version_rows(supplier_agreements.versions(viewer(), found.id)),
        not (found.active and viewer().may(Permission.PURCHASE_EDIT)),
        managed_rows(managed.items),
        *(_options(choices) for choices in (managed.products, managed.places)),
        *form_values(found),
    )


@callback(Output(Ids.suppliers, "selectedRows"), Input(Ids.close, "n_clicks"), prevent_initial_call=True)
def close_agreement(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.saved, "data"),
    Input(Ids.save, "n_clicks"),
    State(Ids.chosen, "data"),
    *(State(getattr(Ids, name), "value") for name in FIELDS),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def save_agreement(_clicks: object, chosen: object, *values: object) -> object:
    given = chosen if isinstance(chosen, dict) else {}
    typed = dict(zip(FIELDS, values, strict=True))
    supplier_agreements.save(viewer(), given.get("id"), given.get("version"), typed)
    set_props(Shell.toasts, {"children": [toast(_("The agreement is saved."))]})
    return {"saved": row_id(given.get("version"))}


@callback(
    Output(Ids.saved, "data", allow_duplicate=True),
    Input(Ids.share, "n_clicks"),
    State(Ids.chosen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def share_with_one(_clicks: object, chosen: object) -> object:
    given = chosen if isinstance(chosen, dict) else {}
    return _shared(supplier_agreements.share(viewer(), row_id(given.get("id"))))


@callback(Output(Ids.saved, "data", allow_duplicate=True), Input(Ids.share_all, "n_clicks"), prevent_initial_call=True)
@requires(Permission.PURCHASE_EDIT)
def share_with_all(_clicks: object) -> object:
    return _shared(supplier_agreements.share(viewer()))


@callback(
    Output(Ids.saved, "data", allow_duplicate=True),
    Input(Ids.manage, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.product, "value"),
    State(Ids.place, "value"),
    State(Ids.least, "value"),
    State(Ids.most, "value"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def manage_item(_clicks: object, chosen: object, product: object, place: object, least: object, most: object) -> object:
    given = chosen if isinstance(chosen, dict) else {}
    kept = managed_items.manage(viewer(), given.get("id"), product, place, minimum=least, maximum=most)
    told = _("The supplier manages this item now.") if kept else _("The supplier manages this item no more.")
    set_props(Shell.toasts, {"children": [toast(told)]})
    return {"managed": kept}


@callback(Output(Ids.suppliers, "rowData"), Input(Ids.saved, "data"), prevent_initial_call=True)
def show_suppliers(_saved: object) -> list[dict[str, Any]]:
    return supplier_rows(supplier_agreements.suppliers(viewer()))


def supplier_rows(found: Sequence[SharedSupplier]) -> list[dict[str, Any]]:
    """Suppliers as grid rows of two lines."""
    return [_row(each) for each in found]


def version_rows(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Shared forecasts as grid rows of two lines."""
    return [
        {
            "id": each["id"],
            "version": f"{_('Forecast %(number)s', number=each['number'])}\n{moment(each['shared_at'])} (UTC)",
            "plan": f"{_plan(each)}\n{_('plan of %(day)s', day=day(each['plan_day']))}",
            "who": f"{each['shared_by'] or EMPTY}\n{bucket_names()[each['bucket']]}",
        }
        for each in found
    ]


def managed_rows(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Managed items as grid rows of two lines."""
    return [
        {
            "id": f"{each['product_id']}-{each['location_id']}",
            "item": f"{each['code']}\n{each['location']}",
            "levels": f"{shown_quantity(each['min_quantity'])} … {shown_quantity(each['max_quantity'])}\n{each['uom']}",
        }
        for each in found
    ]


def form_values(found: SharedSupplier | None) -> list[object]:
    """What stands in the form: the agreement, or the usual for a new one."""
    terms = {} if found is None else found.terms
    values = {**USUAL, "shared_from": today(), "shared_to": None, **terms}
    shown = {name: round(float(values[name]) * 100, 2) for name in SHARES}
    days = {name: None if values[name] is None else str(values[name]) for name in DAYS}
    return [{**values, **shown, **days}[name] for name in FIELDS]


def bucket_names() -> dict[str, str]:
    return {"week": _("by week"), "month": _("by month")}


def level_names() -> dict[str, str]:
    return {"item": _("by item"), "location": _("by item and place")}


def _shared(names: Sequence[str]) -> object:
    told = counted("Shared with %(count)s supplier.", "Shared with %(count)s suppliers.", len(names))
    set_props(Shell.toasts, {"children": [toast(told)]})
    return {"shared": list(names)}


def _row(found: SharedSupplier) -> dict[str, Any]:
    tone = "good" if found.active else "warn" if found.terms else "quiet"
    state = _("In force") if found.active else _("Not in force") if found.terms else _("No agreement")
    portal = _("with a portal") if found.has_portal else _("without a portal")
    terms = found.terms
    ahead = EMPTY
    if terms:
        many = _("%(count)s weeks") if terms["bucket"] == "week" else _("%(count)s months")
        ahead = f"{many % {'count': terms['horizon']}}\n{level_names()[terms['level']]}"
    shared = EMPTY
    if found.number is not None:
        shared = f"{_('Forecast %(number)s', number=found.number)}\n{moment(found.shared_at)}"
    return {
        "id": found.id,
        "supplier": f"{found.name}\n{found.code}",
        "state": f"{marked(state, tone)}\n{portal}",
        "terms": ahead,
        "shared": shared,
        "tone": tone,
    }


def _options(choices: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"value": key, "label": text} for key, text in choices]


def _plan(each: dict[str, Any]) -> str:
    if each["plan_period"] is None:
        return _("no published plan")
    return _("plan %(month)s v%(number)s", month=f"{each['plan_period']:%Y-%m}", number=each["plan_number"])
