"""Who certified what: halal for what is eaten and for who sells it, food safety for the plant and the cold store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from data.demo.frames import numbered, rows
from data.demo.network import Network
from data.demo.rules import SupplierRule

JAKIM = "JAKIM"
HALAL_BODIES = {
    "Malaysia": JAKIM,
    "Thailand": "CICOT",
    "Vietnam": "HCA Vietnam",
    "Australia": "AFIC",
    "Sri Lanka": "HAC Sri Lanka",
    "Singapore": "MUIS",
}
PACKAGING_GROUPS = {"bottle", "flexible", "carton", "glass", "metal", "label"}
TWO_YEARS, THREE_YEARS = 730, 1095
DUE_DAYS, EXPIRED_DAYS = 45, -12  # of the second and the third supplier's certificate; the others have longer
LONGER_DAYS, APART_DAYS = 90, 35
# Kind, body, days it is valid altogether, days it is still valid; for each kind of location.
OF_LOCATIONS = {
    "plant": (
        ("halal", JAKIM, TWO_YEARS, 305),
        ("haccp", "Ministry of Health Malaysia", THREE_YEARS, 410),
        ("gmp", "Ministry of Health Malaysia", THREE_YEARS, 52),
        ("iso_22000", "SIRIM QAS International", THREE_YEARS, 260),
    ),
    "cold_store": (("haccp", "Ministry of Health Malaysia", THREE_YEARS, 180),),
}
COLUMNS = [
    *("kind", "number", "body", "product_id", "supplier_id", "location_id", "valid_from", "valid_until", "note"),
]


def make_certificates(products: pd.DataFrame, network: Network, *, today: date) -> pd.DataFrame:
    """Table certificate; the halal ones of products end on their ``halal_until``."""
    found = pd.DataFrame(
        [
            *_of_products(products),
            *_of_suppliers(network.supplier_rules, today),
            *_of_locations(network.locations, today),
        ],
        columns=COLUMNS,
    )
    return numbered(found.astype({f"{name}_id": "Int64" for name in ("product", "supplier", "location")}))


def _of_products(products: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for product in rows(products[products["halal_until"].notna()]):
        until = product.halal_until
        number = f"{JAKIM}/{product.code}/{until.year}"
        yield ("halal", number, JAKIM, product.id, None, None, until - timedelta(days=TWO_YEARS), until, None)


def _of_suppliers(rules: tuple[SupplierRule, ...], today: date) -> Iterator[tuple[object, ...]]:
    sellers = [
        (number, rule) for number, rule in enumerate(rules, start=1) if not PACKAGING_GROUPS.issuperset(rule.groups)
    ]
    for place, (number, rule) in enumerate(sellers):
        left = {1: DUE_DAYS, 2: EXPIRED_DAYS}.get(place, LONGER_DAYS + APART_DAYS * place)
        until, body = today + timedelta(days=left), HALAL_BODIES[rule.country]
        note = "Renewal applied for, certificate not here yet." if left < 0 else None
        yield (
            *("halal", f"{body}/{rule.code}/{until.year}", body, None, number, None),
            *(until - timedelta(days=TWO_YEARS), until, note),
        )


def _of_locations(locations: pd.DataFrame, today: date) -> Iterator[tuple[object, ...]]:
    for location in rows(locations):
        for kind, body, valid, left in OF_LOCATIONS.get(location.kind, ()):
            until = today + timedelta(days=left)
            number = f"{kind.upper().replace('_', ' ')}/{location.code}/{until.year}"
            yield (kind, number, body, None, None, location.id, until - timedelta(days=valid), until, None)
