"""What an address may ask: one declared list for each question reads it, checks it, describes it.

Everything that is wrong with an address is told at once, under the names that the address uses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from karwan.base.errors import DataError, Fault, nearest, sayable
from karwan.base.limits import LIMITS, MOST_LETTERS, MOST_NAMES

NOT_GIVEN = "not given"


class Sort(StrEnum):
    """What a value of an address is."""

    text = "string"
    number = "number"
    whole = "integer"
    flag = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A name that an address may give.

    Attributes
    ----------
    key
        The argument that it becomes, where that has another name: faults of it come back by it.
    many
        Whether it may be given several times.
    limit
        Name of the bounds of a number (`karwan.base.limits`) where they are checked here; those
        of a shipment are checked with the question.
    most
        The most that a whole number may be, where a server bears less than a terminal.
    """

    name: str
    help: str
    key: str = ""
    sort: Sort = Sort.text
    many: bool = False
    required: bool = False
    in_path: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    limit: str = ""
    most: int | None = None

    @property
    def argument(self) -> str:
        """The argument that it becomes."""
        return self.key or self.name

    def described(self) -> dict[str, Any]:
        """Return the parameter as OpenAPI describes one."""
        one: dict[str, Any] = {"type": self.sort.value}
        if self.sort is Sort.text:
            one["maxLength"] = MOST_LETTERS
        limit = LIMITS.get(self.limit or self.argument)
        if limit is not None:
            one |= {"minimum": limit.least, "maximum": min(limit.most, self.most or math.inf)}
        if self.choices:
            one["enum"] = list(self.choices)
        if self.default is not None:
            one["default"] = self.default
        schema = {"type": "array", "items": one, "maxItems": MOST_NAMES} if self.many else one
        return {
            "name": self.name,
            "in": "path" if self.in_path else "query",
            "required": self.required or self.in_path,
            "description": self.help,
            "schema": schema,
            **({"explode": True} if self.many else {}),
        }


@dataclass(frozen=True, slots=True)
class Given:
    """What an address gives, by argument, and what is wrong with it.

    Attributes
    ----------
    values
        By argument; what is not given stands with its default.
    """

    values: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)


def read_given(parameters: Sequence[Parameter], pairs: Iterable[tuple[str, str]]) -> Given:
    """Return what an address gives; blank values count as not given.

    Examples
    --------
    >>> gate = Parameter(name="close", key="closed", help="What to shut.", many=True)
    >>> read_given([gate], [("close", "torkham"), ("close", "")]).values
    {'closed': ('torkham',)}
    >>> print(read_given([gate], [("clsoe", "torkham")]).faults[0])
    clsoe: no such parameter. Did you mean 'close'?
    """
    known = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for name, text in pairs:
        if name not in known:
            close = nearest(name[:MOST_LETTERS], known)
            faults.append(Fault(name[:MOST_LETTERS], _no_such(close)))
        elif text.strip():
            texts.setdefault(name, []).append(text.strip())
    values = {
        parameter.argument: _value(parameter, texts.get(parameter.name, []), faults)
        for parameter in parameters
    }
    return Given(values, faults)


def _no_such(close: Sequence[str]) -> str:
    if not close:
        return sayable("no such parameter.")
    names = " or ".join(map(repr, close))
    return sayable("no such parameter. Did you mean {names}?", names=names)


def _value(parameter: Parameter, texts: Sequence[str], faults: list[Fault]) -> Any:
    """Return the value of a parameter; collect what is wrong with it."""
    key = parameter.argument
    if any(len(text) > MOST_LETTERS for text in texts):
        faults.append(Fault(key, sayable("longer than {count} letters", count=MOST_LETTERS)))
        return () if parameter.many else parameter.default
    if parameter.many:
        if len(texts) > MOST_NAMES:
            text = sayable("given {count} times; at most {most}", count=len(texts), most=MOST_NAMES)
            faults.append(Fault(key, text))
        return tuple(dict.fromkeys(texts[:MOST_NAMES]))
    if len(texts) > 1:
        text = sayable("given {count} times; give it once", count=len(texts))
        faults.append(Fault(key, text))
    if not texts:
        if parameter.required:
            faults.append(Fault(key, NOT_GIVEN))
        return parameter.default
    return _one(parameter, texts[0], faults)


def _one(parameter: Parameter, text: str, faults: list[Fault]) -> Any:
    key = parameter.argument
    if parameter.choices and text not in parameter.choices:
        names = ", ".join(parameter.choices)
        faults.append(Fault(key, sayable("not one of {names}", names=names), text))
        return parameter.default
    if parameter.sort is Sort.text:
        return text
    if parameter.sort is Sort.flag:
        if text.lower() not in _FLAGS:
            faults.append(Fault(key, sayable("say 1 or 0"), text))
        return _FLAGS.get(text.lower(), False)
    try:
        value = int(text) if parameter.sort is Sort.whole else float(text)
    except ValueError:
        whole = parameter.sort is Sort.whole
        what = sayable("not a whole number") if whole else sayable("not a number")
        faults.append(Fault(key, what, text))
        return parameter.default
    fault = _beyond(parameter, value)
    if fault is not None:
        faults.append(fault)
    return value


_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _beyond(parameter: Parameter, value: float) -> Fault | None:
    """Return what is wrong with the size of a number, or None."""
    key = parameter.argument
    limit = LIMITS.get(parameter.limit)
    if parameter.most is not None and value > parameter.most:
        text = sayable(
            "at most {most} here; the command line takes more", most=f"{parameter.most:,}"
        )
        return Fault(key, text, f"{value:.10g}")
    fault = limit.fault(value) if limit is not None else None
    return None if fault is None else replace(fault, key=key)


def renamed(parameters: Sequence[Parameter], error: DataError) -> list[Fault]:
    """Return the faults of a question under the names of the address."""
    names = {parameter.argument: parameter.name for parameter in parameters}
    return [replace(fault, key=names.get(fault.key, fault.key)) for fault in error.faults]
