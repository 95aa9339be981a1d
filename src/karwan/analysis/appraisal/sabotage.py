"""Attacks on lines and pylons by the record, what they cost, and what guards may cost at most.

Two records: outages of links that carry energy, and stops of railways whose closures were searched
for. Neither is whole, so a rate is a floor. Where attacks ended, the record is told in two parts,
to the last attack and since: a mean over both would foretell neither. Loss is time out of use far
more than steel; guards are worth at most the share of it that they prevent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.assumptions import read_assumptions
from karwan.analysis.decisions.bills import known_total
from karwan.analysis.forecasts.histories import freight_spells, read_coverage
from karwan.base.days import read_days
from karwan.base.known import known_from
from karwan.base.telling import Column, Form, to_dict
from karwan.data.rows.energy import BenefitAccountRow, EnergyLinkRow, EnergyOutageRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

ATTACKS = ("sabotage", "terror_attack")
"""Causes by which the two records name an attack."""
ENERGY, RAIL = "energy", "rail"
HOURS_PER_DAY, DAYS_PER_YEAR = 24.0, 365.25
ONE_DAY = dt.timedelta(days=1)
EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
FILES = (Form.json, Form.csv, Form.frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    """Attacks on a link or line over one part of its record.

    Attributes
    ----------
    attack_count, episode_count
        Episodes by attack, of all.
    unknown_count
        Attacks of which no end was seen; they count as seen.
    year_count
        Of the part of the record; for railways searched time alone.
    out_days
        Days out by attacks, the least told; None where no attack told any.
    pylon_count
        Pylons brought down by attacks, those told; None where no attack told any.
    loss_musd_per_year
        Repair and sales lost, of what was told; None where neither pylons nor days were.
    most_usd_per_year, most_usd_per_km
        What guards may cost a year, and a km of it, if they prevent the share that is assumed.
    """

    kind: str
    element: str
    part: str
    first: dt.date
    last: dt.date
    attack_count: int
    episode_count: int
    unknown_count: int
    year_count: float
    out_days: float | None
    pylon_count: float | None
    length_km: float | None
    loss_musd_per_year: float | None
    most_usd_per_year: float | None
    grade: str = "C"

    @property
    def per_year(self) -> float | None:
        """Attacks a year; None where no time was searched."""
        return self.attack_count / self.year_count if self.year_count > 0 else None

    @property
    def per_100km_year(self) -> float | None:
        """Attacks on 100 km a year; None where the length was not found."""
        if self.per_year is None or not self.length_km:
            return None
        return self.per_year / self.length_km * 100

    @property
    def most_usd_per_km(self) -> float | None:
        """What guards may cost a kilometre and year; None where length or loss is not known."""
        if self.most_usd_per_year is None or not self.length_km:
            return None
        return self.most_usd_per_year / self.length_km


@dataclass(frozen=True, slots=True)
class _Costs:
    """What outages of power cost in a country, as told: repair of a pylon, sales lost a kWh."""

    repair_usd: float
    sales_cents_per_kwh: float

    def loss_musd(
        self, capacity_mw: float, pylons: float | None, days: float | None, years: float
    ) -> float | None:
        """Return the loss a year of a link that would have run at its capacity; None if untold."""
        usd_per_hour = capacity_mw * 1000 * self.sales_cents_per_kwh / 100
        usd = known_total(
            [
                None if pylons is None else pylons * self.repair_usd,
                None if days is None else days * HOURS_PER_DAY * usd_per_hour,
            ]
        )
        return None if usd is None else usd / years / 1e6


REPAIR, SALES = "repair per pylon", "sales lost a kWh"
CAPACITY, MW = "capacity", "MW"


def attacks(world: World) -> tuple[Attacked, ...]:
    """Return attacks by link and line, as known on the date: power and gas first, then railways."""
    return (*_energy_attacks(world), *_rail_attacks(world))


def _energy_attacks(world: World) -> list[Attacked]:
    released = world.catalog.released(EnergyOutageRow.TABLE)
    rows = [
        row for row in world.catalog.rows(EnergyOutageRow)
        if known_from(row.source_date, released) <= world.as_of
    ]  # fmt: skip
    costs, able = _costs(world), _capacities_mw(world)
    cover = read_assumptions(world.catalog).value("full_cover", "protection")
    answers: list[Attacked] = []
    for receiver in dict.fromkeys(row.receiver for row in rows):
        own = [row for row in rows if row.receiver == receiver]
        ends = [read_days(row.end or row.start).last for row in own if row.cause in ATTACKS]
        if not ends:
            continue
        turn = max(ends)
        last = min(world.as_of, max(released, *(read_days(row.start).last for row in own)))
        mine: list[Attacked] = []
        for element in dict.fromkeys(r.energy_element for r in own if r.cause in ATTACKS):
            mine += _parts(element, [r for r in own if r.energy_element == element], turn, last)
        mine += _parts(f"all of {receiver}", own, turn, last)
        price = costs.get(receiver)
        if price is not None:
            mine = [_priced(one, price, able.get(one.element), cover) for one in mine]
        answers += mine
    return answers


def _priced(one: Attacked, costs: _Costs, capacity_mw: float | None, cover: float) -> Attacked:
    if capacity_mw is None:
        return one
    loss = costs.loss_musd(capacity_mw, one.pylon_count, one.out_days, one.year_count)
    most = None if loss is None else loss * 1e6 * cover
    return replace(one, loss_musd_per_year=loss, most_usd_per_year=most)


def _capacities_mw(world: World) -> dict[str, float]:
    """Return the capacity of each power link, as first told."""
    released = world.catalog.released(EnergyLinkRow.TABLE)
    told: dict[str, float] = {}
    for row in world.catalog.rows(EnergyLinkRow):
        known = known_from(row.source_date, released) <= world.as_of
        if known and row.quantity == CAPACITY and row.unit == MW and row.value is not None:
            told.setdefault(row.link, row.value)
    return told


def _parts(
    element: str, rows: Sequence[EnergyOutageRow], turn: dt.date, last: dt.date
) -> list[Attacked]:
    """Return the part of a record up to the last attack on any link of its receiver, and since.

    The second runs to `last`, the as-of date or the day of the table if that is the earlier: the
    days without an outage were lived through too, but what came after it nobody looked for.
    """
    starts = [read_days(row.start).first for row in rows]
    first = dt.date(min(starts).year, 1, 1)
    parts = [(TO_LAST, first, turn)]
    if last > turn:
        parts.append((SINCE, turn + dt.timedelta(days=1), last))
    answers = []
    for name, begin, end in parts:
        here = [r for r, day in zip(rows, starts, strict=True) if begin <= day <= end]
        if here:
            answers.append(_part(element, name, (begin, end), here))
    return answers


TO_LAST, SINCE = "to the last attack", "since"


def _part(
    element: str, name: str, span: tuple[dt.date, dt.date], rows: Sequence[EnergyOutageRow]
) -> Attacked:  # fmt: skip
    attacked = [row for row in rows if row.cause in ATTACKS]
    episodes = {row.episode for row in attacked}
    days = known_total(
        max(
            (r.out_low_days for r in attacked if r.episode == one and r.out_low_days is not None),
            default=None,
        )
        for one in sorted(episodes)
    )
    pylons = known_total(row.pylon_count for row in attacked)
    years = ((span[1] - span[0]).days + 1) / DAYS_PER_YEAR
    return Attacked(
        kind=ENERGY, element=element, part=name, first=span[0], last=span[1],
        attack_count=len(episodes), episode_count=len({row.episode for row in rows}),
        unknown_count=sum(
            all(r.end_status == "unknown" for r in attacked if r.episode == one) for one in episodes
        ),
        year_count=years, out_days=days, pylon_count=pylons, length_km=None,
        loss_musd_per_year=None, most_usd_per_year=None,
    )  # fmt: skip


def _costs(world: World) -> dict[str, _Costs]:
    """Return what outages cost by country, where both figures are told; by its code of two letters.

    Outages name countries as links do, by codes of three.
    """
    released = world.catalog.released(BenefitAccountRow.TABLE)
    told: dict[tuple[str, str], float] = {
        (row.account_country, row.indicator): row.value
        for row in world.catalog.rows(BenefitAccountRow)
        if row.indicator in (REPAIR, SALES) and row.value is not None
        and known_from(row.source_date, released) <= world.as_of
    }  # fmt: skip
    return {
        country: _Costs(told[country, REPAIR], told[country, SALES])
        for country, indicator in told
        if indicator == REPAIR and (country, SALES) in told
    }


def _rail_attacks(world: World) -> list[Attacked]:
    """Return attacks that stopped freight on railways, over the time that was searched."""
    network, coverage = world.network, read_coverage(world.catalog, world.network)
    spells = [one for one in freight_spells(world.record, network) if one.mode == "rail"]
    answers = []
    for element in network.elements.values():
        if element.mode != "rail" or element.id in network.crossings:
            continue
        spans = coverage.spans.get(element.id, ())
        first = min((span.start for span in spans), default=world.as_of)
        days = coverage.searched_days(element.id, first, world.as_of)
        if days <= 0:
            continue
        own = [
            one for one in spells
            if one.element_id == element.id
            and coverage.searched_days(element.id, one.start, one.start + ONE_DAY)
        ]  # fmt: skip
        attacked = [one for one in own if one.cause in ATTACKS]
        answers.append(
            Attacked(
                kind=RAIL, element=element.id, part="searched", first=first, last=world.as_of,
                attack_count=len({one.episode or one.closure_id for one in attacked}),
                episode_count=len({one.episode or one.closure_id for one in own}),
                unknown_count=sum(one.end is None for one in attacked),
                year_count=days / DAYS_PER_YEAR,
                out_days=known_total(
                    None if one.end is None else float(max((one.end - one.start).days, 1))
                    for one in attacked
                ),
                pylon_count=None,
                length_km=sum(network.links[one].length_km for one in element.links) or None,
                loss_musd_per_year=None, most_usd_per_year=None,
            )
        )  # fmt: skip
    return answers


def attack_rate_per_100km(rows: Sequence[Attacked]) -> float | None:
    """Return attacks on 100 km of railway a year over all that was searched; None without any."""
    lines = [one for one in rows if one.kind == RAIL and one.length_km]
    exposed = sum((one.length_km or 0.0) * one.year_count for one in lines)
    return sum(one.attack_count for one in lines) / exposed * 100 if exposed > 0 else None


def _figure(name: str, spec: str, unit: str, shown: str, digits: int = 4) -> Column[Attacked]:
    return Column(
        name=name, unit=unit, forms=EVERYWHERE, spec=spec, digits=dict.fromkeys(FILES, digits),
        names={Form.table: shown},
    )  # fmt: skip


ATTACKED: tuple[Column[Attacked], ...] = (
    Column(name="kind", forms=FILES),
    Column(name="element", forms=EVERYWHERE),
    Column(name="part", forms=EVERYWHERE),
    Column(name="first", get=lambda one: one.first.isoformat(), forms=FILES),
    Column(name="last", get=lambda one: one.last.isoformat(), forms=EVERYWHERE,
           names={Form.table: "until"}),
    Column(name="attack_count", unit="count", forms=EVERYWHERE, names={Form.table: "attacks"}),
    Column(name="episode_count", unit="count", forms=EVERYWHERE, names={Form.table: "of"}),
    Column(name="unknown_count", unit="count", forms=FILES),
    _figure("year_count", ",.1f", "years", "years"),
    _figure("per_year", ",.2f", "1/year", "a year"),
    _figure("out_days", ",.1f", "days", "days out"),
    _figure("per_100km_year", ",.2f", "1/(100 km year)", "a year on 100 km"),
    _figure("loss_musd_per_year", ",.2f", "million USD/year", "loss, musd a year"),
    _figure("most_usd_per_year", ",.0f", "USD/year", "guards at most, USD", 0),
    Column(name="most_usd_per_km", unit="USD/(km year)", forms=FILES,
           digits=dict.fromkeys(FILES, 0)),
    Column(name="grade", forms=EVERYWHERE),
)  # fmt: skip
"""Attacks on a link or line over a part of its record."""


def attacks_notes() -> tuple[str, ...]:
    """Return what a count of attacks does not say."""
    return (
        "What was not searched or is not reported is not on record: every rate is a floor, and "
        "since governments changed attacks may be reported less freely.",
        "A loss is told only where repair and sales lost are; a blank is not found, not zero.",
    )


def attacked_to_dict(rows: Sequence[Attacked]) -> dict[str, Any]:
    """Return attacks, and what they do not say."""
    rate = attack_rate_per_100km(rows)
    return {
        "attacks": [to_dict(ATTACKED, one) for one in rows],
        "railways_per_100km_year": None if rate is None else round(rate, 4),
        "notes": list(attacks_notes()),
    }
