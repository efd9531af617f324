"""Any table becomes series: rows added up by period, faults told, nothing guessed that the file does not say."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exchange.dialect import OWN_DIALECT, Dialect
from data.exchange.reader import TextTable
from data.exchange.series_calendar import Calendar
from data.exchange.series_sums import (
    SeriesColumns,
    frequency_of,
    partial_end,
    proposed_bucket,
    proposed_columns,
    read_entries,
    summed,
    to_common_end,
)

COLUMNS = SeriesColumns("item", "day", "qty")


def entries(text, *, columns=COLUMNS, dialect=OWN_DIALECT, found=None):
    problems = [] if found is None else found
    return read_entries(TextTable(io.StringIO(text), dialect), columns, dialect, found=problems.append)


def table(*rows):
    return "item,day,qty\n" + "".join(f"{row}\n" for row in rows)


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


def sums(text, bucket="day", **how):
    read = entries(text, **how)
    calendar = Calendar(frequency_of(read.days, bucket))
    rows = summed(read, calendar, kept=np.ones(len(read.series), dtype=bool))
    named = np.array(rows.ids, dtype=object)[rows.series].tolist()
    return list(zip(named, map(str, calendar.days(rows.periods)), rows.numbers["y"].tolist(), strict=True))


def test_transactions_of_a_day_are_added_up_and_series_stand_in_order():
    text = table("B,2026-03-02 08:00,4", "A,2026-03-02 09:15,5", "B,2026-03-02 17:30,-1", "A,2026-03-01,2")
    assert sums(text) == [("A", "2026-03-01", 2), ("A", "2026-03-02", 5), ("B", "2026-03-02", 3)]


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ("week", [("A", "2026-02-23", 1), ("A", "2026-03-02", 6)]),
        ("month", [("A", "2026-02-01", 1), ("A", "2026-03-01", 6)]),
    ],
)
def test_days_go_to_the_period_they_lie_in(bucket, expected):
    assert sums(table("A,2026-02-28,1", "A,2026-03-02,2", "A,2026-03-08,4"), bucket) == expected


def test_weeks_keep_the_weekday_that_the_file_names_them_by():
    sundays = table("A,2026-03-01,1", "A,2026-03-08,2")
    assert sums(sundays, "week") == [("A", "2026-03-01", 1), ("A", "2026-03-08", 2)]


def test_empty_quantity_is_not_known_and_not_zero():
    text = table("A,2026-03-01,", "A,2026-03-02,NaN", "A,2026-03-02,3", "B,2026-03-01,")
    (first, second) = sums(text)
    assert np.isnan(first[2])
    assert second == ("A", "2026-03-02", 3)


def test_file_without_an_item_is_one_series():
    text = table("A,2026-03-01,1", "B,2026-03-01,2")
    assert sums(text, columns=SeriesColumns("", "day", "qty")) == [("all", "2026-03-01", 3)]


def test_file_is_read_in_its_own_style():
    dialect = Dialect(";", ",", ".", "DD.MM.YYYY")
    text = "item;day;qty\nA;01.03.2026;1.234,5\n"
    assert sums(text, dialect=dialect) == [("A", "2026-03-01", 1234.5)]


def test_every_fault_is_told_with_row_column_value_and_remedy_and_marks_its_series():
    found = []
    text = table("A,2026-03-01,1", "B,31/12/2026,x", ",2026-03-01,2", "A,2026-03-01,3,4", "C,2026-03-01,5")
    read = entries(text, found=found)
    assert [(problem.row, problem.column, problem.value) for problem in found] == [
        (3, "day", "31/12/2026"),
        (3, "qty", "x"),
        (4, "item", ""),
        (5, None, ""),
    ]
    assert all(problem.message and problem.remedy for problem in found)
    assert {read.ids[place] for place in read.faulty} == {"B"}
    assert (read.rows, len(read.series)) == (5, 2)


def test_one_item_in_two_spellings_of_its_letters_is_one_series():
    assert sums(table("Café,2026-03-01,1", "Cafe\u0301 ,2026-03-01,2")) == [("Café", "2026-03-01", 3)]


def test_history_may_begin_long_before_a_plan():
    assert sums(table("A,1905-01-01,1")) == [("A", "1905-01-01", 1)]


@pytest.mark.parametrize("day", ["2026-02-30", "20260301", "2026-03-01T08:00+08:00", "9999-01-01", "yesterday"])
def test_what_is_no_day_of_the_declared_form_is_a_fault(day):
    found = []
    entries(table(f"A,{day},1"), found=found)
    assert [problem.column for problem in found] == ["day"]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 60), st.integers(-5, 50)), min_size=1, max_size=60))
def test_nothing_is_lost_or_made_whatever_the_bucket(rows):
    text = table(*(f"{item},{np.datetime64('2026-01-01') + step},{quantity}" for item, step, quantity in rows))
    for bucket in ("day", "week", "month"):
        assert sum(row[2] for row in sums(text, bucket)) == sum(quantity for _, _, quantity in rows)


def test_every_series_reaches_the_end_of_the_file():
    read = entries(table("A,2026-01-01,1", "B,2026-03-01,2"))
    rows = to_common_end(summed(read, Calendar("MS"), kept=np.ones(2, dtype=bool)))
    assert rows.numbers["y"].tolist() == [1, 0, 2]
    assert rows.periods[1] == rows.periods[2]


@pytest.mark.parametrize(
    ("given_days", "expected"),
    [
        (("2026-01-01", "2026-02-01", "2026-04-01"), "month"),
        (("2026-01-31", "2026-02-28"), "month"),
        (("2026-03-01", "2026-03-08", "2026-03-22"), "week"),
        (("2026-03-02", "2026-03-03", "2026-03-05"), "day"),
        (("2026-03-02", "2026-03-02", "2026-03-03"), "week"),
    ],
    ids=["first days", "last days", "weekdays", "days", "transactions"],
)
def test_bucket_is_proposed_by_the_days(given_days, expected):
    assert proposed_bucket(entries(table(*(f"A,{day},1" for day in given_days)))) == expected


def test_month_that_is_not_over_is_left_out():
    ending = days("2026-01-02", "2026-01-30", "2026-02-03", "2026-02-27", "2026-03-01", "2026-03-09")
    calendar = Calendar("MS")
    assert str(calendar.days(np.array([partial_end(ending, calendar)]))[0]) == "2026-03-01"


@pytest.mark.parametrize(
    "whole",
    [
        days("2026-01-01", "2026-02-01", "2026-03-01"),
        days("2026-01-05", "2026-01-30", "2026-02-02", "2026-02-27"),
        days("2026-01-05", "2026-01-06"),
    ],
    ids=["named by their first day", "ends as always", "only one period"],
)
def test_period_that_ends_as_those_before_is_whole(whole):
    assert partial_end(whole, Calendar("MS")) is None


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (("StockCode", "Quantity", "InvoiceDate"), ("7", "6", "2026-03-01"), ("StockCode", "InvoiceDate", "Quantity")),
        (("unique_id", "ds", "y"), ("7", "2026-03-01", "6"), ("unique_id", "ds", "y")),
        (("wann", "was", "wieviel"), ("2026-03-01", "Tee", "6"), ("was", "wann", "wieviel")),
        (("wann", "wieviel"), ("2026-03-01", "6"), ("", "wann", "wieviel")),
        (("a", "b"), ("x", "y"), ("a", "", "")),
        (("ds", "y"), (), ("", "ds", "y")),
    ],
    ids=["transactions", "series", "by content", "no item", "nothing fits", "no rows"],
)
def test_columns_are_proposed_by_name_then_by_content(header, row, expected):
    assert proposed_columns(header, [row] if row else [], OWN_DIALECT) == SeriesColumns(*expected)
