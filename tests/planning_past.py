"""Months of a company whose plans, edits and sales are known by hand: for tests of what plans were worth.

Today is 2026-03-18: January and February are over, March is running. Product A sells 100 in January and 100 in
February, B 50 and 40; a price of 2 for A and of 10 for B.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import trading
from rows import Rows
from sqlalchemy import text

from data.db import owner_engine

TODAY = date(2026, 3, 18)
STREAMS = ("sales", "marketing", "customer", "finance", "planner")


class Past(Rows):
    """Rows of published plans and of edits, by the codes of products."""

    def people(self) -> dict[str, int]:
        with owner_engine().connect() as connection:
            found = connection.execute(text("select split_part(email, '@', 1), id from app_user"))
            return {str(name): int(user_id) for name, user_id in found}

    def publish(
        self,
        first: str,
        values: dict[tuple[str, str], dict[str, float]],
        *,
        kind: str = "demand",
        number: int = 1,
        months: int = 3,
        at: str | None = None,
        **head: Any,
    ) -> int:
        """A published demand plan; ``values`` holds steps by product and month, ``consensus`` unless said as
        statistics."""
        month = date.fromisoformat(first)
        when = datetime.fromisoformat(at or f"{month:%Y-%m}-05").replace(tzinfo=UTC)
        version = self.add(
            "plan_version", kind=kind, first_period=month, number=number, months=months, published_at=when, **head
        )
        rows = []
        for (product, period), steps in values.items():
            base = {"naive": None, "statistical": steps.get("consensus", 0.0), "uplift": 0.0}
            row = {**base, **dict.fromkeys(STREAMS), **steps}
            row.setdefault("consensus", row["statistical"])
            row |= {"version_id": version, "product_id": self.ids[product], "period": date.fromisoformat(period)}
            rows.append(row | {"location_id": self.ids["KL"], "channel_id": self.ids["MT"]})
        names = list(rows[0])
        statement = f"insert into demand_plan_value ({', '.join(names)}) values ({', '.join(f':{n}' for n in names)})"
        with owner_engine().begin() as connection:
            connection.execute(text(statement), rows)
        self.bump("plan_version")
        return version

    def edit(
        self,
        at: str,
        cells: dict[tuple[str, str], tuple[float | None, float | None, float]],
        *,
        by: str = "planner",
        stream: str = "planner",
        scope: dict[str, Any] | None = None,
        **values: Any,
    ) -> int:
        """An edit; ``cells`` holds before, after and the plan before by product and month."""
        edit = self.add(
            "demand_edit",
            stream=stream,
            scope=json.dumps({"product": sorted({product for product, _month in cells})} if scope is None else scope),
            cells=len(cells),
            before_total=sum(before or 0.0 for before, _after, _plan in cells.values()),
            after_total=sum(after or 0.0 for _before, after, _plan in cells.values()),
            created_by=self.people()[by],
            created_at=datetime.fromisoformat(at).replace(tzinfo=UTC),
            **{"mode": "set", **values},
        )
        for (product, month), (before, after, plan) in cells.items():
            self._run(
                "insert into demand_edit_cell (edit_id, product_id, location_id, channel_id, period, before, after, "
                "consensus) values (:edit, :product, :place, :channel, :month, :before, :after, :plan) returning 1",
                {
                    "edit": edit,
                    "product": self.ids[product],
                    "place": self.ids["KL"],
                    "channel": self.ids["MT"],
                    "month": date.fromisoformat(month),
                    "before": before,
                    "after": after,
                    "plan": plan,
                },
            )
        self.bump("demand_plan")
        return edit


def load() -> Past:
    """Store people, two products and what they sold."""
    past = Past(ids=dict(trading.load()))
    past.ids["KL"] = past.ids["site"]
    past.channel("MT")
    past.product("A", category="Sauces", family="Chilli", uom="ea", unit_price=2, kind="finished")
    past.product("B", category="Frozen", family="Buns", uom="ea", unit_price=10, kind="finished")
    for day, product, quantity, price in (
        ("2026-01-20", "A", 100, 2),
        ("2026-02-20", "A", 100, 2),
        ("2026-01-20", "B", 50, 10),
        ("2026-02-20", "B", 40, 10),
        ("2026-03-17", "A", 30, 2),
    ):
        past.sell(day, product, quantity, quantity * price)
    past.bump("demand")
    return past
