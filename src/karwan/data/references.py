"""What one table names of another: every name must stand where the descriptor says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from karwan.base.schema import Field
    from karwan.data.catalog import Catalog


@dataclass(frozen=True, kw_only=True, slots=True)
class Dangling:
    """A name in a cell that stands in none of the columns where it should."""

    table: str
    line: int
    column: str
    name: str
    targets: tuple[str, ...]

    @property
    def fault(self) -> str:
        """Say where the name is, and where it should stand."""
        where = " or ".join(self.targets)
        return f"line {self.line}: {self.column} names {self.name!r}, which is not in {where}"


def dangling_names(catalog: Catalog, tables: Iterable[str]) -> list[Dangling]:
    """Return every name that stands in none of the columns where it should.

    Parameters
    ----------
    tables
        Tables that can be read; a column that looks into another is passed over.
    """
    sound = set(tables)
    return [
        lost
        for table in catalog.resources
        if table in sound
        for field in catalog.resource(table).table.fields
        if field.references and {target.partition(".")[0] for target in field.references} <= sound
        for lost in _lost_names(catalog, table, field)
    ]


def _lost_names(catalog: Catalog, table: str, field: Field) -> Iterator[Dangling]:
    known = set(field.reference_words)
    for target in field.references:
        other, _, column = target.partition(".")
        known |= set(catalog.read(other)[column].drop_nulls().to_list())
    for line, cell in enumerate(catalog.read(table)[field.name].to_list(), 2):
        for name in field.names_in(cell or ""):
            if name not in known:
                yield Dangling(
                    table=table,
                    line=line,
                    column=field.name,
                    name=name,
                    targets=field.references,
                )
