"""What the plant buys and what its kitchen prepares: the tables of materials, packaging and semi-finished goods."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Material:
    """A bought item; ``price`` is RM per unit of measure, ``group`` says which suppliers sell it."""

    key: str
    name: str
    group: str
    price: float
    shelf_life_days: int | None
    storage: str = "ambient"
    uom: str = "KG"
    kind: str = "material"
    family: str = "Ingredients"
    small: bool = False


@dataclass(frozen=True, slots=True)
class SemiFinished:
    """An in-house preparation: kilograms of each component per kilogram, and the yield of its kettle."""

    key: str
    name: str
    recipe: dict[str, float]
    shelf_life_days: int
    yield_share: float
    small: bool = False


def _raw(
    key: str, name: str, group: str, price: float, life: int, *, storage: str = "ambient", small: bool = False
) -> Material:
    return Material(key, name, group, price, life, storage, small=small)


def _pack(key: str, name: str, group: str, price: float, *, small: bool = False) -> Material:
    return Material(key, name, group, price, None, uom="EA", kind="packaging", family="Packaging", small=small)


MATERIALS = (
    _raw("sugar", "Refined cane sugar", "staple", 2.85, 540, small=True),
    _raw("flour", "Wheat flour, high protein", "staple", 2.40, 240, small=True),
    _raw("salt", "Fine salt", "staple", 0.90, 720),
    _raw("starch", "Modified tapioca starch", "staple", 4.50, 540),
    _raw("vinegar", "White vinegar 4.5 %", "staple", 1.80, 540),
    _raw("soybean", "Soya beans, food grade", "staple", 3.90, 300),
    _raw("peanut", "Groundnuts, blanched", "staple", 7.00, 240),
    _raw("barley", "Pearl barley", "staple", 4.00, 360),
    _raw("rice", "Fragrant rice 5 % broken", "grain", 3.60, 360, small=True),
    _raw("glutinous_rice", "Glutinous rice", "grain", 4.80, 360),
    _raw("vermicelli", "Rice vermicelli", "grain", 5.20, 360),
    _raw("noodle", "Dried wheat noodle cake", "grain", 5.50, 300),
    _raw("oil", "Palm olein", "oil", 5.20, 300, small=True),
    _raw("margarine", "Bakery margarine", "oil", 8.00, 240),
    _raw("chilli", "Red chilli, blended", "fresh", 9.00, 60, storage="chilled", small=True),
    _raw("onion", "Shallots, peeled", "fresh", 5.50, 45, storage="chilled", small=True),
    _raw("garlic", "Garlic, peeled", "fresh", 6.00, 60, storage="chilled"),
    _raw("lemongrass", "Lemongrass, sliced", "fresh", 5.00, 60, storage="frozen"),
    _raw("galangal", "Galangal, sliced", "fresh", 6.50, 60, storage="frozen"),
    _raw("calamansi", "Calamansi juice", "fresh", 9.00, 120, storage="frozen"),
    _raw("guava", "Pink guava puree", "fresh", 7.00, 240, storage="frozen"),
    _raw("mango", "Mango puree", "fresh", 8.00, 240, storage="frozen"),
    _raw("potato", "Potato, diced", "fresh", 3.40, 90, storage="frozen"),
    _raw("vegetable", "Mixed vegetables", "fresh", 4.50, 180, storage="frozen"),
    _raw("winter_melon", "Winter melon concentrate", "fresh", 6.00, 240, storage="chilled"),
    _raw("egg", "Liquid whole egg", "fresh", 9.00, 60, storage="chilled"),
    _raw("chicken", "Chicken, boneless", "meat", 10.50, 180, storage="frozen", small=True),
    _raw("beef", "Beef, buffalo trimmings", "meat", 22.00, 270, storage="frozen"),
    _raw("anchovy", "Dried anchovies", "seafood", 32.00, 180),
    _raw("belacan", "Shrimp paste (belacan)", "seafood", 18.00, 360),
    _raw("dried_shrimp", "Dried shrimp", "seafood", 38.00, 180),
    _raw("fish", "Fish fillet", "seafood", 12.00, 240, storage="frozen"),
    _raw("curry_leaf", "Curry leaf powder", "spice", 24.00, 360),
    _raw("turmeric", "Turmeric powder", "spice", 11.00, 540),
    _raw("coriander", "Coriander powder", "spice", 10.00, 540),
    _raw("cumin", "Cumin powder", "spice", 16.00, 540),
    _raw("chilli_powder", "Chilli powder", "spice", 14.00, 540),
    _raw("tamarind", "Tamarind paste", "spice", 7.00, 360),
    _raw("sesame", "Black sesame", "spice", 12.00, 300),
    _raw("tomato_paste", "Tomato paste 28-30 Brix", "spice", 7.50, 540),
    _raw("coconut_milk", "Coconut milk 17 % fat", "coconut", 8.00, 360),
    _raw("kerisik", "Toasted coconut (kerisik)", "coconut", 15.00, 240),
    _raw("creamer", "Non-dairy creamer", "dairy", 11.00, 540),
    _raw("milk_powder", "Skimmed milk powder", "dairy", 16.00, 540),
    _raw("tea", "Black tea dust BOP", "leaf", 22.00, 720),
    _raw("coffee", "Roasted coffee, ground", "leaf", 30.00, 300),
    _raw("chrysanthemum", "Dried chrysanthemum", "leaf", 40.00, 540),
    _raw("grass_jelly", "Grass jelly extract", "leaf", 14.00, 540),
    _raw("flavour", "Natural flavours", "flavour", 58.00, 540),
    _raw("citric", "Citric acid", "flavour", 6.00, 720),
    _raw("colour", "Food colour, permitted", "flavour", 75.00, 720),
    _raw("stabiliser", "Stabiliser blend", "flavour", 36.00, 540),
    _pack("bottle_300", "PET bottle 300 ml with cap", "bottle", 0.36, small=True),
    _pack("bottle_500", "PET bottle 500 ml with cap", "bottle", 0.44),
    _pack("bottle_1000", "PET bottle 1 l with cap", "bottle", 0.62),
    _pack("bottle_sauce", "Squeeze bottle 340 g with cap", "bottle", 0.58),
    _pack("jerrycan", "HDPE jerrycan 5 kg", "bottle", 3.10),
    _pack("band", "Tamper-evident band", "flexible", 0.02),
    _pack("tray_meal", "Retort tray 300 g with film", "bottle", 0.85),
    _pack("bowl_meal", "PP bowl with lid", "bottle", 0.62),
    _pack("tub", "PET tub 300 g with lid", "bottle", 0.78),
    _pack("jar_glass", "Glass jar 180 g with lid", "glass", 0.95),
    _pack("bottle_glass", "Glass bottle 345 ml with cap", "glass", 0.88),
    _pack("can_240", "Steel can 240 ml with end", "metal", 0.48),
    _pack("tin", "Festive tin 400 g", "metal", 3.20),
    _pack("pouch_200", "Stand-up pouch 200 g", "flexible", 0.38, small=True),
    _pack("pouch_1000", "Stand-up pouch 1 kg", "flexible", 0.72),
    _pack("bag_400", "Freezer bag 400 g", "flexible", 0.24),
    _pack("bag_1000", "Freezer bag 1 kg", "flexible", 0.36),
    _pack("snack_60", "Metallised snack bag 60 g", "flexible", 0.16),
    _pack("snack_200", "Metallised snack bag 200 g", "flexible", 0.27),
    _pack("shrink", "Shrink sleeve", "flexible", 0.05),
    _pack("film_multi", "Multipack film", "flexible", 0.11),
    _pack("carton_s", "Shipping carton, small", "carton", 1.20, small=True),
    _pack("carton_l", "Shipping carton, large", "carton", 1.95),
    _pack("sleeve", "Printed sleeve", "carton", 0.21),
    _pack("display", "Shelf-ready tray", "carton", 0.95),
    _pack("label_s", "Label, small, wet glue", "label", 0.04),
    _pack("label_l", "Label, large, self-adhesive", "label", 0.07),
    _pack("label_halal", "Export label with halal mark", "label", 0.03),
)
PACKED_WITH = {
    "bottle_300": ("label_s",),
    "bottle_500": ("label_s", "shrink"),
    "bottle_1000": ("label_l", "shrink"),
    "bottle_sauce": ("label_s", "band"),
    "jerrycan": ("label_l",),
    "jar_glass": ("label_s", "band"),
    "bottle_glass": ("label_s",),
    "tub": ("label_l",),
    "tin": ("label_l",),
    "sleeve": ("film_multi",),
    "tray_meal": ("sleeve",),
    "bowl_meal": ("sleeve",),
}
"""What else each container takes, one apiece."""

SUBSTITUTES = {
    "sugar_syrup": (("sugar", 0.66),),
    "milk_powder": (("creamer", 1.10),),
    "coconut_milk": (("kerisik", 0.40), ("creamer", 0.35)),
    "starch": (("flour", 1.25),),
    "margarine": (("oil", 0.82),),
    "chilli": (("chilli_powder", 0.18),),
    "tamarind": (("vinegar", 0.60),),
    "calamansi": (("citric", 0.06),),
    "label_s": (("label_l", 1.0),),
}
"""What the kitchen and the lines may take instead, the better one first, and how much of it for one unit."""

SEMI_FINISHED = (
    SemiFinished("rempah_base", "Rempah paste base", {"curry_spice": 0.22, "onion": 0.35, "lemongrass": 0.12,
                 "galangal": 0.10, "garlic": 0.10, "oil": 0.20}, 90, 0.95),
    SemiFinished("rice_base", "Cooked coconut rice", {"rice": 0.46, "coconut_milk": 0.12, "salt": 0.006}, 30, 0.97),
    SemiFinished("curry_spice", "Curry spice mix", {"coriander": 0.42, "cumin": 0.18, "turmeric": 0.16,
                 "chilli_powder": 0.20, "curry_leaf": 0.05}, 180, 0.99),
    SemiFinished("sambal_base", "Sambal base", {"chilli": 0.40, "onion": 0.30, "oil": 0.18, "belacan": 0.06,
                 "garlic": 0.08, "salt": 0.015}, 60, 0.94, small=True),
    SemiFinished("sugar_syrup", "Sugar syrup 65 Brix", {"sugar": 0.66, "citric": 0.002}, 60, 0.99, small=True),
    SemiFinished("tea_extract", "Tea extract", {"tea": 0.09}, 30, 0.96),
    SemiFinished("soya_base", "Soya milk base", {"soybean": 0.14, "salt": 0.001}, 30, 0.95),
    SemiFinished("dough", "Laminated dough", {"flour": 0.62, "oil": 0.07, "margarine": 0.09, "salt": 0.01,
                 "egg": 0.03}, 45, 0.96),
)  # fmt: skip
"""Those made of other semi-finished goods come first."""
