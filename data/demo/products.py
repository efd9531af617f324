"""The product master: finished goods, preparations, materials, their recipes, costs and life cycles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.goods import FAMILIES, OEM_BRANDS, Family, Pack, Variety
from data.demo.materials import MATERIALS, PACKED_WITH, SEMI_FINISHED, SUBSTITUTES
from data.demo.scale import Scale, stream

CONVERSION_COST_PER_KG = {"Beverages": 0.35, "Sauces": 0.80, "Frozen": 1.10, "Ready meals": 1.60, "Snacks": 1.80}
KITCHEN_COST_PER_KG = 0.30
PRICE_OVER_COST = {"Beverages": 1.95, "Sauces": 2.00, "Frozen": 1.75, "Ready meals": 1.85, "Snacks": 2.00}
PACKED_SCRAP, RAW_SCRAP = 0.01, 0.02
MADE_YIELD = 0.98
CODES = {"Beverages": "BEV", "Sauces": "SAU", "Frozen": "FRZ", "Ready meals": "RTE", "Snacks": "SNK"}
CODE_OF_KIND = {"material": "RAW", "packaging": "PKG", "semi_finished": "SEM"}

COLUMNS = [
    *("id", "code", "name", "kind", "category", "family", "brand", "uom", "units_per_case", "storage"),
    *("shelf_life_days", "halal", "halal_until", "unit_cost", "unit_price", "life_cycle", "launched_on", "ends_on"),
]


@dataclass(frozen=True, slots=True)
class Good:
    """One finished good: a variety in a pack."""

    family: Family
    variety: Variety
    pack: Pack

    @property
    def made(self) -> bool:
        return not self.family.bought_from


@dataclass(frozen=True, slots=True)
class Recipe:
    """Components (id to quantity per unit), and what share of a batch is good."""

    components: dict[int, float]
    yield_share: float


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All products; ``goods`` and ``recipes`` are by product id, ``groups`` says who may sell a bought item."""

    products: pd.DataFrame
    goods: dict[int, Good]
    recipes: dict[int, Recipe]
    groups: dict[int, str]
    bom: pd.DataFrame
    bom_line: pd.DataFrame
    bom_substitute: pd.DataFrame


def make_catalogue(scale: Scale, *, today: date, first_day: date) -> Catalogue:
    """The catalogue of a scale; recipes are valid from the first day."""
    goods = dict(enumerate(_goods(scale), start=1))
    semi = [item for item in SEMI_FINISHED if item.small or not scale.small_catalogue]
    bought = [item for item in MATERIALS if item.small or not scale.small_catalogue]
    keys = [*(item.key for item in semi), *(item.key for item in bought)]
    ids = {key: number for number, key in enumerate(keys, start=len(goods) + 1)}
    recipes = {ids[item.key]: Recipe(_known(item.recipe, ids), item.yield_share) for item in semi}
    recipes |= {number: Recipe(_packed(good, ids), MADE_YIELD) for number, good in goods.items() if good.made}
    costs = _costs({ids[item.key]: item.price for item in bought}, recipes, goods)
    products = pd.DataFrame(
        [
            *_good_rows(goods, costs),
            *((ids[item.key], item.name, "semi_finished", "Preparations", "KG", "chilled", item.shelf_life_days,
               costs[ids[item.key]]) for item in semi),
            *((ids[item.key], item.name, item.kind, item.family, item.uom, item.storage, item.shelf_life_days,
               item.price) for item in bought),
        ],
        columns=["id", "name", "kind", "family", "uom", "storage", "shelf_life_days", "unit_cost"],
    )  # fmt: skip
    products = _complete(products, goods, scale, today)
    groups = {number: good.family.bought_from for number, good in goods.items() if not good.made}
    groups |= {ids[item.key]: item.group for item in bought}
    bom, bom_line = _recipe_tables(recipes, products.set_index("id")["kind"], first_day)
    return Catalogue(products[COLUMNS], goods, recipes, groups, bom, bom_line, _substitutes(bom_line, ids))


def _goods(scale: Scale) -> Iterator[Good]:
    for family in FAMILIES:
        for variety in family.varieties:
            if scale.small_catalogue and not variety.small:
                continue
            for pack in family.packs[:1] if scale.small_catalogue else family.packs:
                yield Good(family, variety, pack)


def _known(recipe: dict[str, float], ids: dict[str, int]) -> dict[int, float]:
    """A small company's pantry lacks some ingredients."""
    return {ids[key]: quantity for key, quantity in recipe.items() if key in ids}


def _packed(good: Good, ids: dict[str, int]) -> dict[int, float]:
    pack, per_kg = good.pack, good.family.recipe.copy()
    for key, quantity in good.variety.extras.items():
        per_kg[key] = per_kg.get(key, 0.0) + quantity
    recipe = {key: round(quantity * pack.kilograms, 4) for key, quantity in per_kg.items()}
    recipe |= dict.fromkeys((pack.container, *PACKED_WITH.get(pack.container, ())), 1.0)
    recipe |= {pack.carton: round(1 / pack.per_case, 4)}
    if good.family.category == "Snacks":
        recipe["display"] = round(1 / pack.per_case, 4)
    if good.variety.oem == 0 and good.family.category in ("Sauces", "Frozen"):
        recipe["label_halal"] = 1.0
    return {number: max(quantity, 0.0001) for number, quantity in _known(recipe, ids).items()}


def _costs(prices: dict[int, float], recipes: dict[int, Recipe], goods: dict[int, Good]) -> dict[int, float]:
    costs = dict(prices)

    def cost(number: int) -> float:
        if number not in costs:
            good = goods.get(number)
            costs[number] = round(_made_cost(number, good) if number in recipes else _bought_cost(goods[number]), 4)
        return costs[number]

    def _made_cost(number: int, good: Good | None) -> float:
        recipe = recipes[number]
        used = sum(quantity * cost(component) for component, quantity in recipe.components.items())
        work = KITCHEN_COST_PER_KG
        if good is not None:
            work = CONVERSION_COST_PER_KG[good.family.category] * good.pack.kilograms
        return used * (1 + RAW_SCRAP) / recipe.yield_share + work

    for number in (*recipes, *goods):
        cost(number)
    return costs


def _bought_cost(good: Good) -> float:
    return good.family.bought_cost_per_kg * good.pack.kilograms + 0.35


def _good_rows(goods: dict[int, Good], costs: dict[int, float]) -> Iterator[tuple[object, ...]]:
    for number, good in goods.items():
        name = f"{_brand(good)} {good.variety.name} {good.pack.label}"
        family = good.family
        yield (number, name, "finished", family.name, family.uom, family.storage, family.shelf_life_days, costs[number])


def _brand(good: Good) -> str:
    return OEM_BRANDS.get(good.variety.oem, good.family.brand)


def _complete(products: pd.DataFrame, goods: dict[int, Good], scale: Scale, today: date) -> pd.DataFrame:
    category = {number: good.family.category for number, good in goods.items()}
    products["category"] = (
        products["id"]
        .map(category)
        .fillna(
            products["kind"].map({"semi_finished": "Semi-finished", "material": "Materials", "packaging": "Packaging"})
        )
    )
    prefix = products["category"].map(CODES).fillna(products["kind"].map(CODE_OF_KIND))
    products["code"] = prefix + "-" + (products.groupby(prefix).cumcount() + 1).map("{:03d}".format)
    products["brand"] = products["id"].map({number: _brand(good) for number, good in goods.items()})
    products["units_per_case"] = products["id"].map({n: good.pack.per_case for n, good in goods.items()}).fillna(1)
    products["unit_price"] = np.ceil(products["unit_cost"] * products["category"].map(PRICE_OVER_COST) * 10) / 10
    products["shelf_life_days"] = products["shelf_life_days"].astype("Int64")
    _add_life_cycle(products, goods, scale, today)
    _add_halal(products, today)
    return products


def _add_life_cycle(products: pd.DataFrame, goods: dict[int, Good], scale: Scale, today: date) -> None:
    """Some goods are new, some go; contract-made ones stay."""
    rng = stream("life cycle")
    free = np.array([number for number, good in goods.items() if good.variety.oem == 0])
    drawn = iter(rng.permutation(free).tolist())
    products["life_cycle"], products["launched_on"], products["ends_on"] = "active", None, None
    products.index = pd.Index(products["id"].to_numpy())

    def put(count: int, state: str, column: str, first: int, last: int) -> None:
        for days in np.linspace(first, last, count).round().astype(int).tolist():
            number = next(drawn)
            products.loc[number, "life_cycle"] = state
            products.loc[number, column] = today + timedelta(days=days)

    put(scale.planned, "planned", "launched_on", 30, 75)
    put(scale.new, "launch", "launched_on", -150, -35)
    put(scale.grown, "active", "launched_on", -min(scale.history_days - 60, 800), -220)
    put(scale.phasing_out, "phase_out", "ends_on", 25, 85)
    put(scale.retired, "retired", "ends_on", -min(scale.history_days - 150, 400), -45)


def _add_halal(products: pd.DataFrame, today: date) -> None:
    """Everything eaten is certified; of the goods a few certificates are due, run out or not there yet."""
    rng = stream("halal")
    days = rng.integers(75, 700, len(products))
    eaten = (products["kind"] != "packaging").to_numpy()
    state = np.where(eaten, "certified", "not_applicable").astype(object)
    goods = rng.permutation(np.flatnonzero(products["kind"] == "finished"))
    tenth = max(len(goods) // 50, 1)
    days[goods[:tenth]] = rng.integers(5, 30, tenth)
    days[goods[tenth : 2 * tenth]] = -rng.integers(3, 40, tenth)
    state[goods[tenth : 2 * tenth]] = "expired"
    state[goods[2 * tenth : 3 * tenth]] = "pending"
    dated = np.isin(state, ["certified", "expired"])
    products["halal"] = state
    products["halal_until"] = [
        today + timedelta(days=int(after)) if has_date else None for after, has_date in zip(days, dated, strict=True)
    ]


def _recipe_tables(
    recipes: dict[int, Recipe], kinds: pd.Series[str], first_day: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    bom = pd.DataFrame(
        {
            "id": range(1, len(recipes) + 1),
            "product_id": list(recipes),
            "valid_from": first_day,
            "yield_share": [recipe.yield_share for recipe in recipes.values()],
        }
    )
    rows = [
        (number, component, quantity, scrap_of(str(kinds[component])))
        for number, recipe in zip(bom["id"], recipes.values(), strict=True)
        for component, quantity in recipe.components.items()
    ]
    return bom, pd.DataFrame(rows, columns=["bom_id", "component_id", "quantity", "scrap_share"])


def _substitutes(bom_line: pd.DataFrame, ids: dict[str, int]) -> pd.DataFrame:
    """Table bom_substitute: for every line with a component that the pantry has something else for."""
    others = pd.DataFrame(
        [
            (ids[key], ids[other], factor, rank)
            for key, choices in SUBSTITUTES.items()
            for rank, (other, factor) in enumerate(choices, start=1)
            if {key, other} <= ids.keys()
        ],
        columns=["component_id", "substitute_id", "factor", "rank"],
    )
    return bom_line[["bom_id", "component_id"]].merge(others, on="component_id")


def scrap_of(kind: str) -> float:
    """What is lost of a component on the way into the batch."""
    return PACKED_SCRAP if kind == "packaging" else RAW_SCRAP
