"""Runs one study that was asked of the page, in a process of its own, and tells how far it is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from karwan.api.studies import run_study
from karwan.base.errors import KarwanError
from karwan.base.store import write_whole
from karwan.study.spec import StudySpec
from karwan.web.studies import DONE, FAILED, ORDER, RUN


def work(place: Path, workspace: Path, tables: Path | None) -> int:
    """Run the study whose order lies in a folder, and write its run beside the order."""
    spec = json.loads((place / ORDER).read_bytes())["spec"]
    try:
        study = run_study(
            StudySpec.model_validate(spec | {"tables": tables}),
            workspace=workspace,
            progress=lambda done, total: print(f"pairs {done} {total}", flush=True),  # noqa: T201
        )
        study.save(place / RUN)
        write_whole(place / DONE, b"")
    except (KarwanError, ValueError) as error:
        write_whole(place / FAILED, str(error).encode())
        return 1
    return 0


if __name__ == "__main__":
    _, folder, own, mine = sys.argv
    sys.exit(work(Path(folder), Path(own), Path(mine) if mine else None))
