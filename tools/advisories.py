"""Hold the versions in use against advisories, and say *not audited* where there are none.

`KARWAN_ADVISORIES` names a folder of advisories in the OSV form, one JSON file each, in folders
below it too. Each is held against the versions that `constraints.txt` pins and against those that
are installed here. Without the folder, pip-audit is asked where it is installed and reaches its
source; where neither is there, nothing is known, and that is what is said. No hit means no hit
among what was read, and never that a version is safe.

Exit code 1: something was hit; 2: advisories could not be read; 0: neither.

Examples
--------
KARWAN_ADVISORIES=advisories python tools/advisories.py
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
VARIABLE = "KARWAN_ADVISORIES"
ECOSYSTEM = "PyPI"
COMPARED = {"ECOSYSTEM", "SEMVER"}
"""Kinds of ranges that hold versions; those of kind GIT hold commits."""
AUDIT_SECONDS = 300


class AdvisoryFault(ValueError):  # noqa: N818  # a fault is what the pages call it
    """An advisory that cannot be read or held against a version."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package in one version, and where that version stands."""

    name: str
    version: Version
    where: str


@dataclass(slots=True)
class Audit:
    """What came of it: hits and faults, a line each, and how many advisories were read."""

    hits: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    advisory_count: int = 0


def packages_in_use(constraints: str) -> list[Package]:
    """Return what is pinned and what is installed, a version each, sorted by name."""
    places: dict[tuple[str, str], list[str]] = {}
    for line in constraints.splitlines():
        name, _, version = line.partition("#")[0].strip().partition("==")
        if version:
            places.setdefault((canonicalize_name(name), version.strip()), []).append("pinned")
    for one in distributions():
        key = (canonicalize_name(one.metadata["Name"]), one.version)
        if key[0] != "karwan" and "installed" not in places.setdefault(key, []):
            places[key].append("installed")
    return [
        Package(name, Version(version), " and ".join(where))
        for (name, version), where in sorted(places.items())
    ]


def audit_folder(folder: Path, packages: Iterable[Package]) -> Audit:
    """Hold packages against every advisory below a folder; faults are kept, not raised."""
    audit = Audit()
    known: dict[str, list[Package]] = {}
    for package in packages:
        known.setdefault(package.name, []).append(package)
    for path in sorted(folder.rglob("*.json")):
        name = str(path.relative_to(folder))
        try:
            _hold(json.loads(path.read_bytes()), known, audit, name)
        except (AdvisoryFault, OSError, RecursionError, ValueError) as trouble:
            audit.faults.append(f"{name}: {trouble}")
    return audit


def _hold(advisory: Any, known: Mapping[str, list[Package]], audit: Audit, place: str) -> None:
    """Hold one advisory against the packages that it names; a bad entry hides no other."""
    if not isinstance(advisory, dict) or not isinstance(advisory.get("id"), str):
        msg = "no advisory: an object with an `id` is needed"
        raise AdvisoryFault(msg)
    if advisory.get("withdrawn"):
        return
    entries = list(_entries(advisory))
    audit.advisory_count += bool(entries)
    hits = set()
    for name, entry in entries:
        for package in known.get(name, []):
            try:
                affected = is_affected(package.version, entry)
            except AdvisoryFault as fault:
                audit.faults.append(f"{place}: {fault}")
                break
            if affected:
                hits.add(f"{package.name} {package.version} ({package.where}): {_told(advisory)}")
    audit.hits += sorted(hits)


def _entries(advisory: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each package of this ecosystem by its normal name, with what is said of it."""
    affected = advisory.get("affected")
    if not isinstance(affected, list) or not all(isinstance(one, dict) for one in affected):
        msg = f"{advisory['id']}: `affected` has to be a list of objects"
        raise AdvisoryFault(msg)
    for entry in affected:
        package = entry.get("package")
        if not isinstance(package, dict):  # commits of a repository alone
            continue
        name, ecosystem = package.get("name"), package.get("ecosystem")
        if not isinstance(name, str) or not isinstance(ecosystem, str):
            msg = f"{advisory['id']}: a package needs a `name` and an `ecosystem`"
            raise AdvisoryFault(msg)
        if ecosystem.partition(":")[0] == ECOSYSTEM:
            yield canonicalize_name(name), entry


def _told(advisory: Mapping[str, Any]) -> str:
    names = [advisory["id"], *(str(one) for one in advisory.get("aliases") or ())]
    summary = " ".join(str(advisory.get("summary") or "no summary").split())
    return f"{', '.join(names)}: {summary}"


def is_affected(version: Version, entry: Mapping[str, Any]) -> bool:
    """Whether a version is listed, or lies in a range.

    Raises
    ------
    AdvisoryFault
        If nothing in the entry can be compared: that is no statement that a version is well.
    """
    try:
        listed = [str(one) for one in entry.get("versions") or ()]
        ranges = [one for one in entry.get("ranges") or () if one.get("type") in COMPARED]
        if not listed and not ranges:
            name = entry["package"]["name"]
            msg = f"{name} is named without versions that can be compared; look by hand"
            raise AdvisoryFault(msg)
        if any(_same(version, one) for one in listed):
            return True
        return any(_lies_within(version, one["events"]) for one in ranges)
    except (AttributeError, InvalidVersion, KeyError, TypeError) as trouble:
        msg = f"{entry['package']['name']}: versions or ranges are not as OSV has them: {trouble}"
        raise AdvisoryFault(msg) from trouble


def _same(version: Version, listed: str) -> bool:
    try:
        return Version(listed) == version
    except InvalidVersion:  # a list of years may hold spellings that no tool installs any more
        return listed == str(version)


def _lies_within(version: Version, events: Iterable[Mapping[str, str]]) -> bool:
    """Whether the last event at or below a version leaves it affected."""
    steps: list[tuple[Version, int, bool]] = []
    limits: list[str] = []
    for event in events:
        for kind, told in event.items():
            if kind == "limit":
                limits.append(told)
            elif kind == "introduced":
                steps.append((_least(told), 2, True))
            elif kind == "fixed":
                steps.append((Version(told), 1, False))
            elif kind == "last_affected":
                steps.append((Version(told), 3, False))
            else:
                msg = f"an event {kind!r} is not known"
                raise TypeError(msg)
    if not any(starts for *_, starts in steps):
        msg = "a range without `introduced`"
        raise TypeError(msg)
    affected = False
    for at, order, starts in sorted(steps):
        if version > at or (version == at and order != 3):  # the last affected one still is
            affected = starts
    below = not limits or any(told == "*" or version < Version(told) for told in limits)
    return affected and below


def _least(told: str) -> Version:
    """Return where a range starts; 0 is before every version, those for developers included."""
    return Version("0.dev0") if told == "0" else Version(told)


def ask_pip_audit() -> Audit | str:
    """Return what pip-audit says of the pinned versions, or why it says nothing."""
    if importlib.util.find_spec("pip_audit") is None:
        return f"{VARIABLE} names no folder, and pip-audit is not installed"
    options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), *options]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=AUDIT_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"pip-audit did not answer within {AUDIT_SECONDS} seconds"
    return read_pip_audit(done.stdout, done.stderr)


def read_pip_audit(answer: str, trouble: str) -> Audit | str:
    """Return the hits of an answer of pip-audit, or its last word where there is no answer."""
    try:
        rows = json.loads(answer)["dependencies"]
    except (KeyError, TypeError, ValueError):
        last = trouble.strip().splitlines()
        return f"pip-audit gave no answer: {last[-1] if last else 'nothing said'}"
    skipped = [row["skip_reason"] for row in rows if "skip_reason" in row]
    if len(skipped) == len(rows):  # its source knows none of them, or was not reached
        return f"pip-audit looked at no package: {skipped[0] if skipped else 'none was named'}"
    audit = Audit(advisory_count=sum(len(row.get("vulns", ())) for row in rows))
    for row in rows:
        if "skip_reason" in row:
            audit.faults.append(f"{row['name']}: {row['skip_reason']}")
        for one in row.get("vulns", ()):
            names = ", ".join([one["id"], *one.get("aliases", ())])
            audit.hits.append(f"{row['name']} {row['version']} (pinned): {names}")
    return audit


def main(surroundings: Mapping[str, str] = os.environ) -> int:
    """Audit, print what came of it, return the exit code."""
    named = surroundings.get(VARIABLE, "")
    packages = packages_in_use(CONSTRAINTS.read_text(encoding="utf-8"))
    if not named:
        told = ask_pip_audit()
        if isinstance(told, str):
            print(f"not audited: {told}.")
            return 0
        pinned = sum("pinned" in package.where for package in packages)
        return report(told, "pip-audit", pinned)
    if not Path(named).is_dir():
        print(f"not audited: {VARIABLE} names no folder: {named}", file=sys.stderr)
        return 2
    audit = audit_folder(Path(named), packages)
    if not audit.advisory_count:
        audit.faults.append(f"no advisory about {ECOSYSTEM} that is in force was read; not audited")
    return report(audit, named, len(packages))


def report(audit: Audit, source: str, package_count: int) -> int:
    """Print hits and faults and return the exit code."""
    for hit in audit.hits:
        print(f"hit: {hit}")
    for fault in audit.faults:
        print(f"fault: {fault}", file=sys.stderr)
    print(
        f"{package_count} versions held against {audit.advisory_count} advisories of {source}: "
        f"{len(audit.hits)} hits, {len(audit.faults)} faults. "
        "What the source does not hold was not looked for."
    )
    if audit.hits:
        return 1
    return 2 if audit.faults else 0


if __name__ == "__main__":
    sys.exit(main())
