"""What ends has a successor that is sold when it begins."""

from __future__ import annotations

from data.demo.company import DemoCompany
from data.demo.successions import TO_NEW_SHARE


def test_every_good_that_ends_is_followed_by_another_of_its_category(company: DemoCompany) -> None:
    goods, found = company.frames["product"].set_index("id"), company.frames["product_succession"]
    assert set(found["predecessor_id"]) == set(goods.index[goods["ends_on"].notna()])
    assert found["successor_id"].is_unique
    before, after = goods.loc[found["predecessor_id"]], goods.loc[found["successor_id"]]
    assert before["category"].tolist() == after["category"].tolist()
    assert after["ends_on"].isna().all()
    assert (found["starts_on"].to_numpy() > before["ends_on"].to_numpy()).all()


def test_launches_take_more_than_what_was_there_already(default: DemoCompany) -> None:
    goods, found = default.frames["product"].set_index("id"), default.frames["product_succession"]
    new = goods.loc[found["successor_id"], "life_cycle"].isin(["launch", "planned"]).to_numpy()
    assert new.any()
    assert set(found.loc[new, "share"]) == {TO_NEW_SHARE}
    assert found.loc[~new, "share"].max() < TO_NEW_SHARE
