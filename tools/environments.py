"""Prove in fresh environments what `pyproject.toml` claims: lowest versions, other Pythons.

`lowest` installs the lowest version that each direct requirement allows, what they draw in being
free, then runs the quick tests and the reference study there. `pythons` does the same with the
tested versions for each interpreter of another Python; where there is none that runs, it says so
and goes on. Only wheels are installed: a version that has none for this Python proves nothing.

Examples
--------
python tools/environments.py lowest
python tools/environments.py pythons 3.12 3.13
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that the tools find one another when run as a script

from tools.quick import quick_tests, read_quick  # noqa: E402

PYPROJECT = ROOT / "pyproject.toml"
CONSTRAINTS = ROOT / "constraints.txt"
STUDY = ROOT / "src" / "karwan" / "data" / "reference.toml"
EXTRAS = ("brief", "cluster", "export", "osm", "report", "team", "web")
TEST_TOOLS = (
    "axe-playwright-python",
    "httpx2",
    "hypothesis",
    "jsonschema",
    "packaging",
    "playwright",
    "pytest",
    "pytest-randomly",
    "pytest-xdist",
)
"""What the quick tests import, of the extra `dev`; linters and type checkers prove nothing here."""
OTHER_PYTHONS = ("3.12", "3.13", "3.14")
PROBE = "import ensurepip, sys, venv; print('%d.%d.%d' % sys.version_info[:3])"
PROBE_SECONDS = 30


class EnvironmentFault(Exception):  # noqa: N818  # a fault is what the pages call it
    """A requirement that names no lowest version, or a step that failed."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs and can make environments, or the reason why there is none."""

    asked: str
    path: str | None
    said: str
    """Its full version, or the reason."""


def direct_requirements(project: Mapping[str, object]) -> list[Requirement]:
    """Return what the package, its extras for users, its build and its quick tests ask for."""
    table = project["project"]
    build = project["build-system"]
    assert isinstance(table, dict)
    assert isinstance(build, dict)
    extras = table["optional-dependencies"]
    tools = [line for line in extras["dev"] if Requirement(line).name in TEST_TOOLS]
    lines = [
        *build["requires"],
        *table["dependencies"],
        *(line for extra in EXTRAS for line in extras[extra]),
        *tools,
    ]
    return [Requirement(line) for line in lines]


def lowest_pins(requirements: Iterable[Requirement]) -> list[str]:
    """Return each requirement at the lowest version that it allows.

    Raises
    ------
    EnvironmentFault
        If some name no lowest version; all of them are named.

    Examples
    --------
    >>> lowest_pins([Requirement("numpy>=2.0"), Requirement("typer[all]>=0.29,<2")])
    ['numpy==2.0', 'typer[all]==0.29']
    """
    pins, unbound = [], []
    for requirement in requirements:
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        bounds = [
            one.version
            for one in requirement.specifier
            if one.operator in {">=", "==", "~="} and not one.version.endswith("*")
        ]
        if not bounds:
            unbound.append(str(requirement))
            continue
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        pins.append(f"{requirement.name}{extras}=={max(bounds, key=Version)}")
    if unbound:
        msg = f"No lowest version is named by: {', '.join(unbound)}. Write `name>=version`."
        raise EnvironmentFault(msg)
    return pins


def read_constraints(text: str) -> dict[str, Version]:
    r"""Return the tested version of each package, by its normal name.

    Examples
    --------
    >>> read_constraints("Jinja2==3.1.6\n# a remark\n")
    {'jinja2': <Version('3.1.6')>}
    """
    pairs = (line.partition("#")[0].strip().partition("==") for line in text.splitlines())
    return {canonicalize_name(name): Version(version) for name, _, version in pairs if version}


def candidates(name: str, surroundings: Mapping[str, str]) -> Iterator[Path]:
    """Yield every file of a name on the path, then those that pyenv keeps off it."""
    folders = [Path(one) for one in surroundings.get("PATH", "").split(os.pathsep) if one]
    pyenv = surroundings.get("PYENV_ROOT") or Path(surroundings.get("HOME", "/")) / ".pyenv"
    kept = sorted((Path(pyenv) / "versions").glob("*/bin"), reverse=True)
    for folder in (*folders, *kept):
        path = folder / name
        if path.is_file() and os.access(path, os.X_OK):
            yield path


def find_interpreter(version: str, surroundings: Mapping[str, str]) -> Interpreter:
    """Return the first Python of a version, such as 3.12, that runs; a name is not enough."""
    name = f"python{version}"
    tried: list[str] = []
    for path in candidates(name, surroundings):
        said = _probe(path, surroundings)
        if said.startswith(f"{version}."):
            return Interpreter(version, str(path), said)
        tried.append(f"{path} does not run as Python {version}: {said}")
    return Interpreter(version, None, "; ".join(tried) or f"no {name} on the path or in pyenv")


def _probe(path: Path, surroundings: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            [str(path), "-c", PROBE],
            env=dict(surroundings),
            capture_output=True,
            text=True,
            check=False,
            timeout=PROBE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return str(trouble)
    if done.returncode:
        last = done.stderr.strip().splitlines()
        return f"exit code {done.returncode}, {last[0] if last else 'nothing said'}"
    return done.stdout.strip()


def prove(python: str, wanted: Sequence[str], *, build: Sequence[str], jobs: int) -> None:
    """Install what is wanted and the package into a fresh environment, and use it there.

    Parameters
    ----------
    python
        The interpreter that makes the environment.
    wanted
        What pip is to install besides the package, constraints included.
    build
        Options of the package's own installation.
    jobs
        How many tests run at a time.

    Raises
    ------
    EnvironmentFault
        If a step fails; what it said stands above.
    """
    with tempfile.TemporaryDirectory(prefix="karwan-environment-") as folder:
        scripts = Path(folder) / "env" / "bin"
        fresh = str(scripts / "python")
        pip = [fresh, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        pytest = [fresh, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(jobs)]
        steps = (
            [python, "-m", "venv", str(scripts.parent)],
            [*pip, "install", "--only-binary", ":all:", *wanted],
            [*pip, "install", "--no-deps", *build, str(ROOT)],
            [*pip, "check"],
            [*pytest, *quick_tests(read_quick())],
            [str(scripts / "karwan"), "study", "run", str(STUDY), "--out", f"{folder}/run"],
        )
        for step in steps:
            if subprocess.run(step, cwd=ROOT, env=_clean(folder), check=False).returncode:
                msg = f"failed: {' '.join(step[:8])}"
                raise EnvironmentFault(msg)


def _clean(folder: str) -> dict[str, str]:
    """Return this process's variables without what would let other packages in."""
    foreign = {"PIP_CONSTRAINT", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {"PYTHONNOUSERSITE": "1", "NUMBA_CACHE_DIR": f"{folder}/numba"}


def check_lowest(jobs: int) -> int:
    """Prove the lower bounds with this Python; return 1 if they do not hold."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    pins = lowest_pins(direct_requirements(project))
    print("Lowest versions:", *pins, flush=True)
    return _told("lowest", sys.executable, pins, build=["--no-build-isolation"], jobs=jobs)


def check_pythons(versions: Sequence[str], jobs: int) -> int:
    """Prove each Python that is there; return 1 if one fails, and skip those that are not."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    build = {Requirement(line).name for line in project["build-system"]["requires"]}
    names = [str(one) for one in direct_requirements(project) if one.name not in build]
    wanted = ["--constraint", str(CONSTRAINTS), *names]
    failed = 0
    for version in versions:
        one = find_interpreter(version, os.environ)
        if one.path is None:
            print(f"python {version}: skipped: {one.said}", flush=True)
            continue
        failed |= _told(f"python {one.said}", one.path, wanted, build=[], jobs=jobs)
    return failed


def _told(name: str, python: str, wanted: Sequence[str], *, build: Sequence[str], jobs: int) -> int:
    try:
        prove(python, wanted, build=build, jobs=jobs)
    except EnvironmentFault as fault:
        print(f"{name}: {fault}", flush=True)
        return 1
    print(f"{name}: passed", flush=True)
    return 0


def main(words: Sequence[str] | None = None) -> int:
    """Run one of the two checks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("check", choices=["lowest", "pythons"])
    parser.add_argument("versions", nargs="*", default=list(OTHER_PYTHONS))
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(words)
    try:
        if asked.check == "lowest":
            return check_lowest(asked.jobs)
        return check_pythons(asked.versions, asked.jobs)
    except EnvironmentFault as fault:
        print(fault, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
