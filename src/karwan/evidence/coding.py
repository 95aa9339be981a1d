"""How far a second coding of closures agrees with the record.

Scope and cause of a closure are words that somebody chose. Thirty rows were drawn by a seed and
coded again by a second coder of the same team, before the first coding was looked at, from the
crossing, the day, what happened in words and the source. What happened had been put into words by
the first coder, who may have had his own code in mind: agreement leans high.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from karwan.base.agreement import Agreement, agreement, kappa_band
from karwan.base.bands import Band
from karwan.base.telling import Column, Columns, Form
from karwan.data.catalog import Catalog
from karwan.data.rows.closures import ClosureRow, SecondCodingRow

CODED = ("scope", "cause")
"""What is coded of a closure."""
BASIS = (
    "Rows drawn by a seed; coded again by a second coder of the same team, who saw crossing, day, "
    "description and source, and not the first coding. The first coder wrote the descriptions, so "
    "agreement leans high. Kappa is Cohen's, with a 95 % interval from rows drawn anew. Grade C."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differ:
    """A closure that two coders call by two words."""

    closure_id: str
    coded: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedTwice:
    """How far the two codings agree in one thing, and where they do not.

    Attributes
    ----------
    kappa
        Cohen's kappa with its 95 % interval; None where chance agrees as well.
    """

    coded: str
    agreement: Agreement
    kappa: Band | None
    differ: tuple[Differ, ...]


CODING: Columns[CodedTwice] = (
    Column(name="coded", forms=tuple(Form)),
    Column(name="row_count", get=lambda one: one.agreement.count, forms=tuple(Form)),
    Column(name="same_count", get=lambda one: one.agreement.same_count, forms=tuple(Form)),
    Column(
        name="kappa", get=lambda one: one.kappa and one.kappa.value, forms=tuple(Form), spec=".2f"
    ),
    Column(name="low", get=lambda one: one.kappa and one.kappa.low, forms=tuple(Form), spec=".2f"),
    Column(
        name="high", get=lambda one: one.kappa and one.kappa.high, forms=tuple(Form), spec=".2f"
    ),
)
DIFFERS: Columns[Differ] = tuple(
    Column(name=name, forms=tuple(Form)) for name in ("closure_id", "coded", "first", "second")
)


def coded_twice(catalog: Catalog) -> list[CodedTwice]:
    """Return how far the second coding agrees with the record, for scope and for cause."""
    first = {row.id: row for row in catalog.rows(ClosureRow)}
    again = [row for row in catalog.rows(SecondCodingRow) if row.closure_id in first]
    told = []
    for name in CODED:
        ones = [str(getattr(first[row.closure_id], name)) for row in again]
        others = [str(getattr(row, name)) for row in again]
        differ = tuple(_differ(name, [row.closure_id for row in again], ones, others))
        told.append(
            CodedTwice(
                coded=name,
                agreement=agreement(ones, others),
                kappa=kappa_band(ones, others),
                differ=differ,
            )
        )
    return told


def _differ(name: str, idents: list[str], ones: list[str], others: list[str]) -> Iterator[Differ]:
    for ident, one, other in zip(idents, ones, others, strict=True):
        if one != other:
            yield Differ(closure_id=ident, coded=name, first=one, second=other)
