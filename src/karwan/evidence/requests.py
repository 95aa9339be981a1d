"""Requests that wrote through a server: the same one again is answered as it was, and adds nothing.

Who sends a request gives it a key of his own. The request is kept in the transaction that writes
its row, so that the one is there with the other or neither is; of two that come at the same time
the second finds the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, Fault
from karwan.base.workspaces import Workspace
from karwan.evidence.rows import RequestRow
from karwan.evidence.workspace import add_row, reading

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_KEY = 200
"""Letters of a key."""


class AnsweredError(Exception):
    """A request came again while its first was being written; holds that one's row."""

    def __init__(self, row: RequestRow) -> None:
        super().__init__(row.id)
        self.row = row


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request: who sent it, where to, under which key, and the hash of all that it gives."""

    key: str
    path: str
    body_sha256: str
    who: str


def key_faults(key: str) -> list[Fault]:
    """Return what is wrong with a key."""
    if 1 <= len(key) <= MOST_KEY and key.isascii() and key.isprintable():
        return []
    text = f"must be 1 to {MOST_KEY} ASCII letters that can be shown"
    return [Fault("Idempotency-Key", text, key[:40])]


def answered(place: Workspace, sent: Sent) -> RequestRow | None:
    """Return the request that a person sent under this key before; None for none.

    Raises
    ------
    DataError
        If it was another: a key stands for one request.
    """
    with reading(place) as connection:
        return None if connection is None else _row(connection, sent)


def keep_request(connection: Connection, sent: Sent, answer: str, *, when: str) -> None:
    """Keep a request within the transaction that writes its row.

    Raises
    ------
    AnsweredError
        If it is there already; what was written in the transaction must not be kept then.
    """
    there = _row(connection, sent)
    if there is not None:
        raise AnsweredError(there)
    add_row(
        connection,
        RequestRow(
            id="",
            key=sent.key,
            path=sent.path,
            body_sha256=sent.body_sha256,
            answer=answer,
            added_by=sent.who,
            added_at=when,
        ),
    )


def _row(connection: Connection, sent: Sent) -> RequestRow | None:
    """Return the row of a request.

    Raises
    ------
    DataError
        If its key stands for another.
    """
    from sqlalchemy import text

    table = RequestRow.TABLE
    asked = text(
        f"SELECT id, key, path, body_sha256, answer, added_by, added_at FROM {table} "
        "WHERE key = :key AND added_by = :who"
    )
    row = connection.execute(asked, {"key": sent.key, "who": sent.who}).mappings().first()
    if row is None:
        return None
    kept = RequestRow(**row)
    if (kept.path, kept.body_sha256) != (sent.path, sent.body_sha256):
        text_ = (
            "was used for another request, which was kept; take a new key for each request and "
            "the same one only to send the same again"
        )
        raise DataError("the request", [Fault("Idempotency-Key", text_, sent.key)])
    return kept
