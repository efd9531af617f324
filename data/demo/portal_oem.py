"""Materials that OEMs own: of each the one, taken by its products, that fewest other products take."""

from __future__ import annotations

import pandas as pd

from data.demo.products import Catalogue

BOUGHT = ("material", "packaging")


def oem_materials(catalogue: Catalogue) -> pd.DataFrame:
    """Table oem_material, a row an OEM; of materials equally shared the one with the lowest id."""
    oem = {number: good.variety.oem for number, good in catalogue.goods.items()}
    lines = catalogue.bom_line.merge(catalogue.bom, left_on="bom_id", right_on="id")
    bought = catalogue.products.loc[catalogue.products["kind"].isin(BOUGHT), "id"]
    lines = lines[lines["component_id"].isin(bought)]
    lines = lines.assign(oem_id=lines["product_id"].map(oem).fillna(0).astype(int))
    users = lines.groupby("component_id")["product_id"].nunique().rename("users").reset_index()
    taken = lines.groupby(["oem_id", "component_id"])["product_id"].nunique().rename("own").reset_index()
    taken = taken[taken["oem_id"] > 0].merge(users, on="component_id")
    taken = taken.assign(others=taken["users"] - taken["own"]).sort_values(["others", "component_id"])
    first = taken.drop_duplicates("oem_id").sort_values("oem_id")
    return pd.DataFrame({"oem_id": first["oem_id"], "product_id": first["component_id"]})
