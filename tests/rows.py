"""A few rows for tests that reckon by hand: a company's goods, what they sold, what was promised and delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import text

from core.permissions import ROLES, Permission, Role
from core.viewer import CompanyKind, Viewer
from data.db import owner_engine


def colleague(role: Role = Role.PLANNER, *, without: Permission | None = None) -> Viewer:
    """A colleague as services take it, without an account."""
    rights = ROLES[role] - {without}
    return Viewer(None, 1, CompanyKind.INTERNAL, role.value, role.title(), f"{role}@example.com", rights)


@dataclass
class Rows:
    """Adds rows; what it made is found by name."""

    ids: dict[str, int] = field(default_factory=dict)
    _number: Any = field(default_factory=lambda: count(1))

    def add(self, table: str, **values: Any) -> int:
        names, binds = ", ".join(values), ", ".join(f":{name}" for name in values)
        return self._run(f"insert into {table} ({names}) values ({binds}) returning id", values)

    def product(self, code: str, **values: Any) -> int:
        self.ids[code] = self.add("product", code=code, name=f"Product {code}", **values)
        return self.ids[code]

    def place(self, code: str = "KL") -> int:
        self.ids[code] = self.add("location", code=code, name=f"Place {code}", region="Central")
        return self.ids[code]

    def channel(self, code: str = "MT") -> int:
        self.ids[code] = self.add("channel", code=code, name=f"Channel {code}")
        return self.ids[code]

    def sell(
        self, day: str, product: str, quantity: float, revenue: float, *, place: str = "KL", channel: str = "MT"
    ) -> None:
        when = date.fromisoformat(day)
        with owner_engine().begin() as connection:
            connection.execute(text("select tandem_ensure_partition('demand_history', :year)"), {"year": when.year})
            connection.execute(
                text(
                    "insert into demand_history (day, source_key, product_id, location_id, channel_id, kind, quantity, "
                    "revenue) values (:day, :key, :product, :place, :channel, :kind, :quantity, :revenue)"
                ),
                {
                    "day": when,
                    "key": str(next(self._number)),
                    "product": self.ids[product],
                    "place": self.ids[place],
                    "channel": self.ids[channel],
                    "kind": "sale" if quantity >= 0 else "return",
                    "quantity": quantity,
                    "revenue": revenue,
                },
            )

    def forecast(
        self, first: str, values: dict[tuple[str, str], float], *, frequency: str = "month", state: str = "done"
    ) -> int:
        """A run with its first month's forecasts; ``values`` holds product and month."""
        run = self.add(
            "forecast_run",
            frequency=frequency,
            first_period=date.fromisoformat(first),
            horizon=3,
            scope="{}",
            state=state,
        )
        with owner_engine().begin() as connection:
            for (product, period), median in values.items():
                row = {"run": run, "product": self.ids[product], "place": self.ids["KL"], "median": median}
                connection.execute(
                    text(
                        "insert into forecast_series (run_id, product_id, location_id, method, demand_class, why, "
                        "fitted) values (:run, :product, :place, 'theta', 'smooth', '{}', '{}') on conflict do nothing"
                    ),
                    row,
                )
                connection.execute(
                    text(
                        "insert into forecast_value (run_id, product_id, location_id, period, q10, q50, q90) "
                        "values (:run, :product, :place, :period, :median, :median, :median)"
                    ),
                    {**row, "period": date.fromisoformat(period)},
                )
        return run

    def judged(self, run: int, product: str, *, place: str = "KL", **values: Any) -> None:
        """A series of a run with its errors at earlier dates."""
        row = {"method": "theta", "demand_class": "smooth", "volume": 120, "judged_volume": 100, "wmape": 0.1}
        row |= {"bias": 0.0, "naive_wmape": 0.2, "naive_bias": 0.0, "why": "{}", "fitted": "{}", **values}
        row |= {"run_id": run, "product_id": self.ids[product], "location_id": self.ids[place]}
        binds = ", ".join(f":{name}" for name in row)
        given = ", ".join(f"{name} = excluded.{name}" for name in row)
        self._run(
            f"insert into forecast_series ({', '.join(row)}) values ({binds}) "
            f"on conflict (run_id, product_id, location_id) do update set {given} returning run_id",
            row,
        )

    def order_line(
        self,
        promised: str,
        delivered: str | None,
        quantity: float,
        *,
        ordered: float = 10,
        status: str = "delivered",
        product: str = "A",
    ) -> int:
        if "customer" not in self.ids:
            self.ids["customer"] = self.add("customer", code="C1", name="Kedai Satu")
        day = date.fromisoformat(promised)
        order = self.add(
            "sales_order",
            number=f"SO-{next(self._number)}",
            customer_id=self.ids["customer"],
            location_id=self.ids["KL"],
            ordered_on=day,
        )
        return self.add(
            "sales_order_line",
            order_id=order,
            line_no=1,
            product_id=self.ids[product],
            quantity=ordered,
            unit_price=2,
            requested_on=day,
            first_confirmed_on=day,
            delivered_on=None if delivered is None else date.fromisoformat(delivered),
            delivered_quantity=quantity,
            status=status,
        )

    def policy(self, product: str, *, place: str = "KL", **values: Any) -> None:
        policy = {"service_target": 0.95, "safety_stock": 20, "reorder_point": 50, "order_quantity": 60}
        policy |= {"order_up_to": 110, "daily_demand": 5.0, "inputs": '{"lead_time_days": 10}', **values}
        keys = {"product_id": self.ids[product], "location_id": self.ids[place]}
        names = [*keys, *policy]
        self._run(
            f"insert into inventory_policy ({', '.join(names)}) values ({', '.join(f':{name}' for name in names)}) "
            "returning product_id",
            keys | policy,
        )

    def stock(self, product: str, quantity: float, *, place: str = "KL", expires: str | None = None) -> int:
        return self.add(
            "stock_lot",
            product_id=self.ids[product],
            location_id=self.ids[place],
            lot=f"L{next(self._number)}",
            quantity=quantity,
            received_on=date(2026, 1, 1),
            expires_on=None if expires is None else date.fromisoformat(expires),
        )

    def copy_person(self, user_id: int, **changed: Any) -> int:
        """Another account like that one, with the same password."""
        names = ["company_id", "role", "email", "name", "password_hash"]
        values = ", ".join(f":{name}" if name in changed else name for name in names)
        statement = (
            f"insert into app_user ({', '.join(names)}) select {values} from app_user where id = :id returning id"
        )
        return self._run(statement, {**changed, "id": user_id})

    def answer(self, line_id: int, *, company: int, person: int) -> int:
        """A supplier's counter-proposal that nobody has decided on."""
        return self.add(
            "supplier_response",
            company_id=company,
            line_id=line_id,
            line_version=1,
            kind="counter",
            quantity=80,
            promised_on=date(2026, 4, 1),
            reason="Kettle repair",
            created_by=person,
        )

    def setting(self, key: str, value: float) -> None:
        self._run(
            "insert into setting (key, value) values (:key, jsonb_build_object('value', cast(:value as float8))) "
            "returning 1",
            {"key": key, "value": value},
        )

    def bump(self, subject: str) -> None:
        self._run("select tandem_bump(:subject)", {"subject": subject})

    def _run(self, statement: str, values: dict[str, Any]) -> int:
        with owner_engine().begin() as connection:
            return int(connection.execute(text(statement), values).scalar_one())
