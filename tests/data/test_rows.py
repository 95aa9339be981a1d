"""Every table has one class of rows, and the class says of each column what the descriptor says."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from dataclasses import fields
from pathlib import Path
from types import NoneType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from karwan.base.errors import DataError
from karwan.base.schema import Field
from karwan.data import rows as package
from karwan.data.catalog import Catalog
from karwan.data.rows.network import PlaceNameRow, RailLinkRow
from karwan.data.rows.row import Row, attribute_of, frame_cells, rows_from
from karwan.evidence import rows as evidence

TYPES: dict[str, type] = {"string": str, "number": float, "integer": int, "date": dt.date}


def classes() -> list[type[Row]]:
    modules = [
        importlib.import_module(f"{package.__name__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    ]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Row) and kind is not Row
    ]


def declared(hint: Any) -> tuple[Any, frozenset[Any], bool]:
    """Type, closed list, whether it may be blank."""
    parts = set(get_args(hint)) if get_origin(hint) in (Union, type(int | None)) else {hint}
    (one,) = parts - {NoneType}
    if get_origin(one) is Literal:
        words = frozenset(get_args(one))
        (kind,) = {type(word) for word in words}
        return kind, words, NoneType in parts
    return one, frozenset(), NoneType in parts


def expected(field: Field) -> tuple[Any, frozenset[Any], bool]:
    if field.separator:
        return tuple[str, ...], frozenset(), False
    if field.is_yes_no:
        assert field.required, f"{field.name}: what is neither yes nor no has no class"
        return bool, frozenset(), False
    kind = TYPES[field.type]
    return kind, frozenset(map(kind, field.enum)), not field.required


def test_every_table_has_one_class() -> None:
    assert sorted(kind.TABLE for kind in classes()) == sorted(Catalog().resources)


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.TABLE)
def test_a_class_says_of_its_columns_what_the_descriptor_says(kind: type[Row]) -> None:
    columns = Catalog().resource(kind.TABLE).table.fields
    hints = get_type_hints(kind)
    said = {field.name: declared(hints[field.name]) for field in fields(kind)}
    assert said == {attribute_of(column.name): expected(column) for column in columns}


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.TABLE)
def test_rows_hold_the_cells_of_the_frame(kind: type[Row]) -> None:
    catalog = Catalog()
    found = catalog.rows(kind)
    for field in catalog.resource(kind.TABLE).table.fields:
        cells = catalog.read(kind.TABLE)[field.name].to_list()
        ours = [getattr(row, attribute_of(field.name)) for row in found]
        if field.separator:
            parts = [(cell or "").split(field.separator) for cell in cells]
            assert ours == [tuple(part.strip() for part in some if part) for some in parts]
        elif field.is_yes_no:
            assert ours == [{"yes": True, "no": False}[cell] for cell in cells]
        else:
            assert ours == cells


def test_a_row_cannot_be_changed() -> None:
    row = Catalog().rows(PlaceNameRow)[0]
    with pytest.raises(AttributeError):
        row.name = "elsewhere"  # type: ignore[misc]


def test_a_row_filled_by_columns_is_the_one_that_its_class_makes() -> None:
    row = Catalog().rows(PlaceNameRow)[0]
    cells = {field.name: getattr(row, field.name) for field in fields(row)}
    made = PlaceNameRow(**cells)
    assert made == row
    assert hash(made) == hash(row)
    assert repr(row).startswith(f"PlaceNameRow(source_url={row.source_url!r}, ")
    assert PlaceNameRow(**cells | {"name": "elsewhere"}) != row
    assert Catalog().rows(RailLinkRow)[0] != row


def test_rows_are_made_once_for_all_catalogues() -> None:
    assert Catalog().rows(PlaceNameRow) is Catalog().rows(PlaceNameRow)


def test_another_content_makes_other_rows(tmp_path: Path) -> None:
    table = tmp_path / "place_names.csv"
    table.write_bytes(Catalog().content("place_names"))
    assert Catalog(tmp_path).rows(PlaceNameRow) is Catalog().rows(PlaceNameRow)
    table.write_text(
        "place_id,name,note,source_url,source_date,confidence\nkabul,Kabool,,derived:x,,C\n",
        encoding="utf-8",
    )
    first = Catalog(tmp_path)
    assert [row.name for row in first.rows(PlaceNameRow)] == ["Kabool"]
    table.write_text("place_id\n", encoding="utf-8")
    assert [row.name for row in first.rows(PlaceNameRow)] == ["Kabool"]
    for _ in range(2):  # a fault is told each time
        with pytest.raises(DataError, match="column 'name' is missing"):
            Catalog(tmp_path).rows(PlaceNameRow)


def test_no_row_comes_of_an_empty_frame() -> None:
    catalog = Catalog()
    empty = catalog.read("rail_links").clear()
    assert rows_from(frame_cells(empty), catalog.resource("rail_links").table, RailLinkRow) == ()


SEEN_BY_THE_TYPE_CHECKER = (
    ("known: float = row.length_km", ""),
    ("renamed: float = row.lenght_km", 'has no attribute "lenght_km"'),
    ("blank: float = row.speed_kmh", "Incompatible types in assignment"),
    ('closed_list = row.mode == "boat"', "Non-overlapping equality check"),
    ("own: str = shut.cause", ""),
    ("own_renamed: str = shut.reason", 'has no attribute "reason"'),
    ("own_blank: str = shut.end", "Incompatible types in assignment"),
)


def test_the_type_checker_sees_every_column(tmp_path: Path) -> None:
    """Of the packaged tables, and of the workspace's database."""
    mypy = pytest.importorskip("mypy.api", reason="mypy is a tool of developers")
    folder = Path(package.__path__[0])
    script = tmp_path / "script.py"
    lines = [f"    {line}" for line, _ in SEEN_BY_THE_TYPE_CHECKER]
    head = [
        "from karwan.data.rows.network import RailLinkRow",
        "from karwan.evidence.rows import OwnClosureRow",
        "def ask(row: RailLinkRow, shut: OwnClosureRow) -> None:",
    ]
    script.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
    config = tmp_path / "mypy.ini"
    config.write_text(f"[mypy]\nmypy_path = {folder.parent.parent.parent}\n", encoding="utf-8")
    options = [f"--config-file={config}", f"--cache-dir={tmp_path / 'cache'}", "--strict"]
    options += ["--explicit-package-bases", "--follow-imports=skip"]
    files = [str(script), str(folder / "network.py"), str(folder / "row.py"), evidence.__file__]
    out, err, _ = mypy.run([*options, *files])
    assert not err
    told = [text for text in out.splitlines() if text.startswith(str(script))]
    expected = [
        (number, fault) for number, (_, fault) in enumerate(SEEN_BY_THE_TYPE_CHECKER, 4) if fault
    ]
    assert len(told) == len(expected), out
    for text, (number, fault) in zip(told, expected, strict=True):
        assert f":{number}: " in text
        assert fault in text
