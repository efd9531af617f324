"""What every table shares."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Numeric, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

Id = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
Ref = Annotated[int, mapped_column(BigInteger)]
Quantity = Annotated[Decimal, mapped_column(Numeric(18, 4))]
Money = Annotated[Decimal, mapped_column(Numeric(18, 4))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Version = Annotated[int, mapped_column(server_default="1")]
Json = dict[str, Any]


class Base(DeclarativeBase):
    """Root of all tables. Names of constraints are fixed so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        Json: JSONB,
        list[Json]: JSONB,
        datetime: DateTime(timezone=True),
    }
