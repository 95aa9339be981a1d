"""What a Python user holds shows itself in a few lines, and gives its rows as a frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from functools import cache
from itertools import islice
from typing import Any

import pytest

from karwan.analysis.assurances.book import open_book
from karwan.analysis.corridors.alternatives import RouteSearch
from karwan.analysis.corridors.calibration import calibrate
from karwan.analysis.corridors.comparison import Comparison
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner, plan
from karwan.analysis.corridors.routing import find_routes
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.forecasts.closures import asked_elements, fit_world, forecast
from karwan.analysis.forecasts.incidents import ask_incidents, asked_links
from karwan.analysis.futures.criticality import find_chokepoints
from karwan.analysis.futures.pairs import pair_fates
from karwan.analysis.futures.reliability import Roads, futures_engine, run_races
from karwan.analysis.futures.sampling import Sampling
from karwan.analysis.futures.security import security_point
from karwan.analysis.futures.stakes import make_stakes
from karwan.analysis.futures.whatif import WhatIf
from karwan.analysis.trade.targets import assess_target
from karwan.analysis.world.question import Premises, ask
from karwan.analysis.world.state import State
from karwan.api.studies import study_path
from karwan.base.reprs import short_repr
from karwan.base.units import units_of
from karwan.evidence.incidents import pool_ucdp
from karwan.study.futures import Futures
from karwan.study.run import StudyResult
from karwan.study.spec import read_study
from tests import reference

MOST_LINES, MOST_CHARACTERS = 10, 2_000
MOST_OF_A_KIND = 40
"""Members of a collection looked at: they are of one class, and the reference has thousands."""


def compared() -> list[object]:
    comparison = reference.comparison("almaty", "karachi", State.last_known)
    asked = ask(reference.catalog(), ("almaty", "karachi"), Premises(as_of=reference.AS_OF))
    planner = plan(asked)
    result = StudyResult(
        spec=read_study(study_path("reference")),
        catalog=reference.catalog(),
        world=reference.world(),
        comparisons=(comparison,),
        desks={},
    )
    return [comparison, asked, planner, planner.priced, Desk(planner), WhatIf(planner), result]


def foreseen() -> list[object]:
    world, planner = reference.world(), reference.planner()
    model = fit_world(world)
    sampling = Sampling(0, 100, 30)
    comparison = reference.comparison("almaty", "karachi", State.last_known)
    ends = comparison.origin, comparison.destination
    corridors = [answer.corridor for answer in comparison.answers[:3]]
    roads = Roads(planner=planner)
    point = security_point(roads, model, corridors, ends, factor=1.0, sampling=sampling)
    stakes = make_stakes({comparison.origin.country: planner}, [ends], weights="equal")
    points = find_chokepoints(stakes, None)
    asked = asked_elements(world.network, "torkham")
    races = run_races(roads, model, [roads.along(corridors[0], *ends)], sampling)
    ensembles = {times: race.ensembles() for times, race in races.items()}
    futures = Futures(
        ensembles=ensembles,
        beats_share={},
        levels=(point,),
        chokepoints=tuple(points),
        double=(),
        links=(),
        stakes=tuple(stakes),
        told=None,  # type: ignore[arg-type]
        sampling=sampling,
        engine=futures_engine(model),
    )
    fates = pair_fates({comparison.origin.country: planner}, [ends], model, sampling)
    told = (forecast(world, model, one, (7,)) for one in asked)
    return [model, races, fates, roads, futures, *told]


def told() -> list[object]:
    world, catalog = reference.world(), reference.catalog()
    book = open_book(catalog)
    return [
        book,
        *book.assess(reference.AS_OF),
        assess_target(world, "KAZ-PAK"),
        calibrate(catalog, world.network, reference.AS_OF),
    ]


def held(roots: list[object]) -> Iterator[object]:
    """Yield every object of karwan's own that can be reached by fields from the roots."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if isinstance(one, (str, bytes, Enum, type)) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Mapping):
            waiting += [*islice(one, MOST_OF_A_KIND), *islice(one.values(), MOST_OF_A_KIND)]
        elif isinstance(one, Collection) and not hasattr(one, "shape"):
            waiting += islice(one, MOST_OF_A_KIND)
        elif dataclasses.is_dataclass(one) and type(one).__module__.startswith("karwan."):
            yield one
            waiting += [getattr(one, f.name, None) for f in dataclasses.fields(one)]


@pytest.mark.parametrize("roots", [compared, foreseen, told])
def test_every_object_shows_itself_in_ten_lines(roots: Callable[[], list[object]]) -> None:
    long: dict[str, int] = {}
    classes = set()
    for one in held(roots()):
        classes.add(type(one))
        text = repr(one)
        if text.count("\n") >= MOST_LINES or len(text) > MOST_CHARACTERS:
            long[type(one).__name__] = len(text)
    assert long == {}
    assert len(classes) > 10


WITHOUT_UNIT = {"rank", "best_rank", "worst_rank", "routing_weight_ticks", "route", "row", "years",
                "brier", "log_score", "hazard_factor_ratio", "value"}  # fmt: skip
"""Numbers without a unit, or whose unit is the word itself or stands in a column beside."""


@cache
def answers() -> dict[str, object]:
    """Return an answer of each kind that a command gives of one world."""
    comparison, _, planner, *_, result = compared()
    assert isinstance(comparison, Comparison)
    assert isinstance(planner, Planner)
    *_, futures, first = foreseen()
    book, *_, target, calibration = told()
    origin, destination = comparison.origin, comparison.destination
    asked = RouteSearch(origin, destination, Scope(state=State.last_known))
    assert isinstance(futures, Futures)
    world = reference.world()
    found = ask_incidents(world, pool_ucdp([], world.as_of), asked_links(world, "torkham"))
    return {
        "comparison": comparison,
        "journey": comparison.best,
        "route": find_routes(planner, asked, 1),
        "study": result,
        "futures": futures,
        "security": futures.levels[0],
        "forecast": first,
        "ledger": book,
        "target": target,
        "calibration": calibration,
        "incidents": found,
    }


KINDS = ("comparison", "journey", "route", "study", "futures", "security", "forecast", "ledger",
         "target", "calibration", "incidents")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_gives_a_frame_with_units_in_its_names(kind: str) -> None:
    answer: Any = answers()[kind]
    frame = answer.to_frame(reference.AS_OF) if kind == "ledger" else answer.to_frame()
    assert frame.height > 0
    for name, dtype in frame.schema.items():
        if dtype.is_numeric():
            has_unit = units_of(name) or name.startswith("p_") or "_per_1000_km_months" in name
            assert has_unit or name in WITHOUT_UNIT, name


def test_a_comparison_says_which_ends_and_how_many_corridors() -> None:
    comparison = reference.comparison("almaty", "karachi", State.last_known)
    text = repr(comparison)
    assert "origin=<Place almaty>" in text
    assert f"answers=<{len(comparison.answers)} in tuple>" in text


@dataclasses.dataclass
class Held:
    value: object
    __repr__ = short_repr


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("east", "'east'"),
        ("e" * 61, f"'{'e' * 60}…'"),
        (None, "None"),
        ((), "tuple()"),
        ((1.5, 2.5, 3.5), "tuple(1.5, 2.5, 3.5)"),
        ([1, 2, 3, 4], "<4 in list>"),
        ({"a": 1}, "<1 in dict>"),
        (Held(1), "<Held>"),
    ],
)
def test_a_field_is_shown_in_a_few_words(value: object, shown: str) -> None:
    assert repr(Held(value)) == f"Held(value={shown})"
