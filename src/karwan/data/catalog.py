"""The catalogue: every packaged table with schema, unit, licence and hash.

The Data Package descriptor beside the tables is the one declaration of their columns. A user's
own folder of tables in the same form may replace any of them; the schema stays ours. A folder whose
`karwan.toml` says `base = "none"` stands alone: a table that it has not is empty.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from karwan.base.cache import keep_json, kept_json, key_of
from karwan.base.days import read_day
from karwan.base.delimited import read_delimited
from karwan.base.errors import NoEvidenceError, SourceError, UnknownNameError
from karwan.base.reprs import short_repr
from karwan.base.schema import Field, Table
from karwan.base.store import sha256_hex
from karwan.base.workspaces import Workspace
from karwan.data.own import DESCRIPTOR, OwnTables, Resource
from karwan.data.rows.row import Cells, R, Row, frame_cells, rows_from

if TYPE_CHECKING:
    import polars as pl

FILES_KEPT = 256
"""Files whose rows a process keeps: the packaged tables, and some folders of a user's."""
CHECKED = "tables"
"""The kind of entry of the cache in which checked tables are kept."""
CHECKERS = ("base", "data/catalog.py", "data/rows/row.py")
"""What reads and checks them."""
ALWAYS = ("cargo", "units")
"""Tables that no network does without; a land that stands alone may have none of the others."""


@dataclass(frozen=True)
class Catalog:
    """Packaged tables, some of them replaced by a user's.

    Attributes
    ----------
    folder
        A user's folder with CSV files of the same names, or None.
    workspace
        A user's folder with closures and incidents of his own, or None.
    as_recorded
        Rows that were entered after this day, in UTC, are left out; None takes all.
    """

    folder: Path | None = None
    workspace: Workspace | None = None
    as_recorded: dt.date | None = None
    _read_files: dict[str, _File] = field(default_factory=dict, repr=False, compare=False)

    __repr__ = short_repr

    def __post_init__(self) -> None:
        """Check the user's folder before anything is read from it, and what was recorded when."""
        if self.as_recorded is not None and self.as_recorded < self.released():
            msg = (
                f"Nothing was on record on {self.as_recorded}: the tables of this program were "
                f"released on {self.released()}. Ask of a later day, or the program of that time."
            )
            raise NoEvidenceError(msg)
        if self._own is not None:
            self._own.check(self.resources)

    @cached_property
    def _own(self) -> OwnTables | None:
        """The user's own tables, if he has a folder of them."""
        return OwnTables(self.folder) if self.folder is not None else None

    @property
    def stands_alone(self) -> bool:
        """Whether the user's folder is all there is, and nothing of ours lies under it."""
        return self._own is not None and self._own.stand_alone

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

    def released(self, name: str = "") -> dt.date:
        """Return the day on which a table was released, from which a row without a date is known.

        A user's own table is of the day that his descriptor states as `created`, if it does.
        """
        own = self._own
        created = own.created if own is not None and name in own.paths else ""
        return read_day(created or str(self.descriptor["created"]))

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
            f"{name} {entry.sha256 if self.is_shipped(name) else self._file(name).sha256}"
            for name, entry in sorted(self.resources.items())
        ]
        return sha256_hex("\n".join(parts).encode())

    @cached_property
    def edition(self) -> str:
        """What else than the tables decides which rows count: days of release and of record."""
        created = self._own.created if self._own is not None else ""
        return f"{self.descriptor['created']} {created} {self.as_recorded} {self.stands_alone}"

    def content(self, name: str) -> bytes:
        """Return the file behind a table as it stands."""
        self.resource(name)
        return self._bytes(name)

    def is_replaced(self, name: str) -> bool:
        """Whether a user's file stands in for the packaged table."""
        return self._own is not None and name in self._own.paths

    def is_shipped(self, name: str) -> bool:
        """Whether a table is the packaged one, as shipped."""
        return not self.stands_alone and not self.is_replaced(name)

    def is_lent(self, name: str) -> bool:
        """Whether a user's folder has no such table and ours stands under it."""
        return self.folder is not None and self.is_shipped(name)

    def _bytes(self, name: str) -> bytes:
        if self._own is not None and name in self._own.paths:
            return self._own.paths[name].read_bytes()
        if self.stands_alone:
            return (
                ",".join(item.name for item in self.resources[name].table.fields) + "\n"
            ).encode()
        return resources.files("karwan.data").joinpath("tables", f"{name}.csv").read_bytes()

    def _file(self, name: str) -> _File:
        """Return a table's file as it stood when this catalogue first read it."""
        if name not in self._read_files:
            entry = self.resource(name)
            content = self._bytes(name)
            digest = sha256_hex(content)
            if self.is_shipped(name) and digest != entry.sha256:
                raise SourceError(self._unsealed())
            path = self._own.paths.get(name) if self._own is not None else None
            where = f"table {name}" + (f" ({path})" if path is not None else "")
            table = entry.table
            if self.stands_alone and name not in ALWAYS:
                table = replace(table, rows_at_least=0)
            self._read_files[name] = _File(
                name=name,
                sha256=digest,
                rows_at_least=table.rows_at_least,
                table=table,
                content=content,
                where=where,
            )
        return self._read_files[name]

    def _unsealed(self) -> str:
        """Say of all packaged tables in use which differ from what was recorded of them."""
        names = [
            name
            for name, entry in self.resources.items()
            if self.is_shipped(name) and sha256_hex(self._bytes(name)) != entry.sha256
        ]
        which, differ = ("table", "differs") if len(names) == 1 else ("tables", "differ")
        return (
            f"Packaged {which} {', '.join(names)} {differ} from the recorded hash: reinstall "
            "karwan; or, if you changed them, seal the tables anew (`make seal`)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A table's file; the same content of the same table is the same, wherever it lies."""

    name: str
    sha256: str
    rows_at_least: int
    table: Table = field(compare=False, repr=False)
    content: bytes = field(compare=False, repr=False)
    where: str = field(compare=False)


@lru_cache(maxsize=FILES_KEPT)
def _frame_of(file: _File) -> pl.DataFrame:
    """Return a file's table, checked; what has faults is not kept."""
    raw = read_delimited(file.content, file.where)
    return file.table.check(raw, where=file.where)


@lru_cache(maxsize=FILES_KEPT)
def _rows_of(file: _File, kind: type[Row]) -> tuple[Row, ...]:
    return rows_from(_cells_of(file), file.table, kind)


def _cells_of(file: _File) -> Cells:
    """Return a file's checked cells by column, as kept from an earlier run where they are.

    To read and check the tables of one question, and to load what does it, takes longer than the
    question. Dates are kept as texts; a table with faults is not kept, so they are told each time.
    """
    dates = [item.name for item in file.table.fields if item.type == "date"]
    key = key_of(file.name, file.sha256, repr(file.table.key), repr(file.table.fields),
                 str(file.rows_at_least), rooms=CHECKERS)  # fmt: skip
    kept: dict[str, list[Any]] | None = kept_json(CHECKED, key)
    if kept is not None:
        return kept | {name: [_day(text) for text in kept[name]] for name in dates}
    cells = frame_cells(_frame_of(file))
    texts = {name: [day and day.isoformat() for day in cells[name]] for name in dates}
    keep_json(CHECKED, key, {**cells, **texts})
    return cells


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


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
        qualifier=item.get("qualifier", ""),
        reference_words=tuple(item.get("referenceWords", ())),
        form=item.get("format", ""),
        optional=bool(item.get("optional", False)),
    )
