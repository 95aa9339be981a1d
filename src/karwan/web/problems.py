"""What is told of an error over HTTP: `application/problem+json` with every fault (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from karwan.base.errors import (
    DataError,
    Fault,
    FitError,
    KarwanError,
    SourceError,
    UnknownNameError,
)
from karwan.web.parameters import Parameter, renamed

MEDIA_TYPE = "application/problem+json"


class NotThereError(KarwanError):
    """An address at which nothing is."""


class NotKeptHereError(KarwanError):
    """An answer was to be kept where there is no workspace."""


class TooLargeError(KarwanError):
    """A request that is larger than the server reads."""


class NotAcceptedError(KarwanError):
    """A request of a kind that an address does not take."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a request, for a program and for a reader."""

    status: int
    title: str
    faults: tuple[Fault, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Each fault as a sentence; the title where none is keyed."""
        return tuple(map(str, self.faults)) or (self.title,)

    def to_dict(self) -> dict[str, object]:
        """Return the body of a problem document."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": "\n".join(self.lines),
            "faults": [
                {"parameter": fault.key or None, "given": fault.given or None, "text": fault.text}
                for fault in self.faults
            ],
        }


def problem_of(error: Exception, parameters: Sequence[Parameter] = ()) -> Problem:
    """Return what to tell of an error.

    Parameters
    ----------
    parameters
        What the address may give: faults are told by these names.

    Examples
    --------
    >>> problem_of(DataError("the question", ["origin: none"])).title
    '1 fault in the question'
    >>> problem_of(ZeroDivisionError("7")).title
    'The server failed; its log says where.'
    """
    if isinstance(error, DataError):
        faults = tuple(renamed(parameters, error))
        many = "s" if len(faults) != 1 else ""
        title = f"{len(faults)} fault{many} in {error.where}"
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, title, faults)
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return Problem(status, str(error), ())
    if isinstance(error, KarwanError):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), ())
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says where.", ())


_STATUSES: dict[type[KarwanError], int] = {
    NotThereError: HTTPStatus.NOT_FOUND,
    UnknownNameError: HTTPStatus.NOT_FOUND,
    NotKeptHereError: HTTPStatus.NOT_FOUND,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAcceptedError: HTTPStatus.METHOD_NOT_ALLOWED,
    SourceError: HTTPStatus.INTERNAL_SERVER_ERROR,
    FitError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
