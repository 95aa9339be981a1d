"""A bar on standard error while something takes long, silent when nobody watches."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """A progress bar on standard error; it shows only on a terminal, and not when asked to hush."""

    def __init__(self, context: typer.Context | None = None) -> None:
        quiet = bool(((context.obj if context is not None else None) or {}).get("quiet"))
        self.shown = not quiet and sys.stderr.isatty()
        self.progress: Progress | None = None

    def __enter__(self) -> Bar:
        """Begin to show."""
        if self.shown:
            from rich.console import Console
            from rich.progress import Progress

            self.progress = Progress(console=Console(stderr=True), transient=True)
            self.progress.start()
            self.task = self.progress.add_task("comparing", total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self.progress is not None:
            self.progress.stop()

    def update(self, done: int, total: int) -> None:
        """Show how many pairs are done."""
        self._show("comparing", done, total)

    def futures(self, done: int, total: int) -> None:
        """Show how many futures are drawn."""
        self._show("futures", done, total)

    def _show(self, what: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress.update(self.task, description=what, completed=done, total=total)
