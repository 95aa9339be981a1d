"""The page stands alone, repeats its bytes, and says what the study found, not what we expect."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from karwan.analysis.world.state import State
from karwan.report import content, names
from karwan.report.answer import answer_of
from karwan.report.distances import distance_spec
from karwan.report.figures import bars_spec, leads_of
from karwan.report.page import PARTS, SECTIONS, render_page
from karwan.report.view import bar_journeys, view_of
from karwan.study.run import run_study
from karwan.study.spec import FuturesSpec, StudySpec, WorldSpec
from tests import reference

# One worker asks them all, so that they share the study.
pytestmark = pytest.mark.xdist_group("pages")


class Outline(HTMLParser):
    """What a page links to, and whether its tags close."""

    void = frozenset({"meta", "br", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "a":
            self.anchors += (
                [(given.get("href") or "")[1:]] if (given.get("href") or "").startswith("#") else []
            )
        elif "src" in given or tag in {"script", "link", "iframe", "object"}:
            self.loads.append(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.texts.append(f"{tag} at {self.getpos()}")


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


def text_of(page: str) -> str:
    """Return the words of a page."""
    bare = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).replace("\xa0", " ").split())


def test_the_page_loads_nothing_and_its_tags_close() -> None:
    found = outline(reference.page())
    assert found.loads == []
    assert found.texts == []
    assert found.open == []
    assert "@import" not in reference.page()
    assert not re.search(r"url\((?!#)", reference.page())


def test_ids_are_unique_and_links_inside_lead_somewhere() -> None:
    found = outline(reference.page())
    assert len(found.ids) == len(set(found.ids))
    assert set(found.anchors) <= set(found.ids)
    assert found.anchors


def test_every_section_has_its_template_and_every_template_its_section() -> None:
    folder = resources.files("karwan.report").joinpath("templates")
    named = {Path(file.name).name.partition(".")[0] for file in folder.iterdir()}
    ids = [section.id for section in SECTIONS]
    assert len(ids) == len(set(ids))
    assert set(ids) == named - {"page", "macros", "style"}
    assert {section.part for section in SECTIONS} <= set(PARTS)


def test_a_title_is_escaped() -> None:
    assert "<h1>One &lt;pair&gt;</h1>" in reference.page()


def test_what_is_cut_says_by_what_since_when_and_when_that_was_known() -> None:
    assert (
        "Torkham: shut, since 12 October 2025; "
        "last known 4 October 2026, 49 days before the as-of date" in text_of(reference.page())
    )


def test_the_first_screen_answers_which_for_whom_how_sure_and_on_what_it_hangs() -> None:
    view = view_of(reference.study())
    answer = answer_of(view)
    first = view.there[0].ranking.order_central[0]
    assert content.label(view.there[0].answer(first).corridor) in answer.headline
    assert "days (nine in ten within" in answer.headline
    heads = [point.head for point in answer.points]
    assert heads[:8] == [
        "What is shut",
        "With all gates open",
        "Target",
        "Promises",
        "What a day costs",
        "For whom",
        "How sure",
        "What it hangs on",
    ]
    ranked = [glance for glance in answer.glances if glance.rank and glance.rank.rank == 1]
    assert [glance.answer.corridor.id for glance in ranked] == [first]


def test_a_family_that_is_cut_says_at_which_gate_and_has_no_rank() -> None:
    cut = [g for g in answer_of(view_of(reference.study())).glances if g.answer.status == "cut"]
    assert {glance.family for glance in cut} == {"KTAP", "KUAP"}
    assert all(glance.answer.cuts and glance.rank is None for glance in cut)


def test_nothing_on_record_is_not_always_open() -> None:
    view = view_of(reference.study())
    silent = [a for a in view.result.availability if a.episode_count == 0]
    assert silent
    assert all(view.standing(a.corridor_id) is None for a in silent)
    words = text_of(reference.page())
    assert "100 % (100" not in words
    assert "nothing on record, so nothing is said" in words


def test_readers_meet_names_not_ids() -> None:
    network = reference.network()
    words = text_of(reference.page())
    ids = [*network.elements, *network.corridors, *network.crossings, *network.links]
    ids += [element.frontier_group for element in network.elements.values()]
    ids += [
        use.id
        for c in reference.study().comparisons
        for j in content.journeys(c)
        for use in j.defaults
    ]
    ids += ["rail1520", "rail1435", "rail1676"]
    # A name such as Torkham serves as an id too; an id that is none has a mark within.
    coded = {ident for ident in ids if re.search(r"[a-z]-[a-z]|--|_|:|\d{4}|[A-Z]{2}-[A-Z]", ident)}
    assert len(coded) > 300
    assert [
        i for i in sorted(coded) if re.search(rf"(?<![\w/.-]){re.escape(i)}(?![\w-])", words)
    ] == []


def test_every_chart_has_its_figures_in_a_table_of_the_same_section() -> None:
    sections = re.findall(r'<section id="(\w+)">(.*?)</section>', reference.page(), flags=re.DOTALL)
    drawn = [(name, body) for name, body in sections if "<svg" in body]
    assert {"ranges", "map", "where", "order", "hazard"} <= {name for name, _ in drawn}
    for name, body in drawn:
        assert "<table" in body or 'href="#tables"' in body, name
        for figure in re.findall(r"<svg[^>]*>", body):
            assert 'role="img"' in figure or "<svg x=" in figure, name


def test_every_table_of_figures_carries_grades() -> None:
    for name, body in re.findall(
        r'<section id="(\w+)">(.*?)</section>', reference.page(), flags=re.DOTALL
    ):
        if re.search(r'class="num', body):
            assert 'class="grade' in body, name


def test_before_the_gates_shut_the_page_says_so() -> None:
    words = text_of(reference.page(as_of=dt.date(2025, 10, 1)))
    assert "12 October 2025" not in words
    assert "newest evidence" in words


def test_an_order_that_does_not_hold_is_not_stated() -> None:
    result = reference.study()
    assert not result.comparisons[0].ranking.holds
    assert "It is the cheapest on average in" in text_of(reference.page())
    count = len(result.comparisons[0].ranking.ranks)
    told = f"The order of the {count} open corridors does not hold."
    assert told in text_of(reference.page())


def test_every_default_of_the_pair_is_listed() -> None:
    result = reference.study()
    words = text_of(reference.page())
    shown = {
        names.default_name(use, result.world.region)
        for comparison in result.comparisons
        for journey in content.journeys(comparison)
        for use in journey.defaults
    }
    assert shown
    assert [name for name in shown if name not in words] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"states": ("all-open",)},
        {"states": ("last-known",)},
        {"both_directions": False},
        {"origins": ("kabul",)},
        {"destinations": ("bandar-abbas",)},
        {"origins": ("tashkent",), "destinations": ("lahore",)},
    ],
    ids=lambda changes: ",".join(f"{key}={value}" for key, value in changes.items()),
)
def test_any_study_gives_a_page(changes: dict[str, Any]) -> None:
    found = outline(render_page(reference.make_study(**changes)))
    assert found.texts == []
    assert set(found.anchors) <= set(found.ids)


def test_a_pair_with_no_way_gives_a_page_that_says_what_cuts_it() -> None:
    result = run_study(
        StudySpec(
            name="shut",
            title="Shut",
            as_of=reference.AS_OF,
            origins=("kabul",),
            destinations=("islamabad",),
            states=(State.last_known,),
            futures=FuturesSpec(paths=100),
            world=WorldSpec(
                close=tuple(
                    name
                    for name in sorted(set(reference.network().element_of_link.values()))
                    if reference.network().elements[name].kind == "crossing"
                )
            ),
        )
    )
    assert result.comparisons[0].best is None
    assert "No route." in text_of(render_page(result))


def test_a_line_ends_at_the_totals_of_its_route() -> None:
    result = reference.study()
    comparison = result.comparison("almaty", "karachi", "all-open")
    leads = leads_of(comparison, None, result.world.network)
    for lead in leads:
        assert lead.journey.rows[-1].cum_km == pytest.approx(lead.journey.distance_km)
        assert lead.journey.rows[-1].cum_hours == pytest.approx(lead.journey.hours.value)
        assert lead.journey.rows[-1].cum_usd == pytest.approx(lead.journey.usd.value)
    assert len({lead.colour for lead in leads}) == len(leads)


def test_bars_hold_every_hour_and_dollar() -> None:
    result = reference.study()
    comparison = result.comparison("almaty", "karachi", "all-open")
    leads = leads_of(comparison, None, result.world.network)
    bars = bar_journeys(leads, comparison)
    assert len(bars) == len({name for name, _ in bars})
    for _, journey in bars:
        assert sum(journey.hours_by_kind.values()) == pytest.approx(journey.hours.value)
        assert sum(journey.usd_by_kind.values()) == pytest.approx(journey.usd.value)


def test_charts_carry_units() -> None:
    spec = str(distance_spec([], "h")) + str(bars_spec([], "USD"))
    assert "Distance, km" in spec
    assert "Mean hours since start, h" in spec
    assert "Central cost, USD" in spec


def test_closures_to_come_say_how_often_and_on_how_much_that_rests() -> None:
    words = text_of(reference.page())
    assert "How often it would be open" in words
    assert "Few episodes on record do not make a corridor safe." in words
    assert "Closures on record: Afghanistan–Pakistan" in words
