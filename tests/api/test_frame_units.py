"""Every column of a frame that has a unit says so in its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import karwan
from karwan.base.telling import Column, Form, names_of

WORDS = {"hours": "h", "lat": "deg", "lon": "deg", "ratio": "ratio", "share": "share",
         "trucks": "trucks", "years": "years"}  # fmt: skip
"""Names that are a unit themselves, or the field's word for one."""
SUFFIXES = {
    "1/(100 km year)": ("_100km_year",), "1/year": ("per_year",),
    "Mt/year": ("mt_per_year",), "USD": ("_usd", "_usd_per_day"),
    "USD/(km year)": ("_usd_per_km",), "USD/day": ("_usd_per_day", "_per_day_usd"),
    "USD/t": ("_usd_per_t",), "USD/tkm": ("_usd_per_tkm",), "USD/year": ("_usd_per_year",),
    "a day": ("_per_day",), "consignments": ("_count",), "count": ("_count",),
    "days": ("_days", "days_since_closure"), "deg": ("_deg",), "h": ("_hours",), "km": ("_km",),
    "million USD": ("_musd",), "million USD/year": ("_musd_per_year",), "ratio": ("_ratio",),
    "share": ("_share",), "t/day": ("t_per_day",), "trucks": ("_trucks",), "years": ("_count",),
}  # fmt: skip
"""Ends of a name, by the unit that its column declares; chances begin with `p_`."""


def framed() -> Iterator[tuple[str, str, str]]:
    """Yield where each column of a frame is declared, its name there and its unit."""
    for module in pkgutil.walk_packages(karwan.__path__, "karwan."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, tuple) and value and all(isinstance(c, Column) for c in value):
                columns = [one for one in value if Form.frame in one.forms]
                shown = names_of(columns, Form.frame)
                yield from (
                    (f"{module.name}.{name}", shown_name, one.unit)
                    for one, shown_name in zip(columns, shown, strict=True)
                    if one.unit
                )


def test_a_column_with_a_unit_has_it_in_its_name() -> None:
    columns = list(framed())
    assert len(columns) > 400, "the walk finds the declarations"
    assert {unit for _, _, unit in columns} <= SUFFIXES.keys(), "a unit that has no suffix yet"
    bare = [
        (where, name, unit)
        for where, name, unit in columns
        if WORDS.get(name) != unit
        and not name.endswith(SUFFIXES[unit])
        and not (unit == "share" and name.startswith("p_"))
    ]
    assert bare == []
