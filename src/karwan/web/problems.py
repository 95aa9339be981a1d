"""What is told of an error over HTTP: `application/problem+json` with every fault (RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from karwan.base.errors import (
    DataError,
    Fault,
    FitError,
    KarwanError,
    Sentence,
    SourceError,
    UnknownNameError,
)
from karwan.web.parameters import NOT_GIVEN, Parameter, renamed
from karwan.words.speech import is_english_spoken, phrase, say, say_counting, template

MEDIA_TYPE = "application/problem+json"


class NotThereError(KarwanError):
    """An address at which nothing is."""


class NotKeptHereError(KarwanError):
    """An answer was to be kept where there is no workspace."""


class TooLargeError(KarwanError):
    """A request that is larger than the server reads."""


class ForbiddenError(KarwanError):
    """A request that comes from where none may."""


class NotAcceptedError(KarwanError):
    """A request of a kind that an address does not take."""


class TooOftenError(KarwanError):
    """Somebody sends more often than a person does."""

    def __init__(self, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(f"Too much is sent at once; wait {wait_seconds} s and send it again")


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

    @property
    def heading(self) -> str:
        """What a page says first, in the language spoken; in English the title itself."""
        if is_english_spoken() or self.status not in _HEADINGS:
            return self.title
        if self.faults:
            return say_counting(
                "{count} fault in the question", "{count} faults in the question", len(self.faults)
            )
        return say(_HEADINGS[self.status])

    @property
    def details(self) -> tuple[Fault, ...]:
        """What a page says under its heading: the faults, or else the title, if it is not that."""
        told = self.faults or ((Fault("", self.title),) if self.heading != self.title else ())
        return tuple(replace(fault, text=fault_text(fault.text)) for fault in told)

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
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotAcceptedError: HTTPStatus.METHOD_NOT_ALLOWED,
    TooOftenError: HTTPStatus.TOO_MANY_REQUESTS,
    SourceError: HTTPStatus.INTERNAL_SERVER_ERROR,
    FitError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_HEADINGS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: phrase("Nothing is found at this address"),
    HTTPStatus.FORBIDDEN: phrase("This request is not let in"),
    HTTPStatus.METHOD_NOT_ALLOWED: phrase("This address does not take that kind of request"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: phrase("The request is too large"),
    HTTPStatus.TOO_MANY_REQUESTS: phrase("Too much is sent at once"),
    HTTPStatus.UNPROCESSABLE_ENTITY: phrase("The question cannot be answered as it is asked"),
    HTTPStatus.INTERNAL_SERVER_ERROR: phrase("The server failed; its log says where."),
}
"""What the page of a problem says first where the language spoken is not English."""
_UNKNOWN = re.compile(r"No [a-z ]+ (?P<name>'.*?'|\".*?\")\.(?: Did you mean (?P<near>.+)\?)?")
_OR = " or "


def fault_text(text: str) -> str:
    """Return what is wrong in the language spoken: a sentence of the engine, or an unknown name.

    A fault that no catalogue has is told in English.

    Examples
    --------
    >>> fault_text("No place 'Torkam'. Did you mean 'Torkham'?")
    "No place 'Torkam'. Did you mean 'Torkham'?"
    """
    if isinstance(text, Sentence):
        return template(text.message).format(**text.slots)
    unknown = None if is_english_spoken() else _UNKNOWN.fullmatch(text)
    if unknown is None:
        return say("not given") if text == NOT_GIVEN else template(text)
    name, near = (part and part.replace("'", "").replace('"', "") for part in unknown.groups())
    told = say("The name “{name}” is not known.", name=name)
    if not near:
        return told
    return f"{told} {say('Did you mean: {names}?', names=', '.join(near.split(_OR)))}"
