"""On how many days of each year a line is open, and the road beside it shut: drawn together.

One draw of closures a year serves the line, its rivals and the traffic. Each year begins in
ordinary times: over one year the model shuts gates on the share of days that the record shows,
while closures carried over ten years shut them three times as often, since their mean length is not
bounded. *Today* adds the spells that run on the date, carried by their survival to each year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.futures.engines import element_masks
from karwan.base.seeds import stream

if TYPE_CHECKING:
    from karwan.hazard.model import HazardModel
    from karwan.hazard.spans import Spans

Floats = npt.NDArray[np.float64]
YEAR_DAYS = 365
PATH_COUNT = 250
"""Futures of each year; draws of cost and demand take them in turn."""


class Closures(StrEnum):
    """Which closures an appraisal counts."""

    ordinary = "ordinary"
    today = "today"
    none = "none"


@dataclass(frozen=True, slots=True)
class Watched:
    """Elements of a way over the line, and of the old way that it competes with most."""

    line: frozenset[str]
    rival: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShares:
    """Shares of each year's days, by what is watched.

    Attributes
    ----------
    both
        Line and rival open, shape (n_watched, n_paths, n_years).
    line_only
        Line open and rival shut, the same shape.
    """

    both: Floats
    line_only: Floats

    @property
    def line(self) -> Floats:
        """Share of days on which the line is open, shape (n_watched, n_paths, n_years)."""
        return self.both + self.line_only


def open_shares(
    model: HazardModel | None,
    watched: Sequence[Watched],
    *,
    kind: Closures,
    first_year: int,
    year_count: int,
    seed: int,
    path_count: int = PATH_COUNT,
) -> OpenShares:
    """Return on which share of the days of each year ways are open.

    Parameters
    ----------
    model
        None where closures do not count.
    first_year
        Whole years from the as-of date to the opening.
    """
    shape = (len(watched), path_count, year_count)
    if model is None or kind is Closures.none or not watched:
        return OpenShares(both=np.ones(shape), line_only=np.zeros(shape))
    from karwan.hazard.delays import NO_RAMP
    from karwan.hazard.scenarios import draw_scenarios
    from karwan.hazard.spans import spans_of

    drawn = draw_scenarios(
        model,
        seed=seed,
        path_count=path_count * year_count,
        horizon_days=YEAR_DAYS,
        from_today=False,
        ramp=NO_RAMP,
        regimes=(),
    )
    spans, position = spans_of(drawn), drawn.element_index
    both, line_only = np.empty(shape), np.empty(shape)
    sets = dict.fromkeys(names for one in watched for names in (one.line, one.rival))
    shut = {names: _shut(spans, position, names) for names in sets}
    for number, one in enumerate(watched):
        line, rival = shut[one.line], shut[one.rival]
        for shares, kept in ((both, ~line & ~rival), (line_only, ~line & rival)):
            days = np.bincount(
                spans.path, weights=spans.day_count * kept, minlength=spans.path_count
            )
            shares[number] = (days / YEAR_DAYS).reshape(path_count, year_count)
    if kind is Closures.today:
        return _with_running(model, watched, OpenShares(both=both, line_only=line_only),
                             first_year=first_year, seed=seed)  # fmt: skip
    return OpenShares(both=both, line_only=line_only)


def _shut(
    spans: Spans, position: Mapping[str, int], names: frozenset[str]
) -> npt.NDArray[np.bool_]:
    """Return in which spans any of the elements is shut, shape (n_spans,)."""
    own = [position[name] for name in sorted(names) if name in position]
    return np.asarray((spans.masks & element_masks(own, spans.masks.shape[1])).any(axis=1))


def _with_running(
    model: HazardModel,
    watched: Sequence[Watched],
    usual: OpenShares,
    *,
    first_year: int,
    seed: int,
) -> OpenShares:
    """Return shares of days with the spells that run on the date, as long as they may still run."""
    _, path_count, year_count = usual.both.shape
    begins = (first_year + np.arange(year_count)) * float(YEAR_DAYS)
    shut: dict[str, Floats] = {}
    for name in model.running_elements():
        running = model.running(name)
        if running is None:
            continue
        random = stream(seed, "appraisal", "running", running.episode.name)
        left = model.running_law(running).draw_remaining(running.age_days, path_count, random)
        until = (left - running.gap_days)[:, None]
        shut[name] = np.clip((until - begins) / YEAR_DAYS, 0.0, 1.0)
    both, line_only = usual.both.copy(), usual.line_only.copy()
    none = np.zeros((path_count, year_count))
    for number, one in enumerate(watched):
        line, rival = (
            np.maximum.reduce([none, *(shut[name] for name in sorted(names) if name in shut)])
            for names in (one.line, one.rival)
        )
        both[number] = usual.both[number] * (1 - np.maximum(line, rival))
        line_only[number] = usual.line[number] * (1 - line) - both[number]
    return OpenShares(both=both, line_only=line_only)
