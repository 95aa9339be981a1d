"""Options that several commands share, and how they become a question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.analysis.world.state import State
from karwan.base.days import LAST_DAY, asked_day
from karwan.base.errors import DataError
from karwan.base.paths import typed_folder, typed_path
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.base.workspaces import typed_workspace
from karwan.cli import completion

if TYPE_CHECKING:
    from karwan.analysis.world.question import Asked, Shipment, Ways
    from karwan.analysis.world.travel import Timing
    from karwan.base.errors import Fault
    from karwan.data.catalog import Catalog

PATH = "<path>"
"""How help names what every option of a path takes."""


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"


class Mode(StrEnum):
    """Modes a route may use."""

    road = "road"
    rail = "rail"
    any = "any"


def read_path(text: str | Path) -> Path:
    """Return the path of an option, which must name something.

    Raises
    ------
    typer.BadParameter
        If it is blank, or no path at all.
    """
    try:
        return typed_path(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def read_folder(text: str | Path) -> Path:
    """Return the path of a folder that is there, or may yet be made.

    Raises
    ------
    typer.BadParameter
        If the path is blank, or something that is no folder stands there.
    """
    try:
        return typed_folder(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


if TYPE_CHECKING:
    Place = AnyWorkspace
else:  # Typer takes no union; what reads the option tells the kinds apart
    Place = object


def read_workspace(text: str | AnyWorkspace) -> AnyWorkspace:
    """Return where a workspace lies: a folder, or the address of a database.

    Raises
    ------
    typer.BadParameter
        If it is neither.
    """
    try:
        return typed_workspace(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


_PLACE_HELP = "Place by id, name in any script, other spelling or UN/LOCODE."
Origin = Annotated[
    str,
    typer.Argument(
        metavar="ORIGIN",
        help=_PLACE_HELP,
        show_default=False,
        autocompletion=completion.places,
    ),
]
Destination = Annotated[
    str,
    typer.Argument(
        metavar="DESTINATION",
        help=_PLACE_HELP,
        show_default=False,
        autocompletion=completion.places,
    ),
]
Cargo = Annotated[
    str,
    typer.Option(
        "--cargo",
        help="Cargo or its class: general, bulk, fresh, fuel, parts, relief, or a commodity.",
    ),
]
UnitName = Annotated[
    str,
    typer.Option(
        "--unit", help="truck, 20ft, 40ft or wagon. A 40 ft box travels by road as a trailer."
    ),
]
Tonnes = Annotated[
    float | None, typer.Option("--tonnes", help="Tonnes shipped. Default: what one unit carries.")
]
Value = Annotated[
    float | None,
    typer.Option(
        "--value", help="Value of the cargo in USD. Default: tonnes at its typical price."
    ),
]
Carrier = Annotated[
    str | None,
    typer.Option(
        "--carrier",
        help="Carrier's country, by name, two or three letters. Default: the origin's.",
        autocompletion=completion.countries,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="Date whose knowledge is used, YYYY-MM-DD. Default: today.",
        autocompletion=completion.days,
    ),
]
Depart = Annotated[
    str | None,
    typer.Option(
        "--depart",
        help="Day on which the journey leaves, YYYY-MM-DD: its seasons, holidays and opening days "
        "are counted. What is known is that of --as-of.",
        show_default=False,
        autocompletion=completion.days,
    ),
]
Deadline = Annotated[
    str | None,
    typer.Option(
        "--deadline",
        help="Last day of arrival, YYYY-MM-DD, or days from the departure: also say how likely it "
        "is in time if nothing shuts.",
        show_default=False,
        autocompletion=completion.days,
    ),
]
ShelfLife = Annotated[
    float | None,
    typer.Option(
        "--shelf-life",
        help="Days that perishable cargo keeps. Default: as the cargo table has it.",
        show_default=False,
    ),
]
AsRecorded = Annotated[
    str | None,
    typer.Option(
        "--as-recorded",
        help="Leave out what was entered after this day (UTC), YYYY-MM-DD: for an audit. Default: "
        "all.",
        show_default=False,
        autocompletion=completion.days,
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Refuse to rest on figures published after the date; else they are told."
    ),
]
Close = Annotated[
    list[str] | None,
    typer.Option(
        "--close",
        help="Shut a crossing, line or link, or all crossings of a place. May be repeated.",
        autocompletion=completion.passed,
    ),
]
Open = Annotated[
    list[str] | None,
    typer.Option(
        "--open",
        help="Open one that is shut, whatever the record says. May be repeated.",
        autocompletion=completion.passed,
    ),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help="Switch on a project that is not built. May be repeated.",
        autocompletion=completion.projects,
    ),
]
StateOption = Annotated[
    State, typer.Option("--state", help="As last known, or with all gates open.")
]
StateName = Annotated[
    str,
    typer.Option(
        "--state",
        metavar=f"<{'|'.join(State)}>",
        help="As last known, or with all gates open.",
    ),
]
"""The same, checked with the rest of the question, so that all its faults come in one error."""

Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        help="Language of the text: en or ru; no speaker has reviewed ru. Data has no language.",
        show_default=False,
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
Tables = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        parser=read_folder,
        metavar=PATH,
        help="Folder of your own tables, which replace those of the same name.",
    ),
]


def parse_date(text: str | None, key: str = "as_of") -> dt.date:
    """Return the date of an option, or today."""
    from karwan.api import today

    return today() if text is None else asked_day(text, key)


def read_recorded(text: str | None) -> dt.date | None:
    """Return the day by which rows must have been entered; None for all."""
    return None if text is None else parse_date(text, "as_recorded")


OPTIONS = {
    "closed": "--close",
    "opened": "--open",
    "projects": "--with",
    "value_usd": "--value",
    "shelf_life_days": "--shelf-life",
    "consignment.cargo": "--cargo",
    "consignment.unit": "--unit",
    "columns": "--map",
    "project": "",
    "line": "",
    "link": "",
    "start": "--from",
    "end": "--to",
    "origin": "",
    "destination": "",
    "": "",
}
"""What the command line calls an argument where it is not the argument's name."""


def option_name(key: str) -> str:
    """Return what the command line calls an argument; blank where the fault speaks for itself.

    A dotted key is one of a study file, which the command line was given.

    Examples
    --------
    >>> option_name("as_of"), option_name("closed"), option_name("world.close")
    ('--as-of', '--close', 'world.close')
    """
    if key in OPTIONS:
        return OPTIONS[key]
    return key if "." in key else f"--{key.replace('_', '-')}"


Workspace = Annotated[
    Place | None,
    typer.Option(
        "--workspace",
        parser=read_workspace,
        metavar=PATH,
        help="Folder with closures of your own (see `karwan evidence`), or postgresql:// address.",
        show_default=False,
    ),
]


def read_question(
    catalog: Catalog,
    ends: tuple[str, str],
    *,
    as_of: str | None,
    shipment: Shipment,
    state: str = State.last_known,
    close: list[str] | None = None,
    open_: list[str] | None = None,
    projects: list[str] | None = None,
    ways: Ways | None = None,
    timing: Timing | None = None,
    faults: Sequence[Fault] = (),
) -> Asked:
    """Return the question that the options ask; all that is wrong with it in one error.

    Parameters
    ----------
    faults
        What else the command found wrong.
    """
    from karwan.analysis.world.question import Premises, ask
    from karwan.analysis.world.travel import NO_TIMING, future_fault
    from karwan.api import today

    wrong = list(faults)
    date = LAST_DAY
    try:
        date = parse_date(as_of)
    except DataError as error:
        wrong += error.faults
    else:
        wrong += future_fault(date, today(), "--depart")
    premises = Premises(
        as_of=date,
        state=state,
        closed=close or (),
        opened=open_ or (),
        projects=projects or (),
        timing=timing or NO_TIMING,
    )
    return ask(catalog, ends, premises, shipment=shipment, ways=ways, faults=wrong)


def read_shipment(
    cargo: str, unit: str, tonnes: float | None, value: float | None, carrier: str | None
) -> Shipment:
    """Return what is shipped, as the options say."""
    from karwan.analysis.world.question import Shipment

    return Shipment(unit=unit, cargo=cargo, tonnes=tonnes, value_usd=value, carrier=carrier)
