"""The supply plan: one projection of demand, stock, orders and money over all items and places.

A node is an item at a place. A source replenishes a node: a supplier, a plant, another store. An arc says what a unit
from a source takes of another node: a component of the recipe, or the same item at the sending place. Making,
buying and moving are one thing that way, and the plan is worked out level by level along the arcs.

Arrays are period-major, (periods, nodes): what happens in a period lies together in memory.
"""
