"""The fonts of the page hold every letter of our names, and the tool would see one gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from karwan.web.pages import assets
from tools import fonts


def test_every_chinese_character_of_a_name_is_in_the_font() -> None:
    assert len(fonts.needed(fonts.HAN)) > 20
    assert fonts.missing() == []


def test_a_character_that_the_font_lacks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    css = tmp_path / "page.css"
    text = fonts.CSS.read_text(encoding="utf-8")
    gone = sorted(fonts.needed(fonts.HAN))[3]
    css.write_text(text.replace(f"U+{ord(gone):X}, ", ""), encoding="utf-8")
    monkeypatch.setattr(fonts, "CSS", css)
    assert fonts.missing() == [gone]


def test_fonts_lie_in_the_package_with_their_licence() -> None:
    known = assets()
    for kind in (fonts.HAN, fonts.ARABIC):
        assert known[f"karwan-{kind}.woff2"].content.startswith(b"wOF2")
        assert known[f"karwan-{kind}.woff2"].media_type == "font/woff2"
    licence = (fonts.STATIC / "karwan-fonts.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License" in licence
    assert "Permission is hereby granted" in licence.replace("\n", " ")
