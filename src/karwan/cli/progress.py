"""A bar on standard error while something takes long, silent when nobody watches."""

from __future__ import annotations

import sys
from types import TracebackType

import typer


class Bar:
    """A progress bar on standard error; it shows only on a terminal, and not when asked to hush."""

    def __init__(self, context: typer.Context | None = None) -> None:
        from rich.console import Console
        from rich.progress import Progress

        quiet = bool(((context.obj if context is not None else None) or {}).get("quiet"))
        self.shown = not quiet and sys.stderr.isatty()
        self.progress = Progress(
            console=Console(stderr=True), disable=not self.shown, transient=True
        )

    def __enter__(self) -> Bar:
        """Begin to show."""
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
        self.progress.stop()

    def update(self, done: int, total: int) -> None:
        """Show how many pairs are done."""
        self.progress.update(self.task, description="comparing", completed=done, total=total)

    def futures(self, done: int, total: int) -> None:
        """Show how many futures are drawn."""
        self.progress.update(self.task, description="futures", completed=done, total=total)
