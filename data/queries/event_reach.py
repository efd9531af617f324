"""What events are for, as a fragment of SQL: parts of a statement about ``planning_event e``."""

from __future__ import annotations

# With these joins a row for each product and channel of an event. A product or channel is missing where all are meant.
JOINS = """
left join planning_event_channel reached_channel on reached_channel.event_id = e.id
left join (
    select event_id, product_id from planning_event_product
    union
    select g.id, p.id
    from planning_event g
    join product p on (g.category is null or p.category = g.category)
                  and (g.family is null or p.family = g.family) and (g.brand is null or p.brand = g.brand)
    where coalesce(g.category, g.family, g.brand) is not null
) reached_product on reached_product.event_id = e.id and e.product_id is null
"""
PRODUCT = "coalesce(e.product_id, reached_product.product_id)"
CHANNEL = "coalesce(e.channel_id, reached_channel.channel_id)"
# A group without products is not all products.
REACHED = f"({PRODUCT} is not null or coalesce(e.category, e.family, e.brand) is null)"
# Which of the discount and the kind tell how an event works, where nobody said it.
MECHANIC = (
    "coalesce(e.mechanic, case when e.discount > 0 then 'discount' when e.kind = 'price' then 'price' else 'other' end)"
)
