"""What a receiver of energy hangs on: without one supplier or two, in winter, and by fuel gate.

Suppliers fail together, so chances are never multiplied: what is told is what would be left.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from karwan.analysis.appraisal.energy import (
    CAPACITY,
    GWH,
    MW,
    YEAR_DAYS,
    EnergyCheck,
    EnergyLink,
    energy_links,
    flows_known,
    joint_failures,
    make_check,
    season_days,
)
from karwan.analysis.appraisal.energy_sums import (
    concentration_index,
    gas_bcm,
    season_twh,
    served_share,
)
from karwan.base.days import read_days
from karwan.base.errors import DataError, Fault
from karwan.data.rows.energy import EnergyFlowRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

ALL, NEED = "all", "need"
MT, MT_PER_YEAR, TWH_PER_YEAR, MMCFD = "Mt", "Mt/year", "TWh/year", "mmcfd"
CONTRACT, VOLUME = "contract", "volume"
MONTHS_PER_YEAR, GWH_PER_TWH = 12, 1000.0
TWO = 2


def supply_checks(world: World) -> tuple[EnergyCheck, ...]:
    """Return what is left of a receiver's power without one supplier, and without two.

    Shares are those of the bill over a year in which every supplier has one; in winter those that
    sell in a season only are out.
    """
    flows = flows_known(world)
    by_year: dict[tuple[str, str], dict[str, EnergyFlowRow]] = {}
    for row in flows:
        if row.bill_musd is not None and row.value is None and row.unit == GWH:
            by_year.setdefault((row.energy_to, row.period), {})[row.energy_from] = row
    checks: list[EnergyCheck] = []
    for (receiver, period), rows in by_year.items():
        shares = parts_of_whole({name: row.bill_musd or 0.0 for name, row in rows.items()})
        source = next(iter(rows.values()))
        index = concentration_index(list(shares.values()))
        checks.append(
            make_check(source, "concentration", f"supply of {receiver}, {period}", computed=index,
                       unit="index",
                       text=f"as {1 / index:.1f} equal suppliers; shares of the bill "
                       + _listed(shares))
        )  # fmt: skip
        checks += _without(world, receiver, flows, shares)
        checks += _winter(world, receiver, shares, source)
    return (*checks, *fuel_checks(flows))


def parts_of_whole(parts: dict[str, float]) -> dict[str, float]:
    """Return parts as shares of their sum.

    Raises
    ------
    DataError
        If a part is negative or they sum to nothing.

    Examples
    --------
    >>> parts_of_whole({"A": 3.0, "B": 1.0})
    {'A': 0.75, 'B': 0.25}
    """
    total = sum(parts.values())
    if total <= 0 or min(parts.values()) < 0:
        raise DataError("shares of supply", [Fault("", f"parts sum to {total:g}", "")])
    return {name: part / total for name, part in parts.items()}


def _listed(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.1%}" for name, share in shares.items())


def _without(
    world: World, receiver: str, flows: Sequence[EnergyFlowRow], shares: dict[str, float]
) -> list[EnergyCheck]:
    """Return what is served without one supplier and without two, with what it makes itself."""
    own = next(
        (r for r in flows if r.energy_from == r.energy_to == receiver and r.unit == MW), None
    )
    whole = next(
        (r for r in flows if (r.energy_from, r.energy_to, r.unit) == (ALL, receiver, MW)), None
    )
    if own is None or own.value is None or whole is None or whole.value is None:
        return []
    both, episodes = joint_failures(world, receiver)
    checks = []
    for size in (1, TWO):
        for out in combinations(shares, size):
            left = served_share(shares, whole.value, own.value, out)
            text = (
                f"{left:.1%} served; {both} of {episodes} episodes hit two suppliers: chances are "
                "not multiplied"
            )
            checks.append(
                make_check(own, f"N-{size}", f"{receiver} without {' and '.join(out)}",
                           computed=left, unit="share", text=text)
            )  # fmt: skip
    return checks


def _winter(
    world: World, receiver: str, shares: dict[str, float], source: EnergyFlowRow
) -> list[EnergyCheck]:
    """Return the shares while those are out that sell in a season only."""
    seasonal = {
        link.rows[0].energy_from
        for link in energy_links(world)
        if season_days(link) < YEAR_DAYS and link.rows[0].energy_to == receiver
    }
    rest = {name: share for name, share in shares.items() if name not in seasonal}
    if not rest or len(rest) == len(shares):
        return []
    winter = parts_of_whole(rest)
    out = ", ".join(sorted(set(shares) - set(rest)))
    return [
        make_check(source, "N-1 winter", f"{receiver} without {name}, in winter",
                   computed=1 - share, unit="share",
                   text=f"{1 - share:.1%} of winter imports left; {out} sells in its season only")
        for name, share in winter.items()
    ]  # fmt: skip


def needs_mt(flows: Sequence[EnergyFlowRow], receiver: str) -> tuple[float, ...]:
    """Return what is told of a receiver's need of fuel in Mt a year; months raised to a year."""
    needs = []
    for row in flows:
        if row.energy_to != receiver or row.value is None:
            continue
        if row.energy_from == NEED and row.unit == MT_PER_YEAR:
            needs.append(row.value)
        if row.energy_from == ALL and row.unit == MT:
            needs.append(row.value / months_of(row.period) * MONTHS_PER_YEAR)
    return tuple(sorted(needs))


def months_of(period: str) -> int:
    """Return the months of a period such as 2024-01/2024-09.

    Examples
    --------
    >>> months_of("2024-01/2024-09"), months_of("2024")
    (9, 12)
    """
    ends = [read_days(one) for one in period.split("/")]
    first, last = ends[0].first, ends[-1].last
    return (last.year - first.year) * MONTHS_PER_YEAR + last.month - first.month + 1


def fuel_checks(flows: Sequence[EnergyFlowRow]) -> tuple[EnergyCheck, ...]:
    """Return the part of a receiver's fuel that comes by each gate that was told, and by two.

    A flow told as "up to" is an upper bound, and what comes by other gates was not found.
    """
    checks: list[EnergyCheck] = []
    for receiver in dict.fromkeys(row.energy_to for row in flows):
        needs = needs_mt(flows, receiver)
        gates = {
            row.link: row for row in flows
            if row.energy_to == receiver and row.unit == MT_PER_YEAR and row.energy_from != NEED
            and row.value is not None
        }  # fmt: skip
        if not needs or not gates:
            continue
        for size in (1, TWO):
            for out in combinations(gates, size):
                mt = sum(gates[name].value or 0.0 for name in out)
                low, high = mt / needs[-1], mt / needs[0]
                checks.append(
                    make_check(gates[out[0]], f"N-{size} fuel",
                               f"{receiver} without {' and '.join(out)}", computed=1 - high,
                               unit="share",
                               text=f"{mt:g} Mt a year at most of a need of {needs[0]:g} to "
                               f"{needs[-1]:.2f}: {low:.0%} to {high:.0%} would be missing")
                )  # fmt: skip
    return tuple(checks)


def delivery_checks(world: World) -> tuple[EnergyCheck, ...]:
    """Return what each power link can deliver a year, and deliveries beside contracts.

    Delivered is capacity times availability times season: an upper bound twice over, since
    what was not searched is not in the record of outages and a line seldom runs full.
    """
    links, flows = energy_links(world), flows_known(world)
    return (*(one for link in links for one in _able(link)), *_contracts(links, flows))


def _able(link: EnergyLink) -> list[EnergyCheck]:
    row = link.told(CAPACITY)
    if row is None or row.value is None:
        return []
    if row.unit == MMCFD:
        bcm = gas_bcm(row.value)
        return [make_check(row, "delivery", link.link, computed=bcm, unit="bcm/year",
                           text=f"at most {bcm:.2f} bcm a year: {row.value:,.0f} {row.unit} every "
                           "day")]  # fmt: skip
    if row.unit != MW:
        return []
    days, gone = season_days(link), link.outages
    low, high = (1.0, 1.0) if gone is None else (gone.low_share, gone.high_share)
    whole = season_twh(row.value, days)
    seen = "no outage on record" if gone is None else f"available {low:.3f} to {high:.3f}"
    span = f"{whole * low:.2f} to {whole * high:.2f}" if low < high else f"{whole * high:.2f}"
    text = f"at most {span} TWh a year: {row.value:,.0f} MW x {seen} x {days:.0f} days"
    return [make_check(row, "delivery", link.link, computed=whole * high, unit="TWh/year",
                       text=text)]  # fmt: skip


def _contracts(links: Sequence[EnergyLink], flows: Sequence[EnergyFlowRow]) -> list[EnergyCheck]:
    """Return the newest whole year delivered within each contract, beside what it promised."""
    checks = []
    for link in links:
        for row in link.rows:
            told = row.value if row.value_low is None else row.value_low
            if row.unit != TWH_PER_YEAR or row.quantity not in (CONTRACT, VOLUME) or told is None:
                continue
            years = [read_days(one) for one in (row.as_of or "").split("-") if len(one) == YEAR]
            if not years:
                continue
            first, last = years[0].first.year, years[-1].last.year
            made = _newest(flows, (row.energy_from, row.energy_to), first, last)
            if made is None or made.value is None:
                continue
            got = made.value / GWH_PER_TWH
            text = (
                f"{got:.2f} TWh delivered in {made.period}, of {told:g} a year contracted: "
                f"{got / told:.0%}"
            )
            checks.append(
                make_check(row, "contract", f"{link.link}, {row.section or row.as_of}",
                           claimed=told, computed=got / told, unit="share", fits=got >= told,
                           text=text)
            )  # fmt: skip
    return checks


YEAR = 4
"""Digits of a year."""


def _newest(
    flows: Sequence[EnergyFlowRow], ends: tuple[str, str], first: int, last: int
) -> EnergyFlowRow | None:
    """Return the newest whole year delivered between two countries within some years."""
    here = [
        row for row in flows
        if (row.energy_from, row.energy_to) == ends and row.unit == GWH and row.value is not None
        and len(row.period) == YEAR and first <= int(row.period) <= last
    ]  # fmt: skip
    return max(here, key=lambda row: row.period, default=None)
