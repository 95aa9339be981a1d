"""What the trail tells, in words: what was done, to which kind of row, under which heads."""

from __future__ import annotations

from collections.abc import Mapping

from karwan.words.speech import label_word, phrase, say

DEEDS: Mapping[str, str] = {
    "add": phrase("added"),
    "end": phrase("ended"),
    "withdraw": phrase("withdrew"),
    "accept": phrase("accepted"),
    "reject": phrase("rejected"),
    "keep": phrase("kept"),
    "stood": phrase("stood"),
    "revoke": phrase("revoked"),
    "answer": phrase("answered"),
    "alert": phrase("raised an alert"),
    "deliver": phrase("delivered"),
}
KINDS: Mapping[str, str] = {
    "closures": phrase("closures"),
    "closure_ends": phrase("ends of closures"),
    "sightings": phrase("sightings"),
    "incidents": phrase("incidents"),
    "withdrawals": phrase("withdrawals"),
    "incident_files": phrase("files of incidents"),
    "ledger_assessments": phrase("assessments"),
    "feed_files": phrase("files of feeds"),
    "feed_decisions": phrase("decisions on feeds"),
    "briefs": phrase("briefs"),
    "watches": phrase("watches"),
    "watch_answers": phrase("answers to watches"),
    "watch_alerts": phrase("alerts of watches"),
    "watch_deliveries": phrase("deliveries of alerts"),
    "tokens": phrase("tokens"),
    "token_ends": phrase("revoked tokens"),
    "ledger_sources": phrase("sources of the ledger"),
    "ledger_statements": phrase("statements of the ledger"),
    "ledger_propositions": phrase("propositions of the ledger"),
    "ledger_indicators": phrase("indicators of the ledger"),
    "ledger_evidence": phrase("evidence of the ledger"),
    "requests": phrase("requests to a server"),
    "contents": phrase("files and answers"),
}
HEADS: Mapping[str, str] = {
    "when": phrase("when"),
    "who": phrase("who"),
    "login": phrase("login"),
    "did": phrase("did what"),
    "kind": phrase("kind of row"),
    "row": phrase("row"),
    "entry": phrase("entry"),
    "hash": phrase("hash"),
    "day": phrase("day"),
    "why": phrase("why"),
    "what": phrase("what"),
    "field": phrase("field"),
    "value": phrase("value"),
}


def deed_word(verb: str) -> str:
    """Return what was done, in a word."""
    return say(DEEDS[verb]) if verb in DEEDS else label_word(verb)


def kind_word(kind: str) -> str:
    """Return what a table of the workspace holds, in words."""
    return say(KINDS[kind]) if kind in KINDS else label_word(kind.replace("_", " "))


def heads(*names: str) -> list[str]:
    """Return the heads of columns."""
    return [say(HEADS[name]) for name in names]


def moment(when: str) -> str:
    """Return a time as a page shows it, in UTC.

    Examples
    --------
    >>> moment("2026-11-27T09:05:00+00:00")
    '2026-11-27 09:05:00'
    """
    return when.replace("T", " ").removesuffix("+00:00")
