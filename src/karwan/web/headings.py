"""What stands above the table of a page of facts: what it is of, in the language spoken.

Titles of answers are English and name things by their ids, since programs read them too; a page
names the section, and says in a sentence what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from karwan.report.content import day, element_name, listed, state_text
from karwan.words.speech import say, say_counting

if TYPE_CHECKING:
    from karwan.api.answer import Answer
    from karwan.network.network import Network

Lead = Callable[[list[Any]], str]

_COUNTED: Mapping[str, Lead] = {
    "ledger": lambda rows: say_counting("{count} statement.", "{count} statements.", len(rows)),
    "benefits": lambda rows: say_counting(
        "{count} figure on who gains.", "{count} figures on who gains.", len(rows)
    ),
    "energy": lambda rows: say_counting(
        "{count} link of energy.", "{count} links of energy.", len(rows)
    ),
    "project": lambda rows: say_counting(
        "{count} project; none is built.", "{count} projects; none is built.", len(rows)
    ),
    "data": lambda rows: say_counting("{count} table.", "{count} tables.", len(rows)),
    "data-sources": lambda rows: say_counting("{count} source.", "{count} sources.", len(rows)),
    "capacity": lambda rows: say_counting(
        "{count} crossing and direction.", "{count} crossings and directions.", len(rows)
    ),
}
"""What is said of the rows of an answer that asks nothing more."""


def lead_of(path: str, answer: Answer[Any], network: Network, *, state: str = "") -> str | None:
    """Return what was asked, in a sentence; None where the page has no sentence of its own.

    Parameters
    ----------
    path
        Path of the answer, as `Fact` has it.
    state
        State of the gates that was asked of; blank where none was.
    """
    if path in _COUNTED:
        return _COUNTED[path](list(answer.rows()))
    if path == "critical" and state:
        pairs = answer.content.stakes
        return say_counting(
            "What the loss of each would cost {count} pair, {state}.",
            "What the loss of each would cost {count} pairs, {state}.",
            len(pairs),
            state=state_text(state),
        )
    if path == "impact":
        names = [
            element_name(one, network.elements[one].name) if one in network.elements else one
            for one in answer.content.closing
        ]
        return say(
            "Shut: {gates}. The first {days} days from {day}.",
            gates=listed(names),
            days=answer.content.after_days,
            day=day(answer.content.since),
        )
    return None


def heads_of(path: str) -> Mapping[str, str]:
    """Return heads that mean another thing in one answer than elsewhere: what carries energy.

    Examples
    --------
    >>> heads_of("energy"), heads_of("capacity")
    ({'carrier': 'energy carrier'}, {})
    """
    return {"carrier": "energy carrier"} if path.startswith("energy") else {}
