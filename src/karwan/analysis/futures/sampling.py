"""Draw futures batch by batch, and hand out their days: how much is asked never sets the memory.

One seed, number of futures and horizon stand behind a figure, whichever command or page tells it.
Futures are drawn in batches and looked at in blocks, each reduced to counts before the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from karwan.analysis.futures.engines import States, different_rows
from karwan.base.errors import DataError, Fault
from karwan.base.limits import HORIZON_DAYS, PATH_COUNT, SEED, check_whole
from karwan.base.reprs import short_repr
from karwan.hazard.delays import NO_DELAYS, Delays

if TYPE_CHECKING:
    from karwan.analysis.futures.unrolled import ElementIndex
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import ScenarioSet
    from karwan.hazard.spans import Spans
    from karwan.route.arcgraph import Ints
    from karwan.route.detours import Masks

ORDINARY, TODAY = "ordinary", "today"
TIMES = (ORDINARY, TODAY)
STATED_DAYS = (1, 7, 30, 90, 180, 365, 730)
BATCH_PATHS = 10_000
"""Futures drawn at once: their spells take some tens of MB a year of horizon."""
BLOCK_DAYS = 400_000
"""Days of futures looked at together."""
DAY_SECONDS = 2e-7
"""Processor time a day of a future and a pair or corridor, both times counted: measured on the
reference study, rounded up. A machine may take half or twice as long; it tells hours from days."""
MOST_HOURS = 3
"""What a command may be asked to take: more is refused before anything is drawn."""

Progress = Callable[[int, int], None]
"""Called with what is done and the whole."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many futures are drawn, over how many days, from which seed.

    Raises
    ------
    DataError
        If one is no whole number or out of bounds; all are named.

    Examples
    --------
    >>> Sampling(path_count=1_000, horizon_days=30).day_count
    30000
    """

    seed: int = SEED
    path_count: int = PATH_COUNT
    horizon_days: int = HORIZON_DAYS

    def __post_init__(self) -> None:
        """Check the three numbers."""
        faults: list[Fault | str] = []
        for key, value in (
            ("seed", self.seed), ("paths", self.path_count), ("horizon", self.horizon_days)
        ):  # fmt: skip
            try:
                check_whole(key, value)
            except DataError as error:
                faults += error.faults
        if faults:
            raise DataError("the question", faults)

    @property
    def day_count(self) -> int:
        """Days of all futures."""
        return self.path_count * self.horizon_days

    def batches(self) -> Iterator[tuple[int, int]]:
        """Yield the number of each batch and how many futures it has."""
        for number, begin in enumerate(range(0, self.path_count, BATCH_PATHS)):
            yield number, min(BATCH_PATHS, self.path_count - begin)


def check_work(sampling: Sampling, way_count: int, *, day_seconds: float = DAY_SECONDS) -> None:
    """Refuse beforehand what would take longer than a command should.

    Parameters
    ----------
    way_count
        Pairs and corridors that ride on each future.
    day_seconds
        Processor time a day and pair.

    Raises
    ------
    DataError
        Says how long it would take, and what to ask less of.
    """
    hours = sampling.day_count * max(way_count, 1) * day_seconds / 3600
    if hours > MOST_HOURS:
        text = (
            f"{sampling.path_count:,} futures of {sampling.horizon_days:,} days for "
            f"{way_count:,} pairs or corridors would take about {hours:,.0f} hours of processor "
            f"time, and at most {MOST_HOURS} are allowed: ask for fewer futures or days"
        )
        raise DataError("the question", [Fault("paths", text)])


@dataclass(frozen=True, slots=True)
class Premise:
    """What holds on every future from today besides what is drawn.

    Attributes
    ----------
    always_shut
        Numbers of elements shut on every day: reported shut by a status without a dated spell.
    opened
        Numbers of elements that a question opens whatever the record says: they are as in
        ordinary times, and may shut anew.
    """

    always_shut: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()


@dataclass(frozen=True)
class Block:
    """Some futures, as the different states of their days.

    Attributes
    ----------
    masks
        Shape (n_states, n_words), bits of the elements shut, each state once.
    state
        Shape (n_spans,): which state each span of days is in.
    """

    spans: Spans
    masks: Masks
    state: Ints

    __repr__ = short_repr

    @cached_property
    def slow_span(self) -> Ints:
        """The spans in which something is open and slow, ascending."""
        return np.unique(self.spans.delay_span)

    @cached_property
    def slow(self) -> States:
        """The states of these spans with their delays, one a row."""
        spans = self.spans
        row = np.searchsorted(self.slow_span, spans.delay_span).astype(np.int32)
        masks = np.ascontiguousarray(self.masks[self.state[self.slow_span]])
        return States(masks, row, spans.delay_element, spans.delay_hours)

    @cached_property
    def slow_masks(self) -> Masks:
        """Bits of what is slow in these spans, shape (n_slow_spans, n_words)."""
        return self.slow.slow_masks()

    @cached_property
    def stated(self) -> dict[int, Ints]:
        """The span that each future is in on each stated day within the horizon."""
        return {day: self.spans.on(day) for day in STATED_DAYS if day < self.spans.horizon_days}


class Reducer(Protocol):
    """Takes in futures block by block and keeps counts."""

    def add(self, block: Block) -> None:
        """Take in some futures."""


@dataclass(frozen=True)
class Rider:
    """Reducers that ride on the same futures, by times, and what holds there.

    Attributes
    ----------
    reducers
        By `ORDINARY` and `TODAY`.
    """

    index: ElementIndex
    premise: Premise
    reducers: Mapping[str, Sequence[Reducer]] = field(repr=False)


def run_futures(
    model: HazardModel,
    sampling: Sampling,
    riders: Sequence[Rider],
    *,
    progress: Progress | None = None,
) -> None:
    """Draw futures and let all riders reduce them.

    Parameters
    ----------
    progress
        Called with futures done and asked.
    """
    done = 0
    for number, path_count in sampling.batches():
        for end, part in draw_parts(model, sampling, number, path_count):
            _reduce(part, riders)
            if progress is not None:
                progress(done + end, sampling.path_count)
        done += path_count


def draw_parts(
    model: HazardModel, sampling: Sampling, number: int, path_count: int
) -> Iterator[tuple[int, Mapping[str, ScenarioSet]]]:
    """Yield the futures of a batch by times, some at a time, and how many there are by then."""
    from karwan.hazard.scenarios import draw_scenarios

    drawn = {
        times: _by_path(
            draw_scenarios(
                model,
                seed=sampling.seed,
                path_count=path_count,
                horizon_days=sampling.horizon_days,
                from_today=times == TODAY,
                batch=number,
            )
        )
        for times in TIMES
    }
    size = max(BLOCK_DAYS // sampling.horizon_days, 1)
    for begin in range(0, path_count, size):
        end = min(begin + size, path_count)
        yield end, {times: some_paths(one, begin, end) for times, one in drawn.items()}


def _reduce(part: Mapping[str, ScenarioSet], riders: Sequence[Rider]) -> None:
    """Hand the days of some futures to all riders; those with one premise share a block."""
    made: dict[tuple[str, Premise], Block] = {}
    for rider in riders:
        for times, reducers in rider.reducers.items():
            key = (times, rider.premise)
            if key not in made:
                made[key] = make_block(part, times, rider.index, rider.premise)
            for reducer in reducers:
                reducer.add(made[key])


def make_block(
    drawn: Mapping[str, ScenarioSet], times: str, index: ElementIndex, premise: Premise
) -> Block:
    """Return the days of futures in ordinary times or from today.

    Raises
    ------
    DataError
        If the scenarios are of other elements.
    """
    from karwan.hazard.spans import spans_of

    scenarios = drawn[times]
    if scenarios.elements != index.ids:
        raise DataError("the scenarios", ["they are drawn for other elements than the network's"])
    if times == TODAY:
        scenarios = _from_today(scenarios, drawn.get(ORDINARY), premise)
    spans = spans_of(_beside(scenarios, index.beside))
    masks, state = different_rows(spans.masks)
    return Block(spans, masks, state)


def _from_today(today: ScenarioSet, usual: ScenarioSet | None, premise: Premise) -> ScenarioSet:
    """Return what runs today with what a question opens, and what was last reported shut."""
    found = today
    if premise.opened and usual is not None:
        opened = np.array(premise.opened, dtype=np.int32)
        found = _joined(_without(today, opened), _without(usual, opened, keep=True))
    if premise.always_shut:
        shut = np.array(premise.always_shut, dtype=np.int32)
        count = found.path_count
        found = replace(
            found,
            path=np.concatenate(
                [found.path, np.repeat(np.arange(count, dtype=np.int32), shut.size)]
            ),
            element=np.concatenate([found.element, np.tile(shut, count)]),
            start_days=np.concatenate([found.start_days, np.zeros(count * shut.size)]),
            end_days=np.concatenate(
                [found.end_days, np.full(count * shut.size, float(found.horizon_days))]
            ),
        )
    return found


def _beside(scenarios: ScenarioSet, beside: Sequence[tuple[int, int]]) -> ScenarioSet:
    """Return scenarios in which a planned crossing is shut whenever the gate beside it is."""
    found = scenarios
    for planned, gate in beside:
        at = np.flatnonzero(scenarios.element == gate)
        found = replace(
            found,
            path=np.concatenate([found.path, scenarios.path[at]]),
            element=np.concatenate([found.element, np.full(at.size, planned, dtype=np.int32)]),
            start_days=np.concatenate([found.start_days, scenarios.start_days[at]]),
            end_days=np.concatenate([found.end_days, scenarios.end_days[at]]),
        )
    return found


def only_elements(scenarios: ScenarioSet, elements: Ints) -> ScenarioSet:
    """Return scenarios in which no other element is ever shut or slow."""
    return _without(scenarios, elements, keep=True)


def _without(scenarios: ScenarioSet, elements: Ints, *, keep: bool = False) -> ScenarioSet:
    """Return scenarios without some elements, or with these only."""
    at = np.flatnonzero(np.isin(scenarios.element, elements) == keep)
    slow = np.flatnonzero(np.isin(scenarios.delays.element, elements) == keep)
    return replace(
        scenarios,
        path=scenarios.path[at],
        element=scenarios.element[at],
        start_days=scenarios.start_days[at],
        end_days=scenarios.end_days[at],
        delays=_some_delays(scenarios.delays, slow),
    )


def _joined(a: ScenarioSet, b: ScenarioSet) -> ScenarioSet:
    return replace(
        a,
        path=np.concatenate([a.path, b.path]),
        element=np.concatenate([a.element, b.element]),
        start_days=np.concatenate([a.start_days, b.start_days]),
        end_days=np.concatenate([a.end_days, b.end_days]),
        delays=Delays(
            path=np.concatenate([a.delays.path, b.delays.path]),
            element=np.concatenate([a.delays.element, b.delays.element]),
            start_days=np.concatenate([a.delays.start_days, b.delays.start_days]),
            end_days=np.concatenate([a.delays.end_days, b.delays.end_days]),
            hours=np.concatenate([a.delays.hours, b.delays.hours]),
            fall_hours_per_day=np.concatenate(
                [a.delays.fall_hours_per_day, b.delays.fall_hours_per_day]
            ),
        ),
    )


def _some_delays(delays: Delays, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Delays:
    return Delays(
        path=delays.path[rows],
        element=delays.element[rows],
        start_days=delays.start_days[rows],
        end_days=delays.end_days[rows],
        hours=delays.hours[rows],
        fall_hours_per_day=delays.fall_hours_per_day[rows],
    )


def _by_path(scenarios: ScenarioSet) -> ScenarioSet:
    """Return scenarios with their delays by path: those of every path first."""
    order = np.argsort(scenarios.delays.path, kind="stable")
    return replace(scenarios, delays=_some_delays(scenarios.delays, order))


def some_paths(scenarios: ScenarioSet, begin: int, end: int) -> ScenarioSet:
    """Return some paths of scenarios whose spells and delays stand by path, numbered from 0."""
    a, b = np.searchsorted(scenarios.path, (begin, end))
    delays = scenarios.delays
    slow = NO_DELAYS
    if delays.path.size:
        everywhere = np.flatnonzero(delays.path < 0)
        c, d = np.searchsorted(delays.path, (begin, end))
        slow = _some_delays(delays, np.concatenate([everywhere, np.arange(c, d)]))
        slow = replace(slow, path=np.where(slow.path < 0, -1, slow.path - begin).astype(np.int32))
    return replace(
        scenarios,
        path_count=end - begin,
        path=scenarios.path[a:b] - np.int32(begin),
        element=scenarios.element[a:b],
        start_days=scenarios.start_days[a:b],
        end_days=scenarios.end_days[a:b],
        delays=slow,
    )
