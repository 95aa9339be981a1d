"""The trail read: its entries, and whether they and the rows that they tell of still stand.

Verifying makes every hash anew: that of each entry, in order, and that of each row and each kept
file as it is now. Whoever may undo the refusals of a database may write a whole trail anew; a hash
of it that is kept elsewhere shows that, and shows entries that were cut off at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.store import sha256_hex
from karwan.base.telling import FILES, SHOWN, Column, Columns, Form, to_dict
from karwan.base.workspaces import Workspace
from karwan.evidence.contents import contents_of
from karwan.evidence.rows import KINDS, LEDGER, PEOPLE, AuditRow
from karwan.evidence.shape import cells_due
from karwan.evidence.trail import CONTENTS, STOOD, entry_id, entry_number, entry_sha256, row_sha256
from karwan.evidence.workspace import reading, rows_of, table_cells
from karwan.words.speech import phrase, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

TOLD = (
    *(kind.TABLE for kind in KINDS if kind is not AuditRow),
    *(kind.TABLE for kind in LEDGER),
)
"""Tables whose rows are told in the trail."""
OF_PEOPLE = frozenset(kind.TABLE for kind in PEOPLE)
"""Tables that a copy leaves behind, and which begin anew there."""
AGAIN = OF_PEOPLE | {CONTENTS}
"""Kinds of which a name may be told anew; the last entry is meant."""
_HASH = re.compile(r"[0-9a-f]{64}\Z")
ALL = (*FILES, *SHOWN)
Key = tuple[str, str]
"""Kind and id of a row."""


class Flaw(StrEnum):
    """What is wrong with the trail, or with a row that it tells of."""

    entry_missing = "entry missing"
    entry_changed = "entry changed"
    entry_moved = "entry moved"
    row_changed = "row changed"
    row_missing = "row missing"
    row_untold = "row untold"
    hash_unknown = "hash unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Something that does not stand.

    Attributes
    ----------
    entry
        The entry at which it shows; blank for a row that no entry tells of.
    kind, row_id
        The row; blank where an entry itself is meant.
    """

    flaw: Flaw
    entry: str = ""
    kind: str = ""
    row_id: str = ""

    @property
    def words(self) -> str:
        """What it is, in a sentence."""
        slots = {"entry": self.entry, "kind": self.kind, "row": self.row_id}
        return say(_WORDS[self.flaw], **slots)


_WORDS = {
    Flaw.entry_missing: phrase(
        "Where {entry} should stand there is none: an entry was taken away, or put in."
    ),
    Flaw.entry_changed: phrase("{entry} was changed: its hash is not that of what it says."),
    Flaw.entry_moved: phrase(
        "{entry} does not follow the entry before it: that one was changed, taken away or put in."
    ),
    Flaw.row_changed: phrase("Row {row} of {kind} was changed since {entry} told of it."),
    Flaw.row_missing: phrase("Row {row} of {kind}, told by {entry}, was taken away."),
    Flaw.row_untold: phrase(
        "Row {row} of {kind} is told by no entry: it was written past the trail, or its entry was "
        "taken away."
    ),
    Flaw.hash_unknown: phrase(
        "No entry bears the hash that was kept: the trail was cut at its end, or written anew."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found when every hash was made anew.

    Attributes
    ----------
    head_sha256
        Hash of the last entry; blank for none. Keep it elsewhere.
    row_count
        Rows and kept files whose content is the one that was told.
    standing_count
        Those of them that stood before the trail began: nobody vouches for who added them.
    left_behind_count
        Rows of tokens that were told and are not here, since a copy leaves them behind.
    breaks
        Everything that does not stand, the first first.
    loose
        Files of a folder that no entry tells of: left by a write that was ended, or put there by
        another program.
    expected_entry
        The entry that bears the hash that was given to be found; blank where none was given.
    entries_since
        How many entries followed that one.
    """

    entry_count: int
    head_sha256: str
    row_count: int
    standing_count: int
    left_behind_count: int
    breaks: tuple[Break, ...]
    loose: tuple[str, ...]
    expected_entry: str
    entries_since: int

    @property
    def stands(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks

    def to_dict(self) -> dict[str, Any]:
        """Return it as the command tells it in JSON."""
        return {
            "stands": self.stands,
            "entry_count": self.entry_count,
            "head_sha256": self.head_sha256 or None,
            "row_count": self.row_count,
            "standing_count": self.standing_count,
            "left_behind_count": self.left_behind_count,
            "first_break": self.breaks[0].words if self.breaks else None,
            "breaks": [to_dict(BREAKS, one) for one in self.breaks],
            "loose_files": list(self.loose),
            "expected_entry": self.expected_entry or None,
            "entries_since": self.entries_since if self.expected_entry else None,
        }


def who_told(row: AuditRow) -> str:
    """Return who did what an entry tells of, or that it stood before anybody was asked."""
    return say("before the trail") if row.verb == STOOD else row.added_by


BREAKS: Columns[Break] = (
    Column(name="flaw", get=lambda one: one.flaw.value, forms=ALL),
    Column(name="entry", forms=ALL),
    Column(name="kind", forms=ALL),
    Column(name="row_id", forms=ALL, names={Form.table: "row"}),
    Column(name="words", forms=ALL, names={Form.table: "what"}),
)
"""Columns of what does not stand."""
ENTRIES: Columns[AuditRow] = (
    Column(name="entry", get=lambda one: one.id, forms=ALL),
    Column(name="when", get=lambda one: one.added_at, forms=ALL),
    Column(name="who", get=who_told, forms=SHOWN),
    Column(name="who", get=lambda one: one.added_by or None, forms=FILES),
    Column(name="login", get=lambda one: one.login or None, forms=FILES),
    Column(name="login", forms=SHOWN),
    Column(name="verb", forms=ALL, names={Form.table: "did"}),
    Column(name="kind", forms=ALL),
    Column(name="row_id", forms=ALL, names={Form.table: "row"}),
    Column(name="row_sha256", forms=FILES),
    Column(name="previous_sha256", forms=FILES),
    Column(name="sha256", forms=FILES),
    Column(name="sha256", get=lambda one: one.sha256[:12], forms=SHOWN, names={Form.table: "hash"}),
)
"""Columns of the entries of a trail."""


def list_entries(
    place: Workspace, *, since: str = "", who: str = "", kind: str = ""
) -> tuple[AuditRow, ...]:
    """Return the entries of a trail in order.

    Parameters
    ----------
    since
        Only those of this day or later, UTC, as an ISO text.
    who, kind
        Only those of this name; only those of this table, or of `contents`.

    Raises
    ------
    UnknownNameError
        If no entry can be of such a kind.
    """
    if kind and kind not in (*TOLD, CONTENTS):
        raise UnknownNameError("kind of row", kind, [*TOLD, CONTENTS])
    with reading(place) as connection:
        rows = rows_of(connection, AuditRow)
    return tuple(
        row
        for row in rows
        if (not since or row.added_at >= since)
        and (not who or row.added_by == who)
        and (not kind or row.kind == kind)
    )


def verify_trail(place: Workspace, *, expect: str = "") -> Verdict:
    """Make every hash of a workspace anew, and return what does not stand.

    Parameters
    ----------
    expect
        A hash of the trail that was kept elsewhere: an entry must bear it.

    Raises
    ------
    DataError
        If there is no workspace, or what is expected is no hash.
    SourceError
        If it cannot be read.
    """
    if expect and not _HASH.match(expect):
        text = "is no hash of a trail: 64 letters 0-9 and a-f, as karwan audit verify tells it"
        raise DataError("the question", [Fault("expect", text, expect[:80])])
    with reading(place) as connection:
        if connection is None:
            text = f"{place} holds no workspace: nothing was ever written there"
            raise DataError("the question", [Fault("workspace", text)])
        entries = rows_of(connection, AuditRow)
        now = dict(_hashes(place, connection))
    breaks = list(_chain_breaks(entries))
    told = _told(entries)
    left_behind = _left_behind(told, now)
    breaks += [
        Break(flaw=flaw, entry=row.id, kind=row.kind, row_id=row.row_id)
        for key, row in told.items()
        if key not in left_behind
        for flaw in [Flaw.row_missing if key not in now else Flaw.row_changed]
        if now.get(key) != row.row_sha256
    ]
    is_folder = isinstance(place, Path)
    untold = [key for key in now if key not in told]
    loose = [name for kind, name in untold if is_folder and kind == CONTENTS]
    breaks += [
        Break(flaw=Flaw.row_untold, kind=kind, row_id=row_id)
        for kind, row_id in untold
        if not (is_folder and kind == CONTENTS)
    ]
    places = {row.sha256: at for at, row in enumerate(entries, 1)}
    if expect and expect not in places:
        breaks.append(Break(flaw=Flaw.hash_unknown))
    standing = [key for key, row in told.items() if now.get(key) == row.row_sha256]
    return Verdict(
        entry_count=len(entries),
        head_sha256=entries[-1].sha256 if entries else "",
        row_count=len(standing),
        standing_count=sum(told[key].verb == STOOD for key in standing),
        left_behind_count=len(left_behind),
        breaks=tuple(breaks),
        loose=tuple(loose),
        expected_entry=entries[places[expect] - 1].id if expect in places else "",
        entries_since=len(entries) - places.get(expect, len(entries)),
    )


def _chain_breaks(entries: Sequence[AuditRow]) -> Iterator[Break]:
    """Yield where the chain of entries is broken, in order."""
    number, before = 1, ""
    for row in entries:
        if row.id != entry_id(number):
            yield Break(flaw=Flaw.entry_missing, entry=entry_id(number))
        elif row.previous_sha256 != before:
            yield Break(flaw=Flaw.entry_moved, entry=row.id)
        if row.sha256 != entry_sha256(row):
            yield Break(flaw=Flaw.entry_changed, entry=row.id)
        number, before = entry_number(row.id, number) + 1, row.sha256


def _told(entries: Sequence[AuditRow]) -> dict[Key, AuditRow]:
    """Return the entry that tells of each row: the first, but where a name is told anew."""
    told: dict[Key, AuditRow] = {}
    for row in entries:
        key = row.kind, row.row_id
        if row.kind in AGAIN:
            told.pop(key, None)
        told.setdefault(key, row)
    return told


def _left_behind(told: Mapping[Key, AuditRow], now: Mapping[Key, str]) -> set[Key]:
    """Return the rows of tokens that a copy left behind: all told before the first that is here."""
    people = [key for key in told if key[0] in OF_PEOPLE]
    first = next((at for at, key in enumerate(people) if key in now), len(people))
    return set(people[:first])


def _hashes(place: Workspace, connection: Connection) -> Iterator[tuple[Key, str]]:
    """Yield the hash of each row and each kept file as it is now."""
    for table in TOLD:
        name = next(iter(cells_due(table)))
        for cells in table_cells(connection, table):
            yield (table, str(cells[name])), row_sha256(cells)
    for name, content in contents_of(place, connection):
        yield (CONTENTS, name), sha256_hex(content)
