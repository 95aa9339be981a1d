"""Answers about energy links, and about who gains from trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer

if TYPE_CHECKING:
    from karwan.analysis.appraisal.benefits import Benefits
    from karwan.analysis.appraisal.energy import EnergyCheck, EnergyLink
    from karwan.analysis.appraisal.energy_checks import Delay
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.analysis.appraisal.sabotage import Attacked
    from karwan.analysis.decisions.impact import Impact
    from karwan.analysis.world.world import World


@dataclass(frozen=True)
class EnergyFacts:
    """What is known of links that carry energy."""

    world: World

    def list(self) -> Answer[tuple[EnergyLink, ...]]:
        """Return every link: carrier, status, capacity, due date, outages."""
        return energy_asked(self.world)

    def show(self, link: str) -> Answer[EnergyLink]:
        """Return one link with every claim, delivery and outage."""
        return energy_link_asked(self.world, link)

    def delays(self) -> Answer[tuple[Delay, ...]]:
        """Return links whose date was set anew, and the ledger's tally of kept dates on them."""
        return delays_asked(self.world)

    def sabotage(self) -> Answer[tuple[Attacked, ...]]:
        """Return attacks by link and line, what they cost, and what guards may cost at most."""
        return sabotage_asked(self.world)

    def check(self) -> Answer[tuple[EnergyCheck, ...]]:
        """Return claims held against arithmetic, and supply without one or two suppliers."""
        return energy_check_asked(self.world)


def energy_asked(world: World) -> Answer[tuple[EnergyLink, ...]]:
    """Return every energy link: carrier, status, capacity, due date, outages."""
    from karwan.analysis.appraisal.energy import LINKS, energy_links
    from karwan.analysis.corridors.answers import world_to_dict
    from karwan.base.telling import to_dict

    links = energy_links(world)
    return Answer(
        title=f"{len(links)} energy links, as of {world.as_of}",
        content=links,
        tell=lambda: {
            "world": world_to_dict(world), "links": [to_dict(LINKS, one) for one in links],
        },
        columns=LINKS,
        rows=lambda: links,
    )  # fmt: skip


def energy_link_asked(world: World, link: str) -> Answer[EnergyLink]:
    """Return one energy link with every claim, delivery and outage.

    Raises
    ------
    DataError
        If no link has the name.
    """
    from karwan.analysis.appraisal.energy import LINKS, find_energy_link, link_to_dict
    from karwan.analysis.corridors.answers import world_to_dict

    one = find_energy_link(world, link)
    return Answer(
        title=f"{one.link}, as of {world.as_of}",
        content=one,
        tell=lambda: {"world": world_to_dict(world), **link_to_dict(one)},
        columns=LINKS,
        rows=lambda: (one,),
    )


def delays_asked(world: World) -> Answer[tuple[Delay, ...]]:
    """Return links whose date was set anew, and the ledger's tally of kept dates on them."""
    from karwan.analysis.appraisal.energy_checks import (
        DELAYS,
        delays_to_dict,
        energy_delays,
        energy_kept,
        energy_kept_words,
    )
    from karwan.analysis.corridors.answers import world_to_dict

    rows, kept = energy_delays(world), energy_kept(world)
    return Answer(
        title=f"{len(rows)} energy links whose date was set anew, as of {world.as_of}. "
        f"{energy_kept_words(kept)}",
        content=rows,
        tell=lambda: {"world": world_to_dict(world), **delays_to_dict(rows, kept)},
        columns=DELAYS,
        rows=lambda: rows,
    )


def sabotage_asked(world: World) -> Answer[tuple[Attacked, ...]]:
    """Return attacks by link and line, what they cost, and what guards may cost at most."""
    from karwan.analysis.appraisal.sabotage import ATTACKED, attacked_to_dict, attacks
    from karwan.analysis.corridors.answers import world_to_dict

    rows = attacks(world)
    return Answer(
        title=f"Attacks on lines and pylons on record, as of {world.as_of}",
        content=rows,
        tell=lambda: {"world": world_to_dict(world), **attacked_to_dict(rows)},
        columns=ATTACKED,
        rows=lambda: rows,
    )


def energy_check_asked(world: World) -> Answer[tuple[EnergyCheck, ...]]:
    """Return claims held against arithmetic, and supply without one or two suppliers."""
    from karwan.analysis.appraisal.energy import CHECKS
    from karwan.analysis.appraisal.energy_checks import energy_checks
    from karwan.analysis.corridors.answers import world_to_dict
    from karwan.base.telling import to_dict

    checks = energy_checks(world)
    return Answer(
        title=f"{len(checks)} checks of energy links, as of {world.as_of}",
        content=checks,
        tell=lambda: {
            "world": world_to_dict(world), "checks": [to_dict(CHECKS, one) for one in checks],
        },
        columns=CHECKS,
        rows=lambda: checks,
    )  # fmt: skip


def benefits_asked(
    world: World,
    countries: Sequence[str] = (),
    *,
    line: Answer[Appraisal] | None = None,
    closure: Answer[Impact] | None = None,
) -> Answer[Benefits]:
    """Return who gains and who is left out, row by row with source; nothing is summed.

    Parameters
    ----------
    countries
        Codes of three letters, such as AFG; all if none are named.
    line
        An appraisal whose accounts by country stand first.
    closure
        What a closure does to freight, told beside what was seen of closures.
    """
    from karwan.analysis.appraisal.answers import COUNTRIES
    from karwan.analysis.appraisal.benefits import ACCOUNTS, benefits_to_dict, read_benefits
    from karwan.analysis.corridors.answers import world_to_dict
    from karwan.base.telling import to_dict

    answer = read_benefits(world, tuple(one.upper() for one in countries))

    def tell() -> dict[str, Any]:
        told: dict[str, Any] = {"world": world_to_dict(world), **benefits_to_dict(answer)}
        if line is not None:
            told["project"] = line.content.line.project.id
            told["countries"] = [to_dict(COUNTRIES, one) for one in line.content.countries]
        if closure is not None:
            told["closure"] = closure.to_dict()
        return told

    return Answer(
        title=f"{len(answer.rows)} figures on who gains, as of {world.as_of}",
        content=answer,
        tell=tell,
        columns=ACCOUNTS,
        rows=lambda: answer.rows,
    )
