"""What a sum of trade weighs: from the goods it consists of to tonnes and trucks a day.

Sources name goods more often than shares; what a mix of them weighs, and why its band is wide, is
told in `karwan.network.goods`. Where a country published both value and tonnes, that unit value
stands beside the mix, and the band covers both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.analysis.trade.series import TradeFigure, YearTotal, country_groups, ends_of
from karwan.base.bands import Band, Kind
from karwan.base.known import known_from
from karwan.base.provenance import worst_grade
from karwan.data.rows.costs import CargoRow, UnitRow
from karwan.data.rows.trade import TradeMixRow
from karwan.network.goods import NO_FREIGHT, Group, tonnes_per_musd

if TYPE_CHECKING:
    import datetime as dt

    from karwan.data.catalog import Catalog

DAYS_PER_YEAR = 365.0
TRUCK = "truck"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one way of a target means on the ground, a year and a day; `reason` where unknown."""

    exporter: str
    importer: str
    value_musd: Band
    mix: Mix | None
    tonnes: Band | None
    trucks_per_day: Band | None
    reason: str


def mix_of_pair(
    catalog: Catalog, exporter: str, importer: str, figures: Iterable[TradeFigure], as_of: dt.date
) -> Mix | None:
    """Return what one country sells another, or None if no source known on the date says."""
    released = catalog.released(TradeMixRow.TABLE)
    rows = [
        row
        for row in catalog.rows(TradeMixRow)
        if (row.exporter, row.importer) == (exporter, importer)
        and known_from(row.source_date, released) <= as_of
    ]
    cargo = {
        row.cargo_id: row
        for row in catalog.rows(CargoRow)
        if known_from(row.source_date, catalog.released(CargoRow.TABLE)) <= as_of
    }
    goods = {name: tuple(members) for name, members in _by_goods(rows, released).items()}
    mix = [_group(members, cargo) for members in goods.values()]
    freight = [cargo[name] for group in mix for name in group.cargo_ids if name != NO_FREIGHT]
    if not freight:
        return None
    seen, label = _observed(exporter, figures)
    return Mix(
        exporter=exporter,
        importer=importer,
        tonnes_per_musd=tonnes_per_musd(mix, cargo),
        goods=tuple((name, members[0].goods_share) for name, members in goods.items()),
        grade=worst_grade(row.confidence for row in (*rows, *freight)),
        source_urls=tuple(sorted({row.source_url for row in rows})),
        observed_tonnes_per_musd=seen,
        observed_label=label,
    )


def _by_goods(rows: Iterable[TradeMixRow], released: dt.date) -> dict[str, list[TradeMixRow]]:
    """Return rows by what the source calls the goods: a share of value each, the newest known."""
    by_goods: dict[str, list[TradeMixRow]] = {}
    for row in rows:
        by_goods.setdefault(row.goods, []).append(row)
    return {name: _newest_share(members, released) for name, members in by_goods.items()}


def _newest_share(members: Sequence[TradeMixRow], released: dt.date) -> list[TradeMixRow]:
    """Return the rows of the share published last: an older share is no second part."""
    newest = max(members, key=lambda row: known_from(row.source_date, released))
    return [row for row in members if row.goods_share == newest.goods_share]


def _group(members: Sequence[TradeMixRow], cargo: Mapping[str, CargoRow]) -> Group:
    """Return the goods of a group whose prices are known; what has none of them is no freight."""
    named = (row.cargo_id for row in members if row.cargo_id is not None)
    priced = tuple(dict.fromkeys(name for name in named if name in cargo))
    return Group(priced or (NO_FREIGHT,), members[0].goods_share)


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
    ways = []
    for exporter, importer in (ends, ends[::-1]):
        share = shares.get(exporter, Band(0.0, 0.5, 1.0, Kind.inputs))
        value = share.scaled(target_musd)
        if {exporter, importer} & set(groups):
            why = "a group of countries; ask of each pair"
            ways.append(
                Load(
                    exporter=exporter,
                    importer=importer,
                    value_musd=value,
                    mix=None,
                    tonnes=None,
                    trucks_per_day=None,
                    reason=why,
                )
            )
            continue
        mix = mix_of_pair(catalog, exporter, importer, figures, as_of)
        if mix is None:
            why = "no source known on the date says what is sold"
            ways.append(
                Load(
                    exporter=exporter,
                    importer=importer,
                    value_musd=value,
                    mix=None,
                    tonnes=None,
                    trucks_per_day=None,
                    reason=why,
                )
            )
            continue
        band = mix.band
        tonnes = Band(
            value.low * band.low, value.value * band.value, value.high * band.high, Kind.inputs
        )
        a, b, c = (t / payload_t / DAYS_PER_YEAR for t in (tonnes.low, tonnes.value, tonnes.high))
        trucks_per_day = Band(a, b, c, Kind.inputs)
        ways.append(
            Load(
                exporter=exporter,
                importer=importer,
                value_musd=value,
                mix=mix,
                tonnes=tonnes,
                trucks_per_day=trucks_per_day,
                reason="",
            )
        )
    return tuple(ways)
