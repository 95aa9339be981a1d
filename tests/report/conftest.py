"""Pages here rest on the packaged tables: what hangs on their date alone is worked out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache

import pytest

from karwan.analysis.corridors.calibration import Calibration, calibrate
from karwan.analysis.forecasts.backtests import run_backtests, score_length_laws
from karwan.analysis.world.world import World
from karwan.data.catalog import Catalog
from karwan.hazard.backtest import Backtest
from karwan.hazard.laws import LengthScore
from karwan.network.network import Network
from karwan.report import foresight, view
from tests import reference


@cache
def known_calibration(as_of: dt.date) -> Calibration:
    return calibrate(reference.catalog(), reference.network(), as_of)


@cache
def known_backtests(as_of: dt.date, seed: int) -> list[Backtest]:
    return run_backtests(reference.world(as_of=as_of), seed=seed)


@cache
def known_scores(as_of: dt.date) -> list[LengthScore]:
    return score_length_laws(reference.world(as_of=as_of))


def is_packaged(catalog: Catalog) -> bool:
    """Whether a catalogue is the packaged one; tests of other lands may run in between."""
    return catalog.folder is None and catalog.workspace is None


def calibration(catalog: Catalog, network: Network, as_of: dt.date) -> Calibration:
    if not is_packaged(catalog):
        return calibrate(catalog, network, as_of)
    return known_calibration(as_of)


def backtests(world: World, *, seed: int) -> list[Backtest]:
    if not is_packaged(world.catalog):
        return run_backtests(world, seed=seed)
    return known_backtests(world.as_of, seed)


def scores(world: World) -> list[LengthScore]:
    if not is_packaged(world.catalog):
        return score_length_laws(world)
    return known_scores(world.as_of)


@pytest.fixture(autouse=True, scope="package")
def one_fit_per_date() -> Iterator[None]:
    """Calibrate, backtest and score once for each date; `tests/study` makes whole pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "calibrate", calibration)
        patch.setattr(foresight, "run_backtests", backtests)
        patch.setattr(foresight, "score_length_laws", scores)
        yield
