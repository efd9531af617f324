"""What can be wrong with products and their packs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from data.findings.shared import IMPORT, Finding, Rows, Severity
from models.network import SupplierItem
from models.prices import ListPrice
from models.product import Bom, Product, ProductPack, UnitOfMeasure
from models.stock import StockLot

CASE_UNITS = ("CTN", "CS", "CASE", "CAR", "BOX", "KTN")
UNASSIGNED = "Unassigned"


def in_use(product: Any) -> ColumnElement[bool]:
    """``product`` is a product's columns."""
    found: ColumnElement[bool] = product.life_cycle != "retired"
    return found


def missing(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """A figure that is not given, or given as nothing."""
    return or_(column.is_(None), column == 0)


def _plain_name(name: Any) -> ColumnElement[str]:
    return func.regexp_replace(func.lower(name), "[[:space:][:punct:]]", "", "g")


def _without_price(row: Rows) -> ColumnElement[bool]:
    listed = row.c.id.in_(select(ListPrice.product_id).where(ListPrice.price > 0))
    return and_(row.c.kind == "finished", in_use(row.c), missing(row.c.unit_price), ~listed)


def _unknown_unit(row: Rows) -> ColumnElement[bool]:
    return and_(in_use(row.c), ~row.c.uom.in_(select(UnitOfMeasure.code)))


def _without_shelf_life(row: Rows) -> ColumnElement[bool]:
    expires = row.c.id.in_(select(StockLot.product_id).where(StockLot.expires_on.is_not(None)))
    perishable = or_(row.c.storage.in_(("chilled", "frozen")), expires)
    return and_(in_use(row.c), missing(row.c.shelf_life_days), perishable)


def _without_source(row: Rows) -> ColumnElement[bool]:
    made, bought = row.c.id.in_(select(Bom.product_id)), row.c.id.in_(select(SupplierItem.product_id))
    return and_(in_use(row.c), row.c.kind.in_(("finished", "semi_finished")), ~made, ~bought)


def _without_supplier(row: Rows) -> ColumnElement[bool]:
    bought = row.c.id.in_(select(SupplierItem.product_id))
    return and_(in_use(row.c), row.c.kind.in_(("material", "packaging")), ~bought)


def _named_alike(row: Rows) -> ColumnElement[bool]:
    plain = _plain_name(Product.name)
    twice = select(plain).where(in_use(Product), plain != "").group_by(plain).having(func.count() > 1)
    return and_(in_use(row.c), _plain_name(row.c.name).in_(twice))


def _base_unit_pack(row: Rows) -> ColumnElement[bool]:
    base = (
        select(Product.id)
        .join(UnitOfMeasure, UnitOfMeasure.code == Product.uom)
        .where(Product.id == row.c.product_id, UnitOfMeasure.id == row.c.unit_id)
    )
    return and_(row.c.base_units != 1, exists(base))


def _other_case_size(row: Rows) -> ColumnElement[bool]:
    cases = select(UnitOfMeasure.id).where(func.upper(UnitOfMeasure.code).in_(CASE_UNITS))
    other = select(Product.id).where(Product.id == row.c.product_id, Product.units_per_case != row.c.base_units)
    return and_(row.c.unit_id.in_(cases), exists(other))


def _shared_barcode(row: Rows) -> ColumnElement[bool]:
    barcode = ProductPack.barcode
    twice = select(barcode).where(barcode.is_not(None)).group_by(barcode).having(func.count() > 1)
    return row.c.barcode.in_(twice)  # type: ignore[no-any-return]


PRODUCTS = "products"
PACKS = "packs"

FINDINGS: tuple[Finding, ...] = (
    Finding(
        name="without_cost",
        entity=PRODUCTS,
        label="Products without a cost",
        why="Stock value, margin and the cost of recipes leave them out or count them as nothing.",
        remedy="Enter the unit cost; for many products, import a file with product code and unit cost.",
        severity=Severity.ERROR,
        holds=lambda row: and_(in_use(row.c), missing(row.c.unit_cost)),
        href="/data/import?entity=products",
        link=IMPORT,
    ),
    Finding(
        name="without_price",
        entity=PRODUCTS,
        label="Finished products without a price",
        why="Neither a unit price nor a price list has one: revenue plans count them as nothing.",
        remedy="Enter the unit price, or import a price list.",
        severity=Severity.ERROR,
        holds=_without_price,
        href="/data/import?entity=products",
        link=IMPORT,
    ),
    Finding(
        name="unknown_unit",
        entity=PRODUCTS,
        label="Products in a unit that is not known",
        why="Without the unit nobody knows how many decimals its quantities have, and packs can't be converted.",
        remedy="Choose a unit that is in the list of units, or add the unit to that list.",
        severity=Severity.WARNING,
        holds=_unknown_unit,
        fix="uom",
        suggestion="EA",
    ),
    Finding(
        name="without_shelf_life",
        entity=PRODUCTS,
        label="Perishable products without a shelf life",
        why="They are kept cold or their lots expire, yet how long they keep is not known: waste can't be foreseen.",
        remedy="Enter the days from making to expiry.",
        severity=Severity.WARNING,
        holds=_without_shelf_life,
        fix="shelf_life_days",
    ),
    Finding(
        name="unassigned_category",
        entity=PRODUCTS,
        label="Products without a category",
        why="They fall out of every list and target by category.",
        remedy="Assign a category.",
        severity=Severity.WARNING,
        holds=lambda row: and_(in_use(row.c), row.c.category.in_((UNASSIGNED, ""))),
        fix="category",
    ),
    Finding(
        name="unassigned_family",
        entity=PRODUCTS,
        label="Products without a family",
        why="Forecasts of new or rarely sold products lean on their family.",
        remedy="Assign a family.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(in_use(row.c), row.c.family.in_((UNASSIGNED, ""))),
        fix="family",
    ),
    Finding(
        name="without_source",
        entity=PRODUCTS,
        label="Products that are neither made nor bought",
        why="There is no recipe and no supplier, so no supply can be planned.",
        remedy="Import the recipe, or the terms of the supplier who makes it.",
        severity=Severity.ERROR,
        holds=_without_source,
        href="/data/import?entity=boms",
        link="Import recipes",
    ),
    Finding(
        name="without_supplier",
        entity=PRODUCTS,
        label="Materials without a supplier",
        why="No supplier has terms for them: orders and lead times can't be proposed.",
        remedy="Import the supplier terms with price and lead time.",
        severity=Severity.ERROR,
        holds=_without_supplier,
        href="/data/import?entity=supplier_items",
        link="Import supplier terms",
    ),
    Finding(
        name="named_alike",
        entity=PRODUCTS,
        label="Products with the same name",
        why="Their names are the same but for case, spaces and punctuation: demand and stock of one product may be "
        "split in two.",
        remedy="Compare them, keep one of each and retire the others.",
        severity=Severity.WARNING,
        holds=_named_alike,
    ),
    Finding(
        name="price_below_cost",
        entity=PRODUCTS,
        label="Products sold below cost",
        why="The unit price is below the unit cost; often one of them is per case and the other per piece.",
        remedy="Check both figures and their unit.",
        severity=Severity.WARNING,
        holds=lambda row: and_(in_use(row.c), row.c.unit_price > 0, row.c.unit_price < row.c.unit_cost),
    ),
    Finding(
        name="halal_ran_out",
        entity=PRODUCTS,
        label="Halal certificates that ran out",
        why="The product counts as certified though its certificate is no longer valid.",
        remedy="Renew the certificate and enter the new day, or state that it is expired.",
        severity=Severity.ERROR,
        holds=lambda row: and_(in_use(row.c), row.c.halal == "certified", row.c.halal_until < row.today),
        fix="halal",
        suggestion="expired",
    ),
    Finding(
        name="halal_without_end",
        entity=PRODUCTS,
        label="Halal certificates without an end",
        why="Nobody is told when the certificate has to be renewed.",
        remedy="Enter the last day it is valid.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(in_use(row.c), row.c.halal == "certified", row.c.halal_until.is_(None)),
        fix="halal_until",
    ),
    Finding(
        name="ended_in_use",
        entity=PRODUCTS,
        label="Products past their end that are not retired",
        why="Their last day of sale is over, yet they are still forecast and supplied.",
        remedy="Retire them, or correct the day they end.",
        severity=Severity.WARNING,
        holds=lambda row: and_(in_use(row.c), row.c.ends_on < row.today),
        fix="life_cycle",
        suggestion="retired",
    ),
    Finding(
        name="launched_as_planned",
        entity=PRODUCTS,
        label="Launched products still marked as planned",
        why="Their launch day has come; as planned products they are not forecast.",
        remedy="Mark them as launched, or correct the launch day.",
        severity=Severity.WARNING,
        holds=lambda row: and_(row.c.life_cycle == "planned", row.c.launched_on <= row.today),
        fix="life_cycle",
        suggestion="launch",
    ),
    Finding(
        name="base_unit_pack",
        entity=PACKS,
        label="Packs in the base unit that are not one",
        why="A pack in the product's own unit holds one of it; another figure multiplies every quantity.",
        remedy="Set the base units to 1, or correct the unit of the pack.",
        severity=Severity.ERROR,
        holds=_base_unit_pack,
        fix="base_units",
        suggestion="1",
    ),
    Finding(
        name="other_case_size",
        entity=PACKS,
        label="Cartons that differ from the case size",
        why="The product says how many units are in a case, its carton says another figure; one of them is wrong.",
        remedy="Correct the carton, or the units per case of the product.",
        severity=Severity.WARNING,
        holds=_other_case_size,
    ),
    Finding(
        name="shared_barcode",
        entity=PACKS,
        label="Barcodes used more than once",
        why="A scan finds two packs.",
        remedy="Correct the barcode of the pack that does not carry it.",
        severity=Severity.WARNING,
        holds=_shared_barcode,
    ),
)
