"""The kinds of rows to choose from: master data at hand, the others in groups behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from core.i18n import _


@dataclass(frozen=True, slots=True)
class ShownEntity:
    """A kind of row to choose."""

    name: str
    label: str
    help: str


MAIN = ("products", "customers", "suppliers", "locations", "resources")
GROUPS = {
    "Network": ("channels", "oems", "companies", "users"),
    "Products": ("units", "product_life_cycle", "packs", "successions"),
    "Terms": ("supplier_items", "price_breaks", "lanes", "prices", "certificates"),
    "Recipes": ("boms", "substitutes", "routings", "calendars"),
    "Stock": ("stock", "stock_movements"),
    "Orders and sales": (
        *("sales_orders", "purchase_orders", "receipts", "production_orders", "transfer_orders", "demand_history"),
    ),
    "Plans": ("forecasts", "promotions", "targets"),
}


def entity_links(path: str, known: Mapping[str, ShownEntity], chosen: str) -> Component:
    """Links to the rows of every known entity: the main ones and the chosen one at hand, the others in groups."""
    main = [_link(path, known[name], chosen) for name in dict.fromkeys((*MAIN, chosen)) if name in known]
    groups = [_group(title, path, names, known, chosen) for title, names in grouped(known).items()]
    more = html.Details(
        [html.Summary(_("More kinds of rows")), html.Div(groups, className="entity-groups")],
        className="more-entities",
    )
    return html.Nav(
        [html.Div(main, className="pills"), more if groups else None],
        className="entity-links",
        **{"aria-label": _("Kind of rows")},
    )


def first(known: Mapping[str, ShownEntity]) -> str:
    """The name of the entity that is shown when none is asked for; empty when there is none."""
    return next((name for name in MAIN if name in known), next(iter(known), ""))


def grouped(known: Mapping[str, ShownEntity]) -> dict[str, list[str]]:
    """The known entities beside the main ones, by group; what no group names stands under Other."""
    groups = {title: [name for name in names if name in known] for title, names in GROUPS.items()}
    named = {*MAIN, *(name for names in GROUPS.values() for name in names)}
    groups["Other"] = [name for name in known if name not in named]
    return {title: names for title, names in groups.items() if names}


def _group(title: str, path: str, names: list[str], known: Mapping[str, ShownEntity], chosen: str) -> Component:
    links = [_link(path, known[name], chosen) for name in names]
    return html.Div([html.H3(_(title)), html.Div(links, className="pills")])


def _link(path: str, entity: ShownEntity, chosen: str) -> Component:
    active = entity.name == chosen
    return dcc.Link(
        entity.label,
        href=f"{path}?entity={entity.name}",
        className="pill active" if active else "pill",
        title=entity.help,
    )
