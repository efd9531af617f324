"""What can be wrong with partners and places, the terms with them, certificates and recipes."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from data.findings.products import in_use
from data.findings.shared import IMPORT, Finding, Rows, Severity
from models.certificates import Certificate
from models.demand import DemandHistory
from models.network import Lane, Supplier, SupplierItem
from models.product import Product, Resource, Routing
from models.stock import StockLot

SHARE_TOLERANCE = Decimal("0.01")


def _used(row: Rows) -> ColumnElement[bool]:
    """Both the supplier and the item are in use."""
    supplier = row.c.supplier_id.in_(select(Supplier.id).where(Supplier.active))
    return and_(supplier, row.c.product_id.in_(select(Product.id).where(in_use(Product))))


def _shares_not_whole(row: Rows) -> ColumnElement[bool]:
    active = select(Supplier.id).where(Supplier.active)
    whole = func.abs(func.sum(SupplierItem.share) - 1) <= SHARE_TOLERANCE
    item = SupplierItem.product_id
    odd = select(item).where(SupplierItem.supplier_id.in_(active)).group_by(item).having(~whole)
    return and_(_used(row), row.c.product_id.in_(odd))


def _retired_supplier(row: Rows) -> ColumnElement[bool]:
    retired = row.c.supplier_id.in_(select(Supplier.id).where(~Supplier.active))
    return and_(retired, row.c.product_id.in_(select(Product.id).where(in_use(Product))))


def _retired_component(row: Rows) -> ColumnElement[bool]:
    retired = select(Product.id).where(~in_use(Product))
    return and_(row.c.component_id.in_(retired), row.header.product_id.not_in(retired))


def _leads_back(row: Rows) -> ColumnElement[bool]:
    """Goods could come back, over any number of lanes, to where the lane begins."""
    start, onward = aliased(Lane), aliased(Lane)
    walk = (
        select(start.id.label("lane_id"), start.product_id, start.from_location_id, start.to_location_id)
        .where(start.active, start.share > 0)
        .cte("walk", recursive=True)
    )
    alike = or_(walk.c.product_id.is_(None), onward.product_id.is_(None), walk.c.product_id == onward.product_id)
    walk = walk.union(
        select(
            walk.c.lane_id,
            func.coalesce(walk.c.product_id, onward.product_id),
            walk.c.from_location_id,
            onward.to_location_id,
        ).join(onward, and_(onward.from_location_id == walk.c.to_location_id, alike))
        .where(onward.active, onward.share > 0, walk.c.to_location_id != walk.c.from_location_id)
    )  # fmt: skip
    found: ColumnElement[bool] = row.c.id.in_(
        select(walk.c.lane_id).where(walk.c.to_location_id == walk.c.from_location_id)
    )
    return found


def _below_cost(row: Rows) -> ColumnElement[bool]:
    dearer = select(Product.id).where(Product.id == row.c.product_id, in_use(Product), Product.unit_cost > row.c.price)
    return exists(dearer)


def _ran_out(row: Rows) -> ColumnElement[bool]:
    """The certificate is over, and its holder has no other of the kind that is valid."""
    holder = or_(
        *(getattr(Certificate, column) == row.c[column] for column in ("product_id", "supplier_id", "location_id"))
    )
    newer = select(Certificate.id).where(Certificate.kind == row.c.kind, holder, Certificate.valid_until >= row.today)
    return and_(row.c.valid_until < row.today, ~exists(newer))


def _unused_place(row: Rows) -> ColumnElement[bool]:
    sold = select(DemandHistory.location_id).where(DemandHistory.day >= row.ago(days=92))
    busy = union(sold, select(StockLot.location_id), select(Resource.location_id))
    return and_(row.c.active, row.c.id.not_in(busy))


FINDINGS: tuple[Finding, ...] = (
    Finding(
        name="without_channel",
        entity="customers",
        label="Customers without a channel",
        why="Their orders count in no channel's plan.",
        remedy="Choose the channel that serves them.",
        severity=Severity.WARNING,
        holds=lambda row: and_(row.c.active, row.c.channel_id.is_(None)),
        fix="channel",
    ),
    Finding(
        name="without_region",
        entity="customers",
        label="Customers without a region",
        why="They are missing in lists by region.",
        remedy="Enter the region.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(row.c.active, func.coalesce(row.c.region, "") == ""),
        fix="region",
    ),
    Finding(
        name="without_country",
        entity="suppliers",
        label="Suppliers without a country",
        why="Import duties, holidays and the body that certifies them follow from the country.",
        remedy="Enter the country.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(row.c.active, func.coalesce(row.c.country, "") == ""),
        fix="country",
    ),
    Finding(
        name="without_terms",
        entity="suppliers",
        label="Suppliers who sell us nothing",
        why="There are no terms with them for any item.",
        remedy="Import their terms, or take them out of use.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(row.c.active, row.c.id.not_in(select(SupplierItem.supplier_id))),
        fix="active",
        suggestion="no",
    ),
    Finding(
        name="unused_place",
        entity="locations",
        label="Locations where nothing happens",
        why="They have no stock, no sales within three months and no resource.",
        remedy="Take them out of use, or bring in what belongs to them.",
        severity=Severity.NOTICE,
        holds=_unused_place,
        fix="active",
        suggestion="no",
    ),
    Finding(
        name="without_hours",
        entity="resources",
        label="Resources without hours",
        why="They count as having no capacity at all.",
        remedy="Enter the hours of a usual week.",
        severity=Severity.ERROR,
        holds=lambda row: and_(row.c.active, row.c.hours_per_week == 0),
        fix="hours_per_week",
    ),
    Finding(
        name="without_routing",
        entity="resources",
        label="Resources that make nothing",
        why="No product has a routing on them, so their hours are of no use.",
        remedy="Import routings, or take them out of use.",
        severity=Severity.NOTICE,
        holds=lambda row: and_(row.c.active, row.c.id.not_in(select(Routing.resource_id))),
        href="/data/import?entity=routings",
        link="Import routings",
    ),
    Finding(
        name="without_price",
        entity="supplier_items",
        label="Supplier terms without a price",
        why="Orders are valued at nothing and the cheapest source can't be found.",
        remedy="Enter the price; for many items, import the supplier's price list.",
        severity=Severity.ERROR,
        holds=lambda row: and_(_used(row), row.c.price == 0),
        href="/data/import?entity=supplier_items",
        link=IMPORT,
    ),
    Finding(
        name="without_lead_time",
        entity="supplier_items",
        label="Supplier terms without a lead time",
        why="Nothing arrives on the day it is ordered: safety stock and order days come out too small and too late.",
        remedy="Enter the calendar days from order to receipt.",
        severity=Severity.ERROR,
        holds=lambda row: and_(_used(row), row.c.lead_time_days == 0),
        fix="lead_time_days",
    ),
    Finding(
        name="shares_not_whole",
        entity="supplier_items",
        label="Items whose suppliers' shares are not 100 %",
        why="The shares of the suppliers in use add up to more or less than the whole need.",
        remedy="Correct the shares; an item with one supplier has the share 1.",
        severity=Severity.WARNING,
        holds=_shares_not_whole,
    ),
    Finding(
        name="retired_supplier",
        entity="supplier_items",
        label="Terms with suppliers out of use",
        why="An item in use would be ordered where nobody delivers any more.",
        remedy="Set the share to 0 and give it to another supplier.",
        severity=Severity.WARNING,
        holds=lambda row: and_(_retired_supplier(row), row.c.share > 0),
        fix="share",
        suggestion="0",
    ),
    Finding(
        name="leads_back",
        entity="lanes",
        label="Lanes that lead round in a circle",
        why="Goods would come back to where they were: the plan leaves out all lanes of such a circle.",
        remedy="Take one of them out of use.",
        severity=Severity.ERROR,
        holds=_leads_back,
        fix="active",
        suggestion="no",
    ),
    Finding(
        name="retired_component",
        entity="boms",
        label="Recipes with a retired component",
        why="The product can't be made once the rest is used up.",
        remedy="Name the component that replaces it, or bring it back into use.",
        severity=Severity.ERROR,
        holds=_retired_component,
    ),
    Finding(
        name="nothing_of_it",
        entity="boms",
        label="Recipe lines without a quantity",
        why="The component is neither ordered nor in the cost.",
        remedy="Enter the quantity for one base unit made.",
        severity=Severity.WARNING,
        holds=lambda row: row.c.quantity == 0,
    ),
    Finding(
        name="below_cost",
        entity="prices",
        label="List prices below cost",
        why="Each sale at this price loses money; often one figure is per case and the other per piece.",
        remedy="Check the price, the unit cost and their unit.",
        severity=Severity.WARNING,
        holds=_below_cost,
    ),
    Finding(
        name="ran_out",
        entity="certificates",
        label="Certificates that ran out",
        why="There is no valid one of the kind for the same product, supplier or location.",
        remedy="Import the renewed certificate.",
        severity=Severity.ERROR,
        holds=_ran_out,
        href="/data/import?entity=certificates",
        link="Import certificates",
    ),
)
