"""What the buy list shows beside the plan: price breaks and the codes of suppliers."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.frames import frame

PRICE_BREAKS = text(
    """
    select supplier_id, product_id, from_quantity::float8 as from_quantity, price::float8 as price
    from supplier_price_break
    """
)

SUPPLIER_CODES = text(
    """
    select id as supplier_id, code as supplier_code, container_pallets::float8 as container_pallets from supplier
    """
)

PALLETS = text(
    """
    select pack.product_id, min(pack.base_units)::float8 as pallet_units
    from product_pack pack join unit_of_measure unit on unit.id = pack.unit_id
    where unit.code = :pallet and pack.base_units > 0
    group by pack.product_id
    """
)


def price_breaks(session: Session) -> pd.DataFrame:
    """Prices of large orders, a row a break."""
    return frame(session, PRICE_BREAKS)


def pallets(session: Session, *, unit: str) -> pd.DataFrame:
    """Units of a product on a pallet, which is the pack of that unit."""
    return frame(session, PALLETS, pallet=unit)


def supplier_codes(session: Session) -> pd.DataFrame:
    """The code of each supplier, and the pallets that its container takes."""
    return frame(session, SUPPLIER_CODES)
