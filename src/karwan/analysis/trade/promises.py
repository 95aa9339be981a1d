"""How often announced dates on these corridors were kept, counted from the ledger.

Only commitments with a date that has passed count, and of these only those whose outcome somebody
showed. The others are stated beside the count: if each were a miss, the share would be lower. The
sample is ours and not random, and every government is counted by the same rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.trade.chances import Proportion, jeffreys
from karwan.data.rows.trade import DeadlineOutcomeRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

KEPT, MISSED, UNCLEAR = "kept", "missed", "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDates:
    """Dates kept among those whose outcome is known.

    Attributes
    ----------
    scope
        Whose dates: the alpha-3 codes, or empty for all actors.
    found
        Kept of assessed.
    if_unclear_missed
        Kept of all whose date has passed.
    """

    scope: tuple[str, ...]
    found: Proportion
    if_unclear_missed: Proportion
    kept_ids: tuple[str, ...]
    missed_ids: tuple[str, ...]
    unclear_ids: tuple[str, ...]


def kept_dates(catalog: Catalog, as_of: dt.date, actors: Collection[str] = ()) -> KeptDates:
    """Return the record of dates that had passed, and whose outcome was known, on a date.

    Parameters
    ----------
    actors
        Alpha-3 codes; a commitment counts if any of its actors is among them. All if empty.
    """
    held: dict[str, list[str]] = {KEPT: [], MISSED: [], UNCLEAR: []}
    for row in catalog.rows(DeadlineOutcomeRow):
        who = set(row.countries)
        if (actors and not who & set(actors)) or row.deadline_on > as_of:
            continue
        known = row.known_on <= as_of
        held[row.outcome if known else UNCLEAR].append(row.commitment_id)
    kept, missed, unclear = (tuple(held[name]) for name in (KEPT, MISSED, UNCLEAR))
    return KeptDates(
        scope=tuple(sorted(actors)),
        found=jeffreys(len(kept), len(kept) + len(missed)),
        if_unclear_missed=jeffreys(len(kept), len(kept) + len(missed) + len(unclear)),
        kept_ids=kept,
        missed_ids=missed,
        unclear_ids=unclear,
    )
