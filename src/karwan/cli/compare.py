"""`karwan compare`: all corridors and outside options between two places."""

from __future__ import annotations

from karwan.cli.options import (
    AsOf,
    Cargo,
    Carrier,
    Close,
    Destination,
    Format,
    FormatOption,
    Open,
    Origin,
    State,
    StateOption,
    Tables,
    Tonnes,
    UnitName,
    Value,
    With,
    Workspace,
    make_planner,
)


def compare(
    origin: Origin,
    destination: Destination,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    tonnes: Tonnes = None,
    value: Value = None,
    carrier: Carrier = None,
    as_of: AsOf = None,
    state: StateOption = State.last_known,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Compare the corridors and outside options between ORIGIN and DESTINATION."""
    from karwan.analysis.answers import comparison_to_dict
    from karwan.analysis.comparison import Desk
    from karwan.cli.show import print_json, print_text
    from karwan.cli.text import comparison_csv, comparison_text
    from karwan.data.catalog import Catalog

    planner, start, end = make_planner(
        Catalog(tables, workspace),
        origin,
        destination,
        as_of=as_of,
        carrier=carrier,
        cargo=cargo,
        unit=unit,
        tonnes=tonnes,
        value=value,
        close=close,
        open_=open_,
        projects=with_,
    )
    comparison = Desk(planner).compare(start, end, state.value)
    if output is Format.json:
        print_json(comparison_to_dict(comparison))
    elif output is Format.csv:
        print_text(comparison_csv(comparison))
    else:
        print_text(comparison_text(comparison))
