"""The documentation's checks find what they are there to find."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
import typer
import typer.main

from tools.docs import (
    CommandPage,
    check,
    cli_page,
    example_faults,
    find_broken_links,
    find_help_faults,
    list_commands,
    main,
    slug,
    tables_page,
    write,
)

PACKAGE = {
    "title": "Small facts",
    "version": "1",
    "description": "Two\nlines.",
    "resources": [
        {
            "name": "gates",
            "title": "Gates",
            "description": "Where one passes.",
            "rows": 3,
            "licenses": [{"name": "ODbL-1.0", "path": "https://example.org/odbl"}],
            "schema": {
                "primaryKey": ["id"],
                "fields": [
                    {"name": "id", "type": "string", "constraints": {"required": True}},
                    {
                        "name": "dwell_hours",
                        "type": "number",
                        "unit": "hour",
                        "description": "Queue | formalities.",
                        "constraints": {"minimum": 0, "enum": [0, 1]},
                    },
                ],
            },
        }
    ],
}


class Colour(StrEnum):
    red = "red"
    dark_green = "dark-green"


def small_app() -> typer.Typer:
    app = typer.Typer(help="A small program.", add_completion=False, rich_markup_mode=None)
    group = typer.Typer(help="Look at things.", rich_markup_mode=None)

    @app.command("paint")
    def paint(
        wall: Annotated[str, typer.Argument(help="Which wall.")],
        colour: Annotated[Colour, typer.Option("--colour", help="Which colour.")] = Colour.red,
        coats: Annotated[int, typer.Option("--coats", min=1, help="How often.")] = 2,
        near: Annotated[list[str] | None, typer.Option("--near", help="What stands near.")] = None,
        dry: Annotated[bool, typer.Option("--dry", help="Wait until dry.")] = False,
    ) -> None:
        """Paint a WALL."""

    @group.command("list")
    def list_things() -> None:
        """List all things."""

    app.add_typer(group, name="look")
    return app


@pytest.fixture
def commands() -> list[CommandPage]:
    return list(list_commands(typer.main.get_command(small_app())))


@pytest.fixture
def root(tmp_path: Path, commands: list[CommandPage]) -> Path:
    """Return a small repository whose documentation is in order."""
    tables = tmp_path / "src/karwan/data/tables"
    tables.mkdir(parents=True)
    (tables / "datapackage.json").write_text(json.dumps(PACKAGE))
    (tmp_path / "docs").mkdir()
    (tmp_path / "LICENSE-DATA.md").write_text("- `gates`\n")
    (tmp_path / "README.md").write_text("See [all](docs/cli.md#karwan-paint).\n")
    write(tmp_path, commands)
    return tmp_path


def test_every_command_is_listed_in_the_order_of_declaration(commands: list[CommandPage]) -> None:
    words = [page.words for page in commands]
    assert words == ["karwan", "karwan paint", "karwan look", "karwan look list"]


def test_the_page_shows_what_a_command_takes(commands: list[CommandPage]) -> None:
    page = cli_page(commands)
    assert "karwan paint WALL [OPTIONS]" in page
    assert "| `WALL` | text | required | Which wall. |" in page
    assert "| `--colour` | `red`, `dark-green` | `red` | Which colour. |" in page
    assert "| `--coats` | whole number, ≥ 1 | `2` | How often. |" in page
    assert "| `--near` | text |  | What stands near. May be repeated. |" in page
    assert "| `--dry` |  |  | Wait until dry. |" in page


def test_the_page_does_not_depend_on_the_terminal(
    commands: list[CommandPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    for columns in ("40", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        pages.append(cli_page(commands))
    assert pages[0] == pages[1]


def test_the_tables_show_unit_and_constraints() -> None:
    page = tables_page(PACKAGE)
    assert "| `id` | string |  |  | required |" in page
    assert (
        "| `dwell_hours` | number | hour | Queue \\| formalities. | ≥ 0; one of `0`, `1` |" in page
    )
    assert "3 rows; licence [ODbL-1.0](https://example.org/odbl); key `id`." in page


def test_a_repository_in_order_has_no_fault(root: Path, commands: list[CommandPage]) -> None:
    assert check(root, commands) == []


@pytest.mark.parametrize("page", ["docs/cli.md", "docs/tables.md"])
def test_a_stale_page_is_named(root: Path, commands: list[CommandPage], page: str) -> None:
    with (root / page).open("a") as file:
        file.write("more\n")
    assert check(root, commands) == [f"{page}: stale; run `make docs` and commit it"]


def test_a_missing_page_is_named(root: Path, commands: list[CommandPage]) -> None:
    (root / "docs/tables.md").unlink()
    assert check(root, commands) == ["docs/tables.md: stale; run `make docs` and commit it"]


def test_broken_links_are_named(tmp_path: Path) -> None:
    text = "[a](gone.md) [b](#no-such) [c](https://example.org) [d](#a-heading)\n\n# A `heading`\n"
    (tmp_path / "page.md").write_text(text + "```text\n[e](gone-too.md)\n```\n")
    assert find_broken_links(tmp_path, [Path("page.md")]) == [
        "page.md: the link gone.md leads to no file",
        "page.md: the link #no-such leads to no heading",
    ]


def test_missing_help_is_named() -> None:
    app = typer.Typer(help="A program.", add_completion=False)

    @app.command("mute")
    def mute(loud: Annotated[bool, typer.Option("--loud")] = False) -> None:
        pass

    @app.command("other")
    def other() -> None:
        """Say why."""

    commands = list(list_commands(typer.main.get_command(app)))
    assert find_help_faults(commands) == [
        "karwan mute: the command has no help",
        "karwan mute: --loud has no help",
    ]


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("make test   # not ours", []),
        ("karwan --help", []),
        (".venv/bin/karwan paint north --coats 2 --colour=red  # fine", []),
        ("$ karwan look list", []),
        ("karwan look list | tail --lines 3", []),
        ("karwan look", ["`karwan look` names no command"]),
        ("karwan pant north", ["`karwan pant north` names no command"]),
        (
            "karwan paint north --cots 2",
            ["`karwan paint north --cots 2`: karwan paint has no option --cots"],
        ),
    ],
)
def test_examples_are_read(line: str, faults: list[str], commands: list[CommandPage]) -> None:
    assert example_faults(line, commands) == faults


def test_a_stale_example_is_found_in_a_page(root: Path, commands: list[CommandPage]) -> None:
    (root / "README.md").write_text("```sh\nkarwan paint \\\n  north --gone\n```\n")
    assert check(root, commands) == [
        "README.md: `karwan paint north --gone`: karwan paint has no option --gone"
    ]


def test_a_share_alike_table_must_stand_in_the_licence_page(
    root: Path, commands: list[CommandPage]
) -> None:
    (root / "LICENSE-DATA.md").write_text("nothing\n")
    assert check(root, commands) == ["LICENSE-DATA.md: does not name the ODbL-1.0 table gates"]


def test_anchors_follow_headings() -> None:
    assert slug("karwan data `list`") == "karwan-data-list"


def test_an_unknown_task_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["burn"])
    assert "invalid choice" in capsys.readouterr().err
