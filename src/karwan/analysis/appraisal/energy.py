"""Energy links: what is claimed of them, what they deliver, how they fail.

Claims are held against arithmetic; outages against days. What was not searched for is not in the
record of outages, so availability is an upper bound; a partial outage of which no share was told is
entered as whole. Suppliers fail together: chances are never multiplied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.assumptions import read_assumptions
from karwan.analysis.appraisal.energy_sums import (
    bill_cents_per_kwh,
    fee_twh,
    gas_fee_musd,
    months_to_go,
    season_twh,
)
from karwan.base.days import read_days
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.known import known_from
from karwan.base.telling import FILES, SHOWN, Column, Form, to_dict
from karwan.data.rows.energy import (
    BenefitAccountRow,
    EnergyFlowRow,
    EnergyLinkRow,
    EnergyOutageRow,
)

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
CAPACITY, LENGTH, VOLUME, DUE = "capacity", "length", "volume", "due date"
GWH = "GWh"
TWO = 2
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """Days that an element was out within a window.

    Attributes
    ----------
    low_days
        Least days, times the share lost where it was told.
    high_days
        Most days, each counted whole.
    unknown_count
        Episodes of which no end was seen.
    """

    element: str
    first: dt.date
    last: dt.date
    episode_count: int
    unknown_count: int
    low_days: float
    high_days: float

    @property
    def day_count(self) -> int:
        """Days of the window."""
        return (self.last - self.first).days + 1

    @property
    def low_share(self) -> float:
        """Availability with every outage whole: still an upper bound, for what was not searched."""
        return 1 - self.high_days / self.day_count

    @property
    def high_share(self) -> float:
        """Availability with partial outages as told."""
        return 1 - self.low_days / self.day_count


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyLink:
    """A link with all that is told of it."""

    link: str
    carrier: str
    ways: tuple[str, ...]
    rows: tuple[EnergyLinkRow, ...]
    flows: tuple[EnergyFlowRow, ...]
    outages: Outages | None

    def told(self, quantity: str) -> EnergyLinkRow | None:
        """Return the first row of a quantity, or None where it was not found."""
        return next((row for row in self.rows if row.quantity == quantity), None)

    @property
    def status(self) -> str:
        """Status of the newest row, by its own date."""
        return max(self.rows, key=lambda row: row.as_of or "").status


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCheck:
    """A claim held against arithmetic, or a figure computed with its inputs."""

    kind: str
    subject: str
    claimed: float | None
    computed: float | None
    unit: str
    fits: bool | None
    text: str
    grade: str
    source_url: str


def _known(world: World, rows: Iterable[Any], table: str) -> list[Any]:
    released = world.catalog.released(table)
    return [row for row in rows if known_from(row.source_date, released) <= world.as_of]


def flows_known(world: World) -> tuple[EnergyFlowRow, ...]:
    """Return what was delivered and paid, as known on the date."""
    return tuple(_known(world, world.catalog.rows(EnergyFlowRow), EnergyFlowRow.TABLE))


def links_known(world: World) -> tuple[EnergyLinkRow, ...]:
    """Return what is told of links, as known on the date."""
    return tuple(_known(world, world.catalog.rows(EnergyLinkRow), EnergyLinkRow.TABLE))


def energy_links(world: World) -> tuple[EnergyLink, ...]:
    """Return every link that carries energy, as known on the date, in the order of the table."""
    rows, flows = links_known(world), flows_known(world)
    links = []
    for name in dict.fromkeys(row.link for row in rows):
        own = tuple(row for row in rows if row.link == name)
        links.append(
            EnergyLink(
                link=name,
                carrier=own[0].carrier,
                ways=tuple(dict.fromkeys(f"{row.energy_from}-{row.energy_to}" for row in own)),
                rows=own,
                flows=tuple(row for row in flows if row.link == name),
                outages=outages_of(world, name),
            )
        )
    return tuple(links)


def find_energy_link(world: World, name: str) -> EnergyLink:
    """Return one link.

    Raises
    ------
    DataError
        If no link has the name.
    """
    links = {one.link: one for one in energy_links(world)}
    if name.casefold() not in links:
        error = UnknownNameError("energy link", name, links, hint=f"Known: {', '.join(links)}.")
        raise DataError("the question", [Fault("link", str(error))])
    return links[name.casefold()]


def outages_of(
    world: World, element: str, first: dt.date | None = None, last: dt.date | None = None
) -> Outages | None:
    """Return the outages of an element within a window, or None where none is on record.

    Parameters
    ----------
    first, last
        By default from the first outage on record to the day on which the last was known to end.
    """
    table = EnergyOutageRow.TABLE
    rows = [
        (read_days(row.start).first, row)
        for row in _known(world, world.catalog.rows(EnergyOutageRow), table)
        if row.energy_element == element
    ]
    if not rows:
        return None
    begin = first or dt.date(min(day for day, _ in rows).year, 1, 1)
    end = last or max(day for day, _ in rows)
    episodes: dict[str, tuple[float, float, bool]] = {}
    for day, row in rows:
        if begin <= day <= end:
            share = 1.0 if row.lost_share is None else row.lost_share
            least = row.out_low_days or 0.0
            most = least if row.out_high_days is None else row.out_high_days
            low, high, ended = episodes.get(row.episode, (0.0, 0.0, True))
            episodes[row.episode] = (
                max(low, least * share), max(high, most), ended and row.end_status != UNSEEN,
            )  # fmt: skip
    return Outages(
        element=element,
        first=begin,
        last=end,
        episode_count=len(episodes),
        unknown_count=sum(not ended for _, _, ended in episodes.values()),
        low_days=sum(low for low, _, _ in episodes.values()),
        high_days=sum(high for _, high, _ in episodes.values()),
    )


UNSEEN = "unknown"


def joint_failures(world: World, receiver: str) -> tuple[int, int]:
    """Return how many episodes hit two suppliers or more of a receiver, and how many there were."""
    suppliers: dict[str, set[str]] = {}
    for row in _known(world, world.catalog.rows(EnergyOutageRow), EnergyOutageRow.TABLE):
        if row.receiver == receiver:
            suppliers.setdefault(row.episode, set()).add(row.supplier)
    return sum(len(one) > 1 for one in suppliers.values()), len(suppliers)


def price_checks(world: World) -> tuple[EnergyCheck, ...]:
    """Return the price that each bill stands for, beside the middle of its peers."""
    priced = [
        (row, bill_cents_per_kwh(row.bill_musd, row.value))
        for row in _known(world, world.catalog.rows(EnergyFlowRow), EnergyFlowRow.TABLE)
        if row.bill_musd is not None and row.value and row.unit == GWH
    ]
    if not priced:
        return ()
    middle = sorted(cents for _, cents in priced)[len(priced) // 2]
    apart = read_assumptions(world.catalog).value("peer_price", "energy")
    return tuple(
        make_check(row, "price", f"{row.energy_from} to {row.energy_to}, {row.period}",
                   computed=cents, unit="US cents/kWh",
                   fits=1 / apart <= cents / middle <= apart,
                   text=f"{cents:.2f} cents a kWh; the middle of {len(priced)} bills is "
                   f"{middle:.2f}")
        for row, cents in priced
    )  # fmt: skip


def make_check(  # noqa: PLR0913
    row: EnergyLinkRow | EnergyFlowRow | BenefitAccountRow, kind: str, subject: str, *,
    text: str, unit: str, claimed: float | None = None, computed: float | None = None,
    fits: bool | None = None,
) -> EnergyCheck:  # fmt: skip
    """Return a check that rests on a row."""
    return EnergyCheck(
        kind=kind, subject=subject, claimed=claimed, computed=computed, unit=unit, fits=fits,
        text=text, grade="B", source_url=row.source_url,
    )  # fmt: skip


def claim_checks(world: World) -> tuple[EnergyCheck, ...]:
    """Return lengths, deliveries and dates of each link, held against one another."""
    checks: list[EnergyCheck] = []
    for link in energy_links(world):
        checks += _sections(link)
        checks += _delays(link)
        if link.outages is not None:
            row, gone = link.rows[0], link.outages
            text = (
                f"available {gone.low_share:.3f} to {gone.high_share:.3f} of {gone.day_count:,} "
                f"days to {gone.last}; {gone.episode_count} episodes, {gone.unknown_count} without "
                "a known end: upper bounds"
            )
            checks.append(
                make_check(
                    row, "availability", link.link, computed=gone.low_share, unit="share", text=text
                )
            )
    return tuple(checks)


def _sections(link: EnergyLink) -> list[EnergyCheck]:
    total = link.told("total length")
    parts = [
        row
        for row in link.rows
        if row.quantity == LENGTH and row.section and "section" in row.section
    ]
    lengths = [row.value for row in parts if row.value is not None]
    if total is None or total.value is None or not parts or len(lengths) < len(parts):
        return []
    sums = sum(lengths)
    most = sums + max(
        (value if row.value_high is None else row.value_high) - value
        for row, value in zip(parts, lengths, strict=True)
    )
    fits = abs(sums - total.value) < 1
    other = "" if most == sums else f"; with the longest part told, {most:,.0f}, it does not fit"
    text = f"sections sum to {sums:,.0f} km, the total told is {total.value:,.0f}{other}"
    return [make_check(total, "sections", link.link, claimed=total.value, computed=sums,
                       unit="km", fits=fits, text=text)]  # fmt: skip


def _delays(link: EnergyLink) -> list[EnergyCheck]:
    checks = []
    for row in link.rows:
        dates = [one for one in (row.value_text or "").split("; ") if one]
        if row.quantity != DUE or len(dates) < TWO:
            continue
        years = years_apart(dates[0], dates[-1])
        text = f"first told for {dates[0]}, last for {dates[-1]}: {years:.1f} years later"
        checks.append(make_check(row, "delay", f"{link.link}, {row.section}", computed=years,
                                 unit="years", text=text))  # fmt: skip
    return checks


def years_apart(first: str, last: str) -> float:
    """Return the years from the last day that a date can mean to that of another.

    Examples
    --------
    >>> round(years_apart("2020-12-31", "2027-04-01"), 2)
    6.25
    """
    return (read_days(last).last - read_days(first).last).days / YEAR.days


CLAIMS = ("transit revenue claim", "revenue claim")
FEE, MW, LAID, PACE = "transit fee", "MW", "laid", "pace"
SEASON, YEAR_DAYS = "season", 365.0


def season_days(link: EnergyLink) -> float:
    """Return the days of a year on which a link sells: all of them where no season is told."""
    row = link.told(SEASON)
    return YEAR_DAYS if row is None or row.value is None else row.value


def fee_checks(links: Iterable[EnergyLink]) -> tuple[EnergyCheck, ...]:
    """Return each claim of a yearly transit fee beside what the link can carry at its fee."""
    checks = []
    for link in links:
        row = next((one for one in link.rows if one.quantity in CLAIMS), None)
        capacity, fee = link.told(CAPACITY), link.told(FEE)
        if row is None or capacity is None or fee is None:
            continue
        if capacity.value is None or fee.value is None:
            continue
        for told in dict.fromkeys((row.value_low, row.value, row.value_high)):
            if told is None:
                continue
            if capacity.unit == MW:
                days = season_days(link)
                able, needed = season_twh(capacity.value, days), fee_twh(told, fee.value)
                share = needed / able
                text = (
                    f"{told:g} million USD at {fee.value:g} {fee.unit} is {needed:.2f} TWh: "
                    f"{share:.0%} of {capacity.value:,.0f} MW at full load for {days:.0f} days"
                )
            else:
                able = gas_fee_musd(capacity.value, fee.value)
                share = told / able
                text = (
                    f"{told:,.0f} million USD are told; {capacity.value:g} {capacity.unit} at "
                    f"{fee.value:g} {fee.unit} bring {able:,.0f}"
                )
            checks.append(
                make_check(
                    row,
                    FEE,
                    link.link,
                    claimed=told,
                    computed=share,
                    unit="share of full load",
                    fits=share <= 1,
                    text=text,
                )
            )
    return tuple(checks)


def pace_checks(links: Iterable[EnergyLink]) -> tuple[EnergyCheck, ...]:
    """Return when a link would be laid at the pace seen."""
    checks = []
    for link in links:
        laid, pace = link.told(LAID), link.told(PACE)
        if laid is None or pace is None or laid.value is None or not pace.value:
            continue
        whole = next(
            (r for r in link.rows if r.quantity == LENGTH and r.section == laid.section), None
        )
        if whole is None or whole.value is None:
            continue
        months = months_to_go(whole.value, laid.value, pace.value)
        text = (
            f"{laid.value:g} of {whole.value:g} km laid in {laid.as_of}; the rest takes "
            f"{months:.1f} months from then at {pace.value:g} {pace.unit}"
        )
        checks.append(make_check(pace, PACE, f"{link.link}, {laid.section}", computed=months,
                                 unit="months", text=text))  # fmt: skip
    return tuple(checks)


LINKS: tuple[Column[EnergyLink], ...] = (
    Column(name="link", forms=EVERYWHERE),
    Column(name="carrier", forms=EVERYWHERE),
    Column(name="ways", forms=EVERYWHERE),
    Column(name="status", forms=EVERYWHERE),
    Column(name="capacity", get=lambda one: _told(one, CAPACITY), forms=EVERYWHERE),
    Column(name="due", get=lambda one: _told(one, DUE), forms=EVERYWHERE),
    Column(name="outage_episode_count", get=lambda one: one.outages and one.outages.episode_count,
           forms=EVERYWHERE, names={Form.table: "outages"}),
    Column(name="claim_count", get=lambda one: len(one.rows), forms=EVERYWHERE,
           names={Form.table: "claims"}),
)  # fmt: skip


def _fits_word(check: EnergyCheck) -> str:
    return "" if check.fits is None else "yes" if check.fits else "no"


CHECKS: tuple[Column[EnergyCheck], ...] = (
    Column(name="kind", forms=EVERYWHERE),
    Column(name="subject", forms=EVERYWHERE),
    Column(name="claimed"),
    Column(name="computed", digits=dict.fromkeys((Form.json, Form.csv, Form.frame), 4)),
    Column(name="unit"),
    Column(name="fits", forms=FILES),
    Column(name="fits", get=_fits_word, forms=SHOWN),
    Column(name="text", forms=EVERYWHERE),
    Column(name="grade", forms=EVERYWHERE),
    Column(name="source_url"),
)


def _told(link: EnergyLink, quantity: str) -> str | None:
    row = link.told(quantity)
    if row is None:
        return None
    return figure_text(row)


def figure_text(row: EnergyLinkRow) -> str:
    """Return what a row tells, with its band and unit."""
    if row.value_text:
        return row.value_text
    ends = [one for one in (row.value_low, row.value, row.value_high) if one is not None]
    if not ends:
        return "not found"
    low, high = min(ends), max(ends)
    return f"{low:g} {row.unit}" if low == high else f"{low:g}-{high:g} {row.unit}"


def link_to_dict(link: EnergyLink) -> dict[str, Any]:
    """Return a link with every claim, delivery and outage."""
    gone = link.outages
    return {
        **to_dict(LINKS, link),
        "claims": [_row(row, LINK_KEYS) for row in link.rows],
        "flows": [_row(row, FLOW_KEYS) for row in link.flows],
        "outages": None
        if gone is None
        else {
            "first": gone.first.isoformat(), "last": gone.last.isoformat(),
            "episode_count": gone.episode_count, "unknown_count": gone.unknown_count,
            "low_days": round(gone.low_days, 2), "high_days": round(gone.high_days, 2),
            "low_share": round(gone.low_share, 4), "high_share": round(gone.high_share, 4),
            "note": "upper bounds: what was not searched is not on record",
        },
    }  # fmt: skip


LINK_KEYS = (
    "id", "energy_from", "energy_to", "section", "quantity", "value_low", "value", "value_high",
    "unit", "value_text", "status", "as_of", "speaker", "note", "source_url", "source_date",
    "confidence",
)  # fmt: skip
FLOW_KEYS = (
    "id", "energy_from", "energy_to", "period", "value", "unit", "bill_musd", "price_text", "note",
    "source_url", "source_date", "confidence",
)  # fmt: skip


def _row(row: object, keys: Sequence[str]) -> dict[str, Any]:
    return {key: getattr(row, key) for key in keys}
