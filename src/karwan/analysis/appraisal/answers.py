"""Appraisals and projects as plain data: what `--format json` prints and what a frame holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.break_even import BreakEven, Plane, Point
from karwan.analysis.appraisal.country_accounts import ITEMS, CountryAccount
from karwan.analysis.appraisal.lines import Line
from karwan.analysis.appraisal.red_flags import RedFlag
from karwan.analysis.appraisal.results import Appraisal
from karwan.analysis.corridors.answers import world_to_dict
from karwan.base.provenance import Source
from karwan.base.telling import Column, Form, to_dict
from karwan.data.rows.row import source_of

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.data.rows.appraisal import AppraisalParameterRow
    from karwan.data.rows.network import RailProjectRow

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
FILES = (Form.json, Form.csv, Form.frame)
DIGITS = 3


def _money(name: str, shown: str) -> Column[CountryAccount]:
    return Column(
        name=f"{name}_musd", unit="million USD", forms=EVERYWHERE, spec=",.1f",
        names={Form.table: shown, Form.html: shown},
    )  # fmt: skip


COUNTRIES: tuple[Column[CountryAccount], ...] = (
    Column(name="country", forms=EVERYWHERE),
    Column(name="capex_share", unit="share", forms=EVERYWHERE, spec=".1%",
           digits=dict.fromkeys(FILES, 6), names={Form.table: "of the line"}),
    *(_money(item, item) for item in ITEMS),
    _money("total", "sum"),
)  # fmt: skip
"""The account of a country: present million USD, costs negative."""

FLAGS: tuple[Column[RedFlag], ...] = (
    Column(name="kind", forms=EVERYWHERE),
    Column(name="claim_id", forms=EVERYWHERE, names={Form.table: "claim"}),
    Column(name="claimed", digits=dict.fromkeys(FILES, DIGITS)),
    Column(name="computed", digits=dict.fromkeys(FILES, DIGITS)),
    Column(name="unit"),
    Column(name="text", forms=EVERYWHERE),
    Column(name="grade", forms=EVERYWHERE),
    Column(name="source_url"),
    Column(name="source_date", forms=EVERYWHERE, names={Form.table: "date"}),
)
"""A claim that does not fit what can be computed."""

PROJECTS: tuple[Column[Line], ...] = (
    Column(name="project", get=lambda line: line.project.id, forms=EVERYWHERE),
    Column(name="name", get=lambda line: line.project.name, forms=EVERYWHERE),
    Column(name="build_state", get=lambda line: line.project.build_state, forms=EVERYWHERE,
           names={Form.table: "state"}),
    Column(name="length_km", unit="km", forms=EVERYWHERE, spec=",.0f",
           digits=dict.fromkeys(FILES, 1), names={Form.table: "km"}),
    Column(name="capex_musd", get=lambda line: line.capex and line.capex.value,
           unit="million USD", forms=EVERYWHERE, spec=",.0f", digits=dict.fromkeys(FILES, 1),
           names={Form.table: "estimate, million USD"}),
    Column(name="capex_basis", forms=FILES),
    Column(name="claim_count", get=lambda line: len(line.claims), unit="count", forms=EVERYWHERE,
           names={Form.table: "claims"}),
    Column(name="stages", forms=EVERYWHERE),
)  # fmt: skip
"""A project in a list."""

CLAIM_KEYS = (
    "id", "name", "route", "length_claim", "gauge_claim", "capex_low_musd", "capex_high_musd",
    "forecast_claim_mt_per_year", "forecast_year", "volume_meaning", "transit_time_claim",
    "cost_saving_claim", "status_reported", "financing", "note", "source_url", "source_date",
    "confidence",
)  # fmt: skip


def rail_claim_to_dict(row: RailProjectRow) -> dict[str, Any]:
    """Return one claim as told."""
    return {key: getattr(row, key) for key in CLAIM_KEYS}


def line_to_dict(world: World, line: Line, flags: Iterable[RedFlag]) -> dict[str, Any]:
    """Return a project with its sections, claims that compete, and red flags."""
    return {
        "world": world_to_dict(world),
        "project": line.project.id,
        "name": line.project.name,
        "build_state": line.project.build_state,
        "status": line.project.status_note,
        "stage": line.stage or None,
        "stages": list(line.stages),
        "length_km": round(line.length_km, 1),
        "straight_km": round(line.straight_km, 1),
        "km_by_country": {name: round(km, 1) for name, km in line.km_by_country.items()},
        "links": [link.id for link in line.links],
        "crossings": [
            {
                "crossing": one,
                "closes_with": world.network.elements[one].beside or None,
                "frontier_group": world.network.elements[one].frontier_group,
            }
            for one in line.crossings
        ],
        "gauge_breaks": list(line.gauge_breaks),
        "capex_musd": None if line.capex is None else dict(
            zip(("low", "central", "high"), line.capex.ends, strict=True)
        ),
        "capex_basis": line.capex_basis,
        "sections": [
            {
                "section": row.section_id,
                "stage": row.stage,
                "name": row.name,
                "links": list(row.section_links),
                "terrain": row.terrain,
                "capex_musd": row.capex_musd,
                "note": row.note,
                "source_url": row.source_url,
                "source_date": row.source_date,
                "grade": row.confidence,
            }
            for row in line.sections
        ],
        "claims": [rail_claim_to_dict(row) for row in line.claims],
        "red_flags": [to_dict(FLAGS, flag) for flag in flags],
    }  # fmt: skip


def parameter_to_dict(row: AppraisalParameterRow) -> dict[str, Any]:
    """Return a parameter that an answer used, with its source and grade."""
    return {
        "parameter": row.parameter,
        "applies_to": row.applies_to,
        "low": row.value_low,
        "value": row.value,
        "high": row.value_high,
        "unit": row.unit,
        "note": row.note,
        "source_url": row.source_url,
        "source_date": row.source_date,
        "grade": row.confidence,
    }


def point_to_dict(point: Point) -> dict[str, Any]:
    """Return a point of the break-even surface."""
    return {
        "name": point.name,
        "capex_musd": round(point.capex_musd, 1),
        "mt_per_year": round(point.mt_per_year, DIGITS),
        "open_share": round(point.open_share, 4),
        "enpv_musd": round(point.enpv_musd, 1),
        "above_capacity": point.above_capacity,
        "capex_at_break_even_musd": _or_none(point.capex_at_zero_musd, 1),
        "days_shut_at_break_even": _or_none(point.days_shut_at_zero, 1),
        "basis": point.basis,
    }


def plane_to_dict(plane: Plane) -> dict[str, Any]:
    """Return the plane of net present value: by tonnes times days open, less cost and upkeep.

    `enpv_musd` of a point is `musd_per_mt * mt_per_year * open_share - per_capex * capex_musd -
    upkeep_musd`: exact at every point up to the capacity of the track.
    """
    return {
        "musd_per_mt": round(plane.per_mt, 6),
        "per_capex": round(plane.per_capex, 6),
        "upkeep_musd": round(plane.fixed_musd, 6),
        "capex_musd": round(plane.capex_musd, 1),
        "mt_per_year": round(plane.mt_per_year, 6),
        "open_share": round(plane.open_share, 6),
        "capacity_mt_per_year": round(plane.capacity_mt, 4),
    }


def _or_none(value: float | None, digits: int = DIGITS) -> float | None:
    return None if value is None else round(value, digits)


def break_even_to_dict(answer: BreakEven) -> dict[str, Any]:
    """Return what would have to be true, with the surface and the points on it."""
    plane = answer.plane
    return {
        "capex_musd": _or_none(plane.capex_at_zero, 1),
        "tonnes_mt_per_year": _or_none(plane.tonnes_at_zero),
        "open_share": _or_none(plane.open_at_zero, 4),
        "one_spell_at_opening_days": _or_none(answer.spell_days, 1),
        "tariff_usd_per_t": round(answer.tariff_usd_per_t, 2),
        "capacity_mt_per_year": round(plane.capacity_mt, 2),
        "why": dict(answer.why),
        "plane": plane_to_dict(plane),
        "points": [point_to_dict(one) for one in answer.points],
        "surface": [
            {
                key: value
                for key, value in point_to_dict(one).items()
                if key not in ("name", "basis")
            }
            for one in answer.surface
        ],
    }


def appraisal_sources(answer: Appraisal) -> list[Source]:
    """Return all dated sources that an appraisal rests on."""
    rows = [*answer.used, *answer.line.sections]
    sources = [source_of(row) for row in rows if row.source_date]
    if answer.line.promise is not None:
        sources.append(source_of(answer.line.promise))
    return [*sources, *(one.source for one in answer.references)]


def appraisal_to_dict(world: World, answer: Appraisal) -> dict[str, Any]:
    """Return an appraisal: the keys of the contract first, then what they rest on."""
    enpv, plan = answer.enpv, answer.plan
    return {
        "project": answer.line.project.id,
        "name": answer.line.project.name,
        "stage": answer.line.stage or None,
        "traffic": str(answer.asked.traffic),
        "closures": str(answer.asked.closures),
        "discount_share": answer.rate_share,
        "enpv_musd": {
            "p10": round(enpv.p10, 1), "p50": round(enpv.p50, 1), "p90": round(enpv.p90, 1),
        },
        "enpv_error_musd": dict(
            zip(("p10", "p50", "p90"), (round(one, 1) for one in enpv.errors), strict=True)
        ),
        "central_enpv_musd": round(answer.central_musd, 8),
        "financial_npv_musd": round(answer.financial_musd, 1),
        "eirr": list(answer.returns.roots),
        "eirr_why": answer.returns.why or None,
        "firr": list(answer.financial_returns.roots),
        "firr_why": answer.financial_returns.why or None,
        "bcr": round(answer.bcr, 4),
        "payback_years": answer.payback_years,
        "switching": {name: _or_none(value, 4) for name, value in answer.switching.items()},
        "p_eirr_above": {f"{rate:g}": p for rate, p in answer.p_above.items()},
        "break_even": break_even_to_dict(answer.break_even),
        "days_shut_at_break_even": _or_none(answer.break_even.plane.days_shut_at_zero, 1),
        "days_shut_expected": round(answer.days_shut, 1),
        "closures_on_record": answer.closures_known,
        "countries": [to_dict(COUNTRIES, one) for one in answer.countries],
        "sharing_of_transit_musd_per_year": [
            {
                "country": one.country,
                "by_km": round(one.by_km_musd, DIGITS),
                "by_avoided_cost": round(one.by_avoided_cost_musd, DIGITS),
                "by_shapley": round(one.by_shapley_musd, DIGITS),
            }
            for one in answer.sharing
        ],
        "accounts": [
            {
                "item": one.item,
                "economic_musd": _or_none(one.economic_musd),
                "financial_musd": _or_none(one.financial_musd),
                "why": one.why or None,
            }
            for one in answer.accounts
        ],
        "waiting": {
            "multiple": round(answer.waiting.multiple, 5),
            "trigger_ratio": round(answer.waiting.trigger_ratio, 4),
            "net_revenue_needed_musd": round(answer.waiting.needed_musd, 1),
            "net_revenue_musd": round(answer.waiting.has_musd, 1),
            "option_musd": round(answer.waiting.option_musd, 1),
            "commit_now_musd": round(answer.waiting.commit_musd, 1),
        },
        "staging": None if answer.staging is None else {
            "all_at_once_musd": round(answer.staging.whole_musd, 1),
            "stage_alone_musd": round(answer.staging.stage_musd, 1),
            "stage_then_rest_blind_musd": round(answer.staging.blind_musd, 1),
            "stage_then_rest_seeing_musd": round(answer.staging.seeing_musd, 1),
            "information_at_most_musd": round(answer.staging.information_musd, 1),
            "option_at_most_musd": round(answer.staging.option_musd, 1),
            "go_share": round(answer.staging.go_share, 4),
            "delay_years": answer.staging.delay_years,
        },
        "protection": {
            "premium_usd_per_t": round(answer.protection.premium_usd_per_t, 2),
            "lost_to_closures_musd_per_year": round(answer.protection.lost_musd_per_year, 2),
            "most_usd_per_km_year": round(answer.protection.most_usd_per_km),
            "covered_usd_per_km_year": round(answer.protection.covered_usd_per_km),
            "legs": [
                {
                    "country": one.country, "km": round(one.km, 1),
                    "line_km": round(one.line_km, 1),
                    "expected_loss_usd_per_t": round(one.loss_usd_per_t, DIGITS),
                    "expected_loss_usd_per_trip": round(one.loss_usd_per_trip, 2),
                    "attacks_per_year": _or_none(one.attacks_per_year),
                }
                for one in answer.protection.legs
            ],
        },
        "traffic_mt_per_year": round(answer.rail_mt, DIGITS),
        "carried_mt_per_year": round(answer.carried_mt, DIGITS),
        "open_share": round(answer.open_share, 4),
        "years_at_capacity": answer.full_years,
        "opening_year": answer.opening_year,
        "capex_musd": round(plan.capex_musd, 1),
        "capex_basis": answer.line.capex_basis,
        "conversion_factor": round(plan.capex_factor, 4),
        "tornado": [
            {
                "item": one.item,
                "low": one.low,
                "high": one.high,
                "enpv_at_low_musd": round(one.at_low_musd, 1),
                "enpv_at_high_musd": round(one.at_high_musd, 1),
            }
            for one in answer.tornado
        ],
        "reference_class": [
            {
                "line": one.line_id,
                "name": one.name,
                "promised_mt_per_year": one.promised_mt_per_year,
                "actual_mt_per_year": one.actual_mt_per_year,
                "ratio": round(one.ratio, 4),
                "source_url": one.source.url,
                "source_date": one.source.date or None,
                "grade": one.source.grade,
            }
            for one in answer.references
        ],
        "reference_class_n": len(answer.references),
        "relief_of_a_gate": {
            "n": len(answer.relief_lines),
            "low_ratio": answer.relief.low, "high_ratio": answer.relief.high,
            "of": "tonnes that pass today only; a range, not sampled",
        },
        "rail_shares_seen": [
            {
                "line": one.name,
                "rail_share": round(one.rail_share, DIGITS),
                "rail_usd_per_t": round(one.rail_usd_per_t, 1),
                "road_usd_per_t": round(one.road_usd_per_t, 1),
                "grade": one.grade,
            }
            for one in answer.seen
        ],
        "markets": [
            {
                "origin": one.market.origin,
                "destination": one.market.destination,
                "flow": one.market.flow,
                "t_per_year": round(one.market.t_per_year),
                "figure": one.market.figure_id,
                "rail_share": round(one.usual.rail_share, 4),
                "old_usd_per_t": round(one.market.old[0].cost_usd_per_t, 1),
                "new_usd_per_t": round(one.market.new.cost_usd_per_t, 1),
                "saved_usd_per_t": round(one.usual.saved_usd_per_t, 2),
                "choice_usd_per_t": round(one.usual.choice_usd_per_t, 2),
            }
            for one in answer.effects
        ],
        "red_flags": [to_dict(FLAGS, flag) for flag in answer.flags],
        "notes": list(answer.notes),
        "defaults_used": [parameter_to_dict(row) for row in answer.used],
        "evidence_horizon": answer.evidence_horizon.isoformat(),
        "world": world_to_dict(world),
        "sources": sorted(
            {one.url for one in appraisal_sources(answer) if one.url.startswith("http")}
        ),
    }  # fmt: skip
