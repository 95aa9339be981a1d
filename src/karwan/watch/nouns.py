"""Watches, what they were answered, and what they told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class When(StrEnum):
    """What raises an alert."""

    rank = "rank"
    status = "status"
    chance = "chance"
    statement = "statement"
    horizon = "horizon"
    silence = "silence"


class Changed(StrEnum):
    """What made the answer another."""

    world = "world"
    time = "time"
    data = "data"
    code = "code"
    data_and_code = "data and code"


CHANGED_WORDS = {
    Changed.world: "the world: rows of evidence were entered since",
    Changed.time: "time alone: the day moved on, and nothing was entered that bears on it",
    Changed.data: "the tables: the same question as of the earlier day has another answer now",
    Changed.code: "the program: the same question as of the earlier day has another answer now",
    Changed.data_and_code: "tables and program, both of them: the same question as of the earlier "
    "day has another answer now",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A question that is asked again.

    Attributes
    ----------
    question
        A command and its names, such as `hazard torkham`.
    step
        Least change of a chance or share that is told.
    days
        Days ahead of a chance.
    """

    id: str
    question: str
    when: When
    step: float
    days: int
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a watch was answered on a day.

    Attributes
    ----------
    told
        What is compared, plain data: chances with their Monte Carlo error, words by name.
    answer_sha256
        Of the whole answer.
    code, tables_sha256, rows
        Version of the program, hash of the tables, state of the workspace's evidence.
    """

    as_of: str
    told: dict[str, Any]
    answer_sha256: str
    code: str
    tables_sha256: str
    rows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something new of a watch: the difference in words, and both answers' hashes."""

    id: str
    watch_id: str
    question: str
    when: When
    as_of: str
    words: str
    changed: Changed
    before_sha256: str
    after_sha256: str
    raised_at: str

    @property
    def title(self) -> str:
        """One line: which watch, and what is new."""
        return f"{self.watch_id} {self.question}: {self.words}"
