"""Options that several commands share, and how they become a question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from karwan.base.errors import DataError, UnknownNameError

if TYPE_CHECKING:
    from karwan.analysis.planner import Planner
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network, Place


T = TypeVar("T")


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"


class State(StrEnum):
    """State of the world a question is asked in."""

    last_known = "last-known"
    all_open = "all-open"


class Mode(StrEnum):
    """Modes a route may use."""

    road = "road"
    rail = "rail"
    any = "any"


_PLACE_HELP = "Place by id, name, other spelling or UN/LOCODE."
Origin = Annotated[str, typer.Argument(metavar="ORIGIN", help=_PLACE_HELP, show_default=False)]
Destination = Annotated[
    str, typer.Argument(metavar="DESTINATION", help=_PLACE_HELP, show_default=False)
]
Cargo = Annotated[
    str,
    typer.Option(
        "--cargo",
        help="Cargo or its class: general, bulk, fresh, fuel, parts, relief, or a commodity.",
    ),
]
UnitName = Annotated[
    str,
    typer.Option(
        "--unit", help="truck, 20ft, 40ft or wagon. A 40 ft box travels by road as a trailer."
    ),
]
Tonnes = Annotated[
    float | None, typer.Option("--tonnes", help="Tonnes shipped. Default: what one unit carries.")
]
Value = Annotated[
    float | None,
    typer.Option(
        "--value", help="Value of the cargo in USD. Default: tonnes at its typical price."
    ),
]
Carrier = Annotated[
    str | None,
    typer.Option("--carrier", help="Carrier's country, two letters. Default: the origin's."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Date whose knowledge is used, YYYY-MM-DD. Default: today."),
]
Close = Annotated[
    list[str] | None,
    typer.Option(
        "--close",
        help="Shut a crossing, line or link, or all crossings of a place. May be repeated.",
    ),
]
Open = Annotated[
    list[str] | None,
    typer.Option(
        "--open", help="Open one that is shut, whatever the record says. May be repeated."
    ),
]
With = Annotated[
    list[str] | None,
    typer.Option("--with", help="Switch on a project that is not built. May be repeated."),
]
StateOption = Annotated[
    State, typer.Option("--state", help="As last known, or with all gates open.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
Tables = Annotated[
    Path | None,
    typer.Option(
        "--tables", help="Folder of your own tables, which replace those of the same name."
    ),
]


def parse_date(text: str | None, name: str = "--as-of") -> dt.date:
    """Return the date of an option, or today; the command line alone reads the clock."""
    if text is None:
        return dt.datetime.now(dt.UTC).date()
    fault = f"{name} {text}: not a date like 2026-10-04"
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as error:
        raise DataError("the question", [fault]) from error
    if found.isoformat() != text:  # a week or a date without hyphens, which Python reads too
        raise DataError("the question", [fault])
    return found


def find_ends(network: Network, origin: str, destination: str) -> tuple[Place, Place]:
    """Return both ends, or one error that names what is wrong with either."""
    found: list[Place] = []
    faults: list[str] = []
    for name in (origin, destination):
        try:
            found.append(network.place(name))
        except UnknownNameError as error:
            faults.append(str(error))
    if faults:
        raise DataError("the question", faults)
    if found[0].id == found[1].id:
        raise DataError("the question", [f"origin and destination are both {found[0].name}"])
    return found[0], found[1]


Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        help="Folder with closures of your own (see `karwan evidence`).",
        show_default=False,
    ),
]


def make_planner(
    catalog: Catalog,
    origin: str,
    destination: str,
    *,
    as_of: str | None,
    carrier: str | None,
    cargo: str,
    unit: str,
    tonnes: float | None,
    value: float | None,
    close: list[str] | None,
    open_: list[str] | None,
    projects: list[str] | None,
    also: Callable[[Network], object] | None = None,
) -> tuple[Planner, Place, Place]:
    """Return a planner and both ends; all faults of the question in one error.

    Parameters
    ----------
    also
        Looks up further names, so that their faults come in the same error.
    """
    from karwan.analysis.planner import Planner
    from karwan.analysis.world import open_world
    from karwan.network.build import build_network
    from karwan.network.vehicles import make_consignment

    network = build_network(catalog)
    faults: list[str] = []
    ends = _try(lambda: find_ends(network, origin, destination), faults)
    home = carrier or (ends[0].country if ends else "KZ")
    consignment = _try(
        lambda: make_consignment(
            catalog,
            carrier=home,
            countries=network.countries,
            unit=unit,
            cargo=cargo,
            tonnes=tonnes,
            value_usd=value,
        ),
        faults,
    )
    date = _try(lambda: parse_date(as_of), faults)
    world = _try(
        lambda: open_world(
            catalog,
            date or dt.date.max,
            close=close or (),
            open_=open_ or (),
            projects=projects or (),
            network=network,
        ),
        faults,
    )
    if also is not None:
        _try(lambda: also(network), faults)
    if faults or ends is None or consignment is None or world is None:
        raise DataError("the question", faults)
    return Planner(world, consignment), ends[0], ends[1]


def _try(make: Callable[[], T], faults: list[str]) -> T | None:
    """Return what `make` returns; collect the faults of a bad question instead of raising."""
    try:
        return make()
    except DataError as error:
        faults.extend(error.faults)
    return None
