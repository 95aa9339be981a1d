"""A month of made evidence replayed in the two lands: which alerts, none twice, none missing."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from karwan.api.watching import Ground, add_watch, observe, run_watches, stop_watch
from karwan.base.errors import DataError, Fault, KarwanError, UnknownNameError
from karwan.data.catalog import Catalog
from karwan.evidence.closures import read_closures
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    NewSighting,
    add_closure,
    add_sighting,
    end_closure,
)
from karwan.main import main
from karwan.watch.nouns import Observation, Watch, When
from karwan.watch.store import read_watches
from tests import reference
from tests.worlds import EAST, WEST, write_tables

Day = dt.date
JUNE = [Day(2020, 6, day) for day in range(1, 31)]
WHO = "desk"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("watched"), closures=[])


def at(day: Day) -> str:
    return f"{day}T08:00:00+00:00"


def shut(folder: Path, day: Day) -> None:
    new = NewClosure(
        element_id=EAST, mode="road", start=day.isoformat(), end="", end_status="ongoing",
        seen_until=day.isoformat(), traffic_class="all", direction="both", cause="other",
        episode="", note="made", source_url="https://desk.example.org/a",
        source_date=day.isoformat(), grade="A",
    )  # fmt: skip
    add_closure(folder, new, who=WHO, when=at(day), today=day)


def opened(folder: Path, tables: Path, ident: str, day: Day) -> None:
    new = NewEnd(
        closure_id=ident, end=day.isoformat(), note="made", source_url="https://desk.example.org/b",
        source_date=day.isoformat(), grade="A",
    )  # fmt: skip
    packaged = read_closures(Catalog(tables)).spells
    end_closure(folder, new, who=WHO, when=at(day), today=day, packaged=packaged)


def seen_open(folder: Path, day: Day) -> None:
    new = NewSighting(
        element_id=WEST, mode="road", day=day.isoformat(), state="open", traffic_class="all",
        direction="both", note="made", source_url="https://sights.example.org/c",
        source_date=day.isoformat(), grade="A",
    )  # fmt: skip
    add_sighting(folder, new, who=WHO, when=at(day), today=day)


def test_a_month_replayed_tells_each_change_once_and_none_is_missing(
    tables: Path, tmp_path: Path
) -> None:
    """East shut on the 5th, open on the 12th, shut on the 20th and open again the same day.

    Somebody wrote of west once a week until 25 May: 28 days are twice the usual gap of 14, so the
    silence is told on 23 June. Every day is run twice; the second run tells nothing.
    """
    folder = tmp_path / "w"
    ground = Ground(tables=tables, workspace=folder)
    for week in range(5):
        seen_open(folder, Day(2020, 5, 25) - dt.timedelta(7 * week))
    watched = {
        add_watch(ground, question, when, as_of=JUNE[0], added_at=at(JUNE[0]), who=WHO): when
        for question, when in (
            (f"network show {EAST}", "status"), ("evidence", "silence"), ("evidence", "horizon"),
        )
    }  # fmt: skip
    told = defaultdict(list)
    for day in JUNE:
        if day.day in (5, 20):
            shut(folder, day)
        if day.day == 12:
            opened(folder, tables, "W0001", day)
        first = run_watches(ground, as_of=day, at=at(day), who=WHO)
        if day.day == 20:  # open again before the day is over: told on the next, not lost
            opened(folder, tables, "W0002", Day(2020, 6, 20))
        again = run_watches(ground, as_of=day, at=at(day), who=WHO)
        assert not first.failed
        for one in (*first.alerts, *again.alerts):
            told[watched[one.watch_id]].append((day.day, one.changed.value))
        assert len({one.watch_id for one in (*first.alerts, *again.alerts)}) == len(
            (*first.alerts, *again.alerts)
        )
    assert told["status"] == [(5, "world"), (12, "world"), (20, "world"), (21, "world")]
    assert told["silence"] == [(23, "time")]
    assert told["horizon"] == [(5, "world"), (12, "world"), (20, "world"), (21, "world")]
    alerts = read_watches(folder).alerts
    assert alerts[0].words.startswith("east") or "all shut out since 2020-06-05" in alerts[0].words
    hashes = [(one.watch_id, one.before_sha256, one.after_sha256) for one in alerts]
    assert len(hashes) == len(set(hashes))
    assert all(before != after for _, before, after in hashes)


def test_what_cannot_be_watched_is_refused_and_nothing_is_kept(
    tables: Path, tmp_path: Path
) -> None:
    ground = Ground(tables=tables, workspace=tmp_path / "w")
    for question, when, why in (
        ("evidence", "rank", "ask 'compare ORIGIN DESTINATION'"),
        ("hazard east-road", "often", "'often' is not one of rank, status"),
        ("hazard 'east", "chance", "cannot be read"),
        ("network show nowhere", "status", "nowhere"),
    ):
        with pytest.raises(KarwanError, match=why):
            add_watch(ground, question, when, as_of=JUNE[0], added_at=at(JUNE[0]), who=WHO)
    assert not (tmp_path / "w").exists()
    add = {"as_of": JUNE[0], "added_at": at(JUNE[0]), "who": WHO}
    ident = add_watch(ground, "evidence", "horizon", **add)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="is watched already, as N0001"):
        add_watch(ground, "evidence", "horizon", **add)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="lies before the last answer of N0001"):
        run_watches(ground, as_of=Day(2020, 5, 1), at=at(JUNE[0]), who=WHO)
    stop_watch(ground.workspace, ident, who=WHO, at=at(JUNE[0]))
    assert read_watches(ground.workspace).watches == ()
    with pytest.raises(UnknownNameError, match="N0001"):
        stop_watch(ground.workspace, ident, who=WHO, at=at(JUNE[0]))


def test_a_frontier_is_no_one_gate_to_watch_the_chance_of() -> None:
    watch = Watch(
        id="", question="hazard AF-PK", when=When.chance, step=0.05, days=30, added_at=at(JUNE[0])
    )
    with pytest.raises(DataError, match="is a frontier of several gates"):
        observe(reference.region(), watch)


def test_a_watch_whose_earlier_question_fails_hinders_no_other(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is another, so the earlier question is asked again; of one watch in vain."""
    ground = Ground(tables=tables, workspace=tmp_path / "w")
    for question, when in ((f"network show {EAST}", "status"), ("evidence", "horizon")):
        add_watch(ground, question, when, as_of=JUNE[0], added_at=at(JUNE[0]), who=WHO)
    shut(tmp_path / "w", JUNE[4])

    def again(
        _: Ground, watch: Watch, before: Observation, __: object
    ) -> Callable[[], Observation]:
        def ask() -> Observation:
            if watch.when is When.status:
                raise DataError("the question", [Fault("", "has no answer")])
            return before

        return ask

    monkeypatch.setattr("karwan.api.watching.code_version", lambda: "another")
    monkeypatch.setattr("karwan.api.watching._again", again)
    ran = run_watches(ground, as_of=JUNE[4], at=at(JUNE[4]), who=WHO)
    assert [one.when for one in ran.alerts] == [When.horizon]
    assert len(ran.failed) == 1
    assert "has no answer" in ran.failed[0]


def test_the_command_leaves_with_3_when_something_is_new_and_a_hook_is_called_once(
    tables: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, feed = tmp_path / "w", tmp_path / "feed.xml"
    where = ["--workspace", str(folder), "--tables", str(tables)]
    assert main(["watch", "add", f"network show {EAST}", "--when", "status",
                 "--as-of", "2020-06-04", *where]) == 0  # fmt: skip
    shut(folder, Day(2020, 6, 5))
    capsys.readouterr()
    sent: list[int] = []
    monkeypatch.setattr(
        "karwan.watch.channels.call_hook", lambda alerts, *_, **__: sent.append(len(alerts))
    )
    run = ["watch", "run", "--as-of", "2020-06-05", "--feed", str(feed), *where]
    assert main([*run, "--webhook", "https://example.org/h", "--format", "json"]) == 3
    (alert,) = json.loads(capsys.readouterr().out)["alerts"]
    assert alert["before_sha256"] != alert["after_sha256"]
    assert alert["words"] in feed.read_text(encoding="utf-8")
    assert main([*run, "--webhook", "https://example.org/h"]) == 0
    assert sent == [1]
    assert main([*run, "--mail", "nobody"]) == 2
    assert "mail needs a server" in capsys.readouterr().err
    assert main(["watch", "list", "--workspace", str(folder)]) == 0
    assert "L0001" in capsys.readouterr().out
