"""Feeds at the door: files read into proposed rows, and what becomes of those that are accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.base.errors import DataError, Fault
from karwan.base.store import sha256_hex
from karwan.base.workspaces import Workspace
from karwan.evidence.feeds.nouns import FEEDS, KINDS, Becomes, Decision, How, Kind, Reading
from karwan.evidence.feeds.shelf import (
    ROWS,
    Shelved,
    Told,
    accepted_figures,
    feed_named,
    keep_file,
    kept_back,
    keys_asked,
    note_decision,
    noting,
    read_feed,
    shelf,
    shelved,
    tally,
    told_rows,
)
from karwan.evidence.workspace import Also

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.evidence.fetching import Fetched
    from karwan.evidence.rows import FeedFileRow
    from karwan.evidence.workbook import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who decides, when, and what day it is."""

    who: str
    when: str
    today: dt.date


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that was read and kept: its id, whether it is new, and what was read of it."""

    ident: str
    is_new: bool
    reading: Reading
    path: Path
    fetched: tuple[Fetched, ...] = ()


def country_codes(catalog: Catalog) -> tuple[dict[str, str], dict[str, str]]:
    """Return two letters by three in small letters, and three by two."""
    from karwan.data.rows.region import CountryRow

    rows = catalog.rows(CountryRow)
    return ({row.iso3.casefold(): row.country for row in rows},
            {row.country: row.iso3 for row in rows})  # fmt: skip


def feeds_asked() -> Answer[tuple[Kind, ...]]:
    """Return the feeds that can be read: whose, on what terms, from where."""
    from karwan.base.telling import to_dict

    kinds = tuple(KINDS.values())
    return Answer(
        title="Feeds that can be read",
        content=kinds,
        tell=lambda: [to_dict(FEEDS, one) for one in kinds],
        columns=FEEDS,
        rows=lambda: kinds,
    )


def read_asked(
    catalog: Catalog,
    workspace: Workspace,
    name: str,
    path: Path | None,
    how: How,
    *,
    beside: Path | None,
    stamp: Stamp,
) -> Kept:
    """Read a file of a feed, or fetch it, and keep it with its rows as proposals.

    Parameters
    ----------
    beside
        Folder in which what is fetched is kept; None where a file is named.

    Raises
    ------
    DataError
        If both a file and a fetch are asked for, or neither; else every fault of the file.
    SourceError
        If the server does not send it.
    """
    from karwan.evidence.feeds.addresses import fetch_feed

    kind = feed_named(name)
    codes, iso3 = country_codes(catalog)
    fetched: tuple[Fetched, ...] = ()
    if (path is None) == (beside is None):
        fault = Fault("", "name a file, or ask to fetch it: one of both")
        raise DataError("the question", [fault])
    if beside is not None:
        path, pages = fetch_feed(
            kind, how, beside / "fetched", day=stamp.today.isoformat(), iso3=iso3
        )
        fetched = tuple(pages)
    assert path is not None
    read = read_feed(kind, path, how, codes)
    if read.filled:
        _check_records(catalog, workspace, read, f"{kind.name} file {path.name}", stamp)
    ident, is_new = keep_file(
        workspace, path, kind, how, read,
        address=fetched[0].address if fetched else "", who=stamp.who, when=stamp.when,
    )  # fmt: skip
    return Kept(ident=ident, is_new=is_new, reading=read, path=path, fetched=fetched)


def _entry(catalog: Catalog, stamp: Stamp) -> Entry:
    """Return what rows of a workbook are checked against."""
    from karwan.evidence.closures import read_closures
    from karwan.evidence.workbook import Entry, Known
    from karwan.network.build import build_network

    network = build_network(catalog)

    def find(name: str) -> tuple[str, Known]:
        one = network.element(name)
        return one.id, Known(one.mode, sided=one.id in network.crossings)

    packaged = tuple(read_closures(catalog).spells)
    return Entry(find=find, who=stamp.who, when=stamp.when, today=stamp.today, packaged=packaged)


def _check_records(
    catalog: Catalog, workspace: Workspace, read: Reading, where: str, stamp: Stamp
) -> None:
    """Refuse rows that could not be added, before they are proposed."""
    from karwan.evidence.workbook import check_filled

    check_filled(workspace, list(read.filled.values()), where=where, by=_entry(catalog, stamp))


def decide_asked(
    catalog: Catalog,
    workspace: Workspace,
    ident: str,
    keys: Sequence[str],
    decision: Decision,
    *,
    note: str,
    stamp: Stamp,
) -> tuple[int, list[str]]:
    """Accept or reject rows, and return how many, with the ids of what they became.

    Parameters
    ----------
    keys
        Keys of rows; none for all that nobody decided yet.

    Raises
    ------
    DataError
        Names every key that there is not, and every row that cannot become what it should.
    """
    one = shelved(workspace, ident, country_codes(catalog)[0])
    asked = keys_asked(one, keys, decision)
    if not asked:
        return 0, []
    write = noting(ident, asked, decision, note=note, who=stamp.who, when=stamp.when)
    if decision is Decision.reject or one.reading.becomes is Becomes.figures:
        note_decision(workspace, write)
        return len(asked), []
    made = {
        Becomes.incidents: _add_incidents,
        Becomes.records: _add_records,
        Becomes.sources: _add_sources,
    }[one.reading.becomes]
    return len(asked), made(catalog, workspace, one, asked, write, stamp)


def _add_incidents(
    catalog: Catalog,
    workspace: Workspace,
    one: Shelved,
    keys: Sequence[str],
    write: Also,
    stamp: Stamp,
) -> list[str]:
    """Add the accepted events of a file as one file of incidents; what it covers goes along."""
    from dataclasses import replace

    import polars as pl

    from karwan.evidence.registry import add_file

    del catalog
    events = one.reading.events
    assert events is not None
    stands = (key for key in one.decisions if key not in one.withdrawn)
    if any(one.decided(key) == Decision.accept for key in stands):
        text = "accept its events together: a part of them was accepted before, and what a file "
        text += "covers holds for the file. Withdraw that (karwan evidence withdraw), and accept "
        text += "all of them again by their keys."
        raise DataError("the decision", [f"{one.row.id}: {text}"])
    left = events.events.height - len(keys)
    taken = replace(events, events=events.events.filter(pl.col("event_id").is_in(list(keys))))
    if left:
        digest = f"{events.sha256}:{','.join(sorted(keys))}"
        taken = replace(taken, sha256=sha256_hex(digest.encode()))
    note = f"feed {one.row.id}: {one.row.address or one.row.file_name}"
    note += f"; {left} of its events were not accepted" if left else ""
    return [add_file(workspace, taken, note=note, who=stamp.who, when=stamp.when, also=write)]


def _add_records(
    catalog: Catalog,
    workspace: Workspace,
    one: Shelved,
    keys: Sequence[str],
    write: Also,
    stamp: Stamp,
) -> list[str]:
    from karwan.evidence.workbook import add_filled

    filled = [one.reading.filled[key] for key in keys]
    where = f"{one.row.feed} file {one.row.file_name}"
    return add_filled(workspace, filled, where=where, by=_entry(catalog, stamp), also=write)


def _add_sources(
    catalog: Catalog,
    workspace: Workspace,
    one: Shelved,
    keys: Sequence[str],
    write: Also,
    stamp: Stamp,
) -> list[str]:
    """Add accepted reports as sources of the ledger."""
    from karwan.ledger.records import add_rows

    wanted = set(keys)
    rows = [
        {
            "source_id": f"W-SRC-{one.row.feed}-{row.key}",
            "publisher": one.reading.sources[row.key][0],
            "source_class": "report_of_report",
            "language": one.reading.sources[row.key][1],
            "translated": "no",
            "read_on": one.row.dated,
            "text_sha256": None,
            "source_url": row.link,
            "source_date": row.start.isoformat() if row.start else None,
            "confidence": "B",
            "note": f"{row.what} ({one.row.credit}; {one.row.licence})",
        }
        for row in one.reading.rows
        if row.key in wanted
    ]
    added = add_rows(
        workspace, catalog, {"source": rows}, who=stamp.who, when=stamp.when, also=write
    )
    return [ident for ids in added.values() for ident in ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A file of a feed in a line."""

    row: FeedFileRow
    counts: dict[str, int]


def shelf_asked(catalog: Catalog, workspace: Workspace) -> list[Shelf]:
    """Return the files of feeds of a workspace, with what was decided."""
    codes = country_codes(catalog)[0]
    return [
        Shelf(row=row, counts=tally(shelved(workspace, row.id, codes))) for row in shelf(workspace)
    ]


def rows_asked(
    catalog: Catalog, workspace: Workspace, *, ident: str = "", feed: str = "", local: bool = False
) -> tuple[Answer[tuple[Told, ...]], int]:
    """Return the rows of a file, or all accepted figures, and how many stay local.

    Parameters
    ----------
    ident
        A file of a feed: all its rows, whatever was decided. Blank: accepted figures of all files.
    local
        Also rows that may not be passed on.
    """
    from karwan.base.telling import to_dict

    codes = country_codes(catalog)[0]
    if feed:
        feed_named(feed)
    every = (
        told_rows(shelved(workspace, ident, codes))
        if ident
        else accepted_figures(workspace, codes, feed or None, catalog.as_recorded)
    )
    shown, stay = kept_back(every, local=local)
    told = tuple(shown)
    title = f"Rows of {ident}" if ident else f"Accepted figures of {feed or 'all feeds'}"
    answer = Answer(
        title=title,
        content=told,
        tell=lambda: {"rows": [to_dict(ROWS, one) for one in told], "kept_local": stay},
        columns=ROWS,
        rows=lambda: told,
    )
    return answer, stay
