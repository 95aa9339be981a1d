"""What is sent to be kept: read, held against its seal, its pace and the record, and answered.

Forms and requests of programs come through here alike; what differs is how they are told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from karwan.api import login_name
from karwan.base.errors import DataError, Fault, KarwanError, SourceError
from karwan.base.store import to_json
from karwan.evidence.requests import AnsweredError, Sent, answered, keep_request, key_faults
from karwan.web.audit_pages import row_page
from karwan.web.entries import Desk, Draft, Entry, Stamp, drafted
from karwan.web.guard import MOST_FORM_BYTES
from karwan.web.pace import Pace, sender_of
from karwan.web.people import Actor
from karwan.web.problems import TooOftenError
from karwan.web.seals import Seals

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from karwan.web.site import Site

MOST_FIELDS = 60
LOG = logging.getLogger(__name__)
ROW_TABLES = {
    "W": "closures", "E": "closure_ends", "S": "sightings", "I": "incidents", "X": "withdrawals",
    "F": "incident_files",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What was sent: fields by name, and the file if there is one.

    Attributes
    ----------
    values
        Texts as they were typed, those of the form's own work left out.
    work
        Those of the form's own work: its seal, its key, its step.
    """

    values: dict[str, str]
    work: dict[str, str] = field(default_factory=dict)
    upload: UploadFile | None = None


WORK = ("seal", "once", "step")


@asynccontextmanager
async def form_body(request: Request) -> AsyncIterator[Body]:
    """Yield what a form sends, its file open as long.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        form = await request.form(
            max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_FORM_BYTES
        )
    except HTTPException as error:  # Starlette's word for a form with no shape or too many fields
        raise DataError("the request", [f"the form cannot be read: {error.detail}"]) from error
    try:
        values: dict[str, str] = {}
        upload = None
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                upload = value
            else:
                values[name] = value.replace("\r\n", "\n").strip()
        work = {name: values.pop(name, "") for name in WORK}
        yield Body(values=values, work=work, upload=upload)
    finally:
        await form.close()


async def read_json(request: Request) -> Body:
    """Return what a program sends as JSON: one object of texts, numbers and flags.

    Raises
    ------
    DataError
        If it is none.
    """
    content = await request.body()
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError("the request", [f"the body is no JSON: {error}"]) from error
    if not isinstance(given, dict):
        raise DataError("the request", ["the body must be an object, name by value"])
    faults = []
    values = {}
    for name, value in given.items():
        if not name.isprintable():
            faults.append(Fault("", "the name of a field holds a letter that cannot be shown"))
            continue
        if value is None:
            continue
        if isinstance(value, bool):
            values[name] = "1" if value else "0"
        elif isinstance(value, (str, int, float)):
            values[name] = str(value).strip()
        else:
            faults.append(Fault(name[:100], "must be a text, a number or a flag"))
    if faults:
        raise DataError("the request", faults)
    return Body(values=values)


@dataclass(kw_only=True)
class Counter:
    """Where rows are taken in: what all forms and requests of a server share."""

    site: Site
    desk: Desk
    now: Callable[[], dt.datetime]
    seals: Seals = field(default_factory=Seals)
    pace: Pace = field(default_factory=Pace)

    def stamp(self, actor: Actor) -> Stamp:
        """Return who writes, and when."""
        when = self.now().astimezone(dt.UTC).isoformat(timespec="seconds")
        return Stamp(who=actor.name or login_name(), when=when, today=self.site.today())

    def take_turn(self, request: Request, actor: Actor) -> None:
        """Take a turn at writing.

        Raises
        ------
        TooOftenError
            If there is none left.
        """
        self.pace.take_turn(sender_of(request, actor.name))

    @contextmanager
    def draft(self, entry: Entry, body: Body, stamp: Stamp) -> Iterator[Draft]:
        """Yield a draft of what was sent, its file on the disk as long.

        Raises
        ------
        DataError
            Names every fault by its field.
        """
        if not entry.takes_file:
            yield drafted(entry, self.desk, body.values, stamp)
            return
        with tempfile.TemporaryDirectory(prefix="karwan-") as folder:
            path = ""
            if body.upload is not None and body.upload.filename:
                kept = Path(folder) / file_name(body.upload.filename)
                body.upload.file.seek(0)
                with kept.open("wb") as target:
                    shutil.copyfileobj(body.upload.file, target)
                path = str(kept)
            yield drafted(entry, self.desk, {**body.values, "file": path}, stamp)

    def keep(self, entry: Entry, body: Body, sent: Sent | None, stamp: Stamp) -> tuple[str, bool]:
        """Keep what was sent, and return what it is answered, as JSON; whether it is a repetition.

        Raises
        ------
        DataError
            Names every fault by its field; nothing is written then.
        SourceError
            If the workspace cannot be written to.
        """
        if sent is not None:
            there = answered(self.desk.workspace, sent)
            if there is not None:
                return there.answer, True
        told: list[str] = []

        def also(connection: Connection, ids: Sequence[str]) -> None:
            answer = _answer(entry, list(dict.fromkeys(ids)), notes, stamp)
            if sent is not None:
                keep_request(connection, sent, answer, when=stamp.when)
            told.append(answer)

        try:
            with self.draft(entry, body, stamp) as draft:
                notes = draft.notes()
                draft.keep(also)
        except AnsweredError as error:
            return error.row.answer, True
        except DataError:
            there = answered(self.desk.workspace, sent) if sent is not None else None
            if there is None:
                raise
            return there.answer, True
        return told[-1], False


def _answer(entry: Entry, ids: Sequence[str], notes: Sequence[str], stamp: Stamp) -> str:
    return to_json(
        {
            "kind": entry.name,
            "row": ids[-1],
            "ids": list(ids),
            "added_by": stamp.who,
            "added_at": stamp.when,
            "page": page_of(entry, ids[-1]),
            "notes": list(notes),
        }
    )


def page_of(entry: Entry, ident: str) -> str:
    """Return the address of the page of a row that was written."""
    table = "ledger_statements" if entry.name == "statement" else ROW_TABLES.get(ident[:1], "")
    return row_page(table, ident)


def sent_of(entry: Entry, body: Body, key: str, who: str) -> Sent:
    """Return a request as it is known again.

    Raises
    ------
    DataError
        If its key is none.
    """
    faults = key_faults(key)
    if faults:
        raise DataError("the request", faults)
    told: dict[str, Any] = {name: text for name, text in sorted(body.values.items()) if text}
    return Sent(
        key=key,
        path=entry.path,
        body_sha256=hashlib.sha256(
            json.dumps([told, _file_sha256(body)], ensure_ascii=True).encode()
        ).hexdigest(),
        who=who,
    )


def _file_sha256(body: Body) -> str:
    if body.upload is None:
        return ""
    body.upload.file.seek(0)
    digest = hashlib.file_digest(body.upload.file, "sha256").hexdigest()  # type: ignore[arg-type]
    body.upload.file.seek(0)
    return digest


def file_name(text: str) -> str:
    r"""Return a name for a file that somebody sends, which leads nowhere else.

    Examples
    --------
    >>> file_name("../../etc/ged 26.1.zip"), file_name("C:\\\\x\\\\a.csv"), file_name("..")
    ('ged 26.1.zip', 'a.csv', 'file')
    """
    last = text.replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if one.isprintable()).strip(". ")[-100:]
    return kept or "file"


def status_of(error: KarwanError) -> int:
    """Return with which status a form is shown again."""
    if isinstance(error, TooOftenError):
        return HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(error, SourceError):
        LOG.error("a row was not kept: %s", error)
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def retry_after(error: KarwanError) -> Mapping[str, str]:
    """Return the header that says when to send again; none where that would not help."""
    if isinstance(error, TooOftenError):
        return {"retry-after": str(error.wait_seconds)}
    return {"retry-after": "10"} if isinstance(error, SourceError) else {}
