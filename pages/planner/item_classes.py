"""Inventory › Classes: items by value and by how evenly they sell, box by box."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.item_classes import (
    PATH,
    Ids,
    basis_name,
    boxes,
    exceptions,
    flag_name,
    goods_name,
    limits_text,
    precedence_text,
    rule_scope,
    rule_seen,
    wanted_classes,
)
from components.download import list_download
from components.filters import choice_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import figure_column, grid, percent_column, text_column
from components.page import empty_state, page_frame, panel
from components.policy_texts import measure_name, method_name
from components.rule_inputs import rule_inputs
from core.i18n import _
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import box_rules, class_rules, item_classes, positions
from services.class_rules import ClassRules
from services.company_rules import as_entered, figures
from services.item_classes import BASES, FLAGS, GOODS, ClassFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.INVENTORY_READ,
    name="Classes",
    area=Area.INVENTORY,
    order=24,
    description="Items by value (ABC) and by variation of demand (XYZ)",
)


def layout(**query: str) -> Component:
    wanted = wanted_classes(query)
    rules = class_rules.rules_in_force(viewer())
    content = [
        panel(html.Div(boxes(wanted, rules), id=Ids.boxes)),
        _stocking(wanted),
        _limits(rules),
        _list(wanted),
    ]
    return page_frame(
        dcc.Store(id=Ids.filters, data=asdict(wanted)),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.seen, data=as_entered(rules)),
        _filters(wanted),
        *(content if item_classes.any_item(viewer()) else [_nothing()]),
        title=_("Classes"),
        lead=_("Items by what they are worth (ABC) and by how evenly they sell (XYZ). Choose a box to list its items."),
        actions=[list_download("item-classes", asdict(wanted), grid_id=Ids.rows)],
    )


def _filters(wanted: ClassFilters) -> Component:
    choices = positions.filter_choices(viewer())
    every = [(NOTHING, _("All"))]
    goods = [(name, goods_name(name)) for name in GOODS]
    bases = [(name, basis_name(name)) for name in BASES]
    flags = [(name, flag_name(name)) for name in FLAGS]
    return filter_form(
        PATH,
        choice_filter(Ids.goods, "goods", _("Items"), goods, wanted.goods or GOODS[0]),
        choice_filter(Ids.basis, "basis", _("ABC by"), bases, wanted.basis or BASES[0]),
        choice_filter(
            Ids.location, "location", _("Location"), [*every, *choices["location"]], wanted.location or NOTHING
        ),
        choice_filter(
            Ids.category, "category", _("Category"), [*every, *choices["category"]], wanted.category or NOTHING
        ),
        choice_filter(Ids.flag, "flag", _("Stock"), [*every, *flags], wanted.flag or NOTHING),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
        dcc.Input(id=Ids.box, name="box", type="hidden", value=wanted.box or NOTHING),
    )


def _nothing() -> Component:
    return empty_state(
        _("There is nothing to classify yet. Import products, sales and stock."),
        action=_("Import data"),
        href="/data/import",
    )


def _stocking(wanted: ClassFilters) -> Component:
    """How the chosen box, or else the chosen category, is stocked."""
    scope = rule_scope(wanted)
    if scope is None:
        return html.P(_("Choose a box, or a category, to say how its items are stocked."), className="note")
    found = box_rules.box_stocking(viewer(), scope)
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    rule = found.rule
    none_own = (NOTHING, _("not set here"))
    target = "" if rule.service_target is None else round(rule.service_target * 100, 4)
    measures = [none_own, *((name, measure_name(name)) for name in box_rules.MEASURES)]
    methods = [none_own, *((name, method_name(name)) for name in box_rules.METHODS)]
    inputs = [
        field(_("Service target, %"), _number(Ids.rule_target, target, may_edit=may_edit)),
        field(_("Measure"), _choice(Ids.rule_measure, measures, rule.measure, may_edit=may_edit)),
        field(_("Method"), _choice(Ids.rule_method, methods, rule.method, may_edit=may_edit)),
        field(_("Priority, lowest first"), _number(Ids.rule_priority, rule.priority, may_edit=may_edit)),
        dbc.Button(
            _("Save rule"), id=Ids.save_rule, color="primary", size="sm", style={} if may_edit else {"display": "none"}
        ),
    ]
    return panel(
        dcc.Store(id=Ids.rule_seen, data=rule_seen(scope, found)),
        html.P(precedence_text(found), id=Ids.precedence, className="note"),
        html.Div(inputs, className="form-line"),
        html.P("", id=Ids.rule_outcome, className="note outcome", role="status"),
        html.Div(exceptions(found), id=Ids.exceptions),
        title=_("How %(name)s is stocked", name=scope.name),
    )


def _number(component_id: str, value: object, *, may_edit: bool) -> Component:
    return dbc.Input(id=component_id, type="number", step="any", value=value, disabled=not may_edit, size="sm")


def _choice(component_id: str, choices: list[tuple[str, str]], value: str | None, *, may_edit: bool) -> Component:
    options = [{"value": key, "label": text} for key, text in choices]
    return dbc.Select(id=component_id, options=options, value=value or NOTHING, disabled=not may_edit, size="sm")


def _limits(rules: ClassRules) -> Component:
    may_edit = viewer().may(Permission.INVENTORY_EDIT)
    inputs = rule_inputs(figures(rules), id_of=lambda name: str(getattr(Ids, name)), may_edit=may_edit)
    hidden = {} if may_edit else {"display": "none"}
    return panel(
        html.Details(
            [
                html.Summary(limits_text(rules), id=Ids.limits),
                html.Div(inputs, className="form-line"),
                dbc.Button(_("Save limits"), id=Ids.save, color="primary", size="sm", style=hidden),
                html.P("", id=Ids.outcome, className="note outcome", role="status"),
            ],
            className="class-limits",
        )
    )


def _list(wanted: ClassFilters) -> Component:
    money = wanted.basis != item_classes.VOLUME
    columns = [
        text_column("code", _("Item"), pinned="left", minWidth=100, maxWidth=130),
        text_column("name", _("Name"), minWidth=150, tooltipField="name"),
        text_column("location", _("Place"), minWidth=82, maxWidth=100, tooltipField="location_name"),
        text_column("abc", _("Class"), minWidth=70, maxWidth=80),
        figure_column("value", _("Value RM") if money else _("Units"), minWidth=95),
        percent_column("share", _("Share"), decimals=2, minWidth=80),
        percent_column("cumulated_share", _("Cumulated"), minWidth=95),
        figure_column("variation", _("CV"), decimals=2, minWidth=65),
        text_column("demand_class", _("Demand"), minWidth=100),
        text_column("seasonal", _("Seasonal"), minWidth=85, headerTooltip=_("Needs three whole years of demand")),
        figure_column("season_p", _("p"), decimals=3, minWidth=70),
        text_column("velocity", _("Velocity"), minWidth=85),
        figure_column("stock_value", _("Stock RM"), minWidth=90),
        figure_column("cover_days", _("Cover days"), minWidth=95),
        figure_column(
            "gmroi", _("GMROI"), decimals=1, minWidth=80, headerTooltip=_("Margin of the year over today's stock")
        ),
        figure_column("margin", _("Margin RM"), minWidth=95),
        text_column("movement", _("Flags"), minWidth=150),
    ]
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            columns,
            row_id="id",
            height=520,
            rowModelType="infinite",
        ),
    )
