"""Cut the two fonts of the page out of Debian's Noto, so that no name of a place shows as boxes.

    python tools/fonts.py FOLDER    write them from those below a folder (/usr/share/fonts)
    python tools/fonts.py check     name every letter of ours that they do not hold

Needs `fonttools` and `brotli`, which nothing else here does, and of Debian `fonts-noto-cjk` and
`fonts-noto-core`. Chinese takes the very characters that the tables hold; Arabic letters join, so
that their whole block is taken with its shapes, in regular alone: a browser draws bold itself.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from karwan.words.catalogues import catalogue_text
from karwan.words.tongues import ENGLISH, TONGUES

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src" / "karwan" / "web" / "static"
TABLES = ROOT / "src" / "karwan" / "data" / "tables"
NAME_TABLES = ("place_names", "thing_names", "country_names")
HAN, ARABIC = "han", "arabic"
SOURCES = {HAN: "NotoSansCJK-Regular.ttc", ARABIC: "NotoSansArabic-Regular.ttf"}
SIMPLIFIED = 2
"""Number of the simplified Chinese face in the collection."""
JOINERS = "\u200c\u200d"
CSS = STATIC / "page.css"


def is_han(letter: str) -> bool:
    """Whether a letter is a Chinese character."""
    return "\u3400" <= letter <= "\u9fff"


def is_arabic(letter: str) -> bool:
    """Whether a letter belongs to the blocks of the Arabic script."""
    return "\u0600" <= letter <= "\u077f" or "\ufb50" <= letter <= "\ufefc"


def letters() -> set[str]:
    """Return every letter that pages may show of names and words."""
    told = [catalogue_text(tongue) for tongue in TONGUES.values() if tongue is not ENGLISH]
    for name in NAME_TABLES:
        with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            told += [cell for row in csv.reader(file) for cell in row]
    return set("".join(told))


def needed(kind: str) -> set[str]:
    """Return the letters that a font of ours must hold."""
    holds = is_han if kind == HAN else is_arabic
    return {letter for letter in letters() if holds(letter)}


def ranges() -> Iterator[str]:
    """Yield what the style says of the Chinese characters that its font holds."""
    text = CSS.read_text(encoding="utf-8")
    face = re.search(r"@font-face \{[^}]*karwan Han[^}]*unicode-range: ([^;}]*)", text)
    if face is not None:
        yield from (one.strip() for one in face[1].split(","))


def missing() -> list[str]:
    """Return what the style does not know of the characters that the tables hold."""
    known = {chr(int(one.removeprefix("U+"), 16)) for one in ranges()}
    return sorted(needed(HAN) ^ known)


def write(folder: Path) -> None:
    """Write both fonts, and what the style says of the Chinese one."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    for kind, name in SOURCES.items():
        source = next(iter(sorted(folder.rglob(name))), None)
        if source is None:
            msg = f"No {name} lies below {folder}: install fonts-noto-cjk and fonts-noto-core."
            raise SystemExit(msg)
        font = TTFont(source, fontNumber=SIMPLIFIED if source.suffix == ".ttc" else -1)
        options = subset.Options(
            flavor="woff2", hinting=False, desubroutinize=True, notdef_outline=True
        )
        options.layout_features = ["*"] if kind == ARABIC else []
        options.name_IDs = [0, 1, 2, 13, 14]
        cutter = subset.Subsetter(options)
        wanted = needed(kind)
        if kind == ARABIC:
            wanted |= {chr(code) for code in range(0x0600, 0x0700)} | set(JOINERS)
        cutter.populate(text="".join(sorted(wanted)))
        cutter.subset(font)
        lacking = sorted(needed(kind) - {chr(code) for code in font.getBestCmap()})
        if lacking:
            msg = f"{name} lacks {lacking}."
            raise SystemExit(msg)
        font.flavor = "woff2"
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        path = STATIC / f"karwan-{kind}.woff2"
        font.save(path)
        size, count = path.stat().st_size, len(font.getBestCmap())
        print(f"{path.relative_to(ROOT)}: {count} letters, {size:,} bytes")
    codes = ", ".join(f"U+{ord(letter):X}" for letter in sorted(needed(HAN)))
    text = CSS.read_text(encoding="utf-8")
    face = re.compile(r"(@font-face \{[^}]*karwan Han[^}]*unicode-range: )[^;}]*")
    CSS.write_text(face.sub(lambda found: found[1] + codes, text), encoding="utf-8")


def main(words: list[str]) -> int:
    """Check or write the fonts."""
    if len(words) != 1:
        print(__doc__)
        return 2
    if words != ["check"]:
        write(Path(words[0]))
    lacking = missing()
    print(
        f"not in the font, or not needed any more: {lacking}"
        if lacking
        else "no name shows as boxes"
    )
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
