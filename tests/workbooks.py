"""Workbooks for tests: by the library as people's programs make them, or part by part to be as wrong as needed."""

import io
import zipfile

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook_bytes(sheets, *, is_1904=False):
    """Sheets by name, each a list of rows; None leaves a cell out."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def relations(*targets):
    items = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{items}</Relationships>'


def raw_workbook(rows="", *, strings=None, styles=None, prolog="", parts=None, sheet=None, book=None):
    """One sheet, given as the XML between its sheetData, and whatever other part should be as it is told."""
    targets = [("worksheet", "worksheets/sheet1.xml")]
    targets += [("sharedStrings", "sharedStrings.xml")] * (strings is not None)
    targets += [("styles", "styles.xml")] * (styles is not None)
    found = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book
        or f'{prolog}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Sales" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(*targets),
        "xl/worksheets/sheet1.xml": sheet
        or f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if strings is not None:
        found["xl/sharedStrings.xml"] = f'{prolog}<sst xmlns="{MAIN}">{strings}</sst>'
    if styles is not None:
        found["xl/styles.xml"] = f'{prolog}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return zip_bytes(found | (parts or {}))


def zip_bytes(members):
    """A zip of contents by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def text_row(number, *cells):
    """A row of inline texts."""
    found = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{found}</row>'


def row_of(*cells, number=1):
    """A row of cells given as XML."""
    return f'<row r="{number}">{"".join(cells)}</row>'
