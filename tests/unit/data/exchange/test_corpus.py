"""A generated corpus of files as they come, each with the verdict it must get: clean, asked, refused, or rows named."""

import gzip
import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from xml.sax.saxutils import escape

import pytest
from workbooks import raw_workbook, row_of, text_row, workbook_bytes, zip_bytes

from core.errors import Conflict, InvalidInput
from data.exchange.days import DATE_FORMATS
from data.exchange.fields import match_columns, validated_rows
from data.exchange.opening import examine
from data.exchange.problems import FileRefused, HeaderRefused
from data.exchange.tables import detection_of, opened_table
from data.exchange.transaction_rules import Transaction
from data.exchange.transactions import TRANSACTIONS
from data.exchange.upload import check_unchanged, store_upload
from data.exchange.workbook_cells import escaped

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


# The same as workbooks. Text cells must get the verdict they get in a CSV file; typed cells leave less open.


def texts_workbook(rows):
    """Every cell a text, written as spreadsheets write what XML cannot hold."""
    lines = (text_row(number, *(escape(escaped(cell)) for cell in row)) for number, row in enumerate(rows, 1))
    return raw_workbook("".join(lines))


def typed_rows(*, typed_days=True, typed_numbers=True, titles=TITLES):
    yield NAMES
    for day, code, pieces, price, title in zip(DAYS, CODES, PIECES, PRICES, titles, strict=True):
        numbers = (Decimal(number) if typed_numbers else number for number in (pieces, price))
        yield (date(*day) if typed_days else day_text(day, "DD.MM.YYYY"), code, *numbers, title, "K")


WRAPS = {"bare": bytes, "gzip": gzip.compress, "zip": lambda content: zip_bytes({"sales": content})}


def workbook_cases():
    for typed_days, typed_numbers, is_1904 in product((True, False), repeat=3):
        rows = list(typed_rows(typed_days=typed_days, typed_numbers=typed_numbers))
        content = workbook_bytes({"Sales": rows, "Notes": []}, is_1904=is_1904)
        for wrap, wrapped in WRAPS.items():
            yield Case(f"clean workbook {typed_days} {typed_numbers} {is_1904} {wrap}", wrapped(content), good=4)
    for date_format, (decimal, thousands) in product(DATE_FORMATS, ((".", ""), (",", "."))):
        rows = [line.split("\t") for line in clean("\t", decimal, thousands, date_format, titles="abcd").splitlines()]
        yield Case(f"clean texts {date_format} {decimal}{thousands}", texts_workbook(rows), good=4)
    shifted = [[], ["Sales 2026"], [], *([None, None, *row] for row in typed_rows())]
    yield Case("clean workbook below a title, from column C", workbook_bytes({"Sales": shifted}), good=4)
    gaps = [row for pair in zip(typed_rows(), [[]] * 5, strict=True) for row in pair]
    yield Case("clean workbook with empty rows", workbook_bytes({"Sales": gaps}), good=4)


def workbook_cell_cases():
    for column, cells in BAD_CELLS.items():
        for cell, rule in cells.items():
            row = (*BEFORE[:column], cell, *BEFORE[column + 1 :])
            content = texts_workbook((NAMES, BEFORE, row, AFTER, AFTER, AFTER, AFTER, AFTER))
            yield Case(f"workbook bad {NAMES[column]} {cell[:20]!a} of {len(cell)}", content, good=6, bad={3: rule})
    for column, cells in GOOD_CELLS.items():
        for cell in cells:
            row = (*BEFORE[:column], cell, *BEFORE[column + 1 :])
            yield Case(
                f"workbook good {NAMES[column]} {cell[:20]!a}", texts_workbook((NAMES, BEFORE, row, AFTER)), good=3
            )
    for (column, cell), rule in TYPED_CELLS.items():
        texts = text_row(1, *BEFORE).removeprefix('<row r="1">').removesuffix("</row>").split("</c>")
        cells = [f"{text}</c>" for text in texts[:6]]
        cells[column] = cell
        styles = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'
        content = raw_workbook(text_row(1, *NAMES) + row_of(*cells, number=2) + text_row(3, *AFTER), styles=styles)
        bad = {2: rule} if rule else {}
        yield Case(f"typed {NAMES[column]} {cell}", content, good=1 if rule else 2, bad=bad)


TYPED_CELLS = {
    (0, '<c s="1"><v>46053</v></c>'): "",
    (0, '<c s="1"><v>46053.5</v></c>'): "",
    (0, "<c><v>46053</v></c>"): "serial_date",
    (0, "<c><v>45000.5</v></c>"): "serial_date",
    (0, '<c s="1"><v>-3</v></c>'): "no_such_day",
    (0, '<c s="1"><v>2958465</v></c>'): "day_out_of_range",
    (0, '<c s="1"><v>1</v></c>'): "day_out_of_range",
    (0, '<c t="e"><v>#VALUE!</v></c>'): "cell_error",
    (0, '<c t="b"><v>1</v></c>'): "date_format",
    (1, "<c><v>123.0</v></c>"): "",
    (1, "<c><v>1E5</v></c>"): "",
    (1, '<c t="b"><v>1</v></c>'): "",
    (1, '<c t="e"><v>#N/A</v></c>'): "cell_error",
    (1, "<c><f>VLOOKUP(A1,B:C,2)</f></c>"): "formula_without_value",
    (1, '<c t="str"><f>A1</f><v>A</v></c>'): "",
    (1, '<c t="str"><f>A1</f><v></v></c>'): "empty",
    (2, "<c><v>1E2</v></c>"): "",
    (2, "<c><f>1+1</f><v>2</v></c>"): "",
    (2, "<c><f>1+1</f></c>"): "formula_without_value",
    (2, "<c><f>1+1</f><v/></c>"): "formula_without_value",
    (2, "<c><v>1E308</v></c>"): "number_too_long",
    (2, "<c><v>1E309</v></c>"): "not_a_number",
    (2, "<c><v>NaN</v></c>"): "not_a_number",
    (2, "<c><v>1_000</v></c>"): "not_a_number",
    (2, "<c><v>1.23456</v></c>"): "too_many_decimals",
    (2, "<c><v>1E10</v></c>"): "too_large",
    (2, '<c t="b"><v>0</v></c>'): "not_a_number",
    (2, '<c s="1"><v>46053</v></c>'): "not_a_number",
    **{(2, f'<c t="e"><v>{error}</v></c>'): "cell_error" for error in ("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NUM!")},
}


def workbook_header_cases():
    row = (date(2026, 1, 31), "A", 1, 2)
    for name, names, verdict in (
        ("two alike", ("Date", "SKU", "Qty", "Qty"), "duplicate_header"),
        ("alike but case", ("Date", "SKU", "Qty", "qty"), "duplicate_header"),
        ("nameless", ("Date", "SKU", None, "Qty"), "empty_header"),
        ("too many", tuple(f"c{number}" for number in range(10_000)), "too_many_columns"),
        ("missing column", ("Date", "Qty"), "unmapped"),
        ("foreign table", ("make", "model"), "unmapped"),
    ):
        yield Case(f"workbook {name}", workbook_bytes({"Sales": [names, row[: len(names)]]}), header=verdict)
    for code, rule in HIDDEN.items():
        content = texts_workbook([("Date", f"S{code}U", "Qty"), ("2026-01-31", "A", "1")])
        yield Case(f"workbook {rule} {code!a} in a name", content, header=rule)


def workbook_asked_cases():
    names = ("Date", "SKU", "Qty")
    day = date(2026, 1, 31)
    for cell in ("03/04/2026", "05-06-2026", "3/4/2026 10:00"):
        yield Case(f"workbook {cell}", workbook_bytes({"S": [names, (cell, "A", 1)]}), asked="Date format")
    for cell in ("31/12/2026", "31.12.2026", "20 Dec 2026"):
        rows = [names, *[(day, "A", 1)] * 9, (cell, "A", 1)]
        yield Case(f"workbook typed days and {cell}", workbook_bytes({"S": rows}), asked="Date format")
    for cells in (("1,234",), ("1.234",), ("1.234,56", "1,234.56"), ("1,5", "1.5"), (1.5, "1,5"), (1.5, "1.234,5")):
        rows = [names, *((day, "A", cell) for cell in cells)]
        yield Case(f"workbook {cells}", workbook_bytes({"S": rows}), asked="Number style")
    rows = [(day, "A", 1), (day, "B", 2)]
    yield Case("workbook no names", workbook_bytes({"S": rows}), asked="Column names")


def spelling_cases():
    """G13: two spellings of one letter are one code, and the person is told."""
    row = (BEFORE[0], "CAFE\u0301", *BEFORE[2:])
    yield Case("decomposed code", joined((NAMES, BEFORE, row), ",").encode(), good=1, bad={3: "composed"})
    yield Case("workbook decomposed code", texts_workbook((NAMES, BEFORE, row)), good=1, bad={3: "composed"})


ROWS = text_row(1, *NAMES) + text_row(2, *BEFORE)
LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
PROTECTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(96)
FOREIGN = {
    "exe": (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "program"),
    "html": (b"<!DOCTYPE html><table><tr><td>1</td></tr></table>", "html"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(40), "image"),
    "json": (b'[{"sku": 1}]', "json"),
    "xml": (b'<?xml version="1.0"?><a/>', "xml"),
    "rtf": (b"{\\rtf1}", "rtf"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "archive"),
    "old xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "xls"),
    "workbook with a password": (PROTECTED, "encrypted"),
    "macros": (raw_workbook(ROWS, parts={"xl/vbaProject.bin": b"x"}), "macros"),
    "macro sheet": (raw_workbook(ROWS, parts={"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "binary workbook": (raw_workbook(ROWS, parts={"xl/workbook.bin": b"x"}), "xlsb"),
    "document": (raw_workbook(ROWS, parts={"word/document.xml": b"x"}), "document"),
    "slides": (raw_workbook(ROWS, parts={"ppt/presentation.xml": b"x"}), "document"),
    "billion laughs": (raw_workbook(ROWS, prolog=LAUGHS), "xml_entities"),
    "external entity": (raw_workbook(ROWS, prolog=EXTERNAL), "xml_entities"),
    "entities among the texts": (
        raw_workbook(ROWS, strings="", parts={"xl/sharedStrings.xml": f"{LAUGHS}<sst><si><t>&b;</t></si></sst>"}),
        "xml_entities",
    ),
    "entities among the styles": (
        raw_workbook(ROWS, styles="", parts={"xl/styles.xml": f"{EXTERNAL}<styleSheet>&a;</styleSheet>"}),
        "xml_entities",
    ),
    "million columns": (raw_workbook(f"<row>{'<c/>' * 1_000_000}</row>"), "too_many_columns"),
    "million styles": (raw_workbook(ROWS, styles=f"<cellXfs>{'<xf/>' * 1_000_000}</cellXfs>"), "too_many_styles"),
    "million texts": (raw_workbook(ROWS, strings="<si/>" * 2_000_001), "too_many_texts"),
    "many parts": (raw_workbook(ROWS, parts={f"xl/media/{n}.png": b"" for n in range(1000)}), "too_many_members"),
    "sheet missing": (raw_workbook(ROWS, parts={"xl/_rels/workbook.xml.rels": "<Relationships/>"}), "empty"),
    "empty workbook": (workbook_bytes({"Sales": []}), "empty"),
    "zip in it": (zip_bytes({"a.csv": b"a,b\n1,2\n"}), "nested_archive"),
    "gzip in it": (gzip.compress(b"a,b\n1,2\n"), "nested_archive"),
    "blanks": (b" \r\n\r\n", "empty"),
    "bytes": (bytes(range(256)) * 20, "binary"),
}


def wrapped_cases():
    for (name, (content, reason)), (wrap, wrapped) in product(FOREIGN.items(), WRAPS.items()):
        if wrap != "bare" or not name.endswith("in it"):
            yield Case(f"{name} {wrap}", wrapped(content), refused=reason)
    for delimiter, encoding in product(",;\t|", ("utf-8", "utf-8-sig", "utf-16")):
        content = zip_bytes({"sales.csv": clean(delimiter).encode(encoding), "__MACOSX/._sales.csv": b"x"})
        yield Case(f"clean {delimiter!r} {encoding} zip", content, good=4)
    table = clean().encode()
    yield Case("zip of two", zip_bytes({"may.csv": table, "june.csv": table}), refused="several_files")
    yield Case("zip of nothing", zip_bytes({}), refused="empty")
    yield Case("zip of folders", zip_bytes({"a/": b"", "__MACOSX/a": b""}), refused="empty")
    yield Case("zip cut", zip_bytes({"a.csv": table})[:-10], refused="corrupt_archive")
    yield Case("zip bomb", zip_bytes({"a.csv": b"a,b\n" * 6_000_000}), refused="bomb")
    yield Case("gzip bomb", gzip.compress(b"a,b\n" * 6_000_000), refused="bomb")
    sheet = f"<worksheet><sheetData>{' ' * 24_000_000}</sheetData></worksheet>"
    yield Case("workbook bomb", raw_workbook(sheet=sheet), refused="bomb")
    parts = {f"xl/media/{number}": bytes(1_000_000) for number in range(20)}
    yield Case("workbook bomb of many parts", raw_workbook(ROWS, parts=parts), refused="bomb")
    yield Case("ods", zip_bytes({"META-INF/manifest.xml": b"<a/>", "content.xml": b"<a/>"}), refused="ods")


CASES = [
    case
    for family in (
        dialect_cases, encoding_cases, header_cases, asked_cases, cell_cases, shape_cases, content_cases,
        workbook_cases, workbook_cell_cases, workbook_header_cases, workbook_asked_cases, spelling_cases, wrapped_cases,
    )
    for case in family()
]  # fmt: skip


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
    source = examine(path, encoding=case.encoding)
    detection = detection_of(source)
    if case.asked:
        assert [question.split(":")[0] for question in detection.questions()] == [case.asked]
        return
    dialect = detection.dialect()
    if case.header:
        assert header_verdict(source, dialect) == case.header
        return
    with opened_table(source, dialect) as table:
        mapping = match_columns(table.header, TRANSACTIONS).mapping
        rows = list(validated_rows(table, TRANSACTIONS, mapping, dialect))
    assert {line: problems[0].rule for line, _, problems in rows if problems} == case.bad
    good = [Transaction(*values) for _, values, problems in rows if not problems]
    assert len(good) == case.good
    if case.name.startswith(("clean", "thousands", "YYYY", "MM/", "DD", "chosen")):
        assert_clean(good)


def header_verdict(source, dialect):
    try:
        with opened_table(source, dialect) as table:
            mapping = match_columns(table.header, TRANSACTIONS).mapping
            with pytest.raises(InvalidInput, match="No column gives"):
                next(validated_rows(table, TRANSACTIONS, mapping, dialect))
    except HeaderRefused as refusal:
        return refusal.problems[0].rule
    return "unmapped"


def assert_clean(rows):
    """The values are the same however the file was written."""
    assert [row.product for row in rows] == list(CODES)
    assert [row.quantity for row in rows] == [Decimal(number) for number in PIECES]
    assert [row.unit_price for row in rows] == [Decimal(number) for number in PRICES]
    moments = [row.booked_at for row in rows]
    assert [(moment.year, moment.month, moment.day) for moment in moments] == list(DAYS)


@pytest.mark.parametrize("kind", ["text", "workbook", "zip"])
def test_file_changed_after_the_preview_is_not_read(tmp_path, kind):
    """G21: what is committed is the copy that was looked at, or nothing."""
    text = clean().encode()
    content = {"text": text, "workbook": texts_workbook([NAMES, BEFORE]), "zip": zip_bytes({"a.csv": text})}[kind]
    stored = store_upload(io.BytesIO(content), tmp_path / "uploads", max_bytes=10**6)
    examine(stored.path)
    check_unchanged(stored)
    stored.path.write_bytes(content[:-1] + b"x")
    with pytest.raises(Conflict):
        check_unchanged(stored)
