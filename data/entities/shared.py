"""What declarations of entities are made of: fields by kind, and the fields that many entities have.

A field that differs in one entity is varied there with ``dataclasses.replace``.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from data.exchange.fields import Field, Kind, Rule

SMALLEST = Decimal("0.0001")
LARGEST = Decimal(10) ** 12
CODE_LENGTH = 64
NAME_LENGTH = 500
NOTE_LENGTH = 2000


def code(name: str, label: str, meaning: str, example: str, synonyms: str = "", **more: Any) -> Field:
    """A code or one of a few words."""
    more.setdefault("max_length", CODE_LENGTH)
    return _field(Kind.CODE, (name, label, meaning, example, synonyms), more)


def text(name: str, label: str, meaning: str, example: str, synonyms: str = "", **more: Any) -> Field:
    """Free text."""
    return _field(Kind.TEXT, (name, label, meaning, example, synonyms), more)


def figure(name: str, label: str, meaning: str, example: str, synonyms: str = "", **more: Any) -> Field:
    """A quantity, a price or hours: not below nothing unless ``minimum`` says so."""
    limits = {"minimum": Decimal(0), "maximum": LARGEST}
    return _field(Kind.DECIMAL, (name, label, meaning, example, synonyms), limits | more)


def share(name: str, label: str, meaning: str, example: str, synonyms: str = "", **more: Any) -> Field:
    """A part of one."""
    return figure(name, label, meaning, example, synonyms, **{"maximum": Decimal(1), **more})


def count(name: str, label: str, meaning: str, example: str, synonyms: str = "", **more: Any) -> Field:
    """A whole number."""
    limits = {"minimum": Decimal(0), "maximum": Decimal(1_000_000)}
    return _field(Kind.INTEGER, (name, label, meaning, example, synonyms), limits | more)


def day(name: str, label: str, meaning: str, example: str, synonyms: str = "", **more: Any) -> Field:
    """A date."""
    return _field(Kind.DAY, (name, label, meaning, example, synonyms), more)


def _field(kind: Kind, words: tuple[str, str, str, str, str], more: dict[str, Any]) -> Field:
    name, label, meaning, example, synonyms = words
    named = tuple(synonyms.split(", ")) if synonyms else ()
    return Field(name=name, label=label, kind=kind, help=meaning, example=example, synonyms=named, **more)


PRODUCT_NAMES = (
    "sku, item, item code, item no, item number, item id, product id, product no, product number, material, "
    "material code, material number, matnr, article, article number, stock code, default code, internal reference, "
    "part number, product variant, kod produk, kod barang, kod item"
)
LOCATION_NAMES = (
    "location id, warehouse, warehouse code, warehouse id, site, site code, plant, werks, storage location, lgort, "
    "store, branch, depot, lokasi, kod lokasi, gudang, loji, cawangan"
)
CHANNEL_NAMES = (
    "channel id, sales channel, distribution channel, vtweg, sales team, saluran, saluran jualan, kod saluran"
)
CUSTOMER_NAMES = (
    "customer id, customer no, customer number, customer account, client, account, sold to, sold to party, ship to, "
    "kunnr, pelanggan, kod pelanggan"
)
SUPPLIER_NAMES = (
    "supplier id, supplier no, supplier number, vendor, vendor code, vendor no, vendor number, vendor account, lifnr, "
    "pembekal, kod pembekal"
)
RESOURCE_NAMES = "resource id, work center, work centre, workcenter, workstation, machine, arbpl, mesin, sumber"

PRODUCT = code(
    *("product", "Product code", "The product, by its code.", "SAU-0001", PRODUCT_NAMES),
    reference="products",
)
LOCATION = code(
    *("location", "Location code", "The location, by its code.", "KL-DC", LOCATION_NAMES),
    reference="locations",
)
CHANNEL = code(
    *("channel", "Channel code", "The sales channel, by its code.", "MODERN-TRADE", CHANNEL_NAMES),
    reference="channels",
)
CUSTOMER = code(
    *("customer", "Customer code", "The customer, by its code.", "C-1001", CUSTOMER_NAMES),
    reference="customers",
)
SUPPLIER = code(
    *("supplier", "Supplier code", "The supplier, by its code.", "S-201", SUPPLIER_NAMES),
    reference="suppliers",
)
RESOURCE = code(
    *("resource", "Resource code", "The resource, by its code.", "LINE-1", RESOURCE_NAMES),
    reference="resources",
)
ACTIVE = Field(
    name="active",
    label="In use",
    kind=Kind.BOOLEAN,
    help="No takes it out of use without losing its history; yes when empty.",
    example="yes",
    synonyms=("enabled", "is active", "aktif", "digunakan"),
)
NOTE = text(
    *(
        "note",
        "Note",
        "Whatever else is to be known.",
        "Public holiday",
        "notes, remark, remarks, comment, memo, catatan",
    ),
    max_length=NOTE_LENGTH,
)
INTERNAL_NOTE = text(
    *("internal_note", "Internal note", "A note that partners never see.", "Call before delivery"),
    "internal remark, note, notes, remark, remarks, comment, memo, catatan, catatan dalaman",
    max_length=NOTE_LENGTH,
)
TRANSFER_ENDS = (
    replace(
        LOCATION,
        name="from_location",
        label="From location",
        help="Where it comes from, by its code.",
        example="SA-PLANT",
        synonyms=(
            *("from", "origin", "source", "source location", "source warehouse", "from warehouse", "from site"),
            *("supplying plant", "reswk", "dari lokasi", "dari gudang"),
        ),
    ),
    replace(
        LOCATION,
        name="to_location",
        label="To location",
        help="Where it goes to, by its code.",
        synonyms=(
            *("to", "destination", "destination location", "target warehouse", "to warehouse", "to site"),
            *("receiving plant", "ke lokasi", "ke gudang"),
        ),
    ),
)
TO_ANOTHER_PLACE = Rule(
    key="to_itself",
    field="to_location",
    message="It goes to the location it comes from.",
    remedy="Name another location in one of the two columns.",
    broken=lambda row: row.from_location == row.to_location,
)
