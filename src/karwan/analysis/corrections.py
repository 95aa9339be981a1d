"""What answers of a date say of rows that were withdrawn for all time.

Such a row was in the answer of that date until somebody found it wrong; who reads the answer again
must learn that, and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karwan.analysis.world import World


def corrections_to_dict(world: World) -> list[dict[str, Any]]:
    """Return the corrections that an answer rests on, as data."""
    return [
        {"record_id": one.record_id, "note": one.note, "who": one.who, "corrected_on": one.on}
        for one in world.record.corrections
    ]


def correction_lines(world: World) -> list[str]:
    """Return a line for each row that an answer of this date used until it was corrected."""
    return [
        f"Corrected for all time on {one.on}: {one.record_id} is left out ({one.note}); answers "
        f"as of {world.as_of} given before used it"
        for one in world.record.corrections
    ]
