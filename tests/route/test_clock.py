"""Clocks: what each leaves out of a journey, and which ends cannot have it."""

from __future__ import annotations

from itertools import takewhile

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.calibration import _Bench, read_runs
from karwan.base.errors import DataError
from karwan.route.clock import Clock, timed_arcs
from karwan.route.expand import CROSSING, TRANSFER, Arc
from karwan.route.tcd import LAW, TcdRow, Timing
from tests import reference

LEFT_OUT = {
    "R034": {"Hairatan"},
    "N105": {"Xi'an", "Tashkent"},
    "N106": {"Xi'an", "Baku"},
    "N107": {"Aktau"},
    "N111": {"Tashkent", "Aktau"},
    "N115": {"Mundra"},
    "N128": {"Xi'an", "Tehran"},
    "N201": {"Xi'an", "Baku"},
    "N208": {"Islamabad / Rawalpindi", "Rawalpindi", "Tehran"},
    "N211": {"Aktau", "Altynkol"},
    "N212": {"Mundra", "Chabahar"},
    "N215": {"Xi'an", "Baku"},
    "N216": {"Xi'an", "Baku"},
    "N217": {"Xi'an", "Baku"},
    "N218": {"Xi'an", "Baku"},
    "N224": {"Aktau", "Altynkol"},
    "N225": {"Aktau", "Altynkol"},
    "N227": {"Lianyungang", "Baku"},
    "N228": {"Qingdao", "Baku"},
    "N229": {"Xi'an", "Baku"},
    "N235": {"Andijan", "Hairatan"},
    "N252": {"Xi'an", "Alashankou"},
    "N254": {"Lianyungang", "Tashkent"},
    "N255": {"Xi'an", "Almaty"},
    "N256": {"Sarakhs", "Bandar Abbas"},
    "N257": {"Bandar Abbas", "Almaty"},
    "N260": {"Karachi", "Chaman"},
    "N261": {"Karachi", "Lahore"},
}
"""The moves at the ends that the clock of a published run does not count, by place."""


def arc(kind: str, *, modes: tuple[str, ...] = ("road",), number: int = 0) -> Arc:
    return Arc(
        id=number, kind=kind, tail=0, head=1, link_id="", crossing_id="", terminal=-1,
        forward=True, km=1.0, countries=(), element_id="", modes=frozenset(modes),
    )  # fmt: skip


MOVE = arc(TRANSFER, modes=("road", "rail"))
RAIL = arc("haul", modes=("rail",))
ROAD = arc("haul")
GATE = arc(CROSSING)


def test_a_station_clock_drops_the_moves_at_the_ends_and_no_other() -> None:
    way = [MOVE, MOVE, RAIL, MOVE, ROAD, MOVE, RAIL, MOVE]
    assert timed_arcs(way, Clock.station) == [RAIL, MOVE, ROAD, MOVE, RAIL]
    assert timed_arcs(way, Clock.door) == way
    assert timed_arcs([MOVE, RAIL, MOVE, ROAD], Clock.station) == [RAIL, MOVE, ROAD]


def test_a_border_clock_runs_from_the_first_gate_to_the_last() -> None:
    assert timed_arcs([ROAD, GATE, ROAD, MOVE, GATE, ROAD], Clock.border) == [
        GATE, ROAD, MOVE, GATE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "clock", "why"),
    [
        ([ROAD, GATE, ROAD], Clock.border, "between two frontiers; this way passes 1 frontier"),
        ([ROAD], Clock.border, "passes 0 frontiers"),
        ([ROAD, MOVE, RAIL, MOVE, ROAD], Clock.station, "begins and ends on roads"),
        ([MOVE, MOVE], Clock.station, "needs an end at a station or a quay"),
        ([], Clock.station, "needs an end at a station or a quay"),
    ],
)
def test_a_clock_that_the_ends_cannot_have_is_refused(
    way: list[Arc], clock: Clock, why: str
) -> None:
    with pytest.raises(DataError, match=why):
        timed_arcs(way, clock)


def test_the_clocks_of_published_runs_leave_out_the_moves_told() -> None:
    """N107 began at a gate, where no move to the station is told; it is dropped too."""
    bench = _Bench(reference.catalog(), reference.network(), reference.AS_OF)
    by_id = {run.id: run for run in read_runs(reference.catalog())}
    for name, places in LEFT_OUT.items():
        assert by_id[name].clock is Clock.station
        beside = bench.beside(by_id[name])
        assert beside.journey is not None
        assert beside.timing is not None
        rows = [row for row in beside.journey.rows if row.kind != LAW]
        ends = [*takewhile(_is_move, rows), *takewhile(_is_move, reversed(rows))]
        assert {row.label.split(":")[0] for row in ends} - places <= ALSO.get(name, set())
        dropped = _at_terminals(beside.journey.timing) - _at_terminals(beside.timing)
        assert_allclose(dropped, sum(row.hours for row in ends), atol=1e-6)
        for kind in ("rail haul", "sea haul", "border", "driving"):
            assert beside.timing.hours_by_kind.get(kind) == beside.journey.hours_by_kind.get(kind)


ALSO = {"N107": {"Altynkol"}}


def _is_move(row: TcdRow) -> bool:
    return row.kind == TRANSFER


def _at_terminals(timing: Timing) -> float:
    return sum(timing.hours_by_kind.get(kind, 0.0) for kind in ("handling", "terminal wait"))
