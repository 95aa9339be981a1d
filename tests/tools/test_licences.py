"""A licence is what the metadata says; what it does not say is unknown and flagged."""

from __future__ import annotations

from email.message import Message

import pytest

from tools.licences import (
    Licence,
    drawn_in,
    installed_licences,
    is_permissive,
    licence_of,
    main,
    table,
)

MIT = "License :: OSI Approved :: MIT License"
TEXT = "Copyright (c) 2001\n\nRedistribution and use, with or without modification"


def described(*headers: tuple[str, str]) -> Message:
    """Return metadata with some headers."""
    metadata = Message()
    for name, value in headers:
        metadata[name] = value
    return metadata


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ([("License-Expression", "ISC"), ("License", "BSD"), ("Classifier", MIT)], "ISC"),
        ([("License", "BSD"), ("Classifier", MIT)], "BSD"),
        ([("License", TEXT), ("Classifier", MIT)], "MIT License"),
        ([("License", "UNKNOWN"), ("Classifier", MIT)], "MIT License"),
        ([("License", " "), ("Classifier", "Topic :: Scientific/Engineering")], "unknown"),
        ([("License", TEXT)], "unknown"),
        ([("License", "Do as you like. " * 10)], "unknown"),
        ([("Classifier", "License :: OSI Approved")], "unknown"),
        ([("Classifier", MIT), ("Classifier", "License :: Other")], "MIT License; Other"),
        ([], "unknown"),
    ],
)
def test_the_licence_is_what_the_metadata_says(
    headers: list[tuple[str, str]], licence: str
) -> None:
    assert licence_of(described(*headers)) == licence


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("(MIT OR Apache-2.0) AND ISC", True),
        ("MIT License; Other", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("MPL-2.0", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_only_what_is_on_the_list_is_permissive(licence: str, permissive: bool) -> None:
    assert is_permissive(licence) is permissive


def test_what_a_package_draws_in_follows_extras_and_markers() -> None:
    asked = {
        "a": ["b[more]>=1", "c; extra == 'report'", "d; sys_platform == 'no-such'"],
        "b": ["E_e; extra == 'more'", "f; extra == 'other'", "a"],
        "c": ["absent"],
        "d": [],
        "e-e": [],
        "f": [],
    }
    assert drawn_in(asked, "a", [""]) == {"b", "e-e"}
    assert drawn_in(asked, "a", ["", "report"]) == {"b", "c", "e-e"}


def test_flags_come_first_and_are_counted() -> None:
    rows = [
        Licence("a", "1", "MIT", is_for_users=True),
        Licence("b", "2", "MPL-2.0", is_for_users=False),
        Licence("c", "3", "unknown", is_for_users=True),
    ]
    assert table(rows).splitlines() == [
        "! b 2: MPL-2.0 (tool)",
        "! c 3: unknown",
        "  a 1: MIT",
        "3 packages; 2 to be read by a person, 1 of them with users; 1 name no licence.",
    ]


def test_what_is_installed_here_is_listed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {one.name: one for one in installed_licences()}
    assert rows["numpy"].is_for_users
    assert not rows["pytest"].is_for_users
    assert "karwan" not in rows
    assert main() == 0
    assert capsys.readouterr().out.count("\n") == len(rows) + 1
