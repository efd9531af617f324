"""What our products are sold at."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Money


class ListPrice(Base):
    """The price of a product in a price list from a day on. An empty channel or customer means all of them."""

    __tablename__ = "list_price"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        UniqueConstraint(
            *("price_list", "product_id", "channel_id", "customer_id", "valid_from"),
            name="uq_list_price_terms",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    price_list: Mapped[str] = mapped_column(server_default="standard")
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    valid_from: Mapped[date]
    price: Mapped[Money]
