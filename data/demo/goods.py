"""The finished goods: families, their packs, and their varieties."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pack:
    """A sales unit: net weight, units per case, and the packaging it takes."""

    label: str
    kilograms: float
    per_case: int
    container: str
    carton: str = "carton_s"


@dataclass(frozen=True, slots=True)
class Variety:
    """One taste of a family. ``oem`` counts from 1; ``extras`` are kilograms per kilogram on top of the family's."""

    name: str
    extras: dict[str, float] = field(default_factory=dict)
    oem: int = 0
    small: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Varieties that share storage, shelf life, recipe and packs.

    A family that is made names its line; one that is bought has a supplier group and a cost per kilogram.
    """

    category: str
    name: str
    brand: str
    storage: str
    shelf_life_days: int
    uom: str
    recipe: dict[str, float]
    packs: tuple[Pack, ...]
    varieties: tuple[Variety, ...]
    line: str = ""
    bought_from: str = ""
    bought_cost_per_kg: float = 0.0


LINES = {
    "BEV-1": ("Bottling line", 2600.0),
    "BEV-2": ("Chilled filling line", 1500.0),
    "SAU-1": ("Paste kettles and filling", 700.0),
    "SAU-2": ("Bottled sauce line", 1500.0),
    "FRZ-1": ("Dough and pastry line", 700.0),
    "FRZ-2": ("Forming and freezing line", 600.0),
    "RTE-1": ("Retort line", 600.0),
    "RTE-2": ("Chilled kitchen", 250.0),
    "SNK-1": ("Fryer and bagging line", 250.0),
    "SNK-2": ("Bakery line", 250.0),
    "KIT-1": ("Central kitchen", 1800.0),
}
"""Name and kilograms an hour of every line of the plant; semi-finished goods are made in the central kitchen."""

OEM_BRANDS = {1: "Kopitiam Heritage", 2: "Dapur Mak Limah"}


FAMILIES = (
    Family("Beverages", "Milk tea and coffee", "Warisan", "ambient", 270, "BTL",
           {"sugar_syrup": 0.12, "creamer": 0.03},
           (Pack("300 ml", 0.30, 24, "bottle_300"), Pack("240 ml can", 0.24, 24, "can_240")),
           (Variety("Teh Tarik Kaw", {"tea_extract": 0.16}, small=True),
            Variety("Kopi O Kampung", {"coffee": 0.020}, oem=1, small=True),
            Variety("White Coffee Ipoh", {"coffee": 0.018, "milk_powder": 0.02}),
            Variety("Cham Peng", {"coffee": 0.010, "tea_extract": 0.08})), line="BEV-1"),
    Family("Beverages", "Traditional coolers", "Kampung Cooler", "ambient", 300, "BTL",
           {"sugar_syrup": 0.14, "citric": 0.001},
           (Pack("500 ml", 0.50, 24, "bottle_500", "carton_l"), Pack("1 l", 1.00, 12, "bottle_1000", "carton_l")),
           (Variety("Sirap Bandung", {"milk_powder": 0.02, "colour": 0.0003, "flavour": 0.0008}),
            Variety("Cincau", {"grass_jelly": 0.03}), Variety("Teh Bunga Kekwa", {"chrysanthemum": 0.006}),
            Variety("Barli Limau", {"barley": 0.03, "calamansi": 0.02}),
            Variety("Kundur", {"winter_melon": 0.05}), Variety("Air Tebu", {"flavour": 0.001})), line="BEV-1"),
    Family("Beverages", "Soya milk", "Segar", "chilled", 32, "BTL", {"soya_base": 0.62, "sugar": 0.05},
           (Pack("500 ml", 0.50, 24, "bottle_500", "carton_l"), Pack("1 l", 1.00, 12, "bottle_1000", "carton_l")),
           (Variety("Soya Asli", small=True), Variety("Soya Kurang Manis"),
            Variety("Soya Bijan Hitam", {"sesame": 0.02})), line="BEV-2"),
    Family("Beverages", "Juice drinks", "Segar", "chilled", 45, "BTL", {"sugar": 0.08, "stabiliser": 0.001},
           (Pack("300 ml", 0.30, 24, "bottle_300"), Pack("1 l", 1.00, 12, "bottle_1000", "carton_l")),
           (Variety("Limau Kasturi Asam Boi", {"calamansi": 0.09}), Variety("Jambu Merah", {"guava": 0.15}),
            Variety("Mangga", {"mango": 0.15})), line="BEV-2"),
    Family("Beverages", "Cordials", "Kampung Cooler", "ambient", 540, "BTL", {},
           (Pack("1 l", 1.25, 12, "bottle_1000", "carton_l"), Pack("2 l", 2.50, 6, "jerrycan", "carton_l")),
           (Variety("Kordial Ros", small=True), Variety("Kordial Mangga"), Variety("Kordial Sarsi")),
           bought_from="traded", bought_cost_per_kg=3.40),
    Family("Sauces", "Sambal", "Warisan", "ambient", 365, "JAR", {"sambal_base": 0.75, "sugar": 0.08},
           (Pack("180 g", 0.18, 24, "jar_glass"), Pack("1 kg", 1.00, 10, "pouch_1000")),
           (Variety("Sambal Tumis", {"tamarind": 0.03}, small=True), Variety("Sambal Belacan", {"belacan": 0.05}),
            Variety("Sambal Ikan Bilis", {"anchovy": 0.09}), Variety("Sambal Udang Kering", {"dried_shrimp": 0.05})),
           line="SAU-1"),
    Family("Sauces", "Chilli and tomato sauce", "Warisan", "ambient", 540, "BTL",
           {"sugar": 0.20, "vinegar": 0.10, "starch": 0.04, "salt": 0.02},
           (Pack("340 g", 0.34, 24, "bottle_sauce"), Pack("1 kg", 1.00, 12, "bottle_1000"),
            Pack("5 kg", 5.00, 4, "jerrycan", "carton_l")),
           (Variety("Sos Cili", {"chilli": 0.16}, small=True),
            Variety("Sos Cili Bawang Putih", {"chilli": 0.14, "garlic": 0.06}),
            Variety("Sos Tomato", {"tomato_paste": 0.22})), line="SAU-2"),
    Family("Sauces", "Soy sauce", "Cap Kuali", "ambient", 720, "BTL",
           {"soybean": 0.14, "flour": 0.06, "salt": 0.12},
           (Pack("345 ml", 0.40, 24, "bottle_glass"), Pack("5 l", 5.50, 4, "jerrycan", "carton_l")),
           (Variety("Kicap Manis", {"sugar": 0.32}, small=True), Variety("Kicap Masin"),
            Variety("Kicap Pekat", {"sugar": 0.20})), line="SAU-2"),
    Family("Sauces", "Cooking paste", "Warisan", "ambient", 450, "PKT",
           {"rempah_base": 0.55, "onion": 0.12, "oil": 0.10, "chilli": 0.08},
           (Pack("200 g", 0.20, 24, "pouch_200"), Pack("1 kg", 1.00, 10, "pouch_1000")),
           (Variety("Pes Rendang", {"kerisik": 0.10, "coconut_milk": 0.12}, oem=2, small=True),
            Variety("Pes Kari Ayam", {"curry_spice": 0.06}), Variety("Pes Asam Pedas", {"tamarind": 0.10}),
            Variety("Pes Laksa Nyonya", {"dried_shrimp": 0.03, "coconut_milk": 0.10}),
            Variety("Pes Tom Yam", {"tamarind": 0.05, "calamansi": 0.03}),
            Variety("Kuah Kacang Satay", {"peanut": 0.30})), line="SAU-1"),
    Family("Frozen", "Roti and paratha", "Warisan", "frozen", 365, "PKT", {"dough": 1.02},
           (Pack("5 pcs 400 g", 0.40, 20, "bag_400", "carton_l"),
            Pack("20 pcs 1.6 kg", 1.60, 6, "bag_1000", "carton_l")),
           (Variety("Roti Canai", small=True), Variety("Paratha Bawang", {"onion": 0.06}),
            Variety("Capati Atta", {"flour": 0.10})), line="FRZ-1"),
    Family("Frozen", "Frozen savouries", "Warisan", "frozen", 365, "PKT", {"dough": 0.50, "oil": 0.05},
           (Pack("10 pcs 400 g", 0.40, 20, "bag_400", "carton_l"),
            Pack("30 pcs 1.2 kg", 1.20, 8, "bag_1000", "carton_l")),
           (Variety("Karipap Kentang", {"potato": 0.45, "curry_spice": 0.02}, small=True),
            Variety("Popia Sayur", {"vegetable": 0.50}), Variety("Samosa Daging", {"beef": 0.25, "potato": 0.20}),
            Variety("Cucur Badak", {"potato": 0.40, "dried_shrimp": 0.02})), line="FRZ-1"),
    Family("Frozen", "Seafood balls", "Segar", "frozen", 300, "PKT", {},
           (Pack("500 g", 0.50, 20, "bag_400", "carton_l"), Pack("1 kg", 1.00, 10, "bag_1000", "carton_l")),
           (Variety("Bebola Ikan", small=True), Variety("Bebola Sotong"), Variety("Kek Ikan")),
           bought_from="traded_frozen", bought_cost_per_kg=10.20),
    Family("Frozen", "Chicken and beef", "Warisan", "frozen", 300, "PKT", {"starch": 0.05, "salt": 0.01, "oil": 0.04},
           (Pack("400 g", 0.40, 20, "bag_400", "carton_l"), Pack("1 kg", 1.00, 10, "bag_1000", "carton_l")),
           (Variety("Nuget Ayam", {"chicken": 0.72, "flour": 0.14}, small=True),
            Variety("Burger Ayam", {"chicken": 0.80, "onion": 0.05}),
            Variety("Burger Daging", {"beef": 0.68, "onion": 0.06}),
            Variety("Sosej Ayam", {"chicken": 0.82, "flavour": 0.002})), line="FRZ-2"),
    Family("Ready meals", "Retort rice", "Dapur Warisan", "ambient", 365, "EA", {"rice_base": 0.62},
           (Pack("300 g", 0.30, 24, "tray_meal"), Pack("3 x 300 g", 0.90, 8, "sleeve", "carton_l")),
           (Variety("Nasi Lemak Rendang", {"rempah_base": 0.10, "beef": 0.14, "rice": 0.02}),
            Variety("Nasi Briyani Ayam", {"curry_spice": 0.02, "chicken": 0.22, "rice": 0.05}, small=True),
            Variety("Nasi Tomato Ayam Merah", {"tomato_paste": 0.06, "chicken": 0.20, "sambal_base": 0.05}, small=True),
            Variety("Bubur Lambuk", {"chicken": 0.10, "coconut_milk": 0.05})), line="RTE-1"),
    Family("Ready meals", "Chilled meals", "Dapur Warisan", "chilled", 24, "EA", {"oil": 0.03, "onion": 0.04},
           (Pack("320 g", 0.32, 12, "bowl_meal"),),
           (Variety("Nasi Goreng Kampung", {"rice": 0.30, "anchovy": 0.02, "sambal_base": 0.06}, small=True),
            Variety("Mee Goreng Mamak", {"noodle": 0.28, "egg": 0.06, "sambal_base": 0.06}),
            Variety("Laksa Johor", {"noodle": 0.24, "fish": 0.12, "rempah_base": 0.10}),
            Variety("Kuey Teow Goreng", {"vermicelli": 0.28, "egg": 0.06}),
            Variety("Nasi Kerabu", {"rice": 0.32, "fish": 0.10, "kerisik": 0.03})), line="RTE-2"),
    Family("Ready meals", "Instant cups", "Dapur Warisan", "ambient", 300, "EA", {},
           (Pack("75 g", 0.075, 24, "bowl_meal"), Pack("6 x 75 g", 0.45, 8, "sleeve", "carton_l")),
           (Variety("Mi Kari Cup", small=True), Variety("Laksa Utara Cup"), Variety("Bihun Sup Cup"),
            Variety("Mi Sup Ayam Cup")),
           bought_from="traded", bought_cost_per_kg=17.50),
    Family("Snacks", "Crackers", "Rangup", "ambient", 180, "PKT", {"starch": 0.55, "oil": 0.25, "salt": 0.015},
           (Pack("60 g", 0.06, 40, "snack_60"), Pack("200 g", 0.20, 20, "snack_200")),
           (Variety("Keropok Ikan", {"fish": 0.30}, small=True), Variety("Keropok Udang", {"dried_shrimp": 0.08}),
            Variety("Keropok Sayur", {"vegetable": 0.20})), line="SNK-1"),
    Family("Snacks", "Chips", "Rangup", "ambient", 150, "PKT", {},
           (Pack("60 g", 0.06, 40, "snack_60"), Pack("200 g", 0.20, 20, "snack_200")),
           (Variety("Kerepek Pisang", small=True), Variety("Kerepek Ubi Pedas"), Variety("Kerepek Tempe")),
           bought_from="traded_snack", bought_cost_per_kg=19.00),
    Family("Snacks", "Nuts and murukku", "Rangup", "ambient", 210, "PKT", {"oil": 0.18, "salt": 0.015},
           (Pack("60 g", 0.06, 40, "snack_60"), Pack("200 g", 0.20, 20, "snack_200")),
           (Variety("Murukku Rempah", {"flour": 0.70, "curry_spice": 0.02}, small=True),
            Variety("Kacang Bawang Putih", {"peanut": 0.80, "garlic": 0.06}),
            Variety("Kacang Ikan Bilis", {"peanut": 0.60, "anchovy": 0.15}),
            Variety("Kacang Pedas", {"peanut": 0.78, "chilli_powder": 0.03})), line="SNK-1"),
    Family("Snacks", "Kuih raya", "Rangup", "ambient", 150, "TIN", {"flour": 0.50, "sugar": 0.20},
           (Pack("300 g tub", 0.30, 24, "tub"), Pack("400 g tin", 0.40, 12, "tin", "carton_l")),
           (Variety("Kuih Bahulu", {"egg": 0.45}, small=True),
            Variety("Kuih Kapit", {"coconut_milk": 0.30, "egg": 0.15}),
            Variety("Biskut Suji", {"margarine": 0.35}),
            Variety("Dodol", {"glutinous_rice": 0.25, "coconut_milk": 0.30})),
           line="SNK-2"),
)  # fmt: skip
