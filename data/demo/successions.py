"""What takes the place of goods that end."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from data.demo.frames import numbered, rows

TO_NEW_SHARE, TO_SIBLING_SHARE = 0.8, 0.5


def make_successions(products: pd.DataFrame) -> pd.DataFrame:
    """Table product_succession: one successor for each good that ends, from the day after its end on.

    A new good of its family follows it, or else one of its category; where there is none left, half the demand goes
    to a good that stays. Nothing follows two goods.
    """
    goods = products[products["kind"] == "finished"]
    ending = goods[goods["ends_on"].notna()].sort_values(["ends_on", "id"])
    new = goods[goods["life_cycle"].isin(["launch", "planned"])]
    stays = goods[(goods["life_cycle"] == "active") & goods["launched_on"].isna()]
    found: dict[int, tuple[int, float]] = {}
    for pool, share in ((new, TO_NEW_SHARE), (stays, TO_SIBLING_SHARE)):
        for alike in ("family", "category"):
            for good in rows(ending[~ending["id"].isin(list(found))]):
                taken = [successor for successor, _share in found.values()]
                free = pool[(pool[alike] == getattr(good, alike)) & ~pool["id"].isin(taken)]
                if len(free):
                    found[good.id] = (int(free["id"].iloc[0]), share)
    return numbered(
        pd.DataFrame(
            {
                "predecessor_id": good.id,
                "successor_id": found[good.id][0],
                "starts_on": good.ends_on + timedelta(days=1),
                "share": found[good.id][1],
            }
            for good in rows(ending[ending["id"].isin(list(found))])
        )
    )
