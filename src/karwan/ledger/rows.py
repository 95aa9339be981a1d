"""Rows of the ledger's five tables together, before they are made into its nouns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from karwan.data.rows.ledger import (
    LedgerEvidenceRow,
    LedgerIndicatorRow,
    LedgerPropositionRow,
    LedgerSourceRow,
    LedgerStatementRow,
)

LedgerRow = (
    LedgerSourceRow
    | LedgerStatementRow
    | LedgerPropositionRow
    | LedgerIndicatorRow
    | LedgerEvidenceRow
)
KINDS: dict[str, type[LedgerRow]] = {
    "source": LedgerSourceRow,
    "statement": LedgerStatementRow,
    "proposition": LedgerPropositionRow,
    "indicator": LedgerIndicatorRow,
    "evidence": LedgerEvidenceRow,
}
"""Classes by the kind of record, in the order in which they refer to one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRows:
    """Rows by kind of record, each kind in its order."""

    sources: tuple[LedgerSourceRow, ...] = ()
    statements: tuple[LedgerStatementRow, ...] = ()
    propositions: tuple[LedgerPropositionRow, ...] = ()
    indicators: tuple[LedgerIndicatorRow, ...] = ()
    evidence: tuple[LedgerEvidenceRow, ...] = ()

    def joined(self, other: LedgerRows) -> LedgerRows:
        """Return these rows with others behind them, kind by kind."""
        return LedgerRows(
            sources=self.sources + other.sources,
            statements=self.statements + other.statements,
            propositions=self.propositions + other.propositions,
            indicators=self.indicators + other.indicators,
            evidence=self.evidence + other.evidence,
        )

    def by_kind(self) -> dict[str, tuple[LedgerRow, ...]]:
        """Return the rows of each kind of record."""
        return {
            "source": self.sources,
            "statement": self.statements,
            "proposition": self.propositions,
            "indicator": self.indicators,
            "evidence": self.evidence,
        }


def sorted_rows(rows: Iterable[LedgerRow]) -> LedgerRows:
    """Return rows of any kinds by their kind."""
    given = tuple(rows)
    return LedgerRows(
        sources=tuple(row for row in given if isinstance(row, LedgerSourceRow)),
        statements=tuple(row for row in given if isinstance(row, LedgerStatementRow)),
        propositions=tuple(row for row in given if isinstance(row, LedgerPropositionRow)),
        indicators=tuple(row for row in given if isinstance(row, LedgerIndicatorRow)),
        evidence=tuple(row for row in given if isinstance(row, LedgerEvidenceRow)),
    )


def id_of(row: LedgerRow) -> str:
    """Return the id of a row of any kind."""
    return row.source_id if isinstance(row, LedgerSourceRow) else row.id
