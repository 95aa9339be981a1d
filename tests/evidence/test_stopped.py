"""A workspace stopped after any statement or commit: all of a call stands, or nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

STOPPED = textwrap.dedent(
    """
    import os, shutil, sys
    from pathlib import Path
    import alembic.command, polars  # before the fork: no thread of theirs runs yet
    from sqlalchemy import Engine, event
    import tests.evidence.test_workspace as t
    from karwan.analysis.forecasts.kept import FORECAST_FILE, read_forecasts, store_forecasts
    from karwan.evidence.own_record import list_records
    from tests.analysis.forecasts.test_kept import record

    root, call = Path(sys.argv[1]), sys.argv[2]

    def prepare(folder):
        if call == "migrate":
            t.make_old(folder)
        else:
            t.add(folder)
            store_forecasts(folder / FORECAST_FILE, [record("a")])

    CALLS = {
        "add": lambda folder: t.add(folder),
        "first": lambda folder: t.add(folder / "new"),
        "end": lambda folder: t.end(folder, "W0001", "2026-11-22"),
        "withdraw": lambda folder: t.take_out(folder, "W0001"),
        "migrate": lambda folder: t.add(folder),
        "store": lambda folder: store_forecasts(folder / FORECAST_FILE, [record("b")]),
    }

    def counts(folder):
        there = folder / "new" if call == "first" else folder
        rows = sum(len(rows) for rows in list_records(there).tables.values())
        path = folder / FORECAST_FILE
        kept = read_forecasts(path) if path.exists() else None
        return rows, len(kept.forecasts) if kept else 0, len(kept.faults) if kept else 0

    def child(folder, last):
        seen = 0
        def stop(*_):
            nonlocal seen
            seen += 1
            if seen == last:
                os._exit(9)
        event.listen(Engine, "after_cursor_execute", stop)
        event.listen(Engine, "commit", stop)
        watched = ("open", "os.link", "os.remove")
        sys.addaudithook(lambda name, _: stop() if name in watched else None)
        CALLS[call](folder)
        os._exit(0)

    first = root / "prepared"
    first.mkdir()
    prepare(first)
    before = None
    last = 0
    # A migration has hundreds of places at which to stop: of these each seventh, of others all.
    step = 7 if call in ("first", "migrate") else 1
    while True:
        last += step
        folder = root / f"{call}-{last}"
        shutil.copytree(first, folder)
        if call == "first":
            (folder / "new").mkdir()
        before = before or counts(shutil.copytree(first, root / "untouched"))
        pid = os.fork()
        if pid == 0:
            child(folder, last)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(code, *before, *counts(folder), flush=True)
        if code == 0:
            break
    """
)


@pytest.mark.parametrize("call", ["add", "first", "end", "withdraw", "migrate", "store"])
def test_whatever_stops_a_call_its_row_stands_whole_or_not_at_all(
    tmp_path: Path, call: str
) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, str(tmp_path), call],
        capture_output=True, text=True, check=False, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    assert len(told) > 5
    grown = 0
    for code, rows_before, kept_before, _, rows, kept, faults in told:
        assert code in (0, 9)
        assert faults == 0
        more = (rows - (0 if call == "first" else rows_before)) + (kept - kept_before)
        assert more in (0, 1)
        grown += more
    assert told[-1][0] == 0
    assert grown >= 1
