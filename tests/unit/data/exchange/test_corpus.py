"""A generated corpus of files as they come, each with the verdict it must get: clean, asked, refused, or rows named."""

import gzip
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

import pytest

from core.errors import InvalidInput
from data.exchange.days import DATE_FORMATS
from data.exchange.detection import detect
from data.exchange.fields import match_columns, validated_rows
from data.exchange.opening import examine, open_text
from data.exchange.problems import FileRefused, HeaderRefused
from data.exchange.reader import TextTable
from data.exchange.transaction_rules import Transaction
from data.exchange.transactions import TRANSACTIONS

NAMES = ("Invoice Date", "SKU", "Qty", "Price", "Name", "Customer")
DAYS = ((2026, 1, 31), (2026, 2, 1), (2026, 12, 25), (2025, 10, 10))
CODES = ("00123", "NA", "null", "1E5")
PIECES = ("1.5", "12", "-3.25", "1234.75")
PRICES = ("4.9", "0", "10.05", "1999.5")
TITLES = ("Kopi O", 'Rack 12" deep', "Sos; cili, pedas | 340 g", "Teh")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Case:
    """A file and its verdict. ``bad`` maps the line of each refused row to the rule it breaks."""

    name: str
    content: bytes
    good: int = 0
    bad: dict[int, str] = field(default_factory=dict)
    refused: str = ""
    header: str = ""
    asked: str = ""
    encoding: str | None = None


def day_text(day, date_format):
    year, month, of_month = day
    text = date_format.replace("YYYY", f"{year}").replace("MMM", MONTHS[month - 1])
    return text.replace("MM", f"{month:02}").replace("DD", f"{of_month:02}")


def number_text(number, decimal, thousands):
    return f"{Decimal(number):,f}".translate({ord(","): thousands, ord("."): decimal})


def joined(rows, delimiter, end="\n"):
    def quoted(cell):
        special = any(character in cell for character in (delimiter, '"', "\n", "\r"))
        return '"' + cell.replace('"', '""') + '"' if special else cell

    return end.join(delimiter.join(map(quoted, row)) for row in rows) + end


def clean(delimiter=",", decimal=".", thousands="", date_format="YYYY-MM-DD", end="\n", titles=TITLES):
    rows = [NAMES]
    for day, code, pieces, price, title in zip(DAYS, CODES, PIECES, PRICES, titles, strict=True):
        numbers = (number_text(number, decimal, thousands) for number in (pieces, price))
        rows.append((day_text(day, date_format), code, *numbers, title, "K"))
    return joined(rows, delimiter, end)


def dialect_cases():
    ends = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
    encodings = ("utf-8", "utf-8-sig", "utf-16")
    styles = ((".", ""), (",", ""))
    for delimiter, (decimal, _), end, encoding in product(",;\t|", styles, ends, encodings):
        content = clean(delimiter, decimal, end=ends[end]).encode(encoding)
        yield Case(f"clean {delimiter!r} {decimal} {end} {encoding}", content, good=4)
        yield Case(f"clean {delimiter!r} {decimal} {end} {encoding} gzip", gzip.compress(content), good=4)
    for delimiter, (decimal, thousands) in product(
        ",;\t|", ((".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u202f"))
    ):
        content = clean(delimiter, decimal, thousands).encode()
        yield Case(f"thousands {delimiter!r} {decimal!a}{thousands!a}", content, good=4)
    for delimiter, date_format in product(",;", DATE_FORMATS):
        yield Case(f"{date_format} {delimiter}", clean(delimiter, date_format=date_format).encode(), good=4)


def encoding_cases():
    letters = {
        "cp1252": ("Café", "Müller", "£5 Señor", "Größe"),
        "cp1250": ("Čaj", "Łódź", "Žluťoučký", "Kůň"),
        "gb18030": ("绿茶饮料", "酱油", "冷冻点心", "零食"),
        "big5": ("綠茶飲料", "醬油", "冷凍點心", "零食"),
        "cp874": ("ชาเขียว", "ซอส", "อาหาร", "ขนม"),
        "shift_jis": ("緑茶", "醤油", "冷凍食品", "お菓子"),
        "utf-16-le": TITLES,
    }
    for encoding, titles in letters.items():
        content = clean(titles=titles).encode(encoding)
        yield Case(f"chosen {encoding}", content, good=4, encoding=encoding)
    yield Case("utf-16 without mark", clean().encode("utf-16-le"), refused="utf16_without_mark")
    yield Case("broken utf-8", "Größe\n".encode() * 20 + b"\xff\n", refused="undecodable")
    yield Case("wrongly chosen", "Größe\n".encode("cp1252"), refused="undecodable", encoding="utf-8")


def header_cases():
    body = "2026-01-31,A,1,2\n"
    yield Case("two alike", f"Date,SKU,Qty,Qty\n{body}".encode(), header="duplicate_header")
    yield Case("alike but case", f"Date,SKU,Qty,qty\n{body}".encode(), header="duplicate_header")
    yield Case("nameless", f"Date,SKU,Qty,\n{body}".encode(), header="empty_header")
    yield Case("too many", ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n", header="too_many_columns")
    for code, rule in HIDDEN.items():
        yield Case(f"{rule} {code!a} in a name", f"Date,S{code}U,Qty,Price\n{body}".encode(), header=rule)
    yield Case("missing column", b"Date,Qty\n2026-01-31,1\n", header="unmapped")
    yield Case("foreign table", b"make,model\nPerodua,Myvi\n", header="unmapped")
    yield Case("names below a title", f"Sales 2026\n\nDate,SKU,Qty,Price\n{body}".encode(), good=1)
    yield Case("names with breaks", f'"Invoice\nDate",SKU,"Qty ",Price\n{body}'.encode(), good=1)


def asked_cases():
    for delimiter in ",;\t|":
        for cell in ("03/04/2026", "05-06-2026", "3/4/2026 10:00"):
            rows = (("Date", "SKU", "Qty"), (cell, "A", "1"))
            yield Case(f"{cell} {delimiter!r}", joined(rows, delimiter).encode(), asked="Date format")
        for cells in (("1,234",), ("1.234",), ("1.234,56", "1,234.56"), ("1,5", "1.5"), ("12.345", "678")):
            rows = [("Date", "SKU", "Qty"), *(("2026-01-31", "A", cell) for cell in cells)]
            yield Case(f"{cells} {delimiter!r}", joined(rows, delimiter).encode(), asked="Number style")
        rows = (("2026-01-31", "A", "1"), ("2026-02-01", "B", "2"))
        yield Case(f"no names {delimiter!r}", joined(rows, delimiter).encode(), asked="Column names")
    yield Case("two delimiters", b"a,b;c\n1,2;3\n4,5;6\n", asked="Delimiter")


HIDDEN = {
    "\x00": "hidden_nul",
    "\x1b": "hidden_control",
    "\x9b": "hidden_control",
    "\u202e": "hidden_direction",
    "\u200f": "hidden_direction",
    "\u200b": "hidden_zero_width",
    "\ufeff": "hidden_zero_width",
    "\ufdd0": "hidden_not_a_character",
}
BAD_CELLS = {
    0: {
        "2026-02-31": "no_such_day", "0000-00-00": "no_such_day", "9999-12-31": "day_out_of_range", "26": "date_format",
        "1989-12-31": "day_out_of_range", "31/01/26": "short_year", "45000": "serial_date",
        "2026-01-31T08:00:00Z": "time_zone", "2026-01-31 08:00+08:00": "time_zone", "2026-01-31 25:00": "no_such_time",
        "yesterday": "date_format", "": "empty",
    },
    1: {
        "": "empty", " ": "empty", "A\u00a0B": "invisible_character", "A\u200dB": "invisible_character",
        "X" * 65: "too_long", "A\tB": "invisible_character", "A\nB": "invisible_character",
        **{f"A{code}B": rule for code, rule in HIDDEN.items()},
    },
    2: {
        "": "empty", "1_000": "underscore", "٣": "foreign_digits", "５": "foreign_digits", "nan": "not_finite",
        "NaN": "not_finite", "inf": "not_finite", "0x10": "other_base", "1e308": "exponent", "1e309": "exponent",
        "(5)": "parentheses", "5-": "trailing_minus", "−5": "other_minus", "5%": "percent", "5 kg": "unit",
        "five": "not_a_number", "9" * 30: "too_large", "-" + "9" * 30: "too_small",
        "1.23456": "too_many_decimals", "9" * 50: "number_too_long",
    },
    3: {"RM5": "unit", "£5": "unit", "1e5": "exponent", "N/A": "not_finite", "1000000001": "too_large"},
}  # fmt: skip
GOOD_CELLS = {
    1: ("NA", "null", "None", "NaN", "TRUE", "00123", "1E5", "=1+1", "-5", "A'B", "茶", "'=x", "+60"),
    2: ("-0", "0", "+5", ".5", "007", "5.0000", "123456789.1234", "-1"),
    4: ("=cmd|' /C calc'!A0", "a\nb", 'say ""hi""', "a\u00a0b", "நெய்", "x" * 500, "-", "NULL"),
}
BEFORE = ("2026-01-30", "A", "1.5", "2.5", "first", "K")
AFTER = ("2026-02-01", "B", "2.5", "3.5", "last", "K")


def cell_cases():
    for column, cells in BAD_CELLS.items():
        for cell, rule in cells.items():
            row = (*BEFORE[:column], cell, *BEFORE[column + 1 :])
            content = joined((NAMES, BEFORE, row, AFTER, AFTER, AFTER, AFTER, AFTER), ",").encode()
            yield Case(f"bad {NAMES[column]} {cell[:20]!a} of {len(cell)}", content, good=6, bad={3: rule})
    for column, cells in GOOD_CELLS.items():
        for cell in cells:
            row = (*BEFORE[:column], cell, *BEFORE[column + 1 :])
            content = joined((NAMES, BEFORE, row, AFTER), ",").encode()
            yield Case(f"good {NAMES[column]} {cell[:20]!a}", content, good=3)


def shape_cases():
    for delimiter, end in product(",;\t|", ("\n", "\r\n")):
        lines = joined((NAMES, BEFORE, AFTER, BEFORE, AFTER, AFTER, AFTER, AFTER, AFTER, AFTER), delimiter, end)
        whole = lines.split(end)[:-1]

        def case(name, line, good, bad, whole=whole, delimiter=delimiter, end=end):
            content = end.join([*whole[:2], line, *whole[3:]]) + end
            return Case(f"{name} {delimiter!r} {end!r}", content.encode(), good=good, bad=bad)

        cells = whole[2].split(delimiter)
        yield case("too short", delimiter.join(cells[:-1]), 8, {3: "ragged_row"})
        yield case("too long", delimiter.join([*cells, "x"]), 8, {3: "ragged_row"})
        yield case("trailing delimiter", whole[2] + delimiter, 8, {3: "ragged_row"})
        yield case("open quote", delimiter.join([*cells[:4], '"last', cells[5]]), 8, {3: "broken_quote"})
        yield case("text after quote", delimiter.join([*cells[:4], '"la"st', cells[5]]), 8, {3: "broken_quote"})
        yield case("long field", delimiter.join([*cells[:4], "x" * 200_000, cells[5]]), 8, {3: "cell_too_long"})
        yield case("blank line", "", 8, {})
        yield case("only delimiters", delimiter * 5, 8, {})
        yield case("break in a cell", delimiter.join([*cells[:4], f'"la{end}st"', cells[5]]), 9, {})


def content_cases():
    yield Case("empty", b"", refused="empty")
    yield Case("gzip of nothing", gzip.compress(b""), refused="empty")
    yield Case("only line ends", b"\r\n\r\n", refused="empty")
    yield Case("gzip cut", gzip.compress(clean().encode())[:-4], refused="corrupt_archive")
    yield Case("gzip twice", gzip.compress(gzip.compress(clean().encode())), refused="nested_archive")
    yield Case("tar", b"sales.csv" + bytes(248) + b"ustar\x0000" + bytes(248), refused="archive")
    yield Case("jpeg", b"\xff\xd8\xff\xe0" + bytes(100), refused="image")
    yield Case("elf", b"\x7fELF\x02\x01\x01" + bytes(100), refused="program")
    yield Case("parquet", b"PAR1" + bytes(range(32)) * 4, refused="binary")
    yield Case("sqlite", b"SQLite format 3\x00" + bytes(100), refused="binary")
    yield Case("polyglot html", b"<script>alert(1)</script>\nDate,SKU,Qty\n", refused="html")
    yield Case("only names", b"Date,SKU,Qty\n")


CASES = [
    case
    for family in (dialect_cases, encoding_cases, header_cases, asked_cases, cell_cases, shape_cases, content_cases)
    for case in family()
]


def test_the_corpus_is_large_and_every_name_is_used_once():
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(case, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(case.content)
    if case.refused:
        with pytest.raises(FileRefused) as refusal:
            examine(path, encoding=case.encoding)
        assert refusal.value.reason == case.refused
        return
    detection = detect(examine(path, encoding=case.encoding).sample)
    if case.asked:
        assert [question.split(":")[0] for question in detection.questions()] == [case.asked]
        return
    dialect = detection.dialect()
    with open_text(examine(path, encoding=case.encoding)) as text:
        if case.header:
            assert header_verdict(text, dialect) == case.header
            return
        table = TextTable(text, dialect)
        mapping = match_columns(table.header, TRANSACTIONS).mapping
        rows = list(validated_rows(table, TRANSACTIONS, mapping, dialect))
    assert {line: problems[0].rule for line, _, problems in rows if problems} == case.bad
    good = [Transaction(*values) for _, values, problems in rows if not problems]
    assert len(good) == case.good
    if case.name.startswith(("clean", "thousands", "YYYY", "MM/", "DD", "chosen")):
        assert_clean(good)


def header_verdict(text, dialect):
    try:
        table = TextTable(text, dialect)
    except HeaderRefused as refusal:
        return refusal.problems[0].rule
    with pytest.raises(InvalidInput, match="No column gives"):
        next(validated_rows(table, TRANSACTIONS, match_columns(table.header, TRANSACTIONS).mapping, dialect))
    return "unmapped"


def assert_clean(rows):
    """The values are the same however the file was written."""
    assert [row.product for row in rows] == list(CODES)
    assert [row.quantity for row in rows] == [Decimal(number) for number in PIECES]
    assert [row.unit_price for row in rows] == [Decimal(number) for number in PRICES]
    moments = [row.booked_at for row in rows]
    assert [(moment.year, moment.month, moment.day) for moment in moments] == list(DAYS)
