"""The study file: what is asked, of when, for which consignment. All faults are named at once."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from karwan.base.errors import DataError
from karwan.network.tariffs import PRICE_YEAR
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

StateName = Literal["last-known", "all-open"]


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


class StudySpec(_Strict):
    """A study: pairs, states of the world, consignment, date."""

    name: str = Field(min_length=1, pattern=r"^[\w-]+$")
    title: str = Field(min_length=1)
    as_of: dt.date
    seed: int = Field(default=0, ge=0)
    price_year: int = PRICE_YEAR
    states: tuple[StateName, ...] = ("last-known", "all-open")
    both_directions: bool = True
    origins: tuple[str, ...] = Field(min_length=1)
    destinations: tuple[str, ...] = Field(min_length=1)
    focus: tuple[str, str] | None = None
    tables: Path | None = None
    consignment: ConsignmentSpec = ConsignmentSpec()
    world: WorldSpec = WorldSpec()

    @field_validator("states", "origins", "destinations")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            msg = "is empty"
            raise ValueError(msg)
        if len(set(names)) < len(names):
            msg = "names an item twice"
            raise ValueError(msg)
        return names


def read_study(path: Path) -> StudySpec:
    """Return a study from its file.

    Raises
    ------
    DataError
        Names every fault with key and line, or why the file cannot be read.
    """
    where = f"study {path}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            where, [f"cannot be read: {getattr(error, 'strerror', None) or error}"]
        ) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(where, [f"is not TOML: {error}"]) from error
    tables = content.get("tables")
    if isinstance(tables, str) and not Path(tables).is_absolute():
        content["tables"] = str(path.parent / tables)
    try:
        return StudySpec.model_validate(content)
    except ValidationError as error:
        faults = [_fault_text(text, dict(item)) for item in error.errors()]
        raise DataError(where, faults) from None


def _fault_text(text: str, item: dict[str, Any]) -> str:
    location = tuple(str(part) for part in item["loc"])
    line = line_of(text, location)
    place = f"line {line}, " if line else ""
    key = ".".join(location)
    if item["type"] == "extra_forbidden":
        return f"{place}{key}: not a key of a study"
    if item["type"] == "missing":
        return f"{key}: is missing"
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{place}{key}: {message[:1].lower()}{message[1:]} (given: {item['input']!r})"


def line_of(text: str, location: tuple[str, ...]) -> int | None:
    r"""Return the line on which a key of a TOML text stands, or None.

    Examples
    --------
    >>> line_of("a = 1\n[world]\nopen = []\n", ("world", "open"))
    3
    """
    table = ""
    names = [part for part in location if not part.isdigit()]
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
    return None
