"""Loading the demo company against PostgreSQL's COPY of as many bare rows."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Figure, owner_connection, timed
from services import demo


def measured(scale: str) -> Iterator[Figure]:
    seconds = timed(lambda: demo.load_demo(scale))
    with owner_connection() as connection:
        counted = connection.execute("select count(*) from demand_history").fetchone()
        assert counted is not None
        rows = int(str(counted[0]))
        connection.execute("create table bench_demand (like demand_history)")
        bare = timed(lambda: connection.execute("insert into bench_demand select * from demand_history"))
    yield Figure("Demo company loaded", seconds, "s", seconds / bare, "copying its demand rows inside the database")
    yield Figure("Demand rows", rows, "rows")
