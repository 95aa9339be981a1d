"""Names a reader knows, for what tables and models call by ids: figures, frontiers, durations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from karwan.base.days import MONTHS
from karwan.base.provenance import read_date
from karwan.report.content import country_name
from karwan.route.charges import KINDS
from karwan.route.spreads import MODES
from karwan.route.tcd import DefaultUse, Journey
from karwan.words.speech import BY_ENGLISH, label_word, own_word, phrase, say

if TYPE_CHECKING:
    from karwan.data.region import Region
    from karwan.network.network import Network
    from karwan.route.readings import Drawn
    from karwan.words.speech import Names

_DEFAULTS = {
    "border-cost": phrase("border fees, {place}"),
    "border-hours": phrase("border hours, {place}"),
    "gauge_break_hours": phrase("hours of the change of gauge, {place}"),
    "terminal_queue_hours": phrase("waiting at the terminal, {place}"),
    "terminal_handling_hours": phrase("handling at the terminal, {place}"),
    "transfer_usd_per_container": phrase("cost of the transfer, {place}"),
    "port_queue_hours": phrase("waiting in port, {place}"),
    "port_usd_per_container": phrase("handling cost in port, {place}"),
    "vehicle_swap_hours": phrase("hours to change trucks, {place}"),
    "transfer_post": phrase("transfer post, {place}"),
    "block_train_border": phrase("block train border, {place}"),
    "port_stay": phrase("port stay, {place}"),
    "parameter:sea_usd_per_teu_km": phrase("sea freight rate"),
    "parameter:new_rail_speed_kmh": phrase("speed on railways not yet built"),
}
_RATE = re.compile(r"parameter:([a-z]{2})_(rail|road)_usd_per_tkm")
_SIDE = re.compile(r"\b(leaving|entering) ([A-Z]{2})\b")
_RATES = {kind.name: kind.rate_name for kind in KINDS if kind.rate_name}
_LAYERS = {
    "rail1520": "rail (1,520 mm)",
    "rail1435": "rail (1,435 mm)",
    "rail1676": "rail (1,676 mm)",
}
_DAYS_OF_MONTHS, _DAYS_OF_YEARS, _DAYS_OF_DECADES = 60, 730, 3650
_YEAR_DAYS = 365.25
_MONTH_DAYS = _YEAR_DAYS / 12
_CODE_LETTERS = 2


def default_name(use: DefaultUse, region: Region) -> str:
    """Return a default's name in words."""
    kind, _, rest = use.id.partition(":")
    subject = use.what.partition(":")[0]
    if kind == "rate":
        code, _, mode = rest.partition(":")
        return _rate_name(mode, code, region)
    rate = _RATE.match(use.id)
    if rate is not None:
        return _rate_name(rate[2], rate[1].upper(), region)
    known = _DEFAULTS.get(use.id) or _DEFAULTS.get(kind)
    if known is None and kind != "parameter" and rest:
        return _sides(f"{kind.replace('_', ' ')}, {subject}", region)
    name = (
        say(known, place=own_word(subject))
        if known
        else use.id.replace("_", " ").replace(":", ", ")
    )
    return _sides(name, region)


def _rate_name(mode: str, code: str, region: Region) -> str:
    return say(
        "{mode} freight rate, {country}", mode=label_word(mode), country=country_name(code, region)
    )


def _sides(name: str, region: Region) -> str:
    """Return words with the sides of frontiers named."""

    def told(side: re.Match[str]) -> str:
        country = country_name(side[2], region)
        if side[1] == "leaving":
            return say("leaving {country}", country=country)
        return say("entering {country}", country=country)

    return _SIDE.sub(told, name)


def drawn_name(figure: Drawn, uses: Mapping[str, DefaultUse], region: Region) -> str:
    """Return the name of a figure whose draws make an order."""
    if figure.unit == "USD":
        return figure_name(figure.what, uses, region, figure.default_id)
    if figure.unit == "ratio":
        return figure.what
    mode, _, country = figure.what.partition(" ")
    if mode in MODES and len(country) <= _CODE_LETTERS:
        word = label_word(mode)
        where = f"{word}, {country_name(country, region)}" if country else word
        return say("hours on the way by {where}", where=where)
    return say("mean hours at {place}", place=own_word(figure.what))


def figure_name(
    what: str, uses: Mapping[str, DefaultUse], region: Region, default_id: str = ""
) -> str:
    """Return the name of a rate, fee or default.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.data.region import read_region
    >>> region = read_region(Catalog())
    >>> figure_name("road haul, KG", {}, region)
    'road freight rate, Kyrgyzstan'
    >>> figure_name("handling, Almaty: road to rail1520", {}, region)
    'handling, Almaty: road to rail (1,520 mm)'
    """
    if default_id in uses:
        return default_name(uses[default_id], region)
    kind, _, rest = what.partition(", ")
    if kind in _RATES:
        return f"{_RATES[kind]}, {region.country(rest)}" if rest else _RATES[kind]
    return plain_layers(what)


def plain_layers(words: str) -> str:
    """Return words with the layers of the network named."""
    for layer, name in _LAYERS.items():
        words = words.replace(layer, name)
    return words


def uses_of(*found: Journey) -> dict[str, DefaultUse]:
    """Return the defaults of journeys by id."""
    return {use.id: use for journey in found for use in journey.defaults}


def frontier(group: str, region: Region) -> str:
    """Return the name of a frontier group, or of a group of lines.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> from karwan.data.region import read_region
    >>> region = read_region(Catalog())
    >>> tuple(frontier(name, region) for name in ("AF-PK", "TM", "line-AF", "line-PK-KKH"))
    ('Afghanistan–Pakistan', 'gates of Turkmenistan', 'roads of Afghanistan', 'the Karakoram Highway, Pakistan')
    """
    kind, _, rest = group.partition("-")
    if kind == "line":
        return region.line_names.get(rest, f"roads of {region.country(rest)}")
    return (
        "\N{EN DASH}".join(region.country(code) for code in (kind, rest))
        if rest
        else f"gates of {region.country(kind)}"
    )


def lasting(days: float | None) -> str:
    r"""Return a duration in the unit that suits it.

    Examples
    --------
    >>> [lasting(days).replace("\xa0", " ") for days in (29, 657, 6336, None)]
    ['29 days', '22 months', 'over 10 years', 'over a century']
    """
    if days is None:
        return "over a century"
    if days < _DAYS_OF_MONTHS:
        return f"{days:,.0f}\xa0days"
    if days < _DAYS_OF_YEARS:
        return f"{days / _MONTH_DAYS:,.0f}\xa0months"
    return f"{days / _YEAR_DAYS:,.0f}\xa0years" if days < _DAYS_OF_DECADES else "over 10\xa0years"


def dated(text: str | None) -> str:
    r"""Return the date of a source in words, as exactly as it is known.

    Examples
    --------
    >>> dated("2026-02-05").replace("\xa0", " "), dated("2026-02").replace("\xa0", " "), dated("2024")
    ('5 February 2026', 'February 2026', '2024')
    """
    found = read_date(text)
    if found is None:
        return text or "undated"
    told = re.match(r"\d{4}(-\d{2})?(-\d{2})?", (text or "").strip())
    words = [str(found.day)] if told and told[2] else []
    words += [MONTHS[found.month - 1]] if told and told[1] else []
    return "\xa0".join([*words, str(found.year)])


def by_english(
    network: Network, names: Names, countries: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """Return names of a language by what English calls the same; none where two things share one.

    Tables of the engine name things in English; so a door finds what its language calls them.

    Parameters
    ----------
    countries
        Names of countries in English, by code.
    """
    told = [
        *((one.name, names.get(("place", one.id))) for one in network.places.values()),
        *((one.name, names.get(("element", one.id))) for one in network.elements.values()),
        *((one.name, names.get(("corridor", one.id))) for one in network.corridors.values()),
        *((name, names.get(("country", code))) for code, name in countries.items()),
    ]
    own: dict[str, set[str | None]] = {}
    for english, name in told:
        own.setdefault(english, set()).add(name)
    return {
        (BY_ENGLISH, english): name
        for english, shared in own.items()
        for name in shared
        if name is not None and len(shared) == 1
    }
