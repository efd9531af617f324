"""Text becomes a value only when nobody could read it otherwise."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.exchange.days import DATE_FORMATS, EARLIEST, LATEST, parse_day, parse_moment
from data.exchange.dialect import Dialect
from data.exchange.export import cell_text
from data.exchange.numerals import STYLES, NumberStyle, parse_decimal
from data.exchange.problems import Adjusted, BadValue
from data.exchange.values import (
    REMEMBERED,
    Parser,
    code_parser,
    decimal_parser,
    integer_parser,
    parse_boolean,
    text_parser,
)

PLAIN, ENGLISH, GERMAN = NumberStyle(), NumberStyle(".", ","), NumberStyle(",", ".")


def rule(parse, *arguments):
    with pytest.raises(BadValue) as refusal:
        parse(*arguments)
    assert refusal.value.remedy
    return refusal.value.rule


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("0", PLAIN, "0"),
        ("-0", PLAIN, "0"),
        ("+5", PLAIN, "5"),
        ("-12.50", PLAIN, "-12.5"),
        (".5", PLAIN, "0.5"),
        ("007", PLAIN, "7"),
        ("12,5", NumberStyle(","), "12.5"),
        ("1,234,567.8", ENGLISH, "1234567.8"),
        ("1234.5", ENGLISH, "1234.5"),
        ("1.234.567,8", GERMAN, "1234567.8"),
        ("1\u00a0234,5", NumberStyle(",", " "), "1234.5"),
        ("1\u202f234 567,5", NumberStyle(",", " "), "1234567.5"),
        ("1’234.5", NumberStyle(".", "'"), "1234.5"),
    ],
)
def test_numbers_in_their_style(text, style, number):
    assert parse_decimal(text, style) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1_000", "underscore"),
        ("٣", "foreign_digits"),
        ("５", "foreign_digits"),
        ("1２", "foreign_digits"),
        ("nan", "not_finite"),
        ("NaN", "not_finite"),
        ("inf", "not_finite"),
        ("-Infinity", "not_finite"),
        ("N/A", "not_finite"),
        ("#DIV/0!", "not_finite"),
        ("0x10", "other_base"),
        ("1e309", "exponent"),
        ("1E5", "exponent"),
        ("(5)", "parentheses"),
        ("5-", "trailing_minus"),
        ("−5", "other_minus"),
        ("5%", "percent"),
        ("RM 5.00", "unit"),
        ("£5", "unit"),
        ("5 kg", "unit"),
        ("1,234", "number_style"),
        ("1,5", "number_style"),
        ("1.2.3", "number_style"),
        ("1 000", "number_style"),
        ("12a4b", "not_a_number"),
        ("+", "not_a_number"),
        (".", "not_a_number"),
        ("--5", "not_a_number"),
        ("²", "not_a_number"),
        ("9" * 41, "number_too_long"),
    ],
)
def test_numbers_only_a_computer_would_accept_are_refused(text, expected):
    assert rule(parse_decimal, text, PLAIN) == expected


@pytest.mark.parametrize("text", ["1,23", "12,34,567", "1,2345", "1.234,5", "0,123", ",5", "1,,234"])
def test_thousands_stand_in_threes(text):
    assert rule(parse_decimal, text, ENGLISH) in ("number_style", "not_a_number")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_style_reads_its_own_writing(number):
    for style in STYLES:
        written = f"{number:,f}".translate({ord(","): style.thousands, ord("."): style.decimal})
        assert parse_decimal(written, style) == number


@given(st.text(max_size=50), st.sampled_from(STYLES))
def test_any_text_is_a_finite_decimal_or_refused(text, style):
    with suppress(BadValue):
        assert parse_decimal(text, style).is_finite()


def test_range_and_decimals():
    parse = decimal_parser(PLAIN, minimum=Decimal(-5), maximum=Decimal("1e6"), decimals=2)
    assert parse("999999.99") == Decimal("999999.99")
    assert parse("1.5000") == Decimal("1.5")
    assert rule(parse, "1000000.01") == "too_large"
    assert rule(parse, "-5.01") == "too_small"
    assert rule(parse, "1.234") == "too_many_decimals"
    boundless = decimal_parser(PLAIN, minimum=None, maximum=None, decimals=2)
    assert rule(boundless, "9" * 30) == "too_many_digits"


def test_whole_numbers():
    parse = integer_parser(PLAIN, minimum=Decimal(0), maximum=None)
    assert parse("17850.0") == 17850
    assert isinstance(parse("3"), int)
    assert rule(parse, "3.5") == "not_whole"
    assert rule(parse, "-1") == "too_small"


@pytest.mark.parametrize(
    ("text", "date_format", "moment"),
    [
        ("2010-12-01 08:26:00", "YYYY-MM-DD", "2010-12-01 08:26:00"),
        ("2010-12-01T08:26:00.250", "YYYY-MM-DD", "2010-12-01 08:26:00.250000"),
        ("2010-12-01 08:26:00.0000000", "YYYY-MM-DD", "2010-12-01 08:26:00"),
        ("3/4/2026", "DD/MM/YYYY", "2026-04-03 00:00:00"),
        ("3/4/2026 1:05 PM", "MM/DD/YYYY", "2026-03-04 13:05:00"),
        ("3/4/2026 12:05 am", "MM/DD/YYYY", "2026-03-04 00:05:00"),
        ("29.02.2024", "DD.MM.YYYY", "2024-02-29 00:00:00"),
        ("20260304", "YYYYMMDD", "2026-03-04 00:00:00"),
        ("4 mar 2026", "DD MMM YYYY", "2026-03-04 00:00:00"),
        ("31-Dec-2026", "DD-MMM-YYYY", "2026-12-31 00:00:00"),
    ],
)
def test_moments_in_their_format(text, date_format, moment):
    assert str(parse_moment(text, date_format)) == moment


@pytest.mark.parametrize(
    ("text", "date_format", "expected"),
    [
        ("31/02/2026", "DD/MM/YYYY", "no_such_day"),
        ("29.02.2025", "DD.MM.YYYY", "no_such_day"),
        ("0000-00-00", "YYYY-MM-DD", "no_such_day"),
        ("2026-13-01", "YYYY-MM-DD", "no_such_day"),
        ("31 Foo 2026", "DD MMM YYYY", "no_such_day"),
        ("1989-12-31", "YYYY-MM-DD", "day_out_of_range"),
        ("9999-12-31", "YYYY-MM-DD", "day_out_of_range"),
        ("03/04/26", "DD/MM/YYYY", "short_year"),
        ("26", "YYYY-MM-DD", "date_format"),
        ("03/04/2026", "YYYY-MM-DD", "date_format"),
        ("2026-03-04", "DD/MM/YYYY", "date_format"),
        ("45000", "YYYY-MM-DD", "serial_date"),
        ("45000.5", "YYYY-MM-DD", "serial_date"),
        ("2026-03-04T10:00:00Z", "YYYY-MM-DD", "time_zone"),
        ("2026-03-04 10:00:00+08:00", "YYYY-MM-DD", "time_zone"),
        ("2026-03-04 24:00", "YYYY-MM-DD", "no_such_time"),
        ("2026-03-04 13:00 PM", "YYYY-MM-DD", "no_such_time"),
        ("2026-03-04 noon", "YYYY-MM-DD", "date_format"),
        ("２０２６-03-04", "YYYY-MM-DD", "date_format"),
        ("today", "YYYY-MM-DD", "date_format"),
    ],
)
def test_moments_that_are_none(text, date_format, expected):
    assert rule(parse_moment, text, date_format) == expected


def test_a_day_has_no_time():
    assert parse_day("2026-03-04 00:00:00", "YYYY-MM-DD") == date(2026, 3, 4)
    assert rule(parse_day, "2026-03-04 10:00", "YYYY-MM-DD") == "time_of_day"


@given(st.dates(EARLIEST, LATEST), st.times(), st.sampled_from(DATE_FORMATS))
def test_every_format_reads_its_own_writing(day, at, date_format):
    dialect = Dialect(date_format=date_format)
    assert parse_day(cell_text(day, dialect), date_format) == day
    moment = datetime.combine(day, at)
    assert parse_moment(cell_text(moment, dialect), date_format) == moment


@given(st.text(max_size=40), st.sampled_from(DATE_FORMATS))
def test_any_text_is_a_day_of_the_plan_or_refused(text, date_format):
    with suppress(BadValue):
        assert EARLIEST <= parse_moment(text, date_format).date() <= LATEST


@pytest.mark.parametrize("text", ["NA", "null", "None", "NaN", "TRUE", "00123", "1E5", "=1", "a b", "茶-1", "123.0"])
def test_codes_are_kept_exactly(text):
    assert code_parser(20)(text) == text


@pytest.mark.parametrize("text", ["a\u00a0b", "a\u200bb", "a\u200db", "a\nb", "a\tb", "\u3000a", "a\ufeff"])
def test_codes_that_only_look_alike_are_refused(text):
    assert rule(code_parser(20), text) == "invisible_character"


def test_code_in_two_spellings_becomes_one_and_is_told():
    with pytest.raises(Adjusted) as told:
        code_parser(20)("Cafe\u0301")
    assert told.value.value == "Caf\u00e9"


def test_lengths():
    assert rule(code_parser(3), "abcd") == "too_long"
    assert rule(text_parser(3), "abcd") == "too_long"


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("YES", True), ("1", True), ("Ya", True), ("FALSE", False), ("tidak", False)]
)
def test_booleans(text, value):
    assert parse_boolean(text) is value
    assert rule(parse_boolean, "maybe") == "not_yes_or_no"


def test_parser_trims_and_knows_what_is_needed():
    assert Parser(code_parser(5), required=True)[" A1 "] == "A1"
    assert Parser(code_parser(5), required=False)["  "] is None
    assert rule(Parser(code_parser(5), required=True).__getitem__, " ") == "empty"


def test_parser_remembers_a_bounded_number_and_never_a_refusal():
    calls = []
    parser = Parser(lambda text: calls.append(text) or parse_decimal(text, PLAIN), required=True)
    assert [parser["5"], parser["5"]] == [Decimal(5), Decimal(5)]
    assert calls == ["5"]
    for _ in range(2):
        assert rule(parser.__getitem__, "x") == "not_a_number"
    for number in range(3 * REMEMBERED):
        parser[str(number)]
    assert len(parser) <= REMEMBERED


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), Decimal("NaN"), datetime(2026, 1, 1, tzinfo=UTC)])
def test_what_a_file_cannot_give_back_is_not_written(cell):
    with pytest.raises(ValueError, match="cannot be exported"):
        cell_text(cell)


def test_midnight_is_written_as_a_day():
    assert cell_text(datetime.combine(date(2026, 3, 4), time())) == "2026-03-04"
