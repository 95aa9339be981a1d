"""What a closure does as columns, plain data and lines for a reader."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.answers import date_text, rounded
from karwan.analysis.decisions.answers import bills_to_dict, or_none
from karwan.analysis.decisions.impact import ElementFlow, Impact, Money
from karwan.analysis.decisions.pair_impacts import PairImpact
from karwan.analysis.traffic.answers import UNITS
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.base.telling import FILES, SHOWN, Column, Form, to_dict
from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.traffic.other_sellers import OtherSellers
    from karwan.analysis.world.world import World

DIGITS = {Form.json: 1, Form.csv: 1}
EVERYWHERE = (*FILES, *SHOWN)
MOST_PAIRS, MOST_GATES, MOST_GOODS = 8, 14, 6
MOVED_LEAST = 0.5
"""A gate whose flow changes by less than half a unit a day is left out of the text."""


def _ends(name: str, row: ElementFlow) -> dict[str, float]:
    ends: tuple[float, float] = getattr(row, name)
    told = [round(end, DIGITS[Form.json]) for end in ends]
    return dict(zip(("before_per_day", "after_per_day"), told, strict=True))


def _end(name: str, k: int, row: ElementFlow) -> float:
    ends: tuple[float, float] = getattr(row, name)
    return ends[k]


def _flat(name: str, k: int, when: str) -> Column[ElementFlow]:
    return Column(
        name=f"{name}_{when}_per_day", get=partial(_end, name, k), forms=(Form.csv, Form.frame),
        digits=DIGITS,
    )  # fmt: skip


ELEMENT_FLOWS: tuple[Column[ElementFlow], ...] = (
    Column(name="element", get=lambda row: row.gate.element_id, forms=EVERYWHERE),
    Column(name="name", get=lambda row: row.gate.name, forms=FILES),
    Column(name="direction", get=lambda row: row.gate.direction.value, forms=FILES),
    Column(name="from_country", get=lambda row: row.gate.from_country, forms=EVERYWHERE,
           names={Form.table: "from"}),
    Column(name="to_country", get=lambda row: row.gate.to_country, forms=EVERYWHERE,
           names={Form.table: "to"}),
    Column(name="unit", get=lambda row: UNITS[row.gate.vehicle], forms=EVERYWHERE),
    Column(name="before_per_day", forms=EVERYWHERE, digits=DIGITS, spec=",.0f",
           names={Form.table: "before"}),
    Column(name="after_per_day", forms=EVERYWHERE, digits=DIGITS, spec=",.0f",
           names={Form.table: "after"}),
    Column(name="low", get=partial(_ends, "low"), forms=(Form.json,)),
    Column(name="high", get=partial(_ends, "high"), forms=(Form.json,)),
    _flat("low", 0, "before"), _flat("high", 0, "before"),
    _flat("low", 1, "after"), _flat("high", 1, "after"),
    Column(name="after", get=lambda row: f"{row.low[1]:,.0f} to {row.high[1]:,.0f}", forms=SHOWN,
           names={Form.table: "after, low to high", Form.html: "after, low to high"}),
    Column(name="other_sellers_per_day", forms=FILES, digits=DIGITS),
    Column(name="capacity_per_day", get=lambda row: row.gate.band and row.gate.band.p50,
           forms=EVERYWHERE, digits=DIGITS, spec=",.0f", names={Form.table: "capacity"}),
    Column(name="queue", get=lambda row: row.queue_trucks, forms=(Form.json,), digits=DIGITS),
    Column(name="queue_trucks", unit="count", forms=(Form.csv, Form.frame, *SHOWN), digits=DIGITS,
           spec=",.0f", names={Form.table: "queue", Form.frame: "queue_count"}),
    Column(name="toll_usd", unit="USD", forms=EVERYWHERE, digits=DIGITS, spec=",.0f",
           names={Form.table: "one more, USD"}),
    Column(name="counted", forms=FILES),
    Column(name="before_known_on", get=lambda row: date_text(row.known_on), forms=FILES),
    Column(name="before_grade", get=lambda row: row.grade, forms=FILES),
    Column(name="rests_on", forms=FILES),
)  # fmt: skip
"""What is told of an element one way; trucks are loaded and empty together."""


PAIRS_IMPACT: tuple[Column[PairImpact], ...] = (
    Column(name="origin", get=lambda row: row.load.origin, forms=(Form.json, *SHOWN)),
    Column(name="destination", get=lambda row: row.load.destination, forms=(Form.json, *SHOWN)),
    Column(name="flow", get=lambda row: row.load.flow, forms=(Form.json, *SHOWN)),
    Column(name="goods", get=lambda row: row.load.goods, forms=(Form.json,)),
    *(
        Column(name=f"forgone_{name}share", get=get, forms=(Form.json,), digits={Form.json: 3})
        for name, get in (
            ("low_", lambda row: row.load.not_sent.low),
            ("", lambda row: row.load.not_sent.value),
            ("high_", lambda row: row.load.not_sent.high),
        )
    ),
    *(
        Column(
            name=f"{name}_t_per_day", get=get, forms=(Form.json, *SHOWN), digits=DIGITS,
            spec=",.0f", names={Form.table: f"{name.replace('_', ' ')}, t"},
        )
        for name, get in (
            ("before", lambda row: row.before_t),
            ("moved", lambda row: row.moved_t),
            ("diverted", lambda row: row.diverted_t),
            ("waiting", lambda row: row.waiting_t),
            ("not_sent", lambda row: row.not_sent_t),
        )
    ),
    *(
        Column(
            name=f"{name}_usd_per_day", get=get, forms=(Form.json, *SHOWN), digits=DIGITS,
            spec=",.0f", names={Form.table: f"{name.replace('_', ' ')}, USD"},
        )
        for name, get in (
            ("value_not_moved", lambda row: row.value_not_moved_usd),
            ("detour", lambda row: row.detour_usd),
            ("surplus_lost", lambda row: row.surplus_lost_usd),
        )
    ),
)  # fmt: skip
"""What is told of a pair's freight."""


def money_to_dict(money: Money) -> dict[str, float | None]:
    """Return the columns of a day."""
    return {
        "value_not_moved_usd": rounded(money.value_not_moved_usd),
        "resource_cost_usd": rounded(money.resource_usd),
        "of_it_detour_usd": rounded(money.detour_usd),
        "of_it_waiting_usd": or_none(money.waiting_usd),
        "surplus_lost_usd": rounded(money.surplus_lost_usd),
        "loss_usd": rounded(money.loss_usd),
    }


def impact_notes(impact: Impact) -> list[str]:
    """Return what the figures rest on."""
    base, spread = impact.base, impact.base.spread
    fitted = (
        f"fitted to the split of count {spread.series}" if spread.series else "the usual elasticity"
    )
    end = ", whose fit lies at the end of the published range" if spread.at_end else ""
    return [
        "Value not moved is no loss; loss a day is resource cost and surplus lost. Transfers sum "
        "to zero. None is added to another. All money is an estimate, grade C.",
        "Before: the median of the counts of the year before, else of five years, else the newest; "
        "loaded and empty trucks together. After: what was counted and what the model moves, no "
        "gate above its P50; low and high over P10, P50 and P90 of all capacities.",
        f"Freight over the frontier is {base.counts_ratio:.1f} times the published demand of the "
        f"study's pairs, so that it fills the trucks counted; {base.freight.unknown_pairs} pairs "
        "have no figure and are not in it.",
        "A country without a seaport buys from other sellers what its own do not send, by one "
        "factor on what came over each open gate that was counted, until it is full: spending is "
        "taken as kept (grade C; the low end leaves it out). It is other freight, in no sum of "
        "tonnes or money here.",
        f"Spread over ways: {spread.elasticity:.1f} per cent of a way's share for one per cent of "
        f"its cost ({fitted}{end}); counts set what cost leaves open.",
        "A tonne not sent forgoes a share of its value by class of cargo (table not_sent_shares), "
        f"{_forgone(impact)} in all; every share is an estimate.",
        "Where counts show a dearer gate in use, leaving it saves money: a detour may be below 0.",
        "What one further unit a day is worth is the price of the queue at a full gate; the time "
        "in that queue is not charged again.",
    ]


def _forgone(impact: Impact) -> str:
    """Return which share of its value what is not sent forgoes, over all that moved before."""
    weights = [pair.before_t * pair.load.usd_per_t for pair in impact.pairs]
    low, middle, high = (
        sum(w * getattr(pair.load.not_sent, end)
            for w, pair in zip(weights, impact.pairs, strict=True)) / (sum(weights) or 1.0)
        for end in ("low", "value", "high")
    )  # fmt: skip
    return f"{middle:.0%} ({low:.0%} to {high:.0%})"


def impact_to_dict(world: World, impact: Impact) -> dict[str, Any]:
    """Return what a closure does as data."""
    not_sent = [
        {
            "origin": pair.load.origin,
            "destination": pair.load.destination,
            "flow": pair.load.flow,
            "not_sent_t_per_day": rounded(pair.not_sent_t),
        }
        for pair in impact.pairs
    ]
    return {
        "closing": list(impact.closing),
        "shut_before": list(impact.shut_before),
        "since": impact.since.isoformat(),
        "after_days": impact.after_days,
        "per_day": money_to_dict(impact.money),
        "low": money_to_dict(impact.low_money),
        "high": money_to_dict(impact.high_money),
        "cumulative": {
            "expected_shut_days": rounded(impact.expected_shut_days),
            "loss_usd": rounded(impact.expected_shut_days * impact.money.loss_usd),
            "low_loss_usd": rounded(impact.expected_shut_days * impact.low_money.loss_usd),
            "high_loss_usd": rounded(impact.expected_shut_days * impact.high_money.loss_usd),
        },
        "least_sum": bool(impact.unpriced),
        "unpriced": list(impact.unpriced),
        "tonnes_per_day": tonnes_to_dict(impact),
        "transfers": [
            {"party": one.party, "country": one.country, "usd_per_day": rounded(one.usd)}
            for one in impact.transfers
        ],
        "bills": bills_to_dict(impact.bills),
        "loss_by_country_usd": {k: rounded(v) for k, v in impact.loss_by_country().items()},
        "loss_by_goods_usd": {k: rounded(v) for k, v in impact.loss_by_goods().items()},
        "by_corridor": [
            {
                "corridor": one.corridor_id,
                "name": one.name,
                "before_t_per_day": rounded(one.before_t),
                "after_t_per_day": rounded(one.after_t),
                "loss_usd_per_day": rounded(one.loss_usd),
            }
            for one in impact.corridors
        ],
        "other_sellers": [
            {
                "country": one.country,
                "not_sent_t_per_day": rounded(one.not_sent_t),
                "bought_elsewhere_t_per_day": rounded(one.bought_t),
                "no_room_t_per_day": rounded(one.no_room_t),
                "uncounted": list(one.uncounted),
            }
            for one in impact.other_sellers
        ],
        "would_help": [
            {"element": one.element_id, "saved_usd_per_day": rounded(one.saved_usd)}
            for one in impact.helps
        ],
        "elements": [to_dict(ELEMENT_FLOWS, row) for row in impact.elements],
        "pairs": [to_dict(PAIRS_IMPACT, row) for row in impact.pairs],
        "not_sent_per_day": not_sent,
        "spread": {
            "per_usd": impact.base.spread.per_usd,
            "elasticity": rounded(impact.base.spread.elasticity),
            "series": impact.base.spread.series,
            "at_end_of_range": impact.base.spread.at_end,
        },
        "counts_over_published": rounded(impact.base.counts_ratio),
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "notes": impact_notes(impact),
        "later_facts": later_facts_to_dict(later_facts(world, impact.sources)),
        "sources": sorted({one.url for one in impact.sources if one.url.startswith("http")}),
    }


def tonnes_to_dict(impact: Impact) -> dict[str, float | None]:
    """Return where the tonnes of a day are, over all pairs; the last four sum to the first."""
    return {
        "before": rounded(sum(pair.before_t for pair in impact.pairs)),
        "moved": rounded(sum(pair.moved_t for pair in impact.pairs)),
        "diverted": rounded(sum(pair.diverted_t for pair in impact.pairs)),
        "waiting": rounded(sum(pair.waiting_t for pair in impact.pairs)),
        "not_sent": rounded(sum(pair.not_sent_t for pair in impact.pairs)),
    }


def _no_room_words(one: OtherSellers) -> str:
    """Return what found no room, and that gates without a count were not looked at."""
    told = f", {one.no_room_t:,.0f} find no room"
    if not one.uncounted:
        return f"{told}."
    return f"{told} at gates that were counted (not so: {', '.join(one.uncounted)})."


def impact_lines(impact: Impact) -> list[str]:
    """Return the answer in a few lines: the day's loss, its columns, tonnes, who, what helps."""
    money, low, high = impact.money, impact.low_money, impact.high_money
    tonnes = tonnes_to_dict(impact)
    told = ", ".join(
        f"{name.replace('_', ' ')} {tonnes[name]:,.0f}"
        for name in ("moved", "diverted", "waiting", "not_sent")
    )
    countries = [f"{code} {usd:,.0f}" for code, usd in impact.loss_by_country().items()]
    goods = [f"{goods_text(mix)} {usd:,.0f}" for mix, usd in impact.loss_by_goods().items()]
    helps = [f"{one.element_id} {one.saved_usd:,.0f}" for one in impact.helps if one.saved_usd > 0]
    ways = [
        f"{one.corridor_id or one.name} {one.before_t:,.0f} to {one.after_t:,.0f} t "
        f"({one.loss_usd:,.0f} USD)"
        for one in [*impact.corridors[:4], *impact.corridors[:-4:-1]]
    ]
    gains = [
        f"{one.party}, {one.country} {one.usd:+,.0f}"
        for one in sorted(impact.transfers, key=lambda one: -abs(one.usd))[:6]
    ]
    days = impact.expected_shut_days
    least = "at least " if impact.unpriced else ""
    waits = "no figure" if money.waiting_usd is None else f"{money.waiting_usd:,.0f}"
    return [
        f"Loss a day: {least}{money.loss_usd:,.0f} USD "
        f"({low.loss_usd:,.0f} to {high.loss_usd:,.0f}); "
        f"over {counted(impact.after_days, 'day')}, {days:,.0f} of them shut as expected: "
        f"{days * money.loss_usd / 1e6:,.1f}m ({days * low.loss_usd / 1e6:,.1f} to "
        f"{days * high.loss_usd / 1e6:,.1f}).",
        f"  value not moved   {money.value_not_moved_usd:>12,.0f}  (no loss)",
        f"  resource cost     {money.resource_usd:>12,.0f}  (detours {money.detour_usd:,.0f}, "
        f"waiting {least}{waits})",
        f"  surplus lost      {money.surplus_lost_usd:>12,.0f}  (freight not sent)",
        f"  transfers                    0  ({'; '.join(gains) or 'none'})",
        f"Tonnes a day, of {tonnes['before']:,.0f} before: {told}.",
        *(
            f"Bought from other sellers over the gates still open: {one.country} "
            f"{one.bought_t:,.0f} t a day in place of {one.not_sent_t:,.0f}"
            + (_no_room_words(one) if one.no_room_t >= 1 else ".")
            for one in impact.other_sellers
        ),
        f"USD a day by country: {', '.join(countries)}",
        f"USD a day by goods, waiting apart: {'; '.join(goods[:MOST_GOODS])}",
        f"Along corridors, those that lose and gain most: {'; '.join(ways)}",
        f"Opening one would save, what waits taken as not sent, USD a day: "
        f"{', '.join(helps) or 'none'}",
        *(
            [f"No figure is known of a day of {', '.join(impact.unpriced)}: sums leave it out."]
            if impact.unpriced
            else []
        ),
    ]


def goods_text(mix: str) -> str:
    """Return the goods of a figure in words, without their shares.

    Examples
    --------
    >>> goods_text("sugar:0.189;cement|rice"), goods_text("not named")
    ('sugar, cement, rice', 'not named')
    """
    groups = [part.partition(":")[0] for part in mix.split(";")]
    return ", ".join(name for group in groups for name in group.split("|"))


def moved_gates(impact: Impact) -> list[ElementFlow]:
    """Return the elements whose flow changes, most trucks or tonnes first."""
    rows = [row for row in impact.elements
            if abs(row.after_per_day - row.before_per_day) >= MOVED_LEAST
            or row.gate.element_id in impact.closing]  # fmt: skip
    return sorted(
        rows,
        key=lambda row: (
            row.gate.element_id not in impact.closing,
            row.gate.vehicle,
            row.before_per_day - row.after_per_day,
            row.gate.element_id,
            row.gate.direction.value,
        ),
    )
