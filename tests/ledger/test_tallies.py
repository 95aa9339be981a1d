"""Kept dates: one rule, the same for every party, with an exact interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from karwan.analysis.assurances.book import choose, open_book
from karwan.data.region import region_words
from karwan.ledger.change import share_interval
from karwan.ledger.tallies import kept_by_party, kept_of, speaks_for, words_of_actor
from karwan.ledger.words import Delivery
from tests.oracles.growth import beta_quantile
from tests.reference import AS_OF, catalog

if TYPE_CHECKING:
    from karwan.ledger.assessment import Status

# The grid of the oracle has 200,000 cells over a quarter turn: a step is below 8e-6 in share.
GRIDDED = 1e-5


@pytest.fixture(scope="module")
def statuses() -> list[Status]:
    return open_book(catalog()).assess(AS_OF)


@pytest.mark.parametrize(("kept", "count"), [(1, 4), (4, 21), (3, 10), (7, 40)])
def test_ends_are_quantiles_of_beta(kept: int, count: int) -> None:
    """Clopper and Pearson (1934): Beta(k, n - k + 1) at 2.5 % and Beta(k + 1, n - k) at 97.5 %."""
    low, high = share_interval(kept, count)
    assert_allclose(low, beta_quantile(kept, count - kept + 1, 0.025), atol=GRIDDED)
    assert_allclose(high, beta_quantile(kept + 1, count - kept, 0.975), atol=GRIDDED)


@given(st.integers(0, 40), st.integers(0, 40))
def test_missed_is_the_mirror_of_kept(kept: int, missed: int) -> None:
    """The same rule with the outcomes swapped gives the mirrored interval."""
    if kept + missed:
        low, high = share_interval(kept, kept + missed)
        less, more = share_interval(missed, kept + missed)
        assert_allclose((low, high), (1.0 - more, 1.0 - less), atol=1e-9)  # rounding of a root


def test_a_statement_counts_once_and_as_one_thing(statuses: list[Status]) -> None:
    kept = kept_of("all", statuses)
    told = [*kept.kept_ids, *kept.missed_ids, *kept.unclear_ids]
    assert len(told) == len(set(told))
    by_id = {status.statement.id: status for status in statuses}
    assert all(by_id[i].delivery is Delivery.met for i in kept.kept_ids)
    assert all(by_id[i].delivery is Delivery.overdue for i in kept.unclear_ids)
    assert not any(by_id[i].statement.same_as for i in told)


def test_nothing_due_leaves_everything_open() -> None:
    kept = kept_of("nobody", [])
    assert (kept.share, kept.due_count, kept.low, kept.high) == (None, 0, 0.0, 1.0)


def test_a_partys_name_chooses_what_is_counted_for_it(statuses: list[Status]) -> None:
    """`ledger list --actor`, briefs and tallies know a party by the same words."""
    parties = region_words(catalog(), "party")
    for kept in kept_by_party(statuses, parties)[:-1]:
        chosen = choose(
            open_book(catalog()), AS_OF, actor=kept.party.lower(), corridor=None, status=None
        )
        assert kept_of(kept.party, chosen) == kept
    assert words_of_actor("Railways", parties) == ("Railways",)


def test_who_only_announces_is_not_the_speaker(statuses: list[Status]) -> None:
    told = [s for s in statuses if " (as announced by" in s.statement.speaker]
    assert told
    for status in told:
        announcer = status.statement.speaker.split(" (as announced by ")[1].rstrip(")")
        assert not speaks_for((announcer,), status)
