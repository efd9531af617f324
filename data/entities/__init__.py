"""Everything that can be brought in, taken out and, as master data, edited: one declaration each.

A new entity is an entry of one of the modules; template, field help, documentation, validation, import, undo, export
and data health follow from it.
"""

from __future__ import annotations

from data.entities.demand import ENTITIES as DEMAND
from data.entities.network import ENTITIES as NETWORK
from data.entities.orders import ENTITIES as ORDERS
from data.entities.people import ENTITIES as PEOPLE
from data.entities.planning import ENTITIES as PLANNING
from data.entities.products import ENTITIES as PRODUCTS
from data.entities.recipes import ENTITIES as RECIPES
from data.entities.stock import ENTITIES as STOCK
from data.entities.terms import ENTITIES as TERMS
from data.exchange.fields import Entity

# In the order in which a new company brings them in: what is referred to first.
ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entities in (NETWORK, PRODUCTS, TERMS, RECIPES, STOCK, DEMAND, ORDERS, PLANNING, PEOPLE)
    for entity in entities
}


def stored(entity: Entity) -> Entity:
    """The entity as which the rows of a file are stored."""
    return ENTITIES[entity.stored_as] if entity.stored_as else entity
