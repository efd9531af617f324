"""Orders of customers, orders to suppliers and to the plant, and what came in on them."""

from __future__ import annotations

from dataclasses import replace

from core.permissions import Permission
from data.entities.shared import (
    CUSTOMER,
    INTERNAL_NOTE,
    LOCATION,
    PRODUCT,
    RESOURCE,
    SMALLEST,
    SUPPLIER,
    TO_ANOTHER_PLACE,
    TRANSFER_ENDS,
    code,
    count,
    day,
    figure,
)
from data.exchange.fields import Entity, Header, Lookup, Rule

QUANTITY_NAMES = (
    "qty, ordered quantity, order quantity, order qty, quantity ordered, product qty, menge, kwmeng, kuantiti"
)
PRICE_NAMES = "price, rate, net price, netpr, price unit, harga, harga seunit"
LINE_NO = count(
    *("line_no", "Line", "The number of the line within its order.", "10"),
    "line number, order line, item position, position, pos, idx, posnr, ebelp, baris, no baris",
    required=True,
    key=True,
)
ORDERED_ON = day(
    *("ordered_on", "Ordered on", "The day of the order.", "2026-03-02"),
    "order date, date order, document date, purchase date, transaction date, date, audat, bedat, tarikh pesanan",
    required=True,
)
FIRST_CONFIRMED_ON = day(
    *("first_confirmed_on", "First confirmed on", "The day that was promised first; lateness is judged by it."),
    *("2026-03-16", "first confirmed, first confirmed date, confirmed date, promised date, promise date, tarikh janji"),
)
REQUESTED_ON = day(
    *("requested_on", "Requested on", "The day it is wanted.", "2026-03-16"),
    "requested date, request date, requested delivery date, required date, required by, schedule date, need date, due, "
    "due date, commitment date, date planned, expected arrival, vdatu, eindt, tarikh diperlukan",
    required=True,
)

SALES_ORDERS = Entity(
    name="sales_orders",
    label="Sales orders",
    help="One row for each line of a customer's order; rows with the same number are one order.",
    table="sales_order_line",
    header=Header(
        table="sales_order",
        link="order_id",
        fields=("number", "customer", "location", "ordered_on", "internal_note"),
    ),
    right=Permission.DEMAND_READ,
    subject="orders",
    fields=(
        code(
            *("number", "Order number", "The number of the order; all its rows have it.", "SO-20871"),
            "order, order no, order id, sales order, sales order no, sales order number, so number, so no, vbeln, "
            "no pesanan, nombor pesanan",
            required=True,
            key=True,
        ),
        replace(CUSTOMER, help="Who ordered.", required=True),
        replace(LOCATION, help="The location that delivers.", required=True),
        ORDERED_ON,
        INTERNAL_NOTE,
        LINE_NO,
        replace(PRODUCT, help="What is ordered, by its product code.", required=True),
        figure("quantity", "Quantity", "Base units ordered.", "120", QUANTITY_NAMES, required=True),
        figure(
            *("unit_price", "Unit price", "Price of one base unit in the company's currency, without tax.", "4.90"),
            PRICE_NAMES,
            required=True,
        ),
        REQUESTED_ON,
        FIRST_CONFIRMED_ON,
        day(
            *("delivered_on", "Delivered on", "The day it was delivered.", "2026-03-16"),
            "delivery date, delivered, delivered date, ship date, shipped on, actual delivery date, tarikh hantar",
        ),
        figure(
            *("delivered_quantity", "Delivered quantity", "Base units delivered so far; none when empty.", "120"),
            "delivered qty, qty delivered, quantity delivered, shipped quantity, kuantiti dihantar",
        ),
        code(
            *("status", "Status", "State of the line; open when empty.", "delivered", "line status, state, keadaan"),
            choices=("open", "delivered", "cancelled"),
        ),
    ),
)

PURCHASE_ORDERS = Entity(
    name="purchase_orders",
    label="Purchase orders",
    help="One row for each line of an order to a supplier; rows with the same number are one order.",
    table="purchase_order_line",
    header=Header(
        table="purchase_order",
        link="order_id",
        fields=("number", "supplier", "location", "order_status", "ordered_on", "internal_note"),
    ),
    right=Permission.PURCHASE_READ,
    subject="orders",
    fields=(
        code(
            *("number", "Order number", "The number of the order; all its rows have it.", "PO-10442"),
            "order, order no, order id, purchase order, purchase order no, purchase order number, po number, po no, "
            "ebeln, no pesanan, nombor pesanan",
            required=True,
            key=True,
        ),
        replace(SUPPLIER, help="Who delivers.", required=True),
        replace(LOCATION, help="The location it is delivered to.", required=True),
        code(
            *(
                "order_status",
                "Order status",
                "State of the whole order; draft when empty, seen by suppliers once sent.",
            ),
            *("sent", "header status, po status, document status, state, status pesanan"),
            column="status",
            choices=("draft", "sent", "closed", "cancelled"),
        ),
        ORDERED_ON,
        INTERNAL_NOTE,
        LINE_NO,
        replace(PRODUCT, help="What is ordered, by its product code.", example="RAW-0012", required=True),
        figure(
            *("quantity", "Quantity", "Base units ordered.", "1000", QUANTITY_NAMES),
            required=True,
            minimum=SMALLEST,
        ),
        figure(
            *("unit_price", "Unit price", "Price of one base unit in the company's currency.", "3.20", PRICE_NAMES),
            required=True,
        ),
        REQUESTED_ON,
        FIRST_CONFIRMED_ON,
        day(
            *("latest_confirmed_on", "Latest confirmed on", "The day that was promised last.", "2026-03-18"),
            "latest confirmed, latest confirmed date, current promise date, new confirmed date, tarikh janji terkini",
        ),
        figure(
            *("confirmed_quantity", "Confirmed quantity", "Base units the supplier confirmed.", "1000"),
            "confirmed qty, qty confirmed, quantity confirmed, kuantiti disahkan",
        ),
        day(
            *("actual_on", "Received on", "The day it came in.", "2026-03-18"),
            "actual date, receipt date, received date, actual receipt date, date done, tarikh terima",
        ),
        figure(
            *("received_quantity", "Received quantity", "Base units that came in so far; none when empty.", "1000"),
            "received qty, qty received, quantity received, delivered quantity, kuantiti diterima",
        ),
        code(
            *("status", "Line status", "State of the line; open when empty.", "received", "status baris"),
            choices=("open", "confirmed", "received", "cancelled"),
        ),
    ),
)

RECEIPTS = Entity(
    name="receipts",
    label="Receipts",
    help="One row for each lot that came in on a line of a purchase order.",
    table="receipt",
    right=Permission.PURCHASE_READ,
    subject="orders",
    fields=(
        code(
            *("order", "Order number", "The number of the purchase order.", "PO-10442"),
            "number, order no, order id, purchase order, purchase order no, purchase order number, po number, po no, "
            "against purchase order, ebeln, no pesanan, nombor pesanan",
            required=True,
            key=True,
        ),
        replace(LINE_NO, help="The number of the line within the purchase order."),
        day(
            *("received_on", "Received on", "The day it came in.", "2026-03-18"),
            "receipt date, received date, posting date, date, date done, budat, tarikh terima, tarikh",
            required=True,
            key=True,
        ),
        figure(
            *("quantity", "Quantity", "Base units that came in.", "1000"),
            "qty, received quantity, received qty, qty received, quantity done, menge, kuantiti",
            required=True,
        ),
        code(
            *("lot", "Lot", "The lot or batch number, where there is one.", "L260318B"),
            "lot no, lot number, batch, batch no, batch number, charg, nombor lot, nombor kelompok",
            key=True,
        ),
    ),
    lookups=(
        Lookup(
            entity="purchase_orders",
            fields=(("order", "number"), ("line_no", "line_no")),
            columns=(("line_id", "id"),),
        ),
    ),
)

PRODUCTION_ORDERS = Entity(
    name="production_orders",
    label="Production orders",
    help="One row for each order to the plant, for stock or for a brand owner.",
    table="production_order",
    right=Permission.INVENTORY_READ,
    subject="orders",
    fields=(
        code(
            *("number", "Order number", "The number of the order.", "MO-03318"),
            "order, order no, order id, production order, production order no, production order number, "
            "manufacturing order, work order, mo number, aufnr, no pesanan, nombor pesanan",
            required=True,
            key=True,
        ),
        replace(PRODUCT, help="What is made, by its product code.", required=True),
        replace(LOCATION, help="The plant that makes it.", example="SA-PLANT", required=True),
        replace(RESOURCE, help="The resource it is made on, where that is settled."),
        code(
            *("oem", "Brand owner code", "The brand owner it is made for; empty when it is made for stock.", "OEM-01"),
            "brand owner, oem code, oem id, principal, pemilik jenama",
            reference="oems",
        ),
        figure(
            *("quantity", "Quantity", "Base units to make.", "2400"),
            "qty, order quantity, planned quantity, qty to manufacture, qty to produce, product qty, gamng, kuantiti",
            required=True,
        ),
        figure(
            *("made_quantity", "Made quantity", "Base units made so far; none when empty.", "2400"),
            "produced quantity, produced qty, qty produced, completed quantity, manufactured qty, kuantiti dibuat",
        ),
        day(
            *("starts_on", "Starts on", "The day the work begins.", "2026-03-09"),
            "start, start date, planned start date, scheduled start, date start, gstrp, tarikh mula",
            required=True,
        ),
        day(
            *("due_on", "Due on", "The day it has to be done.", "2026-03-11"),
            "due, due date, end, end date, planned end date, date deadline, finish date, gltrp, tarikh akhir",
            required=True,
        ),
        day(
            *("finished_on", "Finished on", "The day it was done.", "2026-03-11"),
            "finished, actual end date, actual finish date, completion date, date finished, tarikh siap",
        ),
        code(
            *("status", "Status", "State of the order; planned when empty.", "done", "state, order status, keadaan"),
            choices=("planned", "released", "running", "done", "cancelled"),
        ),
        INTERNAL_NOTE,
    ),
)

TRANSFER_ORDERS = Entity(
    name="transfer_orders",
    label="Transfer orders",
    help="One row for each order that moves stock of a product from one location to another.",
    table="transfer_order",
    right=Permission.INVENTORY_READ,
    subject="orders",
    fields=(
        code(
            *("number", "Order number", "The number of the order.", "TO-00512"),
            "order, order no, order id, transfer order, transfer order no, transfer no, transfer number, "
            "stock transport order, no pindahan, nombor pindahan",
            required=True,
            key=True,
        ),
        replace(PRODUCT, help="What is moved, by its product code.", required=True),
        *(replace(end, required=True) for end in TRANSFER_ENDS),
        figure(
            *("quantity", "Quantity", "Base units to move.", "480", QUANTITY_NAMES),
            required=True,
            minimum=SMALLEST,
        ),
        day(
            *("ships_on", "Ships on", "The day it is to leave.", "2026-03-09"),
            "ship date, shipping date, planned ship date, scheduled date, tarikh hantar",
            required=True,
        ),
        day(
            *("arrives_on", "Arrives on", "The day it is to be there.", "2026-03-11"),
            "arrival date, planned receipt date, due, due date, delivery date, tarikh tiba",
            required=True,
        ),
        day(
            *("shipped_on", "Shipped on", "The day it left.", "2026-03-09"),
            "actual ship date, date shipped, goods issue date, tarikh dihantar",
        ),
        day(
            *("received_on", "Received on", "The day it came in.", "2026-03-11"),
            "actual receipt date, date received, goods receipt date, tarikh terima",
        ),
        code(
            *("status", "Status", "State of the order; planned when empty.", "received", "state, keadaan"),
            choices=("planned", "in_transit", "received", "cancelled"),
        ),
    ),
    rules=(
        TO_ANOTHER_PLACE,
        Rule(
            key="arrives_before_shipping",
            field="arrives_on",
            message="It arrives before it ships.",
            remedy="Correct one of the two days.",
            broken=lambda row: row.arrives_on < row.ships_on,
        ),
    ),
)

ENTITIES = (SALES_ORDERS, PURCHASE_ORDERS, RECEIPTS, PRODUCTION_ORDERS, TRANSFER_ORDERS)
