"""The page of ten reference answers, leg by leg, beside published figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karwan.analysis.corridors.alternatives import RouteSearch
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.routing import MODE_SETS, by_clock, find_routes, follow_corridor
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.data.rows.costs import ObservedPriceRow, ObservedRunRow
from karwan.network.vehicles import make_consignment
from karwan.route.clock import Clock

if TYPE_CHECKING:
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.world.world import World


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A question, published figures of the same or a part of it, and what explains the misfit.

    Attributes
    ----------
    beside
        Ids of published runs and prices.
    """

    origin: str
    destination: str
    how: str
    corridor: str = ""
    via: tuple[str, ...] = ()
    mode: str = "any"
    unit: str = "truck"
    clock: Clock = Clock.door
    state: State = State.last_known
    beside: tuple[str, ...] = ()
    misfit: str = field(default="")


REFERENCES = (
    Reference(
        origin="almaty", destination="karachi", how="by Torugart and Khunjerab",
        corridor="kkcp-road-torugart", beside=("N112", "N205"),
        misfit="The published runs cover the southern part alone, from Kashgar. The later fits its "
        "legs with the law's share; the earlier was under escort, with stops and ceremonies. Of "
        "the hours at Torugart and Khunjerab most is customs and transfer behind the frontier, of "
        "which no published figure was found: an estimate of 24 h (6-72) each.",
    ),
    Reference(
        origin="almaty", destination="karachi", how="by Sarakhs and Taftan",
        corridor="iran-road-taftan", beside=("N122",),
        misfit="The published run makes 22 km an hour as a whole, this answer 15. Here a third of "
        "the hours are at four frontiers, two of which rest on defaults; the run passed two.",
    ),
    Reference(
        origin="almaty", destination="karachi", how="by Hairatan and Torkham, gates open",
        corridor="kuap-road-torkham", state=State.all_open,
        beside=("R002", "R003", "R004", "N141"),
        misfit="First runs: the clock of two of them stops at Torkham, before its 72 hours into "
        "Pakistan, which are of few samples. The third took seven days northbound, where legs "
        "and nodes southbound sum to about nine. Kabul to Karachi in three days is a claim.",
    ),
    Reference(
        origin="karachi", destination="kabul", how="by Torkham, gate open", via=("torkham-road",),
        state=State.all_open, beside=("N121", "N120", "R016", "R017"),
        misfit="Customs' mean of five days to Torkham in regular traffic lies near the sum of the "
        "legs there and the gate, 122 h; the mean of 27 days was a queue after closures, which is "
        "no matter of this law. Prices asked of a 20 and a 40 ft box enclose the truck's.",
    ),
    Reference(
        origin="xian", destination="tashkent", how="by block train, station to station",
        mode="rail", unit="40ft", clock=Clock.station, beside=("N105",),
        misfit="The published train was called a record, on a presidents' visit: it lies near the "
        "lower end of the band. The block train's 24 h (12-60) at Khorgos hold a Kazakh side of "
        "which no mean is published.",
    ),
    Reference(
        origin="bandar-abbas", destination="tashkent", how="by rail", mode="rail", unit="40ft",
        misfit="No published run was found. The stay of imports in the port before the rail is not "
        "in it: a journey that begins in the town has no port stay.",
    ),
    Reference(
        origin="karachi", destination="jebel-ali", how="by sea", unit="20ft",
        misfit="No published run was found. Hours at sea are by 20 km an hour (12-26), from "
        "timetables; the stay of an export in Karachi is half that of an import, an estimate. The "
        "fare has no tariff behind it.",
    ),
    Reference(
        origin="chabahar", destination="kabul", how="the best way", beside=("N114",),
        misfit="The published ten days run from a ship in port to trucks received in Zaranj; the "
        "discharge and packing of 15,000 t count. The answer begins in the town: no port stay.",
    ),
    Reference(
        origin="kashgar", destination="gwadar", how="by Khunjerab", unit="40ft",
        beside=("N205", "N112"),
        misfit="The later run fits the mean. The first of 2016, under escort with stops and "
        "ceremonies, lies within the band: the late side of ordinary trade.",
    ),
    Reference(
        origin="kabul", destination="bandar-abbas", how="the best way", beside=("P-N147",),
        misfit="No run was found. The price beside it is of the way between Herat and Bandar "
        "Abbas: it lies within the band of this longer one.",
    ),
)  # fmt: skip


def answers_page(world: World) -> str:
    """Return the page, in Markdown."""
    lines = [
        "# Ten reference answers",
        "",
        "Leg by leg beside what was published of the same way or a part of it, as of "
        f"{world.as_of}: written anew by `make docs` from the tables. Hours are means from door to "
        "door and for a journey that meets no closure, with nine in ten; USD of 2023 with P05 and "
        "P95; legs are from door to door by every clock. An asterisk marks a default. Published "
        "runs and prices are rows of `observed_runs` and `observed_prices`; which of them the law "
        "of hours is fitted to stands in [calibration](calibration.md).",
    ]
    published = _published(world)
    for number, one in enumerate(REFERENCES, 1):
        lines += ["", *_section(world, number, one, published)]
    return "\n".join(lines) + "\n"


def _section(
    world: World, number: int, one: Reference, published: Mapping[str, str]
) -> Iterator[str]:
    answer = _answer(world, one)
    journey = answer.journeys[0]
    timing = answer.timings[0] if answer.timings else journey.timing
    spread = timing.reliability
    low, usd, high = journey.usd.ends
    yield f"## {number}. {answer.origin.name} to {answer.destination.name}, {one.how}"
    yield ""
    yield (
        f"{journey.distance_km:,.0f} km, {timing.hours.value:,.0f} h ({spread.p05_hours:,.0f}-"
        f"{spread.p95_hours:,.0f}), {usd:,.0f} USD ({low:,.0f}-{high:,.0f}); {one.unit}, "
        f"clock {one.clock.value}."
    )
    yield ""
    yield "| leg or node | km | h | USD | grade |"
    yield "| --- | --- | --- | --- | --- |"
    for row in journey.rows:
        mark = "*" if row.rests_on_default else ""
        figures = f"{row.km:,.0f} | {row.hours:,.1f} | {row.usd:,.0f}"
        yield f"| {row.label} | {figures} | {row.grade}{mark} |"
    yield ""
    yield from (f"- {published[name]}" for name in one.beside)
    yield from [""] if one.beside else []
    yield one.misfit


def _answer(world: World, one: Reference) -> RouteAnswer:
    network = world.network
    origin, destination = network.place(one.origin), network.place(one.destination)
    load = make_consignment(
        world.catalog, carrier=origin.country, countries=network.countries, unit=one.unit
    )
    planner = Planner(world=world, consignment=load)
    if one.corridor:
        found = follow_corridor(planner, one.corridor, origin, destination, state=one.state)
        return by_clock(planner, found, one.clock)
    scope = Scope(state=one.state, modes=MODE_SETS[one.mode])
    via = tuple(network.resolve_passed(name) for name in one.via)
    return by_clock(
        planner, find_routes(planner, RouteSearch(origin, destination, scope, via)), one.clock
    )


def _published(world: World) -> dict[str, str]:
    """Return what every published run and price says, by id."""
    runs = {
        row.id: f"{row.origin} to {row.destination}"
        + (f" by {', '.join((row.via or '').split(';'))}" if row.via else "")
        + f": {row.run_hours:,.0f} h, {row.kind}, {row.year or 'no year'} "
        f"([{row.id}]({row.source_url}))"
        for row in world.catalog.rows(ObservedRunRow)
        if row.run_hours is not None
    }
    prices = _prices(world.catalog.rows(ObservedPriceRow))
    return prices | {name.removeprefix("P-"): text for name, text in prices.items()} | runs


def _prices(rows: Sequence[ObservedPriceRow]) -> dict[str, str]:
    return {
        row.id: f"{row.origin_id} to {row.destination_id}, {row.unit_id}: {row.price_usd:,.0f} USD "
        f"asked on {row.asked_on} ([{row.id}]({row.source_url}))"
        for row in rows
    }
