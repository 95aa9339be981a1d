"""What a sum of trade weighs: from the goods it consists of to tonnes and trucks a day.

Sources name goods more often than shares. Where a share is not published, the band runs from all
of it in the dearest good named to all of it in the cheapest, so it is wide on purpose; the middle
spreads it evenly. Where a country published both value and tonnes, that unit value stands beside
the mix, and the band covers both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.analysis.trade.series import TradeFigure, YearTotal, country_groups, ends_of
from karwan.base.bands import Band, Kind
from karwan.base.known import known_from
from karwan.base.provenance import worst_grade
from karwan.data.rows.costs import CargoRow, UnitRow
from karwan.data.rows.trade import TradeMixRow

if TYPE_CHECKING:
    import datetime as dt

    from karwan.data.catalog import Catalog

DAYS_PER_YEAR = 365.0
TRUCK = "truck"


@dataclass(frozen=True, slots=True)
class Mix:
    """Goods one country sells another, and what a million USD of them weighs.

    Attributes
    ----------
    tonnes_per_musd
        The low end is all in the dearest good at its high price.
    goods
        Names with their share of value, None where it is not published.
    observed_tonnes_per_musd
        From a year for which both value and tonnes were published, or None.
    """

    exporter: str
    importer: str
    tonnes_per_musd: Band
    goods: tuple[tuple[str, float | None], ...]
    grade: str
    source_urls: tuple[str, ...]
    observed_tonnes_per_musd: float | None
    observed_label: str

    @property
    def band(self) -> Band:
        """Tonnes per million USD with the observed unit value inside the band."""
        band, seen = self.tonnes_per_musd, self.observed_tonnes_per_musd
        if seen is None:
            return band
        return replace(band, low=min(band.low, seen), high=max(band.high, seen))


@dataclass(frozen=True, slots=True)
class Load:
    """What one way of a target means on the ground, a year and a day; `reason` where unknown."""

    exporter: str
    importer: str
    value_musd: Band
    mix: Mix | None
    tonnes: Band | None
    trucks_per_day: Band | None
    reason: str


def read_mix(
    catalog: Catalog, exporter: str, importer: str, figures: Iterable[TradeFigure], as_of: dt.date
) -> Mix | None:
    """Return what one country sells another, or None if no source known on the date says."""
    rows = [
        row
        for row in catalog.rows(TradeMixRow)
        if (row.exporter, row.importer) == (exporter, importer)
        and known_from(row.source_date, catalog.released(TradeMixRow.TABLE)) <= as_of
    ]
    cargo = {
        row.cargo_id: row
        for row in catalog.rows(CargoRow)
        if known_from(row.source_date, catalog.released(CargoRow.TABLE)) <= as_of
    }
    freight = _goods(rows, cargo)
    if not freight:
        return None
    groups: dict[str, list[TradeMixRow]] = {}
    for row in rows:
        groups.setdefault(row.goods, []).append(row)
    seen, label = _observed(exporter, figures)
    return Mix(
        exporter,
        importer,
        _tonnes_per_musd(groups, cargo),
        tuple((name, members[0].goods_share) for name, members in groups.items()),
        worst_grade(row.confidence for row in (*rows, *freight)),
        tuple(sorted({row.source_url for row in rows})),
        seen,
        label,
    )


def _goods(rows: Iterable[TradeMixRow], cargo: Mapping[str, CargoRow]) -> list[CargoRow]:
    """Return the goods of rows that are known and weigh something."""
    named = (row.cargo_id for row in rows if row.cargo_id is not None)
    return [cargo[name] for name in named if name in cargo]


def _tonnes_per_musd(
    groups: Mapping[str, Sequence[TradeMixRow]], cargo: Mapping[str, CargoRow]
) -> Band:
    """Return tonnes per million USD: dearest, even and cheapest split of what is not published."""
    known = math.fsum(members[0].goods_share or 0.0 for members in groups.values())
    blank = sum(members[0].goods_share is None for members in groups.values())
    rest = max(0.0, 1.0 - known) / blank if blank else 0.0
    scale = 1.0 if blank else known
    sums = [0.0, 0.0, 0.0]
    for members in groups.values():
        stated = members[0].goods_share
        share = (rest if stated is None else stated) / scale
        goods = _goods(members, cargo)
        if not goods:
            continue
        low = min(1e6 / row.usd_per_tonne_high for row in goods)
        middle = math.fsum(1e6 / row.usd_per_tonne_typical for row in goods) / len(goods)
        high = max(1e6 / row.usd_per_tonne_low for row in goods)
        for place, tonnes in enumerate((low, middle, high)):
            sums[place] += share * tonnes
    return Band(sums[0], sums[1], sums[2], Kind.inputs)


def _observed(exporter: str, figures: Iterable[TradeFigure]) -> tuple[float | None, str]:
    """Return tonnes per million USD of the newest year with both published, and its name."""
    both = [
        f
        for f in figures
        if f.exporter == exporter and f.period.is_year and f.value_musd and f.tonnes
    ]
    if not both:
        return None, ""
    newest = max(both, key=lambda f: f.period.end)
    return (newest.tonnes or 0.0) / (newest.value_musd or 1.0), (
        f"{newest.basis.name}, {newest.period.label}"
    )


def export_shares(pair: str, totals: Iterable[YearTotal]) -> dict[str, Band]:
    """Return each end's share of the trade: least, middle and most over the published bases.

    Only the newest year of a basis counts, and only series; empty if none splits its total.
    """
    newest: dict[object, YearTotal] = {}
    for total in totals:
        if total.basis.is_series and total.by_exporter_musd:
            newest[total.basis] = total
    one, other = ends_of(pair)
    shares = sorted(
        dict(total.by_exporter_musd).get(one, 0.0) / total.total_musd for total in newest.values()
    )
    if not shares:
        return {}
    middle = shares[len(shares) // 2] if len(shares) % 2 else (
        (shares[len(shares) // 2 - 1] + shares[len(shares) // 2]) / 2.0
    )  # fmt: skip
    low, high = shares[0], shares[-1]
    return {
        one: Band(low, middle, high, Kind.published),
        other: Band(1.0 - high, 1.0 - middle, 1.0 - low, Kind.published),
    }


def loads(
    catalog: Catalog,
    pair: str,
    target_musd: float,
    figures: tuple[TradeFigure, ...],
    totals: Iterable[YearTotal],
    as_of: dt.date,
) -> tuple[Load, ...]:
    """Return what the target weighs each way, in tonnes a year and trucks a day."""
    payload_t = next(r.payload_t for r in catalog.rows(UnitRow) if r.unit_id == TRUCK)
    ends, groups = ends_of(pair), country_groups(catalog)
    shares = export_shares(pair, totals)
    found = []
    for exporter, importer in (ends, ends[::-1]):
        share = shares.get(exporter, Band(0.0, 0.5, 1.0, Kind.inputs))
        value = share.scaled(target_musd)
        if {exporter, importer} & set(groups):
            why = "a group of countries; ask of each pair"
            found.append(Load(exporter, importer, value, None, None, None, why))
            continue
        mix = read_mix(catalog, exporter, importer, figures, as_of)
        if mix is None:
            why = "no source known on the date says what is sold"
            found.append(Load(exporter, importer, value, None, None, None, why))
            continue
        band = mix.band
        tonnes = Band(
            value.low * band.low, value.value * band.value, value.high * band.high, Kind.inputs
        )
        a, b, c = (t / payload_t / DAYS_PER_YEAR for t in (tonnes.low, tonnes.value, tonnes.high))
        trucks_per_day = Band(a, b, c, Kind.inputs)
        found.append(Load(exporter, importer, value, mix, tonnes, trucks_per_day, ""))
    return tuple(found)
