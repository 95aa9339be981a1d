"""Two pages on one corridor or one actor, fit to be put before either side.

Every party is treated alike: the same rules, the same words, counts with their denominator, and
the reply of the party concerned beside what is said of it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from karwan.analysis.assurances.book import Book, choose, newest_evidence
from karwan.base.outgoing import html_link, markdown, markdown_link, policy
from karwan.base.words import counted, was_or_were
from karwan.ledger.assessment import Status
from karwan.ledger.tallies import DUE, KEPT_RULE, Kept, counted_once, kept_of
from karwan.ledger.words import EvidenceStatus

ROWS_SHOWN = 18
"""Rows that leave the brief on two pages of A4."""
REPLIES_SHOWN = 4

READ = (
    "Statements are attributed and not adopted. Each was cut into parts that can be tested, and a "
    "rule was written for each; the same rule holds for every party. Only direct evidence from "
    "none of the parties decides a status. Delivery says whether a thing was done and when; "
    "evidence says whether what is known accords with what was said. Where nothing was read either "
    "way, the word is insufficient, or overdue with no evidence: neither is a finding against "
    "anyone. Opinions are stored and not assessed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement of the brief."""

    id: str
    said_on: str
    speaker: str
    paraphrase: str
    deadline: str
    delivery: str
    evidence: str
    source_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the two pages say."""

    title: str
    as_of: dt.date
    horizon: dt.date | None
    counts: tuple[tuple[str, int], ...]
    assessed_count: int
    refused_count: int
    kept: Kept
    lines: tuple[Line, ...]
    left_out_count: int
    replies: tuple[tuple[str, str], ...]


def make_brief(
    book: Book, as_of: dt.date, *, corridor: str | None = None, actor: str | None = None
) -> Brief:
    """Return the brief of a corridor or an actor as of a date."""
    statuses = choose(book, as_of, actor=actor, corridor=corridor, status=None)
    mine = counted_once(statuses)
    assessed = [one for one in mine if not one.refused]
    settled = sorted((one for one in assessed if _settled(one)), key=_newest_first)
    shown = settled[:ROWS_SHOWN]
    words = Counter(_word(one) for one in assessed)
    replies = [(one.statement.id, one.statement.reply) for one in shown if one.statement.reply]
    return Brief(
        title=f"Corridor {corridor.upper()}" if corridor else f"Statements by {actor}",
        as_of=as_of,
        horizon=newest_evidence(book, as_of),
        counts=tuple(sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))),
        assessed_count=len(assessed),
        refused_count=len(mine) - len(assessed),
        kept=kept_of(_whose(corridor, actor), mine),
        lines=tuple(_line(one) for one in shown),
        left_out_count=len(assessed) - len(shown),
        replies=tuple(replies[:REPLIES_SHOWN]),
    )


def _whose(corridor: str | None, actor: str | None) -> str:
    """Return whose undertakings a brief counts: a corridor's are a part of those of a party."""
    whose = actor or "all parties"
    return f"{whose} that name {corridor.upper()}" if corridor else whose


def _settled(one: Status) -> bool:
    decided = (EvidenceStatus.consistent, EvidenceStatus.contradicted, EvidenceStatus.mixed)
    return one.delivery in DUE or one.evidence in decided


def _newest_first(one: Status) -> tuple[int, str]:
    return -one.statement.said.toordinal(), one.statement.id


def _word(one: Status) -> str:
    return " / ".join(word.value for word in (one.delivery, one.evidence) if word is not None)


def _line(one: Status) -> Line:
    deadlines = [part.deadline for part in one.parts if part.deadline is not None]
    return Line(
        id=one.statement.id,
        said_on=one.statement.said_on,
        speaker=one.statement.speaker,
        paraphrase=one.statement.paraphrase,
        deadline=max(deadlines).isoformat() if deadlines else "none",
        delivery=one.delivery.value if one.delivery else "–",
        evidence=one.evidence.value if one.evidence else "–",
        source_url=one.statement.source.url,
    )


def kept_text(kept: Kept) -> str:
    """Return the record of kept dates in words, with the denominator and its interval."""
    if kept.share is None:
        return f"No dated undertaking of {kept.party} has come due with evidence either way."
    due = counted(kept.due_count, "dated undertaking")
    return (
        f"Of {due} of {kept.party} that came due with evidence either way, {kept.kept_count} "
        f"{was_or_were(kept.kept_count)} kept in time ({kept.share:.0%}, 95 % interval "
        f"{kept.low:.0%} to {kept.high:.0%}). {KEPT_RULE}"
    )


def _head(brief: Brief) -> list[str]:
    horizon = brief.horizon.isoformat() if brief.horizon else "none"
    return [
        f"As of {brief.as_of}; newest evidence {horizon}. "
        f"{counted(brief.assessed_count, 'statement')} "
        f"assessed, {brief.refused_count} opinions stored and not assessed.",
        kept_text(brief.kept),
    ]


def _tail(brief: Brief) -> str:
    return (
        f"{brief.left_out_count} more are not due, have no deadline, cannot be tested or are "
        "older; the full list, with every source, is in the ledger. Corrections and replies are "
        "added beside what they concern; nothing is overwritten."
    )


def brief_to_markdown(brief: Brief) -> str:
    """Return the brief as Markdown."""
    title = markdown(f"{brief.title}: what was said, and what can be shown")
    lines = [f"# {title}", "", *map(markdown, _head(brief)), ""]
    lines += ["## How to read it", "", READ, "", "## Counts", ""]
    lines += [f"- {word}: {count} of {brief.assessed_count}" for word, count in brief.counts]
    lines += ["", "## Statements that are settled or overdue, newest first", ""]
    lines += ["| id | said | speaker | in our words | due | delivery | evidence | source |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- | --- |"]
    lines += [
        "| "
        + " | ".join(
            markdown(cell)
            for cell in (
                one.id,
                one.said_on,
                one.speaker,
                one.paraphrase,
                one.deadline,
                one.delivery,
                one.evidence,
            )
        )
        + f" | {markdown_link(one.source_url, 'source')} |"
        for one in brief.lines
    ]
    if brief.replies:
        lines += ["", "## Replies of the parties", ""]
        lines += [f"- {markdown(ident)}: {markdown(reply)}" for ident, reply in brief.replies]
    return "\n".join([*lines, "", _tail(brief), ""])


STYLE = """
@page { size: A4; margin: 14mm }
body { font: 9pt/1.32 "Liberation Sans", Arial, sans-serif; color: #1c2430; margin: 0 auto;
  max-width: 182mm; padding: 6mm }
@media print { body { padding: 0 } }
h1 { font-size: 15pt; margin: 0 0 2mm } h2 { font-size: 10.5pt; margin: 4mm 0 1mm }
p { margin: 0 0 1.5mm } ul { columns: 2; margin: 0; padding-left: 4mm }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: 0.8mm 1.2mm;
  border-bottom: 0.2mm solid #c9d0d8 }
th { border-bottom-color: #1c2430 } td:nth-child(2), td:nth-child(5) { white-space: nowrap }
a { color: #0b4f8a }
"""


def brief_to_html(brief: Brief) -> str:
    """Return the brief as one self-contained page that prints on two sheets of A4."""
    title = escape(f"{brief.title}: what was said, and what can be shown")
    rows = [
        f"<tr><td>{html_link(one.source_url, one.id)}</td>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in (one.said_on, one.speaker, one.paraphrase,
                  one.deadline, one.delivery, one.evidence))
        + "</tr>"
        for one in brief.lines
    ]  # fmt: skip
    heads = ("", "said", "speaker", "in our words", "due", "delivery", "evidence")
    parts = [
        f"<h1>{title}</h1>",
        *(f"<p>{escape(text)}</p>" for text in _head(brief)),
        f"<h2>How to read it</h2><p>{escape(READ)}</p>",
        "<h2>Counts</h2><ul>",
        *(f"<li>{escape(w)}: {n} of {brief.assessed_count}</li>" for w, n in brief.counts),
        "</ul><h2>Statements that are settled or overdue, newest first</h2><table><thead><tr>",
        *(f'<th scope="col">{name or "id"}</th>' for name in heads),
        "</tr></thead><tbody>",
        *rows,
        "</tbody></table>",
        *_reply_html(brief.replies),
        f"<p>{escape(_tail(brief))}</p>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(STYLE)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _reply_html(replies: Sequence[tuple[str, str]]) -> list[str]:
    if not replies:
        return []
    items = [f"<li>{escape(ident)}: {escape(reply)}</li>" for ident, reply in replies]
    return ["<h2>Replies of the parties</h2><ul>", *items, "</ul>"]
