"""Addresses of other systems that are told what happens, and what was sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id, Json, Version


class Webhook(Base):
    """One address of one company. ``events`` names topics, none means all. ``sealed_secret`` signs what is sent
    (core.cipher). ``failures`` counts deliveries in a row that failed for good; too many switch it off."""

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("company_id", "url"),)

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    sealed_secret: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    failures: Mapped[int] = mapped_column(server_default="0")
    disabled_reason: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Created]
    version: Mapped[Version]


class WebhookDelivery(Base):
    """One event for one address, sent again until it is taken or given up."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'delivered', 'failed')", name="state"),
        Index("ix_webhook_delivery_due", "due_at", postgresql_where="state = 'waiting'"),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
    )

    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event: Mapped[str]
    body: Mapped[Json]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[Created]
    created_at: Mapped[Created]
    ended_at: Mapped[datetime | None]
    response_code: Mapped[int | None]
    last_error: Mapped[str | None]
