"""What every call must come to: an answer, or one message, and nothing left over."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from karwan.main import main

MOST_SECONDS = 90.0
"""Wall time of one call. Sound calls here take under 5 s on one core; the rest is for a machine
that others use too."""
MESSAGE = re.compile(r"^(?:karwan: |Error: )", re.MULTILINE)
NOTES = re.compile(
    r"^karwan: (?:look at the places: |without |\d+ cells begin as a formula does)", re.MULTILINE
)
"""What a command says beside its answer."""
DEFAULT_FOLDERS = ["workspace", "runs"]
"""Where commands write that were not told where."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class TooSlowError(BaseException):
    """A call did not end in its time; no handler of errors may take it for one."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one call said and did.

    Attributes
    ----------
    raised
        What escaped, with the line it came from; blank if nothing did.
    new
        Files and folders that were not there before, from the case's folder.
    gone
        Those that are there no more.
    """

    words: tuple[str, ...]
    code: int | None
    out: str
    err: str
    raised: str
    new: tuple[str, ...]
    gone: tuple[str, ...]


def ask(words: Sequence[str], folder: Path) -> Told:
    """Run a command line in this process, in a folder of its own."""
    before = names_in(folder)
    out, err = _stream(), _stream()
    code, raised = None, ""
    with _standing_in(folder), _streams(out, err), _no_longer_than(MOST_SECONDS):
        try:
            code = main(list(words))
        except (Exception, TooSlowError, SystemExit, KeyboardInterrupt) as error:
            raised = where_raised(error)
    after = names_in(folder)
    return Told(
        words=tuple(words), code=code, out=_text(out), err=_text(err), raised=raised,
        new=tuple(sorted(after - before)), gone=tuple(sorted(before - after)),
    )  # fmt: skip


def faults_of(told: Told) -> list[str]:
    """Return every promise that one call broke."""
    if told.raised:
        return [f"raised {told.raised}"]
    faults = []
    messages = len(MESSAGE.findall(told.err)) - len(NOTES.findall(told.err))
    if told.code not in {0, 1, 2}:
        faults.append(f"exit code {told.code}")
    if "karwan: failed: " in told.err or "Traceback" in told.err:
        faults.append(f"unexpected: {told.err.strip()[:400]}")
    if told.code and messages != 1:
        faults.append(f"{messages} messages with code {told.code}: {told.err[:400]!r}")
    if told.code == 0 and messages:
        faults.append(f"an error with code 0: {told.err[:400]!r}")
    for name, text in (("stdout", told.out), ("stderr", told.err)):
        control = CONTROLS.search(text)
        if control:
            faults.append(f"{name} holds the control character {control[0]!r}")
    return faults + _json_faults(told) + _file_faults(told)


def _json_faults(told: Told) -> list[str]:
    """Return whether what was asked for as JSON is none."""
    pairs = list(zip(told.words, told.words[1:], strict=False))
    if (
        told.code != 0
        or ("--format", "json") not in pairs
        or {"--help", "--version"} & {*told.words}
    ):
        return []
    try:
        json.loads(told.out, parse_constant=_refuse)
    except ValueError as error:
        return [f"no JSON: {error}: {told.out[:120]!r}"]
    return []


def _refuse(constant: str) -> None:
    msg = f"{constant} stands for a number"
    raise ValueError(msg)


def _file_faults(told: Told) -> list[str]:
    """Return files that appeared where none was named, or after a refusal, or went."""
    named = [os.path.normpath(word.split("=")[-1]) for word in told.words if word.strip()]
    named += DEFAULT_FOLDERS
    faults = [f"removed {name}" for name in told.gone if not _is_scratch_of_database(name)]
    for name in told.new:
        is_beside = _is_scratch_of_database(name)
        if told.code == 2 and not is_beside and not _is_new_workspace(name, told.new):
            faults.append(f"refused, and yet left {name!r}")
        elif not is_beside and not any(
            _is_below(name, one) or _is_below(one, name) for one in named
        ):
            faults.append(f"left {name!r}, which nobody named")
        elif "/." in f"/{name}" and not any(part.startswith(".") for part in named):
            faults.append(f"left {name!r} beside its work")
    return faults


def _is_scratch_of_database(name: str) -> bool:
    """Whether SQLite keeps this file beside a database that was opened."""
    return name.endswith((".sqlite-wal", ".sqlite-shm"))


def _is_new_workspace(name: str, new: tuple[str, ...]) -> bool:
    """Whether this is the workspace, still empty, in which a row was to be looked up or added."""
    return name.endswith("karwan.sqlite") or any(
        _is_below(one, name) and one.endswith("karwan.sqlite") for one in new
    )


def _is_below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}/")


def names_in(folder: Path) -> set[str]:
    """Return everything in a folder, by its path from there; links are not followed."""
    return {
        os.path.relpath(os.path.join(top, name), folder)  # noqa: PTH118
        for top, folders, files in os.walk(folder)
        for name in (*folders, *files)
    }


def where_raised(error: BaseException) -> str:
    """Return an exception in one line, with the last line of ours that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/karwan/" in frame.filename] or frames
    at = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}: {str(error)[:300]}{at}"


def call(function: Any, *given: Any, allowed: tuple[type[Exception], ...], **named: Any) -> Any:
    """Return what a function returns, or what it raised: an allowed error, or a fault's text."""
    try:
        with _no_longer_than(MOST_SECONDS):
            return function(*given, **named)
    except allowed as error:
        return error
    except (Exception, TooSlowError) as error:
        return Unexpected(where_raised(error))


@dataclass(frozen=True, slots=True)
class Unexpected:
    """What a function raised that it may not."""

    text: str


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8")


@contextlib.contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _streams(out: io.TextIOWrapper, err: io.TextIOWrapper) -> Iterator[None]:
    """Let a call write to these, and read nothing."""
    before = sys.stdin
    sys.stdin = io.StringIO("")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield
    finally:
        sys.stdin = before


@contextlib.contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """Stop what takes longer, where the system has such alarms and this is the main thread."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        msg = f"longer than {seconds:g} s"
        raise TooSlowError(msg)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
