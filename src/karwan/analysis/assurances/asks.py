"""What is asked beside the statements of the article, by the table `article_asks`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.data.rows.ledger import ArticleAskRow
from karwan.ledger.cells import split_list

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

SUBJECTS = {"attacks": 1, "attributed": 1, "corridor": 1, "mandates": 1, "trade": 2}
"""How many subjects belong to what is asked of so many and no other number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of `article_asks`: what is asked, of what, beside which statements, what tells more.

    Attributes
    ----------
    asked
        Word for what is asked; `subjects` are what it is asked of, whose meaning it decides.
    """

    asked: str
    subjects: tuple[str, ...]
    statements: tuple[str, ...]
    commands: tuple[str, ...]


def read_asks(catalog: Catalog) -> tuple[Asked, ...]:
    """Return what is asked beside the article's statements, in the order shown.

    Raises
    ------
    DataError
        Names every row that asks of too few or too many subjects.
    """
    asks = tuple(
        Asked(
            row.asked,
            split_list(row.subjects),
            row.statements,
            split_list(row.commands),
        )
        for row in catalog.rows(ArticleAskRow)
    )
    faults = [
        f"{ask.asked} is asked of {len(ask.subjects)} subjects, not of {SUBJECTS[ask.asked]}"
        for ask in asks
        if len(ask.subjects) != SUBJECTS.get(ask.asked, len(ask.subjects))
    ]
    if any(ask.asked == "target" and not ask.subjects for ask in asks):
        faults.append("target is asked of no pair")
    if faults:
        raise DataError("table article_asks", faults)
    return asks
