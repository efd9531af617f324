"""Rounds of confirmation of a purchase order line: that it was seen, and deliveries in parts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Quantity


class OrderAcknowledgement(Base):
    """That the supplier has seen a line; before that it can't be answered."""

    __tablename__ = "order_acknowledgement"

    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    acknowledged_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    acknowledged_at: Mapped[Created]


class SupplierResponsePart(Base):
    """One delivery of an answer that promises a line in parts."""

    __tablename__ = "supplier_response_part"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    response_id: Mapped[int] = mapped_column(ForeignKey("supplier_response.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    quantity: Mapped[Quantity]
    promised_on: Mapped[date]


class OrderSchedule(Base):
    """One of several deliveries that the buyer has accepted for a line; a line in one delivery has none."""

    __tablename__ = "order_schedule"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    line_id: Mapped[int] = mapped_column(ForeignKey("purchase_order_line.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[Quantity]
    due_on: Mapped[date]
