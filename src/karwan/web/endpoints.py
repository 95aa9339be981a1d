"""The commands over HTTP: each asks what the command asks, and its body is what the command prints.

What else is to be said of an answer stands in headers, so that bodies stay equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from karwan.analysis.world.question import Ways
from karwan.api.corridors import route_asked, security_asked, way_faults
from karwan.base.store import to_json
from karwan.report.answer import certainty, headline
from karwan.web.details import brief_of
from karwan.web.parameters import Given, Parameter, Sort, read_given
from karwan.web.questions import (
    COMPARE,
    DATES,
    ENDS,
    SHIPMENT,
    STRICT,
    TRAVEL,
    WORLD,
    address,
    asked_at,
    futures_of,
    question_tag,
    read_wanted,
    written,
)
from karwan.web.site import Site

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that may yet be told: its tag first, since a client may have it already.

    Attributes
    ----------
    tell, brief
        Return the answer as plain data: whole, and its rows alone.
    data
        Hash of the tables it rests on.
    """

    tag: str
    data: str
    tell: Callable[[], Any]
    brief: Callable[[], Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command over HTTP."""

    path: str
    help: str
    parameters: tuple[Parameter, ...]
    ask: Callable[[Site, Pairs], Reply]


def answer_bytes(site: Site, reply: Reply, *, is_brief: bool = False) -> bytes:
    """Return the body of an answer: what the command prints with `--format json`, or its rows."""
    tag = f"{reply.tag} brief" if is_brief else reply.tag
    body = site.body(tag, lambda: to_json(reply.brief() if is_brief else reply.tell()).encode())
    site.is_warm = True
    return body


def compare_reply(site: Site, pairs: Pairs) -> Reply:
    """Return the comparison that an address asks for."""
    wanted = read_wanted(read_given(COMPARE, pairs), site.today())
    with asked_at(site.desks, wanted, site.today()) as (_, asked):
        question = asked.question
        canonical = address("/api/v1/compare", written(asked, wanted))
    extra = {"strict": wanted.strict, "futures": futures_of(wanted)}

    def tell() -> Any:
        with asked_at(site.desks, wanted, site.today()) as (desk, asked):
            answer = desk.compare(asked, strict=wanted.strict)
            told = answer.told()
            futures = futures_of(wanted)
            if futures is not None:
                security = security_asked(desk.planner(asked), answer.content, **futures)
                told = {**told, "security": security.to_dict()}
            return told

    def brief() -> Any:
        with asked_at(site.desks, wanted, site.today()) as (desk, asked):
            answer = desk.compare(asked, strict=wanted.strict)
            sentences = (headline(answer.content), certainty(answer.content))
            return brief_of(answer, asked.world, sentences)

    return Reply(
        tag=question_tag(question, extra),
        data=question.tables_sha256,
        tell=tell,
        brief=brief,
        headers={"link": f'<{canonical}>; rel="canonical"'},
    )


ROUTE = (
    *ENDS,
    Parameter(name="via", many=True, help="Place, crossing, line or link to pass, in order."),
    Parameter(name="avoid", many=True, help="The same, or a country, to keep out of."),
    Parameter(name="corridor", help="Follow this corridor variant."),
    Parameter(name="mode", default="any", help="road, rail or any."),
    Parameter(
        name="alternatives",
        sort=Sort.whole,
        default=1,
        limit="alternatives",
        help="Routes to return, the best first.",
    ),
    Parameter(name="clock", default="door", help="door, station or border: where hours run."),
    *SHIPMENT,
    *DATES,
    *TRAVEL,
    *WORLD,
    STRICT,
)


def route_reply(site: Site, pairs: Pairs) -> Reply:
    """Return the routes that an address asks for."""
    given = read_given(ROUTE, pairs)
    values = given.values
    ways = Ways(via=values["via"], avoid=values["avoid"], corridor=values["corridor"])
    how = {name: values[name] for name in ("mode", "alternatives", "clock")}
    given.faults.extend(way_faults(values["corridor"], **how))
    wanted = read_wanted(Given({"hazard_factor": None, **values}, given.faults), site.today())
    with asked_at(site.desks, wanted, site.today(), ways=ways) as (_, asked):
        question = asked.question

    def tell() -> Any:
        with asked_at(site.desks, wanted, site.today(), ways=ways) as (desk, asked):
            return route_asked(desk.planner(asked), asked, strict=wanted.strict, **how).to_dict()

    def brief() -> Any:
        with asked_at(site.desks, wanted, site.today(), ways=ways) as (desk, asked):
            answer = route_asked(desk.planner(asked), asked, strict=wanted.strict, **how)
            return brief_of(answer, asked.world)

    return Reply(
        tag=question_tag(question, {"strict": wanted.strict, **how}),
        data=question.tables_sha256,
        tell=tell,
        brief=brief,
    )


COMMANDS = (
    Command(
        path="route",
        help="The best route between two places, and alternatives that differ.",
        parameters=ROUTE,
        ask=route_reply,
    ),
    Command(
        path="compare",
        help="All corridors and outside options between two places.",
        parameters=COMPARE,
        ask=compare_reply,
    ),
)
"""The commands that the server answers."""
