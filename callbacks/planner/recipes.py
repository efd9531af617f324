"""Data › Recipes: the list of costs, the tree and where-used of the chosen product, edits, standard costs."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.download import list_download
from components.forms import chosen, facts, status
from components.grid import requested_rows, requested_sort, selected_row
from components.recipe_columns import state_text
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import recipe_edits, recipes
from services.form_values import calendar_day, shown_quantity
from services.recipe_edits import CostChange
from services.recipes import CostFilters, CostPage, Recipe, RecipeTree

PATH = "/data/recipes"
FILTERS = ("on", "search", "category", "show")
BAR_LENGTH = 5
EIGHTHS = ("", *"▏▎▍▌▋▊▉")


class Ids(PageIds):
    filters: str
    on: str
    search: str
    category: str
    show: str
    rows: str
    totals: str
    changed: str
    renewed: str
    compare: str
    changes: str
    changes_panel: str
    changes_rows: str
    changes_note: str
    use_standard: str
    product: str
    title: str
    subtitle: str
    facts: str
    versions: str
    quantity: str
    tree: str
    used: str
    taken_along: str
    note: str
    yield_share: str
    save_yield: str
    component: str
    component_quantity: str
    component_scrap: str
    add: str
    substitute: str
    factor: str
    add_substitute: str
    begin_on: str
    begin: str
    end_line: str


RECIPE = (
    (Ids.product, "data"),
    (Ids.title, "children"),
    (Ids.subtitle, "children"),
    (Ids.facts, "children"),
    (Ids.versions, "children"),
    (Ids.tree, "rowData"),
    (Ids.used, "rowData"),
    (Ids.taken_along, "children"),
    (Ids.yield_share, "value"),
)

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_costs(request: object, filters: object) -> tuple[dict[str, Any], str]:
    start, count = requested_rows(request)
    found = recipes.cost_list(
        viewer(), wanted_costs(filters), start=start, end=start + count, sort=requested_sort(request)
    )
    rows = [{**row, "state_text": state_text(row["state"])} for row in found.rows]
    return {"rowData": rows, "rowCount": found.total}, totals_text(found)


@callback(
    *(Output(*part) for part in RECIPE),
    Input(Ids.rows, "selectedRows"),
    Input(Ids.quantity, "value"),
    Input(Ids.changed, "data"),
    State(Ids.product, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_recipe(selected: object, quantity: object, _changed: object, seen: object, filters: object) -> tuple[Any, ...]:
    picked = selected[-1] if isinstance(selected, list) and selected else None
    code = picked.get("code") if isinstance(picked, dict) else None
    known = seen.get("code") if isinstance(seen, dict) else None
    if not (code or known):
        return (no_update,) * len(RECIPE)
    return recipe_parts(str(code or known), wanted_costs(filters), quantity)


@callback(
    Output(Ids.note, "children"),
    Output(Ids.changed, "data"),
    Input(Ids.tree, "cellValueChanged"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def save_cell(edits: object) -> tuple[Any, Any]:
    edit = edits[0] if isinstance(edits, list) and edits and isinstance(edits[0], dict) else {}
    if not isinstance(edit.get("data"), dict):
        return no_update, no_update
    told = recipe_edits.save_cell(
        viewer(),
        line_key(edit["data"]),
        str(edit.get("colId")),
        before=edit.get("oldValue"),
        after=edit.get("value"),
    )
    return told, change_mark(edit.get("timestamp"))


@callback(
    Output(Ids.note, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.save_yield, "n_clicks"),
    State(Ids.yield_share, "value"),
    State(Ids.product, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def save_yield(clicks: int | None, value: object, seen: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    key = {name: text_of(seen, name) for name in ("product", "valid_from", "component")}
    after = {"yield_share": recipe_edits.share_text(value, name=_("Yield"))}
    recipe_edits.save_line(viewer(), key, before={"yield_share": text_of(seen, "yield_share")}, after=after)
    return _("The yield is saved."), change_mark(f"yield {clicks}")


@callback(
    Output(Ids.note, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.add, "n_clicks"),
    State(Ids.component, "value"),
    State(Ids.component_quantity, "value"),
    State(Ids.component_scrap, "value"),
    State(Ids.product, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def add_component(
    clicks: int | None, component: object, quantity: object, scrap: object, seen: object
) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    values = {
        "product": text_of(seen, "code"),
        "valid_from": text_of(seen, "valid_from") or text_of(seen, "on"),
        "component": str(component or ""),
        "quantity": str(quantity or ""),
        "scrap_share": recipe_edits.share_text(scrap, name=_("Scrap")),
    }
    recipe_edits.add_component(viewer(), values)
    return _("%(code)s is added.", code=values["component"]), change_mark(f"add {clicks}")


@callback(
    Output(Ids.note, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.add_substitute, "n_clicks"),
    State(Ids.substitute, "value"),
    State(Ids.factor, "value"),
    State(Ids.tree, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def add_substitute(clicks: int | None, substitute: object, factor: object, selected: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    values = {**line_key(chosen_line(selected)), "substitute": str(substitute or ""), "factor": str(factor or "")}
    recipe_edits.add_substitute(viewer(), values)
    return _("%(code)s is a substitute now.", code=values["substitute"]), change_mark(f"substitute {clicks}")


@callback(
    Output(Ids.note, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.begin, "n_clicks"),
    State(Ids.begin_on, "value"),
    State(Ids.product, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def begin_recipe(clicks: int | None, begins: object, seen: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    first = calendar_day(begins, name=_("From"))
    recipe_edits.begin_recipe(viewer(), text_of(seen, "code"), valid_from=first)
    return _("A new recipe begins on %(day)s; look at that day to change it.", day=day(first)), change_mark(
        f"begin {clicks}"
    )


@callback(
    Output(Ids.note, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.end_line, "n_clicks"),
    State(Ids.begin_on, "value"),
    State(Ids.tree, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def end_line(clicks: int | None, begins: object, selected: object) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    line, first = line_key(chosen_line(selected)), calendar_day(begins, name=_("From"))
    recipe_edits.begin_recipe(viewer(), line["product"], valid_from=first, without=[line["component"]])
    said = {"component": line["component"], "product": line["product"], "day": day(first)}
    return _("From %(day)s on, %(product)s is made without %(component)s.", **said), change_mark(f"end {clicks}")


@callback(
    Output(Ids.changes, "data"),
    Output(Ids.changes_rows, "rowData"),
    Output(Ids.changes_note, "children"),
    Output(Ids.changes_panel, "hidden"),
    Input(Ids.compare, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.product, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def show_changes(clicks: int | None, selected: object, seen: object, filters: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    rows = selected if isinstance(selected, list) else []
    codes = [str(row["code"]) for row in rows if isinstance(row, dict) and "code" in row] or [text_of(seen, "code")]
    found = recipe_edits.cost_changes(viewer(), codes, on=wanted_costs(filters).on)
    kept = [{**asdict(change), "old": old_text(change), "new": str(change.new)} for change in found]
    return kept, [change_row(change) for change in found], changes_text(len(codes), len(found)), False


@callback(
    Output(Ids.changes_note, "children", allow_duplicate=True),
    Output(Ids.changes, "data", allow_duplicate=True),
    Output(Ids.changes_rows, "rowData", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input(Ids.use_standard, "n_clicks"),
    State(Ids.changes, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def use_as_standard(clicks: int | None, kept: object) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 4
    changes = [change_of(row) for row in kept if isinstance(row, dict)] if isinstance(kept, list) else []
    saved = recipe_edits.use_as_standard(viewer(), changes)
    told = _("%(count)s standard costs are saved.", count=number(saved.changed))
    return told, [], [], change_mark(f"standard {clicks}")


def wanted_costs(filters: object) -> CostFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return recipes.cost_filters(viewer(), **{name: chosen(given.get(name)) for name in FILTERS})


def recipe_parts(code: str, wanted: CostFilters, quantity: object) -> tuple[Any, ...]:
    """The values of RECIPE for one product."""
    found = recipes.tree(viewer(), code, on=wanted.on, quantity=recipes.asked_quantity(quantity))
    used = recipes.where_used(viewer(), code, on=wanted.on)
    return (
        seen_recipe(found),
        f"{found.code} · {found.name}",
        subtitle_text(found),
        recipe_facts(found),
        [version_link(found, recipe) for recipe in found.recipes],
        [tree_row(row) for row in found.rows],
        used,
        downloads(found),
        percentage(found.recipe.yield_share) if found.recipe else None,
    )


def seen_recipe(found: RecipeTree) -> dict[str, Any]:
    """What was on the screen: for edits, which say what they saw. The first line stands for its recipe."""
    first = next((row for row in found.rows if row["depth"] == 1 and row["state"] == "in_force"), None)
    return {
        "code": found.code,
        "on": day(found.on),
        "product": found.code,
        "valid_from": day(found.recipe.valid_from) if found.recipe else "",
        "component": first["component"] if first else "",
        "yield_share": str(found.recipe.yield_share) if found.recipe else "",
    }


def subtitle_text(found: RecipeTree) -> Any:
    """Which recipe holds on the day."""
    if found.recipe is None:
        later = next((recipe for recipe in found.recipes if recipe.state == "future"), None)
        if later is None:
            return _("No recipe: it is bought, or its recipe is still to be written.")
        return status(
            _("No recipe holds on %(on)s; the first begins on %(day)s.", on=day(found.on), day=day(later.valid_from)),
            "warn",
        )
    text = _(
        "Recipe of %(day)s, yield %(share)s", day=day(found.recipe.valid_from), share=percent(found.recipe.yield_share)
    )
    cut = _(" · only the first %(count)s rows are shown", count=number(recipes.MOST_ROWS)) if found.cut else ""
    return text + cut


def recipe_facts(found: RecipeTree) -> Component:
    """What one unit costs by its recipe, beside its standard cost and its price."""
    missing = f"{EMPTY} ({_('no cost: %(code)s', code=found.missing)})" if found.missing else EMPTY
    cost = missing if found.cost is None else money(found.cost, decimals=4)
    pairs = [
        (_("Material by recipe"), f"{cost} / {found.uom}"),
        (_("Standard cost"), money(found.standard_cost, decimals=4)),
        (_("Deviation"), percent(found.deviation_share)),
        (_("Selling price"), money(found.unit_price, decimals=2)),
        (_("Margin over material"), percent(found.margin_share)),
    ]
    if found.quantity != 1 and found.cost is not None:
        name = _("For %(quantity)s %(uom)s", quantity=shown_quantity(found.quantity), uom=found.uom)
        pairs.append((name, money(found.cost * found.quantity, decimals=2)))
    return facts(pairs)


def version_link(found: RecipeTree, recipe: Recipe) -> Component:
    """One recipe of the product, to be looked at on its first day."""
    names = {"past": _("past"), "in_force": _("in force"), "future": _("future")}
    days = f"{day(recipe.valid_from)} – {day(recipe.valid_until) if recipe.valid_until else _('open end')}"
    text = f"{days} ({names[recipe.state]})"
    if recipe.state == "in_force":
        return html.Li(html.Strong(text))
    asked = {"product": found.code, "on": day(recipe.valid_from)}
    return html.Li(dcc.Link(text, href=f"{PATH}?{urlencode(asked)}"))


def tree_row(row: dict[str, Any]) -> dict[str, Any]:
    """One row as the grid shows it."""
    return {
        **row,
        "parts": row["state"] == "in_force" and row["yield_share"] is not None,
        "scrap": percentage(row["scrap_share"]),
        "share": share_bar(row["cost_share"]),
        "note": row_note(row),
        "valid_from": day(row["valid_from"]),
        "valid_until": day(row["valid_until"]) if row["valid_until"] else "",
    }


def share_bar(share: float | None) -> str:
    """A share as a bar of blocks and a figure."""
    if share is None:
        return EMPTY
    whole, eighths = divmod(round(share * BAR_LENGTH * len(EIGHTHS)), len(EIGHTHS))
    return f"{'█' * whole}{EIGHTHS[eighths]} {percent(share)}"


def row_note(row: dict[str, Any]) -> str:
    """What is unusual about a row."""
    if row["state"] == "future":
        return _("from %(day)s on", day=day(row["valid_from"]))
    if row["state"] == "past":
        return _("until %(day)s", day=day(row["valid_until"]))
    if row["missing"]:
        return _("no cost: %(code)s", code=row["missing"])
    return _("at its supplier's price") if row["at_supplier_price"] and not row["made"] else ""


def downloads(found: RecipeTree) -> Component | None:
    """The tree as a file."""
    asked = {"product": found.code, "on": day(found.on), "quantity": str(found.quantity)}
    return list_download("recipe-tree", asked, name=_("Tree"))


def totals_text(found: CostPage) -> str:
    """What the whole list tells."""
    return _(
        "%(count)s made products · %(deviating)s off their standard cost by 5 %% or more · %(missing)s without a cost",
        count=number(found.total),
        deviating=number(found.deviating),
        missing=number(found.without_cost),
    )


def changes_text(asked: int, found: int) -> str:
    """What using the rolled-up costs would do."""
    if not found:
        return _("No standard cost would change: costs are missing, or the same.")
    return _(
        "%(found)s of %(asked)s products get another standard cost. It is material alone: hours on resources have no "
        "price in the data.",
        found=number(found),
        asked=number(asked),
    )


def change_row(change: CostChange) -> dict[str, Any]:
    return {
        "code": change.code,
        "name": change.name,
        "old": None if change.old is None else float(change.old),
        "new": float(change.new),
    }


def old_text(change: CostChange) -> str:
    return "" if change.old is None else str(change.old)


def change_of(row: dict[str, Any]) -> CostChange:
    """A change as it was shown; nonsense is refused by the records."""
    figures = [recipe_figure(row.get(name)) for name in ("old", "new")]
    if figures[1] is None:
        raise InvalidInput(_("No standard cost would change."))
    return CostChange(str(row.get("code")), str(row.get("name")), figures[0], figures[1])


def recipe_figure(text: object) -> Decimal | None:
    return Decimal(text) if isinstance(text, str) and text.replace(".", "", 1).isdigit() else None


def line_key(row: dict[str, Any]) -> dict[str, str]:
    """What names a line of a recipe."""
    return {
        "product": str(row.get("parent", "")),
        "valid_from": str(row.get("valid_from", "")),
        "component": str(row.get("component", "")),
    }


def chosen_line(selected: object) -> dict[str, Any]:
    """The one chosen row of the tree."""
    row = selected_row(selected)
    if row is None or row.get("state") != "in_force":
        raise InvalidInput(_("Choose a line of the tree that holds on this day first."))
    return row


def text_of(seen: object, name: str) -> str:
    return str(seen.get(name, "")) if isinstance(seen, dict) else ""


def percentage(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 4)


def change_mark(of: object) -> str:
    """Differs after every change, so that what shows it is renewed."""
    return str(of)
