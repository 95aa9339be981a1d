"""Nothing of a later day changes a byte: in any command, of any date."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from karwan.base.known import known_from
from karwan.data.catalog import Catalog
from karwan.main import main

RELEASE = dt.date(2026, 11, 22)
COMMANDS = (
    ["hazard", "AF-PK", "--format", "json"],
    ["hazard", "khunjerab-road"],
    ["network", "show", "--format", "json"],
    ["network", "show", "torkham-road"],
    ["network", "show", "kairagach-road"],
    ["compare", "tashkent", "karachi", "--format", "json"],
    ["route", "almaty", "bishkek"],
    ["ledger", "list", "--format", "json"],
    ["ledger", "show", "T14"],
    ["target", "KAZ-PAK", "--format", "json"],
)
Row = dict[str, str]


def day_of(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


class Change:
    """Rows of tables with what lies after a day moved about, taken out or told otherwise."""

    def __init__(self, as_of: dt.date, seed: int) -> None:
        self.as_of, self.random = as_of, random.Random(seed)
        self.gone: set[str] = set()

    def later(self, after: dt.date | None = None) -> str:
        first = max(self.as_of, after or self.as_of)
        return str(first + dt.timedelta(days=self.random.randint(1, 900)))

    def is_later(self, text: str) -> bool:
        day = day_of(text)
        return day is not None and day > self.as_of

    def closures(self, row: Row) -> Row | None:
        if (
            max(known_from(row["source_date"], RELEASE), day_of(row["start"]) or RELEASE)
            > self.as_of
        ):
            return self._unknown(row)
        for name in ("end", "closed_at_least_until"):
            if self.is_later(row[name]):
                row = row | {name: self.later(day_of(row["start"]))}
        if (
            self.is_later(row["end"])
            and not row["closed_at_least_until"]
            and self.random.random() < 0.5
        ):
            seen = self.later()
            row = row | {"end": "", "end_status": "ongoing", "closed_at_least_until": seen}
        return row

    def _unknown(self, row: Row) -> Row | None:
        """Return a row of which nothing was known: told later, of other days, or not at all."""
        if self.random.random() < 0.3:
            self.gone.add(row["id"])
            return None
        start = str(dt.date(2009, 1, 1) + dt.timedelta(days=self.random.randint(0, 7000)))
        return row | {
            "start": start,
            **self.random.choice([
                {"end": self.later(day_of(start)), "closed_at_least_until": ""},
                {"end": "", "closed_at_least_until": self.later(day_of(start)),
                 "end_status": self.random.choice(["ongoing", "unknown"])},
            ]),
            "source_date": self.later(), "source_url": "https://example.org/moved",
        }  # fmt: skip

    def joins(self, row: Row) -> Row | None:
        return None if row["closure_id"] in self.gone else row

    def crossings(self, row: Row) -> Row:
        if row["status_kind"] not in ("open", "limited", "shut"):
            return row
        if not row["status_asof"] or known_from(row["status_asof"], RELEASE) <= self.as_of:
            return row
        kind = self.random.choice(["open", "limited", "shut"])
        return row | {"status_kind": kind, "status_asof": self.later(),
                      "status_source_url": "https://example.org/moved"}  # fmt: skip

    def rules(self, row: Row) -> Row:
        told = known_from(row["source_date"], RELEASE)
        if told > self.as_of or self.is_later(row["start"]):
            return row | {"source_date": self.later(), "start": self.later(), "end": ""}
        return row | {"end": self.later(day_of(row["start"]))} if self.is_later(row["end"]) else row

    def calendar(self, row: Row) -> Row:
        known = max(filter(None, (row["occasion_known_on"], row["announced_on"])), default="")
        if not self.is_later(row["announced_on"]):
            if row["withdrawn_on"]:
                return row
            return row | {"withdrawn_on": self.later(day_of(known))}
        first = day_of(row["occasion_known_on"])
        return row | {"announced_on": self.later(first), "withdrawn_on": ""}

    def evidence(self, row: Row) -> Row:
        if known_from(row["source_date"], RELEASE) <= self.as_of:
            return row
        turned = {"supports": "contradicts", "contradicts": "supports"}
        return row | {"bears": turned.get(row["bears"], row["bears"])}


def write(folder: Path, table: str, change: Callable[[Row], Row | None]) -> None:
    content = Catalog().content(table).decode()
    rows = list(csv.DictReader(content.splitlines()))
    changed = [new for row in rows if (new := change(dict(row))) is not None]
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(changed)


def changed_tables(folder: Path, as_of: dt.date, seed: int) -> Path:
    """Write the packaged tables with everything after a day changed."""
    change = Change(as_of, seed)
    folder.mkdir()
    write(folder, "closures", change.closures)
    write(folder, "line_disruptions", change.closures)
    write(folder, "closure_elements", change.joins)
    write(folder, "delay_measures", change.joins)
    write(folder, "border_crossings", change.crossings)
    write(folder, "restrictions", change.rules)
    write(folder, "closure_calendar", change.calendar)
    write(folder, "ledger_evidence", change.evidence)
    write(folder, "cpmm_tfi", lambda row: row)  # else the rates are told as lent
    return folder


@pytest.mark.parametrize(
    ("as_of", "seed"), [("2021-07-20", 1), ("2024-01-20", 2), ("2025-12-01", 3)]
)
def test_what_is_of_a_later_day_changes_no_byte(
    as_of: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Starts, ends, sightings, statuses, rules, occasions, sources after the date are changed."""
    there = changed_tables(tmp_path / "changed", dt.date.fromisoformat(as_of), seed)
    answered = 0
    for command in COMMANDS:
        asked = [*command, "--as-of", as_of]
        told = []
        for tables in ([], ["--tables", str(there)]):
            code = main([*asked, *tables])
            answered += code == 0
            told.append((code, *capsys.readouterr()))
        assert told[0] == told[1], command
    assert answered >= 2 * (len(COMMANDS) - 1), "a statement made later has no answer, no more"


def test_the_change_can_be_seen_once_its_day_has_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that the test above does not hold because nothing was changed."""
    there = changed_tables(tmp_path / "changed", dt.date(2024, 1, 20), 2)
    told = []
    for tables in ([], ["--tables", str(there)]):
        assert main(["hazard", "AF-PK", "--as-of", "2026-11-22", *tables]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] != told[1]
