"""What people plan: forecasts of their own, promotions and the targets of the year."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import extract

from core.permissions import Permission
from data.entities.shared import (
    CHANNEL,
    LARGEST,
    LOCATION,
    NAME_LENGTH,
    NOTE,
    NOTE_LENGTH,
    PRODUCT,
    code,
    day,
    figure,
    share,
    text,
)
from data.exchange.fields import Entity, Rule

FORECASTS = Entity(
    name="forecasts",
    label="Forecasts",
    help="One row for each period for which a person says what demand will be, instead of the statistical forecast.",
    table="forecast_override",
    right=Permission.FORECAST_READ,
    subject="demand_plan",
    period="period",
    fields=(
        replace(PRODUCT, required=True, key=True),
        replace(LOCATION, required=True, key=True),
        replace(CHANNEL, help="The only channel it is about; all of them when empty.", key=True),
        code(
            *("frequency", "Frequency", "Whether the period is a month or a week.", "month"),
            "bucket, bucket type, time bucket, period type, granularity, kekerapan",
            required=True,
            key=True,
            choices=("month", "week"),
        ),
        day(
            *("period", "Period", "The first day of the month, or the Monday of the week.", "2026-12-01"),
            "start date, startdate, date, month, week, forecast date, ds, tempoh, bulan, minggu",
            required=True,
            key=True,
        ),
        code(
            *(
                "stream",
                "Stream",
                "Whose word it is.",
                "sales",
                "source, team, department, owner, forecast type, sumber",
            ),
            required=True,
            key=True,
            choices=("planner", "sales", "marketing", "customer", "finance"),
        ),
        figure(
            *("quantity", "Quantity", "Base units that will be wanted in the period.", "1440"),
            "qty, forecast, forecast quantity, forecast qty, demand, override, forecast override, units, y, kuantiti, "
            "ramalan",
            required=True,
        ),
        text(
            *("reason", "Reason", "Why it will be so.", "New listing at 40 shops"),
            "comment, note, notes, remark, remarks, explanation, sebab, catatan",
            max_length=NOTE_LENGTH,
        ),
        day(
            *("expires_on", "Holds until", "The last day it counts; for good when empty.", "2026-12-31"),
            "expires, expiry, expiry date, expires on, valid until, valid to, tarikh luput",
        ),
    ),
    rules=(
        Rule(
            key="not_first_of_month",
            field="period",
            message="A month is named by its first day.",
            remedy="Write the first day of the month, or week as the frequency.",
            broken=lambda row: (row.frequency == "month") & (extract("day", row.period) != 1),
        ),
        Rule(
            key="not_a_monday",
            field="period",
            message="A week is named by its Monday.",
            remedy="Write the Monday the week begins with, or month as the frequency.",
            broken=lambda row: (row.frequency == "week") & (extract("isodow", row.period) != 1),
        ),
    ),
)

PROMOTIONS = Entity(
    name="promotions",
    label="Promotions and events",
    help="One row for each promotion, price change, holiday or closure, for all products where none is named.",
    table="planning_event",
    right=Permission.FORECAST_READ,
    subject="event",
    fields=(
        code(
            *("code", "Event code", "Short code that is never given twice.", "PROMO-2026-RAYA"),
            "event, event id, promotion, promotion code, promotion id, promo code, campaign, campaign code, offer id, "
            "kod promosi",
            required=True,
            key=True,
        ),
        text(
            *("name", "Name", "The name people know it by.", "Raya promotion"),
            "event name, promotion name, campaign name, description, title, nama, nama promosi",
            required=True,
            max_length=NAME_LENGTH,
        ),
        code(
            *("kind", "Kind", "What bends demand.", "promotion", "type, event type, promotion type, jenis"),
            required=True,
            choices=("promotion", "price", "school_holiday", "closure", "other"),
        ),
        replace(PRODUCT, help="The only product it is about; all of them when empty."),
        text(
            *(
                "category",
                "Category",
                "Its products are those of this category, where no product is named.",
                "",
                "product category, kategori",
            ),
            max_length=NAME_LENGTH,
        ),
        text(
            *(
                "family",
                "Family",
                "Its products are those of this family, where no product is named.",
                "",
                "product family, range, keluarga",
            ),
            max_length=NAME_LENGTH,
        ),
        text(
            *(
                "brand",
                "Brand",
                "Its products are those of this brand, where no product is named.",
                "",
                "product brand, label, jenama",
            ),
            max_length=NAME_LENGTH,
        ),
        replace(LOCATION, help="The only location it is about; all of them when empty."),
        replace(CHANNEL, help="The only channel it is about; all of them when empty."),
        day(
            *("starts_on", "Starts on", "Its first day.", "2026-03-09"),
            "start, start date, begin date, from date, valid from, date start, tarikh mula",
            required=True,
        ),
        day(
            *("ends_on", "Ends on", "Its last day.", "2026-03-22"),
            "end, end date, finish date, to date, valid to, valid until, date end, tarikh tamat, tarikh akhir",
            required=True,
        ),
        share(
            *("discount", "Discount", "Part of the price that is taken off, from 0 to 1.", "0.15"),
            "discount share, discount rate, markdown, price reduction, diskaun, potongan",
        ),
        code(
            *("mechanic", "Mechanic", "How it works on shoppers.", "discount", "promotion mechanic, mekanik"),
            choices=("discount", "bogo", "bundle", "display", "sampling", "price", "other"),
        ),
        figure(
            *("budget", "Budget", "What it may cost, in the company's currency.", "12000"),
            "spend, trade spend, planned spend, cost, belanjawan, bajet",
        ),
        figure(
            *("expected_uplift", "Expected uplift", "Share on top of usual sales while it runs.", "0.6"),
            "uplift, lift, expected lift, promotion uplift, kenaikan",
            minimum=Decimal(-1),
            maximum=Decimal(20),
        ),
        share(
            *("pull_forward", "Pull-forward", "Share of usual sales missing in the week after it.", "0.15"),
            "pull forward, dip, post promotion dip",
        ),
        share(
            *("cannibalisation", "Cannibalisation", "Part of what it adds that the rest of the family loses.", "0.2"),
            "cannibalization, kanibalisasi",
        ),
        replace(NOTE, example="Gondola end at all hypermarkets"),
        code(
            *(
                "status",
                "Status",
                "Forecasts know approved ones only; approved when empty.",
                "approved",
                "state, keadaan",
            ),
            choices=("draft", "proposed", "approved", "rejected", "cancelled"),
        ),
    ),
    rules=(
        Rule(
            key="ends_before_start",
            field="ends_on",
            message="It ends before it starts.",
            remedy="Correct one of the two days.",
            broken=lambda row: row.ends_on < row.starts_on,
        ),
        Rule(
            key="product_with_group",
            field="product",
            message="It names a product and a category, family or brand.",
            remedy="Write either the product or the group of products.",
            broken=lambda row: (
                row.product.is_not(None)
                & (row.category.is_not(None) | row.family.is_not(None) | row.brand.is_not(None))
            ),
        ),
    ),
)

TARGETS = Entity(
    name="targets",
    label="Annual targets",
    help="One row for each month and measure of the annual operating plan, of the company or of a part of it.",
    table="aop_target",
    right=Permission.FORECAST_READ,
    period="period",
    fields=(
        code(
            *(
                "level",
                "Level",
                "What the target is set for.",
                "category",
                "target level, dimension, hierarchy level, peringkat",
            ),
            required=True,
            key=True,
            choices=("company", "category", "family", "brand", "channel"),
        ),
        text(
            *("member", "Member", "Which category, family, brand or channel code; empty for the company.", "Sauces"),
            "member name, dimension value, group, ahli",
            key=True,
        ),
        day(
            *("period", "Month", "The first day of the month.", "2026-12-01"),
            "date, start date, bulan, tempoh",
            required=True,
            key=True,
        ),
        code(
            *("measure", "Measure", "What is measured.", "revenue", "kpi, metric, indicator, key figure, ukuran"),
            required=True,
            key=True,
            choices=("revenue", "volume", "margin", "service", "turns", "working_capital"),
        ),
        figure(
            *("value", "Value", "Money in the company's currency, base units, turns a year, or service from 0 to 1."),
            *("1250000", "target, target value, amount, target amount, budget, plan, aop, sasaran, nilai"),
            required=True,
            minimum=-Decimal(10) * LARGEST,
            maximum=Decimal(10) * LARGEST,
        ),
    ),
    rules=(
        Rule(
            key="not_first_of_month",
            field="period",
            message="A month is named by its first day.",
            remedy="Write the first day of the month.",
            broken=lambda row: extract("day", row.period) != 1,
        ),
        Rule(
            key="company_with_member",
            field="member",
            message="A target of the company has no member.",
            remedy="Leave the member empty, or name the level it belongs to.",
            broken=lambda row: (row.level == "company") & (row.member != ""),
        ),
        Rule(
            key="level_without_member",
            field="member",
            message="A target of this level needs its member.",
            remedy="Write the category, family, brand or channel code, or company as the level.",
            broken=lambda row: (row.level != "company") & (row.member == ""),
        ),
    ),
)

ENTITIES = (FORECASTS, PROMOTIONS, TARGETS)
