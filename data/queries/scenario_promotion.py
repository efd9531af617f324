"""What the promotion of a scenario writes: prices, terms of suppliers, hours of resources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from models.product import ResourceDay

_VALUE = "cast(:value as numeric)"
_NEW = (
    f"greatest(case :mode when 'share' then {{old}} * (1 + {_VALUE}) when 'add' then {{old}} + {_VALUE} "
    f"else {_VALUE} end, 0)"
)
_SCOPE = """
    (cast(:product_id as bigint) is null or p.id = :product_id)
    and (cast(:category as text) is null or p.category = :category)
"""


def _of_products(column: str) -> TextClause:
    return text(
        f"""
        with old as (select p.id, p.{column} as before from product p where p.{column} is not null and {_SCOPE})
        update product p set {column} = round({_NEW.format(old="old.before")}, 4), version = p.version + 1
        from old where old.id = p.id returning p.id, p.code, old.before, p.{column} as after
        """
    )


def _of_terms(column: str, rounded: str) -> TextClause:
    new = _NEW.format(old="old.before")
    return text(
        f"""
        with old as (
            select i.supplier_id, i.product_id, p.code, i.{column} as before
            from supplier_item i join product p on p.id = i.product_id where {_SCOPE}
        )
        update supplier_item i set {column} = {rounded.format(new=new)}
        from old where old.supplier_id = i.supplier_id and old.product_id = i.product_id
        returning i.product_id as id, old.code, old.before, i.{column} as after
        """
    )


PRICE = _of_products("unit_price")
LEAD_TIME = _of_terms("lead_time_days", "ceil({new})::int")
MOQ = _of_terms("moq", "round({new}, 4)")
STATEMENTS = {"price": PRICE, "lead_time": LEAD_TIME, "moq": MOQ}


def change_terms(session: Session, kind: str, **scope: Any) -> list[Row[Any]]:
    """Change prices, lead times (days) or least orders; code, before and after of each row."""
    return list(session.execute(STATEMENTS[kind], scope))


def set_hours(session: Session, hours: Sequence[tuple[int, date, float]], *, note: str) -> None:
    """The hours of resources on days."""
    values = [{"resource_id": found[0], "day": found[1], "hours": found[2], "note": note} for found in hours]
    statement = insert(ResourceDay).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["resource_id", "day"],
            set_={"hours": statement.excluded.hours, "note": statement.excluded.note},
        )
    )
