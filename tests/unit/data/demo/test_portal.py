"""What passed between the demo company and its partners: of the demo partners only, and true to orders and receipts."""

from __future__ import annotations

import json
from datetime import timedelta

import pandas as pd
import pytest

from data.demo.company import DemoCompany
from data.demo.portal import TABLES
from data.demo.portal_log import KEPT_DAYS

PARTNERS = {2, 3, 4, 5, 6, 7}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_partners_has_rows_of_the_demo_partners_only(company: DemoCompany, table: str) -> None:
    frame = company.frames[table]
    assert len(frame)
    if "company_id" in frame and table != "audit_entry":
        assert set(frame["company_id"]) <= PARTNERS


def test_nothing_is_left_to_mail_or_to_call_out(company: DemoCompany) -> None:
    events, messages = company.frames["partner_event"], company.frames["partner_message"]
    assert events[["mailed_at", "hooked_at"]].notna().all(axis=None)
    assert messages.loc[messages["by_partner"], "told_at"].notna().all()
    requests = company.frames["document_request"]
    due = pd.to_datetime(requests.loc[requests["state"] == "open", "due_on"])
    assert (due > pd.Timestamp(company.basis.calendar.today + timedelta(days=7))).all()
    assert not set(company.frames) & {"mail", "webhook", "webhook_delivery"}


def test_the_log_has_all_partners_in_order_of_time_until_yesterday(company: DemoCompany) -> None:
    events, today = company.frames["partner_event"], company.basis.calendar.today
    assert set(events["company_id"]) == PARTNERS
    assert events["at"].is_monotonic_increasing
    days = events["at"].map(lambda moment: moment.date())
    assert days.max() < today
    assert days.min() >= today - timedelta(days=KEPT_DAYS)
    assert (events["actor"].ne("") == events["by_partner"]).all()


def test_what_was_received_of_a_shipment_is_a_receipt_of_its_line(company: DemoCompany) -> None:
    frames = company.frames
    booked = frames["goods_receipt_line"].merge(frames["goods_receipt"], left_on="goods_receipt_id", right_on="id")
    booked["received_on"] = pd.to_datetime(booked["received_on"])
    found = booked.merge(frames["receipt"], on=["line_id", "received_on", "lot"], suffixes=("", "_came"))
    assert len(found) == len(booked)
    assert (found["quantity"] == found["quantity_came"]).all()
    told = booked["difference"].notna()
    differs = (booked["quantity"] + booked["damaged"]).ne(booked["expected"]) | booked["damaged"].gt(0)
    assert told.sum() >= 1
    assert (told | ~differs).all()
    assert (booked["reason"].notna() == told).all()


def test_shipments_are_on_their_way_received_and_cancelled(company: DemoCompany) -> None:
    frames, today = company.frames, company.basis.calendar.today
    shipments = frames["shipment"]
    assert set(shipments["status"]) == {"sent", "received", "cancelled"}
    sent = shipments[shipments["status"] == "sent"]
    assert (pd.to_datetime(sent["arrives_on"]) > pd.Timestamp(today)).all()
    lots = frames["shipment_line"][frames["shipment_line"]["shipment_id"].isin(sent["id"])]
    lines = frames["purchase_order_line"].set_index("id").loc[lots["line_id"]]
    assert (lines["status"] == "confirmed").all()
    left = (lines["confirmed_quantity"] - lines["received_quantity"]).to_numpy()
    assert (lots["quantity"].to_numpy() <= left).all()
    # Something is left to announce.
    assert (frames["purchase_order_line"]["status"] == "confirmed").sum() > len(lots)


def test_all_but_the_newest_is_invoiced_once(company: DemoCompany) -> None:
    frames = company.frames
    heads = frames["supplier_invoice"].set_index("id")
    assert set(heads["status"]) == {"sent", "approved", "disputed"}
    asked = frames["supplier_invoice_line"].assign(status=lambda f: f["invoice_id"].map(heads["status"]))
    by_line = asked[asked["status"] == "approved"].groupby("line_id")["quantity"].sum()
    received = frames["purchase_order_line"].set_index("id")["received_quantity"]
    assert (by_line <= received.reindex(by_line.index) + 1e-6).all()
    assert asked.groupby("invoice_id").size().max() <= 200


def test_payloads_are_json_and_decisions_have_their_moment(company: DemoCompany) -> None:
    sent = company.frames["partner_submission"]
    assert all(isinstance(json.loads(payload), dict) for payload in sent["payload"])
    decided = sent["status"].isin(["accepted", "rejected"])
    assert (sent["decided_at"].notna() == decided).all()
    assert not sent[~decided].duplicated(["company_id", "kind", "subject_id"]).any()


def test_recipes_to_come_differ_by_one_material(company: DemoCompany) -> None:
    frames = company.frames
    bom, today = frames["bom"], company.basis.calendar.today
    to_come = bom[bom["valid_from"] > today]
    assert len(to_come) >= 2
    for version in to_come.itertuples():
        before = bom[(bom["product_id"] == version.product_id) & (bom["id"] != version.id)]["id"].iloc[0]
        old, new = (
            frames["bom_line"].query("bom_id == @each").set_index("component_id")["quantity"]
            for each in (before, version.id)
        )
        assert (new < old.reindex(new.index)).sum() == 1
        assert (new <= old.reindex(new.index)).all()
