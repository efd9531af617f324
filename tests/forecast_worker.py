"""A worker process that forecasts in blocks of one product and takes its time: ``python tests/forecast_worker.py``."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from services import forecast_blocks, forecast_plan, worker

SECONDS_A_BLOCK = 1.0  # long enough for another worker to take its part on a busy machine
_forecast = forecast_blocks._forecast


def slowly(*arguments: Any) -> Any:
    time.sleep(SECONDS_A_BLOCK)
    return _forecast(*arguments)


if __name__ == "__main__":
    forecast_plan.BLOCK_SERIES = 1
    forecast_blocks._forecast = slowly
    asyncio.run(worker.work(concurrency=1))
