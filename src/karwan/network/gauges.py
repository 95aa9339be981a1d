"""Layers of the state graph: road, rail by gauge, sea."""

from __future__ import annotations

ROAD = "road"
SEA = "sea"
GAUGES_MM = (1435, 1520, 1676)
RAIL_LAYERS = tuple(f"rail{gauge}" for gauge in GAUGES_MM)
LAYERS = (ROAD, *RAIL_LAYERS, SEA)
MODE_OF_LAYER = {ROAD: "road", SEA: "sea"} | dict.fromkeys(RAIL_LAYERS, "rail")
MODES = ("road", "rail", "sea")


def rail_layer(gauge_mm: int) -> str:
    """Return the layer of a gauge.

    Examples
    --------
    >>> rail_layer(1520)
    'rail1520'
    """
    return f"rail{gauge_mm}"
