"""The page and its answers for programs: how soon ready, how quick, how large.

The server runs in a process of its own, as `karwan serve` starts it; clients are threads of this
one, on the same machine. Each call asks another set of closures, so that no answer is kept already.
"""

from __future__ import annotations

import gzip
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

import numpy as np

from benchmarks.clock import environment, machine

AS_OF = "2026-11-22"
PAIR = (("from", "almaty"), ("to", "karachi"), ("as_of", AS_OF))
CALLS, SMALL_CALLS = 150, 6
CLIENTS = (1, 32)
MOST_SECONDS = 600.0
START = "from karwan.main import main; main()"
QUANTILES = (0.5, 0.95)


@dataclass(frozen=True)
class Server:
    """A server that listens."""

    port: int
    pid: int
    ready_seconds: float

    def get(self, path: str) -> bytes:
        """Return the body at an address, unpacked.

        Raises
        ------
        ValueError
            If the server does not answer 200.
        """
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MOST_SECONDS)
        try:
            client.request("GET", path, headers={"host": "127.0.0.1"})
            reply = client.getresponse()
            body = reply.read()
            if reply.status != HTTPStatus.OK:
                msg = f"{path} answered {reply.status}: {body[:200]!r}"
                raise ValueError(msg)
            return body
        finally:
            client.close()

    def cpu_seconds(self) -> float:
        """Return the processor time that the server has taken."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:  # noqa: PTH123
            fields = file.read().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Return the most memory that the server has held."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:  # noqa: PTH123
            return int(re.findall(r"VmHWM:\s+(\d+)", file.read())[0]) / 1024


@contextmanager
def serving() -> Iterator[Server]:
    """Yield a server once it says that it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    started = subprocess.Popen(
        [sys.executable, "-c", START, "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    try:
        while not _is_ready(port):
            if started.poll() is not None or time.perf_counter() - begun > MOST_SECONDS:
                msg = "the server did not become ready"
                raise RuntimeError(msg)
            time.sleep(0.05)
        yield Server(port, started.pid, time.perf_counter() - begun)
    finally:
        started.terminate()
        started.wait(timeout=MOST_SECONDS)


def _is_ready(port: int) -> bool:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/ready")
        return client.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        client.close()


def addresses(path: str, gates: Sequence[str], count: int, seed: int) -> list[str]:
    """Return addresses that each shut other gates, the same for a seed."""
    draw = random.Random(seed)
    told: dict[str, None] = {}
    while len(told) < count:
        shut = sorted(draw.sample(gates, draw.randint(1, 3)))
        join = "&" if "?" in path else "?"
        told[f"{path}{join}{urlencode([*PAIR, *(('close', name) for name in shut)])}"] = None
    return list(told)


def timed(server: Server, asked: Sequence[str], clients: int) -> tuple[list[float], float, float]:
    """Return what each call took, all of them together, and the server's processor time of one."""

    def call(path: str) -> float:
        begun = time.perf_counter()
        server.get(path)
        return time.perf_counter() - begun

    cpu, begun = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        seconds = list(pool.map(call, asked))
    wall = time.perf_counter() - begun
    return seconds, wall, (server.cpu_seconds() - cpu) / len(asked)


def bench_web(*, small: bool = False) -> None:
    """Print ready time, memory, latencies and sizes."""
    count = SMALL_CALLS if small else CALLS
    print(f"\nweb: {machine()}")
    with serving() as server:
        print(f"  ready after {server.ready_seconds:.1f} s, {server.memory_mb():.0f} MB then")
        page = f"/compare?{urlencode(PAIR)}"
        html = server.get(page).decode()
        gates = sorted(set(re.findall(r'data-id="([^"]+)"', html)))
        asked = {
            "flip (/compare/parts)": ("/compare/parts", 1),
            "API, its rows alone": ("/api/v1/compare?detail=brief", 1),
            **{f"API, {n} at once": ("/api/v1/compare", n) for n in CLIENTS},
        }
        for seed, (name, (path, clients)) in enumerate(asked.items()):
            calls = addresses(path, gates, count, seed)
            seconds, wall, cpu = timed(server, calls, clients)
            middle, high = (1000 * np.quantile(seconds, share) for share in QUANTILES)
            print(
                f"  {name:<22} p50 {middle:7.1f} ms  p95 {high:7.1f} ms  "
                f"{count / wall:6.1f} calls/s  processor {1000 * cpu:.1f} ms a call"
            )
        print(f"  memory at most {server.memory_mb():.0f} MB")
        print(f"  page {_packed(server, html) / 1000:.1f} kB packed, with what it asks for")


def _packed(server: Server, html: str) -> int:
    """Return the packed size of a page, its script, style and sign."""
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    files |= {"/static/map.js", "/static/question.js"}
    style = server.get(next(one for one in files if ".css" in one)).decode()
    files |= {f"/static/{name}" for name in re.findall(r'url\("([^"]+)"\)', style)}
    bodies = [html.encode(), *(server.get(one) for one in sorted(files))]
    return sum(len(gzip.compress(body, 5)) for body in bodies)
