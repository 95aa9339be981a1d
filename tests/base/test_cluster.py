"""A cluster of its own, reached by its address: scheduler and workers are programs of their own."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from karwan.base.errors import DataError
from karwan.base.workers import Cluster, Threads, open_workers
from karwan.main import main
from karwan.route.condense import condense
from karwan.route.streams import stream_lanes
from tests.route.test_lanes import town
from tests.route.test_streams import town_stream

pytestmark = pytest.mark.xdist_group("cluster")
pytest.importorskip(
    "distributed", reason="the extra `cluster` is not installed: pip install 'karwan[cluster]'"
)
OTHER = "import karwan\nkarwan.__version__ = '0.0.1'\n"


@contextmanager
def program(kind: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a program of Dask, in its own process group, and end it with all that it started."""
    started = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{kind}", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a scheduler with two workers, each of one thread."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = f"tcp://127.0.0.1:{port}"
    room = str(tmp_path_factory.mktemp("dask"))
    with (
        program("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        program("worker", where, "--nworkers", "2", "--nthreads", "1", "--memory-limit", "0",
                "--no-dashboard", "--local-directory", room),
    ):  # fmt: skip
        yield where


@pytest.fixture(scope="module")
def cluster(address: str) -> Iterator[Cluster]:
    with open_workers(address) as opened:
        assert isinstance(opened, Cluster)
        opened.client.wait_for_workers(2, timeout=30)
        yield opened


def process_id() -> int:
    return os.getpid()


def test_lanes_and_condensing_over_an_address_give_the_bytes_of_a_thread(cluster: Cluster) -> None:
    reduction, draw = town_stream(with_use=False)
    alone = pickle.dumps(stream_lanes(reduction, draw, 5, workers=Threads(1)))
    assert pickle.dumps(stream_lanes(reduction, draw, 5, workers=cluster)) == alone
    graph: Any = town(4)[0]
    ends = [0, 7, 30], [59, 41]
    here: Any = condense(graph, *ends)
    there: Any = condense(graph, *ends, workers=cluster)
    assert pickle.dumps(there) == pickle.dumps(here)


def test_a_worker_killed_while_lanes_run_changes_no_byte(cluster: Cluster) -> None:
    """It is killed after the first answer; its nanny starts another, what it held is done again."""
    reduction, draw = town_stream(with_use=False)
    alone = pickle.dumps(stream_lanes(reduction, draw, 40, workers=Threads(1)))
    lost = next(iter(cluster.client.run(process_id).values()))
    told: list[int] = []

    class Killing:
        """The cluster, of which a worker is killed in the middle."""

        def map(self, function: Any, given: Any, items: Any) -> Iterator[Any]:
            for number, answer in enumerate(cluster.map(function, given, items)):
                if not number:
                    os.kill(lost, signal.SIGKILL)
                told.append(number)
                yield answer

    assert pickle.dumps(stream_lanes(reduction, draw, 40, workers=Killing())) == alone
    assert len(told) > 10
    cluster.client.wait_for_workers(2, timeout=30)
    assert lost not in cluster.client.run(process_id).values()


def test_a_study_run_by_a_worker_stores_what_is_stored_here(
    address: str, cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    land = tmp_path / "land"
    assert main(["new", str(land)]) == 0
    study = land / "study.toml"
    words = ["--no-report", "--paths", "100"]
    assert main(["study", "run", str(study), "--out", str(tmp_path / "here"), *words]) == 0
    there = tmp_path / "there"
    assert (
        main(["study", "run", str(study), "--out", str(there), *words, "--scheduler", address]) == 0
    )
    capsys.readouterr()
    assert stored(tmp_path / "here") == stored(there)
    assert stored(there)


def stored(folder: Path) -> dict[str, bytes]:
    """Return every file of a run but its manifest, which tells when it was made."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def test_a_worker_of_another_version_is_refused_with_what_it_runs(
    address: str, cluster: Cluster, tmp_path: Path
) -> None:
    preload = tmp_path / "older.py"
    preload.write_text(OTHER, encoding="utf-8")
    before = len(cluster.client.scheduler_info(n_workers=-1)["workers"])
    with program("worker", address, "--nworkers", "1", "--nthreads", "1", "--no-nanny",
                 "--no-dashboard", "--preload", str(preload), "--memory-limit", "0",
                 "--local-directory", str(tmp_path)):  # fmt: skip
        cluster.client.wait_for_workers(before + 1, timeout=30)
        with pytest.raises(DataError, match=r"runs karwan 0\.0\.1") as told, open_workers(address):
            pass
    assert len(told.value.faults) == 1
