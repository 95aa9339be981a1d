"""What holds for every test: no network, caches of its own, Hypothesis without a clock."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests import kernels
from tests import postgres as postgres_server

if TYPE_CHECKING:
    from karwan.base.workspaces import Workspace
    from tests.worlds import Lands

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
CACHE_PREFIX = "karwan-numba-"
KEPT_PREFIX = "karwan-kept-"

# A run has a cache of its own, with what runs before it compiled from the same source. Set before
# anything imports numba; the workers of one run share it.
if not IS_WORKER:
    os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix=CACHE_PREFIX)
    kernels.take(Path(os.environ["NUMBA_CACHE_DIR"]), kernels.ROOT / "src")
    # Of what a user keeps between runs, nothing is read or written.
    os.environ["KARWAN_CACHE"] = tempfile.mkdtemp(prefix=KEPT_PREFIX)

# The first call of a kernel compiles it: neither a deadline nor slow data is the test's fault.
QUIET = [HealthCheck.too_slow]
settings.register_profile("local", deadline=None, suppress_health_check=QUIET)
settings.register_profile(
    "ci", deadline=None, suppress_health_check=QUIET, derandomize=True, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "local")


class NetworkBlockedError(RuntimeError):
    """A test reached for the network."""


def pytest_sessionfinish(exitstatus: int) -> None:
    """Keep what a run that passed compiled."""
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    if not IS_WORKER and exitstatus == pytest.ExitCode.OK and Path(folder).is_dir():
        kernels.give(Path(folder), kernels.ROOT / "src")


def pytest_unconfigure() -> None:
    """Remove what the run kept."""
    for variable, prefix in (("NUMBA_CACHE_DIR", CACHE_PREFIX), ("KARWAN_CACHE", KEPT_PREFIX)):
        folder = os.environ.get(variable, "")
        if not IS_WORKER and Path(folder).name.startswith(prefix):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Let sockets reach this machine only: loopback addresses and Unix sockets."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


@pytest.fixture(scope="session")
def two_lands(tmp_path_factory: pytest.TempPathFactory) -> Lands:
    """Return the two made lands, read once; worlds and planners in them are made anew."""
    from tests.worlds import lands

    return lands(tmp_path_factory.mktemp("two-lands"))


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return where Chromium is; without it skip, or fail where CI has installed it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    reason = "no Chromium on this machine; install the package chromium to run this test"
    if os.environ.get("KARWAN_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """Return a PostgreSQL that runs; without one skip, or fail where CI has installed it."""
    why = "" if postgres_server.programs() is not None else postgres_server.REASON
    try:
        import psycopg  # noqa: F401
    except ImportError:
        why = "no psycopg here; install karwan[team] to run this test"
    if why and os.environ.get(postgres_server.REQUIRED) == "1":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with postgres_server.running() as server:
        yield server


@pytest.fixture
def team(postgres: postgres_server.Server) -> Iterator[postgres_server.Team]:
    """Return a database with an empty workspace of its own."""
    one = postgres_server.Team(server=postgres, name=postgres.made())
    yield one
    for place in (one.owner, one.place):
        postgres_server.forget(place)


@pytest.fixture(params=["folder", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """Return an empty workspace: a folder, and then a database, so that each test asks both."""
    if request.param == "folder":
        return tmp_path / "w"
    team: postgres_server.Team = request.getfixturevalue("team")
    return team.place


def _guarded(real: Any) -> Any:
    def call(self: socket.socket, *args: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse_foreign(args[-1][0])  # the address is the last argument of all three
        return real(self, *args)

    return call


def _guarded_lookup(real: Any) -> Any:
    def call(host: Any, *args: Any, **options: Any) -> Any:
        if host is not None:
            _refuse_foreign(host)
        return real(host, *args, **options)

    return call


def _refuse_foreign(host: str | bytes) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {"", "localhost"}:
        return
    try:
        local = ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        msg = f"Tests run without a network, and this one reached for {name}."
        raise NetworkBlockedError(msg)
