"""Vega-Lite specifications of the charts, as agreed.

Rewrite them with KARWAN_REWRITE_GOLDEN=1 and read the change in the diff.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from karwan.analysis.corridors.sensitivity import Swing
from karwan.report.closures import ChartSpell, timeline_spec
from karwan.report.distances import ChartLine, Stop, distance_spec, jump_labels
from karwan.report.figures import ChartBar, bars_spec, to_svg
from karwan.report.order import swings_spec
from karwan.report.ranges import ChartRange, ranges_spec

GOLDEN = Path(__file__).parent.parent / "golden" / "charts"

ROAD = ChartLine(
    name="By road",
    colour="#d55e00",
    shape="circle",
    dashed=True,
    stops=(
        Stop("", 0.0, 0.0),
        Stop("A - gate", 500.0, 30.0),
        Stop("Gate", 500.0, 90.0),
        Stop("gate - B", 900.0, 110.0),
    ),
)
RAIL = ChartLine(
    name="By rail",
    colour="#0072b2",
    shape="square",
    dashed=False,
    stops=(Stop("", 0.0, 0.0), Stop("A - B", 1000.0, 70.0)),
)
SPECS: dict[str, Callable[[], dict[str, Any]]] = {
    "distance": lambda: distance_spec([ROAD, RAIL], "h"),
    "bars": lambda: bars_spec(
        [ChartBar("By road", {"driving": 50.0, "border": 60.0}, 80.0, 190.0)], "h"
    ),
    "ranges": lambda: ranges_spec(
        [
            ChartRange(
                name="By road",
                p05=80.0,
                p50=105.0,
                p90=140.0,
                p95=160.0,
                mean=110.0,
                band=(70.0, 190.0),
                cut=True,
            )
        ]
    ),
    "swings": lambda: swings_spec(
        [
            ("rail freight rate, China", Swing("rail haul, CN", (-400.0, 700.0), turns=True)),
            ("road freight rate, Kazakhstan", Swing("road haul, KZ", (900.0, 200.0), turns=False)),
        ],
        500.0,
    ),
    "timeline": lambda: timeline_spec(
        [ChartSpell("Gate", dt.date(2020, 3, 1), dt.date(2020, 9, 1), "ended")],
        dt.date(2026, 11, 22),
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_specification_is_as_agreed(name: str) -> None:
    text = json.dumps(SPECS[name](), indent=1, sort_keys=True) + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("KARWAN_REWRITE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8"))


def test_a_drawing_repeats_its_bytes_and_says_what_it_shows() -> None:
    spec = SPECS["distance"]()
    first = to_svg(spec, "chart", "Hours over km.")
    assert first == to_svg(spec, "chart", "Hours over km.")
    assert 'role="img" aria-label="Hours over km."' in first


def test_a_cut_route_is_dashed() -> None:
    text = json.dumps(SPECS["distance"]())
    assert "[7, 4]" in text


def test_the_biggest_jump_is_named_with_its_size() -> None:
    assert jump_labels([ROAD, RAIL], "h")[0].words == "Gate +60 h"
