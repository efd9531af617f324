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

SUPPLIER_CODES = text("select id as supplier_id, code as supplier_code from supplier")


def price_breaks(session: Session) -> pd.DataFrame:
    """Prices of large orders, a row a break."""
    return frame(session, PRICE_BREAKS)


def supplier_codes(session: Session) -> pd.DataFrame:
    """The code of each supplier."""
    return frame(session, SUPPLIER_CODES)
