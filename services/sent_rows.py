"""Rows that a program sends: the same way as a file, without a person who looks at its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import BinaryIO
from uuid import UUID

from core.errors import InvalidInput
from core.i18n import _
from core.viewer import Viewer
from services import imports
from services.imports import Options

FILE_NAME = "api.csv"


def as_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as the text of a file.

    Inputs: rows: values by field; a field that a row has not is empty.
    Returns: CSV with a header.
    Raises: InvalidInput for a value that is neither text, figure, yes or no, nor null.
    Source: RFC 4180.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _text(name, value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def check(viewer: Viewer, stream: BinaryIO, entity: str, *, mode: str) -> tuple[UUID, UUID]:
    """Take rows in and have them checked, without changing the data.

    Inputs: a viewer with import.run; the bytes of a CSV file whose columns are named as the fields; the name of the
        entity; upsert, insert or update.
    Returns: the ids of the import and of the job.
    Raises: as services.imports.upload and start_check.
    Source: screens.md 20.
    """
    found = imports.upload(viewer, stream, file_name=FILE_NAME, entity=entity)
    options = Options.of({"mode": mode})
    job_id = imports.start_check(viewer, found.id, reading=found.reading, mapping=found.mapping, options=options)
    return found.id, job_id


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    raise InvalidInput(_("%(name)s: send a text, a number, true, false or null.", name=name[:100]))
