"""Pages here rest on the packaged tables: what hangs on their date alone is worked out once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache

import pytest

from karwan.analysis.corridors.calibration import Calibration, calibrate
from karwan.data.catalog import Catalog
from karwan.network.network import Network
from karwan.report import view
from tests import reference


@cache
def known_calibration(as_of: dt.date) -> Calibration:
    return calibrate(reference.catalog(), reference.network(), as_of)


def calibration(catalog: Catalog, network: Network, as_of: dt.date) -> Calibration:
    """Return what is known of the packaged tables; tests of other lands may run in between."""
    if catalog.folder is not None or catalog.workspace is not None:
        return calibrate(catalog, network, as_of)
    return known_calibration(as_of)


@pytest.fixture(autouse=True, scope="package")
def one_fit_per_date() -> Iterator[None]:
    """Calibrate once for each date; backtests are kept between runs, and so between tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "calibrate", calibration)
        yield
