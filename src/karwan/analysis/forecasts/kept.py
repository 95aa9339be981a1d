"""Forecasts kept in a file that only grows, each line sealed to the one before.

A line holds the hash of its own content, the time it was made included, and of the line before. So
an edited, moved or missing line shows, and names itself; one that stands by its own hash counts
even where its neighbour is gone. A chain cannot show that the whole file was written anew or that
its last lines were cut: for that the hash of its head must have been published.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from karwan.base.days import read_day
from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.base.store import sha256_hex
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence.contents import add_lines, read_lines
from karwan.evidence.workspace import writing

FORECAST_FILE = "forecasts.jsonl"
UNSEALED_VERSION = 1
"""Lines of 0.1.0: an identity without the time, and no chain."""
FORMAT_VERSION = 2
Json = dict[str, Any]


class Flaw(StrEnum):
    """What is wrong with a line that is not scored."""

    torn = "torn when written, or no line of ours"
    edited = "edited: its content does not give its hash"
    rewritten = "rewritten: the line after it was sealed to another"
    moved = "moved or repeated: it does not stand in the order in which it was written"
    missing = "missing"
    unsealed_changed = "changed: what stood before the first sealed line differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """A forecast as its line holds it.

    Attributes
    ----------
    made_at
        When it was made; what it foretold up to that day is not scored.
    climatology
        The usual share of days shut, as known when it was made.
    p_shut
        Chance to be shut by the days ahead.
    chain_number
        Place in the chain, from 1; 0 where it is unsealed.
    """

    id: str
    element: str
    as_of: dt.date
    made_at: dt.datetime
    state: str
    climatology: float
    p_shut: Mapping[int, float]
    chain_number: int


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that is not scored: its number in the file, or in the chain where it is missing."""

    number: int
    flaw: Flaw

    def __str__(self) -> str:
        """Return the fault in words."""
        if self.flaw is Flaw.missing:
            return f"forecast {self.number} of the chain is missing"
        return f"line {self.number} is {self.flaw.value}"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a file of forecasts holds, in the order written.

    Attributes
    ----------
    forecasts
        Sealed, and standing by their own hash.
    unsealed
        Of 0.1.0: nothing shows whether they were changed, so they are scored apart.
    faults
        Lines that are not scored, and places in the chain that are empty.
    head_sha256
        Hash of the newest sealed line; blank if there is none. Published, it proves that every
        line up to it was there by then.
    """

    forecasts: tuple[KeptForecast, ...]
    unsealed: tuple[KeptForecast, ...]
    faults: tuple[LineFault, ...]
    head_sha256: str

    __repr__ = short_repr

    @property
    def torn_lines(self) -> tuple[int, ...]:
        """Numbers of the lines that hold no forecast."""
        return tuple(fault.number for fault in self.faults if fault.flaw is Flaw.torn)


def seal(record: Mapping[str, Any], *, number: int, previous: str) -> Json:
    """Return a record as a line of the chain: numbered, tied to the one before, and hashed."""
    content = {**record, "chain_number": number, "previous_sha256": previous}
    return {**content, "line_sha256": sha256_hex(canonical(content))}


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the bytes over which a line's hash is made: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def forecasts_of(workspace: Workspace) -> Path | DatabaseUrl:
    """Return where a workspace keeps its forecasts: a file of its folder, or its database."""
    return workspace if isinstance(workspace, DatabaseUrl) else workspace / FORECAST_FILE


def forecasts_sha256(workspace: Workspace | None) -> str | None:
    """Return the hash of all that a workspace keeps of forecasts; None for nothing."""
    content = None if workspace is None else read_lines(forecasts_of(workspace))
    return None if content is None else sha256_hex(content)


def store_forecasts(path: Path | DatabaseUrl, records: Sequence[Json]) -> int:
    """Append forecasts to those kept, written through to the disk; return how many were new.

    One that is there already, from the same data, is not kept twice. The workspace's lock is held
    meanwhile, so that two who write at once make one chain.
    """
    with writing(path if isinstance(path, DatabaseUrl) else path.parent) as connection:
        before = read_lines(path, connection) or b""
        kept = _read(before, path)
        known = {one.id for one in (*kept.forecasts, *kept.unsealed)}
        fresh = [record for record in records if record["id"] not in known]
        if not fresh:
            return 0
        lead = b"\n" if before and not before.endswith(b"\n") else b""
        previous = kept.head_sha256 or (sha256_hex(before + lead) if before else "")
        number = 1 + max((one.chain_number for one in kept.forecasts), default=0)
        lines = []
        for record in fresh:
            line = seal(record, number=number, previous=previous)
            lines.append(canonical(line) + b"\n")
            number, previous = number + 1, str(line["line_sha256"])
        add_lines(connection, path, lines, lead=lead)
    return len(fresh)


def read_forecasts(path: Path | DatabaseUrl) -> Kept:
    """Return the forecasts kept in a file or a database, and every line that does not stand.

    Raises
    ------
    DataError
        If none was kept there, or a line was written by a newer format.
    """
    content = read_lines(path)
    if content is None:
        what = "holds none" if isinstance(path, DatabaseUrl) else "does not exist"
        raise DataError("forecasts", [f"{path} {what}: none was kept there yet"])
    return _read(content, path)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    start: int
    record: Json


def _read(content: bytes, path: Path | DatabaseUrl) -> Kept:
    faults: list[LineFault] = []
    unsealed: list[_Line] = []
    sealed: list[_Line] = []
    newer: list[str] = []
    start = 0
    for number, raw in enumerate(content.split(b"\n"), 1):
        record = _parsed(raw)
        if record is None:
            if raw.strip():
                faults.append(LineFault(number, Flaw.torn))
        elif record["format_version"] == UNSEALED_VERSION:
            unsealed.append(_Line(number, start, record))
        elif record["format_version"] != FORMAT_VERSION:
            newer.append(f"line {number}: format {record['format_version']}, not {FORMAT_VERSION}")
        elif not _stands(record):
            faults.append(LineFault(number, Flaw.edited))
        else:
            sealed.append(_Line(number, start, record))
        start += len(raw) + 1
    if newer:
        raise DataError(str(path), newer)
    changed = [line for line in unsealed if not _is_own_id(line.record)]
    faults += [LineFault(line.number, Flaw.edited) for line in changed]
    in_order = _in_order(sealed)
    ordered = {line.number for line in in_order}
    faults += [LineFault(line.number, Flaw.moved) for line in sealed if line.number not in ordered]
    faults += _gaps(in_order, content)
    rewritten = _rewritten(in_order)
    faults += [LineFault(number, Flaw.rewritten) for number in rewritten]
    return Kept(
        forecasts=tuple(
            forecast_of(line.record) for line in in_order if line.number not in rewritten
        ),
        unsealed=tuple(forecast_of(line.record) for line in unsealed if _is_own_id(line.record)),
        faults=tuple(sorted(faults, key=lambda fault: (fault.flaw is Flaw.missing, fault.number))),
        head_sha256=str(in_order[-1].record["line_sha256"]) if in_order else "",
    )


def _parsed(raw: bytes) -> Json | None:
    """Return the forecast that a line holds; None if it holds none."""
    try:
        record = json.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("format_version"), int):
        return None
    if record["format_version"] in (UNSEALED_VERSION, FORMAT_VERSION):
        try:
            forecast_of(record)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return None
    return record


def forecast_of(record: Json) -> KeptForecast:
    """Return the forecast of a line's record.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError, OverflowError
        If a part is missing or cannot be what it should, such as a chance above 1.
    """
    as_of = read_day(record["as_of"])
    p_shut = {int(days): _share(p) for days, p in record["p_shut"].items()}
    for days in p_shut:
        as_of + dt.timedelta(days=days)
    return KeptForecast(
        id=str(record["id"]),
        element=str(record["element"]),
        as_of=as_of,
        made_at=dt.datetime.fromisoformat(record["made_at"]),
        state=str(record["state"]),
        climatology=_share(record["climatology"]),
        p_shut=p_shut,
        chain_number=record.get("chain_number", 0),
    )


def _share(value: float) -> float:
    if not 0.0 <= value <= 1.0:
        msg = f"{value} is no share"
        raise ValueError(msg)
    return float(value)


def _stands(record: Mapping[str, Any]) -> bool:
    """Whether a sealed line gives its own hash."""
    content = {name: value for name, value in record.items() if name != "line_sha256"}
    try:
        made = sha256_hex(canonical(content))
    except ValueError:
        return False
    return isinstance(record.get("chain_number"), int) and made == record.get("line_sha256")


def forecast_id(content: Mapping[str, Any]) -> str:
    """Return the identity of a forecast: the same question of the same data has the same."""
    return sha256_hex(json.dumps(content, sort_keys=True).encode())[:16]


def _is_own_id(record: Mapping[str, Any]) -> bool:
    """Whether an unsealed line gives its own identity, which leaves the time out."""
    content = {name: value for name, value in record.items() if name not in ("id", "made_at")}
    return bool(forecast_id(content) == record["id"])


def _in_order(sealed: Sequence[_Line]) -> list[_Line]:
    """Return the longest run of lines whose chain numbers ascend: the others were moved."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for at, line in enumerate(sealed):
        number = line.record["chain_number"]
        place = bisect_left(tails, number)
        before.append(tail_at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(number)
            tail_at.append(at)
        else:
            tails[place], tail_at[place] = number, at
    chosen = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        chosen.append(sealed[at])
        at = before[at]
    return chosen[::-1]


def _rewritten(in_order: Sequence[_Line]) -> set[int]:
    """Return the lines that are not the ones to which those after them were sealed.

    Read from the head backwards: a line is believed about the one before it unless it was itself
    rewritten. The head has nobody to speak for it, nor has a line whose follower is missing.
    """
    numbers: set[int] = set()
    for line, after in zip(in_order[-2::-1], in_order[:0:-1], strict=True):
        if after.number in numbers:
            continue
        follows = after.record["chain_number"] == line.record["chain_number"] + 1
        if follows and after.record["previous_sha256"] != line.record["line_sha256"]:
            numbers.add(line.number)
    return numbers


def _gaps(in_order: Sequence[_Line], content: bytes) -> list[LineFault]:
    """Return the places in the chain that are empty, and whether its beginning was changed."""
    gaps = []
    due = 1
    for line in in_order:
        gaps += [
            LineFault(number, Flaw.missing) for number in range(due, line.record["chain_number"])
        ]
        due = line.record["chain_number"] + 1
    first = in_order[0] if in_order else None
    if first is not None and first.record["chain_number"] == 1:
        told = sha256_hex(content[: first.start]) if first.start else ""
        if told != first.record["previous_sha256"]:
            gaps.append(LineFault(first.number - 1, Flaw.unsealed_changed))
    return gaps
