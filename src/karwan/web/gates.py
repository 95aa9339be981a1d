"""The crossings of a screen: how each stands in the question, and what a press on it asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.analysis.world.cuts import dated_text
from karwan.analysis.world.state import State
from karwan.report.content import country_name, day, element_name
from karwan.web.atlas import Status, Switch
from karwan.words.speech import label_word, say

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
    if changed == "shut":
        told = say("shut by you; on record {told}", told=told)
    elif changed:
        told = say("opened by you; on record {told}", told=told)
    elif lifted:
        told = say("taken as open; on record {told}", told=told)
    status = "shut" if not passes else "open" if shut_by_record else _shown(recorded.kind)
    region = world.region
    return Switch(
        id=name,
        name=element_name(name, crossing.name),
        mode=label_word(crossing.mode),
        frontier="–".join(
            country_name(code, region) for code in (crossing.country_a, crossing.country_b)
        ),
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
    word = label_word(WORDS.get(kind, kind.replace("_", " ")))
    if known_on is None or age_days is None:
        return say("no report on record")
    return f"{word}, {dated_text(known_on, age_days, day)}"
