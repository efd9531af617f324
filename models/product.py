"""What is made, bought and sold."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Money, Quantity, Ref, Version


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


class UnitOfMeasure(Base):
    """A unit that quantities are counted in, and how many decimals its figures have."""

    __tablename__ = "unit_of_measure"
    __table_args__ = (CheckConstraint("decimals between 0 and 6", name="decimals"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    decimals: Mapped[int] = mapped_column(server_default="0")


class ProductPack(Base):
    """How many base units of a product one pack holds."""

    __tablename__ = "product_pack"
    __table_args__ = (
        UniqueConstraint("product_id", "unit_id"),
        CheckConstraint("base_units > 0", name="base_units"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit_of_measure.id"), index=True)
    base_units: Mapped[Quantity]
    barcode: Mapped[str | None]


class ProductSuccession(Base):
    """A product takes over a ``share`` of the demand of its predecessor from a day on."""

    __tablename__ = "product_succession"
    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id"),
        CheckConstraint("share > 0 and share <= 1", name="share"),
        CheckConstraint("predecessor_id <> successor_id", name="products"),
    )

    id: Mapped[Id]
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    starts_on: Mapped[date]
    share: Mapped[Quantity] = mapped_column(server_default="1")


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


class BomSubstitute(Base):
    """What may be taken instead of a component: ``factor`` units of it for one; the lowest rank first."""

    __tablename__ = "bom_substitute"
    __table_args__ = (
        ForeignKeyConstraint(
            ("bom_id", "component_id"), ("bom_line.bom_id", "bom_line.component_id"), ondelete="CASCADE"
        ),
        CheckConstraint("factor > 0", name="factor"),
    )

    bom_id: Mapped[Ref] = mapped_column(primary_key=True)
    component_id: Mapped[Ref] = mapped_column(primary_key=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    factor: Mapped[Quantity] = mapped_column(server_default="1")
    rank: Mapped[int] = mapped_column(server_default="1")


class Resource(Base):
    """A line, kettle or freezer with hours to give."""

    __tablename__ = "resource"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    hours_per_week: Mapped[Quantity]
    active: Mapped[bool] = mapped_column(server_default="true")


class ResourceDay(Base):
    """The hours of a resource on a day that is unlike others: a holiday, a repair, overtime."""

    __tablename__ = "resource_day"
    __table_args__ = (CheckConstraint("hours >= 0", name="hours"),)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[Quantity]
    note: Mapped[str | None]


class Routing(Base):
    """The hours a product takes on a resource."""

    __tablename__ = "routing"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    setup_hours: Mapped[Quantity] = mapped_column(server_default="0")
    hours_per_unit: Mapped[Quantity]
