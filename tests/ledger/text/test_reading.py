"""Proposals: offsets hold for any text, speakers and acts follow the cues, parties are alike."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.data.rows.ledger import ArticleStatementRow
from karwan.ledger.text.cues import CUE_ACTS, SPEAKER_KINDS, SPEECH_ACTS
from karwan.ledger.text.gazetteer import Gazetteer, gazetteer_from
from karwan.ledger.text.reading import Proposal, propose
from karwan.ledger.text.scoring import score
from karwan.ledger.text.sentences import MOST_SPAN_WORDS, make_document, read_document, words_of
from karwan.ledger.text.speakers import NOT_RESOLVED, OUTLET
from tests.reference import catalog

# The article's own marks, with room for a rule that is mended: what was measured is 0.94 both.
LEAST_RECALL, LEAST_PRECISION = 0.90, 0.90
LEAST_SPEAKER, LEAST_ACT = 0.80, 0.75


@cache
def gazetteer() -> Gazetteer:
    """Return the packaged names."""
    return gazetteer_from(catalog())


def read(text: str) -> list[Proposal]:
    """Return the proposals of a text."""
    return list(propose(make_document("note", text), gazetteer()))


PIECES = st.lists(
    st.sampled_from(
        ["President Aliev", "The Taliban", "Analysts", "He", "Both leaders", "the joint statement",
         "said", "warned", "denied", "pledged", "was quoted as saying", "according to", "that",
         "and that", "but noted that", "despite repeated Taliban claims of", "not only threatens",
         "Torkham", "Kazakhstan-Uzbekistan-Afghanistan-Pakistan", "“open again”", "must not",
         ", leaving", ", with", "trade to $1 billion", "provided", "While", ".", ".\n\n", ",", ";",
         "رسول", "Ворота", "\u200f", "\ud7ff", "«да»"]
    ),
    max_size=40,
).map(" ".join)  # fmt: skip


@settings(max_examples=200)
@given(st.one_of(PIECES, st.text(max_size=500)))
def test_any_text_is_read_and_every_offset_holds(text: str) -> None:
    for proposal in read(text):
        assert 0 <= proposal.span.start < proposal.span.end <= len(text)
        assert 1 <= len(words_of(proposal.span.of(text))) <= MOST_SPAN_WORDS
        assert proposal.sentence.start <= proposal.span.start
        assert proposal.span.end <= proposal.sentence.end
        assert proposal.speech_act in SPEECH_ACTS
        assert proposal.speaker_kind in {"", *SPEAKER_KINDS}
        assert proposal.attribution_depth in {0, 1, 2}
        assert (proposal.attribution_depth == 0) == (proposal.speaker == OUTLET)


@given(PIECES)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert read(text) == read(text)


SAID = {
    "Minister Khan said that Torkham will reopen on Monday.": (
        "Khan",
        "government",
        "commitment",
        1,
    ),
    "The Taliban denied that any group operates from Afghanistan.": (
        "Taliban",
        "de_facto_authority",
        "denial",
        1,
    ),
    "Analysts warned that the gate could shut again within weeks.": (
        "analysts",
        "unnamed_analysts",
        "warning",
        1,
    ),
    "The joint communiqué stressed that trade needs steady rules.": (
        "joint statement",
        "several_governments",
        "assessment",
        1,
    ),
    "According to officials, trucks crossed at noon on Friday.": (
        "officials",
        "official_unnamed",
        "fact",
        1,
    ),
    "Trade will recover by next spring, Ambassador Kistafin said.": (
        "Kistafin",
        "government",
        "assessment",
        1,
    ),
    "President Aliev pledged that the line would be finished in May.": (
        "Aliev",
        "government",
        "commitment",
        1,
    ),
    "Minister Khan urged Kabul to keep the road safe for drivers.": (
        "Khan",
        "government",
        "request",
        1,
    ),
    "The presidents instructed their ministries to study the railway line.": (
        "The presidents",
        "several_governments",
        "instruction",
        1,
    ),
    "Minister Khan said they would raise trade to $2 billion.": (
        "Khan",
        "government",
        "target",
        1,
    ),
    "The two sides signed a transit agreement in Tashkent yesterday.": (
        OUTLET,
        "outlet",
        "fact",
        0,
    ),
    "The Pakistani foreign ministry accused Kabul of failing its neighbours.": (
        "The Pakistani foreign ministry",
        "government",
        "allegation",
        1,
    ),
}


@pytest.mark.parametrize("text", SAID)
def test_who_says_it_and_what_saying_it_does(text: str) -> None:
    found = read(text)[0]
    speaker, kind, act, depth = SAID[text]
    assert (found.speaker, found.speaker_kind) == (speaker, kind)
    assert found.speech_act == act
    assert found.attribution_depth == depth


def test_he_and_they_lead_back_to_names() -> None:
    text = (
        "President Aliev and Prime Minister Noor said that the road matters to all. He was late. "
        "They noted that trucks wait for days. President Aliev said that it was cold that day. He "
        "added that snow would fall soon."
    )
    found = {p.span.of(text)[:12]: p.speaker for p in read(text)}
    assert found["trucks wait "] == "Aliev and Noor"
    assert found["snow would f"] == "Aliev"


def test_a_claim_inside_anothers_words_is_two_deep() -> None:
    text = (
        "He noted that groups remain active, despite repeated Taliban claims of curbing them all."
    )
    nested = [p for p in read(text) if p.attribution_depth == 2]
    assert [(p.speaker, p.speech_act, p.span.of(text)) for p in nested] == [
        ("Taliban", "assurance", "curbing them all.")
    ]


def test_a_tail_is_the_texts_own_comment() -> None:
    text = "Minister Khan said that the gate is shut, leaving many traders without any income."
    assert [(p.speaker, p.attribution_depth) for p in read(text)] == [("Khan", 1), (OUTLET, 0)]


SAID_AT_LENGTH = {
    "english": ("Minister Khan said that ", "the gate of the town is shut to lorries, ", "Khan"),
    "russian": (
        "Министр транспорта Асад Каримов заявил, что ",
        "ворота города закрыты для грузовиков, ",
        "Каримов",
    ),
}
LENGTHS = (1_500, 2_100, 4_500, 20_000, 100_000)
"""Below the length that is read at once, just above it, and in several parts."""


def at_length(words: str, count: int) -> str:
    """Return words over and over, about so many characters."""
    return (words * (count // len(words) + 1)).rstrip(", ")


@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize("language", SAID_AT_LENGTH)
def test_who_speaks_in_a_long_sentence_speaks_to_its_end(language: str, count: int) -> None:
    lead, words, name = SAID_AT_LENGTH[language]
    found = read(f"{lead}{at_length(words, count)}.")
    assert {p.speaker for p in found} == {name}
    assert {p.attribution_depth for p in found} == {1}
    assert sum(p.clause.end - p.clause.start for p in found) >= 0.98 * count, "blanks at cuts alone"


@pytest.mark.parametrize("count", LENGTHS[1:])
@pytest.mark.parametrize(
    ("words", "trailing"),
    [
        (SAID_AT_LENGTH["english"][1], ", the minister said"),
        (SAID_AT_LENGTH["english"][1], "; Minister Khan said that it will open on Monday"),
        (SAID_AT_LENGTH["russian"][1], ", заявил министр транспорта"),
    ],
)
def test_a_part_before_the_speaker_is_named_is_nobodys(
    words: str, trailing: str, count: int
) -> None:
    """What a part cannot tell is told as not resolved, never as the text's own word."""
    found = read(f"{at_length(words, count)}{trailing}.")
    assert OUTLET not in {p.speaker for p in found[:-1]}
    assert found[-1].speaker not in {OUTLET, NOT_RESOLVED.name}


@pytest.mark.parametrize("count", range(1_940, 2_000, 4))
def test_a_speaker_who_is_cut_from_his_verb_is_not_the_text(count: int) -> None:
    filler = ("gates shut lorries waiting " * 200)[:count].rstrip()
    text = f"{filler}; the minister for roads said that the gate opens on Monday at noon or later."
    assert OUTLET not in {p.speaker for p in read(text)[-1:]}


@pytest.mark.parametrize("count", LENGTHS)
def test_a_long_sentence_in_which_nobody_speaks_is_the_texts(count: int) -> None:
    words = "the lorries wait at the gate of the town, "
    assert {p.speaker for p in read(f"{at_length(words, count)}.")} == {OUTLET}


def test_the_sentence_after_a_long_one_is_read_as_ever() -> None:
    lead, words, _ = SAID_AT_LENGTH["english"]
    text = f"{lead}{at_length(words, 5_000)}. He warned that it stays shut. The gate is old."
    assert [p.speaker for p in read(text)[-2:]] == ["Khan", OUTLET]


def test_a_direct_quotation_is_the_anchor_with_exact_offsets() -> None:
    text = "On Monday Minister Khan said: “The gate opens tomorrow morning,” to all who waited."
    found = read(text)[0]
    assert found.is_quoted
    assert found.span.of(text) == "The gate opens tomorrow morning,"


def test_names_lead_to_rows_and_a_chain_of_countries_to_its_corridor() -> None:
    text = "Khan said that Torkham and the Kazakhstan-Uzbekistan-Afghanistan-Pakistan way open."
    found = read(text)[0]
    assert found.crossings == ("torkham-road",)
    assert found.corridors == ("KUAP",)
    assert set(found.countries) == {"KZ", "UZ", "AF", "PK"}


def test_a_country_in_brackets_behind_a_name_is_no_name() -> None:
    assert gazetteer().ids("Turkmenistan and Uzbekistan agreed.", "place") == ()


@pytest.mark.parametrize("cue", sorted(c for c, act in CUE_ACTS.items() if act and " " not in c))
def test_the_same_words_are_read_alike_whoever_speaks(cue: str) -> None:
    """Swapping the parties swaps the speakers and changes nothing else."""
    text = "President {} {} that the road from {} will be kept safe for all drivers."
    one = read(text.format("Sharif", cue, "Kabul"))
    other = read(text.format("Akhund", cue, "Lahore"))
    assert [(p.speaker, p.speech_act, p.speaker_kind) for p in other] == [
        (p.speaker.replace("Sharif", "Akhund"), p.speech_act, p.speaker_kind) for p in one
    ]


@pytest.mark.skipif(
    not os.environ.get("KARWAN_ARTICLE"), reason="KARWAN_ARTICLE does not point to the article"
)
def test_recall_and_precision_on_the_article() -> None:
    """Against the 52 statements that a person took from it; rules were made with it at hand."""
    document = read_document(Path(os.environ["KARWAN_ARTICLE"]))
    found = score(document, propose(document, gazetteer()), catalog().rows(ArticleStatementRow))
    assert found.statement_count == 52
    assert found.recall_share >= LEAST_RECALL
    assert found.precision_share >= LEAST_PRECISION
    assert found.same_speaker_count / found.met_count >= LEAST_SPEAKER
    assert found.same_act_count / found.met_count >= LEAST_ACT
