"""The language of what a command says: `--lang`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from karwan.base.errors import Fault
from karwan.cli.options import Format

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog


def lang_faults(lang: str | None, output: Format) -> list[Fault]:
    """Return what is wrong with a language: none that has sentences, or a form that has none."""
    from karwan.words.tongues import TONGUES

    if lang is None:
        return []
    whole = [one.code for one in TONGUES.values() if one.is_whole]
    faults = []
    if lang not in whole:
        faults.append(
            Fault("lang", f"no catalogue of sentences; there are {', '.join(whole)}", lang)
        )
    if output is not Format.table:
        text = f"goes with text alone; as {output.value} an answer is the same in every language"
        faults.append(Fault("lang", text))
    return faults


def print_sentences(lang: str, catalog: Catalog, say: Callable[[], Iterable[str]]) -> None:
    """Print what is said in a language, a sentence to a line."""
    from karwan.cli.show import print_text
    from karwan.data.own_names import names_in
    from karwan.words.speech import speaking
    from karwan.words.tongues import tongue_of

    tongue = tongue_of(lang)
    with speaking(tongue, lambda: names_in(catalog, tongue.table_name)):
        print_text("\n".join(say()))
