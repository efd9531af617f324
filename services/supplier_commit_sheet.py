"""The commit grid as a file: downloaded, filled in, and sent back in the same layout."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from core.errors import InvalidInput, TooLarge
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from services import supplier_commits
from services.download_list import DownloadList, Query, Rows

COLUMNS = (*("item", "location", "name", "uom", "starts_on", "ends_on", "forecast", "firm", "commit", "comment"),)
NEEDED = ("item", "location", "starts_on", "commit", "comment")
LARGEST_BYTES = 5_000_000
MOST_ROWS = 20_000


def send_in(viewer: Viewer, stream: BinaryIO) -> int:
    """Send the commits of a sheet, all of them or none.

    Inputs: a supplier with portal.supplier.forecast and portal.commit; the bytes of a CSV file with the columns of the
        download, in any order, separated by comma, semicolon or tab. An empty commit is none.
    Returns: how many cells differ from what was sent before; 0 for a sheet as it was downloaded.
    Raises: NotAllowed; TooLarge; InvalidInput naming row and column; and what services.supplier_commits.send raises.
    Source: screens.md 19: the download is the layout of the upload.
    """
    for right in (Permission.SUPPLIER_FORECAST, Permission.PORTAL_COMMIT):
        require(viewer, right)
    raw = stream.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise TooLarge(_("The sheet is larger than 5 MB. Send the sheet of this forecast only."))
    found = supplier_commits.commit_grid(viewer)
    items = {(item.code, item.location or ""): item.id for item in found.items}
    cells = [
        {
            "item": items.get((row["item"], row["location"]), row["item"]),
            "starts_on": row["starts_on"],
            "quantity": row["commit"],
            "comment": row["comment"],
        }
        for row in _rows(_text(raw))
    ]
    if not cells:
        raise InvalidInput(_("There is no row in the sheet. Download the forecast and fill in the column “commit”."))
    return supplier_commits.send(viewer, None if found.version is None else found.version.id, cells)


def _sheet(viewer: Viewer, query: Query) -> Rows:
    given = query.get("number", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
    for item in supplier_commits.commit_grid(viewer, number).items:
        for cell in item.cells:
            yield [
                *(item.code, item.location or "", item.name, item.uom, cell.starts_on, cell.ends_on),
                *(cell.forecast, cell.firm, cell.commit, cell.comment),
            ]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(_("The sheet is not UTF-8 text. Save it as “CSV UTF-8”.")) from error


def _rows(content: str) -> Iterator[dict[str, str]]:
    head = content.partition("\n")[0]
    separator = max((",", ";", "\t"), key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(content), delimiter=separator))[: MOST_ROWS + 2]
    except csv.Error as error:
        raise InvalidInput(_("The sheet can't be read: %(reason)s.", reason=error)) from error
    if len(rows) > MOST_ROWS + 1:
        raise InvalidInput(_("The sheet has more than 20,000 rows. Send the sheet of this forecast only."))
    places = _places(rows[0] if rows else [])
    for row in rows[1:]:
        if any(cell.strip() for cell in row):
            yield {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip().casefold() for name in header]
    for name in NEEDED:
        if name not in names:
            raise InvalidInput(
                _("The sheet has no column “%(name)s”. Download the forecast and fill it in.", name=name)
            )
    return {name: names.index(name) for name in NEEDED}


LISTS: dict[str, Any] = {"supplier-forecast": DownloadList(Permission.SUPPLIER_FORECAST, COLUMNS, _sheet)}
