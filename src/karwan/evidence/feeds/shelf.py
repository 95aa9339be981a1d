"""Files of feeds in a workspace: kept with their hash and day, their rows decided by a person.

A file is kept as it came, under its hash, and read again whenever its rows are asked for: what is
accepted is what was published, and no row is ever changed on the way. Decisions are added, never
changed; the newest of a row stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, SourceError, UnknownNameError, nearest
from karwan.base.limits import MOST_FILE_BYTES
from karwan.base.store import sha256_hex
from karwan.base.telling import Column, Columns
from karwan.base.troubles import reason
from karwan.base.workspaces import Workspace
from karwan.evidence.contents import keep_content, read_content
from karwan.evidence.feeds.events import read_acled, read_ucdp
from karwan.evidence.feeds.figures import READERS
from karwan.evidence.feeds.mapping import filled_reading, read_own
from karwan.evidence.feeds.nouns import KINDS, Becomes, Decision, How, Kind, Proposed, Reading
from karwan.evidence.feeds.tables import refuse_page
from karwan.evidence.own_record import entered_by, gone_ids
from karwan.evidence.rows import FeedDecisionRow, FeedFileRow, WithdrawalRow
from karwan.evidence.workbook import read_evidence
from karwan.evidence.workspace import Also, add_row, reading, rows_of, writing

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

FOLDER = "feeds"
PROPOSED = "proposed"
"""What is said of a row of which nobody decided yet."""
WITHDRAWN = "withdrawn"
"""Accepted once, and what it became was withdrawn: it counts no more."""
SHOWN_KEYS = 5


def feed_named(name: str) -> Kind:
    """Return a feed by its name.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    if name not in KINDS:
        raise UnknownNameError("feed", name, KINDS, hint=f"Known: {', '.join(KINDS)}.")
    return KINDS[name]


def read_feed(kind: Kind, path: Path, how: How, codes: Mapping[str, str]) -> Reading:
    """Return the rows that a file of a feed proposes; nothing is kept.

    Parameters
    ----------
    codes
        Two letters of a country by its three, in small letters.

    Raises
    ------
    DataError
        Names every fault of the file; nothing is proposed then.
    """
    where = f"{kind.name} file {path.name}"
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_FILE_BYTES else b""
    except OSError as error:
        raise DataError(where, [f"it {reason(error)}"]) from error
    if size > MOST_FILE_BYTES:
        raise DataError(where, [f"has {size:,} bytes, and at most {MOST_FILE_BYTES:,} are read"])
    refuse_page(content, where)
    if kind.name == "workbook":
        return filled_reading(kind, read_evidence(content, where))
    if kind.name == "ucdp":
        return read_ucdp(kind, path, content, how, where)
    if kind.name == "acled":
        return read_acled(kind, path, how)
    if kind.name == "csv":
        return read_own(kind, path, content, how, where)
    return READERS[kind.name](kind, content, how, where, codes)


@dataclass(frozen=True, kw_only=True)
class Shelved:
    """A file of a feed in a workspace, its rows, and what was decided of each.

    Attributes
    ----------
    decisions
        The newest decision by the key of a row.
    withdrawn
        Keys of accepted rows of which what they became was withdrawn since.
    """

    row: FeedFileRow
    reading: Reading
    decisions: Mapping[str, FeedDecisionRow]
    withdrawn: frozenset[str] = frozenset()

    def decided(self, key: str) -> str:
        """Return what was decided of a row."""
        newest = self.decisions.get(key)
        return newest.decision if newest else PROPOSED

    def stands(self, key: str) -> str:
        """Return how a row stands now: as it was decided, or that what it became was withdrawn."""
        return WITHDRAWN if key in self.withdrawn else self.decided(key)


def keep_file(  # noqa: PLR0913
    folder: Workspace,
    path: Path,
    kind: Kind,
    how: How,
    read: Reading,
    *,
    address: str,
    who: str,
    when: str,
) -> tuple[str, bool]:
    """Keep a file whose rows are proposed; return its id, and whether it is new.

    The same file read in the same way is kept once.
    """
    content = path.read_bytes()
    sha256, told = sha256_hex(content), json.dumps(asdict(how), ensure_ascii=False, sort_keys=True)
    with writing(folder) as connection:
        for row in rows_of(connection, FeedFileRow):
            if (row.feed, row.sha256, row.how) == (kind.name, sha256, told):
                return row.id, False
        keep_content(connection, folder, _name(sha256), content, who=who)
        new = FeedFileRow(
            id="",
            feed=kind.name,
            file_name=path.name,
            sha256=sha256,
            how=told,
            address=address,
            dated=when[:10],
            publisher=read.terms.publisher,
            licence=read.terms.licence,
            may_pass_on=int(read.terms.may_pass_on),
            credit=read.terms.credit,
            row_count=len(read.rows),
            added_by=who,
            added_at=when,
        )
        return add_row(connection, new), True


def shelf(folder: Workspace) -> tuple[FeedFileRow, ...]:
    """Return the files of feeds of a workspace, in the order added."""
    with reading(folder) as connection:
        return rows_of(connection, FeedFileRow)


def shelved(
    folder: Workspace, ident: str, codes: Mapping[str, str], as_recorded: dt.date | None = None
) -> Shelved:
    """Return a file of a workspace with its rows and decisions.

    Parameters
    ----------
    as_recorded
        Use only what was decided until this day; None: everything.

    Raises
    ------
    UnknownNameError
        If there is no such file.
    SourceError
        If it is gone, or differs from what was kept.
    """
    with reading(folder) as connection:
        files = {row.id: row for row in rows_of(connection, FeedFileRow)}
        decided = entered_by(rows_of(connection, FeedDecisionRow), as_recorded)
        gone = gone_ids(entered_by(rows_of(connection, WithdrawalRow), as_recorded), None)
    if ident not in files:
        raise UnknownNameError("file of a feed", ident, files)
    row = files[ident]
    newest = {key: one for one in decided if one.file_id == ident for key in _keys_of(one)}
    return Shelved(
        row=row,
        reading=_read_again(folder, row, codes),
        decisions=newest,
        withdrawn=frozenset(key for key, one in newest.items() if gone & _became(one, key)),
    )


def _keys_of(one: FeedDecisionRow) -> list[str]:
    """Return the keys of a decision, which another program may have written."""
    try:
        keys = json.loads(one.row_keys)
    except ValueError:
        keys = None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise _not_ours(one)
    return keys


def _not_ours(row: FeedFileRow | FeedDecisionRow) -> SourceError:
    msg = (
        f"Row {row.id} of the table {row.TABLE} is none that this program wrote; another one, or a "
        "newer karwan, added it. Update karwan, or put back a copy of the workspace."
    )
    return SourceError(msg)


def _became(one: FeedDecisionRow, key: str) -> set[str]:
    """Return the ids of what a row became: one of its own, or that of all rows together."""
    keys, ids = _keys_of(one), one.became.split(";")
    return {ids[keys.index(key)]} if len(ids) == len(keys) else set(ids)


def how_told(row: FeedFileRow) -> How:
    """Return what was said of a file when it was read.

    Raises
    ------
    SourceError
        If another program wrote it.
    """
    try:
        told = json.loads(row.how)
        return How(**{**told, "countries": tuple(told["countries"])})
    except (ValueError, TypeError, KeyError) as error:
        raise _not_ours(row) from error


def _name(sha256: str) -> str:
    return f"{FOLDER}/{sha256}.kept"


def _read_again(folder: Workspace, row: FeedFileRow, codes: Mapping[str, str]) -> Reading:
    """Return the rows of a kept file, which is unchanged."""
    if row.feed not in KINDS:
        raise _not_ours(row)
    name = _name(row.sha256)
    try:
        content = read_content(folder, name)
    except OSError as error:
        msg = f"{name} {reason(error)}. Put back a copy of {row.file_name}, or read it again."
        raise SourceError(msg) from error
    if content is None:
        msg = f"{name} is gone. Put back a copy of {row.file_name}, or read it again."
        raise SourceError(msg)
    if sha256_hex(content) != row.sha256:
        msg = f"{name} differs from what was read as {row.id}. Put back a copy of {row.file_name}."
        raise SourceError(msg)
    with TemporaryDirectory() as scratch:
        # Somebody else may have added the row: no name of his leads out of the folder.
        path = Path(scratch) / (Path(row.file_name).name.lstrip(".") or FOLDER)
        path.write_bytes(content)
        return read_feed(KINDS[row.feed], path, how_told(row), codes)


def keys_asked(one: Shelved, keys: Sequence[str], decision: Decision) -> list[str]:
    """Return the keys of the rows that a decision is about: those named, else all undecided.

    A row that was accepted and then withdrawn may be decided again, where it is named.

    Raises
    ------
    DataError
        If a key is not in the file, or its row became another that stands in the workspace.
    """
    known = {row.key for row in one.reading.rows}
    faults = [
        f"{one.row.id} has no row {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")
        for key in keys
        if key not in known
        for near in [nearest(key, known, limit=1)]
    ]
    faults += [
        f"row {key!r} became {one.decisions[key].became}: withdraw that (karwan evidence withdraw)"
        for key in keys
        if key in one.decisions
        and one.decisions[key].became
        and one.decided(key) != decision
        and key not in one.withdrawn
    ]
    if faults:
        raise DataError("the decision", faults)
    asked = list(dict.fromkeys(keys)) if keys else [
        row.key for row in one.reading.rows if row.key not in one.decisions
    ]  # fmt: skip
    return [key for key in asked if one.decided(key) != decision or key in one.withdrawn]


def noting(
    ident: str, keys: Sequence[str], decision: Decision, *, note: str, who: str, when: str
) -> Also:
    """Return what writes a decision beside the rows that it made."""

    def write(connection: Connection, became: Sequence[str]) -> None:
        row = FeedDecisionRow(
            id="",
            file_id=ident,
            decision=decision.value,
            row_keys=json.dumps(list(keys), ensure_ascii=False),
            became=";".join(became),
            note=note,
            added_by=who,
            added_at=when,
        )
        add_row(connection, row)

    return write


def note_decision(folder: Workspace, write: Also) -> None:
    """Write a decision that makes no row elsewhere."""
    with writing(folder) as connection:
        write(connection, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row of a feed with its file, its terms and what was decided of it."""

    file: FeedFileRow
    row: Proposed
    decision: str

    @property
    def may_pass_on(self) -> bool:
        """Whether it may leave the machine."""
        return bool(self.file.may_pass_on)


ROWS: Columns[Told] = (
    Column(name="file", get=lambda one: one.file.id),
    Column(name="feed", get=lambda one: one.file.feed),
    Column(name="key", get=lambda one: one.row.key),
    Column(name="decision"),
    Column(name="what", get=lambda one: one.row.what),
    Column(name="place", get=lambda one: one.row.place or None),
    Column(name="country", get=lambda one: one.row.country),
    Column(name="lat", get=lambda one: one.row.lat, unit="deg"),
    Column(name="lon", get=lambda one: one.row.lon, unit="deg"),
    Column(name="start", get=lambda one: one.row.start and one.row.start.isoformat()),
    Column(name="end", get=lambda one: one.row.end and one.row.end.isoformat()),
    Column(name="value", get=lambda one: one.row.value),
    Column(name="unit", get=lambda one: one.row.unit or None),
    Column(name="link", get=lambda one: one.row.link or None),
    Column(name="known_on", get=lambda one: one.file.dated),
    Column(name="publisher", get=lambda one: one.file.publisher),
    Column(name="licence", get=lambda one: one.file.licence),
    Column(name="may_pass_on"),
    Column(name="credit", get=lambda one: one.file.credit),
)
"""Columns of a feed's rows: the terms stand beside each."""


def told_rows(one: Shelved) -> list[Told]:
    """Return the rows of a file with what was decided of each."""
    return [Told(file=one.row, row=row, decision=one.stands(row.key)) for row in one.reading.rows]


def accepted_figures(
    folder: Workspace,
    codes: Mapping[str, str],
    feed: str | None = None,
    as_recorded: dt.date | None = None,
) -> list[Told]:
    """Return the figures that were accepted; of one told again the newest file's stands.

    Parameters
    ----------
    as_recorded
        Use only what was read and accepted until this day; None: everything.
    """
    newest: dict[tuple[object, ...], Told] = {}
    for row in entered_by(shelf(folder), as_recorded):
        if feed is not None and row.feed != feed:
            continue
        one = shelved(folder, row.id, codes, as_recorded)
        if one.reading.becomes is not Becomes.figures:
            continue
        for told in told_rows(one):
            if told.decision == Decision.accept:
                newest[_figure(told)] = told
    return list(newest.values())


def _figure(told: Told) -> tuple[object, ...]:
    """Return by what a figure told again is known: its publisher's key, and of what it tells.

    Keys of tables of one's own are often mere numbers, and the same market and good stand in the
    tables of two countries: one must not push the other out.
    """
    row, file = told.row, told.file
    return file.feed, file.publisher, row.key, row.what, row.place, row.country, row.start, row.unit


def tally(one: Shelved) -> dict[str, int]:
    """Return how many rows of a file are proposed, accepted, rejected, accepted and withdrawn."""
    words = [one.stands(row.key) for row in one.reading.rows]
    return {word: words.count(word) for word in (PROPOSED, *map(str, Decision), WITHDRAWN)}


def kept_back(rows: Iterable[Told], *, local: bool) -> tuple[list[Told], int]:
    """Return the rows that may leave the machine, and how many stay."""
    every = list(rows)
    shown = [one for one in every if local or one.may_pass_on]
    return shown, len(every) - len(shown)
