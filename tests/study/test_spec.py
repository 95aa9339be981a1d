"""A study file is read as editors save it."""

from __future__ import annotations

from pathlib import Path

from karwan.api.studies import study_path
from karwan.study.spec import read_study


def test_a_byte_order_mark_before_a_study_is_passed_over(tmp_path: Path) -> None:
    """Windows editors put one there; TOML itself has none."""
    plain = study_path("reference")
    marked = tmp_path / "marked.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + plain.read_bytes())
    assert read_study(marked) == read_study(plain)
