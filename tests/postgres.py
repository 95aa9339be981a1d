"""A PostgreSQL of the tests' own: started from the system's packages, on a socket, thrown away.

The server refuses to run as root, so under root it runs as the packages' user, or as nobody.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from karwan.base.workspaces import DatabaseUrl
from karwan.evidence.workspace import migrate_team

OWNER, ROLE = "karwan_owner", "karwan_app"
TEMPLATE = "karwan_made"
REQUIRED = "KARWAN_REQUIRE_POSTGRES"
REASON = "no PostgreSQL on this machine; install the package postgresql to run this test"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there is none."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    named = shutil.which("initdb")
    return versions[-1].parent if versions else Path(named).parent if named else None


@dataclass(kw_only=True)
class Server:
    """A server that runs.

    Attributes
    ----------
    folder
        Where its data and its socket lie.
    """

    folder: Path
    bin: Path
    user: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(self, *command: str | Path) -> None:
        """Run a program of PostgreSQL as the user of the server.

        Raises
        ------
        RuntimeError
            If it fails; with what it said.
        """
        as_user = ["runuser", "-u", self.user, "--"] if os.getuid() == 0 else []
        words = [*as_user, str(self.bin / command[0]), *map(str, command[1:])]
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, cwd=self.folder, env=_environment()
        )
        if done.returncode:
            msg = f"{command[0]} failed: {done.stdout}{done.stderr}"
            raise RuntimeError(msg)

    def url(self, database: str, role: str) -> DatabaseUrl:
        """Return the address of a database for a role."""
        return DatabaseUrl(f"postgresql://{role}@/{database}?host={self.folder}")

    def say(
        self, statements: Sequence[str], database: str = "postgres"
    ) -> list[tuple[object, ...]]:
        """Say something to the server as its superuser; return the rows of the last statement."""
        import psycopg

        rows: list[tuple[object, ...]] = []
        with psycopg.connect(self.url(database, self.user).address, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def empty(self) -> str:
        """Make a database that holds nothing, and return its name."""
        name = f"t{next(self.numbers)}"
        self.say([f"CREATE DATABASE {name} OWNER {OWNER}"])
        return name

    def made(self) -> str:
        """Make a database with a workspace of the newest version, and return its name."""
        name = f"t{next(self.numbers)}"
        self.say([f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {TEMPLATE}"])
        return name


@dataclass(frozen=True, kw_only=True)
class Team:
    """A database of a team: for its owner, and for the role that may only add."""

    server: Server
    name: str

    @property
    def owner(self) -> DatabaseUrl:
        """Its address for who made it."""
        return self.server.url(self.name, OWNER)

    @property
    def place(self) -> DatabaseUrl:
        """Its address for the role of a program."""
        return self.server.url(self.name, ROLE)

    def say(self, *statements: str) -> list[tuple[object, ...]]:
        """Say something as the superuser; return the rows of the last statement."""
        return self.server.say(statements, self.name)


def _environment() -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        "LC_ALL": "C.UTF-8",
    }


@contextmanager
def running() -> Iterator[Server]:
    """Yield a server, and end it.

    Raises
    ------
    RuntimeError
        If it does not start; with what it said.
    """
    found = programs()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="karwan-pg-", dir="/tmp"))  # a socket's path is short
    user = pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        names = {one.pw_name for one in pwd.getpwall()}
        user = "postgres" if "postgres" in names else "nobody"
        shutil.chown(folder, user)
    server = Server(folder=folder, bin=found, user=user)
    data, log = folder / "data", folder / "log"
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off "
        "-c max_connections=60 -c timezone=UTC"
    )
    try:
        server.run("initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C", "-U", user)
        try:
            server.run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
        except RuntimeError as error:
            msg = f"{error}{log.read_text() if log.exists() else ''}"
            raise RuntimeError(msg) from error
        _prepare(server)
        yield server
    finally:
        if (data / "postmaster.pid").exists():
            server.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(server: Server) -> None:
    server.say(
        [
            f"CREATE ROLE {OWNER} LOGIN",
            f"CREATE ROLE {ROLE} LOGIN",
            f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}",
        ]
    )
    server.say([f"ALTER SCHEMA public OWNER TO {OWNER}"], TEMPLATE)
    place = server.url(TEMPLATE, OWNER)
    migrate_team(place, role=ROLE)
    forget(place)


def forget(place: DatabaseUrl) -> None:
    """Close the connections that this process keeps open to a database."""
    from karwan.evidence import team_database

    team_database._engine(place).dispose()
