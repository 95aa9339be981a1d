"""A small ledger for tests, made of rows like those of the tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from karwan.base.provenance import Source
from karwan.data.rows.closures import ClosureAccountRow
from karwan.data.rows.costs import CpmmBcpRow
from karwan.data.rows.ledger import SecurityIndicatorRow
from karwan.data.rows.trade import TradeBilateralRow
from karwan.evidence.closures import ClosureRecord
from karwan.evidence.coverage import Coverage, Quality, Span
from karwan.evidence.spells import Spell
from karwan.ledger.indicators import Facts
from karwan.ledger.nouns import Ledger
from karwan.ledger.rows import KINDS, LedgerRows, sorted_rows
from karwan.ledger.statements import to_ledger
from tests.rows import make_row

PROVENANCE = {"source_url": "https://example.org/a", "source_date": "2025-01-02", "confidence": "A"}
READ_ON = dt.date(2026, 11, 22)


def source(ident: str = "SRC1", **more: Any) -> dict[str, Any]:
    return {
        "source_id": ident, "publisher": "example.org", "source_class": "news_report",
        "language": "en", "translated": "no", "read_on": READ_ON, "text_sha256": None,
        "note": None, **PROVENANCE, **more,
    }  # fmt: skip


def statement(ident: str = "X1", **more: Any) -> dict[str, Any]:
    return {
        "id": ident, "source_id": "SRC1", "speaker": "Party A", "speaker_kind": "government",
        "role": None, "on_behalf_of": None, "addressee": "Party B", "about": None,
        "said_on": "2025-01-01", "speech_act": "commitment", "attribution": "reported",
        "translated": "no", "paraphrase": "The gate opens.", "corridors": "KUAP", "places": None,
        "corroboration": "not sought", "corroboration_url": None, "contested": "no",
        "reply": None, "same_as": None, "listed_status": None, "span_start_index": None,
        "span_end_index": None, "span_sha256": None, "text_sha256": None, "note": None,
        **PROVENANCE, **more,
    }  # fmt: skip


def proposition(ident: str = "X1", **more: Any) -> dict[str, Any]:
    return {
        "id": ident, "statement_id": "X1", "paraphrase": "The gate opens.", "polarity": "affirms",
        "condition": None, "corridors": "KUAP", "places": None, "elements": "gate",
        "window_start": None, "window_end": None, "testable": "yes", "reason": None,
        **PROVENANCE, **more,
    }  # fmt: skip


def indicator(ident: str = "I-X1", **more: Any) -> dict[str, Any]:
    return {
        "id": ident, "proposition_id": "X1", "metric": "milestone", "data_set": "evidence",
        "filter": "event=signed", "operator": "by", "value": None, "unit": None,
        "window_start": None, "deadline": dt.date(2025, 3, 1), "tolerance_days": 0,
        "written_on": dt.date(2025, 1, 1), "rule": "milestone/1", "note": None,
        **PROVENANCE, **more,
    }  # fmt: skip


def evidence(ident: str = "E1", **more: Any) -> dict[str, Any]:
    return {
        "id": ident, "proposition_id": "X1", "source_id": "SRC1", "bears": "supports",
        "directness": "direct", "independence": "independent", "event": "signed",
        "event_on": "2025-02-01", "note": "signed", **PROVENANCE, "source_date": "2025-02-02",
        **more,
    }  # fmt: skip


def rows(**more: list[dict[str, Any]]) -> LedgerRows:
    given = {
        "source": [source()], "statement": [statement()], "proposition": [proposition()],
        "indicator": [indicator()], "evidence": [], **more,
    }  # fmt: skip
    return sorted_rows(make_row(KINDS[kind], cells) for kind in given for cells in given[kind])


def book(**more: list[dict[str, Any]]) -> Ledger:
    return to_ledger(rows(**more))


def spell(start: str, end: str | None = None, **more: Any) -> Spell:
    known: dict[str, Any] = {
        "closure_id": "CLX", "element_id": "gate", "mode": "road", "traffic_class": "all",
        "direction": "both", "start": dt.date.fromisoformat(start),
        "end": dt.date.fromisoformat(end) if end else None,
        "end_status": "observed" if end else "unknown", "seen_until": None, "cause": "political",
        "description": "", "episode": "EPX", "calendar": False,
        "source": Source("https://example.org/c", end or start, "A"), **more,
    }  # fmt: skip
    return Spell(**known)


SEARCHED = Coverage({"gate": (Span(dt.date(2016, 1, 1), dt.date(2030, 12, 31), Quality.good),)})
"""The gate's closures were searched for from 2016 on."""


def facts(*spells: Spell, **more: Any) -> Facts:
    return Facts(
        record=ClosureRecord(spells=spells),
        security=[make_row(SecurityIndicatorRow, cells) for cells in more.get("security", ())],
        trade=[make_row(TradeBilateralRow, cells) for cells in more.get("trade", ())],
        border=[make_row(CpmmBcpRow, cells) for cells in more.get("border", ())],
        undated=READ_ON,
        coverage=more.get("coverage", SEARCHED),
        told=[make_row(ClosureAccountRow, cells) for cells in more.get("told", ())],
    )
