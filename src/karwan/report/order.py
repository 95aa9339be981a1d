"""How far the order of corridors holds, and what would change it."""

from __future__ import annotations

from typing import Any

from karwan.analysis.comparison import Comparison
from karwan.analysis.sensitivity import Swing, swings
from karwan.report.content import label
from karwan.report.view import Section, View

MOST_SWINGS = 10


def _swings(comparison: Comparison) -> tuple[str, str, list[Swing]] | None:
    """Return the two best corridors and what moves the margin between them; None if fewer."""
    order = comparison.ranking.order_central
    if len(order) < 2:
        return None
    first, second = (comparison.answer(name) for name in order[:2])
    if first.journey is None or second.journey is None:
        return None
    found = swings(first.journey, second.journey)[:MOST_SWINGS]
    return label(first.corridor), label(second.corridor), found


def gather(view: View) -> dict[str, Any]:
    """Return what moves the margin between the two best."""
    return {"swings": _swings(view.there[0])}


ORDER = Section("order", "What would change the order", "compare", gather)
