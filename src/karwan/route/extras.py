"""What scenarios add to elements: ticks and measures, checked before they run in lanes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.route.arcgraph import MOST_MEASURE, Longs
from karwan.route.arrays import Rule, read_figures, read_flags, read_whole
from karwan.route.condense import Condensed
from karwan.route.sweeps import SHUT

MOST_TICKS = 2**62


def check_ticks(condensed: Condensed, given: Longs) -> Longs:
    """Return extra ticks by scenario and element, once they are known to be some.

    Raises
    ------
    DataError
        If the shape does not fit, or an extra is no whole number, below 0 and not `SHUT`, or more
        than a key holds.
    """
    most_ticks = condensed.bits.most_ticks
    rule = Rule(
        name="extra_ticks",
        noun="extra ticks",
        axes=("scenario", "element"),
        shape=(None, condensed.element_count),
    )
    extra, faults = read_whole(given, rule)
    low, high = int(extra.min(initial=0)), int(extra.max(initial=0))
    if not faults and (low < SHUT or high > most_ticks):
        row, element = np.argwhere((extra < SHUT) | (extra > most_ticks))[0].tolist()
        why = (
            f"a key holds {most_ticks:,} at most; shut it with {SHUT}, or ask for fewer "
            "units or a coarser tick"
            if extra[row, element] > 0
            else "an element can be shut or dearer, never cheaper than when open"
        )
        worth = extra[row, element]
        faults.append(f"scenario {row}, element {element}: {worth} extra ticks; {why}")
    if faults:
        raise DataError("the scenarios", faults)
    return extra


def check_measures(condensed: Condensed, extra: Longs, given: Longs | None) -> Longs:
    """Return extra measures, one row for all scenarios where none are given.

    Raises
    ------
    DataError
        If they do not fit the extra ticks, or their sums might pass 64 bits.
    """
    if given is None:
        return np.zeros((1, extra.shape[1], 3), dtype=np.int64)
    rule = Rule(
        name="extra_measures",
        noun="an extra measure",
        axes=("scenario", "element", "measure"),
        shape=(*extra.shape, 3),
    )
    more, faults = read_whole(given, rule)
    largest = max(int(more.max(initial=0)), -int(more.min(initial=0)))
    arcs = condensed.arc_element.size
    if not faults and largest * arcs >= MOST_MEASURE:
        faults.append(
            f"extra measures of up to {largest:,} on {arcs:,} arcs of elements may add up to "
            f"more than the {MOST_MEASURE:,} that a sum holds"
        )
    if faults:
        raise DataError("the scenarios", faults)
    return more


def extra_ticks(
    shut: npt.NDArray[np.bool_],
    delay_hours: npt.NDArray[np.float64],
    *,
    value_of_time_usd_per_hour: float,
    ticks_per_usd: int,
) -> Longs:
    """Return what elements add to the weight: `SHUT`, or the value of their delay.

    Parameters
    ----------
    shut, delay_hours
        Shape (n_scenarios, n_elements).

    Raises
    ------
    DataError
        If the shapes differ; if a delay, the value of time or the ticks are negative, endless or
        not numbers; if a delay is worth more ticks than 62 bits hold.
    """
    axes = ("scenario", "element")
    flags, faults = read_flags(
        shut, Rule(name="shut", noun="a flag", axes=axes, shape=(None, None))
    )
    hours, more = read_figures(
        delay_hours,
        Rule(name="delay_hours", noun="a delay", axes=axes, shape=flags.shape, least=0),
    )
    rates = np.array([value_of_time_usd_per_hour, ticks_per_usd], dtype=np.float64)
    if not (np.isfinite(rates) & (rates >= 0)).all():
        more.append(
            f"an hour is worth {value_of_time_usd_per_hour} USD and a USD {ticks_per_usd} ticks; "
            "both must be 0 or more"
        )
    if faults or more:
        raise DataError("the scenarios", [*faults, *more])
    with np.errstate(over="ignore"):
        added = np.rint(hours * (value_of_time_usd_per_hour * ticks_per_usd))
    if not added.max(initial=0) < MOST_TICKS:
        row, element = np.argwhere(~(added < MOST_TICKS))[0].tolist()
        msg = (
            f"scenario {row}, element {element}: a delay of {hours[row, element]:g} h is worth "
            f"{MOST_TICKS:,} ticks or more"
        )
        raise DataError("the scenarios", [msg])
    return np.where(flags, np.int64(SHUT), added.astype(np.int64))
