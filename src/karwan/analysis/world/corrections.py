"""What answers of a date say of rows that were withdrawn for all time.

Such a row was in the answer of that date until somebody found it wrong; who reads the answer again
must learn that, and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.evidence.spells import Correction


def corrections_to_dict(world: World) -> list[dict[str, Any]]:
    """Return the corrections that an answer rests on, as data."""
    return [
        {"record_id": one.record_id, "note": one.note, "who": one.who, "corrected_on": one.on}
        for one in world.record.corrections
    ]


def correction_lines(world: World) -> list[str]:
    """Return a line for each row that an answer of this date used until it was corrected."""
    return _lines(world.record.corrections, world.as_of)


def catalog_correction_lines(catalog: Catalog, as_of: dt.date) -> list[str]:
    """Return the same lines for an answer that rests on tables and needs no world."""
    if catalog.workspace is None:
        return []
    from karwan.evidence.own_record import read_corrections

    return _lines(read_corrections(catalog.workspace, as_of), as_of)


def _lines(corrections: Sequence[Correction], as_of: dt.date) -> list[str]:
    return [
        f"Corrected for all time on {one.on}: {one.record_id} is left out ({one.note}); answers "
        f"as of {as_of} given before used it"
        for one in corrections
    ]
