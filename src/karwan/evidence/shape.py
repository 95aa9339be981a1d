"""Columns of the workspace's tables and what their cells hold, so that strange ones are named.

A database may be changed by any program, and SQLite keeps whatever it is given: a renamed column,
or bytes where a text is due, must be told as that and not fail in whoever reads the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from karwan.base.errors import SourceError

_STAMP = "added_by added_at"
_CITED = f"source_url source_date grade {_STAMP}"
_LEDGER = f"source_url source_date confidence {_STAMP}"
COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(names.split())
    for table, names in {
        "closures": "id element_id mode start end end_status seen_until traffic_class direction "
        f"cause episode note {_CITED} start_precision",
        "closure_ends": f"id closure_id end note {_CITED}",
        "sightings": f"id element_id mode day state traffic_class direction note {_CITED}",
        "incidents": f"id date lat lon precision_km kind death_count note {_CITED}",
        "withdrawals": f"id record_id note {_STAMP} withdrawn_on",
        "incident_files": "id sha256 kept_sha256 file_name release kind licence published "
        f"countries start end event_count local_only note {_STAMP}",
        "ledger_sources": "source_id publisher source_class language translated read_on "
        f"text_sha256 note {_LEDGER}",
        "ledger_statements": "id source_id speaker speaker_kind role on_behalf_of addressee about "
        "said_on speech_act attribution translated paraphrase corridors places corroboration "
        "corroboration_url contested reply same_as listed_status span_start_index span_end_index "
        f"span_sha256 text_sha256 note {_LEDGER}",
        "ledger_propositions": "id statement_id paraphrase polarity condition corridors places "
        f"elements window_start window_end testable reason {_LEDGER}",
        "ledger_indicators": "id proposition_id metric data_set filter operator value unit "
        f"window_start deadline tolerance_days written_on rule note {_LEDGER}",
        "ledger_evidence": "id proposition_id source_id bears directness independence event "
        f"event_on note {_LEDGER}",
        "ledger_assessments": "id proposition_id as_of assessed_on delivery evidence_status rule "
        "inputs_sha256 supports contradicts reason assessor second_coder dissent reply "
        f"{_STAMP}",
    }.items()
}
"""Columns of each table at the newest version."""
NUMBERS = frozenset(("lat", "lon", "precision_km", "death_count", "event_count", "local_only"))
"""Columns whose cells are numbers; all others hold text."""


def refuse_other_shape(
    path: str, table: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse a table that another program changed.

    Raises
    ------
    SourceError
        Names every column that is gone, and every cell that holds what it cannot.
    """
    due = COLUMNS.get(table, ())
    faults = [f"{table} has no column {name!r}" for name in due if name not in names]
    if not faults:
        faults = [
            f"{name} of {row[due[0]]!r} in {table} is {row[name]!r:.60}, "
            f"not {'a number' if name in NUMBERS else 'text'}"
            for row in rows
            for name in due
            if not _fits(name, row[name])
        ]
    if faults:
        msg = (
            f"The workspace {path} was changed by another program: {'; '.join(faults[:5])}"
            f"{f'; and {len(faults) - 5} more' if len(faults) > 5 else ''}. Nothing was written; "  # noqa: PLR2004
            "put back a copy."
        )
        raise SourceError(msg)


def _fits(name: str, cell: object) -> bool:
    return cell is None or isinstance(cell, (int, float) if name in NUMBERS else str)
