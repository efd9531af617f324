"""The fields of a sales transaction. What its rows mean for demand stands in transaction_rules."""

from __future__ import annotations

from decimal import Decimal

from core.permissions import Permission
from data.exchange.fields import Entity, Field, Kind

LARGEST = Decimal(1_000_000_000)


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split(", "))


TRANSACTIONS = Entity(
    name="transactions",
    label="Sales transactions",
    help="One row for each line of an invoice, till receipt or credit note.",
    stored_as="demand_history",
    right=Permission.DEMAND_READ,
    subject="demand",
    fields=(
        Field(
            name="booked_at",
            label="Day",
            kind=Kind.MOMENT,
            help="When the line was booked; a time of day may follow the date.",
            example="2026-03-31",
            required=True,
            synonyms=_names(
                "invoice date, transaction date, transaction timestamp, date, datetime, timestamp, order date, "
                "sales date, posting date, booking date, ds, tarikh, tarikh invois, datum, rechnungsdatum, "
                "buchungsdatum, date de facture, fecha, data, 日期, 销售日期, 發票日期"
            ),
        ),
        Field(
            name="product",
            label="Product code",
            kind=Kind.CODE,
            help="The code of what was sold, exactly as the product list writes it.",
            example="00123",
            required=True,
            key=True,
            synonyms=_names(
                "stock code, sku, item code, item, item no, item number, product id, product no, material, "
                "material number, article, article number, unique id, kod produk, kod barang, artikelnummer, "
                "artikel, artikelnr, référence, code article, código, 产品编码, 商品编码, 產品編碼"
            ),
            reference="products",
            makes=True,
            max_length=64,
        ),
        Field(
            name="quantity",
            label="Quantity",
            kind=Kind.DECIMAL,
            help="Base units sold; negative for a return.",
            example="12",
            required=True,
            synonyms=_names(
                "qty, units, units sold, quantity sold, sales quantity, pieces, pcs, y, kuantiti, jumlah unit, "
                "menge, anzahl, stück, quantité, cantidad, quantità, 数量, 數量"
            ),
            minimum=-LARGEST,
            maximum=LARGEST,
        ),
        Field(
            name="document",
            label="Document",
            kind=Kind.CODE,
            help="Invoice, receipt or credit note number. It tells the line again when a file comes a second time.",
            example="536365",
            key=True,
            synonyms=_names(
                "invoice no, invoice, invoice number, document no, document number, receipt, receipt no, basket id, "
                "order no, order number, transaction id, bill no, no invois, nombor invois, rechnungsnummer, "
                "rechnung, belegnummer, beleg, facture, numéro de facture, factura, 发票号, 單號, 单号"
            ),
            max_length=64,
        ),
        Field(
            name="description",
            label="Description",
            kind=Kind.TEXT,
            help="The name of the product, used when the product is not known yet.",
            example="Chilli sauce 340 g",
            synonyms=_names(
                "product name, item name, item description, product description, name, nama produk, keterangan, "
                "bezeichnung, beschreibung, désignation, descripción, 品名, 产品名称, 描述"
            ),
            max_length=500,
        ),
        Field(
            name="unit_price",
            label="Unit price",
            kind=Kind.DECIMAL,
            help="Price of one base unit in the company's currency, without tax.",
            example="4.90",
            synonyms=_names(
                "price, sales price, selling price, net price, unit net price, harga, harga seunit, preis, "
                "einzelpreis, stückpreis, prix unitaire, prix, precio, precio unitario, 单价, 單價, 价格"
            ),
            minimum=-LARGEST,
            maximum=LARGEST,
            decimals=6,
        ),
        Field(
            name="customer",
            label="Customer code",
            kind=Kind.CODE,
            help="Who bought; empty for an unknown customer.",
            example="17850",
            synonyms=_names(
                "customer id, customer no, customer number, client, account, household id, sold to, kod pelanggan, "
                "pelanggan, kunde, kundennummer, kundennr, cliente, 客户编码, 客户, 客戶"
            ),
            reference="customers",
            makes=True,
            max_length=64,
        ),
        Field(
            name="region",
            label="Country or region",
            kind=Kind.TEXT,
            help="Where the customer is.",
            example="Selangor",
            synonyms=_names("country, state, market, negara, negeri, wilayah, land, pays, país, 国家, 地区, 地區"),
        ),
        Field(
            name="location",
            label="Location code",
            kind=Kind.CODE,
            help="The warehouse or shop that delivered.",
            example="KL-DC",
            synonyms=_names(
                "warehouse, warehouse code, store, store id, shop, branch, site, plant, depot, lokasi, gudang, "
                "cawangan, lager, filiale, entrepôt, almacén, 仓库, 倉庫, 门店"
            ),
            reference="locations",
            max_length=64,
        ),
        Field(
            name="channel",
            label="Channel code",
            kind=Kind.CODE,
            help="The sales channel.",
            example="MODERN-TRADE",
            synonyms=_names("sales channel, distribution channel, saluran, kanal, vertriebsweg, canal, 渠道, 通路"),
            reference="channels",
            max_length=64,
        ),
    ),
)
