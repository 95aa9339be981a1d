"""Find a place by whatever a user calls it, and suggest the nearest when it is unknown."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from karwan.base.errors import UnknownNameError

if TYPE_CHECKING:
    from karwan.network.network import Network, Place


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


def find_place(network: Network, name: str) -> Place:
    """Return the place of that id, name, other spelling or UN/LOCODE.

    Raises
    ------
    UnknownNameError
        With near misses; or, where several places share the name, with their ids.
    """
    if name in network.places:
        return network.places[name]
    if name.casefold() in network.places:
        return network.places[name.casefold()]
    wanted = fold(name)
    spelling = _spellings(network)
    found = spelling.get(wanted, [])
    code = name.replace(" ", "").upper()
    found = found or [place.id for place in network.places.values() if code in place.unlocode]
    if len(found) == 1:
        return network.places[found[0]]
    if found:
        listed = ", ".join(sorted(found))
        raise UnknownNameError(
            "single place", name, [], hint=f"Several places bear it; give an id: {listed}."
        )
    known = {wanted_name: ids[0] for wanted_name, ids in spelling.items()}
    names = [place.name for place in network.places.values()]
    names += [other for others in network.place_names.values() for other in others]
    hint = "" if known else "The network has no places."
    raise UnknownNameError("place", name, [*names, *network.places], hint=hint)


def _spellings(network: Network) -> dict[str, list[str]]:
    """Return place ids by folded name; a main name outranks another place's second name."""
    main: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    for place in network.places.values():
        main.setdefault(fold(place.name), []).append(place.id)
        for part in place.name.replace("(", "/").replace(")", "").split("/"):
            other.setdefault(fold(part), []).append(place.id)
        other.setdefault(fold(place.id), []).append(place.id)
    for place_id, names in network.place_names.items():
        for name in names:
            other.setdefault(fold(name), []).append(place_id)
    merged = {name: sorted(set(ids)) for name, ids in other.items()}
    return merged | {name: sorted(set(ids)) for name, ids in main.items()}
