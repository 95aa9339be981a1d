"""Print rows of closures for a second coder, who must not see the first coding.

`tools/second_coding.py --seed 15` draws rows by a seed and prints crossing, day, what happened in
words, and source; scope and cause stand blank, to be filled from these and from the page. Only then
is the table looked at. `karwan evidence coding` tells how far `second_coding` agrees with
`closures`.
"""

from __future__ import annotations

import argparse
import csv
import sys

from karwan.base.seeds import stream
from karwan.data.catalog import Catalog
from karwan.data.rows.closures import ClosureRow
from karwan.evidence.coding import CODED

SHOWN = ("id", "crossing", "start", "description", "source_url", "source_date")
"""What the second coder may see."""
ROWS = 30


def draw(seed: int, count: int = ROWS) -> list[ClosureRow]:
    """Return rows of closures drawn by a seed, in the order of the table."""
    rows = Catalog().rows(ClosureRow)
    chosen = stream(seed, "second coding").choice(len(rows), size=count, replace=False)
    return [rows[index] for index in sorted(chosen)]


def main(arguments: list[str] | None = None) -> None:
    """Print a blind sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args(arguments)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*SHOWN, *CODED])
    for row in draw(given.seed, given.rows):
        writer.writerow([*(getattr(row, name) for name in SHOWN), *("" for _ in CODED)])


if __name__ == "__main__":
    main()
