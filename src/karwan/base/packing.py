"""Results as plain data that JSON holds, and back: what an entry of the cache is made of.

A dataclass becomes the list of its fields, a date its ISO text, a mapping its pairs in their order,
a set its members sorted. What comes back is what the type says; a float keeps every digit.
"""

from __future__ import annotations

import datetime as dt
import json
import types
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from karwan.base.cache import keep_json, kept_json
from karwan.base.store import sha256_hex

T = TypeVar("T")
PLAIN = (str, bool, int, float)
AS_IT_IS = frozenset({*PLAIN, type(None)})


def pack(value: Any) -> Any:
    """Return a value as lists, texts, numbers and None.

    Raises
    ------
    TypeError
        If it holds what is neither a dataclass nor plain.

    Examples
    --------
    >>> pack({"torkham": (dt.date(2025, 10, 12), 1.5)})
    [['torkham', ['2025-10-12', 1.5]]]
    """
    kind: type = type(value)
    if kind in AS_IT_IS:
        return value
    return _packer(kind)(value)


@lru_cache(maxsize=1024)
def _packer(kind: type) -> Callable[[Any], Any]:
    """Return what packs values of a type: looked up once, since abstract types are slow to ask."""
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: [pack(getattr(value, name)) for name in names]
    if issubclass(kind, Mapping):
        return lambda value: [[pack(key), pack(one)] for key, one in value.items()]
    if issubclass(kind, Set):
        return lambda value: sorted((pack(one) for one in value), key=repr)
    if issubclass(kind, Sequence) and not issubclass(kind, str | bytes):
        return lambda value: [pack(one) for one in value]
    return _pack_one


def _pack_one(value: Any) -> Any:
    """Return a word of a closed list, a date as text, a number of NumPy's as one of Python's."""
    if isinstance(value, Enum):
        return value.value
    if type(value) is dt.date:
        return value.isoformat()
    plain = value.item() if hasattr(value, "item") and not getattr(value, "shape", ()) else None
    if type(plain) in PLAIN:
        return plain
    msg = f"{type(value).__name__} is not plain data."
    raise TypeError(msg)


def unpack(kind: Any, plain: Any) -> Any:
    """Return the value of a type that was packed.

    Raises
    ------
    TypeError, ValueError, KeyError
        If the data is not of that type.

    Examples
    --------
    >>> unpack(dict[str, tuple[dt.date, float]], [["torkham", ["2025-10-12", 1.5]]])
    {'torkham': (datetime.date(2025, 10, 12), 1.5)}
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (only,) = (one for one in inner if one is not type(None))
        return None if plain is None else unpack(only, plain)
    if origin is not None:
        return _unpack_many(origin, inner, plain)
    if is_dataclass(kind):
        told = zip(_hints(cast("type", kind)), plain, strict=True)
        make = cast("Callable[..., Any]", kind)
        return make(**{name: unpack(one, part) for (name, one), part in told})
    if kind is dt.date:
        return dt.date.fromisoformat(plain)
    if issubclass(kind, Enum):
        return kind(plain)
    if isinstance(plain, kind) or (kind is float and type(plain) is int):
        return plain
    msg = f"{plain!r} is no {kind.__name__}."
    raise TypeError(msg)


def _unpack_many(origin: Any, inner: tuple[Any, ...], plain: Any) -> Any:
    """Return a tuple, list or mapping."""
    if origin in (dict, Mapping):
        return {unpack(inner[0], key): unpack(inner[1], one) for key, one in plain}
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(unpack(one, part) for one, part in zip(inner, plain, strict=True))
    return (list if origin is list else tuple)(unpack(inner[0], one) for one in plain)


@lru_cache(maxsize=256)
def _hints(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass with their types."""
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))


def fingerprint(*values: Any) -> str:
    """Return the hash of all that some values hold; what is equal has the same."""
    return sha256_hex(json.dumps(pack(values), separators=(",", ":")).encode())


def computed_once(kind: str, key: str | None, shape: type[T], make: Callable[[], T]) -> T:
    """Return what was kept of a computation, or compute and keep it.

    Both ways the result went through plain data, so that neither holds what the other lacks.

    Parameters
    ----------
    kind
        The kind of entry.
    key
        Its name, or None if it may not be kept.
    shape
        The type of the result.
    make
        Computes it; what it raises is told each time.
    """
    if key is not None:
        kept = kept_json(kind, key)
        if kept is not None:
            try:
                return cast("T", unpack(shape, kept))
            except (TypeError, ValueError, KeyError):
                pass  # of another form: as good as absent
    packed = pack(make())
    if key is not None:
        keep_json(kind, key, packed)
    return cast("T", unpack(shape, packed))
