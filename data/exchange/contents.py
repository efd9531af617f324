"""Tells by the first bytes what a file is that is not a text table. Names and media types are never believed."""

from __future__ import annotations

import re

from data.exchange.problems import FileRefused

GZIP_MAGIC = b"\x1f\x8b"
TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

SAVE_AS = "Save the table as CSV and upload that."
SIGNATURES: tuple[tuple[str, re.Pattern[bytes], str], ...] = tuple(
    (reason, re.compile(pattern, re.DOTALL | re.IGNORECASE), message)
    for reason, pattern, message in (
        ("xlsx", rb"PK\x03\x04.*(\[Content_Types\]\.xml|xl/)", f"This is an Excel workbook. {SAVE_AS}"),
        ("zip", rb"PK(\x03\x04|\x05\x06|\x07\x08)", "This is a zip archive. Upload the CSV file itself, or its gzip."),
        ("xls", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"This is an old Excel or Office file. {SAVE_AS}"),
        ("pdf", rb"%PDF-\d", f"This is a PDF document. {SAVE_AS}"),
        ("program", rb"\x7fELF|MZ[^\n]{0,120}\x00", "This is a program, not a table."),
        ("image", rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\x00{4}|RIFF.{4}WEBP", "This is an image, not a table."),
        ("html", rb"\s*(<!--|<!doctype html|<html|<head|<body|<table|<script)", f"This is a web page. {SAVE_AS}"),
        ("xml", rb"\s*(<\?xml|<svg|<workbook)", f"This is an XML document. {SAVE_AS}"),
        ("json", rb"\s*(\{\s*\"|\[\s*[\[{\"])", f"This is a JSON document. {SAVE_AS}"),
        ("rtf", rb"\{\\rtf", f"This is a word processor document. {SAVE_AS}"),
        (
            "archive",
            rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|.{257}ustar",
            "This is an archive. Upload the CSV file itself, or its gzip.",
        ),
    )
)
FEWEST_CONTROLS = 8
BINARY_SHARE = 0.05
_NOT_TEXT = bytes(set(range(32)) - set(b"\t\n\r\f\x1a") | {127})


def refuse_other_contents(head: bytes, *, wide: bool = False) -> None:
    """Raises FileRefused when the first bytes are those of another kind of file, or not text at all.

    ``wide``: a person said that it is UTF-16, in which every other byte may be NUL.
    """
    start = head.removeprefix(TEXT_MARKS[0])
    for reason, pattern, message in SIGNATURES:
        if pattern.match(start):
            raise FileRefused(reason, message)
    if not wide and not head.startswith(TEXT_MARKS):
        _refuse_binary(head)


def _refuse_binary(head: bytes) -> None:
    controls = len(head) - len(head.translate(None, _NOT_TEXT))
    if controls < FEWEST_CONTROLS or controls < BINARY_SHARE * len(head):
        return  # a stray control character is reported by the reader, with its row
    even, odd = sorted((head[::2].count(0), head[1::2].count(0)))
    if odd > 0.3 * len(head) and not even:
        raise FileRefused(
            "utf16_without_mark",
            "Every other byte is NUL: this looks like UTF-16 without its byte order mark. Save it as UTF-8, "
            "or choose the encoding UTF-16 LE or UTF-16 BE.",
        )
    raise FileRefused("binary", "This is binary data, not a text table.")
