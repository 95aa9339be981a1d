"""Running the server, and stopping it: nothing that was begun is dropped while time is left.

Told to stop, the server first says at `/ready` that it is going, so that a balancer sends nothing
more, and still answers; then it takes no connection and ends what runs; then it ends the study that
runs, whose order stays. After a stated time it goes whatever runs: rows are kept whole or not at
all, so that loses an answer and never a row.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn

from karwan.web.operations import Operations
from karwan.web.studies import STOP_SECONDS

LEEWAY_SECONDS = 1.0
"""What closing connections takes beside the requests."""


class Server(uvicorn.Server):
    """A server that goes when it is told, in the order above, and ends with 0.

    Parameters
    ----------
    drain_seconds
        How long it still answers after it said that it is going.
    limit_seconds
        How long what runs may take after that.
    end_studies
        Ends the study that runs, and returns the names of those that were not done.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        operations: Operations,
        *,
        drain_seconds: float,
        limit_seconds: float,
        end_studies: Callable[[], Sequence[str]],
    ) -> None:
        config.timeout_graceful_shutdown = max(1, round(limit_seconds))
        super().__init__(config)
        self.operations = operations
        self.drain_seconds = drain_seconds
        self.limit_seconds = config.timeout_graceful_shutdown
        self.end_studies = end_studies
        self._is_over = threading.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to go; told a second time, go at once."""
        del frame
        if self.operations.is_stopping:
            self.should_exit = self.force_exit = True
            threading.Thread(target=self._cut_off, args=(LEEWAY_SECONDS,), daemon=True).start()
            return
        self.operations.is_stopping = True
        drain_seconds = 0.0 if sig == signal.SIGINT else self.drain_seconds
        threading.Thread(target=self._go, args=(drain_seconds,), daemon=True).start()

    def _go(self, drain_seconds: float) -> None:
        self.operations.log.event(
            "stopping",
            requests_running=self.operations.tally.running_count,
            drain_seconds=drain_seconds,
            limit_seconds=self.limit_seconds,
        )
        self._is_over.wait(drain_seconds)
        self.should_exit = True
        self._cut_off(self.limit_seconds + LEEWAY_SECONDS)

    def _cut_off(self, wait_seconds: float) -> None:
        """End the process if something still runs then: threads cannot be ended."""
        if self._is_over.wait(wait_seconds):
            return
        running = self.operations.tally.running_count
        self.operations.log.event("cut_off", "warning", requests_running=running)
        self._leave()
        os._exit(0)

    def _leave(self) -> None:
        """Tell of each study that was not done, and that the server has gone."""
        for name in self.end_studies():
            self.operations.log.event("study_interrupted", "warning", study=name)
        self.operations.log.event("stopped")

    def serve_until_told(self) -> None:
        """Serve; return when it was told to stop and what ran is done."""
        self.run()
        if not self.started:  # it could not listen; uvicorn said why
            raise SystemExit(1)
        # Threads that were cut off still run: the process would wait for them at its end.
        held = threading.Timer(STOP_SECONDS + LEEWAY_SECONDS, os._exit, (0,))
        held.daemon = True
        held.start()
        self._is_over.set()
        self._leave()
