"""Figures that an answer rests on though nobody had published them on its date.

Roads, rates and hours were there before anybody wrote of them, so where nothing older is known a
later figure stands in (`karwan.base.known.measured`). An answer says so, with the dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from karwan.base.alike import Alike
from karwan.base.errors import NoEvidenceError
from karwan.base.known import known_from

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.base.provenance import Source

MOST_LISTS = 64
"""Lists of sources that are held for the next question."""


@dataclass(frozen=True, slots=True)
class LaterFact:
    """A source of a later day: its address, its date as written, the day from which it is known."""

    source_url: str
    source_date: str
    known_on: dt.date


def later_facts(world: World, sources: Iterable[Source]) -> tuple[LaterFact, ...]:
    """Return what an answer rests on that was published after its date, oldest first."""
    told = sources if isinstance(sources, tuple) else tuple(sources)
    return tuple(
        LaterFact(url, date, known)
        for known, url, date in _dated(Alike(told, told), world.catalog.released())
        if known > world.as_of
    )


@lru_cache(maxsize=MOST_LISTS)
def _dated(alike: Alike[tuple[Source, ...]], release: dt.date) -> list[tuple[dt.date, str, str]]:
    """Return sources with the day from which each is known, the first known first."""
    return sorted({(known_from(one.date, release), one.url, one.date) for one in alike.value})


def later_facts_to_dict(facts: Iterable[LaterFact]) -> list[dict[str, Any]]:
    """Return later facts as data."""
    return [
        {
            "source_url": one.source_url,
            "source_date": one.source_date or None,
            "known_on": one.known_on.isoformat(),
        }
        for one in facts
    ]


def later_text(world: World, sources: Iterable[Source]) -> str:
    """Return a line on what is of a later day; empty if nothing is."""
    facts = later_facts(world, sources)
    if not facts:
        return ""
    count = f"{len(facts)} source{'s' if len(facts) != 1 else ''}"
    return (
        f"Later facts: figures from {count} published after {world.as_of} stand in where none is "
        f"older, the newest of {facts[-1].known_on}."
    )


def refuse_later(world: World, sources: Iterable[Source]) -> None:
    """Refuse an answer that rests on figures of a later day.

    Raises
    ------
    NoEvidenceError
        If it rests on any.
    """
    facts = later_facts(world, sources)
    if facts:
        named = "; ".join(
            f"{one.source_url} ({one.source_date or 'undated, known'} {one.known_on})"
            for one in facts[:3]
        )
        more = f"; and {len(facts) - 3} more" if len(facts) > 3 else ""  # noqa: PLR2004
        msg = (
            f"The answer would rest on {len(facts)} source{'s' if len(facts) > 1 else ''} "
            f"published after {world.as_of}: "
            f"{named}{more}. Ask of {facts[-1].known_on} or later, or without strict."
        )
        raise NoEvidenceError(msg)
