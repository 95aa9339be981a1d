"""Simulate a record, cut it at a day, refit, and count how often intervals hold the truth.

Run by hand: `python -m tools.simulate_hazard --runs 500 --found 1.0`. The truth of each run is
drawn from the fitted model: a rate of episodes for each frontier, what they hit, how long they
last. With `--found` below 1 each episode is on record with that chance; then the rate of what is
found is asked for, since how much is found cannot be told from what was found.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.world.world import open_world
from karwan.base.seeds import stream
from karwan.data.catalog import Catalog
from karwan.evidence.coverage import RECORD_START
from karwan.hazard.history import Hit, Shut, make_history
from karwan.hazard.model import HazardModel, fit_hazard

CUT = dt.date(2025, 1, 1)
LEVEL_SHARE = 0.95


@dataclass
class Tally:
    """How many intervals held the truth, of how many; sums of fitted and true rates."""

    inside: int = 0
    total: int = 0
    fitted: float = 0.0
    true: float = 0.0
    shares: list[float] = field(default_factory=list)


def simulate(
    model: HazardModel, number: int, found_share: float
) -> tuple[dict[str, float], list[Shut]]:
    """Return the true rates a day by element, and the closures on record until the cut."""
    random = stream(number, "simulate hazard")
    days = (CUT - RECORD_START).days
    rates: dict[str, float] = {}
    shut: list[Shut] = []
    for group in model.history.groups:
        rate, patterns = model.rates[group], model.patterns(group)
        per_day = float(random.gamma(rate.count, 1 / rate.exposure_days))
        shares = np.array([pattern.share for pattern in patterns])
        for pattern, share in zip(patterns, shares, strict=True):
            for hit in pattern.hits:
                rates[hit.element_id] = rates.get(hit.element_id, 0.0) + per_day * float(share)
        for k in range(int(random.poisson(per_day * days))):
            pattern = patterns[int(random.choice(len(patterns), p=shares / shares.sum()))]
            start = RECORD_START + dt.timedelta(days=int(random.integers(days)))
            length = float(pattern.lengths.draw_remaining(0.0, 1, random)[0])
            if random.random() >= found_share:
                continue
            shut += _rows(model, group, f"{group}-{k}", pattern.hits, start, length)
    return rates, shut


def _rows(
    model: HazardModel, group: str, episode: str, hits: Sequence[Hit], start: dt.date, length: float
) -> list[Shut]:
    rows = []
    for hit in hits:
        begun = start + dt.timedelta(days=int(hit.offset_days))
        if begun >= CUT or hit.element_id in model.history.twins:
            continue
        whole = min(max(length * hit.length_ratio, 1.0), 40_000.0)
        end = begun + dt.timedelta(days=round(whole))
        rows.append(
            Shut(
                element_id=hit.element_id,
                group=model.history.group_of[hit.element_id],
                episode=episode,
                cause="other",
                start=begun,
                end=end if end < CUT else None,
                seen_until=min(end, CUT),
                running=end >= CUT,
                evidence=episode,
            )
        )
    return rows


def run(count: int, found_share: float) -> Tally:
    """Return how intervals of elements held, over so many runs."""
    world = open_world(Catalog(), dt.date(2026, 11, 27))
    model = fit_world(world)
    history = model.history
    tally = Tally()
    for number in range(count):
        rates, shut = simulate(model, number, found_share)
        cut = make_history(
            shut, history.groups, CUT, twins=history.twins, coverage=history.coverage,
            kinds=history.kinds,
        )  # fmt: skip
        again = fit_hazard(cut)
        inside = total = 0
        for name, one in again.fitted.elements.items():
            if cut.is_searched(name):
                low, high = one.interval_per_day(LEVEL_SHARE)
                true = rates.get(name, 0.0) * found_share
                inside += low <= true <= high
                total += 1
                tally.fitted += one.rate.hazard_per_day
                tally.true += true
        tally.inside += inside
        tally.total += total
        tally.shares.append(inside / total)
    return tally


def main() -> None:
    """Print coverage and the ratio of fitted to true rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--found", type=float, default=1.0)
    asked = parser.parse_args()
    one = run(asked.runs, asked.found)
    error = float(np.std(one.shares)) / np.sqrt(len(one.shares))
    print(
        f"{asked.runs} runs, {asked.found:.0%} of episodes found: {one.inside:,} of {one.total:,} "
        f"intervals of 95 % hold the rate of what is found, {one.inside / one.total:.1%} "
        f"(standard error {error:.2%}); fitted over true {one.fitted / one.true:.3f}"
    )


if __name__ == "__main__":
    main()
