"""What the other commands are asked over HTTP: queues, decisions, futures, projects, energy.

Each is one method of the Python API, so that a body equals what the command prints. Bounds are
tighter than on a command line where one question could keep others waiting for minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer
from karwan.base.errors import DataError, Fault
from karwan.base.limits import SEED
from karwan.web.facts import Fact, Values
from karwan.web.parameters import Parameter, Sort
from karwan.web.questions import AS_OF, ENDS, MOST_PATHS, SHIPMENT, STRICT, TRAVEL, WORLD

if TYPE_CHECKING:
    from karwan.api.region import Region
    from karwan.web.desks import WarmDesk

MOST_TRIP_PATHS, MOST_SECONDS, MOST_DRAWS, MOST_TOP = 2_000, 30, 5_000, 200
"""What one question may ask of a server that answers others meanwhile."""


def _named(name: str, text: str) -> Parameter:
    return Parameter(name=name, in_path=True, help=text)


def _whole(name: str, text: str, *, default: int | None = None, most: int | None = None,
           limit: str = "", key: str = "") -> Parameter:  # fmt: skip
    return Parameter(
        name=name, key=key, sort=Sort.whole, default=default, limit=limit or name, most=most,
        help=text,
    )  # fmt: skip


CHANGED = tuple(one for one in WORLD if one.many)
"""What is shut, opened and built."""
SHUT_OPEN = tuple(one for one in CHANGED if one.name != "with")
GATE = _named("element", "Crossing or line, by id or name.")
CLOSED_FOR = Parameter(
    name="closed_for",
    sort=Sort.number,
    limit="closed_for",
    help="Days that it has been shut; default: what the record holds.",
)
QUEUE = (
    GATE,
    CLOSED_FOR,
    Parameter(name="reopens", help="Day on which it reopens, YYYY-MM-DD."),
    Parameter(name="arrivals", sort=Sort.number, limit="arrivals", help="Trucks a day that come."),
    Parameter(
        name="arrivals_law",
        default="fading",
        choices=("fading", "constant"),
        help="Trucks cease to come while it is shut, or come as ever.",
    ),
    Parameter(name="capacity", sort=Sort.number, limit="capacity", help="Trucks a day that pass."),
    Parameter(
        name="restart",
        choices=("at-once", "ramp", "staged"),
        help="How it reopens; default: by length and cause.",
    ),
    *SHUT_OPEN,
    STRICT,
)
DECIDE = (
    GATE,
    Parameter(name="at", required=True, help="Place where the shipment is."),
    Parameter(name="to", required=True, help="Place where it goes."),
    CLOSED_FOR,
    Parameter(name="ahead", sort=Sort.number, limit="ahead", help="Trucks that stand before it."),
    Parameter(name="home", help="Place where it could go back to."),
    *SHIPMENT,
    *CHANGED,
    STRICT,
)
TRIPS = (
    *ENDS,
    *(one for one in TRAVEL if one.name != "shelf_life"),
    Parameter(name="policy", default="best", help="wait, divert-after-N with N days, or best."),
    _whole("months", "Departures a month apart.", default=1),
    _whole("paths", "Futures of each departure.", default=1_000, most=MOST_TRIP_PATHS),
    _whole("seed", "Seed of the futures.", default=SEED),
    *SHIPMENT,
    *CHANGED,
    STRICT,
)
PENALTY = Parameter(
    name="cut_penalty",
    key="cut_penalty_ratio",
    sort=Sort.number,
    default=1.0,
    limit="cut_penalty",
    help="What a day costs on which a pair is cut, as so many times its usual way.",
)
RELIABILITY = (
    *ENDS,
    Parameter(name="on", required=True, help="The day asked of, YYYY-MM-DD, after as_of."),
    Parameter(
        name="tolerance",
        sort=Sort.number,
        default=0.001,
        limit="tolerance",
        help="Chance that may stay undecided.",
    ),
    Parameter(
        name="seconds",
        sort=Sort.number,
        default=10.0,
        limit="seconds",
        most=MOST_SECONDS,
        help="Stop after so many for each of the two times.",
    ),
    PENALTY,
    *SHIPMENT,
    *CHANGED,
)
FACTOR = Parameter(
    name="hazard_factor",
    sort=Sort.number,
    default=1.0,
    limit="hazard_factor",
    help="Closures come so many times as often.",
)
SAMPLES = (
    FACTOR,
    _whole("horizon", "Days of each future; default: the study's.", key="horizon_days"),
    _whole(
        "paths",
        "Futures drawn; default: the study's.",
        key="path_count",
        most=MOST_PATHS,
    ),
    _whole("seed", "Seed; default: the study's."),
)
CARGO_UNIT = tuple(one for one in SHIPMENT if one.name in ("cargo", "unit"))
CRITICAL = (
    Parameter(
        name="pairs", sort=Sort.flag, default=False, help="Take out every two together."
    ),
    Parameter(name="links", sort=Sort.flag, default=False, help="Take out links, one by one."),
    Parameter(
        name="capacity",
        sort=Sort.flag,
        default=False,
        help="Rank gates by what one more truck a day is worth; of the rest only `state` counts.",
    ),
    _whole("top", "Show so many.", default=15, most=MOST_TOP),
    Parameter(
        name="weights",
        default="demand",
        choices=("demand", "equal"),
        help="Published freight demand, or one consignment a day a pair.",
    ),
    Parameter(
        name="state",
        default="all-open",
        choices=("all-open", "last-known"),
        help="all-open: every gate open; or last-known.",
    ),
    *CARGO_UNIT,
    PENALTY,
    *SAMPLES,
    STRICT,
)  # fmt: skip
FUTURES = (
    *(
        Parameter(name=one.name, key=one.key, help=f"{one.help} Both ends of one pair, or neither.")
        for one in ENDS
    ),
    _whole("day", "One pair on this day after as_of, by its chances, without drawing."),
    *SAMPLES,
    *CARGO_UNIT,
)
IMPACT = (
    next(one for one in CHANGED if one.name == "close"),
    Parameter(name="since", help="Day on which they shut, YYYY-MM-DD; default: as recorded."),
    _whole("after", "Days after the closure that are asked of.", default=60, key="after_days"),
    STRICT,
)
PROJECT = _named("project", "Project by id, such as ktap-rail, or its first word.")
APPRAISE = (
    PROJECT,
    Parameter(name="stage", help="Build its stages up to this one only."),
    Parameter(
        name="discount",
        sort=Sort.number,
        limit="discount",
        help="Rate a year as a share; default: 0.09, real.",
    ),
    Parameter(
        name="closures",
        default="ordinary",
        choices=("ordinary", "today", "none"),
        help="Days shut as in ordinary times, from today, or none.",
    ),
    Parameter(
        name="traffic",
        default="model",
        choices=("observed", "promoter", "model"),
        help="Whose tonnes are counted.",
    ),
    Parameter(
        name="tonnes", sort=Sort.number, limit="appraised_mt", help="Million tonnes a year instead."
    ),
    _whole("opens", "Year of the opening."),
    _whole("draws", "Draws of cost and demand; default: 2000.", most=MOST_DRAWS),
    _whole("seed", "Seed of every draw.", default=SEED),
    STRICT,
)


def _changed(desk: WarmDesk, values: Values) -> Region:
    """Return the region with what a question shuts, opens and builds."""
    given = {name: values.get(name, ()) for name in ("closed", "opened", "projects")}
    return desk.region.whatif(**given) if any(given.values()) else desk.region


def _rest(values: Values, *left_out: str) -> dict[str, Any]:
    """Return the values of a question but for what shuts, opens, builds and dates."""
    gone = {"closed", "opened", "projects", "as_of", "as_recorded", *left_out}
    return {name: value for name, value in values.items() if name not in gone}


def _asks(name: str, *first: str) -> Callable[[WarmDesk, Values], Answer[Any]]:
    """Return what asks a method of the region by the values of an address.

    Parameters
    ----------
    first
        Values that the method takes by position.
    """

    def ask(desk: WarmDesk, values: Values) -> Answer[Any]:
        method = getattr(_changed(desk, values), name)
        answer: Answer[Any] = method(*(values[one] for one in first), **_rest(values, *first))
        return answer

    return ask


def _critical(desk: WarmDesk, values: Values) -> Answer[Any]:
    both = [name for name in ("pairs", "links", "capacity") if values[name]]
    if len(both) > 1:
        text = f"does not go with {' or '.join(both[1:])}: each asks for a ranking of its own"
        raise DataError("the question", [Fault(both[0], text)])
    if values["capacity"]:
        return desk.region.worth(state=values["state"])
    return desk.region.critical(**_rest(values, "capacity"))


def _impact(desk: WarmDesk, values: Values) -> Answer[Any]:
    return desk.region.impact(values["closed"], **_rest(values))


def _asks_evidence(desk: WarmDesk, values: Values) -> Answer[Any]:
    return desk.region.evidence.incidents(values["name"])


SEED_OF_BACKTEST = _whole("seed", "Seed of its intervals.", default=0)
SINCE = Parameter(name="since", required=True, help="Day, YYYY-MM-DD.")
STATEMENT = _named("id", "Id of a statement.")

MORE_FACTS = (
    Fact(
        path="queue/{element}",
        help="What waits at a crossing that is shut, when it clears, what a day costs and whom.",
        parameters=QUEUE,
        ask=_asks("queue", "element"),
    ),
    Fact(
        path="decide/{element}",
        help="Whether to wait at an element that is shut or to divert, until when, and why.",
        parameters=DECIDE,
        ask=_asks("decide", "element"),
    ),
    Fact(
        path="trips",
        help="When trips arrive that meet closures on the way, and for how much.",
        parameters=TRIPS,
        ask=_asks("trips", "origin", "destination"),
    ),
    Fact(
        path="reliability",
        help="How the way between two places fares on a stated day, between certified bounds.",
        parameters=RELIABILITY,
        ask=_asks("reliability", "origin", "destination"),
    ),
    Fact(
        path="critical",
        help="Crossings, lines and links by what their loss costs, alone or by twos.",
        parameters=CRITICAL,
        dates=(AS_OF,),
        page="/critical",
        ask=_critical,
    ),
    Fact(
        path="futures",
        help="How often pairs are cut and what their best way costs, over many futures.",
        parameters=FUTURES,
        dates=(AS_OF,),
        ask=_asks("futures"),
    ),
    Fact(
        path="impact",
        help="What a closure does to the freight of all pairs at once.",
        parameters=IMPACT,
        dates=(AS_OF,),
        page="/impact",
        ask=_impact,
    ),
    Fact(
        path="calibrate",
        help="The model beside runs that happened, each left out in turn.",
        ask=lambda desk, _: desk.region.calibrate(),
    ),
    Fact(
        path="backtest",
        help="How good forecasts of closures have been on the past: hazard --backtest.",
        parameters=(SEED_OF_BACKTEST,),
        ask=_asks("backtest"),
    ),
    Fact(
        path="exceedance",
        help="Shut days a year that each corridor exceeds: hazard --exceedance.",
        parameters=(SEED_OF_BACKTEST,),
        ask=_asks("exceedance"),
    ),
    Fact(
        path="score",
        help="How the forecasts kept in the workspace came out: hazard --score.",
        ask=_asks("score"),
        reads_forecasts=True,
    ),
    Fact(
        path="project",
        help="Projects that are not built, with what is claimed of them.",
        page="/projects",
        ask=lambda desk, _: desk.region.project.list(),
    ),
    Fact(
        path="project/{project}",
        help="A project: sections, claims that compete, and which do not fit.",
        parameters=(PROJECT,),
        ask=lambda desk, values: desk.region.project.show(values["project"]),
    ),
    Fact(
        path="appraise/{project}",
        help="A project's returns, accounts by country, and what would have to be true.",
        parameters=APPRAISE,
        ask=_asks("appraise", "project"),
    ),
    Fact(
        path="benefits",
        help="Who gains and who is left out, row by row with source.",
        parameters=(
            Parameter(name="country", many=True, help="Only this country, such as AFG."),
        ),
        page="/benefits",
        ask=lambda desk, values: desk.region.benefits(values["country"]),
    ),
    Fact(
        path="energy",
        help="Links that carry power, gas and fuel.",
        page="/energy",
        ask=lambda desk, _: desk.region.energy.list(),
    ),
    Fact(
        path="energy/check",
        help="Claims about links of energy held against arithmetic.",
        ask=lambda desk, _: desk.region.energy.check(),
    ),
    Fact(
        path="energy/{link}",
        help="A link of energy: claims, deliveries, outages.",
        parameters=(_named("link", "Link by id, such as casa-1000."),),
        ask=lambda desk, values: desk.region.energy.show(values["link"]),
    ),
    Fact(
        path="network/check",
        help="What is wrong with the tables, and which figures are defaults.",
        ask=lambda desk, _: desk.region.network.check(),
        dates=(),
    ),
    Fact(
        path="evidence",
        help="Rows of the workspace, in the order added.",
        ask=lambda desk, _: desk.region.evidence.list(),
        dates=(),
    ),
    Fact(
        path="evidence/due",
        help="Which gates and lines to look at next, by what one more look would change.",
        parameters=(_whole("top", "Return so many at most.", default=15, most=MOST_TOP),),
        ask=lambda desk, values: desk.region.evidence.due(top=values["top"]),
        dates=(AS_OF,),
    ),
    Fact(
        path="evidence/incidents/{name}",
        help="Incidents a month along a link, element, corridor or country, by the workspace.",
        parameters=(_named("name", "Link, element, corridor or country."),),
        ask=_asks_evidence,
    ),
    Fact(
        path="evidence/coding",
        help="How far a second, blind coding of closures agrees with the record.",
        ask=lambda desk, _: desk.region.evidence.coding(),
        dates=(),
    ),
    Fact(
        path="ledger/corrections",
        help="What was corrected in the ledger, when and why.",
        ask=lambda desk, _: desk.ledger.corrections(),
        dates=(),
    ),
    Fact(
        path="ledger/diff",
        help="Statements whose status changed since a day, or that are new.",
        parameters=(SINCE,),
        ask=lambda desk, values: desk.ledger.diff(values["since"]),
    ),
    Fact(
        path="ledger/assessment",
        help="All statements assessed as of the day.",
        ask=lambda desk, _: desk.ledger.assess(),
    ),
    Fact(
        path="ledger/{id}/assessment",
        help="One statement assessed as of the day.",
        parameters=(STATEMENT,),
        ask=lambda desk, values: desk.ledger.assess(values["id"]),
    ),
)  # fmt: skip
"""What stands before the facts of `karwan.web.facts`, whose patterns would fit some of these."""
