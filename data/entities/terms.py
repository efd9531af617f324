"""The terms on which we buy and sell, and the certificates that allow it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.certificate_kinds import KINDS
from core.permissions import Permission
from data.entities.shared import (
    ACTIVE,
    CHANNEL,
    CUSTOMER,
    LOCATION,
    NOTE,
    PRODUCT,
    SMALLEST,
    SUPPLIER,
    TO_ANOTHER_PLACE,
    TRANSFER_ENDS,
    code,
    count,
    day,
    figure,
    share,
    text,
)
from data.exchange.fields import Entity, Lookup, Rule

BOUGHT = replace(PRODUCT, help="What is bought, by its product code.", example="RAW-0012", required=True, key=True)
PRICE_NAMES = "unit price, cost, rate, netpr, net price, harga"

SUPPLIER_ITEMS = Entity(
    name="supplier_items",
    label="Supplier terms",
    help="One row for each item a supplier sells us, with price, lead time and order sizes.",
    table="supplier_item",
    right=Permission.MASTER_READ,
    fields=(
        replace(SUPPLIER, required=True, key=True),
        BOUGHT,
        figure(
            *("price", "Price", "Price of one base unit in the company's currency.", "3.20", PRICE_NAMES),
            required=True,
        ),
        figure(
            *("moq", "Minimum order", "The smallest quantity that can be ordered; none when empty.", "500"),
            "minimum order quantity, minimum order qty, min qty, min quantity, size minimum, quantity, "
            "minbm, pesanan minimum",
        ),
        figure(
            *("multiple", "Order multiple", "Orders are whole multiples of it; one when empty.", "50"),
            "lot multiple, size multiple, rounding value, order multiple quantity, bstrf, gandaan",
            minimum=SMALLEST,
        ),
        count(
            *("lead_time_days", "Lead time in days", "Calendar days from order to receipt.", "14"),
            "lead time, leadtime, delay, delivery lead time, planned delivery time, plifz, masa menunggu",
            required=True,
            maximum=Decimal(3650),
        ),
        share(
            *("share", "Share", "This supplier's part of what is bought of the item, from 0 to 1; 1 when empty.", "1"),
            "quota, allocation, split, bahagian",
        ),
    ),
)

PRICE_BREAKS = Entity(
    name="price_breaks",
    label="Price breaks",
    help="One row for each quantity from which a supplier's item has another price.",
    table="supplier_price_break",
    right=Permission.MASTER_READ,
    fields=(
        replace(SUPPLIER, required=True, key=True),
        BOUGHT,
        figure(
            *("from_quantity", "From quantity", "The price holds for orders of this quantity and more.", "1000"),
            "break quantity, minimum quantity, min qty, scale quantity, kstbm, quantity, qty, dari kuantiti",
            required=True,
            key=True,
            minimum=SMALLEST,
        ),
        figure(
            *("price", "Price", "Price of one base unit in the company's currency.", "2.95", PRICE_NAMES),
            required=True,
        ),
    ),
    lookups=(
        Lookup(
            entity="supplier_items",
            fields=(("supplier", "supplier"), ("product", "product")),
            columns=(("supplier_id", "supplier_id"), ("product_id", "product_id")),
        ),
    ),
)

LANES = Entity(
    name="lanes",
    label="Transfer lanes",
    help="One row for each way by which stock goes from one location to another.",
    table="lane",
    right=Permission.MASTER_READ,
    retire=("active", "no"),
    fields=(
        replace(PRODUCT, help="The only product the lane is for; all of them when empty.", key=True),
        *(replace(end, required=True, key=True) for end in TRANSFER_ENDS),
        count(
            *("lead_time_days", "Lead time in days", "Calendar days from shipping to receipt.", "2"),
            "lead time, leadtime, transit time, transit days, transfer time, masa menunggu, masa transit",
            required=True,
            maximum=Decimal(3650),
        ),
        figure(
            *("cost_per_unit", "Cost per unit", "What moving one base unit costs; nothing when empty.", "0.12"),
            "unit cost, cost, freight, freight cost, transport cost, kos, kos seunit",
        ),
        figure(
            *("moq", "Minimum transfer", "The smallest quantity that is moved; none when empty.", "240"),
            "minimum quantity, min qty, min quantity, size minimum, pindahan minimum",
        ),
        figure(
            *("multiple", "Transfer multiple", "What is moved is a whole multiple of it; one when empty.", "24"),
            "lot multiple, size multiple, rounding value, gandaan",
            minimum=SMALLEST,
        ),
        share(
            *("share", "Share", "The part of the destination's needs that comes this way, from 0 to 1; 1 when empty."),
            *("1", "quota, allocation, split, bahagian"),
        ),
        ACTIVE,
    ),
    rules=(TO_ANOTHER_PLACE,),
)

PRICES = Entity(
    name="prices",
    label="Price lists",
    help="One row for each selling price from a day on; an empty channel or customer means all of them.",
    table="list_price",
    right=Permission.MASTER_READ,
    fields=(
        text(
            *("price_list", "Price list", "The list the price stands in; standard when empty.", "standard"),
            "pricelist, price list name, price group, pltyp, senarai harga",
            key=True,
            max_length=64,
        ),
        replace(PRODUCT, required=True, key=True),
        replace(CHANNEL, help="The only channel the price is for; all of them when empty.", key=True),
        replace(CUSTOMER, help="The only customer the price is for; all of them when empty.", key=True),
        day(
            *("valid_from", "Valid from", "The first day of the price.", "2026-01-01"),
            "start date, date start, effective date, from date, datab, sah dari",
            required=True,
            key=True,
        ),
        figure(
            *("price", "Price", "Price of one base unit in the company's currency, without tax.", "4.90"),
            "unit price, sales price, list price, fixed price, price list rate, kbetr, rate, amount, harga",
            required=True,
        ),
    ),
)

CERTIFICATES = Entity(
    name="certificates",
    label="Certificates",
    help="One row for each halal or other certificate of one product, one supplier or one location.",
    table="certificate",
    right=Permission.MASTER_READ,
    fields=(
        code(
            *(
                "kind",
                "Kind",
                "The standard it proves.",
                "halal",
                "type, certificate type, standard, scheme, jenis, jenis sijil",
            ),
            required=True,
            key=True,
            choices=KINDS,
        ),
        code(
            *("number", "Certificate number", "The number printed on it.", "JAKIM-2026-0173"),
            "certificate no, certificate id, certificate, cert no, reference, no sijil, nombor sijil",
            required=True,
            key=True,
        ),
        text(
            *(
                "body",
                "Issued by",
                "Who issued it.",
                "JAKIM",
                "certification body, certifying body, issuer, authority, badan",
            ),
            required=True,
        ),
        replace(PRODUCT, help="The product it is about, by its code; empty for a supplier or a location."),
        replace(SUPPLIER, help="The supplier it is about, by its code; empty for a product or a location.", example=""),
        replace(LOCATION, help="The location it is about, by its code; empty for a product or a supplier.", example=""),
        day(
            *("valid_from", "Valid from", "The first day it is valid.", "2026-01-01"),
            "issue date, issued on, start date, effective date, tarikh dikeluarkan, sah dari",
        ),
        day(
            *("valid_until", "Valid until", "The last day it is valid.", "2027-12-31"),
            "valid to, expiry, expiry date, expires on, expiration date, end date, tarikh luput, sah hingga",
            required=True,
        ),
        replace(NOTE, example="Renewal asked for"),
    ),
    rules=(
        Rule(
            key="one_holder",
            field="product",
            message="A certificate belongs to exactly one product, supplier or location.",
            remedy="Fill one of the three columns and leave the others empty.",
            broken=lambda row: (
                (row.product.is_(None) & row.supplier.is_(None) & row.location.is_(None))
                | (row.product.is_not(None) & row.supplier.is_not(None))
                | (row.product.is_not(None) & row.location.is_not(None))
                | (row.supplier.is_not(None) & row.location.is_not(None))
            ),
        ),
        Rule(
            key="ends_before_start",
            field="valid_until",
            message="The certificate ends before it begins.",
            remedy="Correct one of the two days.",
            broken=lambda row: row.valid_until < row.valid_from,
        ),
    ),
)

ENTITIES = (SUPPLIER_ITEMS, PRICE_BREAKS, LANES, PRICES, CERTIFICATES)
