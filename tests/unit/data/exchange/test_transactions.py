"""Every row of a transaction file gets one outcome, and the account of the file adds up."""

import csv
import gzip
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exchange.detection import detect
from data.exchange.dialect import Dialect
from data.exchange.fields import match_columns, validated_rows
from data.exchange.opening import examine, open_text
from data.exchange.reader import TextTable
from data.exchange.transaction_account import Account
from data.exchange.transaction_rules import BAD_CELLS, RULES, Choices, Outcome
from data.exchange.transactions import TRANSACTIONS

HEADER = "document,product,quantity,price,day,customer,location,channel"


def sort(*lines, choices=None, header=HEADER):
    table = TextTable(io.StringIO("\n".join((header, *lines)), newline=""), Dialect())
    account = Account(choices)
    mapping = match_columns(table.header, TRANSACTIONS).mapping
    return list(account.sort(validated_rows(table, TRANSACTIONS, mapping, Dialect()))), account.tally


def line(document="1", product="A", quantity="1", price="2", day="2026-01-31", customer="K", location="", channel=""):
    return ",".join((document, product, quantity, price, day, customer, location, channel))


@pytest.mark.parametrize(
    ("row", "rule", "outcome"),
    [
        (line(), "sold", Outcome.SALE),
        (line(price=""), "sold", Outcome.SALE),
        (line(document=""), "sold", Outcome.SALE),
        (line("C1", quantity="-1"), "cancelled", Outcome.RETURN),
        (line(quantity="-1"), "returned", Outcome.RETURN),
        (line(quantity="-1", price=""), "returned", Outcome.RETURN),
        (line(quantity="-1", price="0"), "stock_adjustment", Outcome.SET_ASIDE),
        (line("C1", quantity="-1", price="0"), "stock_adjustment", Outcome.SET_ASIDE),
        (line(price="0.00"), "free_goods", Outcome.SET_ASIDE),
        (line(price="-11062.06"), "price_adjustment", Outcome.SET_ASIDE),
        (line(quantity="-1", price="-1"), "price_adjustment", Outcome.SET_ASIDE),
        (line(quantity="0"), "nothing_moved", Outcome.SET_ASIDE),
        (line(product="POST"), "service_code", Outcome.SET_ASIDE),
        (line(product="m"), "service_code", Outcome.SET_ASIDE),
        (line(product="BANK CHARGES", price="-1"), "service_code", Outcome.SET_ASIDE),
        (line("C1", quantity="1"), "positive_cancellation", Outcome.REJECTED),
        (line(quantity="1000000000", price="999999999"), "revenue_out_of_range", Outcome.REJECTED),
        (line(product=""), "bad_cells", Outcome.REJECTED),
        (line(quantity="x"), "bad_cells", Outcome.REJECTED),
        (line(customer="a\u00a0b"), "bad_cells", Outcome.REJECTED),
        ("too,short", "bad_cells", Outcome.REJECTED),
    ],
)
def test_what_a_row_means(row, rule, outcome):
    rows, tally = sort(row)
    assert [(found.rule.key, found.rule.outcome) for found in rows] == [(rule, outcome)]
    assert tally.by_outcome()[outcome] == tally.rows == 1
    assert (rule == "bad_cells") == bool(rows[0].problems)


def test_rules_explain_themselves():
    keys = [rule.key for rule in (*RULES, BAD_CELLS)]
    assert len(set(keys)) == len(keys)
    assert all(rule.sentence.endswith(".") for rule in (*RULES, BAD_CELLS))
    assert all(rule.remedy for rule in (*RULES, BAD_CELLS) if rule.outcome is not Outcome.SALE)


def test_the_analyst_decides_about_services_and_cancellations():
    choices = Choices(service_codes=frozenset(("Fracht",)), cancellation_prefixes=("ST-", "GS"))
    rows, _ = sort(
        line(product="POST"), line(product="FRACHT"), line("ST-1", quantity="-1"), line("C9"), choices=choices
    )
    assert [row.rule.key for row in rows] == ["sold", "service_code", "cancelled", "sold"]
    rows, _ = sort(line("C9"), line("C9", quantity="-1"), choices=Choices(cancellation_prefixes=()))
    assert [row.rule.key for row in rows] == ["sold", "returned"]


def test_net_figures_take_returns_off_on_their_day():
    _, tally = sort(
        line(quantity="10", price="2"), line("C1", quantity="-4", price="2", day="2026-02-01"), line(price="0")
    )
    assert (tally.net_quantity, tally.net_revenue) == (6, 12)
    assert (str(tally.first_day), str(tally.last_day)) == ("2026-01-31", "2026-02-01")


def test_keys_name_the_line_within_its_source():
    rows, _ = sort(
        line("7", "A"),
        line("7", "B"),
        line("7", "A", quantity="5"),
        line("", "A", location="KL", channel="MT"),
        line("", "A", location="KL", channel="MT"),
        line("", "A"),
        line("7|A", "B"),
        line("7", "A|B"),
    )
    assert [row.key for row in rows] == [
        "7|A|1",
        "7|B|1",
        "7|A|2",
        "2026-01-31|A|KL|MT|K|1",
        "2026-01-31|A|KL|MT|K|2",
        "2026-01-31|A|||K|1",
        "7\\|A|B|1",
        "7|A\\|B|1",
    ]


def test_correcting_a_rejected_row_leaves_the_other_keys():
    before, _ = sort(line(quantity="x"), line(quantity="2"))
    after, _ = sort(line(quantity="1"), line(quantity="2"))
    assert before[1].key == after[1].key == "1|A|2"
    unnamed, _ = sort(line(product=""), "short")
    assert [row.key for row in unnamed] == [None, None]


def test_codes_that_differ_only_in_case_stay_apart_and_are_told():
    rows, tally = sort(line(product="85123A"), line(product="85123a"), line(product="X"), line(product="85123a"))
    assert [row.transaction.product for row in rows] == ["85123A", "85123a", "X", "85123a"]
    assert tally.unlike_case == {"85123A": {"85123A", "85123a"}}


ROWS = st.lists(
    st.builds(
        line,
        st.sampled_from(["1", "2", "C3", "", "A|B", "A\\"]),
        st.sampled_from(["A", "a", "POST", "", "B|1", "x\u200dy"]),
        st.sampled_from(["1", "-1", "0", "", "x", "2.5"]),
        st.sampled_from(["1", "0", "-1", "", "£1"]),
        st.sampled_from(["2026-01-31", "2026-02-31", ""]),
        st.sampled_from(["K", ""]),
    ).filter(lambda row: row.strip(",")),  # a row without any text is no row: the reader counts it apart
    max_size=30,
)


@given(ROWS)
def test_every_row_has_one_outcome_and_keys_never_meet(lines):
    rows, tally = sort(*lines)
    assert [row.line for row in rows] == list(range(2, len(lines) + 2))
    assert tally.rows == len(lines) == sum(tally.by_rule.values()) == sum(tally.by_outcome().values())
    keys = [row.key for row in rows if row.key is not None]
    assert len(set(keys)) == len(keys)
    assert all(row.key for row in rows if row.rule.outcome is not Outcome.REJECTED)
    assert sort(*lines)[0] == rows


ONLINE_RETAIL = Path(__file__).parents[5] / "shared" / "data" / "import_transactions" / "online_retail.csv.gz"


@pytest.mark.skipif(not ONLINE_RETAIL.exists(), reason="needs the public Online Retail file beside the project")
def test_a_real_year_of_sales_is_accounted_for_to_the_last_row():
    source = examine(ONLINE_RETAIL)
    dialect = detect(source.sample).dialect()
    account = Account()
    with open_text(source) as text:
        table = TextTable(text, dialect)
        mapping = match_columns(table.header, TRANSACTIONS).mapping
        keys = Counter(row.key for row in account.sort(validated_rows(table, TRANSACTIONS, mapping, dialect)))
    tally = account.tally
    assert tally.rows == 267_184
    assert len(keys) == tally.rows
    assert tally.by_outcome() == {
        Outcome.SALE: 260_388,
        Outcome.RETURN: 4_254,
        Outcome.SET_ASIDE: 2_542,
        Outcome.REJECTED: 0,
    }
    assert tally.without_customer == 65_625
    assert len(tally.unlike_case) == 65
    assert not tally.by_problem
    assert {rule: tally.by_rule[rule] for rule in tally.by_rule} == independent_count()


def independent_count():
    """The same counts in the plainest code there is, and the control totals the file is published with."""
    counts, cancelled, unpriced, quantity, revenue = Counter(), 0, 0, 0, Decimal(0)
    with gzip.open(ONLINE_RETAIL, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            pieces, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
            cancelled += row["InvoiceNo"].startswith("C")
            unpriced += price <= 0
            quantity += pieces
            revenue += pieces * price
            if row["StockCode"] in ("POST", "PADS", "B"):
                counts["service_code"] += 1
            elif price == 0:
                counts["free_goods" if pieces > 0 else "stock_adjustment"] += 1
            else:
                counts["cancelled" if row["InvoiceNo"].startswith("C") else "sold"] += 1
    assert (cancelled, unpriced, quantity, round(revenue, 2)) == (4380, 1286, 2_648_047, Decimal("4921518.39"))
    return counts
