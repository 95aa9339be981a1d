"""One server for all tests of the page: its desks stay warm, as they would for people."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright

from karwan.web.app import LOOPBACK, create_app
from karwan.web.desks import Desks
from karwan.web.site import Site

TODAY = dt.date(2026, 11, 27)
HOST = "desk.example"
"""A name that is no loopback: over plain HTTP a browser tells less of itself there."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP desk.example 127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a server's state, with a workspace, on a day that is not the clock's."""
    desks = Desks(workspace=tmp_path_factory.mktemp("own"), path_count=100)
    return Site(desks=desks, today=lambda: TODAY)


@pytest.fixture(scope="session")
def client(site: Site) -> TestClient:
    """Return a client within the process; what fails comes back as it would to a browser."""
    app = create_app(site, hosts=["testserver"])
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """Yield the address of a server that listens and is warm, for a browser."""
    site.warm([("almaty", "karachi")], dt.date(2026, 11, 22))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(site, hosts=[*LOOPBACK, HOST]), host="127.0.0.1", port=0, log_level="error"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """Yield Chromium, driven."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield opened
        opened.close()
