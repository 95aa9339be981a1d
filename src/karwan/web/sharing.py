"""Addresses of kept answers: one that keeps, one that shows, one for programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from karwan import __version__
from karwan.api import login_name
from karwan.base.errors import KarwanError
from karwan.base.store import to_json
from karwan.evidence.closures import read_closures
from karwan.evidence.own_record import gone_ids, list_records
from karwan.evidence.rows import OwnEndRow, WithdrawalRow
from karwan.evidence.trail import CONTENTS
from karwan.evidence.written import Written, corrections_of, entry_of
from karwan.web.answers import (
    Difference,
    KeptAnswer,
    content_name,
    differences,
    keep_answer,
    read_answer,
)
from karwan.web.pace import SECONDS_A_WRITE, Pace, sender_of
from karwan.web.pages import page, render
from karwan.web.problems import NotAcceptedError, NotKeptHereError, problem_of
from karwan.web.questions import COMPARE
from karwan.words.speech import say, tongue_spoken

if TYPE_CHECKING:
    from karwan.web.screens import Screen
    from karwan.web.site import Site

_ASKS_ANEW = re.compile(r'<a\b[^>]*\bhref="/compare[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
"""A link of the screen to another question: what is kept asks nothing."""

_ASKS_DAYS = re.compile(r'<a class="ask-days"[^>]*>.*?</a>', re.DOTALL)
"""A link by which the screen asks what is drawn for seconds: it was not told when it was kept."""
_ASKS_JSON = re.compile(r'href="/api/v1/compare[^"]*"')
"""A link of the screen to its answer as JSON, asked anew."""

MOST_KEPT_AT_ONCE = 60
"""Answers that a person may keep one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a kept answer.

    Attributes
    ----------
    today
        The same question on the day of today, with the data of today; None where it has no answer.
    why_not
        Why it has none; blank where it has.
    changed
        What differs between the two.
    page
        The screen as kept, its link to JSON being to what was kept.
    kept_by
        Who kept it; blank where no entry of the trail names anybody.
    corrections
        What was done since to rows that the answer rests on: by whom, when, why.
    missing
        Rows that it rests on and that the record no longer has.
    """

    name: str
    answer: KeptAnswer
    today: Screen | None
    why_not: str
    changed: Sequence[Difference]
    page: str
    kept_by: str
    corrections: Sequence[Written]
    missing: Sequence[str]

    @property
    def withdrawn(self) -> list[str]:
        """Rows that were withdrawn since, or whose end was."""
        return sorted({one.of for one in self.corrections if one.kind == WithdrawalRow.TABLE})

    @property
    def ended(self) -> list[str]:
        """Closures of which an end was told since."""
        return sorted({one.of for one in self.corrections if one.kind == OwnEndRow.TABLE})


def add_sharing(app: FastAPI, site: Site) -> None:
    """Add the addresses of kept answers."""
    pace = Pace(most=MOST_KEPT_AT_ONCE, seconds=SECONDS_A_WRITE)

    @app.post("/shared", include_in_schema=False)
    def share(request: Request) -> Response:
        check_same_origin(request)
        signed = request.state.actor.name
        pace.take_turn(sender_of(request, signed))
        who = signed or login_name()
        name = keep_screen(site, request.query_params.multi_items(), who=who)
        return RedirectResponse(f"/shared/{name}", HTTPStatus.SEE_OTHER)

    @app.get("/shared/{name}.json", include_in_schema=False)
    def shared_json(name: str) -> Response:
        answer = read_answer(site.desks.workspace, name)
        done = _corrections(site, name, answer)
        headers = {
            "etag": f'"{name}"',
            "karwan-corrections": str(len(done)),
            "link": f'</shared/{name}/corrections>; rel="describedby"',
        }
        return Response(to_json(answer.answer), media_type="application/json", headers=headers)

    @app.get("/shared/{name}/corrections", include_in_schema=False)
    def corrections(name: str) -> Response:
        kept = beside(site, name)
        told = {
            "answer": name,
            "corrections": [one.to_dict() for one in kept.corrections],
            "missing": list(kept.missing),
            "no_answer_today": kept.why_not or None,
            "stands_otherwise_today": [asdict(one) for one in kept.changed],
        }
        return Response(to_json(told), media_type="application/json")

    @app.get("/shared/{name}", include_in_schema=False)
    def shared(name: str) -> Response:
        return page("shared.html.j2", kept=beside(site, name))


def keep_screen(site: Site, pairs: Sequence[tuple[str, str]], *, who: str) -> str:
    """Keep the answer of an address, and return the hash under which it is found.

    Parameters
    ----------
    who
        Who asks for it, told in the trail.

    Raises
    ------
    NotKeptHereError
        If the server has no workspace.
    """
    workspace = site.desks.workspace
    if workspace is None:
        msg = "This server keeps no answers: it was started without a workspace."
        raise NotKeptHereError(msg)
    screen, told = site.answer(pairs)
    html = render("kept.html.j2", screen=screen, whole=True)
    html = _ASKS_DAYS.sub(f'<span class="by">{say("not kept")}</span>', html)
    return keep_answer(
        workspace,
        KeptAnswer(
            kept_on=site.today(),
            pairs=screen.pairs,
            title=screen.headline,
            lang=tongue_spoken().code,
            answer=told,
            page=_ASKS_ANEW.sub(r"\1", html),
            data_sha256=site.desks.catalog().tables_sha256,
            program=__version__,
        ),
        who=who,
    )


def beside(site: Site, name: str) -> Beside:
    """Return a kept answer, and what is to be said of it today.

    It is shown also where today has no answer: its departure is over, or a place is named anew.
    """
    answer = read_answer(site.desks.workspace, name)
    dated = ("as_of", "as_recorded", "data", "gate", "lang")
    asked = [pair for pair in answer.pairs if pair[0] not in dated]
    screen, changed, why_not = None, list[Difference](), ""
    try:
        screen, told = site.answer([*asked, ("as_of", str(site.today()))])
        changed = differences(answer.answer, told)
    except KarwanError as error:
        why_not = "; ".join(problem_of(error, COMPARE).lines)
    corrections = _corrections(site, name, answer)
    workspace = site.desks.workspace
    entry = entry_of(workspace, CONTENTS, content_name(name)) if workspace is not None else None
    return Beside(
        name=name,
        answer=answer,
        today=screen,
        why_not=why_not,
        changed=changed,
        page=_ASKS_JSON.sub(f'href="/shared/{name}.json"', answer.page),
        kept_by=entry.added_by if entry is not None else "",
        corrections=corrections,
        missing=_missing(site, answer.evidence),
    )


def _corrections(site: Site, name: str, answer: KeptAnswer) -> tuple[Written, ...]:
    """Return what was done to rows of an answer after it was kept."""
    workspace = site.desks.workspace
    if workspace is None:
        return ()
    since = answer.kept_on.isoformat()
    return corrections_of(
        workspace, answer.evidence, kind=CONTENTS, row_id=content_name(name), since=since
    )


def _missing(site: Site, evidence: set[str]) -> list[str]:
    """Return the rows of an answer that are on record no longer, and were not withdrawn."""
    workspace = site.desks.workspace
    own = list_records(workspace) if workspace is not None else None
    withdrawn = evidence & gone_ids(own.withdrawals, None) if own is not None else set()
    spells = read_closures(site.desks.catalog()).spells
    rules = {one.id for one in site.desks.network().restrictions}
    known = {one for spell in spells for one in (spell.closure_id, *spell.also)} | rules
    return sorted(evidence - withdrawn - known)


def check_same_origin(request: Request) -> None:
    """Refuse to keep what a page elsewhere asks for.

    Raises
    ------
    NotAcceptedError
        If the request comes from a page of another server.
    """
    if not is_same_origin(request):
        msg = "An answer is kept at the wish of this server's own pages only"
        raise NotAcceptedError(msg)


def is_same_origin(request: Request) -> bool:
    """Whether a request comes from a page of this server, or from no page at all."""
    came, origin = (request.headers.get(name) for name in ("sec-fetch-site", "origin"))
    # Over plain HTTP a browser tells `Origin` alone, and of a form of ours only where the policy of
    # referrers lets it: see `guard.HEADERS`.
    mine = {None, f"{request.url.scheme}://{request.headers.get('host')}"}
    return came in {"same-origin", "none"} or (came is None and origin in mine)
