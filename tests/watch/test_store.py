"""Watches kept in a folder and in a database alike: added, answered, told once, ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from karwan.base.errors import DataError, UnknownNameError
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.evidence.audit import list_entries, verify_trail
from karwan.evidence.workspace import workspace_version
from karwan.watch.nouns import Changed, Observation, Watch, When
from karwan.watch.store import (
    News,
    end_watch,
    keep_delivery,
    keep_news,
    keep_watch,
    read_watches,
)
from tests.evidence.test_team import refused
from tests.postgres import Team

WHEN, LATER = "2026-11-22T10:00:00+00:00", "2026-11-24T10:00:00+00:00"
FIRST = Observation(
    as_of="2026-11-22",
    told={"first": "kuap"},
    answer_sha256="a",
    code="0",
    tables_sha256="t",
    rows="",
)
NEW = Watch(
    id="", question="almaty karachi", when=next(iter(When)), step=0.1, days=30, added_at=WHEN
)


def news(watch: Watch, as_of: str) -> News:
    after = replace(FIRST, as_of=as_of, told={"first": "kkcp"}, answer_sha256="b")
    return News(
        watch=watch, before=FIRST, after=after, words="another way", changed=next(iter(Changed))
    )


def test_a_watch_lives_and_ends_the_same_in_both(place: Workspace) -> None:
    assert keep_watch(place, NEW, FIRST, who="ada") == "N0001"
    with pytest.raises(DataError, match="is watched already, as N0001"):
        keep_watch(place, NEW, FIRST, who="eva")
    (watch,) = read_watches(place).watches
    (alert,) = keep_news(place, [news(watch, "2026-11-24")], who="cron", when=LATER)
    assert keep_news(place, [news(watch, "2026-11-24")], who="cron", when=LATER) == []
    keep_delivery(place, [alert], "atom", who="cron", when=LATER)
    kept = read_watches(place)
    assert kept.baselines["N0001"].told == {"first": "kkcp"}
    assert (kept.alerts, kept.delivered) == ((alert,), frozenset({("L0001", "atom")}))
    assert workspace_version(place) == "", "what was watched tells nothing of the world"
    end_watch(place, "N0001", who="ada", when=LATER)
    kept = read_watches(place)
    assert (kept.watches, [one.id for one in kept.ended]) == ((), ["N0001"])
    with pytest.raises(UnknownNameError, match="N0001"):
        end_watch(place, "N0001", who="ada", when=LATER)
    assert [(one.verb, one.row_id, one.added_by) for one in list_entries(place)] == [
        ("add", "N0001", "ada"),
        ("answer", "R0001", "ada"),
        ("answer", "R0002", "cron"),
        ("alert", "L0001", "cron"),
        ("deliver", "D0001", "cron"),
        ("end", "N0002", "ada"),
    ]
    assert verify_trail(place).stands


def test_a_watch_whose_first_answer_is_not_kept_is_not_kept(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from karwan.watch import store

    def fail(*_: object, **__: object) -> str:
        msg = "the line is down"
        raise OSError(msg)

    monkeypatch.setattr(store, "_add_answer", fail)
    with pytest.raises(OSError, match="the line is down"):
        keep_watch(place, NEW, FIRST, who="ada")
    assert read_watches(place).watches == ()
    assert list_entries(place) == ()


def test_the_role_of_a_server_watches_and_changes_nothing(team: Team) -> None:
    keep_watch(team.place, NEW, FIRST, who="ada")
    assert isinstance(team.place, DatabaseUrl)
    for statement in ("UPDATE watches SET days = 1", "DELETE FROM watch_answers"):
        assert refused(team.place, statement) == "InsufficientPrivilege"
        assert refused(team.owner, statement) == "RaiseException"
