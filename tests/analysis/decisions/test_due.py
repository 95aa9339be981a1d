"""What one more look would change: hand-made worlds, and the command's own answer."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.decisions.due import looks_due, p_changed
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.futures.stakes import EQUAL, make_stakes
from karwan.base.provenance import staleness
from karwan.main import main
from tests import worlds
from tests.worlds import EAST, WEST


def test_a_look_is_worth_the_chance_times_the_loss(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path)
    world = lands.world()
    places = world.network.places
    pair = [(places["ncity"], places["scity"])]
    stakes = make_stakes({"XN": lands.planner(world)}, pair, weights=EQUAL)
    model = fit_world(world)
    looks = looks_due(world, model, stakes)
    assert looks, "the only pair goes by some gate"
    for look in looks:
        assert look.freight_share == 1.0
        assert look.p_changed == p_changed(model, look.element_id, look.state, look.age_days)
        if look.p_changed is not None:
            assert look.worth_usd_per_day is not None
            assert_allclose(look.worth_usd_per_day, look.p_changed * look.loss_usd_per_day)


def test_what_was_seen_today_has_not_changed_and_age_makes_it_likelier(tmp_path: Path) -> None:
    model = fit_world(worlds.lands(tmp_path).world())
    chances = [p_changed(model, WEST, "open", age) for age in (0, 7, 30, 300)]
    assert chances[0] == 0
    assert chances == sorted(c for c in chances if c is not None)
    assert p_changed(model, WEST, "open", None) is None


def test_what_runs_has_changed_with_the_chance_that_it_has_opened(tmp_path: Path) -> None:
    """The east gate was last seen shut 14 days before the date."""
    model = fit_world(worlds.lands(tmp_path).world())
    assert p_changed(model, EAST, "shut", 14) == 1 - float(model.p_still(EAST, [0.0])[0]) > 0


@pytest.mark.parametrize(
    ("age", "told"), [(7, ""), (8, "look again"), (14, "look again"), (15, "last known"),
                      (21, "last known"), (22, "warning: old")]
)  # fmt: skip
def test_the_words_for_an_age_change_the_day_after_7_14_and_21(age: int, told: str) -> None:
    assert staleness(age) == told


def test_the_command_ranks_what_a_look_would_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evidence", "due", "--as-of", "2026-11-22", "--workspace", str(tmp_path / "none")]
    assert main([*words, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["due"]
    worth = [row["worth_usd_per_day"] for row in rows]
    assert worth == sorted(worth, reverse=True)
    torkham = next(row for row in rows if row["element"] == "torkham-road")
    assert dt.date.fromisoformat(torkham["known_on"]) == dt.date(2026, 10, 4)
    assert (torkham["age_days"], torkham["staleness"]) == (49, "warning: old")
    assert 0 < torkham["freight_share"] <= 1
