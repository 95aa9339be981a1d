"""Links that carry energy, what they delivered, their outages; and who gains from trade.

One class for each table; the descriptor says what a column means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from karwan.data.rows.row import Row


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EnergyLinkRow(Row):
    """Links that carry energy."""

    TABLE: ClassVar[str] = "energy_links"

    id: str
    link: str
    carrier: str
    energy_from: str
    energy_to: str
    section: str | None
    quantity: str
    value_low: float | None
    value: float | None
    value_high: float | None
    unit: str
    value_text: str | None
    status: str
    as_of: str | None
    speaker: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EnergyFlowRow(Row):
    """Energy delivered and paid."""

    TABLE: ClassVar[str] = "energy_flows"

    id: str
    link: str
    carrier: str
    energy_from: str
    energy_to: str
    period: str
    value: float | None
    unit: str
    bill_musd: float | None
    price_text: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EnergyOutageRow(Row):
    """Outages of energy links."""

    TABLE: ClassVar[str] = "energy_outages"

    id: str
    carrier: str
    supplier: str
    receiver: str
    energy_element: str
    start: str
    start_precision: Literal["approx", "day"]
    end: str | None
    end_status: Literal["announced", "approx", "observed", "unknown"]
    out_low_days: float | None
    out_high_days: float | None
    lost_share: float | None
    pylon_count: float | None
    cause: str
    actor_as_claimed: str | None
    episode: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BenefitAccountRow(Row):
    """Who gains and who is left out."""

    TABLE: ClassVar[str] = "benefit_accounts"

    id: str
    account_country: str
    stakeholder: str
    topic: str
    good: str | None
    place: str | None
    indicator: str
    period: str
    value_low: float | None
    value: float | None
    value_high: float | None
    before_value: float | None
    change_ratio: float | None
    unit: str
    direction: Literal["gain", "loss"] | None
    basis: str
    note: str | None
