"""Texts of our own wording in the styles of real ones, each with the statements a person took.

Eight kinds, in English and Russian. The files named `test` were written before the cues; while they
were mended only the others were looked at, text by text. Those named `blind` were written and
marked on 2026-11-27 by somebody who had seen neither the reader nor its cues, and scored once
before anything was mended for them; `docs/validation.md` keeps that score. A statement and a
proposal meet where the proposal's clause covers most of the words by which the statement is
marked; each meets one.

    python -m tests.ledger.text.marked
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from karwan.ledger.text.gazetteer import Gazetteer, gazetteer_from
from karwan.ledger.text.reading import Proposal, propose
from karwan.ledger.text.sentences import make_document
from karwan.ledger.text.speakers import OUTLET
from tests.reference import catalog

GOLD = Path(__file__).parent / "gold"
DRAWS = 2000
LEAST_COVERED = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """A statement of a gold text: who says it, its act, and words by which it is found.

    Several names or acts, where a person would take either, stand with a slash or a comma.
    """

    speakers: tuple[str, ...]
    acts: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Text:
    """A gold text."""

    name: str
    text: str
    statements: tuple[Marked, ...]

    @property
    def kind(self) -> str:
        """Kind of text, such as `communique`."""
        return self.name.split("-")[0]

    @property
    def language(self) -> str:
        """`en` or `ru`."""
        return self.name.split("-")[1]

    @property
    def half(self) -> str:
        """`dev`, `test` or `blind`."""
        return self.name.split("-")[2]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of a text."""

    statements: int = 0
    proposals: int = 0
    met: int = 0
    speaker: int = 0
    act: int = 0
    both: int = 0
    parties: int = 0
    stolen: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        names = self.__slots__
        return Counts(*(getattr(self, n) + getattr(other, n) for n in names))

    @property
    def shares(self) -> dict[str, float]:
        """Recall, precision, speaker and act of those met, both right of all, words misplaced."""
        return {
            "recall": self.met / max(self.statements, 1),
            "precision": self.met / max(self.proposals, 1),
            "speaker": self.speaker / max(self.met, 1),
            "act": self.act / max(self.met, 1),
            "both": self.both / max(self.statements, 1),
            "in_texts_mouth": self.stolen / max(self.parties, 1),
        }


@cache
def texts() -> tuple[Text, ...]:
    """Return the gold texts by name."""
    read = []
    for path in sorted(GOLD.glob("*.txt")):
        text, _, marks = path.read_text(encoding="utf-8").partition("\n==\n")
        rows = [[cell.strip() for cell in line.split("|")] for line in marks.splitlines() if line]
        statements = tuple(
            Marked(tuple(who.casefold().split("/")), tuple(act.split(",")), words)
            for who, act, words in rows
        )
        read.append(Text(path.stem, text, statements))
    return tuple(read)


@cache
def gazetteer() -> Gazetteer:
    """Return the packaged names."""
    return gazetteer_from(catalog())


def pairs(one: Text, proposals: Sequence[Proposal]) -> list[tuple[Marked, Proposal | None]]:
    """Return each statement with the proposal that met it."""
    gain = np.zeros((len(one.statements), len(proposals)))
    for i, marked in enumerate(one.statements):
        start = one.text.index(marked.words)
        end = start + len(marked.words)
        for j, proposal in enumerate(proposals):
            shared = min(end, proposal.clause.end) - max(start, proposal.clause.start)
            if shared >= LEAST_COVERED * len(marked.words):
                length = proposal.clause.end - proposal.clause.start
                gain[i, j] = shared / len(marked.words) + 0.1 / (1 + length)
    rows, columns = linear_sum_assignment(-gain)
    met = {i: j for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if gain[i, j] > 0}
    return [
        (marked, proposals[met[i]] if i in met else None) for i, marked in enumerate(one.statements)
    ]


def says(proposal: Proposal, marked: Marked) -> bool:
    """Whether the proposal's speaker is the statement's."""
    name = proposal.speaker.casefold()
    if proposal.speaker == OUTLET:
        return "text" in marked.speakers
    return any(who in name for who in marked.speakers if who != "text")


def count(one: Text) -> Counts:
    """Return what the reader gets right of a text."""
    proposals = propose(make_document(one.name, one.text), gazetteer())
    told = pairs(one, proposals)
    met = [(marked, proposal) for marked, proposal in told if proposal is not None]
    parties = [pair for pair in met if "text" not in pair[0].speakers]
    return Counts(
        statements=len(one.statements),
        proposals=len(proposals),
        met=len(met),
        speaker=sum(says(p, m) for m, p in met),
        act=sum(p.speech_act in m.acts for m, p in met),
        both=sum(says(p, m) and p.speech_act in m.acts for m, p in met),
        parties=len(parties),
        stolen=sum(p.speaker == OUTLET for _, p in parties),
    )


def total(counted: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    return sum(counted, Counts())


def intervals(counted: Sequence[Counts], seed: int = 0) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of the shares, by drawing whole texts with replacement."""
    draw = np.random.default_rng(seed)
    drawn = [
        total(counted[k] for k in draw.integers(0, len(counted), len(counted))).shares
        for _ in range(DRAWS)
    ]
    return {
        name: tuple(np.quantile([one[name] for one in drawn], (0.025, 0.975)).tolist())
        for name in drawn[0]
    }


def report() -> list[str]:
    """Return scores by language and half with 95 % intervals, and counts by kind."""
    by_text = {one: count(one) for one in texts()}
    lines = []
    for half in ("dev", "test", "blind"):
        for language in ("en", "ru"):
            mine = [c for one, c in by_text.items() if (one.half, one.language) == (half, language)]
            ends = intervals(mine)
            told = (
                f"{name} {share:.0%} ({ends[name][0]:.0%} to {ends[name][1]:.0%})"
                for name, share in total(mine).shares.items()
            )
            lines.append(f"{half} {language}, {len(mine)} texts: {', '.join(told)}")
        for kind in dict.fromkeys(one.kind for one in by_text):
            whole = total(c for one, c in by_text.items() if (one.half, one.kind) == (half, kind))
            lines.append(
                f"{half} {kind}: {whole.statements} statements, {whole.proposals} proposals, "
                f"{whole.met} met, speaker {whole.speaker}, act {whole.act}, both {whole.both}"
            )
    return lines


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
