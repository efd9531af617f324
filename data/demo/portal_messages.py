"""What the demo's company and its partners wrote to each other: threads about an order, an issue, a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from data.demo.frames import rows
from data.demo.people import MARKETING_ID, PLANNER_ID, PORTAL_COMPANIES, SALES_ID
from data.demo.portal_log import Log, Row, at, name_of, person_of

INSIDE, PORTAL = "/supply/messages", "/portal/messages"
THEM = 0
PREVIEW = 200


@dataclass(frozen=True, slots=True)
class Said:
    """So many days ago at an hour, by THEM or one of us; ``internal``: a note that stays inside."""

    ago: int
    hour: int
    who: int
    body: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """With which company, about the last thing of a kind that it has, and what was said."""

    company: int
    subject: str
    said: tuple[Said, ...]


SUPPLIER, SUPPLIER2 = PORTAL_COMPANIES["supplier"]
CUSTOMER, CUSTOMER2 = PORTAL_COMPANIES["customer"]
OEM, OEM2 = PORTAL_COMPANIES["oem"]
THREADS = (
    Thread(
        SUPPLIER,
        "purchase_order",
        (
            Said(4, 9, PLANNER_ID, "Can this order come a day earlier? The line starts on that morning."),
            Said(4, 14, THEM, "We have the goods. The lorry is the question; I ask the haulier."),
            Said(3, 9, PLANNER_ID, "@sales if it is late, the promotion volume is at risk.", internal=True),
            Said(1, 11, THEM, "@planner the haulier can do it. The new shipping notice is on its way to you."),
        ),
    ),
    Thread(
        SUPPLIER,
        "general",
        (
            Said(20, 10, PLANNER_ID, "Please send pallets of at most 1.6 m from now on, our racks are changed."),
            Said(19, 9, THEM, "Noted, from the next shipment on."),
            Said(19, 15, PLANNER_ID, "Thank you."),
        ),
    ),
    Thread(
        SUPPLIER2,
        "quality_issue",
        (
            Said(8, 10, THEM, "May we collect two of the rolls for our laboratory?"),
            Said(7, 9, PLANNER_ID, "Yes, they are at gate 2, ask for the quality desk."),
            Said(7, 10, PLANNER_ID, "Second complaint about print this year; mention it in the review.", internal=True),
        ),
    ),
    Thread(
        SUPPLIER2,
        "purchase_order",
        (Said(2, 16, THEM, "Two of the lines would be cheaper in full pallets. May we propose that?"),),
    ),
    Thread(
        CUSTOMER,
        "sales_order",
        (
            Said(3, 9, THEM, "Our warehouse is closed on Saturday. Please deliver before noon on Friday."),
            Said(3, 11, SALES_ID, "Friday before noon is booked with the haulier."),
            Said(3, 12, SALES_ID, "@marketing they have shelf space for the display as of Friday.", internal=True),
            Said(2, 9, THEM, "Thank you!"),
            Said(1, 10, SALES_ID, "The lorry is booked for 8.30 at our gate, the driver calls you from the road."),
        ),
    ),
    Thread(
        CUSTOMER2,
        "general",
        (
            Said(6, 15, THEM, "Which items come in new packs next year? We have to change our master data."),
            Said(5, 10, MARKETING_ID, "None before the second quarter. You will have the list six weeks ahead."),
        ),
    ),
    Thread(
        OEM,
        "production_order",
        (
            Said(3, 11, THEM, "We have asked for this one a week earlier, because a new outlet opens."),
            Said(2, 10, PLANNER_ID, "I have seen it. I look at the line's load and answer this week."),
        ),
    ),
    Thread(
        CUSTOMER,
        "general",
        (
            Said(12, 9, SALES_ID, "Next year's price list is agreed; you will see it in your catalogue in January."),
            Said(11, 10, THEM, "Received, thank you."),
        ),
    ),
    Thread(
        OEM,
        "general",
        (
            Said(15, 9, THEM, "Who plans our orders while Aisyah is on leave in December?"),
            Said(15, 16, PLANNER_ID, "Priya does, from the 14th on. She reads these messages as well."),
        ),
    ),
    Thread(
        OEM2,
        "general",
        (Said(9, 11, PLANNER_ID, "The plant is closed on the public holidays; the last batch leaves the day before."),),
    ),
    Thread(
        OEM2,
        "submission",
        (
            Said(5, 10, PLANNER_ID, "A sample of the new recipe leaves the plant tomorrow."),
            Said(2, 9, THEM, "It has arrived. Our panel tastes it, then we come back to you."),
        ),
    ),
)


def partner_messages(frames: dict[str, pd.DataFrame], log: Log, *, canaries: bool) -> dict[str, pd.DataFrame]:
    """Tables partner_message and partner_message_read: who wrote has read what was there by then."""
    messages: list[Row] = []
    for thread in THREADS:
        found = _about(thread, frames)
        if found is not None:
            messages += [_message(thread, said, found, log, canaries=canaries) for said in thread.said]
    messages.sort(key=lambda message: message["created_at"])
    told = pd.DataFrame(messages)
    told.insert(0, "id", range(1, len(told) + 1))
    _tell(told, log)
    keys = ["user_id", "company_id", "subject", "subject_id"]
    read = told.groupby(keys, as_index=False).agg(last_id=("id", "max"))
    return {"partner_message": told.drop(columns=["name"]), "partner_message_read": read}


def _about(thread: Thread, frames: dict[str, pd.DataFrame]) -> tuple[str, str] | None:
    """The id of what a thread is about and how the thread is called; None where the partner has none."""
    if thread.subject == "general":
        return "", "General"
    candidates = _OF[thread.subject](frames, thread.company)
    if candidates.empty:
        return None
    last = candidates.iloc[-1]
    return str(last["id"]), _NAMES[thread.subject].format(last["name"])


def _orders(table: str, party: str, state: str | None) -> Any:
    """Orders of a company, the newest last; where none is in the state, all of them."""

    def find(frames: dict[str, pd.DataFrame], company: int) -> pd.DataFrame:
        if table not in frames:
            return pd.DataFrame()
        parties = frames[party]
        own = frames[table][frames[table][f"{party}_id"].isin(parties.loc[parties["company_id"] == company, "id"])]
        own = own.assign(name=own["number"])
        open_ones = own[own["status"] == state] if state else own
        return open_ones if len(open_ones) else own

    return find


def _issues(frames: dict[str, pd.DataFrame], company: int) -> pd.DataFrame:
    found = frames["quality_issue"]
    found = found[(found["company_id"] == company) & (found["state"] == "cause_found")]
    return found.assign(name=found["title"])


def _requests(frames: dict[str, pd.DataFrame], company: int) -> pd.DataFrame:
    found = frames["partner_submission"]
    found = found[(found["company_id"] == company) & (found["kind"] == "recipe_objection")]
    return found.assign(name=found["kind"].str.replace("_", " "))


_OF = {
    "purchase_order": _orders("purchase_order", "supplier", "sent"),
    "sales_order": _orders("sales_order", "customer", None),
    "production_order": _orders("production_order", "oem", "planned"),
    "quality_issue": _issues,
    "submission": _requests,
}
_NAMES = {
    "purchase_order": "Purchase order {}",
    "sales_order": "Sales order {}",
    "production_order": "Production order {}",
    "quality_issue": "Quality issue: {}",
    "submission": "Request: {}",
}


def _message(thread: Thread, said: Said, about: tuple[str, str], log: Log, *, canaries: bool) -> Row:
    subject_id, name = about
    person = said.who or person_of(thread.company)
    sent_at = at(log.today - timedelta(said.ago), said.hour)
    theirs = said.who == THEM
    # In the small company what stays inside can be told from all other texts.
    body = f"CANARY-MESSAGE-{thread.company}" if canaries and said.internal else said.body
    return {
        "company_id": thread.company,
        "subject": thread.subject,
        "subject_id": subject_id,
        "body": body,
        "user_id": person,
        "author": name_of(person),
        "by_partner": theirs,
        "internal": said.internal,
        "created_at": sent_at,
        "told_at": sent_at if theirs else None,
        "name": name,
    }


def _tell(told: pd.DataFrame, log: Log) -> None:
    for message in rows(told[~told["internal"]]):
        theirs = bool(message.by_partner)
        query = {"about": message.subject, "id": message.subject_id, "company": message.company_id if theirs else ""}
        href = f"{INSIDE if theirs else PORTAL}?{urlencode({key: value for key, value in query.items() if value})}"
        say = {"title": f"New message: {message.name}", "href": href, "detail": str(message.body)[:PREVIEW]}
        about, company = ("partner_message", message.id), message.company_id
        if theirs:
            log.theirs(message.created_at, company, "message.posted", about, **say)
        else:
            log.ours(message.created_at, company, "message.posted", about, who=message.user_id, **say)
