"""The comparison that an address asks for: read from it, asked at a desk, written back canonical.

The whole question stands in the address, so that a link sent today asks the same next year. Names
become ids and the as-of date is always written out; of two addresses that ask the same, one is
canonical, and both have one tag.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from karwan import __version__
from karwan.analysis.world.question import Premises, Question, Shipment, Ways
from karwan.analysis.world.state import State
from karwan.analysis.world.travel import Timing, future_fault
from karwan.base.days import asked_day
from karwan.base.errors import DataError, Fault, NoEvidenceError
from karwan.base.limits import HORIZON_DAYS, PATH_COUNT, SEED
from karwan.base.store import sha256_hex, to_json
from karwan.data.rows.costs import CargoRow
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT
from karwan.web.parameters import NOT_GIVEN, Given, Parameter, Sort

if TYPE_CHECKING:
    from karwan.analysis.world.question import Asked
    from karwan.web.desks import Desks, WarmDesk

MOST_PATHS = 20_000
"""Futures that an address may ask for: twice what is drawn where nobody says."""

ENDS = (
    Parameter(
        name="from",
        key="origin",
        required=True,
        help="Origin by id, name, other spelling or UN/LOCODE.",
    ),
    Parameter(
        name="to",
        key="destination",
        required=True,
        help="Destination by id, name, other spelling or UN/LOCODE.",
    ),
)
SHIPMENT = (
    Parameter(
        name="cargo",
        default=DEFAULT_CARGO,
        help="general, bulk, fresh, fuel, parts, relief, or a commodity.",
    ),
    Parameter(name="unit", default=DEFAULT_UNIT, help="truck, 20ft, 40ft or wagon."),
    Parameter(name="tonnes", sort=Sort.number, help="Tonnes shipped; default: one unit's load."),
    Parameter(
        name="value",
        key="value_usd",
        sort=Sort.number,
        help="Value of the cargo in USD; default: tonnes at their typical price.",
    ),
    Parameter(name="carrier", help="Carrier's country, two letters; default: the origin's."),
)
AS_OF = Parameter(name="as_of", help="Date whose knowledge is used, YYYY-MM-DD; default: today.")
DATES = (
    AS_OF,
    Parameter(name="as_recorded", help="Leave out what was entered after this day, YYYY-MM-DD."),
)
TRAVEL = (
    Parameter(name="depart", help="Day on which the journey leaves, YYYY-MM-DD."),
    Parameter(name="deadline", help="Last day of arrival, YYYY-MM-DD, or days from departure."),
    Parameter(
        name="shelf_life",
        key="shelf_life_days",
        sort=Sort.number,
        help="Days that perishable cargo keeps; default: as the cargo table has it.",
    ),
)
STATE = Parameter(
    name="state", default=State.last_known.value, help="last-known, or all-open: every gate open."
)
WORLD = (
    STATE,
    Parameter(
        name="close",
        key="closed",
        many=True,
        help="Shut a crossing, line or link, or all crossings of a place.",
    ),
    Parameter(
        name="open",
        key="opened",
        many=True,
        help="Open one that is shut, whatever the record says.",
    ),
    Parameter(
        name="with", key="projects", many=True, help="Switch on a project that is not built."
    ),
)
STRICT = Parameter(
    name="strict", sort=Sort.flag, default=False, help="Refuse figures published after the date."
)
FUTURES = (
    Parameter(
        name="hazard_factor",
        sort=Sort.number,
        limit="hazard_factor",
        help="Also say how often each corridor would be open if closures came so many times as "
        "often.",
    ),
    Parameter(
        name="paths",
        sort=Sort.whole,
        default=PATH_COUNT,
        limit="paths",
        most=MOST_PATHS,
        help="Futures drawn, with hazard_factor.",
    ),
    Parameter(
        name="days",
        sort=Sort.whole,
        default=HORIZON_DAYS,
        limit="days",
        help="Days of each future, with hazard_factor.",
    ),
    Parameter(
        name="seed",
        sort=Sort.whole,
        default=SEED,
        limit="seed",
        help="Seed, with hazard_factor.",
    ),
)
COMPARE = (*ENDS, *SHIPMENT, *DATES, *TRAVEL, *WORLD, STRICT, *FUTURES)
"""What the address of a comparison may give: the options of the command, by the same names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """How many futures to draw, how long, and how often things shut in them."""

    hazard_factor: float
    path_count: int
    horizon_days: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A comparison as an address asks for it, names as typed.

    Attributes
    ----------
    faults
        What is wrong already.
    """

    ends: tuple[str, str]
    shipment: Shipment
    premises: Premises
    as_recorded: dt.date | None
    strict: bool
    futures: Futures | None
    faults: tuple[Fault, ...] = ()


def read_wanted(given: Given, today: dt.date) -> Wanted:
    """Return the comparison that an address asks for."""
    values = given.values
    faults = list(given.faults)
    as_of = read_day_given(values["as_of"], "as_of", today, faults)
    faults += future_fault(as_of, today, "depart")
    recorded = values["as_recorded"]
    factor = values["hazard_factor"]
    if factor is not None and values["depart"] is not None:
        text = "does not go with a hazard factor, whose futures count all days of a year"
        faults.append(Fault("depart", text))
    return Wanted(
        ends=(values["origin"] or "", values["destination"] or ""),
        shipment=Shipment(**{name.argument: values[name.argument] for name in SHIPMENT}),
        premises=Premises(
            as_of=min(as_of, today),
            state=values["state"],
            closed=values["closed"],
            opened=values["opened"],
            projects=values["projects"],
            timing=Timing(
                depart=values["depart"],
                deadline=values["deadline"],
                shelf_life_days=values["shelf_life_days"],
            ),
        ),
        as_recorded=(
            None if recorded is None else read_day_given(recorded, "as_recorded", today, faults)
        ),
        strict=values["strict"],
        futures=None
        if factor is None
        else Futures(
            hazard_factor=factor,
            path_count=values["paths"],
            horizon_days=values["days"],
            seed=values["seed"],
        ),
        faults=tuple(faults),
    )


def read_day_given(text: str | None, key: str, today: dt.date, faults: list[Fault]) -> dt.date:
    """Return a day of an address, today if there is none; collect what is wrong with it."""
    if text is None:
        return today
    try:
        return asked_day(text, key)
    except DataError as error:
        faults += error.faults
        return today


@contextmanager
def asked_at(
    desks: Desks, wanted: Wanted, today: dt.date, *, ways: Ways | None = None
) -> Iterator[tuple[WarmDesk, Asked]]:
    """Yield the desk of a question, locked, and the question.

    Parameters
    ----------
    ways
        What a route must pass, keep out of or follow.

    Raises
    ------
    DataError
        Names every fault.
    NoEvidenceError
        If nothing else is wrong, and nothing is known on or before the date.
    """
    faults = list(wanted.faults)
    early: NoEvidenceError | None = None
    with ExitStack() as stack:
        as_of = wanted.premises.as_of
        try:
            desk = stack.enter_context(desks.at(as_of, wanted.as_recorded))
        except NoEvidenceError as error:
            early = error
            faults.append(Fault("as_of", str(error), str(as_of)))
            desk = stack.enter_context(desks.at(today))
        try:
            asked = desk.ask(wanted.ends, wanted.premises, wanted.shipment, faults, ways=ways)
        except DataError as error:
            if early is not None and len(error.faults) == 1:
                raise early from None
            missing = {one.key for one in faults if one.text == NOT_GIVEN}
            told = [one for one in error.faults if one.key not in missing or one in faults]
            raise DataError(error.where, told) from None
        yield desk, asked


def written(asked: Asked, wanted: Wanted) -> list[tuple[str, str]]:
    """Return a question as the canonical address gives it: ids, and the as-of date written out."""
    question = asked.question
    given = wanted.shipment
    timing = wanted.premises.timing
    single: dict[str, Any] = {
        "from": asked.origin.id,
        "to": asked.destination.id,
        "cargo": _unless(question.shipment.cargo.id, _usual_cargo(asked)),
        "unit": _unless(question.shipment.unit.id, DEFAULT_UNIT),
        "tonnes": given.tonnes,
        "value": given.value_usd,
        "carrier": given.carrier,
        "as_of": question.as_of,
        "as_recorded": wanted.as_recorded,
        "depart": timing.depart,
        "deadline": timing.deadline,
        "shelf_life": timing.shelf_life_days,
        "state": _unless(question.state.value, State.last_known.value),
    }
    many = {"close": question.closed, "open": question.opened, "with": question.projects}
    pairs = [
        (name, f"{value:.10g}" if isinstance(value, float) else str(value))
        for name, value in single.items()
        if value is not None
    ]
    return pairs + [(name, one) for name, names in many.items() for one in sorted(names)]


def _usual_cargo(asked: Asked) -> str:
    """Return the id of the cargo that is shipped where nobody says."""
    rows = asked.world.catalog.rows(CargoRow)
    return next((row.cargo_id for row in rows if row.alias == DEFAULT_CARGO), DEFAULT_CARGO)


def _unless(value: str, usual: str) -> str | None:
    return None if value == usual else value


def address(path: str, pairs: list[tuple[str, str]]) -> str:
    """Return a path with a question.

    Examples
    --------
    >>> address("/compare", [("from", "almaty"), ("close", "a b")])
    '/compare?from=almaty&close=a%20b'
    """
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def question_tag(question: Question, extra: object = None) -> str:
    """Return a tag of what an answer follows from: the question, the data and the program.

    Parameters
    ----------
    extra
        What the door asks besides, as plain data.
    """
    parts = {name: _plain(getattr(question, name)) for name in Question.__dataclass_fields__}
    return sha256_hex(to_json([__version__, parts, extra]).encode())[:32]


def _plain(value: Any) -> Any:
    """Return a part of a question as plain data in one order."""
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(one) for key, one in asdict(value).items()}
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value if isinstance(value, (str, int, float, type(None))) else str(value)


def futures_of(wanted: Wanted) -> dict[str, Any] | None:
    """Return the futures asked for as arguments of a function."""
    return None if wanted.futures is None else asdict(wanted.futures)
