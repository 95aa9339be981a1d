"""A file of consignments, under way or planned, as a spreadsheet saves it.

A row says where a consignment is on which day, where it goes and what it is worth. What is wrong
with any cell is told with all the rest, by row and column as the spreadsheet shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

from karwan.analysis.world.question import Asked, Shipment, Ways, ask
from karwan.analysis.world.travel import Timing
from karwan.base.delimited import read_delimited
from karwan.base.errors import DataError, Fault, nearest
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from karwan.analysis.world.question import Premises
    from karwan.analysis.world.world import World

COLUMNS = {
    "consignment": "What you call it; no two alike. Blank: its row.",
    "at": "Place where it is, or from which it will leave: id, name in any script or UN/LOCODE.",
    "on": "Day on which it is there, YYYY-MM-DD. Blank: the as-of date.",
    "to": "Place to which it goes.",
    "via": "Places and crossings that it must pass, in order, with ; between. Blank: the best way.",
    "value_usd": "What it is worth, in USD.",
    "unit": "truck, 20ft, 40ft or wagon. Blank: truck.",
    "cargo": "Cargo or its class, as `karwan route` takes it. Blank: general.",
    "tonnes": "Tonnes. Blank: what one unit carries.",
    "carrier": "Carrier's country. Blank: that of the place where it is.",
    "deadline": "Last day of arrival, YYYY-MM-DD, or days from the departure. Blank: none.",
}
"""Columns of the file, each with its meaning; of them `NEEDED` may not be blank."""
NEEDED = ("at", "to", "value_usd")
NUMBERS = ("value_usd", "tonnes")
MOST_CONSIGNMENTS = 500
"""More is no portfolio that one asks about at a time; each is run on every future."""
COLUMN_OF = {
    "origin": "at", "destination": "to", "depart": "on",
}  # fmt: skip
"""Columns by the keys that faults of a question have, where they differ."""
MOST_AHEAD_DAYS = 364
"""Further ahead than a year no record foretells, and futures would be others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A consignment of a file, with its question.

    Attributes
    ----------
    row
        Of the spreadsheet; the header is row 1.
    """

    row: int
    name: str
    asked: Asked


def template_text() -> str:
    """Return a file of consignments to be overwritten: the columns and a few rows.

    Examples
    --------
    >>> print(template_text().splitlines()[0])
    consignment,at,on,to,via,value_usd,unit,cargo,tonnes,carrier,deadline
    """
    example = resources.files("karwan.data").joinpath("examples", "consignments.csv")
    return example.read_text(encoding="utf-8")


def read_consignments(
    content: bytes, where: str, world: World, premises: Premises
) -> tuple[Listed, ...]:
    """Return the consignments of a file, each as a question asked of a world.

    Parameters
    ----------
    content
        CSV in UTF-8 with the columns of `COLUMNS`, in any order; what is not needed may be missing.
    where
        What the file is called.

    Raises
    ------
    DataError
        Names every fault of every row, by row and column.
    """
    cells = read_delimited(content, where)
    faults = _columns_at_fault(cells)
    if faults:
        raise DataError(where, faults)
    listed: list[Listed] = []
    rows: dict[str, int] = {}
    for row, given in _rows(cells):
        name = given.get("consignment", f"row {row}")
        wrong = [] if name not in rows else [
            Fault("consignment", f"row {rows[name]} has that name already", name)
        ]  # fmt: skip
        rows.setdefault(name, row)
        asked = _ask(world, premises, given, wrong)
        faults += [_placed(row, fault) for fault in wrong]
        if asked is not None:
            listed.append(Listed(row=row, name=name, asked=asked))
    if faults:
        raise DataError(where, faults)
    return tuple(listed)


def _columns_at_fault(cells: pl.DataFrame) -> list[Fault]:
    """Return what is wrong with a table as a whole."""
    names = [name.strip() for name in cells.columns]
    faults = []
    for name in names:
        if name not in COLUMNS:
            near = nearest(name, COLUMNS)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(COLUMNS)}"
            faults.append(Fault("", f"row 1: no column {name!r}; {hint}"))
    faults += [
        Fault("", f"row 1: column {name!r} is missing: {COLUMNS[name]}")
        for name in NEEDED
        if name not in names
    ]
    if not 0 < cells.height <= MOST_CONSIGNMENTS:
        count = f"{cells.height:,} rows of consignments; give 1 to {MOST_CONSIGNMENTS}"
        faults.append(Fault("", count))
    return faults


def _rows(cells: pl.DataFrame) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows that hold anything with their numbers; blank cells are left out."""
    names = [name.strip() for name in cells.columns]
    for k, values in enumerate(cells.iter_rows()):
        given = {
            name: cell.strip()
            for name, cell in zip(names, values, strict=True)
            if cell is not None and cell.strip()
        }
        if given:
            yield k + 2, given


def _ask(
    world: World, premises: Premises, given: Mapping[str, str], wrong: list[Fault]
) -> Asked | None:
    """Return the question of a row; collect what is wrong with it under the keys of a question."""
    wrong += [Fault(name, "is blank") for name in NEEDED if name not in given]
    numbers = {name: _number(name, given, wrong) for name in NUMBERS}
    missing = {name for name in ("at", "to") if name not in given}
    via = tuple(one.strip() for one in given.get("via", "").split(";") if one.strip())
    try:
        asked = ask(
            world.catalog,
            (given.get("at", ""), given.get("to", "")),
            replace(
                premises, timing=Timing(depart=given.get("on"), deadline=given.get("deadline"))
            ),
            shipment=Shipment(
                unit=given.get("unit", DEFAULT_UNIT),
                cargo=given.get("cargo", DEFAULT_CARGO),
                tonnes=numbers["tonnes"],
                value_usd=numbers["value_usd"],
                carrier=given.get("carrier"),
            ),
            ways=Ways(via=via),
            world=world,
        )
    except DataError as error:
        known = (fault for fault in error.faults if COLUMN_OF.get(fault.key) not in missing)
        wrong += known
        return None
    depart = asked.world.travel.depart
    if depart is not None and (depart - world.as_of).days > MOST_AHEAD_DAYS:
        text = f"more than {MOST_AHEAD_DAYS} days after {world.as_of}: no record foretells so far"
        wrong.append(Fault("depart", text, str(depart)))
    return asked


def _number(name: str, given: Mapping[str, str], wrong: list[Fault]) -> float | None:
    """Return a cell as a number; None where it is blank or none."""
    if name not in given:
        return None
    try:
        return float(given[name])
    except ValueError:
        wrong.append(Fault(name, "not a number; no spaces, signs of money or decimal commas",
                           repr(given[name])))  # fmt: skip
        return None


def _placed(row: int, fault: Fault) -> Fault:
    """Return a fault of a question with its row and column."""
    column = COLUMN_OF.get(fault.key, fault.key)
    where = " ".join(part for part in (f"row {row}, column {column}", fault.given) if part)
    return Fault("", f"{where}: {fault.text}")
