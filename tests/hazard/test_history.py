"""What is known on a date: censoring, running spells, joint episodes, days at risk."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.forecasts.histories import history_of
from karwan.evidence.coverage import RECORD_START
from karwan.hazard.history import PROMPT_COUNT, Episode, History, Shut, make_history
from tests import reference
from tests.oracles.telling import told_within

DAY = dt.date(2020, 6, 1)
GROUPS = {"F": ("east", "west"), "line-X": ("road",)}


def shut(
    name: str = "east",
    start: dt.date = dt.date(2020, 5, 1),
    end: dt.date | None = None,
    seen: dt.date | None = None,
    *,
    episode: str = "E1",
    running: bool = False,
) -> Shut:
    group = "line-X" if name == "road" else "F"
    return Shut(
        element_id=name,
        group=group,
        episode=episode,
        cause="political",
        start=start,
        end=end,
        seen_until=seen or start,
        running=running,
        evidence="r1",
    )


def only(*items: Shut, as_of: dt.date = DAY) -> Episode:
    (episode,) = make_history(items, GROUPS, as_of).episodes
    return episode


def test_an_unknown_end_is_cut_off_where_it_was_last_seen() -> None:
    found = only(shut(seen=dt.date(2020, 5, 4)))
    assert (found.days, found.ended, found.running) == (3.0, False, ())


def test_a_closure_seen_within_a_fortnight_runs() -> None:
    found = only(shut(seen=dt.date(2020, 5, 25)))
    assert [item.element_id for item in found.running] == ["east"]


def test_what_is_of_a_later_day_is_refused_and_never_used() -> None:
    """An end, a report that it goes on, a last sighting, a start: the record is cut beforehand."""
    later = dt.date(2020, 8, 1)
    for item in (shut(end=later), shut(seen=later, running=True), shut(start=later)):
        with pytest.raises(ValueError, match="2020-06-01 could not know"):
            only(item)


def test_an_ongoing_closure_ages_from_when_it_was_last_seen() -> None:
    found = only(shut(seen=dt.date(2020, 5, 11), running=True))
    assert (found.days, found.running[0].seen_until) == (10.0, dt.date(2020, 5, 11))


def test_a_start_not_seen_makes_the_length_a_lower_bound() -> None:
    found = only(replace(shut(end=dt.date(2020, 5, 11)), start_seen=False))
    assert (found.days, found.ended) == (10.0, False)


def test_an_episode_has_one_length_and_each_element_its_share_of_it() -> None:
    found = only(
        shut("east", end=dt.date(2020, 5, 11)),
        shut("west", dt.date(2020, 5, 3), dt.date(2020, 5, 14)),
        shut("road", end=dt.date(2020, 5, 12)),
    )
    assert (found.group, found.days) == ("F", 11.0), "the frontier's, with the median length"
    assert {h.element_id: h.offset_days for h in found.hits} == {"east": 0, "west": 2, "road": 0}
    assert_allclose([h.length_ratio for h in found.hits], [10 / 11, 1.0, 1.0])


def test_one_event_in_two_files_is_one_episode() -> None:
    """The closures of Kurram stand under the gate and under the road behind it (CHANGES of the
    fact tables: the others add a second element to the episode, never a second episode)."""
    world = reference.world()
    history = history_of(world.record, world.network, world.as_of)
    names = [episode.name for episode in history.episodes]
    assert len(names) == len(set(names))
    (kurram,) = (e for e in history.episodes if e.name == "EP2024-KURRAM1")
    assert kurram.group == "AF-PK"
    assert set(kurram.elements) == {"kharlachi-dand-e-patan-road", "kurram-road"}


def test_a_gate_that_was_only_cut_off_was_not_shut() -> None:
    """CL113: the road through Kurram was shut, the post of Kharlachi was not."""
    world = reference.world()
    history = history_of(world.record, world.network, world.as_of)
    (kurram,) = (e for e in history.episodes if e.name == "EP2024-KURRAM2")
    assert kurram.elements == ("kurram-road",)


def test_two_rows_of_one_day_on_one_element_are_one_spell() -> None:
    """Kohistan road, 23 November 2024: a protest and a slide (rule 4 of overlapping spells)."""
    world = reference.world()
    history = history_of(world.record, world.network, world.as_of)
    there = [e for e in history.of_element("kkh-kohistan-road") if e.start == dt.date(2024, 11, 23)]
    assert len(there) == 1


def test_what_is_shut_cannot_shut_again() -> None:
    found = make_history(
        [shut(end=dt.date(2020, 5, 20)), shut(start=dt.date(2020, 5, 10),
                                              end=dt.date(2020, 5, 12), episode="E2")],
        GROUPS, DAY,
    )  # fmt: skip
    assert [e.name for e in found.episodes] == ["E1"]


def test_days_at_risk_end_with_the_evidence_and_leave_out_shut_days() -> None:
    found = make_history([shut(end=dt.date(2020, 5, 21))], GROUPS, dt.date(2022, 1, 1))
    assert found.until == dt.date(2020, 5, 21)
    days = (found.until - RECORD_START).days
    assert found.at_risk_days("east") == days - 20
    assert found.at_risk_days("pass") == days
    assert found.climatology_share("east") == 20 / days


def test_a_stop_of_one_direction_closes_nothing() -> None:
    """CL060 and CL061: cargo to China only, of the health era."""
    world = reference.world()
    history = history_of(world.record, world.network, world.as_of, health=True)
    assert not [e for e in history.episodes if e.name == "EP2020-KGCN"]


def test_elements_of_one_episode_last_nearly_alike_in_the_record() -> None:
    """The estimate of a tenth: frontiers' episodes whose ends are known.

    Four in five lie within it. The rest were decisions taken apart (gates that the Taliban took in
    2021 opened after days to weeks), and keep their own share of the length in what is drawn.
    """
    world = reference.world()
    history = history_of(world.record, world.network, world.as_of)
    deviations = [
        round(abs(hit.length_ratio - 1), 6)
        for e in history.episodes
        if e.ended and not e.group.startswith("line-")
        for hit in e.hits
        if len(e.hits) > 1 and world.network.elements[hit.element_id].kind != "line"
    ]
    assert len(deviations) == 40
    assert sum(d <= 0.1 for d in deviations) == 33


def test_an_empty_record_has_no_days_and_no_episodes() -> None:
    nothing = make_history([], GROUPS, DAY)
    assert (nothing.until, nothing.episodes, nothing.shut_days) == (RECORD_START, (), {})
    assert nothing.climatology_share("east") is None, "of no days there is no share"
    assert nothing.at_risk_days("east") == 0.0


def test_a_group_that_nobody_knows_has_no_episodes() -> None:
    known = make_history([shut(end=DAY)], GROUPS, DAY)
    assert known.of_group("no-such-frontier") == ()
    assert known.climatology_share("west") == 0.0


def test_a_closure_on_the_record_s_first_day_counts() -> None:
    """Shut on the one day that the record holds: always, and never above always."""
    day = dt.timedelta(days=1)
    first = shut(start=RECORD_START, end=RECORD_START + day)
    known = make_history([first], GROUPS, DAY)
    assert known.climatology_share("east") == 1.0
    assert make_history([replace(first, start=RECORD_START - day)], GROUPS, DAY).episodes == ()
    assert replace(known, shut_days={"east": 9.0}).climatology_share("east") == 1.0


def test_days_of_which_nothing_is_told_are_at_risk() -> None:
    known = make_history([shut(end=DAY)], GROUPS, DAY)
    days = float((DAY - RECORD_START).days)
    assert known.at_risk_days("east") == days - 31
    assert replace(known, shut_days={}).at_risk_days("east") == days


def test_closures_of_the_health_era_are_left_out_unless_asked_for() -> None:
    closed = [replace(shut(end=DAY), cause="health")]
    assert make_history(closed, GROUPS, DAY).episodes == ()
    assert len(make_history(closed, GROUPS, DAY, health=True).episodes) == 1


def test_of_two_rows_of_one_day_the_longer_is_kept() -> None:
    rows = [shut(end=dt.date(2020, 5, day), episode=f"E{day}") for day in (4, 6)]
    for order in (rows, rows[::-1]):
        (kept,) = make_history(order, GROUPS, DAY).episodes
        assert (kept.name, kept.days) == ("E6", 5.0)


def test_a_gate_may_shut_again_on_the_day_it_opened() -> None:
    middle = dt.date(2020, 5, 5)
    rows = [shut(end=middle), shut(start=middle, end=dt.date(2020, 5, 10), episode="E2")]
    known = make_history(rows, GROUPS, DAY)
    assert [(e.name, e.days) for e in known.episodes] == [("E1", 4.0), ("E2", 5.0)]
    assert known.shut_days == {"east": 9.0}


def test_an_episode_has_its_first_gate_s_cause_and_its_worst_grade() -> None:
    found = only(
        replace(shut("east", end=DAY), cause="clash"),
        replace(shut("west", dt.date(2020, 5, 2), DAY), grade="C"),
        shut("road", end=DAY),
    )
    assert (found.cause, found.grade) == ("clash", "C")


@given(
    told=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 60)).map(lambda one: (one[0], sum(one))),
        min_size=1,
        max_size=12,
    ),
    age_days=st.integers(0, 50),
)
def test_how_late_closures_are_told_is_the_product_over_every_lag(
    told: list[tuple[int, int]], age_days: int
) -> None:
    """Every bit is the same: the product is taken in the same order."""
    past = History(as_of=DAY, episodes=(), groups={}, until=DAY, told=tuple(told))
    assert past._told_within(age_days) == told_within(told, age_days, PROMPT_COUNT)
