"""Units of measure, and the cartons and pallets that goods are packed in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.frames import numbered, rows

# Code, name, decimals of its quantities.
UNITS = (
    ("EA", "Each", 0),
    ("BTL", "Bottle", 0),
    ("JAR", "Jar", 0),
    ("PKT", "Packet", 0),
    ("TIN", "Tin", 0),
    ("CTN", "Carton", 0),
    ("PAL", "Pallet", 0),
    ("KG", "Kilogram", 3),
    ("L", "Litre", 3),
)
PALLET_KILOGRAMS = 800
CARTONS_A_LAYER, MOST_LAYERS = 10, 8
BARCODE_PREFIX = "29"  # numbers that GS1 gives to nobody, so that no real product has them


def make_units() -> pd.DataFrame:
    """Table unit_of_measure."""
    return numbered(pd.DataFrame(UNITS, columns=["code", "name", "decimals"]))


def make_packs(goods: pd.DataFrame, kilograms: pd.Series[float], in_bulk: pd.DataFrame) -> pd.DataFrame:
    """Table product_pack: a carton is a case, a pallet full layers of cartons. ``kilograms`` are of a good, by id;
    of what comes ``in_bulk``, by weight or volume, a pallet takes as much as it bears."""
    case_weight = goods["units_per_case"].astype(float) * goods["id"].map(kilograms)
    layers = np.clip(PALLET_KILOGRAMS / case_weight // CARTONS_A_LAYER, 1, MOST_LAYERS)
    unit_ids = {code: number for number, (code, *_rest) in enumerate(UNITS, start=1)}
    carton = pd.DataFrame(
        {
            "product_id": goods["id"],
            "unit_id": unit_ids["CTN"],
            "base_units": goods["units_per_case"].astype(int),
            "barcode": [_barcode(int(good.id)) for good in rows(goods)],
        }
    )
    pallet = carton.assign(
        unit_id=unit_ids["PAL"],
        base_units=(carton["base_units"] * layers * CARTONS_A_LAYER).astype(int),
        barcode=None,
    )
    bulk = pd.DataFrame(
        {"product_id": in_bulk["id"], "unit_id": unit_ids["PAL"], "base_units": PALLET_KILOGRAMS, "barcode": None}
    )
    return numbered(pd.concat([carton, pallet, bulk]).sort_values(["product_id", "unit_id"], kind="stable"))


def _barcode(number: int) -> str:
    """An EAN-13: twelve digits and the one that makes their weighted sum a multiple of ten."""
    digits = f"{BARCODE_PREFIX}{number:010d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"
