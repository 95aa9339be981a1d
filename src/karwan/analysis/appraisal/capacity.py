"""What a single track can carry: alternate trains between passing loops."""

from __future__ import annotations

from dataclasses import dataclass

MINUTES_PER_HOUR = 60.0
HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A single track and its trains.

    Attributes
    ----------
    occupancy_share
        Of the day in which trains run.
    """

    siding_km: float
    speed_kmh: float
    clearance_minutes: float
    occupancy_share: float
    train_t: float
    days_per_year: float

    @property
    def pairs_per_day(self) -> float:
        """Pairs of trains a day.

        Examples
        --------
        >>> track = Track(siding_km=25, speed_kmh=50, clearance_minutes=5, occupancy_share=0.65,
        ...               train_t=2000, days_per_year=350)
        >>> round(track.pairs_per_day, 2), round(track.mt_per_year, 2)
        (13.37, 9.36)
        """
        cycle_hours = 2 * self.siding_km / self.speed_kmh
        cycle_hours += 2 * self.clearance_minutes / MINUTES_PER_HOUR
        return HOURS_PER_DAY * self.occupancy_share / cycle_hours

    @property
    def mt_per_year(self) -> float:
        """Net tonnes a year in each direction, in millions."""
        return self.pairs_per_day * self.train_t * self.days_per_year / 1e6
