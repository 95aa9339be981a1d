"""For whoever keeps the server running: whether it lives, is ready, and how it does."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from karwan import __version__
from karwan.api import now
from karwan.base.errors import KarwanError
from karwan.base.workspaces import Workspace
from karwan.evidence.workspace import HEAD, row_counts, touch
from karwan.web.journal import Form, Log, failure
from karwan.web.metrics import MEDIA_TYPE, Family, Kind, Sample, Tally, by_label, exposition, gauge
from karwan.web.site import Site

PROBE_SECONDS = 1.0
"""How long the database is believed to be as it was: anybody may ask, so it is asked seldom."""


@dataclass(kw_only=True)
class Probe:
    """Whether the database answers; asked once a second at most, by one at a time."""

    workspace: Workspace | None
    log: Log
    clock: Callable[[], float] = time.monotonic
    _is_up: bool | None = None
    _at: float = field(default=-1e9, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def is_up(self) -> bool:
        """Return whether it answers; True for a server without one."""
        if self.workspace is None:
            return True
        if self._is_up is not None and self.clock() - self._at <= PROBE_SECONDS:
            return self._is_up
        if not self._lock.acquire(blocking=self._is_up is None):
            return bool(self._is_up)  # somebody asks just now; he may wait for long
        try:
            was, self._is_up = self._is_up, self._asked()
            self._at = self.clock()
            if self._is_up and was is False:
                self.log.event("database_up")
            return self._is_up
        finally:
            self._lock.release()

    def _asked(self) -> bool:
        if self.workspace is None:
            return True
        try:
            touch(self.workspace)
        except KarwanError as error:
            if self._is_up is not False:
                self.log.event("database_down", "error", **failure(error))
            return False
        return True


def _nowhere(line: str) -> None:
    """Take a line of a log that nobody asked for."""
    del line


@dataclass(kw_only=True)
class Operations:
    """What is known of the server as a process.

    Attributes
    ----------
    is_stopping
        Whether it was told to stop: no balancer should send anything more.
    """

    workspace: Workspace | None = None
    log: Log = field(default_factory=lambda: Log(form=Form.none, write=_nowhere, now=now))
    tally: Tally = field(default_factory=Tally)
    is_stopping: bool = False
    began_at: dt.datetime = field(default_factory=now)
    probe: Probe = field(init=False)

    def __post_init__(self) -> None:
        """Take the workspace to be asked."""
        self.probe = Probe(workspace=self.workspace, log=self.log)

    def state(self, site: Site) -> str:
        """Return in a word whether the server takes questions."""
        if self.is_stopping:
            return "stopping"
        if not self.probe.is_up():
            return "no database"
        return "ready" if site.is_warm else "warming"


def add_operations(app: FastAPI, site: Site, operations: Operations) -> None:
    """Add the addresses."""

    @app.get("/health", include_in_schema=False)
    def health() -> Response:
        return JSONResponse({"status": "alive"})

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        is_up = operations.probe.is_up()
        word = "none" if operations.workspace is None else "up" if is_up else "down"
        told = {"status": "healthy" if is_up else "unhealthy", "database": word}
        return JSONResponse(told, HTTPStatus.OK if is_up else HTTPStatus.SERVICE_UNAVAILABLE)

    @app.get("/ready", include_in_schema=False)
    def ready() -> Response:
        state = operations.state(site)
        status = HTTPStatus.OK if state == "ready" else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"status": state}, status)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(exposition(families(site, operations)), media_type=MEDIA_TYPE)


def families(site: Site, operations: Operations) -> list[Family]:
    """Return all that is counted; what is not known is left out, not told as zero."""
    state = operations.state(site)
    desks = site.desks
    looked = {"answers": site.counts["answers"], "facts": site.counts["facts"]}
    looked["worlds"] = desks.counts
    told = [
        gauge("karwan_build_info", "Version of the program, always 1.", 1, version=__version__),
        gauge("karwan_ready", "Whether it takes questions.", state == "ready"),
        gauge("karwan_stopping", "Whether it was told to stop.", operations.is_stopping),
        *operations.tally.families(),
        gauge("karwan_desk_waiting", "Questions that wait for a world.", desks.waiting_count()),
        gauge("karwan_worlds_resident", "Worlds kept in memory.", desks.resident_count()),
    ]
    for word, text in (("hits", "Answers found where they were kept."),
                       ("misses", "Answers worked out, since none was kept.")):  # fmt: skip
        counts = {name: float(getattr(one, word)) for name, one in looked.items()}
        name = f"karwan_cache_{word}_total"
        told.append(by_label(name, Kind.counter, text, "cache", counts))
    day = site.last_evidence_day()
    if day is not None:
        age = (site.today() - day).days
        told.append(gauge("karwan_record_age_days", "Days since the last evidence.", age))
    return [*told, *_of_workspace(site, operations), *_of_process(operations)]


def _of_workspace(site: Site, operations: Operations) -> list[Family]:
    if operations.workspace is None:
        return []
    is_up = operations.probe.is_up()
    told = [gauge("karwan_database_up", "Whether the database answers.", is_up)]
    info = "Version of the database that the program needs, always 1."
    told.append(gauge("karwan_workspace_info", info, 1, version=HEAD))
    try:
        counts = row_counts(operations.workspace) if is_up else {}
    except KarwanError:
        counts = {}
    if counts:
        text = "Rows of the workspace: it changes with each that is added."
        rows = {table: float(count) for table, count in counts.items()}
        told.append(by_label("karwan_workspace_rows", Kind.gauge, text, "table", rows))
    studies = site.studies.counts()
    text = "Studies asked for that are not done."
    told.append(by_label("karwan_studies", Kind.gauge, text, "state", studies))
    return told


def _of_process(operations: Operations) -> list[Family]:
    """Return what every program tells of its process, by the names that all use."""
    times = os.times()
    cpu_seconds = times.user + times.system
    text = "Processor time."
    told = [
        Family("process_cpu_seconds_total", Kind.counter, text, (Sample(cpu_seconds),)),
        gauge(
            "process_start_time_seconds", "When it began.", round(operations.began_at.timestamp())
        ),
    ]
    status = Path("/proc/self/status")
    if status.is_file():
        held = re.search(r"VmRSS:\s+(\d+) kB", status.read_text(encoding="ascii", errors="replace"))
        if held is not None:
            size = 1024 * int(held[1])
            told.append(gauge("process_resident_memory_bytes", "Memory held.", size))
    return told
