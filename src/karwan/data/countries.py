"""Countries by what people call them: by name in any script, by two letters or by three."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from karwan.base.errors import Fault, UnknownNameError
from karwan.base.spelling import fold
from karwan.data.rows.network import ThingNameRow
from karwan.data.rows.region import CountryNameRow, CountryRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog


def country_keys(catalog: Catalog) -> Mapping[str, str]:
    """Return two-letter codes by the key of every name and code of a country.

    A code outranks a name, an English name one in another language.
    """
    known = catalog.rows(CountryNameRow)
    of_trade = catalog.rows(CountryRow)
    codes = {row.country for row in known} | {row.country for row in of_trade}
    pairs = [(code, code) for code in sorted(codes)]
    pairs += [(row.iso3, row.country) for row in of_trade]
    pairs += [(row.name, row.country) for row in known]
    pairs += [(row.name, row.country) for row in of_trade]
    pairs += [
        (row.name, row.thing_id)
        for row in catalog.rows(ThingNameRow)
        if row.kind == "country" and row.thing_id in codes
    ]
    keys: dict[str, str] = {}
    for name, code in pairs:
        keys.setdefault(fold(name), code)
    return keys


CODE_LETTERS = 2


def read_codes(names: Iterable[str]) -> tuple[tuple[str, ...], list[Fault]]:
    """Return the two-letter codes of countries that a file is said to tell of, and what is wrong.

    Names are those of the packaged tables, so that a file means the same whatever tables are asked;
    two letters are taken as they stand.

    Examples
    --------
    >>> read_codes(["pk", "Afghanistan", "XN"])
    (('PK', 'AF', 'XN'), [])
    """
    from karwan.data.catalog import Catalog

    codes: list[str] = []
    faults: list[Fault] = []
    for name in (one.strip() for one in names):
        if len(name) == CODE_LETTERS and name.isascii():
            codes.append(name.upper())
            continue
        try:
            codes.append(read_country(Catalog(), name))
        except UnknownNameError as error:
            faults.append(Fault("countries", str(error)))
    return tuple(codes), faults


def read_country(catalog: Catalog, name: str) -> str:
    """Return the two-letter code of a country of the tables.

    Raises
    ------
    UnknownNameError
        With the nearest names.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> [read_country(Catalog(), name) for name in ("Kazakhstan", "KAZ", "kz", "Казахстан")]
    ['KZ', 'KZ', 'KZ', 'KZ']
    """
    code = country_keys(catalog).get(fold(name))
    if code is None:
        names = [row.name for row in catalog.rows(CountryNameRow)]
        raise UnknownNameError("country", name, names, hint="Give its name or two letters.")
    return code
