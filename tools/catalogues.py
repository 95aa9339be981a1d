"""Hold the message catalogues against what the code and the templates say.

    python tools/catalogues.py check    name every fault, end with 1 if there is one
    python tools/catalogues.py write    add what is new without a translation, drop what is gone

A sentence of ours stands in English in the code as the first argument of one of the functions in
`SENTENCES` or `COUNTED`; a label in `LABEL_WORDS`, or in `karwan.words.labels`. Names of projects
and of speakers stand in the tables, and a language that has the whole interface says them too: a
person's name is transcribed, and what is said of an office is translated.
"""

from __future__ import annotations

import ast
import csv
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from karwan.words.catalogues import LABEL, categories_of, locale_of
from karwan.words.labels import LABELS
from karwan.words.tongues import ENGLISH, TONGUES, Tongue

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "karwan"
CATALOGUES = PACKAGE / "words" / "catalogues"
SENTENCES = {"say", "said", "say_in_page", "phrase", "sayable"}
COUNTED = {"say_counting", "say_counting_in_page"}
LABEL_WORDS = {"label_word"}
NAMES = (
    ("projects", "name"),
    ("ledger_statements", "speaker"),
    *(("benefit_accounts", name) for name in ("stakeholder", "good", "place", "indicator", "unit")),
)
"""Columns of the tables whose cells are said in words."""
Message = str | tuple[str, str]
"""A sentence, or a singular and its plural."""
CALLS = SENTENCES | COUNTED | LABEL_WORDS


@dataclass
class Said:
    """What is said in English.

    Attributes
    ----------
    sentences, labels
        As they stand in the code.
    counted
        Plurals by singulars.
    """

    sentences: set[str] = field(default_factory=set)
    counted: dict[str, str] = field(default_factory=dict)
    labels: set[str] = field(default_factory=lambda: set(LABELS))

    def add(self, name: str, words: list[str]) -> None:
        """Add what a call says, where it says it literally."""
        if name in LABEL_WORDS and words:
            self.labels.add(words[0])
        elif name in COUNTED and len(words) > 1:
            self.counted[words[0]] = words[1]
        elif name in SENTENCES and words:
            self.sentences.add(words[0])


def said_in_package(package: Path = PACKAGE) -> Said:
    """Return everything that the package says."""
    said = Said()
    for path in sorted(package.rglob("*.py")):
        for name, words in _python_calls(path.read_text(encoding="utf-8")):
            said.add(name, words)
    for table, column in NAMES:
        with (PACKAGE / "data" / "tables" / f"{table}.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            said.sentences |= {row[column] for row in csv.DictReader(file) if row[column]}
    environment = Environment(autoescape=True)
    for path in sorted(package.rglob("*.j2")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in CALLS:
                words = [one.value for one in call.args if isinstance(one, nodes.Const)]
                said.add(call.node.name, words)
    return said


def _python_calls(text: str) -> Iterator[tuple[str, list[str]]]:
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in CALLS:
                literal = (one for one in call.args if isinstance(one, ast.Constant))
                yield name, [one.value for one in literal if isinstance(one.value, str)]


def slots_of(message: str) -> set[str]:
    """Return the names of a message's slots."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def read_file(tongue: Tongue) -> Catalog:
    """Return a language's catalogue as it lies in the package; an empty one if none does."""
    path = CATALOGUES / f"{tongue.code}.po"
    if not path.is_file():
        return Catalog(locale=locale_of(tongue))
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=locale_of(tongue))


def _messages(tongue: Tongue) -> dict[tuple[Message, str], str | tuple[str, ...]]:
    """Return what a catalogue says, by what English says and its context."""
    told: dict[tuple[Message, str], str | tuple[str, ...]] = {}
    for one in read_file(tongue):
        if isinstance(one.id, str) and isinstance(one.string, str) and one.id:
            told[one.id, one.context or ""] = one.string
        elif isinstance(one.id, tuple) and one.string is not None:
            told[(one.id[0], one.id[1]), one.context or ""] = tuple(one.string)
    return told


def wanted(tongue: Tongue, said: Said) -> Iterator[tuple[Message, str]]:
    """Yield what a catalogue must hold, with its context."""
    if tongue.is_whole:
        yield from ((one, "") for one in sorted(said.sentences))
        yield from ((pair, "") for pair in sorted(said.counted.items()))
    yield from ((one, LABEL) for one in sorted(said.labels))


def faults_of(tongue: Tongue, said: Said) -> Iterator[str]:
    """Yield what is wrong with a language's catalogue."""
    known = _messages(tongue)
    needed = set(wanted(tongue, said))
    for message, context in sorted(needed - set(known), key=str):
        yield f"{tongue.code}: not there: {context} {message!r}"
    for message, context in sorted(set(known) - needed, key=str):
        yield f"{tongue.code}: nothing says it any more: {context} {message!r}"
    for key in sorted(needed & set(known), key=str):
        yield from _faults_of_message(tongue, key[0], known[key])


def _faults_of_message(
    tongue: Tongue, message: Message, told: str | tuple[str, ...]
) -> Iterator[str]:
    forms = [told] if isinstance(told, str) else list(told)
    if isinstance(message, tuple) and len(forms) != len(categories_of(tongue)):
        yield f"{tongue.code}: {len(forms)} plural forms: {message[0]!r}"
    english = message if isinstance(message, str) else message[1]
    for form in forms:
        if not form.strip():
            yield f"{tongue.code}: not translated: {message!r}"
        elif slots_of(form) != slots_of(english):
            yield f"{tongue.code}: other slots: {message!r}"


def write(tongue: Tongue, said: Said) -> None:
    """Write a catalogue anew: what is said, in order, with the translations that are there."""
    old = _messages(tongue)
    forms = len(categories_of(tongue))
    new = Catalog(
        locale=locale_of(tongue),
        project="karwan",
        fuzzy=False,
        header_comment=f"# {tongue.name}: {_reviewed(tongue)}.",
    )
    new._num_plurals = forms  # type: ignore[assignment]
    for message, context in wanted(tongue, said):
        known = old.get((message, context))
        blank = "" if isinstance(message, str) else ("",) * forms
        new.add(message, known or blank, context=context or None)
    path = CATALOGUES / f"{tongue.code}.po"
    with path.open("wb") as file:
        write_po(file, new, omit_header=False, width=0)
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _dated(line)]
    path.write_text("\n".join(kept).rstrip("\n") + "\n", encoding="utf-8")


def _reviewed(tongue: Tongue) -> str:
    return "reviewed by a speaker" if tongue.is_reviewed else "not reviewed by a speaker"


def _dated(line: str) -> bool:
    """Whether a line of a header tells a day, a person or the tool, which change by themselves."""
    names = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Generated-By")
    return line.startswith(tuple(f'"{name}' for name in names))


def main(words: list[str]) -> int:
    """Check or write all catalogues."""
    if words not in (["check"], ["write"]):
        print(__doc__)
        return 2
    said = said_in_package()
    others = [one for one in TONGUES.values() if one is not ENGLISH]
    if words == ["write"]:
        for tongue in others:
            write(tongue, said)
    faults = [fault for tongue in others for fault in faults_of(tongue, said)]
    print("\n".join(faults) or f"{len(others)} catalogues say all that is said")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
