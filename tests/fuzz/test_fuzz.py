"""A slice of the fuzz run, the same each time; and that its oracles can fail at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import karwan.main as program
from karwan.base.errors import DataError
from karwan.base.folders import RUN_FILE
from karwan.evidence.workspace import DATABASE
from karwan.route import arcgraph
from karwan.route.detours import DetourTree
from tests import reference
from tests.fuzz import __main__ as long_run
from tests.fuzz import engine, kills, oracle, shelf, tables
from tests.fuzz.commands import HEAVY, CommandLines, Line
from tests.fuzz.kind import stream
from tests.fuzz.kinds import KINDS
from tests.fuzz.oracle import ask, faults_of
from tests.fuzz.run import run_case, run_cases
from tests.fuzz.tables import Spoiled, Tables

SEED = long_run.DEFAULT_SEED


@pytest.mark.parametrize("name", KINDS)
def test_a_slice_of_each_kind_breaks_no_promise(name: str) -> None:
    kind = KINDS[name]
    failures = [one for one in run_cases(kind, SEED, range(kind.slice_count)) if one is not None]
    assert not failures, "\n".join(map(str, failures))


def test_the_slice_makes_about_a_hundred_calls_and_hundreds_of_inputs() -> None:
    calls = [KINDS[name].slice_count for name in ("commands", "tables", "studies", "ledgers")]
    calls += [KINDS[name].slice_count for name in ("incidents", "texts", "workspaces", "kills")]
    assert 100 <= sum(calls) <= 150
    assert sum(kind.slice_count for kind in KINDS.values()) > 600


def test_the_long_run_is_as_long_as_it_says() -> None:
    counts = {name: kind.long_count for name, kind in KINDS.items()}
    assert counts["commands"] >= 3000
    assert counts["kills"] >= 400
    assert counts["tables"] >= 10 * len(reference.catalog().resources)
    cheap = ("days", "cells", "lines", "packed", "events", "sentences", "sheets", "specs")
    assert sum(counts[name] for name in cheap) >= 100_000


@pytest.mark.parametrize("name", KINDS)
def test_a_case_depends_on_its_number_alone(name: str) -> None:
    kind = KINDS[name]
    alone = kind.describe(kind.draw(stream(SEED, name, 7), 7))
    for number in range(7):
        kind.draw(stream(SEED, name, number), number)
    assert kind.describe(kind.draw(stream(SEED, name, 7), 7)) == alone
    assert {kind.describe(kind.draw(stream(SEED, name, n), n)) for n in range(7)} != {alone}


def test_every_table_and_every_command_has_its_turn() -> None:
    tables = set(reference.catalog().resources)
    drawn = {Tables().draw(stream(SEED, "tables", n), n).table for n in range(len(tables))}
    assert drawn == tables
    lines = [CommandLines().draw(stream(SEED, "commands", n), n).words for n in range(3000)]
    asked = {words for line in lines for words in (line[:1], line[:2])}
    assert all(tuple(name.split()) in asked for name in tables_of_commands())


def tables_of_commands() -> list[str]:
    from tests.cli.test_troubles import NEEDED

    return [name for name in NEEDED if HEAVY.get(name) != 0.0]


# Oracles that cannot fail would find nothing


BROKEN: dict[str, tuple[Callable[[Path], int], str]] = {}


def broken(fault: str) -> Callable[[Callable[[Path], int]], Callable[[Path], int]]:
    def keep(main: Callable[[Path], int]) -> Callable[[Path], int]:
        BROKEN[main.__name__] = main, fault
        return main

    return keep


def say(text: str) -> None:
    import sys

    print(text, file=sys.stderr)


@broken("raised KeyError")
def raises(_: Path) -> int:
    raise KeyError


@broken("exit code 3")
def leaves_with_another_code(_: Path) -> int:
    say("karwan: x")
    return 3


@broken("0 messages with code 2")
def says_nothing(_: Path) -> int:
    return 2


@broken("2 messages with code 2")
def says_it_twice(_: Path) -> int:
    say("karwan: a\nkarwan: b")
    return 2


@broken("an error with code 0")
def errs_and_succeeds(_: Path) -> int:
    say("karwan: a")
    return 0


@broken("unexpected: ")
def fails(_: Path) -> int:
    say("karwan: failed: KeyError")
    return 1


@broken("control character '\\x1b'")
def sends_an_escape(_: Path) -> int:
    print("\x1b[2J")
    return 0


@broken("NaN stands for a number")
def tells_nan(_: Path) -> int:
    print('{"a": NaN}')
    return 0


@broken("refused, and yet left 'half'")
def leaves_half_a_file(folder: Path) -> int:
    (folder / "half").touch()
    say("karwan: a")
    return 2


@broken("left 'other', which nobody named")
def writes_elsewhere(folder: Path) -> int:
    (folder / "other").touch()
    return 0


@broken("removed mine")
def removes_a_file(folder: Path) -> int:
    (folder / "mine").unlink()
    return 0


@broken("longer than 0.05 s")
def hangs(_: Path) -> int:
    while True:
        pass


@pytest.mark.parametrize("name", BROKEN)
def test_a_program_that_breaks_a_promise_is_found_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, fault = BROKEN[name]
    (tmp_path / "mine").touch()
    monkeypatch.setattr(oracle, "MOST_SECONDS", 0.05 if name == "hangs" else 60.0)
    monkeypatch.setattr(oracle, "main", lambda _: main(tmp_path))
    told = faults_of(ask(["x", "--format", "json"] if name == "tells_nan" else ["x"], tmp_path))
    assert any(fault in one for one in told), told


def test_an_exception_that_nobody_foresaw_is_a_failure_that_can_be_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        msg = "odd"
        raise RuntimeError(msg)

    monkeypatch.setattr(program, "_parser", lambda _: fail)
    failure = run_case(KINDS["commands"], SEED, 3)
    assert failure is not None
    assert "failed: RuntimeError: odd" in str(failure)
    assert f"python -m tests.fuzz --seed {SEED} --kinds commands --case 3" in str(failure)


def test_an_answer_that_changes_from_call_to_call_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = iter(range(9))

    def main(_: Any) -> int:
        print(next(count))
        return 0

    monkeypatch.setattr(oracle, "main", main)
    told = CommandLines().check(Line(("data", "list"), twice=True), tmp_path)
    assert told == ["the same question has another answer the second time"]


def test_a_harmless_change_that_changes_the_answer_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = reference.packaged("units").read_bytes()
    monkeypatch.setattr(tables, "answer", lambda _: "another")
    (one,) = Tables().check(Spoiled("units", "CRLF", content.replace(b"\n", b"\r\n")), tmp_path)
    assert one.startswith("CRLF changes nothing, and yet the answer differs")


def test_rows_lost_after_a_kill_are_found(tmp_path: Path) -> None:
    shelf.take(tmp_path, "w")
    from karwan.evidence.own_record import list_records

    before = list_records(tmp_path / "w")
    with sqlite3.connect(tmp_path / "w" / DATABASE) as connection:
        for (name,) in list(
            connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM closures WHERE id = 'W0003'")
    told = kills.rows_lost(tmp_path / "w", before, ["W0005"])
    assert told == [
        "rows of closures that stood before changed",
        "W0005 was acknowledged and is lost",
        "ids of closures have a gap",
    ]


def test_a_run_that_is_not_whole_is_found(tmp_path: Path) -> None:
    kills.write_run(tmp_path / "run", "run:1")
    assert kills.run_lost(tmp_path, ["run:5"])[0].startswith("run:5 was acknowledged, and ")
    (tmp_path / "run" / RUN_FILE).unlink()
    assert kills.run_lost(tmp_path, []) == ["the run is not whole"]


def engine_faults(count: int) -> str:
    failures = run_cases(KINDS["engine"], SEED, range(count))
    return "\n".join(str(one) for one in failures if one is not None)


def test_an_engine_that_tells_ways_as_cut_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DetourTree, "best", lambda *_: None)
    assert ": None, least " in engine_faults(6)


def test_an_engine_that_takes_anything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = arcgraph.make_arc_graph(1, [], [], [])
    monkeypatch.setattr(arcgraph, "make_arc_graph", lambda *_, **__: graph)
    monkeypatch.setattr(engine, "_compile", lambda: None)
    assert "the graph: it means nothing, and was taken" in engine_faults(12)


def test_an_engine_that_refuses_what_is_sound_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DataError("the graph", ["no"])

    monkeypatch.setattr(arcgraph, "make_arc_graph", refuse)
    monkeypatch.setattr(engine, "_compile", lambda: None)
    assert "the graph: sound, and refused: 1 fault in the graph" in engine_faults(7)


# The command


def test_the_long_run_counts_replays_and_says_when_something_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(long_run, "_prepare", lambda: None)
    monkeypatch.setattr(long_run, "clean_answers", lambda: ["same"])
    assert long_run.main(["--kinds", "days", "sheets", "--calls", "5"]) == 0
    assert capsys.readouterr().out.split()[-6:] == ["days", "5", "0", "sheets", "5", "0"]
    answers = iter(["before", "after"])
    monkeypatch.setattr(long_run, "clean_answers", lambda: [next(answers)])
    assert long_run.main(["--kinds", "days", "--case", "3"]) == 1
    assert long_run.main(["--kinds", "dazs"]) == 2
