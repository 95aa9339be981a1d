"""Find a place by whatever a user calls it, and suggest the nearest when it is unknown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from karwan.base.errors import UnknownNameError

if TYPE_CHECKING:
    from karwan.network.nouns import Place

Spellings = Mapping[str, Iterable[str]]


def fold(name: str) -> str:
    """Return a name stripped of case, accents, hyphens and brackets.

    Examples
    --------
    >>> fold("Mazar-e Sharif"), fold("Ürümqi"), fold("Serhetabat (Kushka)")
    ('mazar e sharif', 'urumqi', 'serhetabat')
    """
    bare = name.split("(", maxsplit=1)[0] or name
    plain = unicodedata.normalize("NFKD", bare.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in letters).split())


def find_place(places: Mapping[str, Place], place_names: Spellings, name: str) -> Place:
    """Return the place of that id, name, other spelling or UN/LOCODE.

    Parameters
    ----------
    places, place_names
        Places, and the other spellings of their names, by id.

    Raises
    ------
    UnknownNameError
        With near misses; or, where several places share the name, with their ids.
    """
    if name in places:
        return places[name]
    if name.casefold() in places:
        return places[name.casefold()]
    wanted = fold(name)
    spelling = _spellings(places, place_names)
    found = spelling.get(wanted, [])
    code = name.replace(" ", "").upper()
    found = found or [place.id for place in places.values() if code in place.unlocode]
    if len(found) == 1:
        return places[found[0]]
    if found:
        listed = ", ".join(sorted(found))
        raise UnknownNameError(
            "single place", name, [], hint=f"Several places bear it; give an id: {listed}."
        )
    known = {wanted_name: ids[0] for wanted_name, ids in spelling.items()}
    names = [place.name for place in places.values()]
    names += [other for others in place_names.values() for other in others]
    hint = "" if known else "The network has no places."
    raise UnknownNameError("place", name, [*names, *places], hint=hint)


def _spellings(places: Mapping[str, Place], place_names: Spellings) -> dict[str, list[str]]:
    """Return place ids by folded name; a main name outranks another place's second name."""
    main: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    for place in places.values():
        main.setdefault(fold(place.name), []).append(place.id)
        for part in place.name.replace("(", "/").replace(")", "").split("/"):
            other.setdefault(fold(part), []).append(place.id)
        other.setdefault(fold(place.id), []).append(place.id)
    for place_id, names in place_names.items():
        for name in names:
            other.setdefault(fold(name), []).append(place_id)
    merged = {name: sorted(set(ids)) for name, ids in other.items()}
    return merged | {name: sorted(set(ids)) for name, ids in main.items()}
