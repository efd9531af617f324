"""Tells by its bytes what a file is that is no table. Names and media types of uploads are never believed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from data.exchange.problems import FileRefused

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES = "[Content_Types].xml"
TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

SAVE_AS = "Save the table as XLSX or CSV and upload that."
SIGNATURES: tuple[tuple[str, re.Pattern[bytes], str], ...] = tuple(
    (reason, re.compile(pattern, re.DOTALL | re.IGNORECASE), message)
    for reason, pattern, message in (
        ("nested_archive", rb"\x1f\x8b", "The file is compressed twice. Upload it compressed once."),
        ("xls", re.escape(OLE_MAGIC), f"This is an old Excel or Office file. {SAVE_AS}"),
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
            "This is an archive. Upload the file itself, or its gzip or zip.",
        ),
    )
)
# What else is a zip of many parts: a part that only this kind has, by the start of its name.
PACKAGES = (
    ("macros", "xl/vbaProject", "The workbook holds macros. Save it as a plain XLSX workbook and upload that."),
    ("macros", "xl/macrosheets/", "The workbook holds macros. Save it as a plain XLSX workbook and upload that."),
    ("xlsb", "xl/workbook.bin", f"This is a binary Excel workbook. {SAVE_AS}"),
    ("document", "word/document.xml", f"This is a word processor document. {SAVE_AS}"),
    ("document", "ppt/presentation.xml", f"This is a presentation. {SAVE_AS}"),
    ("ods", "META-INF/manifest.xml", f"This is an OpenDocument file. {SAVE_AS}"),
)
# How the directory of an Office file names the stream that a password hides.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
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


def refuse_other_package(names: Collection[str]) -> None:
    """Raises FileRefused when the parts of a zip are those of another kind of document than an XLSX workbook."""
    for reason, part, message in PACKAGES:
        if any(name.casefold().startswith(part.casefold()) for name in names):
            raise FileRefused(reason, message)


def refuse_encrypted(chunks: Iterable[bytes]) -> None:
    """Raises FileRefused when an old-style Office file is the shell of an encrypted workbook."""
    if any(_ENCRYPTED_STREAM in chunk for chunk in chunks):
        raise FileRefused("encrypted", "The workbook is protected by a password. Save it without one and upload that.")


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
