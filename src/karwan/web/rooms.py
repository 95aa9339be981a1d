"""Pages beside the screen that answer no one command: corridors, a project, help, studies."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from karwan.web.corridor_pages import corridor_list, corridor_page
from karwan.web.facts import dated_page
from karwan.web.pages import page
from karwan.web.project_pages import project_page
from karwan.web.questions import address
from karwan.web.sharing import check_same_origin
from karwan.web.site import Site
from karwan.web.studies import read_spec
from karwan.web.tongue import without_lang

REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
)
"""A report may draw itself and nothing else: it has no origin, and asks nobody."""


def add_rooms(app: FastAPI, site: Site) -> None:
    """Add the pages."""

    @app.get("/corridors", include_in_schema=False)
    def corridors(request: Request) -> Response:
        return page("facts.html.j2", **dated_page(site, _given(request), corridor_list))

    @app.get("/corridors/{name}", include_in_schema=False)
    def corridor(request: Request, name: str) -> Response:
        shown = dated_page(site, _given(request), lambda desk: corridor_page(desk, name))
        return page("facts.html.j2", **shown)

    @app.get("/projects/{name}", include_in_schema=False)
    def project(request: Request, name: str) -> Response:
        shown = dated_page(site, _given(request), lambda desk: project_page(desk, name), aside=True)
        return page("project.html.j2", **shown)

    @app.get("/help", include_in_schema=False)
    def help_page() -> Response:
        return page("help.html.j2", keeps=site.desks.workspace is not None)

    _add_studies(app, site)


def _add_studies(app: FastAPI, site: Site) -> None:
    @app.get("/studies", include_in_schema=False)
    def studies() -> Response:
        return page("studies.html.j2", runs=site.studies.list(), pair=site.first_pair())

    @app.post("/studies", include_in_schema=False)
    def add(request: Request) -> Response:
        check_same_origin(request)
        run = site.studies.add(without_lang(request.query_params.multi_items()), site.today())
        return RedirectResponse(f"/studies/{run}", HTTPStatus.SEE_OTHER)

    @app.get("/studies/ask", include_in_schema=False)
    def ask(request: Request) -> Response:
        pairs = [pair for pair in _given(request) if pair[1]]
        spec = read_spec(pairs, site.desks.network(), site.today())
        return page(
            "study-ask.html.j2",
            title=spec["title"],
            as_of=spec["as_of"],
            pair_count=len(spec["origins"]) * len(spec["destinations"]),
            run_url=address("/studies", pairs),
        )

    @app.get("/studies/{name}", include_in_schema=False)
    def study(name: str) -> Response:
        return page("study.html.j2", run=site.studies.run(name))

    @app.get("/studies/{name}/report", include_in_schema=False)
    def report(name: str) -> Response:
        headers = {"content-security-policy": REPORT_POLICY, "x-frame-options": "SAMEORIGIN"}
        body = site.studies.report(name)
        return Response(body, media_type="text/html; charset=utf-8", headers=headers)


def _given(request: Request) -> list[tuple[str, str]]:
    return without_lang(request.query_params.multi_items())
