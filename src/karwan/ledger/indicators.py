"""The tests of the ledger: which metric is measured on which data, as known on a date.

A test is a row: metric, data set, filter, operator, threshold, deadline, tolerance, and the day it
was written. What no data set tells is *not testable*, and the reason says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karwan.base.reprs import short_repr
from karwan.data.rows.closures import ClosureAccountRow
from karwan.data.rows.costs import CpmmBcpRow
from karwan.data.rows.ledger import SecurityIndicatorRow
from karwan.data.rows.trade import TradeBilateralRow
from karwan.evidence.closures import ClosureRecord, read_closures
from karwan.evidence.coverage import Coverage, stated_coverage
from karwan.evidence.incidents import UCDP_KINDS, Incidents, pool_ucdp, private_incidents
from karwan.evidence.spells import Spell
from karwan.ledger.gates import (
    DISPUTED,
    measure_opening,
    measure_rate_ratio,
    measure_shut_days,
    measure_shut_on,
)
from karwan.ledger.incidence import measure_incidents
from karwan.ledger.measures import Measure
from karwan.ledger.milestones import (
    known_evidence,
    measure_milestone,
    measure_parts,
    measure_weight,
)
from karwan.ledger.nouns import Evidence, Indicator
from karwan.ledger.series import (
    known_rows,
    measure_border_hours,
    measure_trade,
    measure_trend,
)
from karwan.ledger.words import Delivery, EvidenceStatus

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What tests are measured on.

    Attributes
    ----------
    record
        The closures, which are asked as known on a day.
    undated
        Day on which the tables were made: rows without a date count as known from then on.
    incidents_on
        The user's incidents with their coverage, as released by a day; None without any.
    coverage
        When closures of which element were searched for.
    told
        Accounts of who shut a gate.
    is_kept
        Whether what is computed from them may be kept for the next run; nothing of a workspace is.
    """

    record: ClosureRecord
    security: Sequence[SecurityIndicatorRow]
    trade: Sequence[TradeBilateralRow]
    border: Sequence[CpmmBcpRow]
    undated: dt.date
    incidents_on: Callable[[dt.date], Incidents | None] = lambda _: None
    coverage: Coverage = field(default_factory=Coverage)
    told: Sequence[ClosureAccountRow] = ()
    is_kept: bool = False

    __repr__ = short_repr

    def accounts(self, as_of: dt.date) -> dict[str, str]:
        """Return who shut each closure, as told by a day; accounts that differ are a dispute."""
        by: dict[str, str] = {}
        for row in known_rows(self.told, as_of, self.undated):
            held = by.setdefault(row.closure_id, row.shut_by)
            if held != row.shut_by:
                by[row.closure_id] = DISPUTED
        return by

    def known_spells(self, as_of: dt.date) -> list[Spell]:
        """Return the closures as known on a day, oldest first."""
        spells = self.record.known(as_of).spells
        return sorted(spells, key=lambda spell: (spell.start, spell.closure_id))


def read_facts(catalog: Catalog, *, for_export: bool = False) -> Facts:
    """Return the data sets of the catalogue that tests use.

    Parameters
    ----------
    for_export
        Leave out incidents whose terms allow no passing on, so that nothing of them goes out.
    """
    return Facts(
        record=read_closures(catalog),
        security=catalog.rows(SecurityIndicatorRow),
        trade=catalog.rows(TradeBilateralRow),
        border=catalog.rows(CpmmBcpRow),
        undated=catalog.released(),
        incidents_on=lambda as_of: _incidents(catalog, as_of, for_export=for_export),
        coverage=stated_coverage(catalog),
        told=catalog.rows(ClosureAccountRow),
        is_kept=catalog.workspace is None,
    )


def _incidents(catalog: Catalog, as_of: dt.date, *, for_export: bool) -> Incidents | None:
    """Return the UCDP files of the workspace pooled, or the newest private file without them."""
    if catalog.workspace is None:
        return None
    from karwan.evidence.registry import read_files

    files = list(read_files(catalog.workspace, as_of, catalog.as_recorded).values())
    if for_export:
        files = [one for one in files if not one.release.local_only]
    public = [one for one in files if one.release.kind in UCDP_KINDS]
    if public:
        return pool_ucdp(public, as_of)
    return private_incidents(files[-1], as_of) if files else None


def measure(test: Indicator, facts: Facts, items: Sequence[Evidence], as_of: dt.date) -> Measure:
    """Return what a test gives on the evidence known on a date.

    Parameters
    ----------
    items
        Written evidence on the proposition; what is dated later is left out here.
    """
    written = known_evidence(items, as_of)
    if test.data_set == "closures":
        return _on_closures(test, facts, written, as_of)
    if test.data_set == "evidence":
        known = {
            "milestone": measure_milestone,
            "parts_done": measure_parts,
            "weigh": measure_weight,
        }
        return known[test.metric](test, written, as_of)
    if test.data_set == "trade_bilateral":
        trade = measure_trade(test, known_rows(facts.trade, as_of, facts.undated), as_of)
        return _superseded(trade, written)
    return _on_series(test, facts, as_of)


def _on_series(test: Indicator, facts: Facts, as_of: dt.date) -> Measure:
    if test.data_set == "security_indicators":
        return measure_trend(test, known_rows(facts.security, as_of, facts.undated))
    if test.data_set == "cpmm_bcp":
        return measure_border_hours(test, known_rows(facts.border, as_of, facts.undated))
    if test.data_set == "incidents":
        return measure_incidents(test, facts.incidents_on(as_of), as_of)
    return _unmeasured(test, as_of)


def _on_closures(
    test: Indicator, facts: Facts, written: Sequence[Evidence], as_of: dt.date
) -> Measure:
    spells = facts.known_spells(as_of)
    if test.metric == "opening":
        return measure_opening(test, spells, written, as_of)
    if test.metric == "shut_days":
        return measure_shut_days(test, spells, as_of, facts.accounts(as_of))
    if test.metric == "rate_ratio":
        return measure_rate_ratio(
            test, spells, facts.coverage, as_of, facts.accounts(as_of), is_kept=facts.is_kept
        )
    return measure_shut_on(test, spells) or measure_weight(test, written, as_of)


def _superseded(measured: Measure, written: Sequence[Evidence]) -> Measure:
    """Return the measure, or that the parties set another target where they did."""
    replaced = [item for item in written if item.event == "superseded" and item.direct]
    if not replaced or measured.delivery is Delivery.met:
        return measured
    return Measure(
        delivery=Delivery.superseded,
        evidence=EvidenceStatus.insufficient,
        reason=f"{replaced[-1].note}; {measured.reason}",
        supports=measured.supports,
        contradicts=measured.contradicts,
        value=measured.value,
        unit=measured.unit,
    )


def _unmeasured(test: Indicator, as_of: dt.date) -> Measure:
    last = test.last_in_time
    if last is None:
        delivery = Delivery.no_deadline
    else:
        delivery = Delivery.not_due if as_of <= last else Delivery.overdue
    text = "no data set of the catalogue measures it"
    return Measure(delivery=delivery, evidence=EvidenceStatus.insufficient, reason=text)
