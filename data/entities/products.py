"""What is made, bought and sold: units, products, their packs and who follows whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.permissions import Permission
from data.entities.shared import (
    NAME_LENGTH,
    PRODUCT,
    PRODUCT_NAMES,
    SMALLEST,
    code,
    count,
    day,
    figure,
    share,
    text,
)
from data.exchange.fields import Entity, Rule

RETIRE = ("life_cycle", "retired")
UNIT_NAMES = "unit of measure, uom code, unit code, base unit of measure, meins, stock uom, measure, unit ukuran"

LIFE_CYCLE = code(
    *("life_cycle", "Life cycle", "Where it stands between planned and retired; active when empty.", "active"),
    "lifecycle, life cycle status, product status, status, mstae, kitaran hayat",
    choices=("planned", "launch", "active", "phase_out", "retired"),
)
LAUNCHED_ON = day(
    *("launched_on", "Launched on", "The first day it is or was sold.", "2025-02-01"),
    "launch date, introduction date, start date, valid from, tarikh pelancaran",
)
ENDS_ON = day(
    *("ends_on", "Ends on", "The last day it is sold.", "2027-12-31"),
    "end date, end of life, discontinued on, discontinue date, valid to, tarikh tamat",
)
ENDS_BEFORE_LAUNCH = Rule(
    key="ends_before_launch",
    field="ends_on",
    message="The product ends before it is launched.",
    remedy="Correct one of the two days.",
    broken=lambda row: row.ends_on < row.launched_on,
)

UNITS = Entity(
    name="units",
    label="Units of measure",
    help="One row for each unit that quantities are counted in.",
    table="unit_of_measure",
    right=Permission.MASTER_READ,
    subject="products",
    fields=(
        code(
            *("code", "Unit code", "Short code of the unit, as products and packs write it.", "CTN"),
            f"unit, uom, {UNIT_NAMES}, kod unit",
            required=True,
            key=True,
            max_length=16,
        ),
        text(
            *(
                "name",
                "Name",
                "The name people know it by.",
                "Carton",
                "unit name, uom name, description, nama, nama unit",
            ),
            required=True,
        ),
        count(
            *("decimals", "Decimals", "How many decimals its quantities have; none when empty.", "0"),
            "decimal places, precision, rounding precision, andec, perpuluhan",
            maximum=Decimal(6),
        ),
    ),
)

PRODUCTS = Entity(
    name="products",
    label="Products",
    help="One row for each finished good, semi-finished good, material or packaging item.",
    table="product",
    right=Permission.MASTER_READ,
    subject="products",
    retire=RETIRE,
    rules=(ENDS_BEFORE_LAUNCH,),
    fields=(
        code(
            *("code", "Product code", "Short code that is never given twice; other files name the product by it."),
            *("SAU-0001", f"product, {PRODUCT_NAMES}, no, id"),
            required=True,
            key=True,
        ),
        text(
            *("name", "Name", "The name people know it by.", "Chilli sauce 340 g"),
            "product name, item name, description, item description, material description, maktx, nama, nama produk",
            required=True,
            max_length=NAME_LENGTH,
        ),
        code(
            *("kind", "Kind", "Whether it is sold, made on the way, a material or packaging; finished when empty."),
            *("finished", "type, product type, item type, material type, mtart, jenis"),
            choices=("finished", "semi_finished", "material", "packaging"),
        ),
        text(
            *("category", "Category", "The widest group it belongs to; Unassigned when empty.", "Sauces"),
            "product category, item group, item category, material group, item category code, "
            "matkl, product group, product group id, kategori",
        ),
        text(
            *("family", "Family", "The group inside the category; Unassigned when empty.", "Chilli sauce"),
            "product family, subcategory, sub category, subgroup, product hierarchy, prdha, keluarga",
        ),
        text("brand", "Brand", "The brand it is sold under.", "Api", "brand name, trademark, jenama"),
        code(
            *("uom", "Base unit", "The unit all its quantities are in; EA when empty.", "EA"),
            f"unit, {UNIT_NAMES}, base uom, default unit of measure, inventory unit, inventory unit symbol",
            max_length=16,
        ),
        figure(
            *("units_per_case", "Units per case", "Base units in a case; one when empty.", "12"),
            "case size, pack size, pieces per carton, units per carton, unit sekotak",
            minimum=SMALLEST,
        ),
        code(
            *("storage", "Storage", "How it is kept; ambient when empty.", "ambient"),
            "storage condition, storage conditions, temperature, raube, penyimpanan",
            choices=("ambient", "chilled", "frozen"),
        ),
        count(
            *("shelf_life_days", "Shelf life in days", "Days from making to expiry; empty when it does not expire."),
            *("365", "shelf life, shelf life in days, expiration time, total shelf life, mhdhb, jangka hayat"),
        ),
        code(
            *("halal", "Halal", "State of its halal certificate; not_applicable when empty.", "certified"),
            "halal status, status halal",
            choices=("certified", "pending", "expired", "not_applicable"),
        ),
        day(
            *("halal_until", "Halal until", "The last day its halal certificate is valid.", "2027-06-30"),
            "halal expiry, halal valid until, tarikh tamat halal",
        ),
        figure(
            *("unit_cost", "Unit cost", "What one base unit costs, in the company's currency.", "2.85"),
            "cost, standard cost, standard price, valuation rate, cost price, stprs, kos, kos seunit",
        ),
        figure(
            *("unit_price", "Unit price", "What one base unit is sold for, in the company's currency, without tax."),
            *(
                "4.90",
                "price, sales price, list price, lst price, selling price, standard selling rate, harga, harga seunit",
            ),
        ),
        LIFE_CYCLE,
        LAUNCHED_ON,
        ENDS_ON,
    ),
)

PRODUCT_LIFE_CYCLE = Entity(
    name="product_life_cycle",
    label="Product life cycle",
    help="Life cycle, launch and end of products that are there already; nothing else of them is touched.",
    table="product",
    right=Permission.MASTER_READ,
    subject="products",
    retire=RETIRE,
    rules=(ENDS_BEFORE_LAUNCH,),
    fields=(
        # The row itself is referred to, so that an unknown code is refused instead of making half a product.
        replace(PRODUCT, column="id", required=True, key=True),
        LIFE_CYCLE,
        LAUNCHED_ON,
        ENDS_ON,
    ),
)

PACKS = Entity(
    name="packs",
    label="Packs",
    help="One row for each unit a product is packed in, with the base units it holds.",
    table="product_pack",
    right=Permission.MASTER_READ,
    subject="products",
    fields=(
        replace(PRODUCT, required=True, key=True),
        code(
            *("unit", "Pack unit", "The unit of the pack, by its code.", "CTN"),
            "uom, pack, packaging, packaging type, alternative unit, meinh, unit of measure, unit code, unit pek",
            reference="units",
            required=True,
            key=True,
            max_length=16,
        ),
        figure(
            *("base_units", "Base units", "How many base units of the product one pack holds.", "12"),
            "quantity, qty, contained quantity, conversion factor, factor, umrez, units, unit asas, kuantiti",
            required=True,
            minimum=SMALLEST,
        ),
        code("barcode", "Barcode", "The code printed on the pack.", "9551234567890", "ean, gtin, upc, ean11, kod bar"),
    ),
)

SUCCESSIONS = Entity(
    name="successions",
    label="Product successions",
    help="One row for each product that takes over demand of another from a day on.",
    table="product_succession",
    right=Permission.MASTER_READ,
    subject="products",
    fields=(
        replace(
            PRODUCT,
            name="predecessor",
            label="Predecessor code",
            help="The product that is replaced, by its code.",
            synonyms=("old product", "old item", "from product", "from item", "predecessor item", "produk lama"),
            required=True,
            key=True,
        ),
        replace(
            PRODUCT,
            name="successor",
            label="Successor code",
            help="The product that takes over, by its code.",
            example="SAU-0002",
            synonyms=(
                "new product",
                "new item",
                "to product",
                "to item",
                "successor item",
                "follow up",
                "produk baharu",
            ),
            required=True,
            key=True,
        ),
        day(
            *("starts_on", "Starts on", "The first day the successor takes over.", "2026-07-01"),
            "start date, effective date, valid from, date, tarikh mula",
            required=True,
        ),
        share(
            *("share", "Share", "Part of the predecessor's demand that moves, above 0 up to 1; 1 when empty.", "1"),
            "proportion, ratio, demand share, bahagian",
            minimum=SMALLEST,
        ),
    ),
    rules=(
        Rule(
            key="succeeds_itself",
            field="successor",
            message="A product cannot succeed itself.",
            remedy="Name two different products.",
            broken=lambda row: row.predecessor == row.successor,
        ),
    ),
)

ENTITIES = (UNITS, PRODUCTS, PRODUCT_LIFE_CYCLE, PACKS, SUCCESSIONS)
