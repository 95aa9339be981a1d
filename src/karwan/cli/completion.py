"""What a shell completes: ids and names of places, elements, corridors and countries, and days.

A shell asks at every press of a key, so the tables are read as plain text: no frame, no network and
no world is made.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

import typer

from karwan.base.errors import KarwanError

MOST = 200
"""Candidates handed to the shell; who types another letter sees the rest."""


def places(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of places, with name and country."""
    return _fitting(_places(context), incomplete)


def elements(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of crossings and lines, with their names."""
    return _fitting(_elements(context), incomplete)


def corridors(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of corridors, with family and variant."""
    return _fitting(_corridors(context), incomplete)


def countries(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return codes of countries, with their names."""
    return _fitting(_countries(context), incomplete)


def projects(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of projects, with their names."""
    rows = _rows(context, "projects")
    return _fitting(((row["project_id"], row["name"]) for row in rows), incomplete)


def gates(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of crossings and lines, and their frontiers."""
    rows = _rows(context, "elements")
    fronts = ((row["frontier_group"], "frontier") for row in rows if row["frontier_group"])
    return _fitting([*fronts, *_elements(context)], incomplete)


def families(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the families of corridors that statements are told by."""
    rows = _rows(context, "corridors")
    named = ((row["family"], "") for row in rows if ":" not in row["family"])
    return _fitting(named, incomplete)


def trades(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return pairs of countries for which a target of trade was announced."""
    rows = _rows(context, "trade_targets")
    told = ((row["pair"], f"announced {row['announced_on']}") for row in rows)
    return _fitting(told, incomplete)


def traders(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return codes of three letters of countries that trade, with their names."""
    rows = _rows(context, "countries")
    return _fitting(((row["iso3"], row["name"]) for row in rows), incomplete)


def energy_links(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return lines of power and gas, with what they carry."""
    rows = _rows(context, "energy_links")
    return _fitting(((row["link"], row["carrier"]) for row in rows), incomplete)


def days(incomplete: str) -> list[tuple[str, str]]:
    """Return today and the first days of the months around it: any other day is typed."""
    from karwan.api import today

    now = today()
    months = (divmod(now.year * 12 + now.month - 1 + k, 12) for k in range(-12, 13))
    firsts = (f"{year}-{month + 1:02}-01" for year, month in months)
    return _fitting([(now.isoformat(), "today"), *((day, "") for day in firsts)], incomplete)


def passed(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of all that a route passes: crossings, lines, places."""
    return _fitting([*_elements(context), *_places(context)], incomplete)


def avoided(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of all that a route keeps out of: what it may pass, and countries."""
    each = [*_countries(context), *_elements(context), *_places(context)]
    return _fitting(each, incomplete)


def things(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids of everything that can be shown."""
    each = [*_elements(context), *_corridors(context), *_places(context), *_countries(context)]
    return _fitting(each, incomplete)


def _fitting(each: Iterable[tuple[str, str]], incomplete: str) -> list[tuple[str, str]]:
    """Return what begins as the word typed does, each once: ids, and names of one word.

    A name of several words would need quotes, which not every shell puts.
    """
    fits: dict[str, str] = {}
    for ident, told in each:
        name = told.partition(",")[0].partition(" (")[0]
        if ident.startswith(incomplete):
            fits[ident] = told
        elif incomplete and " " not in name and name.startswith(incomplete):
            fits[name] = ident
    return list(fits.items())[:MOST]


def _places(context: typer.Context) -> Iterator[tuple[str, str]]:
    for table in ("road_nodes", "rail_nodes"):
        for row in _rows(context, table):
            yield row["id"], f"{row['name']}, {row['country']}"


def _elements(context: typer.Context) -> Iterator[tuple[str, str]]:
    for row in _rows(context, "elements"):
        yield row["element_id"], f"{row['name']} ({row['mode']})"


def _corridors(context: typer.Context) -> Iterator[tuple[str, str]]:
    for row in _rows(context, "corridors"):
        yield row["corridor_id"], f"{row['family'].rpartition(': ')[2]}: {row['variant']}"


def _countries(context: typer.Context) -> Iterator[tuple[str, str]]:
    for row in _rows(context, "country_names"):
        yield row["country"], row["name"]


def _rows(context: typer.Context, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as text; none where it cannot be read, since nobody could tell."""
    from karwan.data.catalog import Catalog

    folder = context.params.get("tables")
    try:
        content = Catalog(None if folder is None else Path(folder)).content(table)
        return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    except (KarwanError, OSError, UnicodeError, csv.Error):
        return []
