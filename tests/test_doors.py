"""Each kind of fault that a question can have, through the command line, a study file and Python.

One table says what is typed, which argument it belongs to and what is wrong with it. Every door
that has the argument names it in its own words, one at a time and all at once.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from karwan.analysis.world.question import Premises, Question, Shipment, Ways, ask
from karwan.analysis.world.travel import Timing
from karwan.base.errors import DataError, Fault, NoEvidenceError
from karwan.data.catalog import Catalog
from karwan.main import main

SOUND: dict[str, Any] = {"origin": "almaty", "destination": "karachi", "as_of": "2026-11-22"}
NAN = float("nan")

OPTIONS = {
    "via": "--via", "avoid": "--avoid", "corridor": "--corridor", "unit": "--unit",
    "cargo": "--cargo", "tonnes": "--tonnes", "value_usd": "--value", "carrier": "--carrier",
    "as_of": "--as-of", "state": "--state", "closed": "--close", "opened": "--open",
    "projects": "--with", "depart": "--depart", "deadline": "--deadline",
    "shelf_life_days": "--shelf-life",
}  # fmt: skip
"""Options of `karwan route`, which asks whatever a question can hold but a price year."""

STUDY_KEYS = {
    "origin": "origins", "destination": "destinations", "as_of": "as_of",
    "price_year": "price_year", "state": "states",
    **{key: f"consignment.{key}" for key in ("unit", "cargo", "tonnes", "value_usd", "carrier")},
    "closed": "world.close", "opened": "world.open", "projects": "world.projects",
}  # fmt: skip
"""Keys of a study file, which compares all ways: it names none to pass or to keep out of."""


@dataclass(frozen=True)
class Kind:
    """A kind of fault: what is typed, the argument it belongs to, and what is said of it.

    `given` is the one of several that is wrong; `in_study` is said where the study file, whose
    values have types, says it in other words. `needs_ends` marks what can only be told of known
    ends.
    """

    name: str
    typed: dict[str, Any]
    key: str
    says: str
    given: str = ""
    in_study: str = ""
    needs_ends: bool = False


KINDS = (
    Kind("unknown origin", {"origin": "almatyy"}, "origin", "No place 'almatyy'. Did you mean"),
    Kind("blank origin", {"origin": ""}, "origin", "No place ''"),
    Kind("unknown destination", {"destination": "karachii"}, "destination",
         "No place 'karachii'. Did you mean"),
    Kind("one place for both ends", {"destination": "almaty"}, "destination",
         "origin and destination are both Almaty", in_study="the same place as the origin"),
    Kind("unknown thing to pass", {"via": ["torkam"]}, "via", "No crossing, line", "torkam"),
    Kind("blank thing to pass", {"via": [""]}, "via", "No crossing, line, link or place ''"),
    Kind("country to pass", {"via": ["IR"]}, "via", "that is a country", "IR"),
    Kind("unknown thing to avoid", {"avoid": ["XX"]}, "avoid", "No crossing, line", "XX"),
    Kind("end in a country to avoid", {"avoid": ["KZ"]}, "avoid", "Almaty lies there", "KZ",
         needs_ends=True),
    Kind("end to avoid", {"avoid": ["karachi"]}, "avoid", "the journey starts or ends there",
         "karachi", needs_ends=True),
    Kind("passed and avoided", {"via": ["khunjerab"], "avoid": ["khunjerab"]}, "avoid",
         "the route is also to pass it", "khunjerab-road"),
    Kind("unknown corridor", {"corridor": "ktup"}, "corridor", "No corridor 'ktup'"),
    Kind("way beside a corridor", {"corridor": "kuap-road-torkham", "via": ["hairatan"]}, "via",
         "does not go with a corridor"),
    Kind("country beside a corridor", {"corridor": "kuap-road-torkham", "avoid": ["IR"]}, "avoid",
         "does not go with a corridor"),
    Kind("unknown unit", {"unit": "van"}, "unit", "No unit 'van'"),
    Kind("unknown cargo", {"cargo": "wheatt"}, "cargo", "No cargo 'wheatt'"),
    Kind("unknown carrier", {"carrier": "XX"}, "carrier", "No carrier's country 'XX'"),
    Kind("no tonnes", {"tonnes": 0.0}, "tonnes", "tonnes is 0; it must be more than 0",
         in_study="input should be greater than 0 (given: 0.0)"),
    Kind("negative tonnes", {"tonnes": -3.0}, "tonnes", "tonnes is -3; it must be more than 0",
         in_study="input should be greater than 0 (given: -3.0)"),
    Kind("tonnes beyond measure", {"tonnes": 1e9}, "tonnes", "at most 1,000,000"),
    Kind("tonnes that are no number", {"tonnes": NAN}, "tonnes", "tonnes is nan",
         in_study="input should be greater than 0 (given: nan)"),
    Kind("negative value", {"value_usd": -1.0}, "value_usd", "value is -1 USD; it must be 0 or",
         in_study="input should be greater than or equal to 0 (given: -1.0)"),
    Kind("value beyond measure", {"value_usd": 1e12}, "value_usd", "at most 10,000,000,000"),
    Kind("value that is no number", {"value_usd": NAN}, "value_usd", "value is nan USD",
         in_study="input should be greater than or equal to 0 (given: nan)"),
    Kind("price year without an index", {"price_year": 1900}, "price_year", "is not in 2009-2024"),
    Kind("day before any evidence", {"as_of": "1990-01-01"}, "as_of", "No evidence dated on or"),
    Kind("day that no question is about", {"as_of": "2300-01-01"}, "as_of",
         "outside the years 1800 to 2299", "2300-01-01",
         in_study="input should be less than or equal to 2299-12-31"),
    Kind("unknown state", {"state": "sunny"}, "state", "not one of last-known, all-open", "sunny",
         in_study="input should be 'last-known' or 'all-open' (given: 'sunny')"),
    Kind("unknown thing to shut", {"closed": ["torkam"]}, "closed", "No crossing, line", "torkam"),
    Kind("place without a crossing to shut", {"closed": ["karachi"]}, "closed",
         "that is a place; name a crossing", "karachi"),
    Kind("country to shut", {"closed": ["IR"]}, "closed", "that is a country; only", "IR"),
    Kind("unknown thing to open", {"opened": ["torkam"]}, "opened", "No crossing, line", "torkam"),
    Kind("place to open", {"opened": ["karachi"]}, "opened", "that is a place", "karachi"),
    Kind("unbuilt line to open", {"opened": ["khyber-rail"]}, "opened",
         "not built; switch on its project", "khyber-rail"),
    Kind("shut and opened", {"closed": ["torkham"], "opened": ["torkham"]}, "opened",
         "it is both closed and opened", "torkham-road"),
    Kind("unknown project", {"projects": ["uapp"]}, "projects", "No project 'uapp'", "uapp"),
    Kind("departure before what is known", {"depart": "1980-01-01"}, "depart",
         "before the", "1980-01-01"),
    Kind("departure on no day", {"depart": "2027-02-30"}, "depart", "not a date like",
         "2027-02-30"),
    Kind("deadline before the departure", {"deadline": "1979-12-31"}, "deadline",
         "before the", "1979-12-31"),
    Kind("no time at all", {"deadline": "0"}, "deadline", "above 0", "0"),
    Kind("goods that keep", {"cargo": "general", "shelf_life_days": 5.0},
         "shelf_life_days", "does not perish", "5"),
)  # fmt: skip

ALONE_WITHOUT_FAULT = ("day before any evidence",)
"""What is the answer to a sound question, and a fault with its day beside other faults."""

KEYLESS = {"tables_sha256", "workspace_version"}
"""Parts of a question that no door types: they follow from the tables and the workspace."""


def typed(kinds: Iterable[Kind]) -> dict[str, Any]:
    """Return what is typed where several kinds meet: lists together, of single values the first."""
    words = dict[str, Any]()
    for kind in kinds:
        for key, value in kind.typed.items():
            if isinstance(value, list):
                words[key] = list(dict.fromkeys([*words.get(key, []), *value]))
            else:
                words.setdefault(key, value)
    return SOUND | words


def first_of_each(kinds: Iterable[Kind]) -> list[Kind]:
    """Return kinds that can be typed together: of an argument with one value, the first."""
    taken: dict[str, Any] = {}
    together = []
    for kind in kinds:
        single = {key: value for key, value in kind.typed.items() if not isinstance(value, list)}
        if all(taken.get(key, value) is value for key, value in single.items()):
            taken |= single
            together.append(kind)
    return together


def python_faults(words: dict[str, Any]) -> list[Fault]:
    given = {key: value for key, value in words.items() if key not in SOUND}
    premises = {key: given.pop(key) for key in ("state", "closed", "opened", "projects",
                                                "price_year") if key in given}  # fmt: skip
    ways = {key: given.pop(key) for key in ("via", "avoid", "corridor") if key in given}
    days = {key: given.pop(key) for key in Timing.__dataclass_fields__ if key in given}
    with pytest.raises((DataError, NoEvidenceError)) as caught:
        ask(
            Catalog(),
            (words["origin"], words["destination"]),
            Premises(
                as_of=dt.date.fromisoformat(words["as_of"]), timing=Timing(**days), **premises
            ),
            shipment=Shipment(**given),
            ways=Ways(**ways),
        )
    error = caught.value
    return list(error.faults) if isinstance(error, DataError) else [Fault("as_of", str(error))]


def command_line(words: dict[str, Any]) -> list[str]:
    line = ["route", words["origin"], words["destination"]]
    for key, option in OPTIONS.items():
        values = words.get(key, [])
        line += [f"{option}={v}" for v in (values if isinstance(values, list) else [values])]
    return line


def study_text(words: dict[str, Any]) -> str:
    tables: dict[str, dict[str, Any]] = {"": {"name": "bad", "title": "bad"}}
    for key, dotted in STUDY_KEYS.items():
        if key in words:
            table, _, name = dotted.rpartition(".")
            value = [words[key]] if key in ("origin", "destination", "state") else words[key]
            tables.setdefault(table, {})[name] = value
    lines = []
    for table, values in tables.items():
        lines += [f"[{table}]"] if table else []
        for name, value in values.items():
            shown = value if name == "as_of" else "nan" if value != value else json.dumps(value)  # noqa: PLR0124
            lines.append(f"{name} = {shown}")
    return "\n".join(lines) + "\n"


def in_study(kind: Kind) -> bool:
    return set(kind.typed) <= set(STUDY_KEYS)


def run_study_file(folder: Path, words: dict[str, Any]) -> int:
    path = folder / "bad.toml"
    path.write_text(study_text(words), encoding="utf-8")
    return main(["study", "run", str(path), "--out", str(folder / "out")])


def option_line(kind: Kind) -> str:
    """Return a line of the command line's error, as a pattern."""
    name = OPTIONS.get(kind.key, "")
    given = kind.typed[kind.key] if kind.name in ALONE_WITHOUT_FAULT else kind.given
    label = " ".join(part for part in (name, given) if part)
    return rf"(?m)^  {re.escape(label + ': ') if label else ''}.*{re.escape(kind.says)}"


def study_line(kind: Kind) -> str:
    """Return how a line of the study's error goes on after its number, as a pattern."""
    position = r"\.\d+" if kind.key in ("origin", "destination", "state") else ""
    if kind.name == "one place for both ends":
        position = ""
    given = "" if kind.in_study or not kind.given else f"{re.escape(kind.given)}: "
    key = re.escape(STUDY_KEYS[kind.key]) + position
    return rf"(?m)^  line \d+, {key}: {given}.*{re.escape(kind.in_study or kind.says)}"


def test_every_part_of_a_question_has_a_kind_of_fault() -> None:
    parts = set(Question.__dataclass_fields__) - KEYLESS
    parts = parts - {"ends", "shipment", "travel"} | {"origin", "destination"}
    parts |= set(Shipment.__dataclass_fields__) | set(Timing.__dataclass_fields__)
    assert {kind.key for kind in KINDS} == parts


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_python_names_the_argument(kind: Kind) -> None:
    faults = python_faults(typed([kind]))
    assert {(fault.key, fault.given) for fault in faults} == {(kind.key, kind.given)}
    assert kind.says in faults[0].text


@pytest.mark.parametrize("kind", [k for k in KINDS if k.key != "price_year"], ids=lambda k: k.name)
def test_the_command_line_names_the_option(kind: Kind, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command_line(typed([kind]))) == 2
    told = capsys.readouterr().err
    if kind.name in ALONE_WITHOUT_FAULT:
        assert told.startswith(f"karwan: {kind.says}")
    else:
        assert told.startswith("karwan: 1 fault in the question:\n")
        assert re.search(option_line(kind), told)


@pytest.mark.parametrize("kind", [k for k in KINDS if in_study(k)], ids=lambda k: k.name)
def test_the_study_file_names_its_key_and_line(
    kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_study_file(tmp_path, typed([kind])) == 2
    told = capsys.readouterr().err
    assert told.startswith("karwan: 1 fault in study ")
    assert re.search(study_line(kind), told)
    assert not (tmp_path / "out").exists()


TOGETHER = {
    "ends unknown": first_of_each(k for k in KINDS if not k.needs_ends),
    "ends known": first_of_each(k for k in KINDS if k.key not in ("origin", "destination")),
    "one end known": first_of_each(k for k in KINDS if k.key != "origin" and k.given != "karachi"),
}


@pytest.mark.parametrize("kinds", TOGETHER.values(), ids=list(TOGETHER))
def test_all_at_once_in_python(kinds: list[Kind]) -> None:
    faults = python_faults(typed(kinds))
    for kind in kinds:
        told = [f for f in faults if f.key == kind.key and kind.says in f.text]
        assert told, kind.name
        if kind.name not in ALONE_WITHOUT_FAULT:
            assert kind.given in {fault.given for fault in told}


@pytest.mark.parametrize("kinds", TOGETHER.values(), ids=list(TOGETHER))
def test_all_at_once_on_the_command_line(
    kinds: list[Kind], capsys: pytest.CaptureFixture[str]
) -> None:
    there = [kind for kind in kinds if kind.key != "price_year"]
    assert main(command_line(typed(there))) == 2
    told = capsys.readouterr().err
    for kind in there:
        assert re.search(option_line(kind), told), kind.name


@pytest.mark.parametrize("kinds", TOGETHER.values(), ids=list(TOGETHER))
def test_all_at_once_in_a_study_file(
    kinds: list[Kind], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = [kind for kind in kinds if in_study(kind)]
    assert run_study_file(tmp_path, typed(there)) == 2
    told = capsys.readouterr().err
    for kind in there:
        assert re.search(study_line(kind), told), kind.name
