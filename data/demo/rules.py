"""What is true in the demo company. Tests and docs/demo-company.md quote these figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from data.demo.calendar import CHINESE_NEW_YEAR, DEEPAVALI, HARI_RAYA_HAJI, HARI_RAYA_PUASA, RAMADAN_STARTS

CATEGORIES = ("Beverages", "Sauces", "Frozen", "Ready meals", "Snacks")


@dataclass(frozen=True, slots=True)
class Season:
    """A yearly wave: 1 + amplitude * cos(2 pi (day of year - peak) / 365.25)."""

    amplitude: float
    peak_day_of_year: int


YEARLY_SEASON = {
    "Beverages": Season(0.18, 120),
    "Sauces": Season(0.06, 330),
    "Frozen": Season(0.10, 345),
    "Ready meals": Season(0.08, 15),
    "Snacks": Season(0.12, 350),
}


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """How a channel buys. Weekday factors, Monday first, have the mean 1 over the week."""

    code: str
    name: str
    share: float
    price_share: float
    weekdays: tuple[float, float, float, float, float, float, float]
    noise_cv: float
    feast_exponent: float  # a feast's factor is raised to it: 1 follows the feast in full, 0 not at all
    closed_factor: float  # what is left on the closed days of a feast
    promoted: bool
    order_every_days: int
    order_notice_days: int
    late_share: float


CHANNELS = (
    ChannelRule("MT", "Modern trade", 0.42, 0.92, (1.05, 1.00, 1.05, 1.20, 1.45, 0.95, 0.30), 0.16, 1.0, 0.0, True,
                4, 3, 0.025),
    ChannelRule("GT", "General trade", 0.28, 0.88, (1.30, 1.15, 1.10, 1.15, 1.30, 1.00, 0.00), 0.20, 1.0, 0.0, False,
                7, 4, 0.035),
    ChannelRule("HORECA", "Hotels, restaurants, catering", 0.15, 0.85, (0.90, 1.00, 1.10, 1.30, 1.60, 1.10, 0.00),
                0.25, 0.5, 0.0, False, 5, 2, 0.030),
    ChannelRule("ECOM", "E-commerce", 0.07, 1.00, (1.20, 0.95, 0.90, 0.85, 0.85, 1.05, 1.20), 0.28, 1.0, 0.6, True,
                7, 3, 0.025),
    ChannelRule("EXPORT", "Export", 0.08, 0.82, (1.40, 1.40, 1.40, 1.40, 1.40, 0.00, 0.00), 0.30, 0.0, 0.0, False,
                21, 21, 0.040),
)  # fmt: skip
EXPORT_DAYS_SHARE = 0.15  # of its weekdays an export series ships on so many, in so much bigger lots

PRODUCT_NOISE_CV = 0.05  # a good or bad day that all channels of a product share
GROWTH_PER_YEAR = (-0.06, 0.12)  # drawn evenly per product
LAUNCH_RAMP_DAYS = 45  # share of the full level after t days: 1 - exp(-t / ramp)
PHASE_OUT_DAYS = 120  # falls in a straight line to PHASE_OUT_FLOOR over so many days
PHASE_OUT_FLOOR = 0.2
INTERMITTENT_DAYS_SHARE = (0.06, 0.20)  # share of days with an order, of intermittent products


@dataclass(frozen=True, slots=True)
class FeastWindow:
    """Days around a feast in which a category sells ``factors`` times as much. Windows that overlap multiply."""

    name: str
    spans: tuple[tuple[date, date], ...]
    factors: tuple[float, float, float, float, float]  # in the order of CATEGORIES

    def factor(self, category: str) -> float:
        return self.factors[CATEGORIES.index(category)]


def _around(feasts: tuple[date, ...], first: int, last: int) -> tuple[tuple[date, date], ...]:
    return tuple((feast + timedelta(days=first), feast + timedelta(days=last)) for feast in feasts)


def _fasting() -> Iterator[tuple[date, date]]:
    for start, feast in zip(RAMADAN_STARTS, HARI_RAYA_PUASA, strict=True):
        yield start, feast - timedelta(days=1)


FEAST_WINDOWS = (
    FeastWindow("Ramadan", tuple(_fasting()), (1.35, 1.20, 1.25, 1.10, 0.95)),
    FeastWindow("Before Hari Raya Puasa", _around(HARI_RAYA_PUASA, -14, -1), (1.30, 1.45, 1.15, 0.90, 1.70)),
    FeastWindow("After Hari Raya Puasa", _around(HARI_RAYA_PUASA, 2, 11), (0.75, 0.70, 0.75, 0.85, 0.65)),
    FeastWindow("Before Hari Raya Haji", _around(HARI_RAYA_HAJI, -10, -1), (1.10, 1.30, 1.10, 1.00, 1.15)),
    FeastWindow("Before Chinese New Year", _around(CHINESE_NEW_YEAR, -14, -1), (1.40, 1.15, 1.30, 0.90, 1.50)),
    FeastWindow("After Chinese New Year", _around(CHINESE_NEW_YEAR, 2, 9), (0.75, 0.85, 0.75, 0.95, 0.70)),
    FeastWindow("Before Deepavali", _around(DEEPAVALI, -10, -1), (1.15, 1.10, 1.05, 1.00, 1.40)),
)
CLOSED_SPANS = (
    *_around(HARI_RAYA_PUASA, 0, 1),
    *_around(HARI_RAYA_HAJI, 0, 0),
    *_around(CHINESE_NEW_YEAR, 0, 1),
    *_around(DEEPAVALI, 0, 0),
)

PROMOTION_ELASTICITY = {"Beverages": 4.0, "Sauces": 2.5, "Frozen": 3.0, "Ready meals": 3.0, "Snacks": 5.0}
PROMOTION_DISCOUNTS = (0.10, 0.15, 0.20, 0.25, 0.30)
PROMOTION_DAYS = (7, 14)
PROMOTION_EVERY_DAYS = 95
DIP_DAYS = 7
DIP_FACTOR = 0.85


def promotion_uplift(category: str, discount: float) -> float:
    """How many times the usual quantity a promotion sells."""
    return 1 + PROMOTION_ELASTICITY[category] * discount


@dataclass(frozen=True, slots=True)
class SupplierRule:
    """Who sells which groups of items, the lead time of the contract, and the one that is true.

    Days from order to receipt are gamma distributed with the true mean and standard deviation. Of a line that comes
    in two parts one receipt is earlier and one later by the same number of days, so that the mean over receipts stays.
    """

    code: str
    name: str
    country: str
    groups: tuple[str, ...]
    contract_days: int
    mean_days: float
    sd_days: float
    split_share: float = 0.12
    short_share: float = 0.03


SUPPLIERS = (
    SupplierRule("SUP-001", "Gula Perdana Trading Sdn Bhd", "Malaysia", ("staple", "grain"), 10, 11.0, 2.5),
    SupplierRule("SUP-002", "Plastik Maju Packaging Sdn Bhd", "Malaysia", ("bottle", "flexible", "carton"), 14, 17.0,
                 4.5, split_share=0.2),
    SupplierRule("SUP-003", "Ladang Hijau Fresh Produce Sdn Bhd", "Malaysia", ("fresh", "oil", "meat"), 5, 6.0, 1.8),
    SupplierRule("SUP-004", "Rasa Timur Co-Packers Sdn Bhd", "Malaysia",
                 ("traded", "traded_snack", "traded_frozen"), 12, 13.5, 3.0, split_share=0.18),
    SupplierRule("SUP-005", "Sawit Emas Oils Sdn Bhd", "Malaysia", ("oil",), 7, 7.5, 1.5),
    SupplierRule("SUP-006", "Ayam Desa Farms Sdn Bhd", "Malaysia", ("meat",), 4, 4.5, 1.2),
    SupplierRule("SUP-007", "Samudera Jaya Seafood Sdn Bhd", "Malaysia", ("seafood",), 6, 8.0, 3.0),
    SupplierRule("SUP-008", "Rempah Warisan Spices Sdn Bhd", "Malaysia", ("spice",), 12, 12.5, 2.0),
    SupplierRule("SUP-009", "Siam Golden Rice Co Ltd", "Thailand", ("grain",), 21, 24.0, 5.0),
    SupplierRule("SUP-010", "Mekong Coconut Joint Stock Co", "Vietnam", ("coconut",), 28, 31.0, 6.0),
    SupplierRule("SUP-011", "Southern Cross Dairy Ingredients Pty Ltd", "Australia", ("dairy",), 45, 52.0, 9.0),
    SupplierRule("SUP-012", "Ceylon Highland Leaf (Pvt) Ltd", "Sri Lanka", ("leaf",), 35, 38.0, 7.0),
    SupplierRule("SUP-013", "Flavour Science Asia Pte Ltd", "Singapore", ("flavour",), 14, 14.5, 2.5),
    SupplierRule("SUP-014", "Kaca Murni Glass Sdn Bhd", "Malaysia", ("glass",), 21, 23.0, 4.0),
    SupplierRule("SUP-015", "Tin Selatan Cans Sdn Bhd", "Malaysia", ("metal",), 18, 18.5, 3.0),
    SupplierRule("SUP-016", "Kotak Bestari Cartons Sdn Bhd", "Malaysia", ("carton",), 8, 8.5, 1.5),
    SupplierRule("SUP-017", "Filem Utara Flexibles Sdn Bhd", "Malaysia", ("flexible",), 16, 18.0, 3.5),
    SupplierRule("SUP-018", "Label Kreatif Printing Sdn Bhd", "Malaysia", ("label",), 9, 11.0, 3.5),
    SupplierRule("SUP-019", "Perusahaan Kerepek Muar Sdn Bhd", "Malaysia", ("traded_snack",), 10, 12.0, 3.0),
    SupplierRule("SUP-020", "Laut Biru Frozen Foods Co Ltd", "Thailand", ("traded_frozen",), 20, 23.0, 5.0),
)  # fmt: skip
SECOND_SOURCE_SHARE = 0.3  # where two suppliers sell the same group, the later one gets so much of the buying

BREAK_EVERY = 3  # one of so many terms has price breaks
PRICE_BREAKS = ((4, 0.03), (12, 0.06))  # for orders of so many minimum orders so much less
PRICE_RISE_NEXT_YEAR = 0.03
CONTRACT_CUSTOMER, CONTRACT_CHANNEL, CONTRACT_DISCOUNT = 1, "MT", 0.02

AOP_GROWTH = {"Beverages": 0.05, "Sauces": 0.06, "Frozen": 0.07, "Ready meals": 0.09, "Snacks": 0.04}  # over last year
AOP_SERVICE = (0.95, 0.96)  # this year, next year
AOP_TURNS = (18.0, 20.0)


@dataclass(frozen=True, slots=True)
class OverrideRule:
    """Whose word it is, through which channel (empty: all), for which month, and times what of the last three."""

    stream: str
    channel: str
    months_ahead: int
    times: float
    reason: str | None


OVERRIDES = (
    OverrideRule("sales", "MT", 1, 1.25, "Listing in 40 more stores of a chain"),
    OverrideRule("marketing", "", 1, 1.15, "Television campaign, first burst"),
    OverrideRule("customer", "HORECA", 1, 1.10, "Joint plan with a catering account"),
    OverrideRule("planner", "", 2, 0.90, "A competitor is back on the shelf"),
    OverrideRule("marketing", "ECOM", 2, 1.40, "Sale day of the marketplaces"),
    OverrideRule("finance", "", 2, 0.95, "Price rise, volume expected to give"),
    OverrideRule("sales", "GT", 3, 1.20, "Wholesalers stock up before the feast"),
    OverrideRule("planner", "", 3, 1.05, None),
)


@dataclass(frozen=True, slots=True)
class StreamRule:
    """Whose word it was in past cycles. Of the best selling ``share`` of products every ``every``th was spoken of, in
    one channel where ``channel_id`` is given. The figure went ``knows`` of the way from statistics to what came (0.7
    times as far each month further ahead), was ``bias`` too high, and off by noise of that standard deviation."""

    stream: str
    share: float
    every: int
    channel_id: int
    knows: float
    bias: float
    noise: float
    reason: str


STREAM_RULES = (
    StreamRule("sales", 0.30, 2, 0, 0.50, 0.08, 0.06, "Pipeline of the key accounts"),
    StreamRule("marketing", 0.15, 3, 1, 0.30, 0.12, 0.08, "Campaign of the month"),
    StreamRule("customer", 0.20, 2, 1, 0.70, 0.02, 0.04, "Order outlook of the chains"),
    StreamRule("finance", 0.40, 5, 0, 0.00, -0.05, 0.02, "Held against the budget"),
    StreamRule("planner", 0.10, 4, 0, 0.60, 0.00, 0.04, "Agreed in the demand review"),
)


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """What was decided ``cycles_ago``, at which step, what it was to bring, and what it brought where it is known."""

    cycles_ago: int
    step: str
    kind: str
    title: str
    expected: float | None
    brought: float | None
    status: str


DECISIONS = (
    DecisionRule(
        9, "supply", "decision", "Second shift on the filling line in the feast months", 420_000, 465_000, "done"
    ),
    DecisionRule(8, "demand", "decision", "List sauces at a second chain", 310_000, 180_000, "done"),
    DecisionRule(7, "executive", "decision", "Raise prices of frozen goods by 3 %", 260_000, 240_000, "done"),
    DecisionRule(6, "reconcile", "decision", "Build stock of beverages before Ramadan", 150_000, 170_000, "done"),
    DecisionRule(4, "product", "decision", "Take slow snacks off the list", 60_000, 20_000, "done"),
    DecisionRule(
        3, "executive", "decision", "Move one promotion of ready meals to the next month", 90_000, None, "done"
    ),
    DecisionRule(2, "supply", "action", "Second source for chilli paste", None, None, "done"),
    DecisionRule(1, "demand", "action", "Explain the bias of the frozen range", None, None, "open"),
    DecisionRule(0, "supply", "decision", "Overtime on the cooking line before the new year", 120_000, None, "asked"),
    DecisionRule(
        0, "executive", "decision", "Spend the rest of the marketing budget on beverages", 200_000, None, "asked"
    ),
    DecisionRule(
        0, "demand", "action", "Ask the chains for their order outlook of the first quarter", None, None, "open"
    ),
)


@dataclass(frozen=True, slots=True)
class RiskRule:
    """What may cost (a risk) or bring (an opportunity) money in a month so many ahead."""

    title: str
    kind: str
    category: str | None
    probability: float
    impact: float
    months_ahead: int
    mitigation: str


RISKS = (
    RiskRule("Sugar price rises before the new year", "risk", "Beverages", 0.6, 380_000, 1, "Buy a quarter ahead"),
    RiskRule("A chain takes sauces off its shelves", "risk", "Sauces", 0.25, 520_000, 2, "Joint plan with the buyer"),
    RiskRule("Floods close the road to the northern depot", "risk", None, 0.3, 210_000, 1, "More stock in Penang"),
    RiskRule("Listing of ready meals at petrol stations", "opportunity", "Ready meals", 0.5, 460_000, 2, "Samples"),
    RiskRule("Export order for the festive season", "opportunity", "Snacks", 0.4, 340_000, 3, "Hold line time"),
)
