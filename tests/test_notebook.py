"""The notebook of the documentation runs, and what stands in it is what it gives.

A notebook is JSON: its code cells run here one after the other, as a kernel would, and the value of
a cell's last line is shown as a notebook shows it. That takes no kernel, no sockets and none of the
forty packages that nbclient and ipykernel bring; what it leaves out are magics, of which the
notebook has none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.site_pages import run_cell, shown

NOTEBOOK = Path(__file__).parents[1] / "docs" / "first-answers.ipynb"


def test_the_notebook_runs_and_shows_something_in_every_cell() -> None:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    cells = ["".join(c["source"]) for c in content["cells"] if c["cell_type"] == "code"]
    names: dict[str, Any] = {}
    values = [run_cell(cell, names) for cell in cells]
    told = [shown(value) for value in values if value is not None]
    assert len(told) >= len(cells) - 1
    assert all(len(one["text/plain"]) < 5_000 for one in told)
    assert sum("text/html" in one for one in told) >= 4
    assert sum("image/svg+xml" in one for one in told) == 1


def test_the_notebook_is_kept_without_outputs() -> None:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
