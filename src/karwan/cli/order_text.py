"""How sure an order is, and what would change it, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from karwan.analysis.corridors.comparison import BEST_WAY, Comparison
from karwan.analysis.corridors.shares import of_hundred
from karwan.cli.show import table_text
from karwan.route.readings import Drawn

SHOWN_FIGURES = 8


def way_name(comparison: Comparison, way: str) -> str:
    """Return what an order calls a way: a corridor by its name."""
    named = comparison.world.network.corridors.get(way)
    return "the best of all ways" if way == BEST_WAY or named is None else named.name


def share_lines(comparison: Comparison) -> Iterator[str]:
    """Yield in how many readings the first and the surest are the cheapest, and what that costs."""
    shares = comparison.shares
    leader = shares.leader
    if leader is None or len(shares.ways) < 2:  # noqa: PLR2004
        return
    first = shares.ways[0]
    yield (
        f"{way_name(comparison, first.way)} is the cheapest on average in "
        f"{of_hundred(first.cheapest_on_average)} readings of the evidence, and first on "
        f"{of_hundred(first.first_on_the_day)} days (errors of {shares.reading_count:,} draws: "
        f"{100 * first.error_average:.1f} and {100 * first.error_day:.1f} points)."
    )
    if leader is not first:
        yield (
            f"{way_name(comparison, leader.way)} is so in more of them: "
            f"{of_hundred(leader.cheapest_on_average)} readings, first on "
            f"{of_hundred(leader.first_on_the_day)} days."
        )
    yield (
        f"Always taken, {way_name(comparison, first.way)} costs {first.regret_usd:,.0f} USD more "
        f"on average than the cheapest of each reading; in one reading of twenty over "
        f"{first.p95_regret_usd:,.0f}."
    )


def beaten_lines(comparison: Comparison) -> Iterator[str]:
    """Yield which ways another beats in nearly all readings."""
    beaten = [(way.way, way.beaten_by[0]) for way in comparison.shares.ways if way.beaten_by]
    if beaten:
        yield "Beaten in at least 95 of 100 readings:"
    for way, by in beaten:
        yield f"  {way_name(comparison, way)}, by {way_name(comparison, by)}"


def worths_text(comparison: Comparison) -> str:
    """Return which figures would change the order, as lines after a comparison."""
    worths = comparison.worths
    lines = ["", "", "What would change the order:"]
    if not worths.figures:
        lines.append(
            "  no figure alone: knowing any one moves the share of the first by under two points"
            if worths.leader
            else "  no way is open"
        )
        return "\n".join(lines)
    rows = [
        [
            figure_text(one.figure),
            f"{one.figure.band.value:,.0f} {one.figure.unit}"
            if one.figure.unit != "ratio"
            else f"{one.figure.band.value:.2f}",
            f"{one.figure.band.low:,.0f}-{one.figure.band.high:,.0f}"
            if one.figure.unit != "ratio"
            else f"{one.figure.band.low:.2f}-{one.figure.band.high:.2f}",
            f"{100 * one.share_change:.0f}",
            f"{one.worth_usd:,.0f}",
            "nobody published it" if one.figure.default_id else "",
        ]
        for one in worths.figures[:SHOWN_FIGURES]
    ]
    headers = ("figure", "now", "P10-P90", "moves the share by points", "worth USD", "")
    lines.append(table_text(headers, rows, right=(1, 2, 3, 4)))
    lines.append(
        f"The share is that of {way_name(comparison, worths.leader)}, the cheapest on average in "
        f"{of_hundred(worths.leader_share)} readings: known, the figure would move it by so many "
        "points (root mean square). Worth is what a load saves on average when the figure is known "
        "before a way is chosen."
    )
    return "\n".join(lines)


def figure_text(figure: Drawn) -> str:
    """Return what a figure is, in words.

    Examples
    --------
    >>> from karwan.base.bands import Band, Kind
    >>> band = Band(10.0, 20.0, 40.0, Kind.draws)
    >>> figure_text(Drawn(name="hours|Torkham", what="Torkham", unit="h", band=band))
    'mean hours, Torkham'
    """
    return f"mean hours, {figure.what}" if figure.unit == "h" else figure.what
