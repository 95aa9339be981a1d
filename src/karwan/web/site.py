"""The server's state: desks, maps, and the questions that every page may be asked."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock
from typing import Any

from karwan.analysis.world.question import Asked
from karwan.analysis.world.world import evidence_days
from karwan.api.answer import Answer
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.reprs import short_repr
from karwan.data.own_names import names_in
from karwan.data.region import country_names
from karwan.evidence.workspace import workspace_version
from karwan.report.names import by_english
from karwan.web.atlas import Atlas
from karwan.web.cards import GateCards, gate_cards
from karwan.web.desks import Desks, Lookups, WarmDesk, kept
from karwan.web.parameters import Given, Parameter, read_given
from karwan.web.questions import (
    COMPARE,
    Wanted,
    asked_at,
    question_tag,
    read_wanted,
    written,
)
from karwan.web.screens import Row, Screen, gate_of, row_of
from karwan.web.standings import Level
from karwan.web.studies import Studies
from karwan.web.tongue import LANG
from karwan.words.speech import Names, say, tongue_spoken
from karwan.words.tongues import TONGUES, Tongue

Pairs = Iterable[tuple[str, str]]

ROWS = Parameter(name="rows", choices=("all",), help="All variants in the table, not the best.")
DATA = Parameter(name="data", help="Version of the data with which the address was made.")
GATE = Parameter(name="gate", help="Crossing that the cards are about.")
SHOWN = tuple(one for one in COMPARE if one.name not in ("paths", "days", "seed", "strict"))
SCREEN = (*SHOWN, ROWS, GATE, DATA, LANG)
"""What the address of the screen may give: a comparison, and how it is shown."""
CORRIDOR = Parameter(name="corridor", required=True, help="Corridor whose figures are shown.")
DATA_LETTERS = 12
MOST_MAPS = 16
MOST_FACTS = 32
MOST_BODIES = 48
"""Answers kept as they were sent: some 200 kB each."""


@dataclass(kw_only=True)
class Site:
    """What all pages share.

    Attributes
    ----------
    today
        Returns the day on the clock; a door's own.
    is_warm
        Whether a question has been answered, so that the next is quick.
    counts
        How often an answer was kept when it was asked for, by what is kept.
    """

    desks: Desks
    today: Callable[[], dt.date]
    is_warm: bool = False
    counts: Mapping[str, Lookups] = field(
        default_factory=lambda: {"answers": Lookups(), "facts": Lookups()}, repr=False
    )
    _atlases: OrderedDict[Hashable, Atlas] = field(default_factory=OrderedDict, repr=False)
    _bodies: OrderedDict[str, bytes] = field(default_factory=OrderedDict, repr=False)
    _facts: OrderedDict[Hashable, Answer[Any]] = field(default_factory=OrderedDict, repr=False)
    _names: OrderedDict[Hashable, Names] = field(default_factory=OrderedDict, repr=False)
    _day_lists: OrderedDict[Hashable, list[dt.date]] = field(
        default_factory=OrderedDict, repr=False
    )
    _lock: RLock = field(default_factory=RLock, repr=False)

    __repr__ = short_repr

    def body(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the body of an answer, made once: its tag names all that it follows from."""
        with self._lock:
            known = self._bodies.get(tag)
            self.counts["answers"].hits += known is not None
            self.counts["answers"].misses += known is None
        body = make() if known is None else known
        with self._lock:
            return kept(self._bodies, tag, lambda: body, MOST_BODIES)

    @cached_property
    def studies(self) -> Studies:
        """The studies of the workspace."""
        return Studies(desks=self.desks)

    def fact(self, key: Hashable, ask: Callable[[], Answer[Any]]) -> Answer[Any]:
        """Return the answer to a question of facts, asked once."""
        return kept(self._facts, key, ask, MOST_FACTS, self.counts["facts"])

    def atlas(self, asked: Asked) -> Atlas:
        """Return the map of a pair, drawn once."""
        world, ends = asked.world, (asked.origin, asked.destination)
        key = (world.network.sha256, tongue_spoken().code, *(place.id for place in ends))
        with self._lock:
            return kept(
                self._atlases, key, lambda: Atlas(world.catalog, world.network, ends), MOST_MAPS
            )

    def names(self, tongue: Tongue) -> Names:
        """Return what a language calls places and things."""
        catalog = self.desks.catalog()
        key = (catalog.tables_sha256, tongue.code)

        def read() -> Names:
            names = names_in(catalog, tongue.table_name)
            return {**names, **by_english(self.desks.network(), names, country_names(catalog))}

        with self._lock:
            return kept(self._names, key, read, len(TONGUES))

    def warm(self, pairs: Sequence[tuple[str, str]], as_of: dt.date | None = None) -> None:
        """Answer questions about pairs of places, and one closure, so that what is slow is done."""
        for origin, destination in pairs:
            given = [("from", origin), ("to", destination)]
            given += [("as_of", str(as_of))] if as_of is not None else []
            screen = self.screen(given)
            gates = screen.now.best.crossings[:1] if screen.now.best is not None else ()
            for gate in gates:
                self.screen([*screen.pairs, ("close", gate)])
        self.is_warm = True

    def first_pair(self) -> tuple[str, str]:
        """Return the pair that is shown where nobody names one."""
        with self.desks.at(self.today()) as desk:
            return desk.world.region.compared_ends

    def screen(self, pairs: Pairs) -> Screen:
        """Return the screen of an address.

        Raises
        ------
        DataError
            Names every fault.
        """
        given = read_given(SCREEN, pairs)
        wanted = read_wanted(_with_usual(given), self.today())
        with asked_at(self.desks, wanted, self.today()) as (desk, asked):
            return self._screen(given, wanted, desk, asked)

    def answer(self, pairs: Pairs) -> tuple[Screen, Mapping[str, Any]]:
        """Return the screen of an address, and what a program is told to the same question."""
        given = read_given(SCREEN, pairs)
        wanted = read_wanted(_with_usual(given), self.today())
        with asked_at(self.desks, wanted, self.today()) as (desk, asked):
            screen = self._screen(given, wanted, desk, asked)
            return screen, desk.compare(asked).to_dict()

    def figures(self, pairs: Pairs) -> tuple[Screen, Row]:
        """Return the screen of an address and the corridor whose figures it asks for."""
        given = read_given([*SCREEN, CORRIDOR], pairs)
        wanted = read_wanted(_with_usual(given), self.today())
        with asked_at(self.desks, wanted, self.today()) as (desk, asked):
            screen = self._screen(given, wanted, desk, asked)
            return screen, row_of(screen, given.values["corridor"] or "")

    def gate(self, pairs: Pairs) -> tuple[Screen, GateCards | None]:
        """Return the screen of an address, and the cards of its crossing; None for none."""
        given = read_given(SCREEN, pairs)
        wanted = read_wanted(_with_usual(given), self.today())
        with asked_at(self.desks, wanted, self.today()) as (desk, asked):
            screen = self._screen(given, wanted, desk, asked)
            gate = gate_of(screen)
            if not gate:
                return screen, None
            key = ("cards", asked.question, gate, tongue_spoken().code)
            return screen, desk.once(key, lambda: gate_cards(desk, asked, gate))

    def security(self, pairs: Pairs) -> tuple[Screen, Level]:
        """Return the screen of an address, and how its corridors stand at a level of security."""
        given = read_given(SCREEN, pairs)
        wanted = read_wanted(_with_usual(given), self.today())
        with asked_at(self.desks, wanted, self.today()) as (desk, asked):
            screen = self._screen(given, wanted, desk, asked)
            far_sight, factor = desk.far_sight, screen.factor
        return screen, far_sight.level(asked, screen.now, factor)

    def _days(self) -> list[dt.date]:
        """Return the days of which something is on record, up to today."""
        day = self.today()
        key = (workspace_version(self.desks.workspace), day)

        def read() -> list[dt.date]:
            with self.desks.at(day) as desk:
                return evidence_days(desk.world)

        return kept(self._day_lists, key, read, 2)

    def last_evidence_day(self) -> dt.date | None:
        """Return the last day of which something is on record; None where nobody has asked yet.

        It waits for nobody: what was found last is told, of a record that may have grown since.
        """
        with self._lock:
            lists = list(self._day_lists.values())
        return max(lists[-1], default=None) if lists else None

    def _screen(self, given: Given, wanted: Wanted, desk: WarmDesk, asked: Asked) -> Screen:
        before = unchanged(asked)
        rows = given.values["rows"]
        data = asked.question.tables_sha256[:DATA_LETTERS]
        pairs = written(asked, wanted)
        if wanted.futures is not None:
            pairs.append(("hazard_factor", f"{wanted.futures.hazard_factor:.10g}"))
        if rows is not None:
            pairs.append(("rows", rows))
        gate = _gate(given, asked)
        if gate:
            pairs.append(("gate", gate))
        notes = []
        if given.values["data"] not in (None, data):
            notes.append(
                say(
                    "This address was made with other data (version {old}); the figures below are "
                    "those of version {new}, and may differ from what was seen.",
                    old=given.values["data"],
                    new=data,
                )
            )
        return Screen(
            pairs=[*pairs, ("data", data), *_lang(given)],
            now=desk.compare(asked).content,
            before=desk.compare(before).content,
            atlas=self.atlas(asked),
            statuses=desk.statuses,
            all_rows=rows is not None,
            tag=question_tag(asked.question),
            factor=1.0 if wanted.futures is None else wanted.futures.hazard_factor,
            gate_asked=gate,
            days=self._days(),
            keeps=self.desks.workspace is not None,
            notes=tuple(notes),
        )


def _gate(given: Given, asked: Asked) -> str:
    """Return the id of the crossing that the cards are asked about; blank for none.

    Raises
    ------
    DataError
        If there is no such crossing.
    """
    name, network = given.values["gate"], asked.world.network
    if name is None:
        return ""
    try:
        kind, ident = network.resolve(name)
    except UnknownNameError as error:
        raise DataError("the question", [Fault("gate", str(error), name)]) from None
    if ident not in network.crossings:
        text = f"not a crossing but a {kind}"
        raise DataError("the question", [Fault("gate", text, name)])
    return ident


def _lang(given: Given) -> list[tuple[str, str]]:
    """Return the language that an address names, as an address gives it; nothing for none."""
    lang = given.values[LANG.argument]
    return [] if lang is None else [(LANG.name, lang)]


def unchanged(asked: Asked) -> Asked:
    """Return the question without what it shuts, opens and builds."""
    nothing = frozenset[str]()
    question = replace(asked.question, closed=nothing, opened=nothing, projects=nothing)
    world = replace(asked.world, shut_ids=nothing, open_ids=nothing, projects=nothing)
    return replace(asked, question=question, world=world)


def _with_usual(given: Given) -> Given:
    """Return what a screen was given, with the usual value of what it is not asked for."""
    usual = {one.argument: one.default for one in COMPARE}
    return Given(usual | dict(given.values), given.faults)
