"""What an OEM owns at our places, and what it says to new recipes of its products."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Created, Id


class OemMaterial(Base):
    """A material that belongs to an OEM though it lies in our stock (consigned)."""

    __tablename__ = "oem_material"

    oem_id: Mapped[int] = mapped_column(ForeignKey("oem.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, index=True)


class RecipeAcknowledgement(Base):
    """What an OEM said to a version of a recipe; its newest word counts."""

    __tablename__ = "recipe_acknowledgement"
    __table_args__ = (
        CheckConstraint("answer in ('acknowledged', 'objected')", name="answer"),
        CheckConstraint("answer = 'acknowledged' or note is not null", name="objection_has_note"),
    )

    id: Mapped[Id]
    bom_id: Mapped[int] = mapped_column(ForeignKey("bom.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str]
    note: Mapped[str | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    actor: Mapped[str]
    created_at: Mapped[Created]
