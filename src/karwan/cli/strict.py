"""What no command may pass over: an option given twice, and a number beyond its bounds.

Commands come without their types: typer carries a click of its own, or uses the one installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from karwan.base.errors import DataError, Fault
from karwan.base.limits import LIMITS, Limit
from karwan.cli.options import OPTIONS

KEYS = {option: key for key, option in OPTIONS.items() if option}
WITH_THE_QUESTION = frozenset({"tonnes", "value_usd"})
"""Checked with the rest of the question, so that all its faults come in one error."""


def make_strict(command: Any) -> Any:
    """Return a command, and all below it, that refuses what would else be passed over."""
    for one in getattr(command, "commands", {}).values():
        make_strict(one)
    plain = command.make_parser

    def make_parser(context: Any) -> Any:
        parser = plain(context)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> tuple[dict[str, Any], list[str], list[Any]]:
            values, rest, order = parse(args)
            if context.resilient_parsing:  # a shell asks what may follow
                return values, rest, order
            faults = [*_given_twice(order), *_out_of_bounds(command, values)]
            if faults:
                raise DataError("the command line", faults)
            return values, rest, order

        parser.parse_args = parse_args
        return parser

    command.make_parser = make_parser
    return command


def limit_of(option: Any) -> Limit | None:
    """Return the bounds of an option that takes a number."""
    name = next((name for name in option.opts if name.startswith("--")), "")
    key = KEYS.get(name, name.removeprefix("--").replace("-", "_"))
    return LIMITS.get(key)


def is_option(parameter: Any) -> bool:
    """Whether a parameter of a command is an option, and not an argument."""
    return bool(parameter.param_type_name == "option")


def is_number(parameter: Any) -> bool:
    """Whether a parameter is an option that takes a number."""
    if not is_option(parameter):
        return False
    told = getattr(parameter, "type_descriptor", None)
    if told is not None:
        return told.annotation in (int, float)
    return str(parameter.type.name).split()[0] in ("integer", "float")  # click's own types


def _given_twice(order: list[Any]) -> Iterator[Fault]:
    """Yield the options that hold one value and were given more than once."""
    for option in dict.fromkeys(order):
        if (
            is_option(option)
            and not option.multiple
            and not option.is_flag
            and not option.count
            and order.count(option) > 1
        ):
            yield Fault("", f"{option.opts[-1]} is given {order.count(option)} times; give it once")


def _out_of_bounds(command: Any, values: Mapping[str, Any]) -> Iterator[Fault]:
    for option in command.params:
        if not is_number(option):
            continue
        limit, text = limit_of(option), values.get(option.name or "")
        if limit is None or limit.key in WITH_THE_QUESTION or not isinstance(text, str):
            continue
        try:
            fault = limit.fault(float(text))
        except ValueError:  # no number: the option's own type says so
            continue
        if fault is not None:
            yield fault
