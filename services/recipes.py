"""Recipes: what a product is made of on a day and what that costs, what a component goes into, and all costs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analytics.bom_explosion import path, total_requirements
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import recipes as queries
from services.form_values import calendar_day, quantity_of
from services.listed_rows import PAGE_ROWS, Sort, equal_to, in_order, mentioning, one_page
from services.plain_rows import plain_rows
from services.recipe_costs import lines_under, shared_costs, shared_lines

MOST_ROWS = 500
LARGEST_QUANTITY = 10**9
DEVIATES = 0.05
SHOWN = ("all", "deviating", "missing", "not_in_force")
COST_COLUMNS = (
    *("code", "name", "category", "kind", "uom", "state", "valid_from", "components", "cost", "standard_cost"),
    *("deviation", "deviation_share", "unit_price", "margin_share", "missing"),
)
TREE_COLUMNS = (
    *("depth", "parent", "component", "name", "kind", "uom", "state", "valid_from", "valid_until", "quantity"),
    *("scrap_share", "yield_share", "needed", "unit_cost", "extended_cost", "cost_share", "missing", "substitutes"),
)
OWN_ORDER = (("code", False),)


@dataclass(frozen=True, slots=True)
class CostFilters:
    """Which made products to list on a day; ``show`` is one of SHOWN, an empty text narrows nothing."""

    on: date
    search: str = ""
    category: str = ""
    show: str = "all"


@dataclass(frozen=True, slots=True)
class CostPage:
    """Some made products with their cost, how many the filters show, and how many of those lack a cost."""

    rows: list[dict[str, Any]]
    total: int
    without_cost: int
    deviating: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """One recipe of a product: its days, the last included; ``state`` is past, in_force or future."""

    valid_from: date
    valid_until: date | None
    yield_share: float
    components: int
    state: str


@dataclass(frozen=True, slots=True)
class RecipeTree:
    """A product with everything it is made of. Money is for one unit; ``rows`` are for ``quantity`` of it.

    Rows go down before they go on: TREE_COLUMNS and ``id``; those of another recipe have the state past or future and
    no cost. ``cut`` tells that there are more rows than are shown.
    """

    code: str
    name: str
    uom: str
    on: date
    quantity: float
    recipe: Recipe | None
    recipes: list[Recipe]
    rows: list[dict[str, Any]]
    cut: bool
    cost: float | None
    standard_cost: float | None
    unit_price: float | None
    missing: str | None

    @property
    def deviation_share(self) -> float | None:
        """By how much the rolled-up cost is above the standard cost."""
        return self.cost / self.standard_cost - 1 if self.cost is not None and self.standard_cost else None

    @property
    def margin_share(self) -> float | None:
        """What is left of the selling price."""
        return 1 - self.cost / self.unit_price if self.cost is not None and self.unit_price else None


def cost_filters(viewer: Viewer, *, on: object, search: object, category: object, show: object) -> CostFilters:
    """What a browser asked for; what it did not say is today and every made product.

    Inputs: a viewer with ``master.read`` and four texts, each may be empty.
    Returns: CostFilters.
    Raises: NotAllowed; InvalidInput for what is no day, or an unknown choice.
    Source: screens.md 22.
    """
    require(viewer, Permission.MASTER_READ)
    wanted = CostFilters(day_of(on), str(search or "").strip(), str(category or ""), str(show or "all"))
    if wanted.show not in SHOWN:
        raise InvalidInput(_("There is no such choice of recipes."))
    return wanted


def day_of(on: object) -> date:
    """The day a recipe is looked at.

    Inputs: on: a day, its text, or nothing for today.
    Returns: the day.
    Raises: InvalidInput for what is no day.
    Source: none; ours.
    """
    return calendar_day(on, name=_("On")) if on else today()


def asked_quantity(quantity: object) -> float:
    """How much of a product is asked for.

    Inputs: quantity: a number or its text; nothing for one.
    Returns: units above 0.
    Raises: InvalidInput.
    Source: security.md G10.
    """
    found = float(quantity_of(quantity if quantity not in (None, "") else 1, name=_("Quantity")))
    if not 0 < found <= LARGEST_QUANTITY:
        raise InvalidInput(_("Quantity: enter a number above 0."))
    return found


def cost_list(
    viewer: Viewer,
    filters: CostFilters,
    *,
    start: int = 0,
    end: int = PAGE_ROWS,
    sort: Sort = (),
) -> CostPage:
    """A page of the products that have a recipe, with what they cost on a day, by code unless sorted otherwise.

    Inputs: a viewer with ``master.read``, filters, first row and the one after the last (at most 100), columns to sort
        by, each with whether descending.
    Returns: CostPage; rows hold COST_COLUMNS.
    Raises: NotAllowed; InvalidInput for recipes that lead back to their product.
    Source: analytics.cost_rollup.
    """
    found = _listed(viewer, filters)
    page = one_page(found, sort, start=start, end=end, otherwise=OWN_ORDER, sortable=COST_COLUMNS)
    deviating = int((found["deviation_share"].abs() >= DEVIATES).sum())
    return CostPage(plain_rows(page), len(found), int(found["cost"].isna().sum()), deviating)


def costs_download(viewer: Viewer, filters: CostFilters, *, sort: Sort = ()) -> Iterator[list[Any]]:
    """The whole list of costs, for a file.

    Inputs: as cost_list.
    Returns: COST_COLUMNS of each made product.
    Raises: as cost_list.
    Source: product.md: the analyst downloads every table.
    """
    for row in plain_rows(_ordered(_listed(viewer, filters), sort)):
        yield [row[name] for name in COST_COLUMNS]


def categories(viewer: Viewer) -> list[str]:
    """The categories of made products.

    Inputs: a viewer with ``master.read``.
    Returns: names in order.
    Raises: as cost_list.
    Source: none; ours.
    """
    found = _listed(viewer, CostFilters(today()))
    return sorted(found["category"].unique())


def tree(viewer: Viewer, product_code: str, *, on: date, quantity: float = 1.0) -> RecipeTree:
    """Everything a product is made of, down to what is bought, with costs.

    Inputs: a viewer with ``master.read``, a product code, the day, and for how many units.
    Returns: RecipeTree, of at most MOST_ROWS rows.
    Raises: NotAllowed; NotFound; InvalidInput for recipes that lead back to their product.
    Source: issue of the data desk, point 7; formulas.md, BOM explosion.
    """
    require(viewer, Permission.MASTER_READ)
    with session_scope(viewer) as session:
        costs, lines = shared_costs(session, viewer, on=on), shared_lines(session, viewer, on=on)
        if product_code not in costs.index:
            raise NotFound(_("There is no such product."))
        grown = _Tree(session, costs, lines, on=on)
        rows = grown.rows(product_code, quantity)
        recipes = _recipes(session, product_code, on=on)
    found = plain_rows(costs.loc[[product_code]])[0]
    return RecipeTree(
        code=product_code,
        name=found["name"],
        uom=found["uom"],
        on=on,
        quantity=quantity,
        recipe=next((recipe for recipe in recipes if recipe.state == "in_force"), None),
        recipes=recipes,
        rows=rows[:MOST_ROWS],
        cut=len(rows) > MOST_ROWS,
        cost=found["total_cost"] if found["made"] else None,
        standard_cost=found["standard_cost"],
        unit_price=found["unit_price"],
        missing=found["missing"] if found["made"] else None,
    )


def tree_download(viewer: Viewer, product_code: str, *, on: date, quantity: float) -> Iterator[list[Any]]:
    """The tree for a file.

    Inputs: as tree.
    Returns: TREE_COLUMNS of each row.
    Raises: as tree.
    Source: product.md: the analyst downloads every table.
    """
    for row in tree(viewer, product_code, on=on, quantity=quantity).rows:
        yield [row[name] for name in TREE_COLUMNS]


def where_used(viewer: Viewer, component_code: str, *, on: date) -> list[dict[str, Any]]:
    """Everything that takes a component, at any level, up to finished goods; and what it may stand in for.

    Inputs: a viewer with ``master.read``, a product code, the day.
    Returns: rows by steps up, then code: code, name, kind, uom, steps (1 = direct; None: as a substitute), way (codes
        from it down to the component), needed (units of the component for one unit), cost_share (of its cost).
    Raises: NotAllowed; NotFound; InvalidInput for recipes that lead back to their product.
    Source: screens.md 12; formulas.md, BOM explosion.
    """
    require(viewer, Permission.MASTER_READ)
    with session_scope(viewer) as session:
        costs, lines = shared_costs(session, viewer, on=on), shared_lines(session, viewer, on=on)
        if component_code not in costs.index:
            raise NotFound(_("There is no such product."))
        substitutes = queries.substitutes(session, on=on)
    used = [*_users(costs, lines, component_code), *_stands_in(costs, substitutes, component_code)]
    return sorted(used, key=lambda row: (row["steps"] is None, row["steps"], row["code"]))


def _listed(viewer: Viewer, filters: CostFilters) -> pd.DataFrame:
    """COST_COLUMNS of the products that have a recipe and pass the filters."""
    require(viewer, Permission.MASTER_READ)
    with session_scope(viewer) as session:
        costs = shared_costs(session, viewer, on=filters.on)
        versions = queries.versions(session)
    found = costs[costs.index.isin(versions["product"])].join(_state(versions, on=filters.on))
    found["cost"] = found["total_cost"].where(found["made"])
    found["deviation"] = found["cost"] - found["standard_cost"]
    found["missing"] = found["missing"].where(found["made"] & found["cost"].isna(), None)
    found["deviation_share"] = found["deviation"] / found["standard_cost"].where(found["standard_cost"] > 0)
    found["margin_share"] = 1 - found["cost"] / found["unit_price"].where(found["unit_price"] > 0)
    return _filtered(found.rename_axis("code").reset_index(), filters)[list(COST_COLUMNS)]


def _state(versions: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """By product: valid_from and components of the recipe of a day, and whether it holds, is empty or comes later."""
    holds = versions[versions["valid_from"] <= on].groupby("product").last()
    later = versions[~versions["product"].isin(holds.index)].groupby("product").first()
    found = pd.concat(
        [
            holds.assign(state=np.where(holds["components"] > 0, "in_force", "empty")),
            later.assign(state="future"),
        ]
    )
    return found[["state", "valid_from", "components"]]


def _filtered(found: pd.DataFrame, filters: CostFilters) -> pd.DataFrame:
    keep = equal_to(found, filters, "category") & mentioning(found, filters.search, "code", "name")
    if filters.show == "deviating":
        keep &= found["deviation_share"].abs() >= DEVIATES
    elif filters.show == "missing":
        keep &= found["cost"].isna()
    elif filters.show == "not_in_force":
        keep &= found["state"] != "in_force"
    return found[keep]


def _ordered(found: pd.DataFrame, sort: Sort) -> pd.DataFrame:
    return in_order(found, sort, otherwise=OWN_ORDER, sortable=COST_COLUMNS)


def _recipes(session: Session, product: str, *, on: date) -> list[Recipe]:
    return [
        Recipe(
            valid_from=row["valid_from"],
            valid_until=row["next_from"] and row["next_from"] - timedelta(days=1),
            yield_share=row["yield_share"],
            components=row["components"],
            state=_state_of(row, on),
        )
        for row in plain_rows(queries.versions(session, product=product))
    ]


def _state_of(row: dict[str, Any], on: date) -> str:
    if row["valid_from"] > on:
        return "future"
    return "past" if row["next_from"] is not None and row["next_from"] <= on else "in_force"


class _Tree:
    """The rows under one product."""

    def __init__(self, session: Session, costs: pd.DataFrame, lines: pd.DataFrame, *, on: date) -> None:
        self.session, self.costs, self.lines, self.on = session, costs, lines, on

    def rows(self, root: str, quantity: float) -> list[dict[str, Any]]:
        made = self._made_in(root)
        self.under = {code: plain_rows(lines_under(self.lines, code)) for code in made}
        self.other = self._other_recipes(made)
        self.goods = {row["code"]: row for row in plain_rows(self.costs.loc[self._codes()].reset_index())}
        self.instead = self._substitutes()
        total = float(self.costs["total_cost"][root]) * quantity
        return list(self._below(root, quantity, way=(root,), total=total))

    def _made_in(self, root: str) -> list[str]:
        """The products in the tree that have a recipe, the root first."""
        seen, waiting = {root}, deque([root])
        while waiting:
            components = lines_under(self.lines, waiting.popleft())["component"]
            new = [code for code in components if code not in seen and self.costs.at[code, "made"]]
            seen.update(new)
            waiting.extend(new)
        return sorted(seen)

    def _other_recipes(self, made: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Lines of the recipe before and the one after that the recipe of the day does not have."""
        found: dict[str, list[dict[str, Any]]] = {code: [] for code in made}
        for row in plain_rows(queries.lines_of(self.session, made)):
            now = self.under[row["product"]]
            day = now[0] if now else {"valid_from": None, "next_from": None}
            beside = day["valid_from"] in (row["next_from"], None) or day["next_from"] == row["valid_from"]
            state = _state_of(row, self.on)
            if state != "in_force" and beside and all(line["component"] != row["component"] for line in now):
                found[row["product"]].append({**row, "state": state})
        return found

    def _codes(self) -> list[str]:
        listed = [*self.under.values(), *self.other.values()]
        return sorted({row["component"] for rows in listed for row in rows})

    def _substitutes(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in plain_rows(queries.substitutes(self.session, on=self.on)):
            found.setdefault((row["product"], row["component"]), []).append(row)
        return found

    def _below(self, parent: str, quantity: float, *, way: tuple[str, ...], total: float) -> Iterator[dict[str, Any]]:
        for line in self.under.get(parent, []):
            code = line["component"]
            needed = None if line["effective"] is None else quantity * line["effective"]
            below = (*way, code)
            yield self._row(line, below, needed=needed, total=total)
            if needed is not None and code in self.under:
                yield from self._below(code, needed, way=below, total=total)
        for line in self.other.get(parent, []):
            yield self._row(line, (*way, line["component"]), needed=None, total=total)

    def _row(self, line: dict[str, Any], way: tuple[str, ...], *, needed: float | None, total: float) -> dict[str, Any]:
        good = self.goods[line["component"]]
        state = line.get("state", "in_force")
        cost = None if needed is None or good["total_cost"] is None else needed * good["total_cost"]
        own = self.under.get(line["component"])
        instead = self.instead.get((line["product"], line["component"]), []) if state == "in_force" else []
        return {
            "id": f"{'/'.join(way)}@{line['valid_from']}",
            "depth": len(way) - 1,
            "parent": line["product"],
            "component": line["component"],
            **{name: good[name] for name in ("name", "kind", "uom", "made", "at_supplier_price")},
            "state": state,
            "valid_from": line["valid_from"],
            "valid_until": line["next_from"] and line["next_from"] - timedelta(days=1),
            "quantity": line["quantity"],
            "scrap_share": line["scrap_share"],
            "yield_share": own[0]["yield_share"] if own else None,
            "needed": needed,
            "unit_cost": good["total_cost"],
            "extended_cost": cost,
            "cost_share": cost / total if cost is not None and total > 0 else None,
            "missing": good["missing"],
            "substitutes": ", ".join(f"{row['substitute']} × {row['factor']:g}" for row in instead),
        }


def _users(costs: pd.DataFrame, lines: pd.DataFrame, component: str) -> Iterator[dict[str, Any]]:
    above, below = (costs.index.get_indexer(pd.Index(lines[name])) for name in ("product", "component"))
    place = int(costs.index.get_indexer(pd.Index([component]))[0])
    one = np.zeros(len(costs))
    one[place] = 1.0
    # Upwards: what a unit of each product takes of the component.
    needed = total_requirements(one, parent=below, component=above, quantity=lines["effective"])
    users = np.flatnonzero((needed > 0) & (np.arange(len(costs)) != place))
    for user in users[:MOST_ROWS]:
        way = path(above, component=below, items=len(costs), start=int(user), end=place)
        good = plain_rows(costs.iloc[[user]])[0]
        spent = float(needed[user] * costs["total_cost"].iloc[place])
        share = spent / good["total_cost"] if good["total_cost"] else None
        yield {
            "code": str(costs.index[user]),
            **{name: good[name] for name in ("name", "kind", "uom")},
            "steps": len(way) - 1,
            "way": " → ".join(costs.index[way]),
            "needed": float(needed[user]),
            "cost_share": share,
        }


def _stands_in(costs: pd.DataFrame, substitutes: pd.DataFrame, component: str) -> Iterator[dict[str, Any]]:
    for row in plain_rows(substitutes[substitutes["substitute"] == component]):
        good = plain_rows(costs.loc[[row["product"]]])[0]
        yield {
            "code": row["product"],
            **{name: good[name] for name in ("name", "kind", "uom")},
            "steps": None,
            "way": _("instead of %(component)s × %(factor)s", component=row["component"], factor=f"{row['factor']:g}"),
            "needed": None,
            "cost_share": None,
        }
