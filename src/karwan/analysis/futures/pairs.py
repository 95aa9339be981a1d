"""How pairs of places fare over many futures, on drawn days or on a stated day without drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.futures.engines import Choice, choose_engine
from karwan.analysis.futures.exact import route_chances
from karwan.analysis.futures.joint_law import day_law
from karwan.analysis.futures.reliability import Roads, Way, futures_engine
from karwan.analysis.futures.sampling import (
    ORDINARY,
    TIMES,
    TODAY,
    Block,
    Progress,
    Rider,
    Sampling,
    check_work,
    run_futures,
)
from karwan.analysis.futures.tallies import WHOLE, DayFigures, Ensemble, Tally
from karwan.analysis.futures.unsearched import UnsearchedShare, draw_shut_days, unsearched_lines
from karwan.base.bands import Draws
from karwan.base.errors import DataError, Fault
from karwan.base.limits import check_whole
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, Column, Form, to_dict
from karwan.base.units import TICKS_PER_USD
from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Place

WORDS = {ORDINARY: "in ordinary times", TODAY: "from today"}
TOLERANCE = 1e-3
"""Chance of a stated day that may stay undecided: smaller takes ten times as long for a digit."""

Pair = tuple["Place", "Place"]
EXACT = choose_engine(stated=True)
STATED_NOTES = [
    "Exact on the model of closures: nothing is drawn. Chances are told from below and above, as "
    "far apart as the cases left undecided; delays at gates that reopen are not in it. Grade C.",
    EXACT.line,
]


@dataclass
class PairTallies:
    """Tallies of pairs that ride on the same futures."""

    ways: Sequence[Way]
    tallies: tuple[Tally, ...]
    _usual: tuple[int, ...] = field(repr=False)

    __repr__ = short_repr

    @classmethod
    def of(cls, ways: Sequence[Way], horizon_days: int) -> PairTallies:
        """Return tallies in which nothing was counted."""
        usual = tuple(way.tree.number() if way.tree is not None else -1 for way in ways)
        return cls(ways, tuple(Tally(way=way, horizon_days=horizon_days) for way in ways), usual)

    def add(self, block: Block) -> None:
        """Take in some futures; a pair's usual route is first where it is free and taken."""
        for way, tally, usual in zip(self.ways, self.tallies, self._usual, strict=True):
            taken = way.take(block)
            tally.add(block, taken)
            free = (taken.number == usual) & (taken.delay_hours == 0) & (usual >= 0)
            tally.add_first(WHOLE, int(block.spans.day_count[free].sum()))
            for day, at in block.stated.items():
                tally.add_first(day, int(np.count_nonzero(free[at])))


@dataclass(frozen=True, kw_only=True)
class PairFate:
    """How the best way between two places fares in ordinary times or from today.

    `unsearched` names what on its ways was not searched for closures, and how much of the spread
    of days shut comes from it.
    """

    origin: str
    destination: str
    origin_name: str
    destination_name: str
    times: str
    ensemble: Ensemble
    unsearched: UnsearchedShare

    __repr__ = short_repr


@dataclass(frozen=True)
class PairFates:
    """How pairs fare, with all that stands behind it; `names` are those of elements."""

    fates: tuple[PairFate, ...]
    sampling: Sampling
    engine: Choice
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    __repr__ = short_repr


def pair_fates(
    planners: Mapping[str, Planner],
    pairs: Sequence[Pair],
    model: HazardModel,
    sampling: Sampling,
    *,
    progress: Progress | None = None,
) -> PairFates:
    """Return how the best way of each pair fares over many futures, all pairs on the same ones.

    Parameters
    ----------
    planners
        By country of origin, whose carriers take the goods.
    progress
        Called with futures done and asked.

    Raises
    ------
    DataError
        If it would take too long, with how long.
    """
    check_work(sampling, len(pairs))
    roads = {country: Roads(planner=planner) for country, planner in planners.items()}
    made: dict[str, dict[str, PairTallies]] = {}
    riders, asked = [], {}
    for country, own in roads.items():
        mine = [pair for pair in pairs if pair[0].country == country]
        if not mine:
            continue
        ways = own.together(mine)
        asked[country] = mine
        made[country] = {times: PairTallies.of(ways, sampling.horizon_days) for times in TIMES}
        riders.append(
            Rider(own.index, own.premise, {times: [one] for times, one in made[country].items()})
        )
    run_futures(model, sampling, riders, progress=progress)
    ensembles = {
        (pair[0].id, pair[1].id, times): tally.ensemble()
        for country, mine in asked.items()
        for times, tallies in made[country].items()
        for pair, tally in zip(mine, tallies.tallies, strict=True)
    }
    drawn = {
        times: draw_shut_days(
            model,
            seed=sampling.seed,
            horizon_days=sampling.horizon_days,
            from_today=times == TODAY,
        )
        for times in TIMES
    }
    fates = tuple(
        PairFate(
            origin=origin.id,
            destination=destination.id,
            origin_name=origin.name,
            destination_name=destination.name,
            times=times,
            ensemble=(ensemble := ensembles[origin.id, destination.id, times]),
            unsearched=drawn[times].unsearched(ensemble.elements),
        )
        for origin, destination in pairs
        for times in TIMES
    )
    network = next(iter(planners.values())).world.network
    names = {one.id: one.name for one in network.elements.values()}
    return PairFates(fates, sampling, futures_engine(model), names)


@dataclass(frozen=True, slots=True)
class FateRow:
    """A pair on one day, or over the horizon (`day` is None)."""

    fate: PairFate
    figures: DayFigures

    @property
    def day(self) -> int | None:
        """Days after the as-of date; None over the horizon."""
        return None if self.figures.day == WHOLE else self.figures.day


def fate_rows(found: PairFates, *, days: bool = True) -> list[FateRow]:
    """Return a row for each pair, times and stated day, the horizon first."""
    return [
        FateRow(fate, figures)
        for fate in found.fates
        for figures in (fate.ensemble.whole, *(fate.ensemble.days if days else ()))
    ]


def _part(name: str, part: str, row: FateRow) -> float | None:
    spread: Draws | None = getattr(row.figures, name)
    return getattr(spread, part) if spread is not None else None


def _error(name: str, row: FateRow) -> float | None:
    return getattr(row.fate.ensemble.error, name) if row.day is None else None


def _spread(name: str, unit: str, shown: str) -> list[Column[FateRow]]:
    found: list[Column[FateRow]] = [
        Column(
            name=f"{part}_{name}",
            get=partial(_part, name, part),
            unit=unit,
            forms=(*FILES, Form.table) if part in ("p50", "p95") else FILES,
            names={Form.table: f"{shown} {part.upper()}"},
            digits={Form.json: 3, Form.csv: 2},
            spec=",.0f" if part in ("p50", "p95") else "",
        )
        for part in ("p05", "p50", "p95", "mean")
    ]
    error: Column[FateRow] = Column(
        name=f"error_mean_{name}",
        get=partial(_error, name),
        unit=unit,
        digits={Form.json: 3, Form.csv: 3},
    )
    return [*found, error]


FATES: tuple[Column[FateRow], ...] = (
    Column(name="origin", get=lambda r: r.fate.origin),
    Column(name="destination", get=lambda r: r.fate.destination),
    Column(
        name="origin_name",
        get=lambda r: r.fate.origin_name,
        forms=(Form.table,),
        names={Form.table: "origin"},
    ),
    Column(
        name="destination_name",
        get=lambda r: r.fate.destination_name,
        forms=(Form.table,),
        names={Form.table: "destination"},
    ),
    Column(name="times", get=lambda r: r.fate.times, forms=(*FILES, Form.table)),
    Column(name="day"),
    Column(
        name="cut_share",
        get=lambda r: r.figures.cut_share,
        unit="share",
        forms=(*FILES, Form.table),
        names={Form.table: "days cut"},
        digits={Form.json: 6, Form.csv: 6},
        spec=".1%",
    ),
    Column(
        name="error_cut_share",
        get=partial(_error, "cut_share"),
        unit="share",
        forms=(*FILES, Form.table),
        names={Form.table: "± (1 s.e.)"},
        digits={Form.json: 6, Form.csv: 6},
        spec=".2%",
    ),
    Column(
        name="first_share",
        get=lambda r: r.figures.first_share,
        unit="share",
        forms=(*FILES, Form.table),
        names={Form.table: "usual way free"},
        digits={Form.json: 6, Form.csv: 6},
        spec=".1%",
    ),
    *_spread("hours", "h", "h"),
    *_spread("generalized_cost_usd", "USD", "cost"),
    *_spread("usd", "USD", "USD"),
)
"""What is told of a pair over many futures; what is not known is None or blank."""


def fates_to_dict(found: PairFates, world: World) -> dict[str, Any]:
    """Return how pairs fare as data."""
    return {
        "pairs": [to_dict(FATES, row) for row in fate_rows(found)],
        "seed": found.sampling.seed,
        "path_count": found.sampling.path_count,
        "horizon_days": found.sampling.horizon_days,
        "scenario_days": found.sampling.day_count,
        "engine": found.engine.to_dict(),
        "unsearched": [
            {"origin": one.origin, "destination": one.destination, "times": one.times}
            | one.unsearched.to_dict()
            for one in found.fates
        ],
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "notes": fate_notes(found),
    }


def unsearched_notes(found: PairFates) -> list[str]:
    """Return what on the ways of pairs was not searched, and how much of the spread it makes."""
    if len({(one.origin, one.destination) for one in found.fates}) == 1:
        shares = {WORDS[one.times]: one.unsearched for one in found.fates}
        return unsearched_lines(shares, found.names)
    worst = max(found.fates, key=lambda one: one.unsearched.share or 0.0)
    if not worst.unsearched.share:
        return []
    missing = {name for one in found.fates for name in one.unsearched.element_ids}
    return [
        f"{counted(len(missing), 'gate or line', 'gates or lines')} on these ways were not "
        "searched for closures, and are drawn from the prior of their kind; of the spread of days "
        f"shut they make most at {worst.origin_name} to {worst.destination_name}: "
        f"{worst.unsearched.share:.0%} {WORDS[worst.times]}. The JSON has the share of each pair."
    ]


def fate_notes(found: PairFates) -> list[str]:
    """Return what figures of pairs rest on."""
    sampling = found.sampling
    return [
        f"{sampling.path_count:,} seeded futures (seed {sampling.seed}) of "
        f"{sampling.horizon_days:,} days, every day counted; figures are of the days on which a "
        "pair is joined, by its best way that day. An estimate, grade C.",
        "The standard error tells how far chance alone may move a mean; what the record of "
        "closures does not know is not in it. No record of closures is no safe road.",
        *unsearched_notes(found),
        found.engine.line,
    ]


@dataclass(frozen=True, kw_only=True)
class StatedDay:
    """A pair on a stated day, from the chances of closures and without drawing.

    Attributes
    ----------
    p_cut
        Least and highest chance that nothing joins the pair: apart by what stays undecided.
    p_usual
        Chance that the usual best route is open.
    routes
        (elements of a route, its chance), the likeliest first.
    ways
        The elements of each route by name, in the same order.
    mean_weight_usd
        Least and highest mean routing weight while joined, given all was decided; the highest is
        None where an undecided case may be cut.
    """

    origin: str
    destination: str
    origin_name: str
    destination_name: str
    times: str
    day: int
    p_cut: tuple[float, float]
    p_usual: float
    routes: tuple[tuple[tuple[str, ...], float], ...]
    ways: tuple[str, ...]
    mean_weight_usd: tuple[float | None, float | None]

    __repr__ = short_repr


def stated_day(
    roads: Roads, model: HazardModel, pair: Pair, day: int, *, tolerance: float = TOLERANCE
) -> list[StatedDay]:
    """Return what joins a pair on a day, in ordinary times and from today; empty if nothing built.

    Delays are not in it: a route that is open counts at its usual weight.

    Raises
    ------
    DataError
        If the day is no whole number or out of bounds.
    """
    check_whole("day", day)
    way = roads.free(*pair)
    if way.tree is None:
        return []
    usual, found = way.tree.number(), []
    elements = roads.planner.world.network.elements
    for times in TIMES:
        law = day_law(
            model, roads.index, float(day), from_today=times == TODAY, premise=roads.premise
        )
        chances = route_chances(way.tree, law, tolerance=tolerance)
        routes = []
        for number, p in chances.routes:
            route = way.tree.route(number)
            assert route is not None
            routes.append((tuple(roads.index.ids[e] for e in route.elements), p))
        low, high = chances.mean_ticks
        found.append(
            StatedDay(
                origin=pair[0].id,
                destination=pair[1].id,
                origin_name=pair[0].name,
                destination_name=pair[1].name,
                times=times,
                day=day,
                p_cut=(chances.p_cut, min(chances.p_cut + chances.p_undecided, 1.0)),
                p_usual=dict(chances.routes).get(usual, 0.0),
                routes=tuple(routes),
                ways=tuple(", ".join(elements[one].name for one in ids) for ids, _ in routes),
                mean_weight_usd=(
                    low / TICKS_PER_USD if np.isfinite(low) else None,
                    None if high is None else high / TICKS_PER_USD,
                ),
            )
        )
    return found


def _end_of(name: str, k: int, one: StatedDay) -> float | None:
    ends: tuple[float | None, float | None] = getattr(one, name)
    return ends[k]


def _ends(name: str, held: str, unit: str, shown: str, spec: str) -> list[Column[StatedDay]]:
    """Return a column for the least and one for the highest that a figure may be."""
    return [
        Column(
            name=name.format(end),
            get=partial(_end_of, held, k),
            unit=unit,
            forms=(*FILES, Form.table),
            names={Form.table: f"{shown}, {word}"},
            digits={Form.json: 6, Form.csv: 6},
            spec=spec,
        )
        for k, (end, word) in enumerate((("low", "at least"), ("high", "at most")))
    ]


STATED: tuple[Column[StatedDay], ...] = (
    Column(name="origin"),
    Column(name="destination"),
    Column(name="origin_name", forms=(Form.table,), names={Form.table: "origin"}),
    Column(name="destination_name", forms=(Form.table,), names={Form.table: "destination"}),
    Column(name="times", forms=(*FILES, Form.table)),
    Column(name="day", forms=(*FILES, Form.table)),
    *_ends("p_cut_{}", "p_cut", "", "cut", ".2%"),
    Column(
        name="p_usual",
        forms=(*FILES, Form.table),
        names={Form.table: "usual way open"},
        digits={Form.json: 6, Form.csv: 6},
        spec=".1%",
    ),
    *_ends("{}_mean_weight_usd", "mean_weight_usd", "USD", "mean weight, USD", ",.0f"),
    Column(
        name="routes",
        get=lambda one: [{"elements": list(ids), "p": round(p, 6)} for ids, p in one.routes],
        forms=(Form.json,),
    ),
)
"""What is told of a pair on a stated day."""


def stated_to_dict(found: Sequence[StatedDay], world: World) -> dict[str, Any]:
    """Return pairs on a stated day as data."""
    return {
        "days": [to_dict(STATED, one) for one in found],
        "engine": {
            "name": "exact",
            "why": "a day is stated, and its chances follow without a draw",
        },
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "notes": STATED_NOTES,
    }


def check_pairs(pairs: Sequence[Pair], day: int | None) -> None:
    """Refuse a stated day for many pairs.

    Raises
    ------
    DataError
        If a day is stated and not one pair.
    """
    if day is not None and len(pairs) != 1:
        text = "a day without drawing is told of one pair: name its two places too"
        raise DataError("the question", [Fault("day", text)])
