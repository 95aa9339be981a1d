"""Python's front door: few names, loaded late, answers equal to what the commands print."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import pytest
import typer.main

import karwan
from karwan.api.answer import MOST_ROWS, Answer, named
from karwan.api.appraisal import ProjectFacts
from karwan.api.energy import EnergyFacts
from karwan.api.facts import DataFacts, EvidenceFacts, NetworkFacts
from karwan.api.region import Region
from karwan.api.statements import Ledger
from karwan.base.errors import DataError, KarwanError, NoEvidenceError, UnknownNameError
from karwan.main import load_program, main
from tests.reference import region

DATE = "2026-11-22"
MOST_NAMES, MOST_LINES = 20, 10
CONSIGNMENTS = str(files("karwan.data").joinpath("examples", "consignments.csv"))


@cache
def ledger() -> Ledger:
    """Return the ledger of the reference date."""
    return karwan.ledger(as_of=DATE)  # the room, called


def command(capsys: pytest.CaptureFixture[str], words: str) -> Any:
    """Return what a command prints as JSON."""
    assert main([*words.split(), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


# What is offered


def test_the_public_names_are_few_and_told() -> None:
    assert len(karwan.__all__) <= MOST_NAMES
    assert sorted(karwan.__all__) == list(karwan.__all__) == [
        "Answer", "DataError", "KarwanError", "Ledger", "Region", "Study", "ledger", "plot",
        "read_closures", "read_incidents", "region", "run_study", "today",
    ]  # fmt: skip
    assert set(dir(karwan)) == {*karwan.__all__, "__version__"}
    for name in karwan.__all__:
        assert getattr(karwan, name).__doc__, name


def test_the_stub_tells_the_types_of_exactly_these_names() -> None:
    import ast
    from pathlib import Path

    stub = Path(str(karwan.__file__)).with_suffix(".pyi").read_text(encoding="utf-8")
    tree = ast.parse(stub)
    names = [
        alias.asname
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(filter(None, names)) == list(karwan.__all__)


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'compare'"):
        _ = karwan.compare  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", ["", "import karwan.ledger.nouns; "])
def test_the_ledger_can_be_called_whether_or_not_its_room_is_loaded(first: str) -> None:
    code = f"{first}import karwan; print(karwan.ledger(as_of='{DATE}').as_of)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == DATE, done.stderr


# The same nouns as the command line

DOES_NOT_ASK = {
    "brief": "a sheet, not rows: Region.brief",
    "export": "files out",
    "new": "files out",
    "network import": "files in",
    "evidence template": "files out",
    "evidence add-workbook": "writes the workspace",
    "data template": "files out",
    "data read-workbook": "files in",
    "evidence add-closure": "writes the workspace",
    "evidence end-closure": "writes the workspace",
    "evidence add-incident": "writes the workspace",
    "evidence add-incidents": "writes the workspace",
    "evidence seen": "writes the workspace",
    "evidence withdraw": "writes the workspace",
    "evidence get-incidents": "fetches, and writes the workspace",
    "feed read": "files in, or fetched; writes the workspace",
    "feed accept": "writes the workspace",
    "feed reject": "writes the workspace",
    "feed list": "reads what `feed read` wrote",
    "feed kinds": "asks nothing of a day: EvidenceFacts.feeds",
    "feed rows": "needs a workspace: EvidenceFacts.figures",
    "token add": "writes the workspace",
    "token list": "reads what `token add` wrote",
    "token revoke": "writes the workspace",
    "audit list": "needs a workspace: EvidenceFacts.trail",
    "audit verify": "needs a workspace: EvidenceFacts.verified",
    "watch add": "writes the workspace",
    "watch list": "reads what `watch add` wrote",
    "watch run": "writes the workspace, sends",
    "watch stop": "writes the workspace",
    "workspace copy": "writes a workspace",
    "workspace migrate": "makes a workspace",
    "evidence check": "checks the workspace's file",
    "evidence export-incidents": "files out",
    "ledger add": "writes the workspace",
    "ledger export": "files out",
    "ledger brief": "files out",
    "ledger read": "files in",
    "serve": "serves the page",
}
"""Commands that ask nothing: files in and out, writing the workspace."""
RUNS = {"study run": "run_study"}
"""A command that is a public function of its own."""
ROOMS: dict[str, type] = {
    "ledger": Ledger,
    "network": NetworkFacts,
    "project": ProjectFacts,
    "energy": EnergyFacts,
    "data": DataFacts,
    "evidence": EvidenceFacts,
}


def commands(group: Any, words: str = "") -> list[str]:
    """Return every command by its words."""
    found = []
    for name, child in group.commands.items():
        path = f"{words} {name}".strip()
        found += commands(child, path) if hasattr(child, "commands") else [path]
    return found


def test_every_question_is_a_function_or_method_of_the_same_noun() -> None:
    known = commands(typer.main.get_command(load_program()))
    assert set(DOES_NOT_ASK) | set(RUNS) <= set(known)
    for words in known:
        if words in DOES_NOT_ASK:
            continue
        if words in RUNS:
            assert callable(getattr(karwan, RUNS[words]))
            continue
        group, _, noun = words.rpartition(" ")
        owner = ROOMS[group] if group else Region
        assert callable(getattr(owner, noun)), words
        if group and owner is not Ledger:
            assert isinstance(getattr(region(), group), owner)


SAME: dict[str, Callable[[], Answer[Any]]] = {
    f"compare almaty karachi --as-of {DATE}": lambda: region().compare("Almaty", "Karachi"),
    f"compare kabul lahore --close torkham --cargo fresh --unit 40ft --state all-open "
    f"--as-of {DATE}": lambda: (
        region()
        .whatif(closed=["torkham"])
        .compare("kabul", "lahore", cargo="fresh", unit="40ft", state="all-open")
    ),
    f"route tashkent karachi --alternatives 3 --avoid IR --as-of {DATE}": lambda: region().route(
        "tashkent", "karachi", alternatives=3, avoid=["IR"]
    ),
    f"route kabul islamabad --corridor kuap-road-torkham --as-of {DATE}": lambda: region().route(
        "kabul", "islamabad", corridor="kuap-road-torkham"
    ),
    f"decide torkham --at karachi --to kabul --unit 40ft --as-of {DATE}": lambda: region().decide(
        "torkham", at="karachi", to="kabul", unit="40ft"
    ),
    f"trips peshawar kabul --paths 100 --deadline 20 --as-of {DATE}": lambda: region().trips(
        "peshawar", "kabul", paths=100, deadline=20
    ),
    f"exposure {CONSIGNMENTS} --paths 100 --policy wait --as-of {DATE}": lambda: region().exposure(
        CONSIGNMENTS, paths=100, policy="wait"
    ),
    f"queue torkham --reopens 2026-12-01 --as-of {DATE}": lambda: region().queue(
        "torkham", reopens="2026-12-01"
    ),
    f"capacity AF-PK --close torkham --as-of {DATE}": lambda: region().capacity(
        "AF-PK", closed=["torkham"]
    ),
    f"reliability kabul karachi --on 2027-01-15 --tolerance 0.05 --as-of {DATE}": lambda: (
        region().reliability("kabul", "karachi", on="2027-01-15", tolerance=0.05)
    ),
    f"impact --close torkham --after 30 --as-of {DATE}": lambda: region().impact(
        closed=["torkham"], after_days=30
    ),
    f"critical --capacity --as-of {DATE}": lambda: region().worth(),
    f"hazard torkham --horizon 7,30 --as-of {DATE}": lambda: region().hazard(
        "torkham", days=(30, 7)
    ),
    f"hazard AF-PK --as-of {DATE}": lambda: region().hazard("AF-PK"),
    f"target KAZ-PAK --as-of {DATE}": lambda: region().target("KAZ-PAK"),
    f"article --as-of {DATE}": lambda: region().article(),
    f"benefits --country AFG --as-of {DATE}": lambda: region().benefits(["AFG"]),
    f"energy check --as-of {DATE}": lambda: region().energy.check(),  # noqa: PLW0108 (a region only when asked)
    f"energy delays --as-of {DATE}": lambda: region().energy.delays(),  # noqa: PLW0108 (a region only when asked)
    f"energy sabotage --as-of {DATE}": lambda: region().energy.sabotage(),  # noqa: PLW0108 (a region only when asked)
    f"energy show tapi --as-of {DATE}": lambda: region().energy.show("tapi"),
    f"project backcast khaf-herat --strict --as-of {DATE}": lambda: region().project.backcast(
        "khaf-herat", strict=True
    ),
    f"project list --as-of {DATE}": lambda: region().project.list(),  # noqa: PLW0108 (a region only when asked)
    f"project show torghundi-herat --as-of {DATE}": lambda: region().project.show("Torghundi"),
    f"appraise torghundi-herat --closures none --draws 200 --as-of {DATE}": lambda: (
        region().appraise("torghundi-herat", closures="none", draws=200)
    ),
    f"calibrate --as-of {DATE}": lambda: region().calibrate(),
    f"network show torkham --as-of {DATE}": lambda: region().network.show("torkham"),
    f"network show --as-of {DATE}": lambda: region().network.show(),  # noqa: PLW0108 (a region only when asked)
    "network check": lambda: region().network.check(),  # noqa: PLW0108 (a region only when asked)
    "data list": lambda: region().data.list(),  # noqa: PLW0108 (a region only when asked)
    "data show closures --rows 3": lambda: region().data.show("closures", rows=3),
    "data sources": lambda: region().data.sources(),  # noqa: PLW0108 (a region only when asked)
    f"ledger list --corridor KTAP --as-of {DATE}": lambda: ledger().list(corridor="KTAP"),
    f"ledger show C43 --as-of {DATE}": lambda: ledger().show("C43"),
    f"ledger assess C43 --as-of {DATE}": lambda: ledger().assess("C43"),
    f"ledger assess --all --as-of {DATE}": lambda: ledger().assess(),
    f"ledger history C43 --as-of {DATE}": lambda: ledger().history("C43"),
    f"ledger diff --since 2026-06-01 --as-of {DATE}": lambda: ledger().diff("2026-06-01"),
    "ledger corrections": lambda: ledger().corrections(),
    "evidence due": lambda: karwan.region(as_of=karwan.today()).evidence.due(),  # noqa: PLW0108 (a region only when asked)
    f"energy list --as-of {DATE}": lambda: region().energy.list(),  # noqa: PLW0108 (a region only when asked)
    "evidence coding": lambda: region().evidence.coding(),  # noqa: PLW0108 (a region only when asked)
    f"evidence incidents kuap-road-torkham --as-of {DATE}": lambda: region().evidence.incidents(
        "kuap-road-torkham"
    ),
    f"futures kabul karachi --paths 100 --horizon 30 --as-of {DATE}": lambda: region().futures(
        "kabul", "karachi", path_count=100, horizon_days=30
    ),
    f"futures kabul karachi --paths 100 --horizon 30 --stream --as-of {DATE}": lambda: (
        region().futures("kabul", "karachi", path_count=100, horizon_days=30, stream=True)
    ),
    f"futures kabul karachi --day 30 --as-of {DATE}": lambda: region().futures(
        "kabul", "karachi", day=30
    ),
    f"critical --links --top 3 --as-of {DATE}": lambda: region().critical(links=True, top=3),
}


def came_back(frame: pl.DataFrame, form: str) -> pl.DataFrame:
    """Return a frame written in a form and read from it, by the kinds of its columns."""
    buffer = io.BytesIO()
    if form == "parquet":
        frame.write_parquet(buffer)
        return pl.read_parquet(io.BytesIO(buffer.getvalue()))
    kinds = {name: pl.String if kind == pl.Null else kind for name, kind in frame.schema.items()}
    frame.write_csv(buffer)
    read = pl.read_csv(buffer.getvalue(), schema_overrides=kinds, null_values=[""])
    return read.cast({name: kind for name, kind in frame.schema.items() if kind == pl.Null})


@pytest.mark.parametrize("words", SAME)
def test_an_answer_is_what_the_command_prints(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = SAME[words]()
    assert answer.to_dict() == command(capsys, words)
    frame = answer.to_frame()
    assert isinstance(frame, pl.DataFrame)
    assert frame.width > 0
    assert came_back(frame, "parquet").equals(frame)
    # CSV has no letter between nothing and a blank text: both are blank there.
    blank = frame.with_columns(pl.col(pl.String).replace("", None))
    assert came_back(frame, "csv").equals(blank)
    assert answer._repr_html_().startswith("<table>")
    assert 1 <= len(repr(answer).splitlines()) <= MOST_LINES
    assert len(repr(answer)) < 2_000


def test_security_is_what_compare_says_with_a_factor(capsys: pytest.CaptureFixture[str]) -> None:
    answer = region().security("kabul", "karachi", hazard_factor=0.5)
    words = f"compare kabul karachi --hazard-factor 0.5 --as-of {DATE}"
    assert answer.to_dict() == command(capsys, words)["security"]
    assert answer.to_frame()["times"].unique().sort().to_list() == ["ordinary", "today"]


def test_every_question_command_is_compared() -> None:
    asked = {" ".join(words.split()[:2]) for words in SAME} | {words.split()[0] for words in SAME}
    missing = [
        words
        for words in commands(typer.main.get_command(load_program()))
        if words not in asked and words not in DOES_NOT_ASK and words not in RUNS
    ]
    assert missing == ["evidence list"]  # needs a workspace: below


def test_rows_of_a_workspace_are_those_of_the_command(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "evidence add-closure khunjerab 2026-11-01 --end-status ongoing --source call"
    folder = str(tmp_path / "ws")
    more = ["--source-date", "2026-11-02", "--workspace", folder, "--who", "me"]
    assert main([*words.split(), *more]) == 0
    capsys.readouterr()
    own = karwan.region(as_of=DATE, workspace=folder)
    assert own.evidence.list().to_dict() == command(capsys, f"evidence list --workspace {folder}")
    known = {cut.id for one in own.compare("almaty", "karachi").content.answers for cut in one.cuts}
    assert "khunjerab-road" in known
    with pytest.raises(DataError, match="workspace: the region was given none"):
        region().evidence.list()


# What if


def test_whatif_is_the_question_asked_anew() -> None:
    shut = region().whatif(closed=["torkham", "chaman"], projects=["uap"])
    anew = karwan.region(as_of=DATE, closed=["torkham", "chaman"], projects=["uap"])
    assert shut.compare("kabul", "lahore").to_dict() == anew.compare("kabul", "lahore").to_dict()
    assert region().world.shut_ids == frozenset()


def test_whatif_adds_to_what_is_shut_and_names_what_clashes() -> None:
    both = region().whatif(closed=["torkham"]).whatif(closed=["chaman"])
    assert (
        both.world.shut_ids
        == karwan.region(as_of=DATE, closed=["chaman", "torkham"]).world.shut_ids
    )
    assert len(both.world.shut_ids) > len(region().whatif(closed=["torkham"]).world.shut_ids)
    with pytest.raises(DataError, match="opened torkham-road: it is both closed and opened"):
        both.whatif(opened=["torkham"])


# Faults name arguments


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: karwan.region(as_of="22.11.2026"), "as_of 22.11.2026: not a date"),
        (lambda: karwan.region(as_of=DATE, closed="torkham"), "closed: give a list of names"),
        (lambda: karwan.region(as_of=DATE, opened=["xx"], projects=["yy"]), "opened xx: .*\n.*pro"),
        (lambda: region().compare("Almaty", "Atlantis"), "destination: No place 'Atlantis'"),
        (lambda: region().compare("Almaty", "Kabul", state="open"), "state open: not one of"),
        (lambda: region().compare("Almaty", "Kabul", value_usd=-1.0), "value_usd"),
        (lambda: region().route("Almaty", "Kabul", mode="air"), "mode air: not one of road"),
        (lambda: region().route("Almaty", "Kabul", alternatives=0), "alternatives 0: must be 1"),
        (
            lambda: region().futures("Almaty", "Kabul", horizon_days=0),
            "horizon_days 0: ",
        ),
        (lambda: region().hazard("torkham", days=[0]), "days 0: not a number of days"),
        (lambda: region().hazard("torkham", days=[]), "days: is empty"),
        (lambda: region().critical(weights="mine", top=0), "weights mine: .*\n.*top 0: must be 1"),
        (lambda: ledger().diff("yesterday"), "since yesterday: not a date"),
        (lambda: karwan.run_study(seed=-1), "seed -1: it must be from 0"),
    ],
)
def test_a_fault_names_its_argument(ask: Callable[[], Any], told: str) -> None:
    with pytest.raises(DataError, match=told) as caught:
        ask()
    assert "--" not in str(caught.value)


def test_all_faults_of_a_question_come_at_once() -> None:
    with pytest.raises(DataError, match="3 faults in the question") as caught:
        karwan.region(as_of="yesterday", closed=["xx"], projects=["yy"])
    assert [fault.key for fault in caught.value.faults] == ["as_of", "closed", "projects"]


def test_other_errors_keep_their_kind() -> None:
    with pytest.raises(NoEvidenceError, match="Ask of a later date"):
        karwan.region(as_of=dt.date(1900, 1, 1))
    with pytest.raises(UnknownNameError, match="Torkham"):
        region().hazard("torkam")
    with pytest.raises(KarwanError, match="does not serve"):
        region().route("almaty", "astana", corridor="kuap-road-torkham")


def test_as_of_is_required() -> None:
    with pytest.raises(TypeError, match="as_of"):
        karwan.region()  # type: ignore[call-arg]


# Threads


def test_threads_share_a_region_and_get_the_answers_of_one() -> None:
    shared = karwan.region(as_of=DATE)
    pairs = [("almaty", "karachi"), ("kabul", "lahore"), ("tashkent", "gwadar")] * 4
    shut = [(), ("torkham",), ("khunjerab",)]

    def ask(number: int) -> Any:
        origin, destination = pairs[number]
        mine = shared.whatif(closed=shut[number % 2 + number % 3 % 2])
        return mine.compare(origin, destination).to_dict()

    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(ask, range(len(pairs))))
    assert together == [ask(number) for number in range(len(pairs))]


# The form of an answer


def rows_of(count: int) -> Answer[None]:
    """Return an answer of so many rows."""
    rows = [{"a": k, "b": f"row\x1b {k}", "c": None} for k in range(count)]
    return Answer(
        title="Made\nrows",
        content=None,
        tell=lambda: {"rows": (1, {2: (3,)})},
        columns=named("a", "b", "c", shown=("a", "b")),
        rows=lambda: rows,
    )


@pytest.mark.parametrize(("count", "lines"), [(0, 2), (1, 3), (MOST_ROWS, 9), (MOST_ROWS + 1, 10)])
def test_a_repr_has_ten_lines_at_most_and_no_control_character(count: int, lines: int) -> None:
    text = repr(rows_of(count))
    assert len(text.splitlines()) == lines
    assert "\x1b" not in text
    assert text.splitlines()[0] == "Made rows"


def test_data_of_an_answer_are_those_of_json() -> None:
    assert rows_of(1).to_dict() == {"rows": [1, {"2": [3]}]}


def test_a_frame_has_what_a_notebook_does_not_show() -> None:
    answer = rows_of(101)
    assert answer.to_frame().shape == (101, 3)
    html = answer._repr_html_()
    assert html.count("<tr>") == 101  # the header, and a hundred rows
    assert "and 1 more rows in the frame" in html
    assert "<th>c</th>" not in html
