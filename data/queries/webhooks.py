"""Webhooks of companies, and what was sent to them. Row-level security shows a partner its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from data.rows import one_or_none
from models.base import Json
from models.partners import CompanyWithheld, PartnerEvent
from models.people import Company
from models.webhooks import Webhook, WebhookDelivery


def add(session: Session, **values: Any) -> int | None:
    """A new webhook; None when the company has one for this address."""
    statement = insert(Webhook).values(**values).on_conflict_do_nothing(index_elements=["company_id", "url"])
    return session.execute(statement.returning(Webhook.id)).scalar_one_or_none()


def of_company(session: Session, company_id: int) -> list[Row[Any]]:
    columns = (Webhook.id, Webhook.url, Webhook.events, Webhook.active, Webhook.disabled_reason, Webhook.created_at)
    return list(session.execute(select(*columns).where(Webhook.company_id == company_id).order_by(Webhook.id)))


def one(session: Session, *, company_id: int, webhook_id: int) -> Row[Any] | None:
    statement = select(Webhook.id, Webhook.url, Webhook.active)
    return one_or_none(session, statement.where(Webhook.id == webhook_id, Webhook.company_id == company_id))


def change(session: Session, webhook_id: int, **values: Any) -> None:
    session.execute(update(Webhook).where(Webhook.id == webhook_id).values(**values, version=Webhook.version + 1))


def delete(session: Session, webhook_id: int) -> None:
    """Delete a webhook of the own company with what was sent to it."""
    session.execute(text("select tandem_delete_webhook(:id)"), {"id": webhook_id})


def add_delivery(session: Session, *, webhook_id: int, event: str, body: Json) -> None:
    session.execute(insert(WebhookDelivery).values(webhook_id=webhook_id, event=event, body=body))


def deliveries(session: Session, *, company_id: int, limit: int) -> list[Row[Any]]:
    """What was sent to the webhooks of a company, the newest first."""
    columns = (WebhookDelivery.id, WebhookDelivery.event, WebhookDelivery.state, WebhookDelivery.tries)
    statement = (
        select(*columns, WebhookDelivery.due_at, WebhookDelivery.created_at, WebhookDelivery.ended_at)
        .add_columns(WebhookDelivery.response_code, WebhookDelivery.last_error, Webhook.url)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(Webhook.company_id == company_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    return list(session.execute(statement))


def delivery(session: Session, *, company_id: int, delivery_id: int) -> Row[Any] | None:
    statement = (
        select(WebhookDelivery.id, WebhookDelivery.webhook_id, WebhookDelivery.event, WebhookDelivery.body)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.id == delivery_id, Webhook.company_id == company_id)
    )
    return one_or_none(session, statement)


def due(session: Session, *, at: datetime) -> Row[Any] | None:
    """The next delivery, held until the transaction ends; those that somebody else holds are passed over."""
    statement = (
        select(WebhookDelivery.id, WebhookDelivery.webhook_id, WebhookDelivery.event, WebhookDelivery.body)
        .add_columns(WebhookDelivery.tries, Webhook.url, Webhook.sealed_secret)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .join(Company, Company.id == Webhook.company_id)
        .where(WebhookDelivery.state == "waiting", WebhookDelivery.due_at <= at, Webhook.active, Company.active)
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
    )
    return one_or_none(session, statement)


def change_delivery(session: Session, delivery_id: int, **values: Any) -> None:
    session.execute(update(WebhookDelivery).where(WebhookDelivery.id == delivery_id).values(**values))


def count_failure(session: Session, webhook_id: int) -> int:
    """One more delivery in a row that failed for good; tells how many."""
    statement = update(Webhook).where(Webhook.id == webhook_id).values(failures=Webhook.failures + 1)
    return int(session.execute(statement.returning(Webhook.failures)).scalar_one())


def give_up_waiting(session: Session, webhook_id: int, *, at: datetime, why: str) -> None:
    """End what waits for a webhook that is switched off."""
    waiting = update(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "waiting"
    )
    session.execute(waiting.values(state="failed", ended_at=at, last_error=why))


def unhooked(session: Session, *, limit: int) -> list[Row[Any]]:
    """Events that no webhook was told of, the oldest first, held until the transaction ends."""
    statement = (
        select(*PartnerEvent.__table__.c, Company.kind.label("company_kind"), Company.name.label("company"))
        .join(Company, Company.id == PartnerEvent.company_id)
        .where(PartnerEvent.hooked_at.is_(None))
        .order_by(PartnerEvent.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=PartnerEvent)
    )
    return list(session.execute(statement))


def mark_hooked(session: Session, event_ids: Sequence[int], *, at: datetime) -> None:
    session.execute(update(PartnerEvent).where(PartnerEvent.id.in_(event_ids)).values(hooked_at=at))


def listening(session: Session) -> list[Row[Any]]:
    """Webhooks in use, with the rights that are withheld from their companies."""
    withheld = (
        select(func.coalesce(func.array_agg(CompanyWithheld.permission), text("'{}'")))
        .where(CompanyWithheld.company_id == Webhook.company_id)
        .scalar_subquery()
    )
    statement = (
        select(Webhook.id, Webhook.company_id, Webhook.events, Company.kind, withheld.label("withheld"))
        .join(Company, Company.id == Webhook.company_id)
        .where(Webhook.active, Company.active)
        .order_by(Webhook.id)
    )
    return list(session.execute(statement))
