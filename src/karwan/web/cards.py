"""What is asked of one crossing beside a comparison: wait or divert, how long, what was said.

Asked in calls of their own, after the flip has been shown: each costs more than the flip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from karwan.api.deciding import decide_asked
from karwan.base.errors import KarwanError
from karwan.report.content import element_name, listed, number
from karwan.web.gates import status_text
from karwan.words.speech import say, say_counting

if TYPE_CHECKING:
    from karwan.analysis.assurances.book import Told
    from karwan.analysis.world.question import Asked
    from karwan.web.desks import WarmDesk

AHEAD_DAYS = (7, 30, 90)
MOST_SAID = 4
"""Statements on a card; the page of the crossing has all."""
HOURS_PER_DAY = 24.0

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class GateCards:
    """What the cards say of a crossing.

    Attributes
    ----------
    is_shut
        Whether the record or the question shuts it; else the first two cards ask what if.
    decision, hazard
        What the commands of these names answer, as data; None where they answer nothing.
    no_decision, no_hazard
        Why not; blank where they do.
    said
        Statements that name it, the newest first.
    """

    id: str
    name: str
    told: str
    is_shut: bool
    decision: Json | None
    no_decision: str
    hazard: Json | None
    no_hazard: str
    said: tuple[Told, ...]

    @property
    def few(self) -> tuple[Told, ...]:
        """The statements that a card has room for."""
        return self.said[:MOST_SAID]

    @property
    def advice(self) -> str:
        """What to do, in a sentence."""
        made = self.decision
        if made is None:
            return self.no_decision
        days = made["threshold_days"]
        if made["advice"] == "divert":
            return say("Divert now.")
        if made["advice"] == "give-up":
            return say("Give it up: no way is worth its cost.")
        if made["advice"] == "go-home":
            return say("Go home with the cargo.")
        if days is None:
            return say("Wait until it opens.")
        stop = {
            "divert": say_counting(
                "Wait {count} day; if it is shut still, divert.",
                "Wait up to {count} days; if it is shut still, divert.",
                days,
            ),
        }
        return stop.get(
            made["then"],
            say_counting(
                "Wait {count} day; if it is shut still, give up.",
                "Wait up to {count} days; if it is shut still, give up.",
                days,
            ),
        )

    @property
    def around(self) -> str:
        """What the way round and the way over it come to, in a sentence."""
        made = self.decision
        if made is None:
            return ""
        over = made["wait"]["journey"]
        told = say(
            "Over it, once open: {days} days, {usd} USD.",
            days=number(over["hours"] / HOURS_PER_DAY, 1),
            usd=number(over["usd"]),
        )
        if made["divert"] is None:
            return told + " " + say("There is no way round.")
        way = made["divert"]["journey"]
        return (
            told
            + " "
            + say(
                "Round it: {days} days, {usd} USD, by {crossings}.",
                days=number(way["hours"] / HOURS_PER_DAY, 1),
                usd=number(way["usd"]),
                crossings=listed(list(self._names(way["crossings"]))),
            )
        )

    def _names(self, ids: list[str]) -> list[str]:
        names = self.decision["names"] if self.decision is not None else {}
        return [element_name(one, names.get(one, one)) for one in ids]

    @property
    def bill(self) -> str:
        """What waiting and diverting cost in all, in a sentence."""
        made = self.decision
        if made is None:
            return ""
        day = number(made["day"]["first_day_usd"])
        if made["divert"] is None or made["p_wait_better"] is None:
            return say("A day waited costs {usd} USD.", usd=day)
        return say(
            "A day waited costs {usd} USD. With all costs, waiting comes to {wait} USD on average "
            "and going round to {divert}; waiting is the cheaper in {count} of 100 draws.",
            usd=day,
            wait=number(made["wait"]["mean_usd"]),
            divert=number(made["divert"]["usd"]),
            count=number(100 * made["p_wait_better"]),
        )

    @property
    def chances(self) -> list[tuple[int, float, tuple[float, float] | None]]:
        """Days ahead, each with a chance and its band: that it opens, or else is shut anew."""
        told = self.hazard
        if told is None:
            return []
        key = "p_open_within" if told["p_open_within"] else "p_new_closure"
        bands = told["bands"].get(key) or {}
        return [
            (int(days), p, _ends(bands.get(days) or {}))
            for days, p in (told[key] or {}).items()
            if p is not None
        ]

    @property
    def opens(self) -> bool:
        """Whether the chances are those of opening."""
        return self.hazard is not None and bool(self.hazard["p_open_within"])

    @property
    def record(self) -> str:
        """What the forecast rests on, in a sentence."""
        told = self.hazard
        if told is None:
            return self.no_hazard
        rate = (told["closures_per_year"] or {}).get("posterior")
        if not rate:
            return say("No rate of closures is told: too little is on record.")
        return say_counting(
            "{count} closure on record since the record begins; {rate} a year ({low}–{high}).",
            "{count} closures on record since the record begins; {rate} a year ({low}–{high}).",
            told["closure_count"],
            rate=number(rate["mean"], 1),
            low=number(rate["low"], 1),
            high=number(rate["high"], 1),
        )


def gate_cards(desk: WarmDesk, asked: Asked, name: str) -> GateCards:
    """Return what the cards say of a crossing, for the shipment of a comparison."""
    world = asked.world
    crossing = world.network.crossings[name]
    mine = {name}
    free = replace(world, shut_ids=world.shut_ids - mine, open_ids=world.open_ids - mine)
    alone = replace(
        asked,
        world=free,
        question=replace(
            asked.question,
            closed=asked.question.closed - mine,
            opened=asked.question.opened - mine,
        ),
    )
    status = desk.statuses[name]
    by_record = status.kind == "shut" and name not in world.open_ids
    decision, no_decision = _or_why(
        lambda: decide_asked(
            desk.planner(alone), alone, name, closed_for=None if status.kind == "shut" else 0.0
        ).to_dict()
    )
    if decision is not None:
        names = {one.id: one.name for one in world.network.crossings.values()}
        decision = {**decision, "names": names}
    hazard, no_hazard = _or_why(lambda: desk.region.hazard(name, days=AHEAD_DAYS).to_dict())
    return GateCards(
        id=name,
        name=element_name(name, crossing.name),
        told=status_text(status),
        is_shut=by_record or name in world.shut_ids,
        decision=decision,
        no_decision=no_decision,
        hazard=hazard,
        no_hazard=no_hazard,
        said=tuple(statements_of(desk, name)),
    )


def statements_of(desk: WarmDesk, name: str) -> list[Told]:
    """Return the statements of the ledger that name a crossing or its frontier, newest first."""
    group = desk.world.network.elements[name].frontier_group
    rows: list[Told] = [one for one in desk.statements if {name, group} & set(one.elements)]
    return sorted(rows, key=lambda one: (one.status.statement.said, one.status.statement.id))[::-1]


def _ends(band: Json) -> tuple[float, float] | None:
    low, high = band.get("low"), band.get("high")
    return None if low is None or high is None else (low, high)


def _or_why(ask: Any) -> tuple[dict[str, Any] | None, str]:
    """Return an answer, or why there is none."""
    try:
        return ask(), ""
    except KarwanError as error:
        return None, str(error)
