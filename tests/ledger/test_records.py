"""The user's ledger: checked whole, added once, never changed, and out again as it went in."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence.workspace import DATABASE, VERSIONS
from karwan.ledger.assessment import assess_statement
from karwan.ledger.drafts import draft_rows
from karwan.ledger.indicators import read_facts
from karwan.ledger.nouns import TABLES
from karwan.ledger.own_rows import read_texts
from karwan.ledger.records import (
    Drawn,
    Recorded,
    add_drawn,
    add_rows,
    read_assessments,
    record_assessments,
    to_record,
)
from karwan.ledger.statements import read_ledger

WHO, WHEN = "desk", "2026-11-24T10:00:00+00:00"
AFTER = "2026-11-27T10:00:00+00:00"
"""When the rows that ship had all been read."""
TODAY = dt.date(2026, 11, 24)
WHENCE = {"source_url": "https://example.org/x", "source_date": "2026-11-20", "confidence": "A"}
SOURCE = {
    "source_id": "W-SRC1", "publisher": "example.org", "source_class": "news_report",
    "language": "en", "translated": "no", "read_on": "2026-11-21", **WHENCE,
}  # fmt: skip
STATEMENT = {
    "id": "W1", "source_id": "W-SRC1", "speaker": "Gate office", "speaker_kind": "local_authority",
    "said_on": "2026-11-19", "speech_act": "assurance", "attribution": "reported",
    "translated": "no", "paraphrase": "Torkham opens in a week.", "corridors": "KUAP",
    "corroboration": "not sought", "contested": "no", **WHENCE,
}  # fmt: skip
PART = {
    "id": "W1", "statement_id": "W1", "paraphrase": "Torkham opens in a week.",
    "polarity": "affirms", "elements": "torkham-road", "testable": "yes", **WHENCE,
}  # fmt: skip
TEST = {
    "id": "I-W1", "proposition_id": "W1", "metric": "opening", "data_set": "closures",
    "filter": "elements=torkham-road;class=cargo", "operator": "by", "window_start": "2026-10-01",
    "deadline": "2026-11-26", "tolerance_days": "0", "written_on": "2026-11-21",
    "rule": "opening/1", **WHENCE,
}  # fmt: skip
BLANK = Recorded(
    proposition_id="",
    as_of="",
    assessed_on="2026-11-24",
    delivery="",
    evidence_status="",
    rule="",
    inputs_sha256="",
    supports="",
    contradicts="",
    reason="",
    assessor="",
    second_coder="",
    dissent="",
    reply="",
)
NEW = {"source": [SOURCE], "statement": [STATEMENT], "proposition": [PART], "indicator": [TEST]}


def add(
    folder: Workspace, new: dict[str, list[dict[str, str]]] | None = None
) -> dict[str, list[str]]:
    return add_rows(folder, Catalog(None, folder), new or NEW, who=WHO, when=WHEN)


def computed(folder: Workspace, as_of: dt.date = TODAY) -> Recorded:
    catalog = Catalog(None, folder)
    ledger = read_ledger(catalog)
    status = assess_statement(ledger, read_facts(catalog), ledger.statement("W1"), as_of)
    return to_record(status.parts[0], TODAY)


def record(folder: Workspace, *found: Recorded, written: str = "2026-11-21") -> int:
    dates = {"W1": dt.date.fromisoformat(written)}
    return record_assessments(folder, found, dates, who=WHO, when=WHEN)


def test_a_users_statement_joins_the_shipped_ledger(place: Workspace) -> None:
    assert add(place)["statement"] == ["W1"]
    ledger = read_ledger(Catalog(None, place))
    assert len(ledger.statements) == 136
    assert computed(place).delivery == "not due"
    assert read_ledger(Catalog()).statements.keys() == ledger.statements.keys() - {"W1"}


def test_rows_come_out_letter_for_letter(place: Workspace) -> None:
    add(place)
    texts = read_texts(place)
    for kind, rows in NEW.items():
        assert [{k: v for k, v in row.items() if v is not None} for row in texts[kind]] == rows


def test_the_shipped_ledger_goes_in_and_comes_out_as_it_was(place: Workspace) -> None:
    """Tables → database → tables, byte for byte, under other ids."""
    import polars as pl

    from tests.reference import packaged

    shipped = {
        kind: pl.read_csv(packaged(table), infer_schema=False, null_values=[""]).to_dicts()
        for kind, table in TABLES.items()
    }
    ids = ("source_id", "id", "statement_id", "proposition_id", "same_as")
    renamed = {
        kind: [{n: "W-" + v if n in ids and v else v for n, v in row.items()} for row in rows]
        for kind, rows in shipped.items()
    }
    add_rows(place, Catalog(None, place), renamed, who=WHO, when=AFTER)
    assert read_texts(place) == renamed


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (
            "indicator",
            {"deadline": "2026-11-18"},
            "indicator I-W1: deadline 2026-11-18 lies before the statement of 2026-11-19",
        ),
        (
            "statement",
            {"speech_act": "promise"},
            "ledger_statements: line 2: speech_act is 'promise', not one of assurance, commitment",
        ),
        (
            "statement",
            {"source_date": "2026-11-25"},
            "statement W1: source_date 2026-11-25 lies in the future",
        ),
        ("statement", {"id": "C01"}, "statement C01: the id is taken already"),
        ("statement", {"spoken": "x"}, "statement: no column 'spoken'"),
        (
            "indicator",
            {"metric": "mood"},
            "ledger_indicators: line 2: metric is 'mood', not one of opening",
        ),
    ],
)
def test_a_fault_is_named_and_nothing_is_written(
    tmp_path: Path, kind: str, change: dict[str, str], message: str
) -> None:
    given = {name: [dict(row) for row in rows] for name, rows in NEW.items()}
    given[kind][0].update(change)
    with pytest.raises(DataError) as caught:  # noqa: PT011 - the message is compared below
        add(tmp_path, given)
    assert any(fault.startswith(message) for fault in caught.value.texts), caught.value.texts
    assert not (tmp_path / DATABASE).exists() or not any(read_texts(tmp_path).values())


def test_an_assessment_is_recorded_once_and_again_only_when_it_changes(place: Workspace) -> None:
    add(place)
    one = computed(place)
    assert record(place, one) == 1
    assert record(place, replace(one, assessed_on="2026-11-25")) == 0
    later = computed(place, dt.date(2026, 12, 1))
    assert later.delivery == "overdue, no evidence"
    assert record(place, later) == 1
    assert [row.delivery for row in read_assessments(place)] == ["not due", later.delivery]


def test_an_indicator_dated_after_its_assessment_is_refused(place: Workspace) -> None:
    add(place)
    with pytest.raises(
        DataError,
        match="W1: its indicator is dated 2026-11-30, after its assessment of 2026-11-24",
    ):
        record(place, computed(place), written="2026-11-30")
    assert read_assessments(place) == []


def test_two_assessments_of_one_rule_version_may_not_disagree_in_silence(place: Workspace) -> None:
    add(place)
    one = computed(place)
    record(place, one)
    other = replace(one, delivery="met", assessor="second desk")
    with pytest.raises(
        DataError,
        match=r"W1: rule opening/1 gave not due / insufficient on 2026-11-24, now met / insuff",
    ):
        record(place, other)
    assert record(place, replace(other, dissent="I saw lorries pass.")) == 1
    assert [row.dissent for row in read_assessments(place)] == ["", "I saw lorries pass."]


def test_rows_are_never_changed_or_deleted(tmp_path: Path) -> None:
    add(tmp_path)
    record(tmp_path, computed(tmp_path))
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        for table in (*TABLES.values(), "ledger_assessments"):
            if not connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
                continue
            for order in (f"UPDATE {table} SET added_by = 'x'", f"DELETE FROM {table}"):
                with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                    connection.execute(order)


def drawn(folder: Workspace, **given: str) -> Callable[[], Drawn]:
    """Return what draws up a statement, under the next id that is free."""
    row = {name: text for name, text in STATEMENT.items() if name not in ("id", "source_id")}

    def draw() -> Drawn:
        catalog = Catalog(None, folder)
        return catalog, draft_rows(
            catalog, "statement", row | given, text=None, span=None, read_on=WHEN[:10]
        )

    return draw


def test_eight_who_add_at_once_take_eight_ids(place: Workspace) -> None:
    add(place)
    with ThreadPoolExecutor(8) as pool:
        added = list(
            pool.map(
                lambda name: add_drawn(place, drawn(place, speaker=name), who=name, when=WHEN),
                [f"desk {number}" for number in range(8)],
            )
        )
    idents = [ident for one in added for ident in one["statement"]]
    held = read_texts(place)
    assert sorted(idents) == sorted(
        str(row["id"]) for row in held["statement"] if row["id"] != "W1"
    )
    assert len(set(idents)) == 8
    by_id = {row["id"]: row["speaker"] for row in held["statement"]}
    assert sorted(by_id[ident] or "" for ident in idents) == [f"desk {n}" for n in range(8)]


def test_faulty_rows_or_none_make_no_workspace(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    with pytest.raises(DataError, match="source_date"):
        add_drawn(folder, drawn(folder, source_date="2027-01-01"), who=WHO, when=WHEN)
    assert add_drawn(folder, lambda: (Catalog(None, folder), {}), who=WHO, when=WHEN) == {}
    assert not folder.exists()


def test_a_database_in_use_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path)
    monkeypatch.setattr("karwan.evidence.workspace.WAIT_SECONDS", 0.05)
    holder = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceError, match="is in use by another program"):
            record(tmp_path, BLANK)
    finally:
        holder.close()
    assert read_assessments(tmp_path) == []


def test_a_read_only_database_says_so_and_keeps_its_rows(tmp_path: Path) -> None:
    add(tmp_path)
    before = read_texts(tmp_path)
    (tmp_path / DATABASE).chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        if os.access(tmp_path / DATABASE, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(SourceError, match="it is read-only"):
            record(tmp_path, BLANK)
    finally:
        tmp_path.chmod(0o755)
        (tmp_path / DATABASE).chmod(0o644)
    assert read_texts(tmp_path) == before


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    add(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999'")
    with pytest.raises(SourceError, match="was written by a newer karwan: its version is v9999"):
        read_texts(tmp_path)


def test_an_older_database_keeps_its_closures_and_gains_the_ledger(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    import karwan.evidence as home

    config = Config()
    config.set_main_option("script_location", str(Path(home.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "v0002")
        connection.exec_driver_sql(
            "INSERT INTO withdrawals VALUES ('X0001', 'W0001', 'kept', 'desk', 'then')"
        )
    engine.dispose()
    add(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as old, old:
        assert old.execute("SELECT note FROM withdrawals").fetchall() == [("kept",)]
        version = old.execute("SELECT version_num FROM alembic_version").fetchone()
    assert version == (VERSIONS[-1],)


KILLED = """
import os, signal, sys
from pathlib import Path
from karwan.ledger import records
from tests.ledger.test_records import NEW, WHEN, WHO
from karwan.data.catalog import Catalog

real, count = records.insert, 0
def insert(*given):
    global count
    real(*given)
    count += 1
    if count == 3:
        os.kill(os.getpid(), signal.SIGKILL)
records.insert = insert
folder = Path(sys.argv[1])
records.add_rows(folder, Catalog(None, folder), NEW, who=WHO, when=WHEN)
"""


def test_killed_in_the_middle_of_a_write_nothing_is_lost_or_half_written(tmp_path: Path) -> None:
    first = {"source": [SOURCE | {"source_id": "W-SRC0"}]}
    add(tmp_path, first)
    before = read_texts(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == -signal.SIGKILL
    assert read_texts(tmp_path) == before
    add(tmp_path)
    assert len(read_texts(tmp_path)["source"]) == 2
