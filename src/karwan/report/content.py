"""What the page says: phrases and rows, generated from a study's result.

Nothing here knows a conclusion in advance. Each sentence is put together from what the study
found, so that it stays right when the study changes: statements keep their date and source, and
what was last known is never written as current.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from karwan.analysis.corridors.comparison import Comparison, CorridorAnswer, Status
from karwan.analysis.corridors.ranking import extra_usd
from karwan.analysis.world.state import State
from karwan.base.bands import Band
from karwan.base.units import HOURS_PER_DAY
from karwan.words.speech import label_word, named, say, say_day, say_listed, say_number

if TYPE_CHECKING:
    from karwan.data.region import Region
    from karwan.network.nouns import Corridor, Place
    from karwan.route.tcd import Journey

CONTEXT, OUTSIDE = "context", "outside"
STATES = {State.last_known: "as last known", State.all_open: "with all gates open"}


@dataclass(frozen=True, slots=True)
class Group:
    """Corridors shown under one heading."""

    title: str
    answers: tuple[CorridorAnswer, ...]


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands marked and a true minus sign.

    Examples
    --------
    >>> number(6277.06), number(-0.2)
    ('6,277', '0')
    """
    return say_number(value, digits)


def small_number(value: float, digits: int) -> str:
    """Return a number of which a little is not nothing.

    Examples
    --------
    >>> small_number(0.001, 2), small_number(0.0, 2), small_number(2.031, 2)
    ('under 0.01', '0.00', '2.03')
    """
    least = 10.0**-digits
    if 0 < value < least / 2:
        return say("under {least}", least=number(least, digits))
    return number(value, digits)


def three_digits(value: float) -> str:
    """Return a number with as many digits as say something: three, or all of a whole number.

    Examples
    --------
    >>> three_digits(497.925), three_digits(68.333), three_digits(0.33546), three_digits(0.0)
    ('498', '68.3', '0.335', '0')
    >>> three_digits(49000.0), three_digits(0.0042)
    ('49,000', '0.004')
    """
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    text = f"{value:.{max(0, 3 - whole)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return number(value, len(text.partition(".")[2]))


def share_band(share: Band) -> str:
    """Return a share and its band as per cent.

    Examples
    --------
    >>> from karwan.base.bands import Kind
    >>> share_band(Band(0.51, 0.934, 1.0, Kind.draws))
    '93 % (51–100)'
    """
    low, mean, high = (number(100 * part) for part in share.ends)
    return say("{mean} % ({low}–{high})", mean=mean, low=low, high=high)


def signed(value: float) -> str:
    """Return a difference with its sign.

    Examples
    --------
    >>> signed(1234.5), signed(0.1)
    ('+1,234', '0')
    """
    text = number(value)
    return f"+{text}" if value > 0 and text != "0" else text


def day(date: dt.date | None) -> str:
    """Return a date in words, or that it was not found.

    Examples
    --------
    >>> day(dt.date(2025, 10, 2)).split()
    ['2', 'October', '2025']
    """
    return say_day(date)


def sentence(text: str) -> str:
    """Return words with their first letter large and all others as they are.

    Examples
    --------
    >>> sentence("rail freight rate, China")
    'Rail freight rate, China'
    """
    return text[:1].upper() + text[1:]


def journey_days_text(journey: Journey) -> str:
    """Return a journey's mean days, and within what nine journeys of ten stay."""
    spread = journey.reliability
    mean, low, high = (
        number(hours / HOURS_PER_DAY, 1)
        for hours in (journey.hours.value, spread.p05_hours, spread.p95_hours)
    )
    return say(
        "{mean}\xa0days (nine in ten within {low}\N{EN DASH}{high})", mean=mean, low=low, high=high
    )


def money_text(journey: Journey) -> str:
    """Return a journey's central cost and its band."""
    low, central, high = (number(usd) for usd in journey.usd.ends)
    return say("{usd}\xa0USD (band {low}\N{EN DASH}{high})", usd=central, low=low, high=high)


def more_or_less(value: float, unit: str) -> str:
    r"""Return a difference in words.

    Examples
    --------
    >>> more_or_less(-12.0, "h"), more_or_less(0.2, "USD")
    ('12\xa0h less', 'the same USD')
    """
    shown = number(abs(value))
    unit = label_word(unit)
    if shown == "0":
        return say("the same {unit}", unit=unit)
    if value > 0:
        return say("{number}\xa0{unit} more", number=shown, unit=unit)
    return say("{number}\xa0{unit} less", number=shown, unit=unit)


def listed(items: Sequence[str]) -> str:
    """Return items with commas and an `and`."""
    return say_listed(items)


def countries_passed(journey: Journey, region: Region) -> str:
    """Return the countries of a journey in order."""
    return " \N{EN DASH} ".join(country_name(code, region) for code in journey.countries)


def codes(journey: Journey) -> str:
    """Return the codes of the countries of a journey in order."""
    return "\N{EN DASH}".join(journey.countries)


def short_family(family: str) -> str:
    """Return a family's name without the word that groups it."""
    return named("family", family, family.removeprefix("Outside: "))


def label(corridor: Corridor) -> str:
    """Return a corridor's family and variant."""
    return named("corridor", corridor.id, corridor.name)


def place_name(place: Place) -> str:
    """Return the name of a place."""
    return named("place", place.id, place.name)


def country_name(code: str, region: Region) -> str:
    """Return the name of a country."""
    return named("country", code, region.country(code))


def element_name(ident: str, name: str) -> str:
    """Return the name of a crossing, line or project."""
    return named("element", ident, name)


def state_text(state: str) -> str:
    """Return the state that is asked, in words."""
    return say("with all gates open") if state == State.all_open else say("as last known")


def ends_text(origin: Place, destination: Place) -> str:
    """Return the two ends of a journey."""
    return say(
        "{origin} to {destination}",
        origin=place_name(origin),
        destination=place_name(destination),
    )


def journeys(comparison: Comparison) -> Iterator[Journey]:
    """Yield every journey of a comparison's corridors, also those that are cut or not built."""
    for answer in comparison.answers:
        journey = answer.journey or answer.open_journey
        if journey is not None:
            yield journey


def groups(comparison: Comparison) -> list[Group]:
    """Return the corridors that serve the pair and stand, by family; outside options together."""
    by_title: dict[str, list[CorridorAnswer]] = {}
    for answer in comparison.answers:
        if answer.status in (Status.open, Status.cut):
            role = answer.corridor.role
            title = {OUTSIDE: "Outside options", CONTEXT: "Context, not ranked"}.get(
                role, answer.corridor.family
            )
            by_title.setdefault(title, []).append(answer)
    return [Group(title, tuple(answers)) for title, answers in by_title.items()]


def same_route(comparison: Comparison, journey: Journey) -> str:
    """Return the family whose corridor is the journey, or an empty text."""
    for answer in comparison.answers:
        if answer.journey is not None and answer.journey.path.arcs == journey.path.arcs:
            return short_family(answer.corridor.family)
    return ""


def best_name(comparison: Comparison) -> str:
    """Return the family that the best of all ways follows, or the countries it passes."""
    if comparison.best is None:
        return ""
    followed = same_route(comparison, comparison.best)
    return followed or " - ".join(comparison.best.countries)


def best_of_family(comparison: Comparison, family: str) -> CorridorAnswer | str:
    """Return the best corridor of a family that is open, or one word for why there is none."""
    mine = [answer for answer in comparison.answers if answer.corridor.family == family]
    opened = [
        (a.journey.generalized_cost_usd, k) for k, a in enumerate(mine) if a.journey is not None
    ]
    if opened:
        return mine[min(opened)[1]]
    statuses = {answer.status for answer in mine}
    return (
        "cut"
        if Status.cut in statuses
        else "not built"
        if Status.not_built in statuses
        else "\N{EN DASH}"
    )


def cheapest_family(comparison: Comparison) -> str:
    """Return the family of the cheapest open corridor at central values; empty if all are shut."""
    order = comparison.ranking.order_central
    return comparison.answer(order[0]).corridor.family if order else ""


def claimed_range(low: float | None, high: float | None) -> str:
    """Return a claimed range, one figure if its ends are the same, a dash if there is none.

    Examples
    --------
    >>> claimed_range(7000, 7000), claimed_range(None, 4600), claimed_range(None, None)
    ('7,000', '4,600', '–')
    """
    ends = dict.fromkeys(number(end) for end in (low, high) if end is not None)
    return "–".join(ends) or "–"


def without_text(comparison: Comparison) -> str:
    """Return, for a table, what keeping out of the countries also left out adds or saves."""
    best, without = comparison.best, comparison.best_avoiding
    if comparison.has_end_within:
        return "an end lies there"
    if without is None:
        return "no route"
    if best is None or not comparison.also_without & set(best.countries):
        return "same route"
    return f"{signed(without.hours.value - best.hours.value)} h, {signed(without.usd.value - best.usd.value)} USD"


def way_round_text(answer: CorridorAnswer, best: Journey | None) -> str:
    """Return what the best way round costs against a cut corridor, were it open."""
    opened = answer.open_journey or answer.lifted_journey
    if opened is None:
        return say("cut with all gates open too")
    if best is None:
        return say("there is no way round")
    usd = more_or_less(best.usd.value - opened.usd.value, "USD")
    hours = more_or_less(best.hours.value - opened.hours.value, "h")
    told = say(
        "The best way round costs {usd} and takes {hours}; with hours counted, {counted}",
        usd=usd,
        hours=hours,
        counted=counted_text(best, opened),
    )
    if answer.open_journey is not None:
        return told
    return f"{say('Its figures are those with the bar lifted.')} {told}"


def counted_text(journey: Journey, other: Journey) -> str:
    """Return what a journey costs against another with hours counted; its band where a default turns it."""
    band_usd = extra_usd(journey, other)
    text = more_or_less(band_usd.value, "USD")
    if band_usd.has_sign:
        return text
    return say(
        "{text}, by the defaults between {low} and {high}",
        text=text,
        low=signed(band_usd.low),
        high=signed(band_usd.high),
    )


def crossing_names(comparison: Comparison, journey: Journey) -> str:
    """Return the names of the crossings of a journey."""
    crossings = comparison.world.network.crossings
    return listed([element_name(name, crossings[name].name) for name in journey.crossings])


def host(url: str) -> str:
    """Return the site of an address, for a link's text.

    Examples
    --------
    >>> host("https://cpmm.carecprogram.org/?p=139")
    'cpmm.carecprogram.org'
    """
    return "".join(takewhile(lambda letter: letter != "/", url.partition("//")[2])).removeprefix(
        "www."
    )
