"""What the screen of a comparison says: gathered from answers, worded as the report words it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.analysis.corridors.comparison import CONTEXT, Comparison, CorridorAnswer, Status
from karwan.analysis.corridors.shares import of_hundred
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.cuts import cut_text
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.reprs import short_repr
from karwan.report.answer import best_of_families, certainty, headline
from karwan.report.content import (
    countries_passed,
    day,
    element_name,
    journey_days_text,
    label,
    listed,
    money_text,
    signed,
    state_text,
    way_round_text,
)
from karwan.report.order import turned_by
from karwan.web.atlas import Switch
from karwan.web.gates import by_frontier, switch_of
from karwan.web.links import DEEDS, Links, Pairs, deed_text
from karwan.words.speech import say

if TYPE_CHECKING:
    from karwan.analysis.corridors.ranking import Rank
    from karwan.analysis.world.status import CrossingStatus
    from karwan.route.tcd import Journey
    from karwan.web.atlas import Atlas

OLD_DAYS = 14
"""From this age on the horizon is shown as old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A corridor in the table.

    Attributes
    ----------
    journey
        In the state asked; of one that is cut, as it would be with its gates open.
    was
        Its rank before the question's changes; None where it had none.
    is_before
        Whether the journey is that before the question's changes: now there is none.
    why
        Address of what its figures rest on.
    """

    answer: CorridorAnswer
    journey: Journey | None
    rank: Rank | None
    was: int | None
    is_before: bool
    why: str

    @property
    def is_open(self) -> bool:
        """Whether the corridor can be passed as asked."""
        return self.answer.status == Status.open

    @property
    def moved(self) -> bool:
        """Whether the question's changes gave it another rank."""
        return (self.rank.rank if self.rank else None) != self.was


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One thing that the question changes, with the address of the question without it."""

    id: str
    name: str
    deed: str
    undo: str


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A comparison as the page shows it.

    Attributes
    ----------
    pairs
        The question as the canonical address gives it.
    now, before
        The comparison asked, and that without what the question shuts, opens and builds.
    statuses
        What was last reported of each crossing.
    factor
        How many times as often closures come in the futures drawn.
    gate_asked
        The crossing that the cards are about; blank for the one that matters most.
    days
        Days of which something is on record, up to today's.
    keeps
        Whether the server keeps answers that are shared.
    """

    pairs: Pairs
    now: Comparison
    before: Comparison
    atlas: Atlas
    statuses: Mapping[str, CrossingStatus]
    all_rows: bool
    tag: str
    factor: float = 1.0
    gate_asked: str = ""
    days: Sequence[dt.date] = ()
    keeps: bool = False
    notes: tuple[str, ...] = ()

    __repr__ = short_repr

    @cached_property
    def links(self) -> Links:
        """The addresses that it leads to."""
        return Links(self.pairs)

    @cached_property
    def switches(self) -> list[Switch]:
        """The crossings, each with its state and the address that changes it."""
        crossings = self.atlas.crossings
        return [switch_of(one, self.now, self.statuses[one.id], self.links) for one in crossings]

    @property
    def frontiers(self) -> dict[str, list[Switch]]:
        """The switches by frontier."""
        return by_frontier(self.switches)

    @property
    def world(self) -> World:
        """The world that is asked."""
        return self.now.world

    @property
    def is_changed(self) -> bool:
        """Whether the question shuts, opens or builds anything."""
        world = self.world
        return bool(world.shut_ids or world.open_ids or world.projects)

    @property
    def headline(self) -> str:
        """What costs least, in a sentence."""
        return headline(self.now, self._given())

    def _given(self) -> str:
        names = {deed: [one.name for one in self.chips if one.deed == deed] for deed in DEEDS}
        told = [deed_text(deed, listed(named)) for deed, named in names.items() if named]
        if not told:
            return ""
        if self.now.state == State.last_known:
            return say("With {changes}", changes=listed(told))
        return say("With {changes}, all other gates open", changes=listed(told))

    @property
    def sureness(self) -> str:
        """How sure the first place is."""
        return certainty(self.now)

    @property
    def change(self) -> str:
        """What the question's changes do to the best way; blank where it changes nothing."""
        return change_text(self.now, self.before) if self.is_changed else ""

    @property
    def horizon_age_days(self) -> int:
        """Days from the newest evidence to the as-of date."""
        return (self.world.as_of - self.world.evidence_horizon).days

    @property
    def is_old(self) -> bool:
        """Whether the horizon is too old to pass without a mark."""
        return self.horizon_age_days > OLD_DAYS

    @property
    def state_word(self) -> str:
        """The state asked, in words."""
        return state_text(self.now.state)

    @property
    def chips(self) -> list[Chip]:
        """What the question changes."""
        network, world = self.world.network, self.world
        names = {name: one.name for name, one in network.elements.items()}
        built = {name: one.name for name, one in network.projects.items()}
        return [
            Chip(
                id=name,
                name=element_name(name, known.get(name, name)),
                deed=deed,
                undo=self.links.without(deed, name),
            )
            for deed, ids, known in (
                ("close", world.shut_ids, names),
                ("open", world.open_ids, names),
                ("with", world.projects, built),
            )
            for name in sorted(ids)
        ]

    @property
    def rows(self) -> list[Row]:
        """The corridors of the table: the best of each family, or all that serve the pair."""
        if not self.all_rows:
            rows = [self.row(answer, journey) for answer, journey in best_of_families(self.now)]
            return rows + self._lost({row.answer.corridor.family for row in rows})
        return [
            self.row(answer, answer.journey or answer.open_journey)
            for answer in self.now.answers
            if answer.status in (Status.open, Status.cut)
        ]

    def _lost(self, families: set[str]) -> list[Row]:
        """Return families that the question's changes leave without any way, as they were."""
        return [
            self.row(self.now.answer(answer.corridor.id), journey, is_before=True)
            for answer, journey in best_of_families(self.before)
            if answer.corridor.family not in families
        ]

    @property
    def unbuilt(self) -> list[Row]:
        """Corridors of announced railways, with their figures as if built."""
        return [
            self.row(answer, answer.open_journey)
            for answer in self.now.answers
            if answer.status == Status.not_built
        ]

    @property
    def variant_count(self) -> int:
        """Variants that serve the pair on what is built."""
        return sum(one.status in (Status.open, Status.cut) for one in self.now.answers)

    def row(
        self, answer: CorridorAnswer, journey: Journey | None, *, is_before: bool = False
    ) -> Row:
        """Return a corridor as the table shows it."""
        name = answer.corridor.id
        ranks = {one.corridor_id: one for one in self.now.ranking.ranks}
        were = {one.corridor_id: one.rank for one in self.before.ranking.ranks}
        return Row(
            answer=answer,
            journey=journey,
            rank=ranks.get(name),
            was=were.get(name),
            is_before=is_before,
            why=self.links.figures(name),
        )

    @property
    def context(self) -> str:
        """The role of a corridor that is shown and not ranked."""
        return CONTEXT

    @property
    def cuts(self) -> list[tuple[Cut, str]]:
        """What cuts corridors of the pair, each once, with what the way round costs."""
        told: dict[str, tuple[Cut, str]] = {}
        for answer in self.now.answers:
            if answer.status == Status.cut and answer.corridor.role != CONTEXT:
                opened = answer.open_journey is not None
                cost = f"{way_round_text(answer, self.now.best)}." if opened else ""
                for cut in answer.cuts:
                    told.setdefault(cut.id, (cut, cost))
        return list(told.values())

    @property
    def proof(self) -> str:
        """Whether the best way is proved the best."""
        proof = self.now.proof
        return say("Proof of the best way: {proof}.", proof=proof.line) if proof is not None else ""


def cut_lines(cuts: Sequence[Cut]) -> str:
    """Return what cuts a corridor, in one line."""
    return "; ".join(cut_text(cut, day) for cut in cuts)


def gate_of(screen: Screen) -> str:
    """Return the crossing of the cards: asked for, changed, cutting, or passed first."""
    gates = screen.world.network.crossings
    told = [screen.gate_asked, *(one.id for one in screen.chips[::-1])]
    told += [cut.id for cut, _ in screen.cuts]
    told += screen.now.best.crossings if screen.now.best is not None else ()
    return next((one for one in told if one in gates), "")


def turns_of(screen: Screen) -> str:
    """Return what figures could turn the first two corridors; blank where none could."""
    first = next((pair for pair in screen.now.ranking.pairings[:1] if not pair.holds), None)
    return turned_by(screen.now, first.turned_by) if first is not None else ""


def day_before(screen: Screen) -> dt.date | None:
    """Return the last day before the as-of date of which something is on record."""
    return max((one for one in screen.days if one < screen.world.as_of), default=None)


def day_after(screen: Screen) -> dt.date | None:
    """Return the first day after the as-of date of which something is on record."""
    return min((one for one in screen.days if one > screen.world.as_of), default=None)


def first_text(screen: Screen, row: Row) -> str:
    """Return in how many readings a corridor is the cheapest on average; blank for none."""
    share = screen.now.shares.of(row.answer.corridor.id)
    return of_hundred(share.cheapest_on_average) if share is not None else ""


def row_of(screen: Screen, corridor_id: str) -> Row:
    """Return one corridor's row.

    Raises
    ------
    UnknownNameError
        If there is no such corridor.
    """
    name = screen.world.network.corridor(corridor_id).id
    answer, was = screen.now.answer(name), screen.before.answer(name)
    journey = answer.journey or answer.open_journey
    earlier = was.journey or was.open_journey
    return screen.row(answer, journey or earlier, is_before=journey is None)


def change_text(now: Comparison, before: Comparison) -> str:
    """Return what the changes of a question do to the best way."""
    best, was = now.best, before.best
    if was is None:
        return say("Before these changes there was no route.")
    name = before.best_corridor_id
    way = label(before.answer(name).corridor) if name else countries_passed(was, now.world.region)
    told = say(
        "Before: {way}, {days}, {usd}.", way=way, days=journey_days_text(was), usd=money_text(was)
    )
    if best is None:
        return told
    if best.path.arcs == was.path.arcs:
        return say("The best way stays as it was before these changes.")
    hours = signed(best.hours.value - was.hours.value)
    usd = signed(best.usd.value - was.usd.value)
    change = say("The change: {hours} h and {usd} USD at central values.", hours=hours, usd=usd)
    return f"{told} {change}"
