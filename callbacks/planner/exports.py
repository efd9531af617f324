"""Every kind of row as a file: what a line of the list says and where it leads."""

from __future__ import annotations

from typing import Any

from components.download import KINDS
from core.i18n import _, moment
from core.ids import PageIds
from services.exports import EntityFile

PATH = "/data/export"


class Ids(PageIds):
    rows: str


def file_row(found: EntityFile) -> dict[str, Any]:
    """One entity as a row of the grid; its links are Markdown."""
    entity = found.entity
    return {
        "name": _(entity.label),
        "help": _(entity.help),
        "rows": found.rows,
        "changed_at": moment(found.changed_at),
        "files": _links(f"/data/export/{entity.name}"),
        "templates": _links(f"/data/template/{entity.name}"),
    }


def _links(address: str) -> str:
    return " · ".join(f"[{text}]({address}.{kind})" for kind, text in KINDS)
