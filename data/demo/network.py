"""Locations, channels, customers, suppliers and brand owners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.frames import rows
from data.demo.goods import OEM_BRANDS
from data.demo.rules import CHANNELS, SECOND_SOURCE_SHARE, SUPPLIERS, SupplierRule
from data.demo.scale import Scale, stream

PLANT, KLANG, PENANG, COLD_STORE = 1, 2, 3, 4
LOCATIONS = (
    (PLANT, "PLT-SHA", "Shah Alam Plant", "Central", "plant"),
    (KLANG, "DC-KLG", "Klang Distribution Centre", "Central", "dc"),
    (PENANG, "DC-PEN", "Bukit Minyak Distribution Centre", "Northern", "dc"),
    (COLD_STORE, "CS-NIL", "Nilai Cold Store", "Southern", "cold_store"),
)
HOME = "Malaysia"
PALLETS_AT_HOME, PALLETS_AT_SEA = 12, 20  # a lorry, a 40 foot container
OEM_COMPANIES = {1: "Kopitiam Heritage Holdings Sdn Bhd", 2: "Mak Limah Kitchen Sdn Bhd"}

# Channel, name, region, and the weight in the channel. The first two have a portal.
CUSTOMERS = (
    ("MT", "Pasaraya Seri Murni Sdn Bhd", "Central", 1.4),
    ("HORECA", "Rangkaian Kopitiam Kita Sdn Bhd", "Central", 1.3),
    ("MT", "Hypermart Nusantara Bhd", "Central", 1.4),
    ("GT", "Borong Sentosa Trading Sdn Bhd", "Central", 1.2),
    ("ECOM", "Pasar Digital Commerce Sdn Bhd", "Central", 1.2),
    ("EXPORT", "Merlion Foods Import Pte Ltd", "Singapore", 1.3),
    ("MT", "Kedai Mesra 24 Sdn Bhd", "Central", 1.1),
    ("MT", "Utara Supermarket Chain Sdn Bhd", "Northern", 1.2),
    ("MT", "Pasar Segar Grocer Sdn Bhd", "Central", 0.9),
    ("MT", "Selatan Mart Sdn Bhd", "Southern", 0.9),
    ("MT", "Borneo Fresh Stores Sdn Bhd", "East Malaysia", 0.8),
    ("MT", "Pinang Hypermarket Sdn Bhd", "Northern", 0.9),
    ("MT", "Komuniti Koperasi Runcit Bhd", "Central", 0.7),
    ("MT", "Sinar Minimarket Sdn Bhd", "Southern", 0.7),
    ("GT", "Syarikat Edaran Utama Sdn Bhd", "Central", 1.2),
    ("GT", "Kilang Lama Wholesale Sdn Bhd", "Northern", 1.1),
    ("GT", "Tanjong Malim Traders Sdn Bhd", "Northern", 0.8),
    ("GT", "Muhibbah Runcit Edar Sdn Bhd", "Central", 1.0),
    ("GT", "Pantai Timur Distributors Sdn Bhd", "East Coast", 1.0),
    ("GT", "Johor Jaya Wholesale Sdn Bhd", "Southern", 1.1),
    ("GT", "Sabah Maju Edaran Sdn Bhd", "East Malaysia", 0.8),
    ("GT", "Kinta Valley Trading Sdn Bhd", "Northern", 0.8),
    ("GT", "Seremban Provision Sdn Bhd", "Southern", 0.8),
    ("GT", "Warung Rakyat Supplies Sdn Bhd", "Central", 0.7),
    ("GT", "Melaka Lama Trading Sdn Bhd", "Southern", 0.7),
    ("HORECA", "Hotel Cempaka Group Bhd", "Central", 1.2),
    ("HORECA", "Lemongrass Airline Catering Sdn Bhd", "Central", 1.2),
    ("HORECA", "Nasi Kandar Pelangi Utara Sdn Bhd", "Northern", 0.9),
    ("HORECA", "Restoran Selera Kampung Sdn Bhd", "Southern", 0.8),
    ("HORECA", "Bunga Raya Hospital Catering Sdn Bhd", "Central", 1.0),
    ("HORECA", "Campus Dining Services Sdn Bhd", "Central", 0.9),
    ("HORECA", "Georgetown Heritage Hotels Sdn Bhd", "Northern", 0.8),
    ("HORECA", "Teluk Resort Kitchens Sdn Bhd", "East Coast", 0.7),
    ("ECOM", "Dapur Online Sdn Bhd", "Central", 0.9),
    ("ECOM", "Kotak Makan Express Sdn Bhd", "Central", 0.8),
    ("ECOM", "Bazar Siber Sdn Bhd", "Northern", 0.7),
    ("EXPORT", "Nusantara Trading Brunei Sdn Bhd", "Brunei", 1.0),
    ("EXPORT", "Al Barakah Foodstuff LLC", "United Arab Emirates", 1.1),
    ("EXPORT", "Southern Halal Imports Pty Ltd", "Australia", 0.9),
    ("EXPORT", "Yamato Halal Shoji KK", "Japan", 0.7),
)


@dataclass(frozen=True, slots=True)
class Network:
    """The tables of the network; ``weights`` of the customers in their channel; the rules of the suppliers by place."""

    locations: pd.DataFrame
    channels: pd.DataFrame
    customers: pd.DataFrame
    weights: tuple[float, ...]
    suppliers: pd.DataFrame
    oems: pd.DataFrame
    supplier_rules: tuple[SupplierRule, ...]


def make_network(scale: Scale, *, portal_companies: dict[str, tuple[int, int]]) -> Network:
    """All places and partners; the first two of a kind get the companies that have a portal."""
    rules = SUPPLIERS[: scale.suppliers]
    channel_ids = {rule.code: number for number, rule in enumerate(CHANNELS, start=1)}
    customers = CUSTOMERS[: scale.customers]
    return Network(
        locations=pd.DataFrame(LOCATIONS, columns=["id", "code", "name", "region", "kind"]),
        channels=pd.DataFrame(
            [(channel_ids[c.code], c.code, c.name) for c in CHANNELS], columns=["id", "code", "name"]
        ),
        customers=pd.DataFrame(
            {
                "id": np.arange(1, len(customers) + 1),
                "code": [f"CUS-{number:03d}" for number in range(1, len(customers) + 1)],
                "name": [customer[1] for customer in customers],
                "region": [customer[2] for customer in customers],
                "channel_id": [channel_ids[customer[0]] for customer in customers],
                "company_id": _portals(len(customers), portal_companies["customer"]),
            }
        ),
        weights=tuple(customer[3] for customer in customers),
        suppliers=pd.DataFrame(
            {
                "id": np.arange(1, len(rules) + 1),
                "code": [rule.code for rule in rules],
                "name": [rule.name for rule in rules],
                "country": [rule.country for rule in rules],
                "container_pallets": [PALLETS_AT_HOME if rule.country == HOME else PALLETS_AT_SEA for rule in rules],
                "company_id": _portals(len(rules), portal_companies["supplier"]),
            }
        ),
        oems=pd.DataFrame(
            {
                "id": list(OEM_BRANDS),
                "code": [f"OEM-{number:03d}" for number in OEM_BRANDS],
                "name": [OEM_COMPANIES[number] for number in OEM_BRANDS],
                "company_id": _portals(len(OEM_BRANDS), portal_companies["oem"]),
            }
        ),
        supplier_rules=rules,
    )


def make_supplier_items(bought: pd.DataFrame, rules: tuple[SupplierRule, ...]) -> pd.DataFrame:
    """Terms of every supplier for every item of its groups; ``bought`` has id, group, kind, unit_cost, daily_use."""
    rng = stream("supplier items")
    terms = []
    for item in rows(bought):
        sellers = [number for number, rule in enumerate(rules, start=1) if item.group in rule.groups][:2]
        multiple = _pack_size(float(item.daily_use), str(item.kind))
        cover_days = float(rng.uniform(2, 6))
        moq = multiple * max(1, round(float(item.daily_use) * cover_days / multiple))
        for place, supplier_id in enumerate(sellers):
            share = 1.0 if len(sellers) == 1 else (1 - SECOND_SOURCE_SHARE, SECOND_SOURCE_SHARE)[place]
            price = float(item.unit_cost) if place == 0 else round(float(item.unit_cost) * rng.uniform(0.97, 1.06), 4)
            terms.append((supplier_id, item.id, price, moq, multiple, rules[supplier_id - 1].contract_days, share))
    columns = ["supplier_id", "product_id", "price", "moq", "multiple", "lead_time_days", "share"]
    return pd.DataFrame(terms, columns=columns)


def _portals(count: int, companies: tuple[int, int]) -> pd.api.extensions.ExtensionArray:
    return pd.array([*companies, *([None] * (count - 2))], dtype="Int64")


def _pack_size(daily_use: float, kind: str) -> int:
    """Bags, drums, pallets: the largest usual size of about a day's use."""
    sizes = (25, 50, 100, 250, 500, 1000) if kind == "material" else (24, 120, 240, 600, 1200, 2400, 6000, 12000)
    return max([size for size in sizes if size <= daily_use], default=sizes[0])
