"""What the server counts, and how Prometheus reads it (text format 0.0.4).

Labels are few by their kind: templates of addresses, never addresses; numbers of statuses; names of
tables. So nothing that somebody asked, and nobody's name, stands in a label.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the classes of durations."""
METHODS = ("GET", "HEAD", "POST")
MOST_WHOLE = 2**53
"""Up to here a float is a whole number told by its figures."""
OTHER = "other"
"""What a method is called, or an address, that the server does not have."""
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")

Labels = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """How Prometheus takes a family."""

    counter = "counter"
    gauge = "gauge"
    histogram = "histogram"


@dataclass(frozen=True, slots=True)
class Sample:
    """One number; the ending joins the name of its family, as `_bucket` does."""

    value: float
    labels: Labels = ()
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers of one name."""

    name: str
    kind: Kind
    help: str
    samples: tuple[Sample, ...]


def gauge(name: str, text: str, value: float, **labels: str) -> Family:
    """Return a family of one number that goes up and down."""
    return Family(name, Kind.gauge, text, (Sample(value, tuple(labels.items())),))


def exposition(families: Iterable[Family]) -> str:
    r"""Return families in the text format of Prometheus.

    Raises
    ------
    ValueError
        If a name is none that Prometheus takes, or a family comes twice.

    Examples
    --------
    >>> exposition([gauge("karwan_ready", "Whether it is ready.", 1)]).splitlines()[-1]
    'karwan_ready 1'
    """
    lines: list[str] = []
    known: set[str] = set()
    for family in families:
        if not _NAME.match(family.name) or family.name in known:
            msg = f"{family.name!r} is no name of a family, or comes twice"
            raise ValueError(msg)
        known.add(family.name)
        told = family.help.replace("\\", r"\\").replace("\n", r"\n")
        lines += [f"# HELP {family.name} {told}", f"# TYPE {family.name} {family.kind}"]
        lines += [_line(family.name, one) for one in family.samples]
    return "".join(f"{line}\n" for line in lines)


def _line(name: str, sample: Sample) -> str:
    for label, _ in sample.labels:
        if not _LABEL.match(label):
            msg = f"{label!r} is no name of a label"
            raise ValueError(msg)
    pairs = ",".join(f'{label}="{_escaped(value)}"' for label, value in sample.labels)
    return f"{name}{sample.ending}{f'{{{pairs}}}' if pairs else ''} {_number(sample.value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return f"{int(value)}" if float(value).is_integer() and abs(value) < MOST_WHOLE else repr(value)


@dataclass(slots=True)
class _Durations:
    """Durations of one route by class, the last without a bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_SECONDS) + 1))
    sum_seconds: float = 0.0


@dataclass(kw_only=True)
class Tally:
    """Requests as they were answered, since the server began."""

    running_count: int = 0
    _answered: Counter[tuple[str, str, int]] = field(default_factory=Counter, repr=False)
    _durations: dict[str, _Durations] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def begin(self) -> None:
        """Count a request that runs."""
        with self._lock:
            self.running_count += 1

    def end(self, method: str, route: str, status: int, duration_seconds: float) -> None:
        """Count a request that was answered."""
        verb = method if method in METHODS else OTHER
        with self._lock:
            self.running_count -= 1
            self._answered[verb, route, status] += 1
            durations = self._durations.setdefault(route, _Durations())
            durations.counts[bisect_left(BOUNDS_SECONDS, duration_seconds)] += 1
            durations.sum_seconds += duration_seconds

    def families(self) -> list[Family]:
        """Return what was counted, at one moment."""
        with self._lock:
            answered = sorted(self._answered.items())
            durations = sorted(
                (route, tuple(one.counts), one.sum_seconds)
                for route, one in self._durations.items()
            )
            running = self.running_count
        counts = tuple(
            Sample(count, (("method", method), ("route", route), ("status", str(status))))
            for (method, route, status), count in answered
        )
        classes = tuple(
            sample
            for route, per_class, seconds in durations
            for sample in _histogram(route, per_class, seconds)
        )
        return [
            Family("karwan_requests_total", Kind.counter, "Requests answered.", counts),
            Family(
                "karwan_request_duration_seconds", Kind.histogram, "How long they took.", classes
            ),
            gauge("karwan_requests_running", "Requests being answered.", running),
        ]


def _histogram(route: str, counts: tuple[int, ...], sum_seconds: float) -> list[Sample]:
    label = ("route", route)
    samples, total = [], 0
    for bound, count in zip((*BOUNDS_SECONDS, math.inf), counts, strict=True):
        total += count
        samples.append(Sample(total, (label, ("le", _number(bound))), "_bucket"))
    return [*samples, Sample(sum_seconds, (label,), "_sum"), Sample(total, (label,), "_count")]


def by_label(name: str, kind: Kind, text: str, label: str, values: Mapping[str, float]) -> Family:
    """Return a family with a number for each value of one label."""
    samples = tuple(Sample(value, ((label, key),)) for key, value in values.items())
    return Family(name, kind, text, samples)
