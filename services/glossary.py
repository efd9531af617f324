"""Every figure of Tandem in one place: name, formula, unit, sign, source. Cards and the help page both read it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

HELP_PATH = "/help"


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. Texts are English; whoever shows them passes them through ``core.i18n._``."""

    anchor: str
    subject: str
    name: str
    formula: str
    unit: str
    reading: str
    source: str

    @property
    def href(self) -> str:
        return f"{HELP_PATH}#{self.anchor}"


SALES = "Sales"
FORECAST = "Forecast"
SERVICE = "Service"
INVENTORY = "Inventory"
SUPPLY = "Supply"
ADMINISTRATION = "Administration"

_DECLARED = (
    Definition(
        "revenue",
        SALES,
        "Revenue",
        "Sum of the booked sales value of the days, returns subtracted on the day they were booked",
        "RM",
        "Only days that are in the data count; a period without data has no revenue, not a revenue of 0.",
        "Stored demand history",
    ),
    Definition(
        "revenue-month-to-date",
        SALES,
        "Revenue to date",
        "Revenue from the first of the month to the data date; change = this year / same days last year − 1",
        "RM, %",
        "Positive: more than last year. A part month is compared with the same days of the month a year before, never "
        "with the full month; 29 February with the 28 days of the year before.",
        "House choice",
    ),
    Definition(
        "revenue-same-days",
        SALES,
        "Revenue, same days last year",
        "Revenue of the same calendar dates one year before",
        "RM",
        "Unknown (–) when the data begin only after the first of these days.",
        "House choice",
    ),
    Definition(
        "revenue-same-weekdays",
        SALES,
        "Revenue, same weekdays last year",
        "Revenue 364 days (52 weeks) before, day for day",
        "RM",
        "Used in the revenue chart only: Mondays stand over Mondays, so that closed days line up. Weeks are ISO weeks "
        "from Monday; a week that is not over is not shown.",
        "House choice; ISO 8601",
    ),
    Definition(
        "forecast-accuracy",
        FORECAST,
        "Forecast accuracy",
        "1 − WMAPE, WMAPE = Σ|A − F| / ΣA over all products and locations of a full month",
        "%",
        "Higher is better; below 0 % when the errors are larger than the demand. A = actual, F = forecast (median).",
        "Hyndman & Koehler 2006; Kolassa & Schütz 2007",
    ),
    Definition(
        "forecast-bias",
        FORECAST,
        "Forecast bias",
        "Σ(F − A) / ΣA",
        "%",
        "Positive means over-forecast, negative under-forecast.",
        "House choice of sign, as in demand review practice",
    ),
    Definition(
        "lag",
        FORECAST,
        "Lag",
        "Lag n = the forecast published n periods before the period it is for",
        "periods",
        "Lag 1 is the last forecast before the month: of each product and location the newest finished run whose first "
        "forecast month is that month. Items without such a forecast are left out and counted.",
        "House choice",
    ),
    Definition(
        "value-added",
        FORECAST,
        "Forecast value added",
        "WMAPE of the step before − WMAPE of the step, on the cells where the step had a figure",
        "percentage points",
        "Positive: the step came nearer to what was sold. Statistics are judged against naive, events against "
        "statistics, each stream and the consensus against statistics with events; a person's edit against the plan "
        "before it.",
        "Gilliland (SAS), forecast value added",
    ),
    Definition(
        "mape",
        FORECAST,
        "MAPE",
        "Mean of |A − F| / A",
        "%",
        "Periods without demand have no percentage error; they are left out and counted.",
        "Hyndman & Koehler 2006",
    ),
    Definition(
        "mase",
        FORECAST,
        "MASE",
        "MAE of the test periods / mean |y(t) − y(t − m)| of the history before them, m = season length",
        "ratio",
        "Below 1: better than repeating last season.",
        "Hyndman & Koehler 2006, section 3",
    ),
    Definition(
        "rmsse",
        FORECAST,
        "RMSSE",
        "√(mean (A − F)² / mean (y(t) − y(t − 1))² of the history before them)",
        "ratio",
        "As MASE, but large misses count more, and forecasting zero does not pay where demand is rare. Of several "
        "series the mean.",
        "M5 competitors' guide (2020)",
    ),
    Definition(
        "band-coverage",
        FORECAST,
        "Coverage of the 80 % band",
        "Share of the periods whose demand came between the 10 % and the 90 % line of the forecast",
        "%",
        "80 % is right. Less: the band promises too much; more: it is too wide to plan with. 78 to 82 % passes.",
        "Gneiting & Raftery 2007; house choice of the tolerance",
    ),
    Definition(
        "tracking-signal",
        FORECAST,
        "Tracking signal",
        "Σ(A − F) / mean |A − F|, to date",
        "ratio",
        "Positive: too little was forecast, again and again (the bias has the other sign). Beyond ±4 the forecast "
        "drifts.",
        "Brown 1962; Heizer & Render",
    ),
    Definition(
        "lived-accuracy",
        FORECAST,
        "Lived accuracy",
        "Errors of stored forecasts against the demand that then came, at a lag",
        "%",
        "What planning had to live with: a forecast counts as it was published, with what was known then.",
        "House choice",
    ),
    Definition(
        "tested-accuracy",
        FORECAST,
        "Tested accuracy (rolling origin)",
        "Errors of a run's methods at earlier dates, each fitted only to what was known at that date",
        "%",
        "A test, not experience: the methods were chosen on the same dates, so that errors ahead tend to be larger.",
        "Tashman 2000",
    ),
    Definition(
        "missed-money",
        FORECAST,
        "Missed money",
        "Σ|A − F| × price; price = what a unit brought in the year before the run, or its list price",
        "RM",
        "Ranks series by what a better forecast could be worth. Of tested accuracy a year's worth: WMAPE × demand × "
        "price.",
        "House choice",
    ),
    Definition(
        "seasonal-naive",
        FORECAST,
        "Seasonal naive",
        "The value of the same period one season before",
        "units",
        "The benchmark: a method that does not beat it is not worth its trouble.",
        "Hyndman & Athanasopoulos, Forecasting: Principles and Practice",
    ),
    Definition(
        "forecast-band",
        FORECAST,
        "Forecast band",
        "10 %, 50 % and 90 % quantiles of demand; the forecast itself is the 50 % quantile",
        "units",
        "Demand should fall below the lower line once in ten periods, and above the upper line once in ten.",
        "Hyndman & Athanasopoulos, Forecasting: Principles and Practice",
    ),
    Definition(
        "otif",
        SERVICE,
        "OTIF",
        "Order lines delivered on time in full / order lines due",
        "%",
        "Binary per line, against the first confirmed date, with the stored tolerances; never the product of the two "
        "averages. Cancelled lines and lines without a confirmed date do not count.",
        "SCOR RL.1.1",
    ),
    Definition(
        "on-time",
        SERVICE,
        "On time",
        "Last delivery ≤ first confirmed date + tolerance",
        "days late",
        "Days late: positive after the first confirmed date, negative before it; of an open line the days so far.",
        "SCOR RL.1.1",
    ),
    Definition(
        "in-full",
        SERVICE,
        "In full",
        "Delivered quantity ≥ ordered quantity × (1 − tolerance)",
        "yes / no",
        "All deliveries of the line together.",
        "SCOR RL.1.1",
    ),
    Definition(
        "inventory-value",
        INVENTORY,
        "Inventory value",
        "Σ max(0, on hand) × unit cost, over products and locations",
        "RM at cost",
        "Stock that has expired does not count. Excess in one place never pays for a shortage in another. Items "
        "without a cost are left out and counted.",
        "SCOR",
    ),
    Definition(
        "count-difference",
        INVENTORY,
        "Difference of a count",
        "Counted − book quantity of the moment when the count was made; at cost = difference × unit cost of then",
        "units, RM at cost",
        "Negative: less was found than the books have. Approval adds it to the stock of now; lines that nobody counted "
        "have none.",
        "House choice",
    ),
    Definition(
        "halal-cover",
        INVENTORY,
        "Halal cover",
        "Covered when the product, its suppliers, the plants that make it and all components of the recipe in force "
        "have a halal certificate that is valid today",
        "yes or no",
        "What is marked not applicable needs none. The last day of a certificate still counts.",
        "House choice",
    ),
    Definition(
        "days-of-supply",
        INVENTORY,
        "Days of supply",
        "Inventory value / Σ mean daily demand × unit cost, over products and locations",
        "days",
        "Forward view, at cost on both sides. The mean daily demand is that of the stocking policy: forecast where "
        "there is one, else use in production.",
        "SCOR AM.1.2",
    ),
    Definition(
        "target-days-of-supply",
        INVENTORY,
        "Days of supply the policies aim at",
        "Σ (safety stock + order quantity / 2) × unit cost / Σ mean daily demand × unit cost",
        "days",
        "The average stock when every item follows its policy.",
        "Silver, Pyke & Thomas",
    ),
    Definition(
        "days-of-cover",
        INVENTORY,
        "Days of cover",
        "(On hand − allocated) / mean daily demand of the item",
        "days",
        "Forward view of one item at one location.",
        "House choice",
    ),
    Definition(
        "position",
        INVENTORY,
        "Inventory position",
        "On hand + on order − allocated",
        "units",
        "What is compared with the reorder point.",
        "Silver, Pyke & Thomas",
    ),
    Definition(
        "items-at-risk",
        INVENTORY,
        "Items at risk",
        "Number of products × locations that are stocked out or at risk",
        "items",
        "Each item has one status, the first that holds: stocked out, at risk, no policy, excess, over-ordered, "
        "healthy.",
        "House choice",
    ),
    Definition(
        "stocked-out",
        INVENTORY,
        "Stocked out",
        "On hand ≤ 0 and demand > 0",
        "status",
        "No stock without demand is not a stock-out.",
        "Status rules of exception-first inventory tools",
    ),
    Definition(
        "at-risk",
        INVENTORY,
        "At risk",
        "On hand < allocated + demand until the next receipt or one lead time, whichever is sooner",
        "status",
        "Will run out before anything can come in.",
        "Status rules of exception-first inventory tools",
    ),
    Definition(
        "excess",
        INVENTORY,
        "Excess",
        "Part of max(0, position − order-up-to) that is on hand; × unit cost",
        "units, RM",
        "By at least one order multiple: less than that is only the rounding of an order.",
        "Status rules of exception-first inventory tools",
    ),
    Definition(
        "over-ordered",
        INVENTORY,
        "Over-ordered",
        "Part of max(0, position − order-up-to) that is still on order; × unit cost",
        "units, RM",
        "Orders that could still be cut or moved.",
        "Status rules of exception-first inventory tools",
    ),
    Definition(
        "expiring",
        INVENTORY,
        "Expiring",
        "Part of the lots that first-expired-first-out selling will not reach before they expire; × unit cost",
        "units, RM",
        "Lots that expire within 90 days; those that have expired count in full.",
        "FEFO",
    ),
    Definition(
        "money-at-stake",
        INVENTORY,
        "Money at stake",
        "Shortage: units short × unit price (cost where there is none); excess, over-ordered, expiring: units × unit "
        "cost; supplier lines: open units × unit price",
        "RM",
        "What exceptions are ranked by.",
        "House choice",
    ),
    Definition(
        "abc-class",
        INVENTORY,
        "ABC class",
        "Items by value of 12 whole months, the largest first: A up to 80 % of the cumulated value, B up to 95 %, C "
        "the rest",
        "class",
        "Value is revenue, margin or units as chosen; of what is used in production, usage at cost. The limits are "
        "settings.",
        "Pareto analysis; Silver, Pyke & Thomas, ch. 2",
    ),
    Definition(
        "budget-fill-rate",
        INVENTORY,
        "Fill rate of safety stocks",
        "1 − Σ value × short a year / Σ value × demand a year; short a year = demand / order quantity × σ × G(safety "
        "stock / σ), σ of the demand over the lead time, G the normal loss function",
        "%",
        "Value is the selling price of what is sold, else the cost. Today's and the best safety stocks are judged by "
        "the same formula, so that they compare.",
        "Silver, Pyke & Thomas, ch. 6",
    ),
    Definition(
        "net-flow",
        INVENTORY,
        "Net flow position",
        "On hand + on order + in drafts − demand that is late, of today, or a spike within the horizon",
        "units",
        "Its share of the top of green is the planning priority; on hand as a share of the top of red is the execution "
        "priority. At or below the top of yellow an order is due, up to the top of green.",
        "Ptak & Smith, demand driven planning",
    ),
    Definition(
        "buffer-zones",
        INVENTORY,
        "Buffer zones",
        "Red = usage × lead time × f × (1 + v); yellow = usage × lead time; green = largest of least quantity, usage × "
        "order cycle, usage × lead time × f",
        "units",
        "f is the lead time factor, v the variability factor; usage a day and lead time are those of the policy.",
        "Ptak & Smith, demand driven planning",
    ),
    Definition(
        "return-on-safety-stock",
        INVENTORY,
        "Return of the next ringgit",
        "Shortages a year that a step of more safety stock prevents, at their value / its money at cost",
        "RM a year per RM",
        "The best stocks are those where it is the same for every item that has any: the price of the budget.",
        "Marginal analysis; Silver, Pyke & Thomas, ch. 6",
    ),
    Definition(
        "xyz-class",
        INVENTORY,
        "XYZ class",
        "Coefficient of variation, deviation over mean, of the demand of 12 whole months: X < 0.5, Y to 1.0, Z above",
        "class",
        "Months before an item's first demand do not count. The limits are settings.",
        "ABC-XYZ analysis",
    ),
    Definition(
        "slow-obsolete",
        INVENTORY,
        "Slow and obsolete (SLOB)",
        "Value of slow and obsolete stock ÷ value of stock; slow: cover over 365 days; obsolete: no demand for 365 "
        "days, or retired",
        "%",
        "Obsolete goes before slow. The limits are settings.",
        "Practice of stock reports",
    ),
    Definition(
        "gmroi",
        INVENTORY,
        "GMROI",
        "Gross margin of 12 whole months ÷ stock at cost",
        "multiple",
        "On the stock there is today. Unknown without stock.",
        "Retail practice",
    ),
    Definition(
        "safety-stock",
        INVENTORY,
        "Safety stock",
        "k · √(L · σ_demand² + demand² · σ_lead time²), k the exact normal quantile of the service target",
        "units",
        "A gamma distribution where demand is intermittent or lumpy.",
        "Silver, Pyke & Thomas, ch. 6",
    ),
    Definition(
        "reorder-point",
        INVENTORY,
        "Reorder point",
        "Expected demand over the lead time + safety stock",
        "units",
        "Order when the position is at or below it.",
        "Silver, Pyke & Thomas",
    ),
    Definition(
        "order-up-to",
        INVENTORY,
        "Order-up-to level",
        "Reorder point + order quantity",
        "units",
        "An order brings the position up to it, within minimum, multiple and maximum.",
        "Silver, Pyke & Thomas",
    ),
    Definition(
        "service-target",
        INVENTORY,
        "Service target",
        "Probability that a replenishment cycle passes without a stock-out (Type 1)",
        "%",
        "Not the fill rate (Type 2), which is the share of demand met from stock.",
        "Silver, Pyke & Thomas",
    ),
    Definition(
        "net-replenishment-days",
        INVENTORY,
        "Days covered in a network",
        "Days a stage waits for its supply + its own lead time and review days − days it promises; safety stock = k × "
        "spread of a day's demand × √ of them",
        "days",
        "Promises of all stages are chosen together, at least holding cost for the days that customers accept to wait.",
        "Graves & Willems 2000, 2003; Inderfurth 1991",
    ),
    Definition(
        "day-in-network",
        INVENTORY,
        "What a day is worth in a network",
        "Least holding cost a year less the least one with the stage a day faster, or its promise a day longer",
        "RM a year",
        "Of a shorter promise: what it would cost. Nothing where there is no such day.",
        "Graves & Willems 2000; shadow price by solving anew",
    ),
    Definition(
        "demand-class",
        INVENTORY,
        "Demand class",
        "ADI = periods / periods with demand, CV² of the non-zero sizes; limits 1.32 and 0.49",
        "smooth, erratic, intermittent, lumpy",
        "CV² with the population standard deviation.",
        "Syntetos, Boylan & Croston 2005",
    ),
    Definition(
        "cost-roll-up",
        SUPPLY,
        "Cost by recipe (roll-up)",
        "Sum over components of quantity × (1 + scrap) / yield × unit cost; the unit cost of a made component is its "
        "own cost by recipe, of a bought one its standard cost, or else its supplier's price",
        "RM per unit",
        "Material alone: hours on resources have no price in the data. A cost that is not known is missing in all that "
        "is made of it, never zero. Deviation = cost by recipe / standard cost − 1.",
        "Standard cost roll-up; Horngren, Cost Accounting",
    ),
    Definition(
        "supplier-late",
        SUPPLY,
        "Late supplier line",
        "Sent, not fully received, and its latest confirmed date (else the requested date) is before today",
        "days late, RM",
        "Money: what has not been received × price.",
        "House choice",
    ),
    Definition(
        "available-to-promise",
        SUPPLY,
        "Available to promise (ATP)",
        "What a week adds to the units that can be promised: stock by lots and receipts, firm and planned, without "
        "open orders, reservations and what production and transfers take; a later shortage takes back what an "
        "earlier week had. Cumulative: all weeks up to that one",
        "units",
        "Never below zero. The forecast takes nothing of it. What is promised beyond supply is over-promised.",
        "Vollmann et al., Manufacturing Planning and Control, chapter 6",
    ),
    Definition(
        "capable-to-promise",
        SUPPLY,
        "Capable to promise (CTP)",
        "The first week in which a quantity beyond ATP could be made or bought: components that are free or bought by "
        "their fastest source, level by level, then free hours of the resources, then the lead time",
        "week",
        "Nothing is ordered or kept by it. What binds is the lead time, resource or receipt that makes it as late.",
        "Kilger & Meyr, Demand Fulfilment and ATP",
    ),
    Definition(
        "supplier-answer",
        SUPPLY,
        "Supplier answer to review",
        "An answer of a supplier that no planner has decided on; × price of the order line",
        "RM",
        "An answer changes an order only when a planner accepts it.",
        "House choice",
    ),
    Definition(
        "plan-late-value",
        SUPPLY,
        "Served late in the plan",
        "Σ over weeks and items of min(owed at the week's end, demand of the week) × the part customers want × price",
        "RM",
        "Demand is served in the order in which it falls due. Without a price an item counts with its cost. Served in "
        "its week = 1 − this ÷ customers' demand in RM.",
        "House choice",
    ),
    Definition(
        "plan-overload",
        SUPPLY,
        "Hours of overload",
        "Σ over weeks and resources of max(0, hours wanted − hours there are)",
        "hours",
        "Planned and open production together; the plan is not limited by capacity.",
        "Vollmann et al., chapter 10",
    ),
    Definition(
        "hours-waiting",
        SUPPLY,
        "Hours waiting at worst",
        "The most over the weeks of w(t) = max(0, w(t − 1) + hours wanted − hours there are), w(0) = 0",
        "hours",
        "Work that does not fit into a week is taken to be done as soon as there is time.",
        "Lindley recursion; Vollmann et al., ch. 10",
    ),
    Definition(
        "worth-of-a-limit",
        SUPPLY,
        "Worth of a limit",
        "What one more hour, or ringgit, of a limit that binds would save of the plan's cost: its dual price in the "
        "linear programme",
        "RM",
        "Holds for small changes, all else equal. A limit that does not bind is worth nothing.",
        "Hopp & Spearman, section 16.3",
    ),
    Definition(
        "data-health",
        ADMINISTRATION,
        "Data health",
        "Of an entity: 100 × (1 − Σ weight × rows with the finding / all rows), not below 0; weight: error 1, "
        "warning 0.5, notice 0.1. In total: mean of the entities that have rows, weighted by importance",
        "points, 0 to 100",
        "100: nothing was found. Products, demand history and stock count three times, supplier terms, recipes, sales "
        "and purchase orders twice, everything else once. Only entities that you may read count.",
        "Pipino, Lee & Wang 2002; weights are a house choice",
    ),
    Definition(
        "active-accounts",
        ADMINISTRATION,
        "Active accounts",
        "Number of accounts that can sign in",
        "accounts",
        "Colleagues and partners together.",
        "Stored accounts",
    ),
    Definition(
        "failed-jobs",
        ADMINISTRATION,
        "Failed jobs",
        "Number of jobs that ended with an error in the last 7 days",
        "jobs",
        "Cancelled jobs do not count.",
        "Stored jobs",
    ),
)

GLOSSARY = MappingProxyType({found.anchor: found for found in _DECLARED})
"""All definitions by anchor, in the order of the help page."""


def definition(anchor: str) -> Definition:
    """The definition of a figure.

    Inputs: anchor: its key.
    Returns: Definition.
    Raises: KeyError for a figure that nobody has defined: a fault of ours, not of the user.
    Source: formulas of the glossary, section 3.9 for what had to be decided.
    """
    return GLOSSARY[anchor]
