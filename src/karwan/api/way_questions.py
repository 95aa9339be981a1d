"""Questions about the ways between two places, as methods of a region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.api.answer import Answer, arguments
from karwan.api.asking import SAMPLING, Asking, list_names
from karwan.base.limits import HORIZON_DAYS, PATH_COUNT, SEED
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.futures.security import SecurityPoint


class WayQuestions(Asking):
    """What is asked of the ways between two places."""

    def compare(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        depart: dt.date | str | None = None,
        deadline: dt.date | str | float | None = None,
        shelf_life_days: float | None = None,
        state: str = "last-known",
        what_would_change: bool = False,
        strict: bool = False,
    ) -> Answer[Comparison]:
        """Return all corridors and outside options between two places.

        Parameters
        ----------
        origin, destination
            Places by id, name, other spelling or UN/LOCODE.
        cargo
            A commodity or its class: general, bulk, fresh, fuel, parts, relief.
        unit
            truck, 20ft, 40ft or wagon.
        tonnes, value_usd
            Default: what one unit carries, at its typical price.
        carrier
            Country of the carrier, two letters; default: the origin's.
        depart
            Day on which the journey leaves: its seasons, holidays and opening days are counted.
        deadline
            Last day of arrival, or days from the departure: how likely it is in time.
        shelf_life_days
            Days that perishable cargo keeps; default: as the cargo table has it.
        state
            `last-known` or `all-open`.
        what_would_change
            Also tell which figures would change the order, were they known.
        strict
            Refuse an answer that rests on figures of a later day.

        Raises
        ------
        DataError
            Names every fault of the question under its argument.
        """
        from karwan.analysis.world.question import Shipment
        from karwan.analysis.world.travel import Timing
        from karwan.api.corridors import compare_asked

        shipment = Shipment(
            unit=unit, cargo=cargo, tonnes=tonnes, value_usd=value_usd, carrier=carrier
        )
        timing = Timing(depart=depart, deadline=deadline, shelf_life_days=shelf_life_days)
        with self._shared.lock:
            asked = self._ask(origin, destination, shipment, state, timing=timing)
            return compare_asked(
                self._planner(asked), asked, what_would_change=what_would_change, strict=strict
            )

    def route(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        via: Sequence[str] = (),
        avoid: Sequence[str] = (),
        corridor: str | None = None,
        mode: str = "any",
        alternatives: int = 1,
        clock: str = "door",
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        depart: dt.date | str | None = None,
        deadline: dt.date | str | float | None = None,
        shelf_life_days: float | None = None,
        state: str = "last-known",
        strict: bool = False,
    ) -> Answer[RouteAnswer]:
        """Return the best route and alternatives that differ; or none, and what cuts it.

        Parameters
        ----------
        via, avoid
            Places, crossings, lines or links to pass in order, a place as `kashgar@rail` by that
            mode; these or countries to keep out of.
        corridor
            Follow this corridor variant.
        mode
            road, rail or any, which includes the sea.
        alternatives
            Routes to return, the best first.
        clock
            From where to where hours run: door, station (without the moves at the ends) or border
            (from the first frontier reached to the last one left).

        Raises
        ------
        DataError
            Names every fault of the question under its argument.
        NoRouteError
            If the corridor named does not serve the pair.

        See Also
        --------
        Region.compare : the other arguments.
        """
        from karwan.analysis.corridors.routing import MODE_SETS
        from karwan.analysis.world.question import Shipment, Ways
        from karwan.analysis.world.travel import Timing
        from karwan.api.corridors import route_asked, way_faults

        shipment = Shipment(
            unit=unit, cargo=cargo, tonnes=tonnes, value_usd=value_usd, carrier=carrier
        )
        ways = Ways(
            via=list_names(via, "via"),
            avoid=list_names(avoid, "avoid"),
            corridor=corridor,
            modes=MODE_SETS.get(mode),
            clock=clock,
        )
        timing = Timing(depart=depart, deadline=deadline, shelf_life_days=shelf_life_days)
        with self._shared.lock:
            faults = way_faults(corridor, mode, alternatives, clock)
            asked = self._ask(
                origin, destination, shipment, state, ways=ways, timing=timing, faults=faults
            )
            return route_asked(
                self._planner(asked), asked, mode=mode, alternatives=alternatives, clock=clock,
                strict=strict,
            )  # fmt: skip

    def security(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        hazard_factor: float = 1.0,
        horizon_days: int = HORIZON_DAYS,
        path_count: int = PATH_COUNT,
        seed: int = SEED,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        state: str = "last-known",
    ) -> Answer[SecurityPoint]:
        """Return how often each corridor is open and the cheapest, `compare --hazard-factor`.

        Parameters
        ----------
        hazard_factor
            Closures come so many times as often as now.
        horizon_days, path_count
            Days ahead and futures drawn.

        See Also
        --------
        Region.compare : the other arguments.
        """
        from karwan.api.corridors import security_asked

        with self._shared.lock, arguments(**SAMPLING):
            compared = self.compare(
                origin, destination, cargo=cargo, unit=unit, tonnes=tonnes, value_usd=value_usd,
                carrier=carrier, state=state,
            )  # fmt: skip
            comparison = compared.content
            key = (comparison.consignment, comparison.price_year, comparison.world.travel)
            return security_asked(
                self._planners[key], comparison, hazard_factor=hazard_factor,
                horizon_days=horizon_days, path_count=path_count, seed=seed,
            )  # fmt: skip
