"""Freight corridors between Central and South Asia: time, cost, security, from cited evidence."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"
__all__ = ["today"]


def __getattr__(name: str) -> Any:
    """Return a public name, loaded when first asked for."""
    if name in __all__:
        # By name: the packages below import this one for its version, and know no door.
        return getattr(importlib.import_module("karwan.api"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
