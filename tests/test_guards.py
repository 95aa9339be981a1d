"""The guards that every test relies on do guard."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings


def test_a_foreign_address_is_refused() -> None:
    with socket.socket() as end, pytest.raises(RuntimeError, match=r"reached for 192\.0\.2\.1"):
        end.connect(("192.0.2.1", 80))


def test_a_foreign_address_is_refused_without_a_connection() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as end,
        pytest.raises(RuntimeError, match=r"reached for 192\.0\.2\.1"),
    ):
        end.sendto(b"x", 0, ("192.0.2.1", 9))


def test_a_foreign_name_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"reached for example\.org"):
        socket.create_connection(("example.org", 80), timeout=1)


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address, timeout=5) as end:
            assert end.getpeername() == address


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets on this system")
def test_unix_sockets_stay_open() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        one.sendall(b"x")
        assert other.recv(1) == b"x"


def test_the_numba_cache_is_of_this_run() -> None:
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    assert folder.is_dir()
    assert folder.parent == Path(tempfile.gettempdir())


def test_hypothesis_has_no_deadline() -> None:
    assert settings().deadline is None
