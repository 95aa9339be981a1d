"""A text's statements on two sheets: a line for each, then each measure once, numbered.

The terminal, the page and the report lay out the same lines, so that none tells a number another
way. Which number stands in a line is the first that the statement has; the rest is in the notes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from karwan.analysis.assurances.article import ArticleRow
from karwan.analysis.assurances.counted import Shown, interval_words
from karwan.base.outgoing import html_link, plain, policy
from karwan.base.words import counted
from karwan.ledger.words import Delivery

TITLES = {
    "assets": "Trains and lorries attacked",
    "attacks": "Militant attacks, each publisher apart",
    "attributed": "Sentences that only the text gives to its speaker",
    "chokepoints": "The place whose closures are expected to cost most",
    "claims": "Claims of attacks across the frontier, and their denials",
    "corridor": "The corridors, today and open",
    "delays": "Planned and actual dates",
    "findings": "UN findings on groups",
    "gates": "How often gates were shut",
    "kept": "Dates kept, by party",
    "mandates": "Who is charged to watch",
    "railway": "How far the railway has come",
    "target": "What the trade target needs",
    "trade": "Exports before and after the gates shut",
    "unbuilt": "Announced and not built",
    "verification": "Assurances that can be tested",
    "without": "The dearer way round",
}
"""What each measure of `article_asks` is called."""
OWN = "What its own test found"
ASIDE = re.compile(r"\s*\([^()]*\)")
HEADS = ("id", "who", "claim, in our words", "answer", "one number", "of", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A statement in one line.

    Attributes
    ----------
    answer
        Its status in words, or `refused` with the letter under which the reason stands.
    figure, figure_date
        One number in words with the date of its source; blank where nothing can be counted.
    notes
        Numbers of the measures that stand beside it.
    """

    row: ArticleRow
    who: str
    answer: str
    figure: str
    figure_date: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetNote:
    """A measure, told once: everything shown of it, and the statements beside which it stands."""

    number: int
    title: str
    shown: tuple[Shown, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The lines of a text, the notes that they name, and why statements are refused."""

    lines: tuple[SheetLine, ...]
    notes: tuple[SheetNote, ...]
    reasons: tuple[tuple[str, str], ...]

    @property
    def counts(self) -> Counter[str]:
        """How many statements have a number, a status only, or are refused."""
        return Counter(line.row.result for line in self.lines)

    @property
    def beside_count(self) -> int:
        """How many of the refused have something counted beside them."""
        return sum(line.row.result == "refused" and bool(line.figure) for line in self.lines)


def lay_out(rows: Sequence[ArticleRow]) -> Sheets:
    """Return the rows of a text as lines and notes, numbered in the order they are first named."""
    numbers: dict[str, int] = {}
    beside: dict[str, dict[str, None]] = {}
    shown: dict[str, dict[str, Shown]] = {}
    letters: dict[str, str] = {}
    lines = []
    for row in rows:
        for one in row.shown:
            numbers.setdefault(one.measure, len(numbers) + 1)
            beside.setdefault(one.measure, {})[row.status.statement.id] = None
            shown.setdefault(one.measure, {}).setdefault(one.text, one)
        first = next((one for one in row.shown if one.value is not None), None)
        lines.append(
            SheetLine(
                row=row,
                who=ASIDE.sub("", row.status.statement.speaker),
                answer=_answer(row, letters),
                figure=first.figure if first else "",
                figure_date=first.source_date.split(" ")[0] if first else "",
                notes=tuple(dict.fromkeys(numbers[one.measure] for one in row.shown)),
            )
        )
    notes = [
        SheetNote(
            number=number,
            title=TITLES.get(measure, OWN),
            shown=tuple(shown[measure].values()),
            beside=tuple(beside[measure]),
        )
        for measure, number in numbers.items()
    ]
    reasons = tuple((letter, reason) for reason, letter in letters.items())
    return Sheets(lines=tuple(lines), notes=tuple(notes), reasons=reasons)


def _answer(row: ArticleRow, letters: dict[str, str]) -> str:
    """Return the answer in a word or two; a reason of refusal gets a letter, told once below."""
    status = row.status
    if status.refused:
        reason = "; ".join(dict.fromkeys(part.reason for part in status.parts))
        letter = letters.setdefault(reason, chr(ord("a") + len(letters) % 26))
        return f"refused ({letter})"
    words = [status.evidence.value] if status.evidence is not None else []
    if status.delivery is not None:
        undated = status.delivery is Delivery.no_deadline
        words.append("no date" if undated else status.delivery.value)
    return ", ".join(words)


def note_lines(note: SheetNote) -> list[str]:
    """Return what is shown of a measure, each with its interval, source, date and grade."""
    lines = []
    for one in note.shown:
        interval = interval_words(one)
        told = f"{one.text} [{interval}]" if interval else one.text
        lines.append(f"{told} ({one.source_url}, {one.source_date}, {one.grade})")
    return lines


STYLE = """
@page { size: A4 landscape; margin: 7mm 9mm }
body { font: 7pt/1.17 "Liberation Sans Narrow", "Arial Narrow", Arial, sans-serif;
  color: #1c2430; margin: 0 auto; max-width: 277mm; padding: 5mm }
@media print { body { padding: 0 } .notes { break-before: page } a { color: inherit } }
h1 { font-size: 11pt; margin: 0 } h2 { font-size: 9pt; margin: 0 0 1mm } p { margin: 0 0 1mm }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: 0.13mm 1mm; font-weight: normal;
  border-bottom: 0.1mm solid #d5dae0 }
thead th { font-weight: bold; border-bottom-color: #1c2430 }
td:first-child, td:nth-child(5), td:nth-child(6) { white-space: nowrap }
.columns { font-size: 6.8pt; columns: 2; column-gap: 6mm } .columns div { margin-bottom: 0.8mm }
.columns p { margin: 0; overflow-wrap: anywhere } a { color: #0b4f8a; text-decoration: none }
"""


def head_words(sheets: Sheets, what: str, when: str) -> str:
    """Return how many statements a text has, and how many are answered and refused."""
    counts = sheets.counts
    return (
        f"{counted(len(sheets.lines), 'statement')} of {what}, {when}: {counts['number']} with a "
        f"number, {counts['status']} with a status, {counts['refused']} refused "
        f"({sheets.beside_count} of them with something counted beside). Attributed, not adopted."
    )


def lines_html(sheets: Sheets) -> str:
    """Return the lines as a table: who, claim, answer, one number with its date, notes."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    rows = "".join(
        f"<tr><td>{html_link(said.source.url, said.id)}</td><td>{escape(plain(line.who))}</td>"
        f"<td>{escape(plain(said.paraphrase))}</td><td>{escape(line.answer)}</td>"
        f"<td>{escape(plain(line.figure)) or '–'}</td><td>{escape(line.figure_date)}</td>"
        f"<td>{' '.join(map(str, line.notes))}</td></tr>"
        for line in sheets.lines
        for said in (line.row.status.statement,)
    )
    return f'<table class="lines"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def notes_html(sheets: Sheets) -> str:
    """Return the notes and the reasons of refusals, each once."""
    notes = [
        f"<div><strong>{note.number} {escape(note.title)}</strong> ({', '.join(note.beside)})"
        + "".join(
            f"<p>{escape(plain(one.text))}{_interval(one)}. "
            f"{html_link(one.source_url, site_of(one.source_url))}, {escape(one.source_date)} "
            f"({one.grade})</p>"
            for one in note.shown
        )
        + "</div>"
        for note in sheets.notes
    ]
    reasons = [
        f"<p><strong>{letter}</strong> {escape(reason)}.</p>" for letter, reason in sheets.reasons
    ]
    refused = f"<div><strong>Why refused</strong>{''.join(reasons)}</div>" if reasons else ""
    return f'<div class="columns">{refused}{"".join(notes)}</div>'


def _interval(one: Shown) -> str:
    words = interval_words(one)
    return f" [{escape(words)}]" if words else ""


def site_of(address: str) -> str:
    """Return the site of an address, or what figures were derived from.

    Examples
    --------
    >>> site_of("https://www.dawn.com/news/1"), site_of("derived:network")
    ('dawn.com', 'derived from network')
    >>> site_of("derived:trade_bilateral"), site_of("estimate")
    ('derived from trade bilateral', 'estimate')
    """
    kind, _, table = address.partition(":")
    if kind == "derived":
        return f"derived from {table.replace('_', ' ')}"
    return urlsplit(address).netloc.removeprefix("www.") or address


def sheets_to_html(sheets: Sheets, what: str, when: str) -> str:
    """Return one self-contained page that prints on two sheets of A4."""
    title = escape(f"{what[:1].upper()}{what[1:]}: what was said, and what can be shown")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(STYLE)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        f"<p>{escape(head_words(sheets, what, when))}</p>\n{lines_html(sheets)}\n"
        f'<div class="notes"><h2>What was measured, each once</h2>{notes_html(sheets)}</div>\n'
        "</body></html>\n"
    )
