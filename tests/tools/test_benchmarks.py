"""The benchmarks run; what they measure says as much of the machine as of the program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.engine import _even_after, measure_peer
from benchmarks.instance import Instance, reference_instance
from benchmarks.peers import Peer, make_scipy
from karwan.route.condense import condense
from karwan.route.lanes import Lanes

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for room in ("benchmarks", "src", "tests", "tools") for path in (ROOT / room).rglob("*.py")
]


def guard_of(statement: ast.stmt) -> bool:
    """Tell whether a statement is `if __name__ == "__main__"`."""
    return isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test)


def test_a_small_run_of_every_part_ends_and_says_what_it_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run.main(["--small"])
    out = capsys.readouterr().out
    assert "200 paths x 730 days" in out
    assert "karwan compare almaty karachi" in out
    assert "with nothing kept" in out
    assert "asked again in one process" in out
    assert "all, without typing" in out
    assert "one tree over" in out
    assert "12000 weights of 30 scenarios equal SciPy's" in out
    assert "SciPy Dijkstra, limit" in out
    assert "condensed graph" in out
    assert "times weights, by minima and by medians" in out
    assert "even after, fresh and kept" in out
    assert "drawing, the same for all and in no ratio" in out
    assert "weights, 100 scenarios, 2 thread(s)" in out
    assert "hours, USD, km, elements, 100 scenarios, 2 thread(s)" in out
    assert "tree equals lanes" in out
    assert "most memory held so far" in out
    assert "10,000 scenarios" in out
    assert "answer of a batch" in out


def test_what_costs_more_beforehand_and_less_afterwards_is_even_after_so_many() -> None:
    assert _even_after(12.0, 0.001) == "12,000"
    assert _even_after(-1.0, 0.001) == "1"
    assert _even_after(1.0, 0.0) == "never"


def test_a_peer_that_answers_wrongly_is_not_timed(capsys: pytest.CaptureFixture[str]) -> None:
    instance = reference_instance()
    lanes = Lanes(
        condense(instance.graph, instance.origins.tolist(), instance.destinations.tolist())
    )

    def wrong(asked: Instance) -> Peer:
        right = make_scipy(asked)
        return Peer("wrong", "0", lambda weights: right.ask(weights) + 1)

    assert measure_peer("wrong", wrong, instance, instance, lanes, 1) is None
    assert "wrong 0" in capsys.readouterr().out
    assert measure_peer("scipy", make_scipy, instance, instance, lanes, 1) is not None


def test_a_part_that_crashes_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(run, "bench_scenarios")
    with pytest.raises(NameError, match="bench_scenarios"):
        run.main(["--small", "scenarios"])


def test_nothing_stands_below_the_line_that_runs_a_program() -> None:
    """What stands there is not yet defined when the program runs."""
    assert len(SOURCES) > 100
    below = []
    for path in SOURCES:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        if any(guard_of(statement) for statement in body[:-1]):
            below.append(str(path.relative_to(ROOT)))
    assert not below
