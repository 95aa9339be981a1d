"""A table of any layout, with a file (TOML) that says what its columns hold and on what terms.

Incidents of such a table stay local, as those that are added with a map of columns do: what they
cover is the user's word. Figures may be passed on where the file says so and names the licence;
sightings and closures have to be, since they become rows of the user's record like all others.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from karwan.base.errors import DataError, Fault, nearest
from karwan.base.outgoing import web_address
from karwan.base.sheets import Filled
from karwan.evidence.feeds.events import events_reading, how_of
from karwan.evidence.feeds.figures import Finds, figures_reading, text_of
from karwan.evidence.feeds.nouns import Becomes, How, Kind, Proposed, Reading, Terms
from karwan.evidence.feeds.tables import Cells, read_csv_cells, refuse_missing
from karwan.evidence.readers import MAPPED, NEEDED, read_incidents
from karwan.evidence.workbook import SEEN, SHUT, evidence_sheets

INCIDENTS, FIGURES = "incidents", "figures"
HOLDS: Mapping[str, tuple[str, ...]] = {
    INCIDENTS: MAPPED,
    FIGURES: ("key", "what", "place", "country", "lat", "lon", "date", "until", "value", "unit",
              "link"),
    **{
        sheet.name: tuple(column.name for column in sheet.columns)
        for sheet in evidence_sheets(())
        if sheet.name in (SEEN, SHUT)
    },
}  # fmt: skip
"""What the columns of a table may hold, by what its rows are."""
NEED: Mapping[str, tuple[str, ...]] = {
    INCIDENTS: NEEDED,
    FIGURES: ("what", "date", "value", "unit"),
    **{
        sheet.name: tuple(column.name for column in sheet.columns if column.needed)
        for sheet in evidence_sheets(())
        if sheet.name in (SEEN, SHUT)
    },
}
SEPARATES_NOTHING = '"\r\n\0'
WORDS = ("rows", "publisher", "licence", "credit", "may_pass_on", "separator", "columns", "given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a mapping file says.

    Attributes
    ----------
    columns
        Column of the table by what it holds.
    given
        What all rows share and the table does not say.
    """

    rows: str
    terms: Terms
    separator: str
    columns: Mapping[str, str]
    given: Mapping[str, str]


def read_mapping(text: str, where: str) -> Said:
    """Return what a mapping file says.

    Raises
    ------
    DataError
        Names every fault of it.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(where, [f"the mapping is no TOML: {error}"]) from error
    faults = [_strange(name, WORDS) for name in told if name not in WORDS]
    rows = str(told.get("rows", ""))
    if rows not in HOLDS:
        faults.append(f"rows is {rows!r}: say one of {', '.join(HOLDS)}")
        raise DataError(where, faults)
    columns, given = (_texts(told, name, faults) for name in ("columns", "given"))
    faults += [
        _strange(name, HOLDS[rows]) for name in (*columns, *given) if name not in HOLDS[rows]
    ]
    faults += [
        f"{name} is needed: name its column under [columns], or what all rows share under [given]"
        for name in NEED[rows]
        if name not in columns and name not in given
    ]
    faults += [f"{name} stands under [columns] and [given]" for name in columns if name in given]
    passes = told.get("may_pass_on", False)
    if not isinstance(passes, bool):
        faults.append(f"may_pass_on is {passes!r}: say true or false")
    elif passes and rows == INCIDENTS:
        faults.append("may_pass_on: incidents of a table of your own stay local")
    elif not passes and rows in (SEEN, SHUT):
        faults.append(
            f"may_pass_on: {rows} become rows of your own record, which answers and pages show: "
            "say true, with the licence that allows it, or keep the table out"
        )
    elif passes and not (told.get("licence") and told.get("credit")):
        faults.append("may_pass_on: name the licence that allows it, and whom to credit")
    separator = str(told.get("separator", ","))
    if len(separator) != 1 or not separator.isascii() or separator in SEPARATES_NOTHING:
        faults.append(f"separator is {separator!r}: it is one character, such as ; or a tab")
    if rows == INCIDENTS:
        faults += [f"{name}: incidents are read from a CSV with commas, by [columns] alone"
                   for name in ("separator", "given") if name in told]  # fmt: skip
    if faults:
        raise DataError(where, faults)
    publisher = str(told.get("publisher", "the user"))
    terms = Terms(
        publisher=publisher,
        licence=str(told.get("licence", "private")),
        may_pass_on=bool(passes),
        credit=str(told.get("credit", f"{publisher}; not to be passed on")),
    )
    return Said(rows=rows, terms=terms, separator=separator, columns=columns, given=given)


def _texts(told: Mapping[str, Any], name: str, faults: list[str]) -> dict[str, str]:
    """Return a table of a mapping file as texts."""
    part = told.get(name, {})
    if not isinstance(part, dict):
        faults.append(f"{name} is no table: write [{name}]")
        return {}
    faults += [f"{name}.{key} is a table, not a text" for key, cell in part.items()
               if isinstance(cell, (dict, list))]  # fmt: skip
    return {key: str(cell) for key, cell in part.items()}


def _strange(name: str, known: tuple[str, ...]) -> str:
    near = nearest(name, known, limit=1)
    return f"{name!r} is not known" + (f"; did you mean {near[0]!r}?" if near else "")


def read_own(kind: Kind, path: Path, content: bytes, how: How, where: str) -> Reading:
    """Return the rows of a table as its mapping says.

    Raises
    ------
    DataError
        Names every fault of the mapping, else every fault of the table.
    """
    if not how.mapping:
        text = "needs a mapping file that says what its columns hold"
        raise DataError(where, [Fault("mapping", text)])
    said = read_mapping(how.mapping, f"the mapping of {path.name}")
    if said.rows == INCIDENTS:
        events = read_incidents(path, how_of(how, said.columns))
        return replace(events_reading(kind, events), terms=said.terms)
    table = read_csv_cells(content, where, said.separator)
    refuse_missing(table.columns, said.columns.values(), where)
    rows = [(line, {**said.given, **{name: cells.get(column) for name, column in
                                     said.columns.items()}})
            for line, cells in table.rows]  # fmt: skip
    if said.rows == FIGURES:
        return replace(_figures(kind, rows, where), terms=said.terms)
    return _records(replace(kind, terms=said.terms), said.rows, rows, where)


def _figures(kind: Kind, rows: list[tuple[int, Cells]], where: str) -> Reading:
    finds = Finds()
    for line, cells in rows:
        value = finds.number(line, cells, "value", -1e12)
        if value is None:
            finds.aside["value blank in the file"] += not text_of(cells, "value")
            continue
        start = finds.day(line, cells, "date")
        what, place = text_of(cells, "what"), text_of(cells, "place")
        finds.rows.append(
            Proposed(
                key=text_of(cells, "key") or f"{what}/{place}/{start}",
                what=what,
                place=place,
                country=text_of(cells, "country").upper() or None,
                lat=finds.number(line, cells, "lat", -90, 90),
                lon=finds.number(line, cells, "lon", -180, 180),
                start=start,
                end=finds.day(line, cells, "until") if text_of(cells, "until") else None,
                value=value,
                unit=text_of(cells, "unit"),
                link=web_address(text_of(cells, "link")),
            )
        )
    return figures_reading(kind, finds, where)


def _records(kind: Kind, sheet: str, rows: list[tuple[int, Cells]], where: str) -> Reading:
    """Return rows as a workbook has them."""
    filled = {}
    for line, cells in rows:
        given = {name: text_of(cells, name) for name in cells if text_of(cells, name)}
        filled[f"{sheet} {line}"] = Filled(sheet, line, given)
    if not filled:
        raise DataError(where, ["holds no row"])
    return filled_reading(kind, filled)


def filled_reading(kind: Kind, filled: Mapping[str, Filled]) -> Reading:
    """Return rows of a workbook as rows that are proposed."""
    return Reading(
        kind=kind,
        terms=kind.terms,
        becomes=Becomes.records,
        rows=tuple(_shown(key, one) for key, one in filled.items()),
        filled=filled,
    )


def _shown(key: str, one: Filled) -> Proposed:
    cells = one.cells
    said = {SEEN: f"seen {cells.get('state', '')}", SHUT: "shut"}.get(one.sheet)
    finds = Finds()
    days = {
        name: finds.day(one.row, dict(cells), name) if cells.get(name) else None
        for name in ("day", "start", "end")
    }
    return Proposed(
        key=key,
        what=said or cells.get("kind", "attack"),
        place=cells.get("element", "") or f"{cells.get('lat', '')}, {cells.get('lon', '')}",
        start=days["day"] or days["start"],
        end=days["end"],
        link=web_address(cells.get("source", "")),
    )
