"""Units cover what products are counted in; packs follow the case."""

from __future__ import annotations

import pytest

from data.demo.company import DemoCompany
from data.demo.units import CARTONS_A_LAYER, PALLET_KILOGRAMS


def test_every_unit_a_product_is_counted_in_is_known(company: DemoCompany) -> None:
    assert set(company.frames["product"]["uom"]) <= set(company.frames["unit_of_measure"]["code"])


def test_every_good_has_a_carton_of_its_case_and_a_pallet_of_whole_layers(company: DemoCompany) -> None:
    units = company.frames["unit_of_measure"].set_index("id")["code"]
    packs = company.frames["product_pack"].assign(unit=lambda frame: frame["unit_id"].map(units))
    goods = company.frames["product"].query("kind == 'finished'").set_index("id")
    packs = packs[packs["product_id"].isin(goods.index)]
    by_unit = packs.pivot(index="product_id", columns="unit", values="base_units")
    assert by_unit["CTN"].tolist() == goods["units_per_case"].tolist()
    cartons = by_unit["PAL"] / by_unit["CTN"]
    assert (cartons % CARTONS_A_LAYER == 0).all()
    kilograms = by_unit.index.map(
        {number: good.pack.kilograms for number, good in company.basis.catalogue.goods.items()}
    )
    assert (by_unit["PAL"] * kilograms).max() <= PALLET_KILOGRAMS


def test_a_pallet_of_what_is_weighed_bears_as_much_as_one_of_goods(company: DemoCompany) -> None:
    products = company.frames["product"].set_index("id")
    packs = company.frames["product_pack"].assign(kind=lambda frame: frame["product_id"].map(products["kind"]))
    bulk = packs[packs["kind"] == "material"]
    assert len(bulk) == products.query("kind == 'material' and uom in ('KG', 'L')").shape[0] > 0
    assert set(bulk["base_units"]) == {PALLET_KILOGRAMS}


def test_barcodes_of_cartons_are_ean_13(company: DemoCompany) -> None:
    codes = company.frames["product_pack"]["barcode"].dropna()
    assert codes.is_unique
    assert len(codes) == len(company.basis.catalogue.goods)
    for code in codes:
        assert len(code) == 13
        assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(code)) % 10 == 0


@pytest.mark.parametrize("unit", ["KG", "L"])
def test_what_is_weighed_or_measured_has_decimals(small: DemoCompany, unit: str) -> None:
    units = small.frames["unit_of_measure"].set_index("code")["decimals"]
    assert units[unit] == 3
    assert units["EA"] == 0
