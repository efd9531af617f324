"""A cell's stored value becomes the text a person would write, with nothing lost and nothing added."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exchange.workbook_cells import (
    EPOCH_1900,
    EPOCH_1904,
    Fault,
    Figure,
    Moment,
    duration_text,
    escaped,
    iso_text,
    moment_reader,
    number_text,
    unescaped,
)

NUMBERS = {
    "0": "0", "-5": "-5", "123": "123", "123.0": "123", "0.1": "0.1", "1.1000000000000001": "1.1", "1E5": "100000",
    "1E+05": "100000", "1.5E-7": "0.00000015", "1E21": "1000000000000000000000", "12345678901234567890":
    "12345678901234567890", ".5": "0.5", "-0.0": "-0", "0.15": "0.15", "1e-10": "0.0000000001",
}  # fmt: skip


@pytest.mark.parametrize("raw", NUMBERS)
def test_number_is_plain(raw):
    assert number_text(raw) == NUMBERS[raw]
    assert isinstance(number_text(raw), Figure)


@pytest.mark.parametrize("raw", ["INF", "nan", "1e999", "five", "1,5", "0x10", "--1", "1_000", "٣", " 5"])
def test_number_that_is_none(raw):
    assert number_text(raw).rule == "not_a_number"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back(number):
    text = number_text(repr(number))
    assert float(text) == number
    assert "e" not in text.lower()


MOMENTS = {
    "46053": "2026-01-31", "46053.0": "2026-01-31", "46053.5": "2026-01-31 12:00:00", "1": "1900-01-01",
    "59": "1900-02-28", "61": "1900-03-01", "0.5": "12:00:00", "0.35416666666666669": "08:30:00",
    "45000.520833333336": "2023-03-15 12:30:00", "45000.5208333333": "2023-03-15 12:30:00",
    "45000.99999999999999": "2023-03-16", "2958464.5": "9999-12-30 12:00:00",
}  # fmt: skip


@pytest.mark.parametrize("raw", MOMENTS)
def test_serial_number_is_a_day(raw):
    assert moment_reader(EPOCH_1900)(raw) == MOMENTS[raw]
    assert isinstance(moment_reader(EPOCH_1900)(raw), Moment)


def test_days_count_from_1904_where_the_workbook_says_so():
    assert moment_reader(EPOCH_1904)("44591") == "2026-01-31"


@pytest.mark.parametrize("raw", ["-1", "2958465.99999999999999999", "2958466", "1e300", "1e999999", "NaN", "x"])
def test_serial_number_outside_the_calendar(raw):
    for epoch in (EPOCH_1900, EPOCH_1904):
        assert isinstance(moment_reader(epoch)(raw), Fault)


@pytest.mark.parametrize(
    ("raw", "text"), [("1.5", "36:00:00"), ("0.0000115740740740741", "0:00:01"), ("-0.5", "-12:00:00")]
)
def test_length_of_time(raw, text):
    assert duration_text(raw) == text


@pytest.mark.parametrize("raw", ["1e999999999", "nan", "x", "1_0"])
def test_length_of_time_that_is_none(raw):
    assert isinstance(duration_text(raw), Fault)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T00:00:00", "2026-01-31"),
        ("2026-01-31T08:30:00", "2026-01-31 08:30:00"),
        ("08:30:00", "08:30:00"),
        ("2026-01-31T08:30:00Z", "2026-01-31T08:30:00Z"),
    ],
)
def test_iso_date(raw, text):
    assert iso_text(raw) == text


def test_iso_date_that_is_none():
    assert iso_text("2026-02-31").rule == "no_such_day"


@given(st.text(alphabet=st.one_of(st.sampled_from("_x00Df\r\n\t\x00"), st.characters(exclude_categories=()))))
def test_escapes_are_undone(text):
    kept = escaped(text)
    assert unescaped(kept) == text
    assert not set(kept) & {"\x00", "\r", "\x1f", "\ufffe", "\ud800"}


def test_every_finding_says_what_to_do():
    for fault in (number_text("x"), moment_reader(EPOCH_1900)("-1"), iso_text("x")):
        assert fault.message
        assert fault.remedy.endswith(".")


def test_epochs_are_a_leap_apart():
    assert (EPOCH_1904 - EPOCH_1900).days == 1462
    assert datetime.fromisoformat("1899-12-30") == EPOCH_1900
