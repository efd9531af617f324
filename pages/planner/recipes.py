"""Data › Recipes: what products are made of, what that costs, and where components go."""

from __future__ import annotations

from dataclasses import asdict

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from callbacks.planner.recipes import PATH, RECIPE, Ids, recipe_parts, wanted_costs
from components.download import list_download
from components.filters import choice_filter, day_filter, filter_form, text_filter
from components.forms import NOTHING, field
from components.grid import grid, said_when_empty
from components.page import empty_state, page_frame, panel
from components.recipe_columns import OTHER_RECIPE, change_columns, cost_columns, tree_columns, used_columns
from core.errors import NotFound
from core.i18n import _, day
from core.identity import viewer
from core.pages import Area, register_page
from core.permissions import Permission
from services import recipes
from services.glossary import definition
from services.recipes import CostFilters

register_page(
    __name__,
    path=PATH,
    permission=Permission.MASTER_READ,
    name="Recipes",
    area=Area.DATA,
    order=30,
    description="What products are made of, rolled-up costs, and where components are used",
)


def layout(
    product: str = "",
    on: str = "",
    quantity: str = "",
    *,
    search: str = "",
    category: str = "",
    show: str = "",
    **_query: str,
) -> Component:
    wanted = wanted_costs({"on": on, "search": search, "category": category, "show": show})
    try:
        return _page(wanted, product or _first(wanted), quantity)
    except NotFound as missing:
        back = empty_state(missing.message, action=_("All recipes"), href=PATH)
        return page_frame(back, title=_("Recipes"))


def _page(wanted: CostFilters, shown: str, quantity: str) -> Component:
    kept = {**asdict(wanted), "on": day(wanted.on)}
    may_edit = viewer().may(Permission.MASTER_EDIT)
    values = recipe_parts(shown, wanted, quantity) if shown else (None,) * len(RECIPE)
    parts = dict(zip((name for name, _property in RECIPE), values, strict=True))
    return page_frame(
        dcc.Store(id=Ids.filters, data=kept),
        dcc.Store(id=Ids.changed),
        dcc.Store(id=Ids.renewed),
        dcc.Store(id=Ids.changes),
        dcc.Store(id=Ids.product, data=parts[Ids.product]),
        _filters(wanted),
        html.Div([_list(may_edit=may_edit), _recipe(parts, quantity, may_edit=may_edit)], className="recipes")
        if shown
        else _nothing(),
        title=_("Recipes"),
        lead=_("What products are made of on a day, and what their material costs by the recipe."),
        actions=[
            dcc.Link(_("How is it reckoned?"), href=definition("cost-roll-up").href, className="note"),
            list_download("recipe-costs", kept, grid_id=Ids.rows, name=_("Costs")),
        ],
    )


def _first(wanted: CostFilters) -> str:
    """The first of the list, so that the page shows what it is for."""
    found = (
        recipes.cost_list(viewer(), wanted, end=1).rows
        or recipes.cost_list(viewer(), CostFilters(wanted.on), end=1).rows
    )
    return str(found[0]["code"]) if found else ""


def _nothing() -> Component:
    return empty_state(
        _("There is no recipe yet. Import products, then recipes: one row for each component."),
        action=_("Import data"),
        href="/data/import",
    )


def _filters(wanted: CostFilters) -> Component:
    shown = [
        ("all", _("All made products")),
        ("deviating", _("Off their standard cost")),
        ("missing", _("Without a cost")),
        ("not_in_force", _("No recipe that day")),
    ]
    every = [(NOTHING, _("All")), *((name, name) for name in recipes.categories(viewer()))]
    return filter_form(
        PATH,
        day_filter(Ids.on, "on", _("On"), day(wanted.on)),
        text_filter(Ids.search, "search", _("Search"), wanted.search, placeholder=_("code or name")),
        choice_filter(Ids.category, "category", _("Category"), every, wanted.category or NOTHING),
        choice_filter(Ids.show, "show", _("Show"), shown, wanted.show),
    )


def _list(*, may_edit: bool) -> Component:
    hidden = {} if may_edit else {"display": "none"}
    return panel(
        html.P("", id=Ids.totals, className="totals", role="status"),
        grid(
            Ids.rows,
            cost_columns(),
            row_id="code",
            selection="multiple",
            height=520,
            rowModelType="infinite",
        ),
        html.Div(
            dbc.Button(_("Use as standard cost …"), id=Ids.compare, color="primary", outline=True, size="sm"),
            className="form-line",
            style=hidden,
        ),
        html.Div(
            [
                html.P("", id=Ids.changes_note, className="note outcome", role="status"),
                grid(Ids.changes_rows, change_columns(), [], height=200),
                dbc.Button(_("Save these standard costs"), id=Ids.use_standard, color="primary", size="sm"),
            ],
            id=Ids.changes_panel,
            hidden=True,
        ),
        title=_("Made products"),
        note=_("Choose one to see its recipe; choose several to make their costs the standard."),
    )


def _recipe(parts: dict[str, object], quantity: str, *, may_edit: bool) -> Component:
    amount = dbc.Input(id=Ids.quantity, type="number", step="any", value=quantity or 1, debounce=True, size="sm")
    head = html.Div(
        [
            html.Div(
                [
                    html.H2(parts[Ids.title], id=Ids.title),
                    html.P(parts[Ids.subtitle], id=Ids.subtitle, className="note"),
                ]
            ),
            html.Div(
                [field(_("For how many"), amount), html.Div(parts[Ids.taken_along], id=Ids.taken_along)],
                className="page-actions",
            ),
        ],
        className="panel-head",
    )
    return html.Section(
        [
            head,
            html.Div(parts[Ids.facts], id=Ids.facts, className="recipe-facts"),
            html.Ul(parts[Ids.versions], id=Ids.versions, className="recipe-versions"),
            _tree(parts, may_edit=may_edit),
            html.H3(_("Where it is used")),
            _used(parts),
        ],
        className="panel",
    )


def _tree(parts: dict[str, object], *, may_edit: bool) -> Component:
    return html.Div(
        [
            html.P(
                _("Close and open a part with a click or the arrow keys. Lines in italics belong to another recipe."),
                className="note",
            ),
            grid(
                Ids.tree,
                tree_columns(editable=may_edit),
                parts[Ids.tree],  # type: ignore[arg-type]
                row_id="id",
                selection="single",
                height=360,
                options=said_when_empty(_("It is made of nothing that is known.")),
                rowClassRules=OTHER_RECIPE,
            ),
            html.P("", id=Ids.note, className="note outcome", role="status"),
            _edits(parts, may_edit=may_edit),
        ]
    )


def _used(parts: dict[str, object]) -> Component:
    return grid(
        Ids.used,
        used_columns(),
        parts[Ids.used],  # type: ignore[arg-type]
        height=200,
        options=said_when_empty(_("It goes into nothing.")),
    )


def _edits(parts: dict[str, object], *, may_edit: bool) -> Component:
    yield_share = parts[Ids.yield_share]
    lines = [
        [
            field(_("Component code"), dbc.Input(id=Ids.component, size="sm")),
            field(_("Quantity"), _figure(Ids.component_quantity)),
            field(_("Scrap %"), _figure(Ids.component_scrap)),
            _button(Ids.add, _("Add component")),
        ],
        [
            field(_("Substitute code"), dbc.Input(id=Ids.substitute, size="sm")),
            field(_("Factor"), _figure(Ids.factor)),
            _button(Ids.add_substitute, _("Add to the chosen line")),
        ],
        [field(_("Yield %"), _figure(Ids.yield_share, yield_share)), _button(Ids.save_yield, _("Save yield"))],
        [
            field(_("From"), dbc.Input(id=Ids.begin_on, type="date", size="sm")),
            _button(Ids.begin, _("Begin a new recipe")),
            _button(Ids.end_line, _("End the chosen line")),
        ],
    ]
    hint = _(
        "Quantity and scrap are changed in the tree. A recipe holds until the next one begins; to end a line is to "
        "begin a recipe without it."
    )
    return html.Details(
        [
            html.Summary(_("Change the recipe")),
            html.P(hint, className="note"),
            *(html.Div(line, className="form-line") for line in lines),
        ],
        className="recipe-edit",
        style={} if may_edit else {"display": "none"},
    )


def _figure(component_id: str, value: object = None) -> Component:
    # No bounds here: a browser sends nothing for a value out of them, and the reader would not learn why.
    return dbc.Input(id=component_id, type="number", step="any", size="sm", value=value)


def _button(component_id: str, text: str) -> Component:
    return dbc.Button(text, id=component_id, color="primary", outline=True, size="sm")
