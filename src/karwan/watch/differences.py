"""The difference between two answers of a watch, in words; None where there is nothing to tell.

A chance or a share is told only when it moved by more than its Monte Carlo error and by more than
the step that the watch states: what a second run with other draws might show is no news.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from karwan.base.words import counted
from karwan.watch.nouns import Changed, Observation, Watch, When

ERRORS_APART = 1.96
"""Standard errors of a difference that draws alone exceed once in twenty."""
MOST_NAMED = 5

Told = Mapping[str, Any]


def difference(watch: Watch, before: Told, after: Told) -> str | None:
    """Return what is new in the later answer, or None."""
    return _WAYS[watch.when](watch, before, after)


def moved(watch: Watch, before: Told, after: Told) -> bool:
    """Return whether a chance moved by more than both its Monte Carlo error and the step.

    Parameters
    ----------
    before, after
        `share` in 0-1 and `error_share`, its standard error, 0 where nothing was drawn.
    """
    change = abs(after["share"] - before["share"])
    error = ERRORS_APART * math.hypot(before["error_share"], after["error_share"])
    return bool(change > error and change >= watch.step)


def _rank(watch: Watch, before: Told, after: Told) -> str | None:
    """Tell another first way, and ways that came or went, where the shares moved enough."""
    names = {**before["names"], **after["names"]}
    first, now = before["first"], after["first"]
    zero = {"share": 0.0, "error_share": 0.0}
    shares = before["shares"], after["shares"]
    if first != now:
        apart = [one for one in (first, now) if one]
        if not first or not now or any(
            moved(watch, shares[0].get(one, zero), shares[1].get(one, zero)) for one in apart
        ):  # fmt: skip
            return (
                f"first is {_named(names, now)}, no longer {_named(names, first)}"
                f"{_share_words(shares[0], shares[1], now)}"
            )
    return None


def _share_words(before: Told, after: Told, name: str | None) -> str:
    if name is None or name not in after:
        return ""
    was = f"{before[name]['share']:.0%}" if name in before else "not among them"
    return f" (cheapest in {after[name]['share']:.0%} of readings, before: {was})"


def _named(names: Mapping[str, str], ident: str | None) -> str:
    return "no way" if ident is None else names.get(ident, ident)


def _status(_: Watch, before: Told, after: Told) -> str | None:
    return _by_name(before["status"], after["status"])


def _chance(watch: Watch, before: Told, after: Told) -> str | None:
    if before["share"] is None or after["share"] is None:
        if before["share"] == after["share"]:
            return None
        known = before if after["share"] is None else after
        gone = "is no longer known" if after["share"] is None else "is known now"
        return f"{known['of']} {gone}: {known['share']:.1%}"
    if not moved(watch, before, after):
        return None
    error = max(before["error_share"], after["error_share"])
    drawn = f", Monte Carlo error {error:.1%}" if error else ", computed without draws"
    return f"{after['of']}: {before['share']:.1%} became {after['share']:.1%}{drawn}"


def _statement(_: Watch, before: Told, after: Told) -> str | None:
    return _by_name(before["status"], after["status"])


def _horizon(_: Watch, before: Told, after: Told) -> str | None:
    if before["horizon"] == after["horizon"]:
        return None
    return f"newest evidence is of {after['horizon']}, before of {before['horizon']}"


def _silence(_: Watch, before: Told, after: Told) -> str | None:
    """Tell sources that went silent since; one that spoke again is told as well."""
    silent, heard = before["silent"], after["silent"]
    new = [name for name in heard if name not in silent]
    back = [name for name in silent if name not in heard]
    parts = [
        f"{name} went silent: no row since {heard[name]['last']}, usually one within "
        f"{counted(heard[name]['usual_days'], 'day')}"
        for name in new[:MOST_NAMED]
    ]
    if len(new) > MOST_NAMED:
        parts.append(f"and {len(new) - MOST_NAMED} more went silent")
    if back:
        parts.append(f"heard again: {', '.join(back[:MOST_NAMED])}")
    return "; ".join(parts) or None


def _by_name(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """Return names whose words are others, new ones and those gone."""
    parts = [
        f"{name} is {words}, before {before[name]}" if name in before else f"new: {name}, {words}"
        for name, words in after.items()
        if before.get(name) != words
    ]
    parts += [
        f"{name} is gone, before {words}" for name, words in before.items() if name not in after
    ]
    if len(parts) > MOST_NAMED:
        parts = [*parts[:MOST_NAMED], f"and {len(parts) - MOST_NAMED} more"]
    return "; ".join(parts) or None


_WAYS: dict[When, Callable[[Watch, Told, Told], str | None]] = {
    When.rank: _rank,
    When.status: _status,
    When.chance: _chance,
    When.statement: _statement,
    When.horizon: _horizon,
    When.silence: _silence,
}


def what_changed(
    watch: Watch, before: Observation, after: Observation, again: Callable[[], Observation]
) -> Changed:
    """Return what made the answer another: the world, time alone, tables, or the program.

    Parameters
    ----------
    again
        Asks the earlier question, as of its day and by the rows entered then, of the tables and
        the program of today; called only where one of these is another.
    """
    code, data = before.code != after.code, before.tables_sha256 != after.tables_sha256
    if (code or data) and again().told != before.told:
        if code and data:
            return Changed.data_and_code
        return Changed.code if code else Changed.data
    went_silent = watch.when is When.silence and not set(before.told["silent"]) - set(
        after.told["silent"]
    )
    return Changed.time if went_silent or before.rows == after.rows else Changed.world
