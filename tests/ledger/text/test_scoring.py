"""Scores by hand: what is met, what is missed, and that nothing is met twice."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from karwan.data.rows.ledger import ArticleStatementRow
from karwan.ledger.text.gazetteer import gazetteer_from
from karwan.ledger.text.reading import propose
from karwan.ledger.text.scoring import score, stems
from karwan.ledger.text.sentences import make_document
from tests.reference import catalog
from tests.rows import make_row

TEXT = (
    "A headline without an end\n\nMinister Khan said that the border gate stays shut for lorries. "
    "Analysts warned that traders lose money every single day."
)
CELLS = [
    {"id": "S1", "paragraph": "1", "speaker": "Khan", "type": "fact",
     "paraphrase": "The border gate is still shut to lorries."},
    {"id": "S2", "paragraph": "1", "speaker": "analysts (unnamed)", "type": "warning",
     "paraphrase": "Traders lose money daily."},
    {"id": "S3", "paragraph": "2", "speaker": "Khan", "type": "fact",
     "paraphrase": "The border gate is still shut to lorries."},
]  # fmt: skip
ROWS = [make_row(ArticleStatementRow, cells) for cells in CELLS]


def test_a_statement_is_met_in_its_own_paragraph_only() -> None:
    document = make_document("note", TEXT)
    found = score(document, propose(document, gazetteer_from(catalog())), ROWS)
    assert found.met_count == 2
    assert found.missed_ids == ("S3",)
    assert found.same_speaker_count == 2
    assert found.recall_share == 2 / 3


def test_no_statements_and_no_proposals_score_nothing() -> None:
    document = make_document("note", "")
    found = score(document, [], [])
    assert (found.recall_share, found.precision_share) == (0.0, 0.0)


@given(st.permutations(ROWS))
def test_the_order_of_statements_does_not_matter(rows: list[ArticleStatementRow]) -> None:
    document = make_document("note", TEXT)
    found = score(document, propose(document, gazetteer_from(catalog())), rows)
    assert found.met_count == 2


def test_pairs_are_chosen_as_every_order_tried_would_choose_them() -> None:
    """Oracle: the best of all ways to pair proposals with statements, one by one."""
    document = make_document("note", TEXT)
    proposals = [p for p in propose(document, gazetteer_from(catalog())) if p.paragraph == 1]
    best = 0
    for order in permutations(range(len(ROWS)), len(proposals)):
        met = sum(
            len(stems(p.clause.of(TEXT)) & stems(ROWS[j].paraphrase)) >= 2
            and str(p.paragraph) == ROWS[j].paragraph
            for p, j in zip(proposals, order, strict=True)
        )
        best = max(best, met)
    assert score(document, proposals, ROWS).met_count == best
