"""What the screen of a comparison says: gathered from answers, worded as the report words it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.corridors.comparison import CONTEXT, Comparison, CorridorAnswer, Status
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.cuts import age_text
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.provenance import Source, known_word
from karwan.base.reprs import short_repr
from karwan.data.rows.costs import CargoRow, UnitRow
from karwan.report.answer import best_of_families, certainty, headline
from karwan.report.content import (
    STATES,
    countries_passed,
    day,
    days_text,
    label,
    listed,
    money_text,
    signed,
    way_round_text,
)
from karwan.report.map import draw_glyph
from karwan.report.names import default_name
from karwan.report.order import turned_by
from karwan.web.atlas import Status as ShownStatus
from karwan.web.atlas import Switch
from karwan.web.questions import address

if TYPE_CHECKING:
    from karwan.analysis.corridors.ranking import Rank
    from karwan.network.nouns import Crossing
    from karwan.route.tcd import DefaultUse, Journey
    from karwan.web.atlas import Atlas

OLD_DAYS = 14
"""From this age on the horizon is shown as old."""
Pairs = list[tuple[str, str]]
HERE = "/compare"
WORDS = {"open": "open", "shut": "shut", "limited": "limited", "unknown": "not known"}


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
    """

    pairs: Pairs
    now: Comparison
    before: Comparison
    atlas: Atlas
    all_rows: bool
    tag: str
    notes: tuple[str, ...] = ()

    __repr__ = short_repr

    @property
    def world(self) -> World:
        """The world that is asked."""
        return self.now.world

    @property
    def url(self) -> str:
        """The canonical address."""
        return address(HERE, self.pairs)

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
        told = [f"{listed(found)} {DEEDS[deed]}" for deed, found in names.items() if found]
        if not told:
            return ""
        given = f"With {listed(told)}"
        return given if self.now.state == State.last_known else f"{given}, all other gates open"

    @property
    def sureness(self) -> str:
        """How sure the first place is."""
        return certainty(self.now)

    @property
    def change(self) -> str:
        """What the question's changes do to the best way; blank where it changes nothing."""
        now, before = self.now.best, self.before.best
        if not self.is_changed:
            return ""
        if before is None:
            return "Before these changes there was no route."
        ids = self.before.best_corridor_id
        name = label(self.before.answer(ids).corridor) if ids else countries_passed(
            before, self.world.region
        )  # fmt: skip
        told = f"Before: {name}, {days_text(before)}, {money_text(before)}."
        if now is None:
            return told
        if now.path.arcs == before.path.arcs:
            return "The best way stays as it was before these changes."
        hours = signed(now.hours.value - before.hours.value)
        usd = signed(now.usd.value - before.usd.value)
        return f"{told} The change: {hours} h and {usd} USD at central values."

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
        return STATES[self.now.state]

    @property
    def chips(self) -> list[Chip]:
        """What the question changes."""
        network, world = self.world.network, self.world
        names = {name: one.name for name, one in network.elements.items()}
        built = {name: one.name for name, one in network.projects.items()}
        return [
            Chip(
                id=name,
                name=known.get(name, name),
                deed=deed,
                undo=address(HERE, [pair for pair in self.pairs if pair != (deed, name)]),
            )
            for deed, ids, known in (
                ("close", world.shut_ids, names),
                ("open", world.open_ids, names),
                ("with", world.projects, built),
            )
            for name in sorted(ids)
        ]

    @property
    def undo_all(self) -> str:
        """The address of the question without its changes."""
        return address(HERE, [pair for pair in self.pairs if pair[0] not in DEEDS])

    @property
    def rows(self) -> list[Row]:
        """The corridors of the table: the best of each family, or all that serve the pair."""
        if not self.all_rows:
            rows = [self._row(answer, journey) for answer, journey in best_of_families(self.now)]
            return rows + self._lost({row.answer.corridor.family for row in rows})
        return [
            self._row(answer, answer.journey or answer.open_journey)
            for answer in self.now.answers
            if answer.status in (Status.open, Status.cut)
        ]

    def _lost(self, families: set[str]) -> list[Row]:
        """Return families that the question's changes leave without any way, as they were."""
        return [
            self._row(self.now.answer(answer.corridor.id), journey, is_before=True)
            for answer, journey in best_of_families(self.before)
            if answer.corridor.family not in families
        ]

    @property
    def unbuilt(self) -> list[Row]:
        """Corridors of announced railways, with their figures as if built."""
        return [
            self._row(answer, answer.open_journey)
            for answer in self.now.answers
            if answer.status == Status.not_built
        ]

    @property
    def variant_count(self) -> int:
        """Variants that serve the pair on what is built."""
        return sum(one.status in (Status.open, Status.cut) for one in self.now.answers)

    def _row(
        self, answer: CorridorAnswer, journey: Journey | None, *, is_before: bool = False
    ) -> Row:
        name = answer.corridor.id
        ranks = {one.corridor_id: one for one in self.now.ranking.ranks}
        were = {one.corridor_id: one.rank for one in self.before.ranking.ranks}
        return Row(
            answer=answer,
            journey=journey,
            rank=ranks.get(name),
            was=were.get(name),
            is_before=is_before,
            why=address(f"{HERE}/figures", [*self.pairs, ("corridor", name)]),
        )

    @property
    def context(self) -> str:
        """The role of a corridor that is shown and not ranked."""
        return CONTEXT

    @property
    def switches(self) -> list[Switch]:
        """The crossings, each with its state and the address that changes it."""
        return [self._switch(one) for one in self.atlas.crossings]

    @property
    def frontiers(self) -> dict[str, list[Switch]]:
        """The switches by frontier, in the order of names."""
        groups: dict[str, list[Switch]] = {}
        for one in sorted(self.switches, key=lambda one: (one.frontier, one.name)):
            groups.setdefault(one.frontier, []).append(one)
        return groups

    def _switch(self, crossing: Crossing) -> Switch:
        world, name = self.world, crossing.id
        recorded = self.before.world.crossing_status(name)
        shut_by_record = recorded.kind == "shut"
        changed = self._changed(crossing)
        lifted = shut_by_record and self.now.state == State.all_open
        passes = changed == "opened" or (changed != "shut" and (lifted or not shut_by_record))
        told = _told(recorded.kind, recorded.known_on, recorded.age_days)
        if changed:
            told = f"{changed} by you; on record {told}"
        elif lifted:
            told = f"taken as open; on record {told}"
        status = "shut" if not passes else "open" if shut_by_record else _shown(recorded.kind)
        region = world.region
        return Switch(
            id=name,
            name=crossing.name,
            mode=crossing.mode,
            frontier=f"{region.country(crossing.country_a)}–{region.country(crossing.country_b)}",
            status=status,
            told=told,
            passes=passes,
            changed=changed,
            recorded_shut=shut_by_record,
            href=self._flipped(name, shut_by_record=shut_by_record and not lifted),
        )

    def _changed(self, crossing: Crossing) -> str:
        """Return what the question makes of a crossing; blank where it leaves it."""
        network, world = self.world.network, self.world
        mine = {crossing.id, crossing.link_id, network.element_of_link.get(crossing.link_id, "")}
        if mine & world.shut_ids:
            return "shut"
        return "opened" if mine & world.open_ids else ""

    def _flipped(self, name: str, *, shut_by_record: bool) -> str:
        """Return the address with a crossing flipped; one that was changed goes back."""
        own = [("close", name), ("open", name)]
        pairs = [pair for pair in self.pairs if pair not in own]
        if len(pairs) == len(self.pairs):
            pairs.append(("open" if shut_by_record else "close", name))
        return address(HERE, pairs)

    def with_pair(self, name: str, value: str) -> str:
        """Return the address with one value in place of another."""
        pairs = [pair for pair in self.pairs if pair[0] != name]
        return address(HERE, [*pairs, (name, value)])

    @property
    def swapped(self) -> str:
        """The address of the question the other way."""
        turned = {"from": "to", "to": "from"}
        return address(HERE, [(turned.get(name, name), value) for name, value in self.pairs])

    @property
    def other_rows(self) -> str:
        """The address that shows all variants, or the best of each family again."""
        if not self.all_rows:
            return self.with_pair("rows", "all")
        return address(HERE, [pair for pair in self.pairs if pair[0] != "rows"])

    @property
    def hidden(self) -> Pairs:
        """What the form carries on unseen."""
        return [pair for pair in self.pairs if pair[0] not in FIELDS]

    @property
    def cargoes(self) -> list[tuple[str, str]]:
        """Cargo that may be chosen, (id, name)."""
        return [(row.cargo_id, row.commodity) for row in self.world.catalog.rows(CargoRow)]

    @property
    def units(self) -> list[tuple[str, str]]:
        """Units that may be chosen, (id, name)."""
        return [(row.unit_id, row.name) for row in self.world.catalog.rows(UnitRow)]

    def glyph(self, status: str) -> str:
        """Return the sign of a status."""
        return draw_glyph(status, 0, 0)

    def adding(self, name: str, value: str) -> str:
        """Return the address with one more value."""
        return address(HERE, [*self.pairs, (name, value)])

    @property
    def data(self) -> str:
        """The version of the data, short."""
        return dict(self.pairs).get("data", "")

    @property
    def api_url(self) -> str:
        """The address of the same answer for a program."""
        pairs = [pair for pair in self.pairs if pair[0] not in ("rows", "data")]
        return address("/api/v1/compare", pairs)

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
    def turns(self) -> str:
        """What figures could turn the first two corridors; blank where none could."""
        first = next((pair for pair in self.now.ranking.pairings[:1] if not pair.holds), None)
        return turned_by(self.now, first.turned_by) if first is not None else ""

    @property
    def proof(self) -> str:
        """Whether the best way is proved the best."""
        proof = self.now.proof
        return f"Proof of the best way: {proof.line}." if proof is not None else ""

    def row_of(self, corridor_id: str) -> Row:
        """Return one corridor's row.

        Raises
        ------
        UnknownNameError
            If there is no such corridor.
        """
        name = self.world.network.corridor(corridor_id).id
        answer, was = self.now.answer(name), self.before.answer(name)
        journey = answer.journey or answer.open_journey
        earlier = was.journey or was.open_journey
        return self._row(answer, journey or earlier, is_before=journey is None)

    def default_name(self, use: DefaultUse) -> str:
        """Return the name of a figure that stands in for one not published."""
        return default_name(use, self.world.region)

    def sources_of(self, journey: Journey) -> list[Source]:
        """Return what a journey rests on, each source once, the newest first."""
        unique = {(one.url, one.date, one.grade): one for one in journey.sources}
        return sorted(unique.values(), key=lambda one: (one.date or "", one.url), reverse=True)

    @property
    def own_names(self) -> tuple[OwnName, OwnName]:
        """The names of the ends in their own scripts."""
        network = self.world.network
        ends = (self.now.origin, self.now.destination)
        return (
            own_name(network.place_names, ends[0].id, ends[0].country),
            own_name(network.place_names, ends[1].id, ends[1].country),
        )


FIELDS = ("from", "to", "cargo", "unit", "as_of", "depart", "state", "data")
"""What the form asks for itself; the version of the data is told anew."""
DEEDS: Mapping[str, str] = {"close": "shut", "open": "open", "with": "as if built"}
"""What each parameter of a change makes of a thing, in a word."""


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name in the script of its place, with its language; both blank where none is on record."""

    name: str
    lang: str


LANGUAGES = {"AF": "fa-AF", "IR": "fa", "PK": "ur", "CN": "zh"}
"""Language of a name that is not in Latin letters, by country; elsewhere Russian's letters."""


def own_name(spellings: Mapping[str, Sequence[str]], place_id: str, country: str) -> OwnName:
    """Return the name of a place in its own script, where the tables have one.

    Examples
    --------
    >>> own_name({"karachi": ("Karachee", "کراچی")}, "karachi", "PK").lang
    'ur'
    """
    name = next((one for one in spellings.get(place_id, ()) if not one.isascii()), "")
    return OwnName(name, LANGUAGES.get(country, "ru") if name else "")


def _shown(kind: str) -> ShownStatus:
    return "open" if kind == "open" else "limited" if kind == "limited" else "unknown"


def _told(kind: str, known_on: dt.date | None, age_days: int | None) -> str:
    """Return what is on record of a crossing: a state, its day and how old that is."""
    word = WORDS.get(kind, kind.replace("_", " "))
    if known_on is None or age_days is None:
        return "no report on record"
    return f"{word}, {known_word(age_days)} {day(known_on)}, {age_text(age_days)}"
