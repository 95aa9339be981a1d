"""The reader on texts of our own in eight kinds and two languages, with room for a mended rule."""

from __future__ import annotations

import pytest

from tests.ledger.text.marked import count, texts, total

LEAST = {"recall": 0.85, "precision": 0.80, "speaker": 0.75, "act": 0.70, "both": 0.50}
MOST_IN_THE_TEXTS_MOUTH = 0.05


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("half", ["dev", "test"])
def test_each_half_in_each_language_is_read_well_enough(half: str, language: str) -> None:
    mine = [count(one) for one in texts() if (one.half, one.language) == (half, language)]
    shares = total(mine).shares
    for name, least in LEAST.items():
        assert shares[name] >= least, name
    assert shares["in_texts_mouth"] <= MOST_IN_THE_TEXTS_MOUTH


def test_the_set_has_the_size_and_the_kinds_it_claims() -> None:
    assert len(texts()) == 54
    assert len({one.kind for one in texts()}) == 8
    assert sum(one.half == "test" for one in texts()) == 20
    for one in texts():
        for marked in one.statements:
            assert one.text.count(marked.words) == 1
