"""The option `--chart`, which commands share whose answers can be drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.cli.options import PATH, read_path

if TYPE_CHECKING:
    from karwan.api.answer import Answer

Chart = Annotated[
    Path | None,
    typer.Option(
        "--chart",
        parser=read_path,
        metavar=PATH,
        help="Draw the chart into this file: .svg, .png or .html.",
    ),
]


def check_chart(path: Path | None) -> None:
    """Refuse a file that cannot be drawn into, before anything is computed."""
    from karwan.api.pictures import SUFFIXES
    from karwan.base.errors import DataError
    from karwan.base.troubles import check_target

    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise DataError("the question", [f"--chart {path}: must end in {', '.join(SUFFIXES)}"])
    check_target(path)


def draw(answer: Answer[Any], path: Path | None) -> None:
    """Write the chart beside its place first and move it there when it is whole."""
    from karwan.api.pictures import plot
    from karwan.base.errors import DataError
    from karwan.base.troubles import reason

    if path is None:
        return
    try:
        plot(answer).save(path)
    except OSError as error:
        raise DataError("output", [f"--chart {path} {reason(error)}"]) from error
