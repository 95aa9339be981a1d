"""Studies asked of the page: queued, run one at a time by a process of their own, kept with report.

The order of a study lies in the workspace before it is run, so that a link to it lasts. What ran is
the folder that `karwan study run` would write, with the same bytes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any, Literal

from karwan import __version__
from karwan.base.errors import DataError, Fault, KarwanError
from karwan.base.store import sha256_hex, to_json, write_whole
from karwan.web.parameters import Parameter, Sort, read_given
from karwan.web.problems import NotKeptHereError, NotThereError
from karwan.web.questions import read_day_given
from karwan.words.speech import say

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.web.desks import Desks

FOLDER, ORDER, RUN = "studies", "order.json", "run"
DONE, FAILED = "done.txt", "failed.txt"
REPORT = "report.html"
NAME_LETTERS = 16
MOST_QUEUED = 8
STOP_SECONDS = 2.0
"""How long the process of a study has to end when it is told to."""
MOST_PAIRS = 60
"""Of one study: a worker takes one study at a time, and others wait behind it."""
PAIRS = (
    Parameter(name="from", key="origins", many=True, required=True, help="Origins."),
    Parameter(name="to", key="destinations", many=True, required=True, help="Destinations."),
    Parameter(name="as_of", help="Date whose knowledge is used, YYYY-MM-DD; default: today."),
    Parameter(name="paths", sort=Sort.whole, default=1_000, limit="paths", most=10_000,
              help="Futures drawn."),
)  # fmt: skip
State = Literal["queued", "running", "done", "failed", "interrupted"]


@dataclass(frozen=True, kw_only=True)
class StudyRun:
    """A study that was asked for, and how far it is.

    Attributes
    ----------
    done, total
        Pairs answered, and in all; 0 where it has not begun.
    why
        Why it failed; blank else.
    """

    name: str
    title: str
    asked_on: str
    state: State
    done: int = 0
    total: int = 0
    why: str = ""

    @property
    def line(self) -> str:
        """How far it is, in words."""
        if self.state == "running" and self.total:
            return say("running: {done} of {total} pairs", done=self.done, total=self.total)
        words = {
            "queued": say("queued"),
            "running": say("running"),
            "done": say("done"),
            "failed": say("failed"),
            "interrupted": say("interrupted: the server ended before it was run; ask again"),
        }
        return words[self.state]


@dataclass(kw_only=True)
class Studies:
    """The studies of a workspace, and the one worker that runs them."""

    desks: Desks
    _progress: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    _waiting: Queue[str] = field(default_factory=Queue, repr=False)
    _known: set[str] = field(default_factory=set, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _worker: threading.Thread | None = field(default=None, repr=False)
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _stopping: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def folder(self) -> Path | None:
        """Where they lie; None without a workspace."""
        workspace = self.desks.workspace
        return workspace / FOLDER if isinstance(workspace, Path) else None

    def list(self) -> list[StudyRun] | None:
        """Return the studies asked for, the newest first; None where none is run."""
        if self.folder is None:
            return None
        if not self.folder.is_dir():
            return []
        orders = [path for path in self.folder.iterdir() if (path / ORDER).is_file()]
        runs = [self.run(path.name) for path in orders]
        return sorted(runs, key=lambda one: (one.asked_on, one.name), reverse=True)

    def run(self, name: str) -> StudyRun:
        """Return how far a study is.

        Raises
        ------
        NotThereError
            If there is none of this name.
        """
        place = self._place(name)
        try:
            order = json.loads((place / ORDER).read_bytes())
            told = {"name": name, "title": order["title"], "asked_on": order["asked_on"]}
        except (ValueError, KeyError, TypeError):
            why = "Its order cannot be read; ask again."
            return StudyRun(name=name, title=name, asked_on="", state="failed", why=why)
        if (place / DONE).is_file():
            return StudyRun(**told, state="done")
        if (place / FAILED).is_file():
            why = (place / FAILED).read_text(encoding="utf-8")
            return StudyRun(**told, state="failed", why=why)
        if name in self._progress:
            done, total = self._progress[name]
            return StudyRun(**told, state="running", done=done, total=total)
        return StudyRun(**told, state="queued" if name in self._known else "interrupted")

    def report(self, name: str) -> bytes:
        """Return the report of a study.

        Raises
        ------
        NotThereError
            If it has none, yet or at all.
        """
        path = self._place(name) / RUN / REPORT
        if not path.is_file():
            msg = f"The study {name!r} has no report yet"
            raise NotThereError(msg)
        return path.read_bytes()

    def _place(self, name: str) -> Path:
        folder = self.folder
        is_name = name.isascii() and name.isalnum() and len(name) == NAME_LETTERS
        if folder is None or not is_name or not (folder / name / ORDER).is_file():
            msg = f"No study {name[:NAME_LETTERS]!r} was asked of this server"
            raise NotThereError(msg)
        return folder / name

    def add(self, pairs: Iterable[tuple[str, str]], today: dt.date) -> str:
        """Queue a study, and return its name; one that was asked before is the same.

        Raises
        ------
        DataError
            Names every fault.
        NotKeptHereError
            If the server has no workspace.
        """
        if self.folder is None:
            msg = "This server runs no studies: it was started without a workspace."
            raise NotKeptHereError(msg)
        spec = read_spec(pairs, self.desks.network(), today)
        tables, version = self.desks.version()
        name = sha256_hex(to_json([__version__, spec, tables, version]).encode())[:NAME_LETTERS]
        with self._lock:
            place = self.folder / name
            again = (place / DONE).is_file() or name in self._known
            if again:
                return name
            if self._waiting.qsize() >= MOST_QUEUED:
                text = f"{MOST_QUEUED} studies wait already; ask when one of them is done"
                raise DataError("the question", [Fault("", text)])
            order = {"title": spec["title"], "asked_on": str(today), "spec": spec}
            (place / FAILED).unlink(missing_ok=True)
            write_whole(place / ORDER, to_json(order).encode(), make_folders=True)
            self._known.add(name)
            self._waiting.put(name)
            self._begin()
        return name

    def counts(self) -> dict[str, float]:
        """Return how many are queued and running."""
        running = len(self._progress)
        return {"queued": float(max(0, len(self._known) - running)), "running": float(running)}

    def stop(self) -> Sequence[str]:
        """End the study that runs and begin no other; return the names of those that were not done.

        Their orders stay in the workspace, so their pages say that they were interrupted, and who
        asks again has them run.
        """
        with self._lock:
            self._stopping.set()
            left = sorted(self._known)
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        return left

    def _begin(self) -> None:
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._work, daemon=True)
            self._worker.start()

    def _work(self) -> None:
        """Run what waits, one study at a time."""
        while True:
            name = self._waiting.get()
            if self._stopping.is_set():
                return
            self._progress[name] = (0, 0)
            try:
                self._run(name)
            except (KarwanError, OSError, ValueError) as error:
                # The worker outlives an order that cannot be begun: others wait behind it.
                self._fail(name, str(error) or type(error).__name__)
            finally:
                self._progress.pop(name, None)
                self._known.discard(name)

    def _fail(self, name: str, why: str) -> None:
        """Say beside an order why it was not run, where it still lies there."""
        with contextlib.suppress(KarwanError, OSError):
            write_whole(self._place(name) / FAILED, why.encode())

    def _run(self, name: str) -> None:
        place = self._place(name)
        told = [str(place), str(self.desks.workspace), str(self.desks.tables or "")]
        command = [sys.executable, "-m", "karwan.web.worker", *told]
        with self._lock:
            if self._stopping.is_set():
                return
            # A session of its own: Ctrl-C at the server is the server's to tell.
            self._process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
        with self._process as process:
            for line in process.stdout or ():
                word, _, rest = line.strip().partition(" ")
                if word == "pairs":
                    done, total = map(int, rest.split())
                    self._progress[name] = (done, total)
        if process.returncode and not self._stopping.is_set() and not (place / FAILED).is_file():
            write_whole(place / FAILED, b"The process that ran it ended by itself.")


def read_spec(pairs: Iterable[tuple[str, str]], network: Network, today: dt.date) -> dict[str, Any]:
    """Return a study as its file would give it, names looked up."""
    given = read_given(PAIRS, _each_name(pairs))
    faults = given.faults
    ends: dict[str, list[str]] = {}
    for key in ("origins", "destinations"):
        ends[key] = []
        for text in given.values[key]:
            try:
                ident = network.place(text).id
                if ident not in ends[key]:
                    ends[key].append(ident)
            except KeyError as error:
                faults.append(Fault(key, str(error), text))
    as_of = read_day_given(given.values["as_of"], "as_of", today, faults)
    if as_of > today:
        text = f"has not come: what is known ends today, {today}"
        faults.append(Fault("as_of", text, str(as_of)))
    if not faults and not set(ends["origins"]) - set(ends["destinations"]):
        faults.append(Fault("to", "there is no pair: origins and destinations are the same"))
    count = sum(one != two for one in ends["origins"] for two in ends["destinations"])
    if count > MOST_PAIRS:
        text = f"{count} pairs of origins and destinations; a study takes {MOST_PAIRS} at most"
        faults.append(Fault("to", text))
    if faults:
        raise DataError("the question", faults)
    named = [
        say("{origins} to {destinations}",
            origins=", ".join(network.places[one].name for one in ends["origins"]),
            destinations=", ".join(network.places[one].name for one in ends["destinations"]))
    ]  # fmt: skip
    return {
        "name": "asked",
        "title": named[0],
        "as_of": str(as_of),
        **ends,
        "futures": {"paths": given.values["paths"]},
    }


def _each_name(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the values of an address with one name each: a field may hold several, by commas."""
    many = {one.name for one in PAIRS if one.many}
    return [
        (name, part)
        for name, text in pairs
        for part in (text.split(",") if name in many else [text])
    ]
