"""Rows for every partner in the tables that only portals and the API fill, with the marks of canaries.py in them.

They need nothing but a partner with a person and an order, so that they fit the demo company and that of trading.py.
Where the company has such a row already, it stays.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

DAY = "date '2026-03-02'"
PARTNERS = """
create temp view partner as
select c.id, c.kind, s.id as supplier_id, b.id as customer_id, m.id as oem_id, line.id as bought, sale.id as sold,
    coalesce(line.product_id, sale.product_id, made.product_id) as product_id,
    (select min(id) from location) as location_id, (select min(id) from app_user where company_id = c.id) as person,
    (select min(u.id) from app_user u join company own on own.id = u.company_id where own.kind = 'internal') as planner
from company c
left join supplier s on s.company_id = c.id
left join customer b on b.company_id = c.id
left join oem m on m.company_id = c.id
left join lateral (
    select l.* from purchase_order_line l join purchase_order o on o.id = l.order_id
    where o.supplier_id = s.id and o.status <> 'draft' order by l.id limit 1
) line on true
left join lateral (
    select l.* from sales_order_line l join sales_order o on o.id = l.order_id
    where o.customer_id = b.id order by l.id limit 1
) sale on true
left join lateral (select * from production_order where oem_id = m.id order by id limit 1) made on true
where c.kind <> 'internal'
"""


def mark(kind: str) -> str:
    """SQL for the mark of a partner's row."""
    return f"'CANARY-{kind}-' || id || '-' || id"


# Table and columns, their values for a row of the view ``partner``, and which partners have one.
ROWS: tuple[tuple[str, str, str], ...] = (
    (
        "partner_event (company_id, actor, by_partner, event, subject, subject_id, title, detail, href)",
        f"id, {mark('actor')}, true, 'message.posted', 'partner_message', '1', {mark('title')}, {mark('detail')}, "
        "'/portal/messages'",
        "true",
    ),
    (
        "partner_message (company_id, subject, body, user_id, author, by_partner)",
        f"id, 'general', {mark('message')}, person, {mark('author')}, true",
        "true",
    ),
    (
        "partner_message (company_id, subject, body, user_id, author, by_partner, internal)",
        f"id, 'general', {mark('note')}, planner, {mark('note')}, false, true",
        "true",
    ),
    (
        "partner_message_read (user_id, company_id, subject, subject_id, last_id)",
        "person, id, 'general', '', 0",
        "true",
    ),
    *(
        (
            "attachment (company_id, subject, subject_id, file_name, stored_name, media_type, size_bytes, sha256, "
            "created_by, by_partner, internal)",
            f"id, 'partner_message', (select max(id) from partner_message where company_id = partner.id and "
            f"internal = {internal}), {mark(kind)}, 'planted-{kind}-' || id, 'text/csv', 1, 'x', "
            f"{'planner' if internal == 'true' else 'person'}, {internal} = false, {internal}",
            "true",
        )
        for kind, internal in (("file", "false"), ("note", "true"))
    ),
    (
        "partner_submission (company_id, kind, subject_id, payload, note, created_by)",
        f"id, 'supplier_capacity', 'planted', jsonb_build_object('what', 'closure', 'first_on', '2026-12-24', "
        f"'last_on', '2026-12-25', 'reason', {mark('closure')}), {mark('wish')}, person",
        "kind = 'supplier'",
    ),
    (
        "partner_submission (company_id, kind, subject_id, payload, note, created_by)",
        f"id, 'customer_return', sold, jsonb_build_object('quantity', '1', 'lot', {mark('lot')}, 'reason', 'damaged'), "
        f"{mark('wish')}, person",
        "kind = 'customer'",
    ),
    (
        "partner_submission (company_id, kind, payload, note, created_by)",
        f"id, 'oem_demand', '{{}}', {mark('wish')}, person",
        "kind = 'oem'",
    ),
    (
        "invitation (company_id, role, level, email, name, token_hash, expires_at)",
        f"id, kind, 'portal_viewer', 'planted' || id || '@example.com', {mark('invited')}, 'planted' || id, now()",
        "true",
    ),
    ("webhook (company_id, url, sealed_secret, active)", f"id, 'https://x/' || {mark('url')}, 'x', false", "true"),
    (
        "webhook_delivery (webhook_id, event, body, state, last_error)",
        f"(select min(id) from webhook where company_id = partner.id), 'x', jsonb_build_object('x', {mark('body')}), "
        f"'failed', {mark('error')}",
        "true",
    ),
    # Suppliers
    ("supplier_item (supplier_id, product_id, price, lead_time_days)", "supplier_id, product_id, 1, 7", "bought > 0"),
    (
        "supplier_response (company_id, line_id, line_version, kind, quantity, promised_on, reason, status, "
        "created_by)",
        f"id, bought, 1, 'split', 1, {DAY}, {mark('reason')}, 'superseded', person",
        "bought > 0",
    ),
    (
        "supplier_response_part (response_id, position, company_id, quantity, promised_on)",
        f"(select max(id) from supplier_response where company_id = partner.id), 1, id, 1, {DAY}",
        "bought > 0",
    ),
    ("order_acknowledgement (line_id, company_id, acknowledged_by)", "bought, id, person", "bought > 0"),
    ("order_schedule (line_id, position, quantity, due_on)", f"bought, 99, 1, {DAY}", "bought > 0"),
    (
        "receipt (line_id, received_on, quantity, lot)",
        f"bought, {DAY}, 1, {mark('lot')}",
        "bought > 0",
    ),
    ("scorecard_exclusion (line_id, company_id, reason)", f"bought, id, {mark('reason')}", "bought > 0"),
    (
        "supplier_agreement (supplier_id, horizon, bucket, level, firm_fence, near_warn, near_bad, far_warn, far_bad, "
        "shared_from)",
        f"supplier_id, 13, 'week', 'item', 2, 0.1, 0.2, 0.1, 0.2, {DAY}",
        "bought > 0",
    ),
    (
        "supplier_forecast (supplier_id, number, plan_day, bucket, level, fence_ends_on)",
        f"supplier_id, 99, {DAY}, 'week', 'item', {DAY}",
        "bought > 0",
    ),
    *(
        (
            f"{table} (forecast_id, product_id, location_id, starts_on, {columns})",
            "(select max(f.id) from supplier_forecast f where f.supplier_id = partner.supplier_id), product_id, "
            f"location_id, {DAY}, {values}",
            "bought > 0",
        )
        for table, columns, values in (
            ("supplier_forecast_line", "ends_on, forecast, firm", f"{DAY} + 7, 1, 1"),
            ("supplier_managed_week", "demand, incoming", "1, 1"),
        )
    ),
    (
        "supplier_managed_item (supplier_id, product_id, location_id, min_quantity, max_quantity)",
        "supplier_id, product_id, location_id, 1, 2",
        "bought > 0",
    ),
    *(
        (
            f"{table} (supplier_id, submission_id, {columns})",
            "supplier_id, (select max(id) from partner_submission where company_id = partner.id), " + values,
            "bought > 0",
        )
        for table, columns, values in (
            (
                "supplier_commit",
                "product_id, starts_on, ends_on, quantity, comment, counted_from",
                f"product_id, {DAY}, {DAY} + 7, 1, {mark('comment')}, {DAY}",
            ),
            (
                "supplier_capacity",
                "product_id, starts_on, ends_on, quantity, counted_from",
                f"product_id, {DAY}, {DAY} + 7, 1, {DAY}",
            ),
            ("supplier_closure", "first_on, last_on, reason", f"{DAY}, {DAY}, {mark('closure')}"),
            (
                "lead_time_change",
                "product_id, lead_time_days, valid_from, reason",
                f"product_id, 9, {DAY}, {mark('reason')}",
            ),
        )
    ),
    (
        "certificate (kind, number, body, supplier_id, valid_until, note)",
        f"'halal', {mark('certificate')}, {mark('body')}, supplier_id, {DAY} + 999, {mark('note')}",
        "bought > 0",
    ),
    (
        "document_request (company_id, kind, product_id, due_on, note)",
        f"id, 'halal', product_id, {DAY}, {mark('request')}",
        "bought > 0",
    ),
    (
        "quality_issue (company_id, supplier_id, product_id, title, description, severity, found_on, due_on)",
        f"id, supplier_id, product_id, {mark('issue')}, {mark('issue')}, 'major', {DAY}, {DAY} + 9",
        "bought > 0",
    ),
    (
        "quality_step (issue_id, company_id, actor, by_partner, event, note)",
        f"(select max(id) from quality_issue where company_id = partner.id), id, {mark('actor')}, false, 'raised', "
        f"{mark('step')}",
        "bought > 0",
    ),
    (
        "shipment (company_id, number, ships_on, arrives_on, carrier, tracking, created_by)",
        f"id, {mark('shipment')}, {DAY}, {DAY}, {mark('carrier')}, {mark('tracking')}, person",
        "bought > 0",
    ),
    (
        "shipment_line (shipment_id, company_id, line_id, quantity, lot)",
        f"(select max(id) from shipment where company_id = partner.id), id, bought, 1, {mark('lot')}",
        "bought > 0",
    ),
    (
        "supplier_invoice (company_id, number, issued_on, created_by)",
        f"id, {mark('invoice')}, {DAY}, person",
        "bought > 0",
    ),
    (
        "supplier_invoice_line (invoice_id, company_id, line_id, quantity, unit_price)",
        "(select max(id) from supplier_invoice where company_id = partner.id), id, bought, 1, 1",
        "bought > 0",
    ),
    # Customers
    (
        "customer_return (number, company_id, line_id, quantity, reason, note, credit_expected, reported_on, "
        "disposition_note)",
        f"{mark('return')}, id, sold, 1, 'damaged', {mark('return')}, 1, {DAY}, {mark('note')}",
        "sold > 0",
    ),
    (
        "order_template (company_id, name, lines, created_by)",
        f"id, {mark('template')}, jsonb_build_array(jsonb_build_object('product_id', product_id, 'count', '1')), "
        "person",
        "sold > 0",
    ),
    (
        "stock_reservation (product_id, location_id, customer_id, quantity, wanted_on, promised_on, status, note, "
        "order_key)",
        f"product_id, location_id, customer_id, 1, {DAY}, {DAY}, 'released', {mark('note')}, "
        "lpad(id::text, 32, '0')::uuid",
        "sold > 0",
    ),
    (
        "planning_event (code, name, kind, product_id, starts_on, ends_on, status)",
        f"{mark('note')}, {mark('note')}, 'promotion', product_id, {DAY}, {DAY}, 'proposed'",
        "sold > 0",
    ),
    (
        "customer_promotion (submission_id, company_id, event_id)",
        f"(select max(id) from partner_submission where company_id = partner.id), id, "
        f"(select id from planning_event where code = {mark('note').replace('id', 'partner.id')})",
        "sold > 0",
    ),
    # Customers and OEMs
    (
        "partner_forecast (company_id, party, number, note, created_by)",
        f"id, kind, 99, {mark('forecast')}, person",
        "kind in ('customer', 'oem')",
    ),
    (
        "partner_forecast_value (forecast_id, product_id, period, quantity)",
        "(select max(id) from partner_forecast where company_id = partner.id), product_id, '2026-03-01', 1",
        "kind in ('customer', 'oem')",
    ),
    # OEMs
    ("oem_material (oem_id, product_id)", "oem_id, product_id", "oem_id > 0"),
    ("bom (product_id, valid_from)", f"product_id, {DAY}", "oem_id > 0"),
    (
        "recipe_acknowledgement (bom_id, company_id, answer, note, user_id, actor)",
        "(select max(b.id) from bom b where b.product_id = partner.product_id), id, 'objected', "
        f"{mark('objection')}, person, {mark('actor')}",
        "oem_id > 0",
    ),
)


def plant_rows(connection: Connection) -> None:
    """Add the rows of all partners."""
    connection.execute(text(PARTNERS))
    for into, values, having in ROWS:
        rows = f"select {values} from partner where {having} on conflict do nothing"
        connection.execute(text(f"insert into {into} {rows}"))
    connection.execute(text("drop view partner"))
