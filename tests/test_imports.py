"""What starts fast stays fast: heavy packages load only where they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASKED = "['{0}', 'almaty', 'karachi', '--as-of', '2026-11-22', '--format', 'json']"
RUN = (
    "import sys; from karwan.cli import main; code = main({arguments}); "
    "print(code, *sorted({{name for name in sys.modules}}), file=sys.stderr)"
)


def modules_after(code: str) -> set[str]:
    """Return what a fresh Python has loaded after some code, which prints it to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


def test_the_package_loads_neither_polars_nor_numba() -> None:
    loaded = modules_after("import sys, karwan; print(*sys.modules, file=sys.stderr)")
    assert "karwan" in loaded
    assert {"polars", "numba", "numpy", "scipy"} & loaded == set()


@pytest.mark.parametrize("command", ["compare", "route"])
def test_a_question_loads_neither_numba_nor_a_database_nor_statistics(command: str) -> None:
    loaded = modules_after(RUN.format(arguments=ASKED.format(command)))
    assert {"0", "polars"} <= loaded
    assert {"numba", "sqlalchemy", "scipy.stats", "altair", "jinja2"} & loaded == set()
