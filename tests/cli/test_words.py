"""What commands print and take is in words: names, days, countries, one date, one bracket."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from karwan.analysis.corridors.comparison import BEST_WAY
from karwan.base.words import counted
from karwan.cli import completion
from karwan.data.new_land import write_land
from karwan.main import load_program, main

DATE = "2026-11-22"


def asked(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(list(words)) == code
    told = capsys.readouterr()
    return told.out if code == 0 else told.err


def test_a_comparison_names_corridors_countries_and_days(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = asked(capsys, "compare", "almaty", "karachi", "--as-of", DATE)
    assert re.search(r"Kazakhstan - .* - Pakistan by road, .* h = \d+\.\d days,", text)
    assert "KUAP: road via Kandahar and Chaman (kuap-road-chaman): if open" in text
    assert "hours (P05-P95)" in text
    assert "USD (band)" in text
    assert "carrier Kazakhstan;" in text
    assert re.search(r"^\d+ of \d+ corridors do not serve this pair: ", text, re.M)
    for row in csv.DictReader(
        io.StringIO(
            asked(capsys, "compare", "almaty", "karachi", "--as-of", DATE, "--format", "csv")
        )
    ):
        assert row["corridor_name"].partition(": ")[2] or row["corridor"] == BEST_WAY


def test_json_keeps_its_keys_and_adds_names(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["route", "almaty", "karachi", "--corridor", "KKCP: road via Torugart and Khunjerab"]
    told = json.loads(asked(capsys, *words, "--as-of", DATE, "--format", "json"))
    assert told["corridor"] == "kkcp-road-torugart"
    assert told["corridor_name"] == "KKCP: road via Torugart and Khunjerab"
    (route,) = told["routes"]
    assert route["countries"] == ["KZ", "KG", "CN", "PK"]
    assert route["country_names"] == ["Kazakhstan", "Kyrgyzstan", "China", "Pakistan"]


@pytest.mark.parametrize(
    ("ends", "countries"),
    [
        (("aktau", "baku"), "Kazakhstan - Azerbaijan by sea"),
        (("turkmenbashi", "baku"), "Turkmenistan - Azerbaijan by sea"),
        (("karachi", "jebel-ali"), "Pakistan - United Arab Emirates by sea"),
    ],
)
def test_a_country_reached_by_ship_is_listed(
    ends: tuple[str, str], countries: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert countries in asked(capsys, "route", *ends, "--as-of", DATE)


@pytest.mark.parametrize("name", ["Afghanistan", "AFG", "af", "Афганистан"])
def test_a_country_is_kept_out_of_by_any_of_its_names(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = asked(capsys, "route", "kabul", "karachi", "--avoid", name, "--as-of", DATE, code=2)
    assert f"--avoid {'AF'}: Kabul lies there" in text
    assert (
        "Afghanistan"
        not in asked(capsys, "route", "almaty", "karachi", "--avoid", name, "--as-of", DATE)
        .partition("1. ")[2]
        .partition(" by ")[0]
    )


def test_a_carrier_and_a_pair_are_named_as_one_likes(capsys: pytest.CaptureFixture[str]) -> None:
    for carrier in ("PK", "pak", "Pakistan", "پاکستان"):
        words = ["route", "almaty", "karachi", "--carrier", carrier, "--as-of", DATE]
        assert "carrier Pakistan;" in asked(capsys, *words)
    assert "No carrier's country 'Foo'" in asked(
        capsys, "route", "almaty", "karachi", "--carrier", "Foo", "--as-of", DATE, code=2
    )
    heads = {
        asked(capsys, "target", pair, "--as-of", DATE).splitlines()[0]
        for pair in ("KAZ-PAK", "pk-kz", "Kazakhstan - Pakistan", "Казахстан-Пакистан")
    }
    assert len(heads) == 1


def test_a_corridor_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    text = asked(capsys, "network", "show", "kuap-road-chaman", "--as-of", DATE)
    assert text.startswith("corridor: KUAP: road via Kandahar and Chaman\nid: kuap-road-chaman")
    assert "chaman-spin-boldak-road): Afghanistan to Pakistan" in text
    assert "keeps out of:\n  - China\n" in text
    by_name = asked(
        capsys, "network", "show", "KUAP: road via Kandahar and Chaman", "--as-of", DATE
    )
    assert by_name == text
    several = asked(capsys, "network", "show", "KUAP", code=2)
    assert "Several variants bear it; give an id: kuap-multimodal (" in several


@pytest.mark.parametrize(
    "words",
    [
        ["data", "list"],
        ["data", "sources"],
        ["network", "check"],
        ["network", "show", "torkham", "--as-of", DATE],
        ["ledger", "show", "C43", "--as-of", DATE],
        ["ledger", "history", "C43", "--as-of", DATE],
        ["ledger", "diff", "--since", "2025-11-22", "--as-of", DATE],
    ],
    ids=" ".join,
)
def test_csv_is_csv(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.reader(io.StringIO(asked(capsys, *words, "--format", "csv"))))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in rows[0])


def test_one_of_a_thing_is_told_in_the_singular(capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(1, "closure") == "1 closure"
    words = ["compare", "almaty", "karachi", "--as-of", DATE, "--hazard-factor", "1"]
    text = asked(capsys, *words, "--paths", "100", "--days", "30")
    assert "If closures came as often as now, over 30 days" in text
    assert not re.search(r"(?<![\d.,])1 (closures|days|times|statements|corridors|pairs)\b", text)


def test_the_shell_is_given_ids_without_a_network(tmp_path: Path) -> None:
    code = (
        "import sys, typer\n"
        "from karwan.cli import completion\n"
        "class Context: params = {'tables': sys.argv[1] or None}\n"
        "for name in ('places', 'elements', 'corridors', 'countries', 'things', 'avoided'):\n"
        "    print(name, [i for i, _ in getattr(completion, name)(Context(), sys.argv[2])])\n"
        "heavy = {'polars', 'numpy', 'scipy', 'numba', 'karwan.network.network'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    def told(tables: str, begun: str) -> list[str]:
        words = [sys.executable, "-c", code, tables, begun]
        run = subprocess.run(words, capture_output=True, text=True, check=True)
        return run.stdout.splitlines()

    assert told("", "almat") == [
        "places ['almaty']", "elements []", "corridors []", "countries []", "things ['almaty']",
        "avoided ['almaty']", "[]",
    ]  # fmt: skip
    assert told("", "Kaz")[3] == "countries ['Kazakhstan']"
    land = write_land(tmp_path / "land")
    assert told(str(land), "n")[0] == "places ['norton']"
    assert told(str(tmp_path / "none"), "a")[0] == "places []"


COMPLETED = re.compile(r"YYYY-MM-DD|^(Place|Corridor|Crossing|Road crossing|Project|Link)\\b")
"""How the help of an argument begins, or what it names, that a shell can complete."""


def test_every_place_crossing_corridor_project_and_day_is_completed() -> None:
    bare = [
        f"{words} {one.name}"
        for words, command in every_command(typer.main.get_command(load_program()))
        for one in command.params
        if COMPLETED.search(getattr(one, "help", None) or "") and one._custom_shell_complete is None
    ]
    assert bare == []


def every_command(group: Any, words: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command with its words."""
    for name, child in group.commands.items():
        path = f"{words} {name}".strip()
        if hasattr(child, "commands"):
            yield from every_command(child, path)
        else:
            yield path, child


def test_frontiers_families_targets_and_days_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    context = cast("typer.Context", SimpleNamespace(params={}))
    assert [one for one, _ in completion.gates(context, "AF-P")] == ["AF-PK"]
    assert [one for one, _ in completion.families(context, "K")] == ["KTAP", "KUAP", "KKCP"]
    assert "KAZ-PAK" in [one for one, _ in completion.trades(context, "KAZ")]
    assert completion.traders(context, "AFG") == [("AFG", "Afghanistan")]
    assert completion.energy_links(context, "casa")[0][0] == "casa-1000"
    monkeypatch.setattr("karwan.api.today", lambda: dt.date(2026, 11, 27))
    assert [one for one, _ in completion.days("2026-11")] == ["2026-11-27", "2026-11-01"]
    assert completion.days("2027-11")[0][0] == "2027-11-01"


def test_the_shell_asks_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_KARWAN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "karwan network show kkcp-road-k")
    monkeypatch.setenv("COMP_CWORD", "3")
    code = "from karwan.main import main; main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["kkcp-road-khorgos"]
