"""The import of one file in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.measure import peak_megabytes, timed
from services import accounts, import_work, imports
from services.imports import Options


def main(path: Path) -> None:
    viewer = accounts.operator()
    start = peak_megabytes()
    with path.open("rb") as stream:
        found = imports.upload(viewer, stream, file_name=path.name, came_by="command")
    imports.settle(viewer, found.id, reading=found.reading, mapping=found.mapping, options=Options())
    args = {"batch_id": str(found.id)}
    figures = {
        "start_mb": start,
        "check": timed(lambda: import_work.check_import(viewer, args, silent)),
        "commit": timed(lambda: import_work.commit_import(viewer, args, silent)),
    }
    print(json.dumps(figures | {"peak_mb": peak_megabytes()}))


def silent(_fraction: float, _message: str) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
