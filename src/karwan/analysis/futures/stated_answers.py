"""The reliability of a stated day as columns, plain data and lines for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.engines import choose_engine
from karwan.analysis.futures.stated_reliability import Ends, StatedReliability
from karwan.base.telling import FILES, Column, Form, to_dict

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

PARTS = ("mean", "p50", "p90", "p95")
MOST_ROUTES = 6


def _ends(name: str, part: str, one: StatedReliability) -> Ends:
    held = getattr(one, name)
    ends: Ends = getattr(held, part) if part else held
    return ends


def _end(name: str, part: str, side: str, one: StatedReliability) -> float | None:
    figure: float | None = getattr(_ends(name, part, one), side)
    return figure


def _flat(name: str, part: str, unit: str, digits: int) -> list[Column[StatedReliability]]:
    """Return a column for each end of a figure, in flat files."""
    return [
        Column(
            name=f"{side}_{part}_{name}" if part else f"{name}_{side}",
            get=partial(_end, name, part, side),
            unit=unit,
            forms=(Form.csv, Form.frame),
            digits={Form.csv: digits},
        )
        for side in ("low", "high")
    ]


def ends_to_dict(ends: Ends) -> dict[str, float | None]:
    """Return the two ends of a figure; None where it has no bound or lies among days it stays."""
    return {"low": ends.low, "high": ends.high}


def _spread_to_dict(name: str, one: StatedReliability) -> dict[str, Any]:
    return {part: ends_to_dict(_ends(name, part, one)) for part in PARTS}


def _pair(name: str) -> Column[StatedReliability]:
    def get(one: StatedReliability) -> dict[str, float | None]:
        return ends_to_dict(getattr(one, name))

    return Column(name=name, get=get, forms=(Form.json,))


def _parts(name: str) -> Column[StatedReliability]:
    return Column(name=name, get=partial(_spread_to_dict, name), forms=(Form.json,))


def _both(name: str, part: str, spec: str, one: StatedReliability) -> str:
    """Return a figure as a reader sees it: one number, or from-to where that differs."""
    ends = _ends(name, part, one)
    if ends.low is None:
        return "stays"
    low = format(ends.low, spec)
    high = "stays" if ends.high is None else format(ends.high, spec)
    return low if low == high else f"{low} to {high}"


def _shown(name: str, part: str, title: str, spec: str) -> Column[StatedReliability]:
    return Column(
        name=f"{title}",
        get=partial(_both, name, part, spec),
        forms=(Form.table, Form.html),
    )


STATED_RELIABILITY: tuple[Column[StatedReliability], ...] = (
    Column(name="origin", forms=FILES),
    Column(name="destination", forms=FILES),
    Column(name="times", forms=(*FILES, Form.table, Form.html)),
    Column(name="on", get=lambda one: one.on.isoformat(), forms=FILES),
    Column(name="day", forms=FILES),
    *(_pair(name) for name in ("p_cut", "p_stays", "mean_capped_usd")),
    *(_parts(name) for name in ("weight_usd", "hours", "usd")),
    *_flat("p_cut", "", "", 6),
    *_flat("p_stays", "", "", 6),
    *(
        column
        for part in PARTS
        for name, unit in (("weight_usd", "USD"), ("hours", "h"), ("usd", "USD"))
        for column in _flat(name, part, unit, 2)
    ),
    _shown("p_cut", "", "cut", ".2%"),
    _shown("p_stays", "", "stays", ".2%"),
    _shown("weight_usd", "mean", "weight, USD", ",.0f"),
    _shown("hours", "mean", "hours, mean", ",.0f"),
    _shown("hours", "p50", "P50", ",.0f"),
    _shown("hours", "p90", "P90", ",.0f"),
    _shown("hours", "p95", "P95", ",.0f"),
    _shown("usd", "mean", "USD, mean", ",.0f"),
    _shown("usd", "p90", "USD, P90", ",.0f"),
    Column(name="usual_weight_usd", unit="USD", digits={Form.csv: 2}),
    Column(name="cap_usd", unit="USD", digits={Form.csv: 2}),
    Column(name="p_undecided", digits={Form.csv: 8}),
    Column(name="case_count", unit="count"),
    Column(name="stop", get=lambda one: one.stop.value, forms=(*FILES, Form.table, Form.html),
           names={Form.table: "stopped by"}),
    Column(
        name="routes",
        get=lambda one: [
            {
                "elements": list(route.elements),
                "p": ends_to_dict(route.p),
                "weight_usd": route.weight_usd,
                "hours": route.hours,
                "usd": route.usd,
                "km": route.km,
            }
            for route in one.routes
        ],
        forms=(Form.json,),
    ),
    Column(name="unsearched", get=lambda one: one.unsearched.to_dict(), forms=(Form.json,)),
)  # fmt: skip
"""What is told of a pair on a stated day; every figure between its bounds."""


def stated_notes(one: StatedReliability, tolerance: float, cut_penalty_ratio: float) -> list[str]:
    """Return what the figures of a stated day rest on."""
    return [
        "Exact on the model of closures: nothing is drawn. Every figure lies between its two ends "
        f"for certain; they are apart by the cases left undecided (tolerance {tolerance:g}). The "
        "model itself is an estimate, grade C; delays at gates that reopen are not in it.",
        f"It goes where its way weighs at most {one.cap_usd:,.0f} USD, {1 + cut_penalty_ratio:g} "
        "times the usual one (money and time; estimate, grade C), and stays otherwise. Means are "
        "of the days on which it goes; in a quantile a day on which it stays counts as the latest.",
        "Hours and USD are those of the routing weight, before rest that border waits make up for.",
        choose_engine(stated=True).line,
    ]


def reliability_to_dict(
    rows: Sequence[StatedReliability],
    world: World,
    *,
    tolerance: float,
    cut_penalty_ratio: float,
) -> dict[str, Any]:
    """Return the reliability of a stated day as data."""
    return {
        "times": [to_dict(STATED_RELIABILITY, one) for one in rows],
        "tolerance": tolerance,
        "cut_penalty_ratio": cut_penalty_ratio,
        "engine": choose_engine(stated=True).to_dict(),
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "notes": stated_notes(rows[0], tolerance, cut_penalty_ratio) if rows else [],
    }


def route_lines(one: StatedReliability) -> list[str]:
    """Return the likeliest routes of a day, each with its chance."""
    lines = [f"Ways on that day, {one.times}:"]
    for route in one.routes[:MOST_ROUTES]:
        gates = ", ".join(route.elements) or "no gate"
        lines.append(
            f"  {route.p.low:.1%}  {route.hours:,.0f} h, {route.usd:,.0f} USD, "
            f"{route.km:,.0f} km by {gates}"
        )
    more = one.routes[MOST_ROUTES:]
    if more:
        rest = sum(route.p.low or 0.0 for route in more)
        lines.append(f"  {rest:.1%}  by {len(more)} more")
    lines.append(
        f"  {one.p_undecided:.2%}  undecided after {one.case_count:,} cases, stopped by "
        f"{one.stop.value}"
    )
    return lines
