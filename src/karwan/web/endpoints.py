"""The commands over HTTP: each asks what the command asks, and its body is what the command prints.

What else is to be said of an answer stands in headers, so that bodies stay equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from karwan.api.corridors import security_asked
from karwan.base.store import to_json
from karwan.web.parameters import Parameter, read_given
from karwan.web.questions import (
    COMPARE,
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
    tell
        Returns the answer as plain data.
    data
        Hash of the tables it rests on.
    """

    tag: str
    data: str
    tell: Callable[[], Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command over HTTP."""

    path: str
    help: str
    parameters: tuple[Parameter, ...]
    ask: Callable[[Site, Pairs], Reply]


def answer_bytes(site: Site, reply: Reply) -> bytes:
    """Return the body of an answer: what the command prints with `--format json`."""
    body = to_json(reply.tell()).encode()
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
            told = answer.to_dict()
            futures = futures_of(wanted)
            if futures is not None:
                security = security_asked(desk.planner(asked), answer.content, **futures)
                told |= {"security": security.to_dict()}
            return told

    return Reply(
        tag=question_tag(question, extra),
        data=question.tables_sha256,
        tell=tell,
        headers={"link": f'<{canonical}>; rel="canonical"'},
    )


COMMANDS = (
    Command(
        path="compare",
        help="All corridors and outside options between two places.",
        parameters=COMPARE,
        ask=compare_reply,
    ),
)
"""The commands that the server answers."""
