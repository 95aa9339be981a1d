"""How often a corridor has every gate on its route open: spells alone, no route is sought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.futures.engines import Choice, choose_engine, element_masks
from karwan.analysis.futures.sampling import BLOCK_DAYS, Sampling, only_elements, some_paths
from karwan.analysis.futures.tallies import count_quantile
from karwan.base.bands import P05_MEAN_P95, P05_P50_P95, Band, Kind, part_columns
from karwan.base.telling import Column, Form
from karwan.hazard.delays import NO_RAMP

if TYPE_CHECKING:
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import ScenarioSet
    from karwan.hazard.spans import Spans
    from karwan.route.arcgraph import Longs

AVAILABILITY_DAYS = (365, 730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Share of days on which a corridor has every gate open, on many seeded paths.

    Attributes
    ----------
    ordinary_share, today_share
        The mean, and P05 and P95 over paths, within `horizon_days`: nothing shut at the start;
        from what runs today.
    p_never_today
        Share of paths on which it never opens within the horizon, from today.
    shut_days
        Days shut within the horizon, from today: P50, and P05 and P95.
    episode_count
        Episodes on record that hit any of its elements: few say little, whatever the share.
    errors
        Standard errors of the two means, in ordinary times and from today.
    """

    corridor_id: str
    horizon_days: int
    ordinary_share: Band
    today_share: Band
    p_never_today: float
    shut_days: Band
    episode_count: int
    errors: tuple[float, float]
    engine: Choice


def _known(get: Callable[[Availability], Any]) -> Callable[[Availability], Any]:
    """Tell nothing where nothing is on record: no record is not "always open"."""
    return lambda one: get(one) if one.episode_count else None


_OPEN = "{}_open_share"
FRAME = (Form.frame,)
AVAILABILITY: tuple[Column[Availability], ...] = (
    Column(name="corridor", get=lambda one: one.corridor_id, forms=FRAME),
    Column(name="horizon_days", unit="days", forms=FRAME),
    *part_columns(
        f"ordinary_{_OPEN}", _known(lambda one: one.ordinary_share), P05_MEAN_P95, unit="share"
    ),
    *part_columns(
        f"today_{_OPEN}", _known(lambda one: one.today_share), P05_MEAN_P95, unit="share"
    ),
    Column(name="p_never_open_today", get=_known(lambda one: one.p_never_today), forms=FRAME),
    *part_columns("shut_{}_days", _known(lambda one: one.shut_days), P05_P50_P95, unit="days"),
    Column(name="episode_count", unit="count", forms=FRAME),
    Column(
        name="ordinary_error_open_share",
        get=_known(lambda one: one.errors[0]),
        unit="share",
        forms=FRAME,
    ),
    Column(
        name="today_error_open_share",
        get=_known(lambda one: one.errors[1]),
        unit="share",
        forms=FRAME,
    ),
)
"""What a run keeps of how often a corridor is open."""


def availabilities(
    model: HazardModel,
    corridors: Mapping[str, Sequence[str]],
    *,
    sampling: Sampling | None = None,
    horizons: Sequence[int] = AVAILABILITY_DAYS,
) -> list[Availability]:
    """Return how often corridors are open; all ride on the same paths.

    Parameters
    ----------
    corridors
        Elements by corridor id.
    """
    asked = sampling or Sampling()
    wanted = sorted({name for elements in corridors.values() for name in elements})
    counts: dict[tuple[bool, str, int], Longs] = {
        (now, name, days): np.zeros(days + 1, dtype=np.int64)
        for now in (False, True)
        for name in corridors
        for days in horizons
    }
    for number, path_count in asked.batches():
        for now in (False, True):
            drawn = _draw(model, asked.seed, number, path_count, max(horizons), now=now)
            for spans in _parts(drawn, wanted):
                _count(counts, spans, drawn.element_index, corridors, horizons, now=now)
    choice = choose_engine(searched=False)
    shares = []
    for name, elements in corridors.items():
        hits = sum(bool(set(e.elements) & set(elements)) for e in model.history.episodes)
        for days in horizons:
            usual, today = (counts[now, name, days] for now in (False, True))
            shut = np.arange(days + 1, dtype=np.float64)
            low, middle, high = (count_quantile(shut, today, q) for q in (0.05, 0.5, 0.95))
            shares.append(
                Availability(
                    corridor_id=name,
                    horizon_days=days,
                    ordinary_share=_share(usual),
                    today_share=_share(today),
                    p_never_today=float(today[-1] / today.sum()),
                    shut_days=Band(low, middle, high, Kind.draws),
                    episode_count=hits,
                    errors=(_error(usual), _error(today)),
                    engine=choice,
                )
            )
    return shares


def _draw(
    model: HazardModel, seed: int, batch: int, path_count: int, horizon_days: int, *, now: bool
) -> ScenarioSet:
    """Draw spells alone: a gate that is slow is open."""
    from karwan.hazard.scenarios import draw_scenarios

    return draw_scenarios(
        model,
        seed=seed,
        path_count=path_count,
        horizon_days=horizon_days,
        from_today=now,
        ramp=NO_RAMP,
        regimes=(),
        batch=batch,
    )


def _parts(drawn: ScenarioSet, wanted: Sequence[str]) -> Iterator[Spans]:
    """Yield the days of some futures at a time, with the wanted elements' changes only."""
    from karwan.hazard.spans import spans_of

    numbers = np.array(
        [drawn.element_index[name] for name in wanted if name in drawn.element_index]
    )
    kept = only_elements(drawn, numbers)
    size = max(BLOCK_DAYS // drawn.horizon_days, 1)
    for begin in range(0, drawn.path_count, size):
        yield spans_of(some_paths(kept, begin, min(begin + size, drawn.path_count)))


def _count(
    counts: dict[tuple[bool, str, int], Longs],
    spans: Spans,
    position: Mapping[str, int],
    corridors: Mapping[str, Sequence[str]],
    horizons: Sequence[int],
    *,
    now: bool,
) -> None:
    """Add on how many days of each future some gate of each corridor is shut."""
    last = spans.first_day + spans.day_count
    for name, elements in corridors.items():
        own = [position[element] for element in elements if element in position]
        shut = (spans.masks & element_masks(own, spans.masks.shape[1])).any(axis=1)
        for days in horizons:
            within = np.clip(np.minimum(last, days) - spans.first_day, 0, None) * shut
            by_path = np.bincount(spans.path, weights=within, minlength=spans.path_count)
            counts[now, name, days] += np.bincount(by_path.astype(np.int64), minlength=days + 1)


def _share(counts: Longs) -> Band:
    """Return P05, mean and P95 of the share of days open, from counts by days shut."""
    share = 1 - np.arange(counts.size) / (counts.size - 1)
    low, high = (count_quantile(share[::-1], counts[::-1], q) for q in (0.05, 0.95))
    return Band(low, float((counts * share).sum() / counts.sum()), high, Kind.draws)


def _error(counts: Longs) -> float:
    """Return the standard error of the mean share of days."""
    share = np.arange(counts.size) / (counts.size - 1)
    total = counts.sum()
    mean = (counts * share).sum() / total
    return float(((counts * (share - mean) ** 2).sum() / max(total - 1, 1) / total) ** 0.5)
