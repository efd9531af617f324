"""Inventory › Classes: the nine boxes, the list of one, the limits between them."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import timedelta
from math import isfinite, isnan
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen
from components.grid import requested_page
from components.nine_box import BoxCard, box_card, nine_box
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import box_rules, class_rules, item_classes
from services.box_rules import BoxStocking, Scope
from services.class_rules import NAMES, ClassRules
from services.company_rules import as_entered
from services.item_classes import BASES, FLAGS, GOODS, UNCLASSIFIED, VOLUME, Box, ClassFilters, ClassPage, Matrix

PATH = "/inventory/classes"
POSITIONS_PATH = "/inventory/positions"
CHOICES = {"goods": GOODS, "basis": BASES, "flag": FLAGS, "box": (*item_classes.BOXES, UNCLASSIFIED)}


class Ids(PageIds):
    filters: str
    goods: str
    basis: str
    location: str
    category: str
    flag: str
    search: str
    box: str
    boxes: str
    rows: str
    totals: str
    changed: str
    renewed: str
    seen: str
    limits: str
    outcome: str
    a_share: str
    b_share: str
    x_limit: str
    y_limit: str
    fast_share: str
    medium_share: str
    slow_cover_days: str
    obsolete_days: str
    season_significance: str
    save: str
    rule_seen: str
    rule_target: str
    rule_measure: str
    rule_method: str
    rule_priority: str
    save_rule: str
    rule_outcome: str
    precedence: str
    exceptions: str


renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_items(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_classes(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: item_classes.item_classes(viewer(), wanted, start=start, end=end, sort=sort),
        item_row,
    )
    return answer, totals_text(found, wanted)


@callback(
    Output(Ids.boxes, "children"),
    Output(Ids.limits, "children"),
    Output(Ids.seen, "data"),
    Output(Ids.changed, "data"),
    Output(Ids.outcome, "children"),
    Input(Ids.save, "n_clicks"),
    *(State(getattr(Ids, name), "value") for name in NAMES),
    State(Ids.seen, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_limits(clicks: int | None, *given: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    *entered, seen, filters = given
    rules = class_rules.save_class_rules(viewer(), dict(zip(NAMES, entered, strict=True)), seen=seen)
    now = as_entered(rules)
    saved = _("Saved. All classes go by the new limits.")
    return boxes(wanted_classes(filters), rules), limits_text(rules), now, str(now), saved


@callback(
    Output(Ids.rule_seen, "data"),
    Output(Ids.precedence, "children"),
    Output(Ids.exceptions, "children"),
    Output(Ids.rule_outcome, "children"),
    Input(Ids.save_rule, "n_clicks"),
    State(Ids.rule_target, "value"),
    State(Ids.rule_measure, "value"),
    State(Ids.rule_method, "value"),
    State(Ids.rule_priority, "value"),
    State(Ids.rule_seen, "data"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_rule(clicks: int | None, *given: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    target, measure, method, priority, seen = given
    shown = seen if isinstance(seen, dict) else {}
    scope = Scope(box=chosen(shown.get("box")), category=chosen(shown.get("category")))
    found = box_rules.save_box_rule(
        viewer(),
        scope,
        target_percent=target,
        measure=measure,
        method=method,
        priority=priority,
        version=shown.get("version"),
    )
    saved = _("Saved. The next recalculation goes by it; large changes come into the policy review.")
    return rule_seen(scope, found), precedence_text(found), exceptions(found), saved


def rule_scope(wanted: ClassFilters) -> Scope | None:
    """What the rule on the page is for: the chosen box, else the chosen category."""
    if wanted.box in item_classes.BOXES:
        return Scope(box=wanted.box)
    return Scope(category=wanted.category) if wanted.category else None


def rule_seen(scope: Scope, found: BoxStocking) -> dict[str, Any]:
    """What the browser remembers of a rule."""
    return {"box": scope.box, "category": scope.category, "version": found.rule.version}


def precedence_text(found: BoxStocking) -> str:
    """Which rule comes first."""
    others = ", ".join(f"{name} ({priority})" for name, priority in found.others)
    text = _(
        "First an item's own target, then the rules by their priority, then the company's: %(target)s of cycles "
        "without stock-out, by reorder point.",
        target=percent(found.company_target),
    )
    return f"{text} {_('Other rules: %(rules)s.', rules=others)}" if others else text


def exceptions(found: BoxStocking) -> list[Component]:
    """The items that go their own way."""
    if not found.exceptions:
        return [html.P(_("No item of it has a service target of its own."), className="note")]
    links = [
        html.Li(
            dcc.Link(
                f"{row['code']} · {row['location']} · {percent(row['service_target'])}",
                href=f"{POSITIONS_PATH}?{urlencode({'search': row['code'], 'location': row['location']})}",
            )
        )
        for row in found.rows
    ]
    head = _("%(count)s with a service target of their own:", count=number(found.exceptions))
    return [html.P(head, className="note"), html.Ul(links, className="policy-exceptions note")]


def wanted_classes(filters: object) -> ClassFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    wanted = {field.name: chosen(given.get(field.name)) for field in fields(ClassFilters)}
    known = {name: text if text in CHOICES.get(name, (text,)) else "" for name, text in wanted.items()}
    return ClassFilters(**known)


def boxes(wanted: ClassFilters, rules: ClassRules) -> list[Component]:
    """The nine boxes, and what is in none of them."""
    found = item_classes.matrix(viewer(), wanted)
    cards = {box.key: _card(box, wanted) for box in (*found.boxes, found.unclassified)}
    rest = box_card(UNCLASSIFIED, cards)
    rows = (
        ("A", _("up to %(share)s", share=percent(rules.a_share, decimals=0))),
        ("B", _("up to %(share)s", share=percent(rules.b_share, decimals=0))),
        ("C", _("the rest")),
    )
    columns = (
        ("X", _("steady: CV below %(limit)s", limit=rules.x_limit)),
        ("Y", _("varies: CV up to %(limit)s", limit=rules.y_limit)),
        ("Z", _("erratic: CV above")),
    )
    return [
        html.P(window_text(found, wanted), className="note"),
        nine_box(cards, rows=rows, columns=columns, caption=_("Items by value and by variation of demand")),
        html.Div([html.Span(_("Not classified: no demand in these months, or no cost")), rest], className="box-rest"),
    ]


def _card(box: Box, wanted: ClassFilters) -> BoxCard:
    shown = wanted.box == box.key
    # The box that is shown leads back to all of them.
    query = {name: text for name, text in {**asdict(wanted), "box": "" if shown else box.key}.items() if text}
    cover = number(box.cover_days) if isfinite(box.cover_days) else EMPTY
    lines = [(_("Stock"), money(box.stock_value)), (_("Cover days"), cover if box.stock_value else EMPTY)]
    if box.key != UNCLASSIFIED:
        lines.insert(0, (_("Value"), percent(box.value_share)))
    return BoxCard(
        head=counted("1 item", "%(count)s items", box.items),
        lines=lines,
        href=f"{PATH}?{urlencode(query)}" if query else PATH,
        weight=0.0 if isnan(box.value_share) else max(box.value_share, 0.0),
        chosen=shown,
    )


def window_text(found: Matrix, wanted: ClassFilters) -> str:
    """What is counted, and of which days."""
    goods = wanted.goods or GOODS[0]
    basis = basis_name(wanted.basis or BASES[0]) if goods == item_classes.SOLD or wanted.basis == VOLUME else _("cost")
    return _(
        "%(goods)s, ranked by %(basis)s from %(first)s to %(last)s. Variation (CV) of the demand of these 12 months.",
        goods=goods_name(goods),
        basis=basis.lower(),
        first=day(found.year_start),
        last=day(found.before - timedelta(days=1)),
    )


def limits_text(rules: ClassRules) -> str:
    """The limits in force in a line."""
    return _(
        "Limits: A %(a)s, B %(b)s of value · X %(x)s, Y %(y)s CV · slow over %(slow)s days of cover · obsolete after "
        "%(old)s days without demand",
        a=percent(rules.a_share, decimals=0),
        b=percent(rules.b_share, decimals=0),
        x=rules.x_limit,
        y=rules.y_limit,
        slow=number(rules.slow_cover_days),
        old=number(rules.obsolete_days),
    )


def item_row(row: dict[str, Any]) -> dict[str, Any]:
    """One item as the grid shows it."""
    names = (
        "id", "product_id", "location_id", "code", "name", "location", "location_name", "value", "share",
        "cumulated_share", "variation", "season_p", "stock_value", "cover_days", "gmroi", "margin",
    )  # fmt: skip
    return {
        **{name: row[name] for name in names},
        "abc": f"{row['abc']}{row['xyz']}" if row["abc"] else EMPTY,
        "demand_class": demand_name(row["demand_class"]),
        "seasonal": seasonal_text(row["seasonal"]),
        "velocity": velocity_name(row["velocity"]),
        "movement": flags_text(row),
    }


def seasonal_text(seasonal: bool | None) -> str:
    """Whether an item has a season; none when its history is too short to tell."""
    return EMPTY if seasonal is None else _("yes") if seasonal else _("no")


def flags_text(row: dict[str, Any]) -> str:
    """What is wrong with the stock of an item, by mark and word."""
    flags = [item_classes.EXCESS] if row["excess"] else []
    flags += [row["movement"]] if row["movement"] in FLAGS else []
    return " ".join(f"▲ {flag_name(flag)}" for flag in flags)


def totals_text(found: ClassPage, wanted: ClassFilters) -> str:
    """What the whole list is worth."""
    shown = _("box %(box)s: ", box=wanted.box) if wanted.box and wanted.box != UNCLASSIFIED else ""
    return shown + counted(
        "1 item · value %(value)s · stock at cost %(stock)s · excess %(excess)s · slow and obsolete %(slob)s",
        "%(count)s items · value %(value)s · stock at cost %(stock)s · excess %(excess)s · slow and obsolete %(slob)s",
        found.total,
        value=number(found.value) if wanted.basis == VOLUME else money(found.value),
        stock=money(found.stock_value),
        excess=money(found.excess_value),
        slob=percent(found.slob_share),
    )


def goods_name(goods: str) -> str:
    return {item_classes.SOLD: _("Goods sold"), item_classes.USED: _("Goods used in production")}[goods]


def basis_name(basis: str) -> str:
    return {
        item_classes.REVENUE: _("Revenue"),
        item_classes.MARGIN: _("Margin"),
        item_classes.VOLUME: _("Volume"),
    }[basis]


def flag_name(flag: str) -> str:
    return {"excess": _("Excess"), "slow": _("Slow"), "obsolete": _("Obsolete")}[flag]


def demand_name(name: str) -> str:
    return {
        "smooth": _("smooth"),
        "erratic": _("erratic"),
        "intermittent": _("intermittent"),
        "lumpy": _("lumpy"),
        "no demand": _("no demand"),
    }[name]


def velocity_name(name: str) -> str:
    return {
        "fast": _("fast"),
        "medium": _("medium"),
        "slow": _("slow"),
        "not moving": _("not moving"),
        "unknown": EMPTY,
    }[name]
