"""A server as a process of its own: told to stop, it ends what it began, and says what it did."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from karwan.web import running
from karwan.web.desks import Desks
from karwan.web.journal import Form, Log
from karwan.web.operations import Operations
from karwan.web.running import Server
from karwan.web.studies import Studies

START = "from karwan.main import main; import sys; sys.exit(main())"
MOST_SECONDS = 120.0
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
SLOW = "/api/v1/compare?from=almaty&to=karachi&as_of=2024-05-01"
STUDY = "/studies?from=almaty,tashkent&to=karachi,lahore&as_of=2024-05-01&paths=10000"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def ask(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Return status and body; 0 where nobody listens."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
    try:
        client.request(method, path, headers={"origin": f"http://127.0.0.1:{port}"})
        reply = client.getresponse()
        return reply.status, reply.read()
    except ConnectionError:
        return 0, b""
    finally:
        client.close()


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Yield a server that listens; it need not be warm."""
    port = free_port()
    command = [sys.executable, "-c", START, "serve", "--port", str(port), "--log", "json"]
    process = subprocess.Popen(
        [*command, "--workspace", str(folder), *words], stderr=subprocess.PIPE, text=True
    )
    try:
        ends = time.monotonic() + MOST_SECONDS
        while ask(port, "/health")[0] != 200:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < ends
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


def wait_for(port: int, path: str, word: bytes) -> None:
    ends = time.monotonic() + MOST_SECONDS
    while word not in ask(port, path)[1]:
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_told_to_stop_it_ends_what_runs_tells_of_the_study_and_goes_with_0(tmp_path: Path) -> None:
    with serving(tmp_path, "--drain", "2") as (process, port), ThreadPoolExecutor(2) as pool:
        assert ask(port, STUDY, "POST")[0] == 303
        slow = pool.submit(ask, port, SLOW)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        wait_for(port, "/ready", b'"stopping"')
        assert ask(port, "/ready")[0] == 503
        assert ask(port, "/health")[0] == 200, "it still answers while it says that it goes"
        assert slow.result()[0] == 200, "what was begun is ended"
        _, err = process.communicate(timeout=MOST_SECONDS)
        assert process.returncode == 0
        assert ask(port, "/health")[0] == 0
    told = [json.loads(line) for line in err.splitlines()]
    events = [one["event"] for one in told]
    assert events[0] == "started"
    assert events[-2:] == ["study_interrupted", "stopped"]
    begun = events.index("stopping")
    assert told[begun]["drain_seconds"] == 2
    routes = [one.get("route") for one in told[begun:]]
    assert "/ready" in routes
    (run,) = Studies(desks=Desks(workspace=tmp_path)).list() or []
    assert (run.state, run.name) == ("interrupted", told[-2]["study"])


@pytest.mark.parametrize("twice", [False, True])
def test_after_the_limit_it_goes_whatever_runs(tmp_path: Path, twice: bool) -> None:
    """A request that waits for a lock held elsewhere cannot be ended; the server goes without."""
    import sqlite3

    from tests.evidence.test_workspace import add

    add(tmp_path)
    with serving(tmp_path, "--drain", "0", "--stop-after", "1" if not twice else "60") as (
        process,
        port,
    ):
        holder = sqlite3.connect(tmp_path / "karwan.sqlite", isolation_level=None)
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(ask, port, SLOW)
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            if twice:
                time.sleep(0.2)
                process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=MOST_SECONDS)
            slow.cancel()
        holder.close()
    assert process.returncode == 0
    told = [json.loads(line) for line in err.splitlines()]
    cut = [one for one in told if one.get("route") == "/api/v1/compare"]
    assert [one["status"] for one in cut] in ([], [500])
    assert told[-1]["event"] == "stopped"


def test_what_no_signal_ends_is_told_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the loop itself hangs, the process ends from beside it."""
    lines: list[str] = []
    left: list[int] = []
    log = Log(form=Form.text, write=lines.append, now=lambda: NOW)
    operations = Operations(log=log)
    operations.tally.begin()
    server = Server(
        uvicorn.Config(lambda: None),
        operations,
        drain_seconds=0,
        limit_seconds=0,
        end_studies=lambda: ["abc"],
    )
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr(running, "LEEWAY_SECONDS", -1.0)
    server._go(0.0)
    assert left == [0]
    words = [line.split()[1:3] for line in lines]
    assert [name for _, name in words] == ["stopping", "cut_off", "study_interrupted", "stopped"]
    assert "requests_running=1" in lines[1]
    assert "study=abc" in lines[2]
