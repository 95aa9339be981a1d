"""What people, scripts and spreadsheets put into a field: sound, at the bound, and hostile."""

from __future__ import annotations

import random
import string

from tests.cli.test_troubles import DAYS as DAY_DOORS
from tests.cli.test_troubles import GROWING, Door
from tests.cli.test_troubles import NUMBERS as NUMBER_DOORS
from tests.cli.test_troubles import PATHS as PATH_DOORS

HOSTILE = (
    "", " ", "-", "--", "---", "\t", "a\nb", "a\r\nb", "\x00", "a\x00b", "\x1b]0;owned\x07",
    "\x1b[2J", "\x7f", "\x85", "\u202e txt", "\u200b", "\ufeff", "\ud800", "\U0001f69a",
    "\u0301" * 50, "é", "e\u0301", "ТУРКМЕНБАШИ", "طورخم", "吐尔尕特",
    "İstanbul", "ﬀ", "²", "Ⅷ", "١٢",
    "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "<script>alert(7)</script>",
    '"><img src=x onerror=alert(1)>', "javascript:alert(7)", "]](x)", "| a | b |",
    "'; DROP TABLE closures; --", "%s%n%x", "{0}", "{x}", "${HOME}", "`id`", "$(id)", "\\",
    "\\u0000", '"', "'", "''", "a,b", "a;b", "a=b", "=", "None", "null", "nan", "NaN", "inf",
    "true", "0x10", "1e5", "1_000", "x" * 300, "-x" * 200, "[1]", "{}", "(" * 200, "*", "?", "#",
    "//", "..", ".", "con", "a b c", "torkham", "Torkham ", "almaty,karachi",
)  # fmt: skip
DAYS = (
    "2026-11-22", "2026-01-02", "2025-10-12", "2020-02-29", "2021-02-29", "2024-06-30",
    "2015-01-01", "1991-12-25", "1800-01-01", "1799-12-31", "2299-12-31", "2300-01-01",
    "9999-12-31", "0001-01-01", "0000-00-00", "2026-13-01", "2026-02-30", "2026-1-2", "2026-W12-1",
    "20261122", "22.11.2026", "11/22/2026", "2026-11-22T00:00:00", "2026-11-22Z", " 2026-11-22",
    "2026-11-22 ", "today", "-2026-11-22", "+2026-11-22", "２０２６-11-22", "2026‐11‐22",
    "99999999999-01-01", "1e3-01-01",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "-1", "0.5", "1e-9", "-0", "-0.0", "7", "30", "90", "100", "180", "-90",
    "90.0001", "181", "1e6", "1e7", "1e9", "1e10", "1e308", "1e309", "-1e309", "nan", "inf", "-inf",
    "NaN", "Infinity", "1,000", "1 000", "1_000", "0x10", "١٢", "²", "1e", "e1", ".", "+1", "1.",
    ".5", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "1" * 400,
    "1" * 5000, "", " ", "x", "--", "1/2", "1%", "true",
)  # fmt: skip
SMALL = (
    "0",
    "1",
    "2",
    "100",
    "101",
    "-1",
    "0.5",
    "1e309",
    "nan",
    "inf",
    "x",
    "",
    "1" * 400,
    "1e20",
)
"""Numbers for what multiplies work: small, or beyond every bound."""
PLACES = (
    "almaty", "karachi", "torkham", "torkham-road", "khunjerab", "khunjerab-road", "kabul",
    "Tashkent", "chaman-spin-boldak-road", "gwadar", "KZALA", "termez-hairatan", "Ташкент",
    "lahore", "bishkek", "S01", "S02", "P01", "CL130", "W0001", "I0001", "KTAP", "KUAP", "KAZ-PAK",
    "UZB-PAK", "PK", "KZ", "Pakistan", "units", "closures", "general", "fresh", "truck", "40ft",
    "wagon", "not met", "26.1",
)  # fmt: skip
PATHS = (
    "text.txt", "study.toml", "events.csv", "events.zip", "tables", "w", "old", "new",
    "new/deep/er", "new.svg", "new.csv", "nothing", "circle", "circle/below", "room", "plain",
    "plain/below", "binary", "utf16", "empty", "sheet.csv", "w/karwan.sqlite", "", " ", ".", "a\0b",
    "n" * 300, "m" * 255, "/dev/null", "-", "--", "ünï/طورخم", "\ud800", "new\nline",
    "\x1b]0;x\x07", "tables/", "w/forecasts.jsonl", "run", "new.html", "new.md", "new.docx",
    "new.pdf",
)  # fmt: skip
"""Names in the case's own folder: nothing here leads out of it."""
ALPHABET = string.ascii_letters + string.digits + " .,;:-_/'\"\n\t=<>&%éыطा\u200f\U0001f69a"


def text(rng: random.Random) -> str:
    """Return a text of some length, hostile more often than not."""
    kind = rng.randrange(5)
    if kind < 3:
        return rng.choice(HOSTILE)
    if kind == 3:
        return rng.choice(PLACES)
    return "".join(rng.choice(ALPHABET) for _ in range(rng.choice((1, 3, 12, 80, 400))))


def day(rng: random.Random) -> str:
    """Return a day, or what somebody takes for one."""
    kind = rng.randrange(4)
    if kind < 2:
        return rng.choice(DAYS)
    if kind == 2:
        return f"{rng.randrange(1700, 2400):04d}-{rng.randrange(14):02d}-{rng.randrange(33):02d}"
    return spoiled(rng, rng.choice(DAYS))


def number(rng: random.Random, *, growing: bool = False) -> str:
    """Return a number, or what somebody takes for one; small where it multiplies work."""
    if growing:
        return rng.choice(SMALL)
    if rng.random() < 0.7:
        return rng.choice(NUMBERS)
    return repr(rng.choice((rng.uniform(-200, 200), rng.gauss(0, 1e9), rng.randrange(10**6))))


def spoiled(rng: random.Random, word: str) -> str:
    """Return a word with one letter changed, lost or added."""
    at = rng.randrange(len(word) + 1)
    put = rng.choice(("", rng.choice(ALPHABET), rng.choice(HOSTILE)))
    return word[:at] + put + word[at + rng.randrange(2) :]


def value(rng: random.Random, door: Door, known: tuple[str, ...]) -> str:
    """Return a value for one parameter of a command: of its type, or of any other.

    Parameters
    ----------
    known
        Words of a closed list, where the parameter takes one.
    """
    named = door.option or door.name
    if rng.random() < 0.12:
        return text(rng)
    if known:
        return rng.choice(known) if rng.random() < 0.8 else spoiled(rng, rng.choice(known))
    if door in PATH_DOORS:
        return rng.choice(PATHS)
    if door in DAY_DOORS:
        return day(rng)
    if door in NUMBER_DOORS:
        return number(rng, growing=named in GROWING | {"--horizon", "--alternatives", "--rows"})
    return rng.choice(PLACES) if rng.random() < 0.6 else text(rng)


def spoil_bytes(rng: random.Random, content: bytes) -> bytes:
    """Return bytes as a bad disk, a cut line or a wrong editor leaves them."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        at = rng.randrange(len(changed) + 1)
        how = rng.randrange(6)
        if how == 0 and changed:
            changed[min(at, len(changed) - 1)] ^= 1 << rng.randrange(8)
        elif how == 1:
            del changed[at:]
        elif how == 2:
            del changed[at : at + rng.choice((1, 2, 16, 512))]
        elif how == 3:
            changed[at:at] = rng.choice(HOSTILE).encode("utf-8", "surrogatepass")
        elif how == 4:
            changed[at:at] = rng.randbytes(rng.choice((1, 4, 64)))
        else:
            start = rng.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + rng.choice((1, 20, 300))]
    return bytes(changed)
