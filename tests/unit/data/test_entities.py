"""Every declaration is true to its table and to the others, and its columns are found by what people call them."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from sqlalchemy import CheckConstraint, Column, Integer, Numeric, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ColumnElement

from core.permissions import Role
from data.entities import ENTITIES, stored
from data.exchange.dialect import Dialect
from data.exchange.fields import Entity, Field, Kind, match_columns, validated_rows
from data.exchange.reader import TextTable
from models import Base

TABLES = Base.metadata.tables
ALL = pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
KEPT = pytest.mark.parametrize(
    "entity", [entity for entity in ENTITIES.values() if entity.table], ids=lambda entity: entity.name
)
# The import fills them where the file does not: the name from the row's codes.
FILLED = {("demand_history", "source_key")}
ORDERED = ("location", "ordered_on", "product", "quantity", "unit_price", "requested_on")
LARGEST_INTEGER = Decimal(2**31 - 1)


def header_fields(entity: Entity) -> tuple[str, ...]:
    return entity.header.fields if entity.header else ()


def homes(entity: Entity) -> list[tuple[Table, list[Field]]]:
    """Each table of the entity with the fields that it stores."""
    own = [field for field in entity.fields if field.name not in {*header_fields(entity), *entity.looked_up}]
    of_header = [field for field in entity.fields if field.name in header_fields(entity)]
    found = [(TABLES[entity.table], own)]
    return [(TABLES[entity.header.table], of_header), *found] if entity.header else found


def looked_up_columns(entity: Entity) -> list[str]:
    return [ours for lookup in entity.lookups for ours, _theirs in lookup.columns]


def only_changes(entity: Entity) -> bool:
    """Its rows are named by the id of a row that is there already."""
    return [field.stored_in for field in entity.keys] == ["id"]


def stored_fields(entity: Entity) -> list[tuple[Column, Field]]:
    return [(table.c[field.stored_in], field) for table, fields in homes(entity) for field in fields]


def choices_of(column: Column) -> tuple[str, ...]:
    """The words that a check of the table lets the column have."""
    for check in column.table.constraints:
        if isinstance(check, CheckConstraint):
            found = re.fullmatch(rf"{column.name} in \((.*)\)", str(check.sqltext))
            if found:
                return tuple(re.findall("'([^']*)'", found[1]))
    return ()


def unique_sets(table: Table) -> list[set[str]]:
    uniques = [set(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
    return [set(table.primary_key.columns.keys()), *uniques]


def test_names_are_those_of_the_registry():
    assert [entity.name for entity in ENTITIES.values()] == list(ENTITIES)
    assert len({entity.label for entity in ENTITIES.values()}) == len(ENTITIES)


@ALL
def test_every_name_people_use_finds_its_field_and_no_other(entity: Entity):
    for field in entity.fields:
        for name in (field.name, field.label, *field.synonyms):
            assert match_columns((name,), entity).mapping == {field.name: name}


@ALL
def test_a_template_is_read_back_with_its_example(entity: Entity):
    labels = [field.label for field in entity.fields]
    mapping = match_columns(labels, entity).mapping
    assert mapping == {field.name: field.label for field in entity.fields}
    lines = "\t".join(labels) + "\n" + "\t".join(field.example for field in entity.fields) + "\n"
    dialect = Dialect(delimiter="\t")
    table = TextTable(io.StringIO(lines, newline=""), dialect)
    [(_line, values, problems)] = validated_rows(table, entity, mapping, dialect)
    assert problems == ()
    assert [value is None for value in values] == [not field.example for field in entity.fields]


@ALL
def test_help_is_one_sentence(entity: Entity):
    for sentence in (entity.help, *(field.help for field in entity.fields)):
        assert re.fullmatch(r"[A-Z].*[^.]\.", sentence), sentence


@ALL
def test_names_of_entities_and_fields_exist(entity: Entity):
    names = {field.name for field in entity.fields}
    assert entity.table or stored(entity).table
    assert {rule.field for rule in entity.rules} <= names
    assert set(header_fields(entity)) <= names
    assert not entity.period or entity.field(entity.period).kind is Kind.DAY
    for lookup in entity.lookups:
        for ours, theirs in lookup.fields:
            mine, other = entity.field(ours), ENTITIES[lookup.entity].field(theirs)
            assert (mine.kind, mine.reference, mine.required) == (other.kind, other.reference, True)
        named = {theirs for _ours, theirs in lookup.fields}
        assert named == {field.name for field in ENTITIES[lookup.entity].keys}


@ALL
def test_referred_to_comes_first(entity: Entity):
    order = list(ENTITIES)
    named = {field.reference for field in entity.fields if field.reference} | {found.entity for found in entity.lookups}
    assert all(order.index(name) < order.index(entity.name) for name in named)


@ALL
def test_a_reference_is_named_by_one_field(entity: Entity):
    for field in entity.fields:
        if field.reference:
            [key] = ENTITIES[field.reference].keys
            assert (field.kind, field.max_length) == (key.kind, key.max_length)


@KEPT
def test_columns_exist_and_are_of_the_kind(entity: Entity):
    kinds = {
        **dict.fromkeys((Kind.CODE, Kind.TEXT), str),
        Kind.DECIMAL: Decimal,
        Kind.INTEGER: int,
        Kind.BOOLEAN: bool,
    }
    for column, field in stored_fields(entity):
        if field.reference:
            assert ENTITIES[field.reference].table in {
                *(key.column.table.name for key in column.foreign_keys),
                *([column.table.name] if only_changes(entity) else []),
            }
        elif field.kind is Kind.DAY:
            assert column.type.python_type.__name__ == "date"
        elif not (field.kind is Kind.DECIMAL and isinstance(column.type, Numeric)):
            assert column.type.python_type is kinds[field.kind], field.name


@KEPT
def test_figures_fit_their_column(entity: Entity):
    for column, field in stored_fields(entity):
        if isinstance(column.type, Numeric):
            limit = Decimal(10) ** (column.type.precision - column.type.scale)
            assert field.decimals <= column.type.scale
            assert field.maximum is not None
            assert field.minimum is not None
            assert -limit < field.minimum < field.maximum < limit
        elif isinstance(column.type, Integer) and field.kind is Kind.INTEGER:
            assert field.minimum is not None
            assert field.maximum is not None
            assert field.maximum <= LARGEST_INTEGER


@KEPT
def test_keys_are_unique_in_their_tables(entity: Entity):
    header, *rest = homes(entity) if entity.header else (None, *homes(entity))
    if header and entity.header:
        assert {field.stored_in for field in header[1] if field.key} in unique_sets(header[0])
    [(table, fields)] = rest
    keys = {field.stored_in for field in fields if field.key} | set(looked_up_columns(entity))
    assert keys | ({entity.header.link} if entity.header else set()) in unique_sets(table)
    assert all(entity.field(name).key for name in entity.looked_up)


@KEPT
def test_needed_is_what_the_table_needs(entity: Entity):
    for column, field in stored_fields(entity):
        filled = column.server_default is not None or (column.table.name, column.name) in FILLED
        needed = not column.nullable and not filled
        assert field.required == (needed or (field.key and only_changes(entity))), field.name


@KEPT
def test_every_column_that_a_new_row_needs_is_filled(entity: Entity):
    if only_changes(entity):
        return
    for table, fields in homes(entity):
        filled = {field.stored_in for field in fields} | set(entity.constants) | set(looked_up_columns(entity))
        linked = {entity.header.link} if entity.header else set()
        needed = {c.name for c in table.columns if not c.nullable and c.server_default is None and c.identity is None}
        assert needed <= filled | linked


@KEPT
def test_choices_are_those_of_the_table(entity: Entity):
    for column, field in stored_fields(entity):
        roles = tuple(Role) if column.foreign_keys and column.name == "role" else ()
        assert field.choices == (choices_of(column) or roles), field.name


@KEPT
def test_what_takes_a_row_out_of_use_is_a_value_of_the_field(entity: Entity):
    if entity.retire:
        name, value = entity.retire
        field = entity.field(name)
        assert value in (field.choices or ("yes", "no"))


class Row:
    """A row as a rule sees it: one column for each field, as its table has it."""

    def __init__(self, entity: Entity, **values: object) -> None:
        for column, field in stored_fields(entity):
            setattr(self, field.name, values.get(field.name, column))


@KEPT
def test_rules_are_conditions_of_the_row(entity: Entity):
    assert len({rule.key for rule in entity.rules}) == len(entity.rules)
    for rule in entity.rules:
        broken = rule.broken(Row(entity))
        assert isinstance(broken, ColumnElement)
        assert str(broken.compile(dialect=postgresql.dialect()))


@pytest.mark.parametrize(
    ("name", "header", "found"),
    [
        (
            "products",
            ("Item Code", "Item Name", "Item Group", "Brand", "Default Unit of Measure", "Shelf Life In Days"),
            ("code", "name", "category", "brand", "uom", "shelf_life_days"),
        ),
        (
            "products",
            ("Internal Reference", "Name", "Product Category", "Unit of Measure", "Sales Price", "Cost"),
            ("code", "name", "category", "uom", "unit_price", "unit_cost"),
        ),
        (
            "products",
            ("No.", "Description", "Base Unit of Measure", "Unit Cost", "Unit Price", "Item Category Code"),
            ("code", "name", "uom", "unit_cost", "unit_price", "category"),
        ),
        (
            "products",
            ("MATNR", "MAKTX", "MATKL", "MEINS", "MHDHB"),
            ("code", "name", "category", "uom", "shelf_life_days"),
        ),
        (
            "supplier_items",
            ("item", "supplier", "leadtime", "size_minimum", "size_multiple", "cost"),
            ("product", "supplier", "lead_time_days", "moq", "multiple", "price"),
        ),
        (
            "supplier_items",
            ("Vendor", "Product Variant", "Quantity", "Price", "Delivery Lead Time"),
            ("supplier", "product", "moq", "price", "lead_time_days"),
        ),
        (
            "stock",
            ("Product", "Location", "Lot/Serial Number", "Quantity", "Expiration Date"),
            ("product", "location", "lot", "quantity", "expires_on"),
        ),
        (
            "purchase_orders",
            ("EBELN", "EBELP", "LIFNR", "WERKS", "BEDAT", "MATNR", "MENGE", "NETPR", "EINDT"),
            ("number", "line_no", "supplier", *ORDERED),
        ),
        (
            "sales_orders",
            ("VBELN", "POSNR", "KUNNR", "WERKS", "AUDAT", "MATNR", "KWMENG", "NETPR", "VDATU"),
            ("number", "line_no", "customer", *ORDERED),
        ),
        ("demand_history", ("unique_id", "ds", "y"), ("product", "day", "quantity")),
        (
            "stock",
            ("Kod Produk", "Gudang", "Nombor Lot", "Kuantiti", "Tarikh Terima", "Tarikh Luput"),
            ("product", "location", "lot", "quantity", "received_on", "expires_on"),
        ),
    ],
    ids=[
        "erpnext",
        "odoo",
        "dynamics",
        "sap",
        "frepple",
        "odoo-vendor",
        "odoo-stock",
        "sap-po",
        "sap-so",
        "series",
        "malay",
    ],
)
def test_exports_of_the_usual_systems_map_by_themselves(name: str, header: tuple[str, ...], found: tuple[str, ...]):
    assert match_columns(header, ENTITIES[name]).mapping == dict(zip(found, header, strict=True))
