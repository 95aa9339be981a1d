"""How often announced dates were kept, from the ledger's tally, for the parties of a target.

The tally is the ledger's own (`karwan.ledger.tallies`): one definition for every command. The
sample is ours and not random, and every government is counted by the same rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from karwan.data.region import region_words
from karwan.data.rows.region import CountryRow
from karwan.ledger.assessment import Status, assess_all
from karwan.ledger.indicators import read_facts
from karwan.ledger.nouns import TABLES
from karwan.ledger.statements import read_ledger
from karwan.ledger.tallies import Kept, kept_of, speaks_for

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

LEDGER_TABLES = (*TABLES.values(), "closure_accounts", "security_indicators", "record_coverage")
"""Tables that the tally rests on, beside trade and the closure record."""


def ledger_statuses(catalog: Catalog, as_of: dt.date) -> Sequence[Status]:
    """Return the status of every statement of a catalogue's ledger on a date."""
    return assess_all(read_ledger(catalog), read_facts(catalog), as_of)


def kept_dates(
    catalog: Catalog, statuses: Iterable[Status], countries: Collection[str] = ()
) -> Kept:
    """Return the record of kept dates of the parties of some countries, or of all.

    Parameters
    ----------
    countries
        Alpha-3 codes; all parties if empty.
    """
    if not countries:
        return kept_of("all", list(statuses))
    words = party_words(catalog, countries)
    return kept_of(", ".join(sorted(countries)), [s for s in statuses if speaks_for(words, s)])


def party_words(catalog: Catalog, countries: Collection[str]) -> tuple[str, ...]:
    """Return the words by which speakers of countries are known: their parties', or their names."""
    names = {row.iso3: row.name for row in catalog.rows(CountryRow)}
    parties: Mapping[str, Sequence[str]] = region_words(catalog, "party")
    words: dict[str, None] = {}
    for code in sorted(countries):
        name = names.get(code, code)
        mine = [told for told in parties.values() if name in told] or [(name,)]
        words.update(dict.fromkeys(word for told in mine for word in told))
    return tuple(words)
