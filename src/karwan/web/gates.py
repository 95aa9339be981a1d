"""The crossings of a screen: how each stands in the question, and what a press on it asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.analysis.world.cuts import age_text
from karwan.analysis.world.state import State
from karwan.base.provenance import known_word
from karwan.report.content import day
from karwan.web.atlas import Status, Switch

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.world.status import CrossingStatus
    from karwan.analysis.world.world import World
    from karwan.network.nouns import Crossing
    from karwan.web.links import Links

WORDS = {"open": "open", "shut": "shut", "limited": "limited", "unknown": "not known"}


def switch_of(
    crossing: Crossing, now: Comparison, recorded: CrossingStatus, links: Links
) -> Switch:
    """Return how a crossing stands, and the address that changes it.

    Parameters
    ----------
    now
        The comparison asked.
    recorded
        What was last reported of it, whatever the question shuts or opens.
    """
    world, name = now.world, crossing.id
    shut_by_record = recorded.kind == "shut"
    changed = _changed(world, crossing)
    lifted = shut_by_record and now.state == State.all_open
    passes = changed == "opened" or (changed != "shut" and (lifted or not shut_by_record))
    told = status_text(recorded)
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
        href=links.flipped(name, is_shut=shut_by_record and not lifted),
    )


def _changed(world: World, crossing: Crossing) -> str:
    """Return what the question makes of a crossing; blank where it leaves it."""
    network = world.network
    mine = {crossing.id, crossing.link_id, network.element_of_link.get(crossing.link_id, "")}
    if mine & world.shut_ids:
        return "shut"
    return "opened" if mine & world.open_ids else ""


def by_frontier(switches: Sequence[Switch]) -> dict[str, list[Switch]]:
    """Return switches by frontier, in the order of names."""
    groups: dict[str, list[Switch]] = {}
    for one in sorted(switches, key=lambda one: (one.frontier, one.name)):
        groups.setdefault(one.frontier, []).append(one)
    return groups


def status_text(status: CrossingStatus) -> str:
    """Return what was last reported of a crossing, with its day and age."""
    return _told(status.kind, status.known_on, status.age_days)


def _shown(kind: str) -> Status:
    return "open" if kind == "open" else "limited" if kind == "limited" else "unknown"


def _told(kind: str, known_on: dt.date | None, age_days: int | None) -> str:
    """Return what is on record of a crossing: a state, its day and how old that is."""
    word = WORDS.get(kind, kind.replace("_", " "))
    if known_on is None or age_days is None:
        return "no report on record"
    return f"{word}, {known_word(age_days)} {day(known_on)}, {age_text(age_days)}"
