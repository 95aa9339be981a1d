"""Nothing stands in the package that no door reaches, and the tool would see it."""

from __future__ import annotations

from pathlib import Path

from karwan.report.page import WORDS
from tools.dead_code import ROOT, unreached

SOURCE = '''
"""A module."""

__all__ = ["reached"]


def reached() -> int:
    """Return what a command asks."""
    return 1


def unreached() -> int:
    """Return what nobody asks."""
    return reached()
'''


def test_a_planted_function_is_named_and_a_reached_one_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "src" / "karwan"
    folder.mkdir(parents=True)
    (folder / "planted.py").write_text(SOURCE, encoding="utf-8")
    assert unreached(tmp_path) == [f"{Path('src', 'karwan', 'planted.py')}:12: function unreached"]


def test_every_word_of_the_templates_is_used_in_one() -> None:
    folder = Path(ROOT, "src", "karwan", "report", "templates")
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.j2")))
    words = [name for listed in WORDS.values() for name in listed]
    assert [name for name in words if name not in text] == []
    assert len(words) == len(set(words))
