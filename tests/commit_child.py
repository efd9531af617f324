"""Commits one checked import in a process that a test can kill: ``python tests/commit_child.py BATCH_ID``."""

from __future__ import annotations

import sys

from services import accounts, import_work


def main(batch_id: str) -> None:
    viewer = accounts.operator()
    print("go", flush=True)
    import_work.commit_import(viewer, {"batch_id": batch_id}, lambda _f, _m: None)


if __name__ == "__main__":
    main(sys.argv[1])
