"""Pictures of answers, where one says more than a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.api.answer import Answer

SUFFIXES = (".svg", ".png", ".html")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: a Vega-Lite specification, and what a reader who cannot see it is told.

    A notebook shows it.
    """

    name: str
    spec: dict[str, Any]
    description: str

    def to_svg(self) -> str:
        """Return the chart as SVG.

        Raises
        ------
        MissingExtraError
            If the packages of `karwan[report]` are not installed.
        """
        from karwan.report.figures import to_svg

        return to_svg(self.spec, self.name, self.description)

    def save(self, path: Path | str) -> Path:
        """Write the chart into a file, whole or not at all: .svg, .png or .html.

        Raises
        ------
        DataError
            If the file's name ends otherwise.
        """
        from karwan.base.store import write_whole

        place = Path(path)
        suffix = place.suffix.lower()
        if suffix not in SUFFIXES:
            text = f"must end in {', '.join(SUFFIXES)}"
            raise DataError("the question", [Fault("path", text, str(path))])
        content = self.to_svg().encode()
        if suffix != ".svg":
            import vl_convert

            content = (
                vl_convert.vegalite_to_png(self.spec, scale=2.0)
                if suffix == ".png"
                else vl_convert.vegalite_to_html(self.spec, bundle=True).encode()
            )
        write_whole(place, content)
        return place

    def _repr_svg_(self) -> str:
        """Return the chart for a notebook."""
        return self.to_svg()

    def __repr__(self) -> str:
        """Return the name and what the chart shows."""
        return f"Picture({self.name}: {self.description[:200]})"


def plot(answer: Answer[Any]) -> Picture:
    """Return a picture of an answer: hours of a comparison, a route, a target, a queue, trips.

    Of a decision, what waiting to each day costs.

    Parameters
    ----------
    answer
        Of `Region.compare`, `Region.route`, `Region.target`, `Region.queue`, `Region.trips` or
        `Region.decide`.

    Raises
    ------
    DataError
        If nothing is drawn of such an answer, or nothing is open to draw.
    MissingExtraError
        If the packages of `karwan[report]` are not installed.

    Examples
    --------
    >>> import karwan
    >>> compared = karwan.region(as_of="2026-11-22").compare("Kabul", "Karachi")
    >>> karwan.plot(compared).name
    'ranges'
    """
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.decisions.closures import ClosureQueue
    from karwan.analysis.decisions.decision import Decision
    from karwan.analysis.decisions.trip_answers import Trips
    from karwan.analysis.trade.targets import TargetAnswer

    content = getattr(answer, "content", None)
    if isinstance(content, Comparison):
        return _ranges(content, answer.title)
    if isinstance(content, RouteAnswer):
        return _distances(content, answer.title)
    if isinstance(content, TargetAnswer):
        from karwan.report.targets import chart_text, target_spec

        return Picture("target", target_spec(content), chart_text(content))
    if isinstance(content, ClosureQueue):
        from karwan.report.queues import queue_spec, queue_words

        return Picture("queue", queue_spec(content), queue_words(content))
    if isinstance(content, Trips):
        from karwan.report.departures import trips_spec, trips_words

        return Picture("trips", trips_spec(content), trips_words(content))
    if isinstance(content, Decision):
        from karwan.report.departures import decision_spec, decision_words

        return Picture("decision", decision_spec(content), decision_words(content))
    text = (
        "nothing is drawn of it; give what compare, route, target, queue, trips or decide answered"
    )
    raise DataError("the question", [Fault("answer", text)])


def _ranges(comparison: Comparison, title: str) -> Picture:
    from karwan.analysis.corridors.comparison import Status
    from karwan.report.content import label
    from karwan.report.ranges import chart_range, ranges_spec

    drawn = [
        (answer, answer.journey or answer.open_journey)
        for answer in comparison.answers
        if not answer.same_as and answer.status in (Status.open, Status.cut)
    ]
    costed = sorted(
        (journey.generalized_cost_usd, answer.corridor.id, answer, journey)
        for answer, journey in drawn
        if journey is not None
    )
    ranges = [
        chart_range(label(answer.corridor), journey, cut=answer.journey is None)
        for _, _, answer, journey in costed
    ]
    if not ranges:
        raise DataError("the question", [Fault("answer", "no corridor serves the pair")])
    told = "; ".join(
        f"{one.name}{' (cut)' if one.cut else ''} {one.p05:,.0f} to {one.p95:,.0f} h"
        for one in ranges
    )
    return Picture("ranges", ranges_spec(ranges), f"Hours from P05 to P95, {title}: {told}")


def _distances(routes: RouteAnswer, title: str) -> Picture:
    from karwan.report.distances import ChartLine, Stop, distance_spec
    from karwan.report.figures import FAMILY_COLOURS, SHAPES

    if not routes.journeys:
        raise DataError("the question", [Fault("answer", f"there is no route: {routes.note}")])
    lines = [
        ChartLine(
            name=f"{number}. {' - '.join(journey.countries)}",
            colour=FAMILY_COLOURS[number % len(FAMILY_COLOURS)],
            shape=SHAPES[number % len(SHAPES)],
            dashed=False,
            stops=(
                Stop("", 0.0, 0.0),
                *(Stop(r.label, r.cum_km, r.cum_hours) for r in journey.rows),
            ),
        )
        for number, journey in enumerate(routes.journeys, 1)
    ]
    told = "; ".join(f"{one.name} {one.stops[-1].total:,.0f} h" for one in lines)
    return Picture("distance", distance_spec(lines, "h"), f"Hours over distance, {title}: {told}")
