"""Proposals out to a sheet and back: what a person accepts is checked against the text again.

Only spans of at most twelve words leave the text. A row that comes back must still be found at its
offsets in the very text it was taken from, and an accepted one must say in the reader's own words
what was said.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from karwan.base.errors import DataError, nearest
from karwan.base.outgoing import csv_cell
from karwan.base.store import write_text
from karwan.base.troubles import reason
from karwan.ledger.text.cues import SPEAKER_KINDS, SPEECH_ACTS
from karwan.ledger.text.reading import Proposal
from karwan.ledger.text.sentences import MOST_SPAN_WORDS, Document, Span, words_of

COLUMNS = (
    "id", "decision", "paragraph", "speaker", "speaker_kind", "speech_act", "attribution_depth",
    "paraphrase", "span", "start_index", "end_index", "text_sha256", "span_sha256", "cue",
    "is_quoted", "places", "crossings", "corridors", "countries", "speaker_sure", "act_sure",
)  # fmt: skip
NOT_NEEDED = frozenset({"speaker_sure", "act_sure"})
"""Columns that say how sure a rule was; a sheet of an earlier version has none."""
DECISIONS = ("", "accept", "reject")
DEPTHS = ("0", "1", "2")
ATTRIBUTIONS = ("own_words", "reported", "reported_via_report")
"""Words of a ledger for attribution depths 0, 1 and 2."""
MOST_FAULTS = 60
MOST_DIGITS = 12
"""Offsets of a text that anyone reads have fewer; Python refuses to read numbers without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A statement that a person accepted, ready to be added to a ledger.

    `paraphrase` is in the person's own words; the span with its offsets and hashes anchors it.
    """

    document: str
    text_sha256: str
    span: Span
    span_sha256: str
    speaker: str
    speaker_kind: str
    speech_act: str
    attribution_depth: int
    is_quoted: bool
    paraphrase: str
    places: tuple[str, ...]
    crossings: tuple[str, ...]
    corridors: tuple[str, ...]

    def fields(self) -> dict[str, str]:
        """Return what a ledger's record of a statement takes from it, as text.

        Who was spoken to, when it was said and where the text was published are not in the text;
        they are the keeper's to add.
        """
        return {
            "speaker": self.speaker,
            "speaker_kind": self.speaker_kind,
            "speech_act": self.speech_act,
            "attribution": ATTRIBUTIONS[self.attribution_depth],
            "paraphrase": self.paraphrase,
            "corridors": "; ".join(self.corridors),
            "places": "; ".join(self.places),
            "span_start_index": str(self.span.start),
            "span_end_index": str(self.span.end),
            "span_sha256": self.span_sha256,
            "text_sha256": self.text_sha256,
        }


def to_rows(document: Document, proposals: Iterable[Proposal]) -> list[dict[str, str]]:
    """Return proposals as rows of text, one per proposal, undecided, in the text's order."""
    return [_row(document, proposal) for proposal in proposals]


def surest_first(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows in the order in which a person best goes through them: the surest first."""
    return sorted(rows, key=lambda row: -float(row["speaker_sure"]) * float(row["act_sure"]))


def _row(document: Document, proposal: Proposal) -> dict[str, str]:
    words = proposal.span.of(document.text)
    return {
        "id": proposal.id,
        "decision": "",
        "paragraph": str(proposal.paragraph),
        "speaker": proposal.speaker,
        "speaker_kind": proposal.speaker_kind,
        "speech_act": proposal.speech_act,
        "attribution_depth": str(proposal.attribution_depth),
        "paraphrase": "",
        "span": words,
        "start_index": str(proposal.span.start),
        "end_index": str(proposal.span.end),
        "text_sha256": document.sha256,
        "span_sha256": hash_of(words),
        "cue": proposal.cue,
        "is_quoted": "yes" if proposal.is_quoted else "no",
        "places": ";".join(proposal.places),
        "crossings": ";".join(proposal.crossings),
        "corridors": ";".join(proposal.corridors),
        "countries": ";".join(proposal.countries),
        "speaker_sure": f"{proposal.speaker_sure_share:.2f}",
        "act_sure": f"{proposal.act_sure_share:.2f}",
    }


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def proposals_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as CSV with one header; all is quoted, since a span may hold any line end."""
    buffer = StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({name: csv_cell(cell) for name, cell in row.items()} for row in rows)
    return buffer.getvalue()


def write_proposals(rows: Iterable[Mapping[str, str]], path: Path) -> None:
    """Write rows to a file that is whole or not there.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    try:
        write_text(path, proposals_csv(rows))
    except OSError as error:
        raise DataError("output", [f"{path} {reason(error)}"]) from error


def read_proposals(path: Path) -> list[dict[str, str]]:
    """Return the rows of a sheet of proposals.

    Raises
    ------
    DataError
        If the file cannot be read, is no CSV in UTF-8, has a wrong column or a ragged line.
    """
    where = f"proposals {path}"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(where, [f"it {reason(error)}"]) from error
    except UnicodeDecodeError as error:
        raise DataError(where, [f"byte {error.start} is not UTF-8; save it as UTF-8"]) from error
    try:
        lines = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise DataError(where, [f"cannot be read as CSV: {error}"]) from error
    if not lines:
        raise DataError(where, ["it is empty"])
    head, *rest = lines
    faults = [f"column {name!r} is missing" for name in COLUMNS if name not in {*head, *NOT_NEEDED}]
    faults += [f"column {name!r} is not known" for name in head if name not in COLUMNS]
    faults += [
        f"column {name!r} stands twice" for name in sorted(set(head)) if head.count(name) > 1
    ]
    faults += [
        f"row {order}: {len(cells)} cells for {len(head)} columns"
        for order, cells in enumerate(rest, 1)
        if cells and len(cells) != len(head)
    ]
    if faults:
        raise DataError(where, faults)
    return [dict(zip(head, cells, strict=True)) for cells in rest if cells]


def accepted(
    document: Document, rows: Sequence[Mapping[str, str]], where: str
) -> tuple[Accepted, ...]:
    """Return the accepted rows, each checked against the text; all faults in one error.

    Raises
    ------
    DataError
        A row of another text, a span that is not there, too long or not at its offsets, a word
        outside the closed lists, an accepted row without speaker, kind or paraphrase, a
        paraphrase that copies the text.
    """
    faults: list[str] = []
    seen: dict[str, int] = {}
    for order, row in enumerate(rows, 1):
        name = f"row {order} ({row['id'] or 'no id'})"
        wrong = [*_anchor_faults(document, row), *_word_faults(row)]
        if row["decision"] == "accept":
            wrong += _accept_faults(document, row)
        if row["id"] and row["id"] in seen:
            wrong.append(f"id {row['id']!r} stands in row {seen[row['id']]} already")
        seen.setdefault(row["id"], order)
        faults += [f"{name}: {fault}" for fault in wrong]
    if faults:
        shown = faults[:MOST_FAULTS]
        more = [f"and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise DataError(where, [*shown, *more])
    return tuple(_accepted(document, row) for row in rows if row["decision"] == "accept")


def _anchor_faults(document: Document, row: Mapping[str, str]) -> list[str]:
    """Return what is wrong with where a row says its span stands."""
    if row["text_sha256"] != document.sha256:
        return [
            f"text_sha256 is not that of {document.name}: the row was taken from another text, or "
            "the text has changed since"
        ]
    places = (row["start_index"], row["end_index"])
    if not all(place.isascii() and place.isdecimal() for place in places):
        return [f"start_index {places[0]!r} and end_index {places[1]!r} must be whole numbers"]
    start, end = (int(place[:MOST_DIGITS]) for place in places)
    if not 0 <= start < end <= len(document.text):
        return [f"span {places[0]} to {places[1]} lies outside the text of {len(document.text)} "
                "characters"]  # fmt: skip
    faults = []
    words = document.text[start:end]
    if words != row["span"]:
        faults.append(
            f"span {row['span']!r} is not what stands at {start} to {end}: {words[:80]!r}"
        )
    if hash_of(row["span"]) != row["span_sha256"]:
        faults.append("span_sha256 is not that of the span")
    count = len(words_of(row["span"]))
    if not 0 < count <= MOST_SPAN_WORDS:
        faults.append(f"span has {count} words; from 1 to {MOST_SPAN_WORDS} may be kept")
    return faults


def _word_faults(row: Mapping[str, str]) -> list[str]:
    """Return words outside the closed lists, with the nearest one."""
    lists = {
        "decision": DECISIONS,
        "speech_act": SPEECH_ACTS,
        "speaker_kind": ("", *SPEAKER_KINDS),
        "attribution_depth": DEPTHS,
        "is_quoted": ("yes", "no"),
    }
    faults = []
    for column, known in lists.items():
        value = row[column]
        if value not in known:
            near = nearest(value, [word for word in known if word], limit=1)
            hint = f"did you mean {near[0]!r}?" if near else (
                "it must be one of " + ", ".join(word or "blank" for word in known)
            )  # fmt: skip
            faults.append(f"{column} is {value!r}; {hint}")
    return faults


def _accept_faults(document: Document, row: Mapping[str, str]) -> list[str]:
    """Return what an accepted row lacks, or copies."""
    faults = [
        f"accepted without {column}"
        for column in ("speaker", "speaker_kind", "paraphrase")
        if not row[column].strip()
    ]
    copied = _longest_copy(row["paraphrase"], document.text)
    if copied > MOST_SPAN_WORDS:
        faults.append(
            f"paraphrase repeats {copied} words of the text in a row; say it in your own words"
        )
    return faults


def _longest_copy(paraphrase: str, text: str) -> int:
    """Return how many words in a row of a paraphrase stand in the text, up to one too many."""
    plain = " ".join(text.casefold().split())
    words = paraphrase.casefold().split()
    size = MOST_SPAN_WORDS + 1
    for at in range(len(words) - size + 1):
        if " ".join(words[at : at + size]) in plain:
            return size
    return 0


def _accepted(document: Document, row: Mapping[str, str]) -> Accepted:
    return Accepted(
        document=document.name,
        text_sha256=document.sha256,
        span=Span(int(row["start_index"]), int(row["end_index"])),
        span_sha256=row["span_sha256"],
        speaker=row["speaker"].strip(),
        speaker_kind=row["speaker_kind"],
        speech_act=row["speech_act"],
        attribution_depth=int(row["attribution_depth"]),
        is_quoted=row["is_quoted"] == "yes",
        paraphrase=" ".join(row["paraphrase"].split()),
        places=_ids(row["places"]),
        crossings=_ids(row["crossings"]),
        corridors=_ids(row["corridors"]),
    )


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
