"""Write the generated pages of the documentation, or check that they are up to date.

`docs/cli.md` comes from the command line itself and `docs/tables.md` from the descriptor of
the fact tables, so neither can drift from what it describes. `check` also follows the links
of all pages, and finds commands without help and examples that no longer parse.

Examples
--------
python tools/docs.py write
python tools/docs.py check
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from pathlib import Path
from typing import Any, get_args, get_origin

import typer.main
from typer.core import TyperArgument, TyperGroup, TyperOption

from karwan.main import load_program

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that the tools find one another when run as a script
DESCRIPTOR = Path("src/karwan/data/tables/datapackage.json")
WORDS_OF_FORMS = {"date-or-part": "date, month or year"}
DATA_LICENCE = Path("LICENSE-DATA.md")
SHARE_ALIKE = "ODbL-1.0"
NOTICE = "<!-- Written by tools/docs.py; change its source and run `make docs`. -->"
Parameter = TyperArgument | TyperOption
SHELL_WORDS = {"|", ">", "&&", ";"}
TYPE_WORDS = {str: "text", int: "whole number", float: "number", Path: "path"}

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class CommandPage:
    """One command: the words that call it, its help and what it takes."""

    words: str
    help: str
    arguments: tuple[TyperArgument, ...]
    options: tuple[TyperOption, ...]
    is_group: bool

    @property
    def flags(self) -> set[str]:
        """The spellings of its options."""
        known = {flag for option in self.options for flag in spellings(option)}
        return known | {"--help"}


def list_commands(command: Any, words: str = "karwan") -> Iterator[CommandPage]:
    """Yield a command and all below it, in the order in which they were declared."""
    yield CommandPage(
        words=words,
        help=plain(command.help),
        arguments=tuple(p for p in command.params if isinstance(p, TyperArgument) and not p.hidden),
        options=tuple(p for p in command.params if isinstance(p, TyperOption) and not p.hidden),
        is_group=isinstance(command, TyperGroup),
    )
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            if not child.hidden:
                yield from list_commands(child, f"{words} {name}")


def plain(text: str | None) -> str:
    """Return text on one line."""
    return " ".join((text or "").split())


def cell(text: str) -> str:
    """Return text that cannot break the cell of a Markdown table."""
    return plain(text).replace("|", "\\|")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [headers, ["---"] * len(headers), *[[cell(text) for text in row] for row in rows]]
    return [f"| {' | '.join(line)} |" for line in lines]


def spellings(option: TyperOption) -> list[str]:
    """Return how an option is written, its negative form included."""
    return [*option.opts, *option.secondary_opts]


def value_words(parameter: Parameter) -> str:
    """Return what an argument or option takes, in words."""
    if getattr(parameter, "is_flag", False):
        return ""
    kind: Any = parameter.type_descriptor.annotation
    if get_origin(kind) in {list, tuple}:
        kind = get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    choices = (parameter.metavar or "").strip("<>").split("|")
    if kind is str and len(choices) > 1 and isinstance(parameter, TyperOption):
        return ", ".join(f"`{choice}`" for choice in choices)  # checked with the question
    words = TYPE_WORDS.get(kind, getattr(kind, "__name__", str(kind)))
    bounds = [
        f"{sign} {limit:g}"
        for sign, limit in (("≥", parameter.min), ("≤", parameter.max))
        if limit is not None
    ]
    return ", ".join([words, *bounds])


def default_words(parameter: Parameter) -> str:
    """Return what stands where nothing is given."""
    if parameter.required:
        return "required"
    value = parameter.default
    if value is None or value is False or parameter.show_default is False:
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def meaning(parameter: Parameter) -> str:
    """Return the help of an argument or option."""
    text = plain(parameter.help)
    if parameter.multiple and "repeated" not in text:
        text += " May be repeated."
    return text


def usage(page: CommandPage) -> str:
    """Return the line that shows how a command is called."""
    names = [str(argument.name).upper() for argument in page.arguments]
    shown = [
        name if argument.required else f"[{name}]"
        for name, argument in zip(names, page.arguments, strict=True)
    ]
    tail = ["COMMAND"] if page.is_group else []
    return " ".join([page.words, *shown, *(["[OPTIONS]"] if page.options else []), *tail])


def cli_page(pages: Sequence[CommandPage]) -> str:
    """Return the page of all commands."""
    lines = [
        "# Commands",
        "",
        NOTICE,
        "",
        "Each command takes `--help`. The exit code is 0, or 1 for a failure, or 2 for a bad "
        "input.",
    ]
    for page in pages:
        lines += ["", f"## {page.words}", "", page.help, "", "```text", usage(page), "```"]
        if page.arguments:
            rows = [
                [f"`{str(p.name).upper()}`", value_words(p), default_words(p), meaning(p)]
                for p in page.arguments
            ]
            lines += ["", *table(("argument", "value", "default", "meaning"), rows)]
        if page.options:
            rows = [
                [
                    ", ".join(f"`{flag}`" for flag in spellings(p)),
                    value_words(p),
                    default_words(p),
                    meaning(p),
                ]
                for p in page.options
            ]
            lines += ["", *table(("option", "value", "default", "meaning"), rows)]
        if page.is_group:
            below = [p for p in pages if p.words.rpartition(" ")[0] == page.words]
            rows = [[f"[{p.words}](#{slug(p.words)})", p.help] for p in below]
            lines += ["", *table(("command", "what it does"), rows)]
    return "\n".join(lines) + "\n"


def licence_text(licences: Sequence[Mapping[str, str]]) -> str:
    """Return licences as links."""
    return ", ".join(f"[{one['name']}]({one['path']})" for one in licences)


def constraint_words(constraints: Mapping[str, Any]) -> str:
    """Return the constraints of a field in words, its references included."""
    words: list[str] = []
    for name, value in constraints.items():
        if name in {"required", "unique"}:
            words += [name] if value else []
        elif name == "minimum":
            words.append(f"≥ {value}")
        elif name == "maximum":
            words.append(f"≤ {value}")
        elif name == "enum":
            words.append("one of " + ", ".join(f"`{item}`" for item in value))
        elif name == "pattern":
            words.append(f"matches `{value}`")
        else:
            words.append(f"{name} {value}")
    return "; ".join(words)


def tables_page(package: Mapping[str, Any]) -> str:
    """Return the page of all fact tables."""
    resources = package["resources"]
    lines = [
        "# Tables",
        "",
        NOTICE,
        "",
        f"{package['title']}, version {package['version']}.",
        plain(package.get("description")),
        "",
        *table(
            ("table", "what", "rows", "licence"),
            [
                [
                    f"[{one['name']}](#{slug(one['name'])})",
                    one["title"],
                    str(one["rows"]),
                    licence_text(one["licenses"]),
                ]
                for one in resources
            ],
        ),
    ]
    for one in resources:
        key = one["schema"].get("primaryKey", [])
        keys = ", ".join(f"`{name}`" for name in ([key] if isinstance(key, str) else key))
        facts = [f"{one['rows']} rows", f"licence {licence_text(one['licenses'])}"]
        facts += [f"key {keys}"] if keys else []
        rows = [
            [
                f"`{field['name']}`",
                WORDS_OF_FORMS.get(field.get("format", ""), field["type"]),
                field.get("unit", ""),
                field.get("description", ""),
                constraint_words(field.get("constraints", {})),
            ]
            for field in one["schema"]["fields"]
        ]
        lines += ["", f"## {one['name']}", "", f"**{one['title']}.** {plain(one['description'])}"]
        lines += ["", "; ".join(facts) + "."]
        lines += ["", *table(("column", "type", "unit", "meaning", "constraints"), rows)]
    return "\n".join(lines) + "\n"


def slug(heading: str) -> str:
    """Return the anchor that Markdown viewers give a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


def without_fences(text: str) -> str:
    """Return a page without its blocks of code."""
    return FENCE.sub("", text)


def find_broken_links(root: Path, pages: Iterable[Path]) -> list[str]:
    """Return a fault for every link inside the repository that leads nowhere.

    Parameters
    ----------
    pages
        Markdown files, relative to `root`.
    """
    faults = []
    for page in pages:
        text = without_fences((root / page).read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            name, _, anchor = target.partition("#")
            goal = (root / page.parent / name) if name else root / page
            if not goal.exists():
                faults.append(f"{page}: the link {target} leads to no file")
            elif anchor and goal.suffix == ".md" and anchor not in anchors(goal):
                faults.append(f"{page}: the link {target} leads to no heading")
    return faults


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    text = without_fences(page.read_text(encoding="utf-8"))
    return {slug(heading) for heading in HEADING.findall(text)}


def find_help_faults(pages: Iterable[CommandPage]) -> list[str]:
    """Return a fault for every command, argument and option without help."""
    faults = []
    for page in pages:
        faults += [] if page.help else [f"{page.words}: the command has no help"]
        parameters: list[Parameter] = [*page.arguments, *page.options]
        faults += [
            f"{page.words}: {'/'.join(parameter.opts)} has no help"
            for parameter in parameters
            if not plain(parameter.help)
        ]
    return faults


def find_stale_examples(
    root: Path, pages: Iterable[Path], commands: Sequence[CommandPage]
) -> list[str]:
    """Return a fault for every example in a shell block that names no command or option."""
    faults = []
    for page in pages:
        text = (root / page).read_text(encoding="utf-8")
        for language, block in FENCE.findall(text):
            if language in {"sh", "bash", "console"}:
                for line in block.replace("\\\n", " ").splitlines():
                    faults += [f"{page}: {fault}" for fault in example_faults(line, commands)]
    return faults


def example_faults(line: str, commands: Sequence[CommandPage]) -> list[str]:
    """Return what is wrong with one example line; nothing if it does not call us."""
    line = plain(line.removeprefix("$ "))
    if Path(line.partition(" ")[0]).name != "karwan":
        return []
    words = list(takewhile(lambda word: word not in SHELL_WORDS, shlex.split(line, comments=True)))
    known = {page.words: page for page in commands}
    everywhere = known["karwan"].flags
    given = ["karwan", *[word for word in words[1:] if word not in everywhere]]
    if len(given) == 1:
        return []
    depth = max(n for n in range(1, len(given) + 1) if " ".join(given[:n]) in known)
    page = known[" ".join(given[:depth])]
    if page.is_group:
        return [f"`{line}` names no command"]
    flags = [word.partition("=")[0] for word in given[depth:] if word.startswith("--")]
    return [
        f"`{line}`: {page.words} has no option {flag}" for flag in flags if flag not in page.flags
    ]


def find_licence_faults(root: Path, package: Mapping[str, Any]) -> list[str]:
    """Return a fault for every share-alike table that the licence page does not name."""
    text = (root / DATA_LICENCE).read_text(encoding="utf-8")
    marked = {
        one["name"]
        for one in package["resources"]
        if any(licence["name"] == SHARE_ALIKE for licence in one["licenses"])
    }
    return [
        f"{DATA_LICENCE}: does not name the {SHARE_ALIKE} table {name}"
        for name in sorted(marked)
        if f"`{name}`" not in text
    ]


def generate(root: Path, commands: Sequence[CommandPage]) -> dict[Path, str]:
    """Return the text of every generated page."""
    package = json.loads((root / DESCRIPTOR).read_text(encoding="utf-8"))
    return {
        Path("docs/cli.md"): cli_page(commands),
        Path("docs/tables.md"): tables_page(package),
    }


def computed() -> dict[Path, str]:
    """Return the pages that hold the model against what happened, as of the reference study."""
    from importlib import resources

    from karwan.analysis.corridors.calibration import calibrate
    from karwan.analysis.world.world import open_world
    from karwan.cli.calibrate import calibration_page
    from karwan.data.catalog import Catalog
    from karwan.study.spec import read_study
    from tools.answers_page import answers_page
    from tools.hazard_page import hazard_page
    from tools.validation_page import validation_page

    study = read_study(Path(str(resources.files("karwan.data").joinpath("reference.toml"))))
    catalog = Catalog()
    world = open_world(catalog, study.as_of)
    found = calibrate(catalog, world.network, study.as_of)
    return {
        Path("docs/calibration.md"): calibration_page(found),
        Path("docs/hazard.md"): hazard_page(world, study.seed),
        Path("docs/reference-answers.md"): answers_page(world),
        Path("docs/validation.md"): validation_page(found, world, study.seed, ROOT / "docs"),
    }


def write(
    root: Path, commands: Sequence[CommandPage], more: Mapping[Path, str] | None = None
) -> None:
    """Write the generated pages."""
    for page, text in (generate(root, commands) | dict(more or {})).items():
        (root / page).write_text(text, encoding="utf-8")


def check(
    root: Path, commands: Sequence[CommandPage], more: Mapping[Path, str] | None = None
) -> list[str]:
    """Return every fault of the documentation."""
    faults = []
    for page, text in (generate(root, commands) | dict(more or {})).items():
        path = root / page
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            faults.append(f"{page}: stale; run `make docs` and commit it")
    package = json.loads((root / DESCRIPTOR).read_text(encoding="utf-8"))
    pages = [
        path.relative_to(root) for path in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")])
    ]
    faults += find_help_faults(commands)
    faults += find_broken_links(root, pages)
    faults += find_stale_examples(root, pages, commands)
    faults += find_licence_faults(root, package)
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; the exit code is 1 if a check fails."""
    parser = argparse.ArgumentParser(description="Write or check the documentation.")
    parser.add_argument("task", choices=["write", "check"])
    task = parser.parse_args(arguments).task
    commands = list(list_commands(typer.main.get_command(load_program())))
    if task == "write":
        write(ROOT, commands, computed())
        return 0
    faults = check(ROOT, commands, computed())
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
