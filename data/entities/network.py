"""Where things lie, who buys them and who supplies them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.permissions import Permission
from data.entities.shared import (
    ACTIVE,
    CHANNEL,
    CHANNEL_NAMES,
    CUSTOMER_NAMES,
    LOCATION,
    LOCATION_NAMES,
    NAME_LENGTH,
    RESOURCE_NAMES,
    SUPPLIER_NAMES,
    code,
    figure,
    text,
)
from data.exchange.fields import Entity, Field

RETIRE = ("active", "no")
REGION_NAMES = "state, province, market, wilayah, negeri"


def _code(label: str, example: str, synonyms: str) -> Field:
    meaning = "Short code that is never given twice; other files name the row by it."
    return code("code", label, meaning, example, f"{synonyms}, no, id", required=True, key=True)


def _name(example: str, synonyms: str) -> Field:
    return text(
        *("name", "Name", "The name people know it by.", example, f"{synonyms}, description, nama"),
        required=True,
        max_length=NAME_LENGTH,
    )


LOCATIONS = Entity(
    name="locations",
    label="Locations",
    help="One row for each plant, distribution centre or cold store.",
    table="location",
    right=Permission.MASTER_READ,
    retire=RETIRE,
    fields=(
        _code("Location code", "KL-DC", f"location, {LOCATION_NAMES}"),
        _name("Kuala Lumpur distribution centre", "location name, warehouse name, site name, nama lokasi"),
        text("region", "Region", "The region it serves.", "Central", REGION_NAMES, required=True),
        code(
            *("kind", "Kind", "What it is: a plant, a distribution centre or a cold store; dc when empty.", "dc"),
            "type, location type, warehouse type, jenis",
            choices=("plant", "dc", "cold_store"),
        ),
        ACTIVE,
    ),
)

CHANNELS = Entity(
    name="channels",
    label="Channels",
    help="One row for each way to the market.",
    table="channel",
    right=Permission.MASTER_READ,
    retire=RETIRE,
    fields=(
        _code("Channel code", "MODERN-TRADE", f"channel, {CHANNEL_NAMES}"),
        _name("Modern trade", "channel name, nama saluran"),
        ACTIVE,
    ),
)

CUSTOMERS = Entity(
    name="customers",
    label="Customers",
    help="One row for each buyer.",
    table="customer",
    right=Permission.MASTER_READ,
    retire=RETIRE,
    fields=(
        _code("Customer code", "C-1001", f"customer, {CUSTOMER_NAMES}"),
        _name("Pasar Mega Sdn Bhd", "customer name, account name, company name, nama pelanggan"),
        text("region", "Region", "Where the customer is.", "Selangor", f"{REGION_NAMES}, territory, country, negara"),
        replace(CHANNEL, help="The sales channel that serves the customer."),
        ACTIVE,
    ),
)

SUPPLIERS = Entity(
    name="suppliers",
    label="Suppliers",
    help="One row for each source of materials or goods.",
    table="supplier",
    right=Permission.MASTER_READ,
    retire=RETIRE,
    fields=(
        _code("Supplier code", "S-201", f"supplier, {SUPPLIER_NAMES}"),
        _name("Ladang Cili Perak", "supplier name, vendor name, company name, nama pembekal"),
        text(
            "country", "Country", "Where the supplier delivers from.", "Malaysia", "country code, region, land1, negara"
        ),
        figure(
            *("container_pallets", "Pallets a container"),
            "Pallets that one container or lorry of the supplier takes; the buy list shows how full they are.",
            *("20", "container pallets, pallets per container, truck pallets, lorry pallets, palet kontena"),
            minimum=Decimal("0.0001"),
        ),
        ACTIVE,
    ),
)

OEMS = Entity(
    name="oems",
    label="Brand owners",
    help="One row for each brand owner that goods are made for under contract.",
    table="oem",
    right=Permission.MASTER_READ,
    retire=RETIRE,
    fields=(
        _code("Brand owner code", "OEM-01", "oem, oem code, oem id, brand owner, principal, pemilik jenama"),
        _name("Nusantara Foods", "oem name, brand owner name, company name, nama pemilik jenama"),
        ACTIVE,
    ),
)

RESOURCES = Entity(
    name="resources",
    label="Resources",
    help="One row for each line, kettle or freezer that has hours to give.",
    table="resource",
    right=Permission.MASTER_READ,
    retire=RETIRE,
    fields=(
        _code("Resource code", "LINE-1", f"resource, {RESOURCE_NAMES}"),
        _name("Bottling line 1", "resource name, work center name, machine name, nama sumber"),
        replace(LOCATION, help="The plant the resource stands in.", example="SA-PLANT", required=True),
        figure(
            *("hours_per_week", "Hours a week", "The hours it can work in a usual week.", "80"),
            "weekly hours, capacity, available hours, maximum, jam seminggu, kapasiti",
            required=True,
            maximum=Decimal(10_000),
        ),
        ACTIVE,
    ),
)

ENTITIES = (LOCATIONS, CHANNELS, CUSTOMERS, SUPPLIERS, OEMS, RESOURCES)
