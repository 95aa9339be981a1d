"""Who may use a workspace through a server: names with a role, let in by tokens that end.

A token is shown once, when it is made; what is kept is its SHA-256. It holds 256 random bits, so
nobody finds it from the hash, and a slow hash would add nothing. Roles are kept with tokens: where
a proxy says who asks, the newest token of that name says what he may do.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.store import sha256_hex
from karwan.base.workspaces import Workspace
from karwan.evidence.rows import TokenEndRow, TokenRow
from karwan.evidence.workspace import add_row, reading, rows_of, writing

PREFIX = "karwan_"
"""How every token begins, so that one that leaked is found by a search."""
TOKEN_BYTES = 32
MOST_DAYS = 366
MOST_NAME = 100


class May(StrEnum):
    """What a request needs."""

    ask = "ask"
    add = "add"
    audit = "audit"
    operate = "operate"


class Role(StrEnum):
    """What somebody is to a server."""

    reader = "reader"
    editor = "editor"
    auditor = "auditor"
    admin = "admin"

    @property
    def may(self) -> frozenset[May]:
        """What the role may do; no role may change or delete a row."""
        return MAY[self]


MAY = {
    Role.reader: frozenset({May.ask}),
    Role.editor: frozenset({May.ask, May.add}),
    Role.auditor: frozenset({May.ask, May.audit}),
    Role.admin: frozenset(May),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is kept.

    Attributes
    ----------
    ends_at
        When it ends by itself.
    is_revoked
        Whether it was ended before.
    """

    id: str
    name: str
    role: Role
    sha256: str
    ends_at: dt.datetime
    is_revoked: bool
    added_by: str
    added_at: str

    def is_live(self, now: dt.datetime) -> bool:
        """Whether it lets anybody in."""
        return not self.is_revoked and now < self.ends_at

    def state(self, now: dt.datetime) -> str:
        """Return how it stands, in a word."""
        if self.is_revoked:
            return "revoked"
        return "live" if now < self.ends_at else "expired"


def add_token(
    place: Workspace, name: str, role: str, days: int, *, who: str, now: dt.datetime
) -> tuple[str, str]:
    """Make a token, and return its id and the token, which is kept nowhere.

    Parameters
    ----------
    days
        After how many days it ends.

    Raises
    ------
    DataError
        Names every fault.
    """
    faults = []
    if not name.strip() or not name.isprintable() or len(name) > MOST_NAME:
        text = f"must be a name of 1 to {MOST_NAME} letters that can be shown"
        faults.append(Fault("name", text, name[:MOST_NAME]))
    if role not in set(Role):
        faults.append(Fault("role", f"must be one of {', '.join(Role)}", role))
    if not 1 <= days <= MOST_DAYS:
        faults.append(Fault("days", f"must be 1 to {MOST_DAYS}: every token ends", str(days)))
    if faults:
        raise DataError("the token", faults)
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = TokenRow(
        id="",
        name=name.strip(),
        role=role,
        sha256=sha256_hex(token.encode()),
        expires_at=(now + dt.timedelta(days=days)).isoformat(timespec="seconds"),
        added_by=who,
        added_at=now.isoformat(timespec="seconds"),
    )
    with writing(place) as connection:
        return add_row(connection, row), token


def list_tokens(place: Workspace) -> tuple[Token, ...]:
    """Return every token that was made, the oldest first."""
    with reading(place) as connection:
        ended = {row.token_id for row in rows_of(connection, TokenEndRow)}
        return tuple(_token(row, ended) for row in rows_of(connection, TokenRow))


def _token(row: TokenRow, ended: set[str]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        sha256=row.sha256,
        ends_at=dt.datetime.fromisoformat(row.expires_at),
        is_revoked=row.id in ended,
        added_by=row.added_by,
        added_at=row.added_at,
    )


def revoke(place: Workspace, name: str, *, who: str, now: dt.datetime) -> list[str]:
    """End a token by its id, or every live one of a name, and return the ids.

    Raises
    ------
    UnknownNameError
        If no live token is called so.
    """
    with writing(place) as connection:
        ended = {row.token_id for row in rows_of(connection, TokenEndRow)}
        tokens = [_token(row, ended) for row in rows_of(connection, TokenRow)]
        live = [one for one in tokens if one.is_live(now)]
        meant = [one.id for one in live if name in (one.id, one.name)]
        if not meant:
            names = [word for one in live for word in (one.id, one.name)]
            raise UnknownNameError("live token", name, names)
        for ident in meant:
            end = TokenEndRow(
                id="", token_id=ident, added_by=who, added_at=now.isoformat(timespec="seconds")
            )
            add_row(connection, end)
    return meant


def bearer(tokens: Sequence[Token], token: str, now: dt.datetime) -> Token | None:
    """Return the live token that was shown; None for none."""
    digest = sha256_hex(token.encode())
    held = [one for one in tokens if secrets.compare_digest(one.sha256, digest)]
    return next((one for one in held if one.is_live(now)), None)


def standing_role(tokens: Sequence[Token], name: str, now: dt.datetime) -> Role:
    """Return the role of somebody whom a proxy names: of his newest live token, else reader."""
    live = [one.role for one in tokens if one.name == name and one.is_live(now)]
    return live[-1] if live else Role.reader
