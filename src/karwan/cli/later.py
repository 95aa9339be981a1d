"""The line by which a command tells of figures of a later day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from karwan.analysis.world.later import later_text

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.base.provenance import Source


def later_lines(world: World, sources: Iterable[Source]) -> list[str]:
    """Return a line on figures of a later day, if there are any, and the option to refuse them."""
    text = later_text(world, sources)
    return [f"{text} --strict refuses them."] if text else []
