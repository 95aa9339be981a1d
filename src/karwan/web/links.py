"""The addresses that a screen leads to: its question with one thing changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from karwan.web.questions import address
from karwan.words.speech import label_word, say

Pairs = list[tuple[str, str]]
HERE = "/compare"
DEEDS = {"close": "shut", "open": "open", "with": "as if built"}
"""What each parameter of a change makes of a thing, in a word."""


def deed_text(deed: str, names: str = "") -> str:
    """Return what a change makes of things, with their names or without."""
    if not names:
        return label_word(DEEDS[deed])
    if deed == "close":
        return say("{names} shut", names=names)
    return (
        say("{names} open", names=names)
        if deed == "open"
        else say("{names} as if built", names=names)
    )


FIELDS = ("from", "to", "cargo", "unit", "as_of", "depart", "state", "data")
"""What the form asks for itself; the version of the data is told anew."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses made from one question.

    Attributes
    ----------
    pairs
        The question as the canonical address gives it.
    """

    pairs: Pairs

    @property
    def url(self) -> str:
        """The canonical address."""
        return address(HERE, self.pairs)

    @property
    def undo_all(self) -> str:
        """The address of the question without its changes."""
        return address(HERE, [pair for pair in self.pairs if pair[0] not in DEEDS])

    @property
    def swapped(self) -> str:
        """The address of the question the other way."""
        turned = {"from": "to", "to": "from"}
        return address(HERE, [(turned.get(name, name), value) for name, value in self.pairs])

    @property
    def other_rows(self) -> str:
        """The address that shows all variants, or the best of each family again."""
        kept = [pair for pair in self.pairs if pair[0] != "rows"]
        return address(HERE, kept if kept != self.pairs else [*kept, ("rows", "all")])

    @property
    def hidden(self) -> Pairs:
        """What the form carries on unseen."""
        return [pair for pair in self.pairs if pair[0] not in FIELDS]

    def adding(self, name: str, value: str) -> str:
        """Return the address with one more value."""
        return address(HERE, [*self.pairs, (name, value)])

    @property
    def data(self) -> str:
        """The version of the data, short."""
        return dict(self.pairs).get("data", "")

    @property
    def api_url(self) -> str:
        """The address of the same answer for a program."""
        pairs = [pair for pair in self.pairs if pair[0] not in ("rows", "data", "lang")]
        return address("/api/v1/compare", pairs)

    def without(self, name: str, value: str) -> str:
        """Return the address without one value."""
        return address(HERE, [pair for pair in self.pairs if pair != (name, value)])

    def on_day(self, day: dt.date) -> str:
        """Return the address of the question as another day knew it."""
        pairs = [(n, str(day) if n == "as_of" else v) for n, v in self.pairs if n != "depart"]
        return address(HERE, pairs)

    @property
    def gate(self) -> str:
        """The address of the cards of the crossing."""
        return address(f"{HERE}/gate", self.pairs)

    @property
    def share(self) -> str:
        """The address that keeps the answer."""
        return address("/shared", self.pairs)

    def level(self, factor: float) -> str:
        """Return the address of how corridors stand at a level of security."""
        pairs = [pair for pair in self.pairs if pair[0] not in ("hazard_factor", "depart")]
        return address(f"{HERE}/security", [*pairs, ("hazard_factor", f"{factor:g}")])

    def figures(self, corridor_id: str) -> str:
        """Return the address of what a corridor's figures rest on."""
        return address(f"{HERE}/figures", [*self.pairs, ("corridor", corridor_id)])

    def flipped(self, name: str, *, is_shut: bool) -> str:
        """Return the address with a crossing flipped; one that was changed goes back."""
        own = [("close", name), ("open", name)]
        before = [pair for pair in self.pairs if pair[0] != "gate"]
        pairs = [pair for pair in before if pair not in own]
        if len(pairs) == len(before):
            pairs.append(("open" if is_shut else "close", name))
        return address(HERE, [*pairs, ("gate", name)])
