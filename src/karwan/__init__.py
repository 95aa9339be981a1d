"""Freight corridors between Central and South Asia: time, cost, security, from cited evidence.

>>> import karwan as kw
>>> region = kw.region(as_of="2026-11-22")
>>> region.compare("Almaty", "Karachi").content.best.countries[0]
'KZ'
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.2.0"

_HOMES = {
    "Answer": "karwan.api.answer",
    "DataError": "karwan.base.errors",
    "KarwanError": "karwan.base.errors",
    "Ledger": "karwan.api.statements",
    "Region": "karwan.api.region",
    "Study": "karwan.api.studies",
    "ledger": "karwan",  # the room of that name, which can be called
    "plot": "karwan.api.pictures",
    "read_closures": "karwan.api.readers",
    "read_incidents": "karwan.api.readers",
    "region": "karwan.api.region",
    "run_study": "karwan.api.studies",
    "today": "karwan.api",
}
"""Where each public name lives; `__init__.pyi` tells their types."""

__all__ = [*_HOMES]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Return a public name, loaded when first asked for."""
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    # By name: the packages below import this one for its version, and know no door.
    if home == __name__:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
