"""Everything that can be brought in, taken out and, as master data, edited: one declaration each.

A new entity is an entry of one of the modules; template, field help, documentation, validation, import, undo, export
and data health follow from it.
"""

from __future__ import annotations

from data.entities import demand, network, orders, people, planning, products, recipes, stock, terms
from data.exchange.fields import Entity

# In the order in which a new company brings them in: what is referred to first.
ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for module in (network, products, terms, recipes, stock, demand, orders, planning, people)
    for entity in module.ENTITIES
}


def stored(entity: Entity) -> Entity:
    """The entity as which the rows of a file are stored."""
    return ENTITIES[entity.stored_as] if entity.stored_as else entity
