"""Every check of energy in one list, and the register of delays beside the ledger's tally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.energy import (
    DUE,
    EnergyCheck,
    claim_checks,
    energy_links,
    fee_checks,
    pace_checks,
    price_checks,
    years_apart,
)
from karwan.analysis.appraisal.energy_supply import delivery_checks, supply_checks
from karwan.analysis.appraisal.energy_traps import trap_checks
from karwan.analysis.trade.promises import ledger_statuses
from karwan.base.days import read_days
from karwan.base.telling import Column, Form, to_dict
from karwan.ledger.statements import mentions
from karwan.ledger.tallies import KEPT_RULE, Kept, kept_of

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)


def energy_checks(world: World) -> tuple[EnergyCheck, ...]:
    """Return every check of energy: claims, deliveries, prices, supply, traps."""
    links = energy_links(world)
    return (
        *fee_checks(links), *pace_checks(links), *price_checks(world), *claim_checks(world),
        *delivery_checks(world), *supply_checks(world), *trap_checks(world),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A link whose date was set anew.

    Attributes
    ----------
    dates
        As told, the first one first.
    years
        From the first date to the last.
    is_past
        Whether the last date has passed as well.
    """

    link: str
    section: str
    dates: tuple[str, ...]
    years: float
    is_past: bool
    grade: str
    source_url: str


def energy_delays(world: World) -> tuple[Delay, ...]:
    """Return the links whose date was set anew, by how much, the longest first."""
    delays = []
    for link in energy_links(world):
        for row in link.rows:
            dates = tuple(one for one in (row.value_text or "").split("; ") if one)
            if row.quantity != DUE or len(dates) < 2:  # noqa: PLR2004
                continue
            delays.append(
                Delay(
                    link=link.link, section=row.section or "", dates=dates,
                    years=years_apart(dates[0], dates[-1]),
                    is_past=read_days(dates[-1]).last < world.as_of,
                    grade=row.confidence, source_url=row.source_url,
                )
            )  # fmt: skip
    return tuple(sorted(delays, key=lambda one: (-one.years, one.link)))


def energy_kept(world: World) -> Kept:
    """Return the ledger's own tally of kept dates, of statements that name an energy link."""
    names = [link.link for link in energy_links(world)]
    statuses = [
        one
        for one in ledger_statuses(world.catalog, world.as_of)
        if any(mentions(name, one.statement.paraphrase) for name in names)
    ]
    return kept_of("energy links", statuses)


DELAYS: tuple[Column[Delay], ...] = (
    Column(name="link", forms=EVERYWHERE),
    Column(name="section", forms=EVERYWHERE),
    Column(name="dates", forms=EVERYWHERE, names={Form.table: "dates told"}),
    Column(name="years", unit="years", forms=EVERYWHERE, spec=".1f",
           digits=dict.fromkeys((Form.json, Form.csv, Form.frame), 2),
           names={Form.table: "years later"}),
    Column(name="is_past", forms=EVERYWHERE, names={Form.table: "last one past"}),
    Column(name="grade", forms=EVERYWHERE),
    Column(name="source_url", forms=(Form.json, Form.csv, Form.frame)),
)  # fmt: skip
"""A link whose date was set anew."""


def delays_to_dict(rows: tuple[Delay, ...], kept: Kept) -> dict[str, Any]:
    """Return the register, and the ledger's tally of statements on the same links."""
    return {
        "delays": [to_dict(DELAYS, one) for one in rows],
        "kept_dates": {
            "rule": KEPT_RULE, "kept_count": kept.kept_count, "due_count": kept.due_count,
            "unclear_count": len(kept.unclear_ids), "low": round(kept.low, 4),
            "high": round(kept.high, 4), "statements": dict(kept.words),
        },
    }  # fmt: skip


def energy_kept_words(kept: Kept) -> str:
    """Return the ledger's tally in one line."""
    if not kept.due_count:
        pending = sum(kept.words.values())
        return (
            f"The ledger's tally of kept dates: none of the {pending} statements on these links "
            "has come due with evidence"
        )
    return (
        f"The ledger's tally of kept dates on these links: {kept.kept_count} of {kept.due_count} "
        f"(95 % interval {kept.low:.0%} to {kept.high:.0%})"
    )
