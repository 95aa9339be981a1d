"""The study file: what is asked, of when, for which consignment. All faults are named at once."""

from __future__ import annotations

import copy
import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from karwan.analysis.world.state import State
from karwan.base.days import FIRST_DAY, LAST_DAY, NO_DAY, read_day
from karwan.base.errors import DataError
from karwan.base.limits import HORIZON_DAYS, LIMITS, PATH_COUNT, SEED
from karwan.base.troubles import read_utf8
from karwan.network.prices import PRICE_YEAR
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsignmentSpec(_Strict):
    """What is shipped; the carrier's country defaults to the origin's."""

    cargo: str = DEFAULT_CARGO
    unit: str = DEFAULT_UNIT
    tonnes: float | None = Field(default=None, gt=0)
    value_usd: float | None = Field(default=None, ge=0)
    carrier: str | None = None


class WorldSpec(_Strict):
    """What is shut, opened or built against the record."""

    close: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()


class TravelSpec(_Strict):
    """When journeys are made; blank for a study of no day."""

    depart: dt.date | str | None = None
    deadline: dt.date | str | float | None = None
    shelf_life_days: float | None = None


class FuturesSpec(_Strict):
    """How many futures stand behind each figure, and over how many days."""

    paths: int = Field(
        default=PATH_COUNT, strict=True, ge=int(LIMITS["paths"].least), le=int(LIMITS["paths"].most)
    )
    days: int = Field(
        default=HORIZON_DAYS,
        strict=True,
        ge=int(LIMITS["horizon"].least),
        le=int(LIMITS["horizon"].most),
    )


class StudySpec(_Strict):
    """A study: pairs, states of the world, consignment, date."""

    name: str = Field(min_length=1, pattern=r"^[\w-]+$")
    title: str = Field(min_length=1)
    as_of: dt.date = Field(ge=FIRST_DAY, le=LAST_DAY)
    seed: int = Field(default=SEED, strict=True, ge=0, le=int(LIMITS["seed"].most))
    price_year: int = PRICE_YEAR
    states: tuple[State, ...] = tuple(State)
    both_directions: bool = True
    origins: tuple[str, ...] = Field(min_length=1)
    destinations: tuple[str, ...] = Field(min_length=1)
    focus: tuple[str, str] | None = None
    appraise: tuple[str, ...] = ()
    tables: Path | None = None
    consignment: ConsignmentSpec = ConsignmentSpec()
    world: WorldSpec = WorldSpec()
    travel: TravelSpec = TravelSpec()
    futures: FuturesSpec = FuturesSpec()

    @field_validator("as_of", mode="before")
    @classmethod
    def _a_day(cls, day: object) -> dt.date:
        if isinstance(day, str):
            return read_day(day)
        if isinstance(day, dt.datetime) or not isinstance(day, dt.date):
            msg = f"is {NO_DAY}"
            raise ValueError(msg)
        return day

    @field_validator("states", "origins", "destinations")
    @classmethod
    def _not_empty(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            msg = "is empty"
            raise ValueError(msg)
        return names

    @field_validator("states", "origins", "destinations", "appraise")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            msg = "names an item twice"
            raise ValueError(msg)
        return names


Located = tuple[tuple[str, ...], str]
"""Key of a study, part by part, and what is wrong there."""

Check = Callable[[StudySpec], Iterable[Located]]

NEUTRAL: dict[str, Any] = {
    "name": "study",
    "title": "study",
    "as_of": LAST_DAY,
    "origins": ["?"],
    "destinations": ["?"],
}
"""What stands in for a required key at fault, so that the other keys can be checked."""


def read_study(path: Path, *, check: Check | None = None) -> StudySpec:
    """Return a study from its file.

    Parameters
    ----------
    check
        Returns what is wrong with the names in a study; asked also where other keys are at
        fault, so that all faults come at once.

    Raises
    ------
    DataError
        Names every fault with key and line, or why the file cannot be read.
    """
    where = f"study {path}"
    text = read_utf8(path, where)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(where, [f"is not TOML: {error}"]) from error
    tables = content.get("tables")
    if isinstance(tables, str) and not Path(tables).is_absolute():
        content["tables"] = str(path.parent / tables)
    faults: list[Located] = []
    try:
        spec = StudySpec.model_validate(content)
    except ValidationError as error:
        items = [dict(item) for item in error.errors()]
        faults = [_fault(item) for item in items]
        content = _sound_part(content, items)
        spec = StudySpec.model_validate(NEUTRAL | content)
    if check is not None:
        faults += [fault for fault in check(spec) if fault[0][0] in content]
    if faults:
        placed = [(line_of(text, key) or 0, ".".join(key), message) for key, message in faults]
        raise DataError(
            where,
            [
                (f"line {line}, " if line else "") + f"{key}: {message}"
                for line, key, message in sorted(placed)
            ],
        )
    return spec


def _sound_part(content: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the content without the keys at fault."""
    kept = copy.deepcopy(content)
    for item in items:
        top, *rest = item["loc"]
        table = kept.get(top)
        if rest and isinstance(table, dict):
            table.pop(rest[0], None)
        else:
            kept.pop(top, None)
    return kept


def _fault(item: dict[str, Any]) -> Located:
    key = tuple(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return key, "not a key of a study"
    if item["type"] == "missing":
        return key, "is missing"
    message = str(item["msg"]).removeprefix("Value error, ")
    return key, f"{message[:1].lower()}{message[1:]} (given: {item['input']!r})"


def line_of(text: str, location: tuple[str, ...]) -> int | None:
    r"""Return the line on which a key of a TOML text stands, or what holds it; else None.

    Examples
    --------
    >>> line_of("a = 1\n[world]\nopen = []\n", ("world", "open"))
    3
    >>> line_of("a = 1\nworld = { open = [] }\n", ("world", "open"))
    2
    """
    table = ""
    names = [part for part in location if not part.isdecimal()]
    wanted = (".".join(names[:-1]), names[-1]) if names else ("", "")
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            table = header.group(1).strip()
            if table == ".".join(names):
                return number
            continue
        key = re.match(r"\s*([\w.-]+)\s*=", line)
        if key and (table, key.group(1)) == wanted:
            return number
    return line_of(text, location[:-1]) if len(location) > 1 else None
