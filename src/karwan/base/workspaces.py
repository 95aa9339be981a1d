"""Where a workspace lies: a folder on this machine, or a database of a team by its address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from karwan.base.errors import DataError, Fault
from karwan.base.paths import typed_folder

SCHEMES = ("postgresql", "postgres")
SECRETS = frozenset({"password", "sslpassword"})
"""Parts of an address that are never shown."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A workspace in a PostgreSQL database, by its address.

    Attributes
    ----------
    address
        As libpq takes it, a password included where it was typed; to be shown, ask for `str`.

    Examples
    --------
    >>> print(DatabaseUrl("postgresql://desk:secret@db.example/karwan?sslmode=require"))
    postgresql://desk@db.example/karwan?sslmode=require
    """

    address: str = field(repr=False)

    def __str__(self) -> str:
        """Return the address without its secrets."""
        told = urlsplit(self.address)
        user, at, host = told.netloc.rpartition("@")
        netloc = user.partition(":")[0] + at + host
        pairs = [pair for pair in parse_qsl(told.query) if pair[0] not in SECRETS]
        query = urlencode(pairs, safe="/:")
        return f"{told.scheme}://{netloc}{told.path}{'?' if query else ''}{query}"

    def without_secrets(self, text: str) -> str:
        """Return a text of a library in which no secret of the address stands."""
        told = urlsplit(self.address)
        pairs = (pair.partition("=") for pair in told.query.split("&"))
        typed = [value for name, _, value in pairs if unquote(name) in SECRETS]
        typed.append(told.netloc.rpartition("@")[0].partition(":")[2])
        secrets = {*typed, *map(unquote, typed)}  # libpq takes a plus for a plus
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text.replace(self.address, str(self))


Workspace = Path | DatabaseUrl
"""Where a user's own rows lie."""
DEFAULT_WORKSPACE = Path("workspace")


def typed_workspace(text: str | Workspace) -> Workspace:
    """Return where a workspace lies: an address of PostgreSQL, or a folder.

    Raises
    ------
    ValueError
        If it is blank, a file, or the address of something else.
    OSError
        If the system cannot say what stands there.

    Examples
    --------
    >>> typed_workspace("postgresql:///karwan")
    DatabaseUrl()
    """
    if isinstance(text, DatabaseUrl):
        return text
    if isinstance(text, Path) or not _ADDRESS.match(text):
        return typed_folder(text)
    try:
        told = urlsplit(text)
        fault = _fault(told)
    except ValueError:
        fault = "is no address that can be read"
    if fault:
        shown = text.partition("://")[0] + "://"
        msg = f"the address {shown}… {fault}; give a folder, or postgresql://USER@HOST/DATABASE"
        raise ValueError(msg)
    return DatabaseUrl(text)


def named_workspace(text: str | Workspace | None) -> Workspace | None:
    """Return where a workspace lies that a program named; None for none.

    Raises
    ------
    DataError
        If it can be none.
    """
    if text is None:
        return None
    try:
        return typed_workspace(text)
    except ValueError as error:
        raise DataError("the question", [Fault("workspace", str(error))]) from error


def there(place: Workspace) -> Workspace | None:
    """Return a workspace; None where its folder is not there yet, as before the first row."""
    return None if isinstance(place, Path) and not place.exists() else place


def folder_beside(place: Workspace) -> Path:
    """Return a folder of this machine for what is fetched; a database has none of its own."""
    return place if isinstance(place, Path) else DEFAULT_WORKSPACE


def identity_of(place: Workspace) -> str:
    """Return a text by which a workspace is told from every other, of this machine or another."""
    return str(place.resolve() if isinstance(place, Path) else place)


_HOSTS = ("host", "hostaddr", "port")


def _fault(told: SplitResult) -> str:
    if told.scheme not in SCHEMES:
        return f"is not one of PostgreSQL ({', '.join(f'{one}://' for one in SCHEMES)})"
    if "@" in told.path:  # the rest of a password would be shown as part of a name
        return "has a / before its last @: write one of a password as %2F, an @ of a name as %40"
    _ = told.port
    hosts = [unquote(told.netloc.rpartition("@")[2])]
    hosts += [value for name, value in parse_qsl(told.query) if name in _HOSTS]
    if any("," in one for one in hosts):
        return (
            "names several hosts, whose trails could part: give one name that follows the primary"
        )
    names_one = told.path.strip("/") or {"dbname", "service"} & {
        k for k, _ in parse_qsl(told.query)
    }
    return "" if names_one else "names no database"
