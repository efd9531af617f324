"""What a file is, told by its content; what it is called says nothing."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
DOCUMENTS = frozenset({PDF, PNG, JPEG})
TABLES = frozenset({XLSX, CSV})

_SIGNATURES = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG, b"PK\x03\x04": XLSX}
_WORKBOOK = "xl/workbook.xml"
_MACROS = "vbaproject.bin"
_SEPARATORS = ",;\t|"


def media_type(path: Path) -> str | None:
    """The media type of a PDF, a PNG or JPEG picture, a workbook without macros or a table as text; else None."""
    with path.open("rb") as file:
        head = file.read(max(map(len, _SIGNATURES)))
    found = next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)
    if found == XLSX:
        return XLSX if _is_workbook(path) else None
    return found or (CSV if _is_table(path) else None)


def _is_workbook(path: Path) -> bool:
    try:
        with ZipFile(path) as package:
            names = {name.lower() for name in package.namelist()}
    except (BadZipFile, ValueError, NotImplementedError):
        return False
    return _WORKBOOK in names and not any(name.endswith(_MACROS) for name in names)


def _is_table(path: Path) -> bool:
    """Text whose first line has columns, and that a browser would not take for a page."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return False
    first = text.partition("\n")[0]
    readable = all(character.isprintable() or character in "\t\r\n" for character in text)
    return readable and not first.lstrip().startswith("<") and any(separator in first for separator in _SEPARATORS)
