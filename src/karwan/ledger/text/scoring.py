"""How well proposals agree with statements that a person took from the same text.

A proposal and a statement may only meet in one paragraph and must share content words; pairs are
chosen so that agreement is greatest over the text (assignment). Recall is the share of statements
met, precision the share of proposals that met one. Speaker and act are compared among the met.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from karwan.data.rows.ledger import ArticleStatementRow
from karwan.ledger.text.reading import Proposal
from karwan.ledger.text.sentences import Document

LEAST_SHARED = 0.15
"""A pair shares at least this part of the shorter side's content stems, and two stems."""

FEWEST_SHARED = 2
STEM_LETTERS = 5
_COMMON = """
about after against also among and are around because been being both but can despite does for from
had has have into its more most not only other over provided said she should such than that the
their them then there these they this those through under until very was well were what when where
which while who will with within without would you
"""
_STOP = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts behind recall and precision, and agreement among the pairs met."""

    proposal_count: int
    statement_count: int
    met_count: int
    same_speaker_count: int
    same_act_count: int
    missed_ids: tuple[str, ...]

    @property
    def recall_share(self) -> float:
        """Statements met, of all."""
        return self.met_count / self.statement_count if self.statement_count else 0.0

    @property
    def precision_share(self) -> float:
        """Proposals that met a statement, of all."""
        return self.met_count / self.proposal_count if self.proposal_count else 0.0


def score(
    document: Document, proposals: Sequence[Proposal], statements: Sequence[ArticleStatementRow]
) -> Score:
    """Return how proposals agree with statements of the form of `article_statements`."""
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((len(proposals), len(statements)))
    for i, proposal in enumerate(proposals):
        ours = stems(proposal.clause.of(document.text))
        for j, row in enumerate(statements):
            theirs = stems(row.paraphrase)
            common = len(ours & theirs)
            least = min(len(ours), len(theirs)) or 1
            if (
                str(proposal.paragraph) == str(row.paragraph)
                and common >= FEWEST_SHARED
                and common / least >= LEAST_SHARED
            ):
                shared[i, j] = common / least
    rows, columns = linear_sum_assignment(-shared)
    met = [(i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if shared[i, j] > 0]
    return Score(
        proposal_count=len(proposals),
        statement_count=len(statements),
        met_count=len(met),
        same_speaker_count=sum(same_speaker(proposals[i], statements[j].speaker) for i, j in met),
        same_act_count=sum(proposals[i].speech_act == statements[j].type for i, j in met),
        missed_ids=tuple(
            statements[j].id for j in range(len(statements)) if j not in {c for _, c in met}
        ),
    )


def stems(text: str) -> frozenset[str]:
    """Return the content words of a text, cut to their first letters.

    Examples
    --------
    >>> sorted(stems("The leaders stressed stability."))
    ['leade', 'stabi', 'stres']
    """
    words = re.findall(r"[^\W\d_]{3,}|\d+", text.casefold())
    return frozenset(word[:STEM_LETTERS] for word in words if word not in _STOP)


def same_speaker(proposal: Proposal, told: str) -> bool:
    """Whether a proposal's speaker is the one a person wrote down.

    Examples of what a person writes: `Tokayev (as attributed by the article)`, `joint statement
    (as reported)`, `the article itself`, `analysts (unnamed)`.
    """
    words = told.casefold()
    kind = proposal.speaker_kind
    if kind == "outlet":
        return "article itself" in words
    if kind == "unnamed_analysts":
        return "unnamed" in words
    if kind == "several_governments":
        return "joint" in words or "both" in words
    return proposal.speaker.casefold() in words
