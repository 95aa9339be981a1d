"""The queue of a gate hour by hour: trucks come, wait, and pass while it is open."""

from __future__ import annotations

import math

from karwan.analysis.decisions.queues import (
    FADE_DAYS,
    FIRM_DAYS,
    LEFT_DAYS,
    RETURN_DAYS,
    ArrivalsLaw,
    Gate,
)
from karwan.analysis.decisions.restart import (
    FIRST_DAY_SHARE,
    RAMP_DAYS,
    STAGE_DAYS,
    STAGE_SHARES,
    Restart,
)


def queue_by_the_hour(
    gate: Gate, shut_days: float, restart: Restart, horizon_days: float, *, steps_per_hour: int = 4
) -> list[float]:
    """Return the trucks waiting at the end of each hour, from the closure on.

    A truck that would have come in a slice of time comes, or is held back; those held back in the
    last sixty days come after the reopening, spread evenly. While it is shut, trucks of a slice
    leave one after another from day 53 of their wait to day 150.
    """
    step = 1 / (24 * steps_per_hour)
    held: list[tuple[float, float]] = []
    came: list[tuple[float, float]] = []
    waiting, hours = 0.0, []
    returning = None
    for k in range(round(horizon_days * 24) * steps_per_hour):
        now = (k + 0.5) * step
        would_come = gate.arrivals_per_day * step
        if now < shut_days:
            share = 1.0
            if gate.law is ArrivalsLaw.fading:
                share = max(1 - now / FADE_DAYS, 0.0)
            if share > 0:
                came.append((now, would_come * share))
            held.append((now, would_come * (1 - share)))
            if (k + 1) % steps_per_hour == 0:
                waiting = sum(n * _stays(gate, (k + 1) * step - when) for when, n in came)
        else:
            if returning is None:
                over = min(shut_days, RETURN_DAYS)
                kept = sum(n for when, n in held if when > shut_days - RETURN_DAYS)
                returning = kept / over if over else 0.0
            waiting += would_come
            if now < shut_days + min(shut_days, RETURN_DAYS):
                waiting += returning * step
            hour = (now % 1) * 24
            if gate.opens_at_hours <= hour < gate.opens_at_hours + gate.open_hours or (
                gate.open_hours >= 24
            ):
                rate = gate.capacity_per_day * 24 / gate.open_hours
                rate *= capacity_share(now - shut_days, restart)
                waiting = max(waiting - rate * step, 0.0)
        if (k + 1) % steps_per_hour == 0:
            hours.append(waiting)
    return hours


def _stays(gate: Gate, waited_days: float) -> float:
    if gate.law is ArrivalsLaw.constant or waited_days <= FIRM_DAYS:
        return 1.0
    return max(1 - (waited_days - FIRM_DAYS) / (LEFT_DAYS - FIRM_DAYS), 0.0)


def capacity_share(since_days: float, shape: Restart) -> float:
    """Return the share of capacity at work so long after reopening; 0 before."""
    if since_days < 0:
        return 0.0
    if shape is Restart.at_once:
        return 1.0
    if shape is Restart.ramp:
        return 1 - (1 - FIRST_DAY_SHARE) * math.exp(-since_days / RAMP_DAYS)
    stage = sum(since_days >= start for start in STAGE_DAYS) - 1
    return STAGE_SHARES[stage]


def erlang_c(servers: int, load: float) -> float:
    """Return the chance of waiting in M/M/c, by its definition; load is arrivals times service."""
    top = load**servers / math.factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / math.factorial(k) for k in range(servers)) + top)


def steady_wait_hours(
    per_hour: float, service_hours: float, servers: int, *, arrivals_cv2: float, service_cv2: float
) -> float:
    """Return the mean wait of M/G/c by Allen and Cunneen, where arrivals stay below service."""
    load = per_hour * service_hours
    slack = servers - load
    wait = erlang_c(servers, load) * service_hours / slack
    return wait * (arrivals_cv2 + service_cv2) / 2


def turn_by_slices(
    gate: Gate,
    age_days: float,
    shut_days: float,
    restart: Restart,
    *,
    own_share: float,
    before_share: float,
    slices_per_day: int = 400,
) -> float:
    """Return the days from the reopening until one who came at an age is through, slice by slice.

    What came of its class before it stands in its line, what came and comes of the classes before
    in another, which the gate empties first. Nobody turns back.
    """
    step = 1 / slices_per_day
    own = first = held = 0.0
    returning, now = None, 0.0
    while True:
        middle = now + step / 2
        would_come = gate.arrivals_per_day * step
        if middle < shut_days:
            share = 1.0
            if gate.law is ArrivalsLaw.fading:
                share = max(1 - middle / FADE_DAYS, 0.0)
            if middle < age_days:
                own += own_share * would_come * share
            first += before_share * would_come * share
            if middle > shut_days - RETURN_DAYS:
                held += would_come * (1 - share)
        else:
            since = middle - shut_days
            over = min(shut_days, RETURN_DAYS)
            returning = held / over if returning is None else returning
            first += before_share * (would_come + (returning * step if since < over else 0.0))
            passing = gate.capacity_per_day * capacity_share(since, restart) * step
            served = min(first, passing)
            first -= served
            own -= min(own, passing - served)
            if own + first <= 1e-12 or (own <= 1e-9 and served < passing):
                return since
        now += step
