"""What is told of pairs whose days were reduced as they were drawn: columns, JSON and lines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.pairs import WORDS
from karwan.analysis.futures.streamed import QUANTILES, PairDays, StreamedFates, WorstDay
from karwan.base.telling import FILES, Column, Form, to_dict

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

SHOWN_PAIRS, SHOWN_USED = 5, 3
SHOWN_WORST, SHOWN_STATES = 3, 5


def _quantile(part: int, share: float, row: PairDays) -> float | None:
    return next((one[part] for one in row.quantiles if one[0] == share), None)


def _quantiles() -> list[Column[PairDays]]:
    columns = list[Column[PairDays]]()
    for share in QUANTILES:
        name = f"p{round(100 * share):02}"
        columns += [
            Column(
                name=f"{name}_weight_usd",
                get=partial(_quantile, 1, share),
                unit="USD",
                forms=(*FILES, Form.table) if share in (0.5, 0.95) else FILES,
                names={Form.table: f"weight {name.upper()}"},
                digits={Form.json: 3, Form.csv: 2},
                spec=",.0f",
            ),
            Column(
                name=f"error_{name}_weight_usd",
                get=partial(_quantile, 2, share),
                unit="USD",
                forms=(*FILES, Form.table) if share == 0.95 else FILES,  # noqa: PLR2004
                names={Form.table: "± (bin)"},
                digits={Form.json: 3, Form.csv: 2},
                spec=",.0f",
            ),
        ]
    return columns


STREAMED: tuple[Column[PairDays], ...] = (
    Column(name="origin"),
    Column(name="destination"),
    Column(name="origin_name", forms=(Form.table,), names={Form.table: "origin"}),
    Column(name="destination_name", forms=(Form.table,), names={Form.table: "destination"}),
    Column(name="times", forms=(*FILES, Form.table)),
    Column(
        name="cut_share",
        unit="share",
        forms=(*FILES, Form.table),
        names={Form.table: "days cut"},
        digits={Form.json: 6, Form.csv: 6},
        spec=".1%",
    ),
    Column(
        name="first_share",
        unit="share",
        forms=(*FILES, Form.table),
        names={Form.table: "usual weight"},
        digits={Form.json: 6, Form.csv: 6},
        spec=".1%",
    ),
    Column(
        name="mean_weight_usd",
        unit="USD",
        forms=(*FILES, Form.table),
        names={Form.table: "mean weight"},
        digits={Form.json: 3, Form.csv: 2},
        spec=",.0f",
    ),
    *_quantiles(),
    Column(
        name="use",
        get=lambda row: [{"element": name, "share": round(share, 6)} for name, share in row.use],
        forms=(Form.json,),
    ),
)
"""What is told of a pair; what is not known is None or blank."""


def _worst_to_dict(one: WorstDay) -> dict[str, Any]:
    return {
        "country": one.country,
        "times": one.times,
        "future": one.future,
        "day": one.day,
        "pairs_cut": one.pairs_cut,
        "excess_weight_usd": round(one.excess_weight_usd, 3),
        "shut": list(one.shut),
        "slow": [{"element": name, "delay_hours": hours} for name, hours in one.slow],
    }


def streamed_to_dict(fates: StreamedFates, world: World) -> dict[str, Any]:
    """Return pairs and the worst days as data."""
    return {
        "pairs": [to_dict(STREAMED, row) for row in fates.pairs],
        "worst_days": [_worst_to_dict(one) for one in fates.worst],
        "seed": fates.sampling.seed,
        "path_count": fates.sampling.path_count,
        "horizon_days": fates.sampling.horizon_days,
        "scenario_days": fates.sampling.day_count,
        "engine": {"name": "lanes", "why": "days are reduced as they are drawn"},
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "notes": streamed_notes(fates),
    }


def streamed_lines(fates: StreamedFates) -> list[str]:
    """Return what few pairs use most, and the worst days, in the lines of a terminal."""
    lines = []
    if len(fates.pairs) <= SHOWN_PAIRS * len(WORDS):
        for row in fates.pairs:
            most = [
                f"{fates.names.get(name, name)} {share:.0%}" for name, share in row.use[:SHOWN_USED]
            ]
            if most:
                lines.append(
                    f"{row.origin_name} to {row.destination_name}, {WORDS[row.times]}, uses "
                    f"{', '.join(most)} of days"
                )
        lines.append("")
    for times, words in WORDS.items():
        days = sorted(
            (one for one in fates.worst if one.times == times),
            key=lambda one: (-one.pairs_cut, -one.excess_weight_usd, one.country),
        )
        if days:
            lines += [
                f"Worst days {words}:",
                *(_worst_line(one, fates) for one in days[:SHOWN_WORST]),
            ]
    return lines


def _worst_line(one: WorstDay, fates: StreamedFates) -> str:
    slow = [
        f"{fates.names.get(name, name)} slow by {hours:.0f} h"
        for name, hours in sorted(one.slow, key=lambda held: -held[1])
    ]
    states = [*(f"{fates.names.get(name, name)} shut" for name in one.shut), *slow]
    more = len(states) - SHOWN_STATES
    return (
        f"  future {one.future}, day {one.day}: of the pairs from {one.country} "
        f"{one.pairs_cut} cut, the others {one.excess_weight_usd:,.0f} USD heavier together; "
        + ", ".join(states[:SHOWN_STATES])
        + (f" and {more} more" if more > 0 else "")
    )


def streamed_notes(fates: StreamedFates) -> list[str]:
    """Return what the figures rest on."""
    from karwan.route.streams import QUANTILE_ERROR_SHARE

    sampling = fates.sampling
    return [
        f"{sampling.path_count:,} seeded futures (seed {sampling.seed}) of "
        f"{sampling.horizon_days:,} days, every day weighed as it was drawn and none kept. Weights "
        "are routing weights a consignment, of the days on which a pair is joined. An estimate, "
        "grade C.",
        "A quantile is the usual weight or the middle of its bin, off by "
        f"{QUANTILE_ERROR_SHARE:.1%} at most unless told otherwise beside it; shares and means are "
        "exact on what was drawn. How far chance may move these is told where futures are not "
        "streamed.",
        "Worst days cut most pairs, then add most weight; each is a different state. No record of "
        "closures is no safe road.",
    ]
