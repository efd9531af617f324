"""A mail a day to suppliers with order lines that they have to confirm soon."""

from __future__ import annotations

from datetime import timedelta

from core.clock import today
from core.i18n import _, counted, day
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.queries import mail as rows
from data.queries import supplier_portal
from services import outbox
from services.accounts import operator, viewer_of_user
from services.company_time import company_now
from services.form_values import shown_quantity
from services.mail_digests import MORNING
from services.mail_preferences import NEVER, usual
from services.supplier_lines import OrderLine, order_line

WITHIN_DAYS = 3
SHOWN = 10
TOPIC = "reminders"
PATH = "/portal/supplier/orders"


def remind() -> int:
    """Remind the people of suppliers who answer order lines; called again and again, each is reminded once a day.

    Inputs: none.
    Returns: how many mails were made.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: screens.md 18 (to confirm by days left); security.md B13: read with the eyes of its recipient.
    """
    clerk = operator()
    with session_scope(clerk) as session:
        if company_now(session).time() < MORNING:
            return 0
        people = rows.people_of(session, list(rows.partner_companies(session, "supplier")))
    return sum(_remind(clerk, person) for row in people if (person := viewer_of_user(row.id)) is not None)


def _remind(clerk: Viewer, person: Viewer) -> bool:
    if not (person.may(Permission.SUPPLIER_PORTAL) and person.may(Permission.PORTAL_ANSWER)):
        return False
    lines = _lines(person)
    if not lines:
        return False
    user_id = person.user_id or 0
    with session_scope(clerk) as session:
        chosen = rows.preferences(session, [user_id])
        if chosen.get((user_id, TOPIC), usual(TOPIC, internal=False)) == NEVER:
            return False
        made = outbox.send(
            session,
            to_user_id=user_id,
            template="reminder",
            values={
                "name": person.name,
                "title": counted(
                    "An order line waits for your confirmation",
                    "%(count)s order lines wait for your confirmation",
                    len(lines),
                ),
                "lines": [_words(line) for line in lines[:SHOWN]],
                "href": f"{PATH}?show=to_confirm",
            },
            dedupe_key=f"confirm:{user_id}:{today()}",
            topic=TOPIC,
            reader=Permission.SUPPLIER_PORTAL,
        )
    return made is not None


def _lines(person: Viewer) -> list[OrderLine]:
    with session_scope(person) as session:
        found = supplier_portal.lines(session, today=today(), show="to_confirm", search="", limit=None)
    until = today() + timedelta(days=WITHIN_DAYS)
    return [line for line in map(order_line, found) if line.requested_on <= until]


def _words(line: OrderLine) -> str:
    return _(
        "%(order)s/%(line)s %(item)s: %(quantity)s %(uom)s for %(day)s",
        order=line.order,
        line=line.line_no,
        item=line.item,
        quantity=shown_quantity(line.quantity),
        uom=line.uom,
        day=day(line.requested_on),
    )
