"""Build the wheel and the source archive, and try each in empty environments outside the project.

The wheel is installed once for every extra that users have, at the tested versions, and asked what
that extra is for; the source archive is installed once and must give the same answer as the wheel.
Sizes are told. Nothing is uploaded and no tag is set.

Examples
--------
python tools/release.py runs/release
python tools/release.py runs/release --extras report web
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_FOR_USERS = {"bench", "dev", "docs", "mutants"}
DAY = "2026-11-22"
PORT = 8699
NO_SCHEDULER = "tcp://127.0.0.1:1"
NO_SERVER = "postgresql://nobody@127.0.0.1:9/none"
READY_SECONDS = 120
ASKED = ("compare", "almaty", "karachi", "--as-of", DAY, "--format", "json")


class ReleaseError(Exception):
    """A step that failed, with what it printed."""


def user_extras(project: Mapping[str, object]) -> list[str]:
    """Return the extras that are for users, by name.

    Examples
    --------
    >>> user_extras({"project": {"optional-dependencies": {"web": [], "dev": []}}})
    ['web']
    """
    table = project["project"]
    assert isinstance(table, dict)
    return sorted(set(table["optional-dependencies"]) - NOT_FOR_USERS)


def run(*command: str | Path, cwd: Path, seconds: int = 900) -> str:
    """Run a command and return what it printed.

    Raises
    ------
    ReleaseError
        If it fails.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KARWAN", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        words = " ".join(str(word) for word in command)
        message = f"{words}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise ReleaseError(message)
    return done.stdout


def build(out: Path) -> tuple[Path, Path]:
    """Build into a folder and return the wheel and the source archive."""
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder), ["hatchling"])
        run(python, "-m", "hatchling", "build", "--clean", "--directory", out, cwd=ROOT)
    (wheel,), (archive,) = out.glob("karwan-*.whl"), out.glob("karwan-*.tar.gz")
    return wheel, archive


def environment(folder: Path, wanted: Sequence[str | Path]) -> Path:
    """Make an environment with what is wanted, at the tested versions, and return its Python."""
    folder.mkdir(parents=True, exist_ok=True)
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    python = folder / "bin" / "python"
    limits = ROOT / "constraints.txt"
    run(python, "-m", "pip", "install", "--quiet", "--constraint", limits, *wanted, cwd=folder)
    return python


def try_plain(karwan: Path, folder: Path) -> None:
    """Run a study without a page: what a plain install can do."""
    run(karwan, "new", "land", cwd=folder)
    run(karwan, "study", "run", "land/study.toml", "--no-report", "--out", "run", cwd=folder)


def try_report(karwan: Path, folder: Path) -> None:
    """Make the page of a study."""
    run(karwan, "new", "land", cwd=folder)
    run(karwan, "study", "run", "land/study.toml", "--out", "run", cwd=folder)
    _there(folder / "run" / "report.html")


def try_export(karwan: Path, folder: Path) -> None:
    """Write a workbook to fill in."""
    run(karwan, "evidence", "template", "seen.xlsx", cwd=folder)
    _there(folder / "seen.xlsx")


def try_brief(karwan: Path, folder: Path) -> None:
    """Print the brief in both forms that need a library."""
    for kind in ("pdf", "docx"):
        run(karwan, "brief", "--as-of", DAY, "--to", kind, "--out", f"brief.{kind}", cwd=folder)
        _there(folder / f"brief.{kind}")


def try_cluster(karwan: Path, folder: Path) -> None:
    """Let a process of its own weigh futures, and see that a silent scheduler is told in a line."""
    asked = ("futures", "almaty", "karachi", "--paths", "100", "--horizon", "30", "--as-of", DAY)
    run(karwan, *asked, "--stream", "--scheduler", "local:1", cwd=folder)
    try:
        run(karwan, *asked, "--stream", "--scheduler", NO_SCHEDULER, cwd=folder)
    except ReleaseError as told:
        if "Traceback" not in str(told) and "no scheduler answers there" in str(told):
            return
        raise
    message = f"{NO_SCHEDULER} answered"
    raise ReleaseError(message)


def try_osm(karwan: Path, folder: Path) -> None:
    """See that the library reads."""
    run(karwan.parent / "python", "-c", "import osmium; osmium.SimpleHandler()", cwd=folder)


def try_web(karwan: Path, folder: Path) -> None:
    """Start the server and ask until it is ready."""
    server = subprocess.Popen(
        [str(karwan), "serve", "--port", str(PORT)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + READY_SECONDS
        while not _answers(f"http://127.0.0.1:{PORT}/ready"):
            if server.poll() is not None or time.monotonic() > end:
                message = "karwan serve was not ready"
                raise ReleaseError(message)
            time.sleep(0.5)
        if not _answers(f"http://127.0.0.1:{PORT}/compare?from=almaty&to=karachi&as_of={DAY}"):
            message = "karwan serve has no /compare"
            raise ReleaseError(message)
    finally:
        server.terminate()
        server.wait(30)


def try_team(karwan: Path, folder: Path) -> None:
    """See that the driver is there and that an address where nobody answers is told in a line."""
    run(karwan.parent / "python", "-c", "import psycopg; psycopg.pq.version()", cwd=folder)
    try:
        run(karwan, "evidence", "list", "--workspace", NO_SERVER, cwd=folder)
    except ReleaseError as told:
        if "Traceback" not in str(told) and NO_SERVER in str(told):
            return
        raise
    message = f"{NO_SERVER} answered"
    raise ReleaseError(message)


def _answers(address: str) -> bool:
    with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address) as reply:
        return bool(reply.status == 200)
    return False


def _there(path: Path) -> None:
    if not path.is_file() or not path.stat().st_size:
        message = f"{path.name} was not written"
        raise ReleaseError(message)


TRIALS: dict[str, Callable[[Path, Path], None]] = {
    "": try_plain,
    "brief": try_brief,
    "cluster": try_cluster,
    "export": try_export,
    "osm": try_osm,
    "report": try_report,
    "team": try_team,
    "web": try_web,
}
"""What each extra is for; the empty name is a plain install."""


def try_install(wanted: str, trial: Callable[[Path, Path], None] | None) -> str:
    """Install into an empty environment, try it there, and return its answer to one question."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        karwan = environment(folder / "env-of-its-own", [wanted]).with_name("karwan")
        if trial is not None:
            trial(karwan, folder)
        return run(karwan, *ASKED, cwd=folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and try; the exit code is 1 if a step fails."""
    parser = argparse.ArgumentParser(description="Build and try a release.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--extras", nargs="*", help="default: all that are for users")
    asked = parser.parse_args(arguments)
    extras = user_extras(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    untried = sorted(set(extras) - set(TRIALS))
    if untried:
        print(f"no trial for the extras: {', '.join(untried)}", file=sys.stderr)
        return 1
    chosen = ["", *extras] if asked.extras is None else asked.extras
    try:
        wheel, archive = build(asked.out.resolve())
        for file in (wheel, archive):
            print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")
        answers = set()
        for extra in chosen:
            bracket = f"[{extra}]" if extra else ""
            answers.add(try_install(f"{wheel}{bracket}", TRIALS[extra]))
            print(f"wheel {bracket or 'alone'}: tried")
        answers.add(try_install(str(archive), None))
        print("source archive: tried")
    except ReleaseError as fault:
        print(fault, file=sys.stderr)
        return 1
    if len(answers) != 1:
        print("the installs do not give one answer", file=sys.stderr)
        return 1
    print("all gave the same answer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
