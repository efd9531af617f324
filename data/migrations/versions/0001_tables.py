"""Tables of master data, facts, planning, people and operation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "subject_id"], unique=False)
    op.create_table(
        "channel",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("code", name=op.f("uq_channel_code")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("kind in ('internal', 'supplier', 'customer', 'oem')", name=op.f("ck_company_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("name", name=op.f("uq_company_name")),
    )
    op.create_table(
        "data_version",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_data_version")),
    )
    op.create_table(
        "import_mapping",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("header_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dialect", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entity", "header_key", name=op.f("pk_import_mapping")),
    )
    op.create_table(
        "location",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="dc", nullable=False),
        sa.CheckConstraint("kind in ('plant', 'dc', 'cold_store')", name=op.f("ck_location_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("code", name=op.f("uq_location_code")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="finished", nullable=False),
        sa.Column("category", sa.Text(), server_default="Unassigned", nullable=False),
        sa.Column("family", sa.Text(), server_default="Unassigned", nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("uom", sa.Text(), server_default="EA", nullable=False),
        sa.Column("units_per_case", sa.Numeric(precision=18, scale=4), server_default="1", nullable=False),
        sa.Column("storage", sa.Text(), server_default="ambient", nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("halal", sa.Text(), server_default="not_applicable", nullable=False),
        sa.Column("halal_until", sa.Date(), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("life_cycle", sa.Text(), server_default="active", nullable=False),
        sa.Column("launched_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "halal in ('certified', 'pending', 'expired', 'not_applicable')", name=op.f("ck_product_halal")
        ),
        sa.CheckConstraint(
            "kind in ('finished', 'semi_finished', 'material', 'packaging')", name=op.f("ck_product_kind")
        ),
        sa.CheckConstraint(
            "life_cycle in ('planned', 'launch', 'active', 'phase_out', 'retired')", name=op.f("ck_product_life_cycle")
        ),
        sa.CheckConstraint("storage in ('ambient', 'chilled', 'frozen')", name=op.f("ck_product_storage")),
        sa.CheckConstraint("unit_cost >= 0 and unit_price >= 0", name=op.f("ck_product_money")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_index("ix_product_category_family", "product", ["category", "family"], unique=False)
    op.create_table(
        "role",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company_kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_role")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_throttle")),
    )
    op.create_table(
        "app_user",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_app_user_company_id")),
        sa.ForeignKeyConstraint(["role"], ["role.name"], name=op.f("fk_app_user_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
    )
    op.create_index(op.f("ix_app_user_company_id"), "app_user", ["company_id"], unique=False)
    op.create_table(
        "bom",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("yield_share", sa.Numeric(precision=18, scale=4), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_bom_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bom")),
        sa.UniqueConstraint("product_id", "valid_from", name=op.f("uq_bom_product_id_valid_from")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_customer_channel_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_customer_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_code")),
        sa.UniqueConstraint("company_id", name=op.f("uq_customer_company_id")),
    )
    op.create_table(
        "inventory_policy",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("service_target", sa.Double(), nullable=False),
        sa.Column("service_target_fixed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("safety_stock", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("reorder_point", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("order_quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("order_up_to", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("daily_demand", sa.Double(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_inventory_policy_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_inventory_policy_product_id")),
        sa.PrimaryKeyConstraint("product_id", "location_id", name=op.f("pk_inventory_policy")),
    )
    op.create_table(
        "oem",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_oem_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oem")),
        sa.UniqueConstraint("code", name=op.f("uq_oem_code")),
        sa.UniqueConstraint("company_id", name=op.f("uq_oem_company_id")),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("hours_per_week", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_resource_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("code", name=op.f("uq_resource_code")),
    )
    op.create_table(
        "role_permission",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["role.name"], name=op.f("fk_role_permission_role"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("role", "permission", name=op.f("pk_role_permission")),
    )
    op.create_table(
        "stock_lot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stock_lot_quantity")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stock_lot_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_lot_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_lot")),
        sa.UniqueConstraint("product_id", "location_id", "lot", name=op.f("uq_stock_lot_product_id_location_id_lot")),
    )
    op.create_index(op.f("ix_stock_lot_expires_on"), "stock_lot", ["expires_on"], unique=False)
    op.create_index(op.f("ix_stock_lot_location_id"), "stock_lot", ["location_id"], unique=False)
    op.create_table(
        "stock_movement",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.CheckConstraint(
            "kind in ('receipt', 'issue', 'transfer', 'production', 'adjustment')", name=op.f("ck_stock_movement_kind")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stock_movement_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_movement_product_id")),
        sa.PrimaryKeyConstraint("day", "reference", "product_id", "location_id", name=op.f("pk_stock_movement")),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index(
        "ix_stock_movement_product_id_location_id_day",
        "stock_movement",
        ["product_id", "location_id", "day"],
        unique=False,
    )
    op.create_table(
        "supplier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_supplier_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("code", name=op.f("uq_supplier_code")),
        sa.UniqueConstraint("company_id", name=op.f("uq_supplier_company_id")),
    )
    op.create_table(
        "bom_line",
        sa.Column("bom_id", sa.BigInteger(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("scrap_share", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["bom_id"], ["bom.id"], name=op.f("fk_bom_line_bom_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["component_id"], ["product.id"], name=op.f("fk_bom_line_component_id")),
        sa.PrimaryKeyConstraint("bom_id", "component_id", name=op.f("pk_bom_line")),
    )
    op.create_index(op.f("ix_bom_line_component_id"), "bom_line", ["component_id"], unique=False)
    op.create_table(
        "demand_history",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="sale", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("revenue", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('sale', 'return')", name=op.f("ck_demand_history_kind")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_demand_history_channel_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_demand_history_customer_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_demand_history_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_demand_history_product_id")),
        sa.PrimaryKeyConstraint("day", "source_key", name=op.f("pk_demand_history")),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index(
        "ix_demand_history_batch_id",
        "demand_history",
        ["batch_id"],
        unique=False,
        postgresql_where="batch_id is not null",
    )
    op.create_index("ix_demand_history_product_id_day", "demand_history", ["product_id", "day"], unique=False)
    op.create_table(
        "forecast_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("first_period", sa.Date(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("scope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("series_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("data_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("frequency in ('month', 'week')", name=op.f("ck_forecast_run_frequency")),
        sa.CheckConstraint("state in ('running', 'done', 'cancelled', 'failed')", name=op.f("ck_forecast_run_state")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_forecast_run_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_run")),
        sa.UniqueConstraint("job_id", name=op.f("uq_forecast_run_job_id")),
    )
    op.create_index(
        "ix_forecast_run_first_period", "forecast_run", ["frequency", "state", "first_period"], unique=False
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="uploaded", nullable=False),
        sa.Column("dialect", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('uploaded', 'checked', 'committed', 'undone')",
            name=op.f("ck_import_batch_state"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_import_batch_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_sha256"), "import_batch", ["sha256"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("idem_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("progress", sa.Double(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_job_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_index(
        "uq_job_active",
        "job",
        ["owner_id", "kind", "idem_key"],
        unique=True,
        postgresql_where=sa.text("state in ('queued', 'running')"),
    )
    op.create_table(
        "production_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("oem_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("made_quantity", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('planned', 'released', 'running', 'done', 'cancelled')", name=op.f("ck_production_order_status")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_production_order_location_id")),
        sa.ForeignKeyConstraint(["oem_id"], ["oem.id"], name=op.f("fk_production_order_oem_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_production_order_product_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_production_order_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_order")),
        sa.UniqueConstraint("number", name=op.f("uq_production_order_number")),
    )
    op.create_index(op.f("ix_production_order_oem_id"), "production_order", ["oem_id"], unique=False)
    op.create_index(op.f("ix_production_order_product_id"), "production_order", ["product_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("internal_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status in ('draft', 'sent', 'closed', 'cancelled')", name=op.f("ck_purchase_order_status")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_purchase_order_created_by")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_purchase_order_location_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
    )
    op.create_index(op.f("ix_purchase_order_status"), "purchase_order", ["status"], unique=False)
    op.create_index(op.f("ix_purchase_order_supplier_id"), "purchase_order", ["supplier_id"], unique=False)
    op.create_table(
        "routing",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("setup_hours", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.Column("hours_per_unit", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_routing_product_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_routing_resource_id")),
        sa.PrimaryKeyConstraint("product_id", "resource_id", name=op.f("pk_routing")),
    )
    op.create_table(
        "sales_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sales_order_customer_id")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_sales_order_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
    )
    op.create_index(op.f("ix_sales_order_customer_id"), "sales_order", ["customer_id"], unique=False)
    op.create_table(
        "supplier_item",
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("moq", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.Column("multiple", sa.Numeric(precision=18, scale=4), server_default="1", nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        sa.Column("share", sa.Numeric(precision=18, scale=4), server_default="1", nullable=False),
        sa.CheckConstraint(
            "moq >= 0 and multiple > 0 and lead_time_days >= 0 and price >= 0", name=op.f("ck_supplier_item_terms")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_supplier_item_product_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_item_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", "product_id", name=op.f("pk_supplier_item")),
    )
    op.create_index(op.f("ix_supplier_item_product_id"), "supplier_item", ["product_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "forecast_series",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("demand_class", sa.Text(), nullable=False),
        sa.Column("wmape", sa.Double(), nullable=True),
        sa.Column("bias", sa.Double(), nullable=True),
        sa.Column("mase", sa.Double(), nullable=True),
        sa.Column("naive_wmape", sa.Double(), nullable=True),
        sa.Column("naive_bias", sa.Double(), nullable=True),
        sa.Column("naive_mase", sa.Double(), nullable=True),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fitted_from", sa.Date(), nullable=True),
        sa.Column("fitted", sa.ARRAY(sa.Double()), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_forecast_series_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_forecast_series_product_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["forecast_run.id"], name=op.f("fk_forecast_series_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "product_id", "location_id", name=op.f("pk_forecast_series")),
    )
    op.create_table(
        "forecast_value",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("q10", sa.Double(), nullable=False),
        sa.Column("q50", sa.Double(), nullable=False),
        sa.Column("q90", sa.Double(), nullable=False),
        sa.CheckConstraint("q10 <= q50 and q50 <= q90", name=op.f("ck_forecast_value_ordered")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_forecast_value_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_forecast_value_product_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["forecast_run.id"], name=op.f("fk_forecast_value_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "product_id", "location_id", "period", name=op.f("pk_forecast_value")),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("first_confirmed_on", sa.Date(), nullable=True),
        sa.Column("latest_confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("received_quantity", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status in ('open', 'confirmed', 'received', 'cancelled')", name=op.f("ck_purchase_order_line_status")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_order_line_quantity")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_purchase_order_line_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_purchase_order_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint("order_id", "line_no", name=op.f("uq_purchase_order_line_order_id_line_no")),
    )
    op.create_index(op.f("ix_purchase_order_line_product_id"), "purchase_order_line", ["product_id"], unique=False)
    op.create_table(
        "sales_order_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("first_confirmed_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("delivered_quantity", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint("status in ('open', 'delivered', 'cancelled')", name=op.f("ck_sales_order_line_status")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_sales_order_line_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_sales_order_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order_line")),
        sa.UniqueConstraint("order_id", "line_no", name=op.f("uq_sales_order_line_order_id_line_no")),
    )
    op.create_index("ix_sales_order_line_first_confirmed_on", "sales_order_line", ["first_confirmed_on"], unique=False)
    op.create_index(op.f("ix_sales_order_line_product_id"), "sales_order_line", ["product_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"], ["purchase_order_line.id"], name=op.f("fk_receipt_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_line_id"), "receipt", ["line_id"], unique=False)
    op.create_table(
        "reorder_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=False),
        sa.Column("days_to_stockout", sa.Double(), nullable=True),
        sa.Column("money_at_stake", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status in ('open', 'accepted', 'dismissed', 'withdrawn')", name=op.f("ck_reorder_proposal_status")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reorder_proposal_quantity")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_reorder_proposal_decided_by")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_reorder_proposal_location_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["purchase_order_line.id"], name=op.f("fk_reorder_proposal_order_line_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_reorder_proposal_product_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_reorder_proposal_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorder_proposal")),
    )
    op.create_index(op.f("ix_reorder_proposal_status"), "reorder_proposal", ["status"], unique=False)
    op.create_index(
        "uq_reorder_proposal_open_item",
        "reorder_proposal",
        ["product_id", "location_id"],
        unique=True,
        postgresql_where="status = 'open'",
    )
    op.create_table(
        "supplier_response",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("line_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind = 'confirm' or reason is not null", name=op.f("ck_supplier_response_counter_has_reason")
        ),
        sa.CheckConstraint("kind in ('confirm', 'counter')", name=op.f("ck_supplier_response_kind")),
        sa.CheckConstraint(
            "status in ('pending', 'accepted', 'rejected', 'superseded')", name=op.f("ck_supplier_response_status")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_supplier_response_quantity")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_supplier_response_company_id")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_supplier_response_created_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_supplier_response_decided_by")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["purchase_order_line.id"], name=op.f("fk_supplier_response_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_response")),
    )
    op.create_index(op.f("ix_supplier_response_company_id"), "supplier_response", ["company_id"], unique=False)
    op.create_index(op.f("ix_supplier_response_status"), "supplier_response", ["status"], unique=False)
    op.create_index(
        "uq_supplier_response_pending_line",
        "supplier_response",
        ["line_id"],
        unique=True,
        postgresql_where="status = 'pending'",
    )


def downgrade() -> None:
    op.drop_index(
        "uq_supplier_response_pending_line", table_name="supplier_response", postgresql_where="status = 'pending'"
    )
    op.drop_index(op.f("ix_supplier_response_status"), table_name="supplier_response")
    op.drop_index(op.f("ix_supplier_response_company_id"), table_name="supplier_response")
    op.drop_table("supplier_response")
    op.drop_index("uq_reorder_proposal_open_item", table_name="reorder_proposal", postgresql_where="status = 'open'")
    op.drop_index(op.f("ix_reorder_proposal_status"), table_name="reorder_proposal")
    op.drop_table("reorder_proposal")
    op.drop_index(op.f("ix_receipt_line_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_index(op.f("ix_sales_order_line_product_id"), table_name="sales_order_line")
    op.drop_index("ix_sales_order_line_first_confirmed_on", table_name="sales_order_line")
    op.drop_table("sales_order_line")
    op.drop_index(op.f("ix_purchase_order_line_product_id"), table_name="purchase_order_line")
    op.drop_table("purchase_order_line")
    op.drop_table("forecast_value")
    op.drop_table("forecast_series")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_supplier_item_product_id"), table_name="supplier_item")
    op.drop_table("supplier_item")
    op.drop_index(op.f("ix_sales_order_customer_id"), table_name="sales_order")
    op.drop_table("sales_order")
    op.drop_table("routing")
    op.drop_index(op.f("ix_purchase_order_supplier_id"), table_name="purchase_order")
    op.drop_index(op.f("ix_purchase_order_status"), table_name="purchase_order")
    op.drop_table("purchase_order")
    op.drop_index(op.f("ix_production_order_product_id"), table_name="production_order")
    op.drop_index(op.f("ix_production_order_oem_id"), table_name="production_order")
    op.drop_table("production_order")
    op.drop_index("uq_job_active", table_name="job", postgresql_where=sa.text("state in ('queued', 'running')"))
    op.drop_index(op.f("ix_job_state"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_import_batch_sha256"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_index("ix_forecast_run_first_period", table_name="forecast_run")
    op.drop_table("forecast_run")
    op.drop_index("ix_demand_history_product_id_day", table_name="demand_history")
    op.drop_index("ix_demand_history_batch_id", table_name="demand_history", postgresql_where="batch_id is not null")
    op.drop_table("demand_history")
    op.drop_index(op.f("ix_bom_line_component_id"), table_name="bom_line")
    op.drop_table("bom_line")
    op.drop_table("supplier")
    op.drop_index("ix_stock_movement_product_id_location_id_day", table_name="stock_movement")
    op.drop_table("stock_movement")
    op.drop_index(op.f("ix_stock_lot_location_id"), table_name="stock_lot")
    op.drop_index(op.f("ix_stock_lot_expires_on"), table_name="stock_lot")
    op.drop_table("stock_lot")
    op.drop_table("role_permission")
    op.drop_table("resource")
    op.drop_table("oem")
    op.drop_table("inventory_policy")
    op.drop_table("customer")
    op.drop_table("bom")
    op.drop_index(op.f("ix_app_user_company_id"), table_name="app_user")
    op.drop_table("app_user")
    op.drop_table("sign_in_throttle")
    op.drop_table("setting")
    op.drop_table("role")
    op.drop_index("ix_product_category_family", table_name="product")
    op.drop_table("product")
    op.drop_table("location")
    op.drop_table("import_mapping")
    op.drop_table("data_version")
    op.drop_table("company")
    op.drop_table("channel")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
