"""``cli.py worker``: a process that does the long work."""

from __future__ import annotations

import asyncio

import click


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs done at the same time.")
def worker(concurrency: int) -> None:
    """Do forecasts, imports and other long work until stopped. Start as many as you have machines."""
    from services.worker import work

    asyncio.run(work(concurrency=concurrency))
