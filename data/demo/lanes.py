"""The ways between the company's own places: from the plant to every store, and on from the main one to Penang."""

from __future__ import annotations

import pandas as pd

from data.demo.frames import numbered
from data.demo.network import COLD_STORE, KLANG, PENANG, PLANT

# To, days, money a unit; for whatever the plant makes.
FROM_PLANT = ((KLANG, 1, 0.04), (PENANG, 2, 0.16), (COLD_STORE, 1, 0.05))
ONWARD_DAYS, ONWARD_COST = 2, 0.12


def make_lanes(pairs: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """Table lane. Goods that sell in Klang and in Penang come to Penang from Klang, in whole cases."""
    by_place = pairs.groupby("location_id")["product_id"].agg(set)
    onward = sorted(by_place.get(KLANG, set()) & by_place.get(PENANG, set()))
    cases = goods.set_index("id")["units_per_case"]
    plant = pd.DataFrame(FROM_PLANT, columns=["to_location_id", "lead_time_days", "cost_per_unit"])
    plant = plant.assign(from_location_id=PLANT, multiple=1)
    klang = pd.DataFrame({"product_id": pd.array(onward, dtype="Int64")}).assign(
        from_location_id=KLANG,
        to_location_id=PENANG,
        lead_time_days=ONWARD_DAYS,
        cost_per_unit=ONWARD_COST,
        multiple=cases.reindex(onward).to_numpy(),
    )
    return numbered(pd.concat([plant.assign(product_id=pd.array([pd.NA] * len(plant), dtype="Int64")), klang]))
