"""Show an object that holds much in a line, so that a notebook and a traceback stay readable.

The repr of a dataclass holds that of everything in it: of a comparison, the whole network. Here a
field that holds many says how many, and one that holds an object says which.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

MOST_CHARACTERS = 60
"""Of a text; a name fits, a paraphrase does not."""
MOST_MEMBERS = 3


def short_repr(self: Any) -> str:
    """Return the class of a dataclass and its fields, each in a few words.

    A class takes it as its own: `__repr__ = short_repr`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Land:
    ...     name: str
    ...     km: list[float]
    ...     __repr__ = short_repr
    >>> Land("North", [1.0] * 1000)
    Land(name='North', km=<1000 in list>)
    """
    shown = (f"{f.name}={_brief(getattr(self, f.name, None))}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _brief(value: object) -> str:
    """Return a text that stays short whatever the value holds."""
    if isinstance(value, str):
        return repr(value if len(value) <= MOST_CHARACTERS else f"{value[:MOST_CHARACTERS]}…")
    name = type(value).__name__
    if is_dataclass(value):
        ident = getattr(value, "id", None) or getattr(value, "name", None)
        return f"<{name} {ident}>" if isinstance(ident, str) else f"<{name}>"
    if hasattr(value, "shape"):
        return f"<{name} {value.shape}>"
    if isinstance(value, Collection):
        if len(value) > MOST_MEMBERS or (isinstance(value, Mapping) and value):
            return f"<{len(value)} in {name}>"
        return f"{name}({', '.join(_brief(one) for one in value)})"
    text = repr(value)
    return text if len(text) <= MOST_CHARACTERS else f"<{name}>"
