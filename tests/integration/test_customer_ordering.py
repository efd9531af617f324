"""A customer orders what can be promised: what it is told, what is held for it, what an accepted order makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import Permission
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import (
    customer_catalogue,
    customer_ordering,
    customer_promises,
    order_templates,
    partner_requests,
    reservations,
)
from services.order_promising import Offer, Part

ViewerOf = Callable[[str], Viewer]
SOON = TODAY + timedelta(3)


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        found = load()
        _sellable(found)
        yield found


def _sellable(ids: Trading) -> None:
    """900 of Gamma's item, of which its two open lines take 200; prices of all kinds; a case of 10."""
    item, site = ids["gamma.item"], ids["site"]
    with owner_engine().begin() as connection:

        def run(statement: str, **values: Any) -> None:
            connection.execute(text(statement), {"item": item, "site": site, "party": ids["gamma.party"], **values})

        run(
            "insert into stock_lot (product_id, location_id, lot, quantity, received_on) "
            "values (:item, :site, 'G1', 900, :day)",
            day=TODAY,
        )
        run("insert into channel (code, name) values ('MT', 'Modern trade')")
        run("update customer set channel_id = (select id from channel where code = 'MT') where id = :party")
        run("insert into unit_of_measure (code, name) values ('CASE', 'Case')")
        run(
            "insert into product_pack (product_id, unit_id, base_units) "
            "select :item, id, 10 from unit_of_measure where code = 'CASE'"
        )
        for price, valid_from, channel, customer in (
            (9, "2025-01-01", None, None),
            (8, "2025-01-01", "MT", None),
            (7, "2026-01-01", None, ids["gamma.party"]),
            (6, "2026-03-04", None, ids["gamma.party"]),
        ):
            run(
                "insert into list_price (product_id, valid_from, price, channel_id, customer_id) "
                "values (:item, :since, :price, (select id from channel where code = :channel), :buyer)",
                since=valid_from,
                price=price,
                channel=channel,
                buyer=customer,
            )
        connection.execute(text("select tandem_bump('stock'), tandem_bump('orders'), tandem_bump('products')"))


@pytest.fixture(autouse=True)
def clean(ids: Trading) -> Iterator[None]:
    yield
    with owner_engine().begin() as connection:
        connection.execute(text("delete from stock_reservation"))
        connection.execute(text("delete from partner_submission"))
        connection.execute(text("delete from order_template"))
        connection.execute(text("delete from sales_order where request_key is not null"))
        connection.execute(text("select tandem_bump('reservations'), tandem_bump('orders')"))


def line(ids: Trading, count: object = 100, wanted: date = SOON, **more: Any) -> dict[str, Any]:
    return {"product_id": ids["gamma.item"], "count": count, "wanted_on": wanted.isoformat(), **more}


def placed(ids: Trading, viewer: Viewer, *lines: dict[str, Any], **more: Any) -> tuple[str, int]:
    key = customer_ordering.new_key()
    customer_ordering.hold(viewer, list(lines) or [line(ids)], [], key=key)
    return key, customer_ordering.place(viewer, key=key, **more)


def stored(statement: str) -> list[Any]:
    with owner_engine().connect() as connection:
        return list(connection.execute(text(statement)))


# The catalogue


def test_catalogue_is_what_was_bought_or_agreed_at_the_own_price(ids: Trading, viewer_of: ViewerOf) -> None:
    (found,) = customer_catalogue.catalogue(viewer_of("customer"))
    assert (found.id, found.code, found.price) == (ids["gamma.item"], "GAMMA-ITEM", Decimal(7))
    assert found.packs == {"KG": 1, "CASE": 10}
    assert (found.usual_quantity, found.location_id) == (Decimal(100), ids["site"])
    assert "770077" not in repr(found)
    assert "880088" not in repr(found)


def test_b01_neighbours_catalogue_is_its_own_and_the_function_knows_no_other(ids: Trading, viewer_of: ViewerOf) -> None:
    assert [product.code for product in customer_catalogue.catalogue(viewer_of("customer2"))] == ["DELTA-ITEM"]
    for name in ("supplier", "oem"):
        with session_scope(viewer_of(name)) as session:
            assert session.execute(text("select * from tandem_customer_catalogue(current_date)")).all() == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"count": 0}, "Quantity"),
        ({"count": "x"}, "Quantity"),
        ({"count": 100_000}, "far more than you ever ordered"),
        ({"unit": "PALLET"}, "KG, CASE"),
        ({"wanted_on": "2026-02-30"}, "Wanted on"),
        ({"wanted_on": "2026-03-01"}, "past"),
        ({"product_id": 10**12}, "not in your catalogue"),
    ],
)
def test_bad_lines_are_told_with_their_number(
    ids: Trading, viewer_of: ViewerOf, typed: dict[str, Any], told: str
) -> None:
    lines = [line(ids), line(ids) | typed]
    with pytest.raises(InvalidInput, match="Line 2: ") as error:
        customer_ordering.check(viewer_of("customer"), lines, key=customer_ordering.new_key())
    assert told in str(error.value)


def test_b02_products_of_others_are_answered_like_unknown_ones(ids: Trading, viewer_of: ViewerOf) -> None:
    told = set()
    for product in (ids["delta.item"], ids["alpha.item"], 10**12, "x", None):
        with pytest.raises(InvalidInput) as error:
            customer_ordering.check(
                viewer_of("customer"), [line(ids, product_id=product)], key=customer_ordering.new_key()
            )
        told.add(str(error.value))
    assert len(told) == 1


@pytest.mark.parametrize(
    "content",
    [
        "code,quantity,unit,wanted_on\nGAMMA-ITEM,5,CASE,2026-03-05\nGAMMA-ITEM,,,\n",
        "wanted_on;code;quantity;unit\n2026-03-05;gamma-item;5;CASE",
        "GAMMA-ITEM\t5\tCASE\t2026-03-05",
    ],
)
def test_pasted_lines_are_read_in_any_layout(ids: Trading, viewer_of: ViewerOf, content: str) -> None:
    (found,) = customer_catalogue.pasted(viewer_of("customer"), content)
    assert (found.quantity, found.value, found.wanted_on) == (Decimal(50), Decimal(350), SOON)


def test_a_pasted_row_divided_otherwise_is_told_and_not_passed_over(ids: Trading, viewer_of: ViewerOf) -> None:
    content = "GAMMA-ITEM\t1\t\t2026-03-09\nGAMMA-ITEM,2,,2026-03-09"
    with pytest.raises(InvalidInput, match="Row 2: quantity: “GAMMA-ITEM,2,,2026-03-09” ends before it"):
        customer_catalogue.pasted(viewer_of("customer"), content)
    filled = "code,quantity,unit,wanted_on\nGAMMA-ITEM,,KG,\nGAMMA-ITEM,3,KG,2026-03-09"
    assert [line.count for line in customer_catalogue.pasted(viewer_of("customer"), filled)] == [3]


def test_pasted_lines_are_all_or_none_and_every_bad_row_is_told(ids: Trading, viewer_of: ViewerOf) -> None:
    content = "code,quantity,unit,wanted_on\nDELTA-ITEM,5,,2026-03-05\nGAMMA-ITEM,-1,,2026-03-05\nGAMMA-ITEM,1,,x"
    with pytest.raises(InvalidInput) as error:
        customer_catalogue.pasted(viewer_of("customer"), content)
    told = str(error.value)
    assert "Row 2: code “DELTA-ITEM”" in told
    assert "Row 3: Quantity" in told
    assert "Row 4: Wanted on" in told
    with pytest.raises(InvalidInput, match="no line with a quantity"):
        customer_catalogue.pasted(viewer_of("customer"), "")


# What can be promised


def test_check_answers_days_and_no_stock(ids: Trading, viewer_of: ViewerOf) -> None:
    lines = [line(ids, 600), line(ids, 200)]
    first, second = customer_ordering.check(viewer_of("customer"), lines, key=customer_ordering.new_key())
    assert [(way.kind, way.quantity, way.terms[0].day) for way in first.choices] == [("whole", 600, SOON)]
    # 900 there, 200 ordered, 600 for the first line: 100 are left.
    assert second.choices[0].quantity == 100
    assert not hasattr(first.choices[0], "on_hand")
    assert stored("select id from stock_reservation") == []


def test_a_late_whole_is_not_offered_once_more_as_a_single_part() -> None:
    later = SOON + timedelta(3)
    offer = Offer(1, 1, "C", "Item", "KL", "Kuala Lumpur", "KG", 0.0, later, [Part(later, 600.0)])
    wanted = SimpleNamespace(quantity=Decimal(600), wanted_on=SOON)
    assert [way.kind for way in customer_promises._own_ways(offer, cast(Any, wanted), None)] == ["whole"]


def test_held_units_are_the_customers_and_count_for_everybody_else(ids: Trading, viewer_of: ViewerOf) -> None:
    customer, key = viewer_of("customer"), customer_ordering.new_key()
    assert customer_ordering.hold(customer, [line(ids, 650)], [], key=key) == []
    (held,) = customer_ordering.holds(customer, key=key)
    assert (held.quantity, held.promised_on, held.minutes_left) == (Decimal(650), SOON, 59)
    other = customer_ordering.check(customer, [line(ids, 100)], key=customer_ordering.new_key())
    assert other[0].choices[0].quantity == 50
    again = customer_ordering.check(customer, [line(ids, 650)], key=key)
    assert again[0].choices[0].quantity == 650, "own holds of the same order do not stand in its way"
    assert reservations.reservations(viewer_of("planner")).live == 1


def test_holding_again_replaces_what_was_held_and_giving_back_ends_it(ids: Trading, viewer_of: ViewerOf) -> None:
    customer, key = viewer_of("customer"), customer_ordering.new_key()
    for count in (100, 300):
        customer_ordering.hold(customer, [line(ids, count)], [], key=key)
    assert [held.quantity for held in customer_ordering.holds(customer, key=key)] == [300]
    assert customer_ordering.release(customer, key=key) == 1
    assert customer_ordering.holds(customer, key=key) == []


def test_what_is_held_runs_out(ids: Trading, viewer_of: ViewerOf) -> None:
    customer, key = viewer_of("customer"), customer_ordering.new_key()
    customer_ordering.hold(customer, [line(ids)], [], key=key)
    with owner_engine().begin() as connection:
        connection.execute(text("update stock_reservation set expires_at = now() - interval '1 minute'"))
    assert customer_ordering.holds(customer, key=key) == []
    with pytest.raises(InvalidInput, match="Nothing is held"):
        customer_ordering.place(customer, key=key)
    assert reservations.expire_holds() == 1


def test_b01_neighbour_sees_and_ends_no_hold_of_others(ids: Trading, viewer_of: ViewerOf) -> None:
    key = customer_ordering.new_key()
    customer_ordering.hold(viewer_of("customer"), [line(ids)], [], key=key)
    neighbour = viewer_of("customer2")
    assert customer_ordering.holds(neighbour) == []
    assert customer_ordering.release(neighbour, key=key) == 0
    with pytest.raises(InvalidInput, match="Nothing is held"):
        customer_ordering.place(neighbour, key=key)
    with session_scope(neighbour) as session:
        assert session.execute(text("select id, quantity from stock_reservation")).all() == []
        assert session.execute(text("select id from product where code = 'GAMMA-ITEM'")).all() == []
    assert len(customer_ordering.holds(viewer_of("customer"), key=key)) == 1


def test_what_colleagues_keep_for_a_customer_is_not_shown(ids: Trading, viewer_of: ViewerOf) -> None:
    reservations.reserve(
        viewer_of("planner"),
        ids["gamma.item"],
        ids["site"],
        quantity=10,
        wanted_on=SOON,
        key=customer_ordering.new_key(),
        customer="GAMMA",
        note="CANARY-note",
    )
    assert customer_ordering.holds(viewer_of("customer")) == []


# The order


def test_accepted_order_is_a_sales_order_that_takes_over_what_was_held(ids: Trading, viewer_of: ViewerOf) -> None:
    _key, sent = placed(ids, viewer_of("customer"), line(ids, 30, unit="CASE"), reference="PO 77", note="Ring first")
    assert stored("select id from sales_order where request_key is not null") == []
    (request,) = partner_requests.requests(viewer_of("planner"), kind="customer_order")
    assert request.described.plain
    assert "their number PO 77" in request.described.summary
    # From 4 March on the contract says 6.
    assert request.described.impact == 300 * 6
    partner_requests.accept(viewer_of("planner"), sent)
    (made,) = stored(
        "select o.number, o.customer_id, l.quantity, l.unit_price, l.requested_on, l.first_confirmed_on "
        "from sales_order o join sales_order_line l on l.order_id = o.id where o.request_key is not null"
    )
    assert tuple(made) == ("SO-2026-00001", ids["gamma.party"], 300, 6, SOON, SOON)
    assert stored("select status from stock_reservation") == [("released",)]
    left = customer_ordering.check(viewer_of("customer"), [line(ids, 600)], key=customer_ordering.new_key())
    assert left[0].choices[0].quantity == 400, "the order takes what the hold took, no more and no less"


def test_h01_order_sent_twice_is_one_order(ids: Trading, viewer_of: ViewerOf) -> None:
    customer = viewer_of("customer")
    key, sent = placed(ids, customer)
    assert customer_ordering.place(customer, key=key) == sent
    with pytest.raises(InvalidInput, match="sent already"):
        customer_ordering.hold(customer, [line(ids)], [], key=key)
    partner_requests.accept(viewer_of("planner"), sent)
    assert customer_ordering.place(customer, key=key) == sent
    with pytest.raises(Conflict):
        partner_requests.accept(viewer_of("planner"), sent)
    assert len(stored("select id from sales_order where request_key is not null")) == 1


def test_refused_and_withdrawn_orders_give_back_what_was_held(ids: Trading, viewer_of: ViewerOf) -> None:
    _key, refused = placed(ids, viewer_of("customer"))
    partner_requests.reject(viewer_of("planner"), refused, "No credit")
    _key, withdrawn = placed(ids, viewer_of("customer"))
    with pytest.raises(NotFound):
        customer_ordering.take_back(viewer_of("customer2"), withdrawn)
    customer_ordering.take_back(viewer_of("customer"), withdrawn)
    assert stored("select distinct status from stock_reservation") == [("released",)]


def test_order_whose_hold_ran_out_is_promised_anew_or_refused(ids: Trading, viewer_of: ViewerOf) -> None:
    _key, sent = placed(ids, viewer_of("customer"), line(ids, 500))
    with owner_engine().begin() as connection:
        connection.execute(text("update stock_reservation set expires_at = now() - interval '1 minute'"))
    other, _sent = placed(ids, viewer_of("customer"), line(ids, 400))
    request = partner_requests.request(viewer_of("planner"), sent)
    assert not request.described.plain
    with pytest.raises(Conflict, match="GAMMA-ITEM: Of 500 only 300"):
        partner_requests.accept(viewer_of("planner"), sent)
    customer_ordering.take_back(viewer_of("customer"), _sent)
    assert other
    partner_requests.accept(viewer_of("planner"), sent)
    assert stored("select quantity from sales_order_line l join sales_order o on o.id = order_id and request_key is "
                  "not null") == [(500,)]  # fmt: skip


def test_price_that_changed_meanwhile_is_no_plain_order(ids: Trading, viewer_of: ViewerOf) -> None:
    _key, sent = placed(ids, viewer_of("customer"))
    with owner_engine().begin() as connection:
        connection.execute(
            text("update partner_submission set payload = replace(payload::text, '\"6.0000\"', '\"1\"')::jsonb")
        )
    found = partner_requests.request(viewer_of("planner"), sent).described
    assert not found.plain
    assert any("RM 6.00" in now_ and "RM 1.00" in asked for _name, now_, asked in found.facts)


@pytest.mark.parametrize("payload", ["{}", '{"lines": 5}', '{"lines": [{"hold": "x"}]}'])
def test_stored_nonsense_does_not_break_the_queue(ids: Trading, viewer_of: ViewerOf, payload: str) -> None:
    _key, sent = placed(ids, viewer_of("customer"))
    with owner_engine().begin() as connection:
        connection.execute(text("update partner_submission set payload = cast(:p as jsonb)"), {"p": payload})
    assert partner_requests.request(viewer_of("planner"), sent).described.obstacle
    with pytest.raises(Conflict):
        partner_requests.accept(viewer_of("planner"), sent)


# Who may what


def test_viewers_look_users_draft_managers_order(ids: Trading, viewer_of: ViewerOf) -> None:
    key = customer_ordering.new_key()
    looking = viewer_of("customer-viewer")
    drafting = replace(looking, permissions=looking.permissions | {Permission.PORTAL_ANSWER})
    assert customer_catalogue.catalogue(looking)
    with pytest.raises(NotAllowed):
        customer_ordering.check(looking, [line(ids)], key=key)
    with pytest.raises(NotAllowed):
        order_templates.save(looking, "Weekly", [line(ids)])
    assert customer_ordering.check(drafting, [line(ids)], key=key)
    for forbidden in (
        lambda: customer_ordering.hold(drafting, [line(ids)], [], key=key),
        lambda: customer_ordering.release(drafting, key=key),
        lambda: customer_ordering.place(drafting, key=key),
        lambda: customer_ordering.take_back(drafting, 1),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


@pytest.mark.parametrize("name", ["planner", "supplier", "oem"])
def test_only_customers_order(ids: Trading, viewer_of: ViewerOf, name: str) -> None:
    with pytest.raises(NotAllowed):
        customer_catalogue.catalogue(viewer_of(name))
    with pytest.raises(NotAllowed):
        customer_ordering.check(viewer_of(name), [line(ids)], key=customer_ordering.new_key())


# Templates


def test_templates_are_kept_replaced_and_removed_by_the_own_company_only(ids: Trading, viewer_of: ViewerOf) -> None:
    customer, neighbour = viewer_of("customer"), viewer_of("customer2")
    kept = order_templates.save(customer, "Weekly", [line(ids, 5, unit="CASE")])
    assert order_templates.save(customer, "Weekly", [line(ids, 6, unit="CASE"), line(ids, 1)]) == kept
    (found,) = order_templates.basket_of_template(customer, str(kept))[:1]
    assert (found.count, found.unit, found.wanted_on) == (Decimal(6), "CASE", TODAY + timedelta(7))
    assert order_templates.templates(neighbour) == []
    for wrong in (str(kept), "999999", "x"):
        with pytest.raises(NotFound, match="There is no such template"):
            order_templates.basket_of_template(neighbour, wrong)
        with pytest.raises(NotFound, match="There is no such template"):
            order_templates.remove(neighbour, wrong)
    order_templates.remove(customer, str(kept))
    assert order_templates.templates(customer) == []


def test_order_again_takes_the_lines_of_an_own_order(ids: Trading, viewer_of: ViewerOf) -> None:
    assert len(order_templates.basket_of_order(viewer_of("customer"), "SO-GAMMA")) == 6
    for wrong in ("SO-DELTA", "SO-NONE", None):
        with pytest.raises(NotFound, match="There is no such order"):
            order_templates.basket_of_order(viewer_of("customer"), wrong)
