"""Production orders, the lines they run on, and the hours these have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.basis import Basis
from data.demo.calendar import Calendar
from data.demo.flows import ORDER_DAYS, Flow
from data.demo.frames import days_or_none, numbered, order_numbers
from data.demo.goods import LINES
from data.demo.materials_flow import KITCHEN_RUN_DAYS, RUN_DAYS, starts_on
from data.demo.network import PLANT
from data.demo.notes import internal_notes
from data.demo.products import Catalogue
from data.demo.scale import stream

RELEASED_AHEAD_DAYS = 3
CANCELLED_SHARE = 0.008
KITCHEN = "KIT-1"
SETUP_HOURS = {"BEV-1": 1.5, "BEV-2": 1.5, "SAU-1": 2.0, "SAU-2": 1.0, "FRZ-1": 1.0, "FRZ-2": 1.0, "RTE-1": 1.5,
               "RTE-2": 0.5, "SNK-1": 1.0, "SNK-2": 1.0, "KIT-1": 0.5}  # fmt: skip
MEAN_UTILISATION = 0.78


def production_orders(basis: Basis, flows: list[Flow]) -> pd.DataFrame:
    """The table production_order, in order of time."""
    calendar, catalogue = basis.calendar, basis.catalogue
    rows = pd.concat([_made_rows(flow) for flow in flows], ignore_index=True)
    rows = rows[rows["day"] >= calendar.history - ORDER_DAYS]
    rows = _with_cancelled(rows.sort_values(["day", "product_id", "location_id"], ignore_index=True), calendar)
    rows["number"] = order_numbers("MO", rows["id"], rows["day"], calendar)
    oem = rows["product_id"].map({number: good.variety.oem for number, good in catalogue.goods.items()})
    oem_id = oem.where(oem > 0).astype("Int64")
    done = rows["status"] == "done"
    return pd.DataFrame(
        {
            "id": rows["id"],
            "number": rows["number"],
            "product_id": rows["product_id"],
            "location_id": rows["location_id"],
            "resource_id": rows["product_id"].map(line_of_product(catalogue)),
            "oem_id": oem_id,
            "quantity": rows["quantity"],
            "made_quantity": np.where(done, rows["made"], 0.0),
            "scrap_quantity": _scrap(rows, for_oem=done & oem_id.notna()),
            "starts_on": calendar.days[rows["start"]],
            "due_on": calendar.days[rows["due"]],
            "finished_on": days_or_none(rows["finish"], done, calendar),
            "status": rows["status"],
            "internal_note": internal_notes(
                "production", oem_id.map(basis.network.oems.set_index("id")["code"]), rows["number"], basis.scale
            ),
        }
    )


def _scrap(rows: pd.DataFrame, *, for_oem: pd.Series[bool]) -> pd.Series[float]:
    """0 to 4 % of what was made for OEMs, by the number of the order; nothing is told of other orders."""
    share = rows["id"] * 37 % 5 / 100
    return (rows["made"] * share).round(0).where(for_oem, 0.0)


def line_of_product(catalogue: Catalogue) -> dict[int, int]:
    """Resource id of everything that is made."""
    numbers = {code: number for number, code in enumerate(LINES, start=1)}
    return {
        product: numbers[catalogue.goods[product].family.line if product in catalogue.goods else KITCHEN]
        for product in catalogue.recipes
    }


def capacity_frames(basis: Basis, orders: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables resource and routing; hours are such that the last year's mean load was MEAN_UTILISATION of them."""
    catalogue, calendar = basis.catalogue, basis.calendar
    lines = line_of_product(catalogue)
    codes = list(LINES)
    used = [number for number, _ in enumerate(codes, start=1) if number in lines.values()]
    routing = pd.DataFrame(
        {
            "product_id": list(lines),
            "resource_id": list(lines.values()),
            "setup_hours": [SETUP_HOURS[codes[line - 1]] for line in lines.values()],
            "hours_per_unit": [
                max(round(_kilograms(catalogue, product) / LINES[codes[line - 1]][1], 4), 0.0001)
                for product, line in lines.items()
            ],
        }
    )
    week_hours = _mean_week_hours(orders, routing, calendar)
    resource = pd.DataFrame(
        {
            "id": used,
            "code": [codes[number - 1] for number in used],
            "name": [LINES[codes[number - 1]][0] for number in used],
            "location_id": PLANT,
            "hours_per_week": [_shifts(week_hours.get(number, 0.0)) for number in used],
        }
    )
    return {"resource": resource, "routing": routing}


def _made_rows(flow: Flow) -> pd.DataFrame:
    orders = flow.orders
    chosen = flow.supplier[orders.day, orders.item] == 0
    item, unit = orders.item[chosen], flow.unit[orders.item[chosen]]
    kitchen = flow.location_id[0] == PLANT
    day = flow.first_day + orders.day[chosen]
    return pd.DataFrame(
        {
            "product_id": flow.product_id[item],
            "location_id": flow.location_id[item],
            "day": day,
            "quantity": np.round(orders.quantity[chosen] * unit, 3),
            "made": np.round(orders.first_quantity[chosen] * unit, 3),
            "start": starts_on(flow, run_days=KITCHEN_RUN_DAYS if kitchen else RUN_DAYS)[chosen],
            "due": day + flow.items.planned_lead[item],
            "finish": flow.first_day + orders.first_day[chosen],
        }
    )


def _with_cancelled(rows: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    today = calendar.history
    rows["status"] = np.select(
        [rows["finish"] < today, rows["start"] < today, rows["start"] < today + RELEASED_AHEAD_DAYS],
        ["done", "running", "released"],
        "planned",
    )
    again = rows[stream("cancelled production").random(len(rows)) < CANCELLED_SHARE].assign(status="cancelled")
    return numbered(pd.concat([rows, again]).sort_values("day", kind="stable"))


def _kilograms(catalogue: Catalogue, product: int) -> float:
    return catalogue.goods[product].pack.kilograms if product in catalogue.goods else 1.0


def _mean_week_hours(orders: pd.DataFrame, routing: pd.DataFrame, calendar: Calendar) -> dict[int, float]:
    """Run and set-up hours a week of every line over the last year."""
    last_year = (orders["starts_on"] >= calendar.days[calendar.history - 364]) & (orders["status"] == "done")
    load = orders[last_year].merge(routing, on="product_id")
    hours = load["quantity"] * load["hours_per_unit"] + load["setup_hours"]
    return {int(line): total / 52 for line, total in hours.groupby(load["resource_id_y"]).sum().items()}


def _shifts(hours: float) -> float:
    """Whole shifts of eight hours."""
    return float(max(np.ceil(hours / MEAN_UTILISATION / 8), 1) * 8)
