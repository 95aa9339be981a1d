"""What may be written through the server: each kind drafted, held against the record, and kept.

A draft is checked by the functions that the commands of the same name call, and writes nothing; it
says what it would change. Keeping it checks once more, within the transaction that writes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from karwan.analysis.world.status import Statuses
from karwan.base.errors import DataError, Fault, UnknownNameError, nearest
from karwan.base.reprs import short_repr
from karwan.base.traffic import read_traffic
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.data.region import Region, read_region
from karwan.evidence.closures import ClosureRecord, own_closures, read_closures
from karwan.evidence.how_to_read import told_how
from karwan.evidence.own_record import OwnRecord, list_records
from karwan.evidence.places import place_notes, read_extents
from karwan.evidence.readers import read_incidents
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    NewSighting,
    Withdrawal,
    add_closure,
    add_sighting,
    checked_closure,
    checked_sighting,
    closure_faults,
    end_closure,
    end_row,
    joined_in,
    side_faults,
    sighting_faults,
    withdraw,
    withdrawal_row,
)
from karwan.evidence.registry import add_file
from karwan.evidence.rows import OwnClosureRow, OwnEndRow, OwnSightingRow
from karwan.evidence.spells import ONGOING, Spell
from karwan.evidence.workspace import Also
from karwan.ledger.drafts import draft_rows
from karwan.ledger.records import Drawn, add_drawn, checked_rows
from karwan.network.build import build_network
from karwan.network.network import Network
from karwan.report.content import day as say_date
from karwan.report.content import element_name, listed
from karwan.web.entry_fields import (
    CLOSURE,
    END,
    INCIDENTS,
    MOST_LETTERS,
    SIGHTING,
    STATEMENT,
    TODAY,
    WITHDRAWAL,
    FormField,
    Sort,
    field_of,
)
from karwan.web.gates import status_text
from karwan.web.parameters import NOT_GIVEN
from karwan.words.speech import phrase, say, say_counting

Values = Mapping[str, str]
STATED = re.compile(r"(?:\w+: line \d+: |(?:source|statement|proposition) [\w.-]+: )")
"""What stands before a fault of the ledger: its table and line, or its row."""
FLAGS = {"1": True, "on": True, "true": True, "yes": True, "": False, "0": False, "false": False,
         "no": False}  # fmt: skip
CONTROLS = {ord("\n"), ord("\r"), ord("\t")}
LEAST_LETTER = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who writes, when (ISO, UTC), and which day it is."""

    who: str
    when: str
    today: dt.date


@dataclass(kw_only=True)
class Desk:
    """What is written to, and what it is held against.

    Attributes
    ----------
    tables
        Folder of the user's own tables, or None.
    """

    workspace: Workspace
    tables: Path | None = None

    __repr__ = short_repr

    @cached_property
    def catalog(self) -> Catalog:
        """The tables without the workspace: they are there also while a database is not."""
        return Catalog(self.tables)

    @cached_property
    def network(self) -> Network:
        """The network of the tables."""
        return build_network(self.catalog)

    @cached_property
    def region(self) -> Region:
        """What countries are called."""
        return read_region(self.catalog)

    @cached_property
    def packaged(self) -> ClosureRecord:
        """The closures of the tables."""
        return read_closures(self.catalog)

    def status(self, own: OwnRecord, element_id: str, today: dt.date) -> str:
        """Return what is on record of an element by some rows of the workspace, in words."""
        record = own_closures(own, self.packaged.spells, self.packaged.passages).known(today)
        statuses = Statuses(
            network=self.network,
            record=record,
            as_of=today,
            running=record.running(today),
            open_ids=frozenset(),
        )
        return status_text(statuses.element_status(element_id))

    def change(self, before: OwnRecord, after: OwnRecord, element_id: str, today: dt.date) -> str:
        """Return how an element stands without a row and with it, in a sentence."""
        was, now = (self.status(own, element_id, today) for own in (before, after))
        name = element_name(element_id, self.network.elements[element_id].name)
        if was == now:
            return say(
                "{name}: on record {was}. This row does not change that.", name=name, was=was
            )
        return say("{name}: on record {was}. With this row: {now}.", name=name, was=was, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row that may be kept.

    Attributes
    ----------
    changes, notes
        Return what it changes, and what else is to be said of it, in sentences.
    keep
        Writes it, with what is written beside it in the same transaction.
    """

    changes: Callable[[], list[str]]
    keep: Callable[[Also], object]
    notes: Callable[[], list[str]] = list


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A kind of row that may be written.

    Attributes
    ----------
    name
        Of its form; `path` is that of its requests.
    title, help
        In words, to be said in the language spoken.
    command
        The command that does the same.
    """

    name: str
    path: str
    title: str
    help: str
    command: str
    fields: tuple[FormField, ...]
    draft: Callable[[Desk, Values, Stamp], Draft]

    @property
    def takes_file(self) -> bool:
        """Whether a file is sent with it."""
        return any(one.sort is Sort.file for one in self.fields)

    @property
    def form(self) -> str:
        """The address of its form."""
        return "/withdraw/row" if self.name == "withdrawal" else f"/add/{self.name}"


def usual_values(entry: Entry, today: dt.date) -> dict[str, str]:
    """Return what the fields hold where nothing is given."""
    return {
        one.name: today.isoformat() if one.usual == TODAY else one.usual for one in entry.fields
    }


def drafted(entry: Entry, desk: Desk, values: Values, stamp: Stamp) -> Draft:
    """Return what is given as a draft, checked.

    Raises
    ------
    DataError
        Names every fault by its field.
    """
    faults = value_faults(entry.fields, values)
    blank = {one.name for one in entry.fields if one.required and not values.get(one.name)}
    try:
        draft = entry.draft(desk, values, stamp)
    except (DataError, UnknownNameError) as error:
        told = keyed(entry.fields, error)
        faults += [one for one in told if one.key not in blank and one not in faults]
    if faults:
        raise DataError("the record", faults)
    return draft


def value_faults(fields: Sequence[FormField], values: Values) -> list[Fault]:
    """Return what is wrong with what was given, whatever it says."""
    known = {one.name: one for one in fields}
    faults = []
    for name, text in values.items():
        if name not in known:
            near = nearest(name[:100], known)
            hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            faults.append(Fault(name[:100], f"no such field.{hint}"))
        elif len(text) > MOST_LETTERS:
            faults.append(Fault(name, f"has {len(text):,} letters, and at most {MOST_LETTERS:,}"))
        elif any(_is_unkept(one) for one in text):
            faults.append(Fault(name, "holds a letter that cannot be kept"))
    faults += [
        Fault(one.name, NOT_GIVEN) for one in fields if one.required and not values.get(one.name)
    ]
    return faults


def _is_unkept(letter: str) -> bool:
    code = ord(letter)
    return (code < LEAST_LETTER and code not in CONTROLS) or 0xD800 <= code <= 0xDFFF  # noqa: PLR2004


def keyed(fields: Sequence[FormField], error: DataError | UnknownNameError) -> list[Fault]:
    """Return the faults of an error by the fields that they are of, each once."""
    told = [Fault("", str(error))] if isinstance(error, UnknownNameError) else error.faults
    names = {one.name for one in fields}
    keyed = []
    for fault in told:
        text = STATED.sub("", fault.text, count=1) if STATED.match(fault.text) else fault.text
        key = fault.key if fault.key in names else field_of(fields, text)
        keyed.append(Fault(key, text, fault.given if fault.key in names else ""))
    return list(dict.fromkeys(keyed))


def _element(desk: Desk, name: str) -> tuple[str, str, bool, list[str]]:
    """Return an element's id and mode, whether it has sides, and what is wrong with its name."""
    try:
        one = desk.network.element(gate_typed(name))
    except UnknownNameError as error:
        return name, "", True, [str(error)]
    return one.id, one.mode, one.id in desk.network.crossings, []


def gate_typed(text: str) -> str:
    """Return the id at the end of a name that was chosen from the list; else the text.

    Examples
    --------
    >>> gate_typed("Torkham [torkham-road]"), gate_typed("Torkham")
    ('torkham-road', 'Torkham')
    """
    chosen = re.search(r"\[([\w.-]+)\]\s*\Z", text)
    return chosen[1] if chosen else text.strip()


def _sighting(desk: Desk, values: Values, stamp: Stamp) -> Draft:
    name, mode, sided, faults = _element(desk, values["element"])
    new = NewSighting(
        element_id=name,
        mode=mode,
        day=values["day"],
        state=values["state"],
        traffic_class=read_traffic(values["traffic"]),
        direction=values["direction"],
        note=values["note"],
        source_url=values["source"],
        source_date=values["source_date"],
        grade=values["grade"],
        sided=sided,
    )
    if faults:
        raise DataError("the record", [*faults, *sighting_faults(new, stamp.today)])
    packaged = desk.packaged.spells
    own = list_records(desk.workspace)
    known = {"who": stamp.who, "when": stamp.when}
    row = checked_sighting(own, new, packaged, **known, today=stamp.today)

    def keep(also: Also) -> str:
        return add_sighting(
            desk.workspace, new, **known, today=stamp.today, packaged=packaged, also=also
        )

    after = replace(own, sightings=(*own.sightings, row))
    return Draft(changes=lambda: [desk.change(own, after, name, stamp.today)], keep=keep)


def _closure(desk: Desk, values: Values, stamp: Stamp) -> Draft:
    name, mode, sided, faults = _element(desk, values["element"])
    faults += side_faults(values["direction"], sided=sided)
    new = NewClosure(
        element_id=name,
        mode=mode,
        start=values["start"],
        end=values["end"],
        end_status=values["end_status"] or ("observed" if values["end"] else ONGOING),
        seen_until=values["seen_until"],
        traffic_class=read_traffic(values["traffic"]),
        direction=values["direction"],
        cause=values["cause"],
        episode=values["episode"],
        note=values["note"],
        source_url=values["source"],
        source_date=values["source_date"],
        grade=values["grade"],
        start_precision=values["start_precision"],
    )
    if faults:
        raise DataError("the record", [*faults, *closure_faults(new, stamp.today)])
    packaged = desk.packaged.spells
    own = list_records(desk.workspace)
    known = {"who": stamp.who, "when": stamp.when}
    row = checked_closure(own, new, packaged, **known, today=stamp.today)

    def keep(also: Also) -> str:
        return add_closure(
            desk.workspace, new, **known, today=stamp.today, packaged=packaged, also=also
        )

    after = replace(own, closures=(*own.closures, row))
    return Draft(
        changes=lambda: [desk.change(own, after, name, stamp.today)],
        keep=keep,
        notes=lambda: joined_lines(after, packaged, row.id),
    )


def joined_lines(own: OwnRecord, packaged: Sequence[Spell], ident: str) -> list[str]:
    """Return with which rows a closure is joined into one, in a sentence; none for none."""
    others = list(joined_in(own, packaged, ident))
    if not others:
        return []
    return [
        say(
            "It tells of the same closure as {others}. That a closure goes on is said by a "
            "sighting, that it is over by an end.",
            others=listed(others),
        )
    ]


def _end(desk: Desk, values: Values, stamp: Stamp) -> Draft:
    new = NewEnd(
        closure_id=values["closure"].strip(),
        end=values["end"],
        note=values["note"],
        source_url=values["source"],
        source_date=values["source_date"],
        grade=values["grade"],
    )
    packaged = desk.packaged.spells
    own = list_records(desk.workspace)
    known = {"who": stamp.who, "when": stamp.when}
    row = end_row(own, new, packaged, **known, today=stamp.today)

    def keep(also: Also) -> str:
        return end_closure(
            desk.workspace, new, **known, today=stamp.today, packaged=packaged, also=also
        )

    def changes() -> list[str]:
        after = replace(own, closure_ends=(*own.closure_ends, row))
        ids = _elements_of(desk, own, new.closure_id)
        return [desk.change(own, after, one, stamp.today) for one in ids]

    return Draft(changes=changes, keep=keep)


def _elements_of(desk: Desk, own: OwnRecord, ident: str) -> list[str]:
    """Return the elements that a row, or a closure of the tables, is of."""
    row = own.told.get(ident)
    if isinstance(row, OwnEndRow):
        return _elements_of(desk, own, row.closure_id)
    if isinstance(row, (OwnClosureRow, OwnSightingRow)):
        return [row.element_id] if row.element_id in desk.network.elements else []
    mine = (one.element_id for one in desk.packaged.spells if one.closure_id == ident)
    return [one for one in dict.fromkeys(mine) if one in desk.network.elements]


def _withdrawal(desk: Desk, values: Values, stamp: Stamp) -> Draft:
    flag = values["for_all_time"].lower()
    if flag not in FLAGS:
        raise DataError("the record", [Fault("for_all_time", "say 1 or 0", flag[:20])])
    if FLAGS[flag] and values["on"]:
        raise DataError("the record", [Fault("on", "does not go with for all time")])
    on = "" if FLAGS[flag] else values["on"] or stamp.today.isoformat()
    new = Withdrawal(values["record"].strip(), on, values["note"])
    own = list_records(desk.workspace)
    known = {"who": stamp.who, "when": stamp.when}
    row = withdrawal_row(own, new, **known, today=stamp.today)

    def keep(also: Also) -> str:
        return withdraw(desk.workspace, new, **known, today=stamp.today, also=also)

    def changes() -> list[str]:
        after = replace(own, withdrawals=(*own.withdrawals, row))
        ids = _elements_of(desk, own, new.record_id)
        told = [desk.change(own, after, one, stamp.today) for one in ids]
        return told or [say("{row} goes out of use; it stays in the record.", row=new.record_id)]

    return Draft(changes=changes, keep=keep)


def _incidents(desk: Desk, values: Values, stamp: Stamp) -> Draft:
    try:
        precision_km = float(values["precision_km"] or "10")
    except ValueError:
        fault = Fault("precision_km", "not a number", values["precision_km"][:20])
        raise DataError("the record", [fault]) from None
    if not values["file"]:
        raise DataError("the record", [Fault("file", NOT_GIVEN)])
    how = told_how(
        release=values["release"],
        countries=values["countries"],
        start=values["start"],
        end=values["end"],
        columns=values["columns"],
        precision_km=precision_km,
    )
    one = read_incidents(Path(values["file"]), how)

    def keep(also: Also) -> str:
        return add_file(
            desk.workspace, one, note=values["note"], who=stamp.who, when=stamp.when, also=also
        )

    def changes() -> list[str]:
        last = one.coverage.end - dt.timedelta(days=1)
        told = say_counting(
            "{count} event from {first} to {last}",
            "{count} events from {first} to {last}",
            one.events.height,
            first=say_date(one.coverage.start),
            last=say_date(last),
        )
        return [f"{told}."]

    return Draft(
        changes=changes,
        keep=keep,
        notes=lambda: [*changes(), *place_notes(one, read_extents(desk.catalog))],
    )


def _statement(desk: Desk, values: Values, stamp: Stamp) -> Draft:
    given = {name: text for name, text in values.items() if text}

    def draw() -> Drawn:
        catalog = Catalog(desk.tables, desk.workspace)
        new = draft_rows(catalog, "statement", given, text=None, span=None, read_on=stamp.when[:10])
        return catalog, new

    checked_rows(*draw(), when=stamp.when)

    def keep(also: Also) -> object:
        return add_drawn(desk.workspace, draw, who=stamp.who, when=stamp.when, also=also)

    told = say("It is kept as said by {speaker}; whether it came true is not judged by this.",
               speaker=values["speaker"])  # fmt: skip
    return Draft(changes=lambda: [told], keep=keep)


ENTRIES = (
    Entry(
        name="sighting",
        path="sightings",
        title=phrase("Add a sighting"),
        help=phrase("A crossing was seen open or shut on a day."),
        command="karwan evidence seen",
        fields=SIGHTING,
        draft=_sighting,
    ),
    Entry(
        name="closure",
        path="closures",
        title=phrase("Add a closure"),
        help=phrase("A crossing shut on a day, for a reason."),
        command="karwan evidence add-closure",
        fields=CLOSURE,
        draft=_closure,
    ),
    Entry(
        name="end",
        path="closure-ends",
        title=phrase("End a closure"),
        help=phrase("A closure on record ended on a day."),
        command="karwan evidence end-closure",
        fields=END,
        draft=_end,
    ),
    Entry(
        name="incidents",
        path="incident-files",
        title=phrase("Add a file of incidents"),
        help=phrase("Events of UCDP, or of a table of your own. The file is added at once."),
        command="karwan evidence add-incidents",
        fields=INCIDENTS,
        draft=_incidents,
    ),
    Entry(
        name="statement",
        path="statements",
        title=phrase("Add a statement"),
        help=phrase("Somebody said something of a corridor, in public."),
        command="karwan ledger add",
        fields=STATEMENT,
        draft=_statement,
    ),
    Entry(
        name="withdrawal",
        path="withdrawals",
        title=phrase("Withdraw a row"),
        help=phrase("A row goes out of use; it stays in the record, with the reason."),
        command="karwan evidence withdraw",
        fields=WITHDRAWAL,
        draft=_withdrawal,
    ),
)
"""Everything that may be written."""
