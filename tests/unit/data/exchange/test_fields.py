"""Columns are matched by what people call them; a bad cell names its row, column, rule and remedy."""

import io
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from data.exchange.dialect import Dialect
from data.exchange.fields import Entity, Field, Kind, check_mapping, header_key, match_columns, validated_rows
from data.exchange.reader import TextTable
from data.exchange.transaction_rules import Transaction
from data.exchange.transactions import TRANSACTIONS

ONLINE_RETAIL = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)


def validated(text, mapping=None, entity=TRANSACTIONS, **dialect):
    settled = Dialect(**dialect)
    table = TextTable(io.StringIO(text, newline=""), settled)
    chosen = match_columns(table.header, entity).mapping if mapping is None else mapping
    return list(validated_rows(table, entity, chosen, settled))


def test_online_retail_maps_by_itself():
    proposal = match_columns(ONLINE_RETAIL, TRANSACTIONS)
    assert proposal.mapping == {
        "document": "InvoiceNo",
        "product": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "booked_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "customer": "CustomerID",
        "region": "Country",
    }
    assert (proposal.missing, proposal.unused, proposal.rivals) == ((), (), {})


@pytest.mark.parametrize(
    "header",
    [
        ("DATE", "sku", "QTY"),
        (" invoice date ", "Item-Code", "Units_Sold"),
        ("Tarikh", "Kod Produk", "Kuantiti"),
        ("Datum", "Artikelnummer", "Menge"),
        ("日期", "产品编码", "数量"),
        ("ds", "unique_id", "y"),
        ("Ｄａｔｅ", "SKU", "Quantity"),
        ("Day", "Product code", "Quantity"),
    ],
)
def test_names_in_other_words_cases_and_languages(header):
    assert match_columns(header, TRANSACTIONS).missing == ()


def test_a_column_is_proposed_once_and_rivals_are_shown():
    proposal = match_columns(("Invoice Date", "Order Date", "SKU", "Qty", "Colour"), TRANSACTIONS)
    assert proposal.mapping["booked_at"] == "Invoice Date"
    assert proposal.rivals == {"booked_at": ("Order Date",)}
    assert proposal.unused == ("Order Date", "Colour")


def test_own_labels_map_back_for_every_field():
    labels = [field.label for field in TRANSACTIONS.fields]
    assert match_columns(labels, TRANSACTIONS).mapping == {field.name: field.label for field in TRANSACTIONS.fields}


def test_no_synonym_belongs_to_two_fields():
    owners = {}
    for field in TRANSACTIONS.fields:
        for name in (field.name, field.label, *field.synonyms):
            owners.setdefault("".join(filter(str.isalnum, name.casefold())), set()).add(field.name)
    assert {name: fields for name, fields in owners.items() if len(fields) > 1} == {}


def test_every_declaration_can_stand_in_a_template():
    for field in TRANSACTIONS.fields:
        one = Entity(name="one", label="One", help="", fields=(field,))
        rows = validated(f"a\n{field.example}\n", {field.name: "a"}, one)
        assert rows[0][2] == ()
        assert rows[0][1] != (None,)
        assert field.help.endswith(".")


def test_the_values_are_those_of_a_transaction():
    assert tuple(field.name for field in TRANSACTIONS.fields) == Transaction._fields


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ({"booked_at": "day", "product": "sku"}, "No column gives “Quantity”"),
        ({"booked_at": "day", "product": "sku", "quantity": "menge"}, "The file has no column “menge”"),
        ({"booked_at": "day", "product": "sku", "quantity": "qty", "colour": "qty"}, "no field “colour”"),
    ],
)
def test_impossible_mappings_are_named(mapping, told):
    with pytest.raises(InvalidInput, match=told):
        check_mapping(mapping, ("day", "sku", "qty"), TRANSACTIONS)
    with pytest.raises(InvalidInput, match=told):
        validated("day,sku,qty\n2026-01-31,A,1\n", mapping)


def test_values_come_in_the_order_of_the_fields():
    rows = validated("qty;sku;day\n1,5;00123;31.01.2026\n", delimiter=";", decimal=",", date_format="DD.MM.YYYY")
    line, values, problems = rows[0]
    transaction = Transaction(*values)
    assert (line, problems) == (2, ())
    assert (transaction.product, transaction.quantity) == ("00123", Decimal("1.5"))
    assert str(transaction.booked_at) == "2026-01-31 00:00:00"
    assert transaction.document is None


def test_all_bad_cells_of_a_row_are_named_and_the_good_ones_kept():
    (_, values, problems), after = validated("day,sku,qty\n31/02/2026,A,1_000\n2026-01-31,A,1\n")
    assert Transaction(*values).product == "A"
    assert [(problem.row, problem.column, problem.value, problem.rule) for problem in problems] == [
        (2, "day", "31/02/2026", "date_format"),
        (2, "qty", "1_000", "underscore"),
    ]
    assert all(problem.remedy and not problem.notice for problem in problems)
    assert str(problems[1]) == "Row 2, column “qty”: has an underscore. (1_000) Remove the underscores."
    assert after[2] == ()


def test_rows_the_reader_refused_pass_with_their_problem_and_no_values():
    rows = validated("day,sku,qty\n2026-01-31,A\n2026-01-31,A,1\n")
    assert rows[0][1] == (None,) * len(TRANSACTIONS.fields)
    assert rows[0][2][0].rule == "ragged_row"
    assert rows[1][2] == ()


def test_composed_spelling_is_told_for_every_row_and_rejects_none():
    rows = validated("day,sku,qty\n" + "2026-01-31,Cafe\u0301,1\n" * 2)
    assert [Transaction(*values).product for _, values, _ in rows] == ["Caf\u00e9"] * 2
    assert [[(problem.rule, problem.notice) for problem in problems] for _, _, problems in rows] == [
        [("composed", True)]
    ] * 2


def test_an_entity_of_one_field():
    fields = (Field(name="n", label="n", kind=Kind.INTEGER, help="", example="1"),)
    entity = Entity(name="n", label="N", help="", fields=fields)
    assert [values for _, values, _ in validated("a,n\nx,5\n", entity=entity)] == [(5,)]


def test_header_key_ignores_order_case_and_spaces():
    assert header_key(("Invoice No", "SKU")) == header_key(("sku", "InvoiceNo"))
    assert header_key(("Invoice No", "SKU")) != header_key(("Invoice No", "SKU", "Qty"))
