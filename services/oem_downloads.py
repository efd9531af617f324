"""What an OEM sees beside its orders, as files: risks, materials, yield and recipes, as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from core.permissions import Permission
from core.viewer import Viewer
from services import oem_changes, oem_materials, oem_quality, oem_risks
from services.download_list import DownloadList, Query, Record, Rows, as_shown, chosen

RISKS = ("number", "code", "item", "reason", "week", "due_on", "days_late")
MATERIALS = ("code", "name", "uom", "stock", "planned_use", "weeks")
MOVES = ("month", "code", "name", "uom", "received", "used")
QUALITY = ("number", "day", "code", "name", "uom", "made", "scrap", "share")
CHANGES = ("code", "item", "valid_from", "change", "answer", "note", "answered_by")


def _risks(viewer: Viewer, query: Query) -> Rows:
    shown = {"order": ["number"], "week": ["week", "due_on"]}
    return _as_shown((asdict(each) for each in oem_risks.risks(viewer)), query, RISKS, shown)


def _materials(viewer: Viewer, query: Query) -> Rows:
    records = ({name: getattr(each, name) for name in MATERIALS} for each in oem_materials.materials(viewer))
    return _as_shown(records, query, MATERIALS, {"what": ["code"], "cover": ["weeks"]})


def _moves(viewer: Viewer, query: Query) -> Rows:
    records = (
        {"month": month, "code": each.code, "name": each.name, "uom": each.uom, "received": received, "used": used}
        for each in oem_materials.materials(viewer)
        for month, received, used in reversed(each.months)
    )
    return _as_shown(records, query, MOVES, {"what": ["month", "code"]})


def _quality(viewer: Viewer, query: Query) -> Rows:
    return _as_shown(oem_quality.quality(viewer).orders, query, QUALITY, {"what": ["number"]})


def _changes(viewer: Viewer, query: Query) -> Rows:
    records = (
        {**asdict(each), "change": ", ".join(f"{what} {name}" for what, name in each.changes)}
        for each in oem_changes.changes(viewer)
    )
    return _as_shown(records, query, CHANGES, {"what": ["code", "valid_from"], "state": ["answer"]})


def _as_shown(
    records: Iterable[Record], query: Query, columns: Sequence[str], shown: Mapping[str, Sequence[str]]
) -> Rows:
    return chosen(as_shown(records, query, shown), columns)


LISTS = {
    "oem-risks": DownloadList(Permission.OEM_RISK, RISKS, _risks),
    "oem-materials": DownloadList(Permission.OEM_MATERIALS, MATERIALS, _materials),
    "oem-material-moves": DownloadList(Permission.OEM_MATERIALS, MOVES, _moves),
    "oem-quality": DownloadList(Permission.OEM_QUALITY, QUALITY, _quality),
    "oem-changes": DownloadList(Permission.OEM_CHANGES, CHANGES, _changes),
}
