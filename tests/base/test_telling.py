"""One list of columns gives every form of the rows of an answer."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from karwan.analysis.assurances.article import ARTICLE
from karwan.analysis.assurances.book import STATUSES
from karwan.analysis.corridors.answers import CUTS
from karwan.analysis.corridors.calibration import RUNS, STATED_RUNS
from karwan.analysis.corridors.comparison import CORRIDORS
from karwan.analysis.corridors.routing import ROUTE_LEGS
from karwan.analysis.forecasts.closures import FORECASTS
from karwan.analysis.forecasts.covariates import CROSSINGS
from karwan.analysis.forecasts.incidents import LINKS
from karwan.analysis.futures.availability import AVAILABILITY
from karwan.analysis.futures.chokepoints import CHOKEPOINTS
from karwan.analysis.futures.pairs import FATES, STATED
from karwan.analysis.futures.security import STANDINGS
from karwan.analysis.trade.targets import REACHES
from karwan.base.telling import (
    FILES,
    SHOWN,
    Column,
    Columns,
    Form,
    cells_of,
    names_of,
    to_csv,
    to_dict,
    to_frame,
    to_html,
)
from karwan.base.units import units_of
from karwan.cli.show import columns_text
from karwan.hazard.backtest import GAINS, SCORES
from karwan.route.tcd import DEFAULTS, LEGS
from karwan.study.futures import FARES
from karwan.study.run import BEST


@dataclass(frozen=True)
class Gate:
    name: str
    wait_hours: float | None
    sides: tuple[str, ...] = ()


GATES: tuple[Column[Gate], ...] = (
    Column(name="name", forms=tuple(Form)),
    Column(
        name="wait_hours",
        unit="h",
        forms=tuple(Form),
        names={Form.table: "h", Form.frame: "dwell_hours"},
        digits={Form.json: 2, Form.csv: 1},
        spec=",.0f",
    ),
    Column(name="sides"),
)
EAST, WEST = Gate("east", 1234.567, ("XN", "XS")), Gate("west", None)


def test_a_dictionary_keeps_lists_and_rounds_as_json_does() -> None:
    assert to_dict(GATES, EAST) == {"name": "east", "wait_hours": 1234.57, "sides": ["XN", "XS"]}


def test_what_is_not_known_is_null_blank_or_a_dash_and_never_zero() -> None:
    assert to_dict(GATES, WEST)["wait_hours"] is None
    assert to_csv(GATES, [WEST]).splitlines()[1] == "west,,"
    assert to_frame(GATES, [EAST, WEST])["dwell_hours"].null_count() == 1
    assert cells_of(GATES, WEST, Form.table) == ["west", ""]
    assert ElementTree.fromstring(to_html(GATES, [WEST], "gates"))[2][0][1].text == "-"


def test_csv_joins_lists_and_rounds_by_its_own_digits() -> None:
    assert to_csv(GATES, [EAST]) == "name,wait_hours,sides\neast,1234.6,XN;XS\n"


def test_a_frame_keeps_all_digits_through_parquet() -> None:
    buffer = io.BytesIO()
    to_frame(GATES, [EAST]).write_parquet(buffer)
    kept = pl.read_parquet(buffer.getvalue())
    assert kept.rows() == [("east", 1234.567, "XN;XS")]
    assert kept.columns == names_of(GATES, Form.frame)


def test_a_frame_of_no_rows_still_has_its_columns() -> None:
    assert to_frame(GATES, []).columns == ["name", "dwell_hours", "sides"]


def test_a_table_leaves_out_a_column_in_which_nothing_is_known() -> None:
    assert "h" in columns_text(GATES, [EAST, WEST]).splitlines()[0].split()
    assert columns_text(GATES, [WEST]).split() == ["name", "─" * 4, "west"]


ANSWERS: dict[str, Columns[Any]] = {
    "legs": LEGS,
    "chokepoints": CHOKEPOINTS,
    "corridors": CORRIDORS,
    "runs": RUNS,
    "stated runs": STATED_RUNS,
    "route legs": ROUTE_LEGS,
    "cuts": CUTS,
    "defaults": DEFAULTS,
    "forecasts": FORECASTS,
    "availability": AVAILABILITY,
    "pairs": FATES,
    "stated days": STATED,
    "links": LINKS,
    "crossings": CROSSINGS,
    "scores": SCORES,
    "gains": GAINS,
    "standings": STANDINGS,
    "fares": FARES,
    "bases": REACHES,
    "statuses": STATUSES,
    "article": ARTICLE,
    "best": BEST,
}
WORDS = {"statuses", "article"}
"""Rows without a number that has a unit of its own."""
PRINTED_BEFORE = {"usd", "loss_usd_per_day", "beyond_parts_usd_per_day", "pairs_hit", "pairs_cut",
                  "loss_by_country_usd_per_day", "incidents"}  # fmt: skip
"""Names of numbers that stand in the contract of JSON and CSV and bear their unit otherwise."""


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_number_bears_its_unit_in_its_name(answer: str) -> None:
    numbers = [c for c in ANSWERS[answer] if c.unit and set(FILES) & set(c.forms)]
    assert numbers or answer in WORDS
    for column in numbers:
        assert column.name in PRINTED_BEFORE or column.unit in units_of(column.name), column.name
        if Form.frame in column.forms:
            frame_name = column.told(Form.frame)
            assert units_of(frame_name) & {column.unit, "USD"} or column.unit == "count"


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_form_calls_two_columns_alike(answer: str) -> None:
    for form in Form:
        names = sorted(names_of(ANSWERS[answer], form))
        assert all(a != b for a, b in pairwise(names)), (form, names)


@pytest.mark.parametrize("answer", ANSWERS)
def test_only_what_is_shown_is_formatted(answer: str) -> None:
    for column in ANSWERS[answer]:
        assert not column.spec or set(SHOWN) & set(column.forms)


def test_a_table_that_would_show_no_column_is_refused() -> None:
    hidden = [Column(name="length_km", get=abs, unit="km", forms=(Form.json,))]
    with pytest.raises(ValueError, match="no column"):
        columns_text(hidden, [1.0])
