"""The program `karwan`: the commands of its doors, and what an error tells the user."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from contextvars import copy_context
from functools import lru_cache
from typing import Annotated, Any

import typer

from karwan import __version__
from karwan.base.cache import OFF
from karwan.base.errors import DataError, FitError, KarwanError, SourceError
from karwan.base.outgoing import FORMULAS, NEUTRALISE
from karwan.base.troubles import NUL_IN_PATH, is_of_the_machine, trouble
from karwan.base.words import counted
from karwan.cli.helping import make_readable
from karwan.cli.options import option_name
from karwan.cli.screen import leave_quietly, screen
from karwan.cli.strict import make_strict

HOMES = {
    "compare": "karwan.cli.compare",
    "route": "karwan.cli.route",
    "critical": "karwan.cli.critical",
    "futures": "karwan.cli.futures",
    "reliability": "karwan.cli.reliability",
    "calibrate": "karwan.cli.calibrate",
    "brief": "karwan.cli.brief",
    "export": "karwan.cli.export",
    "new": "karwan.cli.new",
    "hazard": "karwan.cli.hazard",
    "capacity": "karwan.cli.capacity",
    "queue": "karwan.cli.queue",
    "decide": "karwan.cli.decide",
    "trips": "karwan.cli.trips",
    "impact": "karwan.cli.impact",
    "exposure": "karwan.cli.exposure",
    "article": "karwan.cli.article",
    "target": "karwan.cli.target",
    "appraise": "karwan.cli.appraise",
    "project": "karwan.cli.project",
    "benefits": "karwan.cli.benefits",
    "energy": "karwan.cli.energy",
    "study": "karwan.cli.study",
    "evidence": "karwan.cli.evidence",
    "feed": "karwan.cli.feed",
    "ledger": "karwan.cli.ledger.commands",
    "watch": "karwan.cli.watch",
    "workspace": "karwan.cli.workspace",
    "token": "karwan.cli.token",
    "audit": "karwan.cli.audit",
    "network": "karwan.cli.network",
    "data": "karwan.cli.data",
    "serve": "karwan.web.serve",
}
"""The module of each command, in the order of the help.

A module has a function of the command's name; or, where the command has verbs, an `app` of its own.
"""
COMPLETION = "_KARWAN_COMPLETE"
"""Set by a shell that asks which words may follow."""

ANYWHERE = ("--debug", "--quiet", "--csv-as-text", "--no-cache")
"""Options of the whole program, taken wherever they stand."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def root(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar and no notes.")] = False,
    csv_as_text: Annotated[
        bool,
        typer.Option(
            "--csv-as-text",
            help="In CSV, put a quotation mark before what a spreadsheet would run as a formula.",
        ),
    ] = False,
    no_cache: Annotated[
        bool,
        typer.Option(
            "--no-cache", help="Compute all anew; keep nothing for the next run, use nothing kept."
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Hold what every command may ask for."""
    context.obj = {"debug": debug, "quiet": quiet}
    NEUTRALISE.set(csv_as_text)
    OFF.set(no_cache)


def load_program(command: str = "") -> typer.Typer:
    """Return the program: with one command where it is known, which loads no other; else with all.

    To load the modules and to read the options of all takes longer than many an answer.
    """
    app = typer.Typer(
        name="karwan",
        help="Freight corridors between Central and South Asia, from cited evidence.",
        epilog="Begin with: karwan compare Almaty Karachi. Each command tells more with --help.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(root)
    for name in [command] if command in HOMES else HOMES:
        home = importlib.import_module(HOMES[name])
        if hasattr(home, "app"):
            app.add_typer(home.app, name=name)
        else:
            app.command(name)(getattr(home, name))
    return app


@lru_cache(maxsize=2 * len(HOMES))
def _parser(command: str) -> Any:
    """Return what reads the words of a command, made once in a process."""
    return make_readable(make_strict(typer.main.get_command(load_program(command))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is 0, 1 for a failure, 2 for a bad input."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    first = [word for word in ANYWHERE if word in given]
    words = first + [word for word in given if word not in ANYWHERE]
    with screen():
        code = copy_context().run(_run, words, debug="--debug" in first)
    if arguments is None:
        sys.exit(code)
    return code


def _run(words: list[str], *, debug: bool) -> int:
    FORMULAS.set(0)
    try:
        _parser(_command_of(words))(words, prog_name="karwan")
    except SystemExit as done:
        _warn_of_formulas()
        return done.code if isinstance(done.code, int) else 1
    except BrokenPipeError:
        leave_quietly()
        return 1
    except Exception as error:
        if debug:
            raise
        text, code = told(error)
        typer.echo(f"karwan: {text}", err=True)
        return code
    return 0


def _command_of(words: Sequence[str]) -> str:
    """Return the command that is asked, as far as it is known; blank where all may be needed."""
    first = next((word for word in words if not word.startswith("-")), "")
    return first if first in HOMES and COMPLETION not in os.environ else ""


def _warn_of_formulas() -> None:
    """Say how many cells of CSV a spreadsheet would run, if there are any."""
    count = FORMULAS.get()
    if count:
        typer.echo(
            f"karwan: {counted(count, 'cell begins', 'cells begin')} as a formula does; a "
            "spreadsheet may run them (--csv-as-text writes them as text)",
            err=True,
        )


def told(error: Exception) -> tuple[str, int]:
    """Return what to tell of an error, in one message, and the exit code.

    The one place where troubles of paths, disks, texts and numbers that no reader foresaw become
    words: 2 if what was asked is at fault, 1 if the machine or the program failed.
    """
    if isinstance(error, DataError):
        return error.told(option_name), 2
    if isinstance(error, KarwanError):
        return str(error), 1 if isinstance(error, (SourceError, FitError)) else 2
    if isinstance(error, OSError):
        return trouble(error), 1 if is_of_the_machine(error) else 2
    fault = _fault_of_value(error)
    if fault:
        return fault, 2
    if isinstance(error, MemoryError):
        return "the memory is used up; ask of fewer pairs, paths or days", 1
    # the last resort: one line for the user, the rest with --debug
    return f"failed: {type(error).__name__}: {error} (--debug shows where)", 1


def _fault_of_value(error: Exception) -> str:
    """Return what is wrong with a text, a date or a number that was given, or nothing."""
    if isinstance(error, UnicodeDecodeError):
        return f"a file is no text in UTF-8 (byte {error.start}); save it as UTF-8"
    if isinstance(error, OverflowError):
        return f"a date or a number is too large or too small to reckon with: {error}"
    if isinstance(error, ValueError) and "embedded null" in str(error):
        return NUL_IN_PATH
    return ""
