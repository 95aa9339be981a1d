"""The joint law of the elements on a stated day: the chance that some are open and others shut.

Chances of being open together multiply along episodes, so they are simple; the chance of a case,
some open and some shut, follows by inclusion and exclusion. Elements that no episode, no occasion
and no gate beside ties to one another are independent: a case falls into parts, and each part is
worked out once. That keeps the sums short where dozens of elements are shut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.futures.sampling import Premise
from karwan.base.reprs import short_repr
from karwan.hazard.law import Floats, survival_after
from karwan.hazard.model import covered_days

if TYPE_CHECKING:
    from karwan.analysis.futures.unrolled import ElementIndex
    from karwan.hazard.model import HazardModel

AllOpen = Callable[[frozenset[int]], float]
"""The chance that all of some elements are open on the day."""
Part = tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True)
class JointLaw:
    """Chances of states of the elements on a day.

    Attributes
    ----------
    p_all_open
        The chance that all of some elements are open; elements not named may be either.
    part_of
        Number of the part of each element; those of different parts are independent. An element
        that is not there belongs to part -1.
    """

    p_all_open: AllOpen
    part_of: Mapping[int, int] = field(default_factory=dict)
    _cases: dict[Part, float] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    def p_case(self, clear: Iterable[int], shut: Iterable[int]) -> float:
        """Return the chance that some elements are open and others shut, whatever the rest is."""
        sides: dict[int, tuple[set[int], set[int]]] = {}
        for side, elements in enumerate((clear, shut)):
            for element in elements:
                sides.setdefault(self.part_of.get(element, -1), (set(), set()))[side].add(element)
        p = 1.0
        for opened, closed in sides.values():
            p *= self._p_part(frozenset(opened), tuple(sorted(closed)))
        return p

    def _p_part(self, clear: frozenset[int], shut: tuple[int, ...]) -> float:
        """Return the chance of a case of one part: open without the last shut, less all open."""
        key = clear, frozenset(shut)
        if key not in self._cases:
            p = self._p_part(clear, ()) if shut else self.p_all_open(clear) if clear else 1.0
            if shut and p > 0:
                rest, last = shut[:-1], shut[-1]
                p = self._p_part(clear, rest) - self._p_part(clear | {last}, rest)
            self._cases[key] = max(p, 0.0)
        return self._cases[key]


def day_law(
    model: HazardModel,
    index: ElementIndex,
    days: float,
    *,
    from_today: bool,
    premise: Premise | None = None,
) -> JointLaw:
    """Return the joint law of the elements so many days ahead.

    Episodes come as in `karwan.hazard.scenarios` and hit several elements at once; given the rate
    of a frontier the number that shut the day is Poisson. Left out is that elements of one episode
    reopen within a tenth of its length of one another: here they reopen together.

    Parameters
    ----------
    premise
        What holds from today besides: elements shut throughout, and those a question opens.
    """
    held = premise if premise is not None and from_today else Premise()
    shut, opened = frozenset(held.always_shut), {index.ids[number] for number in held.opened}
    gate = dict(index.beside)
    covers = [_Cover.of(model, group, index, days) for group in model.history.groups]

    def p_all_open(elements: frozenset[int]) -> float:
        # A planned crossing is shut whenever the gate beside it is.
        whole = elements | {gate[number] for number in elements if number in gate}
        if whole & shut:
            return 0.0
        p = 1.0
        for cover in covers:
            exposed = cover.days(whole)
            if exposed:
                p *= model.rates[cover.group].p_none(exposed)
        names = frozenset(index.ids[number] for number in whole)
        p *= _p_none_runs(model, names - opened if from_today else frozenset(), days)
        return p * model.p_none_scheduled(names, days)

    return JointLaw(p_all_open, _parts(model, index, covers))


@dataclass(frozen=True)
class _Cover:
    """How long episodes of a group shut elements: days by pattern and element.

    `table` has shape (n_patterns, n_hit); `column` says which element is which.
    """

    group: str
    share: Floats
    table: Floats
    column: Mapping[int, int]

    @classmethod
    def of(cls, model: HazardModel, group: str, index: ElementIndex, days: float) -> _Cover:
        patterns = model.patterns(group)
        hit = sorted({index.position[one.element_id] for pattern in patterns
                      for one in pattern.hits if one.element_id in index.position})  # fmt: skip
        column = {number: at for at, number in enumerate(hit)}
        table = np.zeros((len(patterns), len(hit)))
        for row, pattern in enumerate(patterns):
            known: dict[tuple[float, float], float] = {}
            for one in pattern.hits:
                number = index.position.get(one.element_id)
                if number is None:
                    continue
                key = one.length_ratio, days - one.offset_days
                if key not in known:
                    known[key] = covered_days(pattern.lengths, *key)
                table[row, column[number]] = max(table[row, column[number]], known[key])
        return cls(group, np.array([pattern.share for pattern in patterns]), table, column)

    def days(self, elements: Iterable[int]) -> float:
        """Return the days on which an episode that begins shuts one of the elements on the day."""
        columns = [self.column[number] for number in elements if number in self.column]
        if not columns:
            return 0.0
        return float(self.share @ self.table[:, columns].max(axis=1))


def _p_none_runs(model: HazardModel, names: frozenset[str], days: float) -> float:
    """Return the chance that of what shuts elements now nothing still does."""
    episodes = {
        running.episode.name: running
        for name in sorted(names)
        if (running := model.running(name)) is not None
    }
    p = 1.0
    for running in episodes.values():
        law = model.running_law(running)
        p *= 1 - float(survival_after(law, running.age_days, running.gap_days + days))
    return p


def _ties(model: HazardModel, index: ElementIndex, covers: Sequence[_Cover]) -> list[Sequence[int]]:
    """Return the elements that something ties: a group, a gate beside, an episode, an occasion."""
    ties: dict[tuple[str, str], list[int]] = {}
    for name, number in index.position.items():
        running = model.running(name)
        if running is not None:
            ties.setdefault(("episode", running.episode.name), []).append(number)
    for item in model.scheduled:
        if item.element_id in index.position:
            ties.setdefault(("occasion", item.occasion), []).append(index.position[item.element_id])
    return [*(list(cover.column) for cover in covers), *index.beside, *ties.values()]


def _parts(model: HazardModel, index: ElementIndex, covers: Sequence[_Cover]) -> Mapping[int, int]:
    """Return the part of each element: those that anything ties share one."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    pairs = [(tied[0], other) for tied in _ties(model, index, covers) for other in tied[1:]]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    size = len(index.ids)
    matrix = csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    _, labels = connected_components(matrix, directed=False)
    return dict(enumerate(labels.tolist()))
