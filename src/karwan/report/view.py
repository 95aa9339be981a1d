"""What every section of the page may look at, and what a section is.

A section is a module of this room that declares a `Section`, and a template of its own in
`templates/`, named by the section's id. `page.SECTIONS` lists them in the order of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karwan.analysis.assurances.book import open_book
from karwan.analysis.corridors.comparison import Comparison, CorridorAnswer, Status
from karwan.analysis.corridors.sensitivity import Swing, swings
from karwan.analysis.forecasts.closures import Forecast, forecast
from karwan.analysis.futures.sampling import TODAY
from karwan.analysis.futures.security import Standing
from karwan.analysis.trade.announcements import known_pairs
from karwan.analysis.trade.series import pair_name
from karwan.analysis.trade.targets import TargetAnswer, assess_target
from karwan.analysis.world.state import State
from karwan.base.errors import NoEvidenceError
from karwan.data.region import region_words
from karwan.data.rows.region import CountryRow
from karwan.ledger.tallies import Kept, kept_by_party
from karwan.report.content import journeys, label
from karwan.report.figures import CUT_MARK, Lead, leads_of

if TYPE_CHECKING:
    from karwan.analysis.corridors.runs_told import RunsTold
    from karwan.report.audiences import Audience
    from karwan.route.tcd import Journey
    from karwan.study.run import StudyResult

MOST_BARS = 10


@dataclass(frozen=True, kw_only=True)
class View:
    """A study's result with what many sections share.

    Attributes
    ----------
    there, back
        Comparisons of the focus pair by state, in the study's direction and the other way.
    chosen, known
        The comparison drawn (all gates open where asked) and the one as last known, if asked.
    leads, bars
        The best corridor of each family; routes by name for the charts, the cheapest first.
    """

    result: StudyResult
    there: tuple[Comparison, ...]
    back: tuple[Comparison, ...]
    chosen: Comparison
    known: Comparison | None
    leads: tuple[Lead, ...]
    bars: tuple[tuple[str, Journey], ...]

    @cached_property
    def audiences(self) -> tuple[Audience, ...]:
        """The pair asked for shippers who differ."""
        from karwan.report.audiences import audiences

        return tuple(audiences(self.result))

    @property
    def calibration(self) -> RunsTold | str:
        """Published runs beside the model, or why there are none."""
        return self.result.calibration

    @cached_property
    def target_pair(self) -> str:
        """The pair of countries of the focus, as tables of trade name it."""
        world = self.result.world
        codes = {row.country: row.iso3 for row in world.catalog.rows(CountryRow)}
        places = [world.network.places[place] for place in self.result.focus]
        return pair_name(*(codes.get(place.country, "") for place in places))

    @cached_property
    def target(self) -> TargetAnswer | None:
        """The trade target of the focus pair; None where none is on record."""
        world = self.result.world
        if self.target_pair not in known_pairs(world.catalog).values():
            return None
        try:
            return assess_target(world, self.target_pair)
        except NoEvidenceError:
            return None

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        """The record of kept dates of every party."""
        book = open_book(self.result.catalog)
        statuses = book.assess(self.result.spec.as_of)
        return tuple(kept_by_party(statuses, region_words(book.catalog, "party")))

    @cached_property
    def running(self) -> tuple[Forecast, ...]:
        """Forecasts of what is shut on the corridors of the pair, where the record allows any."""
        model, world = self.result.hazard, self.result.world
        if model is None:
            return ()
        passed = {name for found in journeys(self.there[-1]) for name in found.elements}
        return tuple(
            forecast(world, model, name)
            for name in sorted(passed)
            if model.running(name) and world.network.is_built(name)
        )

    @cached_property
    def swings(self) -> tuple[Swing, ...]:
        """What moves the margin between the two best of the first state, the widest first."""
        order = self.there[0].ranking.order_central
        found = [self.there[0].answer(name).journey for name in order[:2]]
        if len(found) < 2 or found[0] is None or found[1] is None:
            return ()
        return tuple(swings(found[0], found[1]))

    def standing(self, corridor_id: str) -> Standing | None:
        """Return how often a corridor is open from today; None where no closure is on record.

        The figure of `compare --hazard-factor 1` and of the page: it counts a day as open on which
        any way along the corridor is. A gate of which nothing was recorded is not a gate that
        never shuts.
        """
        futures = self.result.futures
        if futures is None:
            return None
        level = next(level for level in futures.levels if level.hazard_factor == 1.0)
        for standing in level.standings:
            if (standing.ensemble.name, standing.times) == (corridor_id, TODAY):
                return standing if standing.episode_count else None
        return None


def view_of(result: StudyResult) -> View:
    """Return the view of a study's focus pair."""
    there = tuple(result.comparison(*result.focus, state) for state in result.spec.states)
    back = (c for c in result.comparisons if (c.destination.id, c.origin.id) == result.focus)
    chosen = next((c for c in there if c.state == State.all_open), there[0])
    known = next((c for c in there if c.state == State.last_known), None)
    leads = leads_of(chosen, known, result.world.network)
    bars = bar_journeys(leads, chosen, known)
    return View(
        result=result,
        there=there,
        back=tuple(back),
        chosen=chosen,
        known=known,
        leads=tuple(leads),
        bars=tuple(bars),
    )


def bar_journeys(
    leads: Sequence[Lead], comparison: Comparison, known: Comparison | None = None
) -> list[tuple[str, Journey]]:
    """Return the routes for the bars: the best of each family, then the cheapest others, by name."""
    found = {lead.answer.corridor.id: (lead.name, lead.journey) for lead in leads}
    others = [
        a
        for a in comparison.answers
        if a.status == Status.open and not a.same_as and a.corridor.id not in found
    ]
    costed = [
        (a.journey.generalized_cost_usd, _name(a, known), a.corridor.id, a.journey)
        for a in others
        if a.journey
    ]
    for _, name, ident, journey in sorted(costed, key=lambda item: item[:3])[
        : max(MOST_BARS - len(found), 0)
    ]:
        found[ident] = (name, journey)
    return sorted(found.values(), key=lambda item: (item[1].generalized_cost_usd, item[0]))


def _name(answer: CorridorAnswer, known: Comparison | None) -> str:
    """Return a corridor's label, marked where it is cut as last known."""
    is_cut = known is not None and known.answer(answer.corridor.id).status == Status.cut
    return label(answer.corridor) + CUT_MARK if is_cut else label(answer.corridor)


def nothing(_: View) -> dict[str, Any]:
    """Return no words: the template says it all from what every template sees."""
    return {}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a heading of its own.

    Attributes
    ----------
    id
        Its anchor, and the name of its template, `templates/ID.html.j2`.
    title
        Its heading, and its line in the contents.
    part
        The part of the page it stands in: one of `page.PARTS`.
    gather
        Returns what its template lays out, by name, or None where it has nothing to say: then
        the page has no such heading. The view's own names, `content`'s words and `spec`, `world`
        and `result` are there for every template.
    """

    id: str
    title: str
    part: str
    gather: Callable[[View], dict[str, Any] | None] = nothing
