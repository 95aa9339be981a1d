"""What it is worth to wait, for a line whose revenue stops while it is cut.

Revenue follows a geometric Brownian motion; the line is open or shut by a two-state Markov chain.
One commits only while it is open. Insecurity acts through what an open line is worth, hardly
through the multiple at which one should commit; it is not in the rate as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-13
WIDEST = 50.0
"""Times the threshold without closures within which that with closures is sought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A stream of revenue and its interruptions.

    Attributes
    ----------
    closing_per_year, opening_per_year
        Rates of the chain: from open to shut, and one over the mean closure in years.
    """

    rate_share: float
    drift_share: float
    volatility_share: float
    closing_per_year: float = 0.0
    opening_per_year: float = 1.0

    @property
    def gap(self) -> float:
        """Rate less drift."""
        return self.rate_share - self.drift_share

    def root(self, rate: float, *, sign: int = 1) -> float:
        """Return the positive or the negative root of the characteristic equation at a rate.

        Examples
        --------
        >>> round(Waiting(rate_share=0.09, drift_share=0.03, volatility_share=0.2).root(0.09), 5)
        1.886
        """
        variance = self.volatility_share**2
        half = 0.5 - self.drift_share / variance
        return half + sign * math.sqrt(half**2 + 2 * rate / variance)

    @property
    def multiple(self) -> float:
        """Value over cost at which to commit if nothing is ever shut."""
        beta = self.root(self.rate_share)
        return beta / (beta - 1)

    @property
    def open_worth(self) -> float:
        """Value of an open line for each dollar of its yearly revenue.

        Examples
        --------
        >>> chain = Waiting(rate_share=0.09, drift_share=0.03, volatility_share=0.2,
        ...                 closing_per_year=1.0, opening_per_year=365 / 20)
        >>> round(chain.open_worth, 4)
        15.8036
        """
        gap, back = self.gap, self.opening_per_year
        return (gap + back) / (gap * (gap + back + self.closing_per_year))

    @property
    def trigger(self) -> float:
        """Yearly revenue for each dollar of cost at which to commit, while open."""
        plain = self.multiple * self.gap
        if self.closing_per_year == 0:
            return plain
        low, high = plain / WIDEST, plain * WIDEST
        below = self._mismatch(low) < 0
        while high - low > TOLERANCE * high:
            middle = (low + high) / 2
            if (self._mismatch(middle) < 0) == below:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def option_worth(self, x: float) -> float:
        """Return what the right to commit is worth while open, for each dollar of cost.

        Below the threshold it is worth more than committing; from there on, the same.

        Examples
        --------
        >>> plain = Waiting(rate_share=0.09, drift_share=0.03, volatility_share=0.2)
        >>> round(plain.option_worth(plain.trigger), 4), round(plain.multiple - 1, 4)
        (1.1287, 1.1287)
        """
        if x <= 0:
            return 0.0
        trigger, b1 = self.trigger, self.root(self.rate_share)
        if x >= trigger:
            return self.open_worth * x - 1.0
        if self.closing_per_year == 0:
            return float((self.open_worth * trigger - 1.0) * (x / trigger) ** b1)
        first, second, _ = self._terms(trigger)
        b2 = self.root(self.rate_share + self.closing_per_year + self.opening_per_year)
        return float(first * (x / trigger) ** b1 + second * (x / trigger) ** b2)

    def _mismatch(self, x: float) -> float:
        """Return by how much the slope of the option misses at a threshold; 0 at the right one.

        Value and slope of the option while shut fit across the threshold, and the value while open;
        the slope while open is what is left.
        """
        first, second, _ = self._terms(x)
        b1 = self.root(self.rate_share)
        b2 = self.root(self.rate_share + self.closing_per_year + self.opening_per_year)
        return float(b1 * first + b2 * second - self.open_worth * x)

    def _terms(self, x: float) -> tuple[float, float, float]:
        """Return both terms of the option below a threshold and that of the shut line above."""
        shut, back = self.closing_per_year, self.opening_per_year
        b1 = self.root(self.rate_share)
        b2 = self.root(self.rate_share + shut + back)
        b3 = self.root(self.rate_share + back, sign=-1)
        ratio = back / shut
        beyond = back * self.open_worth * x / (self.gap + back)
        paid = back / (self.rate_share + back)
        # Unknown: the first two terms of the option below, and that of the shut line above.
        system = np.array([[1.0, 1.0, 0.0], [1.0, -ratio, -1.0], [b1, -ratio * b2, -b3]])
        known = np.array([self.open_worth * x - 1.0, beyond - paid, beyond])
        first, second, above = np.linalg.solve(system, known)
        return float(first), float(second), float(above)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAnswer:
    """What waiting is worth to a line.

    Attributes
    ----------
    multiple
        Value over cost at which to commit, without closures.
    trigger_ratio
        How much more revenue closures ask for.
    needed_musd
        Yearly net revenue at maturity at which to commit.
    has_musd
        That of the central case.
    option_musd
        What the right to commit later is worth at that revenue.
    commit_musd
        What committing now brings at that revenue, by the same law.
    """

    multiple: float
    trigger_ratio: float
    needed_musd: float
    has_musd: float
    option_musd: float
    commit_musd: float


def waiting_answer(chain: Waiting, *, cost_musd: float, net_musd: float) -> WaitingAnswer:
    """Return what revenue a line should promise before anybody commits to it."""
    plain = chain.multiple * chain.gap
    return WaitingAnswer(
        multiple=chain.multiple,
        trigger_ratio=chain.trigger / plain,
        needed_musd=chain.trigger * cost_musd,
        has_musd=net_musd,
        option_musd=chain.option_worth(net_musd / cost_musd) * cost_musd,
        commit_musd=chain.open_worth * net_musd - cost_musd,
    )
