"""docs/entities.md, written from the declarations: ``python -m data.entities.documentation`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data.entities import ENTITIES
from data.exchange.fields import Entity, Field, Kind

PAGE = Path(__file__).parents[2] / "docs" / "entities.md"
INTRODUCTION = """\
# What files can hold

Every kind of row that can be brought in, in the order in which a new company does it: what others refer to comes
first. A file names its columns in its first row, in any order; the names below, their Malay words and those of the
usual ERP systems are recognised, others are assigned by hand. Empty cells of columns that are not needed are left
empty or get the value that is told here. Rows that are there already are told by the columns marked *key*; a file may
leave out all others and then changes only what it has.

This page is written from the declarations in `data/entities/`: `python -m data.entities.documentation` writes it
anew."""
HOLDS = {
    Kind.CODE: "code",
    Kind.TEXT: "text",
    Kind.DECIMAL: "number",
    Kind.INTEGER: "whole number",
    Kind.DAY: "day",
    Kind.MOMENT: "day, with or without time",
    Kind.BOOLEAN: "yes or no",
}


def page() -> str:
    """The whole page as Markdown."""
    listed = "\n".join(f"- {_link(entity)}: {entity.help}" for entity in ENTITIES.values())
    sections = ["\n".join(_section(entity)) for entity in ENTITIES.values()]
    return "\n\n".join((INTRODUCTION, listed, *sections)) + "\n"


def _section(entity: Entity) -> Iterator[str]:
    yield f"## {entity.label}\n\n{entity.help} At the command line: `{entity.name}`.\n"
    yield "| Column | Holds | Needed | Meaning | Example |"
    yield "|---|---|---|---|---|"
    for field in entity.fields:
        cells = (field.label, _holds(field), _needed(field), field.help, f"`{field.example}`" if field.example else "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    if entity.rules:
        yield "\nRefused:\n"
        yield from (f"- {rule.message} {rule.remedy}" for rule in entity.rules)


def _holds(field: Field) -> str:
    if field.reference:
        return f"one of {_link(ENTITIES[field.reference])}" + ("; an unknown one is made" if field.makes else "")
    return ", ".join(f"`{choice}`" for choice in field.choices) or HOLDS[field.kind]


def _needed(field: Field) -> str:
    if field.key:
        return "key" if field.required else "key, may be empty"
    return "yes" if field.required else ""


def _link(entity: Entity) -> str:
    return f"[{entity.label}](#{entity.label.lower().replace(' ', '-')})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
