"""Pages of corridors: what each variant passes, how its crossings stand, what was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from karwan.base.errors import UnknownNameError
from karwan.report.content import element_name, label, place_name
from karwan.web.gates import status_text
from karwan.web.questions import address
from karwan.web.sections import Cell, Table
from karwan.words.speech import label_word, own_word, say

if TYPE_CHECKING:
    from karwan.analysis.assurances.book import Told
    from karwan.network.nouns import Corridor
    from karwan.web.desks import WarmDesk


def corridor_list(desk: WarmDesk) -> dict[str, Any]:
    """Return what the page of all corridors shows."""
    corridors = desk.world.network.corridors.values()
    rows = [
        [
            Cell(label(one), f"/corridors/{quote(one.id)}"),
            Cell(one.role),
            Cell(", ".join(label_word(mode) for mode in sorted(one.modes))),
            Cell(sum(_is_shut(desk, gate) for gate in _gates(desk, one))),
            Cell(len(_gates(desk, one))),
            Cell(_built(desk, one)),
            Cell(one.source.grade),
        ]
        for one in corridors
    ]
    names = ("corridor", "role", "modes", "crossings shut", "crossings named", "built", "grade")
    table = Table(title=say("Corridors compared: variants by family"), names=names, rows=rows)
    return {"title": table.title, "note": say("Press one for its crossings."), "tables": [table]}


def corridor_page(desk: WarmDesk, name: str) -> dict[str, Any]:
    """Return what the page of one corridor shows.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    world = desk.world
    if name not in world.network.corridors:
        raise UnknownNameError("corridor", name, world.network.corridors)
    corridor = world.network.corridors[name]
    rows = []
    for token in corridor.tokens:
        one = token.rstrip("<>").partition("@")[0]
        if one in world.network.crossings:
            gate = world.network.crossings[one]
            told = status_text(desk.statuses[one])
            cell = Cell(element_name(one, gate.name), f"/crossings/{quote(one)}")
            rows.append([cell, Cell(label_word("crossing")), Cell(told)])
        elif one in world.network.places:
            place = world.network.places[one]
            rows.append(
                [Cell(place_name(place)), Cell(label_word(place.kind.replace("_", " "))), Cell("")]
            )
        else:
            rows.append([Cell(one), Cell(""), Cell("")])
    passed = Table(
        title=say("What it passes, in order"),
        names=("name", "kind", "last report"),
        rows=rows,
        note=_built(desk, corridor),
    )
    said = [one for one in desk.statements if corridor.family in one.status.statement.corridors]
    origin, destination = corridor.od_example
    pairs = [("from", origin), ("to", destination), ("as_of", str(world.as_of)), ("rows", "all")]
    return {
        "title": label(corridor),
        "note": f"{corridor.description.rstrip('.')}.",
        "doors": [(say("compare it with the others"), address("/compare", pairs))],
        "tables": [passed, statement_table(said, say("What was said of its family"))],
    }


def statement_table(said: list[Told], title: str) -> Table:
    """Return statements with their status; both sides alike."""
    rows = [
        [
            Cell(one.status.statement.id, f"/ledger/{quote(one.status.statement.id)}"),
            Cell(one.status.statement.speaker),
            Cell(one.status.statement.said_on),
            Cell(one.status.statement.paraphrase),
            Cell(one.status.delivery_word),
            Cell(one.status.evidence_word),
        ]
        for one in said
    ]
    return Table(
        title=title,
        names=("statement", "who", "said on", "what", "delivery", "evidence"),
        rows=rows,
        note="" if rows else say("No statement of the ledger names it."),
    )


def _gates(desk: WarmDesk, corridor: Corridor) -> list[str]:
    known = desk.world.network.crossings
    names = [token.rstrip("<>").partition("@")[0] for token in corridor.tokens]
    return [one for one in names if one in known]


def _is_shut(desk: WarmDesk, gate: str) -> bool:
    return desk.statuses[gate].kind == "shut"


def _built(desk: WarmDesk, corridor: Corridor) -> str:
    ident = corridor.project_id
    if not ident:
        return ""
    known = desk.world.network.projects
    return say("as if built: {project}", project=own_word(known[ident].name))
