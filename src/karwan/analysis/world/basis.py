"""What a computation over a whole record rests on, as the name under which it may be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.base.cache import key_of

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network

ROOMS = (
    *("base", "data", "words", "network", "evidence", "hazard", "route", "ledger", "analysis"),
    "watch",
)
"""Every room below the doors: whatever computes stands in one of them."""
LIBRARIES = ("numpy", "scipy", "polars", "numba")


def basis_of(catalog: Catalog, network: Network, *parts: str) -> str | None:
    """Return the name of what follows from tables and network; None where it may not be kept.

    What a workspace adds is the user's own and is kept nowhere else.

    Parameters
    ----------
    parts
        What else it follows from.
    """
    if catalog.workspace is not None:
        return None
    return key_of(
        catalog.tables_sha256,
        catalog.edition,
        network.sha256,
        *parts,
        rooms=ROOMS,
        libraries=LIBRARIES,
    )


def basis_of_record(world: World, *parts: str) -> str | None:
    """Return the name of what follows from the closures known in a world, as `basis_of`."""
    if world.catalog.workspace is not None:
        return None
    as_of = world.as_of.isoformat()
    return basis_of(world.catalog, world.network, world.record.sha256, as_of, *parts)
