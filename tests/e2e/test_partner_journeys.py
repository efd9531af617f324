"""Three partners, each from the invitation to the effect in the plan, with the planner's queue beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from site_browser import Browser
from sqlalchemy import text

from callbacks.admin.partners import Ids as Partners
from callbacks.partner.customer_ordering import Ids as Ordering
from callbacks.partner.oem_demand import Ids as OemDemand
from callbacks.partner.supplier_capacity import Ids as Capacity
from callbacks.planner.partner_requests import Ids as Requests
from core.clock import today
from data.db import owner_engine

PASSWORD = "plum crane violet harbour"
SignedIn = Callable[[str], Browser]


def stored(statement: str, **values: Any) -> Any:
    with owner_engine().connect() as connection:
        return connection.execute(text(statement), values).scalar()


def test_a_supplier_is_let_in_and_its_longer_lead_time_reaches_the_plan(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    party = add_company(browser, "Journey Packaging", "supplier", "supplier@journey.example")
    first_sign_in(browser)
    browser.open("/portal/supplier/capacity")
    item = option(browser, Capacity.item)
    browser.choose(Capacity.item, item)
    browser.type_into(Capacity.days, "77")
    browser.type_into(Capacity.reason, "New customs rules")
    set_day(browser, Capacity.valid_from)
    browser.click(Capacity.send_lead_time)
    browser.wait_for_rows(Capacity.asked, containing="77")
    assert lead_time(party, item) != 77
    browser.sign_out()
    accept_request(signed_in, "Journey Packaging")
    assert lead_time(party, item) == 77


def test_a_customer_orders_what_can_be_promised(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    party = add_company(browser, "Journey Mart", "customer", "customer@journey.example")
    orders = "select count(*) from sales_order where customer_id = :party"
    before = stored(orders, party=party)
    first_sign_in(browser)
    browser.open("/portal/customer/new-order")
    browser.choose(Ordering.product, option(browser, Ordering.product))
    browser.wait(lambda: browser.find(f"#{Ordering.unit}").get_attribute("value"), "no unit")
    browser.type_into(Ordering.count, "3")
    browser.click(Ordering.add)
    browser.click(Ordering.check)
    browser.click(Ordering.hold)
    browser.type_into(Ordering.reference, "JM-1")
    browser.click(Ordering.order)
    browser.wait_for_rows(Ordering.orders, containing="JM-1")
    assert stored(orders, party=party) == before
    browser.sign_out()
    accept_request(signed_in, "Journey Mart")
    assert stored(orders, party=party) == before + 1
    assert stored(
        "select l.first_confirmed_on >= l.requested_on from sales_order_line l join sales_order o on o.id = l.order_id "
        "where o.customer_id = :party order by l.id desc limit 1",
        party=party,
    )


def test_an_oem_colleague_sends_a_demand_that_becomes_the_customers_word(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    browser.open("/admin/partners")
    browser.select_row(Partners.companies, containing="OEM-002")
    browser.click_text("Invite somebody", tag="summary")
    browser.type_into(Partners.person, "Journey Person")
    browser.type_into(Partners.email, "oem@journey.example")
    browser.choose(Partners.level, "portal_manager")
    browser.click(Partners.invite)
    first_sign_in(browser)
    browser.open("/portal/oem/demand")
    browser.wait_for_rows(OemDemand.rows)
    browser.type_into(OemDemand.percent, "40")
    browser.click(OemDemand.fill)
    browser.type_into(OemDemand.note, "Journey")
    words = "select count(*) from demand_edit where reason like 'Forecast %'"
    before = stored(words)
    waiting = (
        "select count(*) from partner_submission where kind = 'oem_demand' and status = 'pending' and company_id = 7"
    )
    browser.click(OemDemand.send)
    browser.wait(lambda: stored(f"{waiting} and note = 'Journey'"), "nothing was sent")
    assert stored(words) == before
    browser.sign_out()
    accept_request(signed_in, "Journey")
    assert stored(words) == before + 1


def add_company(browser: Browser, name: str, kind: str, email: str) -> int:
    """Let a company in that stands for a partner of the plan; the link of its invitation is on the page."""
    browser.open("/admin/partners")
    browser.type_into(Partners.new_name, name)
    browser.choose(Partners.new_kind, kind)
    browser.wait(lambda: len(options(browser, Partners.new_party)) > 1, "nobody to choose")
    party = options(browser, Partners.new_party)[1]
    browser.choose(Partners.new_party, party)
    browser.type_into(Partners.new_person, f"{name.split()[1]} Person")
    browser.type_into(Partners.new_email, email)
    browser.click(Partners.add)
    return int(party)


def first_sign_in(browser: Browser) -> None:
    """Follow the link on the page as the person who was invited."""
    link = browser.find(".one-time-link").text
    browser.sign_out()
    browser.driver.get(f"{browser.url}{link[link.index('/invitation') :]}")
    browser.type_into("password", PASSWORD)
    browser.type_into("again", PASSWORD)
    browser.click_text("Go on")
    browser.wait(lambda: "/invitation" not in browser.driver.current_url, "not let in")
    browser.find(".user-summary")


def accept_request(signed_in: SignedIn, containing: str) -> None:
    """The planner accepts what waits."""
    browser = signed_in("planner")
    browser.open("/supply/partner-requests")
    browser.select_row(Requests.rows, containing=containing)
    browser.click(Requests.accept)
    browser.find_text("Accepted.")
    assert browser.errors() == []


def options(browser: Browser, component_id: str) -> list[str]:
    found = Select(browser.find(f"#{component_id}")).options
    return [value for each in found if (value := str(each.get_attribute("value")))]


def option(browser: Browser, component_id: str) -> str:
    browser.wait(lambda: options(browser, component_id), f"{component_id} is empty")
    return options(browser, component_id)[0]


def set_day(browser: Browser, component_id: str) -> None:
    element = browser.driver.find_element(By.ID, component_id)
    element.send_keys(today().strftime("%m%d%Y"))


def lead_time(supplier: int, product: str) -> Any:
    return stored(
        "select lead_time_days from supplier_item where supplier_id = :supplier and product_id = :product",
        supplier=supplier,
        product=int(product),
    )
