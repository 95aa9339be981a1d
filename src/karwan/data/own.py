"""A user's own folder of tables: what it holds, what it lies over, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from karwan.base.days import read_day
from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.base.schema import Table
from karwan.base.troubles import read_utf8

DESCRIPTOR = "datapackage.json"
SETTINGS = "karwan.toml"
PACKAGED, NONE = "packaged", "none"
"""What the tables of a user's folder lie over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One table of the package: what it is, under which licence, with which hash."""

    name: str
    title: str
    description: str
    licence: str
    licence_url: str
    row_count: int
    sha256: str
    table: Table


@dataclass(frozen=True)
class OwnTables:
    """CSV files of a user that stand in for packaged tables of the same names."""

    folder: Path

    __repr__ = short_repr

    def check(self, resources: Mapping[str, Resource]) -> None:
        """Check the folder before anything is read from it.

        Raises
        ------
        DataError
            Names every fault of the folder.
        """
        if not self.folder.is_dir():
            raise DataError("tables", [f"{self.folder} is not a folder"])
        known = set(resources)
        faults = [f"{path.name} is not a table of karwan" for path in self.files
                  if path.stem not in known]  # fmt: skip
        stems = [path.stem for path in self.files]
        faults += [
            f"{stem} is there more than once"
            for stem in sorted({s for s in stems if stems.count(s) > 1})
        ]
        if not self.files:
            faults.append(
                f"{self.folder} holds no CSV file; known tables: {', '.join(sorted(known))}"
            )
        faults += self._settings_faults()
        faults += self._declared_unit_faults(resources)
        if faults:
            where = f"tables in {self.folder}"
            raise DataError(where, faults)

    @cached_property
    def files(self) -> list[Path]:
        """The CSV files of the user's folder, whatever the case of their ending."""
        return sorted(path for path in self.folder.iterdir() if path.suffix.lower() == ".csv")

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The user's file of each table that he has."""
        return {path.stem: path for path in self.files}

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What `karwan.toml` of the user's folder says."""
        path = self.folder / SETTINGS
        if not path.exists():
            return {}
        import tomllib

        try:
            return tomllib.loads(read_utf8(path, path.name))
        except tomllib.TOMLDecodeError as error:
            raise DataError(path.name, [f"is not TOML: {error}"]) from error

    @property
    def stand_alone(self) -> bool:
        """Whether nothing of ours lies under them."""
        return bool(self.settings.get("base", PACKAGED) == NONE)

    def _settings_faults(self) -> list[str]:
        faults = [f"{SETTINGS}: {key} is not a key" for key in self.settings if key != "base"]
        base = self.settings.get("base", PACKAGED)
        if base not in (PACKAGED, NONE):
            faults.append(f'{SETTINGS}: base is {base!r}; it is "{PACKAGED}" or "{NONE}"')
        return faults

    @cached_property
    def created(self) -> str:
        """The day that his descriptor states as `created`; blank if it does not."""
        path = self.folder / DESCRIPTOR
        if not path.exists():
            return ""
        return str(json.loads(read_utf8(path, path.name)).get("created") or "")[:10]

    def _declared_unit_faults(self, resources: Mapping[str, Resource]) -> list[str]:
        """Compare units declared in a user's own descriptor with ours."""
        path = self.folder / DESCRIPTOR
        if not path.exists():
            return []
        try:
            content = json.loads(read_utf8(path, path.name))
            declared = _declared_units(content)
            if content.get("created"):
                read_day(str(content["created"])[:10])
        except DataError as error:
            return list(error.texts)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return [f"{path.name} is no Data Package descriptor: {error}"]
        faults = []
        for name, column, unit in declared:
            if name not in resources:
                continue
            ours = {item.name: item for item in resources[name].table.fields}
            known = ours.get(column)
            if known is not None and unit and unit != known.unit:
                faults.append(
                    f"{name}.csv: {column} is declared in {unit!r}; it must be in {known.unit!r}"
                )
        return faults


def _declared_units(descriptor: Any) -> list[tuple[str, str, str]]:
    """Return (table, column, unit) of all columns of a descriptor."""
    return [
        (entry["name"], item["name"], item.get("unit", ""))
        for entry in descriptor["resources"]
        for item in entry.get("schema", {}).get("fields", [])
    ]
