"""The closed lists of the ledger: every status, act and speaker is one of these words.

Delivery says whether a thing was done and when; the evidence status says whether what is known
accords with what was said. They are kept apart so that lateness and truth are not mixed. The
words of older lists map to these by the table `ledger_words`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, nearest
from karwan.data.rows.ledger import LedgerWordRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog


class SpeechAct(StrEnum):
    """What was done by saying it."""

    assurance = "assurance"
    commitment = "commitment"
    target = "target"
    instruction = "instruction"
    warning = "warning"
    allegation = "allegation"
    denial = "denial"
    assessment = "assessment"
    fact = "fact"
    request = "request"


DELIVERABLE = frozenset(
    {SpeechAct.assurance, SpeechAct.commitment, SpeechAct.target, SpeechAct.instruction,
     SpeechAct.warning}
)  # fmt: skip
"""Acts after which something can be delivered; of the others only truth can be asked. A demand
(`request`) is on others: its speaker can deliver nothing by it."""


class Delivery(StrEnum):
    """Whether it was done, and when."""

    not_due = "not due"
    met = "met"
    met_late = "met late"
    partly_met = "partly met"
    not_met = "not met"
    overdue = "overdue, no evidence"
    superseded = "withdrawn or superseded"
    no_deadline = "no deadline given"


DENIED = {
    Delivery.met: Delivery.not_met,
    Delivery.not_met: Delivery.met,
    Delivery.met_late: Delivery.met,
}
"""Delivery of who said that a thing will not be done by a day, by that of the thing itself."""

DONE = frozenset({Delivery.met, Delivery.met_late})
FAILED = frozenset({Delivery.not_met, Delivery.overdue})


class EvidenceStatus(StrEnum):
    """Whether what is known accords with what was said."""

    consistent = "consistent"
    mixed = "mixed"
    contradicted = "contradicted"
    insufficient = "insufficient"
    not_testable = "not testable"


def mirrored(status: EvidenceStatus) -> EvidenceStatus:
    """Return the status of the opposite claim on the same evidence.

    Examples
    --------
    >>> mirrored(EvidenceStatus.contradicted).value, mirrored(EvidenceStatus.mixed).value
    ('consistent', 'mixed')
    """
    swapped = {
        EvidenceStatus.contradicted: EvidenceStatus.consistent,
        EvidenceStatus.consistent: EvidenceStatus.contradicted,
    }
    return swapped.get(status, status)


class SpeakerKind(StrEnum):
    """Kind of speaker."""

    government = "government"
    several_governments = "several_governments"
    de_facto_authority = "de_facto_authority"
    un_body = "un_body"
    state_company = "state_company"
    local_authority = "local_authority"
    official_unnamed = "official_unnamed"
    political_leader = "political_leader"
    clerics = "clerics"
    armed_group = "armed_group"
    outlet = "outlet"
    unnamed_analysts = "unnamed_analysts"
    trade_body = "trade_body"
    business = "business"
    lender = "lender"
    international_organisation = "international_organisation"
    court = "court"


WEIGHTLESS = frozenset({SpeakerKind.outlet, SpeakerKind.unnamed_analysts})
"""Speakers whose words are stored and attributed and are evidence of nothing else."""


class Bears(StrEnum):
    """Which way evidence points."""

    supports = "supports"
    contradicts = "contradicts"
    neither = "neither"


class Independence(StrEnum):
    """Whose word the evidence is. Only that of none of the parties decides a status."""

    independent = "independent"
    party = "party"
    speaker = "speaker"
    armed_group = "armed_group"
    unnamed = "unnamed"


class Corroboration(StrEnum):
    """Whether others report that it was said; nothing found is a value of its own."""

    corroborated = "corroborated"
    in_part = "in part"
    none_found = "none found"
    not_sought = "not sought"


class Testability(StrEnum):
    """Whether a proposition can be tested."""

    yes = "yes"
    no = "no"
    refused = "refused"


def parse_word(words: type[StrEnum], text: str, what: str) -> StrEnum:
    """Return the word of a closed list.

    Raises
    ------
    DataError
        Names the list, and the nearest word in it.

    Examples
    --------
    >>> parse_word(Delivery, "met late", "delivery").name
    'met_late'
    """
    known = [word.value for word in words]
    if text in known:
        return words(text)
    near = nearest(text, known)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise DataError("the question", [f"{what} {text!r} is not one of {', '.join(known)}{hint}"])


def map_word(catalog: Catalog, field: str, old: str) -> tuple[str, ...]:
    """Return the words of the ledger that a word of an older list may become.

    Parameters
    ----------
    field
        `delivery`, `evidence_status` or `speech_act`.

    Raises
    ------
    DataError
        If the old word is not in the table `ledger_words`.
    """
    rows = catalog.rows(LedgerWordRow)
    found = tuple(row.word for row in rows if row.field == field and row.old_word == old)
    if not found:
        known = sorted({row.old_word for row in rows if row.field == field})
        fault = f"{field} {old!r} is not one of {', '.join(known)}"
        raise DataError("table ledger_words", [fault])
    return found
