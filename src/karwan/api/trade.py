"""Answers that stand beside figures others published: trade targets, runs that happened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.resting import ages_of
from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Calibration
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network


def target_asked(world: World, pair: str, *, strict: bool = False) -> Answer[TargetAnswer]:
    """Return whether the trade target of a pair of countries can be met.

    Parameters
    ----------
    strict
        Refuse an answer that rests on figures of a later day.

    Raises
    ------
    DataError
        If the pair is none, or nothing is on record of it.
    NoEvidenceError
        If it rests on figures of a later day, and is asked not to.
    """
    from karwan.analysis.trade.answers import target_to_dict, verdict
    from karwan.analysis.trade.targets import REACHES, assess_target, reaches
    from karwan.analysis.world.corrections import corrections_to_dict
    from karwan.analysis.world.later import later_facts, later_facts_to_dict, refuse_later

    answer = assess_target(world, pair)
    if strict:
        refuse_later(world, answer.sources)
    return Answer(
        title=f"Trade target {answer.pair}, as of {answer.as_of}: {verdict(answer)}",
        content=answer,
        tell=lambda: (
            target_to_dict(answer)
            | {
                "later_facts": later_facts_to_dict(later_facts(world, answer.sources)),
                "corrections": corrections_to_dict(world),
            }
        ),
        columns=REACHES,
        rows=lambda: reaches(answer),
        ages=ages_of(
            world,
            lambda: {
                name
                for way in answer.saving.ways
                for name in (*way.last_known_crossings, *way.open_crossings)
            },
        ),
    )


def calibrate_asked(catalog: Catalog, network: Network, as_of: dt.date) -> Answer[Calibration]:
    """Return the model refitted to observed runs, each left out in turn, and every run beside it.

    Raises
    ------
    FitError
        If too few runs lie in the network.
    """
    from karwan.analysis.corridors.answers import calibration_to_dict
    from karwan.analysis.corridors.calibration import RUNS, calibrate

    found = calibrate(catalog, network, as_of)
    told = calibration_to_dict(found)
    return Answer(
        title=f"{counted(found.run_count, 'observed run')} of "
        f"{counted(found.event_count, 'event')}, as of {as_of}",
        content=found,
        tell=lambda: told,
        columns=RUNS,
        rows=lambda: found.runs,
    )
