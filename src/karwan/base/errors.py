"""Errors that say what was wrong, where, and what to do.

Every error a user can cause derives from `KarwanError`; the command line turns it into one
message and an exit code.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast


class KarwanError(Exception):
    """Base of all errors raised on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how it is made anew in another process, whatever its own arguments are."""
        _, args, *state = cast("tuple[Any, ...]", super().__reduce__())
        return _rebuilt, (type(self), args), *state


def _rebuilt(kind: type[KarwanError], args: tuple[Any, ...]) -> KarwanError:
    return kind.__new__(kind, *args)


class Sentence(str):
    """A sentence in English that knows how it was made, so that a door may say it in its own."""

    message: str = ""
    slots: Mapping[str, str] = MappingProxyType({})


def sayable(message: str, /, **slots: object) -> Sentence:
    """Return a sentence with its slots filled.

    Examples
    --------
    >>> told = sayable("given {count} times; give it once", count=2)
    >>> told, told.message
    ('given 2 times; give it once', 'given {count} times; give it once')
    """
    told = Sentence(message.format(**slots))
    told.message, told.slots = message, {name: str(value) for name, value in slots.items()}
    return told


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input, keyed so that each door can name it its own way.

    Attributes
    ----------
    key
        Name of the argument at fault, as Python has it; blank where the whole input is meant.
    text
        What is wrong and what to do.
    given
        What was given, where the argument holds several; blank else.

    Examples
    --------
    >>> fault = Fault("closed", "No crossing 'torkam'.", "torkam")
    >>> print(fault)
    closed torkam: No crossing 'torkam'.
    >>> fault.named("--close")
    "--close torkam: No crossing 'torkam'."
    """

    key: str
    text: str
    given: str = ""

    def named(self, name: str) -> str:
        """Return the fault under a door's own name for its key; blank leaves the key out."""
        label = " ".join(part for part in (name, self.given) if part)
        return f"{label}: {self.text}" if label else self.text

    def __str__(self) -> str:
        """Return the fault under the argument's name."""
        return self.named(self.key)


class DataError(KarwanError, ValueError):
    """Bad input. Holds every fault found, not just the first.

    Attributes
    ----------
    where
        What was at fault.
    faults
        Each thing wrong; a plain sentence becomes a fault without a key.

    Examples
    --------
    >>> print(DataError("table links", ["row 3: length_km is -2", "row 9: unknown place 'x'"]))
    2 faults in table links:
      row 3: length_km is -2
      row 9: unknown place 'x'
    """

    def __init__(self, where: str, faults: Iterable[str | Fault]) -> None:
        self.where = where
        self.faults: tuple[Fault, ...] = tuple(
            fault if isinstance(fault, Fault) else Fault("", fault) for fault in faults
        )
        super().__init__(self.told(lambda key: key))

    @property
    def texts(self) -> tuple[str, ...]:
        """Each fault as a sentence, under the argument's name."""
        return tuple(str(fault) for fault in self.faults)

    def told(self, name: Callable[[str], str]) -> str:
        """Return the message with a door's own name for each key."""
        count = f"{len(self.faults)} fault" + ("s" if len(self.faults) != 1 else "")
        lines = [fault.named(name(fault.key)) for fault in self.faults]
        return "\n  ".join([f"{count} in {self.where}:", *lines])


class UnknownNameError(KarwanError, KeyError):
    """A name that is not known, with the nearest ones that are, or a hint if none is near.

    Examples
    --------
    >>> print(UnknownNameError("crossing", "Torkam", ["Torkham", "Chaman"]))
    No crossing 'Torkam'. Did you mean 'Torkham'?
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], *, hint: str = "", like: str = ""
    ) -> None:
        self.kind = kind
        self.name = name
        self.suggestions = nearest(like or name, known)
        text = f"No {kind} {name!r}."
        if self.suggestions:
            text += " Did you mean " + " or ".join(repr(s) for s in self.suggestions) + "?"
        elif hint:
            text += f" {hint}"
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        """Return the message without the quotes that `KeyError` adds."""
        return self.text


class NoRouteError(KarwanError):
    """A question that has no route for an answer; says what cuts it."""


class NoEvidenceError(KarwanError):
    """A question asked of a date before any evidence."""


class FitError(KarwanError):
    """An estimate that cannot be made from the data given."""


class SourceError(KarwanError):
    """A data source that is missing, changed or unreadable."""


def nearest(name: str, known: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return up to `limit` known names close to `name`, best first.

    Examples
    --------
    >>> nearest("almatty", ["Almaty", "Astana"])
    ['Almaty']
    """
    spelling = {word.casefold(): word for word in sorted(known, reverse=True)}
    close = difflib.get_close_matches(name.casefold(), spelling, n=limit, cutoff=0.72)
    return [spelling[word] for word in close]
