"""Forks children that write, and kills them: `python -m tests.fuzz.nursery`, asked line by line.

No thread runs here, so that a fork is a whole process. Nothing here reads a table: polars would
start its threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401  # before the fork
import sqlalchemy.dialects.sqlite  # noqa: F401
from sqlalchemy import Engine, event

from karwan.analysis.forecasts.kept import FORECAST_FILE, store_forecasts
from karwan.base.errors import KarwanError
from karwan.evidence.records import NewIncident, Withdrawal, add_incident, end_closure, withdraw
from tests.analysis.forecasts.test_kept import record
from tests.evidence.test_workspace import TODAY, WHEN, WHO, add
from tests.fuzz.kills import write_run

WATCHED = ("open", "os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
MOST_CALLS = 400
SHOT = NewIncident(
    date="2026-11-01",
    lat=34.0,
    lon=71.0,
    precision_km=5.0,
    kind="attack",
    death_count=2,
    note="",
    source_url="x",
    source_date="2026-11-20",
    grade="A",
)


def act(call: str, folder: Path, place: Path, number: int) -> str:
    """Do one thing and return what names it."""
    if call == "add":
        return add(place)
    if call == "incident":
        return add_incident(place, replace(SHOT, note=str(number)), who=WHO, when=WHEN, today=TODAY)
    if call == "end":
        return _end(place)
    if call == "withdraw":
        return _withdraw(place, number)
    if call == "store":
        store_forecasts(place / FORECAST_FILE, [record(f"n{number}")])
        return f"forecast:n{number}"
    write_run(folder / "run", f"run:{number}")
    return f"run:{number}"


def _withdraw(place: Path, number: int) -> str:
    new = Withdrawal(f"W{number % 7 + 3:04d}", "2026-11-24", "wrong")
    try:
        return withdraw(place, new, who=WHO, when=WHEN, today=TODAY)
    except KarwanError:  # withdrawn already, or not there yet
        return ""


def _end(place: Path) -> str:
    from karwan.evidence.records import NewEnd

    new = NewEnd(
        closure_id="W0001",
        end="2026-11-22",
        note="",
        source_url="x",
        source_date="2026-11-23",
        grade="A",
    )
    return end_closure(place, new, who=WHO, when=WHEN, today=TODAY, packaged=())


def child(asked: dict[str, Any], pipe: int) -> None:
    """Write over and over, and say what stands, until killed; or kill itself at an operation."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == asked["at"]:
            os.kill(os.getpid(), signal.SIGKILL)

    if isinstance(asked["at"], int):
        event.listen(Engine, "after_cursor_execute", count)
        event.listen(Engine, "commit", count)
        sys.addaudithook(lambda name, _: count() if name in WATCHED else None)
    folder = Path(asked["folder"])
    os.write(pipe, b"begun\n")
    runs = 0
    for number in range(MOST_CALLS):
        call = asked["calls"][number % len(asked["calls"])]
        runs += call == "swap"
        told = act(call, folder, folder / asked["start"], runs if call == "swap" else number)
        if told:
            os.write(pipe, f"{told}\n".encode())


def killed(asked: dict[str, Any]) -> list[str]:
    """Return what a child said before its end."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            os.close(read_end)
            child(asked, write_end)
            os._exit(0)
        os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as file:
        first = file.readline()
        if not isinstance(asked["at"], int):
            time.sleep(asked["at"])
            os.kill(pid, signal.SIGKILL)
        said = (first + file.read()).decode().splitlines()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in (0, -signal.SIGKILL):
        said.append(f"W the child failed with {code}")
    return said[1:]


def main() -> None:
    """Answer every line until there is no more."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(killed(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
