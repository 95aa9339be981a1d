"""The fields of each form and of the request of the same name: one list for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from karwan.base.provenance import GRADES
from karwan.data.rows.ledger import LedgerStatementRow
from karwan.evidence.records import (
    CAUSES,
    DIRECTIONS,
    END_STATUSES,
    START_PRECISIONS,
    TRAFFIC_CLASSES,
)
from karwan.evidence.sightings import STATES
from karwan.words.speech import phrase, say

MOST_LETTERS = 2_000
"""Letters of a field; a sentence or two."""
TODAY = "today"
"""Stands for the day of today as what a field is filled with."""


class Sort(StrEnum):
    """How a field is filled in."""

    text = "text"
    area = "area"
    gate = "gate"
    day = "day"
    choice = "choice"
    radio = "radio"
    number = "number"
    flag = "flag"
    file = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field.

    Attributes
    ----------
    name
        As a request gives it, and the argument of the record.
    label
        In words, to be said in the language spoken.
    begins
        How sentences of the engine begin that find fault with it.
    usual
        What it holds where nothing is given.
    offered
        Words that may be chosen and need not.
    aside
        Whether a form shows it among what is seldom needed.
    """

    name: str
    label: str
    sort: Sort = Sort.text
    required: bool = False
    choices: tuple[str, ...] = ()
    usual: str = ""
    hint: str = ""
    begins: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    aside: bool = False

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI describes one."""
        one: dict[str, Any] = {"type": "string", "maxLength": MOST_LETTERS}
        if self.sort is Sort.file:
            return {"type": "string", "format": "binary", "description": self.label}
        if self.choices:
            one["enum"] = list(self.choices)
        if self.usual:
            one["default"] = self.usual
        return {**one, "description": self.label}


def field_of(fields: Sequence[FormField], text: str) -> str:
    """Return the name of the field with which a sentence finds fault; blank for none of them.

    Examples
    --------
    >>> field_of(SIGHTING, "source date is missing"), field_of(SIGHTING, "day 'x' is no day")
    ('source_date', 'day')
    """
    begun = [
        (len(words), one.name)
        for one in fields
        for words in (*one.begins, one.name.replace("_", " "), one.name)
        if text.startswith(f"{words} ")
    ]
    return max(begun, default=(0, ""))[1]


SOURCE = FormField(
    name="source",
    label=phrase("Source: an address, or who told it"),
    required=True,
    begins=("the source",),
    offered=(
        phrase("seen by myself"),
        phrase("driver by telephone"),
        phrase("customs officer by telephone"),
    ),
)
SOURCE_DATE = FormField(
    name="source_date", label=phrase("Day of the source"), sort=Sort.day, required=True, usual=TODAY
)
NOTE = FormField(name="note", label=phrase("Note: what happened, in a few words"), sort=Sort.area)
GRADE = FormField(
    name="grade", label=phrase("Grade"), sort=Sort.choice, choices=GRADES, usual="B", aside=True,
    hint=phrase("Grades: A read in a source, B derived, C estimate."),
)  # fmt: skip
TRAFFIC = FormField(
    name="traffic",
    label=phrase("Whose traffic"),
    sort=Sort.choice,
    choices=tuple(TRAFFIC_CLASSES),
    usual="all",
    begins=("traffic class", "persons-only"),
    aside=True,
)
DIRECTION = FormField(
    name="direction", label=phrase("Direction"), sort=Sort.choice, choices=DIRECTIONS,
    usual="both", aside=True,
)  # fmt: skip
ELEMENT = FormField(
    name="element",
    label=phrase("Crossing or line"),
    sort=Sort.gate,
    required=True,
    hint=phrase("Write part of its name, in any script, and choose."),
    begins=("No element", "No single", "No crossing"),
)

SIGHTING = (
    ELEMENT,
    FormField(
        name="state", label=phrase("What was seen"), sort=Sort.radio, required=True, choices=STATES,
        begins=tuple(STATES),
    ),
    FormField(
        name="day", label=phrase("Day on which it was seen"), sort=Sort.day, required=True,
        usual=TODAY,
    ),
    SOURCE,
    NOTE,
    SOURCE_DATE,
    TRAFFIC,
    DIRECTION,
    GRADE,
)  # fmt: skip
CLOSURE = (
    ELEMENT,
    FormField(
        name="start", label=phrase("First day shut"), sort=Sort.day, required=True, usual=TODAY,
        begins=("closure from",),
    ),
    FormField(
        name="end", label=phrase("First day open again, if it is known"), sort=Sort.day,
        begins=("a closure without an end",),
    ),
    FormField(
        name="end_status", label=phrase("How the end is known"), sort=Sort.choice,
        choices=("", *END_STATUSES),
    ),
    FormField(
        name="cause", label=phrase("Cause"), sort=Sort.choice, choices=CAUSES, usual="other"
    ),
    SOURCE,
    NOTE,
    SOURCE_DATE,
    FormField(
        name="seen_until", label=phrase("Last day seen shut, if no end is known"), sort=Sort.day,
        aside=True,
    ),
    FormField(
        name="start_precision", label=phrase("How well the first day is known"), sort=Sort.choice,
        choices=START_PRECISIONS, usual="day", aside=True,
    ),
    FormField(
        name="episode", label=phrase("Name shared by closures of one decision"), aside=True
    ),
    TRAFFIC,
    DIRECTION,
    GRADE,
)  # fmt: skip
END = (
    FormField(
        name="closure",
        label=phrase("Id of the closure, such as W0001 or CL130"),
        required=True,
        begins=("No closure",),
    ),
    FormField(
        name="end", label=phrase("First day open again"), sort=Sort.day, required=True, usual=TODAY
    ),
    SOURCE,
    NOTE,
    SOURCE_DATE,
    GRADE,
)
INCIDENTS = (
    FormField(
        name="file", label=phrase("File: UCDP's zip or CSV, or a CSV of your own"), sort=Sort.file,
        required=True,
    ),
    NOTE,
    FormField(name="release", label=phrase("Release, where the file does not say"), aside=True),
    FormField(
        name="countries", label=phrase("Countries covered, with commas between"), aside=True
    ),
    FormField(name="start", label=phrase("First day covered"), sort=Sort.day, aside=True),
    FormField(
        name="end", label=phrase("Day after the last one covered"), sort=Sort.day, aside=True
    ),
    FormField(
        name="columns",
        label=phrase("Columns of a file of your own"),
        hint=phrase(
            "Such as date=event_date,lat=latitude,lon=longitude. It makes the file local: nothing "
            "of it is ever exported."
        ),
        aside=True,
    ),
    FormField(
        name="precision_km", label=phrase("How many km places of a file of your own may be off"),
        sort=Sort.number, usual="10", aside=True,
    ),
)  # fmt: skip

WORDS = {
    "": phrase("follows from the day above"),
    "open": phrase("open to all"),
    "shut": phrase("shut to freight"),
    "limited": phrase("some freight passes"),
    "persons-only": phrase("people only, no freight"),
    "all": phrase("all traffic"),
    "cargo": phrase("cargo"),
    "foreign_trucks": phrase("foreign trucks"),
    "trailer": phrase("trailers"),
    "produce": phrase("perishables"),
    "pedestrian": phrase("people on foot"),
    "transit": phrase("transit"),
    "relief": phrase("relief goods"),
    "empties": phrase("empty trucks"),
    "both": phrase("both directions"),
    "a_to_b": phrase("from side a to side b"),
    "b_to_a": phrase("from side b to side a"),
    "observed": phrase("seen on the day"),
    "approx": phrase("about that day"),
    "unknown": phrase("not found"),
    "ongoing": phrase("still shut"),
    "day": phrase("to the day"),
    "month": phrase("to the month"),
    "left_censored": phrase("shut already when first seen"),
    "security_clash": phrase("fighting"),
    "political": phrase("politics"),
    "policy": phrase("a decision of policy"),
    "documentation_rule": phrase("a rule on documents"),
    "terror_attack": phrase("an attack"),
    "strike": phrase("a strike"),
    "health": phrase("health"),
    "weather": phrase("weather"),
    "works": phrase("works on the road"),
    "other": phrase("other"),
    "A": phrase("A read in a source"),
    "B": phrase("B derived, or told by one who saw it"),
    "C": phrase("C estimate"),
    "government": phrase("a government"),
    "several_governments": phrase("several governments"),
    "de_facto_authority": phrase("a de facto authority"),
    "un_body": phrase("a body of the United Nations"),
    "state_company": phrase("a state company"),
    "local_authority": phrase("a local authority"),
    "official_unnamed": phrase("an official without a name"),
    "political_leader": phrase("a political leader"),
    "clerics": phrase("clerics"),
    "armed_group": phrase("an armed group"),
    "outlet": phrase("a news outlet"),
    "unnamed_analysts": phrase("analysts without a name"),
    "trade_body": phrase("a trade body"),
    "business": phrase("a business"),
    "lender": phrase("a lender"),
    "international_organisation": phrase("an international organisation"),
    "court": phrase("a court"),
    "assurance": phrase("an assurance"),
    "commitment": phrase("a commitment"),
    "target": phrase("a target"),
    "instruction": phrase("an instruction"),
    "warning": phrase("a warning"),
    "allegation": phrase("an allegation"),
    "denial": phrase("a denial"),
    "assessment": phrase("an assessment"),
    "fact": phrase("a fact, as told"),
    "request": phrase("a request"),
    "own_words": phrase("in the speaker's own words"),
    "reported": phrase("reported"),
    "reported_via_report": phrase("reported by way of a report"),
}
"""What a choice means, by its word in the record."""


def choice_word(choice: str) -> str:
    """Return what a choice means, in the language spoken."""
    return say(WORDS[choice]) if choice in WORDS else choice.replace("_", " ")


def _words(name: str) -> tuple[str, ...]:
    """Return the closed list of words of a column of statements."""
    return tuple(get_args(get_type_hints(LedgerStatementRow)[name]))


STATEMENT = (
    FormField(name="speaker", label=phrase("Who said it"), required=True),
    FormField(
        name="speaker_kind", label=phrase("Kind of speaker"), sort=Sort.choice, required=True,
        choices=_words("speaker_kind"), usual="government",
    ),
    FormField(
        name="said_on", label=phrase("Day on which it was said"), sort=Sort.day, required=True,
        usual=TODAY,
    ),
    FormField(
        name="speech_act", label=phrase("What kind of saying"), sort=Sort.choice, required=True,
        choices=_words("speech_act"), usual="commitment",
    ),
    FormField(
        name="paraphrase", label=phrase("What was said, in your own words"), sort=Sort.area,
        required=True,
    ),
    FormField(
        name="source_url", label=phrase("Address of the source"), required=True
    ),
    FormField(
        name="source_date", label=phrase("Day of the source"), sort=Sort.day, required=True,
        usual=TODAY,
    ),
    FormField(name="corridors", label=phrase("Corridors it is about, with ; between"), aside=True),
    FormField(name="places", label=phrase("Places it is about, with ; between"), aside=True),
    FormField(name="role", label=phrase("Office of the speaker"), aside=True),
    FormField(name="on_behalf_of", label=phrase("On whose behalf"), aside=True),
    FormField(
        name="attribution", label=phrase("How it is known"), sort=Sort.choice, aside=True,
        choices=_words("attribution"), usual="reported",
    ),
    FormField(
        name="confidence", label=phrase("Grade"), sort=Sort.choice, choices=GRADES, usual="B",
        hint=phrase("Grades: A read in a source, B derived, C estimate."), aside=True,
    ),
    FormField(name="note", label=phrase("Note: what happened, in a few words"), sort=Sort.area),
)  # fmt: skip
WITHDRAWAL = (
    FormField(
        name="record",
        label=phrase("Id of the row, such as S0001"),
        required=True,
        begins=("No record",),
    ),
    FormField(
        name="note", label=phrase("Reason"), sort=Sort.area, required=True, begins=("say why",)
    ),
    FormField(
        name="on", label=phrase("Out of use from this day on; blank for today"), sort=Sort.day
    ),
    FormField(
        name="for_all_time",
        label=phrase("It was wrong from the first: leave it out of answers of every date"),
        sort=Sort.flag,
    ),
)  # fmt: skip
