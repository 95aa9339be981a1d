"""One question, whatever door it came through: equal if the same is asked, keyed faults if not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from karwan import today
from karwan.analysis.world.question import Premises, Shipment, Ways, ask
from karwan.base.errors import DataError, Fault, NoEvidenceError
from karwan.cli.options import option_name
from karwan.data.catalog import Catalog
from karwan.main import main
from karwan.study.question import study_faults
from karwan.study.spec import read_study

DAY = dt.date(2026, 11, 22)
ENDS = ("almaty", "karachi")
BAD = Premises(
    as_of=DAY,
    closed=("torkam", "karachi"),
    opened=("khyber-rail",),
    projects=("uapp",),
    state="sunny",
    price_year=1900,
)
BAD_GOODS = Shipment(unit="van", cargo="wheatt", tonnes=-3.0, value_usd=-1.0, carrier="XX")
BAD_WAYS = Ways(via=("torkam",), avoid=("XX",), corridor="ktup")
KEYS = {
    "origin", "destination", "via", "avoid", "corridor", "unit", "cargo", "tonnes", "value_usd",
    "carrier", "price_year", "state", "closed", "opened", "projects",
}  # fmt: skip


def faults_of(**options: object) -> tuple[Fault, ...]:
    arguments = {"ends": ENDS, "premises": Premises(as_of=DAY)} | options
    with pytest.raises(DataError, match="in the question") as caught:
        ask(Catalog(), **arguments)  # type: ignore[arg-type]
    return caught.value.faults


def test_the_same_question_asked_in_other_words_is_equal_and_has_one_hash() -> None:
    plain = ask(Catalog(), ENDS, Premises(as_of=DAY, closed=("torkham-road", "khunjerab-road")))
    other = ask(
        Catalog(), ("Almaty", "Karachi"), Premises(as_of=DAY, closed=("Khunjerab", "Torkham"))
    )
    assert plain.question == other.question
    assert len({plain.question, other.question}) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"premises": Premises(as_of=dt.date(2026, 11, 21))},
        {"premises": Premises(as_of=DAY, closed=("khunjerab",))},
        {"premises": Premises(as_of=DAY, opened=("torkham",))},
        {"premises": Premises(as_of=DAY, projects=("uap",))},
        {"premises": Premises(as_of=DAY, state="all-open")},
        {"premises": Premises(as_of=DAY, price_year=2022)},
        {"shipment": Shipment(unit="40ft")},
        {"ways": Ways(via=("hairatan",))},
        {"ways": Ways(avoid=("IR",))},
        {"ways": Ways(corridor="kuap-road-torkham")},
        {"ends": ("astana", "karachi")},
    ],
)
def test_each_part_of_a_question_tells_it_from_another(changed: dict[str, object]) -> None:
    arguments = {"ends": ENDS, "premises": Premises(as_of=DAY)} | changed
    plain = ask(Catalog(), ENDS, Premises(as_of=DAY)).question
    assert ask(Catalog(), **arguments).question != plain  # type: ignore[arg-type]


def test_other_tables_and_a_workspace_with_one_more_row_make_another_question(
    tmp_path: Path,
) -> None:
    plain = ask(Catalog(), ENDS, Premises(as_of=DAY)).question
    tables, workspace = tmp_path / "tables", tmp_path / "workspace"
    tables.mkdir()
    lines = Catalog().content("place_names").splitlines(keepends=True)
    (tables / "place_names.csv").write_bytes(b"".join(lines[:-1]))
    assert ask(Catalog(tables), ENDS, Premises(as_of=DAY)).question != plain
    row = ["evidence", "add-closure", "khunjerab", "2026-11-20", "--end-status", "ongoing"]
    told = ["--source", "call", "--source-date", "2026-11-20", "--workspace", str(workspace)]
    assert main([*row, *told]) == 0
    kept = ask(Catalog(None, workspace), ENDS, Premises(as_of=DAY)).question
    assert kept.workspace_version != plain.workspace_version == ""


def test_every_kind_of_fault_is_named_at_once_under_its_argument() -> None:
    faults = faults_of(
        ends=("almatyy", "karachii"), premises=BAD, shipment=BAD_GOODS, ways=BAD_WAYS
    )
    assert {fault.key for fault in faults} == KEYS
    told = DataError("the question", faults).told(option_name)
    for word in ("--close torkam: ", "--open khyber-rail: ", "--with uapp: ", "--via torkam: ",
                 "--avoid XX: ", "--value: ", "--price-year: ", "--state sunny: "):  # fmt: skip
        assert f"\n  {word}" in told


def test_what_is_passed_and_avoided_at_once_is_named_under_avoid() -> None:
    ways = Ways(via=("khunjerab",), avoid=("khunjerab", "KZ", "karachi"))
    assert [(fault.key, fault.given) for fault in faults_of(ways=ways)] == [
        ("avoid", "KZ"),
        ("avoid", "karachi"),
        ("avoid", "khunjerab-road"),
    ]


def test_a_question_before_any_evidence_says_so_alone_or_beside_its_faults() -> None:
    early = Premises(as_of=dt.date(1990, 1, 1))
    with pytest.raises(NoEvidenceError, match="the first is of"):
        ask(Catalog(), ENDS, early)
    assert {fault.key for fault in faults_of(ends=("almatyy", "karachi"), premises=early)} == {
        "origin",
        "as_of",
    }


def test_the_study_file_names_the_same_faults_under_its_own_keys(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'name = "bad"\ntitle = "bad"\nas_of = 2026-11-22\nprice_year = 1900\n'
        'origins = ["almaty"]\ndestinations = ["karachii"]\n'
        '[consignment]\nunit = "van"\ncargo = "wheatt"\ncarrier = "XX"\n'
        '[world]\nclose = ["torkam"]\nopen = ["khyber-rail"]\nprojects = ["uapp"]\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="8 faults") as caught:
        read_study(path, check=study_faults)
    told = [text.split(": ")[0] for text in caught.value.texts]
    assert told == [
        "line 4, price_year",
        "line 6, destinations.0",
        "line 8, consignment.unit",
        "line 9, consignment.cargo",
        "line 10, consignment.carrier",
        "line 12, world.close",
        "line 13, world.open",
        "line 14, world.projects",
    ]


def test_today_is_a_day_of_the_users_clock() -> None:
    assert abs((today() - dt.datetime.now(dt.UTC).date()).days) <= 1  # noqa: TID251


LATE = ("--depart", "2026-11-10", "--deadline", "2026-11-01", "--shelf-life", "5")


@pytest.mark.parametrize(
    "more",
    [
        ("bannu", "gardez", "--clock", "station"),
        ("kabul", "karachi", "--clock", "station", "--mode", "road"),
    ],
)
def test_a_clock_that_no_way_can_have_is_named_with_all_other_faults(
    more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["route", *more, "--as-of", "2026-11-20", *LATE]) == 2
    told = capsys.readouterr().err
    assert "4 faults in the question" in told
    for fault in ("--depart 2026-11-10", "--deadline 2026-11-01", "--shelf-life 5",
                  "--clock station: needs an end at a station or a quay"):  # fmt: skip
        assert fault in told


@pytest.mark.parametrize(
    ("ends", "ways"),
    [
        (ENDS, Ways(clock="station")),
        (("bannu", "karachi"), Ways(clock="station")),
        (("bannu", "gardez"), Ways(clock="border")),
        (("bannu", "gardez"), Ways()),
    ],
)
def test_a_clock_that_some_way_may_have_is_left_to_the_way(
    ends: tuple[str, str], ways: Ways
) -> None:
    assert ask(Catalog(), ends, Premises(as_of=DAY), ways=ways).question.ends == ends
