"""Advisories hit the versions that they name, and silence is never taken for safety."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from tools.advisories import (
    VARIABLE,
    AdvisoryFault,
    Package,
    audit_folder,
    is_affected,
    main,
    packages_in_use,
    read_pip_audit,
)

OURS = [
    Package("jinja2", Version("3.1.6"), "pinned"),
    Package("zope-interface", Version("5.0"), "installed"),
]


def advisory(*events: dict[str, str], name: str = "Jinja2", **more: Any) -> dict[str, Any]:
    """Return an advisory about one package with one range."""
    entry = {
        "package": {"name": name, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": "X-1", "summary": "Bad\nthings.", "affected": [entry]} | more


def put(folder: Path, content: object, name: str = "x.json") -> Path:
    """Write a file below a folder and return the folder."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("events", "affected"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "3.1.6"}], False),
        ([{"introduced": "0"}, {"fixed": "3.1.7"}], True),
        ([{"introduced": "3.1.6"}], True),
        ([{"introduced": "3.1.6.post1"}], False),
        ([{"introduced": "3"}, {"last_affected": "3.1.6"}], True),
        ([{"introduced": "3"}, {"last_affected": "3.1.5"}], False),
        ([{"introduced": "3.1.10"}], False),
        ([{"fixed": "3.1.6"}, {"introduced": "0"}], False),
        ([{"introduced": "0", "fixed": "2.0"}, {"introduced": "3.0"}], True),
        ([{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "4.0"}], False),
        ([{"introduced": "0"}, {"fixed": "3.1.6"}, {"introduced": "3.1.6"}], True),
        ([{"introduced": "0"}, {"limit": "3.0"}], False),
        ([{"introduced": "0"}, {"limit": "3.0"}, {"limit": "*"}], True),
    ],
)
def test_a_range_holds_from_introduced_until_fixed_or_last_affected(
    events: list[dict[str, str]], affected: bool
) -> None:
    entry = advisory(*events)["affected"][0]
    assert is_affected(Version("3.1.6"), entry) is affected


def test_a_version_for_developers_lies_after_zero() -> None:
    entry = advisory({"introduced": "0"}, {"fixed": "1"})["affected"][0]
    assert is_affected(Version("0.dev1"), entry)


def test_a_listed_version_is_hit_in_any_spelling() -> None:
    entry = {"package": {"name": "a"}, "versions": ["2004-old", "1.0.0"]}
    assert is_affected(Version("1.0"), entry)
    assert not is_affected(Version("1.1"), entry)


def test_a_list_and_a_range_each_suffice() -> None:
    entry = advisory({"introduced": "9"})["affected"][0] | {"versions": ["1.0"]}
    assert [is_affected(Version(v), entry) for v in ("1.0", "2.0", "9.1")] == [True, False, True]


def test_commits_alone_cannot_be_compared_and_that_is_said() -> None:
    ranges = [{"type": "GIT", "events": [{"introduced": "0"}]}]
    with pytest.raises(AdvisoryFault, match="without versions that can be compared"):
        is_affected(Version("1"), {"package": {"name": "a"}, "ranges": ranges})


def test_a_hit_is_named_with_package_version_and_aliases(tmp_path: Path) -> None:
    put(tmp_path, advisory({"introduced": "0"}, aliases=["CVE-1"]), "deep/down.json")
    audit = audit_folder(tmp_path, OURS)
    assert audit.hits == ["jinja2 3.1.6 (pinned): X-1, CVE-1: Bad things."]
    assert (audit.faults, audit.advisory_count) == ([], 1)


def test_names_are_compared_in_their_normal_form(tmp_path: Path) -> None:
    put(tmp_path, advisory({"introduced": "0"}, name="Zope.Interface"))
    assert len(audit_folder(tmp_path, OURS).hits) == 1


def test_a_withdrawn_advisory_hits_nothing(tmp_path: Path) -> None:
    put(tmp_path, advisory({"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"))
    audit = audit_folder(tmp_path, OURS)
    assert (audit.hits, audit.advisory_count) == ([], 0)


def test_the_same_name_elsewhere_is_another_package(tmp_path: Path) -> None:
    other = advisory({"introduced": "0"})
    other["affected"][0]["package"]["ecosystem"] = "npm"
    put(tmp_path, other)
    audit = audit_folder(tmp_path, OURS)
    assert (audit.hits, audit.advisory_count) == ([], 0)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "bad.json: Expecting property name"),
        ("[1]", "bad.json: no advisory: an object with an `id` is needed"),
        ({"id": "X-2"}, "bad.json: X-2: `affected` has to be a list"),
        ({"id": "X-2", "affected": [1]}, "bad.json: X-2: `affected` has to be a list"),
        ({"id": "X-2", "affected": [{"package": {"name": 1}}]}, "bad.json: X-2: a package needs"),
        (advisory({"introduced": "one"}), "bad.json: Jinja2: versions or ranges are not as OSV"),
        (advisory({"begun": "1"}), "bad.json: Jinja2: versions or ranges .* 'begun' is not known"),
        (advisory({"fixed": "1"}), "bad.json: Jinja2: .* without `introduced`"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_hides_no_hit(
    tmp_path: Path, content: object, fault: str
) -> None:
    put(tmp_path, content, "bad.json")
    put(tmp_path, advisory({"introduced": "0"}), "good.json")
    audit = audit_folder(tmp_path, OURS)
    assert len(audit.hits) == 1
    with pytest.raises(AdvisoryFault, match=fault):
        raise AdvisoryFault(*audit.faults)


def test_an_entry_that_cannot_be_compared_hides_no_other_of_its_advisory(tmp_path: Path) -> None:
    both = advisory({"begun": "0"})
    both["affected"] += advisory({"introduced": "0"}, name="zope.interface")["affected"]
    audit = audit_folder(put(tmp_path, both), OURS)
    assert (len(audit.hits), len(audit.faults)) == (1, 1)


def test_bytes_that_are_no_text_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\xfa")
    assert len(audit_folder(tmp_path, OURS).faults) == 1


def test_pinned_and_installed_versions_are_both_held_against_advisories() -> None:
    places = {(one.name, str(one.version)): one.where for one in packages_in_use("pytest==1.0\n")}
    assert places["pytest", "1.0"] == "pinned"
    assert [where for (name, _), where in places.items() if name == "pytest"] == [
        "pinned",
        "installed",
    ]
    assert "karwan" not in {name for name, _ in places}


@pytest.mark.parametrize(
    ("version", "code", "said"),
    [("0", 1, "hit: pytest "), ("99999", 0, " 0 hits, 0 faults.")],
)
def test_the_exit_code_says_whether_something_was_hit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, code: int, said: str
) -> None:
    put(tmp_path, advisory({"introduced": version}, name="pytest"))
    assert main({VARIABLE: str(tmp_path)}) == code
    told = capsys.readouterr().out
    assert said in told
    assert "safe" not in told


def test_a_fault_without_a_hit_is_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, advisory({"introduced": "99999"}, name="pytest"))
    put(tmp_path, "{", "bad.json")
    assert main({VARIABLE: str(tmp_path)}) == 2
    assert "fault: bad.json: " in capsys.readouterr().err


def test_a_folder_without_an_advisory_is_no_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main({VARIABLE: str(tmp_path)}) == 2
    assert "not audited" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_no_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main({VARIABLE: str(tmp_path / "none")}) == 2
    assert "not audited: KARWAN_ADVISORIES names no folder" in capsys.readouterr().err


def test_without_folder_and_tool_nothing_is_audited(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main({}) == 0
    told = capsys.readouterr().out
    assert told.startswith("not audited: KARWAN_ADVISORIES names no folder, and pip-audit is not")
    assert "safe" not in told


def test_a_tool_that_reaches_no_source_has_not_audited() -> None:
    told = read_pip_audit("", "one\nConnectionError: no network\n")
    assert told == "pip-audit gave no answer: ConnectionError: no network"


@pytest.mark.parametrize(
    ("rows", "why"),
    [([{"name": "a", "skip_reason": "a is not there"}], "a is not there"), ([], "none was named")],
)
def test_a_tool_that_skipped_every_package_has_not_audited(
    rows: list[dict[str, str]], why: str
) -> None:
    told = read_pip_audit(json.dumps({"dependencies": rows}), "")
    assert told == f"pip-audit looked at no package: {why}"


def test_hits_and_skipped_packages_of_the_tool_are_named() -> None:
    rows = [
        {"name": "a", "version": "1", "vulns": [{"id": "P-1", "aliases": ["C-1"]}]},
        {"name": "b", "version": "2", "vulns": []},
        {"name": "c", "skip_reason": "not there"},
    ]
    audit = read_pip_audit(json.dumps({"dependencies": rows}), "")
    assert not isinstance(audit, str)
    assert audit.hits == ["a 1 (pinned): P-1, C-1"]
    assert audit.faults == ["c: not there"]
