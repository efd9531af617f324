"""Recipes of brand owners' products that change: versions to come, and what the owners said to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from data.demo.people import PORTAL_COMPANIES
from data.demo.portal_log import KEPT_DAYS, Log, Row, at, name_of, person_of

PER_OEM, MONTHS_AHEAD = 2, 3
LESS = 0.9  # of the material that is taken most of
SAID_DAYS = 6
OBJECTION = "Our customers would taste less of it. Please let us try a sample first."
RECIPES = "/data/recipes"


def with_versions_to_come(frames: dict[str, pd.DataFrame], *, today: date) -> dict[str, pd.DataFrame]:
    """Tables bom, bom_line and bom_substitute with another version of the first PER_OEM items made for each OEM: a
    tenth less of the material that is taken most of."""
    begins = (pd.Timestamp(today) + pd.DateOffset(months=MONTHS_AHEAD)).replace(day=1).date()
    old = frames["bom"][frames["bom"]["product_id"].isin(_items(frames)["product_id"])]
    new = old.assign(id=range(len(frames["bom"]) + 1, len(frames["bom"]) + len(old) + 1), valid_from=begins)
    number = dict(zip(old["id"].tolist(), new["id"].tolist(), strict=True))

    def again(table: str) -> pd.DataFrame:
        lines = frames[table][frames[table]["bom_id"].isin(old["id"])]
        return lines.assign(bom_id=lines["bom_id"].map(number))

    lines = again("bom_line")
    materials = lines[~lines["component_id"].isin(frames["product"].query("kind == 'packaging'")["id"])]
    most = materials.loc[materials.groupby("bom_id")["quantity"].idxmax()].index
    lines.loc[most, "quantity"] = (lines.loc[most, "quantity"].astype(float) * LESS).round(4)
    changed = {"bom": new, "bom_line": lines, "bom_substitute": again("bom_substitute")}
    return {table: pd.concat([frames[table], more], ignore_index=True) for table, more in changed.items()}


def recipe_words(frames: dict[str, pd.DataFrame], log: Log) -> tuple[pd.DataFrame, dict[int, dict[str, Any]]]:
    """Table recipe_acknowledgement: each OEM acknowledged what holds and its first version to come, but the last OEM,
    which objects to that one; by company what is objected to."""
    items, products = _items(frames), frames["product"].set_index("id")
    newest = frames["bom"].sort_values("valid_from").drop_duplicates("product_id", keep="last").set_index("product_id")
    said_at = at(log.today - timedelta(SAID_DAYS), 14)
    words, objections = _long_ago(items, frames["bom"], log.today), {}
    for oem, product in items.drop_duplicates("oem_id")[["oem_id", "product_id"]].itertuples(index=False):
        company = PORTAL_COMPANIES["oem"][int(oem) - 1]
        version, code = newest.loc[product], str(products.loc[product, "code"])
        objected = company == PORTAL_COMPANIES["oem"][-1]
        words.append(_word(int(version["id"]), company, said_at, OBJECTION if objected else None))
        begins = version["valid_from"]
        if objected:
            objections[company] = {"bom_id": int(version["id"]), "code": code, "valid_from": begins.isoformat()}
            objections[company] |= {"note": OBJECTION, "ago": SAID_DAYS}
        else:
            title, about = f"Recipe of {code} from {begins}", ("bom", int(version["id"]))
            log.theirs(said_at, company, "recipe.acknowledged", about, title=title, href=RECIPES)
    return pd.DataFrame(words), objections


def _long_ago(items: pd.DataFrame, bom: pd.DataFrame, today: date) -> list[Row]:
    """That the versions of today hold was acknowledged before the log begins."""
    said_at = at(today - timedelta(KEPT_DAYS + 1), 14)
    oem = items.set_index("product_id")["oem_id"].to_dict()
    held = bom[(bom["valid_from"] <= today) & bom["product_id"].isin(list(oem))]
    pairs = zip(held["id"].tolist(), held["product_id"].tolist(), strict=True)
    return [_word(version, PORTAL_COMPANIES["oem"][int(oem[product]) - 1], said_at, None) for version, product in pairs]


def _word(version: int, company: int, said_at: datetime, objection: str | None) -> Row:
    return {
        "bom_id": version,
        "company_id": company,
        "answer": "objected" if objection else "acknowledged",
        "note": objection,
        "user_id": person_of(company),
        "actor": name_of(person_of(company)),
        "created_at": said_at,
    }


def _items(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    made = frames["production_order"].dropna(subset=["oem_id"])
    made = made[(made["status"] != "cancelled") & made["product_id"].isin(frames["bom"]["product_id"])]
    made = made.drop_duplicates(["oem_id", "product_id"]).sort_values(["oem_id", "product_id"])
    return made.groupby("oem_id").head(PER_OEM)
