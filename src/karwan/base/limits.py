"""How much may be asked: every number a user gives has bounds, and what multiplies work a cap.

One table, read by the command line, the study file and the functions themselves, so that no door
lets through what another refuses. Each bound has its reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from karwan.base.errors import DataError, Fault, sayable


@dataclass(frozen=True, slots=True)
class Limit:
    """Least and most of one number, and why."""

    key: str
    least: float
    most: float
    why: str

    def fault(self, value: float) -> Fault | None:
        """Return what is wrong with a value, or None."""
        if self.least <= value <= self.most:  # false for what is no number
            return None
        text = sayable(
            "it must be from {least} to {most}: {why}",
            least=f"{self.least:,.10g}",
            most=f"{self.most:,.10g}",
            why=self.why,
        )
        return Fault(self.key, text, f"{value:.10g}")


LIMITS = {
    limit.key: limit
    for limit in (
        Limit("tonnes", 0, 1e6, "a railway's month; the integer weight holds no more"),
        Limit("value_usd", 0, 1e10, "the integer weight holds no more"),
        Limit("hazard_factor", 0, 40, "a gate that shuts every few days is a gate that is shut"),
        Limit("cut_penalty", 0, 1e6, "far beyond the worth of any cargo"),
        Limit("horizon", 1, 3650, "no closure on record foretells more than ten years"),
        Limit("days", 1, 3650, "no closure on record foretells more than ten years"),
        Limit("step", 0, 1, "a change of a share is itself a share"),
        Limit("day", 1, 3650, "no closure on record foretells more than ten years"),
        Limit("hours", 0, 24, "a day has 24"),
        Limit("shelf_life_days", 0, 3650, "what keeps for ten years does not perish"),
        Limit("closed_for", 0, 36_500, "days; a hundred years, and no record tells of more"),
        Limit("ahead", 0, 1_000_000, "trucks; no queue on record has a fiftieth of it"),
        Limit("arrivals", 0, 1_000_000, "trucks a day; no gate on Earth has more"),
        Limit("capacity", 0, 1_000_000, "trucks a day; no gate on Earth has more"),
        Limit("tolerance", 1e-9, 0.999, "a chance; below it nothing ends in time"),
        Limit("seconds", 0.001, 3600, "who waits an hour for one chance can draw it instead"),
        Limit("after", 1, 3650, "days; no closure on record foretells more than ten years"),
        Limit(
            "appraised_mt", 0, 1_000, "million tonnes a year; no line on Earth carries half of it"
        ),
        Limit("opens", 1900, 2200, "a year; no line is appraised beyond it"),
        Limit("port", 0, 65_535, "ports have 16 bits; 0 for any that is free"),
        Limit("drain", 0, 3_600, "an hour is more than any balancer takes to look"),
        Limit("stop_after", 1, 3_600, "no question takes an hour; a service manager waits less"),
        Limit("draws", 100, 100_000, "fewer tell no quantile, more tell no further digit"),
        Limit("loading", 0, 10, "a share of the expected loss; 0.3 is thirty per cent"),
        Limit("marine_rate", 0, 1, "a share of the value; 0.005 is half a per cent"),
        Limit("discount", 0, 1, "a share a year; 0.09 is nine per cent"),
        Limit("paths", 100, 1_000_000, "fewer tell no quantile, more tell no further digit"),
        Limit("months", 1, 24, "departures a month apart; further ahead no record foretells"),
        Limit("seed", 0, 2**63 - 1, "a whole number that the record of a run can hold"),
        Limit("top", 1, 10_000, "no network of this form has more to show"),
        Limit("removal", 1, 50, "steps; each looks at all that is left, and half are soon gone"),
        Limit("alternatives", 1, 20, "routes beyond the twentieth differ in nothing of weight"),
        Limit("rows", 0, 1_000_000, "a screen is not the place for more"),
        Limit("lat", -90, 90, "degrees of latitude"),
        Limit("lon", -180, 180, "degrees of longitude"),
        Limit("precision", 0, 1000, "km; a wider place is a country, not a place"),
        Limit("precision_km", 0, 1000, "a wider place is a country, not a place"),
        Limit("deaths", 0, 1e7, "more than any event on record, so a slip of the keys"),
        Limit("jobs", 1, 1_000, "never more run at once than there are cores"),
        Limit("pairs", 1, 5_000, "a comparison is made for each pair and state"),
    )
}
"""Bounds by the name of the argument."""

SEED = 20_261_122
"""The seed where nobody states one: that of the reference study, whose figures all then tell."""
PATH_COUNT, HORIZON_DAYS = 10_000, 365
"""Futures, and days of each, where nobody states them."""
MOST_SPELLS = 20_000_000
"""Closures that one draw may hold, over all its futures: about 2 GB at 100 bytes each."""
MOST_FILE_BYTES = 500_000_000
"""Size of a file that is read: ten times UCDP's packed release."""
MOST_TABLE_BYTES = 1_500_000_000
"""Size of a table once unpacked: four times UCDP's."""
MOST_RATIO = 200
"""How far a packed file may expand: tables of text shrink by 5 to 30."""
MOST_QUERY_BYTES = 4_096
"""Length of the question of an address: what old proxies pass on."""
MOST_NAMES, MOST_LETTERS = 20, 100
"""Names that an address may give under one heading, and letters of each value."""
MOST_LINES = 5_000_000
MOST_COLUMNS = 500
MOST_TEXT_BYTES = 10_000_000
"""Size of a text whose statements are read: a thousand times a long article."""


def check(key: str, value: float) -> None:
    """Refuse a number outside its bounds.

    Raises
    ------
    DataError
        Names the argument, its bounds and their reason.
    """
    fault = LIMITS[key].fault(value)
    if fault is not None:
        raise DataError("the question", [fault])


def check_whole(key: str, value: object) -> None:
    """Refuse what is no whole number, or one outside its bounds.

    Raises
    ------
    DataError
        Names the argument and what is wrong with it.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise DataError("the question", [Fault(key, "it must be a whole number", repr(value))])
    check(key, value)


def check_spells(expected_count: float) -> None:
    """Refuse a draw that would hold more closures than memory should be asked for.

    Parameters
    ----------
    expected_count
        Closures to expect over all futures: futures x days x closures a day.

    Raises
    ------
    DataError
        Says how many would be drawn, and what to ask less of.
    """
    if not expected_count <= MOST_SPELLS:
        text = (
            f"about {expected_count:,.0f} closures would be drawn, and at most {MOST_SPELLS:,} fit "
            "in memory: ask for fewer futures, fewer days or closures that come less often"
        )
        raise DataError("the question", [Fault("paths", text)])
