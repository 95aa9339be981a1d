"""Answers kept in the workspace: each whole, under its own hash, never changed.

A kept answer holds what a program was told and what a reader saw. Later the link shows it as it
was; beside it stand what the same question says with the data of today, and a word where a row
that it rests on was withdrawn since.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from karwan.base.errors import SourceError
from karwan.base.store import sha256_hex, to_json
from karwan.base.workspaces import Workspace
from karwan.evidence.contents import keep_alone, read_content
from karwan.web.problems import NotThereError

FOLDER = "answers"
"""Folder of the workspace in which they lie."""
_HASH = re.compile(r"[0-9a-f]{64}\Z")

Pairs = list[tuple[str, str]]
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """An answer as it was given.

    Attributes
    ----------
    kept_on
        Day on the clock of the server that kept it.
    pairs
        The question as its canonical address gives it.
    answer
        What a program was told, the same as the command printed.
    page
        What a reader saw: the sentence, the map, the table and the notes as HTML, without links
        that ask anew.
    data_sha256, program
        The data and the version of the program that it rests on.
    """

    kept_on: dt.date
    pairs: Pairs
    title: str
    lang: str
    answer: Json
    page: str
    data_sha256: str
    program: str

    def to_json(self) -> str:
        """Return the file that is kept."""
        return to_json(
            {
                "kept_on": self.kept_on.isoformat(),
                "question": [list(pair) for pair in self.pairs],
                "title": self.title,
                "lang": self.lang,
                "answer": self.answer,
                "page": self.page,
                "data_sha256": self.data_sha256,
                "karwan": self.program,
            }
        )

    @property
    def as_of(self) -> str:
        """The as-of date of the answer."""
        return str(self.answer["as_of"])

    @property
    def evidence(self) -> set[str]:
        """Ids of the rows that the answer says it rests on."""
        return set(_evidence(self.answer))


def keep_answer(workspace: Workspace, answer: KeptAnswer, *, who: str) -> str:
    """Keep an answer, and return the hash under which it is found.

    The same answer kept twice is one; nothing that is kept is ever written again.
    """
    content = answer.to_json().encode()
    name = sha256_hex(content)
    keep_alone(workspace, content_name(name), content, who=who)
    return name


def content_name(sha256: str) -> str:
    """Return the name under which the workspace keeps the answer of a hash."""
    return f"{FOLDER}/{sha256}.json"


def read_answer(workspace: Workspace | None, name: str) -> KeptAnswer:
    """Return the answer kept under a hash.

    Raises
    ------
    NotThereError
        If there is none.
    SourceError
        If its file is not as it was written.
    """
    is_name = _HASH.match(name) is not None
    content = (
        read_content(workspace, content_name(name)) if workspace is not None and is_name else None
    )
    if content is None:
        where = "in the workspace of this server" if workspace else "by a server without workspace"
        msg = (
            f"No answer {name[:64]!r} is kept {where}. The link may be cut short, or of another "
            "server: ask who sent it for the address of the question, which every answer bears."
        )
        raise NotThereError(msg)
    if sha256_hex(content) != name:
        msg = f"The kept answer {name} was changed after it was written; it is not shown."
        raise SourceError(msg)
    told = json.loads(content)
    return KeptAnswer(
        kept_on=dt.date.fromisoformat(told["kept_on"]),
        pairs=[(one, value) for one, value in told["question"]],
        title=told["title"],
        lang=told["lang"],
        answer=told["answer"],
        page=told["page"],
        data_sha256=told["data_sha256"],
        program=told["karwan"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a corridor stood then and stands now; None where it has no figure."""

    corridor: str
    name: str
    status: tuple[str, str]
    rank: tuple[int | None, int | None]
    hours: tuple[float | None, float | None]
    usd: tuple[float | None, float | None]


def differences(then: Json, now: Json) -> list[Difference]:
    """Return the corridors that do not stand as they did.

    Hours and USD are compared as they are shown: to a whole number.
    """
    before, after = ({one["corridor"]: one for one in told["corridors"]} for told in (then, now))
    ranks = [_ranks(told) for told in (then, now)]
    changed = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, {}), after.get(name, {})
        one = Difference(
            corridor=name,
            name=str((new or old)["corridor_name"]),
            status=(old.get("status", ""), new.get("status", "")),
            rank=(ranks[0].get(name), ranks[1].get(name)),
            hours=(_figure(old, "hours", "mean"), _figure(new, "hours", "mean")),
            usd=(_figure(old, "cost_usd", "central"), _figure(new, "cost_usd", "central")),
        )
        if any(a != b for a, b in (one.status, one.rank, one.hours, one.usd)):
            changed.append(one)
    return changed


def _ranks(told: Json) -> dict[str, int]:
    return {one["corridor"]: one["rank"] for one in told["ranking"]["ranks"]}


def _figure(corridor: Json, part: str, which: str) -> float | None:
    route = corridor.get("route")
    return None if not route else float(round(route[part][which]))


def _evidence(told: Any) -> Iterator[str]:
    """Yield the ids of evidence anywhere in an answer."""
    if isinstance(told, Mapping):
        for key, value in told.items():
            if key == "evidence" and isinstance(value, list):
                yield from (one for one in value if isinstance(one, str))
            else:
                yield from _evidence(value)
    elif isinstance(told, list):
        for one in told:
            yield from _evidence(one)
