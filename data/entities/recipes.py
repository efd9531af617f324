"""What products are made of, on what, and when that works."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.permissions import Permission
from data.entities.shared import NOTE, PRODUCT, RESOURCE, SMALLEST, count, day, figure, share
from data.exchange.fields import Entity, Header, Lookup, Rule

MADE = replace(
    PRODUCT,
    help="What is made, by its product code.",
    synonyms=(*PRODUCT.synonyms, "parent", "parent item", "finished good", "bom item", "bom product", "produk siap"),
    required=True,
    key=True,
)
VALID_FROM = day(
    *("valid_from", "Valid from", "The first day the recipe holds, until the next one of the product.", "2026-01-01"),
    "start date, effective date, effective start, effectivity, date, datuv, sah dari",
    required=True,
    key=True,
)
COMPONENT = replace(
    PRODUCT,
    name="component",
    label="Component code",
    help="What goes into it, by its product code.",
    example="RAW-0012",
    synonyms=(
        "component item",
        "ingredient",
        "raw material",
        "child",
        "child item",
        "bom line product",
        "idnrk",
        "bahan",
    ),
    required=True,
    key=True,
)

BOMS = Entity(
    name="boms",
    label="Recipes",
    help="One row for each component of a recipe; recipes of several levels are one recipe for each product made.",
    table="bom_line",
    header=Header(table="bom", link="bom_id", fields=("product", "valid_from", "yield_share")),
    right=Permission.MASTER_READ,
    fields=(
        MADE,
        VALID_FROM,
        share(
            *("yield_share", "Yield", "Part of a batch that comes out good, above 0 up to 1; 1 when empty.", "0.98"),
            "yield rate, yield percentage, output yield, hasil",
            minimum=SMALLEST,
        ),
        COMPONENT,
        figure(
            *("quantity", "Quantity", "Base units of the component for one base unit made, before scrap.", "0.25"),
            "qty, quantity per, qty per unit, component quantity, bom line quantity, menge, kuantiti",
            required=True,
        ),
        share(
            *("scrap_share", "Scrap", "Part of the component lost on the way, from 0 to 1; none when empty.", "0.02"),
            "scrap, scrap rate, waste, component scrap, ausch, sisa",
        ),
    ),
    rules=(
        Rule(
            key="made_of_itself",
            field="component",
            message="A product cannot be a component of itself.",
            remedy="Name another component, or take the row out.",
            broken=lambda row: row.component == row.product,
        ),
    ),
)

SUBSTITUTES = Entity(
    name="substitutes",
    label="Substitutes",
    help="One row for each item that may be taken instead of a component of a recipe.",
    table="bom_substitute",
    right=Permission.MASTER_READ,
    fields=(
        MADE,
        VALID_FROM,
        COMPONENT,
        replace(
            PRODUCT,
            name="substitute",
            label="Substitute code",
            help="What may be taken instead, by its product code.",
            example="RAW-0013",
            synonyms=(
                "alternative",
                "alternative item",
                "alternate item",
                "replacement",
                "substitute item",
                "pengganti",
            ),
            required=True,
            key=True,
        ),
        figure(
            *("factor", "Factor", "Units of the substitute for one unit of the component; one when empty.", "1.1"),
            "conversion factor, ratio, substitution ratio, faktor",
            minimum=SMALLEST,
        ),
        count(
            *("rank", "Rank", "The lowest is taken first; one when empty.", "1"),
            "priority, sequence, preference, order, keutamaan",
        ),
    ),
    lookups=(
        Lookup(
            entity="boms",
            fields=(("product", "product"), ("valid_from", "valid_from"), ("component", "component")),
            columns=(("bom_id", "bom_id"), ("component_id", "component_id")),
        ),
    ),
)

ROUTINGS = Entity(
    name="routings",
    label="Routings",
    help="One row for each resource a product is made on, with the hours it takes there.",
    table="routing",
    right=Permission.MASTER_READ,
    fields=(
        MADE,
        replace(RESOURCE, required=True, key=True),
        figure(
            *("setup_hours", "Setup hours", "Hours to prepare a batch; none when empty.", "0.5"),
            "setup time, set up time, changeover, changeover hours, setup, vgw01, masa persediaan",
            maximum=Decimal(10_000),
        ),
        figure(
            *("hours_per_unit", "Hours per unit", "Hours that one base unit takes.", "0.002"),
            "run time, cycle time, time in hours, duration per unit, processing time, run hours, jam seunit",
            required=True,
            maximum=Decimal(10_000),
        ),
    ),
)

CALENDARS = Entity(
    name="calendars",
    label="Resource calendars",
    help="One row for each day on which a resource works other hours than usual: a holiday, a repair, overtime.",
    table="resource_day",
    right=Permission.MASTER_READ,
    period="day",
    fields=(
        replace(RESOURCE, required=True, key=True),
        day(
            "day",
            "Day",
            "The day that is unlike others.",
            "2026-08-31",
            "date, holiday date, tarikh",
            required=True,
            key=True,
        ),
        figure(
            *("hours", "Hours", "Hours it works that day; 0 when it stands still.", "0"),
            "available hours, capacity, working hours, value, jam",
            required=True,
            maximum=Decimal(1000),
        ),
        replace(NOTE, synonyms=(*NOTE.synonyms, "reason", "description", "holiday", "sebab")),
    ),
)

ENTITIES = (BOMS, SUBSTITUTES, ROUTINGS, CALENDARS)
