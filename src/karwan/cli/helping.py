"""How help reads: every command told to its end, and words for what an option takes.

Commands come without their types, as in `strict`.
"""

from __future__ import annotations

from typing import Any

WORDS = {
    "str": "text", "list[str]": "text", "int": "whole number", "int range": "whole number",
    "float": "number", "float range": "number", "object": "path", "Path": "path",
    "list[Path]": "path",
}  # fmt: skip
"""What stands for a type of Python."""
DAY = "YYYY-MM-DD"
"""Help that says this tells of a day."""
WHOLE = 10_000
"""More letters than any help has."""


def make_readable(command: Any) -> Any:
    """Return a command, and all below it, whose help needs no Python to be read."""
    for parameter in command.params:
        _name_type(parameter)
    for one in getattr(command, "commands", {}).values():
        make_readable(one)
    if hasattr(command, "commands"):
        command.format_commands = lambda context, formatter: _tell_all(command, context, formatter)
    return command


def _name_type(parameter: Any) -> None:
    plain = parameter.display_type
    sentence = getattr(parameter, "help", None) or ""
    day = "date or days" if f"{DAY}, or days" in sentence else "date"

    def told(context: Any) -> str:
        word = plain(context).strip("<>")
        if DAY in sentence and word in ("str", "list[str]"):
            return f"<{day}>"
        return f"<{WORDS.get(word, word)}>"

    parameter.display_type = told


def _tell_all(group: Any, context: Any, formatter: Any) -> None:
    """Write the first sentences of a group's commands, none of them cut."""
    rows = [
        (name, one.get_short_help_str(WHOLE))
        for name in group.list_commands(context)
        if (one := group.get_command(context, name)) is not None and not one.hidden
    ]
    if rows:
        with formatter.section("Commands"):
            formatter.write_dl(rows)
