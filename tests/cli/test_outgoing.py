"""Hostile names, sources and statements go out as what they are: text."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from karwan.base.outgoing import policy, web_address
from karwan.data.catalog import Catalog
from karwan.main import main
from tests.reference import set_cells

ROOT = Path(__file__).parents[2]
ESC = "\x1b]0;gone\x07"
DATE = ["--as-of", "2026-11-22"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return own tables in which a place, a source and a statement are hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    set_cells(folder, "road_nodes", "taraz", {"name": "=1+1", "source_url": "javascript:alert(1)"})
    set_cells(folder, "road_nodes", "almaty", {"name": f"Al[red]maty{ESC}\u202e<img onerror=x>"})
    statements = Catalog().read("ledger_statements").to_dicts()
    for row in statements[:40]:
        set_cells(
            folder, "ledger_statements", row["id"],
            {"paraphrase": "</script><script>alert(7)</script> [x](javascript:alert(7))",
             "source_url": "javascript:alert(7)"},
        )  # fmt: skip
    set_cells(
        folder, "ledger_statements", statements[0]["id"], {"paraphrase": "=cmd|' /C calc'!A0"}
    )
    return folder


def test_no_terminal_is_told_to_obey(tables: Path, capsys: Capture) -> None:
    place = ["--tables", str(tables)]
    for words in (
        ["compare", "almaty", "karachi", *DATE],
        ["compare", "almaty", "karachi", *DATE, "--format", "json"],
        ["compare", "almaty", "karachi", *DATE, "--format", "csv"],
        ["route", "almaty", "karachi", *DATE, "--tcd"],
        ["network", "show", "almaty", *DATE],
        ["data", "show", "road_nodes"],
    ):
        assert main([*words, *place]) == 0
        told = capsys.readouterr()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", told.out + told.err)
    assert main(["network", "show", "almaty", *DATE, *place]) == 0
    assert "Al[red]maty" in capsys.readouterr().out, "markup is not interpreted"


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_brief_leads_nowhere_but_to_the_web(tables: Path, form: str, capsys: Capture) -> None:
    words = ["ledger", "brief", "--corridor", "KTAP", "--format", form, *DATE]
    assert main([*words, "--tables", str(tables)]) == 0
    text = capsys.readouterr().out
    assert "<script" not in text
    pattern = r'href="([^"]*)"' if form == "html" else r"(?<!\\)\]\(<?([^)>]*)"
    led = re.findall(pattern, text)
    assert all(web_address(address) for address in led)
    assert led
    assert "javascript:alert(7)" in text or form == "html", "shown, and led nowhere"


def test_claim_reviews_can_stand_in_a_script_element(tables: Path, tmp_path: Path) -> None:
    words = ["ledger", "export", str(tmp_path / "out"), "--to", "claimreview", *DATE]
    assert main([*words, "--tables", str(tables)]) == 0
    text = (tmp_path / "out" / "claimreview.jsonld").read_text(encoding="utf-8")
    assert "<" not in text
    whole = json.loads(text)
    addresses = re.findall(r'"(?:url|@id)": "([^"]*)"', text)
    assert not [address for address in addresses if "javascript" in address]
    assert "</script>" in json.dumps(whole, ensure_ascii=False)


def test_a_workbook_holds_texts_and_no_formula(tables: Path, tmp_path: Path) -> None:
    words = ["export", str(tmp_path / "x"), "--to", "xlsx", "--tables", str(tables), *DATE]
    assert main(words) == 0
    with zipfile.ZipFile(tmp_path / "x" / "network.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert all(b"<f>" not in book.read(name) for name in sheets)
        assert b"=1+1" in book.read("xl/sharedStrings.xml")


def test_cells_that_run_are_told_and_written_as_text_when_asked(
    tables: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = ["ledger", "export", str(tmp_path / "a"), "--to", "csv", "--tables", str(tables), *DATE]
    assert main(words) == 0
    assert "cells begin as a formula does" in capsys.readouterr().err
    with (tmp_path / "a" / "ledger_statements.csv").open(newline="", encoding="utf-8") as file:
        assert any(row["paraphrase"].startswith("=cmd") for row in csv.DictReader(file))
    words[2] = str(tmp_path / "b")
    assert main(["--csv-as-text", *words]) == 0
    assert "formula" not in capsys.readouterr().err
    with (tmp_path / "b" / "ledger_statements.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.DictReader(file) for cell in row.values() if cell]
    assert not [cell for cell in cells if re.match(r"\s*[=+@]", cell)]


def test_gmns_nodes_say_the_same(tables: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["export", str(tmp_path / "g"), "--to", "gmns", "--tables", str(tables), *DATE]
    assert main(["--csv-as-text", *words]) == 0
    text = (tmp_path / "g" / "node.csv").read_text(encoding="utf-8")
    names = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=1+1" in names
    assert "=1+1" not in names
    capsys.readouterr()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JaVaScript:alert(1)", "data:text/html,x", "vbscript:x", "httpx://a",
     "//example.org", "java\tscript:x", "file:///etc/passwd", "https://a b", ""],
)  # fmt: skip
def test_an_address_that_is_none_of_the_web_leads_nowhere(address: str) -> None:
    assert web_address(address) == ""


@pytest.mark.parametrize(
    "setting",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_terminal_that_lacks_letters_shows_replacements(setting: dict[str, str]) -> None:
    words = ["network", "show", "almaty", *DATE]
    done = subprocess.run(
        [sys.executable, "-c", "from karwan.main import main; main()", *words],
        capture_output=True, check=False, cwd=ROOT, env={**os.environ, **setting},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Almaty" in done.stdout


@pytest.mark.parametrize("closing", [">&-", "| head -c 10", "2>&-", ">&- 2>&-"])
def test_a_reader_that_is_closed_or_gone_is_no_failure(closing: str) -> None:
    program = f"'{sys.executable}' -c 'from karwan.main import main; main()'"
    done = subprocess.run(
        ["sh", "-c", f"{program} network show almaty --as-of 2026-11-22 {closing}"],
        capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


CHART = """
import sys
from karwan.analysis.trade.targets import assess_target
from karwan.analysis.forecasts.closures import fit_world
from karwan.report.figures import to_svg
from karwan.report.targets import target_spec
from karwan.report.closures import timeline_spec, ChartSpell
from tests import reference
import datetime as dt
world = reference.world()
spells = [ChartSpell("Torkham", dt.date(2017, 2, 16), dt.date(2017, 3, 20), "ended")]
sys.stdout.write(to_svg(target_spec(assess_target(world, "KAZ-PAK")), "a", "x"))
sys.stdout.write(to_svg(timeline_spec(spells, world.as_of), "b", "y"))
"""


def test_charts_are_the_same_bytes_wherever_and_however_they_are_drawn() -> None:
    drawn = {
        subprocess.run(
            [sys.executable, "-c", CHART], capture_output=True, check=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **setting},
        ).stdout
        for setting in (
            {"TZ": "UTC"},
            {"TZ": "Asia/Kabul", "PYTHONHASHSEED": "1"},
            {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8"},
            {"TZ": "Pacific/Kiritimati", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"},
        )
    }  # fmt: skip
    assert len(drawn) == 1
    assert b"2017" in drawn.pop()


def test_the_policy_of_a_page_names_its_own_style() -> None:
    assert "script-src" not in policy("a {}")
    assert policy("a {}") != policy("b {}")
    assert policy("a {}").startswith("default-src 'none'; img-src data:; style-src 'sha256-")


def opened(chromium: Path, page: Path, tmp_path: Path) -> str:
    """Return what Chromium says on its console while it opens a page."""
    done = subprocess.run(
        [str(chromium), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--enable-logging=stderr", "--v=0", f"--user-data-dir={tmp_path / 'profile'}",
         "--dump-dom", page.as_uri()],
        check=True, capture_output=True, timeout=120, text=True,
    )  # fmt: skip
    return done.stderr


@pytest.mark.browser
def test_pages_open_under_their_policy_and_nothing_runs(
    chromium: Path, tables: Path, tmp_path: Path
) -> None:
    brief = tmp_path / "brief.html"
    words = ["ledger", "brief", "--corridor", "KTAP", "--format", "html", "--out", str(brief)]
    assert main([*words, *DATE, "--tables", str(tables)]) == 0
    study = tmp_path / "s.toml"
    study.write_text(
        f'name = "s"\ntitle = "s"\nas_of = 2026-11-22\ntables = "{tables}"\n'
        'origins = ["almaty"]\ndestinations = ["karachi"]\nfutures = { paths = 100 }\n',
        encoding="utf-8",
    )
    assert main(["study", "run", str(study), "--out", str(tmp_path / "run")]) == 0
    for page in (brief, tmp_path / "run" / "report.html"):
        assert "Content Security Policy" not in opened(chromium, page, tmp_path)
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert not re.search(r"<img\b", text)
    torn = tmp_path / "torn.html"
    torn.write_text(
        brief.read_text(encoding="utf-8").replace("</body>", "<script>1</script></body>"),
        encoding="utf-8",
    )
    assert "Content Security Policy" in opened(chromium, torn, tmp_path), "the check can fail"
