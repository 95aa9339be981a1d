"""The catalogue: every packaged table with schema, unit, licence and hash.

The Data Package descriptor beside the tables is the one declaration of their columns. A user's
own folder of tables in the same form may replace any of them; the schema stays ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from karwan.base.errors import DataError, SourceError, UnknownNameError
from karwan.base.reprs import short_repr
from karwan.base.schema import Field, Table
from karwan.base.store import sha256_hex
from karwan.base.troubles import read_utf8
from karwan.data.rows.row import R, Row, rows_from

if TYPE_CHECKING:
    import polars as pl

DESCRIPTOR = "datapackage.json"
FILES_KEPT = 256
"""Files whose rows a process keeps: the packaged tables, and some folders of a user's."""


@dataclass(frozen=True, slots=True)
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
class Catalog:
    """Packaged tables, some of them replaced by a user's.

    Attributes
    ----------
    folder
        A user's folder with CSV files of the same names, or None.
    workspace
        A user's folder with closures and incidents of his own, or None.
    """

    folder: Path | None = None
    workspace: Path | None = None
    _files: dict[str, _File] = field(default_factory=dict, repr=False, compare=False)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        """Check the user's folder before anything is read from it."""
        if self.folder is None:
            return
        if not self.folder.is_dir():
            raise DataError("tables", [f"{self.folder} is not a folder"])
        known = set(self.resources)
        found = {path.stem for path in self.folder.glob("*.csv")}
        faults = [f"{name}.csv is not a table of karwan" for name in sorted(found - known)]
        if not found:
            faults.append(
                f"{self.folder} holds no CSV file; known tables: {', '.join(sorted(known))}"
            )
        faults += self._declared_unit_faults()
        if faults:
            where = f"tables in {self.folder}"
            raise DataError(where, faults)

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The Data Package descriptor of the packaged tables."""
        text = (
            resources.files("karwan.data")
            .joinpath("tables", DESCRIPTOR)
            .read_text(encoding="utf-8")
        )
        content: dict[str, Any] = json.loads(text)
        return content

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Every table by name, in the order of the descriptor."""
        return {entry["name"]: _resource(entry) for entry in self.descriptor["resources"]}

    @property
    def version(self) -> str:
        """Version of the packaged tables."""
        return str(self.descriptor["version"])

    def resource(self, name: str) -> Resource:
        """Return one table's description, or suggest the nearest name."""
        if name not in self.resources:
            hint = f"Known: {', '.join(self.resources)}."
            raise UnknownNameError("table", name, self.resources, hint=hint)
        return self.resources[name]

    def read(self, name: str) -> pl.DataFrame:
        """Return a table, checked against its schema; read once.

        Raises
        ------
        DataError
            Names every fault of a user's table.
        SourceError
            If a packaged table differs from its recorded hash.
        """
        return _frame_of(self._file(name))

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        """Return the rows of a class's table, in the table's order; made once in a process.

        Raises
        ------
        DataError
            Names every fault of a user's table.

        Examples
        --------
        >>> from karwan.data.rows.region import RegionRow
        >>> [row.main_port_id for row in Catalog().rows(RegionRow)]
        ['karachi']
        """
        found = _rows_of(self._file(kind.TABLE), kind)  # type: ignore[arg-type] # mypy: no hash
        return cast("tuple[R, ...]", found)

    def hashes(self, names: list[str]) -> dict[str, str]:
        """Return the SHA-256 of the files behind the tables named, for a run's record."""
        return {name: sha256_hex(self._bytes(name)) for name in sorted(names)}

    @cached_property
    def tables_sha256(self) -> str:
        """One hash over all tables as they stand: the packaged ones as sealed, a user's as read."""
        parts = [
            f"{name} {sha256_hex(self._bytes(name)) if self.is_replaced(name) else entry.sha256}"
            for name, entry in sorted(self.resources.items())
        ]
        return sha256_hex("\n".join(parts).encode())

    def content(self, name: str) -> bytes:
        """Return the file behind a table as it stands."""
        self.resource(name)
        return self._bytes(name)

    def is_replaced(self, name: str) -> bool:
        """Whether a user's file stands in for the packaged table."""
        return self.folder is not None and (self.folder / f"{name}.csv").exists()

    def _bytes(self, name: str) -> bytes:
        if self.folder is not None and self.is_replaced(name):
            return (self.folder / f"{name}.csv").read_bytes()
        return resources.files("karwan.data").joinpath("tables", f"{name}.csv").read_bytes()

    def _file(self, name: str) -> _File:
        """Return a table's file as it stood when this catalogue first read it."""
        if name not in self._files:
            entry = self.resource(name)
            content = self._bytes(name)
            own = self.folder / f"{name}.csv" if self.folder and self.is_replaced(name) else None
            digest = sha256_hex(content)
            if own is None and digest != entry.sha256:
                raise SourceError(self._unsealed())
            where = f"table {name}" + (f" ({own})" if own else "")
            self._files[name] = _File(
                name=name, sha256=digest, table=entry.table, content=content, where=where
            )
        return self._files[name]

    def _unsealed(self) -> str:
        """Say of all packaged tables in use which differ from what was recorded of them."""
        names = [
            name
            for name, entry in self.resources.items()
            if not self.is_replaced(name) and sha256_hex(self._bytes(name)) != entry.sha256
        ]
        which, differ = ("table", "differs") if len(names) == 1 else ("tables", "differ")
        return (
            f"Packaged {which} {', '.join(names)} {differ} from the recorded hash: reinstall "
            "karwan; or, if you changed them, seal the tables anew (`make seal`)."
        )

    def _declared_unit_faults(self) -> list[str]:
        """Compare units declared in a user's own descriptor with ours."""
        path = self.folder / DESCRIPTOR if self.folder else None
        if path is None or not path.exists():
            return []
        try:
            declared = _declared_units(json.loads(read_utf8(path, path.name)))
        except DataError as error:
            return list(error.texts)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return [f"{path.name} is no Data Package descriptor: {error}"]
        faults = []
        for name, column, unit in declared:
            if name not in self.resources:
                continue
            ours = {item.name: item for item in self.resources[name].table.fields}
            known = ours.get(column)
            if known is not None and unit and unit != known.unit:
                faults.append(
                    f"{name}.csv: {column} is declared in {unit!r}; it must be in {known.unit!r}"
                )
        return faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A table's file; the same content of the same table is the same, wherever it lies."""

    name: str
    sha256: str
    table: Table = field(compare=False, repr=False)
    content: bytes = field(compare=False, repr=False)
    where: str = field(compare=False)


@lru_cache(maxsize=FILES_KEPT)
def _frame_of(file: _File) -> pl.DataFrame:
    """Return a file's table, checked; what has faults is not kept."""
    import polars as pl

    try:
        raw = pl.read_csv(
            file.content, infer_schema=False, null_values=[""], truncate_ragged_lines=False
        )
    except pl.exceptions.PolarsError as error:
        fault = f"cannot be read as CSV: {str(error).splitlines()[0]}"
        raise DataError(file.where, [fault]) from error
    return file.table.check(raw, where=file.where)


@lru_cache(maxsize=FILES_KEPT)
def _rows_of(file: _File, kind: type[Row]) -> tuple[Row, ...]:
    return rows_from(_frame_of(file), file.table, kind)


def _declared_units(descriptor: Any) -> list[tuple[str, str, str]]:
    """Return (table, column, unit) of all columns of a descriptor."""
    return [
        (entry["name"], item["name"], item.get("unit", ""))
        for entry in descriptor["resources"]
        for item in entry.get("schema", {}).get("fields", [])
    ]


def _resource(entry: dict[str, Any]) -> Resource:
    fields = tuple(_field(item) for item in entry["schema"]["fields"])
    schema = entry["schema"]
    table = Table(
        entry["name"], tuple(schema["primaryKey"]), fields, int(schema.get("rowsAtLeast", 0))
    )
    licence = entry["licenses"][0]
    return Resource(
        name=entry["name"],
        title=entry["title"],
        description=entry["description"],
        licence=licence["name"],
        licence_url=licence["path"],
        row_count=entry["rows"],
        sha256=entry["hash"].removeprefix("sha256:"),
        table=table,
    )


def _field(item: dict[str, Any]) -> Field:
    rules = item.get("constraints", {})
    return Field(
        name=item["name"],
        type=item["type"],
        unit=item.get("unit", ""),
        description=item["description"],
        required=bool(rules.get("required", False)),
        unique=bool(rules.get("unique", False)),
        enum=tuple(rules.get("enum", ())),
        at_least=rules.get("minimum"),
        at_most=rules.get("maximum"),
        references=tuple(item.get("references", ())),
        separator=item.get("separator", ""),
        reference_words=tuple(item.get("referenceWords", ())),
    )
