"""Who does the pieces changes no byte, and a cluster that cannot is refused in a line."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from karwan.base import workers
from karwan.base.errors import DataError
from karwan.base.workers import (
    Cluster,
    Threads,
    check_scheduler,
    open_workers,
    refuse_other_versions,
    versions,
)
from karwan.route.condense import condense
from karwan.route.streams import stream_lanes
from tests.route.test_lanes import town
from tests.route.test_streams import town_stream

pytestmark = pytest.mark.xdist_group("cluster")
pytest.importorskip(
    "distributed", reason="the extra `cluster` is not installed: pip install 'karwan[cluster]'"
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One worker, a process of its own, and more as they are asked for."""
    with open_workers("local:1") as opened:
        assert isinstance(opened, Cluster)
        yield opened


def slow_square(given: tuple[Path, float], item: int) -> int:
    folder, seconds = given
    (folder / f"{item}").touch()
    time.sleep(seconds)
    return item * item


def fail(_given: None, item: int) -> int:
    message = f"item {item} is bad"
    raise DataError("the question", [message])


def test_threads_answer_in_the_order_of_the_items(tmp_path: Path) -> None:
    asked = (tmp_path, 0.0)
    for count in (1, 3):
        found = Threads(count).map(slow_square, asked, range(10))
        assert list(found) == [k * k for k in range(10)]


def test_one_two_and_three_workers_give_the_bytes_of_a_thread(cluster: Cluster) -> None:
    reduction, draw = town_stream(with_use=False)
    alone = pickle.dumps(stream_lanes(reduction, draw, 5, workers=Threads(1)))
    for count in (1, 2, 3):
        cluster.client.cluster.scale(count)
        cluster.client.wait_for_workers(count, timeout=20)
        assert pickle.dumps(stream_lanes(reduction, draw, 5, workers=cluster)) == alone


def test_workers_condense_to_the_same_bytes(cluster: Cluster) -> None:
    graph, _ = town(4)
    ends = [0, 7, 30], [59, 41]
    alone = condense(graph, *ends)  # type: ignore[arg-type]
    for who in (cluster, Threads(2)):
        shared = condense(graph, *ends, workers=who)  # type: ignore[arg-type]
        assert pickle.dumps(shared) == pickle.dumps(alone)


def test_a_worker_killed_in_the_middle_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    found = cluster.map(slow_square, (tmp_path, 0.1), range(12))
    told = [next(found)]
    nanny = next(iter(cluster.client.cluster.workers.values()))
    lost = nanny.process.pid
    os.kill(lost, signal.SIGKILL)
    told += found
    assert told == [k * k for k in range(12)]
    assert all(one.pid != lost or one.status.name != "running"
               for one in cluster.client.cluster.workers.values())  # fmt: skip


def test_an_error_of_a_piece_is_told_as_it_is(cluster: Cluster) -> None:
    with pytest.raises(DataError, match="item 0 is bad"):
        list(cluster.map(fail, None, range(3)))


def test_a_worker_of_another_version_is_named_with_what_it_runs(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_other_versions(cluster.client)
    mine = versions() | {"karwan": "99.0"}
    monkeypatch.setattr(workers, "versions", lambda: mine)

    class Told:
        """A client whose workers say what they ran before."""

        def wait_for_workers(self, *_: Any, **__: Any) -> None:
            """Wait for nobody."""

        def run(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"tcp://a:1": versions() | {"karwan": "0.1"}, "tcp://b:2": OSError("no karwan")}

    with pytest.raises(DataError, match=r"tcp://a:1 runs karwan 0\.1 and not 99\.0") as told:
        refuse_other_versions(Told())
    assert len(told.value.faults) == 2
    assert "tcp://b:2 cannot run karwan: OSError: no karwan" in str(told.value)


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "ANSWER_SECONDS", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with (
        pytest.raises(DataError, match=r"no scheduler answers there within 0\.5 s"),
        open_workers(address),
    ):
        pass


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("spark", "it must be threads, threads:N, local:N"),
        ("local:", "it must be threads"),
        ("local:0", "from 1 to 64 workers"),
        ("threads:999", "from 1 to 64 workers"),
    ],
)
def test_a_name_that_is_no_kind_of_worker_is_refused(given: str, why: str) -> None:
    with pytest.raises(DataError, match=why):
        check_scheduler(given)
