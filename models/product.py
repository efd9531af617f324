"""What is made, bought and sold."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Money, Quantity, Version


class Product(Base):
    """A finished good, semi-finished good, material or packaging item, in its base unit of measure."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("kind in ('finished', 'semi_finished', 'material', 'packaging')", name="kind"),
        CheckConstraint("life_cycle in ('planned', 'launch', 'active', 'phase_out', 'retired')", name="life_cycle"),
        CheckConstraint("storage in ('ambient', 'chilled', 'frozen')", name="storage"),
        CheckConstraint("halal in ('certified', 'pending', 'expired', 'not_applicable')", name="halal"),
        CheckConstraint("unit_cost >= 0 and unit_price >= 0", name="money"),
        Index("ix_product_category_family", "category", "family"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="finished")
    category: Mapped[str] = mapped_column(server_default="Unassigned")
    family: Mapped[str] = mapped_column(server_default="Unassigned")
    brand: Mapped[str | None]
    uom: Mapped[str] = mapped_column(server_default="EA")
    units_per_case: Mapped[Quantity] = mapped_column(server_default="1")
    storage: Mapped[str] = mapped_column(server_default="ambient")
    shelf_life_days: Mapped[int | None]
    halal: Mapped[str] = mapped_column(server_default="not_applicable")
    halal_until: Mapped[date | None]
    unit_cost: Mapped[Money | None]
    unit_price: Mapped[Money | None]
    life_cycle: Mapped[str] = mapped_column(server_default="active")
    launched_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    version: Mapped[Version]


class Bom(Base):
    """A recipe: what one batch unit of a product is made of, valid from a day on."""

    __tablename__ = "bom"
    __table_args__ = (UniqueConstraint("product_id", "valid_from"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    valid_from: Mapped[date]
    yield_share: Mapped[Quantity] = mapped_column(server_default="1")


class BomLine(Base):
    """One component of a recipe: quantity per unit of the parent, before scrap."""

    __tablename__ = "bom_line"

    bom_id: Mapped[int] = mapped_column(ForeignKey("bom.id", ondelete="CASCADE"), primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    quantity: Mapped[Quantity]
    scrap_share: Mapped[Quantity] = mapped_column(server_default="0")


class Resource(Base):
    """A line, kettle or freezer with hours to give."""

    __tablename__ = "resource"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    hours_per_week: Mapped[Quantity]


class Routing(Base):
    """The hours a product takes on a resource."""

    __tablename__ = "routing"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    setup_hours: Mapped[Quantity] = mapped_column(server_default="0")
    hours_per_unit: Mapped[Quantity]
