"""The kinds of certificates and documents of quality, and what they are called."""

from __future__ import annotations

from core.i18n import _

KINDS = ("halal", "haccp", "gmp", "iso_22000", "organic", "coa", "inspection", "other")


def kind_name(kind: str) -> str:
    """The standard that a certificate is of, or what a document tells of."""
    return {
        "halal": _("Halal"),
        "haccp": "HACCP",
        "gmp": "GMP",
        "iso_22000": "ISO 22000",
        "organic": _("Organic"),
        "coa": _("Certificate of analysis"),
        "inspection": _("Inspection report"),
        "other": _("Other"),
    }[kind]
