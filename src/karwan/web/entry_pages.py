"""Forms as pages: what to fill in, what is wrong beside each field, what a row would change."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse

from karwan.base.days import read_day
from karwan.base.errors import DataError, Fault, KarwanError, SourceError
from karwan.evidence.own_record import OwnRecord, list_records
from karwan.evidence.rows import IncidentFileRow
from karwan.ledger.own_rows import read_texts
from karwan.report.content import country_name, element_name
from karwan.report.content import day as say_date
from karwan.web.entries import (
    ENTRIES,
    Desk,
    Entry,
    Stamp,
    _elements_of,
    gate_typed,
    joined_lines,
    usual_values,
)
from karwan.web.entry_fields import FormField, Sort, choice_word
from karwan.web.pages import page
from karwan.web.problems import TooOftenError, fault_text
from karwan.web.writing import page_of, retry_after, status_of
from karwan.words.speech import label_word, say, say_counting

if TYPE_CHECKING:
    from karwan.network.nouns import Element
    from karwan.web.writing import Body

MOST_ROWS = 40
"""Rows of the workspace that the page of all forms lists, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """A field as a page shows it."""

    field: FormField
    value: str
    faults: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it asks, in the language spoken."""
        return say(self.field.label)

    @property
    def hint(self) -> str:
        """What helps to fill it in; blank for nothing."""
        return say(self.field.hint) if self.field.hint else ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Its choices: the word of the record, and what it means."""
        return [(one, choice_word(one)) for one in self.field.choices]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """What is said of a row that was kept.

    Attributes
    ----------
    page
        The address of its page; blank for none.
    lines
        How its element stands now, in sentences.
    may_go
        Whether a form withdraws it.
    """

    id: str
    page: str
    lines: tuple[str, ...]
    may_go: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a form bears beside its fields."""

    seal: str
    once: str


def new_once() -> str:
    """Return a key by which a form that is sent twice is known again."""
    return f"form:{secrets.token_urlsafe(18)}"


def gate_options(desk: Desk) -> list[tuple[str, str]]:
    """Return what a field for a crossing or line offers: a name with its id, and its other names.

    A browser searches both, so that a gate is found in any script.
    """
    names = desk.network.names
    told = []
    for one in desk.network.elements.values():
        own = element_name(one.id, one.name)
        kinds = ("crossing", "line")
        others = {name for kind in kinds for name in names.thing_names.get((kind, one.id), ())}
        crossing = desk.network.crossings.get(one.id)
        if crossing is not None:
            for side in (crossing.side_a, crossing.side_b):
                others |= set(names.place_names.get(side, ()))
        others |= {one.name, *one.aliases}
        told.append((f"{own} [{one.id}]", _also(one, others - {own})))
    return sorted(told)


def _also(element: Element, others: Iterable[str]) -> str:
    return " · ".join([label_word(element.mode), *sorted(others)])


def form_page(  # noqa: PLR0913
    entry: Entry,
    desk: Desk,
    values: Mapping[str, str],
    sealed: Sealed,
    *,
    faults: Sequence[Fault] = (),
    alert: str = "",
    kept: KeptRow | None = None,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """Return a form with what was typed, and what is wrong with it beside each field.

    Parameters
    ----------
    alert
        What is to be said of the whole; blank for nothing.
    kept
        What is said of the row that was kept last; None for none.
    """
    by_field: dict[str, list[str]] = {}
    for fault in faults:
        text = fault_text(fault.text)
        by_field.setdefault(fault.key, []).append(f"{fault.given}: {text}" if fault.given else text)
    names = {one.name for one in entry.fields}
    shown = [
        ShownField(
            field=one,
            value=values.get(one.name, ""),
            faults=tuple(by_field.get(one.name, ())),
        )
        for one in entry.fields
    ]
    general = [
        f"{key}: {text}" if key else text
        for key, texts in by_field.items()
        if key not in names
        for text in texts
    ]
    return page(
        "entry.html.j2",
        status,
        entry=entry,
        title=say(entry.title),
        help=say(entry.help),
        shown=[one for one in shown if not one.field.aside],
        aside=[one for one in shown if one.field.aside],
        is_open=any(one.faults or _differs(one) for one in shown if one.field.aside),
        general=general,
        count=len(faults),
        alert=alert,
        gates=gate_options(desk) if any(f.sort is Sort.gate for f in entry.fields) else [],
        sealed=sealed,
        kept=kept,
    )


def _differs(one: ShownField) -> bool:
    """Whether a field that is seldom needed was filled in."""
    return one.value not in ("", one.field.usual)


def failed_page(
    entry: Entry, desk: Desk, body: Body, sealed: Sealed, error: KarwanError
) -> HTMLResponse:
    """Return a form again that was not kept, with why, and what was typed."""
    faults: Sequence[Fault] = error.faults if isinstance(error, DataError) else ()
    if isinstance(error, TooOftenError):
        alert = say(
            "Too many rows at once. Wait {seconds} s and send it again; nothing of it was kept.",
            seconds=error.wait_seconds,
        )
    elif isinstance(error, SourceError):
        alert = say("The workspace cannot be written to just now; what you typed stands below.")
        alert = f"{alert} {error}"
    elif faults:
        alert = ""
    else:
        alert = str(error)
    reply = form_page(
        entry, desk, body.values, sealed, faults=faults, alert=alert, status=status_of(error)
    )
    reply.headers.update(retry_after(error))
    return reply


def check_page(
    entry: Entry, desk: Desk, body: Body, sealed: Sealed, changes: Sequence[str]
) -> HTMLResponse:
    """Return what would be kept, and what it changes, for a last look."""
    lines = [
        (say(one.label), _told_value(desk, one, body.values[one.name], body.values))
        for one in entry.fields
        if body.values.get(one.name)
    ]
    return page(
        "entry-check.html.j2",
        entry=entry,
        title=say(entry.title),
        lines=lines,
        changes=changes,
        values={name: text for name, text in body.values.items() if text},
        sealed=sealed,
    )


def _told_value(desk: Desk, one: FormField, text: str, values: Mapping[str, str]) -> str:
    if one.sort is Sort.gate:
        element = desk.network.element(gate_typed(text))
        return f"{element_name(element.id, element.name)} [{element.id}]"
    if one.sort is Sort.flag:
        return label_word("yes")
    if one.sort is Sort.day:
        return say_date(read_day(text))
    if one.name == "direction" and text in ("a_to_b", "b_to_a"):
        crossing = desk.network.crossings.get(
            desk.network.element(gate_typed(values["element"])).id
        )
        if crossing is not None:
            codes = (crossing.country_a, crossing.country_b)
            ends = [country_name(code, desk.region) for code in codes]
            return " → ".join(ends if text == "a_to_b" else reversed(ends))
    return choice_word(text) if one.choices else text


def kept_told(entry: Entry, desk: Desk, ident: str, stamp: Stamp) -> KeptRow | None:
    """Return what is said of a row that was kept: its page, and how its element stands now.

    None where there is no such row.
    """
    own = list_records(desk.workspace)
    rows = {**own.told, **{row.id: row for row in own.withdrawals}}
    row = rows.get(ident)
    if row is None:
        held = read_texts(desk.workspace).get("statement", ()) if entry.name == "statement" else ()
        if ident not in {one.get("id") for one in held}:
            return None
    of = own_of(own, ident)
    lines = []
    for one in _elements_of(desk, own, of):
        name = element_name(one, desk.network.elements[one].name)
        lines.append(
            say("{name}: on record {now}.", name=name, now=desk.status(own, one, stamp.today))
        )
    lines += joined_lines(own, desk.packaged.spells, ident) if entry.name == "closure" else []
    if isinstance(row, IncidentFileRow):
        count = row.event_count
        lines.append(say_counting("{count} event was kept.", "{count} events were kept.", count))
    may_go = ident in own.told
    return KeptRow(id=ident, page=page_of(entry, ident), lines=tuple(lines), may_go=may_go)


def own_of(own: OwnRecord, ident: str) -> str:
    """Return the row that a withdrawal is of; any other row itself."""
    return next((row.record_id for row in own.withdrawals if row.id == ident), ident)


def blank_values(entry: Entry, stamp: Stamp, given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what a new form holds: what is usual, and what its address fills in."""
    names = {one.name for one in entry.fields}
    filled = {name: text for name, text in given if name in names}
    return {**usual_values(entry, stamp.today), **filled}


def menu_page(desk: Desk) -> HTMLResponse:
    """Return the page of all forms, and the rows that were added last."""
    own = list_records(desk.workspace)
    gone = {row.record_id for row in own.withdrawals}
    rows = sorted(own.told.values(), key=lambda row: (row.added_at, row.id), reverse=True)
    return page(
        "entries.html.j2",
        entries=[(one.form, say(one.title), say(one.help)) for one in ENTRIES],
        rows=[(row, page_of(ENTRIES[0], row.id), row.id in gone) for row in rows[:MOST_ROWS]],
        count=len(rows),
    )
