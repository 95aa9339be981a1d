"""One self-contained HTML page for a study: no script, no request, no clock, the same bytes twice.

Everything on it comes from the study's result. A section gathers, its template lays out, `content`
words, `figures` draws; here they are put in order.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from importlib import resources
from types import ModuleType
from typing import TYPE_CHECKING, Any

from karwan import __version__
from karwan.analysis.corridors import shares
from karwan.analysis.world import cuts
from karwan.base.outgoing import policy, web_address
from karwan.data.rows.network import PlaceNameRow
from karwan.data.rows.region import CountryNameRow
from karwan.report import content, names
from karwan.report.answer import answer_of
from karwan.report.atlas import MAP
from karwan.report.basis import DEFAULTS, LIMITS, METHOD, SOURCES
from karwan.report.corridors import CORRIDORS, OTHERS
from karwan.report.cuts import CUTS
from karwan.report.editions import Edition, home_of, stands_in
from karwan.report.figures import MissingExtraError
from karwan.report.foresight import FORESIGHT
from karwan.report.futures import CHOKEPOINTS, FATES, SLIDER
from karwan.report.ledger import ARTICLE, REGISTER
from karwan.report.openness import OPENNESS
from karwan.report.order import ORDER
from karwan.report.pairs import PAIRS
from karwan.report.projects import PROJECTS
from karwan.report.railways import RAILWAYS
from karwan.report.ranges import RANGES
from karwan.report.runs import RUNS
from karwan.report.shippers import SHIPPERS
from karwan.report.steps import DISTANCE, STEPS, WHERE
from karwan.report.targets import TARGETS
from karwan.report.view import Section, View, view_of
from karwan.report.waiting import WAITING

if TYPE_CHECKING:
    import jinja2

    from karwan.study.run import StudyResult

PARTS = {
    "compare": "The corridors compared",
    "closures": "Open, shut, not yet built",
    "said": "What was said",
    "basis": "What it rests on",
}
"""Parts of the page in order, by the name a section gives."""

SECTIONS: tuple[Section, ...] = (
    RANGES,
    SHIPPERS,
    MAP,
    CORRIDORS,
    OTHERS,
    DISTANCE,
    WHERE,
    ORDER,
    PAIRS,
    CUTS,
    OPENNESS,
    WAITING,
    FORESIGHT,
    FATES,
    SLIDER,
    CHOKEPOINTS,
    PROJECTS,
    RAILWAYS,
    ARTICLE,
    REGISTER,
    TARGETS,
    DEFAULTS,
    STEPS,
    RUNS,
    METHOD,
    SOURCES,
    LIMITS,
)
"""The sections of the page; within a part, in this order."""

WORDS: dict[ModuleType, tuple[str, ...]] = {
    content: (
        "best_name",
        "best_of_family",
        "cheapest_family",
        "codes",
        "crossing_names",
        "day",
        "ends_text",
        "groups",
        "host",
        "label",
        "listed",
        "number",
        "small_number",
        "three_digits",
        "countries_passed",
        "same_route",
        "share_band",
        "short_family",
        "claimed_range",
        "way_round_text",
        "without_text",
    ),
    names: ("dated", "frontier", "lasting"),
    cuts: ("age_text", "cut_text"),
    shares: ("of_hundred",),
}
"""The functions that templates may call by name, by the module in which they stand."""


def render_page(
    result: StudyResult,
    *,
    missing: dict[str, str] | None = None,
    edition: Edition = Edition.full,
    beside: Collection[Edition] = (),
    view: View | None = None,
) -> str:
    """Return the page of a study as one HTML text that needs nothing else.

    Parameters
    ----------
    edition
        How much of it: four pages, what a reader asks, or what it rests on.
    beside
        Editions whose files lie beside the page: links lead into no other.
    view
        The result as sections see it, where an edition was made before: what they share stays.
    missing
        Filled with the reason for each section that cannot be made, by its id; the page is made
        without it and says so. If None, such a fault is raised.

    Raises
    ------
    MissingExtraError
        If jinja2, altair or vl-convert is not installed: they come with `karwan[report]`.
    """
    view = view_of(result) if view is None else view
    environment = _environment(view)
    found: dict[str, list[tuple[Section, str]]] = {part: [] for part in PARTS}
    silent = []
    for section in SECTIONS:
        if not stands_in(section.id, edition):
            continue
        body = _body(section, view, environment, missing)
        if body is None:
            silent.append(section.title)
        else:
            found[section.part].append((section, _led(body, edition, beside)))
    parts = [(PARTS[part], sections) for part, sections in found.items() if sections]
    shell = environment.get_template("page.html.j2")
    style = "\n" + _read("style.css")
    return shell.render(
        parts=parts,
        answer=answer_of(view),
        codes_used=_codes(result),
        silent=silent,
        style=style,
        edition=edition,
        others=[one for one in Edition if one is not edition],
        policy=policy(style),
    )


def _led(body: str, edition: Edition, beside: Collection[Edition]) -> str:
    """Return a section whose links to sections of another edition lead into its file.

    Where that file does not lie beside the page the words of the link stay, and no link.
    """
    for section in SECTIONS:
        if not stands_in(section.id, edition):
            home = home_of(section.id)
            link = f'href="#{section.id}"'
            if home in beside:
                body = body.replace(link, f'href="{home.file}#{section.id}"')
            else:
                body = re.sub(
                    rf"<a\b[^>]*{re.escape(link)}[^>]*>(.*?)</a>", r"\1", body, flags=re.S
                )
    return body


def _body(
    section: Section, view: View, environment: jinja2.Environment, missing: dict[str, str] | None
) -> str | None:
    """Return a section's part of the page; None where it has nothing to say."""
    try:
        gathered = section.gather(view)
        if gathered is None:
            return None
        return environment.get_template(f"{section.id}.html.j2").render(gathered)
    except MissingExtraError:
        raise
    except Exception as error:  # whatever is wrong with one section costs that section only
        if missing is None:
            raise
        reason = f"{type(error).__name__}: {error}"
        missing[section.id] = reason
        return f"<p>This section could not be made: {html.escape(reason)}</p>"


def _environment(view: View) -> jinja2.Environment:
    """Return templates with the words of `content`, and what every section sees."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("jinja2") from error
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {name: getattr(room, name) for room, listed in WORDS.items() for name in listed}
    environment.filters.update(words)
    environment.globals.update(words)
    environment.globals.update(_shared(view))
    environment.globals["country"] = view.result.world.region.country
    environment.globals["web_address"] = web_address
    return environment


def _shared(view: View) -> dict[str, Any]:
    """Return what every template sees besides words."""
    result = view.result
    return {
        "result": result,
        "spec": result.spec,
        "world": result.world,
        "version": __version__,
        "STATES": content.STATES,
        "there": view.there,
        "chosen": view.chosen,
        "known": view.known,
        "leads": view.leads,
        "bars": view.bars,
        "scripts": _scripts(result),
        "is_shipped": result.catalog.is_shipped,
    }


def _read(name: str) -> str:
    """Return a packaged template."""
    folder = resources.files("karwan.report").joinpath("templates")
    return folder.joinpath(name).read_text(encoding="utf-8")


def _scripts(result: StudyResult) -> dict[str, str]:
    """Return the name of a place in its own script, by id, where the tables have one.

    Of the forms to print, that of the first language of its country; a name without a language, as
    tables of one's own may have, where there is none.
    """
    catalog = result.catalog
    languages = {row.country: row.languages for row in catalog.rows(CountryNameRow)}
    best: dict[str, tuple[int, str]] = {}
    for row in catalog.rows(PlaceNameRow):
        place = result.world.network.places.get(row.place_id)
        if place is None or row.name.isascii() or (row.language and not row.display):
            continue
        known = languages.get(place.country, ())
        if row.language and row.language not in known:
            continue
        rank = known.index(row.language) if row.language else len(known)
        best[row.place_id] = min(best.get(row.place_id, (rank, row.name)), (rank, row.name))
    return {place_id: name for place_id, (_, name) in best.items()}


def _codes(result: StudyResult) -> list[str]:
    """Return the codes of all countries passed."""
    found = (
        journey for c in result.comparisons for journey in (c.best, *content.journeys(c)) if journey
    )
    return sorted({code for journey in found for code in journey.countries})
