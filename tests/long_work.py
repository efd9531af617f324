"""Work for the tests of the job mechanism, and a worker process that knows it: ``python tests/long_work.py``."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from core.errors import InvalidInput
from services import worker
from services.worker import Report

KINDS = {"count": "long_work:count", "refuse": "long_work:refuse", "break": "long_work:fail"}


def count(_viewer: object, args: dict[str, Any], report: Report) -> dict[str, Any]:
    """Count steps of 50 ms; note each start in a file, so that a test sees restarts."""
    with Path(args["log"]).open("a") as log:
        log.write("start\n")
    for step in range(args["steps"]):
        report(step / args["steps"], f"{step} of {args['steps']} steps")
        time.sleep(0.05)
    return {"steps": args["steps"]}


def refuse(_viewer: object, _args: dict[str, Any], _report: Report) -> dict[str, Any]:
    raise InvalidInput("This file has no rows.")


def fail(_viewer: object, _args: dict[str, Any], _report: Report) -> dict[str, Any]:
    raise ZeroDivisionError("secret detail")


if __name__ == "__main__":
    worker.KINDS.update(KINDS)
    asyncio.run(worker.work(concurrency=2))
