"""Who does the pieces of a large question: threads here, processes here, or a cluster.

A piece is a pure function of what all pieces share and of its own item, so it may be done by
anyone, and again if a worker is lost. Answers come back in the order of the items. Dask carries
processes and clusters: plain functions, no server of ours, and the launchers of computing centres.
"""

from __future__ import annotations

import hashlib
import platform
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module, metadata
from itertools import islice
from typing import Any, Protocol, TypeVar

from karwan.base.cache import PACKAGE
from karwan.base.errors import DataError, Fault, KarwanError

Given = TypeVar("Given")
Item = TypeVar("Item")
Found = TypeVar("Found")

THREADS, LOCAL = "threads", "local:"
ADDRESSES = ("tcp://", "tls://")
ANSWER_SECONDS = 10.0
"""How long a scheduler may take to answer, and its first worker to be there."""
IN_HAND = 2
"""Pieces handed out for each worker at a time: one done, one waiting."""
MOST_LOSSES = 5
"""How often what workers hold may be lost before the question is given up."""
MOST_WORKERS = 64
"""Processes that one machine is asked for."""
LIBRARIES = ("numba", "numpy", "scipy", "polars")


class ExtraMissingError(KarwanError):
    """The extra that carries clusters is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"Processes and clusters need the package {package!r}: pip install 'karwan[cluster]'."
        )


class Workers(Protocol):
    """Does pieces and returns their answers in order."""

    def map(
        self, function: Callable[[Given, Item], Found], given: Given, items: Iterable[Item]
    ) -> Iterator[Found]:
        """Yield `function(given, item)` for each item, in order; few answers wait at a time."""


@dataclass(frozen=True)
class Threads:
    """Threads of this process."""

    count: int = 1

    def map(
        self, function: Callable[[Given, Item], Found], given: Given, items: Iterable[Item]
    ) -> Iterator[Found]:
        """Yield `function(given, item)` for each item, in order."""
        if self.count == 1:
            yield from (function(given, item) for item in items)
            return
        waiting = iter(items)
        with ThreadPoolExecutor(self.count) as pool:
            queue = deque[Future[Found]]()
            for item in islice(waiting, IN_HAND * self.count):
                queue.append(pool.submit(function, given, item))
            while queue:
                yield queue.popleft().result()
                for item in islice(waiting, 1):
                    queue.append(pool.submit(function, given, item))


@dataclass
class Cluster:
    """Workers of a Dask scheduler; what pieces share is scattered to them once.

    Attributes
    ----------
    losses
        How often what workers held was lost and handed out anew.
    """

    client: Any = field(repr=False)
    losses: int = 0

    def map(
        self, function: Callable[[Given, Item], Found], given: Given, items: Iterable[Item]
    ) -> Iterator[Found]:
        """Yield `function(given, item)` for each item, in order.

        Raises
        ------
        DataError
            If workers are lost again and again, or the scheduler is gone.
        """
        from distributed.comm.core import CommClosedError

        try:
            yield from self._answers(function, given, items)
        except CommClosedError as error:
            text = "its scheduler answers no more; was it stopped?"
            raise _fault(text) from error

    def _answers(
        self, function: Callable[[Given, Item], Found], given: Given, items: Iterable[Item]
    ) -> Iterator[Found]:
        waiting = iter(items)
        shared = self._scatter(given)
        queue = deque[tuple[Item, Any]]()
        while True:
            room = IN_HAND * max(len(self.client.scheduler_info(n_workers=-1)["workers"]), 1)
            for item in islice(waiting, max(room - len(queue), 0)):
                queue.append((item, self._submit(function, shared, item)))
            if not queue:
                return
            item, future = queue[0]
            try:
                answer = future.result()
            except Exception as error:  # told apart by name: the extra may not be there
                if type(error).__name__ not in _LOST:
                    raise
                self._count_loss(error)
                shared = self._scatter(given)
                again = [one for one, _ in queue]
                queue = deque((one, self._submit(function, shared, one)) for one in again)
                continue
            queue.popleft()
            future.release()
            yield answer

    def _submit(self, function: Callable[..., Found], shared: Any, item: Any) -> Any:
        return self.client.submit(function, shared, item, pure=False)

    def _scatter(self, given: object) -> Any:
        from distributed import TimeoutError as LateError

        try:
            self.client.wait_for_workers(1, timeout=ANSWER_SECONDS)
            return self.client.scatter(given, broadcast=True, hash=False)
        except (LateError, TimeoutError) as error:
            text = f"none of its workers answers within {ANSWER_SECONDS:g} s"
            raise _fault(text) from error

    def _count_loss(self, error: Exception) -> None:
        self.losses += 1
        if self.losses > MOST_LOSSES:
            text = f"its workers were lost {self.losses} times: {error}"
            raise _fault(text) from error


_LOST = ("CancelledError", "FutureCancelledError", "FuturesDroppedError", "KilledWorker",
         "FutureLostError")  # fmt: skip


def check_scheduler(scheduler: str) -> None:
    """Refuse a name that is no kind of worker.

    Raises
    ------
    DataError
        Says which there are.
    """
    head, _, number = scheduler.partition(":")
    if scheduler == THREADS or scheduler.startswith(ADDRESSES):
        return
    if head in ("threads", "local") and number.isascii() and number.isdecimal():
        if 1 <= int(number) <= MOST_WORKERS:
            return
        text = f"from 1 to {MOST_WORKERS} workers of one machine are allowed"
        raise _fault(text, scheduler)
    text = "it must be threads, threads:N, local:N (processes here) or tcp://HOST:PORT"
    raise _fault(text, scheduler)


@contextmanager
def open_workers(scheduler: str = THREADS) -> Iterator[Workers]:
    """Open workers by name, and close what was opened.

    Parameters
    ----------
    scheduler
        `threads` (one), `threads:N`, `local:N` for processes on this machine, or the address of a
        Dask scheduler.

    Raises
    ------
    DataError
        If the name is no kind of worker; if the scheduler does not answer or has no worker; if a
        worker runs another karwan than this. Each is named.
    ExtraMissingError
        If processes or a cluster are asked for and Dask is not installed.
    """
    check_scheduler(scheduler)
    head, _, number = scheduler.partition(":")
    if head == "threads":
        yield Threads(int(number or 1))
        return
    try:
        dask: Any = import_module("dask")
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise ExtraMissingError(error.name or "distributed") from error
    if head == "local":
        settings = {"distributed.worker.daemon": False}
        with (
            dask.config.set(settings),
            distributed.LocalCluster(
                n_workers=int(number), threads_per_worker=1, processes=True,
                dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50,
            ) as local,
            distributed.Client(local, set_as_default=False) as client,
        ):  # fmt: skip
            yield Cluster(client)
        return
    with _connect(scheduler) as client:
        refuse_other_versions(client)
        yield Cluster(client)


def _connect(address: str) -> Any:
    distributed: Any = import_module("distributed")
    try:
        return distributed.Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        text = f"no scheduler answers there within {ANSWER_SECONDS:g} s; is it running?"
        raise _fault(text, address) from error


def refuse_other_versions(client: Any) -> None:
    """Refuse a cluster in which a worker runs another karwan, Python or numerical library.

    Raises
    ------
    DataError
        Names every such worker and what it runs; or says that there is none.
    """
    from distributed import TimeoutError as LateError

    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except (LateError, TimeoutError) as error:
        text = f"it has no worker, and none came within {ANSWER_SECONDS:g} s"
        raise _fault(text) from error
    mine = versions()
    told = client.run(versions, on_error="return")
    faults: list[Fault | str] = []
    for address, theirs in sorted(told.items()):
        if isinstance(theirs, BaseException):
            text = f"the worker {address} cannot run karwan: {type(theirs).__name__}: {theirs}"
            faults.append(Fault("scheduler", text))
            continue
        other = [
            f"{name} {theirs.get(name)} and not {mine[name]}"
            for name in mine
            if theirs.get(name) != mine[name]
        ]
        if other:
            text = f"the worker {address} runs {', '.join(other)}; install the same there"
            faults.append(Fault("scheduler", text))
    if faults:
        raise DataError("the question", faults)


def versions() -> dict[str, str]:
    """Return what figures depend on: karwan and its source, Python, and numerical libraries."""
    from karwan import __version__

    own = {"karwan": __version__, "source": _source_hash(), "Python": platform.python_version()}
    return own | {name: metadata.version(name) for name in LIBRARIES}


def _source_hash() -> str:
    """Return the start of the hash of the package's source: two of one version may still differ."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _fault(text: str, given: str = "") -> DataError:
    return DataError("the question", [Fault("scheduler", text, given)])
