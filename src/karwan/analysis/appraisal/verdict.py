"""What would have to be true for a line to pay, in words: the same for command, page and report.

Words are made from what is told (`appraisal_to_dict`), so that what was kept says the same as what
was just computed.
"""

from __future__ import annotations

from typing import Any

Told = dict[str, Any]


def verdict_head(told: Told) -> str:
    """Return the line that leads the conditions."""
    rate = f"{told['discount_share']:.0%}"
    return f"What would have to be true for it to pay at {rate}, one thing at a time:"


def verdict_lines(told: Told) -> list[str]:
    """Return the conditions on cost, tonnes and safety, and on one long closure if it pays."""
    at, plane = told["break_even"], told["break_even"]["plane"]
    why, lines = at["why"], []
    capex, tonnes, days = (
        at["capex_musd"],
        at["tonnes_mt_per_year"],
        told["days_shut_at_break_even"],
    )
    lines.append(
        f"cost: at most {capex:,.0f} million USD as estimated; {plane['capex_musd']:,.0f} are told"
        if capex is not None
        else f"cost: no estimate is low enough; {why['capex']}"
    )
    over = f". That is {why['tonnes']}" if tonnes is not None and "tonnes" in why else ""
    lines.append(
        f"tonnes: {tonnes:,.1f} Mt a year; the central case has {plane['mt_per_year']:,.2f}{over}"
        if tonnes is not None
        else f"tonnes: none; {why['tonnes']}"
    )
    lines.append(
        f"safety: shut at most {days:,.0f} days a year over its life, against {days_expected(told)}"
        if days is not None
        else f"safety: no number of open days is enough; {why.get('availability', '')}"
    )
    spell = at["one_spell_at_opening_days"]
    if spell is not None:
        lines.append(f"one closure from its opening on may last {spell:,.0f} days")
    return lines


def days_expected(told: Told) -> str:
    """Return the days shut that the record leads to, or that none is on record for the way."""
    if not told["closures_on_record"]:
        return "none on record (no gate on the way was looked at)"
    return f"{told['days_shut_expected']:,.0f} expected"


def pays(told: Told) -> bool:
    """Tell whether the central case has a net present value of 0 or more."""
    return bool(told["central_enpv_musd"] >= 0)


def line_headline(told: Told) -> str:
    """Return one sentence on a line: by how much it misses, or by how much it clears."""
    at, plane = told["break_even"], told["break_even"]["plane"]
    rate = f"{told['discount_share']:.0%}"
    tonnes, has = at["tonnes_mt_per_year"], plane["mt_per_year"]
    if pays(told):
        days = told["days_shut_at_break_even"]
        room = "" if days is None else f", and up to {days:,.0f} days shut a year"
        return (
            f"It pays at {rate} in the central case: {has:,.1f} Mt a year carry an estimate of up "
            f"to {at['capex_musd']:,.0f} million USD{room}"
        )
    if tonnes is None:
        return f"It does not pay at {rate} at any tonnage: each tonne costs more than it brings"
    needs = f"{tonnes:,.0f}" if tonnes >= TEN else f"{tonnes:,.1f}"
    carries = f"{has:,.1f}" if has >= 1 else f"{has:,.2f}"
    able = at["capacity_mt_per_year"]
    beyond = f", more than the {able:,.1f} that its single track carries" if tonnes > able else ""
    return (
        f"It does not pay at {rate} in the central case: it has {carries} Mt a year and would "
        f"need {needs}{beyond}"
    )


TEN = 10.0


def returns_words(told: Told) -> str:
    """Return all returns, or that there is none and why."""
    roots = told["eirr"]
    if not roots:
        return f"none ({told['eirr_why']})"
    words = ", ".join(f"{root:.1%}" for root in roots)
    return words if len(roots) == 1 else f"{words}: several, so none of them is the return"
