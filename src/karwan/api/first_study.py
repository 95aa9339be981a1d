"""A first study of a land that was imported: its ways between two places as corridors.

A corridor is a question, not a fact: the ways are those that the program finds, as rows say.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.errors import NoRouteError
from karwan.base.store import write_text
from karwan.base.telling import csv_text

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.route.tcd import Journey

MOST_WAYS = 6
MODES = ("road", "rail")
STUDY = "study.toml"


def write_first_study(folder: Path, ends: tuple[str, str], as_of: dt.date) -> list[str]:
    """Write corridors and a study of two places into the folder of a land; return their ids.

    Raises
    ------
    UnknownNameError
        If the land has no such place.
    NoRouteError
        If no way between them passes a crossing.
    """
    from karwan.api.region import region

    land = region(as_of=as_of, tables=folder)
    network = land.world.network
    origin, destination = (network.place(name) for name in ends)
    ways: dict[tuple[str, ...], Journey] = {}
    for mode in MODES:
        answer = land.route(origin.id, destination.id, mode=mode, alternatives=MOST_WAYS)
        for journey in answer.content.journeys:
            if journey.crossings:
                ways.setdefault(journey.crossings, journey)
    if not ways:
        msg = f"No way from {origin.name} to {destination.name} passes a crossing."
        raise NoRouteError(msg)
    path = folder / "corridors.csv"
    names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    rows = [
        _row(f"way-{number}", journey, network, (origin.id, destination.id), as_of)
        for number, journey in enumerate(ways.values(), 1)
    ]
    write_text(path, csv_text(names, [[row.get(name, "") for name in names] for row in rows]))
    write_text(folder / STUDY, _study(origin.name, destination.name, origin.id, destination.id,
                                      as_of))  # fmt: skip
    return [str(row["corridor_id"]) for row in rows]


def _row(
    ident: str, journey: Journey, network: Network, ends: tuple[str, str], as_of: dt.date
) -> dict[str, object]:
    """Return a way as a row of the table of corridors."""
    modes = [mode for mode in journey.modes if mode in (*MODES, "sea")]
    gates = " and ".join(network.crossings[name].name for name in journey.crossings)
    passed = [f"{name}{_direction(name, journey, network)}" for name in journey.crossings]
    return {
        "corridor_id": ident,
        "family": "-".join(journey.countries),
        "variant": f"by {' and '.join(modes)} over {gates}",
        "role": "named",
        "od_example": ">".join(ends),
        "sequence": ";".join((ends[0], *passed, ends[1])),
        "modes": ";".join(modes),
        "km_check_km": round(journey.distance_km, 1),
        "gauge_break_count": 0,
        "description": "a way that the program found on the imported network",
        "source_url": "derived:network",
        "source_date": as_of.isoformat(),
        "confidence": "C",
    }


def _direction(name: str, journey: Journey, network: Network) -> str:
    """Return in which direction a crossing is passed: `>` from its side a, `<` from its side b."""
    gate, places = network.crossings[name], list(journey.places)
    return ">" if places.index(gate.side_a) < places.index(gate.side_b) else "<"


def _study(origin: str, destination: str, start: str, end: str, as_of: dt.date) -> str:
    """Return the text of a study file; JSON's strings are TOML's too."""
    title = json.dumps(f"{origin} to {destination}", ensure_ascii=False)
    return (
        "# Made by the import. Run it: karwan study run study.toml\n"
        f'name = "first"\ntitle = {title}\nas_of = {as_of.isoformat()}\n'
        f'origins = ["{start}"]\ndestinations = ["{end}"]\ntables = "."\n'
    )
