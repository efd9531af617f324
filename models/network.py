"""Where things lie, who buys them and who supplies them. What is not ``active`` is retired: kept, but used no more."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Money, Quantity, Ref


class Location(Base):
    """A plant, distribution centre or cold store."""

    __tablename__ = "location"
    __table_args__ = (CheckConstraint("kind in ('plant', 'dc', 'cold_store')", name="kind"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="dc")
    active: Mapped[bool] = mapped_column(server_default="true")


class Channel(Base):
    """A way to the market."""

    __tablename__ = "channel"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")


class Customer(Base):
    """A buyer; ``company_id`` is set when the customer has a portal."""

    __tablename__ = "customer"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    region: Mapped[str | None]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), unique=True)
    active: Mapped[bool] = mapped_column(server_default="true")


class Supplier(Base):
    """A source of materials; ``company_id`` is set when the supplier has a portal. ``container_pallets`` is what one
    container or lorry of it takes."""

    __tablename__ = "supplier"
    __table_args__ = (CheckConstraint("container_pallets > 0", name="container_pallets"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str | None]
    container_pallets: Mapped[Quantity | None]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), unique=True)
    active: Mapped[bool] = mapped_column(server_default="true")


class Oem(Base):
    """A brand owner we make for under contract; ``company_id`` is set when it has a portal."""

    __tablename__ = "oem"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), unique=True)
    active: Mapped[bool] = mapped_column(server_default="true")


class SupplierItem(Base):
    """The terms on which a supplier sells an item. ``share`` is its part of the item's buying."""

    __tablename__ = "supplier_item"
    __table_args__ = (
        CheckConstraint("moq >= 0 and multiple > 0 and lead_time_days >= 0 and price >= 0", name="terms"),
    )

    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    price: Mapped[Money]
    moq: Mapped[Quantity] = mapped_column(server_default="0")
    multiple: Mapped[Quantity] = mapped_column(server_default="1")
    lead_time_days: Mapped[int]
    share: Mapped[Quantity] = mapped_column(server_default="1")


class SupplierPriceBreak(Base):
    """The price of a supplier's item for orders of ``from_quantity`` and more."""

    __tablename__ = "supplier_price_break"
    __table_args__ = (
        ForeignKeyConstraint(
            ("supplier_id", "product_id"), ("supplier_item.supplier_id", "supplier_item.product_id"), ondelete="CASCADE"
        ),
        CheckConstraint("from_quantity > 0 and price >= 0", name="terms"),
    )

    supplier_id: Mapped[Ref] = mapped_column(primary_key=True)
    product_id: Mapped[Ref] = mapped_column(primary_key=True)
    from_quantity: Mapped[Quantity] = mapped_column(primary_key=True)
    price: Mapped[Money]


class Lane(Base):
    """A way by which stock goes from one location to another, for one product or, where none is named, for all.

    ``share`` is the part of what the destination needs that comes this way; the rest is bought or made there. The lane
    of a product goes before one for all.
    """

    __tablename__ = "lane"
    __table_args__ = (
        CheckConstraint("from_location_id <> to_location_id", name="locations"),
        CheckConstraint("lead_time_days >= 0 and cost_per_unit >= 0 and moq >= 0 and multiple > 0", name="terms"),
        CheckConstraint("share between 0 and 1", name="share"),
        UniqueConstraint(
            *("product_id", "from_location_id", "to_location_id"),
            name="uq_lane_way",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    lead_time_days: Mapped[int]
    cost_per_unit: Mapped[Money] = mapped_column(server_default="0")
    moq: Mapped[Quantity] = mapped_column(server_default="0")
    multiple: Mapped[Quantity] = mapped_column(server_default="1")
    share: Mapped[Quantity] = mapped_column(server_default="1")
    active: Mapped[bool] = mapped_column(server_default="true")
