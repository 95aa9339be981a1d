"""Figures of a feed as rows that are proposed: counts and prices, each of a place and a time.

A blank figure is not known and makes no row; it is counted as set aside. Columns are those of the
publishers: HDX HAPI's views (version 2), WFP's table of food prices with or without its row of
tags, and IOM's tables of flows, which differ by operation: what is not found there is named.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from karwan.base.days import read_day
from karwan.base.errors import DataError
from karwan.base.outgoing import web_address
from karwan.evidence.feeds.nouns import How, Kind, Proposed, Reading
from karwan.evidence.feeds.tables import (
    Cells,
    Table,
    looks_like_json,
    read_csv_cells,
    read_json_rows,
    refuse_missing,
)

BLANK = "blank in the file"
NOT_STATED = "not stated"
DATA = "data"
"""The key under which HDX HAPI and ReliefWeb give their rows."""
SHOWN = 12
"""Faults of cells that are named; the rest are counted."""


@dataclass(slots=True)
class Finds:
    """Rows found so far, what was set aside, and what is wrong."""

    rows: list[Proposed] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def day(self, line: int, cells: Cells, column: str) -> dt.date | None:
        """Return a day; a time of day behind it is cut off."""
        text = text_of(cells, column)
        try:
            return read_day(text[:10])
        except ValueError as error:
            self.faults.append(f"line {line}: {column} {text!r} is {error}")
            return None

    def number(
        self, line: int, cells: Cells, column: str, low: float = 0.0, high: float = 1e12
    ) -> float | None:
        """Return a number within bounds; None where the cell is blank or at fault."""
        text = text_of(cells, column).replace("\u00a0", "")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            told = f"line {line}: {column} {text!r} is not a number from {low:g} to {high:g}"
            self.faults.append(told)
            return None
        return number


def text_of(cells: Cells, column: str) -> str:
    """Return a cell as a text; blank where it is not known."""
    cell = cells.get(column)
    return "" if cell is None else str(cell).strip()


def country_of(code: str, codes: Mapping[str, str]) -> str | None:
    """Return two letters for a code of three; None for a country that is not of the tables."""
    return codes.get(code.casefold())


def figures_reading(kind: Kind, finds: Finds, where: str) -> Reading:
    """Return what was found, no two rows under one key.

    Raises
    ------
    DataError
        Names the cells at fault; nothing is proposed then.
    """
    keys = Counter(row.key for row in finds.rows)
    finds.faults += [f"{key!r} stands there {count} times" for key, count in keys.items()
                     if count > 1]  # fmt: skip
    if not finds.rows and not finds.faults:
        finds.faults.append("holds no row")
    if finds.faults:
        more = len(finds.faults) - SHOWN
        told = finds.faults[:SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise DataError(where, told)
    return Reading(
        kind=kind,
        terms=kind.terms,
        becomes=kind.becomes,
        rows=tuple(finds.rows),
        set_aside=dict(finds.aside),
    )


def _rows_of(content: bytes, needed: Sequence[str], where: str) -> Iterator[tuple[int, Cells]]:
    """Yield the rows of an answer of an API or of the same rows as CSV."""
    if looks_like_json(content):
        rows = read_json_rows(content, DATA, where)
        if rows:
            refuse_missing(rows[0], needed, where)
        yield from enumerate(rows, 1)
        return
    table = read_csv_cells(content, where)
    refuse_missing(table.columns, needed, where)
    yield from table.rows


CONFLICT = (
    "location_code", "admin1_name", "admin2_name", "event_type", "events", "fatalities",
    "reference_period_start", "reference_period_end",
)  # fmt: skip
COUNTED = {"events": "events", "fatalities": "deaths"}
"""Columns of counts, and their unit."""


def read_hapi_conflict(
    kind: Kind, content: bytes, how: How, where: str, codes: Mapping[str, str]
) -> Reading:
    """Return counts of events and deaths by district and month."""
    del how
    finds = Finds()
    for line, cells in _rows_of(content, CONFLICT, where):
        start = finds.day(line, cells, "reference_period_start")
        end = finds.day(line, cells, "reference_period_end")
        district = [text_of(cells, name) for name in ("admin1_name", "admin2_name")]
        place = ", ".join(part for part in reversed(district) if part)
        sort, code = text_of(cells, "event_type"), text_of(cells, "location_code")
        for column, unit in COUNTED.items():
            value = finds.number(line, cells, column)
            if value is None:
                finds.aside[f"{column} {BLANK}"] += not text_of(cells, column)
                continue
            finds.rows.append(
                Proposed(
                    key="/".join((code, text_of(cells, "admin2_code") or place, sort, str(start),
                                  column)),
                    what=f"{sort.replace('_', ' ')}: {column}",
                    place=place,
                    country=country_of(code, codes),
                    start=start,
                    end=end,
                    value=value,
                    unit=unit,
                )
            )  # fmt: skip
    return figures_reading(kind, finds, where)


PRICES = (
    "location_code", "market_name", "lat", "lon", "commodity_name", "unit", "price_flag",
    "price_type", "currency_code", "price", "reference_period_start", "reference_period_end",
)  # fmt: skip


def read_hapi_prices(
    kind: Kind, content: bytes, how: How, where: str, codes: Mapping[str, str]
) -> Reading:
    """Return prices by market and month."""
    del how
    finds = Finds()
    for line, cells in _rows_of(content, PRICES, where):
        named = {name: text_of(cells, name) for name in PRICES}
        row = _price(finds, line, cells, named, ("reference_period_start", "price", "lat", "lon"))
        if row is not None:
            end = finds.day(line, cells, "reference_period_end")
            country = country_of(named["location_code"], codes)
            finds.rows.append(replace(row, end=end, country=country))
    return figures_reading(kind, finds, where)


def _price(
    finds: Finds, line: int, cells: Cells, named: Mapping[str, str], columns: tuple[str, ...]
) -> Proposed | None:
    """Return a price as a row; `columns` are those of the day, the price and the place."""
    day, price, lat, lon = columns
    value = finds.number(line, cells, price)
    if value is None:
        finds.aside[f"price {BLANK}"] += not text_of(cells, price)
        return None
    start = finds.day(line, cells, day)
    sort = " ".join(part for part in (named["price_type"], named["price_flag"]) if part)
    key = (named["market_name"], named["commodity_name"], named["unit"], sort,
           named["currency_code"], str(start))  # fmt: skip
    return Proposed(
        key="/".join(key),
        what=f"{named['commodity_name']}, {sort.casefold()}",
        place=named["market_name"],
        lat=finds.number(line, cells, lat, -90, 90),
        lon=finds.number(line, cells, lon, -180, 180),
        start=start,
        value=value,
        unit=f"{named['currency_code']} per {named['unit']}",
    )


WFP = {
    "market_name": "market", "commodity_name": "commodity", "unit": "unit",
    "price_flag": "priceflag", "price_type": "pricetype", "currency_code": "currency",
}  # fmt: skip
WFP_NEEDED = ("date", *WFP.values(), "price", "latitude", "longitude")


def read_wfp_prices(
    kind: Kind, content: bytes, how: How, where: str, codes: Mapping[str, str]
) -> Reading:
    """Return the prices of one country's table; which country, the file does not say."""
    del codes
    table = read_csv_cells(content, where)
    refuse_missing(table.columns, WFP_NEEDED, where)
    finds = Finds()
    if len(how.countries) != 1:
        finds.faults.append("the table does not say of which country it is: name it (countries)")
    for line, cells in table.rows:
        named = {name: text_of(cells, column) for name, column in WFP.items()}
        row = _price(finds, line, cells, named, ("date", "price", "latitude", "longitude"))
        if row is not None:
            finds.rows.append(replace(row, country=how.countries[0] if how.countries else None))
    return figures_reading(kind, finds, where)


DTM_NAMES = {
    "date": ("date", "reporting date", "reportingdate", "survey date", "day"),
    "place": (
        "border point", "border crossing point", "bcp", "flow monitoring point", "fmp", "fmp name",
        "point of entry", "crossing point",
    ),
    "flow": ("flow", "flow type", "direction", "movement", "movement type"),
    "value": ("individuals", "total individuals", "number of individuals", "total", "movements"),
}  # fmt: skip
"""Headings that IOM's operations use, in small letters without signs; `flow` may be lacking."""
DTM_TAGS = {"#date": "date", "#loc+name": "place", "#affected": "value", "#affected+total": "value"}


def read_dtm_flows(
    kind: Kind, content: bytes, how: How, where: str, codes: Mapping[str, str]
) -> Reading:
    """Return counts of people at border points, by day and direction."""
    del how, codes
    table = read_csv_cells(content, where)
    columns = _dtm_columns(table)
    missing = [name for name in DTM_NAMES if name not in columns and name != "flow"]
    if missing:
        faults = [f"no column for {name}: one of {', '.join(DTM_NAMES[name])}" for name in missing]
        faults.append(
            f"it has {', '.join(table.columns[:30])}: headings differ by operation; say with a "
            "mapping file what they hold (feed csv)"
        )
        raise DataError(where, faults)
    finds = Finds()
    for line, cells in table.rows:
        value = finds.number(line, cells, columns["value"])
        if value is None:
            finds.aside[f"count {BLANK}"] += not text_of(cells, columns["value"])
            continue
        start = finds.day(line, cells, columns["date"])
        place = text_of(cells, columns["place"])
        flow = text_of(cells, columns["flow"]) if "flow" in columns else ""
        finds.rows.append(
            Proposed(
                key=f"{place}/{flow}/{start}",
                what=f"people counted{f', {flow.casefold()}' if flow else ''}",
                place=place,
                start=start,
                value=value,
                unit="people",
            )
        )
    return figures_reading(kind, finds, where)


def _dtm_columns(table: Table) -> dict[str, str]:
    """Return the columns of a table of flows by what they hold."""
    columns = {DTM_TAGS[tag]: name for tag, name in table.tags.items() if tag in DTM_TAGS}
    plain = {_plain(name): name for name in table.columns}
    for what, names in DTM_NAMES.items():
        for name in names:
            if name in plain:
                columns.setdefault(what, plain[name])
    return columns


def _plain(heading: str) -> str:
    """Return a heading in small letters, words apart.

    Examples
    --------
    >>> _plain(" Border_Point ")
    'border point'
    """
    return " ".join(heading.replace("_", " ").replace("-", " ").casefold().split())


def read_reliefweb(
    kind: Kind, content: bytes, how: How, where: str, codes: Mapping[str, str]
) -> Reading:
    """Return reports by title, date and address; nothing of their texts is taken."""
    del how
    finds = Finds()
    sources: dict[str, tuple[str, str]] = {}
    for line, row in enumerate(read_json_rows(content, DATA, where), 1):
        fields = row.get("fields")
        if not isinstance(fields, dict):
            finds.faults.append(f"item {line}: 'fields' is missing: ask for title, date and url")
            continue
        key, title = text_of(row, "id"), " ".join(text_of(fields, "title").split())
        link = web_address(text_of(fields, "url_alias") or text_of(fields, "url"))
        told = fields.get("date")
        dates: Cells = told if isinstance(told, dict) else {}
        day = {"date": text_of(dates, "original") or text_of(dates, "created")}
        finds.faults += [f"item {line}: {what} is missing" for what, cell in
                         (("id", key), ("title", title), ("url", link)) if not cell]  # fmt: skip
        publisher = "; ".join(_names(fields, "source", "shortname", "name")) or NOT_STATED
        language = next(iter(_names(fields, "language", "code", "name")), NOT_STATED)
        sources[key] = (publisher, language)
        at = [country_of(code, codes) for code in _names(fields, "country", "iso3")]
        known = [code for code in at if code]
        finds.rows.append(
            Proposed(
                key=key,
                what=title,
                place=publisher,
                country=known[0] if known else None,
                start=finds.day(line, day, "date"),
                link=link,
            )
        )
    return replace(figures_reading(kind, finds, where), sources=sources)


def _names(fields: Cells, key: str, *columns: str) -> list[str]:
    """Return the names in a list of an answer, each by the first column that has one."""
    parts = fields.get(key)
    named: list[str] = []
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            told = [text_of(part, column) for column in columns]
            named += [name for name in told if name][:1]
    return named


Reader = Callable[[Kind, bytes, How, str, Mapping[str, str]], Reading]
READERS: Mapping[str, Reader] = {
    "hapi-conflict": read_hapi_conflict,
    "hapi-prices": read_hapi_prices,
    "wfp-prices": read_wfp_prices,
    "dtm-flows": read_dtm_flows,
    "reliefweb": read_reliefweb,
}
"""Readers by name of the feed."""
