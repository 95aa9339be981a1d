"""The record of the region's benchmark gates beside statements on them: what the forecasts say."""

from __future__ import annotations

import datetime as dt

from karwan.analysis.assurances.asks import Asked
from karwan.analysis.assurances.book import Book
from karwan.analysis.assurances.counted import DAYS_PER_YEAR, Shown
from karwan.analysis.forecasts.onsets import element_rates
from karwan.analysis.world.world import World
from karwan.evidence.coverage import RECORD_START
from karwan.hazard.model import HazardModel

VIOLENT = frozenset({"security_clash", "terror_attack"})


def gates_told(
    world: World, model: HazardModel, _book: Book, as_of: dt.date, asked: Asked
) -> list[Shown]:
    """Return how often and how long gates were shut, by the record of forecasts.

    The gates are the subjects of what is asked, or else the region's benchmark gates.

    The rate is that of closures in searched time a year open, the share that of searched days
    shut; `karwan hazard` gives the same. What a calendar foretells is in neither.
    """
    history, shown = model.history, []
    for element in asked.subjects or world.region.benchmark_elements:
        rate, share = element_rates(model, element).get("own"), history.climatology_share(element)
        episodes = history.of_element(element)
        spells = world.record.of_element(element, as_of)
        if rate is None or share is None or not spells:
            continue
        violent = sum(one.cause in VIOLENT for one in episodes)
        newest = max(spells, key=lambda spell: (spell.start, spell.closure_id))
        years = history.searched_days(element) / DAYS_PER_YEAR
        shown.append(
            Shown(
                text=f"{world.network.elements[element].name}: {rate.value:.2f} closures a year "
                f"while open, and shut on {share:.1%} of days, in {years:.1f} searched years "
                f"since {RECORD_START.year}; of {len(episodes)} closures on record {violent} came "
                "after clashes or attacks, the rest about other things",
                value=rate.value,
                low=rate.low,
                high=rate.high,
                unit="closures a year",
                figure=f"{world.network.elements[element].name}: shut on {share:.0%} of days since "
                f"{RECORD_START.year}",
                source_url=newest.source.url,
                source_date=newest.source.date,
                grade=newest.source.grade,
                command=f"karwan hazard {element}",
            )
        )
    return shown
