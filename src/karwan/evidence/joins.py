"""Which element each closure shut: as the table of joins says, or by the name of the gate.

A folder of a user's own tables may hold closures and no table of joins. Then ours joins what it
knows of them, what his table leaves out is not on record, and a closure that ours does not join is
of the one element that its name stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.traffic import Direction, TrafficClass
from karwan.data.rows.closures import ClosureElementRow, ClosureRow, LineDisruptionRow
from karwan.data.rows.network import ElementRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ShutRow = ClosureRow | LineDisruptionRow
STOPPED = {
    "full": TrafficClass.all,
    "cargo": TrafficClass.cargo,
    "pedestrian": TrafficClass.pedestrian,
}
"""Whom a closure stops, by its scope; what stops a part must say which."""


def read_joins(catalog: Catalog, rows: Mapping[str, ShutRow]) -> list[ClosureElementRow]:
    """Return what each closure shut or slowed, with those joined by the name of their gate.

    Parameters
    ----------
    rows
        Closures of both tables by id.

    Raises
    ------
    DataError
        Names every join of a closure that is not on record; without a table of joins of the
        user's, every closure of his that ours does not join and whose name is that of none, or of
        more than one, of the elements.
    """
    joins = list(catalog.rows(ClosureElementRow))
    where = f"table {ClosureElementRow.TABLE}"
    if not catalog.is_lent(ClosureElementRow.TABLE):
        unknown = sorted({join.closure_id for join in joins} - rows.keys())
        faults = [f"no closure {name!r} in closures or line_disruptions" for name in unknown]
        if faults:
            raise DataError(where, faults)
        return joins
    joins = [join for join in joins if join.closure_id in rows]
    joined = {join.closure_id for join in joins}
    loose = [row for row in rows.values() if row.id not in joined]
    if not loose:
        return joins
    names, modes = names_of_elements(catalog, rows, joins)
    faults = []
    for row in loose:
        elements = sorted(names.get(row.crossing.casefold(), ()))
        stopped = STOPPED.get(row.scope)
        if len(elements) == 1 and stopped is not None:
            joins.append(_join(row, elements[0], modes[elements[0]], stopped))
        elif len(elements) != 1:
            which = f"may be {', '.join(elements)}" if elements else "is the name of no element"
            faults.append(f"no row for {row.TABLE} {row.id}, and its crossing {row.crossing!r} "
                          f"{which}: add a row, or name one element")  # fmt: skip
        else:
            faults.append(f"no row for {row.TABLE} {row.id}, whose scope is {row.scope!r}: add a "
                          "row that says whom it stopped")  # fmt: skip
    if faults:
        raise DataError(where, faults)
    return joins


def names_of_elements(
    catalog: Catalog, rows: Mapping[str, ShutRow], joins: list[ClosureElementRow]
) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Return the elements for which a name stands, and the mode of each element.

    An id stands for its element, an element's own name before one that other closures use.
    """
    elements = catalog.rows(ElementRow)
    used: dict[str, set[str]] = {}
    for join in joins:
        used.setdefault(rows[join.closure_id].crossing.casefold(), set()).add(join.element_id)
    own: dict[str, set[str]] = {}
    for row in elements:
        for name in (row.name, *(row.aliases or "").split(";")):
            own.setdefault(name.strip().casefold(), set()).add(row.element_id)
    ids = {row.element_id.casefold(): {row.element_id} for row in elements}
    return {**used, **own, **ids}, {row.element_id: row.mode for row in elements}


def _join(row: ShutRow, element_id: str, mode: str, stopped: TrafficClass) -> ClosureElementRow:
    return ClosureElementRow(
        closure_id=row.id,
        table=row.TABLE,  # type: ignore[arg-type] # mypy: a class variable is no literal
        element_id=element_id,
        mode=mode,
        traffic_class=stopped,
        effect="shut",
        direction=Direction.both.value,
        episode=row.episode or "",
        duplicate_of=None,
        calendar=False,
        open_closed=True,
        note=None,
        source_url=row.source_url,
        source_date=row.source_date,
        confidence=row.confidence,
    )
