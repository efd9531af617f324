"""The sheet of a count as a file: printed, filled in, and sent back in the same layout."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from core.errors import InvalidInput, TooLarge
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from services import stock_counts
from services.download_list import DownloadList, Query, Rows
from services.listed_rows import PAGE_ROWS
from services.stock_counts import Entry

COLUMNS = ("line", "code", "name", "lot", "expires_on", "uom", "book_quantity", "counted_before", "counted")
NEEDED = ("line", "counted_before", "counted")
LARGEST_BYTES = 5_000_000
MOST_ROWS = 20_000


def send_in(viewer: Viewer, count_id: object, stream: BinaryIO) -> int:
    """Enter what a sheet says was counted, all lines or none; a line without a figure is passed over.

    Inputs: a viewer with inventory.edit; an open count; the bytes of a CSV file with the columns of the sheet, in any
        order, separated by comma, semicolon or tab.
    Returns: how many lines changed.
    Raises: NotAllowed; TooLarge; InvalidInput naming row and column; and what services.stock_counts.enter raises.
    Source: screens.md 19: the download is the layout of the upload.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    raw = stream.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise TooLarge(_("The sheet is larger than 5 MB. Send the sheet of this count only."))
    entries = list(_entries(_text(raw)))
    if not entries:
        raise InvalidInput(_("Nothing is filled in: write what was found into the column “counted”."))
    return stock_counts.enter(viewer, count_id, entries)


def _sheet(viewer: Viewer, query: Query) -> Rows:
    given = query.get("count", "")
    count_id = int(given[:18]) if given.isascii() and given.isdigit() else 0
    first, total = 0, 1
    while first < total:
        page = stock_counts.lines(viewer, count_id, start=first, end=first + PAGE_ROWS)
        for row in page.rows:
            shown = row | {"line": row["id"], "counted_before": row["counted"]}
            yield [shown[name] for name in COLUMNS]
        first, total = first + PAGE_ROWS, page.total


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(_("The sheet is not UTF-8 text. Save it as “CSV UTF-8”.")) from error


def _entries(content: str) -> Iterator[Entry]:
    lines = content.splitlines()
    head = lines[0] if lines else ""
    separator = max((",", ";", "\t"), key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(content), delimiter=separator))[: MOST_ROWS + 2]
    except csv.Error as error:
        raise InvalidInput(_("The sheet can't be read: %(reason)s.", reason=error)) from error
    places = _places(rows[0] if rows else [])
    if len(rows) > MOST_ROWS + 1:
        raise InvalidInput(_("The sheet has more than 20,000 rows. Send the sheet of this count only."))
    seen: set[int] = set()
    for number, row in enumerate(rows[1:], start=2):
        line, before, counted = (row[place].strip() if place < len(row) else "" for place in places)
        if not counted:
            continue
        found = _line(line, number)
        if found in seen:
            raise InvalidInput(_("Row %(row)s: line %(line)s stands in the sheet twice.", row=number, line=line))
        seen.add(found)
        yield found, before, counted


def _places(header: Sequence[str]) -> list[int]:
    names = [name.strip().casefold() for name in header]
    for name in NEEDED:
        if name not in names:
            raise InvalidInput(_("The sheet has no column “%(name)s”. Download the sheet and fill it in.", name=name))
    return [names.index(name) for name in NEEDED]


def _line(value: str, number: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise InvalidInput(
            _(
                "Row %(row)s, column “line”: “%(value)s” is no number of the sheet. Leave this column as it was "
                "downloaded.",
                row=number,
                value=value[:40],
            )
        )
    return int(value)


LISTS = {"count-sheet": DownloadList(Permission.INVENTORY_READ, COLUMNS, _sheet)}
