"""A forecast as it is kept: with data hashes, seed, version and evidence horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan import __version__
from karwan.analysis.forecasts.answers import forecast_to_dict
from karwan.analysis.forecasts.histories import CALENDAR_TABLE, COVERAGE_TABLE
from karwan.analysis.forecasts.kept import FORMAT_VERSION, Json, forecast_id
from karwan.evidence.closures import CLOSURE_TABLES

if TYPE_CHECKING:
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.world.world import World


FORECAST_TABLES = [*CLOSURE_TABLES, CALENDAR_TABLE, COVERAGE_TABLE, "elements"]


def forecast_record(world: World, found: Forecast, *, seed: int, made_at: str) -> Json:
    """Return a forecast as it is kept: with data hashes, seed, version and evidence horizon.

    Parameters
    ----------
    made_at
        UTC time at which it was made; the one part that the same question does not repeat, so it
        is in the line's hash and not in the forecast's identity.
    """
    content = forecast_to_dict(world, found) | {
        "format_version": FORMAT_VERSION,
        "model_version": __version__,
        "data_version": world.catalog.version,
        "tables_sha256": world.catalog.hashes(FORECAST_TABLES),
        "workspace_closures": sorted(
            spell.closure_id for spell in world.record.spells if spell.closure_id.startswith("W")
        ),
        "seed": seed,
        "as_recorded": None
        if world.catalog.as_recorded is None
        else world.catalog.as_recorded.isoformat(),
        "climatology": None
        if found.climatology_share is None
        else round(found.climatology_share, 6),
    }
    return {"id": forecast_id(content), **content, "made_at": made_at}
